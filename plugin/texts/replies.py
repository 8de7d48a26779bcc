"""A canned reply for one customer: in which language, with which promise."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from itertools import pairwise

from plugin.domain.clocks import ClockState
from plugin.domain.dataclass import dataclass
from plugin.domain.duration import Duration
from plugin.domain.quoting import fresh_of
from plugin.domain.settings import Config, Texts
from plugin.domain.ticket import MessageKind, Ticket
from plugin.texts.language import base_language, detect
from plugin.texts.templates import placeholders, render
from plugin.texts.values import values_for, zone_for

_PRINTED = re.compile(r"\{\{.*?\}\}", re.DOTALL)
_MARKUP = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}|<[^<>]*>", re.DOTALL)
_BLOCK = re.compile(
    r"</?(?:p|br|div|ul|ol|li|table|tr|td|th|blockquote|pre|h[1-6]|hr)\b", re.IGNORECASE
)
_BREAK = "\x01"
_EDGE = re.compile(
    r"(?<=[.!?])\s+(?=[^\W\d_a-zà-ÿ]|\x01|$)|[.!?:][ \t]*\n|\n[ \t]*\n\s*|\A[^\n]*,[ \t]*\n|\x01"
)
_LONELY_COMMA = re.compile(r"[ \t]+,")


@dataclass(frozen=True, slots=True)
class Reply:
    """`html` is empty when nothing was left to say. `promise_at` is None when none was made."""

    html: str
    language: str
    promise_at: datetime | None


def compose_reply(
    texts: Texts,
    ticket: Ticket,
    config: Config,
    now: datetime,
    *,
    language: str | None = None,
    promise: Duration | None = None,
    rule: str = "",
    reason: str = "",
    clock: ClockState | None = None,
    deadline: datetime | None = None,
) -> Reply:
    """Choose the language, work out the promise, fill in.

    `language` and `promise` overrule the choice and `defaults.promise`; so does `deadline`, the
    instant itself. Without a promise in the future, the sentence that would name it is left out.
    """
    code = (language and _match(language, texts)) or choose_language(ticket, texts, config)
    source = texts[code]
    promise_at = promised_at(config, now, promise)
    if deadline is not None:
        promise_at = deadline if deadline > now else None
    if promise_at is None and "promise_at" in placeholders(source):
        source = without_promise(source)
    if not source.strip():
        return Reply("", code, None)
    values = values_for(
        ticket,
        config,
        now,
        language=code,
        zone=zone_for(ticket, config),
        rule=rule,
        reason=reason,
        promise_at=promise_at,
        clock=clock,
    )
    html = render(source, values)
    if not values["customer"]["name"]:
        html = _LONELY_COMMA.sub(",", html)
    return Reply(html, code, promise_at if "promise_at" in placeholders(source) else None)


def choose_language(ticket: Ticket, texts: Mapping[str, str], config: Config) -> str:
    """Ticket field, customer's language, what the customer writes, `defaults.language`, the first.

    Only languages the text has; `nl-NL` counts as `nl`.
    """
    for code in (ticket.language, ticket.customer.language):
        found = _match(code, texts)
        if found:
            return found
    if len(texts) > 1:
        detected = detect(_customer_words(ticket), tuple(texts))
        if detected:
            return detected
    return _match(config.defaults.language, texts) or next(iter(texts))


def _match(code: str | None, texts: Mapping[str, str]) -> str | None:
    """The text's own key for a language code, exact before base language."""
    if not code:
        return None
    wanted = code.strip().lower().replace("_", "-")
    exact = [key for key in texts if key.lower().replace("_", "-") == wanted]
    alike = [key for key in texts if base_language(key) == base_language(wanted)]
    return next(iter([*exact, *alike]), None)


def _customer_words(ticket: Ticket) -> str:
    """What the customer wrote last, without quotes, with the subject: it is short of words often."""
    for message in reversed(ticket.messages):
        if message.kind is MessageKind.CUSTOMER and message.by_human:
            return f"{fresh_of(message)}\n{ticket.subject}"
    return ticket.subject


def promised_at(config: Config, now: datetime, promise: Duration | None = None) -> datetime | None:
    """When the promise ends: in open time of the default calendar, in real time without one.

    None when nothing is promised, or when the end would not lie in the future.
    """
    length = promise or config.promise
    if not length:
        return None
    calendar = config.calendars.get(config.defaults.calendar or "")
    if calendar is not None:
        due = calendar.due(now, length)
    else:
        due = now + timedelta(seconds=length.real_seconds)
    return due if due > now else None


def without_promise(source: str) -> str:
    """The template without the sentences that print `promise_at`.

    Sentences end at `.`, `!` or `?` before a capital letter, at empty lines and at block tags, and
    after the greeting; lines may be wrapped, and dots inside placeholders do not count. A template that asks `{% if promise_at %}` itself keeps its
    own arrangement.
    """
    if re.search(r"\{%[^%]*\bpromise_at\b", source):
        return source
    masked = _masked(source)
    edges = [0, *(found.end() for found in _EDGE.finditer(masked)), len(source)]
    kept: list[str] = []
    for start, end in pairwise(edges):
        piece = source[start:end]
        if any("promise_at" in one for one in _PRINTED.findall(piece)):
            kept.append(_closing(piece, masked[start:end]))
        else:
            kept.append(piece)
    return "".join(kept)


def _closing(piece: str, masked: str) -> str:
    """What ended a dropped sentence and must stay: a block tag, a statement, a line end."""
    if masked.endswith(_BREAK):
        *_, last = _MARKUP.finditer(piece)
        return last.group()
    end = masked[len(masked.rstrip()) :]
    return end if "\n" in end else ""


def _masked(source: str) -> str:
    """The source, as long as before, with its mark-up made harmless for finding sentences.

    A placeholder becomes capital letters, as it may begin a sentence; block tags and statements
    end in the edge character; other tags, such as `<b>`, belong to their sentence.
    """

    def mask(found: re.Match[str]) -> str:
        width = len(found.group())
        if found.group().startswith("{{"):
            return "X" * width
        if found.group().startswith("<") and not _BLOCK.match(found.group()):
            return "_" * width
        return "_" * (width - 1) + _BREAK

    return _MARKUP.sub(mask, source)
