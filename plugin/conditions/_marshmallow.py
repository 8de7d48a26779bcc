"""Imports marshmallow, and leaves its patterns for e-mail addresses alone until somebody uses them.

Nobody here does. Compiling them while importing takes longer than the rest of marshmallow: an eighth
of `deskladder check`. Imported before marshmallow is, by the packages that use it.
"""

from __future__ import annotations

import re
import sys
from typing import Any

_COSTLY = "marshmallow.validate"


class _OnUse:
    """A pattern that is compiled when something is asked of it."""

    def __init__(self, pattern: str, flags: int) -> None:
        self._arguments = pattern, flags

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):  # asked by the abstract base class of everything in its body
            raise AttributeError(name)
        return getattr(re.compile(*self._arguments), name)


def _import() -> None:
    real: Any = re.compile

    def compile_or_wait(pattern: Any, flags: int = 0) -> Any:
        is_costly = sys._getframe(1).f_globals.get("__name__") == _COSTLY  # noqa: SLF001
        return _OnUse(pattern, flags) if is_costly else real(pattern, flags)

    re.compile = compile_or_wait
    try:
        __import__(_COSTLY)
    finally:
        re.compile = real


if _COSTLY not in sys.modules:
    _import()
