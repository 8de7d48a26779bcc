"""Reads what an administrator set up: calendars, SLAs, and the names of what they mention."""

from __future__ import annotations

from collections.abc import Mapping

from connectors.http import Api
from connectors.shapes import mapping, text
from connectors.zammad.dossier import Record, by_id
from connectors.zammad.importing import Setup
from connectors.zammad.selectors import mentioned
from plugin.domain.errors import Refused

_MOST = 1000


def read_setup(api: Api) -> Setup:
    """Everything `importing` needs; raises `Refused` without admin.calendar and admin.sla.

    Names the token may not read are left out: conditions with them cannot be translated then.
    """
    calendars = api.get("/calendars", {"per_page": _MOST}).list()
    slas = api.get("/slas", {"per_page": _MOST}).list()
    users = mentioned(slas, "ticket.owner_id", "ticket.customer_id")
    companies = mentioned(slas, "ticket.organization_id", "customer.organization_id")
    with_feed = any(calendar.get("ical_url") for calendar in calendars)
    return Setup(
        calendars=calendars,
        slas=slas,
        states=api.get("/ticket_states", {"expand": "true", "per_page": _MOST}).list(),
        priorities=api.get("/ticket_priorities", {"per_page": _MOST}).list(),
        groups=_groups(api) if mentioned(slas, "ticket.group_id") else {},
        users=_each(api, "/users", users),
        organizations=_names(_each(api, "/organizations", companies)),
        feeds=_feeds(api) if with_feed else {},
    )


def _groups(api: Api) -> Mapping[int, str]:
    """The groups by id, inactive ones too: SLAs may still name them."""
    return _names(by_id(api.get("/groups", {"per_page": _MOST}).list()))


def _each(api: Api, path: str, numbers: set[int]) -> dict[int, Record]:
    found = {}
    for number in sorted(numbers):
        try:
            found[number] = api.get(f"{path}/{number}").object()
        except Refused:
            continue  # deleted since, or not for this token: its condition will say so
    return found


def _feeds(api: Api) -> Mapping[str, str]:
    try:
        offered = mapping(api.get("/calendars_init").object().get("ical_feeds"))
    except Refused:
        return {}
    return {address: text(country) for address, country in offered.items()}


def _names(records: Mapping[int, Record]) -> dict[int, str]:
    return {number: name for number, row in records.items() if (name := text(row.get("name")))}
