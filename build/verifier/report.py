"""What a check has found, as lines for the one who runs it."""


def show(title: str, found: list[str]) -> int:
    """Print a check and what is wrong; return 1 when anything is, 0 otherwise."""
    print(f"  {'✗' if found else '✓'} {title}", flush=True)
    for line in found:
        print(f"      {line}", flush=True)
    return 1 if found else 0
