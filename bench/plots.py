"""Draws docs/memory.svg from bench/data/memory.csv: resident memory over an hour, a round every five minutes.

Only two levels of each program are measured: in the pause, and the highest of the run. When they occur is not measured:
the highest is drawn at each round, one pixel wide, because a round takes a fraction of a second. The picture says so.
Run it from anywhere: ``python3 bench/plots.py``.
"""

import csv
from math import log10
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[1]
DATA = ROOT / "bench" / "data" / "memory.csv"
PICTURE = ROOT / "docs" / "memory.svg"
WIDTH, HEIGHT, LEFT, TOP, RIGHT, BOTTOM = 760, 364, 64, 40, 170, 100
NOTES = (
    "Measured: the level between rounds and the highest level of the run, with 20 names.",
    "Not measured: the course over the hour; the highest level is drawn at each round. Logarithmic scale.",
    "amd64, 2 shared cores, Linux 6.18, a simulated Cloudflare on loopback; 2026-11-24.",
)
LEAST, MOST = 10, 40_000  # KiB, the ends of the logarithmic scale
COLOURS = ("#b45f06", "#38761d", "#1155cc")
TICKS = {16: "16 kB", 100: "100 kB", 1024: "1 MB", 10_240: "10 MB"}


class Program(NamedTuple):
    """What was measured of one program, in KiB."""

    name: str
    pause: float
    peak: float


def read() -> list[Program]:
    """Return the rows of the table."""
    lines = [line for line in DATA.read_text("utf-8").splitlines() if not line.startswith("#")]
    return [Program(row["program"], float(row["pause"]), float(row["peak"])) for row in csv.DictReader(lines)]


def height(kib: float) -> float:
    """Return where an amount stands, in pixels from the top."""
    share = (log10(kib) - log10(LEAST)) / (log10(MOST) - log10(LEAST))
    return round(HEIGHT - BOTTOM - share * (HEIGHT - BOTTOM - TOP), 1)


def amount(kib: float) -> str:
    """Return an amount as people write it."""
    return f"{kib:.0f} kB" if kib < 1024 else f"{kib / 1024:.1f} MB"


def across(minute: float) -> float:
    """Return where a minute stands, in pixels from the left."""
    return round(LEFT + minute / 60 * (WIDTH - LEFT - RIGHT), 1)


def curve(program: Program) -> str:
    """Return the points of one program's line."""
    points = [(across(0), height(program.pause))]
    for minute in range(0, 60, 5):
        at = across(minute)
        points += [(at, height(program.pause)), (at, height(program.peak)), (at + 1, height(program.peak))]
        points += [(at + 1, height(program.pause))]
    points.append((across(60), height(program.pause)))
    return " ".join(f"{x},{y}" for x, y in points)


def picture(programs: list[Program]) -> str:
    """Return the whole drawing."""
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}"',
        ' font-family="sans-serif" font-size="12">',
        "<title>Resident memory over an hour, a round every five minutes (logarithmic)</title>",
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>',
        f'<text x="{LEFT}" y="20" font-size="14">Resident memory over an hour, a round every five minutes</text>',
    ]
    for kib, label in TICKS.items():
        y = height(kib)
        parts.append(f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y}" y2="{y}" stroke="#ddd"/>')
        parts.append(f'<text x="{LEFT - 8}" y="{y + 4}" text-anchor="end">{label}</text>')
    for minute in range(0, 61, 10):
        x = across(minute)
        parts.append(f'<text x="{x}" y="{HEIGHT - BOTTOM + 22}" text-anchor="middle">{minute} min</text>')
    for line, note in enumerate(NOTES):
        parts.append(f'<text x="{LEFT}" y="{HEIGHT - 44 + 16 * line}" fill="#555" font-size="11">{note}</text>')
    for program, colour in zip(programs, COLOURS, strict=True):
        y = height(program.pause)
        parts.append(f'<polyline points="{curve(program)}" fill="none" stroke="{colour}" stroke-width="1.5"/>')
        parts.append(f'<text x="{WIDTH - RIGHT + 8}" y="{y + 4}" fill="{colour}">{program.name}</text>')
        levels = f"{amount(program.pause)}, highest {amount(program.peak)}"
        parts.append(f'<text x="{WIDTH - RIGHT + 8}" y="{y + 18}" fill="#555" font-size="11">{levels}</text>')
    return "\n".join([*parts, "</svg>", ""])


if __name__ == "__main__":
    PICTURE.write_text(picture(read()), "utf-8")
    print(PICTURE)
