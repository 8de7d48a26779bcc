"""What an installation would do on a helpdesk: a plan to be shown, then done, then to be tested."""

from __future__ import annotations

import enum
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import field
from datetime import datetime
from hashlib import sha256
from typing import Protocol

from plugin.domain.dataclass import dataclass


class Verb(enum.StrEnum):
    """What a step does. KEEP changes nothing; BY_HAND is for a person, in the user interface."""

    CREATE = "create"
    CHANGE = "change"
    KEEP = "keep"
    REMOVE = "remove"
    BY_HAND = "by hand"


@dataclass(frozen=True, slots=True)
class Step:
    """One line of a plan: `verb` `thing`, and why or how in `detail`. Never holds a secret.

    `perform` does it; None for KEEP and BY_HAND. It may be called twice: the second time finds what
    the first one did.
    """

    verb: Verb
    thing: str
    detail: str = ""
    perform: Callable[[], None] | None = field(default=None, compare=False, repr=False)

    @property
    def changes(self) -> bool:
        """True when doing it changes something on the helpdesk."""
        return self.perform is not None


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be installed. `webhook_url` is the final address of our webhook.

    `tags` are those the rules set, `groups` those the file names. `buttons` maps the title of a button
    to the command it writes into an internal note.
    """

    webhook_url: str
    tags: Sequence[str] = ()
    groups: Sequence[str] = ()
    needs_fields: bool = False
    sends_replies: bool = False
    buttons: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Touch:
    """A harmless change that was made on the helpdesk so that it calls us; `text` says what."""

    ticket_id: int
    text: str


class Keepsakes(Protocol):
    """Whole numbers that are kept between two installations, by name."""

    def recall(self, name: str) -> int | None: ...

    def keep(self, name: str, value: int | None) -> None:
        """Keep a number; None forgets it."""
        ...


class Installer(Protocol):
    """Installs us on one helpdesk. Every method raises `TryAgain` or `Refused`."""

    def plan(self, wanted: Wanted) -> Sequence[Step]:
        """What to do so that everything wanted is there. Reads, changes nothing."""
        ...

    def removal(self) -> Sequence[Step]:
        """What to do so that nothing of ours is there any more. Reads, changes nothing."""
        ...

    def touchable(self, ticket_id: int | None) -> str:
        """Which harmless change `touch` would make, for people; "" when a ticket must be named."""
        ...

    def touch(self, ticket_id: int | None, now: datetime) -> Touch:
        """Make it."""
        ...

    def whereabouts(self, since: datetime, webhook_url: str) -> Sequence[str]:
        """What the helpdesk itself says about calls to us since then; empty when it tells nothing."""
        ...

    def close(self) -> None:
        """Give back connections."""
        ...


def names_missing(wanted: Collection[str], there: Collection[str]) -> list[str]:
    """The wanted names that are not there, case aside, in their order."""
    known = {name.strip().casefold() for name in there}
    return [name for name in wanted if name.strip().casefold() not in known]


def address_number(url: str) -> int:
    """An address as a number that fits a store which keeps nothing else."""
    return int(sha256(url.encode()).hexdigest()[:15], 16)
