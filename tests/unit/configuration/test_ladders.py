"""Ladders, matrix, pools and people as the program gets them, and what is odd but works."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest

from plugin.configuration import ConfigProblems, load, load_with_files
from plugin.domain.duration import Duration
from plugin.domain.ladder import (
    Kind,
    Notice,
    Override,
    Pool,
    Reachable,
    Responsible,
    Shift,
    Strategy,
    Urgency,
)
from plugin.domain.ticket import Priority
from plugin.store.snapshots import as_plain, from_plain

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
TOKEN = "correct-horse-battery-staple"
HEAD = """\
version: 1
helpdesks:
  support:
    type: zammad
    url: https://help.example.com
    token: ${TOKEN}
    webhook_secret: ${TOKEN}
    service_user: deskladder@example.com
"""
CALENDAR = """\
defaults: {calendar: office}
calendars:
  office: {timezone: Europe/Amsterdam, hours: {mon-fri: [09:00-17:00]}}
"""
TEAMS = """\
teams:
  front: {group: 1st Level, lead: ruud@example.com}
  finance:
    group: Finance
    lead: marta@example.com
    pool: {if_none: lead}
    skills: {billing: [ana@example.com]}
"""
LADDER = """\
policies:
  finance:
    levels:
      - {name: ask first, do: [{note: authority_hint}], wait: 30m, script: "Say sorry.", link: "https://wiki.example.com/sorry?x=1#2", authority: "EUR 50"}
      - {responsible: {team: finance, skill: billing}, ack_within: 1h, resolve_within: 1bd}
      - {responsible: {lead: finance}, type: hierarchical, ack_within: 2h, notify: [responsible, {to: [duty, lead], urgency: page}]}
    repeat: 2
    ack_timeout: 1bd
    settle: 0s
    reopen_window: 2d
    cool_down: 12h
    priority: urgent
    tags: false
    exhausted: {notify: duty, do: [{tag: lost}]}
matrix: [{policy: finance}]
"""
REACH = """\
notify: {duty: {url: "mailto://duty@example.com"}, mail: {url: "mailto://desk@example.com?to={address}"}}
service: {channel: mail}
"""
WHOLE = HEAD + CALENDAR + TEAMS + LADDER + REACH


@pytest.fixture
def read(tmp_path):
    """Load a text as a file."""

    def load_text(text):
        file = tmp_path / "deskladder.yaml"
        file.write_text(text)
        return load(file, environ={"TOKEN": TOKEN}, now=NOW)

    return load_text


class TestPolicies:
    def test_a_first_level_that_waits_is_the_hint(self, read):
        hint, first, second = read(WHOLE).policies["finance"].levels

        assert [hint.number, first.number, second.number] == [0, 1, 2]
        assert (hint.name, hint.wait, hint.script) == (
            "ask first",
            Duration(minutes=30),
            "Say sorry.",
        )
        assert (hint.link, hint.authority) == ("https://wiki.example.com/sorry?x=1#2", "EUR 50")
        assert [call.name for call in hint.do] == ["note"]

    def test_without_one_the_first_level_is_level_1(self, read):
        text = HEAD + CALENDAR + TEAMS + "policies: {p: {levels: [{responsible: {lead: front}}]}}\n"

        policy = read(text).policies["p"]

        assert (policy.first, policy.last) == (1, 1)

    def test_a_level_has_its_own_type_or_that_of_its_policy(self, read):
        _, first, second = read(WHOLE).policies["finance"].levels

        assert (first.kind, second.kind) == (Kind.FUNCTIONAL, Kind.HIERARCHICAL)
        assert first.responsible == Responsible(team="finance", skill="billing")
        assert (first.ack_within, first.resolve_within) == (
            Duration(minutes=60),
            Duration(business_days=1),
        )

    def test_of_a_team_without_a_pool_the_lead_is_responsible(self, read):
        text = HEAD + CALENDAR + TEAMS + "policies: {p: {levels: [{responsible: {team: front}}]}}\n"

        (level,) = read(text).policies["p"].levels

        assert level.responsible == Responsible(lead="front")

    def test_recipients_are_told_one_by_one(self, read):
        last = read(WHOLE).policies["finance"].levels[-1]

        assert last.notify == (
            Notice("responsible"),
            Notice("duty", Urgency.PAGE),
            Notice("lead", Urgency.PAGE),
        )

    def test_how_it_is_climbed_is_what_the_file_says(self, read):
        policy = read(WHOLE).policies["finance"]

        assert (policy.repeat, policy.ack_timeout) == (2, Duration(business_days=1))
        assert (policy.settle, policy.reopen_window) == (timedelta(0), timedelta(days=2))
        assert (policy.cool_down, policy.priority) == (timedelta(hours=12), Priority.URGENT)
        assert not policy.tags
        assert policy.exhausted == (Notice("duty"),)
        assert [call.params for call in policy.exhausted_do] == [{"tags": ["lost"]}]

    def test_nothing_said_means_the_defaults_of_the_documentation(self, read):
        text = HEAD + CALENDAR + TEAMS + "policies: {p: {levels: [{responsible: {lead: front}}]}}\n"

        policy = read(text).policies["p"]

        assert (policy.kind, policy.repeat, policy.priority) == (Kind.FUNCTIONAL, 0, Priority.HIGH)
        assert (policy.settle, policy.cool_down) == (timedelta(minutes=5), timedelta(hours=24))
        assert policy.tags

    def test_priority_none_leaves_the_priority_alone(self, read):
        assert (
            read(WHOLE.replace("priority: urgent", "priority: none")).policies["finance"].priority
            is None
        )

    def test_the_store_keeps_a_policy_as_it_is(self, read):
        policy = read(WHOLE).policies["finance"]

        assert from_plain(type(policy), as_plain(policy)) == policy

    def test_what_a_level_does_keeps_variables_by_name(self, read):
        text = WHOLE.replace(
            "{note: authority_hint}",
            '{webhook: {url: "https://crm.example.com/${TOKEN}", json: {a: b}}}',
        )

        (call,) = read(text).policies["finance"].levels[0].do

        assert call.params["url"] == "https://crm.example.com/${TOKEN}"


class TestMatrix:
    ROWS = """\
  - {all: [{category: billing}, {priority: high}], tags: [a, "b c"], policy: finance, start_level: 1, max_level: 2, targets: {ack_within: 15m}}
"""

    def test_a_row_knows_its_conditions_weight_and_outcome(self, read):
        row, rest = read(
            WHOLE.replace("matrix: [", f"matrix:\n{self.ROWS}  - ").replace("]\nnotify", "\nnotify")
        ).matrix

        assert row.weight == 3
        assert row.text == "all: [{category: billing}, {priority: high}], tags: [a, b c]"
        assert (row.policy, row.start_level, row.max_level) == ("finance", 1, 2)
        assert (row.ack_within, row.resolve_within) == (Duration(minutes=15), None)
        assert row.place is not None
        assert (rest.weight, rest.text) == (0, "")

    def test_a_value_of_the_environment_is_not_shown(self, read):
        rows = (
            'matrix:\n  - {customer.domain: "${TOKEN}", policy: finance}\n  - {policy: finance}\n'
        )

        row, _ = read(WHOLE.replace("matrix: [{policy: finance}]\n", rows)).matrix

        assert TOKEN not in row.text + str(row.conditions)

    def test_a_number_is_a_category_as_it_is_written(self, read):
        rows = "matrix:\n  - {category: [1.50, 7], policy: finance}\n  - {policy: finance}\n"

        row, _ = read(WHOLE.replace("matrix: [{policy: finance}]\n", rows)).matrix

        assert row.text == "category: [1.50, 7]"


class TestPools:
    def test_a_pool_says_little_and_means_everybody_in_turn(self, read):
        assert read(WHOLE).teams["finance"].pool == Pool(Strategy.ROUND_ROBIN, "lead")
        assert read(WHOLE).teams["finance"].skills == {"billing": ("ana@example.com",)}

    def test_a_rota_is_kept_in_the_zone_of_the_default_calendar(self, read):
        pool = "pool: {strategy: oncall, members: [ana@example.com], if_none: lead, rota: {people: [ana@example.com, ben], first_day: 2026-12-07, weekday: tue, at: 08:30}}"

        found = read(WHOLE.replace("pool: {if_none: lead}", pool)).teams["finance"].pool

        assert found.members == ("ana@example.com",)
        assert found.rota == Shift(("ana@example.com", "ben"), date(2026, 12, 7), 1, time(8, 30), "Europe/Amsterdam")  # fmt: skip

    def test_an_override_of_whole_days_ends_with_its_last_day(self, read):
        pool = "pool: {strategy: oncall, if_none: lead, overrides: [{who: ben, from: 2026-12-24, to: 2026-12-24}, {who: ana, from: 2026-12-25T08:00, to: 2026-12-25T20:00+00:00}]}"

        found = read(WHOLE.replace("pool: {if_none: lead}", pool)).teams["finance"].pool

        assert found.overrides == (
            Override("ben", datetime(2026, 12, 23, 23, tzinfo=UTC), datetime(2026, 12, 24, 23, tzinfo=UTC)),
            Override("ana", datetime(2026, 12, 25, 7, tzinfo=UTC), datetime(2026, 12, 25, 20, tzinfo=UTC)),
        )  # fmt: skip


ICS = """\
BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//Example//On call//EN
BEGIN:VEVENT
UID:1@example.com
DTSTAMP:20260101T000000Z
DTSTART;TZID=Europe/Amsterdam:20261207T090000
DTEND;TZID=Europe/Amsterdam:20261214T090000
RRULE:FREQ=WEEKLY;INTERVAL=2;COUNT=2
SUMMARY:On call
ATTENDEE;CN=Ana:mailto:Ana@Example.com
END:VEVENT
BEGIN:VEVENT
UID:2@example.com
DTSTAMP:20260101T000000Z
DTSTART;VALUE=DATE:20261224
DTEND;VALUE=DATE:20261225
SUMMARY:Ben on call
END:VEVENT
BEGIN:VEVENT
UID:3@example.com
DTSTAMP:20260101T000000Z
DTSTART:20261226T080000Z
DTEND:20261226T200000Z
SUMMARY:cleo@example.com (phone)
END:VEVENT
BEGIN:VEVENT
UID:4@example.com
DTSTAMP:20260101T000000Z
STATUS:CANCELLED
DTSTART:20261227T080000Z
DTEND:20261227T200000Z
SUMMARY:somebody
END:VEVENT
END:VCALENDAR
"""


class TestIcal:
    POOL = "pool: {strategy: oncall, members: [ben@example.com, bo@example.com], if_none: lead, ical: oncall.ics}"

    def test_events_say_who_is_on_call_by_attendee_address_or_name(self, tmp_path, read):
        (tmp_path / "oncall.ics").write_bytes(ICS.replace("\n", "\r\n").encode())

        watches = (
            read(WHOLE.replace("pool: {if_none: lead}", self.POOL)).teams["finance"].pool.watches
        )

        assert watches == (
            (datetime(2026, 12, 7, 8, tzinfo=UTC), datetime(2026, 12, 14, 8, tzinfo=UTC), "ana@example.com"),
            (datetime(2026, 12, 21, 8, tzinfo=UTC), datetime(2026, 12, 28, 8, tzinfo=UTC), "ana@example.com"),
            (datetime(2026, 12, 23, 23, tzinfo=UTC), datetime(2026, 12, 24, 23, tzinfo=UTC), "ben@example.com"),
            (datetime(2026, 12, 26, 8, tzinfo=UTC), datetime(2026, 12, 26, 20, tzinfo=UTC), "cleo@example.com"),
        )  # fmt: skip

    @pytest.mark.parametrize(
        ("old", "new"),
        [
            ("RRULE:FREQ=WEEKLY", "RRULE:FREQ=SOMETIMES"),
            ("TZID=Europe/Amsterdam:20261207T090000", "TZID=Middle/Earth:yesterday"),
            ("DTSTART:20261226T080000Z", "DTSTART:20261228T080000Z"),
            (ICS, "Ana has the first week."),
        ],
        ids=[
            "a rule nobody knows",
            "a time that is none",
            "an end before its start",
            "no iCal",
        ],
    )
    def test_a_file_nobody_understands_is_refused(self, tmp_path, read, old, new):
        (tmp_path / "oncall.ics").write_bytes(ICS.replace(old, new).encode())

        with pytest.raises(
            ConfigProblems, match=r"teams\.finance\.pool\.ical: expected an iCal file"
        ):
            read(WHOLE.replace("pool: {if_none: lead}", self.POOL))

    def test_a_changed_file_is_a_change_of_the_configuration(self, tmp_path):
        file, ical = tmp_path / "deskladder.yaml", tmp_path / "oncall.ics"
        file.write_text(WHOLE.replace("pool: {if_none: lead}", self.POOL))
        ical.write_bytes(ICS.encode())
        before, watched = load_with_files(file, environ={"TOKEN": TOKEN}, now=NOW)

        ical.write_bytes(ICS.replace("cleo@", "carla@").encode())
        after, _ = load_with_files(file, environ={"TOKEN": TOKEN}, now=NOW)

        assert ical in watched
        assert before.digest != after.digest


class TestPeople:
    def test_people_are_known_by_their_address_in_small_letters(self, read):
        people = "people: {Ana@Example.com: {channel: duty, calendar: office, language: nl}}\n"

        assert read(WHOLE + people).people == {
            "ana@example.com": Reachable("ana@example.com", "duty", "office", "nl")
        }

    def test_the_service_has_an_address_a_token_and_times(self, read):
        service = 'service: {url: "https://ladder.example.com/desk/", api_token: "${TOKEN}", channel: mail, digest_at: 7:30, ack_link_valid: 3d}'

        found = read(WHOLE.replace("service: {channel: mail}", service)).service

        assert (found.url, found.channel) == ("https://ladder.example.com/desk", "mail")
        assert (found.digest_at, found.ack_link_valid) == (time(7, 30), timedelta(days=3))
        assert found.api_token.reveal() == TOKEN
        assert TOKEN not in repr(found)

    def test_the_address_of_a_watchdog_is_a_secret(self, read):
        service = "service: {channel: mail, heartbeat_url: https://watch.example.com/p?id=4711}"

        found = read(WHOLE.replace("service: {channel: mail}", service)).service

        assert found.heartbeat_url.reveal() == "https://watch.example.com/p?id=4711"
        assert "4711" not in repr(found)

    def test_handoffs_is_a_guard(self, read):
        assert read(WHOLE + "guards: {handoffs: 5}\n").guards.handoffs == 5


def told(config):
    return [warning.partition(": ")[2] for warning in config.warnings]


@pytest.mark.parametrize(
    ("old", "new", "warning"),
    [
        pytest.param("type: hierarchical, ack_within: 2h, ", "type: hierarchical, ", "policies.finance.repeat: never happens, because the last level has no ack_within: nothing comes after level 2", id="never repeated"),
        pytest.param("ack_within: 1h, resolve_within: 1bd", "resolve_within: 1bd", "policies.finance.levels[1]: level 1 has no ack_within: the ladder never goes on from there", id="never goes on"),
        pytest.param("matrix: [{policy: finance}]\n", "", "policies.finance: is never used: no rule and no row of the matrix leads to it, only /escalate finance in a note", id="never used"),
        pytest.param("defaults: {calendar: office}\n", "defaults: {language: en}\n", None, id="around the clock"),
        pytest.param("ack_timeout: 1bd", "ack_timeout: 1d", "policies.finance.ack_timeout: counts 1d in real time, nights and holidays included; 1bd would be business days", id="days of real time"),
        pytest.param("skill: billing}, ack_within", "skill: billing}, do: [{group: Finance}], ack_within", "policies.finance.levels[1].do[0].group: comes after the level's own group, which gives the ticket to the responsible", id="moved twice"),
        pytest.param("{team: finance, skill: billing}", "{team: front}", "policies.finance.levels[1].responsible.team: team 'front' has no pool: its lead gets every ticket; pool: {members: group, if_none: lead} would share them out", id="no pool"),
        pytest.param('mailto://desk@example.com?to={address}"', 'mailto://desk@example.com"', "service.channel: has no {address} in its URL: whoever reads there gets everybody's notifications", id="one address for all"),
        pytest.param("matrix: [{policy: finance}]", "matrix: [{category: a, policy: finance}, {category: [a], policy: finance}, {policy: finance}]", "matrix[1]: says the same as the row at", id="the same row twice"),
        pytest.param("service: {channel: mail}\n", "service: {channel: mail, api_token: a-token-of-many-letters}\n", "service.api_token: stands in the file as it is: anybody who can read the file can use it", id="a token in the file"),
        pytest.param("service: {channel: mail}\n", 'service: {channel: mail}\nnotes: {n: {en: "See {{ ack_url }}"}}\n', "notes.n.en: says ack_url, which stays empty: service.url is not set", id="a link to nowhere"),
        pytest.param("pool: {if_none: lead}", "pool: {strategy: oncall, if_none: lead, overrides: [{who: ana, from: 2026-12-24, to: 2026-12-26}, {who: ben, from: 2026-12-25, to: 2026-12-25}]}", "teams.finance.pool.overrides[1]: overlaps the override at", id="overrides within overrides"),
        pytest.param("{tag: lost}", "{group: Finanse}", "names the group 'Finanse', which no team has; did you mean 'Finance'?", id="a group by nearly its name"),
    ],
)  # fmt: skip
def test_what_works_but_is_hardly_meant_is_told(read, old, new, warning):
    assert old in WHOLE
    if warning is None:
        text = WHOLE.replace(old, new).replace("1bd", "8h")
        warning = "policies.finance: counts around the clock, because there is no calendar"
    else:
        text = WHOLE.replace(old, new)

    assert [one for one in told(read(text)) if warning in one]


FREESCOUT = WHOLE.replace("type: zammad", "type: freescout\n    priority: {tags: {urgent: hot}}")
RAISES = "policies.finance: raises the priority to high, as every ladder does, but 'support' cannot show it and leaves it as it is; add high: … to helpdesks.support.priority.tags, the tag for it, or write priority: none here"


@pytest.mark.parametrize(
    ("policy", "is_told"),
    [("", True), ("    priority: none\n", False), ("    priority: urgent\n", False)],
    ids=["nothing said", "left alone", "one it can show"],
)
def test_a_priority_every_ladder_raises_to_and_nothing_stands_for_is_told(read, policy, is_told):
    assert "    priority: urgent\n" in FREESCOUT

    warnings = told(read(FREESCOUT.replace("    priority: urgent\n", policy)))

    assert (RAISES in warnings) is is_told


def test_a_file_as_it_should_be_is_told_nothing_about(read):
    assert read(WHOLE).warnings == ()


def test_a_second_reply_in_a_ladder_is_told(read):
    text = WHOLE.replace("ack_within: 1h", "do: [{reply: r}], ack_within: 1h").replace("ack_within: 2h", "do: [{reply: r}], ack_within: 2h")  # fmt: skip

    warnings = told(read(text + "replies: {r: {en: Hello}}\n"))

    assert warnings == ["policies.finance.levels[2].do[0].reply: is left out when an earlier level has replied: the customer gets one reply in an escalation"]  # fmt: skip


@pytest.mark.parametrize(
    ("level", "is_told"),
    [
        pytest.param("{responsible: {team: finance}, ack_within: 1h, do: [{reply: r}]}", False, id="by its own deadline"),
        pytest.param("{do: [{reply: r}], wait: 1h}", True, id="nothing"),
        pytest.param("{do: [{reply: {name: r, promise: 2h}}], wait: 1h}", False, id="by the action"),
    ],
)  # fmt: skip
def test_a_promise_a_level_cannot_make_is_told(read, level, is_told):
    ladder = f"policies: {{finance: {{levels: [{level}, {{responsible: {{lead: finance}}}}]}}}}\nmatrix: [{{policy: finance}}]\n"

    text = HEAD + CALENDAR + TEAMS + ladder + REACH + 'replies: {r: {en: "By {{ promise_at }}."}}\n'

    assert any("nothing is promised" in one for one in told(read(text))) is is_told


def test_somebody_nobody_can_tell_is_told(read):
    text = WHOLE.replace("service: {channel: mail}\n", "people: {marta@example.com: {channel: mail}, ana@example.com: {language: nl}}\n")  # fmt: skip

    assert "people.ana@example.com: is never told: neither this entry nor service: names a channel" in told(read(text))  # fmt: skip


def test_rows_of_included_packs_are_one_matrix(tmp_path):
    (tmp_path / "pack.yaml").write_text(
        "matrix:\n  - {category: safety, policy: finance, start_level: 2}\n"
    )
    file = tmp_path / "deskladder.yaml"
    file.write_text(WHOLE + "include: [pack.yaml]\n")

    rows = load(file, environ={"TOKEN": TOKEN}, now=NOW).matrix

    assert [row.text for row in rows] == ["", "category: safety"]
    assert str(rows[1].place).endswith("pack.yaml:2:5")
