"""Running the checks of a folder: one file a topic, each offering `check(seen)`."""

from __future__ import annotations

import pkgutil
from collections.abc import Callable, Iterable
from dataclasses import replace
from importlib import import_module
from types import ModuleType
from typing import Any

from plugin.domain.examining import Finding

Check = Callable[[Any], Iterable[Finding]]


def checks_in(folder: ModuleType) -> list[tuple[str, Check]]:
    """The checks of a folder by the names of their files, which begin with no underscore."""
    names = sorted(info.name for info in pkgutil.iter_modules(folder.__path__))
    return [
        (name, import_module(f"{folder.__name__}.{name}").check)
        for name in names
        if not name.startswith("_")
    ]


def run_checks(folder: ModuleType, seen: object, about: str = "") -> list[Finding]:
    """What all checks of a folder find, each finding with the name of its check."""
    return [
        replace(finding, check=name, about=finding.about or about)
        for name, check in checks_in(folder)
        for finding in check(seen)
    ]
