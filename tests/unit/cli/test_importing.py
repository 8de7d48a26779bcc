"""`deskladder import zammad` writes what a Zammad has as YAML the file can hold."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from connectors.zammad import importing
from connectors.zammad.importing import Setup
from connectors.zammad.priorities import meanings
from plugin.cli.importing import as_yaml
from plugin.cli.main import run
from plugin.configuration import load
from plugin.domain.duration import Duration
from plugin.simulated.zammad import SimulatedZammad
from plugin.simulated.zammad.tables_api import insert
from tests.samples_reader import answer

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
HEAD = """\
version: 1
helpdesks:
  support:
    type: zammad
    url: {url}
    token: ${{ZAMMAD_TOKEN}}
    webhook_secret: ${{SECRET}}
    service_user: deskladder@example.com
"""
ENVIRONMENT = {
    "ZAMMAD_TOKEN": "zammad-service-token",
    "ADMIN_TOKEN": "zammad-admin-token",
    "SECRET": "zammad-webhook-secret",
}
SECOND = """\
  other:
    type: freescout
    url: https://other.example.com
    token: t0ken-of-another
    webhook_secret: s3cret-of-another
    service_user: bot@example.com
"""


@pytest.fixture
def zammad():
    desk = SimulatedZammad()
    for name in ("1st Level", "2nd Level", "Finance"):
        desk.add_group(name)
    for row in answer("zammad-live/api-calendars-after"):
        insert(desk.data, "calendars", row, 1)
    for row in answer("zammad-live/api-slas"):
        insert(desk.data, "slas", row, 1)
    desk.start()
    yield desk
    desk.stop()


@pytest.fixture
def folder(zammad, tmp_path, monkeypatch):
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "deskladder.yaml").write_text(HEAD.format(url=zammad.url))
    return tmp_path


@pytest.fixture
def call(folder, capsys):
    """Run the command; (exit code, stdout, stderr)."""

    def call_with(*arguments):
        code = run(["import", *arguments], {})
        shown = capsys.readouterr()
        return code, shown.out, shown.err

    return call_with


def loaded(text: str, folder: Path):
    (folder / "imported.yaml").write_text(text, encoding="utf-8")
    whole = HEAD.format(url="https://help.example.com") + "include: [imported.yaml]\n"
    (folder / "whole.yaml").write_text(whole)
    return load(folder / "whole.yaml", environ=ENVIRONMENT, now=NOW)


def test_what_is_written_is_what_the_file_takes(call, folder):
    code, out, err = call("zammad", "--token-env", "ADMIN_TOKEN")

    config = loaded(out, folder)
    assert (code, err) == (0, "calendars: 2 of 2; SLA policies: 2 of 2\n")
    assert sorted(config.calendars) == ["24x7", "NL office"]
    assert [one.policy.name for one in config.sla] == ["Finance response", "NL standard"]
    assert [one.calendar.name for one in config.sla] == ["24x7", "NL office"]
    assert config.warnings == ()


def test_the_imported_calendar_counts_as_zammads(call, folder):
    _, out, _ = call("zammad", "--token-env", "ADMIN_TOKEN")
    office = loaded(out, folder).calendars["NL office"]

    before_christmas = datetime(2026, 12, 24, 15, 0, tzinfo=UTC)
    due = office.due(before_christmas, Duration.parse("2h"))

    assert due == datetime(2026, 12, 28, 9, 0, tzinfo=UTC)
    assert office.open_between(before_christmas, due) == timedelta(hours=2)


def test_the_yaml_reads_well(call):
    _, out, _ = call("zammad", "--token-env", "ADMIN_TOKEN")

    assert (
        out[out.index("calendars:") :]
        == """\
calendars:
  24x7:
    timezone: Europe/Amsterdam
    hours: 24/7
  # Zammad's default calendar; here that is defaults: {calendar: …}
  NL office:
    timezone: Europe/Amsterdam
    hours: {mon-fri: [09:00-17:00]}
    holidays: [{date: 2026-12-25, name: Kerst}]

# The first that fits a ticket applies: Zammad's order, by name.
sla:
  - name: Finance response
    when: {group: Finance}
    calendar: 24x7
    targets: {first_response: 30m, next_response: 45m}
    pause_in: [pending reminder, pending close]
    at_risk: [15m]
  - name: NL standard
    when: {group: 1st Level}
    calendar: NL office
    targets: {first_response: 1h, periodic_update: 2h, resolution: 4h}
    pause_in: [pending reminder, pending close]
    at_risk: [15m]
"""
    )


def test_every_difference_is_told_before_the_entries(call):
    _, out, _ = call("zammad", "--token-env", "ADMIN_TOKEN")

    told = " ".join(line.removeprefix("#").strip() for line in out.splitlines() if line[:1] == "#")
    assert [text for text in importing.DIFFERENCES if text not in told] == []


def test_what_cannot_be_said_stands_there_as_a_comment(zammad, call, folder):
    title = {"ticket.title": {"operator": "contains", "value": "offer"}}
    given_sla = {"calendar_id": 1, "name": "Offers", "first_response_time": 30, "condition": title}
    insert(zammad.data, "slas", given_sla, 1)

    code, out, err = call("zammad", "--token-env", "ADMIN_TOKEN")

    assert code == 0
    assert [one.policy.name for one in loaded(out, folder).sla] == [
        "Finance response",
        "NL standard",
    ]
    assert "  # cannot be said yet: ticket.title contains." in out
    assert "  # - name: Offers\n  #   calendar: NL office\n" in out
    assert err.splitlines()[0] == "calendars: 2 of 2; SLA policies: 2 of 3"
    assert "left as a comment: SLA 'Offers': cannot be said yet: ticket.title contains" in err


def test_people_and_organizations_are_named(zammad, call, folder):
    ruud = zammad.add_agent("Ruud", "ruud@example.com", {"Finance": "full"})
    guest = zammad.add_customer("Guest", "guest@example.com", organization="Grand Hotel")
    company = zammad.data.users[guest]["organization_id"]
    for name, attribute, number in (
        ("a", "ticket.owner_id", ruud),
        ("b", "ticket.customer_id", guest),
        ("c", "ticket.organization_id", company),
        ("d", "ticket.owner_id", 4711),
    ):
        rule = {"operator": "is", "pre_condition": "specific", "value": [str(number)]}
        given_sla = {
            "calendar_id": 1,
            "name": name,
            "solution_time": 60,
            "condition": {attribute: rule},
        }
        insert(zammad.data, "slas", given_sla, 1)

    _, out, err = call("zammad", "--token-env", "ADMIN_TOKEN")

    assert "    when: {owner: ruud@example.com}\n" in out
    assert "    when: {customer.email: guest@example.com}\n" in out
    assert "    when: {customer.organization: Grand Hotel}\n" in out
    assert "SLA 'd': cannot be said yet: ticket.owner_id is 4711: no user of that id" in err
    assert [one.policy.name for one in loaded(out, folder).sla][:3] == ["a", "b", "c"]


def test_a_zammad_without_slas_gives_a_file_that_loads(zammad, call, folder):
    zammad.data.tables["slas"].clear()

    code, out, err = call("zammad", "--token-env", "ADMIN_TOKEN")

    assert (code, err) == (0, "calendars: 2 of 2; SLA policies: 0 of 0\n")
    assert loaded(out, folder).sla == ()


def test_an_included_file_can_be_imported_again(call, folder):
    file = folder / "deskladder.yaml"
    assert call("zammad", "--token-env", "ADMIN_TOKEN", "--output", "sla.yaml")[:2] == (0, "")
    first = (folder / "sla.yaml").read_text("utf-8")
    file.write_text(file.read_text() + "include: [sla.yaml]\n")

    code, out, err = call("zammad", "--token-env", "ADMIN_TOKEN", "--output", "sla.yaml")

    assert (code, out, err) == (0, "", "calendars: 2 of 2; SLA policies: 2 of 2\n")
    assert (folder / "sla.yaml").read_text("utf-8") == first
    assert sorted(path.name for path in folder.iterdir()) == ["deskladder.yaml", "sla.yaml"]


def test_a_file_is_left_as_it_is_when_zammad_refuses(call, folder):
    (folder / "sla.yaml").write_text("calendars: {}\n")

    code, _, _ = call("zammad", "--output", "sla.yaml")

    assert code == 1
    assert (folder / "sla.yaml").read_text() == "calendars: {}\n"


def test_a_file_that_cannot_be_written_is_told(call):
    code, _, err = call("zammad", "--token-env", "ADMIN_TOKEN", "--output", "nowhere/sla.yaml")

    assert (code, err) == (1, "cannot write nowhere/sla.yaml: no such file or directory\n")


def test_scripts_get_json(call):
    code, out, _ = call("zammad", "--token-env", "ADMIN_TOKEN", "--format", "json")

    told = json.loads(out)
    assert code == 0
    assert list(told["calendars"]) == ["24x7", "NL office"]
    assert told["sla"][1]["targets"] == {
        "first_response": "1h",
        "periodic_update": "2h",
        "resolution": "4h",
    }
    assert told["left_out"] == []
    assert told["remarks"] == [
        {
            "section": "calendars",
            "name": "NL office",
            "remarks": ["Zammad's default calendar; here that is defaults: {calendar: …}"],
        }
    ]


# What may be in the way ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("permissions", "missing"),
    [
        (["ticket.agent"], "admin.calendar"),
        (["ticket.agent", "admin.calendar"], "admin.sla"),
        (["ticket.agent", "admin.calendar", "admin.sla"], "admin.group"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_missing_permission_is_named_with_where_to_give_it(zammad, call, monkeypatch, permissions, missing):  # fmt: skip
    zammad.give_token("admin@example.com", "some-token", permissions)
    monkeypatch.setenv("SOME_TOKEN", "some-token")

    code, out, err = call("zammad", "--token-env", "SOME_TOKEN")

    assert (code, out) == (1, "")
    assert f"this needs the permission {missing}: create a token with it in Zammad" in err
    assert "some-token" not in err


def test_the_configured_token_is_used_without_another(call):
    code, _, err = call("zammad", "support")

    assert code == 1
    assert "this needs the permission admin.calendar" in err


def test_a_token_in_place_of_a_name_is_not_repeated(call):
    code, _, err = call("zammad", "--token-env", "sEcReT_ToKeN_1234")

    assert code == 1
    assert "the variable that --token-env names is not set" in err
    assert "sEcReT_ToKeN_1234" not in err


@pytest.mark.parametrize(
    ("more", "arguments", "told"),
    [
        (SECOND, ["zammad", "other"], "'other' is of type freescout; of type zammad there are support"),
        ("", ["zammad", "nobody"], "no helpdesk 'nobody' in deskladder.yaml; of type zammad there are support"),
    ],
    ids=["another type", "unknown"],
)  # fmt: skip
def test_a_wrong_helpdesk_is_told_with_the_right_ones(call, folder, more, arguments, told):
    file = folder / "deskladder.yaml"
    file.write_text(file.read_text() + more)

    code, _, err = call(*arguments)

    assert (code, err) == (1, f"{told}\n")


def test_which_of_two_zammads_must_be_said(call, folder):
    file = folder / "deskladder.yaml"
    twin = HEAD.format(url="https://twin.example.com").partition("helpdesks:\n")[2]
    file.write_text(file.read_text() + twin.replace("support:", "twin:"))

    code, _, err = call("zammad")

    assert (code, err) == (
        1,
        "which Zammad? Write import zammad HELPDESK; there are support, twin\n",
    )


def test_a_file_without_a_zammad_is_told(call, folder):
    (folder / "deskladder.yaml").write_text("version: 1\nhelpdesks:\n" + SECOND)

    code, _, err = call("zammad")

    assert (code, err) == (1, "deskladder.yaml names no helpdesk of type zammad\n")


def test_other_sources_are_a_matter_of_usage(call):
    code, _, err = call("otrs")

    assert code == 2
    assert "invalid choice: 'otrs'" in err


# Whatever somebody set up ----------------------------------------------------------------------

TIMES = st.sampled_from(
    ["00:00", "08:30", "9:00", "12:00", "13:15", "17:00", "23:59", "24:00", "x"]
)
DAY = st.fixed_dictionaries(
    {"active": st.booleans(), "timeframes": st.lists(st.tuples(TIMES, TIMES).map(list), max_size=3)}
)
NAMES = st.one_of(
    st.sampled_from(["office", "24/7", "on", "${HOME}", "a: b", "NL\noffice"]),
    st.text(max_size=250),
)
DATES = st.dates(min_value=datetime(2025, 1, 1).date(), max_value=datetime(2029, 1, 1).date())
CALENDAR = st.fixed_dictionaries(
    {
        "name": NAMES,
        "timezone": st.sampled_from(["Europe/Amsterdam", "UTC", "Asia/Kathmandu", "CET", ""]),
        "business_hours": st.fixed_dictionaries(
            dict.fromkeys(("mon", "tue", "wed", "thu", "fri", "sat", "sun"), DAY)
        ),
        "default": st.booleans(),
        "ical_url": st.sampled_from([None, "", "https://cal.example.com/x.ics"]),
        "public_holidays": st.dictionaries(
            DATES.map(str), st.fixed_dictionaries({"active": st.booleans(), "summary": NAMES}), max_size=4
        ),
    }
)  # fmt: skip
MINUTES = st.one_of(st.none(), st.sampled_from([0, 1, 15, 16, 60, 90, 5999, 10**6]))
IDS = st.lists(st.sampled_from(["1", "2", "3", "4", "77", ""]), max_size=3)
LEAF = st.fixed_dictionaries(
    {
        "name": st.sampled_from(
            ["ticket.group_id", "ticket.priority_id", "ticket.state_id", "ticket.owner_id",
             "ticket.customer_id", "ticket.organization_id", "customer.organization_id", "ticket.title"]
        ),
        "operator": st.sampled_from(["is", "is", "is not", "contains"]),
        "value": IDS,
    }
) | st.fixed_dictionaries(
    {
        "name": st.just("ticket.tags"),
        "operator": st.sampled_from(["contains one", "contains all", "contains one not", "contains all not"]),
        "value": st.sampled_from(["a", "a, b", "on, ${X}", ""]),
    }
)  # fmt: skip
BLOCK = st.recursive(
    LEAF,
    lambda inner: st.fixed_dictionaries(
        {
            "operator": st.sampled_from(["AND", "OR", "NOT"]),
            "conditions": st.lists(inner, max_size=3),
        }
    ),
    max_leaves=5,
)
CONDITION = st.one_of(
    st.just({}),
    LEAF.map(lambda leaf: {leaf["name"]: {"operator": leaf["operator"], "value": leaf["value"]}}),
    BLOCK.filter(lambda block: "conditions" in block),
)
SLA = st.fixed_dictionaries(
    {
        "name": NAMES,
        "calendar_id": st.sampled_from([1, "2", 3, None]),
        "first_response_time": MINUTES,
        "response_time": MINUTES,
        "update_time": MINUTES,
        "solution_time": MINUTES,
        "condition": CONDITION,
    }
)


PHASES = (Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink)
CALENDARS = answer("zammad-live/api-calendars-after")
STATES = answer("zammad-live/api-ticket-states-expand")
PRIORITIES = answer("zammad-live/api-ticket-priorities")


@pytest.fixture(scope="module")
def folder_of_files(tmp_path_factory):
    return tmp_path_factory.mktemp("imported")


@given(calendar=CALENDAR)
@settings(max_examples=40, deadline=None, phases=PHASES)
def test_whatever_a_calendar_is_the_file_takes_what_is_written(folder_of_files, calendar):
    setup = Setup(calendars=[{**calendar, "id": 1}], slas=[])

    (found,) = importing.calendars(setup)

    config = loaded("\n".join(as_yaml("support", [found], [], ())), folder_of_files)
    assert list(config.calendars) == [found.name] * found.usable
    assert all(one.timezone == calendar["timezone"] for one in config.calendars.values())


@pytest.mark.slow
@given(slas=st.lists(SLA, max_size=12))  # many in a file: reading one costs more than an SLA
@settings(max_examples=100, deadline=None, phases=PHASES)
def test_whatever_an_sla_is_the_file_takes_what_is_written(folder_of_files, slas):
    setup = Setup(
        calendars=CALENDARS,
        slas=[{**sla, "id": number} for number, sla in enumerate(slas, 1)],
        states=STATES,
        priorities=PRIORITIES,
        groups={1: "Users", 2: "1st Level", 3: "null", 4: "Sales::North"},
        users={2: {"id": 2, "login": "nicole", "email": "nicole@example.com"}, 3: {"id": 3}},
        organizations={1: "Grand Hotel", 2: "grand hotel", 3: "${ACME} BV"},
    )
    found = importing.policies(setup, meanings(setup.priorities, {}))

    text = "\n".join(as_yaml("support", importing.calendars(setup), found, importing.DIFFERENCES))
    config = loaded(text, folder_of_files)

    assert len(found) == len(slas)
    assert [one.policy.name for one in config.sla] == [one.name for one in found if one.usable]
