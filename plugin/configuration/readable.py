"""What people get to read must not hold what opens the helpdesk."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from plugin.configuration.document import Block, Items
from plugin.configuration.fields import Complaint
from plugin.configuration.findings import Findings, Path
from plugin.configuration.masking import SHORTEST

_READ_BY_PEOPLE = ("note", "reply", "notify")


def check_readable(root: Block, findings: Findings) -> None:
    """Refuse a helpdesk's token or secret in replies, notes and notifications.

    A `webhook` to another system may need one: nobody reads it.
    """
    secrets = set(_secrets(root))
    if not secrets:
        return
    for path, text in _texts(root):
        if any(secret in text for secret in secrets):
            findings.complain(
                path,
                Complaint(
                    "a text without a helpdesk's token or secret",
                    got="one that would show it to people",
                ),
            )


def _secrets(root: Block) -> Iterator[str]:
    helpdesks = root.get("helpdesks")
    for entry in helpdesks.values() if isinstance(helpdesks, Block) else ():
        for key in ("token", "webhook_secret"):
            value = entry.get(key) if isinstance(entry, Block) else None
            if isinstance(value, str) and len(value) >= SHORTEST:
                yield "".join(value)


def _texts(root: Block) -> Iterator[tuple[Path, str]]:
    for section in ("replies", "notes"):
        yield from _below(root.get(section), (section,))
    rules = root.get("rules")
    for index, rule in enumerate(rules if isinstance(rules, Items) else ()):
        do = rule.get("do") if isinstance(rule, Block) else None
        for place, call in enumerate(do if isinstance(do, Items) else ()):
            for name in _READ_BY_PEOPLE:
                path = ("rules", index, "do", place, name)
                yield from _below(call.get(name) if isinstance(call, Block) else None, path)


def _below(value: Any, path: Path) -> Iterator[tuple[Path, str]]:
    if isinstance(value, str):
        yield path, "".join(value)
    elif isinstance(value, Block):
        for key, inner in value.items():
            yield from _below(inner, (*path, key))
