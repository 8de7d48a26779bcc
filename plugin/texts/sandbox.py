"""Jinja2 with next to nothing in it: no globals, few filters, no way to code or files."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from plugin.texts.placeholders import FILTERS

if TYPE_CHECKING:
    from jinja2.sandbox import ImmutableSandboxedEnvironment

TESTS: Final = frozenset({"defined", "undefined", "none", "eq", "equalto", "ne", "in", "true"})


class Link(str):
    """An address of the helpdesk's own: in a template of plain text it becomes a link."""

    __slots__ = ()


@lru_cache(maxsize=3)
def environment(escaping: str) -> ImmutableSandboxedEnvironment:
    """The environment for "html", "text" (to become HTML) or "none"."""
    from jinja2 import StrictUndefined
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    sandbox = ImmutableSandboxedEnvironment(
        autoescape=escaping != "none",
        undefined=StrictUndefined,
        finalize=_linked if escaping == "text" else _shown,
        cache_size=0,
    )
    sandbox.globals.clear()
    sandbox.filters = {name: sandbox.filters[name] for name in FILTERS}
    sandbox.filters |= {"first": _first, "last": _last}
    sandbox.tests = {name: sandbox.tests[name] for name in TESTS}
    return sandbox


def _shown(value: Any) -> Any:
    """Nothing is printed as nothing; a list as its items."""
    if value is None:
        return ""
    if isinstance(value, list | tuple):
        return ", ".join(str(item) for item in value)
    return value


def _first(value: Any) -> Any:
    """The first item; nothing of nothing, where Jinja2's own filter fails."""
    return value[0] if value else ""


def _last(value: Any) -> Any:
    return value[-1] if value else ""


def _linked(value: Any) -> Any:
    """A link as HTML, anything else as it is shown."""
    from markupsafe import Markup

    if isinstance(value, Link) and value.startswith(("http://", "https://")):
        return Markup('<a href="{0}">{0}</a>').format(str(value))
    return _shown(value)
