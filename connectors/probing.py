"""Asking a helpdesk in order to find out what is wrong: every outcome is a value, none is raised."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, TypeVar

from connectors.answers import Answer
from connectors.http import Api, Redirected, Untrusted
from plugin.domain.dataclass import dataclass
from plugin.domain.errors import DeskladderError, Refused, TryAgain
from plugin.domain.examining import Finding, error

T = TypeVar("T")


class Denied(Refused):
    """The host answered with a status of 400 or more; `reason` is its own words, shortened."""

    def __init__(self, answer: Answer, reason: str) -> None:
        super().__init__(f"{answer.call}: {reason}")
        self.answer = answer
        self.reason = reason

    @property
    def status(self) -> int:
        """The status."""
        return self.answer.status


_BROKEN = 500

Outcome = Answer | DeskladderError


@dataclass(slots=True)
class Probe:
    """One API, asked politely: an error is an answer, too.

    `trouble` is the first call that got no answer of the host's own: what was read after it may lack
    anything.
    """

    api: Api
    trouble: DeskladderError | None = None

    def ask(
        self,
        path: str,
        params: Mapping[str, object] | None = None,
        *,
        payload: Mapping[str, Any] | None = None,
    ) -> Outcome:
        """Read something; with `payload` by a POST that changes nothing, such as a search."""
        try:
            if payload is None:
                return self.api.get(path, params)
            return self.api.call("POST", path, payload=payload, repeatable=True)
        except DeskladderError as problem:
            self.note(problem)
            return problem

    def note(self, problem: DeskladderError) -> None:
        """Keep a problem that is no answer of the host's own: a page of a proxy is none, either."""
        own = isinstance(problem, Denied) and (problem.status < _BROKEN or problem.answer.is_json)
        if not own:
            self.trouble = self.trouble or problem

    def read(
        self, path: str, shape: Callable[[Answer], T], params: Mapping[str, object] | None = None
    ) -> T | None:
        """Read something in one shape; None when it is closed to us or has another shape."""
        outcome = self.ask(path, params)
        if isinstance(outcome, DeskladderError):
            return None
        try:
            return shape(outcome)
        except TryAgain as problem:
            self.note(problem)
            return None


def clock_skew(outcome: Outcome, now: datetime) -> float | None:
    """Seconds by which the host's clock is ahead of ours, by its `Date` header of whole seconds."""
    answer = outcome.answer if isinstance(outcome, Denied) else outcome
    if not isinstance(answer, Answer):
        return None
    try:
        at = parsedate_to_datetime(answer.headers["date"])
    except (KeyError, TypeError, ValueError):
        return None
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    return (at - now).total_seconds()


def of_a_login_in_front(url: str, title: str) -> Finding:
    """What is wrong where a 401 is not the host's own: a token would not help."""
    return error(
        f"something in front of {title} at {url} asks for a login of its own",
        "let calls to /api pass it, or give an address behind it as url:",
    )


def of_the_network(url: str, title: str, problem: DeskladderError) -> Finding:
    """What is wrong between us and the host, for a problem that is no answer of its own."""
    if isinstance(problem, Untrusted):
        return error(
            f"the TLS certificate of {url} is not accepted here",
            "renew it, or name its issuer's file in ca_file: of this helpdesk",
        )
    if isinstance(problem, Redirected):
        return error(
            f"{url} redirects to {problem.location}: calls would lose their contents",
            "set url: of this helpdesk to the final address",
        )
    if isinstance(problem, TryAgain) and ": expected " in str(problem):
        return error(
            f"{url} answers, but not as {title}'s API does",
            f"set url: to {title} itself, without a path and without a sign-in page in front",
        )
    if isinstance(problem, TryAgain):
        return error(
            f"{title} does not answer: {_without_call(problem)}",
            f"see whether {title} runs and can be reached from this machine (curl -I {url})",
        )
    return error(_without_call(problem), "correct url: or token: of this helpdesk in the file")


def _without_call(problem: DeskladderError) -> str:
    """Our own sentence without the call it begins with."""
    text = str(problem)
    head, found, rest = text.partition(": ")
    return rest if found and head.startswith(("GET ", "POST ", "PUT ", "DELETE ")) else text
