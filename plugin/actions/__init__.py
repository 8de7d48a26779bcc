"""Actions, one file each; the file's name is the word in `do`.

A module here offers:

* its docstring: the page in the documentation (what agents see, edges, an example);
* `PARAMS`: a marshmallow field that turns the YAML value into plain JSON parameters;
* `STEP`: its place in the order of a firing;
* optionally `ABILITY`: what the host must be able to do;
* `check(params, names)`: raises `marshmallow.ValidationError` for a bad reference;
* `perform(params, occasion) -> Outcome`: makes the change, once, at a fresh read.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import field
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Any, Protocol

from plugin.conditions import Names, WordFolder
from plugin.domain.dataclass import dataclass
from plugin.domain.helpdesk import Ability, Helpdesk
from plugin.domain.memory import Memory
from plugin.domain.notices import Noticing
from plugin.domain.plan import PlannedAction, Step
from plugin.domain.settings import Config
from plugin.domain.ticket import Ticket

if TYPE_CHECKING:
    from marshmallow.fields import Field


def _first_of(_pool: str, candidates: Sequence[str]) -> str:
    return candidates[0] if candidates else ""


def _no_link(_escalation: int, _step: int, _person: str) -> str:
    return ""


@dataclass(frozen=True, slots=True)
class Occasion:
    """Everything an action may use. `ticket` was read after the plan was stored.

    `mark` is the machine mark for a note or reply. `post` sends JSON to another system and returns
    its answer (status, parsed JSON or text); `announce` sends a notification (Apprise URL, title,
    body, urgency); both are given by the engine so that actions stay free of HTTP. `take_turn`
    (pool, candidates) is `Storing.take_turn` for this action's key, at this instant. `ack_link`
    (escalation number, step, person) is the signed link for that person; "" without `service.url`.
    `notices` keeps messages until they may go out; None in a rehearsal, where nothing is sent.
    """

    action: PlannedAction
    ticket: Ticket
    memory: Memory
    config: Config
    helpdesk: Helpdesk
    now: datetime
    mark: str
    post: Callable[[str, Mapping[str, Any], Mapping[str, str]], tuple[int, Any]]
    announce: Callable[[str, str, str, str], None]
    planned_at: datetime | None = None  # a note done much later than planned says it is late
    take_turn: Callable[[str, Sequence[str]], str] = _first_of
    ack_link: Callable[[int, int, str], str] = _no_link
    notices: Noticing | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of it. `done` false means it made no sense any more (state SKIPPED)."""

    detail: str
    done: bool = True
    wrote: Mapping[str, object] = field(default_factory=dict)
    replaced: Mapping[str, object] = field(default_factory=dict)


class ActionModule(Protocol):
    """What a file in this folder must offer."""

    __doc__: str | None
    PARAMS: Field[Any]
    STEP: Step

    def check(self, params: Mapping[str, Any], names: Names) -> None: ...

    def perform(self, params: Mapping[str, Any], occasion: Occasion) -> Outcome:
        """Do it. Raises `TryAgain` or `Refused`."""
        ...


@cache
def registry() -> Mapping[str, ActionModule]:
    """Every word `do` knows."""
    return WordFolder(__name__, __path__)


def ability_of(module: ActionModule) -> Ability | None:
    """What the host must be able to do for it, if anything special."""
    ability: Ability | None = getattr(module, "ABILITY", None)
    return ability
