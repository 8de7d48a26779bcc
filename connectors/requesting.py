"""Requests to one host, put together from what they all share.

A session of `requests` merges and checks its headers, cookies, proxies and the address anew for each
request: a quarter of the processor's time that a call takes. Here that is done once.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

if TYPE_CHECKING:
    import requests


class Requester:
    """Makes requests with a session's headers. `base` is the part all addresses begin with.

    Raises what the session would raise for a bad address or header.
    """

    def __init__(self, session: requests.Session, base: str) -> None:
        from requests import Request

        model = session.prepare_request(Request("GET", base))
        self._verify = True if session.verify is None else session.verify
        self._proxies = dict(session.proxies)
        self._adapter = session.get_adapter(str(model.url))
        self._base = str(model.url).rstrip("/")
        self._headers = model.headers

    def send(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, object] | None,
        payload: Mapping[str, Any] | None,
        headers: Mapping[str, str] | None,
        timeout: tuple[float, float],
    ) -> requests.Response:
        """Send it and return the response with its body still to be read; follows no redirect."""
        import requests
        from requests.utils import check_header_validity, requote_uri

        request = requests.PreparedRequest()
        query = f"?{urlencode(params)}" if params else ""
        request.method = method
        request.url = requote_uri(f"{self._base}{path}{query}")
        request.headers = self._headers.copy()
        if payload is not None:
            request.body = json.dumps(payload).encode()
            request.headers["Content-Type"] = "application/json"
            request.headers["Content-Length"] = str(len(request.body))
        elif method != "GET":
            request.headers["Content-Length"] = "0"
        for header in (headers or {}).items():
            check_header_validity(header)
            request.headers[header[0]] = header[1]
        return self._adapter.send(
            request,
            stream=True,
            timeout=timeout,
            verify=self._verify,
            proxies=self._proxies,
        )
