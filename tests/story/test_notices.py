"""Messages at night, with the whole service and both hosts: held, told at nine as one, or dropped."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.story.test_ladder import ANA, MARTA, POLICY, RULE, Ladder
from tests.story.test_sla import local
from tests.story.world import HOSTS, wait_for

# Apprise reads an old module of the standard library when it is first used.
pytestmark = pytest.mark.filterwarnings("ignore:.*imghdr.*:DeprecationWarning")

PATIENT = POLICY.replace("ack_within: 1h", "ack_within: 20h").replace(
    "    type: functional\n", "    type: functional\n    ack_timeout: 20h\n"
)


class Night(Ladder):
    """Tuesday, 22:00; the lead works from nine to five."""

    def __init__(self, host: str, folder: Path) -> None:
        super().__init__(host, folder, PATIENT + RULE, "2026-11-24 22:00")
        self.write_config(
            self.rules.replace("marta@example.com: {}", "marta@example.com: {calendar: office}")
        )

    def messages(self) -> list[str]:
        """How the messages that were kept stand, in order."""
        rows = self.store._database.read(lambda t: t.rows("SELECT state FROM notices ORDER BY id"))
        return [state for (state,) in rows]


@pytest.fixture(params=HOSTS)
def night(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Night]:
    with Night(str(request.param), tmp_path) as night:
        night.start()
        yield night


def test_f12_nobody_is_told_at_midnight_and_f13_one_message_comes_at_nine(night: Night) -> None:
    tickets = [night.escalated() for _ in range(3)]
    night.passes("2026-11-25 08:59")
    assert night.messages() == ["held"] * 3
    assert night.told == []

    night.passes("2026-11-25 09:00")
    wait_for(lambda: night.messages() == ["told"] * 3)

    assert night.told == [f"{MARTA}: Deskladder: 3 messages"]
    assert [night.stands(ticket) for ticket in tickets] == [("open", 1)] * 3
    night.passes("2026-11-25 12:00")
    assert len(night.told) == 1


def test_what_was_acknowledged_at_night_is_not_told_in_the_morning(night: Night) -> None:
    kept, taken = night.escalated(), night.escalated()
    night.desk.agent_notes(taken, ANA, "/ack")
    night.settle()
    assert night.stands(taken) == ("acknowledged", 1)

    night.passes("2026-11-25 09:00")
    wait_for(lambda: sorted(night.messages()) == ["dropped", "told"])

    number = night.desk.number(kept)
    assert night.told == [f"{MARTA}: Escalated: support #{number}, policy finance"]


def test_a_restart_at_night_loses_nothing_and_repeats_nothing(night: Night) -> None:
    night.escalated()
    night.stop()
    night.hands = local("2026-11-25 09:30")

    night.start()
    wait_for(lambda: night.messages() == ["told"])
    night.stop()
    night.start()
    night.passes("2026-11-25 11:00")

    assert len(night.told) == 1
