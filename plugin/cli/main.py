"""Arguments to command; imports a command only when it is called."""

from __future__ import annotations

from collections.abc import Sequence


def run(arguments: Sequence[str]) -> int:
    """Run the command named by the arguments and return its exit code."""
    del arguments
    return 2
