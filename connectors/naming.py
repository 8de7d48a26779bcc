"""Finding a thing by the name a person wrote, and telling them what there is when there is none."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from difflib import get_close_matches
from typing import TypeVar

from plugin.domain.errors import Refused

T = TypeVar("T")
_MOST_NAMES = 20


def find_named(wanted: str, things: Iterable[T], name_of: Callable[[T], str]) -> T | None:
    """The thing of that name: exact first, then without regard to case; None when there is none.

    Two things that differ only by case are told apart by the exact name alone.
    """
    known = list(things)
    exact = [thing for thing in known if name_of(thing) == wanted]
    if exact:
        return exact[0]
    folded = wanted.strip().casefold()
    alike = [thing for thing in known if name_of(thing).strip().casefold() == folded]
    return alike[0] if len(alike) == 1 else None


def pick(kind: str, wanted: str, things: Iterable[T], name_of: Callable[[T], str]) -> T:
    """The thing of that name; raises `Refused` with the known names and a guess."""
    known = list(things)
    found = find_named(wanted, known, name_of)
    if found is None:
        raise Refused(unknown(kind, wanted, [name_of(thing) for thing in known]))
    return found


def unknown(kind: str, wanted: str, names: list[str]) -> str:
    """The sentence for a name that is not there."""
    by_fold = {name.casefold(): name for name in names}
    close = get_close_matches(wanted.casefold(), list(by_fold), n=1)
    guess = f"; did you mean {by_fold[close[0]]!r}?" if close else "."
    shown = ", ".join(sorted(names)[:_MOST_NAMES]) or "none that the service user may see"
    more = f" and {len(names) - _MOST_NAMES} more" if len(names) > _MOST_NAMES else ""
    return f"the helpdesk has no {kind} {wanted!r}{guess} Known: {shown}{more}"
