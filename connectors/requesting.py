"""Requests to one host, put together from what they all share.

A session of `requests` merges and checks its headers, cookies, proxies and the address anew for each
request, and looks for the host's connections: a third of the processor's time that a call takes. Here
that is done once.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlencode

if TYPE_CHECKING:
    import requests
    from requests.adapters import HTTPAdapter


@cache
def _adapter_class() -> type[HTTPAdapter]:
    from requests import PreparedRequest, Response
    from requests.adapters import HTTPAdapter

    class OneHost(HTTPAdapter):
        """Asks for the connections of its host once; `requests` made these methods to be replaced."""

        _pool: Any = None

        def get_connection_with_tls_context(self, *args: Any, **options: Any) -> Any:
            if self._pool is None or self._pool.pool is None:  # never asked, or closed since
                self._pool = super().get_connection_with_tls_context(*args, **options)
            return self._pool

        def request_url(self, request: PreparedRequest, proxies: Any) -> str:
            """What stands in the request's first line, as `Requester` has worked it out."""
            target: str | None = getattr(request, "target", None)
            return super().request_url(request, proxies) if target is None else target

        def build_response(self, req: PreparedRequest, resp: Any) -> Response:
            """Without cookies, which we never keep, and without guessing the text's encoding."""
            response = Response()
            response.status_code = resp.status
            response.headers = resp.headers
            response.raw = resp
            response.request = req
            response.url = str(req.url)
            return response

    return OneHost


def adapter_for(connections: int) -> HTTPAdapter:
    """Keeps up to that many connections to the one host it is used for."""
    return _adapter_class()(pool_connections=1, pool_maxsize=connections)


class Requester:
    """Makes requests with a session's headers. `base` is the part all addresses begin with.

    Raises what the session would raise for a bad address or header.
    """

    def __init__(self, session: requests.Session, base: str) -> None:
        from requests import Request

        model = session.prepare_request(Request("GET", base))
        self._verify = True if session.verify is None else session.verify
        self._proxies = dict(session.proxies)
        self._adapter = cast("HTTPAdapter", session.get_adapter(str(model.url)))
        self._base = str(model.url).rstrip("/")
        self._headers = model.headers
        self._target = self._adapter.request_url(model, self._proxies).rstrip("/")
        self._plain_headers = dict(model.headers)

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
        rest = requote_uri(f"{path}?{urlencode(params)}" if params else path)
        request.method = method
        request.url = self._base + rest
        request.target = self._target + rest  # type: ignore[attr-defined]
        # A plain copy is a fraction of the work; `headers` may name one in another case.
        request.headers = self._headers.copy() if headers else self._plain_headers.copy()  # type: ignore[assignment]
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
