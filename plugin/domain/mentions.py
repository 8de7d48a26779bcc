"""The names of the helpdesk's things that a file mentions, each with its place."""

from __future__ import annotations

import enum
from collections.abc import Iterable, Sequence

from plugin.domain.dataclass import dataclass
from plugin.domain.settings import Place


class Thing(enum.StrEnum):
    """What is named."""

    GROUP = "group"
    PERSON = "person"
    TAG = "tag"
    STATE = "state"
    FIELD = "custom field"
    PRIORITY = "priority"
    SUBSCRIPTION = "subscription"
    REPLY = "reply"


@dataclass(frozen=True, slots=True)
class Mention:
    """One name at one place of the file.

    `shown` is what may be printed: `${NAME}` for a name that comes from a variable. `is_done` is
    true where something is to be done with it, false where a condition only asks for it.
    `group` is the group whose tickets a person must be able to own. `is_told` is true for people who
    are only told of things: they need not be agents of the helpdesk.
    """

    thing: Thing
    name: str
    place: Place
    is_done: bool = True
    shown: str = ""
    group: str = ""
    is_told: bool = False

    def __str__(self) -> str:
        return self.shown or self.name


def named(mentions: Iterable[Mention], *things: Thing, is_done: bool | None = None) -> list[str]:
    """The names of these things, each once, in the file's order."""
    found = (
        one.name
        for one in mentions
        if one.thing in things and (is_done is None or one.is_done is is_done)
    )
    return list(dict.fromkeys(found))


def first_of(mentions: Sequence[Mention], thing: Thing) -> Mention | None:
    """The first mention of such a thing where something is to be done with it."""
    return next((one for one in mentions if one.thing is thing and one.is_done), None)
