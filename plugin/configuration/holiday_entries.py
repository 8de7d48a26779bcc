"""One entry of a calendar's `holidays:` list, understood: country, date, own hours, iCal file."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, TypeVar

from marshmallow import ValidationError

from plugin.configuration.countries import common_name, regions
from plugin.configuration.fields import Complaint, refusal
from plugin.configuration.intervals import read_hours, read_text
from plugin.domain.dataclass import dataclass
from plugin.domain.hours import Hours

Result = TypeVar("Result")

LONGEST_CLOSURE = 366
"""Days of one `date … until`."""

HOLIDAY_KEYS = ("date", "until", "name", "hours", "country", "region", "language", "file")


@dataclass(frozen=True, slots=True)
class Holiday:
    """One entry of the list, understood."""

    country: str = ""
    region: str | None = None
    language: str | None = None
    file: str = ""
    first: date | None = None
    last: date | None = None
    name: str = ""
    hours: Hours | None = None


def read_holidays(value: Any, what: str) -> list[Holiday]:
    """Read the whole list; the messages of the `ValidationError` are keyed by index."""
    if not isinstance(value, list):
        raise refusal(what)
    entries: list[Holiday] = []
    mistakes: dict[int, Any] = {}
    for index, item in enumerate(value):
        try:
            entries.append(_holiday(item))
        except ValidationError as error:
            mistakes[index] = error.messages
    if mistakes:
        raise ValidationError(mistakes)
    return entries


def _holiday(item: Any) -> Holiday:
    if isinstance(item, date):
        return Holiday(first=item, last=item)
    if isinstance(item, str):
        return _short_holiday(item.strip())
    if isinstance(item, Mapping):
        return _long_holiday(item)
    raise refusal("a country (NL), a region (DE-BY), a date, an iCal file or a mapping of these")


def _short_holiday(text: str) -> Holiday:
    if re.match(r"\d", text):
        day = _date(text)
        return Holiday(first=day, last=day)
    if text.lower().startswith(("http:", "https:", "webcal:")):
        raise refusal(
            "a file beside the configuration",
            remedy="download the calendar and name the file; Deskladder fetches no addresses itself",
        )
    if text.lower().endswith(".ics"):
        return Holiday(file=text)
    country, dash, region = text.partition("-")
    return Holiday(
        country=_country(country, text), region=_region(country, region) if dash else None
    )


def _long_holiday(item: Mapping[str, Any]) -> Holiday:
    mistakes: dict[str, Any] = {
        key: [Complaint(f"one of {', '.join(HOLIDAY_KEYS)}", choices=HOLIDAY_KEYS, at_key=True)]
        for key in item
        if key not in HOLIDAY_KEYS
    }
    if mistakes:
        raise ValidationError(mistakes)
    kinds = [key for key in ("date", "country", "file") if key in item]
    if len(kinds) != 1:
        raise refusal("one of date, country and file", got=" and ".join(kinds) or "none of them")
    kind = kinds[0]
    for key in item:
        if key not in _BELONGS[kind]:
            mistakes[key] = [Complaint(f"nothing but {', '.join(_BELONGS[kind])}", at_key=True)]
    if mistakes:
        raise ValidationError(mistakes)
    return _READERS[kind](item)


def _dated(item: Mapping[str, Any]) -> Holiday:
    first = _keyed("date", lambda: _date(item["date"]))
    last = _keyed("until", lambda: _date(item["until"])) if "until" in item else first
    if not 0 <= (last - first).days < LONGEST_CLOSURE:
        raise ValidationError(
            {"until": [Complaint(f"a date from {first} on, less than a year later")]}
        )
    name = _keyed("name", lambda: read_text(item["name"], "a name")) if "name" in item else ""
    hours = _keyed("hours", lambda: read_hours(item["hours"])) if "hours" in item else None
    return Holiday(first=first, last=last, name=name, hours=hours)


def _national(item: Mapping[str, Any]) -> Holiday:
    country = _keyed("country", lambda: _country(read_text(item["country"], "a country"), ""))
    region = language = None
    if "region" in item:
        region = _keyed("region", lambda: _region(country, read_text(item["region"], "a region")))
    if "language" in item:
        language = _keyed("language", lambda: _language(item["language"]))
    return Holiday(country=country, region=region, language=language)


def _filed(item: Mapping[str, Any]) -> Holiday:
    return Holiday(file=_keyed("file", lambda: read_text(item["file"], "an iCal file")))


_BELONGS = {
    "date": ("date", "until", "name", "hours"),
    "country": ("country", "region", "language"),
    "file": ("file",),
}
_READERS: dict[str, Callable[[Mapping[str, Any]], Holiday]] = {
    "date": _dated,
    "country": _national,
    "file": _filed,
}


def _country(code: str, whole: str) -> str:
    if code in regions():
        return code
    guess = common_name(whole or code) or (code.upper() if code.upper() in regions() else None)
    raise refusal(
        "a country (NL), a region (DE-BY), a date or an iCal file" if whole else "a country (NL)",
        guess=guess,
    )


def _region(country: str, region: str) -> str:
    known = regions()[country]
    if region in known:
        return region
    if not known:
        raise refusal(
            f"{country} alone", remedy=f"{country} has no regions with their own holidays"
        )
    near = difflib.get_close_matches(region.upper(), known, 1, 0.5)
    raise refusal(
        f"a region of {country}: one of {', '.join(known)}",
        guess=f"{country}-{near[0]}" if near else None,
    )


def _language(value: Any) -> str:
    text = read_text(value, "a language such as nl, de or en_US")
    if not re.fullmatch(r"[a-z]{2,3}(_[A-Z]{2})?", text):
        raise refusal("a language such as nl, de or en_US")
    return {"en": "en_US"}.get(text, text)


def _date(value: Any) -> date:
    if isinstance(value, date):
        return value
    text = value.strip() if isinstance(value, str) else ""
    try:
        if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text, re.ASCII):
            return date.fromisoformat(text)
    except ValueError as error:
        raise refusal("a date such as 2026-12-24", remedy=f"{error}") from None
    raise refusal("a date such as 2026-12-24")


def _keyed(key: str, read: Callable[[], Result]) -> Result:
    """Read the value of a key, and put the key into the path of what is wrong with it."""
    try:
        return read()
    except ValidationError as error:
        raise ValidationError({key: error.messages}) from None
