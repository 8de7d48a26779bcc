"""Write conditions.md, actions.md, placeholders.md and ladders.md from the code: `make docs`."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from pathlib import Path

from plugin import actions, conditions
from plugin.domain.escalation import Phase
from plugin.domain.transitions import TABLE, Effect, Signal
from plugin.texts.templates import PLACEHOLDERS

HERE = Path(__file__).parent
NOTE = "<!-- Written by `make docs` from the docstrings of the code; edit those. -->"
CONDITIONS = """# Conditions

What may stand in `when`. Conditions nest in `all`, `any` and `none`; a mapping with several keys means *all*.
A value may be one thing, a list (*any of*), or `{operator: operand}`.
Durations: `30m`, `4h` and `2bd` (business days) are counted in open time of the default calendar when there is one, `7d` is real time.
"""
ACTIONS = """# Actions

What may stand in `do`. An entry has exactly one action. Within one firing, writes that can be repeated come first, then the note, then other systems, then the
customer's reply, whatever the order in the file.
"""


TEXTS = """# Placeholders

What `{{ … }}` may name in notes, replies, and the texts of `notify` and `webhook`. Texts may also use `{% if … %}` and one level of `{% for … %}`; anything else is refused by
`deskladder check`. What a customer wrote is escaped. A sentence whose promise cannot be kept is left out.
"""

LADDERS = """# Ladders

An escalation climbs a **ladder**: the levels of a policy, each with one accountable person and a time to acknowledge. How a policy is written is in [the file](file.md);
here is what happens to an escalation while it runs.

* **At most one is open per ticket and policy.** A second cause is noted down; if it wants a higher level, the escalation is raised to it.
* **A level's time begins when its actions succeeded**, and is counted in the hours of the policy's calendar: the ladder does not climb at night unless it is told to.
  `ack_within` is the time to acknowledge; `resolve_within`, where it is given, the time to solve it: when it is over, the ladder goes on even though somebody acknowledged.
* **After an hour, or a day, in which Deskladder was down** only the highest level is entered whose predecessors' times have all passed, and its note says which were skipped.
* **A person who acts stops the ladder**; no SLA clock is stopped by that. Who acknowledged and then did nothing for `ack_timeout` is asked again, but not while the ticket is pending: then it counts from the reminder, or from when the ticket is open again.
* **An escalation finishes on the policy it started with**, however the file changes meanwhile; a changed calendar moves its times.
* **Its cause goes** when the SLA clock it is about has stopped, when a rule about elapsed time does not hold any more because of something a person did, or when the other system says its case is closed.
  A cause that is a word in a message, a note, a tag or a call never goes by itself: closing the ticket ends it.
* **What was changed is put back** when it is over: tags, priority, group and owner, each only if it still is as Deskladder left it and nobody touched it since. When the ticket was closed only the tags come off:
  who solved it stays its owner.
* **Handed back**, rules leave the ticket alone for `cool_down`; a person may escalate it at any time.
* **Nobody gets a ticket twice** in one escalation, and a ticket that was passed on `guards.handoffs` times stays where it is: then the lead is told to decide.
* **Exhausted** is no end: it stays in every digest until a human acts.

## What opens one

* The action [`escalate`](actions.md#escalate) of a rule, at the level its policy, its row of the matrix or the rule itself says.
* `/escalate [policy] [reason]` in the first line of an internal note, or the tag `escalate`, which comes off again like a button that springs back. While one runs already, each of them asks for the next level.
* [`POST /api/escalations`](control.md): a chatbot, a monitor, a CRM. While one runs already, it is a further cause, and raises the level only to the one it names.

A rule in mode `suggest` opens nothing: one note says what it would do, and `/accept` or `/reject` decides. A rule in mode `observe` leaves a line in the audit. A file in which
nothing acts or suggests does nothing for notes and the tag either, and a ladder that runs goes on in the audit alone.
What people ask for is done at once; what a rule opens waits until the ticket has been left alone for `guards.human_touch_grace`.

## What moves an escalation

| | |
|---|---|
{signals}

## What follows

Down the side what happens, across the top where the escalation stands; the entry is where it stands afterwards. An empty entry: nothing happens.

{table}

What Deskladder does at the helpdesk when it comes to pass:

{effects}

What rules may listen to: `escalation.opened`, `escalation.level` (each level that asks people), `escalation.acknowledged`, `escalation.handed_back`, `escalation.exhausted`, `escalation.resolved`.
They hear it in the same look.
"""


def ladders() -> str:
    """The page about ladders, with the table of transitions."""
    phases = [phase for phase in Phase if TABLE[phase]]
    header = ["|", *(f" {phase.value} |" for phase in phases)]
    rows = ["| |" + "".join(header[1:]), "|---" * (len(phases) + 1) + "|"]
    for signal in Signal:
        cells = (TABLE[phase].get(signal) for phase in phases)
        said = (f" {move.to.value} |" if move else " |" for move in cells)
        rows.append(f"| **{signal.value}** |" + "".join(said))
    signals = "\n".join(f"| **{signal.value}** | {signal.meaning} |" for signal in Signal)
    text = LADDERS.format(signals=signals, table="\n".join(rows), effects=_effects())
    title, _, rest = text.partition("\n\n")
    return f"{title}\n\n{NOTE}\n\n{rest}"


def _effects() -> str:
    """For each thing that is done, by which signals."""
    lines = []
    for effect in Effect:
        signals = dict.fromkeys(
            signal.value
            for moves in TABLE.values()
            for signal, move in moves.items()
            if move.effect is effect
        )
        if effect is not Effect.NOTHING and signals:
            lines.append(f"* {', '.join(f'**{one}**' for one in signals)}: {effect.value}")
        elif effect is not Effect.NOTHING:
            lines.append(f"* a rule in mode `suggest`: {effect.value}")
    return "\n".join(lines)


def placeholders() -> str:
    """The table of placeholders."""
    rows = [f"| `{{{{ {name} }}}}` | {meaning} |" for name, meaning in PLACEHOLDERS.items()]
    return "\n".join([TEXTS.strip(), "", NOTE, "", "| | |", "|---|---|", *rows]) + "\n"


def page(introduction: str, modules: Mapping[str, object]) -> str:
    """One page: a heading for each word; modules that answer to several words are explained once."""
    parts = [introduction.strip(), NOTE]
    explained: dict[int, str] = {}
    for word, module in sorted(modules.items()):
        parts.append(f"## {word}")
        if id(module) in explained:
            parts.append(f"See [{explained[id(module)]}](#{anchor(explained[id(module)])}).")
            continue
        explained[id(module)] = word
        parts.append(inspect.cleandoc(module.__doc__ or ""))
    return "\n\n".join(parts) + "\n"


def anchor(word: str) -> str:
    """The anchor Markdown gives to a heading."""
    return "".join(char for char in word.lower() if char.isalnum() or char in "-_")


def pages() -> dict[str, str]:
    """File name → text."""
    return {
        "conditions.md": page(CONDITIONS, conditions.registry()),
        "actions.md": page(ACTIONS, actions.registry()),
        "placeholders.md": placeholders(),
        "ladders.md": ladders(),
    }


if __name__ == "__main__":
    for name, text in pages().items():
        (HERE / name).write_text(text, encoding="utf-8")
