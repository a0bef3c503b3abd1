"""Write docs/demo.svg: the first scenes of script/demo, line by line, from a real run of them.

The lines are what the program says; the timing is fixed, so that the same words give the same file. Port and version
are left out for the same reason. Where animations are off (or not known) all lines are shown at once.
"""

import re
import subprocess
import sys
from html import escape
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PICTURE = ROOT / "docs" / "demo.svg"
SCENES = 4
WIDTH, STEP, TOP, LEFT = 800, 17, 30, 16
PAUSES = {"──": 1.5, "$ ": 0.6, "": 0.15}
"""Seconds before a line that begins so: a scene, a command, what it says."""
STYLE = """<style>
text { font: 12px ui-monospace, monospace; fill: #f0f6fc; white-space: pre; animation: show 1ms linear both }
.scene { fill: #79b0ff } .command { fill: #7ee787; font-weight: bold } .aside { fill: #9198a1 }
@keyframes show { from { opacity: 0 } to { opacity: 1 } }
@media (prefers-reduced-motion: reduce) { text { animation: none } }
</style>"""


def played() -> list[str]:
    """Run the demo and return the lines of its first scenes. An error when it does not go well."""
    command = [sys.executable, str(ROOT / "script" / "demo.py")]
    said = subprocess.run(command, capture_output=True, check=True, text=True).stdout  # noqa: S603 -- our own program
    scenes = said.split("\n── ")[1 : SCENES + 1]
    text = "\n".join(f"── {scene}" for scene in scenes)
    text = re.sub(r"localhost:\d+", "localhost", text)
    return re.sub(r"Dormouse \d+\.\d+\.\d+", "Dormouse", text).rstrip().splitlines()


def kind(line: str) -> str:
    """Return how a line is drawn."""
    return "scene" if line.startswith("──") else "command" if line.startswith("$ ") else _said(line)


def _said(line: str) -> str:
    """Return how a line is drawn that is no heading: a remark of the demo's own is indented."""
    return "aside" if line.startswith(("   exit", "   Cloudflare has")) else ""


def picture(lines: list[str]) -> str:
    """Return the drawing."""
    height = TOP + STEP * len(lines)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img">',
        "<title>Dormouse in a terminal: the plan, a first run, a steady run, a changed address</title>",
        STYLE,
        f'<rect width="{WIDTH}" height="{height}" rx="8" fill="#0d1117"/>',
    ]
    moment = 0.0
    for number, line in enumerate(lines):
        moment += next(seconds for start, seconds in PAUSES.items() if line.startswith(start))
        style = f' class="{name}"' if (name := kind(line)) else ""
        place = f'x="{LEFT}" y="{TOP + STEP * number}" style="animation-delay:{moment:.2f}s"'
        if line:
            parts.append(f"<text{style} {place}>{escape(line)}</text>")
    return "\n".join([*parts, "</svg>", ""])


if __name__ == "__main__":
    PICTURE.write_text(picture(played()), "utf-8")
    print(PICTURE)
