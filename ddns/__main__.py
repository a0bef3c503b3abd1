"""The door of the program: hands the process's argv and environment to the command line."""

import sys


def run() -> None:
    """Run the command line and exit with its code."""
    sys.stdout.write("ddns skeleton\n")
    sys.exit(0)


if __name__ == "__main__":
    run()
