"""One YAML file → plain values that know their places, or what is wrong with the YAML.

Decisions: anchors and aliases work, inside one file; merge keys (`<<`, gone from YAML 1.2), tags
(`!x`), duplicate keys, several documents and keys that are not plain text are refused.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import field
from functools import partial
from typing import Any

import yaml
from yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from plugin.configuration.broken import explain
from plugin.configuration.document import Block, Items, Source, Span, render_path
from plugin.configuration.problems import Problem
from plugin.configuration.scalars import resolve
from plugin.domain.dataclass import dataclass

DEEPEST = 40
LARGEST = 200_000  # nodes, aliases counted as often as they are used
LONGEST = 4_000_000  # bytes

Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class Broken(Exception):
    """The text is not YAML we can walk; holds the one problem found."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.message)
        self.problem = problem


@dataclass(slots=True)
class Document:
    """What reading one file gave: its root value, and the problems that did not stop us."""

    source: Source
    root: Any
    span: Span
    problems: list[Problem] = field(default_factory=list)


Expand = Callable[[str, Span, str], Any]
"""(text with `${`, where, path) → the value to use."""


def read_document(source: Source, expand: Expand) -> Document:
    """Parse one file. Raises `Broken` when the YAML itself is."""
    try:
        return _Reader(source, expand).read()
    except yaml.YAMLError as error:
        raise Broken(explain(error, source)) from None
    except RecursionError:
        whole = Span(source, 0, 0, 0, 1)
        raise Broken(whole.problem("", "expected less deeply nested YAML")) from None


@dataclass(slots=True)
class _Frame:
    """A collection being filled."""

    value: Block | Items
    start: Span
    is_mapping: bool
    size: int = 1
    key: str | None = None
    key_span: Span | None = None
    skip: bool = False  # the value of a key that is already refused
    anchor: str | None = None


# As the class would, without the call of Python that a named tuple makes of it.
_new_span: Callable[[tuple[Source, int, int, int, int]], Span] = partial(tuple.__new__, Span)


class _Reader:
    """Builds values from the parser's events: no recursion, no second tree."""

    def __init__(self, source: Source, expand: Expand) -> None:
        self.source = source
        self.expand = expand
        self.problems: list[Problem] = []
        self.anchors: dict[str, tuple[Any, int, Span] | None] = {}
        self.frames: list[_Frame] = []
        self.frame: _Frame | None = None  # the last of them
        self.root: Any = None
        self.root_span = Span(source, 0, 0, 0, 1)
        self.documents = 0

    def read(self) -> Document:
        parser = Loader(self.source.text)
        takers: dict[type, Callable[[Any], None]] = {
            ScalarEvent: self._scalar,
            MappingStartEvent: self._open,
            SequenceStartEvent: self._open,
            MappingEndEvent: self._close,
            SequenceEndEvent: self._close,
            AliasEvent: self._alias,
            DocumentStartEvent: self._begin,
        }
        try:
            while (event := parser.get_event()) is not None:
                taker = takers.get(type(event))
                if taker is not None:
                    taker(event)
        finally:
            parser.dispose()
        return Document(self.source, self.root, self.root_span, self.problems)

    # Events ---------------------------------------------------------------------------------

    def _begin(self, event: Any) -> None:
        self.documents += 1
        if self.documents > 1:
            self._stop(
                self._span(event),
                "expected one document, got a second one after '---'",
                "remove the line; use `include:` to split a file",
            )

    def _span(self, event: Any) -> Span:
        start, end = event.start_mark, event.end_mark
        return _new_span((self.source, start.line, start.column, end.line, end.column))

    def _stop(self, span: Span, message: str, remedy: str | None = None) -> None:
        raise Broken(span.problem(self._path(), message, remedy=remedy))

    def _complain(self, span: Span, path: str, message: str, remedy: str | None = None) -> None:
        self.problems.append(span.problem(path, message, remedy=remedy))

    def _path(self, last: str | None = None) -> str:
        parts: list[str | int] = []
        for frame in self.frames:
            if isinstance(frame.value, Items):
                parts.append(len(frame.value))
            elif frame.key is not None:
                parts.append(frame.key)
        if last is not None:
            parts.append(last)
        return render_path(parts)

    def _scalar(self, event: Any) -> None:
        start, end = event.start_mark, event.end_mark
        span = _new_span((self.source, start.line, start.column, end.line, end.column))
        text: str = event.value
        frame = self.frame
        if frame is not None and frame.is_mapping and frame.key is None:
            self._key(frame, text, span, plain=event.implicit[0])
            return
        if event.tag is not None and event.tag != "!":
            self._complain(
                span,
                self._path(),
                f"expected a plain value, got the YAML tag {_short(event.tag)!r}",
                "remove the tag; quote the value to make it text",
            )
        if "${" in text:
            value = self.expand(text, span, self._path())
        elif event.implicit[0] and event.style in (None, ""):
            value = resolve(text)
        else:
            value = text
        if event.anchor:
            self.anchors[event.anchor] = (value, 1, span)
        self._put(value, span, 1)

    def _open(self, event: Any) -> None:
        span = self._span(event)
        if self._at_key():
            self._stop(span, "expected text as a key, got a mapping or a list")
        if len(self.frames) >= DEEPEST:
            self._stop(span, f"expected at most {DEEPEST} levels of nesting")
        if event.tag is not None:
            self._complain(
                span,
                self._path(),
                f"expected a plain value, got the YAML tag {_short(event.tag)!r}",
            )
        is_mapping = type(event) is MappingStartEvent
        value = Block(span) if is_mapping else Items(span)
        if event.anchor:
            self.anchors[event.anchor] = None  # still open: an alias to it would be a circle
        self.frame = _Frame(value, span, is_mapping, anchor=event.anchor)
        self.frames.append(self.frame)

    def _close(self, event: Any) -> None:
        frame = self.frames.pop()
        self.frame = self.frames[-1] if self.frames else None
        start, end = frame.start, event.end_mark
        span = _new_span((self.source, start.line, start.column, end.line, end.column))
        frame.value.span = span
        if frame.anchor:
            self.anchors[frame.anchor] = (frame.value, frame.size, span)
        self._put(frame.value, span, frame.size)

    def _alias(self, event: Any) -> None:
        span = self._span(event)
        if self._at_key():
            self._stop(span, f"expected text as a key, got the alias '*{event.anchor}'")
        if event.anchor not in self.anchors:
            self._stop(
                span,
                f"expected an anchor '&{event.anchor}' above this alias, got none",
                "a value that begins with * must be quoted",
            )
        known = self.anchors[event.anchor]
        if known is None:
            self._stop(
                span, f"expected an alias to something finished, but '*{event.anchor}' is inside it"
            )
            return
        value, size, _ = known
        self._put(value, span, size)

    # Building -------------------------------------------------------------------------------

    def _at_key(self) -> bool:
        frame = self.frame
        return frame is not None and frame.is_mapping and frame.key is None

    def _key(self, frame: _Frame, key: str, span: Span, *, plain: bool) -> None:
        assert isinstance(frame.value, Block)  # noqa: S101 — it is a mapping
        frame.key, frame.key_span, frame.skip = key, span, False
        if key == "<<" and plain:
            frame.skip = True
            self._complain(
                span,
                self._path(),
                "expected a key, got the merge key '<<', which YAML 1.2 does not have",
                "write the keys out, or move what is shared to another file and `include:` it",
            )
        elif not key:
            frame.skip = True
            self._complain(span, self._path(), "expected a key before ':', got nothing")
        elif "${" in key:
            frame.skip = True
            self._complain(
                span,
                self._path(),
                "expected a plain key, got a ${…}",
                "variables are filled in only in values",
            )
        elif key in frame.value:
            frame.skip = True
            first = frame.value.key_spans[key].place
            self._complain(
                span,
                self._path(),
                f"expected each key once, got {key!r} again (first in line {first.line})",
                "merge the two entries or rename one",
            )
        if frame.skip:
            frame.value.is_partial = True

    def _put(self, value: Any, span: Span, size: int) -> None:
        frame = self.frame
        if frame is None:
            self.root, self.root_span = value, span
            return
        frame.size += size
        if frame.size > LARGEST:
            self._stop(span, f"expected at most {LARGEST} values, aliases counted each time")
        holder = frame.value
        if isinstance(holder, Items):
            holder.append(value)
            holder.spans.append(span)
            return
        if not frame.skip:
            assert frame.key is not None  # noqa: S101 — a value follows its key
            assert frame.key_span is not None  # noqa: S101
            holder[frame.key] = value
            holder.key_spans[frame.key] = frame.key_span
            holder.value_spans[frame.key] = span
        frame.key = None


def _short(tag: str) -> str:
    return tag.replace("tag:yaml.org,2002:", "!!")
