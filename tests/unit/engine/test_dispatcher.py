"""Planned actions become calls: in order, once, and with every outcome recorded."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from plugin.domain.errors import Refused, TicketGone, TryAgain
from plugin.domain.memory import ActionState
from plugin.domain.ticket import Agent, Message, MessageKind
from plugin.engine.dispatcher import mark_of
from tests.fakes import ANA, BEN, FRONT, MARTA, a_ticket
from tests.unit.engine.workshop import ENVIRON, ESCALATE, HEAD, Workshop

DONE, FAILED, SKIPPED = ActionState.DONE, ActionState.FAILED, ActionState.SKIPPED
PLANNED, UNKNOWN, DROPPED = ActionState.PLANNED, ActionState.UNKNOWN, ActionState.DROPPED


@pytest.fixture
def shop(tmp_path):
    shop = Workshop(tmp_path)
    yield shop
    shop.store.close()


def calls(shop: Workshop) -> list[str]:
    return shop.helpdesk.calls


def test_everything_is_done_in_order_and_the_customer_hears_last(shop):
    shop.arrives()

    shop.work()

    assert calls(shop) == ["add_tags", "set_group", "set_owner", "add_note", "add_reply"]
    assert set(shop.states().values()) == {DONE}


def test_what_was_written_is_remembered_so_that_its_echo_is_known(shop):
    shop.arrives()
    shop.work()
    shop.arrives(shop.helpdesk.tickets[7], key="echo")

    claim = shop.plan()

    assert shop.store.open_actions(claim.ref, shop.now) == []
    audit = [entry.text for entry in shop.store.audit()]
    assert not any("ticket.moved" in text or "ticket.assigned" in text for text in audit)


def test_every_outcome_is_in_the_audit_with_its_rule(shop):
    shop.arrives()

    shop.work()

    entries = [entry for entry in shop.store.audit() if entry.kind == "action"]
    assert [entry.text.partition(":")[0] for entry in entries] == [
        "tag",
        "group",
        "assign",
        "note",
        "reply",
    ]
    assert {entry.rule for entry in entries} == {"billing"}


def test_the_mark_is_of_the_action_and_tells_nobody_anything():
    assert mark_of("support/7/billing/t/0.note") == mark_of("support/7/billing/t/0.note")
    assert mark_of("support/7/billing/t/0.note") != mark_of("support/8/billing/t/0.note")
    assert len(mark_of("x")) == 16


# Trouble ------------------------------------------------------------------------------------


def test_a_call_that_failed_for_now_keeps_all_that_comes_behind_it_waiting(shop):
    shop.arrives()
    shop.helpdesk.fail = TryAgain("503")

    shop.work()

    assert calls(shop) == ["add_tags"]
    assert set(shop.states().values()) == {PLANNED}
    assert {item.action.not_before > shop.now for item in shop.open().values()} == {True}


def test_when_its_time_has_come_everything_is_done(shop):
    shop.arrives()
    shop.helpdesk.fail = TryAgain("503")
    shop.work()

    shop.later(seconds=3)
    shop.work()

    assert set(shop.states().values()) == {DONE}
    assert len(shop.helpdesk.notes) == len(shop.helpdesk.replies) == 1


def test_each_failure_waits_longer_and_what_the_host_asks_for_is_the_least(shop):
    shop.arrives()
    waits = []
    shop.helpdesk.fail = TryAgain("503")
    shop.work()
    for after in (None, None, 500.0):
        waits.append(shop.open()["tag"].action.not_before - shop.now)
        shop.now = shop.open()["tag"].action.not_before
        shop.helpdesk.fail = TryAgain("503", after=after)
        shop.work()
    waits.append(shop.open()["tag"].action.not_before - shop.now)

    assert waits[0] < waits[1] < waits[2]
    assert waits[3] >= timedelta(seconds=500)


def test_a_refused_action_is_a_dead_letter_and_the_others_go_on(shop):
    shop.arrives()
    shop.helpdesk.fail = Refused("tags are switched off")

    shop.work()

    assert shop.states() == {
        "tag": FAILED,
        "group": DONE,
        "assign": DONE,
        "note": DONE,
        "reply": DONE,
    }
    (letter,) = shop.store.status(shop.now).dead_letters
    assert letter.detail == "tags are switched off"


def test_a_dead_letter_is_done_after_retry(shop):
    shop.arrives()
    shop.helpdesk.fail = Refused("tags are switched off")
    shop.work()

    shop.store.retry(None, shop.now)
    shop.act()

    assert shop.states()["tag"] is DONE
    assert "billing" in shop.helpdesk.tickets[7].tags


def test_a_bug_in_an_action_is_told_without_its_words_and_stops_nothing_else(shop, capsys):
    shop.arrives()
    shop.helpdesk.fail = ValueError("SECRETWORD")  # type: ignore[assignment]

    shop.work()

    assert shop.states()["tag"] is FAILED
    assert shop.states()["reply"] is DONE
    assert "bug" in shop.details()["tag"]
    assert "SECRETWORD" not in shop.details()["tag"] + "".join(capsys.readouterr())


def test_secrets_and_addresses_in_a_hosts_words_are_not_stored(shop):
    shop.arrives()
    shop.helpdesk.fail = Refused("user ana@example.com may not, token=abcdef123456")

    shop.work()

    assert shop.details()["tag"] == "user [address] may not, token=[secret]"


def test_a_ticket_that_is_gone_stops_its_turn(shop):
    shop.arrives()
    claim = shop.plan()
    del shop.helpdesk.tickets[7]

    with pytest.raises(TicketGone):
        shop.dispatcher.dispatch(claim, shop.live)


def test_a_token_that_stopped_working_refuses_no_action(shop, monkeypatch):
    shop.arrives()
    claim = shop.plan()
    monkeypatch.setattr(shop.helpdesk, "read", refusing("401: check the token"))

    shop.act(claim)

    assert set(shop.states().values()) == {PLANNED}


def refusing(words: str):
    def read(*_: object) -> None:
        raise Refused(words)

    return read


def test_given_up_after_days_it_is_a_dead_letter(shop):
    shop.arrives()
    shop.helpdesk.fail = TryAgain("503")
    shop.work()
    shop.later(days=4)
    shop.helpdesk.fail = TryAgain("still 503")

    shop.work()

    assert shop.states()["tag"] is FAILED
    assert shop.details()["tag"] == "given up: still 503"


# No answer ----------------------------------------------------------------------------------

NOTE_ONLY = ESCALATE.partition("      - tag")[0] + "      - note: why\n"


def unanswered(shop: Workshop, *, effect: bool) -> None:
    """The note is posted, or not, and no answer comes."""
    shop.use(NOTE_ONLY)
    shop.arrives()
    shop.helpdesk.fail = TryAgain("no answer in 30 s", ambiguous=True)
    shop.helpdesk.fail_after = effect
    shop.work()
    shop.helpdesk.fail_after = False


def test_a_note_without_an_answer_is_looked_for_before_it_is_repeated(shop):
    unanswered(shop, effect=True)
    assert shop.states()["note"] is UNKNOWN

    shop.later(minutes=5)
    shop.work()

    assert shop.states()["note"] is DONE
    assert len(shop.helpdesk.notes) == 1


def test_a_note_that_is_not_there_is_repeated_only_when_it_cannot_come_any_more(shop, monkeypatch):
    unanswered(shop, effect=False)
    shop.later(minutes=5)  # by the clock on the wall; the process has waited a moment only

    shop.work()
    assert shop.helpdesk.notes == []
    assert shop.states()["note"] is UNKNOWN

    monkeypatch.setattr("plugin.engine.dispatcher.monotonic", lambda: 1e12)
    shop.later(minutes=5)
    shop.work()

    assert shop.states()["note"] is DONE
    assert len(shop.helpdesk.notes) == 1


def test_a_note_is_not_repeated_before_the_host_gave_up_on_it(shop):
    unanswered(shop, effect=False)

    waits = shop.open()["note"].action.not_before - shop.now

    # the client's read time-out of 30 s, and a margin
    assert waits >= timedelta(seconds=35)


def test_a_write_found_done_after_a_lost_answer_counts_as_ours(shop):
    shop.use(ESCALATE.partition("      - assign")[0])
    shop.arrives()
    claim = shop.plan()
    shop.store.start_action(claim, shop.open()["tag"].action.key, shop.now)
    shop.store.start_action(claim, shop.open()["group"].action.key, shop.now)
    shop.helpdesk.set_group(a_ticket(), "Finance")  # the call that was under way
    shop.later(minutes=5)  # the process died, the lease ran out

    shop.act()

    assert shop.states() == {"tag": DONE, "group": DONE}
    shop.arrives(shop.helpdesk.tickets[7], key="echo")
    shop.plan()
    assert not any("ticket.moved" in entry.text for entry in shop.store.audit())


def test_before_the_next_decision_unanswered_calls_are_settled(shop):
    shop.use(ESCALATE.partition("      - assign")[0])
    shop.arrives()
    shop.helpdesk.fail = TryAgain("reset", ambiguous=True)
    shop.helpdesk.fail_after = True
    shop.work()
    assert shop.states()["tag"] is UNKNOWN
    shop.helpdesk.fail_after = False
    shop.arrives(shop.helpdesk.tickets[7], key="echo")

    shop.plan()

    assert shop.states()["tag"] is DONE
    assert not any("ticket.tagged" in entry.text for entry in shop.store.audit())


def test_a_refused_note_that_was_posted_all_the_same_is_not_posted_again(shop):
    shop.use(NOTE_ONLY)
    shop.arrives()
    shop.helpdesk.fail, shop.helpdesk.fail_after = Refused("500"), True
    shop.work()
    assert shop.states()["note"] is FAILED

    shop.store.retry(None, shop.now)
    shop.act()

    assert shop.states()["note"] is DONE
    assert len(shop.helpdesk.notes) == 1


# Does it still make sense? -------------------------------------------------------------------


def test_a_reply_that_waited_too_long_is_dropped(shop):
    shop.arrives()
    shop.helpdesk.fail = TryAgain("503")
    shop.work()

    shop.later(hours=5)
    shop.work()

    assert shop.states()["reply"] is DROPPED
    assert shop.states()["note"] is DONE
    assert shop.helpdesk.replies == []


def test_a_late_note_says_so(shop):
    shop.arrives()
    shop.helpdesk.fail = TryAgain("503")
    shop.work()

    shop.later(hours=1)
    shop.work()

    assert "(late)" in shop.details()["note"]


@pytest.mark.parametrize(
    ("rules", "why"),
    [
        ("rules: []\n", "not in the file any more"),
        (
            ESCALATE.replace("    once_per", "    mode: observe\n    once_per"),
            "mode is observe now",
        ),
    ],
    ids=["removed", "observe"],
)
def test_a_rule_taken_back_does_nothing_more(shop, rules, why):
    shop.arrives()
    claim = shop.plan()
    shop.use(rules)

    shop.act(claim)

    assert set(shop.states().values()) == {SKIPPED}
    assert why in shop.details()["note"]
    assert calls(shop) == []


WAITING = ESCALATE.replace("[ticket.created, customer.replied]", "[time]").replace(
    "{text: {any_of: {en: [invoice]}}}", "{unassigned: 1h}"
)


def test_a_rule_of_time_is_asked_again_before_its_first_effect(shop):
    shop.use(WAITING)
    shop.arrives()
    shop.later(hours=1)
    claim = shop.plan()
    shop.human(lambda ticket: replace(ticket, owner=ANA))

    shop.act(claim)

    assert set(shop.states().values()) == {SKIPPED}
    assert shop.details()["note"].startswith("no longer so")


def test_a_rule_of_time_finishes_what_it_has_begun_although_its_own_write_ended_the_cause(shop):
    shop.use(WAITING)
    shop.arrives()
    shop.later(hours=1)

    shop.work()

    assert shop.helpdesk.tickets[7].owner == BEN
    assert shop.states()["note"] is DONE
    assert shop.states()["reply"] is DONE


def test_a_person_at_work_is_left_alone_for_the_grace_and_the_note_waits_too(shop):
    shop.arrives()
    claim = shop.plan()
    shop.later(seconds=30)
    shop.human(lambda ticket: replace(ticket, subject="Invoice 4711, mine"))

    shop.act(claim)

    assert calls(shop) == ["add_tags"]
    assert shop.states()["group"] is PLANNED
    assert shop.states()["note"] is PLANNED
    assert shop.open()["group"].action.not_before == shop.now + timedelta(minutes=5)


def test_a_ticket_a_person_took_is_not_taken_from_them(shop):
    shop.arrives()
    claim = shop.plan()
    shop.human(lambda ticket: replace(ticket, owner=MARTA))
    shop.later(minutes=6)
    claim = shop.store.renew(claim, shop.now, timedelta(minutes=9))

    shop.act(claim)

    assert shop.helpdesk.tickets[7].owner == MARTA
    assert shop.states()["assign"] is SKIPPED


def test_the_note_tells_what_was_skipped_right_before_it(shop):
    shop.arrives()
    claim = shop.plan()
    shop.human(lambda ticket: replace(ticket, owner=MARTA))

    shop.act(claim)

    assert "somebody changed the owner meanwhile" in shop.helpdesk.notes[0][1]


def test_the_note_tells_what_was_refused_right_before_it(shop):
    shop.arrives()
    everybody = [Agent(ANA), Agent(BEN), Agent(MARTA)]
    shop.helpdesk.access = {"1st Level": everybody, "Finance": [Agent(ANA)]}

    shop.work()

    assert "Ben Berg may not own tickets of group" in shop.helpdesk.notes[0][1]


def test_the_note_is_written_at_a_fresh_read_and_tells_what_was_done(shop):
    shop.arrives()

    shop.work()

    ((_, html, mark),) = shop.helpdesk.notes
    assert "Finance" in html
    assert mark == mark_of(f"support/7/billing/t/{3}.note")


# Guards -------------------------------------------------------------------------------------


def test_over_the_global_limit_actions_wait_and_nothing_is_lost(shop):
    shop.use(ESCALATE, HEAD + "guards: {actions_per_5m: 2}\n")
    shop.arrives()

    shop.work()

    assert calls(shop) == ["add_tags", "set_group"]
    assert [entry.kind for entry in shop.store.audit()].count("guard") == 1
    for _ in range(2):
        shop.later(minutes=6)
        shop.act()
    assert set(shop.states().values()) == {DONE}


def test_two_tickets_of_one_customer_decided_side_by_side_get_no_more_replies_than_allowed(shop):
    shop.use(ESCALATE, HEAD + "guards: {replies_per_customer_per_day: 1}\n")
    other = a_ticket(ref=replace(a_ticket().ref, id=8))
    for ticket in (a_ticket(), other):
        shop.arrives(ticket)
    lease = timedelta(seconds=90)
    claims = shop.store.claim(shop.now, worker="w", limit=5, lease=lease)
    from plugin.engine.look import look

    looks = [look(claim, shop.live, shop.means, shop.dispatcher) for claim in claims]
    shop.store.store_plans([(one.claim, one.plan, one.customer) for one in looks])

    for claim in claims:
        shop.act(claim)

    assert len(shop.helpdesk.replies) == 1
    assert sorted([shop.states(7)["reply"], shop.states(8)["reply"]]) == ["done", "guarded"]


def test_no_secret_of_the_file_is_needed_for_any_of_this(shop):
    assert ENVIRON["TOKEN"] not in repr(shop.live)
    assert FRONT.name == "1st Level"


PROMISE = """\
sla:
  - {name: standard, targets: {first_response: 1h}, at_risk: [75%]}
rules:
  - name: late
    on: [sla.breached]
    do: [{tag: late}, {note: why}]
"""


def test_a_warning_that_waited_until_the_answer_came_is_not_given(shop):
    shop.use(PROMISE)
    shop.arrives()
    shop.later(hours=1)
    claim = shop.plan()
    reply = Message(9, MessageKind.AGENT, ANA, shop.now)
    shop.human(lambda ticket: replace(ticket, messages=(*ticket.messages, reply)))

    shop.act(claim)

    assert set(shop.states().values()) == {SKIPPED}
    assert "clock has stopped, an agent answered" in shop.details()["note"]


def test_a_warning_says_which_clock_and_since_when(shop):
    shop.use(PROMISE)
    shop.arrives()
    shop.later(hours=1)

    shop.act(shop.plan())

    assert set(shop.states().values()) == {DONE}
    ((_, note, _),) = shop.helpdesk.notes
    assert "first response took longer than 1h" in note
    assert "SLA standard: first response was due" in note
