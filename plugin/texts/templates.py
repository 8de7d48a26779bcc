"""Templates of replies, notes, notifications and webhooks: a small, harmless part of Jinja2.

A template may print placeholders, pass them through a few filters, choose with `if` and repeat
over `earlier` and the other lists. It cannot call anything, compute, assign or include, so the
sandbox below is the second wall, not the first: what is not in the tables here is refused when
the file is read, and output is cut off when it grows out of proportion.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from plugin.domain.errors import DeskladderError
from plugin.texts.placeholders import FILTERS, LISTS, PLACEHOLDERS

if TYPE_CHECKING:
    from jinja2 import nodes
    from jinja2.sandbox import ImmutableSandboxedEnvironment

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

_LONGEST_SOURCE = 20_000

_LOOP_PARTS = ("index", "first", "last", "length")
_ALLOWED: Final = frozenset(
    {"Template", "Output", "TemplateData", "Name", "Getattr", "Const", "If", "For", "CondExpr"}
    | {"Filter", "Test", "Compare", "Operand", "And", "Or", "Not", "Keyword"}
)
_TESTS: Final = frozenset({"defined", "undefined", "none", "eq", "equalto", "ne", "in", "true"})


class Link(str):
    """An address of the helpdesk's own: in a template of plain text it becomes a link."""

    __slots__ = ()


class TemplateProblem(DeskladderError):
    """A template that cannot be used. `line` and `column` count from 1 inside the template.

    `unknown` is the placeholder nobody knows, when that is the problem: the caller has the place
    in the file and makes the guess.
    """

    def __init__(self, message: str, line: int, column: int, unknown: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.line = line
        self.column = column
        self.unknown = unknown


def check_template(source: str) -> None:
    """Raise `TemplateProblem` for the first mistake; nothing is rendered."""
    placeholders(source)


def placeholders(source: str) -> frozenset[str]:
    """The placeholders a template uses, such as `customer.name`; raises like `check_template`."""
    simple = _simple(source)
    if simple is not None:
        return simple
    reader = _Reader(source)
    reader.read(_parse(source))
    return frozenset(reader.used)


_PRINTED = re.compile(r"\{\{\s*([a-z_]+(?:\.[a-z_]+)?)\s*\}\}")


def _simple(source: str) -> frozenset[str] | None:
    """The placeholders of a template that only prints known ones; None for any other.

    Nearly all are so, and reading them here spares `check` the start of Jinja2.
    """
    rest = _PRINTED.sub("", source)
    if "{{" in rest or "{%" in rest or "{#" in rest or len(source) > _LONGEST_SOURCE:
        return None
    used = frozenset(_PRINTED.findall(source))
    return used if used <= PLACEHOLDERS.keys() else None


def render(source: str, values: Mapping[str, object]) -> str:
    """The template as HTML, every value escaped; plain text becomes paragraphs and line breaks.

    A template that contains a block tag of its own (`<p>`, `<ul>` …) is HTML already: its tags
    stay. Raises `TemplateProblem`, also for a placeholder that `values` lacks.
    """
    if _is_html(source):
        return _run(source, values, escaping="html").strip()
    return _paragraphs(_run(source, values, escaping="text"))


def render_plain(source: str, values: Mapping[str, object]) -> str:
    """The template as plain text, for JSON and notifications: nothing is escaped."""
    return _run(source, values, escaping="none").strip()


# HTML -----------------------------------------------------------------------------------------

_BLOCK = re.compile(r"<(?:p|br|div|ul|ol|table|blockquote|pre|h[1-6]|hr)\b[^<>]*>", re.IGNORECASE)
_GAP = re.compile(r"\n[ \t]*(?:\n[ \t]*)+")


def _is_html(source: str) -> bool:
    return bool(_BLOCK.search(source))


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
    check_template(source)
    environment = _environment(escaping)
    tree = environment.parse(_ALONE.sub(r"\1", source))
    if escaping == "text":
        _escape_data(tree)
    return environment.from_string(tree)


def _escape_data(tree: nodes.Template) -> None:
    """What the admin typed is text too: `R&D <3` must arrive as typed."""
    from jinja2 import nodes as kinds
    from markupsafe import escape

    for data in tree.find_all(kinds.TemplateData):
        data.data = str(escape(data.data))


@lru_cache(maxsize=3)
def _environment(escaping: str) -> ImmutableSandboxedEnvironment:
    """The environment for "html", "text" (to become HTML) or "none"."""
    from jinja2 import StrictUndefined
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    environment = ImmutableSandboxedEnvironment(
        autoescape=escaping != "none",
        undefined=StrictUndefined,
        finalize=_linked if escaping == "text" else _shown,
        cache_size=0,
    )
    environment.globals.clear()
    environment.filters = {name: environment.filters[name] for name in FILTERS}
    environment.tests = {name: environment.tests[name] for name in _TESTS}
    return environment


def _shown(value: Any) -> Any:
    """Nothing is printed as nothing; a list as its items."""
    if value is None:
        return ""
    if isinstance(value, list | tuple):
        return ", ".join(str(item) for item in value)
    return value


def _linked(value: Any) -> Any:
    """A link as HTML, anything else as it is shown."""
    from markupsafe import Markup

    if isinstance(value, Link) and value.startswith(("http://", "https://")):
        return Markup('<a href="{0}">{0}</a>').format(str(value))
    return _shown(value)


# Checking -------------------------------------------------------------------------------------


def _parse(source: str) -> nodes.Template:
    from jinja2 import TemplateSyntaxError

    if len(source) > _LONGEST_SOURCE:
        raise TemplateProblem(f"longer than {_LONGEST_SOURCE} characters", 1, 1)
    try:
        return _environment("html").parse(source)
    except TemplateSyntaxError as error:
        line = error.lineno or 1
        raise TemplateProblem(
            f"not a valid template: {error.message}", line, _column(source, line, "{")
        ) from error
    except RecursionError as error:
        raise TemplateProblem("nested too deeply", 1, 1) from error


def _column(source: str, line: int, what: str) -> int:
    """Where `what` stands on that line; 1 when it cannot be found."""
    lines = source.splitlines()
    text = lines[line - 1] if 0 < line <= len(lines) else ""
    return text.find(what) + 1 or 1


class _Reader:
    """Goes through the tree and refuses what is not in the tables."""

    def __init__(self, source: str) -> None:
        self._source = source
        self.used: set[str] = set()

    def read(self, tree: nodes.Node, items: Mapping[str, tuple[str, ...]] | None = None) -> None:
        """Check a node and what is below; `items` are the loop variables in scope."""
        known = items or {}
        kind = type(tree).__name__
        if kind not in _ALLOWED:
            raise self._problem(_refusal(kind), tree, "{")
        if kind == "For":
            self._read_loop(tree, known)
            return
        if kind in {"Name", "Getattr"}:
            self._read_name(tree, known)
            return
        if kind == "Filter":
            self._refuse_unknown(tree, "filter", FILTERS)
        elif kind == "Test":
            self._refuse_unknown(tree, "test", _TESTS)
        for child in tree.iter_child_nodes():
            self.read(child, known)

    def _read_loop(self, loop: Any, known: Mapping[str, tuple[str, ...]]) -> None:
        over = _dotted(loop.iter)
        if over not in LISTS:
            raise self._problem(
                f"expected a loop over one of {', '.join(LISTS)}", loop, "for", unknown=over
            )
        if "loop" in known or loop.recursive or type(loop.target).__name__ != "Name":
            raise self._problem("expected a plain loop, not one inside another", loop, "for")
        self.used.add(over)
        inner = {**known, loop.target.name: LISTS[over], "loop": _LOOP_PARTS}
        for node in (*loop.body, *([loop.test] if loop.test else [])):
            self.read(node, inner)
        for node in loop.else_:
            self.read(node, known)

    def _read_name(self, node: nodes.Node, known: Mapping[str, tuple[str, ...]]) -> None:
        name = _dotted(node)
        first, dot, part = name.partition(".")
        if first in known:
            if bool(dot) == bool(known[first]) and (not dot or part in known[first]):
                return
        elif name in PLACEHOLDERS:
            self.used.add(name)
            return
        if not name:
            raise self._problem("only placeholders have parts", node, "{")
        raise self._problem(
            f"unknown placeholder {name!r}", node, name.split(".")[-1], unknown=name
        )

    def _refuse_unknown(self, node: Any, what: str, known: Collection[str]) -> None:
        if node.name not in known:
            message = f"unknown {what} {node.name!r}: expected one of {', '.join(sorted(known))}"
            raise self._problem(message, node, node.name)

    def _problem(
        self, message: str, node: nodes.Node, what: str, *, unknown: str | None = None
    ) -> TemplateProblem:
        place = unknown if unknown and unknown in self._source else what
        return TemplateProblem(
            message, node.lineno, _column(self._source, node.lineno, place), unknown
        )


def _dotted(node: nodes.Node) -> str:
    """`ticket.number` of a name; empty for anything that is none."""
    parts = list(_dotted_parts(node))
    return "" if "" in parts else ".".join(reversed(parts))


def _dotted_parts(node: Any) -> Iterator[str]:
    while type(node).__name__ == "Getattr":
        yield node.attr
        node = node.node
    yield node.name if type(node).__name__ == "Name" else ""


def _refusal(kind: str) -> str:
    advice = {
        "Call": "calls are not possible here: use a placeholder, or a filter such as | upper",
        "Getitem": "brackets are not possible here: use | first or a loop",
        "Include": "a template cannot include another",
        "Assign": "a template cannot set variables",
        "Macro": "a template cannot define macros",
    }
    return advice.get(kind, "not possible here: placeholders, filters, if and for are")
