"""A right file becomes a `Config` that says what the file says."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from plugin.configuration import ConfigProblems, load, load_with_files
from plugin.domain.duration import Duration
from plugin.domain.settings import Mode, OncePer, Secret
from plugin.domain.sla import Metric
from tests.given import GUEST, situation, ticket

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
ENVIRON = {"TOKEN": "correct-horse", "SECRET": "battery-staple", "CRM_TOKEN": "crm-9f3c"}
SMALL = """\
version: 1
helpdesks:
  support:
    type: zammad
    url: https://help.example.com/
    token: ${TOKEN}
    webhook_secret: ${SECRET}
    service_user: deskladder@example.com
"""
OFFICE = """\
calendars:
  office: {timezone: Europe/Amsterdam, hours: {mon-fri: [09:00-17:00]}}
"""


@pytest.fixture
def read(tmp_path):
    """Load a file made of the small one and what is added to it."""

    def load_text(more="", *, base=SMALL, environ=ENVIRON):
        file = tmp_path / "deskladder.yaml"
        file.write_text(base + more, encoding="utf-8")
        return load(file, environ=environ, now=NOW)

    return load_text


def problems_of(read, more, **options):
    with pytest.raises(ConfigProblems) as refused:
        read(more, **options)
    return refused.value.problems


def test_the_smallest_file_observes_and_has_the_documented_defaults(read):
    config = read()

    assert config.defaults.mode is Mode.OBSERVE
    assert config.defaults.language == "en"
    assert config.rules == ()
    assert config.guards.notes_per_ticket_per_day == 6
    support = config.helpdesks["support"]
    assert (support.connect_timeout, support.read_timeout, support.concurrency) == (5.0, 30.0, 4)
    assert support.url == "https://help.example.com"
    assert config.warnings == ()


def test_a_secret_is_kept_as_a_secret(read):
    config = read()

    assert config.helpdesks["support"].token == Secret("correct-horse")
    assert "correct-horse" not in repr(config)
    assert "battery-staple" not in repr(config)


def test_a_literal_secret_is_a_warning_that_does_not_show_it(read):
    config = read(base=SMALL.replace("${TOKEN}", "plain-hunter22"))

    (warning,) = config.warnings
    assert "helpdesks.support.token" in warning
    assert "hunter22" not in warning


def test_a_secret_may_come_from_a_file_without_its_last_line_break(read, tmp_path):
    (tmp_path / "token").write_text("from-a-file\n")

    config = read(base=SMALL.replace("${TOKEN}", "${file:token}"))

    assert config.helpdesks["support"].token.reveal() == "from-a-file"


def test_an_escaped_variable_stays_as_it_is(read):
    config = read('replies:\n  x: {en: "costs $${PRICE}"}\n')

    assert config.replies["x"]["en"] == "costs ${PRICE}"


def test_a_variable_inside_an_action_is_stored_as_its_name_and_revealed_when_used(read):
    config = read(
        "rules:\n"
        "  - name: crm\n"
        "    on: [ticket.created]\n"
        "    do:\n"
        "      - webhook:\n"
        "          url: https://crm.example.com\n"
        '          headers: {Authorization: "Bearer ${CRM_TOKEN}"}\n'
        '          json: {subject: "{{ ticket.subject }}"}\n'
    )

    (call,) = config.rules[0].do
    assert call.params["headers"] == {"Authorization": "Bearer ${CRM_TOKEN}"}
    assert "crm-9f3c" not in repr(config)
    assert config.reveal("Bearer ${CRM_TOKEN}") == "Bearer crm-9f3c"


@pytest.mark.parametrize(
    ("written", "kept", "revealed"),
    [
        ("a ${CRM_TOKEN} b", "a ${CRM_TOKEN} b", "a crm-9f3c b"),
        ("costs $${CRM_TOKEN} and ${CRM_TOKEN}", "costs $${CRM_TOKEN} and ${CRM_TOKEN}", "costs ${CRM_TOKEN} and crm-9f3c"),
        ("costs $${CRM_TOKEN}", "costs $${CRM_TOKEN}", "costs ${CRM_TOKEN}"),
        (" ${CRM_TOKEN} ", "${CRM_TOKEN}", "crm-9f3c"),
        ("no variable", "no variable", "no variable"),
    ],
)  # fmt: skip
def test_what_is_stored_leads_back_to_what_was_meant(read, written, kept, revealed):
    config = read(
        f'rules: [{{name: a, on: [ticket.created], do: [{{note: {{text: "{written}"}}}}]}}]\n'
        'notify: {x: {url: "json://${CRM_TOKEN}"}}\n'
    )

    (call,) = config.rules[0].do
    assert call.params["text"] == kept
    assert config.reveal(call.params["text"]) == revealed


def test_enforce_from_is_local_to_the_default_calendar(read):
    config = read("defaults: {calendar: office, enforce_from: 2026-12-01}\n" + OFFICE)

    assert config.defaults.enforce_from == datetime(2026, 11, 30, 23, 0, tzinfo=UTC)


def test_enforce_from_without_a_calendar_is_utc(read):
    config = read("defaults: {enforce_from: 2026-12-01T09:30}\n")

    assert config.defaults.enforce_from == datetime(2026, 12, 1, 9, 30, tzinfo=UTC)


def test_promise_and_guards_are_read(read):
    config = read(
        "defaults: {promise: 4h}\n"
        "guards: {human_touch_grace: 0m, max_staleness: 2d, replies_per_customer_per_day: 0}\n"
    )

    assert config.promise == Duration(minutes=240)
    assert config.guards.human_touch_grace == timedelta(0)
    assert config.guards.max_staleness == timedelta(days=2)
    assert config.guards.replies_per_customer_per_day == 0


def test_what_only_a_type_knows_lands_in_its_options(read):
    config = read(
        base=SMALL.replace("type: zammad", "type: freescout")
        + "    connect_timeout: 2s\n"
        + "    priority: {field: Priority, values: {high: 3, urgent: 4}}\n"
        + "    absent: [{who: otto@example.com, from: 2026-12-21, to: 2027-01-02}]\n"
    )

    settings = config.helpdesks["support"]
    assert settings.connect_timeout == 2.0
    assert settings.options["priority"] == {
        "field": "Priority",
        "values": {"high": "3", "urgent": "4"},
    }
    assert settings.options["absent"][0]["from"].isoformat() == "2026-12-21"


RULE = """\
rules:
  - name: first
    on: [ticket.created]
    do: [{tag: 2024}]
    mode: act
    once_per: day
  - name: second
    on: [customer.replied, time]
    when: {priority: high, any: [{state: open}, {none: [{group: Finance}]}]}
    do: [{tag: x}]
"""


def test_the_issuers_certificate_is_looked_for_beside_the_file_that_names_it(read, tmp_path):
    issuer = Path(__file__).parents[2] / "story" / "untrusted.pem"
    (tmp_path / "issuer.pem").write_bytes(issuer.read_bytes())

    config = read(base=SMALL + "    ca_file: issuer.pem\n    proxy: http://proxy:3128\n")

    assert config.helpdesks["support"].options == {
        "ca_file": str(tmp_path / "issuer.pem"),
        "proxy": "http://proxy:3128",
    }


def test_rules_keep_their_order_mode_and_place(read):
    config = read(RULE)

    first, second = config.rules
    assert (first.mode, first.once_per) == (Mode.ACT, OncePer.DAY)
    assert (second.mode, second.once_per) == (Mode.OBSERVE, OncePer.CYCLE)
    assert second.on == {"customer.replied", "time"}
    assert second.place.line == SMALL.count("\n") + 7
    assert first.do[0].params == {"tags": ["2024"]}


def test_a_rule_without_when_always_holds(read):
    config = read(RULE)

    assert config.rules[0].when.path == "rules[0].when"
    assert config.rules[0].when.holds(None)


def test_paths_of_conditions_lead_into_the_file(read):
    config = read(RULE)

    assert config.rules[1].when.path == "rules[1].when"


def test_a_group_nearly_like_a_teams_group_is_a_warning(read):
    config = read(
        "teams: {finance: {group: Finance}}\n"
        "rules: [{name: a, on: [ticket.created], do: [{group: Finanse}]}]\n"
    )

    (warning,) = config.warnings
    assert "did you mean 'Finance'" in warning


def test_a_language_some_replies_lack_is_a_warning(read):
    config = read("replies:\n  a: {en: A, nl: A}\n  b: {en: B}\n")

    (warning,) = config.warnings
    assert "replies.b" in warning
    assert "nl" in warning


def test_a_vip_condition_warns_when_only_one_of_two_helpdesks_knows_vips(read):
    more = SMALL.replace("version: 1\nhelpdesks:\n", "").replace("support", "shop")
    more = more.replace("zammad", "freescout").replace("help.example", "desk.example")

    config = read(
        more
        + "rules: [{name: a, on: [ticket.created], when: {customer.vip: true}, do: [{tag: a}]}]\n"
    )

    (warning,) = config.warnings
    assert "never holds on 'shop'" in warning


COUNTED = """\
sla: [{name: all, calendar: always, targets: {first_response: 4h}}]
calendars: {always: {timezone: UTC, hours: 24/7}}
rules: [{name: a, on: [sla.breached], when: {WHEN}, do: [{tag: a}]}]
"""
NEXT = "never holds for next_response: no policy under sla: has a target for it"


@pytest.mark.parametrize(
    ("when", "told"),
    [
        ("metric: next_response", ["rules[0].when.metric"]),
        ("metric: [first_response, next_response]", ["rules[0].when.metric[1]"]),
        ("metric: {any_of: [next_response]}", ["rules[0].when.metric.any_of[0]"]),
        ("any: [{priority: high}, {metric: {is: next_response}}]", ["rules[0].when.any[1].metric.is"]),
        ("metric: first_response", []),
        ("metric: {not: next_response}", []),
    ],
    ids=["one", "one of two", "any of", "nested", "counted", "not this one"],
)  # fmt: skip
def test_a_metric_without_a_target_is_a_warning(read, when, told):
    warnings = read(COUNTED.replace("WHEN", when)).warnings

    assert [warning.split(": ", 1)[1] for warning in warnings] == [f"{at}: {NEXT}" for at in told]


def test_a_helpdesk_that_sets_deadlines_itself_may_set_any(read):
    own = COUNTED.replace("targets: {first_response: 4h}", "source: helpdesk")

    assert read(own.replace("WHEN", "metric: next_response")).warnings == ()


PROMISING = """\
rules: [{name: a, on: [ticket.created], do: [{reply: DO}]}]
replies: {soon: {en: "Hello. You hear from us by {{ promise_at }}."}, plain: {en: Hello.}}
"""


def test_a_reply_that_says_a_promise_nobody_made_is_a_warning(read):
    (warning,) = read(PROMISING.replace("DO", "soon")).warnings

    assert "rules[0].do[0].reply" in warning
    assert "defaults.promise" in warning


@pytest.mark.parametrize("do", ["{name: soon, promise: 4h}", "plain"])
def test_a_promise_of_the_rules_own_or_none_at_all_is_no_warning(read, do):
    assert read(PROMISING.replace("DO", do)).warnings == ()


@pytest.mark.parametrize(
    "when",
    ["{waiting: 2bd}", "{any: [{age: 1h}, {none: [{idle: {at_least: 1bd}}]}]}"],
    ids=["short", "nested"],
)
def test_business_days_without_any_calendar_are_refused(read, when):
    with pytest.raises(ConfigProblems, match="there is no default calendar"):
        read(f"rules: [{{name: a, on: [time], when: {when}, do: [{{tag: a}}]}}]\n")


def test_business_days_of_a_calendar_that_is_named_are_fine(read):
    read(
        "calendars: {office: {timezone: UTC, hours: {mon-fri: [09:00-17:00]}}}\n"
        "rules:\n"
        "  - {name: a, on: [time], do: [{tag: a}], when: {waiting: {at_least: 2bd, calendar: office}}}\n"
    )


@pytest.mark.parametrize(
    "text",
    [
        'replies: {x: {en: "Call us: ${TOKEN}"}}',
        'notes: {x: {en: "Hook: ${SECRET}"}}',
        'rules: [{name: a, on: [ticket.created], do: [{note: {text: "see ${TOKEN}"}}]}]',
    ],
    ids=["reply", "note", "note of a rule"],
)
def test_what_opens_the_helpdesk_may_not_stand_where_people_read(read, text):
    with pytest.raises(ConfigProblems, match="a text without a token or secret") as refused:
        read(text + "\n")

    assert ENVIRON["TOKEN"] not in str(refused.value)
    assert ENVIRON["SECRET"] not in str(refused.value)


# Includes --------------------------------------------------------------------------------------


def test_included_files_are_joined_in_order_and_keep_their_own_paths(read, tmp_path):
    (tmp_path / "packs").mkdir()
    (tmp_path / "packs" / "a.yaml").write_text(
        "include: b.yaml\nrules: [{name: from a, on: [ticket.created], do: [{tag: a}]}]\n"
    )
    (tmp_path / "packs" / "b.yaml").write_text(
        "rules: [{name: from b, on: [ticket.created], do: [{reply: hello}]}]\n"
        "replies: {hello: {en: Hello}}\n"
    )

    config = read("include: [packs/a.yaml]\n" + RULE)

    assert [rule.name for rule in config.rules] == ["first", "second", "from a", "from b"]
    assert config.rules[3].place.file.endswith("packs/b.yaml")
    assert config.rules[3].place.line == 1


def test_a_mistake_in_an_included_file_has_that_files_path(read, tmp_path):
    (tmp_path / "pack.yaml").write_text("rules: [{name: a, on: [time], do: []}]\n")

    problems = problems_of(read, "include: [pack.yaml]\n" + RULE)

    assert problems[0].place.file.endswith("pack.yaml")
    assert problems[0].path == "rules[0].do"


def test_the_same_file_is_not_included_twice(read, tmp_path):
    (tmp_path / "pack.yaml").write_text("notes: {a: {en: A}}\n")

    (problem,) = problems_of(read, "include: [pack.yaml, ./pack.yaml]\n")

    assert "each file once" in problem.message


def test_every_file_read_is_named_for_the_watcher(tmp_path):
    file = tmp_path / "deskladder.yaml"
    (tmp_path / "token").write_text("t0ken")
    (tmp_path / "days.ics").write_text("BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:x\nEND:VCALENDAR\n")
    (tmp_path / "pack.yaml").write_text("notes: {a: {en: A}}\n")
    file.write_text(
        SMALL.replace("${TOKEN}", "${file:token}")
        + "include: [pack.yaml]\n"
        + OFFICE.replace("]}}", "]}, holidays: [days.ics]}")
    )

    _, files = load_with_files(file, environ=ENVIRON, now=NOW)

    assert {path.name for path in files} == {"deskladder.yaml", "token", "pack.yaml", "days.ics"}


def test_a_broken_file_still_names_what_to_watch(tmp_path):
    file = tmp_path / "deskladder.yaml"
    file.write_text("include: [gone.yaml]\n")

    with pytest.raises(ConfigProblems) as refused:
        load(file, environ={}, now=NOW)

    assert {path.name for path in refused.value.files} == {"deskladder.yaml", "gone.yaml"}


# Digest ----------------------------------------------------------------------------------------


def test_the_digest_ignores_comments_and_follows_values(read):
    same = read("# a comment\n" + RULE).digest == read(RULE).digest
    other_rule = read(RULE).digest != read(RULE.replace("tag: x", "tag: y")).digest
    other_secret = read(RULE).digest != read(RULE, environ={**ENVIRON, "TOKEN": "new"}).digest

    assert (same, other_rule, other_secret) == (True, True, True)


def test_the_digest_follows_the_order_of_rules(read):
    first, second = RULE.split("  - name: second")

    swapped = "rules:\n  - name: second" + second + first.replace("rules:\n", "")

    assert read(RULE).digest != read(swapped).digest


# Many mistakes ---------------------------------------------------------------------------------


def test_all_mistakes_come_at_once_in_the_order_of_the_file(read):
    problems = problems_of(
        read,
        "defaults: {mode: on, calendar: nowhere}\n"
        "rules: [{name: a, on: [tim], do: [{tags: x}]}]\n"
        "replies: {hello: {nl: Hallo}}\n",
    )

    assert [problem.path for problem in problems] == [
        "defaults.mode",
        "defaults.calendar",
        "rules[0].on[0]",
        "rules[0].do[0].tags",
        "replies.hello",
    ]


def test_a_reference_is_not_doubted_when_an_included_file_is_missing(read):
    problems = problems_of(
        read,
        "include: [gone.yaml]\ndefaults: {calendar: elsewhere}\n"
        "rules: [{name: a, on: [ticket.created], do: [{reply: elsewhere}]}]\n",
    )

    assert [problem.path for problem in problems] == ["include[0]"]


def test_a_missing_file_says_how_to_name_one():
    with pytest.raises(ConfigProblems) as refused:
        load(Path("no/such/file.yaml"), environ={}, now=NOW)

    (problem,) = refused.value.problems
    assert "--config" in str(problem)


def test_a_folder_is_refused_as_a_file(tmp_path):
    with pytest.raises(ConfigProblems):
        load(tmp_path, environ={}, now=NOW)


SLA = """\
defaults: {calendar: office}
calendars:
  office: {timezone: Europe/Amsterdam, hours: {mon-fri: [09:00-17:00]}}
  always: {timezone: UTC, hours: 24/7}
sla:
  - name: vip
    when: {customer.vip: true}
    calendar: always
    targets: {first_response: 30m, resolution: 1d}
    at_risk: [75%, 10m]
    thaw_grace: 0m
  - name: standard
    targets: {next_response: 1bd4h}
    pause_in: [pending reminder]
    counts_as_response: [email, phone]
    reopen_window: 2d
"""


def test_sla_policies_stand_in_their_order_with_all_they_say(read):
    vip, standard = read(SLA).sla

    assert (vip.name, vip.calendar.name) == ("vip", "always")
    assert vip.policy.targets == {
        Metric.FIRST_RESPONSE: Duration(minutes=30),
        Metric.RESOLUTION: Duration(days=1),
    }
    assert [str(threshold) for threshold in vip.policy.at_risk] == ["75%", "10m"]
    assert (vip.policy.thaw_grace, vip.policy.reopen_window) == (
        timedelta(0),
        timedelta(hours=24),
    )
    assert (standard.name, standard.calendar.name) == ("standard", "office")
    assert standard.policy.targets == {Metric.NEXT_RESPONSE: Duration(minutes=240, business_days=1)}
    assert standard.policy.pause_in == {"pending reminder"}
    assert standard.policy.counts_as_response == {"email", "phone"}
    assert standard.policy.reopen_window == timedelta(days=2)


def test_a_policy_is_for_the_tickets_its_condition_holds_for(read):
    vip, standard = read(SLA).sla
    guest = situation(ticket(customer=replace(GUEST, vip=True)))

    assert vip.when.holds(guest)
    assert not vip.when.holds(situation())
    assert standard.when.holds(situation())


def test_without_any_calendar_a_policy_counts_around_the_clock_and_says_so(read):
    config = read("sla: [{name: standard, targets: {first_response: 4h}}]\n")

    assert config.sla[0].calendar.is_open(NOW)
    assert len(config.warnings) == 1
    assert "counts around the clock" in config.warnings[0]


def test_days_in_office_hours_are_probably_not_meant(read):
    config = read(SLA.replace("1bd4h", "2d"))

    assert len(config.warnings) == 1
    assert "sla[1].targets.next_response: counts 2d in real time" in config.warnings[0]
    assert "2bd would be business days" in config.warnings[0]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param("30m", "45m", id="a target"),
        pytest.param("09:00-17:00", "08:00-17:00", id="the hours of a calendar"),
        pytest.param("customer.vip: true", "priority: high", id="a condition"),
        pytest.param("calendar: always", "calendar: office", id="the calendar"),
    ],
)
def test_the_digest_of_the_policies_tells_a_change_of(read, before, after):
    one = read(SLA)
    other = read(SLA.replace(before, after))

    assert one.sla_digest != other.sla_digest


def test_the_digest_of_the_policies_ignores_the_rest_of_the_file(read):
    plain = read(SLA)
    with_rule = read(SLA + "rules: [{name: new, on: [ticket.created], do: [{tag: new}]}]\n")

    assert plain.sla_digest == with_rule.sla_digest
    assert plain.digest != with_rule.digest


def test_a_rule_on_a_clock_has_its_turn_once_for_each_thing_the_clock_tells(read):
    rules = """\
rules:
  - {name: late, on: [sla.at_risk, sla.breached], do: [{tag: late}]}
  - {name: once, on: [sla.breached], once_per: ticket, do: [{tag: once}]}
  - {name: new, on: [ticket.created], do: [{tag: new}]}
"""
    turns = [rule.once_per for rule in read(SLA + rules).rules]

    assert turns == [OncePer.CLOCK, OncePer.TICKET, OncePer.CYCLE]
