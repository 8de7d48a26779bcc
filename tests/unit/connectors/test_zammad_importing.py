"""Zammad's calendars and SLAs become entries of our file that mean the same, or comments that say why not."""

from __future__ import annotations

from typing import Any

import pytest

from connectors.zammad import importing
from connectors.zammad.importing import Imported
from tests.samples_reader import answer
from tests.unit.connectors.zammad_setup import (
    CALENDARS,
    FEED,
    STATES,
    UNTIL,
    policies,
    policy,
    setup,
    sla,
)

NL, AROUND_THE_CLOCK = "NL office", "24x7"
PUBLIC = FEED.replace("dutch", "martian")
PRIVATE = "https://cal.example.com/private-4f2a9c/basic.ics"


def calendar(**changes: Any) -> Imported:
    record = {**CALENDARS[0], **changes}
    (found,) = importing.calendars(setup(calendars=[record]))
    return found


def week(**days: list[list[str]]) -> dict[str, Any]:
    names = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
    return {
        day: {"active": day in days, "timeframes": days.get(day, [["09:00", "17:00"]])}
        for day in names
    }


# Calendars --------------------------------------------------------------------------------------


def test_the_recorded_calendars_are_said_in_our_words():
    around_the_clock, office = importing.calendars(setup())

    assert (office.name, office.entry) == (
        NL,
        {
            "timezone": "Europe/Amsterdam",
            "hours": {"mon-fri": ["09:00-17:00"]},
            "holidays": [{"date": "2026-12-25", "name": "Kerst"}],
        },
    )
    assert (around_the_clock.name, around_the_clock.entry) == (
        AROUND_THE_CLOCK,
        {"timezone": "Europe/Amsterdam", "hours": "24/7"},
    )
    assert office.usable
    assert around_the_clock.usable


def test_the_default_calendar_is_said_to_be_the_default():
    around_the_clock, office = importing.calendars(setup())

    assert office.remarks == ("Zammad's default calendar; here that is defaults: {calendar: …}",)
    assert around_the_clock.remarks == ()


OFFICE = [["09:00", "12:30"], ["13:00", "17:30"]]


@pytest.mark.parametrize(
    ("hours", "said"),
    [
        (week(mon=OFFICE, tue=OFFICE), {"mon-tue": ["09:00-12:30", "13:00-17:30"]}),
        (week(mon=OFFICE[::-1]), {"mon": ["09:00-12:30", "13:00-17:30"]}),
        (
            week(mon=OFFICE[:1], wed=OFFICE[:1], thu=OFFICE[:1]),
            {"mon": ["09:00-12:30"], "wed-thu": ["09:00-12:30"]},
        ),
        (week(sun=[["00:00", "23:59"]]), {"sun": ["00:00-24:00"]}),
        (week(sat=[["9:00", "24:00"]]), {"sat": ["09:00-24:00"]}),
        (
            {day: {"active": True, "timeframes": [["00:00", "23:59"]]} for day in week()},
            "24/7",
        ),
        (week(mon=[["09:00", "12:00"], ["12:00", "15:00"]]), {"mon": ["09:00-12:00", "12:00-15:00"]}),
    ],
    ids=["days in a row", "order of the day", "gaps", "23:59 is midnight", "24:00", "24/7", "touching"],
)  # fmt: skip
def test_hours_keep_their_meaning(hours, said):
    assert calendar(business_hours=hours).entry["hours"] == said


@pytest.mark.parametrize(
    ("frames", "said", "remark"),
    [
        ([["09:00", "13:00"], ["12:00", "17:00"]], ["09:00-17:00"], "mon: hours that overlapped were joined"),
        ([["09:00", "17:00"], ["18:00", "08:00"]], ["09:00-17:00"],
         "mon: left out the hours ['18:00', '08:00'], which end before they begin"),
        ([["09:00", "17:00"], ["noon", None]], ["09:00-17:00"],
         "mon: left out the hours ['noon', None], which are no times"),
        ([["09:00", "17:00"], "x"], ["09:00-17:00"], "mon: left out the hours 'x', which are no times"),
        ([["09:00", "11:00"], ["09:00", "12:00"]], ["09:00-12:00"], None),
    ],
    ids=["overlap", "backwards", "no times", "no pair", "same start: the later wins, as in Zammad"],
)  # fmt: skip
def test_odd_hours_are_told(frames, said, remark):
    found = calendar(business_hours=week(mon=frames), default=False)

    assert found.entry["hours"] == {"mon": said}
    assert found.remarks == ((remark,) if remark else ())


def test_only_holidays_that_count_in_zammad_are_holidays():
    found = calendar(
        default=False,
        public_holidays={
            "2026-12-26": {"active": True, "summary": "Tweede\nKerstdag"},
            "2026-12-25": {"active": True, "summary": None},
            "2026-12-24": {"active": False, "summary": "inactive"},
            "2026-12-23": {"active": True, "removed": True, "summary": "removed"},
            "2026-12-22": {"summary": "neither"},
            "2026-13-01": {"active": True, "summary": "no date"},
        },
    )

    assert found.entry["holidays"] == [
        "2026-12-25",
        {"date": "2026-12-26", "name": "Tweede Kerstdag"},
    ]
    assert found.remarks == ("left out the holiday '2026-13-01', which is no date",)


@pytest.mark.parametrize(
    ("address", "begins", "ends"),
    [
        (FEED, "Zammad fetches the holidays of Netherlands from www.google.com",
         "put the country's code (Netherlands) into holidays in place of them, and they never run out"),
        (PUBLIC, "Zammad fetches holidays from www.google.com",
         "put the country's code (such as NL or DE-BY) into holidays in place of them, and they never run out"),
        (PRIVATE, "Zammad fetches holidays from cal.example.com",
         "save that calendar beside this file and put its name (holidays.ics) into holidays"),
        ("/var/lib/holidays.ics", "Zammad fetches holidays from a file",
         "save that calendar beside this file and put its name (holidays.ics) into holidays"),
    ],
    ids=["a country Zammad offers", "a public one", "a private one", "a file"],
)  # fmt: skip
def test_fetched_holidays_come_with_what_to_do(address, begins, ends):
    (remark,) = calendar(default=False, ical_url=address).remarks

    assert remark.startswith(begins)
    assert remark.endswith(ends)
    assert "the 1 days below are all it knows today" in remark
    assert "private-4f2a9c" not in remark


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"timezone": "CET"}, "its time zone cannot be used: expected an IANA zone"),
        ({"business_hours": week()}, "it has no opening hours"),
        ({"business_hours": None}, "it has no opening hours"),
    ],
    ids=["zone", "closed all week", "no hours"],
)
def test_a_calendar_that_cannot_be_used_says_why(changes, why):
    found = calendar(**changes)

    assert not found.usable
    assert found.remarks[0].startswith(why)


def test_calendars_of_one_name_are_told_apart():
    twins = [{**CALENDARS[0], "id": 1}, {**CALENDARS[0], "id": 2, "name": "nl  OFFICE\n"}]

    found = importing.calendars(setup(calendars=twins))

    assert [one.name for one in found] == ["NL office", "nl OFFICE (2)"]


# Policies ---------------------------------------------------------------------------------------


def test_the_recorded_slas_are_said_in_our_words():
    finance, standard = policies(*answer("zammad-live/api-slas"))

    assert finance.entry == {
        "name": "Finance response",
        "when": {"group": "Finance"},
        "calendar": AROUND_THE_CLOCK,
        "targets": {"first_response": "30m", "next_response": "45m"},
        "pause_in": ["pending reminder", "pending close"],
        "at_risk": ["15m"],
    }
    assert standard.entry == {
        "name": "NL standard",
        "when": {"group": "1st Level"},
        "calendar": NL,
        "targets": {"first_response": "1h", "periodic_update": "2h", "resolution": "4h"},
        "pause_in": ["pending reminder", "pending close"],
        "at_risk": ["15m"],
    }


def test_slas_stand_in_the_order_in_which_zammad_tries_them():
    anything = {"ticket.group_id": {"operator": "is", "value": ["1"]}}
    found = policies(
        sla("all others"),
        sla("b", condition=anything),
        sla("C", condition=anything),
        sla("a", condition=anything),
    )

    assert [one.name for one in found] == ["a", "b", "C", "all others"]


def test_of_several_without_a_condition_zammad_takes_the_last():
    one, two, three = policies(sla("one"), sla("two"), sla("three", id=3))

    assert [(each.name, each.usable) for each in (one, two, three)] == [
        ("one", False),
        ("three", False),
        ("two", True),
    ]
    assert one.remarks[0] == (
        "never used: of several SLAs without a condition Zammad takes the last, 'two'"
    )


def test_an_sla_that_takes_every_ticket_ends_the_list():
    always = {"operator": "AND", "conditions": []}
    finance = {"ticket.group_id": {"operator": "is", "value": ["4"]}}

    everything, specific, fallback = policies(
        sla("a", condition=always), sla("b", condition=finance), sla("c")
    )

    assert everything.usable
    assert "when" not in everything.entry
    assert not specific.usable
    assert not fallback.usable
    assert specific.remarks[0] == "never used: 'a' above takes every ticket"


@pytest.mark.parametrize(
    ("times", "targets", "remark"),
    [
        ({"first_response_time": 90}, {"first_response": "1h30m"}, None),
        ({"solution_time": 6000}, {"first_response": "1h", "resolution": "100h"}, None),
        ({"first_response_time": None, "response_time": 45},
         {"first_response": "45m", "next_response": "45m"}, "hence first_response"),
        ({"first_response_time": 60, "response_time": 45},
         {"first_response": "1h", "next_response": "45m"}, "it would be late there before"),
        ({"first_response_time": 60, "response_time": 60},
         {"first_response": "1h", "next_response": "1h"}, None),
        ({"update_time": "120"}, {"first_response": "1h", "periodic_update": "2h"}, None),
        ({"update_time": 0, "solution_time": ""}, {"first_response": "1h"}, None),
    ],
    ids=["minutes", "days", "response alone", "response is shorter", "both alike", "as text", "off"],
)  # fmt: skip
def test_times_become_targets(times, targets, remark):
    found = policy(**times)

    assert found.entry["targets"] == targets
    assert [remark] == [remark for line in found.remarks if remark and remark in line] or (
        remark is None and found.remarks == ()
    )


def test_the_warning_is_left_out_where_it_would_come_at_once():
    assert "at_risk" not in policy(first_response_time=15, solution_time=600).entry
    assert policy(first_response_time=16).entry["at_risk"] == ["15m"]


def test_states_that_stop_zammads_clocks_pause_ours():
    waiting = {"id": 9, "state_type_id": 2, "name": "with supplier", "ignore_escalation": True, "active": True}  # fmt: skip
    retired = {**waiting, "id": 10, "name": "retired", "active": False}

    found = importing.pausing_states([*STATES, waiting, retired])

    assert found == ["pending reminder", "pending close", "with supplier"]


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"first_response_time": None}, "it sets no times"),
        ({"solution_time": 366 * 1440 + 1}, "cannot be said: a target is at most a year"),
        ({"calendar_id": 99}, "its calendar is not among those Zammad lists"),
        ({"condition": {"ticket.title": {"operator": "contains", "value": "offer"}}},
         f"cannot be said yet: ticket.title contains{UNTIL}"),
    ],
    ids=["no times", "years", "no calendar", "no words"],
)  # fmt: skip
def test_a_policy_that_cannot_be_used_says_why(changes, why):
    found = policy(**changes)

    assert not found.usable
    assert found.remarks[0] == why
    assert "when" not in found.entry


def test_a_policy_cannot_be_used_without_its_calendar():
    broken = {**CALENDARS[0], "timezone": "CET"}

    (found,) = policies(sla(), calendars=[broken])

    assert not found.usable
    assert found.remarks[0] == "its calendar 'NL office' cannot be used as it is, see there"


def test_a_policy_that_cannot_be_used_hides_none_behind_it():
    unsayable, fallback = policies(
        sla("a", condition={"ticket.title": {"operator": "is", "value": "x"}}), sla("b")
    )

    assert not unsayable.usable
    assert fallback.usable
