"""What the writer of a mail wrote just now, without what it repeats and how it is signed.

An answer usually carries the mail it answers: a word of our own canned reply, or of an agent, must not
fire a rule when it comes back. Answers between quoted lines stay. What a customer passes on
("Forwarded message") is meant to be read and stays too. When in doubt the text stays.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from plugin.domain import quoting_words as words
from plugin.domain.folding import fold
from plugin.domain.html import CITED, CUT, INDENTED, SIGNED, marked_lines, plain_text

if TYPE_CHECKING:
    from plugin.domain.ticket import Message

_WRAPPED = 4  # lines one introduction of a quote may be wrapped over
_HEAD = 16  # lines the head of a quoted mail may take, with long lists of recipients
_WRAPPED_LABEL = 3  # lines between two labels there
_LONGEST = 400  # characters of a line that says anything about quoting
_LONGEST_RULED = 200
_LONGEST_SENT_WITH = 160
_SIGNATURE_LINES = 15
_SIGNATURE_LENGTH = 1200

_MARKED = (CITED, INDENTED, SIGNED, CUT)
_NO_MARKS = dict.fromkeys(map(ord, CITED + INDENTED + SIGNED + CUT))
_MARKS = re.compile(f"[{''.join(_MARKED)}]")
_RULE = r"[-_=*#~\u2010-\u2015\u2500]"
_COLONS = ":\uff1a"
_RULES = frozenset("-_=*#~\u2010\u2011\u2012\u2013\u2014\u2015\u2500")
_IS_RULE = re.compile(rf"\s*{_RULE}{{3,}}\s*$")
_SAYS_NOTHING = re.compile(rf"[\s>|.{_RULE[1:]}*")
_TIME = re.compile(r"\b\d{1,2}\s?[:.h\u6642\u65f6]\s?\d{2}")
_DAY = re.compile(
    r"(?<!\d)(?:19|20)\d{2}(?!\d)|\b\d{1,2}\s?[./-]\s?\d{1,2}\b|\b\d{1,2}\.?\s(?:de\s)?[^\W\d_]{3}"
)
_LINK = re.compile(r"[<(\[]?https?://[^\s<>]{1,150}[>)\]]?")
_ADDRESS = re.compile(r"[^\s<>@]@[^\s<>@]")
_LABEL = re.compile(r"[*_ ]{0,4}([^\W\d_][^:\n]{0,24}?)[* \u00a0]{0,3}[:\uff1a][*_ ]{0,3}")
_LISTED = re.compile(r"(?:\d{1,2}[.)]|[-*\u2022])\s+(?:on|am|op|le|el|il|em|den)\b", re.IGNORECASE)
_BEGINS_DATE = re.compile(
    r"(?:on|am|op|le|el|il|em|den|dnia|w dniu|no dia)\s[^.!?]{0,6}\S[^!?:]{0,80}$"
)


class Own(NamedTuple):
    """What somebody wrote themselves: `fresh` without, `signed` with their signature."""

    fresh: str
    signed: str


def fresh_text(text: str, *, subject: str = "") -> str:
    """The newly written part of a plain text. Linear time; never raises.

    A text that says nothing else than what it quotes comes back whole, and so does one in which
    nothing is quoted. `subject` tells a mail that is passed on ("Fwd: …") from an answer.
    """
    return own_text(text, subject=subject).fresh


def own_text(text: str, *, subject: str = "") -> Own:
    """As `fresh_text`, for a plain text."""
    plain = _MARKS.sub("", text) if any(map(text.__contains__, _MARKED)) else text
    lines = plain.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return _own(lines, text, subject)


def own_html(html: str, plain: str, *, subject: str = "") -> Own:
    """As `fresh_text`, for HTML, whose mark-up tells more; `plain` is `plain_text(html)`."""
    lines = marked_lines(html)
    return own_text(plain, subject=subject) if lines is None else _own(lines, plain, subject)


def fresh_of(message: Message, limit: int = 50_000) -> str:
    """What is fresh in a message, as its connector found, or from its text; cut at `limit`."""
    if message.fresh is not None:
        return message.fresh[:limit]
    return fresh_text(message.text[:limit], subject=message.subject)


def fresh_html(html: str, *, subject: str = "") -> str:
    """The newly written part of an HTML message, as plain text."""
    return own_html(html, plain_text(html), subject=subject).fresh


def _own(lines: list[str], whole: str, subject: str) -> Own:
    if not whole.strip():
        return Own(whole, whole)
    reader = _Reader(lines, passed_on=_is_passed_on(subject))
    reader.read()
    if len(reader.kept) == len(lines) and not any(is_signature for _, is_signature in reader.kept):
        return Own(whole, whole)
    signed = _joined(line for line, _ in reader.kept)
    if not _says_something(signed):
        return Own(whole, whole)
    fresh = _joined(line for line, is_signature in reader.kept if not is_signature)
    if not _says_something(fresh):
        fresh = whole
    return Own(fresh, signed)


def _says_something(text: str) -> bool:
    return not _SAYS_NOTHING.fullmatch(text)


def _joined(lines: Iterable[str]) -> str:
    """The lines with at most one empty one in a row, and no ruled line at the end."""
    found: list[str] = []
    for line in lines:
        words = line.translate(_NO_MARKS).rstrip()
        if words.strip() or (found and found[-1]):
            found.append(words)
    while found and (not found[-1] or _IS_RULE.match(found[-1])):
        found.pop()
    return "\n".join(found).strip("\n")


def _is_passed_on(subject: str) -> bool:
    before, colon, _ = subject[:20].partition(":")
    return bool(colon) and fold(before).strip(" []()0123456789") in words.FORWARD_PREFIX


class _Reader:
    """Goes through the lines once, looking ahead and back a fixed number of lines only.

    `kept` holds the lines that stay, each with whether it belongs to a signature.
    """

    def __init__(self, lines: list[str], *, passed_on: bool) -> None:
        self.kept: list[tuple[str, bool]] = []
        self._lines = lines
        self._passed_on = passed_on
        self._cited = False  # a quote was introduced: indented blocks are quotes too
        self._in_quote = False
        self._kinds: dict[int, str] = {}
        self._signed_from: int | None = None  # where in `kept` the signature begins

    def read(self) -> None:
        for at, line in enumerate(self._lines):
            text = line.strip()
            if not text:
                self.kept.append((line, False))
            elif self._is_quoted(text):
                if not self._in_quote and _is_forward(text[1:].strip()):
                    self._keep_rest(at)
                    break
                self._end_signature()
                self._in_quote = True
            elif text[0] == CUT:
                if not self._passed_on:
                    break
            else:
                self._in_quote = False
                if not self._goes_on_after(at, text):
                    break
        self._end_signature()

    def _goes_on_after(self, at: int, text: str) -> bool:
        """Take a line that is not quoted; False when all below is history, or was kept."""
        if text[0] == SIGNED:
            self.kept.append((text[1:], True))
            return True
        if text[0] == INDENTED:
            text = text[1:].strip()
            self.kept.append((text, False))
            return True
        if len(text) <= _LONGEST:
            is_ruled = _RULES.issuperset(text[:2]) or _RULES.issuperset(text[-2:])
            if (is_ruled or text[-1] in _COLONS) and _is_forward(text):
                self._keep_rest(at)
                return False
            if (is_ruled and _is_original(text)) or self._is_head(at, text):
                return self._passed_on and self._keep(at)
            if text[-1] in _COLONS and (introduces := self._introduction(at)):
                return self._introduced(at, *introduces)
            if text == "--" and self._signed_from is None:
                self._signed_from = len(self.kept)
        self.kept.append((self._lines[at], len(text) <= _LONGEST and _is_sent_with(text)))
        return True

    def _keep(self, at: int) -> bool:
        self.kept.append((self._lines[at], False))
        return True

    def _keep_rest(self, at: int) -> None:
        """Somebody passed this on: it is what they want to be read."""
        self._end_signature()
        self.kept.extend((line.lstrip(CITED + INDENTED), False) for line in self._lines[at:])

    def _is_quoted(self, text: str) -> bool:
        if text[0] == ">":
            return text[-1] != "<"  # >>> URGENT <<<
        return text[0] == CITED or (text[0] == INDENTED and self._cited)

    def _end_signature(self) -> None:
        """What stands between `--` and the next quote or the end is a signature when it is short."""
        if self._signed_from is None:
            return
        block = [line for line, _ in self.kept[self._signed_from :] if line.strip()]
        if len(block) <= _SIGNATURE_LINES + 1 and sum(map(len, block)) <= _SIGNATURE_LENGTH:
            self.kept[self._signed_from :] = [(line, True) for line in block]
        self._signed_from = None

    # "On … somebody wrote:" ---------------------------------------------------------------------

    def _introduction(self, at: int) -> tuple[int, bool] | None:
        """How many lines up to this one introduce a quote, and whether with address and time."""
        joined = ""
        for taken in range(1, _WRAPPED + 1):
            line = self._lines[at + 1 - taken].strip() if taken <= at + 1 else ""
            if not line or line[0] in {">", CITED, SIGNED, INDENTED, CUT}:
                return None
            joined = f"{line} {joined}"
            if len(joined) > _LONGEST:
                return None
            if _introduces(joined):
                above = self._lines[at - taken].strip() if at >= taken else ""
                wrapped = len(above) <= _LONGEST and _BEGINS_DATE.match(fold(above))
                is_whole = bool(_ADDRESS.search(joined) and _TIME.search(joined))
                return taken + bool(wrapped), is_whole
        return None

    def _introduced(self, at: int, taken: int, is_whole: bool) -> bool:
        """Drop the introduction of a quote; without `>` below a whole one, all the rest is quoted."""
        ahead = next((line for one in self._lines[at + 1 : at + 4] if (line := one.strip())), "")
        is_marked = bool(ahead) and ahead[0] in {">", CITED, INDENTED}
        if ahead and not is_marked and not (is_whole and not _is_forward(ahead)):
            return self._keep(at)
        del self.kept[len(self.kept) - (taken - 1) :]
        self._cited = True
        return is_marked

    # From: … Sent: … Subject: … -------------------------------------------------------------------

    def _is_head(self, at: int, text: str) -> bool:
        """True when the head of a mail begins here: from whom, when (to the minute), about what."""
        first = self._kind(at, text)
        if not first:
            return False
        addressed = first == "from"
        seen: set[str] = set()
        unlabelled = 0
        for place, line in enumerate(self._lines[at : at + _HEAD], at):
            part = line.strip()[:_LONGEST]
            kind = self._kind(place, part)
            if kind == "date" and not (_TIME.search(part) and _DAY.search(part)):
                return False
            unlabelled = 0 if kind or not part else unlabelled + 1
            if unlabelled > _WRAPPED_LABEL:
                return False
            seen.add(kind)
            addressed = addressed or (kind == "from" and "@" in part)
            if addressed and seen >= {"from", "date", "subject"}:
                return True
        return False

    def _kind(self, at: int, line: str) -> str:
        """What the line's label says, looked up once for each line."""
        if (kind := self._kinds.get(at)) is None:
            kind = self._kinds[at] = _kind(line)
        return kind


def _kind(line: str) -> str:
    if ":" not in line[:32] and "\uff1a" not in line[:32]:
        return ""
    found = _LABEL.match(line)
    return _labels().get(fold(found.group(1)).strip(" *_"), "") if found else ""


def _introduces(line: str) -> bool:
    """True for a line with somebody, a day and a time, who "wrote"."""
    if not _DAY.search(line) or _LISTED.match(line):
        return False
    is_timed, is_addressed = bool(_TIME.search(line)), bool(_ADDRESS.search(line))
    if _wrote().search(fold(line)):
        return is_timed or is_addressed
    return is_timed and is_addressed and line.rstrip(" :\uff1a").endswith((">", ")"))


def _is_forward(line: str) -> bool:
    return len(line) <= _LONGEST_RULED and bool(_forwarded().match(fold(line)))


def _is_original(line: str) -> bool:
    return len(line) <= _LONGEST_RULED and bool(_history().search(fold(line)))


def _is_sent_with(line: str) -> bool:
    if len(line) > _LONGEST_SENT_WITH or fold(line[:20]).split(" ", 1)[0] not in _sent_starts():
        return False
    bare = " ".join(_LINK.sub(" ", line).split())
    return bool(_sent_with().fullmatch(fold(bare).replace("\u2019", "'")))


@cache
def _labels() -> dict[str, str]:
    tables = {
        "further": words.FURTHER,
        "subject": words.SUBJECT,
        "date": words.DATE,
        "from": words.FROM,
    }
    return {fold(word): kind for kind, table in tables.items() for word in table}


@cache
def _wrote() -> re.Pattern[str]:
    folded = [re.escape(fold(word)) for word in words.WROTE]
    # Scripts that part no words have no edges of words either.
    return re.compile("|".join(word if word > "\u2e80" else rf"\b{word}\b" for word in folded))


@cache
def _forwarded() -> re.Pattern[str]:
    ruled = "|".join(re.escape(fold(phrase)) for phrase in words.FORWARDED)
    bare = "|".join(re.escape(fold(phrase)) for phrase in words.FORWARD_START)
    return re.compile(
        rf"{_RULE}{{2,40}}\s?(?:{ruled})\s?{_RULE}{{2,40}}|(?:{bare})\s?[:\uff1a]\s*$"
    )


@cache
def _history() -> re.Pattern[str]:
    original = "|".join(re.escape(fold(phrase)) for phrase in words.ORIGINAL)
    above = "|".join(words.REPLY_ABOVE)
    return re.compile(rf"^{_RULE}{{2,60}}\s?(?:{original})\s?{_RULE}{{0,60}}\s*$|{above}")


@cache
def _sent_starts() -> frozenset[str]:
    return frozenset(words.SENT_START)


@cache
def _sent_with() -> re.Pattern[str]:
    device = "|".join(sorted(map(re.escape, words.DEVICE), key=len, reverse=True))
    return re.compile(
        rf"(?:(?:{'|'.join(words.SENT_WITH)})\s(?:[\w'.-]{{1,20}}[ -]){{0,3}}?(?:{device})"
        r"(?:'\w{1,3})?(?:[ -][\w'.-]{1,15}){0,4}|"
        rf"{'|'.join(words.GET_OUTLOOK)})\s?[.!]?"
    )
