"""Tell people outside the helpdesk, over a channel of `notify:` (any Apprise URL).

`to` names channels, people by e-mail address (see `people:`), or roles: `owner`, `lead` (of the
ticket's team) and `responsible` (who has the level of a ladder, else the owner). `urgency` says
when they hear of it: `page` at once, `normal` in their own hours, `digest` with the next digest.
What waits is sent as one message per person, without what is not true any more. Title and body are plain text
with placeholders; what they say by default names the ticket and the reason, and nothing the
customer wrote. [Notifications](notifications.md) tells more.

    do:
      - notify: duty
      - notify: {to: lead, urgency: digest}
      - notify: {to: [duty, board], urgency: page, title: "Safety: ticket {{ ticket.number }}"}
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field
from datetime import datetime, timedelta
from typing import Any

from marshmallow import ValidationError

from plugin.actions import Occasion, Outcome
from plugin.actions._addressees import LEAD, RESPONSIBLE, ROLES, TOLD, Addressee, Addressees
from plugin.actions._clock import clock_of
from plugin.actions._fresh import reason_gone, skip
from plugin.actions._ladder import escalation_of, ladder_of
from plugin.actions._params import Choice, Form, Listed, Text, check_known, guess
from plugin.conditions import Names
from plugin.domain.dataclass import dataclass
from plugin.domain.errors import DeskladderError, Refused, TryAgain
from plugin.domain.escalation import Escalation, Phase
from plugin.domain.ladder import Urgency
from plugin.domain.notices import ClaimedNotice, HeldNotice, NoticeKind, NoticeState, Noticing
from plugin.domain.plan import Step
from plugin.domain.recipients import due_at, next_digest, url_of
from plugin.texts.notices import ACK_MARK, Told, as_one_message, notice_texts
from plugin.texts.placeholders import PLACEHOLDERS
from plugin.texts.reasons import say_reason
from plugin.texts.templates import TemplateProblem, check_template, render_plain
from plugin.texts.times import say_instant
from plugin.texts.values import values_for

PARAMS = Form(
    {
        "to": Listed(Text("a channel of `notify:`, an e-mail address, responsible, owner or lead")),
        "urgency": Choice("page", "normal", "digest"),
        "title": Text("a title"),
        "body": Text("a text"),
    },
    short="to",
    required=("to",),
)
STEP = Step.OUTSIDE
_LATER = timedelta(minutes=15)
"""When a message is tried again by itself, should the action that sends it never come back."""


def check(params: Mapping[str, Any], names: Names) -> None:
    """The channels must exist, title and body be good templates."""
    for who in map(str, params["to"]):
        if who not in ROLES and "@" not in who:
            check_known("to", who, {*names.channels, *ROLES}, "channel or role")
    for key in ("title", "body"):
        try:
            check_template(str(params.get(key, "")))
        except TemplateProblem as problem:
            hint = guess(problem.unknown, PLACEHOLDERS) if problem.unknown else ""
            raise ValidationError({key: [f"{problem}{hint}"]}) from problem


def perform(params: Mapping[str, Any], occasion: Occasion) -> Outcome:
    """Tell everybody whose hour it is, keep the rest; nobody hears it twice, also when repeated."""
    if gone := reason_gone(occasion.ticket):
        return skip(gone)
    addressees = Addressees(params, occasion)
    found, missing = addressees.find()
    if not found:
        return skip(f"nobody is told: {'; '.join(missing)}")
    escalation = escalation_of(params, occasion)
    telling = _Telling(params, occasion, escalation)
    sent = telling.keep_and_send(found) if occasion.notices else telling.send_at_once(found)
    sent.raise_problems()
    wrote: dict[str, object] = {TOLD: [f"{one.role}:{one.token}" for one in found]}
    if addressees.made_responsible:
        wrote["responsible"] = addressees.made_responsible
    detail = "; ".join(filter(None, [sent.in_words(), *missing]))
    if not escalation:
        wrote = {}
    return Outcome(detail=detail, wrote=wrote)


@dataclass(slots=True)
class _Sent:
    """What became of each addressee."""

    told: list[str] = field(default_factory=list)
    held: list[str] = field(default_factory=list)
    dropped: list[str] = field(default_factory=list)
    failed: list[tuple[str, DeskladderError]] = field(default_factory=list)

    def raise_problems(self) -> None:
        """Once one was told, a failure of another is final, unless trying again tells only that one."""
        if not self.failed:
            return
        problem = self.failed[0][1]
        if isinstance(problem, TryAgain) or not (self.told or self.held):
            raise problem
        raise Refused(
            f"{self.in_words()}, but not {', '.join(one for one, _ in self.failed)}: {problem}"
        )

    def in_words(self) -> str:
        """`told duty, held for Ana until …`."""
        parts = [f"told {', '.join(self.told)}"] if self.told else []
        parts += [f"held for {one}" for one in self.held]
        return ", ".join([*parts, *self.dropped])


@dataclass(slots=True)
class _Telling:
    """One action's messages."""

    params: Mapping[str, Any]
    occasion: Occasion
    escalation: Escalation | None

    @property
    def _urgency(self) -> Urgency:
        return Urgency(str(self.params.get("urgency", Urgency.NORMAL)))

    def send_at_once(self, found: Sequence[Addressee]) -> _Sent:
        """Without a store (a rehearsal): what would go out now goes out, what would wait is said."""
        sent = _Sent()
        for one in found:
            notice = self._notice(one)
            if notice.due_at > self.occasion.now:
                sent.held.append(self._until(one, notice.due_at))
                continue
            try:
                self._announce([notice], one)
                sent.told.append(one.name)
            except DeskladderError as problem:
                sent.failed.append((one.name, problem))
        retryable = [one for one in sent.failed if isinstance(one[1], TryAgain)]
        if sent.told and retryable:
            names = ", ".join(name for name, _ in sent.failed)
            raise Refused(
                f"told {', '.join(sent.told)}, but not {names}: {retryable[0][1]} "
                "(`deskladder retry` would tell all of them)"
            )
        return sent

    def keep_and_send(self, found: Sequence[Addressee]) -> _Sent:
        """Every message is kept before it is sent, so that a crash neither loses nor repeats it."""
        board = self.occasion.notices
        assert board is not None  # noqa: S101 - the caller asked
        notices = {one.token: self._notice(one) for one in found}
        states = board.hold(list(notices.values()))
        due = [one.key for one in notices.values() if one.due_at <= self.occasion.now]
        claimed = {one.notice.key: one for one in board.claim_notices(self.occasion.now, keys=due)}
        sent = _Sent()
        for one in found:
            notice = notices[one.token]
            if states[notice.key] is NoticeState.TOLD:
                sent.told.append(one.name)
            elif states[notice.key] is NoticeState.DROPPED:
                sent.dropped.append(f"{one.name} was not told: it was over by then")
            elif notice.key in claimed:
                self._send(board, claimed[notice.key], one, sent)
            elif notice.due_at > self.occasion.now:
                sent.held.append(self._until(one, notice.due_at))
            else:
                sent.told.append(f"{one.name} (on its way)")
        return sent

    def _send(self, board: Noticing, taken: ClaimedNotice, one: Addressee, sent: _Sent) -> None:
        now = self.occasion.now
        if taken.stale:
            board.settle_notices([taken], NoticeState.DROPPED, now)
            sent.dropped.append(f"{one.name} is not told: {taken.stale}")
            return
        try:
            self._announce([taken.notice], one)
        except TryAgain as problem:
            board.settle_notices([taken], NoticeState.HELD, now, again_at=now + _LATER)
            sent.failed.append((one.name, problem))
        except DeskladderError as problem:
            board.settle_notices([taken], NoticeState.FAILED, now)
            sent.failed.append((one.name, problem))
        else:
            is_endless = taken.notice.kind is NoticeKind.EXHAUSTED
            config = self.occasion.config
            again_at = next_digest(config, one.recipient, now) if is_endless else None
            board.settle_notices([taken], NoticeState.TOLD, now, again_at=again_at)
            sent.told.append(one.name)

    def _announce(self, notices: Sequence[HeldNotice], one: Addressee) -> None:
        items = [
            Told(notice.title, notice.body, notice.url, self._link(notice), notice.kind)
            for notice in notices
        ]
        title, body = as_one_message(items, one.recipient.language)
        urgency = "page" if self._urgency is Urgency.PAGE else "normal"
        url = url_of(self.occasion.config, one.recipient)
        self.occasion.announce(url, title, body, urgency)

    def _link(self, notice: HeldNotice) -> str:
        if notice.escalation is None or notice.step is None or not notice.person:
            return ""
        return self.occasion.ack_link(notice.escalation, notice.step, notice.person)

    def _until(self, one: Addressee, at: datetime) -> str:
        """In the recipient's zone; audits are English."""
        return f"{one.name} until {say_instant(at, 'en', one.recipient.zone, self.occasion.now)}"

    # The message ----------------------------------------------------------------------------

    def _notice(self, one: Addressee) -> HeldNotice:
        occasion, escalation = self.occasion, self.escalation
        ticket, now = occasion.ticket, occasion.now
        kind = _kind_of(escalation, one)
        at = due_at(occasion.config, one.recipient, self._urgency, now)
        title, body = self._say(one, kind, at)
        return HeldNotice(
            key=f"{occasion.action.key}/{one.token}/{one.recipient.channel}",
            recipient=one.recipient.key,
            channel=one.recipient.channel,
            ref=ticket.ref,
            number=ticket.number,
            url=ticket.url,
            title=title,
            body=body,
            urgency=self._urgency,
            at=now,
            due_at=at,
            kind=kind,
            escalation=escalation.number if escalation else None,
            step=escalation.entered_step if escalation else None,
            person=one.person if escalation and one.recipient.address else "",
        )

    def _say(self, one: Addressee, kind: NoticeKind, at: datetime) -> tuple[str, str]:
        """As it is to be read at the instant it goes out."""
        config, language = self.occasion.config, one.recipient.language
        texts = notice_texts(
            kind,
            language,
            is_responsible=one.role == RESPONSIBLE,
            is_held=at > self.occasion.now,
        )
        values = values_for(
            self.occasion.ticket,
            config,
            max(at, self.occasion.now),
            language=language,
            zone=one.recipient.zone,
            rule=self.occasion.action.rule,
            reason=say_reason(self.occasion.action.why, language),
            clock=clock_of(self.occasion),
            ladder=ladder_of(
                self.params, self.occasion, language=language, ack_url=ACK_MARK, quoting=False
            ),
        )
        own_title, own_body = self.params.get("title"), self.params.get("body")
        title = render_plain(config.reveal(str(own_title)) if own_title else texts.title, values)
        body = render_plain(config.reveal(str(own_body)) if own_body else texts.body, values)
        return " ".join(title.split()), body


def _kind_of(escalation: Escalation | None, one: Addressee) -> NoticeKind:
    if escalation is None:
        return NoticeKind.RULE
    if escalation.phase is Phase.EXHAUSTED:
        return NoticeKind.EXHAUSTED
    return NoticeKind.ESCALATION if one.role == LEAD else NoticeKind.LEVEL
