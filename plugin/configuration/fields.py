"""The kinds of values the file has, each saying what it expects and how an editor can check it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from marshmallow import ValidationError, missing

from plugin.conditions._operands import Direct
from plugin.configuration.scalars import Concealed
from plugin.domain.dataclass import dataclass
from plugin.domain.duration import Duration
from plugin.domain.settings import Secret


@dataclass(frozen=True, slots=True)
class Complaint:
    """What a field has against a value; the place and the value's words are added later.

    `choices` are what a wrong word may have meant. `got` replaces the description of the value,
    `at_key` points at the key instead. `missing` names the key that is not there.
    """

    expected: str
    choices: tuple[str, ...] = ()
    remedy: str | None = None
    got: str | None = None
    guess: str | None = None
    at_key: bool = False
    missing: str | None = None


def refusal(expected: str, **details: Any) -> ValidationError:
    """The exception a field raises."""
    return ValidationError([Complaint(expected, **details)])


class Kind(Direct):
    """A field that describes itself; nothing (`null`) is an ordinary wrong value."""

    what = "a value"

    def _validate_missing(self, value: Any) -> None:
        if value is missing and self.required:
            raise refusal(self.what, missing=self.name)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        del attr, data, kwargs
        return self.read(value)

    def read(self, value: Any) -> Any:
        """The checked value; raises `ValidationError`."""
        return value

    def json_schema(self) -> dict[str, Any]:
        """The fragment for editors."""
        return {}


class Text(Kind):
    """Text that is not empty. Numbers count as the text they are written as; `true` does not."""

    def __init__(self, what: str = "text", *, pattern: str | None = None, **options: Any) -> None:
        super().__init__(**options)
        self.what = what
        self.pattern = re.compile(pattern) if pattern else None

    def read(self, value: Any) -> str:
        if isinstance(value, bool):
            raise refusal(self.what, remedy="quote it to make it text")
        if isinstance(value, int | float):
            value = str(value)
        if not isinstance(value, str) or not value.strip():
            raise refusal(self.what)
        text = "".join(value).strip()
        if self.pattern and not self.pattern.fullmatch(text):
            raise refusal(self.what)
        return text

    def json_schema(self) -> dict[str, Any]:
        schema: dict[str, Any] = {"type": ["string", "number"], "minLength": 1}
        if self.pattern:
            schema = {
                "anyOf": [{"type": "string", "pattern": f"^({self.pattern.pattern})$"}, VARIABLE]
            }
        return schema


VARIABLE: dict[str, Any] = {"type": "string", "pattern": r"\$\{[^}]+\}"}
"""Where an editor must let a `${VARIABLE}` pass that Deskladder will fill in."""


class Choice(Kind):
    """One word of a closed list."""

    def __init__(self, words: Iterable[str], **options: Any) -> None:
        super().__init__(**options)
        self.words = tuple(str(word) for word in words)
        self.what = f"one of {', '.join(self.words)}"

    def read(self, value: Any) -> str:
        if isinstance(value, str) and value in self.words:
            return "".join(value)
        raise refusal(self.what, choices=self.words)

    def json_schema(self) -> dict[str, Any]:
        return {"enum": list(self.words)}


class Truth(Kind):
    """true or false, as YAML 1.2 writes them."""

    what = "true or false"

    def read(self, value: Any) -> bool:
        if isinstance(value, bool):
            return value
        word = value.lower() if isinstance(value, str) else ""
        if isinstance(value, Concealed) and word in {"true", "false"}:
            return word == "true"
        guess = {"yes": "true", "on": "true", "no": "false", "off": "false"}.get(word)
        raise refusal(self.what, guess=guess)

    def json_schema(self) -> dict[str, Any]:
        return {"anyOf": [{"type": "boolean"}, VARIABLE]}


class Number(Kind):
    """A whole number within bounds, both included."""

    def __init__(self, *, least: int, most: int, **options: Any) -> None:
        super().__init__(**options)
        self.least, self.most = least, most
        self.what = f"a whole number from {least} to {most}"

    def read(self, value: Any) -> int:
        if isinstance(value, Concealed) and value.isascii() and value.isdigit():
            value = int(value[:20])
        if isinstance(value, bool) or not isinstance(value, int):
            raise refusal(self.what)
        if not self.least <= value <= self.most:
            raise refusal(self.what)
        return int(value)

    def json_schema(self) -> dict[str, Any]:
        return {
            "anyOf": [{"type": "integer", "minimum": self.least, "maximum": self.most}, VARIABLE]
        }


class Length(Kind):
    """A duration with its unit. Real time only, unless `business` lets business days in."""

    def __init__(self, *, business: bool = False, zero: bool = False, **options: Any) -> None:
        super().__init__(**options)
        self.business = business
        self.zero = zero
        examples = "30m, 4h, 1h30m, 2bd (business days)" if business else "30s, 5m, 4h"
        self.what = f"a duration such as {examples} or 7d"

    def read(self, value: Any) -> Duration:
        if isinstance(value, int | float) and not isinstance(value, bool):
            raise refusal(self.what, remedy="write the unit: s, m, h, d" + ", bd" * self.business)
        if not isinstance(value, str):
            raise refusal(self.what)
        try:
            duration = Duration.parse("".join(value))
        except ValueError as error:
            words = str(error)
            raise refusal(
                self.what if "such as 30m" in words else words.removeprefix("expected ")
            ) from None
        if duration.business_days and not self.business:
            raise refusal(
                "a duration of real time such as 30s, 5m, 4h or 7d",
                remedy="business days need a calendar, which this setting does not have",
            )
        if not duration and not self.zero:
            raise refusal("a duration longer than nothing")
        try:
            timedelta(seconds=duration.real_seconds)
        except OverflowError:
            raise refusal("a duration of at most some years") from None
        return duration

    def json_schema(self) -> dict[str, Any]:
        units = "[bB][dD]|[dDhHmMsS]" if self.business else "[dDhHmMsS]"
        return {"type": "string", "pattern": rf"^\s*(\d+\s*({units})\s*)+$"}


class Address(Kind):
    """An http(s) address: scheme and host, possibly a path, nothing behind it."""

    what = "an address such as https://help.example.com"

    def read(self, value: Any) -> str:
        if not isinstance(value, str):
            raise refusal(self.what)
        text = "".join(value).strip()
        try:
            parts = urlsplit(text)
            port = parts.port
        except ValueError:
            raise refusal(self.what) from None
        if parts.scheme not in {"http", "https"} or not parts.hostname or port == 0:
            raise refusal(self.what, guess=self._guess(text))
        if parts.username is not None or parts.password is not None:
            raise refusal("an address without a user name or password", got="one with them")
        if parts.query or parts.fragment:
            raise refusal("an address without '?' and '#'")
        if any(char.isspace() for char in text):
            raise refusal(self.what)
        path = parts.path.rstrip("/")
        if path.lower().endswith(("/api", "/api/v1", "/index.php")):
            raise refusal(
                "the address people open in the browser, without the API's path",
                guess=f"{parts.scheme}://{parts.netloc}{re.sub('(?i)(/index.php)?(/api(/v1)?)?$', '', path)}",
            )
        return f"{parts.scheme}://{parts.netloc}{path}"

    @staticmethod
    def _guess(text: str) -> str | None:
        if re.fullmatch(r"[\w.-]+\.[A-Za-z]{2,}(:\d+)?(/\S*)?", text):
            return f"https://{text}"
        return None

    def json_schema(self) -> dict[str, Any]:
        return {"anyOf": [{"type": "string", "pattern": "^https?://[^/?#\\s]+"}, VARIABLE]}


class ProxyAddress(Address):
    """The address of a proxy."""

    what = "the address of a proxy such as http://proxy.example.com:3128"

    @staticmethod
    def _guess(text: str) -> str | None:
        return f"http://{text}" if re.fullmatch(r"[\w.-]+(:\d+)?", text) else None


class Hidden(Kind):
    """A secret. It should come from a `${VARIABLE}`; the loader warns when it does not.

    One that is `sent` as it is must consist of characters that a header can hold.
    """

    what = "a secret from the environment or a file: ${NAME} or ${file:/path}"

    def __init__(self, *, sent: bool = False, **options: Any) -> None:
        super().__init__(**options)
        self.sent = sent

    def read(self, value: Any) -> Secret:
        if isinstance(value, int | float) and not isinstance(value, bool):
            value = str(value)
        if not isinstance(value, str) or not value.strip():
            raise refusal(self.what, got="no text")
        text = "".join(value).strip()
        if not text.isprintable():
            raise refusal(self.what, got="one with a line break or a control character")
        if self.sent and not text.isascii():
            got = "one with characters no token has, such as the … of a guide"
            raise refusal(self.what, got=got)
        return Secret(text)

    def json_schema(self) -> dict[str, Any]:
        return {"type": "string", "minLength": 1}


class HiddenAddress(Hidden):
    """An http(s) address that whoever knows it may use: no message repeats it."""

    what = "an http(s) address from the environment or a file: ${NAME} or ${file:/path}"

    def read(self, value: Any) -> Secret:
        secret = super().read(value)
        try:
            parts = urlsplit(secret.reveal())
            is_address = parts.scheme in {"http", "https"} and parts.hostname and parts.port != 0
        except ValueError:
            is_address = False
        if not is_address or any(char.isspace() for char in secret.reveal()):
            raise refusal(self.what, got="something else")
        return secret

    def json_schema(self) -> dict[str, Any]:
        return {"anyOf": [{"type": "string", "pattern": "^https?://[^/?#\\s]+"}, VARIABLE]}


class Channel(Hidden):
    """An Apprise URL, kept as a secret."""

    what = "an Apprise URL such as mailto://… or slack://…, best from a ${VARIABLE}"

    def read(self, value: Any) -> Secret:
        secret = super().read(value)
        if not re.match(r"[A-Za-z][A-Za-z0-9+.-]*://\S", secret.reveal()):
            raise refusal(self.what, got="text that is no URL")
        return secret


class Moment(Kind):
    """A date or a date with a time; without an offset it is local to the default calendar."""

    what = "a date such as 2026-12-01 or a date and time such as 2026-12-01T09:00"

    def read(self, value: Any) -> datetime:
        text = "".join(value).strip() if isinstance(value, str) else ""
        if not re.match(r"\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}|$)", text, re.ASCII):
            raise refusal(self.what)
        try:
            return datetime.fromisoformat(text)
        except ValueError as error:
            raise refusal(self.what, remedy=f"{error}".rstrip(".")) from None

    def json_schema(self) -> dict[str, Any]:
        return {"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}.*)?$"}


class Day(Kind):
    """One civil date."""

    what = "a date such as 2026-12-24"

    def read(self, value: Any) -> date:
        text = value.strip() if isinstance(value, str) else ""
        try:
            if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text, re.ASCII):
                return date.fromisoformat(text)
        except ValueError:
            pass
        raise refusal(self.what)

    def json_schema(self) -> dict[str, Any]:
        return {"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}$"}


class Passed(Kind):
    """A value that is checked elsewhere, with more knowledge than a field has."""

    def __init__(self, what: str = "a value", **options: Any) -> None:
        super().__init__(**options)
        self.what = what
