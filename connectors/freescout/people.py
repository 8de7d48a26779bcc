"""FreeScout's people: agents are users, customers are numbered on their own, some users are no people."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from connectors.shapes import integer, mapping, rows, text
from plugin.domain.ticket import Person, Role

Record = Mapping[str, Any]

_DELETED = re.compile(r"_deleted\d{8,}$")
_ROBOT = re.compile(r"fsworkflow@", re.IGNORECASE)


def person(record: Record, role: Role) -> Person:
    """Read a short or a full record of a user or customer. The login is the e-mail address."""
    names = (text(record.get("firstName")), text(record.get("lastName")))
    email = text(record.get("email")) or _first_email(record)
    return Person(
        id=integer(record.get("id")),
        role=role,
        name=" ".join(name for name in names if name.strip()),
        email=email,
        login=email,
        language=text(record.get("language")) or None,
        timezone=text(record.get("timezone")) or None,
        organization=text(record.get("company")) or None,
    )


def is_robot(record: Record) -> bool:
    """True for the user the Workflows module acts as; the list shows it like anybody else."""
    return bool(_ROBOT.match(text(record.get("email"))))


def is_deleted(record: Record) -> bool:
    """True for a deleted user: only a suffix of the address tells."""
    return bool(_DELETED.search(text(record.get("email"))))


def _first_email(record: Record) -> str:
    listed = rows(mapping(record.get("_embedded")).get("emails"))
    return text(listed[0].get("value")) if listed else ""
