"""Values of custom fields, as the texts and numbers people compare them with."""

from __future__ import annotations

from collections.abc import Iterable

_SEVERAL = (list, tuple, set, frozenset)


def texts_of(value: object) -> tuple[str, ...]:
    """A value as texts: a list is its elements, nothing and an empty text are none.

    true and false are `true` and `false`; a whole number has no decimals.
    """
    if isinstance(value, _SEVERAL):
        return tuple([text for one in value if one is not None and (text := _text(one))])
    if value is None:
        return ()
    text = _text(value)
    return (text,) if text else ()


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
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()
