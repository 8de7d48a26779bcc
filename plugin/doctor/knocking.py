"""Calling our own address the way the helpdesk does, with a signed call that is about no ticket."""

from __future__ import annotations

import json
from collections.abc import Mapping
from urllib.parse import urlsplit

from plugin.doctor.facts import Knock

_PATIENCE = (5.0, 10.0)
_LONGEST = 4_000


def knock(url: str, headers: Mapping[str, str], body: bytes) -> Knock:
    """POST the call; raises nothing. A certificate is checked, a redirect not followed."""
    import requests

    try:
        with requests.post(
            url,
            data=body,
            headers=dict(headers),
            timeout=_PATIENCE,
            allow_redirects=False,
            stream=True,
        ) as response:
            location = _plain(response.headers.get("Location", ""))
            content = next(response.iter_content(_LONGEST), b"")
            return Knock(url, response.status_code, _said(content), location)
    except requests.exceptions.SSLError:
        return Knock(url, problem="tls")
    except requests.exceptions.Timeout:
        return Knock(url, problem="timeout")
    except requests.exceptions.ConnectionError as problem:
        unknown = "NameResolution" in str(problem) or "getaddrinfo" in str(problem)
        return Knock(url, problem="name" if unknown else "refused")
    except (requests.exceptions.RequestException, ValueError):
        return Knock(url, problem="other")


def _said(content: bytes) -> str:
    """Our own answers are one line of JSON with `status` or `error`."""
    try:
        answer = json.loads(content)
    except ValueError:
        return ""
    if not isinstance(answer, dict):
        return ""
    return str(answer.get("status") or answer.get("error") or "")[:200]


def _plain(location: str) -> str:
    parts = urlsplit(location)
    return f"{parts.scheme}://{parts.netloc}{parts.path}" if parts.netloc else parts.path
