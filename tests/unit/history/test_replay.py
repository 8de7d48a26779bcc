"""A replay does what the service would have done, and counts what came of it."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest

from plugin.domain.ticket import Change, MessageKind, TicketRef
from plugin.engine.decide import decide
from plugin.history.premise import premise_of
from plugin.history.report import Report, compare
from plugin.history.tally import outside_hours
from tests.given import ANA, BEN, MONDAY, OFFICE, hours, message, minutes
from tests.unit.history.playing import STATES, WEEK, closed, config_of, past, play

TAGGING = "rules: [{name: tag it, on: [ticket.created], do: [{tag: seen}]}]"


@pytest.fixture
def config(tmp_path):
    return lambda text, name="deskladder.yaml": config_of(text, tmp_path, name)


def numbered(number, one, **more):
    """The same past as another ticket."""
    ref = TicketRef("support", number)
    return replace(one, ticket=replace(one.ticket, ref=ref, number=str(number), **more))


def test_our_own_effects_count_for_what_comes_later(config):
    rules = """
rules:
  - {name: take it, on: [ticket.created], do: [{assign: ana@example.com}, {tag: ours}]}
  - {name: nobody owns it, on: [time], when: {unassigned: 1h}, do: [{tag: forgotten}]}
  - {name: tagged, on: [time], when: {tags: ours, waiting: 10m}, do: [{priority: high}]}
"""
    counts = play(config(rules), past()).counts

    assert counts.by_rule == {"take it": 1, "tagged": 1}
    assert counts.by_person == {"Ana": 1}
    assert counts.actions["priority", "done"] == 1


def test_our_own_effects_are_no_news(config):
    rules = """
rules:
  - {name: move it, on: [ticket.created], do: [{group: Finance}, {tag: moved}]}
  - {name: moved, on: [ticket.moved, ticket.tagged, ticket.updated], do: [{tag: echo}]}
"""
    assert play(config(rules), past()).counts.by_rule == {"move it": 1}


def test_what_the_helpdesk_would_refuse_is_told(config):
    rules = "rules: [{name: send it, on: [ticket.created], do: [{group: Kitchen}, {assign: eve@example.com}]}]"

    counts = play(config(rules), past()).counts

    assert {(rule, action) for rule, action, _ in counts.refused} == {
        ("send it", "group"),
        ("send it", "assign"),
    }
    assert any("no group 'Kitchen'" in why for _, _, why in counts.refused)


def test_a_ticket_a_person_has_just_touched_is_left_alone_for_a_while(config):
    rules = "rules: [{name: take it, on: [customer.replied], do: [{assign: ana@example.com}]}]"
    touched = past(
        message(1, at=MONDAY),
        message(2, at=MONDAY + hours(1), kind=MessageKind.NOTE, author=BEN),
        message(3, at=MONDAY + hours(1) + minutes(1)),
        updated_at=MONDAY + hours(2),
    )

    tally = play(config(rules), touched)

    assert tally.counts.by_person == {"Ana": 1}
    assert tally.counts.actions["assign", "done"] == 1


def test_more_than_the_budget_waits_and_nothing_is_lost(config):
    text = "guards: {actions_per_5m: 2}\n" + TAGGING
    crowd = [numbered(n, past()) for n in range(1, 6)]

    counts = play(config(text), *crowd).counts

    assert counts.guards["actions_per_5m"] > 0
    assert counts.actions["tag", "done"] == 5


def test_a_rule_that_runs_wild_is_held_back_and_counted(config):
    rules = "rules: [{name: answer, on: [customer.replied], once_per: message, do: [{note: why}]}]"
    said = [message(1, at=MONDAY)]
    said += [message(n, at=MONDAY + minutes(5 * n)) for n in range(2, 9)]

    counts = play(config(rules), past(*said, updated_at=MONDAY + hours(1))).counts

    assert counts.guards["loop_firings"] == 1
    assert counts.actions["note", "done"] == 3
    assert counts.by_rule["answer"] == 7


@pytest.mark.parametrize(
    ("as_written", "outcome"),
    [(False, "done"), (True, "observed")],
    ids=["as if acting", "as written"],
)
def test_rules_that_observe_are_taken_as_if_they_acted(config, as_written, outcome):
    counts = play(config(TAGGING), past(), as_written=as_written).counts

    assert counts.actions == {("tag", outcome): 1}


def test_the_report_says_what_was_assumed(config):
    text = "defaults: {enforce_from: 2027-01-01}\n" + TAGGING

    premise = premise_of(config(text), MONDAY, as_written=False)

    assert premise.config.defaults.enforce_from is None
    assert "1 rule that only would have observed was taken as if to act" in premise.assumed
    assert "enforce_from was left out" in premise.assumed


def test_a_rule_that_is_off_stays_off(config):
    rules = "rules: [{name: tag it, mode: off, on: [ticket.created], do: [{tag: seen}]}]"

    assert play(config(rules), past()).counts.by_rule == {}


def test_a_ticket_from_before_is_no_news_until_something_happens(config):
    rules = """
rules:
  - {name: created, on: [ticket.created], do: [{tag: created}]}
  - {name: replied, on: [customer.replied], do: [{tag: replied}]}
"""
    old = past(
        message(1, at=MONDAY - hours(30)),
        message(2, at=MONDAY - hours(20)),
        message(3, at=MONDAY + hours(1)),
        updated_at=MONDAY + hours(1),
    )

    assert play(config(rules), old).counts.by_rule == {"replied": 1}


def test_timers_reach_the_end_of_the_period_and_not_further(config):
    rules = "rules: [{name: idle, on: [time], when: {waiting: 7d}, do: [{tag: idle}]}]"
    just_in_time, too_late = (
        past(),
        numbered(2, past(message(2, at=MONDAY + minutes(1)), updated_at=MONDAY + minutes(1))),
    )

    assert play(config(rules), just_in_time, too_late).counts.by_rule == {"idle": 1}


LADDER = """
defaults: {calendar: office, language: en}
calendars: {office: {timezone: UTC, hours: 24/7}}
teams: {finance: {group: Finance, lead: ben@example.com, pool: {members: [ana@example.com, ben@example.com], strategy: round_robin, if_none: lead}}}
policies:
  finance:
    type: functional
    levels:
      - {responsible: {team: finance}, ack_within: 1h, do: [{reply: we_look}]}
      - {responsible: {lead: finance}, ack_within: 2h}
replies: {we_look: {en: "Dear {{ customer.name }}, we look at it."}}
rules:
  - {name: billing, on: [ticket.created], do: [{escalate: {policy: finance, reason: money}}]}
"""


def test_a_ladder_nobody_answers_is_climbed_to_its_end(config):
    counts = play(config(LADDER), past()).counts

    assert counts.by_level == {"finance, level 1": 1, "finance, level 2": 1}
    assert counts.by_policy == {"finance": 1}
    assert counts.by_reason == {"money": 2}
    assert counts.ladders == {"level": 2, "exhausted": 1}
    assert counts.escalations == 2
    assert counts.by_person == {"Ana": 1, "Ben": 1}
    assert counts.mails == {"we_look": 1}


def test_an_answer_by_whomever_stops_the_ladder(config):
    answered = past(
        message(1, at=MONDAY),
        message(2, at=MONDAY + minutes(30), kind=MessageKind.AGENT, author=BEN),
        updated_at=MONDAY + minutes(30),
    )

    counts = play(config(LADDER), answered).counts

    # It had been given to Ana; who answered then would have been Ana.
    assert counts.ladders["acknowledged"] == 1
    assert counts.by_level["finance, level 1"] >= 1


def test_turns_in_a_pool_go_round(config):
    crowd = [
        numbered(n, closed(MONDAY + hours(n) + minutes(30)), created_at=MONDAY + hours(n),
                 messages=(message(n, at=MONDAY + hours(n)),))
        for n in range(1, 7)
    ]  # fmt: skip

    by_turns = LADDER.replace(
        "{responsible: {lead: finance}, ack_within: 2h}", "{responsible: {team: finance}}"
    )

    counts = play(config(by_turns), *crowd).counts

    assert counts.by_person == {"Ana": 3, "Ben": 3}


def test_whom_the_next_level_asks_is_spared_while_there_is_somebody_else(config):
    crowd = [
        numbered(n, closed(MONDAY + hours(n) + minutes(30)), created_at=MONDAY + hours(n),
                 messages=(message(n, at=MONDAY + hours(n)),))
        for n in range(1, 4)
    ]  # fmt: skip

    counts = play(config(LADDER), *crowd).counts

    assert counts.by_person == {"Ana": 3}


def test_steps_of_a_ladder_are_no_firings_as_well(config):
    counts = play(config(LADDER), closed(MONDAY + minutes(20))).counts

    assert counts.by_rule == {"billing": 1}
    assert counts.escalations == 1


def test_two_files_on_the_same_past(config):
    new = play(config(TAGGING.replace("seen", "new")), past(), stories=True)
    old = play(config("rules: []", "old.yaml"), past(), stories=True)

    (changed,) = compare("old.yaml", old, new).changed

    assert changed.only_new[0] == f"{MONDAY:%Y-%m-%d %H:%M} rule 'tag it' fired"
    assert changed.only_new[1] == "in 1st Level, owner nobody, priority normal, tags new"
    assert changed.only_old == ()


def test_a_file_differs_from_itself_in_nothing(config):
    tallies = [play(config(LADDER), past(), stories=True) for _ in range(2)]

    assert compare("same.yaml", *tallies).changed == ()
    assert tallies[0].counts == tallies[1].counts


def test_one_ticket_that_breaks_the_code_does_not_cost_the_others(config, monkeypatch):
    def decide_but(config, ticket, memory, now):
        if ticket.ref.id == 2:
            raise RuntimeError
        return decide(config, ticket, memory, now)

    monkeypatch.setattr("plugin.history.replay.decide", decide_but)

    counts = play(config(TAGGING), *(numbered(n, past()) for n in (1, 2, 3))).counts

    assert counts.by_rule == {"tag it": 2}
    assert counts.failed == [TicketRef("support", 2)]


SUNDAY = MONDAY - timedelta(days=1)


@pytest.mark.parametrize(
    ("at", "office", "kind"),
    [
        pytest.param(MONDAY + hours(2), OFFICE, "", id="office hours"),
        pytest.param(MONDAY + hours(14), OFFICE, "night", id="in the evening"),
        pytest.param(SUNDAY, OFFICE, "weekend or holiday", id="on Sunday"),
        pytest.param(MONDAY + hours(2), None, "", id="in daytime, no calendar"),
        pytest.param(MONDAY + hours(14), None, "night", id="at night, no calendar"),
        pytest.param(SUNDAY, None, "weekend or holiday", id="on Sunday, no calendar"),
    ],
)
def test_when_people_are_disturbed(at, office, kind):
    assert outside_hours(at, at, office) == kind


def test_the_report_is_told_in_words_numbers_and_pictures(config):
    text = "sla: [{name: standard, targets: {first_response: 1h}}]\n" + LADDER
    counts = play(config(text), past(), numbered(2, closed(MONDAY + hours(30)))).counts
    report = Report(
        MONDAY, MONDAY + WEEK, "new <b>.yaml", ("support",), "UTC", ("so & so",), counts
    )

    words, numbers, page = report.as_text(), report.as_json(), report.as_html()

    assert "finance, level 1" in words
    assert "standard first_response 0 %" in " ".join(words.split())
    assert numbers["escalations"] == sum(numbers["by_hour"]) == sum(numbers["by_weekday"].values())
    assert numbers["sla"][0]["attainment"] == 0.0
    assert "new &lt;b&gt;.yaml" in page
    assert "<b>" not in page.replace("<b>", "", page.count('<div class="tile"><b>'))
    assert page.count("<svg") == page.count("</svg>") >= 5


def test_an_address_that_is_none_is_no_link(config):
    one = past(url="javascript:alert(1)")
    report = Report(
        MONDAY, MONDAY + WEEK, "f", ("support",), "UTC", (), play(config(TAGGING), one).counts
    )

    assert "javascript:" not in report.as_html()


def test_nothing_happened_is_an_answer_too(config):
    report = Report(
        MONDAY, MONDAY + WEEK, "f", ("support",), "UTC", (), play(config("rules: []")).counts
    )

    assert "tickets               0" in report.as_text()
    assert report.as_json()["needless"]["share"] is None
    assert "<h1>" in report.as_html()


def test_every_change_of_a_ticket_is_seen_once(config):
    rules = """
rules:
  - {name: closed, on: [ticket.closed], do: [{tag: a}]}
  - {name: opened again, on: [ticket.reopened], do: [{tag: b}]}
  - {name: moved, on: [ticket.moved], do: [{tag: c}], once_per: cycle}
  - {name: given, on: [ticket.assigned], do: [{tag: d}], once_per: ticket}
"""
    rows = (
        Change(MONDAY + hours(1), "owner", "", "22", ANA),
        Change(MONDAY + hours(2), "group", "1st Level", "Finance", BEN),
        Change(MONDAY + hours(3), "state", "new", "closed", BEN),
        Change(MONDAY + hours(4), "state", "closed", "open", BEN),
        Change(MONDAY + hours(5), "state", "open", "closed", BEN),
    )
    lived = closed(MONDAY + hours(5))
    lived = replace(lived, ticket=replace(lived.ticket, history=rows, owner=BEN, states=STATES))

    counts = play(config(rules), lived).counts

    assert counts.by_rule == Counter({"closed": 2, "opened again": 1, "moved": 1, "given": 1})
