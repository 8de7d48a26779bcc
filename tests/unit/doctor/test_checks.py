"""The doctor's own checks, each on facts made for it."""

from __future__ import annotations

import ssl
from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace

import pytest

from plugin.doctor.certificates import expiry
from plugin.doctor.checks import (
    address,
    arrivals,
    certificate,
    clock,
    names,
    people,
    policies,
    tick,
    work,
)
from plugin.doctor.facts import Facts, Knock, Ledger, Traffic, webhook_url
from plugin.doctor.needs import needed, tags_set, wanted
from plugin.domain.examining import Examined, Expected, Inventory, Level
from plugin.domain.helpdesk import Ability
from plugin.domain.mentions import Mention, Thing
from plugin.domain.settings import HelpdeskSettings, Place, Secret
from plugin.domain.storing import Arrival
from plugin.domain.ticket import Agent, State, StateType
from tests.given import ANA, BEN, MONDAY, config, minutes
from tests.story.clinic import CERTIFICATE, Front

HERE = Place("deskladder.yaml", 7, 3)
SUPPORT = HelpdeskSettings(
    "support", "zammad", "https://help.example.com", Secret("t"), Secret("s"), "bot@example.com"
)
SHELF = Inventory(
    groups=["Finance", "1st Level"],
    agents=[Agent(ANA), Agent(BEN, active=False)],
    states=[State("waiting for parts", StateType.OPEN)],
    owners={"Finance": frozenset({BEN.id})},
    fields=frozenset({"order_number"}),
)


def with_helpdesks(*settings: HelpdeskSettings, **fields):
    return replace(config(**fields), helpdesks={one.name: one for one in settings})


def facts(**given) -> Facts:
    return Facts(**{"now": MONDAY, "config": with_helpdesks(SUPPORT), "url": None, **given})


def levels(findings) -> list[str]:
    return [finding.level.value for finding in findings]


def examined(inventory: Inventory | None = SHELF, **given) -> dict[str, Examined]:
    return {"support": Examined([], inventory, **given)}


def mention(thing: Thing, name: str, **given) -> Mention:
    return Mention(thing, name, HERE, **given)


# Names ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("thing", "name"),
    [
        pytest.param(Thing.GROUP, "finance", id="case-aside"),
        pytest.param(Thing.PERSON, "ANA@example.com", id="a-person-by-address"),
        pytest.param(Thing.STATE, "Waiting for parts", id="a-state-of-the-host"),
        pytest.param(Thing.STATE, "open", id="a-meaning-of-states"),
        pytest.param(Thing.FIELD, "order_number", id="a-field"),
        pytest.param(Thing.TAG, "anything", id="tags-come-into-being"),
    ],
)
def test_a_name_that_is_there_is_fine(thing, name):
    found = names.check(facts(mentions=[mention(thing, name)], helpdesks=examined()))

    assert set(levels(found)) <= {"ok"}


def test_somebody_inactive_is_nobody():
    found = list(
        names.check(
            facts(mentions=[mention(Thing.PERSON, "ben@example.com")], helpdesks=examined())
        )
    )

    assert levels(found) == ["error"]


def test_a_name_is_told_once_however_often_it_stands_in_the_file():
    twice = [mention(Thing.GROUP, "Kitchen"), mention(Thing.GROUP, "kitchen")]

    found = names.check(facts(mentions=twice, helpdesks=examined()))

    assert levels(found) == ["error"]


def test_a_name_may_be_on_any_of_several_helpdesks():
    both = {**examined(), "shop": Examined([], replace(SHELF, groups=["Kitchen"]))}
    two = with_helpdesks(SUPPORT, replace(SUPPORT, name="shop"))

    found = names.check(
        facts(config=two, mentions=[mention(Thing.GROUP, "Kitchen")], helpdesks=both)
    )

    assert levels(found) == ["ok"]


def test_nothing_is_said_about_names_while_a_helpdesk_cannot_be_read():
    found = names.check(
        facts(mentions=[mention(Thing.GROUP, "Kitchen")], helpdesks=examined(inventory=None))
    )

    assert list(found) == []


def test_things_a_helpdesk_does_not_list_are_not_called_missing():
    blind = examined(replace(SHELF, fields=None, groups=[]))
    asked = [mention(Thing.FIELD, "x"), mention(Thing.GROUP, "y")]

    assert list(names.check(facts(mentions=asked, helpdesks=blind))) == []


def test_a_value_of_a_variable_is_not_printed():
    hidden = mention(Thing.PERSON, "secret.person@example.com", shown="${WHO}")

    (found,) = names.check(facts(mentions=[hidden], helpdesks=examined()))

    assert "${WHO}" in found.text
    assert "secret.person" not in found.text


def test_whoever_is_only_told_need_not_be_an_agent():
    told = mention(Thing.PERSON, "boss@example.com", is_told=True)
    reachable = with_helpdesks(SUPPORT, people={"boss@example.com": object()})

    (unknown,) = names.check(facts(mentions=[told], helpdesks=examined()))
    known = names.check(facts(config=reachable, mentions=[told], helpdesks=examined()))

    assert unknown.level is Level.WARNING
    assert "people: names a channel" in unknown.remedy
    assert levels(known) == ["ok"]


def test_a_lead_who_may_not_own_the_groups_tickets_is_told_by_name():
    lead = mention(Thing.PERSON, "ana@example.com", group="Finance")

    (found,) = people.check(facts(mentions=[lead], helpdesks=examined()))

    assert found.level is Level.WARNING
    assert "Ana may not own tickets of 'Finance'" in found.text
    assert found.about == "support"


# Arrivals -----------------------------------------------------------------------------------------


def event(ticket: int, before: timedelta, hints: frozenset[str] = frozenset()) -> Expected:
    return Expected(ticket, MONDAY - before, "new tickets", "install", hints)


def came(ticket: int, before: timedelta, hint: str = "") -> Arrival:
    return Arrival(ticket, MONDAY - before, hint)


def judged(expected: list[Expected], arrived: list[Arrival]) -> list[str]:
    last = arrived[0] if arrived else came(99, minutes(1))
    ledger = Ledger("here", traffic={"support": Traffic(arrived, last)})
    return levels(arrivals.check(facts(helpdesks=examined(expected=expected), ledger=ledger)))


def test_tickets_that_were_announced_are_fine():
    assert judged([event(1, minutes(30))], [came(1, minutes(30))]) == ["ok"]


def test_no_ticket_announced_is_an_error_and_some_a_warning():
    some = [event(number, minutes(30)) for number in (1, 2, 3)]

    assert judged(some, []) == ["error"]
    assert judged(some, [came(1, minutes(29))]) == ["warning"]


def test_one_lost_call_among_many_is_chance():
    many = [event(number, minutes(30)) for number in range(1, 11)]

    assert judged(many, [came(number, minutes(29)) for number in range(1, 10)]) == ["ok"]


def test_what_happened_a_moment_ago_may_still_be_on_its_way():
    assert judged([event(1, minutes(5))], []) == ["ok"]


def test_an_older_call_announces_nothing_that_came_after_it():
    assert judged([event(1, minutes(30))], [came(1, minutes(90))]) == ["error"]


def test_only_the_right_kind_of_call_counts_where_kinds_differ():
    reply = event(1, minutes(30), frozenset({"convo.agent.reply.created"}))

    assert judged([reply], [came(1, minutes(29), "convo.status")]) == ["error"]
    assert judged([reply], [came(1, minutes(29), "convo.agent.reply.created")]) == ["ok"]


def test_a_wrong_signature_before_the_last_good_call_is_history():
    traffic = Traffic([], came(1, minutes(5)), refused_at=MONDAY - minutes(60))

    found = arrivals.check(
        facts(helpdesks=examined(), ledger=Ledger("here", traffic={"support": traffic}))
    )

    assert levels(found) == ["ok"]


# Ourselves ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("skew", "level"), [(0, "ok"), (59, "ok"), (-61, "warning"), (299, "warning"), (-301, "error")]
)
def test_clocks_may_differ_by_a_minute(skew, level):
    assert levels(clock.check(facts(helpdesks=examined(clock_skew=float(skew))))) == [level]


@pytest.mark.parametrize(("age", "level"), [(30, "ok"), (179, "ok"), (181, "error")])
def test_a_heartbeat_may_be_three_minutes_old(age, level):
    ledger = Ledger("here", heartbeat_at=MONDAY - timedelta(seconds=age))

    assert levels(tick.check(facts(ledger=ledger))) == [level]


@pytest.mark.parametrize("problem", ["tls", "name", "refused", "timeout", "other"])
def test_an_address_we_cannot_try_is_an_error_only_when_no_call_arrives(problem):
    knock = {"support": Knock("https://d.example.com/webhooks/support", problem=problem)}

    def found(last: Arrival | None) -> list[str]:
        ledger = Ledger("here", traffic={"support": Traffic(last=last)})
        url = "https://d.example.com"
        return levels(address.check(facts(url=url, knocks=knock, ledger=ledger)))

    assert found(came(1, minutes(5))) == ["ok"]
    assert found(came(1, timedelta(days=3))) == found(None) == ["error"]


@pytest.mark.parametrize(
    ("url", "is_open"),
    [
        ("http://deskladder.example.com", True),
        ("https://deskladder.example.com", False),
        ("http://deskladder:8080", False),
        ("http://127.0.0.1:8080", False),
        ("http://10.1.2.3:8080", False),
        ("http://172.20.0.3:8080", False),
        ("http://8.8.4.4:8080", True),
        ("http://desk.lan", False),
    ],
)
def test_plain_http_over_the_world_is_worth_a_warning(url, is_open):
    assert levels(address.check(facts(url=url))) == (["warning"] if is_open else [])


def test_dead_letters_and_demoted_rules_are_told():
    status = SimpleNamespace(
        oldest_waiting_age=None,
        deliveries_waiting=0,
        dead_letters=["one", "two"],
        demoted={"ping pong": "3 times"},
    )

    found = list(work.check(facts(ledger=Ledger("here", status=status))))

    assert levels(found) == ["warning", "warning"]
    assert "2 actions" in found[0].text
    assert "'ping pong'" in found[1].text


@pytest.mark.parametrize(
    ("days", "level"), [(90, "ok"), (13, "warning"), (1, "error"), (-1, "error")]
)
def test_a_certificate_is_renewed_in_time(days, level):
    ends = {"https://d.example.com": MONDAY + timedelta(days=days, hours=1)}

    assert levels(certificate.check(facts(certificates=ends))) == [level]


def test_the_end_of_a_certificate_is_read_without_sending_anything():
    front = Front(CERTIFICATE)
    trust = ssl.create_default_context(cafile=str(CERTIFICATE))
    trust.check_hostname = False
    try:
        end = expiry(front.url, trust)
        unknown = expiry(front.url)
    finally:
        front.close()

    assert end is not None
    assert end.year >= 2080 - 1
    assert unknown is None  # told by the check of the address
    assert expiry("http://127.0.0.1:9") is None
    assert expiry("https://127.0.0.1:9") is None


# Policies -----------------------------------------------------------------------------------------


def policy(digest: str) -> SimpleNamespace:
    levels_ = [SimpleNamespace(number=0), SimpleNamespace(number=1), SimpleNamespace(number=2)]
    return SimpleNamespace(digest=digest, tags=True, levels=levels_)


def test_an_escalation_on_an_older_policy_is_told():
    ledger = Ledger("here", running={("finance", "old"): 2, ("gone", "x"): 1, ("same", "s"): 4})
    present = config(policies={"finance": policy("new"), "same": policy("s")})

    found = list(policies.check(facts(config=present, ledger=ledger)))

    assert levels(found) == ["warning", "warning"]
    assert "2 escalations run on the policy 'finance', which was changed since" in found[0].text
    assert "1 escalation runs on the policy 'gone', which is not in the file" in found[1].text


def test_escalations_on_the_policies_of_the_file_are_fine():
    ledger = Ledger("here", running={("finance", "new"): 2})

    found = policies.check(facts(config=config(policies={"finance": policy("new")}), ledger=ledger))

    assert levels(found) == ["ok"]


# Needs --------------------------------------------------------------------------------------------


def test_a_ladder_sets_tags_without_naming_them():
    present = config(policies={"finance": policy("x")})

    assert tags_set(present, []) == ["escalated", "esc-l1", "esc-l2"]


def test_freescout_priorities_need_the_module_they_stand_in():
    high = [mention(Thing.PRIORITY, "priority")]
    tagged = replace(SUPPORT, type="freescout", options={"priority": {"tags": {"high": "p1"}}})
    in_field = replace(tagged, options={"priority": {"field": "Priority"}})

    def asked(settings):
        return needed(settings, config(), high, url=None, now=MONDAY).abilities

    assert set(asked(tagged)) == {Ability.PRIORITY, Ability.TAG}
    assert set(asked(in_field)) == {Ability.PRIORITY, Ability.FIELD}


def test_what_is_only_asked_for_is_not_installed():
    asked = [mention(Thing.TAG, "vip", is_done=False), mention(Thing.TAG, "escalated")]

    plan = wanted(config(), asked, "https://d.example.com/webhooks/support", buttons=False)

    assert list(plan.tags) == ["escalated"]


def test_our_webhooks_address_has_one_slash():
    assert (
        webhook_url("https://d.example.com/", "support") == "https://d.example.com/webhooks/support"
    )
    assert webhook_url(None, "support") is None
