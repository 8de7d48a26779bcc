"""JSON to other systems: bounded in time and size, redirects refused, no address in any message."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from plugin.clock import monotonic
from plugin.domain.errors import Refused, TryAgain

if TYPE_CHECKING:
    from requests import PreparedRequest, Response

CONNECT_TIMEOUT: Final = 5.0
READ_TIMEOUT: Final = 20.0
LONGEST: Final = 1_048_576
"""Bytes of an answer that are read; a longer one is cut off and counts as unreadable text."""

_TOO_MANY, _REQUEST_TIMEOUT, _TOO_EARLY, _CONFLICT = 429, 408, 425, 409
_AGENT = "Deskladder"


def post(url: str, payload: Mapping[str, Any], headers: Mapping[str, str]) -> tuple[int, Any]:
    """Send the payload as JSON; gives the status (2xx) and the answer, parsed when it is JSON.

    Raises `TryAgain` for time-outs, lost connections, 408, 425, 429 and 5xx, and `Refused` for
    everything else: other 4xx, redirects (which lose the body), a broken address. Messages and
    their causes name nothing of the address, since a path may be a secret. Proxies of the
    environment are used.
    """
    sent = {"User-Agent": _AGENT, "Accept": "application/json", **headers}
    sent["Content-Type"] = "application/json; charset=utf-8"
    return _call("POST", url, sent, json.dumps(payload).encode())


def knock(url: str) -> None:
    """Ask for an address, only to be heard; raises as `post` does."""
    _call("GET", url, {"User-Agent": _AGENT}, None)


def _call(method: str, url: str, headers: Mapping[str, str], body: bytes | None) -> tuple[int, Any]:
    import requests

    quieten("urllib3.connectionpool")
    try:
        with requests.request(
            method,
            url,
            data=body,
            headers=headers,
            timeout=(CONNECT_TIMEOUT, READ_TIMEOUT),
            allow_redirects=False,
            stream=True,
            auth=_as_given,
        ) as response:
            content = _read(response)
            return _judge(response, content)
    except requests.exceptions.ConnectTimeout:
        raise TryAgain("the other system could not be reached in time") from None
    except requests.exceptions.Timeout:
        raise TryAgain("the other system did not answer in time", ambiguous=True) from None
    except requests.exceptions.SSLError:
        raise Refused("the other system's certificate is not valid: see its TLS set-up") from None
    except (requests.exceptions.ConnectionError, requests.exceptions.ChunkedEncodingError):
        raise TryAgain("the connection to the other system failed", ambiguous=True) from None
    except (requests.exceptions.RequestException, ValueError, UnicodeError) as error:
        raise Refused(
            f"the request could not be made ({type(error).__name__}): see its url and headers in the file"
        ) from None


def _as_given(request: PreparedRequest) -> PreparedRequest:
    """Credentials come from the file's headers, never from a netrc of the machine."""
    return request


def quieten(logger: str) -> None:
    """Stop a library's logger from writing addresses, which may hold secrets."""
    import logging

    logging.getLogger(logger).setLevel(logging.CRITICAL + 1)


def _read(response: Response) -> bytes:
    """At most `LONGEST` bytes, in at most `READ_TIMEOUT` seconds altogether."""
    until = monotonic() + READ_TIMEOUT
    content = bytearray()
    for chunk in response.iter_content(65536):
        content += chunk
        if len(content) > LONGEST or monotonic() > until:
            break
    return bytes(content[:LONGEST])


def _judge(response: Response, content: bytes) -> tuple[int, Any]:
    status = response.status_code
    if status in {_TOO_MANY, _REQUEST_TIMEOUT, _TOO_EARLY} or status >= 500:  # noqa: PLR2004
        raise TryAgain(f"the other system answered {status}", after=_wait(response))
    if 300 <= status < 400:  # noqa: PLR2004
        raise Refused(
            f"the other system answered {status}, a redirect: put the final address into the file"
        )
    if status >= 400:  # noqa: PLR2004
        raise Refused(f"the other system answered {status}: {_meaning(status)}")
    try:
        return status, json.loads(content) if content else None
    except (ValueError, RecursionError):
        return status, content.decode(errors="replace")


def _wait(response: Response) -> float | None:
    """Retry-After in seconds; a date is left to our own back-off."""
    text = response.headers.get("Retry-After", "").strip()
    return float(text) if text.isdecimal() and len(text) <= 6 else None  # noqa: PLR2004


def _meaning(status: int) -> str:
    if status in {401, 403}:
        return "see the credentials in its headers"
    if status in {404, 405, 410}:
        return "see its url in the file"
    if status == _CONFLICT:
        return "it knows this record already"
    return "see what it expects in its json"
