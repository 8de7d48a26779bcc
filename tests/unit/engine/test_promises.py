"""What a customer is promised on a ladder: the level's own deadline, in their language and time (F8, F10)."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from plugin.domain.memory import ActionState
from plugin.domain.ticket import MessageKind
from tests.fakes import GUEST, a_message
from tests.unit.engine.climb import NO_HINT
from tests.unit.engine.night import HEAD, Night

SAY_WHEN = HEAD.replace(
    '{sorry: {en: "Dear {{ customer.name }}, we are on it."}}',
    "{sorry: {en: 'We are on it. You hear from us by {{ promise_at }}.', "
    "nl: 'Wij zijn bezig. U hoort uiterlijk {{ promise_at }} van ons.'}}",
).replace("mode: act}", "mode: act, promise: 10h, calendar: always}")
POLICY = NO_HINT.replace(
    "    type: functional\n", "    type: functional\n    calendar: always\n", 1
)
SOLVED = POLICY.replace("ack_within: 1h, do:", "ack_within: 1h, resolve_within: 8h, do:")
OPEN_END = POLICY.replace("ack_within: 1h, do:", "notify: [{to: responsible}], do:")


def promised(folder: Path, policy: str = POLICY, **changes: object) -> list[str]:
    """The replies at Thursday, 13:00 in Amsterdam."""
    night = Night(folder, policy=policy, head=SAY_WHEN)
    night.begin(**changes)
    return [html for _, html, _ in night.helpdesk.replies]


@pytest.mark.parametrize(
    ("policy", "until"),
    [
        pytest.param(POLICY, "Thu 3 Dec, 14:00", id="when it must be acknowledged"),
        pytest.param(SOLVED, "Thu 3 Dec, 21:00", id="rather when it must be solved"),
        pytest.param(OPEN_END, "Thu 3 Dec, 23:00", id="else what defaults promise"),
        pytest.param(
            POLICY.replace("{reply: sorry}", "{reply: {name: sorry, promise: 3h}}"),
            "Thu 3 Dec, 16:00",
            id="the reply's own promise wins",
        ),
    ],
)
def test_the_promise_is_the_levels_deadline(tmp_path: Path, policy: str, until: str) -> None:
    assert promised(tmp_path, policy) == [f"<p>We are on it. You hear from us by {until}.</p>"]


def test_f10_it_is_said_in_the_customers_language_and_zone(tmp_path: Path) -> None:
    guest = replace(GUEST, language="nl", timezone="Asia/Tokyo")

    (reply,) = promised(tmp_path, customer=guest)

    assert reply == "<p>Wij zijn bezig. U hoort uiterlijk do 3 dec., 22:00 uur van ons.</p>"


def test_f10_a_promise_of_the_past_is_not_made(tmp_path: Path) -> None:
    policy = SOLVED.replace("resolve_within: 8h", "resolve_within: 2h").replace(
        "    ack_timeout", "    exhausted: {do: [{reply: sorry}]}\n    ack_timeout"
    )
    night = Night(
        tmp_path, policy=policy.replace(", do: [{reply: sorry}]}\n", "}\n", 1), head=SAY_WHEN
    )
    night.begin()
    night.passes(hours=5)

    assert night.stands == ("exhausted", 3)
    assert [html for _, html, _ in night.helpdesk.replies] == ["<p>We are on it.</p>"]


def test_one_reply_in_an_escalation_however_many_levels_want_one(tmp_path: Path) -> None:
    policy = POLICY.replace("ack_within: 1h}", "ack_within: 1h, do: [{reply: sorry}]}")
    night = Night(tmp_path, policy=policy, head=SAY_WHEN)
    night.begin()

    night.passes(hours=3)

    assert night.stands == ("open", 3)
    assert len(night.helpdesk.replies) == 1


@pytest.mark.parametrize(
    ("customer", "message"),
    [
        pytest.param(replace(GUEST, email="noreply@shop.example"), {}, id="a robot's address"),
        pytest.param(replace(GUEST, email=""), {}, id="nobody's address"),
        pytest.param(GUEST, {"automatic": "out of office"}, id="an automatic message last"),
    ],
)
def test_f1_a_robot_is_promised_nothing(tmp_path: Path, customer, message) -> None:
    night = Night(tmp_path, head=SAY_WHEN)
    first = a_message(1, created_at=night.now, author=customer)
    last = a_message(2, created_at=night.now, author=customer, text="I am away", **message)

    night.begin(customer=customer, messages=(first, last))

    assert night.helpdesk.replies == []
    replies = [one for one in night.memory.actions if one.name == "reply"]
    assert [one.state in {ActionState.SKIPPED, ActionState.GUARDED} for one in replies] == [True]
    assert replies[0].detail


def test_f8_our_reply_stops_no_clock(tmp_path: Path) -> None:
    late = "sla: [{name: standard, calendar: always, targets: {first_response: 4h}}]\n"
    night = Night(tmp_path, policy=POLICY + late, head=SAY_WHEN)
    night.begin()
    (reply,) = night.helpdesk.replies
    ours = a_message(
        50, kind=MessageKind.AGENT, text=reply[1], created_at=night.now, ours=True, mark=reply[2]
    )

    night.changes(messages=(*night.helpdesk.tickets[7].messages, ours))
    night.passes(hours=4, minutes=1)

    events = [entry.text for entry in night.audit() if entry.kind == "event"]
    assert any(text.startswith("sla.breached") for text in events)
    assert not any(text.startswith(("sla.met", "agent.replied")) for text in events)
