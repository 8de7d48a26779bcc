"""Does everything the file names exist: groups, people, states, custom fields?

A name is looked for on every helpdesk that let itself be read, and has to be on one of them: rules are
for all helpdesks, their groups need not be.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

from plugin.doctor.facts import Facts
from plugin.domain.examining import Finding, Inventory, error, fine, warning
from plugin.domain.folding import fold
from plugin.domain.mentions import Mention, Thing
from plugin.domain.ticket import StateType

_WHERE = {
    Thing.GROUP: "Manage » Groups (FreeScout: Manage » Mailboxes)",
    Thing.PERSON: "Manage » Users",
    Thing.STATE: "the states of the helpdesk",
    Thing.FIELD: "the custom fields of the helpdesk",
}
_MEANINGS = frozenset(fold(state.value) for state in StateType)


def check(facts: Facts) -> Iterator[Finding]:
    """Each name once, with its first place."""
    inventories = [one.inventory for one in facts.helpdesks.values() if one.inventory]
    if len(inventories) < len(facts.config.helpdesks):
        return  # what is not here may be on the helpdesk that could not be read
    known = {thing: _known(thing, inventories) for thing in _WHERE}
    asked = 0
    found: list[Finding] = []
    seen: set[tuple[Thing, str, bool]] = set()
    for mention in facts.mentions:
        names = known.get(mention.thing)
        key = (mention.thing, fold(mention.name), mention.is_done)
        if names is None or key in seen:
            continue
        seen.add(key)
        asked += 1
        if fold(mention.name) in names or _can_be_told(mention, facts):
            continue
        found.append(_missing(mention, names))
    yield from found
    if asked and not found:
        yield fine(f"all {asked} names in the file exist")


def _can_be_told(mention: Mention, facts: Facts) -> bool:
    """Somebody outside the helpdesk whom people: says how to reach."""
    return mention.is_told and mention.name.lower() in facts.config.people


def _known(thing: Thing, inventories: Sequence[Inventory]) -> Mapping[str, str] | None:
    """Folded name → how it is written; None when one helpdesk does not show such things."""
    read: Mapping[Thing, Callable[[Inventory], Collection[str] | None]] = {
        Thing.GROUP: lambda one: one.groups or None,
        Thing.PERSON: _people,
        Thing.STATE: lambda one: [state.name for state in one.states],
        Thing.FIELD: lambda one: one.fields,
    }
    names: dict[str, str] = {}
    for inventory in inventories:
        listed = read[thing](inventory)
        if listed is None:
            return None
        names.update({fold(name): name for name in listed})
    if thing is Thing.STATE:
        names.update({word: word for word in _MEANINGS})
    return names


def _people(inventory: Inventory) -> list[str]:
    active = [agent.person for agent in inventory.agents if agent.active]
    return [name for person in active for name in (person.email, person.login) if name]


def _missing(mention: Mention, names: Mapping[str, str]) -> Finding:
    near = difflib.get_close_matches(fold(mention.name), list(names), 1, 0.75)
    meant = f"; did you mean {names[near[0]]!r}?" if near else ""
    never = "" if mention.is_done else "; as it is, this condition never holds"
    text = f"{mention.place}: no helpdesk has the {_noun(mention.thing)} {str(mention)!r}{meant}"
    remedy = f"correct the name in the file, or create it: {_WHERE[mention.thing]}"
    if mention.is_told:
        told = f"{remedy}. Somebody without an account can be told when people: names a channel"
        return warning(f"{text}; who is only to be told", told)
    return error(text, remedy) if mention.is_done else warning(text + never, remedy)


def _noun(thing: Thing) -> str:
    return "agent" if thing is Thing.PERSON else str(thing)
