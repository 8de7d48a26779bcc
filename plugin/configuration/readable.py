"""What people get to read must not hold what opens the helpdesk."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from plugin.configuration.document import Block
from plugin.configuration.fields import Complaint
from plugin.configuration.findings import Findings, Path
from plugin.configuration.masking import SHORTEST
from plugin.configuration.surroundings import action_lists, block_of, calls_of, items_of

_READ_BY_PEOPLE = ("note", "reply", "notify")
_SAID_IN_NOTES = ("name", "script", "link", "authority")


def check_readable(root: Block, findings: Findings) -> None:
    """Refuse a token or secret in replies, notes and notifications.

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
                    "a text without a token or secret of this file",
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
    token = block_of(root, "service").get("api_token")
    if isinstance(token, str) and len(token) >= SHORTEST:
        yield "".join(token)


def _texts(root: Block) -> Iterator[tuple[Path, str]]:
    for section in ("replies", "notes"):
        yield from _below(root.get(section), (section,))
    for path, do in action_lists(root):
        for index, name, value in calls_of(do):
            if name in _READ_BY_PEOPLE:
                yield from _below(value, (*path, index, name))
    for name, policy in block_of(root, "policies").items():
        for index, level in enumerate(items_of(policy, "levels")):
            for key in _SAID_IN_NOTES if isinstance(level, Block) else ():
                yield from _below(level.get(key), ("policies", name, "levels", index, key))


def _below(value: Any, path: Path) -> Iterator[tuple[Path, str]]:
    if isinstance(value, str):
        yield path, "".join(value)
    elif isinstance(value, Block):
        for key, inner in value.items():
            yield from _below(inner, (*path, key))
