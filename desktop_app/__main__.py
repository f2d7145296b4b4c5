"""Start the program: arguments in, exit code out."""

import sys

INTERRUPTED = 1


def main() -> int:
    """Run the program with the arguments of the command line and return its exit code."""
    try:
        from desktop_app.gui.interrupts import clear_up_when_asked

        clear_up_when_asked()
        from desktop_app.cli import run

        return run(sys.argv[1:])
    except KeyboardInterrupt:  # also while the program is still being imported
        return INTERRUPTED


if __name__ == "__main__":
    sys.exit(main())
