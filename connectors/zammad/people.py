"""Zammad's users in our words: agents, customers, and the user that stands for nobody."""

from __future__ import annotations

from collections.abc import Mapping

from connectors.shapes import day, integer, integers, mapping, text
from connectors.zammad.dossier import Record
from plugin.domain.ticket import Absence, Agent, Person, Role

NOBODY = 1
"""The id of the user `-`: owner of a ticket nobody owns, and author of what Zammad does itself."""

_CUSTOMER_ROLES = frozenset({3})  # seeded; used where an answer names no roles


def is_agent(user: Record, roles: Mapping[int, Record]) -> bool:
    """True for a user with any role but `Customer`. Roles can be renamed: then the seeded id."""
    customer_roles = {number for number, role in roles.items() if role.get("name") == "Customer"}
    return bool(set(integers(user.get("role_ids"))) - (customer_roles or _CUSTOMER_ROLES))


def person(user: Record, role: Role, organizations: Mapping[int, Record] | None = None) -> Person:
    """Read a user. VIP is the user's own mark or (6.x) that of the organisation."""
    organization = mapping((organizations or {}).get(integer(user.get("organization_id")) or 0))
    preferences = mapping(user.get("preferences"))
    names = (text(user.get("firstname")), text(user.get("lastname")))
    return Person(
        id=integer(user.get("id")),
        role=role,
        name=" ".join(name for name in names if name.strip(" -")),
        email=text(user.get("email")),
        login=text(user.get("login")),
        vip=user.get("vip") is True or organization.get("vip") is True,
        language=text(preferences.get("locale")) or None,
        timezone=text(preferences.get("timezone")) or None,
        organization=text(organization.get("name")) or text(user.get("organization")) or None,
    )


def agent(user: Record) -> Agent:
    """Read a person who may own tickets, with the out-of-office dates Zammad keeps.

    An absence counts only with the flag and both dates set; the days are inclusive.
    """
    absence = None
    first, last = day(user.get("out_of_office_start_at")), day(user.get("out_of_office_end_at"))
    if user.get("out_of_office") is True and first and last:
        absence = Absence(first, last, integer(user.get("out_of_office_replacement_id")))
    return Agent(person(user, Role.AGENT), active=user.get("active") is not False, absence=absence)
