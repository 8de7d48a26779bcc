"""Rules with `manual` hear of every escalation that somebody asked for by hand."""

from __future__ import annotations

from pathlib import Path

import pytest

from plugin.domain.escalation import Ask
from tests.fakes import ANA
from tests.unit.engine.climb import NO_HINT, Climb

RULES = """\
rules:
  - name: asked for
    on: [manual]
    do: [{tag: by-hand}]
    once_per: ticket
"""


@pytest.fixture
def climb(tmp_path: Path) -> Climb:
    climb = Climb(tmp_path, RULES, NO_HINT)
    climb.begin()
    return climb


def test_a_command_in_a_note_is_heard(climb: Climb) -> None:
    climb.says(ANA, "/escalate finance wrong invoice")
    climb.settle()

    assert "by-hand" in climb.tag_names
    assert climb.stands == ("open", 1)


def test_the_tag_is_heard(climb: Climb) -> None:
    climb.tags("escalate")
    climb.settle()

    assert climb.tag_names == {"by-hand", "escalated", "esc-l1"}


def test_another_system_is_heard(climb: Climb) -> None:
    climb.asks(Ask.ESCALATE, by="monitor", params={"policy": "finance"})
    climb.settle()

    assert "by-hand" in climb.tag_names


def test_what_came_to_nothing_is_not_heard(climb: Climb) -> None:
    climb.closes()
    climb.says(ANA, "/escalate finance")
    climb.settle()

    assert any("closed" in text for text in climb.note_texts)
    assert "by-hand" not in climb.tag_names


def test_an_escalation_by_a_rule_is_not_by_hand(tmp_path: Path) -> None:
    rules = RULES + "  - {name: always, on: [ticket.created], do: [{escalate: finance}]}\n"
    climb = Climb(tmp_path, rules, NO_HINT)

    climb.begin()

    assert climb.stands == ("open", 1)
    assert "by-hand" not in climb.tag_names
