"""Draws docs/memory.svg and docs/requests.svg from bench/data, readable on light and on dark pages.

Of memory only two levels of each program are measured: in the pause, and the highest of the run. When they occur is not
measured: the highest is drawn at each round, one pixel wide, because a round takes a fraction of a second. The picture
says so. Run it from anywhere: ``python3 bench/plots.py``.
"""

import csv
from math import log10
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[1]
DATA = ROOT / "bench" / "data"
DOCS = ROOT / "docs"
WIDTH, HEIGHT, LEFT, TOP, RIGHT, BOTTOM = 760, 364, 64, 40, 170, 100
MACHINE = "amd64, 2 shared cores, Linux 6.18, a simulated Cloudflare on loopback; 2026-11-24, Dormouse 2026-11-27."
LEAST, MOST = 10, 40_000  # KiB, the ends of the logarithmic scale
TICKS = {16: "16 kB", 100: "100 kB", 1024: "1 MB", 10_240: "10 MB"}
STYLE = """<style>
svg { font-family: sans-serif; font-size: 12px; fill: #1f2328 }
.page { fill: #fff } .title { font-size: 14px } .note { font-size: 11px; fill: #59636e } .grid { stroke: #d1d9e0 }
.line { fill: none; stroke-width: 1.5 } .end { text-anchor: end } .middle { text-anchor: middle }
.p0 { fill: #9a4f00; stroke: #9a4f00 } .p1 { fill: #2a6a16; stroke: #2a6a16 } .p2 { fill: #0b4fc4; stroke: #0b4fc4 }
text, rect { stroke: none !important } polyline { fill: none !important }
@media (prefers-color-scheme: dark) {
svg { fill: #f0f6fc } .page { fill: #0d1117 } .note { fill: #9198a1 } .grid { stroke: #3d444d }
.p0 { fill: #f0a35e; stroke: #f0a35e } .p1 { fill: #6fc25b; stroke: #6fc25b } .p2 { fill: #79b0ff; stroke: #79b0ff }
}
</style>"""
LEVELS = "Resident memory over an hour, a round every five minutes"
LEVEL_NOTES = (
    "Measured: the level between rounds and the highest level of the run, with 20 names.",
    "Not measured: the course over the hour; the highest level is drawn at each round. Logarithmic scale.",
    MACHINE,
)
COUNTS = "Requests in one round, 20 names in one zone"
ROUNDS = {"new": "no record there yet", "steady": "nothing to change", "changed": "another address"}
COUNT_NOTES = (
    "favonia looks at its records only every six hours; the others look in every round.",
    "The question for the address is counted.",
    MACHINE,
)
BAR, GAP, SIDE, SPAN = 18, 16, 150, 100
"""Height of a bar, space between two groups, width of their names, requests from end to end."""


class Row(NamedTuple):
    """What was measured of one program."""

    name: str
    figures: dict[str, float]


def read(table: str) -> list[Row]:
    """Return the rows of a table in bench/data."""
    lines = [line for line in (DATA / table).read_text("utf-8").splitlines() if not line.startswith("#")]
    rows = [dict(row) for row in csv.DictReader(lines)]
    return [Row(row.pop("program"), {key: float(value) for key, value in row.items()}) for row in rows]


def text(x: float, y: float, content: str, style: str = "") -> str:
    """Return a text."""
    return f'<text x="{x}" y="{y}"{f" class={style!r}" if style else ""}>{content}</text>'.replace("'", '"')


def frame(title: str, height: int, notes: tuple[str, ...]) -> list[str]:
    """Return the beginning of a drawing, with its notes at the bottom."""
    first = height - 12 - 16 * (len(notes) - 1)
    return [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img">',
        f"<title>{title}</title>",
        STYLE,
        f'<rect class="page" width="{WIDTH}" height="{height}"/>',
        text(LEFT, 20, title, "title"),
        *(text(LEFT, first + 16 * line, note, "note") for line, note in enumerate(notes)),
    ]


def level(kib: float) -> float:
    """Return where an amount stands, in pixels from the top."""
    share = (log10(kib) - log10(LEAST)) / (log10(MOST) - log10(LEAST))
    return round(HEIGHT - BOTTOM - share * (HEIGHT - BOTTOM - TOP), 1)


def amount(kib: float) -> str:
    """Return an amount as people write it."""
    return f"{kib:.0f} kB" if kib < 1024 else f"{kib / 1024:.1f} MB"


def across(minute: float) -> float:
    """Return where a minute stands, in pixels from the left."""
    return round(LEFT + minute / 60 * (WIDTH - LEFT - RIGHT), 1)


def curve(row: Row) -> str:
    """Return the points of one program's line."""
    pause, peak = level(row.figures["pause"]), level(row.figures["peak"])
    points = [(across(0), pause)]
    for minute in range(0, 60, 5):
        at = across(minute)
        points += [(at, pause), (at, peak), (at + 1, peak), (at + 1, pause)]
    points.append((across(60), pause))
    return " ".join(f"{round(x, 1)},{y}" for x, y in points)


def memory(rows: list[Row]) -> str:
    """Return docs/memory.svg."""
    parts = frame(LEVELS, HEIGHT, LEVEL_NOTES)
    for kib, label in TICKS.items():
        y = level(kib)
        parts.append(f'<line class="grid" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y}" y2="{y}"/>')
        parts.append(text(LEFT - 8, y + 4, label, "end"))
    parts += [text(across(minute), HEIGHT - BOTTOM + 22, f"{minute} min", "middle") for minute in range(0, 61, 10)]
    for number, row in enumerate(rows):
        y = level(row.figures["pause"])
        parts.append(f'<polyline class="line p{number}" points="{curve(row)}"/>')
        parts.append(text(WIDTH - RIGHT + 8, y + 4, row.name, f"p{number}"))
        levels = f"{amount(row.figures['pause'])}, highest {amount(row.figures['peak'])}"
        parts.append(text(WIDTH - RIGHT + 8, y + 18, levels, "note"))
    return "\n".join([*parts, "</svg>", ""])


def requests(rows: list[Row]) -> str:
    """Return docs/requests.svg: a group of bars for each kind of round, a bar for each program."""
    group = len(rows) * BAR + GAP
    height = TOP + len(ROUNDS) * group + 16 * len(COUNT_NOTES) + 20
    parts = frame(COUNTS, height, COUNT_NOTES)
    scale = (WIDTH - LEFT - SIDE - RIGHT) / SPAN
    for place, (kind, label) in enumerate(ROUNDS.items()):
        top = TOP + place * group
        parts.append(text(LEFT, top + group / 2 - 4, label))
        for number, row in enumerate(rows):
            y, count = top + number * BAR, row.figures[kind]
            wide = round(count * scale, 1)
            parts.append(
                f'<rect class="p{number}" x="{LEFT + SIDE}" y="{y}" width="{wide}" height="{BAR - 4}" rx="2"/>'
            )
            shown = f"{count:.0f} · {row.name}"
            parts.append(text(LEFT + SIDE + wide + 6, y + BAR - 7, shown, f"p{number}"))
    return "\n".join([*parts, "</svg>", ""])


def pictures() -> dict[str, str]:
    """Return every picture by its name in docs."""
    return {"memory.svg": memory(read("memory.csv")), "requests.svg": requests(read("requests.csv"))}


if __name__ == "__main__":
    for name, picture in pictures().items():
        (DOCS / name).write_text(picture, "utf-8")
        print(DOCS / name)
