"""Zammad's conditions become a `when` that means the same, or a reason why not."""

from __future__ import annotations

from typing import Any

import pytest

from tests.unit.connectors.zammad_setup import (
    GROUPS,
    PRIORITIES,
    STATES,
    UNTIL,
    policies,
    policy,
    sla,
)


def when_of(condition: dict[str, Any]) -> Any:
    found = policy(condition=condition)
    return found.entry["when"] if found.usable else found.remarks[0].removesuffix(UNTIL)


def rule(operator: str, *value: Any, **more: Any) -> dict[str, Any]:
    return {"operator": operator, "value": list(value), **more}


@pytest.mark.parametrize(
    ("attribute", "condition", "said"),
    [
        ("ticket.group_id", rule("is", "2"), {"group": "1st Level"}),
        ("ticket.group_id", rule("is", "2", 4), {"group": ["1st Level", "Finance"]}),
        ("ticket.group_id", {"operator": "is", "value": "2"}, {"group": "1st Level"}),
        ("ticket.group_id", rule("is not", "2"), {"group": {"not": "1st Level"}}),
        ("ticket.group_id", rule("is none of", "2", "4"), {"group": {"not": ["1st Level", "Finance"]}}),
        ("ticket.priority_id", rule("is", "3"), {"priority": "high"}),
        ("ticket.priority_id", rule("is not", "3", "1"), {"priority": {"not": ["low", "high"]}}),
        ("ticket.state_id", rule("is", "1", "2"), {"state": ["new", "open"]}),
        ("ticket.state_id", rule("is not", "4"), {"state": {"not": "closed"}}),
        ("ticket.owner_id", rule("is", "5", pre_condition="specific"), {"owner": "ruud@example.com"}),
        ("ticket.owner_id", rule("is", "6", pre_condition="specific"), {"owner": "guest"}),
        ("ticket.owner_id", {"operator": "is", "pre_condition": "not_set", "value": []}, {"owner": "nobody"}),
        ("ticket.owner_id", {"operator": "is not", "pre_condition": "not_set"}, {"owner": {"not": "nobody"}}),
        ("ticket.owner_id", rule("is", {"value": 5, "label": "Ruud"}), {"owner": "ruud@example.com"}),
        ("ticket.customer_id", rule("is", "5", pre_condition="specific"), {"customer.email": "ruud@example.com"}),
        ("ticket.organization_id", rule("is", "3"), {"customer.organization": "Grand Hotel"}),
        ("customer.organization_id", rule("is not", "3"), {"customer.organization": {"not": "Grand Hotel"}}),
        ("customer.email", rule("is", "a@example.com"), {"customer.email": "a@example.com"}),
        ("customer.vip", {"operator": "is", "value": True}, {"customer.vip": True}),
        ("customer.vip", {"operator": "is", "value": "false"}, {"customer.vip": False}),
        ("customer.vip", {"operator": "is not", "value": "true"}, {"customer.vip": False}),
        ("ticket.tags", {"operator": "contains one", "value": "vip, press"}, {"tags": ["vip", "press"]}),
        ("ticket.tags", {"operator": "contains one", "value": ["vip"]}, {"tags": "vip"}),
        ("ticket.tags", {"operator": "contains all", "value": "vip, press"}, {"tags": {"all_of": ["vip", "press"]}}),
        ("ticket.tags", {"operator": "contains one not", "value": "vip,press"}, {"tags": {"none_of": ["vip", "press"]}}),
        ("ticket.tags", {"operator": "contains all not", "value": "vip"}, {"tags": {"none_of": ["vip"]}}),
        ("ticket.tags", {"operator": "contains all not", "value": "vip,press"},
         {"none": [{"tags": {"all_of": ["vip", "press"]}}]}),
    ],
    ids=lambda value: value if isinstance(value, str) else str(value.get("operator", "")) if isinstance(value, dict) else None,
)  # fmt: skip
def test_a_comparison_is_said_in_our_words(attribute, condition, said):
    assert when_of({attribute: condition}) == said


@pytest.mark.parametrize(
    ("attribute", "condition", "why"),
    [
        ("ticket.title", rule("contains", "offer"), "ticket.title contains"),
        ("ticket.created_at", rule("before (relative)", "3"), "ticket.created_at before (relative)"),
        ("ticket.group_id", rule("has changed"), "ticket.group_id has changed"),
        ("ticket.group_id", rule("is"), "ticket.group_id is nothing"),
        ("ticket.group_id", rule("is", "2", ""), "ticket.group_id is nothing"),
        ("ticket.group_id", rule("is", "77"),
         "ticket.group_id is 77: no group of that id, or the token may not see it"),
        ("ticket.owner_id", {"operator": "is", "pre_condition": "current_user.id"},
         "ticket.owner_id is current_user.id"),
        ("ticket.organization_id", {"operator": "is", "pre_condition": "not_set"},
         "ticket.organization_id is not_set"),
        ("ticket.customer_id", rule("is", "6"), "ticket.customer_id is 6: that user has no e-mail address"),
        ("ticket.customer_id", rule("is", "1"), "ticket.customer_id is 1: that user has no e-mail address"),
        ("customer.vip", rule("is", "maybe"), "customer.vip is"),
        ("ticket.tags", {"operator": "contains one", "value": ""}, "ticket.tags contains one nothing"),
        ("ticket.tags", {"operator": "is", "value": "a"}, "ticket.tags is"),
        ("ticket.group_id", "nonsense", "ticket.group_id"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)  # fmt: skip
def test_what_has_no_words_is_said_not_to(attribute, condition, why):
    assert when_of({attribute: condition}) == f"cannot be said yet: {why}"


def test_what_would_mean_more_here_than_in_zammad_is_not_said():
    in_progress = {"id": 9, "state_type_id": 2, "name": "in progress", "active": True}
    urgent = {"id": 4, "name": "4 very high", "active": True}
    is_open = {"ticket.state_id": rule("is", "2")}
    is_high = {"ticket.priority_id": rule("is", "3")}
    is_finance = {"ticket.group_id": rule("is", "4")}

    (by_type,) = policies(sla(condition=is_open), states=[*STATES, in_progress])
    (by_word,) = policies(sla(condition=is_high), priorities=[*PRIORITIES, urgent])
    (by_case,) = policies(sla(condition=is_finance), groups={**GROUPS, 9: "FINANCE"})

    assert [one.usable for one in (by_type, by_word, by_case)] == [False, False, False]
    assert "'in progress' means the same to Deskladder" in by_type.remarks[0]
    assert "several priorities are 'high' to Deskladder" in by_word.remarks[0]
    assert "another group has the same name but for case" in by_case.remarks[0]


def test_what_is_said_of_all_of_them_may_be_said():
    in_progress = {"id": 9, "state_type_id": 2, "name": "in progress", "active": True}
    both = {"ticket.state_id": rule("is", "2", "9")}

    (found,) = policies(sla(condition=both), states=[*STATES, in_progress])

    assert found.entry["when"] == {"state": ["open", "in progress"]}


FINANCE = {"name": "ticket.group_id", "operator": "is", "value": ["4"]}
HIGH = {"name": "ticket.priority_id", "operator": "is", "value": ["3"]}
NORMAL = {**HIGH, "value": ["2"]}
HIGH_OR_NORMAL = {**HIGH, "value": ["3", "2"]}
IN_FINANCE, IS_HIGH, IS_NORMAL = {"group": "Finance"}, {"priority": "high"}, {"priority": "normal"}


def block(operator: str, *conditions: Any) -> dict[str, Any]:
    return {"operator": operator, "conditions": list(conditions)}


@pytest.mark.parametrize(
    ("condition", "said"),
    [
        ({"ticket.group_id": FINANCE, "ticket.priority_id": HIGH}, {**IN_FINANCE, **IS_HIGH}),
        (block("AND", FINANCE, HIGH), {**IN_FINANCE, **IS_HIGH}),
        (
            block("AND", HIGH_OR_NORMAL, NORMAL),
            {"all": [{"priority": ["normal", "high"]}, IS_NORMAL]},
        ),
        (block("OR", FINANCE, HIGH), {"any": [IN_FINANCE, IS_HIGH]}),
        (block("OR", FINANCE), IN_FINANCE),
        (block("NOT", FINANCE), {"none": [IN_FINANCE]}),
        (block("NOT", FINANCE, HIGH), {"none": [{**IN_FINANCE, **IS_HIGH}]}),
        (block("AND", FINANCE, block("OR", HIGH, NORMAL)), {**IN_FINANCE, "any": [IS_HIGH, IS_NORMAL]}),
        (block("AND", FINANCE, block("OR")), IN_FINANCE),
    ],
    ids=["flat", "and", "same field twice", "or", "or of one", "not", "not: all at once", "nested", "an empty block"],
)  # fmt: skip
def test_joined_conditions_keep_their_meaning(condition, said):
    assert when_of(condition) == said


def test_one_part_without_words_leaves_the_whole_unsaid():
    title = {"name": "ticket.title", "operator": "contains", "value": "x"}

    assert when_of(block("OR", FINANCE, title)) == "cannot be said yet: ticket.title contains"
    assert when_of(block("XOR", FINANCE)) == "cannot be said yet: conditions joined by XOR"


@pytest.mark.parametrize(
    "condition",
    [
        block("AND", HIGH, NORMAL),
        block("AND", FINANCE, block("AND", HIGH, block("AND", FINANCE, NORMAL))),
        block("OR", FINANCE, block("NOT", HIGH, NORMAL)),
    ],
    ids=["side by side", "nested", "inside others"],
)
def test_demands_that_no_ticket_meets_are_not_written(condition):
    why = "cannot be said yet: two demands on priority that no ticket can meet at once"

    assert when_of(condition) == why


def test_what_is_nearly_the_same_says_the_difference():
    company = policy(condition={"ticket.organization_id": rule("is", "3")})
    important = policy(condition={"customer.vip": {"operator": "is", "value": True}})

    assert [len(company.remarks), len(important.remarks)] == [1, 1]
    assert company.remarks[0].startswith("customer.organization is the customer's own organization")
    assert important.remarks[0].startswith(
        "customer.vip also holds for everybody of an organization"
    )
