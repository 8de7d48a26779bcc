"""Zammad's calendars and SLAs become entries of our file that mean the same, or comments that say why not."""

from __future__ import annotations

from typing import Any

import pytest

from connectors.zammad import importing
from connectors.zammad.administration import read_setup
from connectors.zammad.importing import Imported, Setup
from connectors.zammad.priorities import meanings
from tests.samples_reader import answer

STATES = answer("zammad-live/api-ticket-states-expand")
PRIORITIES = answer("zammad-live/api-ticket-priorities")
GROUPS = {row["id"]: row["name"] for row in answer("zammad-live/api-groups")}
CALENDARS = answer("zammad-live/api-calendars-after")
NL, AROUND_THE_CLOCK = "NL office", "24x7"
USERS = {
    5: {"id": 5, "login": "ruud", "email": "ruud@example.com"},
    6: {"id": 6, "login": "guest", "email": ""},
}
FEED = "https://www.google.com/calendar/ical/nl.dutch%23holiday%40group.v.calendar.google.com/public/basic.ics"
PUBLIC = FEED.replace("dutch", "martian")
UNTIL = ". Until it is, its tickets fall to the next policy that fits them"
PRIVATE = "https://cal.example.com/private-4f2a9c/basic.ics"


def setup(**changes: Any) -> Setup:
    given: dict[str, Any] = {
        "calendars": CALENDARS,
        "slas": [],
        "states": STATES,
        "priorities": PRIORITIES,
        "groups": GROUPS,
        "users": USERS,
        "organizations": {2: "Acme BV", 3: "Grand Hotel"},
        "feeds": {FEED: "Netherlands"},
    }
    return Setup(**{**given, **changes})


def sla(name: str = "standard", **changes: Any) -> dict[str, Any]:
    given = {
        "id": 1,
        "name": name,
        "calendar_id": 1,
        "first_response_time": 60,
        "response_time": None,
        "update_time": None,
        "solution_time": None,
        "condition": {},
        "created_at": "2026-01-01T00:00:00.000Z",
    }
    return {**given, **changes}


def policies(*slas: dict[str, Any], **changes: Any) -> list[Imported]:
    whole = setup(slas=list(slas), **changes)
    return importing.policies(whole, meanings(whole.priorities, {}))


def policy(**changes: Any) -> Imported:
    (found,) = policies(sla(**changes))
    return found


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


# Conditions -------------------------------------------------------------------------------------


def when(**condition: Any) -> Any:
    return when_of({name.replace("__", "."): rule for name, rule in condition.items()})


def when_of(condition: dict[str, Any]) -> Any:
    found = policy(condition=condition)
    return found.entry["when"] if found.usable else found.remarks[0].removesuffix(UNTIL)


def rule(operator: str, *value: Any, **more: Any) -> dict[str, Any]:
    return {"operator": operator, "value": list(value), **more}


@pytest.mark.parametrize(
    ("attribute", "condition", "said"),
    [
        ("ticket.group_id", rule("is", "2"), {"group": "1st Level"}),
        ("ticket.group_id", rule("is", "2", 4), {"group": ["1st Level", "Finance"]}),
        ("ticket.group_id", {"operator": "is", "value": "2"}, {"group": "1st Level"}),
        ("ticket.group_id", rule("is not", "2"), {"group": {"not": "1st Level"}}),
        ("ticket.group_id", rule("is none of", "2", "4"), {"group": {"not": ["1st Level", "Finance"]}}),
        ("ticket.priority_id", rule("is", "3"), {"priority": "high"}),
        ("ticket.priority_id", rule("is not", "3", "1"), {"priority": {"not": ["low", "high"]}}),
        ("ticket.state_id", rule("is", "1", "2"), {"state": ["new", "open"]}),
        ("ticket.state_id", rule("is not", "4"), {"state": {"not": "closed"}}),
        ("ticket.owner_id", rule("is", "5", pre_condition="specific"), {"owner": "ruud@example.com"}),
        ("ticket.owner_id", rule("is", "6", pre_condition="specific"), {"owner": "guest"}),
        ("ticket.owner_id", {"operator": "is", "pre_condition": "not_set", "value": []}, {"owner": "nobody"}),
        ("ticket.owner_id", {"operator": "is not", "pre_condition": "not_set"}, {"owner": {"not": "nobody"}}),
        ("ticket.owner_id", rule("is", {"value": 5, "label": "Ruud"}), {"owner": "ruud@example.com"}),
        ("ticket.customer_id", rule("is", "5", pre_condition="specific"), {"customer.email": "ruud@example.com"}),
        ("ticket.organization_id", rule("is", "3"), {"customer.organization": "Grand Hotel"}),
        ("customer.organization_id", rule("is not", "3"), {"customer.organization": {"not": "Grand Hotel"}}),
        ("customer.email", rule("is", "a@example.com"), {"customer.email": "a@example.com"}),
        ("customer.vip", {"operator": "is", "value": True}, {"customer.vip": True}),
        ("customer.vip", {"operator": "is", "value": "false"}, {"customer.vip": False}),
        ("customer.vip", {"operator": "is not", "value": "true"}, {"customer.vip": False}),
        ("ticket.tags", {"operator": "contains one", "value": "vip, press"}, {"tags": ["vip", "press"]}),
        ("ticket.tags", {"operator": "contains one", "value": ["vip"]}, {"tags": "vip"}),
        ("ticket.tags", {"operator": "contains all", "value": "vip, press"}, {"tags": {"all_of": ["vip", "press"]}}),
        ("ticket.tags", {"operator": "contains one not", "value": "vip,press"}, {"tags": {"none_of": ["vip", "press"]}}),
        ("ticket.tags", {"operator": "contains all not", "value": "vip"}, {"tags": {"none_of": ["vip"]}}),
        ("ticket.tags", {"operator": "contains all not", "value": "vip,press"},
         {"none": [{"tags": {"all_of": ["vip", "press"]}}]}),
    ],
    ids=lambda value: value if isinstance(value, str) else str(value.get("operator", "")) if isinstance(value, dict) else None,
)  # fmt: skip
def test_a_comparison_is_said_in_our_words(attribute, condition, said):
    assert when_of({attribute: condition}) == said


@pytest.mark.parametrize(
    ("attribute", "condition", "why"),
    [
        ("ticket.title", rule("contains", "offer"), "ticket.title contains"),
        ("ticket.created_at", rule("before (relative)", "3"), "ticket.created_at before (relative)"),
        ("ticket.group_id", rule("has changed"), "ticket.group_id has changed"),
        ("ticket.group_id", rule("is"), "ticket.group_id is nothing"),
        ("ticket.group_id", rule("is", "2", ""), "ticket.group_id is nothing"),
        ("ticket.group_id", rule("is", "77"),
         "ticket.group_id is 77: no group of that id, or the token may not see it"),
        ("ticket.owner_id", {"operator": "is", "pre_condition": "current_user.id"},
         "ticket.owner_id is current_user.id"),
        ("ticket.organization_id", {"operator": "is", "pre_condition": "not_set"},
         "ticket.organization_id is not_set"),
        ("ticket.customer_id", rule("is", "6"), "ticket.customer_id is 6: that user has no e-mail address"),
        ("ticket.customer_id", rule("is", "1"), "ticket.customer_id is 1: that user has no e-mail address"),
        ("customer.vip", rule("is", "maybe"), "customer.vip is"),
        ("ticket.tags", {"operator": "contains one", "value": ""}, "ticket.tags contains one nothing"),
        ("ticket.tags", {"operator": "is", "value": "a"}, "ticket.tags is"),
        ("ticket.group_id", "nonsense", "ticket.group_id"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)  # fmt: skip
def test_what_has_no_words_is_said_not_to(attribute, condition, why):
    assert when_of({attribute: condition}) == f"cannot be said yet: {why}"


def test_what_would_mean_more_here_than_in_zammad_is_not_said():
    in_progress = {"id": 9, "state_type_id": 2, "name": "in progress", "active": True}
    urgent = {"id": 4, "name": "4 very high", "active": True}
    is_open = {"ticket.state_id": rule("is", "2")}
    is_high = {"ticket.priority_id": rule("is", "3")}
    is_finance = {"ticket.group_id": rule("is", "4")}

    (by_type,) = policies(sla(condition=is_open), states=[*STATES, in_progress])
    (by_word,) = policies(sla(condition=is_high), priorities=[*PRIORITIES, urgent])
    (by_case,) = policies(sla(condition=is_finance), groups={**GROUPS, 9: "FINANCE"})

    assert [one.usable for one in (by_type, by_word, by_case)] == [False, False, False]
    assert "'in progress' means the same to Deskladder" in by_type.remarks[0]
    assert "several priorities are 'high' to Deskladder" in by_word.remarks[0]
    assert "another group has the same name but for case" in by_case.remarks[0]


def test_what_is_said_of_all_of_them_may_be_said():
    in_progress = {"id": 9, "state_type_id": 2, "name": "in progress", "active": True}
    both = {"ticket.state_id": rule("is", "2", "9")}

    (found,) = policies(sla(condition=both), states=[*STATES, in_progress])

    assert found.entry["when"] == {"state": ["open", "in progress"]}


FINANCE = {"name": "ticket.group_id", "operator": "is", "value": ["4"]}
HIGH = {"name": "ticket.priority_id", "operator": "is", "value": ["3"]}
NORMAL = {**HIGH, "value": ["2"]}
HIGH_OR_NORMAL = {**HIGH, "value": ["3", "2"]}
IN_FINANCE, IS_HIGH, IS_NORMAL = {"group": "Finance"}, {"priority": "high"}, {"priority": "normal"}


def block(operator: str, *conditions: Any) -> dict[str, Any]:
    return {"operator": operator, "conditions": list(conditions)}


@pytest.mark.parametrize(
    ("condition", "said"),
    [
        ({"ticket.group_id": FINANCE, "ticket.priority_id": HIGH}, {**IN_FINANCE, **IS_HIGH}),
        (block("AND", FINANCE, HIGH), {**IN_FINANCE, **IS_HIGH}),
        (
            block("AND", HIGH_OR_NORMAL, NORMAL),
            {"all": [{"priority": ["normal", "high"]}, IS_NORMAL]},
        ),
        (block("OR", FINANCE, HIGH), {"any": [IN_FINANCE, IS_HIGH]}),
        (block("OR", FINANCE), IN_FINANCE),
        (block("NOT", FINANCE), {"none": [IN_FINANCE]}),
        (block("NOT", FINANCE, HIGH), {"none": [{**IN_FINANCE, **IS_HIGH}]}),
        (block("AND", FINANCE, block("OR", HIGH, NORMAL)), {**IN_FINANCE, "any": [IS_HIGH, IS_NORMAL]}),
        (block("AND", FINANCE, block("OR")), IN_FINANCE),
    ],
    ids=["flat", "and", "same field twice", "or", "or of one", "not", "not: all at once", "nested", "an empty block"],
)  # fmt: skip
def test_joined_conditions_keep_their_meaning(condition, said):
    assert when_of(condition) == said


def test_one_part_without_words_leaves_the_whole_unsaid():
    title = {"name": "ticket.title", "operator": "contains", "value": "x"}

    assert when_of(block("OR", FINANCE, title)) == "cannot be said yet: ticket.title contains"
    assert when_of(block("XOR", FINANCE)) == "cannot be said yet: conditions joined by XOR"


@pytest.mark.parametrize(
    "condition",
    [
        block("AND", HIGH, NORMAL),
        block("AND", FINANCE, block("AND", HIGH, block("AND", FINANCE, NORMAL))),
        block("OR", FINANCE, block("NOT", HIGH, NORMAL)),
    ],
    ids=["side by side", "nested", "inside others"],
)
def test_demands_that_no_ticket_meets_are_not_written(condition):
    why = "cannot be said yet: two demands on priority that no ticket can meet at once"

    assert when_of(condition) == why


def test_what_is_nearly_the_same_says_the_difference():
    company = policy(condition={"ticket.organization_id": rule("is", "3")})
    important = policy(condition={"customer.vip": {"operator": "is", "value": True}})

    assert [len(company.remarks), len(important.remarks)] == [1, 1]
    assert company.remarks[0].startswith("customer.organization is the customer's own organization")
    assert important.remarks[0].startswith(
        "customer.vip also holds for everybody of an organization"
    )


# Reading ----------------------------------------------------------------------------------------


def test_only_what_conditions_name_is_asked_for():
    asked = []

    class Answering:
        def get(self, path, params=None):
            asked.append(path)
            return self

        def list(self):
            return []

    read_setup(Answering())

    assert asked == ["/calendars", "/slas", "/ticket_states", "/ticket_priorities"]
