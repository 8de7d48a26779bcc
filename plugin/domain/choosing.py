"""Who of a pool gets the ticket: the reasons for and against each, and what makes them equal.

Nothing here knows a helpdesk or a clock: the action gathers the candidates, this says who comes into
question and why, and the store says whose turn it is among those who are equally good.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from plugin.domain.dataclass import dataclass
from plugin.domain.ladder import Strategy

_MOST_TOLD = 6


@dataclass(frozen=True, slots=True)
class Candidate:
    """One person of the pool. `unfit` says in words why not they (`Ben is absent until …`).

    `spared` says why rather somebody else, if there is anybody. `id` is the agent's at the helpdesk,
    as text. `because` is said of somebody who stands in.
    """

    id: str
    name: str
    unfit: str = ""
    because: str = ""
    spared: str = ""


@dataclass(frozen=True, slots=True)
class Choice:
    """Who comes into question, in the pool's order; among several the turn decides.

    `how` ends the sentence "assigned to Ana, …"; `aside` says by which method, and why not others.
    `nobody` says why there is nobody, and is empty when there is somebody.
    """

    among: tuple[Candidate, ...]
    how: str = ""
    aside: tuple[str, ...] = ()
    nobody: str = ""

    def told(self, person: str) -> str:
        """How this one came to be chosen, and why others were not, in one line."""
        because = next((one.because for one in self.among if one.id == person), "")
        how = ", ".join(filter(None, (self.how, because)))
        return f"{how} ({_listed(self.aside)})" if self.aside else how


def choose(
    strategy: Strategy,
    candidates: Sequence[Candidate],
    *,
    loads: Mapping[str, int] | None = None,
    answered: Sequence[str] = (),
) -> Choice:
    """Who of the pool comes into question.

    `loads` are open tickets by id, for `least_open`; without them the turn alone decides.
    `answered` are the ids of those who helped this customer, the latest first, for `sticky`.
    """
    fit = tuple(one for one in candidates if not one.unfit)
    others = tuple(one.unfit for one in candidates if one.unfit)
    if any(not one.spared for one in fit):
        others += tuple(one.spared for one in fit if one.spared)
        fit = tuple(one for one in fit if not one.spared)
    if not fit:
        return Choice((), nobody=_listed(others) or "nobody is in it")
    match strategy:
        case Strategy.LEAST_OPEN if loads is not None:
            return _least_open(fit, others, loads)
        case Strategy.STICKY:
            return _sticky(fit, others, answered)
        case Strategy.LEAD:
            return Choice(fit, "who leads the team", others)
        case Strategy.ONCALL:
            return Choice(fit, "who is on call", others)
    return _by_turn(fit, others)


def served_longest_ago(candidates: Sequence[str], served: Mapping[str, int]) -> str:
    """Round robin: whose last turn has the lowest number; never served comes first, in order.

    Between two turns of one person everybody else who was there all the time gets exactly one, so
    that over any window the counts of people who are there differ by one at most.
    """
    return min(candidates, key=lambda person: served.get(person, -1))


def _by_turn(fit: tuple[Candidate, ...], others: tuple[str, ...]) -> Choice:
    if len(fit) == 1:
        return Choice(fit, "the only one who can take it", others)
    return Choice(fit, "whose turn it is", ("round robin", *others))


def _least_open(
    fit: tuple[Candidate, ...], others: tuple[str, ...], loads: Mapping[str, int]
) -> Choice:
    if len(fit) == 1:
        return _by_turn(fit, others)
    fewest = min(loads.get(one.id, 0) for one in fit)
    least = tuple(one for one in fit if loads.get(one.id, 0) == fewest)
    busier = tuple(f"{one.name} has {loads[one.id]}" for one in fit if one not in least)
    if len(least) == 1:
        return Choice(least, f"who has the fewest open tickets, {fewest}", (*busier, *others))
    how = f"whose turn it is among {len(least)} with the fewest open tickets, {fewest}"
    return Choice(least, how, (*busier, *others))


def _sticky(fit: tuple[Candidate, ...], others: tuple[str, ...], answered: Iterable[str]) -> Choice:
    by_id = {one.id: one for one in fit}
    for person in answered:
        if person in by_id:
            return Choice((by_id[person],), "who helped this customer last", others)
    return _by_turn(fit, others)


def _listed(reasons: Sequence[str]) -> str:
    """A note is short: of a large pool only some are told."""
    more = len(reasons) - _MOST_TOLD
    shown = [*reasons[:_MOST_TOLD], *([f"and {more} more"] if more > 0 else [])]
    return "; ".join(shown)
