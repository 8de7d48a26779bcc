"""What the import asks a Zammad for, on recorded answers."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
import responses

from connectors.zammad import importing
from connectors.zammad.client import ZammadHelpdesk
from plugin.domain.errors import Refused
from tests.samples_reader import answer
from tests.unit.connectors import given as start
from tests.unit.connectors.zammad_setup import CALENDARS, FEED, sla

API = "https://help.example.com/api/v1"


@pytest.fixture
def host() -> Iterator[responses.RequestsMock]:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        mock.get(f"{API}/calendars", json=CALENDARS)
        mock.get(f"{API}/slas", json=answer("zammad-live/api-slas"))
        mock.get(f"{API}/ticket_states", json=answer("zammad-live/api-ticket-states-expand"))
        mock.get(f"{API}/ticket_priorities", json=answer("zammad-live/api-ticket-priorities"))
        mock.get(f"{API}/groups", json=answer("zammad-live/api-groups"))
        mock.get(f"{API}/calendars_init", json=answer("zammad-live/api-calendars-init"))
        mock.get(f"{API}/users/10", json=answer("zammad-live/api-users-get-other"))
        mock.get(f"{API}/users/99", json={"error": "Couldn't find User"}, status=404)
        mock.get(f"{API}/organizations/2", json=answer("zammad-live/api-organization"))
        yield mock


@pytest.fixture
def zammad(host: responses.RequestsMock) -> Iterator[ZammadHelpdesk]:
    client = ZammadHelpdesk(start.settings("zammad"))
    client._api.pause = lambda _seconds: None
    yield client
    client.close()


def asked(host: responses.RequestsMock) -> list[str]:
    return [urlsplit(call.request.url).path.removeprefix("/api/v1") for call in host.calls]


def rule(*ids: str) -> dict[str, object]:
    return {"operator": "is", "pre_condition": "specific", "value": list(ids)}


def test_the_recorded_zammad_gives_what_conditions_need(zammad, host):
    setup = zammad.setup()

    assert asked(host) == ["/calendars", "/slas", "/ticket_states", "/ticket_priorities", "/groups"]
    assert [row["name"] for row in setup.slas] == ["NL standard", "Finance response"]
    assert setup.groups[4] == "Finance"
    assert {call.request.method for call in host.calls} == {"GET"}


def test_nothing_is_asked_that_no_condition_names(zammad, host):
    host.replace(responses.GET, f"{API}/slas", json=[sla()])

    zammad.setup()

    assert asked(host) == ["/calendars", "/slas", "/ticket_states", "/ticket_priorities"]


def test_people_and_organizations_are_asked_for_once_each(zammad, host):
    people = {"ticket.customer_id": rule("10", "99"), "ticket.owner_id": rule("10")}
    company = {"operator": "OR", "conditions": [{"name": "ticket.organization_id", **rule("2")}]}
    slas = [sla("a", condition=people), sla("b", condition=company), sla("c", condition=company)]
    host.replace(responses.GET, f"{API}/slas", json=slas)

    setup = zammad.setup()

    assert asked(host)[4:] == ["/users/10", "/users/99", "/organizations/2"]
    assert setup.users[10]["email"] == "david@acme.example"
    assert 99 not in setup.users
    assert setup.organizations == {2: "Acme BV"}


def test_the_country_of_a_holiday_feed_is_known_by_its_address(zammad, host):
    fetched = [{**CALENDARS[0], "ical_url": FEED, "default": False}]
    host.replace(responses.GET, f"{API}/calendars", json=fetched)

    (found,) = importing.calendars(zammad.setup())

    assert found.remarks[0].startswith("Zammad fetches the holidays of Netherlands")


def test_a_feed_without_the_list_of_countries_is_still_told(zammad, host):
    fetched = [{**CALENDARS[0], "ical_url": FEED, "default": False}]
    forbidden = answer("zammad-live/api-calendars-agent-forbidden")
    host.replace(responses.GET, f"{API}/calendars", json=fetched)
    host.replace(responses.GET, f"{API}/calendars_init", json=forbidden, status=403)

    (found,) = importing.calendars(zammad.setup())

    assert found.remarks[0].startswith("Zammad fetches holidays from www.google.com")


@pytest.mark.parametrize(
    ("path", "sample", "permission"),
    [
        ("calendars", "api-calendars-agent-forbidden", "admin.calendar"),
        ("slas", "api-slas-agent-forbidden", "admin.sla"),
        ("groups", "api-groups-agent-forbidden", "admin.group"),
    ],
)
def test_the_recorded_refusals_name_the_permission(zammad, host, path, sample, permission):
    host.replace(responses.GET, f"{API}/{path}", json=answer(f"zammad-live/{sample}"), status=403)

    with pytest.raises(Refused, match=f"this needs the permission {permission}: create a token"):
        zammad.setup()
