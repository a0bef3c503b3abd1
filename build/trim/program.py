"""What the frozen program begins with; the same as ``python -m ddns``."""

from ddns.__main__ import run

run()
