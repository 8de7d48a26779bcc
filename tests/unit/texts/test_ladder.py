"""What a text about a ladder says: times, people and what comes next, from the escalation alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from plugin.domain.duration import Duration
from plugin.domain.escalation import Cause, Escalation, Phase, Source, Taken
from plugin.domain.ladder import Kind, Level, Policy, Responsible
from plugin.domain.memory import ActionRecord, ActionState
from plugin.domain.settings import Config, Team
from plugin.texts.ladder import LadderWords, ladder_words, level_times, responsible_id
from tests.given import MONDAY, OFFICE, config, hours, minutes

FUNCTIONAL, HIERARCHICAL = Kind.FUNCTIONAL, Kind.HIERARCHICAL
HINT = Level(0, "hint", FUNCTIONAL, wait=Duration(minutes=30), authority="refund")
FIRST = Level(
    1, "experts", FUNCTIONAL, Responsible(team="finance"), ack_within=Duration(minutes=60)
)
SECOND = Level(
    2, "", FUNCTIONAL, Responsible(team="finance", skill="billing"), ack_within=Duration(minutes=60)
)
LAST = Level(3, "", HIERARCHICAL, Responsible(lead="finance"), ack_within=Duration(minutes=120))
POLICY = Policy("finance", FUNCTIONAL, (HINT, FIRST, SECOND, LAST))
NAMES = {"21": "Ana", "22": "Ben", "marta@example.com": "Marta"}


def the_file(**fields: object) -> Config:
    teams = {"finance": Team("finance", "Finance", "marta@example.com")}
    return config(calendar=OFFICE, teams=teams, **fields)


def escalation(level: int = 1, **changes: object) -> Escalation:
    """Open, entered at this level with step 2, at Monday 9:00."""
    made = Escalation(
        number=1,
        policy=POLICY,
        phase=Phase.OPEN,
        level=level,
        start=0,
        top=3,
        opened_at=MONDAY,
        entered_at=MONDAY,
        changed_at=MONDAY,
        causes=(Cause(Source.RULE, "late", "sla", "nobody owns the ticket", MONDAY),),
        step=2,
        entered_step=2,
        taken=(
            Taken(1, MONDAY, "level", 0, "nobody owns the ticket"),
            Taken(2, MONDAY, "level", level, "nobody acknowledged level 0 in time"),
        ),
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def record(
    name: str, step: int = 2, *, done_at: datetime | None = MONDAY, **changes: object
) -> ActionRecord:
    made = ActionRecord(
        key=f"{step}.{name}",
        rule="ladder: finance",
        name=name,
        state=ActionState.DONE if done_at else ActionState.PLANNED,
        planned_at=MONDAY,
        done_at=done_at,
        cycle=f"e1.{step}",
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def words(
    one: Escalation,
    *records: ActionRecord,
    language: str = "en",
    now: datetime = MONDAY,
    **more: object,
) -> LadderWords:
    return ladder_words(
        one,
        records,
        the_file(),
        now,
        language=language,
        names=lambda who: NAMES.get(who, ""),
        **more,  # type: ignore[arg-type]
    )


# Times ------------------------------------------------------------------------------------------


def test_a_level_has_its_time_from_when_its_actions_were_done():
    later = MONDAY + minutes(10)

    times = level_times(
        escalation(), [record("tag"), record("note", done_at=later)], the_file(), later
    )

    assert times.ack_by == times.next_at == later + hours(1)


def test_while_they_are_not_all_done_it_counts_from_now():
    now = MONDAY + minutes(5)

    times = level_times(escalation(), [record("note", done_at=None)], the_file(), now)

    assert times.ack_by == now + hours(1)


@pytest.mark.parametrize("name", ["notify", "webhook", "reply"])
def test_what_is_done_outside_does_not_hold_the_time_up(name):
    records = [record("note"), record(name, done_at=MONDAY + hours(3))]

    assert level_times(escalation(), records, the_file(), MONDAY).ack_by == MONDAY + hours(1)


def test_the_night_does_not_count():
    evening = MONDAY + hours(7.5)

    times = level_times(escalation(entered_at=evening), [], the_file(), evening)

    assert times.ack_by == MONDAY + hours(24.5)


def test_without_a_calendar_real_time_counts():
    times = level_times(escalation(entered_at=MONDAY + hours(20)), [], config(), MONDAY)

    assert times.ack_by == MONDAY + hours(21)


def test_what_must_be_solved_sooner_than_acknowledged_moves_the_ladder_then():
    level = replace(FIRST, resolve_within=Duration(minutes=20))
    one = escalation(policy=replace(POLICY, levels=(level, LAST)))

    times = level_times(one, [], the_file(), MONDAY)

    assert (times.ack_by, times.resolve_by) == (MONDAY + hours(1), MONDAY + minutes(20))
    assert times.next_at == MONDAY + minutes(20)


def test_the_hint_waits_for_an_answer_and_asks_nobody():
    times = level_times(escalation(level=0), [], the_file(), MONDAY)

    assert (times.ack_by, times.next_at) == (None, MONDAY + minutes(30))


# What comes next --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("level", "changes", "following", "who"),
    [
        (0, {}, "1", "somebody of Finance"),
        (1, {}, "2", "somebody of Finance who knows billing"),
        (2, {}, "3", "Marta, lead of finance"),
        (3, {}, "", ""),
        (1, {"top": 1}, "", ""),
        (3, {"policy": replace(POLICY, repeat=1)}, "1", "somebody of Finance"),
        (
            3,
            {"policy": replace(POLICY, repeat=1), "start": 2},
            "2",
            "somebody of Finance who knows billing",
        ),
        (3, {"policy": replace(POLICY, repeat=1), "round": 1}, "", ""),
    ],
)
def test_the_next_level_and_who_has_it(level, changes, following, who):
    said = words(escalation(level, **changes))

    assert (said.next_level, said.next_responsible) == (following, who)


@pytest.mark.parametrize("phase", [one for one in Phase if one is not Phase.OPEN])
def test_nothing_comes_by_itself_unless_it_is_open(phase):
    said = words(escalation(phase=phase))

    assert said.next_at is said.ack_by is None


def test_a_snooze_and_an_acknowledgement_say_until_when():
    snoozed = words(escalation(phase=Phase.SNOOZED, snoozed_until=MONDAY + hours(2)))
    taken = words(
        escalation(
            phase=Phase.ACKNOWLEDGED,
            acknowledged_by="21",
            acknowledged_at=MONDAY,
            worked_at=MONDAY + hours(1),
        )
    )

    assert snoozed.until == MONDAY + hours(2)
    assert taken.until == MONDAY + hours(25)  # eight hours of work later: tomorrow at ten
    assert (taken.phase, taken.by) == ("acknowledged by Ana", "Ana")


# Who --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "level", "who"),
    [
        ("en", 1, "somebody of Finance"),
        ("de", 2, "jemand aus Finance mit Kenntnis in billing"),
        ("nl", 3, "Marta, leiding van finance"),
    ],
)
def test_before_anybody_was_chosen_the_policy_says_who(language, level, who):
    assert words(escalation(level), language=language).responsible == who


def test_once_somebody_was_chosen_it_is_that_person():
    said = words(escalation(had=("22", "21")), record("assign", wrote={"owner": "21"}))

    assert said.responsible == "Ana"
    assert said.had == ("Ben",)


def test_where_nobody_could_be_found_it_is_nobody():
    left = record("assign", state=ActionState.SKIPPED, detail="left to nobody: …")

    assert words(escalation(), left).responsible == ""


def test_opened_again_it_is_still_who_had_the_level():
    taken = (
        *escalation().taken,
        Taken(3, MONDAY, "snoozed", 1, ""),
        Taken(4, MONDAY, "open", 1, ""),
    )
    again = escalation(step=4, entered_step=4, taken=taken)

    assert responsible_id(again, [record("assign", wrote={"owner": "21"})]) == "21"


def test_a_level_further_it_is_not_who_had_the_one_before():
    taken = (*escalation().taken, Taken(3, MONDAY, "level", 2, ""))
    further = escalation(2, step=3, entered_step=3, taken=taken)

    assert responsible_id(further, [record("assign", wrote={"owner": "21"})]) == ""


# Why --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cause", "english", "german"),
    [
        (
            Cause(Source.RULE, "late", "sla", "nobody owns the ticket", MONDAY),
            "late (sla): nobody owns the ticket",
            "late (sla): niemand ist zuständig",
        ),
        (Cause(Source.RULE, "late", "", "", MONDAY), "late", "late"),
        (
            Cause(Source.NOTE, "", "third time", "", MONDAY, by="Ana"),
            "a note asks for it: third time",
            "eine Notiz verlangt es: third time",
        ),
        (Cause(Source.TAG, "", "", "", MONDAY), "a tag asks for it", "ein Tag verlangt es"),
        (
            Cause(Source.OUTSIDE, "", "", "", MONDAY, by="bot"),
            "another system asks for it",
            "ein anderes System verlangt es",
        ),
    ],
    ids=["rule", "bare rule", "note", "tag", "outside"],
)
def test_a_cause_says_where_it_came_from(cause, english, german):
    one = escalation(causes=(cause,))

    assert words(one).causes[0].why == english
    assert words(one, language="de").causes[0].why == german


def test_outside_the_helpdesk_nobodys_words_are_repeated():
    one = escalation(causes=(Cause(Source.NOTE, "", "SECRET", "", MONDAY, by="Ana"),))

    said = words(one, quoting=False)

    assert said.causes[0].why == "a note asks for it"
    assert "SECRET" not in str(replace(said, causes=(replace(said.causes[0], reason=""),)))


def test_why_this_level_is_left_out_where_the_cause_says_it_already():
    assert words(escalation(), step=1).because == ""
    assert words(escalation(), step=2).because == "nobody acknowledged level 0 in time"


def test_what_was_put_back_is_told_and_what_was_not_is_not():
    over = escalation(
        phase=Phase.RESOLVED, step=3, taken=(Taken(3, MONDAY, "resolved", 1, "over"),)
    )

    said = words(
        over,
        record("undo", 3, detail="back in 1st Level"),
        record("undo", 3, detail="somebody changed the owner meanwhile", state=ActionState.SKIPPED),
        record("tag", 2, detail="tagged x"),
        language="nl",
    )

    assert said.undone == ("terug in 1st Level",)
