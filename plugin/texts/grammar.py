"""What a template may contain: read from its tree, refused with a place."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

from plugin.domain.errors import DeskladderError
from plugin.texts.placeholders import FILTERS, LISTS, PLACEHOLDERS
from plugin.texts.sandbox import TESTS, environment

if TYPE_CHECKING:
    from jinja2 import nodes

_LONGEST_SOURCE = 20_000

_LOOP_PARTS = ("index", "first", "last", "length")
_ALLOWED: Final = frozenset(
    {"Template", "Output", "TemplateData", "Name", "Getattr", "Const", "If", "For", "CondExpr"}
    | {"Filter", "Test", "Compare", "Operand", "And", "Or", "Not", "Keyword"}
)


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


def placeholders(source: str) -> frozenset[str]:
    """The placeholders a template uses, such as `customer.name`; raises like `check_template`."""
    _check_tags(source)
    simple = simple_placeholders(source)
    if simple is not None:
        return simple
    reader = _Reader(source)
    reader.read(_parse(source))
    return frozenset(reader.used)


_BLOCK = re.compile(r"<(?:p|br|div|ul|ol|table|blockquote|pre|h[1-6]|hr)\b[^<>]*>", re.IGNORECASE)


def is_html(source: str) -> bool:
    """True for a template with block tags of its own; any other is plain text."""
    return bool(_BLOCK.search(source))


_TAG = re.compile(r"<[a-zA-Z][^<>]*(?:>|\Z)")
_QUOTED = re.compile(r"([a-zA-Z-]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)')")
_URL = re.compile(r"\{\{\s*[a-z_]+\.url\s*\}\}")
_RISKY = re.compile(r"href|src|srcset|style|action|formaction|background|on[a-z]+", re.IGNORECASE)


def _check_tags(source: str) -> None:
    """Refuse placeholders where escaping would not help: bare in a tag, or in an address.

    Only helpdesk addresses (`ticket.url`) may stand in `href` and its like.
    """
    if "{" not in source or not is_html(source):
        return
    for tag in _TAG.finditer(source):
        text = tag.group()
        for name, double, single in _QUOTED.findall(text):
            value = double or single
            if _RISKY.fullmatch(name) and "{" in _URL.sub("", value):
                raise _tag_problem(
                    f"only an url such as ticket.url may stand in {name}", source, tag
                )
        if "{{" in _QUOTED.sub("", text) or "{%" in text:
            raise _tag_problem("inside a tag a placeholder must stand in quotes", source, tag)


def _tag_problem(message: str, source: str, tag: re.Match[str]) -> TemplateProblem:
    before = source[: tag.start()]
    column = tag.start() - (before.rfind("\n") + 1) + 1
    return TemplateProblem(message, before.count("\n") + 1, column)


_PRINTED = re.compile(r"\{\{\s*([a-z_]+(?:\.[a-z_]+)?)\s*\}\}")


def simple_placeholders(source: str) -> frozenset[str] | None:
    """The placeholders of a template that only prints known ones; None for any other.

    Nearly all are so, and reading them here spares `check` the start of Jinja2.
    """
    rest = _PRINTED.sub("", source)
    if "{{" in rest or "{%" in rest or "{#" in rest or len(source) > _LONGEST_SOURCE:
        return None
    used = frozenset(_PRINTED.findall(source))
    return used if used <= PLACEHOLDERS.keys() else None


def _parse(source: str) -> nodes.Template:
    from jinja2 import TemplateSyntaxError

    if len(source) > _LONGEST_SOURCE:
        raise TemplateProblem(f"longer than {_LONGEST_SOURCE} characters", 1, 1)
    try:
        return environment("html").parse(source)
    except TemplateSyntaxError as error:
        line = error.lineno or 1
        raise TemplateProblem(
            f"not a valid template: {error.message}", line, _column(source, line, "{")
        ) from error
    except RecursionError as error:
        raise TemplateProblem("nested too deeply", 1, 1) from error


def _column(source: str, line: int, what: str) -> int:
    """Where `what` stands on that line, printed rather than named; 1 when it cannot be found."""
    lines = source.splitlines()
    text = lines[line - 1] if 0 < line <= len(lines) else ""
    printed = re.search(rf"\{{\{{[^{{}}]*?(?<![\w.])({re.escape(what)})(?!\w)", text)
    return printed.start(1) + 1 if printed else text.find(what) + 1 or 1


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
            self._refuse_unknown(tree, "test", TESTS)
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
        line = node.lineno or 1
        return TemplateProblem(message, line, _column(self._source, line, place), unknown)


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
