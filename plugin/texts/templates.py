"""Templates of replies, notes, notifications and webhooks: a small, harmless part of Jinja2.

A template may print placeholders, pass them through a few filters, choose with `if` and repeat
over `earlier` and the other lists. It cannot call anything, compute, assign or include, so the
sandbox below is the second wall, not the first: what is not in the tables here is refused when
the file is read, and output is cut off when it grows out of proportion.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

from plugin.texts.grammar import TemplateProblem, is_html, placeholders, simple_placeholders
from plugin.texts.placeholders import FILTERS, LISTS, PLACEHOLDERS
from plugin.texts.sandbox import Link, environment

if TYPE_CHECKING:
    from jinja2 import nodes

__all__ = (
    "FILTERS",
    "LISTS",
    "LONGEST",
    "PLACEHOLDERS",
    "Link",
    "TemplateProblem",
    "check_template",
    "placeholders",
    "render",
    "render_plain",
)

LONGEST: Final = 20_000
"""Characters a rendered text may have; more is a mistake in the template."""


def check_template(source: str) -> None:
    """Raise `TemplateProblem` for the first mistake.

    Placeholders, filters and statements are read from the template's tree; one that does more
    than print is then rehearsed with empty and with full values, so that a wrong argument or a
    comparison of text with a number is found now and not on a ticket.
    """
    placeholders(source)
    if simple_placeholders(source) is None:
        for values in _SAMPLES:
            _run(source, values, escaping="html")


def _sample(text: str, items: int) -> dict[str, Any]:
    """Values of every placeholder: that text, and lists of so many items."""
    values: dict[str, Any] = {}
    for name in PLACEHOLDERS:
        first, dot, part = name.partition(".")
        item = dict.fromkeys(LISTS.get(name, ()), text) or text
        value = [item] * items if name in LISTS else text
        if dot:
            values.setdefault(first, {})[part] = value
        else:
            values[name] = value
    return values


_SAMPLES = (_sample("", 0), _sample("x", 2))


def render(source: str, values: Mapping[str, object]) -> str:
    """The template as HTML, every value escaped; plain text becomes paragraphs and line breaks.

    A template that contains a block tag of its own (`<p>`, `<ul>` …) is HTML already: its tags
    stay. Raises `TemplateProblem`, also for a placeholder that `values` lacks.
    """
    if is_html(source):
        return _run(source, values, escaping="html").strip()
    return _paragraphs(_run(source, values, escaping="text"))


def render_plain(source: str, values: Mapping[str, object]) -> str:
    """The template as plain text, for JSON and notifications: nothing is escaped."""
    return _run(source, values, escaping="none").strip()


# HTML -----------------------------------------------------------------------------------------

_GAP = re.compile(r"\n[ \t]*(?:\n[ \t]*)+")


def _paragraphs(escaped: str) -> str:
    """Simple HTML that both hosts keep as it is."""
    paragraphs = (part.strip() for part in _GAP.split(escaped.strip()))
    return "".join(
        "<p>" + "<br>".join(line.strip() for line in part.split("\n")) + "</p>"
        for part in paragraphs
        if part
    )


# Rendering ------------------------------------------------------------------------------------


_ALONE = re.compile(r"^[ \t]*(\{%(?:(?!%\}).)*%\})[ \t]*(?:\n|\Z)", re.MULTILINE)
"""A statement alone on its line leaves no empty line behind."""


_WRAPPED = 72
_NEW_THOUGHT = re.compile(r"[ \t]*(?:$|[-*•#]|\d+[.)]|\{%)")


def _flowing(source: str) -> str:
    """Plain text with its long lines joined: the file wraps them, the reader's screen does too.

    A line goes on in the next when it is long and ends without a mark.
    """
    lines = source.split("\n")
    kept = lines[:1]
    for before, line in pairwise(lines):
        bare = before.rstrip()
        wrapped = len(bare) >= _WRAPPED and not bare.endswith((*".,:;!?", "%}"))
        if wrapped and not _NEW_THOUGHT.match(line):
            kept[-1] = f"{kept[-1].rstrip()} {line.lstrip()}"
        else:
            kept.append(line)
    return "\n".join(kept)


def _run(source: str, values: Mapping[str, object], *, escaping: str) -> str:
    from jinja2 import TemplateError

    template = _compiled(source, escaping)
    try:
        return _bounded(template.generate(values))
    except TemplateProblem:
        raise
    except (TemplateError, TypeError, ValueError) as error:
        raise TemplateProblem(f"cannot be filled in: {error}", 1, 1) from error


def _bounded(parts: Iterable[str]) -> str:
    kept: list[str] = []
    length = 0
    for part in parts:
        length += len(part)
        if length > LONGEST:
            raise TemplateProblem(f"the text is longer than {LONGEST} characters", 1, 1)
        kept.append(part)
    return "".join(kept)


@lru_cache(maxsize=512)
def _compiled(source: str, escaping: str) -> Any:
    placeholders(source)
    sandbox = environment(escaping)
    text = _ALONE.sub(r"\1", _flowing(source) if escaping == "text" else source)
    tree = sandbox.parse(text)
    if escaping == "text":
        _escape_data(tree)
    return sandbox.from_string(tree)


def _escape_data(tree: nodes.Template) -> None:
    """What the admin typed is text too: `R&D <3` must arrive as typed."""
    from jinja2 import nodes as kinds
    from markupsafe import escape

    for data in tree.find_all(kinds.TemplateData):
        data.data = str(escape(data.data))
