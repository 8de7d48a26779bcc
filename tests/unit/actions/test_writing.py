"""tag, untag, priority, group, assign, state, field: written once, and not against a person."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from plugin.domain.errors import Refused, TryAgain
from plugin.domain.ticket import Absence, Agent, Priority, State, StateType
from tests.fakes import ANA, BEN, CLOSED, FINANCE, FRONT, MARTA, NOON, OPEN, PENDING, a_ticket
from tests.unit.actions.doing import Doing, a_config, done, seen

GONE = [
    State("merged", StateType.MERGED),
    State("removed", StateType.REMOVED),
    State("spam", StateType.SPAM),
]
EVERY_WRITE = [
    ("tag", "vip"),
    ("untag", "old"),
    ("priority", "high"),
    ("group", "Finance"),
    ("assign", "ana@example.com"),
    ("state", "open"),
    ("field", {"name": "level", "value": 1}),
    ("subscribe", "ana"),
    ("note", "why"),
    ("reply", "we_escalated"),
    ("notify", "duty"),
    ("webhook", {"url": "https://crm.example/x", "json": {"a": 1}}),
]


@pytest.mark.parametrize("state", GONE, ids=lambda state: state.name)
@pytest.mark.parametrize(("name", "value"), EVERY_WRITE, ids=[name for name, _ in EVERY_WRITE])
def test_nothing_is_done_on_a_ticket_that_is_gone(name, value, state):
    doing = Doing()

    outcome = doing.do(name, value, a_ticket(state=state, tags=frozenset({"old"})))

    assert not outcome.done
    assert state.name in outcome.detail
    assert (doing.helpdesk.calls, doing.posted, doing.announced) == ([], [], [])


# tag, untag -------------------------------------------------------------------------------------


def test_only_missing_tags_are_added():
    doing = Doing()

    outcome = doing.do("tag", ["escalated", "esc-l1"], a_ticket(tags=frozenset({"escalated", "x"})))

    assert doing.ticket.tags == {"escalated", "esc-l1", "x"}
    assert outcome.wrote == {"tags": ["esc-l1"]}
    assert outcome.replaced == {"tags": []}


def test_tags_that_are_all_there_need_no_call():
    doing = Doing()

    outcome = doing.do("tag", "escalated", a_ticket(tags=frozenset({"escalated"})))

    assert not outcome.done
    assert "already" in outcome.detail
    assert doing.helpdesk.calls == []


def test_a_variable_is_put_in_when_the_tag_is_written():
    doing = Doing()

    doing.do("tag", "${VIP_TAG}")

    assert doing.ticket.tags == {"vip"}


def test_only_present_tags_are_removed():
    doing = Doing()

    outcome = doing.do("untag", ["a", "b"], a_ticket(tags=frozenset({"b", "c"})))

    assert doing.ticket.tags == {"c"}
    assert outcome.wrote == {"untagged": ["b"]}


def test_a_tag_that_is_not_there_is_not_removed():
    outcome = Doing().do("untag", "a")

    assert not outcome.done
    assert "does not have" in outcome.detail


# priority ---------------------------------------------------------------------------------------


def test_priority_is_raised():
    doing = Doing()

    outcome = doing.do("priority", "high")

    assert doing.ticket.priority is Priority.HIGH
    assert outcome.wrote == {"priority": "high"}
    assert outcome.replaced == {"priority": "normal"}


def test_priority_that_is_so_stays():
    assert "already" in Doing().do("priority", "normal").detail


def test_priority_is_set_where_there_is_none():
    doing = Doing()

    outcome = doing.do("priority", "low", a_ticket(priority=None))

    assert doing.ticket.priority is Priority.LOW
    assert outcome.replaced == {"priority": ""}


@pytest.mark.parametrize(
    ("current", "memory"),
    [
        pytest.param(Priority.URGENT, {}, id="high, and not by us"),
        pytest.param(Priority.NORMAL, {"human_priority": Priority.NORMAL}, id="chosen by an agent"),
        pytest.param(
            Priority.URGENT,
            {"actions": (done("priority", {"priority": "high"}),)},
            id="raised after us",
        ),
    ],
)
def test_a_persons_priority_is_never_lowered(current, memory):
    doing = Doing()

    outcome = doing.do("priority", "low", a_ticket(priority=current), **memory)

    assert not outcome.done
    assert "never lowered" in outcome.detail
    assert doing.ticket.priority is current


def test_our_own_priority_is_lowered_again():
    doing = Doing()
    ours = done("priority", {"priority": "urgent"})

    doing.do("priority", "normal", a_ticket(priority=Priority.URGENT), actions=(ours,))

    assert doing.ticket.priority is Priority.NORMAL


# group ------------------------------------------------------------------------------------------


def test_the_ticket_moves():
    doing = Doing()

    outcome = doing.do("group", "Finance")

    assert doing.ticket.group == FINANCE
    assert outcome.wrote == {"group": "2"}
    assert outcome.replaced == {"group": "1"}


def test_a_ticket_that_is_there_stays():
    outcome = Doing().do("group", "finance", a_ticket(group=FINANCE))

    assert not outcome.done
    assert "already" in outcome.detail


def test_a_ticket_that_a_person_moved_stays():
    doing = Doing()
    ticket = a_ticket(group=FINANCE)

    outcome = doing.do("group", "1st Level", ticket, seen=seen(ticket, group_id=5))

    assert not outcome.done
    assert "somebody moved" in outcome.detail
    assert doing.ticket.group == FINANCE


def test_our_own_move_is_no_persons():
    doing = Doing()
    ticket = a_ticket(group=FINANCE)

    doing.do(
        "group",
        "1st Level",
        ticket,
        seen=seen(ticket, group_id=5),
        actions=(done("group", {"group": "2"}),),
    )

    assert doing.ticket.group == FRONT


def test_an_owner_lost_by_the_move_is_our_doing():
    doing = Doing()

    outcome = doing.do("group", "1st Level", a_ticket(group=FINANCE, owner=BEN))

    assert doing.ticket.owner is None
    assert outcome.wrote == {"group": "1", "owner": ""}
    assert outcome.replaced == {"group": "2", "owner": "12"}


def test_an_owner_with_access_is_kept():
    outcome = Doing().do("group", "Finance", a_ticket(owner=ANA))

    assert "owner" not in outcome.wrote


# assign -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "owner"),
    [
        pytest.param("ana@example.com", ANA, id="by address"),
        pytest.param("ana", ANA, id="by login"),
        pytest.param({"lead": "finance"}, MARTA, id="a team's lead"),
    ],
)
def test_a_person_becomes_owner(value, owner):
    doing = Doing()

    outcome = doing.do("assign", value)

    assert doing.ticket.owner == owner
    assert outcome.wrote == {"owner": str(owner.id)}
    assert outcome.replaced == {"owner": ""}
    assert "@" not in outcome.detail


def test_nobody_becomes_owner():
    doing = Doing()

    outcome = doing.do("assign", "nobody", a_ticket(owner=ANA))

    assert doing.ticket.owner is None
    assert outcome.wrote == {"owner": ""}
    assert outcome.replaced == {"owner": "11"}


@pytest.mark.parametrize(("value", "owner"), [("ana", ANA), ("nobody", None)])
def test_an_owner_who_is_so_stays(value, owner):
    doing = Doing()

    assert not doing.do("assign", value, a_ticket(owner=owner)).done
    assert doing.helpdesk.calls == []


def test_a_ticket_somebody_took_is_left_to_them():
    doing = Doing()
    ticket = a_ticket(owner=BEN)

    outcome = doing.do("assign", "ana", ticket, seen=seen(ticket, owner_id=None))

    assert not outcome.done
    assert "somebody changed the owner" in outcome.detail
    assert doing.ticket.owner == BEN


def test_an_owner_dropped_by_our_move_is_no_persons_decision():
    doing = Doing()
    ticket = a_ticket(group=FINANCE, owner=None)
    moved = done("group", {"group": "2", "owner": ""})

    doing.do("assign", "ben", ticket, seen=seen(ticket, owner_id=11), actions=(moved,))

    assert doing.ticket.owner == BEN


@pytest.mark.parametrize(
    ("agent", "reason"),
    [
        pytest.param(Agent(ANA, active=False), "not active", id="inactive"),
        pytest.param(
            Agent(ANA, absence=Absence(date(2026, 12, 1), date(2026, 12, 3))),
            "absent until 2026-12-03",
            id="last day",
        ),
    ],
)
def test_somebody_away_gets_nothing(agent, reason):
    doing = Doing()
    doing.helpdesk.access = {"1st Level": [agent]}

    outcome = doing.do("assign", "ana")

    assert not outcome.done
    assert reason in outcome.detail
    assert doing.helpdesk.calls == []


@pytest.mark.parametrize(
    "absence",
    [Absence(date(2026, 11, 1), date(2026, 12, 2)), Absence(date(2026, 12, 4), date(2026, 12, 9))],
    ids=["back since today", "leaves tomorrow"],
)
def test_somebody_who_is_there_gets_the_ticket(absence):
    doing = Doing()
    doing.helpdesk.access = {"1st Level": [Agent(ANA, absence=absence)]}

    assert doing.do("assign", "ana").done


def _away(person, replacement=None):
    return Agent(person, absence=Absence(date(2026, 12, 1), date(2026, 12, 3), replacement))


def test_in_place_of_somebody_away_their_replacement_gets_the_ticket():
    doing = Doing()
    doing.helpdesk.access = {"1st Level": [_away(ANA, BEN.id), Agent(BEN)]}

    outcome = doing.do("assign", "ana")

    assert outcome.done
    assert (
        outcome.detail == f"assigned to {BEN.name}, because {ANA.name} is absent until 2026-12-03"
    )
    assert outcome.wrote == {"owner": str(BEN.id)}
    assert doing.helpdesk.tickets[7].owner == BEN


def test_a_replacement_who_is_away_is_replaced_in_turn():
    doing = Doing()
    doing.helpdesk.access = {"1st Level": [_away(ANA, BEN.id), _away(BEN, MARTA.id), Agent(MARTA)]}

    doing.do("assign", "ana")

    assert doing.helpdesk.tickets[7].owner == MARTA


def test_a_replacement_who_owns_the_ticket_keeps_it():
    doing = Doing()
    doing.helpdesk.access = {"1st Level": [_away(ANA, BEN.id), Agent(BEN)]}

    outcome = doing.do("assign", "ana", a_ticket(owner=BEN))

    assert outcome.detail.startswith(f"already so: {BEN.name} owns it, because {ANA.name}")
    assert doing.helpdesk.calls == []


@pytest.mark.parametrize(
    ("access", "reason"),
    [
        pytest.param({"1st Level": [_away(ANA)]}, "absent until 2026-12-03", id="named nobody"),
        pytest.param({"1st Level": [_away(ANA, ANA.id)]}, "form a circle", id="named themselves"),
        pytest.param(
            {"1st Level": [_away(ANA, BEN.id), _away(BEN, MARTA.id), _away(MARTA, BEN.id)]},
            "form a circle",
            id="named each other",
        ),
        pytest.param({"1st Level": [_away(ANA, 99)]}, "no agent", id="named no agent"),
        pytest.param(
            {"1st Level": [_away(ANA, BEN.id), Agent(BEN, active=False)]},
            f"{BEN.name} is not active",
            id="named somebody gone",
        ),
        pytest.param(
            {"1st Level": [_away(ANA, BEN.id), _away(BEN)]},
            f"{BEN.name} is absent until 2026-12-03",
            id="named somebody away, who named nobody",
        ),
        pytest.param(
            {"1st Level": [_away(ANA, BEN.id)], "Finance": [Agent(BEN)]},
            f"{BEN.name} may not own tickets of group '1st Level'",
            id="named somebody without access",
        ),
        pytest.param(
            {"1st Level": [replace(_away(ANA, BEN.id), active=False), Agent(BEN)]},
            f"{ANA.name} is not active",
            id="left for good",
        ),
    ],
)
def test_without_a_replacement_at_work_nobody_gets_the_ticket(access, reason):
    doing = Doing()
    doing.helpdesk.access = access

    outcome = doing.do("assign", "ana")

    assert not outcome.done
    assert reason in outcome.detail
    assert doing.helpdesk.calls == []


def test_a_person_who_chose_another_owner_meanwhile_wins_over_a_replacement():
    doing = Doing()
    doing.helpdesk.access = {"1st Level": [_away(ANA, BEN.id), Agent(BEN), Agent(MARTA)]}
    ticket = a_ticket(owner=MARTA)

    outcome = doing.do("assign", "ana", ticket, seen=seen(ticket, owner_id=None))

    assert outcome.detail == "somebody changed the owner meanwhile"
    assert doing.helpdesk.calls == []


def test_the_day_of_an_absence_is_the_offices():
    doing = Doing(now=NOON.replace(hour=23, minute=30))  # half past midnight in Amsterdam
    doing.helpdesk.access = {
        "1st Level": [Agent(ANA, absence=Absence(date(2026, 12, 4), date(2026, 12, 4)))]
    }

    assert "absent" in doing.do("assign", "ana").detail


def test_somebody_without_access_is_refused_with_the_remedy():
    doing = Doing()

    with pytest.raises(
        Refused, match=r"may not own tickets of group '1st Level'.*deskladder retry"
    ):
        doing.do("assign", "ben")

    assert doing.helpdesk.calls == []


def test_somebody_without_access_where_a_person_moved_the_ticket_is_let_be():
    doing = Doing()
    ticket = a_ticket()

    outcome = doing.do("assign", "ben", ticket, seen=seen(ticket, group_id=2))

    assert not outcome.done
    assert "somebody moved the ticket to 1st Level" in outcome.detail
    assert doing.helpdesk.calls == []


def test_an_unknown_person_is_refused_with_a_guess_and_without_the_address():
    with pytest.raises(Refused, match=r"did you mean Ana Alba\?") as refused:
        Doing().do("assign", "anna@example.com")

    assert "@" not in str(refused.value)


def test_a_team_without_a_lead_is_refused():
    with pytest.raises(Refused, match="team 'front' has no lead"):
        Doing().do("assign", {"lead": "front"})


def test_a_host_that_keeps_another_owner_is_told_in_its_words():
    doing = Doing()
    doing.helpdesk.fail = Refused("the helpdesk kept another owner")

    with pytest.raises(Refused, match="kept another"):
        doing.do("assign", "ana")


# state, field -----------------------------------------------------------------------------------


def test_the_state_is_set():
    doing = Doing()

    outcome = doing.do("state", "Open")

    assert doing.ticket.state == OPEN
    assert outcome.wrote == {"state": "open"}
    assert outcome.replaced == {"state": "new"}


def test_a_pending_state_gets_its_time():
    doing = Doing()

    doing.do("state", {"to": "pending reminder", "until": "2h"})

    assert doing.ticket.state == PENDING
    assert doing.ticket.pending_until == doing.now + timedelta(hours=2)


def test_a_pending_state_without_calendar_counts_real_time():
    doing = Doing(config=a_config(calendars={}))

    doing.do("state", {"to": "pending reminder", "until": "1d"})

    assert doing.ticket.pending_until == doing.now + timedelta(days=1)


def test_a_pending_state_without_a_time_is_refused():
    with pytest.raises(Refused, match=r"needs a time: write `state: {to: pending reminder, until"):
        Doing().do("state", "pending reminder")


def test_an_unknown_state_is_refused_with_those_that_exist():
    with pytest.raises(
        Refused, match=r"it has new, open, pending reminder, closed; did you mean 'closed'\?"
    ):
        Doing().do("state", "close")


def test_a_state_that_is_so_stays():
    assert "already" in Doing().do("state", "NEW").detail


def test_a_state_a_person_changed_stays():
    doing = Doing()
    ticket = a_ticket(state=CLOSED)

    outcome = doing.do(
        "state", "open", ticket, seen=seen(ticket, state="new", state_type=StateType.NEW)
    )

    assert not outcome.done
    assert "somebody set the state closed" in outcome.detail


@pytest.mark.parametrize(
    ("value", "kept"), [(1, "1"), (True, "true"), ("gold", "gold")], ids=["number", "truth", "text"]
)
def test_a_field_is_set(value, kept):
    doing = Doing()

    outcome = doing.do("field", {"name": "level", "value": value}, a_ticket(fields={"level": None}))

    assert doing.ticket.fields == {"level": kept}
    assert outcome.wrote == {"field.level": kept}
    assert outcome.replaced == {"field.level": ""}


@pytest.mark.parametrize(("held", "value"), [(1, 1), (True, True), ("gold", "gold")])
def test_a_field_that_is_so_stays(held, value):
    outcome = Doing().do(
        "field", {"name": "level", "value": value}, a_ticket(fields={"level": held})
    )

    assert not outcome.done


# subscribe --------------------------------------------------------------------------------------


def test_somebody_follows_the_ticket():
    doing = Doing()

    outcome = doing.do("subscribe", {"lead": "finance"})

    assert doing.helpdesk.subscribers == {7: {13}}
    assert outcome.detail == "Marta Maas follows the ticket"


def test_somebody_inactive_does_not_follow():
    doing = Doing()
    doing.helpdesk.access = {"Finance": [replace(Agent(MARTA), active=False)]}

    assert "not active" in doing.do("subscribe", "marta").detail
    assert doing.helpdesk.subscribers == {}


# every write ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "value"), EVERY_WRITE[:8], ids=[name for name, _ in EVERY_WRITE[:8]]
)
def test_a_lost_answer_is_passed_on_and_repeating_is_harmless(name, value):
    doing = Doing()
    doing.helpdesk.fail, doing.helpdesk.fail_after = TryAgain("time-out", ambiguous=True), True
    ticket = a_ticket(tags=frozenset({"old"}))

    with pytest.raises(TryAgain):
        doing.do(name, value, ticket)
    after = doing.ticket
    again = doing.do(name, value, after)

    assert doing.ticket == after
    assert not again.done or name == "subscribe"
