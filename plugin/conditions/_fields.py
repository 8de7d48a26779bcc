"""Custom fields of a ticket, as the texts people compare them with."""

from __future__ import annotations

from plugin.domain.ticket import Ticket


def texts_of(ticket: Ticket, name: str) -> tuple[str, ...]:
    """The values of a field by its name in any case, as texts; empty when it has none.

    true and false are `true` and `false`, a whole number has no decimals, a list is its elements.
    """
    fields = ticket.fields
    value = fields.get(name)
    if value is None:
        lowered = name.lower()
        value = next((one for key, one in fields.items() if key.lower() == lowered), None)
    values = value if isinstance(value, list | tuple | set | frozenset) else (value,)
    return tuple(_text(one) for one in values if one is not None and one != "")


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()
