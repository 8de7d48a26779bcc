"""`POST /api/escalations`: a chatbot, a monitor or a CRM asks for an escalation, or ends its cause."""

from __future__ import annotations

import hmac
import json
from collections.abc import Mapping
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from plugin import logs
from plugin.domain.commands import LONGEST_REASON
from plugin.domain.dataclass import dataclass
from plugin.domain.escalation import Ask
from plugin.domain.ladder import MATRIX
from plugin.domain.settings import Config
from plugin.domain.ticket import TicketRef
from plugin.web.lockout import caller_of

if TYPE_CHECKING:
    from plugin.web.outside import Outside

MAX_BODY = 16 * 1024
LONGEST_KEY = 200
LONGEST_SOURCE = 40
LONGEST_REFERENCE = 100
HIGHEST_LEVEL = 20
LARGEST_ID = 2**63 - 1

_KNOWN = frozenset(
    {"helpdesk", "ticket", "policy", "reason", "start_level", "reference", "source", "close"}
)


@dataclass(frozen=True, slots=True)
class Answer:
    """Status and JSON; `wait` seconds for Retry-After."""

    status: int
    content: Mapping[str, object]
    wait: int = 0


class _Wrong(Exception):
    """What the caller must change."""

    def __init__(self, error: str, status: int = 400, *, wait: int = 0) -> None:
        super().__init__(error)
        self.answer = Answer(status, {"error": error}, wait)


def ask(outside: Outside, request: Any) -> Answer:
    """Check who asks and for what, keep it for the next look at the ticket, and say so."""
    try:
        config = outside.config()
        _check_token(outside, config, request)
        _check_pace(outside)
        body = _body(request)
        wanted = _fields(body)
        return _Asking(outside, config, wanted, _key(outside, request, body)).answer()
    except _Wrong as wrong:
        logs.warning("api.refused", status=wrong.answer.status, why=str(wrong))
        return wrong.answer
    except Exception as problem:  # noqa: BLE001 - whatever it is, the caller must try again
        logs.error("store.failed", trace=logs.trace_of(problem))
        return Answer(503, {"error": "it could not be stored, try again later"}, wait=30)


def _check_token(outside: Outside, config: Config, request: Any) -> None:
    """In constant time; somebody who guesses is not listened to for a while."""
    if config.service.api_token is None:
        raise _Wrong("nothing here", 404)
    caller = caller_of(request)
    if wait := outside.tokens.wait(caller):
        raise _Wrong("too many wrong tokens, try again later", 429, wait=wait)
    scheme, _, given = request.headers.get("Authorization", "").partition(" ")
    good = sha256(config.service.api_token.reveal().encode()).digest()
    same = hmac.compare_digest(sha256(given.strip().encode("utf-8", "replace")).digest(), good)
    if scheme.lower() != "bearer" or not same:
        if outside.tokens.count(caller):
            logs.warning("api.locked_out", hint="many wrong tokens for POST /api/escalations")
        raise _Wrong("expected Authorization: Bearer and the service.api_token of the file", 401)


def _check_pace(outside: Outside) -> None:
    """A caller gone wild must not keep the store from what the helpdesks send."""
    if wait := outside.busy.wait("api"):
        raise _Wrong("too many requests, try again later", 429, wait=wait)
    outside.busy.count("api")


def _body(request: Any) -> bytes:
    if request.mimetype != "application/json":
        raise _Wrong("expected Content-Type: application/json", 415)
    if (request.content_length or 0) > MAX_BODY:
        raise _Wrong(f"the body is larger than {MAX_BODY} bytes", 413)
    body: bytes = request.get_data(cache=False)
    if len(body) > MAX_BODY:
        raise _Wrong(f"the body is larger than {MAX_BODY} bytes", 413)
    return body


def _fields(body: bytes) -> Mapping[str, Any]:
    try:
        wanted = json.loads(body)
    except (ValueError, RecursionError):
        raise _Wrong("the body is not JSON") from None
    if not isinstance(wanted, dict):
        raise _Wrong("expected a JSON object")
    if "number" in wanted:
        raise _Wrong(
            "expected ticket, the id in the ticket's address, and not the number people see"
        )
    if unknown := sorted(set(wanted) - _KNOWN):
        shown = ", ".join(_shown(one) for one in unknown[:5])
        raise _Wrong(f"unknown: {shown}; known are {', '.join(sorted(_KNOWN))}")
    return wanted


def _key(outside: Outside, request: Any, body: bytes) -> str:
    """The caller's Idempotency-Key; without one the same body counts once within a clock hour."""
    given = request.headers.get("Idempotency-Key")
    if given is None:
        hour = int(outside.clock().timestamp()) // 3600
        return f"api/{sha256(body).hexdigest()}/{hour}"
    if not 0 < len(given) <= LONGEST_KEY or not given.isprintable():
        raise _Wrong(f"expected an Idempotency-Key of 1 to {LONGEST_KEY} printable characters")
    return f"api/{sha256(given.encode('utf-8', 'replace')).hexdigest()}"


class _Asking:
    """One request that came from somebody who may ask."""

    def __init__(
        self, outside: Outside, config: Config, wanted: Mapping[str, Any], key: str
    ) -> None:
        self._outside = outside
        self._config = config
        self._wanted = wanted
        self._key = key

    def answer(self) -> Answer:
        source = self._text("source", LONGEST_SOURCE)
        reference = self._text("reference", LONGEST_REFERENCE)
        closes = self._wanted.get("close", False)
        if not isinstance(closes, bool):
            raise _Wrong("close: expected true or false")
        ref, escalation = self._ticket(source, reference)
        if closes:
            return self._close(ref, escalation, source, reference)
        reason = self._text("reason", LONGEST_REASON)
        if not reason:
            raise _Wrong("reason: expected why, in a few words")
        policy = self._policy()
        params: dict[str, object] = {"policy": policy, "reason": reason}
        if (level := self._level(policy)) is not None:
            params["start_level"] = level
        if reference and source:
            self._outside.store.keep_case(source, reference, ref, None, self._outside.clock())
        return self._ask(ref, Ask.ESCALATE, source, reference, params)

    def _close(self, ref: TicketRef, escalation: int | None, source: str, reference: str) -> Answer:
        if not reference:
            raise _Wrong("reference: expected the id of the case that was closed")
        return self._ask(ref, Ask.CLOSED_OUTSIDE, source, reference, {}, escalation)

    def _ask(
        self,
        ref: TicketRef,
        what: Ask,
        source: str,
        reference: str,
        params: Mapping[str, object],
        escalation: int | None = None,
    ) -> Answer:
        named = {"source": source, "reference": reference}
        is_new = self._outside.store.ask(
            ref,
            what,
            self._outside.clock(),
            key=self._key,
            by=source or "another system",
            escalation=escalation,
            params={**params, **{name: text for name, text in named.items() if text}},
        )
        ticket = str(ref)
        if not is_new:
            return Answer(
                200, {"accepted": False, "ticket": ticket, "why": "this was asked before"}
            )
        logs.info("api.asked", ticket=ticket, what=str(what), source=source)
        return Answer(202, {"accepted": True, "ticket": ticket})

    # The fields -------------------------------------------------------------------------------

    def _ticket(self, source: str, reference: str) -> tuple[TicketRef, int | None]:
        """By the id; else by the case another system keeps, with its escalation if it is of one."""
        ticket = self._wanted.get("ticket")
        if ticket is None:
            return self._ticket_of_case(source, reference)
        if isinstance(ticket, bool) or not isinstance(ticket, int) or not 0 < ticket <= LARGEST_ID:
            raise _Wrong("ticket: expected the id in the ticket's address, a whole number")
        known = self._outside.store.case(source, reference) if source and reference else None
        ref = TicketRef(self._helpdesk(), ticket)
        return ref, known.escalation if known and known.ref == ref else None

    def _ticket_of_case(self, source: str, reference: str) -> tuple[TicketRef, int | None]:
        if not (source and reference):
            raise _Wrong("ticket: expected the id in the ticket's address, or source and reference")
        case = self._outside.store.case(source, reference)
        if case is None or case.ref.helpdesk not in self._config.helpdesks:
            raise _Wrong("no ticket is known for this source and reference", 404)
        return case.ref, case.escalation

    def _helpdesk(self) -> str:
        known = self._config.helpdesks
        name = self._wanted.get("helpdesk")
        if name is None and len(known) == 1:
            return next(iter(known))
        if not isinstance(name, str) or name not in known:
            raise _Wrong(f"helpdesk: expected one of {', '.join(sorted(known))}")
        return name

    def _policy(self) -> str:
        usual = MATRIX if self._config.matrix else None
        names = [*sorted(self._config.policies), *([MATRIX] if usual else [])]
        if not self._config.policies:
            raise _Wrong("the file has no policies: nothing can be escalated", 409)
        if len(self._config.policies) == 1:
            usual = usual or names[0]
        policy = self._wanted.get("policy", usual)
        if not isinstance(policy, str) or policy not in names:
            raise _Wrong(f"policy: expected one of {', '.join(names)}")
        return policy

    def _level(self, policy: str) -> int | None:
        level = self._wanted.get("start_level")
        if level is None:
            return None
        known = self._config.policies.get(policy)
        highest = known.last if known else HIGHEST_LEVEL
        if isinstance(level, bool) or not isinstance(level, int) or not 0 <= level <= highest:
            raise _Wrong(f"start_level: expected a whole number from 0 to {highest}")
        return level

    def _text(self, name: str, longest: int) -> str:
        """The text on one line; empty when there is none."""
        value = self._wanted.get(name)
        if value is None:
            return ""
        if isinstance(value, int) and not isinstance(value, bool):
            value = str(value)
        plain = " ".join(value.split()) if isinstance(value, str) else ""
        if not plain or len(plain) > longest or not plain.isprintable():
            raise _Wrong(f"{name}: expected a text of 1 to {longest} characters on one line")
        return plain


def _shown(name: str) -> str:
    return "".join(char for char in name[:30] if char.isprintable())
