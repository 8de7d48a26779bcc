"""What a conversation's threads tell about its past: states, owners, moves, and the last human touch.

There is no history in the API. A line item says who did something and when; the new status and
assignee stand beside it, the old ones must be carried along from thread to thread.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from connectors.freescout.people import is_robot, person
from connectors.shapes import instant, integer, mapping, text
from plugin.domain.ticket import Change, Person, Role

Record = Mapping[str, Any]

_NO_STATUS = frozenset({"", "nochange"})


def changes(threads: Sequence[Record], me: int, mailbox: str) -> tuple[Change, ...]:
    """Read the changes off the threads (in the order of time), oldest first.

    A reply may change the status without a line item of its own. The names of earlier mailboxes
    are not told: only the last move knows where it went, to `mailbox`.
    """
    found: list[Change] = []
    status, owner = "", ""
    moves = [row for row in threads if _action(row) == "moved-from-mailbox"]
    for place, thread in enumerate(threads):
        at = instant(thread.get("createdAt"))
        new_status = text(thread.get("status"))
        if at is None:
            continue
        if new_status not in _NO_STATUS:
            if status and new_status != status:
                found.append(_change(thread, at, "state", (status, new_status), me))
            status = new_status
        new_owner = _owner(thread)
        if _action(thread) == "changed-ticket-assignee":
            if new_owner != owner:
                found.append(_change(thread, at, "owner", (owner, new_owner), me))
            owner = new_owner
        elif place == 0:
            owner = new_owner
        if _action(thread) == "moved-from-mailbox":
            after = mailbox if thread is moves[-1] else ""
            found.append(_change(thread, at, "group", ("", after), me))
    return tuple(found)


def last_touch(threads: Sequence[Record], me: int) -> datetime | None:
    """When a human agent last did something that left a thread; tags and fields leave none."""
    touched = (
        at
        for thread in threads
        if _by_human_agent(thread, me) and (at := instant(thread.get("createdAt")))
    )
    return max(touched, default=None)


def _by_human_agent(thread: Record, me: int) -> bool:
    by = mapping(thread.get("createdBy"))
    return by.get("type") == "user" and integer(by.get("id")) != me and not is_robot(by)


def _change(thread: Record, at: datetime, what: str, step: tuple[str, str], me: int) -> Change:
    by = mapping(thread.get("createdBy"))
    return Change(
        at=at,
        what=what,
        before=step[0],
        after=step[1],
        by=_doer(by),
        ours=by.get("type") == "user" and integer(by.get("id")) == me,
    )


def _doer(by: Record) -> Person | None:
    if integer(by.get("id")) is None:
        return None
    if is_robot(by):
        return person(by, Role.SYSTEM)
    return person(by, Role.AGENT if by.get("type") == "user" else Role.CUSTOMER)


def _action(thread: Record) -> str:
    return text(mapping(thread.get("action")).get("type"))


def _owner(thread: Record) -> str:
    number = integer(mapping(thread.get("assignedTo")).get("id"))
    return str(number) if number else ""
