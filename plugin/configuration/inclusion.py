"""A file and those it includes → one tree of values, each still knowing its own file.

Sections are merged name by name and lists one after the other, the including file first, then the
included files in the order named. The same name twice is a clash, never a silent winner. Paths
are relative to the file that names them. Variables are filled in on the way.
"""

from __future__ import annotations

import os
from dataclasses import field
from pathlib import Path
from typing import Any

from plugin.configuration.document import Block, Items, Source, Span, render_path
from plugin.configuration.parsing import LONGEST, Broken, read_document
from plugin.configuration.problems import Problem
from plugin.configuration.variables import Variables
from plugin.domain.dataclass import dataclass

_MOST_FILES = 200


@dataclass(slots=True)
class Reading:
    """What was read. `complete` is false when a file is missing from `root`: what refers to
    something unknown may then be right.
    """

    variables: Variables
    root: Block
    problems: list[Problem] = field(default_factory=list)
    files: set[Path] = field(default_factory=set)
    texts: list[str] = field(default_factory=list)
    complete: bool = True


def read_all(path: Path, variables: Variables) -> Reading:
    """Read the file and everything it includes."""
    nowhere = Span(Source(str(path), ""), 0, 0, 0, 1)
    reading = Reading(variables, Block(nowhere))
    _Reader(reading).include(path, asked_at=None, above=())
    reading.problems += variables.problems
    reading.files |= variables.files
    return reading


@dataclass(slots=True)
class _Reader:
    reading: Reading
    seen: dict[Path, str] = field(default_factory=dict)

    def include(
        self, path: Path, asked_at: tuple[Span, str] | None, above: tuple[Path, ...]
    ) -> None:
        """Read one file into the tree, then those it names."""
        real = Path(os.path.realpath(path))
        if self._is_known(real, path, asked_at, above):
            return
        self.seen[real] = str(path)
        source = self._text(path, asked_at)
        if source is None:
            self.reading.complete = False
            return
        self.reading.texts.append(source.text)
        try:
            document = read_document(source, self.reading.variables.expand)
        except Broken as broken:
            self.reading.problems.append(broken.problem)
            self.reading.complete = False
            return
        self.reading.problems += document.problems
        if not isinstance(document.root, Block):
            self._refuse_root(document.root, document.span)
            return
        names = self._includes(document.root)
        _Merge(self.reading).into(self.reading.root, document.root, is_first=not above)
        for name, span, place in names:
            target = Path(os.path.normpath(path.parent / name))
            self.include(target, (span, place), (*above, real))

    def _is_known(
        self, real: Path, path: Path, asked_at: tuple[Span, str] | None, above: tuple[Path, ...]
    ) -> bool:
        if asked_at is None or real not in self.seen:
            return False
        span, place = asked_at
        if real in above:
            message = f"expected files that do not include each other, but {str(path)!r} leads here"
        else:
            message = f"expected each file once, got {str(path)!r} again"
        self.reading.problems.append(
            span.problem(place, message, remedy="remove one of the two includes")
        )
        return True

    def _text(self, path: Path, asked_at: tuple[Span, str] | None) -> Source | None:
        source = Source(str(path), "", path.parent)
        try:
            self.reading.files.add(path)
            with path.open("rb") as stream:
                data = stream.read(LONGEST + 1)
        except (OSError, ValueError) as error:
            reason = (getattr(error, "strerror", None) or "the path is not valid").lower()
            self._refuse_file(path, reason, asked_at)
            return None
        if len(data) > LONGEST or len(self.seen) > _MOST_FILES:
            reason = f"more than {LONGEST // 1_000_000} MB or {_MOST_FILES} files are too many"
            self._refuse_file(path, reason, asked_at)
            return None
        try:
            source.text = data.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            head = data[: error.start].decode("utf-8", "replace")
            line, column = head.count("\n"), len(head) - (head.rfind("\n") + 1)
            source.text = data.decode("utf-8", "replace")
            self.reading.texts.append(source.text)
            self.reading.problems.append(
                Span(source, line, column, line, column + 1).problem(
                    "",
                    f"expected UTF-8 text, got the byte 0x{data[error.start]:02X}",
                    remedy="save the file as UTF-8",
                )
            )
            return None
        return source

    def _refuse_file(self, path: Path, reason: str, asked_at: tuple[Span, str] | None) -> None:
        message = f"expected a readable file, but {str(path)!r} cannot be read: {reason}"
        if asked_at:
            span, place = asked_at
            remedy = "the path is relative to the file that includes it"
            self.reading.problems.append(span.problem(place, message, remedy=remedy))
            return
        remedy = "name the file with --config FILE or DESKLADDER_CONFIG"
        self.reading.problems.append(
            Span(Source(str(path), ""), 0, 0, 0, 1).problem("", message, remedy=remedy)
        )

    def _refuse_root(self, root: Any, span: Span) -> None:
        found = "nothing" if root is None else "a list" if isinstance(root, Items) else "one value"
        self.reading.problems.append(
            span.problem(
                "",
                f"expected keys such as version, helpdesks, rules; got {found}",
                remedy="config/deskladder.example.yaml shows a whole file",
            )
        )

    def _includes(self, root: Block) -> list[tuple[str, Span, str]]:
        """Take `include:` out of the tree; what it names, each with its place."""
        if "include" not in root:
            return []
        value = root.pop("include")
        span = root.value_spans["include"]
        spans = value.spans if isinstance(value, Items) else [span]
        values = value if isinstance(value, Items) else [value]
        found = []
        for index, (name, place) in enumerate(zip(values, spans, strict=True)):
            path = render_path(["include", index] if isinstance(value, Items) else ["include"])
            if isinstance(name, str) and name.strip():
                found.append((str(name), place, path))
                continue
            message = "expected the path of a YAML file such as packs/hospitality.yaml"
            self.reading.problems.append(place.problem(path, message))
        return found


@dataclass(slots=True)
class _Merge:
    """Puts one file's keys into the tree."""

    reading: Reading

    def into(self, tree: Block, file: Block, *, is_first: bool) -> None:
        if is_first:
            tree.span = file.span
        for key, value in file.items():
            if key not in tree:
                self._add(tree, file, key, _copy(value))
            elif isinstance(value, Block) and isinstance(tree[key], Block):
                self._names(tree[key], value, key)
            elif isinstance(value, Items) and isinstance(tree[key], Items):
                _append(tree[key], value)
            elif key != "version" or value != tree[key]:
                self._clash(tree, file, key, [key])

    def _names(self, section: Block, more: Block, title: str) -> None:
        for name, value in more.items():
            if name in section:
                self._clash(section, more, name, [title, name])
            else:
                self._add(section, more, name, value)

    @staticmethod
    def _add(target: Block, origin: Block, key: str, value: Any) -> None:
        target[key] = value
        target.key_spans[key] = origin.key_spans[key]
        target.value_spans[key] = origin.value_spans[key]

    def _clash(self, first: Block, second: Block, key: str, path: list[str | int]) -> None:
        place = first.key_spans[key].place
        self.reading.problems.append(
            second.key_spans[key].problem(
                render_path(path),
                f"expected each name in one file only, got {key!r} again (first at {place})",
                remedy="rename or remove one of the two",
            )
        )


def _copy(value: Any) -> Any:
    """A copy whose entries can grow by those of other files; what is below stays shared."""
    if isinstance(value, Block):
        block = Block(value.span)
        block.update(value)
        block.key_spans.update(value.key_spans)
        block.value_spans.update(value.value_spans)
        return block
    if isinstance(value, Items):
        items = Items(value.span)
        _append(items, value)
        return items
    return value


def _append(items: Items, more: Items) -> None:
    items.extend(more)
    items.spans.extend(more.spans)
    items.indices = [*(items.indices or ()), *range(len(more))]
