"""Calls to a helpdesk's API: one session, bounded, retried where that is safe, every failure in words.

The only module that imports an HTTP library. Nothing above sees its exceptions: a call gives an
`Answer`, or raises `TryAgain` or `Refused`. Bodies, queries and headers are never put into messages.
"""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from connectors.answers import Answer, Call, read_answer, wait_of, without_query
from connectors.breaker import Breaker, BreakerState
from connectors.requesting import Requester, adapter_for
from plugin import __version__, clock
from plugin.domain.errors import DeskladderError, Refused, TryAgain
from plugin.domain.settings import HelpdeskSettings

if TYPE_CHECKING:
    import requests

LARGEST_ANSWER = 32 * 1024 * 1024
QUICK_RETRIES = 2
_IDEMPOTENT = frozenset({"GET", "PUT", "DELETE"})
_OVERLOADED = frozenset({502, 503, 504})


@dataclass(frozen=True, slots=True)
class Health:
    """How the connection does, for metrics and `status`."""

    state: BreakerState
    failures_in_a_row: int
    calls: int
    troubles: int


class Untrusted(Refused):
    """The host's TLS certificate was not accepted."""


class Redirected(Refused):
    """The host answers under another address: `location`, without its query."""

    def __init__(self, message: str, location: str) -> None:
        super().__init__(message)
        self.location = location


class _Hiccup(TryAgain):
    """A failure that is often over a moment later."""


@dataclass
class Api:
    """One host's API. Shared by all threads.

    `judge` turns an answer of status 400 and above into the error to raise: each host says no in
    its own way. `pause` sleeps; tests give one that does not.
    """

    settings: HelpdeskSettings
    base_path: str
    headers: Mapping[str, str]
    judge: Callable[[Answer], DeskladderError]
    breaker: Breaker = field(default_factory=Breaker)
    pause: Callable[[float], None] = time.sleep

    def __post_init__(self) -> None:
        self._base = self.settings.url.rstrip("/") + self.base_path
        self._host = urlsplit(self.settings.url).netloc
        self._slots = threading.BoundedSemaphore(max(1, self.settings.concurrency))
        self._session: requests.Session | None = None
        self._requester: Requester | None = None
        self._opening = threading.Lock()
        self._calls = self._troubles = 0

    def get(self, path: str, params: Mapping[str, object] | None = None) -> Answer:
        """Read something."""
        return self.call("GET", path, params=params)

    def call(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, object] | None = None,
        payload: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        repeatable: bool | None = None,
    ) -> Answer:
        """Make a call and return its answer of status 2xx.

        Repeats it up to twice when that is safe and the failure looks short. A POST is not
        repeated unless `repeatable` says that it may be.
        """
        safe = method in _IDEMPOTENT if repeatable is None else repeatable
        call = Call(method, path, safe)
        ambiguous = False
        for attempt in range(QUICK_RETRIES + 1):
            try:
                return self._once(call, params, payload, headers)
            except _Hiccup as hiccup:
                ambiguous = ambiguous or hiccup.ambiguous
                if not safe or attempt == QUICK_RETRIES or hiccup.after is not None:
                    raise TryAgain(str(hiccup), after=hiccup.after, ambiguous=ambiguous) from None
            self.pause(0.2 * 3**attempt * (0.5 + random.random()))  # noqa: S311
        raise AssertionError  # the loop returns or raises

    def health(self) -> Health:
        """How the connection does right now."""
        return Health(self.breaker.state, self.breaker.failures, self._calls, self._troubles)

    def close(self) -> None:
        """Give back the connections; a later call opens new ones."""
        with self._opening:
            session, self._session, self._requester = self._session, None, None
        if session is not None:
            session.close()

    def _once(
        self,
        call: Call,
        params: Mapping[str, object] | None,
        payload: Mapping[str, Any] | None,
        headers: Mapping[str, str] | None,
    ) -> Answer:
        with self._slot(call):
            wait = self.breaker.admit()
            if wait > 0:
                raise TryAgain(
                    f"{self._host} is left alone for {wait:.0f} s after {self.breaker.failures} "
                    "failures in a row or at its own wish",
                    after=wait,
                )
            self._calls += 1
            reported = False
            try:
                answer = self._exchange(call, params, payload, headers)
                self._weigh(answer)
                reported = True
            finally:
                if not reported:
                    self._troubles += 1
                    self.breaker.failed()
        self._complain(answer)
        return answer

    def _weigh(self, answer: Answer) -> None:
        """Tell the breaker what an answer says about the host's health."""
        broken_page = answer.status == HTTPStatus.INTERNAL_SERVER_ERROR and not answer.is_json
        wait = wait_of(answer.headers)
        busy = answer.status == HTTPStatus.TOO_MANY_REQUESTS
        if busy or (answer.status in _OVERLOADED and wait is not None):
            self._troubles += 1
            self.breaker.hold(wait if wait is not None else 1.0)
        elif answer.status in _OVERLOADED or broken_page:
            self._troubles += 1
            self.breaker.failed()
        else:
            self.breaker.succeeded()

    def _complain(self, answer: Answer) -> None:
        """Raise for every answer that is not a success."""
        call, status = answer.call, answer.status
        wait = wait_of(answer.headers)
        if status < HTTPStatus.MULTIPLE_CHOICES:
            return
        if status < HTTPStatus.BAD_REQUEST:
            location = without_query(answer.headers.get("location", ""))
            raise Redirected(
                f"{call}: {self._host} answered with a redirect ({status}) to {location}; set url to "
                "the final address (https instead of http, the host's official name, no path in front)",
                location,
            )
        if status == HTTPStatus.TOO_MANY_REQUESTS:
            raise TryAgain(
                f"{call}: {self._host} asks for fewer calls (429)",
                after=wait if wait is not None else 1.0,
            )
        if status in _OVERLOADED:
            raise _Hiccup(
                f"{call}: {self._host} is overloaded or being restarted ({status})",
                after=wait,
                ambiguous=call.writes,
            )
        raise self.judge(answer)

    @contextmanager
    def _slot(self, call: Call) -> Iterator[None]:
        """Hold one of the host's slots, so that it never sees more than `concurrency` calls."""
        patience = self.settings.connect_timeout + self.settings.read_timeout
        if not self._slots.acquire(timeout=patience):
            raise TryAgain(f"{call}: all {self.settings.concurrency} connections are busy")
        try:
            yield
        finally:
            self._slots.release()

    def _exchange(
        self,
        call: Call,
        params: Mapping[str, object] | None,
        payload: Mapping[str, Any] | None,
        headers: Mapping[str, str] | None,
    ) -> Answer:
        import requests

        try:
            response = self._open().send(
                call.method,
                call.path,
                params=params,
                payload=payload,
                headers=headers,
                timeout=(self.settings.connect_timeout, self.settings.read_timeout),
            )
            with response:
                raw = self._read(call, response)
        except requests.RequestException as problem:
            raise self._trouble(call, problem) from None
        except UnicodeEncodeError:
            raise self._unsendable() from None
        except OSError:  # what the library raises before it opens a connection
            raise Refused(
                f"{self._host}: the file of ca_file cannot be read: is it still there?"
            ) from None
        return read_answer(call, response.status_code, response.headers, raw)

    def _read(self, call: Call, response: requests.Response) -> bytes:
        """Read the body within a size and a time: a drip of bytes never trips the read time-out."""
        chunks: list[bytes] = []
        size = 0
        last = clock.monotonic() + 2 * self.settings.read_timeout
        for chunk in response.iter_content(65536):
            chunks.append(chunk)
            size += len(chunk)
            if size > LARGEST_ANSWER:
                raise Refused(f"{call}: the answer is larger than {LARGEST_ANSWER >> 20} MiB")
            if clock.monotonic() > last:
                raise TryAgain(f"{call}: the answer came too slowly", ambiguous=call.writes)
        return b"".join(chunks)

    def _open(self) -> Requester:
        with self._opening:
            if self._requester is None:
                self._session = self._new_session()
                self._requester = Requester(self._session, self._base)
            return self._requester

    def _new_session(self) -> requests.Session:
        """No cookies, no proxies or passwords from the environment."""
        import requests

        options = self.settings.options
        session = requests.Session()
        session.trust_env = False
        session.verify = self._trust()
        # Zammad sets a session cookie; sent back, it would turn on its check against forged forms.
        session.cookies.set_policy(_no_cookies())
        if proxy := options.get("proxy"):
            session.proxies = {"http": str(proxy), "https": str(proxy)}
        adapter = adapter_for(max(1, self.settings.concurrency))
        session.mount("http://", adapter)
        session.mount("https://", adapter)
        session.headers.update(
            {
                "User-Agent": f"deskladder/{__version__}",
                "Accept": "application/json",
                **self.headers,
            }
        )
        return session

    def _trust(self) -> bool | str:
        """Whom to believe: the usual issuers, those of `ca_file`, or (on demand) anybody."""
        if self.settings.verify_tls:
            return str(self.settings.options.get("ca_file") or "") or True
        import urllib3

        # Somebody chose this in the file; a warning with every call would hide the others.
        urllib3.disable_warnings(urllib3.exceptions.InsecureRequestWarning)
        return False

    def _trouble(self, call: Call, problem: requests.RequestException) -> DeskladderError:
        """Turn the library's exception into ours. Its own text may hold queries: never shown."""
        import requests

        if isinstance(problem, requests.exceptions.SSLError) and "WRONG_VERSION" in str(problem):
            return Refused(
                f"{self._host}: no TLS is spoken there; use http:// or the port for https:// in url"
            )
        if isinstance(problem, requests.exceptions.SSLError):
            return Untrusted(
                f"{self._host}: the TLS certificate was not accepted; check the certificate's name "
                "and issuer, or name the issuer's file in ca_file"
            )
        if self.settings.options.get("proxy") and isinstance(
            problem, requests.exceptions.InvalidProxyURL | requests.exceptions.InvalidSchema
        ):
            return Refused(
                f"{self._host}: proxy is no address of a proxy; expected http://host:port"
            )
        if isinstance(
            problem,
            requests.exceptions.InvalidHeader
            | requests.exceptions.InvalidURL
            | requests.exceptions.InvalidSchema
            | requests.exceptions.MissingSchema,
        ):
            return self._unsendable()
        if isinstance(problem, requests.exceptions.ProxyError):
            return _Hiccup(f"{call}: the proxy does not answer")
        if _never_sent(problem):
            return _Hiccup(
                f"{call}: no connection to {self._host}; is it running and reachable from here?"
            )
        if isinstance(problem, requests.exceptions.Timeout) or "timed out" in str(problem):
            return TryAgain(
                f"{call}: no answer within {self.settings.read_timeout:g} s",
                ambiguous=call.writes,
            )
        return _Hiccup(
            f"{call}: the connection to {self._host} broke off before the answer was complete",
            ambiguous=call.writes,
        )

    def _unsendable(self) -> Refused:
        return Refused(
            f"{self._host}: url or token has characters that cannot be sent; check both for spaces, "
            "line breaks, and what only stands for something in a guide, such as …"
        )


def _never_sent(problem: Exception) -> bool:
    """True when the request cannot have reached the host: no connection was made."""
    import requests
    from urllib3 import exceptions as low

    if isinstance(problem, requests.exceptions.ConnectTimeout):
        return True
    cause: object = problem.args[0] if problem.args else None
    reason = getattr(cause, "reason", cause)
    return isinstance(reason, low.NewConnectionError | low.ConnectTimeoutError)


def _no_cookies() -> Any:
    from http.cookiejar import DefaultCookiePolicy

    return DefaultCookiePolicy(allowed_domains=[])
