"""How an escalation moves: what may happen in which phase, and what follows. Pure, and a table.

`docs/ladders.md` prints it. A pair that is not in the table does nothing: an acknowledgement of
something that is over, say.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping

from plugin.domain.dataclass import dataclass
from plugin.domain.escalation import Phase


class Signal(enum.StrEnum):
    """What can happen to an escalation."""

    ACCEPT = "accepted"
    REJECT = "rejected"
    NEXT = "time is up"
    LAST = "time is up, no level left"
    RAISE = "a higher level is wanted"
    CAUSE = "another cause"
    ACKNOWLEDGE = "acknowledged"
    ANSWER = "front line answers"
    HAND_BACK = "handed back"
    SNOOZE = "snoozed"
    WAKE = "snooze is over"
    IDLE = "no work for ack_timeout"
    GONE = "cause gone for settle"
    CLOSE = "ticket closed"
    REOPEN = "ticket reopened"

    @property
    def meaning(self) -> str:
        """What it is, in a sentence for the documentation."""
        return _MEANINGS[self]


_MEANINGS = {
    Signal.ACCEPT: "`/accept` or `/escalate` in a note: what was suggested is wanted",
    Signal.REJECT: "`/reject` in a note: what was suggested is not wanted",
    Signal.NEXT: "`wait`, `ack_within` or `resolve_within` of the level has passed, and there is "
    "another level, or the ladder is climbed again (`repeat`)",
    Signal.LAST: "the same, with no level left and no repetition",
    Signal.RAISE: "another cause starts at a higher level, or a person asks for the next one "
    "(`/escalate`, the tag)",
    Signal.CAUSE: "another cause that wants no higher level: it is noted down",
    Signal.ACKNOWLEDGE: "`/ack`, a person takes or gives the ownership, a public reply by the "
    "responsible, the owner or somebody who had it, or an acknowledge link",
    Signal.ANSWER: "a person answers the customer at the hint (level 0)",
    Signal.HAND_BACK: "`/handback reason`, or the same by link",
    Signal.SNOOZE: "`/snooze 2h`, or the same by link",
    Signal.WAKE: "the time of the snooze has passed",
    Signal.IDLE: "nobody worked on the ticket for `ack_timeout`, though it was acknowledged",
    Signal.GONE: "no cause has been left for `settle`: the clock stopped, the condition on time "
    "does not hold any more, or the other system closed its case",
    Signal.CLOSE: "the ticket was closed",
    Signal.REOPEN: "the ticket was opened again within `reopen_window`, and the cause is still there",
}


class Effect(enum.StrEnum):
    """What is done at the helpdesk when an escalation moves."""

    SUGGEST = "a note says what would be done"
    ENTER = "the level's tags, priority, group and owner, its note, notifications and `do`"
    AGAIN = "the level's tags, a note, and its notifications once more"
    TELL = "a note, when it cannot be seen in the ticket already"
    EXHAUST = "a note, `exhausted`'s notifications and `do`; in every digest"
    UNDO = "what was changed is put back where nobody changed it since, and a note"
    TIDY = "the tags come off; group, owner and priority stay"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Move:
    """What follows. `event` is what rules may listen to, without `escalation.`; "" for none."""

    to: Phase
    effect: Effect = Effect.NOTHING
    event: str = ""


_OVER_BY_PERSON = Move(Phase.HANDED_BACK, Effect.UNDO, "handed_back")
_OVER_BY_CAUSE = Move(Phase.RESOLVED, Effect.UNDO, "resolved")
_OVER_BY_CLOSING = Move(Phase.RESOLVED, Effect.TIDY, "resolved")
_TAKEN = Move(Phase.ACKNOWLEDGED, Effect.TELL, "acknowledged")
_UP = Move(Phase.OPEN, Effect.ENTER, "level")
_END = Move(Phase.EXHAUSTED, Effect.EXHAUST, "exhausted")
_BACK = Move(Phase.OPEN, Effect.AGAIN, "level")
_AVOIDED = Move(Phase.AVOIDED, Effect.TIDY, "resolved")
_QUIET = Move(Phase.SNOOZED, Effect.TELL)

TABLE: Mapping[Phase, Mapping[Signal, Move]] = {
    Phase.SUGGESTED: {
        Signal.ACCEPT: Move(Phase.OPEN, Effect.ENTER, "opened"),
        Signal.REJECT: Move(Phase.DECLINED),
        Signal.CAUSE: Move(Phase.SUGGESTED),
        Signal.GONE: Move(Phase.RESOLVED),
        Signal.CLOSE: Move(Phase.RESOLVED),
    },
    Phase.OPEN: {
        Signal.NEXT: _UP,
        Signal.LAST: _END,
        Signal.RAISE: _UP,
        Signal.CAUSE: Move(Phase.OPEN),
        Signal.ACKNOWLEDGE: _TAKEN,
        Signal.ANSWER: _AVOIDED,
        Signal.HAND_BACK: _OVER_BY_PERSON,
        Signal.SNOOZE: _QUIET,
        Signal.GONE: _OVER_BY_CAUSE,
        Signal.CLOSE: _OVER_BY_CLOSING,
    },
    Phase.ACKNOWLEDGED: {
        Signal.NEXT: _UP,
        Signal.LAST: _END,
        Signal.RAISE: _UP,
        Signal.CAUSE: Move(Phase.ACKNOWLEDGED),
        Signal.ACKNOWLEDGE: _TAKEN,
        Signal.ANSWER: _AVOIDED,
        Signal.HAND_BACK: _OVER_BY_PERSON,
        Signal.SNOOZE: _QUIET,
        Signal.IDLE: _BACK,
        Signal.GONE: _OVER_BY_CAUSE,
        Signal.CLOSE: _OVER_BY_CLOSING,
    },
    Phase.SNOOZED: {
        Signal.RAISE: _UP,
        Signal.CAUSE: Move(Phase.SNOOZED),
        Signal.ACKNOWLEDGE: _TAKEN,
        Signal.ANSWER: _AVOIDED,
        Signal.HAND_BACK: _OVER_BY_PERSON,
        Signal.SNOOZE: _QUIET,
        Signal.WAKE: _BACK,
        Signal.GONE: _OVER_BY_CAUSE,
        Signal.CLOSE: _OVER_BY_CLOSING,
    },
    Phase.EXHAUSTED: {
        Signal.RAISE: _UP,
        Signal.CAUSE: Move(Phase.EXHAUSTED),
        Signal.ACKNOWLEDGE: _TAKEN,
        Signal.HAND_BACK: _OVER_BY_PERSON,
        Signal.GONE: _OVER_BY_CAUSE,
        Signal.CLOSE: _OVER_BY_CLOSING,
    },
    Phase.RESOLVED: {Signal.REOPEN: Move(Phase.OPEN, Effect.AGAIN, "opened")},
    Phase.HANDED_BACK: {},
    Phase.AVOIDED: {},
    Phase.DECLINED: {},
}
"""Every phase; a signal that is missing does nothing there."""


def move_of(phase: Phase, signal: Signal) -> Move | None:
    """What follows when this happens in this phase; None: nothing."""
    return TABLE[phase].get(signal)
