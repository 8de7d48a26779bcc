"""What an agent asks of a ladder in the first line of an internal note: `/ack`, `/snooze 2h` …

Words of three languages are known and near misses are answered, so that nobody has to look a
command up. A note is all that counts: in a mail to or from a customer a command is just text.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta

from plugin.domain import commands_words as words
from plugin.domain.dataclass import dataclass
from plugin.domain.escalation import Ask
from plugin.domain.folding import fold
from plugin.domain.quoting import fresh_of
from plugin.domain.ticket import Message, MessageKind, Person, Role

LONGEST_SNOOZE = timedelta(days=30)
LONGEST_REASON = 300

_LOOK_AT = 4_000
_INVISIBLE = dict.fromkeys(
    map(
        ord,
        "\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\ufeff\x00" + "\u202a\u202b\u202c\u202d\u202e",
    )
) | {ord("\uff0f"): "/"}
_SPACES = re.compile(r"[\s\u00a0\u2007\u202f]+")
_EMPHASIS = "*_~ "
_LINE = re.compile(r"/([^\W\d_](?:[^\W\d_]|[-_](?=[^\W\d_])){1,30})(?![\w/\\@]|[.-]\w)\s*(.*)")
_SIGNATURE = re.compile(r"(?:--+|__+|==+)(?:\s|$)")
_PUNCTUATION = " :;,.!-\u2013\u2014"
_QUOTES = "\"'\u201c\u201d\u201e\u2018\u2019\u00ab\u00bb`"
_AMOUNT = re.compile(r"(\d{1,5})(?:[.,](\d))?\s*([^\W\d_]+)\.?")
_BETWEEN = re.compile(r"\s*(?:,|\+|and|und|en)?\s*(?=\d)")
_FOR = re.compile(r"(?:for|fur|fuer|um|voor|met)\s+(?=\d)")


@dataclass(frozen=True, slots=True)
class Command:
    """One command that was understood.

    `policy` is a name of the file for `/escalate finance …`, None when the matrix is to choose.
    `period` is real time, set for `/snooze` alone. `reason` is what followed, cut at 300
    characters; never empty for `/handback`.
    """

    what: Ask
    message_id: int
    at: datetime
    by: Person
    policy: str | None = None
    reason: str = ""
    period: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Mistake:
    """One command that was not understood. `said` is the word as written, for the answering note."""

    message_id: int
    at: datetime
    by: Person
    said: str
    sentences: Mapping[str, str]

    def sentence(self, language: str) -> str:
        """One short sentence of what was expected; English for languages that have none."""
        return self.sentences.get(language[:2].lower(), self.sentences["en"])


def commands_in(
    message: Message, policies: Collection[str] | None = None, *, matrix: bool = True
) -> Command | Mistake | None:
    """The command in the first line of an internal note by a human agent; None for any other text.

    `policies` are the names of the file (None: any is taken for a reason), `matrix` whether it can
    choose one. The first word that is no policy begins the reason, unless it looks like a
    misspelt policy. Never raises; looks at the first lines only.
    """
    if message.kind is not MessageKind.NOTE or message.channel != "note":
        return None  # a mail may have been hidden from the customer, and its sender forged
    if not message.by_human or message.author.role is not Role.AGENT:
        return None
    lines = _lines(message)
    found = _LINE.fullmatch(lines[0]) if lines else None
    if found is None:
        return None
    said, rest = found.group(1), _argument(found.group(2))
    reader = _Reader(message, said, rest, lines[1:])
    what = words.COMMANDS.get(_key(said))
    if what is None:
        return reader.near_miss()
    if what is Ask.ESCALATE:
        return reader.escalate(policies, matrix=matrix)
    if what is Ask.HAND_BACK:
        return reader.hand_back()
    return reader.snooze() if what is Ask.SNOOZE else reader.command(what)


def _lines(message: Message) -> list[str]:
    """The first lines somebody wrote, without what editors leave behind; none when not for us."""
    head = message.text[:_LOOK_AT].translate(_INVISIBLE)
    if "/" not in head:
        return []
    own = fresh_of(message, _LOOK_AT)[:_LOOK_AT].translate(_INVISIBLE)
    plain = (_SPACES.sub(" ", line).strip(_EMPHASIS) for line in own.splitlines())
    return [line for line in plain if line]


def _argument(text: str) -> str:
    """What follows the command's word, without punctuation around it and without a signature."""
    if _SIGNATURE.match(text):
        return ""
    bare = text.lstrip(_PUNCTUATION).strip()
    if len(bare) > 1 and bare[0] in _QUOTES and bare[-1] in _QUOTES:
        bare = bare[1:-1].strip()
    return bare


def _key(word: str) -> str:
    return fold(word).replace("-", "").replace("_", "")


class _Reader:
    """Reads one command's words; `below` are the lines under it."""

    def __init__(self, message: Message, said: str, rest: str, below: list[str]) -> None:
        self._message = message
        self._said = said
        self._rest = rest
        self._below = below

    def command(
        self,
        what: Ask,
        *,
        policy: str | None = None,
        reason: str | None = None,
        period: timedelta | None = None,
    ) -> Command:
        text = self._rest if reason is None else reason
        note = self._message
        return Command(
            what=what,
            message_id=note.id,
            at=note.created_at,
            by=note.author,
            policy=policy,
            reason=text[:LONGEST_REASON].strip(),
            period=period,
        )

    def mistake(self, kind: str, **values: str) -> Mistake:
        note = self._message
        named = {"said": self._said, **values}
        sentences = {code: text.format(**named) for code, text in words.MISTAKES[kind].items()}
        return Mistake(note.id, note.created_at, note.author, self._said, sentences)

    def near_miss(self) -> Mistake | None:
        """A word that is nearly a command; anything else was not meant for us."""
        meant = _nearest(_key(self._said), tuple(words.COMMANDS))
        return self.mistake("unknown", meant=words.COMMON[words.COMMANDS[meant]]) if meant else None

    def escalate(self, policies: Collection[str] | None, *, matrix: bool) -> Command | Mistake:
        if policies is None:
            return self.command(Ask.ESCALATE)
        if not policies:
            return self.mistake("no policies")
        named, reason = _policy_of(self._rest, policies)
        if named is None:
            first = fold(self._rest.split(" ", 1)[0].strip(_PUNCTUATION))
            by_name = {fold(name): name for name in policies}
            if meant := _nearest(first, tuple(by_name)):
                return self.mistake("unknown policy", policy=first, meant=by_name[meant])
            if not matrix:
                if len(policies) > 1:
                    return self.mistake("which policy", known=_listed(policies))
                named = next(iter(policies))
        elif fold(named) == _MATRIX:
            named = None
        return self.command(Ask.ESCALATE, policy=named, reason=reason)

    def hand_back(self) -> Command | Mistake:
        """The reason stands behind the word or, as people write, in the lines below."""
        reason = self._rest or _paragraph(self._below)
        if not any(map(str.isalnum, reason)):
            return self.mistake("no reason")
        return self.command(Ask.HAND_BACK, reason=reason)

    def snooze(self) -> Command | Mistake:
        period, reason = _period_of(self._rest)
        if period is None:
            return self.mistake("no duration")
        if not timedelta(minutes=1) <= period <= LONGEST_SNOOZE:
            return self.mistake("long", days=str(LONGEST_SNOOZE.days))
        return self.command(Ask.SNOOZE, reason=reason, period=period)


_MATRIX = "matrix"


def _policy_of(text: str, policies: Collection[str]) -> tuple[str | None, str]:
    """The policy the text begins with and the rest; the longest name wins."""
    folded = fold(text)
    if len(folded) != len(text):
        folded = text.lower()  # an odd letter changed the length: places would not match
    for name in sorted({*policies, _MATRIX}, key=len, reverse=True):
        sought = fold(name)
        end = len(sought)
        if folded.startswith(sought) and not folded[end : end + 1].isalnum():
            following = folded[end : end + 2]
            if not (following[:1] in {"-", "_"} and following[1:].isalnum()):
                return name, _argument(text[end:])
    return None, text


def _paragraph(below: list[str]) -> str:
    kept: list[str] = []
    for line in below:
        if _SIGNATURE.match(line) or line.startswith(">"):
            break
        kept.append(line)
    return " ".join(kept)[:LONGEST_REASON].strip()


def _period_of(text: str) -> tuple[timedelta | None, str]:
    """The duration the text begins with, in real time, and the rest; None without one."""
    folded = fold(text)
    if len(folded) != len(text):
        folded = text.lower()
    start = _FOR.match(folded)
    at = start.end() if start else 0
    total = timedelta(0)
    found = False
    while part := _AMOUNT.match(folded, at):
        unit = words.UNITS.get(part.group(3))
        if unit is None:
            break
        total += (int(part.group(1)) + int(part.group(2) or 0) / 10) * unit
        found = True
        at = part.end()
        if more := _BETWEEN.match(folded, at):
            at = more.end()
    return (total, _argument(text[at:])) if found else (None, text)


def _listed(names: Collection[str]) -> str:
    shown = sorted(names)
    return ", ".join(shown[:6]) + (" …" if len(shown) > 6 else "")  # noqa: PLR2004


def _nearest(word: str, known: tuple[str, ...]) -> str | None:
    """The known word that is one slip away (two in a long word); None when none is."""
    if not 3 <= len(word) <= 40:  # noqa: PLR2004 - shorter ones are near to everything
        return None
    slips, best = min(((_slips(word, one), one) for one in known), default=(0, ""))
    allowed = 2 if min(len(word), len(best)) >= 7 else 1  # noqa: PLR2004
    return best if 0 < slips <= allowed else None


def _slips(one: str, other: str) -> int:
    """How many letters are missing, too many, wrong or swapped with their neighbour."""
    if abs(len(one) - len(other)) > 2:  # noqa: PLR2004 - more than anybody asks about
        return 3
    before: list[int] = []
    above = list(range(len(other) + 1))
    for i, letter in enumerate(one, 1):
        row = [i]
        for j, wanted in enumerate(other, 1):
            cost = min(above[j] + 1, row[-1] + 1, above[j - 1] + (letter != wanted))
            swapped = i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == wanted
            row.append(min(cost, before[j - 2] + 1) if swapped else cost)
        before, above = above, row
    return above[-1]
