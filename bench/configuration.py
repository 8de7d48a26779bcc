"""The file: 100 rules read, checked and compiled, beside parsers that only read them (T10).

All in one process, in turns; seconds of the processor, so that a busy neighbour counts less. What
`load` does more than the parsers: every value's place, variables, duplicate and unknown keys,
marshmallow schemas, references between sections, templates rehearsed, words and conditions compiled.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from bench.files import ENVIRON, file_text
from bench.report import Row
from plugin import clock
from plugin.configuration import load

RULES, ROUNDS = 100, 9


def measure() -> list[Row]:
    """T10."""
    import yaml

    text = file_text(RULES)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "deskladder.yaml"
        file.write_text(text)
        now = clock.now()
        ours, pure, c_parser = _milliseconds(
            lambda: load(file, environ=ENVIRON, now=now),
            lambda: yaml.load(text, yaml.SafeLoader),
            lambda: yaml.load(text, yaml.CSafeLoader),
        )
    ratio = ours / pure
    return [
        Row("T10", f"{RULES} rules loaded, checked, compiled", ours, "ms", "<= 60", ours <= 60),
        Row("T10", "the same ÷ pure-Python SafeLoader", ratio, "x", "<= 0.5", ratio <= 0.5),
        Row("", "PyYAML SafeLoader, parsing only", pure, "ms"),
        Row("", "PyYAML CSafeLoader, parsing only", c_parser, "ms"),
        Row("", "size of the file", len(text.encode()) / 1024, "KiB"),
    ]


def _milliseconds(*works: Callable[[], object]) -> list[float]:
    taken: list[list[float]] = [[] for _ in works]
    for turn in range(ROUNDS + 1):
        for work, found in zip(works, taken, strict=True):
            started = time.process_time()
            work()
            if turn:
                found.append(1000 * (time.process_time() - started))
    return [statistics.median(found) for found in taken]
