"""Tells messages no human wrote from those a human did, before any rule looks at them.

Headers are proof and come first (RFC 3834, RFC 5230, RFC 2919, RFC 3464); where a host's API hides
them, the sender's address, the subject and the first lines speak. Wrongly called automatic is as bad
as wrongly called human: weak signs count only in pairs, and quoted text never counts.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache

from plugin.domain import automatic_words as words
from plugin.domain.folding import fold

_LINES = 20
_LINE_LENGTH = 300
_SUBJECT_LENGTH = 300

_NO_REPLY = re.compile(
    r"(?:^|[._+=-])(?:"
    r"(?:no|not|dont|don-t|do[._-]?not|never)[._-]?reply(?:ing)?"
    r"|(?:nicht|bitte[._-]?nicht)[._-]?antworten|keine?[._-]?antwort(?:[._-]?adresse)?"
    r"|(?:niet|geen|no)[._-]?(?:beantwoorden|antwoord(?:en)?|reageren|reply)"
    r"|ne[._-]?pas[._-]?repondre|pas[._-]?de[._-]?reponse|nepasrepondre"
    r"|no[._-]?responder?|no[._-]?contestar|nao[._-]?respond(?:a|er)|non[._-]?rispondere"
    r"|nie[._-]?odpowiada[cj]|svar[._-]?(?:ikke|inte|ej)|ikke[._-]?svar|ala[._-]?vastaa|neodpovidat"
    r")(?:$|[._+=\d-])"
)
_MACHINE = re.compile(
    r"^(?:prvs=[^=]{0,40}=)?(?:"
    r"(?:mailer[._-]?daemon|mail[._-]?daemon|postmaster|mdaemon|majordomo|listserv|autoanswer"
    r"|auto[._-]?(?:reply|responder|respond|response|confirm|mailer|notify|antwort)"
    r"|microsoftexchange[0-9a-f]{8,}|mail[._-]?delivery[._-]?(?:system|subsystem))(?:$|[._+=-])"
    r"|(?:bounces?|bounced|notifications?|notify)(?:$|[+=_-]|\.\d))"
)
_REPLY = re.compile(
    r"^(?:(?:re|aw|antw|sv|vs|rv|ref|odp|r|res|ynt|fw|fwd|wg|doorst|tr|vl|vb|enc)\s*(?:\[\d{1,3}\]|\(\d{1,3}\))?\s*:\s*)"
)
_BRACKETS = re.compile(r"^(?:\[[^\[\]]{1,60}\]|\([^()]{1,60}\)|\*{1,3}[^*]{1,30}\*{1,3})\s*")
_ABSENT = "out-of-office or automatic reply by its subject"
_ACKNOWLEDGED = "receipt of another ticket system by its subject"
_ADDRESS = re.compile(r"<([^<>]{1,320})>\s*$")


def why_automatic(
    *,
    sender: str,
    subject: str,
    text: str = "",
    headers: Mapping[str, str] | None = None,
    system_sender: bool = False,
    own_addresses: frozenset[str] = frozenset(),
) -> str | None:
    """The reason in words when no human wrote this message; None when one did, or seems to have.

    `sender` is an address, with or without a name; `text` plain text, of which the first 20 lines
    are looked at; `headers` any mail headers the host shows, whatever their case; `system_sender`
    that the host itself or another automation is the author; `own_addresses` those of the
    helpdesk. The reason never repeats what the sender wrote. Never raises; linear time.
    """
    own = {address.strip().lower() for address in own_addresses}
    address = _address(sender)
    if system_sender:
        return "written by the helpdesk itself or another automation"
    if address and address in own:
        return "sent from one of our own addresses"
    head = {str(name).lower(): str(value).strip() for name, value in (headers or {}).items()}
    folded = _folded(subject[:_SUBJECT_LENGTH])
    lines = _own_lines(text)
    return (
        _by_headers(head, own)
        or _by_sender(address, head, own)
        or _by_subject(folded, lines)
        or _by_text(lines)
    )


def _address(sender: str) -> str:
    sender = sender[-400:].strip()
    found = _ADDRESS.search(sender)
    return (found.group(1) if found else sender).strip().lower()


def _folded(text: str) -> str:
    return " ".join(fold(text).replace("\u2019", "'").split())


def _own_lines(text: str) -> list[str]:
    """The first lines, folded, without what is quoted from somebody else."""
    kept: list[str] = []
    quoted = _starts(words.QUOTE_START)
    head = fold(text[: _LINES * _LINE_LENGTH * 2]).replace("\u2019", "'")
    for line in head.splitlines()[: _LINES * 2]:
        plain = " ".join(line[:_LINE_LENGTH].split())
        if quoted.match(plain):
            break
        if plain:
            kept.append(plain)
        if len(kept) == _LINES:
            break
    return kept


# Headers --------------------------------------------------------------------------------------


def _by_headers(head: Mapping[str, str], own: set[str]) -> str | None:
    submitted = head.get("auto-submitted", "no").lower()
    if submitted and submitted.partition(";")[0].strip() != "no":
        return "automatic by its header Auto-Submitted"
    for name in (
        "x-autoreply",
        "x-autorespond",
        "x-auto-reply",
        "x-autoresponder",
        "x-mail-autoreply",
        "x-otrs-loop",
    ):
        if head.get(name, "no").lower() not in {"no", "false", "0"}:
            return f"automatic by its header {name.title()}"
    if head.get("x-freescout-mail-type", "").lower() == "auto.reply":
        return "automatic reply of another FreeScout"
    suppress = head.get("x-auto-response-suppress", "").lower()
    if any(word in suppress for word in ("all", "oof", "autoreply")):
        return "automatic by its header X-Auto-Response-Suppress"
    if "x-failed-recipients" in head:
        return "bounce: names failed recipients"
    return _by_content_type(head) or _by_envelope(head) or _by_list(head, own)


def _by_content_type(head: Mapping[str, str]) -> str | None:
    content = head.get("content-type", "").lower().replace('"', "").replace(" ", "")
    if "report-type=delivery-status" in content or content.startswith("message/delivery-status"):
        return "bounce: delivery status notification"
    if "report-type=disposition-notification" in content:
        return "read receipt"
    if content.startswith("text/calendar") and "method=reply" in content:
        return "calendar answer"
    return None


def _by_envelope(head: Mapping[str, str]) -> str | None:
    path = head.get("return-path")
    if path is not None and (
        path.replace(" ", "") == "<>" or fold(path).strip("<> ").startswith("mailer-daemon")
    ):
        return "sent with an empty return path, as robots do"
    return None


def _by_list(head: Mapping[str, str], own: set[str]) -> str | None:
    """Mailing lists and bulk mail; a distribution list that *is* our address says nothing."""
    identity = fold(head.get("list-id", "")) + " " + fold(head.get("list-post", ""))
    if any(mine in identity or mine.replace("@", ".") in identity for mine in own if "@" in mine):
        return None
    for name in ("list-id", "list-unsubscribe", "list-post"):
        if head.get(name):
            return f"mailing list or bulk mail by its header {name.title()}"
    precedence = (head.get("precedence") or head.get("x-precedence", "")).lower()
    if precedence in {"bulk", "junk", "list", "auto_reply", "auto-reply"}:
        return f"bulk mail by its header Precedence ({precedence.replace('_', '-')})"
    return None


# Sender ---------------------------------------------------------------------------------------


def _by_sender(address: str, head: Mapping[str, str], own: set[str]) -> str | None:
    """A web form may send as no-reply and name the human in Reply-To: then it is no robot."""
    local = fold(address.partition("@")[0])[:100]
    if _MACHINE.match(local):
        return "sent by a mail robot's address"
    if not _NO_REPLY.search(local):
        return None
    answer_to = _address(head.get("reply-to", ""))
    if "@" in answer_to and answer_to != address and answer_to not in own:
        other = fold(answer_to.partition("@")[0])[:100]
        if not _NO_REPLY.search(other) and not _MACHINE.match(other):
            return None
    return "sent by a no-reply address"


# Subject --------------------------------------------------------------------------------------


def _by_subject(subject: str, lines: list[str]) -> str | None:
    if _REPLY.match(subject):
        return None  # somebody answered something, be it a robot's mail
    bare = subject
    while marked := _BRACKETS.match(bare):
        inside = marked.group().strip(" []()*")
        if _whole(_absence_phrases()).match(inside):
            return _ABSENT
        if _starts(words.ACKNOWLEDGED).match(inside):
            return _ACKNOWLEDGED
        bare = bare[marked.end() :]
    if _REPLY.match(bare):
        return None
    return (
        _absent(bare, lines)
        or _bounced(bare)
        or _receipt(bare, lines)
        or _calendar_answer(bare, lines)
        or _acknowledged(bare, lines)
    )


def _absent(subject: str, lines: list[str]) -> str | None:
    found = _absence_start().match(subject)
    if found:
        rest = subject[found.end("phrase") :].lstrip()
        is_told = rest[:1] in {":", "\uff1a"} or not _is_trouble(rest)
        return _ABSENT if is_told else None
    if _starts((words.SOMEBODY_AWAY,)).match(subject):
        return _ABSENT
    if _away_alone().match(subject) and (not lines or _any(words.AWAY_TEXT, lines)):
        return _ABSENT
    return None


def _is_trouble(rest: str) -> bool:
    """True when a human seems to write about automatic replies: a question or a complaint."""
    return "?" in rest or any(word in words.TROUBLE for word in re.findall(r"\w+", rest))


def _bounced(subject: str) -> str | None:
    if _starts(words.BOUNCE, plain=True).match(subject) and "?" not in subject:
        return "bounce by its subject"
    if _before_colon(words.BOUNCE_PREFIX).match(subject) or _starts((words.RETURNED,)).match(
        subject
    ):
        return "bounce by its subject"
    return None


def _receipt(subject: str, lines: list[str]) -> str | None:
    if _whole(words.RECEIPT, colon=True).match(subject):
        return "read receipt by its subject"
    if _before_colon(words.RECEIPT_PREFIX).match(subject) and (
        not lines or _starts(words.RECEIPT_TEXT, plain=True).match(lines[0])
    ):
        return "read receipt by its subject"
    return None


def _calendar_answer(subject: str, lines: list[str]) -> str | None:
    if not _before_colon(words.ANSWER_PREFIX).match(subject):
        return None
    if not lines or any(_within(words.ANSWER_TEXT, plain=True).search(line) for line in lines):
        return "calendar answer by its subject"
    return None


def _acknowledged(subject: str, lines: list[str]) -> str | None:
    if "?" in subject:
        return None
    if _starts(words.ACKNOWLEDGED).match(subject):
        return _ACKNOWLEDGED
    if _starts(words.THANKED).match(subject) and _any(words.PROMISED, lines):
        return _ACKNOWLEDGED
    return None


# Text -----------------------------------------------------------------------------------------


def _by_text(lines: list[str]) -> str | None:
    if not lines:
        return None
    if _starts(words.BOUNCE_TEXT, plain=True).match(lines[0]):
        return "bounce by its first line"
    if any(_starts(words.MACHINE_TEXT).match(line) for line in lines):
        return "says itself that it was sent automatically"
    if any("?" in line for line in lines):
        return None
    if _any(words.AWAY_TEXT, lines) and _any(words.RETURN_TEXT, lines):
        return "out-of-office by its text"
    if _any(words.ACKNOWLEDGED, lines) and _any(words.PROMISED, lines):
        return "receipt of another ticket system by its text"
    return None


# Phrases --------------------------------------------------------------------------------------


def _any(patterns: tuple[str, ...], lines: list[str]) -> bool:
    """Searched as one line, since mails are wrapped anywhere."""
    return bool(_within(patterns).search(" ".join(lines)))


@cache
def _absence_phrases() -> tuple[str, ...]:
    return tuple(phrase for phrases in words.ABSENCE.values() for phrase in phrases)


def _lead_in() -> str:
    return rf"(?:(?:{_alternatives(words.LEAD_IN)})\s+)?(?:(?:{_alternatives(words.NOWADAYS)})\s+)?"


def _until() -> str:
    until, since = _alternatives(words.UNTIL), _alternatives(words.FROM)
    return rf"\s+(?:{until})\b|\s+(?:(?:{since})\s+)?\d"


@cache
def _absence_start() -> re.Pattern[str]:
    """An absence phrase, then nothing, a mark, or "until …": not just any sentence about it."""
    return re.compile(
        rf"{_lead_in()}(?P<phrase>{_alternatives(_absence_phrases())})"
        rf"(?=\s*$|\s*[:\uff1a;!|(\[,/\u2013\u2014-]|\s*\.(?:\s|$)|{_until()}"
        r"|\s+(?:from|von|van|de|fra|da)\s+\S+(?:\s\S+)?$"
        r"|\s+(?:to|auf|op|a|su|al|pa|till)\s+(?:your|ihre|deine|uw|je|votre|ton|su|tu|sua|din|ditt)\b)"
    )


@cache
def _away_alone() -> re.Pattern[str]:
    """A word for being away, alone, until a day, or before the subject that is answered."""
    return re.compile(
        rf"{_lead_in()}(?:{_alternatives(words.AWAY)})"
        rf"(?=\s*[.!]?$|{_until()}|\s*:\s*(?:re|aw|antw|sv|vs)\s*:)"
    )


@cache
def _starts(phrases: tuple[str, ...], *, plain: bool = False) -> re.Pattern[str]:
    return re.compile(f"(?:{_alternatives(phrases) if plain else '|'.join(phrases)})")


@cache
def _within(phrases: tuple[str, ...], *, plain: bool = False) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{_alternatives(phrases) if plain else '|'.join(phrases)})")


@cache
def _whole(phrases: tuple[str, ...], *, colon: bool = False) -> re.Pattern[str]:
    end = r"\s*(?:$|:|-\s)" if colon else "$"
    return re.compile(rf"(?:{_alternatives(phrases)}){end}")


@cache
def _before_colon(phrases: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile(rf"(?:{_alternatives(phrases)})\s?[:\uff1a]\s")


def _alternatives(phrases: Iterable[str]) -> str:
    """The phrases as one pattern, folded, the longest first."""
    folded = sorted({fold(phrase) for phrase in phrases}, key=len, reverse=True)
    return "|".join(map(re.escape, folded))
