"""Values of custom fields, as the texts and numbers people compare them with."""

from __future__ import annotations

from collections.abc import Iterable


def texts_of(value: object) -> tuple[str, ...]:
    """A value as texts: a list is its elements, nothing and an empty text are none.

    true and false are `true` and `false`; a whole number has no decimals.
    """
    values = value if isinstance(value, list | tuple | set | frozenset) else (value,)
    return tuple(text for one in values if one is not None and (text := _text(one)))


def numbers_of(texts: Iterable[str]) -> tuple[float, ...]:
    """Those texts that are numbers."""
    found = []
    for text in texts:
        try:
            found.append(float(text))
        except ValueError:
            continue
    return tuple(found)


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()
