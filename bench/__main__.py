"""`make bench`, or `python -m bench NAME…` for some of the measurements."""

from __future__ import annotations

import importlib
import pkgutil
import platform
import sys
import time

import bench
from bench.report import Row, table


def main(names: list[str]) -> int:
    """Run the named measurements (all without names) and print one table for each."""
    known = sorted(
        info.name
        for info in pkgutil.iter_modules(bench.__path__)
        if info.name not in {"__main__", "report"}
    )
    unknown = set(names) - set(known)
    if unknown:
        print(f"no such measurement: {', '.join(sorted(unknown))}; there are {', '.join(known)}")
        return 2
    missed: list[Row] = []
    print(f"Python {platform.python_version()}, {platform.machine()}, {platform.system()}\n")
    for name in names or known:
        module = importlib.import_module(f"bench.{name}")
        if not hasattr(module, "measure"):
            continue
        started = time.monotonic()
        rows = list(module.measure())
        missed += [row for row in rows if row.met is False]
        print(f"## {(module.__doc__ or name).splitlines()[0]}\n\n{table(rows)}\n")
        print(f"({name}: {time.monotonic() - started:.0f} s)\n", flush=True)
    print(
        "all goals met"
        if not missed
        else "missed: " + ", ".join(f"{r.goal} {r.name}" for r in missed)
    )
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
