"""Every name of a helpdesk's thing in a file is found, with its place."""

from __future__ import annotations

from pathlib import Path

import pytest

from plugin.configuration.mentions import read_mentions
from plugin.domain.mentions import Thing

HEAD = "version: 1\n"


def found(text: str, tmp_path: Path, environ: dict[str, str] | None = None):
    file = tmp_path / "deskladder.yaml"
    file.write_text(HEAD + text, encoding="utf-8")
    return read_mentions(file, environ or {})


def told(text: str, tmp_path: Path) -> list[tuple[Thing, str, bool]]:
    return [(one.thing, one.name, one.is_done) for one in found(text, tmp_path)]


@pytest.mark.parametrize(
    ("action", "expected"),
    [
        ("group: Finance", (Thing.GROUP, "Finance")),
        ("group: {to: Finance}", (Thing.GROUP, "Finance")),
        ("assign: ana@example.com", (Thing.PERSON, "ana@example.com")),
        ("assign: {to: ana}", (Thing.PERSON, "ana")),
        ("tag: vip", (Thing.TAG, "vip")),
        ("tag: {tags: [vip]}", (Thing.TAG, "vip")),
        ("state: open", (Thing.STATE, "open")),
        ("state: {to: open, until: 2h}", (Thing.STATE, "open")),
        ("field: {name: Order, value: 7}", (Thing.FIELD, "Order")),
        ("priority: high", (Thing.PRIORITY, "priority")),
        ("reply: sorry", (Thing.REPLY, "reply")),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_an_action_names_is_to_be_done_with(action, expected, tmp_path):
    mentions = told(f"rules: [{{name: r, on: [time], when: {{}}, do: [{{{action}}}]}}]", tmp_path)

    assert mentions == [(*expected, True)]


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("group: Finance", [(Thing.GROUP, "Finance")]),
        ("group: [Finance, Sales]", [(Thing.GROUP, "Finance"), (Thing.GROUP, "Sales")]),
        ("group: {not: Finance}", [(Thing.GROUP, "Finance")]),
        ("owner: ana@example.com", [(Thing.PERSON, "ana@example.com")]),
        ("owner: nobody", []),
        ("field.order: {at_least: 5}", [(Thing.FIELD, "order")]),
        (
            "any: [{state: open}, {none: {tags: [vip]}}]",
            [(Thing.STATE, "open"), (Thing.TAG, "vip")],
        ),
        ("subject: {contains: Finance}", []),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_a_condition_names_is_only_asked_for(condition, expected, tmp_path):
    mentions = told(f"rules: [{{name: r, on: [time], when: {{{condition}}}, do: []}}]", tmp_path)

    assert mentions == [(*one, False) for one in expected]


def test_people_of_a_team_are_named_with_its_group(tmp_path):
    text = """\
teams:
  finance:
    group: Finance
    lead: marta
    pool: {members: [ana, ben], if_none: lead, rota: {people: [cem], first_day: 2026-12-07},
           overrides: [{who: dora, from: 2026-12-24, to: 2026-12-26}]}
    skills: {billing: [eva]}
"""

    people = [one for one in found(text, tmp_path) if one.thing is Thing.PERSON]

    assert [one.name for one in people] == ["marta", "ana", "ben", "cem", "dora", "eva"]
    assert {one.group for one in people} == {"Finance"}


LADDER = "policies: {{p: {{type: {kind}, levels: [{{responsible: {{lead: finance}}}}]}}}}\n"
TEAM = "teams: {finance: {group: Finance, lead: marta}}\n"


@pytest.mark.parametrize(
    ("more", "is_told"),
    [
        pytest.param("", True, id="nowhere-else"),
        pytest.param(LADDER.format(kind="hierarchical"), True, id="hierarchical"),
        pytest.param(LADDER.format(kind="functional"), False, id="functional"),
        pytest.param(
            "rules: [{name: r, on: [time], when: {}, do: [{assign: {lead: finance}}]}]",
            False,
            id="assigned",
        ),
    ],
)
def test_a_lead_who_gets_no_ticket_is_only_told(more, is_told, tmp_path):
    (lead,) = [one for one in found(TEAM + more, tmp_path) if one.thing is Thing.PERSON]

    assert lead.is_told is is_told
    assert lead.group == ("" if is_told else "Finance")


def test_levels_rows_and_pauses_are_looked_through(tmp_path):
    text = """\
policies:
  p:
    levels:
      - {responsible: {person: ana}, do: [{tag: l1}]}
      - {responsible: {team: finance}, do: [{group: Finance}]}
    exhausted: {do: [{tag: lost}]}
matrix: [{group: Kitchen, policy: p, start_level: 2}, {policy: p}]
sla: [{name: s, when: {group: Bar}, pause_in: [pending reminder]}]
"""

    names = [one.name for one in found(text, tmp_path)]

    assert sorted(names) == ["Bar", "Finance", "Kitchen", "ana", "l1", "lost", "pending reminder"]


def test_a_place_is_where_the_name_stands_and_a_variable_is_not_shown(tmp_path):
    text = "rules:\n  - {name: r, on: [time], when: {}, do: [{assign: '${WHO}'}]}\n"

    (mention,) = found(text, tmp_path, {"WHO": "ana@example.com"})

    assert (mention.place.line, mention.place.column) == (3, 51)
    assert mention.name == "ana@example.com"
    assert str(mention) == "${WHO}"


@pytest.mark.parametrize("text", ["rules: 7", "teams: [a]", "policies: {p: 1}", "sla: {}", "x: [1"])
def test_what_has_no_known_shape_is_passed_over(text, tmp_path):
    assert found(text, tmp_path) == ()
