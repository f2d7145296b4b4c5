"""Start the program: arguments in, exit code out."""

import sys


def main() -> int:
    """Run the program with the arguments of the command line and return its exit code."""
    from desktop_app.cli import run

    return run(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
