from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import count

import pytest

from plugin.domain.ticket import Role, StateType
from tests.contract.world import DAVE, EMMA, ERIN, NOAH, OLGA, World


def test_finds_what_changed_and_leaves_out_what_did_not(world: World) -> None:
    now = datetime.now(UTC)  # noqa: TID251

    changed = {glimpse.ticket_id for glimpse in world.helpdesk.changed_since(now)}
    later = list(world.helpdesk.changed_since(now + timedelta(hours=1)))

    assert world.ticket_id in changed
    assert later == []


def test_each_ticket_is_listed_once_over_many_pages(world: World) -> None:
    start = datetime.now(UTC)  # noqa: TID251
    made = {world.ticket_id} | {
        world.desk.customer_writes(DAVE, f"Number {n}", "Hello.", group="Support")
        for n in range(260)
    }

    changed = [glimpse.ticket_id for glimpse in world.helpdesk.changed_since(start)]
    swept = [glimpse.ticket_id for glimpse in world.helpdesk.sweep()]

    assert sorted(changed) == sorted(made)
    assert sorted(swept) == sorted(made)


def test_tickets_that_change_while_the_pages_are_read_hide_no_other(world: World) -> None:
    """Page two of a list sorted by change begins elsewhere when page one's tickets have moved."""
    start = datetime.now(UTC)  # noqa: TID251
    seconds = count()
    world.desk.clock = lambda: start + timedelta(seconds=next(seconds))
    made = [
        world.desk.customer_writes(DAVE, f"Number {n}", "Hello.", group="Support")
        for n in range(230)
    ]
    meddlers = iter([made[:60]])

    def meddle(phase: str, method: str, path: str) -> None:
        if phase == "after" and path.endswith(("/search", "/conversations")):
            for ticket_id in next(meddlers, []):
                world.desk.customer_replies(ticket_id, "One more thing.")

    world.desk.on_request(meddle)

    found = [glimpse.ticket_id for glimpse in world.helpdesk.changed_since(start)]

    assert set(made) <= set(found)
    assert len(found) == len(set(found))


def test_a_sweep_leaves_out_what_is_closed(world: World) -> None:
    other = world.desk.customer_writes(DAVE, "Other", "Other.", group="Support")
    world.desk.agent_closes(world.ticket_id, EMMA)

    assert [glimpse.ticket_id for glimpse in world.helpdesk.sweep()] == [other]


def test_tags_are_shown_rightly_or_not_at_all(world: World) -> None:
    world.desk.agent_tags(world.ticket_id, EMMA, "vip")

    (glimpse,) = world.helpdesk.sweep()

    assert glimpse.tags in {None, frozenset({"vip"})}


def test_a_new_tag_shows_up_somewhere(world: World) -> None:
    """No webhook tells of a tag: the listing, or the sweep with its tags, must."""
    (before,) = world.helpdesk.sweep()
    world.desk.agent_tags(world.ticket_id, EMMA, "escalate")

    (after,) = world.helpdesk.sweep()

    assert after != before


def test_lists_the_groups(world: World) -> None:
    names = [group.name for group in world.helpdesk.groups()]

    assert {"Support", "Finance"} <= set(names)
    assert names == sorted(names)


def test_lists_who_may_own_tickets_of_a_group_without_ourselves(world: World) -> None:
    finance = next(group for group in world.helpdesk.groups() if group.name == "Finance")

    emails = {someone.person.email for someone in world.helpdesk.agents(finance)}

    assert {NOAH, OLGA} <= emails
    assert EMMA not in emails
    assert world.desk.service_user not in emails


def test_lists_all_agents(world: World) -> None:
    emails = {someone.person.email for someone in world.helpdesk.agents()}

    assert {EMMA, NOAH, OLGA} <= emails
    assert ERIN not in emails


def test_finds_an_agent_whatever_the_case(world: World) -> None:
    found = world.helpdesk.find_agent(EMMA.upper())

    assert found is not None
    assert found.person.name == "Emma First"
    assert found.person.role is Role.AGENT


@pytest.mark.parametrize("who", [ERIN, "nobody@example.com", "", "emma"])
def test_finds_nobody_else(world: World, who: str) -> None:
    assert world.helpdesk.find_agent(who) is None


def test_knows_who_is_away(world: World) -> None:
    away = world.agent(NOAH).absence

    assert away is not None
    assert (away.first_day, away.last_day) == (date(2026, 12, 1), date(2027, 12, 31))
    assert world.agent(EMMA).absence is None


def test_lists_the_states(world: World) -> None:
    types = {state.type for state in world.helpdesk.states()}

    assert {StateType.OPEN, StateType.CLOSED} <= types
