"""What people outside the helpdesk are told: single messages, and many of them as one digest.

Nothing here prints what a customer wrote.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from plugin.domain.dataclass import dataclass
from plugin.domain.notices import NoticeKind
from plugin.texts.language import base_language

ACK_MARK: Final = "[[acknowledge]]"
"""Stands in a text that is kept for the link, which is signed only when the text goes out."""

LONGEST_BODY: Final = 3_500
_MORE_NEEDS: Final = 80


@dataclass(frozen=True, slots=True)
class NoticeTexts:
    """Templates of one kind of message."""

    title: str
    body: str


_FACTS: Final = {
    "en": """\
{% for cause in causes %}{{ cause.why }}
{% endfor %}{% if not causes and reason %}{{ reason }}
{% endif %}{% if breached_by %}SLA {{ sla }}: {{ metric }} was due {{ due_at }}.
{% elif remaining and due_at %}SLA {{ sla }}: {{ metric }} is due {{ due_at }}.
{% endif %}Group {{ ticket.group }}, {% if ticket.owner %}owner {{ ticket.owner }}{% else %}nobody owns it{% endif %}.
{% if had %}Had it before: {{ had | join(", ") }}.
{% endif %}{% if next_at and next_level %}If nothing is done: level {{ next_level }} on {{ next_at }}{% if next_responsible %}, {{ next_responsible }}{% endif %}.
{% endif %}{{ ticket.url }}""",
    "de": """\
{% for cause in causes %}{{ cause.why }}
{% endfor %}{% if not causes and reason %}{{ reason }}
{% endif %}{% if breached_by %}SLA {{ sla }}: {{ metric }} war fällig {{ due_at }}.
{% elif remaining and due_at %}SLA {{ sla }}: {{ metric }} fällig {{ due_at }}.
{% endif %}Gruppe {{ ticket.group }}, {% if ticket.owner %}zuständig {{ ticket.owner }}{% else %}niemand ist zuständig{% endif %}.
{% if had %}Vorher schon: {{ had | join(", ") }}.
{% endif %}{% if next_at and next_level %}Geschieht nichts: Stufe {{ next_level }} am {{ next_at }}{% if next_responsible %}, {{ next_responsible }}{% endif %}.
{% endif %}{{ ticket.url }}""",
    "nl": """\
{% for cause in causes %}{{ cause.why }}
{% endfor %}{% if not causes and reason %}{{ reason }}
{% endif %}{% if breached_by %}SLA {{ sla }}: {{ metric }} had er {{ due_at }} moeten zijn.
{% elif remaining and due_at %}SLA {{ sla }}: {{ metric }} uiterlijk {{ due_at }}.
{% endif %}Groep {{ ticket.group }}, {% if ticket.owner %}eigenaar {{ ticket.owner }}{% else %}niemand heeft het{% endif %}.
{% if had %}Eerder al: {{ had | join(", ") }}.
{% endif %}{% if next_at and next_level %}Gebeurt er niets: niveau {{ next_level }} op {{ next_at }}{% if next_responsible %}, {{ next_responsible }}{% endif %}.
{% endif %}{{ ticket.url }}""",
}
_WHICH: Final = "{{ helpdesk }} #{{ ticket.number }}"
RULE_TITLE: Final = f"{_WHICH}: {{{{ rule }}}}"
_TO_YOU: Final = {
    "en": f"Escalated to you, level {{{{ level }}}}: {_WHICH}{{% if ack_by %}}, answer by {{{{ ack_by }}}}{{% endif %}}",
    "de": f"An Sie eskaliert, Stufe {{{{ level }}}}: {_WHICH}{{% if ack_by %}}, Antwort bis {{{{ ack_by }}}}{{% endif %}}",
    "nl": f"Naar u geëscaleerd, niveau {{{{ level }}}}: {_WHICH}{{% if ack_by %}}, antwoord uiterlijk {{{{ ack_by }}}}{{% endif %}}",
}
_TO_OTHERS: Final = {
    "en": f"Escalated{{% if responsible %}} to {{{{ responsible }}}}{{% endif %}}, level {{{{ level }}}}: {_WHICH}{{% if ack_by %}}, answer by {{{{ ack_by }}}}{{% endif %}}",
    "de": f"Eskaliert{{% if responsible %}} an {{{{ responsible }}}}{{% endif %}}, Stufe {{{{ level }}}}: {_WHICH}{{% if ack_by %}}, Antwort bis {{{{ ack_by }}}}{{% endif %}}",
    "nl": f"Geëscaleerd{{% if responsible %}} naar {{{{ responsible }}}}{{% endif %}}, niveau {{{{ level }}}}: {_WHICH}{{% if ack_by %}}, antwoord uiterlijk {{{{ ack_by }}}}{{% endif %}}",
}
_EXHAUSTED: Final = {
    "en": f"Nobody is left to ask: {_WHICH}, escalation {{{{ policy }}}}",
    "de": f"Niemand ist mehr da: {_WHICH}, Eskalation {{{{ policy }}}}",
    "nl": f"Er is niemand meer: {_WHICH}, escalatie {{{{ policy }}}}",
}
_AS_A_WHOLE: Final = {
    "en": f"Escalated: {_WHICH}, policy {{{{ policy }}}}",
    "de": f"Eskaliert: {_WHICH}, {{{{ policy }}}}",
    "nl": f"Geëscaleerd: {_WHICH}, {{{{ policy }}}}",
}
_REASONS: Final = """\
{% for cause in causes %}{{ cause.why }}
{% endfor %}{{ ticket.url }}"""


def notice_texts(
    kind: NoticeKind, language: str, *, is_responsible: bool, is_held: bool = False
) -> NoticeTexts:
    """The built-in templates, in English where the language has none.

    What is held until the ladder may have gone on names neither level nor person.
    """
    base = base_language(language)
    base = base if base in _FACTS else "en"
    if kind is NoticeKind.RULE:
        return NoticeTexts(RULE_TITLE, _FACTS[base])
    if kind is NoticeKind.EXHAUSTED:
        return NoticeTexts(_EXHAUSTED[base], _FACTS[base])
    if kind is NoticeKind.ESCALATION and is_held:
        return NoticeTexts(_AS_A_WHOLE[base], _REASONS)
    return NoticeTexts((_TO_YOU if is_responsible else _TO_OTHERS)[base], _FACTS[base])


# What goes out --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Told:
    """One message as it goes out, or one entry of a digest, which shows title and `url` alone.

    `ack_url` is "" where there is none.
    """

    title: str
    body: str
    url: str
    ack_url: str = ""
    kind: NoticeKind = NoticeKind.RULE


_WORDS: Final = {
    "en": {
        "ack": "Acknowledge or hand back: {url}",
        "digest": "Deskladder: {count} messages",
        "exhausted": "Nobody is left to ask, until somebody acts:",
        "others": "Since the last time:",
        "more": "… and {count} more; `deskladder status` lists what is open.",
    },
    "de": {
        "ack": "Übernehmen oder zurückgeben: {url}",
        "digest": "Deskladder: {count} Meldungen",
        "exhausted": "Niemand ist mehr da, bis jemand handelt:",
        "others": "Seit dem letzten Mal:",
        "more": "… und {count} weitere; `deskladder status` zeigt, was offen ist.",
    },
    "nl": {
        "ack": "Bevestigen of teruggeven: {url}",
        "digest": "Deskladder: {count} meldingen",
        "exhausted": "Er is niemand meer, tot iemand iets doet:",
        "others": "Sinds de vorige keer:",
        "more": "… en nog {count}; `deskladder status` toont wat openstaat.",
    },
}


def as_one_message(items: Sequence[Told], language: str) -> tuple[str, str]:
    """Title and body of what one recipient gets now: the message itself, or a digest of several.

    A digest too long for a message says how many it leaves out; exhausted escalations come first.
    """
    words = _WORDS.get(base_language(language), _WORDS["en"])
    if len(items) == 1:
        return items[0].title, _whole(items[0], words["ack"])
    title = words["digest"].format(count=len(items))
    exhausted = [one for one in items if one.kind is NoticeKind.EXHAUSTED]
    others = [one for one in items if one.kind is not NoticeKind.EXHAUSTED]
    entries: list[str] = []
    for heading, some in ((words["exhausted"], exhausted), (words["others"], others)):
        for position, one in enumerate(some):
            entry = _entry(one, words["ack"])
            entries.append(f"{heading}\n{entry}" if position == 0 and exhausted else entry)
    return title, _bounded(entries, words["more"])


def _whole(one: Told, ack: str) -> str:
    body = one.body
    lines: list[str] = []
    if ACK_MARK in body:
        body = body.replace(ACK_MARK, one.ack_url)
    elif one.ack_url:
        lines = [ack.format(url=one.ack_url)]
    return "\n".join(filter(None, [body.strip(), *lines]))


def _entry(one: Told, ack: str) -> str:
    lines = [f"- {one.title}", one.url]
    if one.ack_url:
        lines.append(ack.format(url=one.ack_url))
    return "\n  ".join(filter(None, lines))


def _bounded(entries: Sequence[str], more: str) -> str:
    kept: list[str] = []
    length = 0
    for entry in entries:
        length += len(entry) + 1
        if length > LONGEST_BODY - _MORE_NEEDS:
            return "\n".join([*kept, more.format(count=len(entries) - len(kept))])
        kept.append(entry)
    return "\n".join(kept)
