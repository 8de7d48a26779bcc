"""Acknowledge links: looking changes nothing, pressing a button asks for one thing, once."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from plugin import logs
from plugin.domain.commands import LONGEST_REASON
from plugin.domain.dataclass import dataclass
from plugin.domain.escalation import Ask, Escalation, Phase
from plugin.domain.links import SIGNING_KEY, AckLink, BadLink, ExpiredLink, read_ack
from plugin.domain.transitions import Signal, move_of
from plugin.web.ack_page import LANGUAGES, POLICY, Offer, confirm_page, told_page
from plugin.web.lockout import caller_of

if TYPE_CHECKING:
    from flask import Response

    from plugin.web.outside import Outside

MAX_FORM = 16 * 1024

_DEEDS = {
    "acknowledge": (Ask.ACKNOWLEDGE, Signal.ACKNOWLEDGE),
    "snooze": (Ask.SNOOZE, Signal.SNOOZE),
    "hand back": (Ask.HAND_BACK, Signal.HAND_BACK),
}
_PERIODS = frozenset({"1h", "4h"})


class _Told(Exception):
    """What to tell instead of going on: a key of the words, and the status."""

    def __init__(self, key: str, status: int, ticket: str = "") -> None:
        super().__init__(key)
        self.key = key
        self.status = status
        self.ticket = ticket


def show(outside: Outside, token: str, request: Any) -> Response:
    """GET and HEAD: what the link is about and what can be done. Changes nothing."""
    return _Visit(outside, token, request).show()


def act(outside: Outside, token: str, request: Any) -> Response:
    """POST: ask for what the button says."""
    return _Visit(outside, token, request).act()


@dataclass(frozen=True, slots=True)
class _Wish:
    """What a button stands for."""

    deed: str
    params: dict[str, object]


class _Visit:
    """One request for one link."""

    def __init__(self, outside: Outside, token: str, request: Any) -> None:
        self._outside = outside
        self._token = token
        self._request = request
        self._now = outside.clock()
        self._language = _language(request, outside.config().defaults.language)

    def show(self) -> Response:
        return self._answer(self._shown)

    def act(self) -> Response:
        return self._answer(self._done)

    def _answer(self, answer: Callable[[], Response]) -> Response:
        from werkzeug.exceptions import HTTPException

        try:
            return answer()
        except _Told as told:
            return self._tell(told)
        except HTTPException:
            raise
        except Exception as problem:  # noqa: BLE001 - whatever it is, the link still works
            logs.error("store.failed", trace=logs.trace_of(problem))
            return self._tell(_Told("trouble", 503))

    def _shown(self) -> Response:
        link = self._link()
        return self._confirm(link, self._escalation(link))

    def _done(self) -> Response:
        self._check_form()
        link = self._link()
        escalation = self._escalation(link)
        wish = _wish(self._request.form)
        if wish is None or wish.deed not in _deeds_of(escalation):
            return self._confirm(link, escalation)
        if wish.deed == "hand back" and not wish.params["reason"]:
            return self._confirm(link, escalation, problem="no reason", status=422)
        return self._tell(self._ask(link, escalation, wish))

    # What the link is good for ----------------------------------------------------------------

    def _link(self) -> AckLink:
        doors, caller = self._outside, caller_of(self._request)
        key = doors.store.secret(SIGNING_KEY)
        try:
            return read_ack(key, self._token, self._now)
        except ExpiredLink as expired:
            raise _Told("expired", 410, _number(expired.link)) from None
        except BadLink:
            # A good link always works: people behind one proxy must not shut each other out.
            if doors.links.count(caller):
                logs.warning("ack.locked_out", hint="many links that are not ours, see your proxy")
            raise _Told(*(("slow", 429) if doors.links.wait(caller) else ("bad", 404))) from None

    def _escalation(self, link: AckLink) -> Escalation:
        """The escalation as it stands; raises what to tell when the link came too late for it."""
        number = _number(link)
        memory = self._outside.store.memory(link.ref, "", self._now)
        known = {one.number: one for one in memory.escalations}
        found = known.get(link.escalation)
        if link.ref.helpdesk not in self._outside.config().helpdesks or found is None:
            raise _Told("over", 410, number)
        if found.phase.is_over or not _deeds_of(found):
            raise _Told("over", 410, number)
        if link.step < found.entered_step:
            raise _Told("too late", 410, number)
        if found.phase is Phase.ACKNOWLEDGED:
            raise _Told("acknowledged", 200, number)
        return found

    def _check_form(self) -> None:
        """The token stands in the form as well, and the form was on our own page."""
        request = self._request
        if (request.content_length or 0) > MAX_FORM:
            raise _Told("bad", 413)
        request.max_content_length = MAX_FORM
        if request.mimetype != "application/x-www-form-urlencoded":
            raise _Told("elsewhere", 415)
        if request.form.get("token") != self._token or not self._is_same_origin():
            raise _Told("elsewhere", 403)

    def _is_same_origin(self) -> bool:
        """Browsers say `null` for the origin of a page that sends no referrer, as ours."""
        headers = self._request.headers
        if headers.get("Sec-Fetch-Site", "same-origin") not in {"same-origin", "none"}:
            return False
        origin = headers.get("Origin", "null")
        own = {urlsplit(self._outside.config().service.url or "").netloc, self._request.host}
        try:
            return origin == "null" or urlsplit(origin).netloc.lower() in {
                one.lower() for one in own if one
            }
        except ValueError:
            return False

    # What follows -------------------------------------------------------------------------------

    def _ask(self, link: AckLink, escalation: Escalation, wish: _Wish) -> _Told:
        ask, _ = _DEEDS[wish.deed]
        person = link.person.partition("@")[0]  # the store keeps no addresses
        agent = {"agent": person} if person.isdecimal() else {}
        is_new = self._outside.store.ask(
            link.ref,
            ask,
            self._now,
            key=link.key,
            by=person,
            escalation=link.escalation,
            step=escalation.entered_step,
            params=wish.params | agent,
        )
        if not is_new:
            return _Told("already", 409, _number(link))
        logs.info("ack.asked", ticket=str(link.ref), escalation=link.escalation, what=str(ask))
        return _Told(f"done {wish.deed}", 200, _number(link))

    def _confirm(
        self, link: AckLink, escalation: Escalation, *, problem: str = "", status: int = 200
    ) -> Response:
        level = escalation.at
        name = f"{escalation.level}: {level.name}" if level and level.name else escalation.level
        offer = Offer(
            ticket=_number(link),
            policy=escalation.policy.name,
            level=str(name),
            token=self._token,
            deeds=_deeds_of(escalation),
            problem=problem,
        )
        return self._page(confirm_page(offer, self._language), status)

    def _tell(self, told: _Told) -> Response:
        response = self._page(told_page(told.key, self._language, ticket=told.ticket), told.status)
        if told.status in {429, 503}:
            response.headers["Retry-After"] = "60"
        return response

    def _page(self, html: str, status: int) -> Response:
        from flask import Response

        headers = {
            "Content-Language": self._language,
            "Content-Security-Policy": POLICY,
            "Vary": "Accept-Language",
            "X-Robots-Tag": "noindex",
        }
        return Response(html, status=status, mimetype="text/html", headers=headers)


def _wish(form: Any) -> _Wish | None:
    """What the pressed button says; None for anything our page does not hold."""
    deed, _, period = str(form.get("what", "")).partition(" ")
    if deed == "acknowledge" and not period:
        return _Wish(deed, {})
    if deed == "snooze" and period in _PERIODS:
        return _Wish(deed, {"for": period})
    if (deed, period) == ("hand", "back"):
        reason = " ".join(str(form.get("reason", "")).split())
        return _Wish("hand back", {"reason": reason[:LONGEST_REASON].strip()})
    return None


def _deeds_of(escalation: Escalation) -> list[str]:
    """What can be done in its phase."""
    return [
        deed
        for deed, (_, signal) in _DEEDS.items()
        if move_of(escalation.phase, signal) is not None
    ]


def _number(link: AckLink) -> str:
    return link.number or str(link.ref.id)


def _language(request: Any, default: str) -> str:
    usual = default[:2].lower() if default[:2].lower() in LANGUAGES else "en"
    return str(request.accept_languages.best_match(LANGUAGES, default=usual))
