"""The command line: `deskladder`, the same as `python -m plugin`."""

from __future__ import annotations

import gc
import sys

_MADE_BEFORE_A_SEARCH = 20_000


def main() -> int:
    """Run one command; the exit code is its answer."""
    from plugin.cli.main import run

    # A start makes far more than it drops: looking for garbage after every 700 objects, as Python
    # does unasked, is a tenth of it.
    gc.set_threshold(_MADE_BEFORE_A_SEARCH, 20, 50)
    return run(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
