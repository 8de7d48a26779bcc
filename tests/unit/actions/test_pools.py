"""Who of a pool gets the ticket, as the action finds it at the fresh read."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from marshmallow import ValidationError

from plugin.actions import registry
from plugin.conditions import Names
from plugin.domain.errors import Refused, TryAgain
from plugin.domain.escalation import Escalation, Phase
from plugin.domain.helpdesk import Ability, Whoami
from plugin.domain.ladder import (
    Kind,
    Level,
    Override,
    Policy,
    Pool,
    Responsible,
    Shift,
    Strategy,
)
from plugin.domain.settings import Team
from plugin.domain.ticket import Absence, Agent, EarlierTicket, MessageKind
from tests.fakes import (
    ANA,
    BEN,
    FINANCE,
    FRONT,
    GUEST,
    MARTA,
    NOON,
    FakeHelpdesk,
    a_message,
    a_ticket,
)
from tests.unit.actions.doing import Doing, a_config, seen

TODAY = NOON.date()
ROBIN = Strategy.ROUND_ROBIN
ALL_THERE = (Agent(ANA), Agent(BEN))


def away(person, replacement=None) -> Agent:
    return Agent(person, absence=Absence(TODAY, TODAY + timedelta(days=4), replacement))


def a_pool(strategy=ROBIN, if_none="lead", **changes) -> Pool:
    return Pool(strategy, if_none, **changes)


def a_world(pool=None, *, finance=ALL_THERE, skills=None, **changes) -> Doing:
    """Team finance with this pool; Marta leads it and may own its tickets."""
    team = Team("finance", "Finance", "marta@example.com", "", pool or a_pool(), skills or {})
    front = Team("front", "1st Level")
    doing = Doing(config=a_config(teams={"front": front, "finance": team}), **changes)
    doing.helpdesk.access = {"1st Level": [Agent(ANA)], "Finance": [*finance, Agent(MARTA)]}
    return doing


def members(*people) -> tuple[str, ...]:
    return tuple(person.email for person in people)


def of(*people, strategy=ROBIN, **changes) -> Pool:
    return a_pool(strategy, members=members(*people), **changes)


def in_finance(**changes):
    return a_ticket(group=FINANCE, **changes)


# Turns --------------------------------------------------------------------------------------


def test_the_ticket_goes_to_whose_turn_it_is_and_says_so():
    doing = a_world(of(ANA, BEN))

    outcome = doing.do("assign", {"pool": "finance"}, in_finance())

    assert doing.ticket.owner == ANA
    assert outcome.detail == "assigned to Ana Alba, whose turn it is (round robin)"
    assert outcome.wrote == {"owner": "11"}
    assert outcome.replaced == {"owner": ""}


def test_the_next_ticket_goes_to_the_next():
    doing = a_world(of(ANA, BEN))
    doing.turns.take("earlier", "support/finance", ["11"])

    doing.do("assign", {"pool": "finance"}, in_finance())

    assert doing.ticket.owner == BEN


def test_another_helpdesks_turns_do_not_count():
    doing = a_world(of(ANA, BEN))
    doing.turns.take("earlier", "elsewhere/finance", ["11"])

    doing.do("assign", {"pool": "finance"}, in_finance())

    assert doing.ticket.owner == ANA


def test_everybody_of_the_teams_group_is_in_a_pool_without_members():
    doing = a_world(a_pool(), finance=(Agent(BEN),))

    doing.do("assign", {"pool": "finance"}, in_finance())

    assert doing.ticket.owner == BEN


# Who is passed over -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("ana", "reason"),
    [
        pytest.param(away(ANA), "Ana Alba is absent until 2026-12-07", id="absent"),
        pytest.param(Agent(ANA, active=False), "Ana Alba is not active", id="inactive"),
    ],
)
def test_who_is_away_is_passed_over_and_the_note_says_until_when(ana, reason):
    doing = a_world(of(ANA, BEN), finance=(ana, Agent(BEN)))

    outcome = doing.do("assign", {"pool": "finance"}, in_finance())

    assert doing.ticket.owner == BEN
    assert outcome.detail == f"assigned to Ben Berg, the only one who can take it ({reason})"


def test_who_has_no_access_to_the_tickets_group_is_passed_over():
    doing = a_world(of(BEN, ANA))

    outcome = doing.do("assign", {"pool": "finance"}, a_ticket(group=FRONT))

    assert doing.ticket.owner == ANA
    assert "Ben Berg may not own tickets of group '1st Level'" in outcome.detail


def test_who_had_the_ticket_in_this_ladder_never_gets_it_again():
    doing = a_world(of(ANA, BEN), ladder={"without": ["11"], "number": 1, "step": 3})

    outcome = doing.do("assign", {"pool": "finance"}, in_finance())

    assert doing.ticket.owner == BEN
    assert "Ana Alba had it already" in outcome.detail


@pytest.mark.parametrize("pool", [of(MARTA, BEN), of(MARTA)], ids=["with others", "alone"])
@pytest.mark.parametrize(
    "who", [Responsible(lead="finance"), Responsible(person="MARTA")], ids=["lead", "person"]
)
def test_whom_a_later_level_asks_gets_it_only_where_there_is_nobody_else(pool, who):
    first = Level(1, "", Kind.FUNCTIONAL, responsible=Responsible(team="finance"))
    ladder = Policy("finance", Kind.FUNCTIONAL, (first, replace(first, number=2, responsible=who)))
    running = Escalation(1, ladder, Phase.OPEN, 1, 1, 2, NOON, NOON, NOON, ())
    doing = a_world(pool, ladder={"without": [], "number": 1, "step": 1})

    outcome = doing.do("assign", {"pool": "finance"}, in_finance(), escalations=(running,))

    is_alone = len(pool.members) == 1
    assert doing.ticket.owner == (MARTA if is_alone else BEN)
    assert ("Marta Maas is asked on a later level" in outcome.detail) is not is_alone


@pytest.mark.parametrize("value", [{"lead": "finance"}, {"to": "marta"}], ids=["lead", "person"])
def test_a_named_person_who_had_it_does_not_get_it_again_either(value):
    doing = a_world(ladder={"without": ["13"], "number": 1, "step": 3})

    outcome = doing.do("assign", value, in_finance())

    assert not outcome.done
    assert outcome.detail == "Marta Maas had it already"


def test_a_member_who_is_no_agent_is_passed_over_without_their_address():
    doing = a_world(a_pool(members=("gone@example.com", "ben@example.com")))

    outcome = doing.do("assign", {"pool": "finance"}, in_finance())

    assert doing.ticket.owner == BEN
    assert "somebody of the pool is no agent of the helpdesk" in outcome.detail
    assert "@" not in outcome.detail


# When nobody is left (F19) ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("if_none", "owner"), [("lead", MARTA), ("marta@example.com", MARTA), ("unassigned", None)]
)
def test_f19_when_nobody_can_take_it_if_none_says_who_and_the_note_says_why(if_none, owner):
    doing = a_world(
        of(ANA, BEN, if_none=if_none), finance=(away(ANA), Agent(BEN)), ladder={"without": ["12"]}
    )

    outcome = doing.do("assign", {"pool": "finance"}, in_finance(owner=BEN), seen=None)

    assert doing.ticket.owner == owner
    assert outcome.done
    assert outcome.wrote == {"owner": "13" if owner else ""}
    assert (
        "nobody of team 'finance' can take it (Ana Alba is absent until 2026-12-07; "
        "Ben Berg had it already)"
    ) in outcome.detail


def test_f19_a_ticket_that_stays_with_nobody_is_told_as_not_done():
    doing = a_world(of(ANA, if_none="unassigned"), finance=(away(ANA),))

    outcome = doing.do("assign", {"pool": "finance"}, in_finance())

    assert not outcome.done
    assert outcome.detail == (
        "left to nobody: nobody of team 'finance' can take it (Ana Alba is absent until 2026-12-07)"
    )
    assert doing.helpdesk.calls == []


def test_f19_a_lead_who_cannot_take_it_either_is_told_too():
    doing = a_world(of(ANA), finance=(away(ANA),), ladder={"without": ["13"]})

    outcome = doing.do("assign", {"pool": "finance"}, in_finance())

    assert not outcome.done
    assert outcome.detail.endswith(", nor its lead (Marta Maas had it already)")


def test_f19_for_a_lead_who_is_away_their_replacement_comes():
    doing = a_world(of(ANA), finance=(away(ANA), Agent(BEN)))
    doing.helpdesk.access["Finance"][-1] = away(MARTA, BEN.id)

    outcome = doing.do("assign", {"pool": "finance"}, in_finance())

    assert doing.ticket.owner == BEN
    assert "because Marta Maas is absent until 2026-12-07" in outcome.detail


def test_a_team_without_a_lead_leaves_the_ticket_to_nobody():
    doing = a_world()
    team = replace(doing.config.teams["finance"], lead=None, pool=of(ANA))
    doing.config = replace(doing.config, teams={"finance": team})
    doing.helpdesk.access = {"Finance": [away(ANA)]}

    outcome = doing.do("assign", {"pool": "finance"}, in_finance())

    assert not outcome.done
    assert "its lead is no agent of the helpdesk" in outcome.detail


# Replacements -------------------------------------------------------------------------------


def test_while_somebody_of_the_pool_is_there_no_replacement_comes():
    doing = a_world(of(ANA, BEN), finance=(away(ANA, MARTA.id), Agent(BEN)))
    doing.turns.take("earlier", "support/finance", ["12"])

    doing.do("assign", {"pool": "finance"}, in_finance())

    assert doing.ticket.owner == BEN


def test_when_all_are_away_those_whom_they_named_stand_in():
    doing = a_world(of(ANA), finance=(away(ANA, BEN.id), Agent(BEN)))

    outcome = doing.do("assign", {"pool": "finance"}, in_finance())

    assert doing.ticket.owner == BEN
    assert "because Ana Alba is absent until 2026-12-07" in outcome.detail


def test_a_replacement_who_had_it_does_not_stand_in():
    doing = a_world(
        of(ANA, if_none="unassigned"),
        finance=(away(ANA, BEN.id), Agent(BEN)),
        ladder={"without": ["12"]},
    )

    assert not doing.do("assign", {"pool": "finance"}, in_finance()).done


def test_replacements_that_form_a_circle_leave_it_to_the_lead():
    doing = a_world(of(ANA, BEN), finance=(away(ANA, BEN.id), away(BEN, ANA.id)))

    doing.do("assign", {"pool": "finance"}, in_finance())

    assert doing.ticket.owner == MARTA


# Who has it already (F5) --------------------------------------------------------------------


def test_f5_an_owner_of_the_pool_keeps_the_ticket_and_is_responsible():
    doing = a_world(of(ANA, BEN))

    outcome = doing.do("assign", {"pool": "finance"}, in_finance(owner=BEN))

    assert doing.helpdesk.calls == []
    assert doing.turns.given == []
    assert outcome.detail == "stays with Ben Berg, who is of team 'finance' and has it"
    assert outcome.wrote == {"owner": "12"} == outcome.replaced


def test_f5_an_owner_who_is_away_does_not_keep_it():
    doing = a_world(of(ANA, BEN), finance=(Agent(ANA), away(BEN)))

    doing.do("assign", {"pool": "finance"}, in_finance(owner=BEN))

    assert doing.ticket.owner == ANA


def test_f5_a_ticket_somebody_took_meanwhile_is_left_to_them_and_costs_no_turn():
    doing = a_world(of(ANA, BEN))
    ticket = in_finance(owner=MARTA)

    outcome = doing.do("assign", {"pool": "finance"}, ticket, seen=seen(ticket, owner_id=None))

    assert outcome.detail == "somebody changed the owner meanwhile"
    assert doing.ticket.owner == MARTA
    assert doing.turns.given == []


def test_repeated_after_a_crash_the_same_person_is_found_to_have_it():
    doing = a_world(of(ANA, BEN))
    doing.helpdesk.fail, doing.helpdesk.fail_after = TryAgain("no answer", ambiguous=True), True
    with pytest.raises(TryAgain):
        doing.do("assign", {"pool": "finance"}, in_finance())
    left, doing.helpdesk.fail_after = doing.ticket, False

    outcome = doing.do("assign", {"pool": "finance"}, left, seen=seen(left, owner_id=None))

    assert doing.helpdesk.calls == ["set_owner"]
    assert outcome.detail == "assigned to Ana Alba, whose turn it was"
    assert outcome.wrote == {"owner": "11"}
    assert outcome.replaced == {"owner": ""}


def test_repeated_after_a_crash_before_the_call_the_same_person_gets_it():
    doing = a_world(of(ANA, BEN, strategy=Strategy.LEAST_OPEN))
    doing.helpdesk.fail = TryAgain("no connection")
    with pytest.raises(TryAgain):
        doing.do("assign", {"pool": "finance"}, in_finance())
    doing.helpdesk.hold(in_finance(ref=replace(a_ticket().ref, id=8), owner=ANA))

    doing.do("assign", {"pool": "finance"}, in_finance())

    assert doing.ticket.owner == ANA


def test_who_went_away_since_their_turn_is_passed_over():
    doing = a_world(of(ANA, BEN))
    doing.helpdesk.fail = TryAgain("no connection")
    with pytest.raises(TryAgain):
        doing.do("assign", {"pool": "finance"}, in_finance())
    doing.helpdesk.access = {"Finance": [away(ANA), Agent(BEN), Agent(MARTA)]}

    doing.do("assign", {"pool": "finance"}, in_finance())

    assert doing.ticket.owner == BEN


def test_a_lead_who_got_it_for_want_of_others_is_known_after_a_crash():
    doing = a_world(of(ANA), finance=(away(ANA),))
    doing.helpdesk.fail, doing.helpdesk.fail_after = TryAgain("no answer", ambiguous=True), True
    with pytest.raises(TryAgain):
        doing.do("assign", {"pool": "finance"}, in_finance())
    left, doing.helpdesk.fail_after = doing.ticket, False

    outcome = doing.do("assign", {"pool": "finance"}, left, seen=seen(left, owner_id=None))

    assert outcome.wrote == {"owner": "13"}


# Strategies ---------------------------------------------------------------------------------


def owned_by(doing: Doing, *people) -> None:
    """Other open tickets with these owners."""
    for number, person in enumerate(people, 100):
        doing.helpdesk.hold(in_finance(ref=replace(a_ticket().ref, id=number), owner=person))


def test_least_open_prefers_who_has_fewest():
    doing = a_world(of(ANA, BEN, strategy=Strategy.LEAST_OPEN))
    owned_by(doing, ANA, ANA, BEN)

    outcome = doing.do("assign", {"pool": "finance"}, in_finance())

    assert doing.ticket.owner == BEN
    assert outcome.detail.endswith("who has the fewest open tickets, 1 (Ana Alba has 2)")


def test_least_open_takes_turns_among_equals():
    doing = a_world(of(ANA, BEN, MARTA, strategy=Strategy.LEAST_OPEN))
    owned_by(doing, ANA)
    doing.turns.take("earlier", "support/finance", ["12"])

    doing.do("assign", {"pool": "finance"}, in_finance())

    assert doing.ticket.owner == MARTA


class UncountingHelpdesk(FakeHelpdesk):
    """One whose service user may not count."""

    def open_tickets(self, agents):
        raise Refused("no permission")


def test_where_tickets_cannot_be_counted_turns_decide():
    doing = a_world(of(ANA, BEN, strategy=Strategy.LEAST_OPEN), helpdesk=UncountingHelpdesk())

    assert "round robin" in doing.do("assign", {"pool": "finance"}, in_finance()).detail


SKILLS = {"Billing": ("ben@example.com",), "french": ("ana@example.com", "ben@example.com")}


@pytest.mark.parametrize("strategy", [Strategy.SKILL, ROBIN], ids=str)
def test_a_skill_narrows_the_pool(strategy):
    doing = a_world(of(ANA, BEN, strategy=strategy), skills=SKILLS)

    doing.do("assign", {"pool": "finance", "skill": "billing"}, in_finance())

    assert doing.ticket.owner == BEN


@pytest.mark.parametrize(
    "about",
    [
        {"tags": frozenset({"billing"})},
        {"tags": frozenset({"category:BILLING"})},
        {"fields": {"Category": "Billing"}},
    ],
    ids=["a tag", "a category tag", "the field category"],
)
def test_strategy_skill_finds_the_skill_the_ticket_is_about(about):
    doing = a_world(of(ANA, BEN, strategy=Strategy.SKILL), skills=SKILLS)

    doing.do("assign", {"pool": "finance"}, in_finance(**about))

    assert doing.ticket.owner == BEN


def test_a_ticket_about_no_skill_goes_to_anybody():
    doing = a_world(of(ANA, BEN, strategy=Strategy.SKILL), skills=SKILLS)

    doing.do("assign", {"pool": "finance"}, in_finance(tags=frozenset({"vip"})))

    assert doing.ticket.owner == ANA


@pytest.mark.parametrize(
    ("skill", "reason"),
    [
        pytest.param("billing", "Ben Berg is absent until", id="all who have it are away"),
        pytest.param("law", "nobody of it has the skill 'law'", id="nobody has it"),
    ],
)
def test_without_anybody_of_the_skill_it_goes_to_if_none_and_not_to_the_others(skill, reason):
    doing = a_world(of(ANA, BEN), finance=(Agent(ANA), away(BEN)), skills=SKILLS)

    outcome = doing.do("assign", {"pool": "finance", "skill": skill}, in_finance())

    assert doing.ticket.owner == MARTA
    assert reason in outcome.detail


def test_lead_gives_it_to_the_lead():
    doing = a_world(a_pool(Strategy.LEAD, if_none="unassigned"))

    outcome = doing.do("assign", {"pool": "finance"}, in_finance())

    assert doing.ticket.owner == MARTA
    assert outcome.detail == "assigned to Marta Maas, who leads the team"


def on_call(**changes) -> Pool:
    rota = Shift(members(ANA, BEN), date(2026, 11, 23), timezone="Europe/Amsterdam")
    return a_pool(Strategy.ONCALL, rota=rota, **changes)


@pytest.mark.parametrize(
    ("now", "owner"),
    [
        pytest.param(datetime(2026, 11, 30, 7, 59, tzinfo=UTC), ANA, id="before the hand-over"),
        pytest.param(datetime(2026, 11, 30, 8, 0, tzinfo=UTC), BEN, id="at nine in Amsterdam"),
        pytest.param(datetime(2027, 4, 5, 6, 59, tzinfo=UTC), ANA, id="summer time, before"),
        pytest.param(datetime(2027, 4, 5, 7, 0, tzinfo=UTC), BEN, id="summer time, at nine"),
    ],
)
def test_who_is_on_call_gets_it(now, owner):
    doing = a_world(on_call(), now=now)

    outcome = doing.do("assign", {"pool": "finance"}, in_finance())

    assert doing.ticket.owner == owner
    assert "who is on call" in outcome.detail


def test_an_override_is_on_call_instead():
    swap = Override("marta@example.com", NOON - timedelta(hours=1), NOON + timedelta(hours=1))
    doing = a_world(on_call(overrides=(swap,)))

    doing.do("assign", {"pool": "finance"}, in_finance())

    assert doing.ticket.owner == MARTA


def test_for_whom_is_on_call_and_away_their_replacement_comes_and_nobody_else_of_the_rota():
    doing = a_world(on_call(if_none="unassigned"), finance=(Agent(ANA), away(BEN, MARTA.id)))

    doing.do("assign", {"pool": "finance"}, in_finance())

    assert doing.ticket.owner == MARTA


def test_while_nobody_is_on_call_it_goes_to_if_none():
    doing = a_world(a_pool(Strategy.ONCALL))

    outcome = doing.do("assign", {"pool": "finance"}, in_finance())

    assert doing.ticket.owner == MARTA
    assert "(nobody is in it)" in outcome.detail


def an_answer(message_id: int, author, **changes):
    return a_message(message_id, kind=MessageKind.AGENT, author=author, **changes)


def test_sticky_gives_it_to_who_wrote_to_the_customer_last():
    doing = a_world(of(ANA, BEN, MARTA, strategy=Strategy.STICKY))
    said = (a_message(1), an_answer(2, MARTA), an_answer(3, BEN), a_message(4))

    outcome = doing.do("assign", {"pool": "finance"}, in_finance(messages=said))

    assert doing.ticket.owner == BEN
    assert outcome.detail == "assigned to Ben Berg, who helped this customer last"


def test_sticky_passes_over_robots_and_strangers():
    doing = a_world(of(ANA, BEN, strategy=Strategy.STICKY))
    robot = an_answer(4, ANA, automatic="an out-of-office reply")
    said = (a_message(1), an_answer(2, BEN), an_answer(3, MARTA), robot)

    doing.do("assign", {"pool": "finance"}, in_finance(messages=said))

    assert doing.ticket.owner == BEN


def test_sticky_knows_who_had_the_customers_earlier_tickets():
    doing = a_world(of(ANA, BEN, strategy=Strategy.STICKY))
    week = timedelta(days=7)
    earlier = (
        EarlierTicket(1, "1", NOON - 3 * week, "u", owner_id=11),
        EarlierTicket(2, "2", NOON - 2 * week, "u", owner_id=12),
        EarlierTicket(3, "3", NOON - week, "u", owner_id=None),
        EarlierTicket(7, "70007", NOON, "u", owner_id=11),
    )

    doing.do("assign", {"pool": "finance"}, in_finance(customer_tickets=earlier))

    assert doing.ticket.owner == BEN


def test_sticky_asks_the_helpdesk_when_the_rules_did_not():
    doing = a_world(of(ANA, BEN, strategy=Strategy.STICKY))
    past = in_finance(
        ref=replace(a_ticket().ref, id=3), owner=BEN, created_at=NOON - timedelta(days=30)
    )
    doing.helpdesk.hold(past)

    doing.do("assign", {"pool": "finance"}, in_finance(customer=GUEST))

    assert doing.ticket.owner == BEN


def test_sticky_falls_back_to_turns():
    doing = a_world(of(ANA, BEN, strategy=Strategy.STICKY))
    doing.turns.take("earlier", "support/finance", ["11"])

    outcome = doing.do("assign", {"pool": "finance"}, in_finance())

    assert doing.ticket.owner == BEN
    assert "round robin" in outcome.detail


# What the file says -------------------------------------------------------------------------


@pytest.mark.parametrize("action", ["assign", "subscribe"])
def test_a_skill_is_only_for_a_pool(action):
    with pytest.raises(ValidationError, match="only together with pool"):
        registry()[action].PARAMS.deserialize({"to": "ana", "skill": "billing"})


@pytest.mark.parametrize("action", ["assign", "subscribe"])
@pytest.mark.parametrize("key", ["without", "number", "step"])
def test_what_a_ladder_says_cannot_be_said_in_the_file(action, key):
    with pytest.raises(ValidationError, match="unknown key"):
        registry()[action].PARAMS.deserialize({"pool": "finance", key: 1})


@pytest.mark.parametrize("action", ["assign", "subscribe"])
def test_a_pool_must_be_a_teams_of_the_file(action):
    names = Names(teams=frozenset({"front", "finance"}), pools=frozenset({"finance"}))
    check = registry()[action].check

    check({"pool": "finance"}, names)
    check({"pool": "front"}, replace(names, pools=None))
    with pytest.raises(ValidationError, match=r"unknown team 'fince'.*did you mean 'finance'"):
        check({"pool": "fince"}, names)
    with pytest.raises(ValidationError, match="unknown team with a pool 'front'"):
        check({"pool": "front"}, names)


@pytest.mark.parametrize(
    ("team", "reason"), [("front", "has no `pool:`"), ("gone", "not in the file any more")]
)
def test_a_pool_that_is_gone_is_refused_with_the_remedy(team, reason):
    with pytest.raises(Refused, match=reason):
        a_world().do("assign", {"pool": team}, in_finance())


def test_a_teams_group_that_the_helpdesk_has_not_is_refused_with_the_remedy():
    doing = a_world()
    team = replace(doing.config.teams["finance"], group="Treasury")
    doing.config = replace(doing.config, teams={"finance": team})

    with pytest.raises(Refused, match=r"no group 'Treasury'.*deskladder retry"):
        doing.do("assign", {"pool": "finance"}, in_finance())


# Following ----------------------------------------------------------------------------------


def test_a_hierarchical_level_makes_somebody_responsible_who_need_not_own_such_tickets():
    doing = a_world(of(BEN, ANA), ladder={"number": 1, "step": 2, "without": []})

    outcome = doing.do("subscribe", {"pool": "finance"}, a_ticket(group=FRONT))

    assert doing.helpdesk.subscribers == {7: {12}}
    assert doing.ticket.owner is None
    assert outcome.wrote == {"responsible": "12"}
    assert outcome.detail == "Ben Berg follows the ticket, whose turn it is (round robin)"


def test_a_responsible_lead_who_is_away_is_stood_in_for():
    doing = a_world(ladder={"number": 1, "step": 2, "without": []})
    doing.helpdesk.access["Finance"][-1] = away(MARTA, BEN.id)

    outcome = doing.do("subscribe", {"lead": "finance"}, a_ticket())

    assert outcome.wrote == {"responsible": "12"}
    assert outcome.detail == (
        "Ben Berg follows the ticket, because Marta Maas is absent until 2026-12-07"
    )


def test_whoever_had_it_is_not_made_responsible_again():
    doing = a_world(ladder={"number": 1, "step": 2, "without": ["13"]})

    outcome = doing.do("subscribe", {"lead": "finance"})

    assert not outcome.done
    assert outcome.detail == "nobody follows the ticket: Marta Maas had it already"
    assert doing.helpdesk.subscribers == {}


def test_somebody_who_is_only_told_is_not_made_responsible():
    doing = a_world(ladder={"without": []})
    doing.helpdesk.access["Finance"][-1] = away(MARTA, BEN.id)

    outcome = doing.do("subscribe", {"lead": "finance"})

    assert doing.helpdesk.subscribers == {7: {12}}
    assert outcome.wrote == {}


def test_a_rule_that_subscribes_makes_nobody_responsible():
    outcome = a_world().do("subscribe", {"lead": "finance"})

    assert outcome.done
    assert outcome.wrote == {}


def without_followers(world):
    """The world on a host where nobody can follow a ticket."""
    able = Whoami(world.helpdesk.whoami().person, "", frozenset(Ability) - {Ability.SUBSCRIBE})
    world.helpdesk.whoami = lambda: able
    return world


def test_where_nobody_can_follow_a_ticket_a_level_still_has_its_responsible():
    world = without_followers(a_world(ladder={"without": [], "number": 1, "step": 1}))

    outcome = world.do("subscribe", {"lead": "finance"})

    assert outcome.done
    assert outcome.detail == "Marta Maas is responsible"
    assert outcome.wrote == {"responsible": str(MARTA.id)}
    assert world.helpdesk.subscribers == {}


def test_where_nobody_can_follow_a_ticket_who_has_no_channel_is_not_told_and_it_says_so():
    world = without_followers(a_world(ladder={"without": []}))

    outcome = world.do("subscribe", {"lead": "finance"})

    assert not outcome.done
    assert outcome.detail == "nobody can follow tickets here, and Marta Maas has no channel"
