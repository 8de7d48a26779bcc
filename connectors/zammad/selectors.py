"""Zammad's conditions ("selectors") in the words of our `when`; pure.

Only what means the same in both is translated. Operators and their meaning:
https://github.com/zammad/zammad/blob/develop/lib/selector/sql.rb
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import field
from typing import Any

from connectors.shapes import integer, mapping, rows, text
from connectors.zammad.dossier import Record
from connectors.zammad.people import NOBODY
from plugin.domain.dataclass import dataclass
from plugin.domain.folding import fold
from plugin.domain.ticket import Priority, State

When = dict[str, Any]

_SINGLE = frozenset({"priority", "group", "customer.organization", "customer.vip"})


class Unsayable(Exception):
    """Our file has no words that mean the same; the message says for what."""


@dataclass(frozen=True, slots=True)
class Names:
    """What the ids in a condition mean."""

    states: Mapping[int, State] = field(default_factory=dict)
    priorities: Mapping[int, Priority] = field(default_factory=dict)
    groups: Mapping[int, str] = field(default_factory=dict)
    users: Mapping[int, Record] = field(default_factory=dict)
    organizations: Mapping[int, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Term:
    """A condition in our words; an empty `when` holds for every ticket."""

    when: When
    remarks: tuple[str, ...] = ()


def is_empty(sla: Record) -> bool:
    """True for an SLA without a condition, Zammad's last resort."""
    return not mapping(sla.get("condition"))


def mentioned(slas: Iterable[Record], *attributes: str) -> set[int]:
    """The ids that conditions name for any of the attributes (`ticket.owner_id`)."""
    found: set[int] = set()
    for sla in slas:
        for leaf in _leaves(mapping(sla.get("condition"))):
            if leaf.get("name") in attributes:
                found.update(number for value in _values(leaf) if (number := integer(value)))
    return found


def translate(condition: Record, names: Names) -> Term:
    """Put a condition into our words; raises `Unsayable`."""
    if _is_block(condition):
        return _block(condition, names)
    terms = [_leaf({**mapping(leaf), "name": name}, names) for name, leaf in condition.items()]
    return _combined("all", terms)


def _is_block(condition: Record) -> bool:
    """True for the form of Zammad 5.4 and later: an operator over a list."""
    return isinstance(condition.get("conditions"), list)


def _leaves(condition: Record) -> list[Record]:
    if _is_block(condition):
        return [leaf for inner in rows(condition["conditions"]) for leaf in _leaves(inner)]
    if "name" in condition and "operator" in condition:
        return [condition]
    return [{**mapping(leaf), "name": name} for name, leaf in condition.items()]


def _block(block: Record, names: Names) -> Term:
    terms = [
        _block(inner, names) if _is_block(inner) else _leaf(inner, names)
        for inner in rows(block["conditions"])
    ]
    terms = [term for term in terms if term.when]
    operator = text(block.get("operator")).upper()
    match operator:
        case "AND":
            return _combined("all", terms)
        case "OR":
            return _combined("any", terms)
        case "NOT":  # not all of them, whatever its label says
            whole = _combined("all", terms)
            return Term({"none": [whole.when]} if whole.when else {}, whole.remarks)
    raise Unsayable(f"conditions joined by {operator or 'nothing'}")


def _combined(word: str, terms: Sequence[Term]) -> Term:
    remarks = tuple(dict.fromkeys(remark for term in terms for remark in term.remarks))
    if len(terms) == 1:
        return Term(terms[0].when, remarks)
    if word == "all" and (key := _impossible(terms)):
        raise Unsayable(f"two demands on {key} that no ticket can meet at once")
    keys = [key for term in terms for key in term.when]
    if word == "all" and len(set(keys)) == len(keys):
        return Term({key: value for term in terms for key, value in term.when.items()}, remarks)
    return Term({word: [term.when for term in terms]} if terms else {}, remarks)


def _impossible(terms: Sequence[Term]) -> str | None:
    """What a ticket has one of and would need two of: our file refuses such a condition."""
    demands: dict[str, set[str]] = {}
    for key, value in (pair for term in terms for pair in _joined(term.when)):
        if key not in _SINGLE or isinstance(value, dict):
            continue
        wanted = {fold(str(one)) for one in (value if isinstance(value, list) else [value])}
        demands[key] = demands.get(key, wanted) & wanted
    return next((key for key, wanted in demands.items() if not wanted), None)


def _joined(when: When) -> Iterator[tuple[str, Any]]:
    for key, value in when.items():
        if key == "all":
            for inner in value:
                yield from _joined(inner)
        else:
            yield key, value


def _leaf(leaf: Record, names: Names) -> Term:
    """One comparison."""
    attribute, operator = text(leaf.get("name")), text(leaf.get("operator"))
    translator = _ATTRIBUTES.get(attribute)
    said = f"{attribute} {operator}".strip() or "a condition without a name"
    if translator is None:
        raise Unsayable(said)
    if attribute == "ticket.tags":
        return _tags(leaf, said)
    if operator in {"is", "is any of"}:
        is_negative = False
    elif operator in {"is not", "is none of"}:
        is_negative = True
    else:
        raise Unsayable(said)
    condition = text(leaf.get("pre_condition"))
    if condition == "not_set" and attribute == "ticket.owner_id":
        values: list[Any] = [NOBODY]
    elif condition in {"", "specific"}:
        values = _values(leaf)
    else:
        raise Unsayable(f"{said} {condition}")
    if not values or any(value in {"", None} for value in values):
        raise Unsayable(f"{said} nothing")
    key, wanted, remarks = translator(values, names, said)
    return Term({key: _operand(wanted, is_negative=is_negative)}, remarks)


def _operand(wanted: list[Any], *, is_negative: bool) -> Any:
    value = wanted[0] if len(wanted) == 1 else wanted
    if is_negative:
        return not value if isinstance(value, bool) else {"not": value}
    return value


def _values(leaf: Record) -> list[Any]:
    """The values compared with: one or a list, ids as numbers or digits; or the picker's objects."""
    given = leaf.get("value")
    listed = given if isinstance(given, list) else [given]
    return [value.get("value") if isinstance(value, dict) else value for value in listed]


Translator = Callable[[list[Any], Names, str], tuple[str, list[Any], tuple[str, ...]]]


def _named(what: str, key: str, known: Callable[[Names], Mapping[int, str]]) -> Translator:
    """Translate ids into names that tell them apart from all others."""

    def translator(
        values: list[Any], names: Names, said: str
    ) -> tuple[str, list[Any], tuple[str, ...]]:
        table = known(names)
        chosen = _ids(values, table, what, said)
        others = {fold(name) for number, name in table.items() if number not in chosen}
        if clash := next((table[one] for one in chosen if fold(table[one]) in others), None):
            raise Unsayable(f"{said} {clash!r}: another {what} has the same name but for case")
        return key, [table[number] for number in chosen], ()

    return translator


def _ids(values: list[Any], table: Mapping[int, Any], what: str, said: str) -> list[int]:
    numbers = [integer(value) for value in values]
    for value, number in zip(values, numbers, strict=True):
        if number not in table:
            raise Unsayable(
                f"{said} {text(value)[:20]}: no {what} of that id, or the token may not see it"
            )
    return list(dict.fromkeys(number for number in numbers if number))


def _states(values: list[Any], names: Names, said: str) -> tuple[str, list[Any], tuple[str, ...]]:
    """States by name; a name that is one of our meanings stands for every state that means it."""
    chosen = _ids(values, names.states, "state", said)
    wanted = {fold(names.states[number].name) for number in chosen}
    for number, other in names.states.items():
        if number not in chosen and wanted & {fold(other.name), other.type.value}:
            raise Unsayable(
                f"{said}: {other.name!r} means the same to Deskladder as a state it names"
            )
    return "state", [names.states[number].name for number in chosen], ()


def _priorities(
    values: list[Any], names: Names, said: str
) -> tuple[str, list[Any], tuple[str, ...]]:
    chosen = _ids(values, names.priorities, "priority", said)
    wanted = {names.priorities[number] for number in chosen}
    extra = [n for n, one in names.priorities.items() if one in wanted and n not in chosen]
    if extra:
        word = names.priorities[extra[0]].word
        raise Unsayable(
            f"{said}: several priorities are {word!r} to Deskladder; give them words of their own in "
            "priorities: of the helpdesk"
        )
    return "priority", [one.word for one in sorted(wanted)], ()


def _people(key: str) -> Translator:
    def translator(
        values: list[Any], names: Names, said: str
    ) -> tuple[str, list[Any], tuple[str, ...]]:
        found = []
        for number in _ids(values, {NOBODY: {}, **names.users}, "user", said):
            user = mapping(names.users.get(number))
            login = text(user.get("login")) if key == "owner" else ""
            address = text(user.get("email")) or login
            if number == NOBODY and key == "owner":
                address = "nobody"
            if not address:
                raise Unsayable(f"{said} {number}: that user has no e-mail address")
            found.append(address)
        return key, found, ()

    return translator


def _organizations(remark: str) -> Translator:
    by_name = _named("organization", "customer.organization", lambda names: names.organizations)

    def translator(
        values: list[Any], names: Names, said: str
    ) -> tuple[str, list[Any], tuple[str, ...]]:
        key, wanted, _ = by_name(values, names, said)
        return key, wanted, (remark,) if remark else ()

    return translator


def _address(
    values: list[Any], _names: Names, _said: str
) -> tuple[str, list[Any], tuple[str, ...]]:
    return "customer.email", [text(value) for value in values], ()


def _vip(values: list[Any], _names: Names, said: str) -> tuple[str, list[Any], tuple[str, ...]]:
    truths = {str(value).lower() for value in values}
    if truths not in ({"true"}, {"false"}):
        raise Unsayable(said)
    remark = "customer.vip also holds for everybody of an organization that is marked as VIP"
    return "customer.vip", [truths == {"true"}], (remark,)


def _tags(leaf: Record, said: str) -> Term:
    """Tags come as one text with commas, or as a list."""
    given = leaf.get("value")
    listed = given if isinstance(given, list) else text(given).split(",")
    tags = [tag for entry in listed if (tag := text(entry).strip())]
    if not tags:
        raise Unsayable(f"{said} nothing")
    several = len(tags) > 1
    match text(leaf.get("operator")):
        case "contains one":
            return Term({"tags": tags if several else tags[0]})
        case "contains all":
            return Term({"tags": {"all_of": tags} if several else tags[0]})
        case "contains one not":
            return Term({"tags": {"none_of": tags}})
        case "contains all not":
            return Term({"none": [{"tags": {"all_of": tags}}]} if several else {"tags": {"none_of": tags}})  # fmt: skip
    raise Unsayable(said)


def _never(values: list[Any], names: Names, said: str) -> tuple[str, list[Any], tuple[str, ...]]:
    raise AssertionError(said, values, names)  # tags are translated by `_tags`


_ATTRIBUTES: Mapping[str, Translator] = {
    "ticket.group_id": _named("group", "group", lambda names: names.groups),
    "ticket.priority_id": _priorities,
    "ticket.state_id": _states,
    "ticket.owner_id": _people("owner"),
    "ticket.customer_id": _people("customer.email"),
    "ticket.organization_id": _organizations(
        "customer.organization is the customer's own organization, not a second one that was chosen "
        "on the ticket"
    ),
    "customer.organization_id": _organizations(""),
    "customer.email": _address,
    "customer.vip": _vip,
    "ticket.tags": _never,
}
