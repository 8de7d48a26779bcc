"""The command line: `deskladder`, the same as `python -m plugin`."""

from __future__ import annotations

import sys


def main() -> int:
    """Run one command; the exit code is its answer."""
    from plugin.cli.main import run

    return run(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
