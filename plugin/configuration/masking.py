"""No message shows a secret: values of variables, and those somebody wrote into the file."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from plugin.configuration.document import Block
from plugin.configuration.inclusion import Reading
from plugin.configuration.problems import Problem
from plugin.configuration.scalars import Concealed
from plugin.configuration.wording import closest
from plugin.domain.dataclass import dataclass

SHORTEST = 4
"""A shorter value is blacked out only where it stands: elsewhere it would be any word."""

_SECRET_LINE = re.compile(
    r"(?i)(?:token|secret|passw(?:or)?d|api_?key|authorization)[\w-]{0,40}[\"']?[ \t]{0,40}:[ \t]{0,40}"
    r"(?P<value>[^\s#][^#\n]*)"
)
_URL_PASSWORD = re.compile(r"://[^\s/@:]{0,200}:(?P<value>[^\s/@]{1,200})@", re.IGNORECASE)
_PUBLIC = frozenset(
    {"type", "url", "service_user", "connect_timeout", "read_timeout", "concurrency"}
    | {
        "verify_tls",
        "ca_file",
        "proxy",
        "public_url",
        "replies_as",
        "priorities",
        "priority",
        "absent",
    }
)
_KEYS = (*sorted(_PUBLIC), "token", "webhook_secret")


@dataclass(frozen=True, slots=True)
class Mask:
    """Every value that must not be shown, the longest first."""

    values: tuple[str, ...]

    @classmethod
    def of(cls, reading: Reading) -> Mask:
        """Collect them from what was read."""
        found = set(reading.variables.values.values())
        found.update(_literal(reading.root))
        for text in reading.texts:
            found.update(_in_lines(text))
        pieces = {piece for value in found for piece in (value, value.strip(), *value.split("\n"))}
        long = (piece for piece in pieces if len(piece.strip()) >= SHORTEST)
        return cls(tuple(sorted(long, key=len, reverse=True)))

    def cover(self, problem: Problem) -> Problem:
        """The problem without any of them."""
        return problem.scrubbed(self.values)


def _literal(root: Block) -> Iterator[str]:
    """Secrets that stand in the file as they are, under the right key or a misspelt one."""
    for entry in _values(root.get("helpdesks")):
        if isinstance(entry, Block):
            for key, value in entry.items():
                if key not in _PUBLIC and closest(key, _KEYS) not in _PUBLIC:
                    yield from _texts(value)
    for entry in _values(root.get("notify")):
        yield from _texts(entry)
    service = root.get("service")
    for key in ("api_token", "heartbeat_url"):
        yield from _texts(service.get(key) if isinstance(service, Block) else None)


def _values(section: Any) -> list[Any]:
    return list(section.values()) if isinstance(section, Block) else []


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, Concealed) or value is None or isinstance(value, bool):
        return
    if isinstance(value, dict | list):
        for item in value.values() if isinstance(value, dict) else value:
            yield from _texts(item)
        return
    yield str(value)


def _in_lines(text: str) -> Iterator[str]:
    """Secrets by the look of their lines, for files too broken to be read."""
    for match in _SECRET_LINE.finditer(text):
        value = match["value"].strip().strip("\"'")
        if "${" not in value:
            yield value
            yield re.split(r"[\"',}\s]", value)[0]
    for match in _URL_PASSWORD.finditer(text):
        yield match["value"]
