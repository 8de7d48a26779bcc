"""The page behind an acknowledge link: plain HTML, readable by everybody, without anything from elsewhere."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping, Sequence
from hashlib import sha256
from html import escape
from typing import Final

from plugin.domain.commands import LONGEST_REASON
from plugin.domain.dataclass import dataclass
from plugin.web.ack_words import WORDS

STYLE: Final = """
:root { color-scheme: light dark; --ink: #1a1a1a; --paper: #fff; --line: #767676; --deed: #0b57a4;
  --on-deed: #fff; --wrong: #a40e26; }
@media (prefers-color-scheme: dark) { :root { --ink: #f0f0f0; --paper: #161616; --line: #8c8c8c;
  --deed: #8ab8f0; --on-deed: #101010; --wrong: #ff9aa8; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink);
  font: 1.0625rem/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; }
main { max-width: 34rem; margin: 0 auto; padding: 1.5rem 1rem 3rem; }
h1 { font-size: 1.5rem; line-height: 1.25; margin: 0 0 .75rem; overflow-wrap: anywhere; }
h2 { font-size: 1.0625rem; margin: 0 0 .5rem; }
dl { display: grid; grid-template-columns: auto 1fr; gap: .25rem 1rem; margin: 0 0 1rem; }
dt { font-weight: 600; } dd { margin: 0; overflow-wrap: anywhere; }
section { border-top: 1px solid var(--line); padding: 1rem 0 .25rem; }
p { margin: 0 0 1rem; } .wrong { color: var(--wrong); font-weight: 600; }
label { display: block; font-weight: 600; margin-bottom: .25rem; }
textarea { width: 100%; min-height: 4.5rem; padding: .5rem; font: inherit; color: inherit;
  background: transparent; border: 1px solid var(--line); border-radius: .25rem; }
button { min-height: 2.75rem; padding: .5rem 1.25rem; margin: 0 .5rem .75rem 0; font: inherit;
  font-weight: 600; color: var(--deed); background: transparent; border: 2px solid var(--deed);
  border-radius: .25rem; cursor: pointer; }
button.first { color: var(--on-deed); background: var(--deed); }
:focus-visible { outline: 3px solid var(--deed); outline-offset: 2px; }
"""
POLICY: Final = (
    "default-src 'none'; "
    f"style-src 'sha256-{b64encode(sha256(STYLE.encode()).digest()).decode()}'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
"""The page's Content-Security-Policy: this style sheet and forms to itself, nothing else."""

LANGUAGES: Final = tuple(WORDS)


@dataclass(frozen=True, slots=True)
class Offer:
    """What the page shows and offers. `deeds` are of `acknowledge`, `snooze`, `hand back`."""

    ticket: str
    policy: str
    level: str
    token: str
    deeds: Sequence[str]
    problem: str = ""


def confirm_page(offer: Offer, language: str) -> str:
    """Ask what to do; nothing has happened yet."""
    words = WORDS[language]
    rows = ((words["policy"], offer.policy), (words["level"], offer.level))
    facts = "".join(f"<dt>{escape(name)}</dt><dd>{escape(value)}</dd>" for name, value in rows)
    problem = _problem(words[offer.problem]) if offer.problem else ""
    hidden = f'<input type="hidden" name="token" value="{escape(offer.token)}">'
    parts = {"acknowledge": _acknowledge, "snooze": _snooze, "hand back": _hand_back}
    forms = "".join(
        f'<section><form method="post">{hidden}{parts[deed](words)}</form></section>'
        for deed in offer.deeds
    )
    title = escape(words["confirm"].format(ticket=offer.ticket))
    return _page(language, title, f"{problem}<dl>{facts}</dl>{forms}")


def told_page(key: str, language: str, *, ticket: str = "") -> str:
    """Say how it stands: `key` is of `plugin.web.ack_words`, such as `done acknowledge`."""
    words = WORDS[language]
    facts = (
        f"<dl><dt>{escape(words['ticket'])}</dt><dd>#{escape(ticket)}</dd></dl>" if ticket else ""
    )
    return _page(language, escape(words[f"{key} title"]), f"{facts}<p>{escape(words[key])}</p>")


def _acknowledge(words: Mapping[str, str]) -> str:
    return (
        f"<p>{escape(words['meaning'])}</p>"
        f'<button class="first" name="what" value="acknowledge">'
        f"{escape(words['acknowledge'])}</button>"
    )


def _snooze(words: Mapping[str, str]) -> str:
    buttons = "".join(
        f'<button name="what" value="snooze {period}">{escape(words[f"snooze {period}"])}</button>'
        for period in ("1h", "4h")
    )
    return f"<h2>{escape(words['snooze'])}</h2><p>{escape(words['snoozing'])}</p>{buttons}"


def _hand_back(words: Mapping[str, str]) -> str:
    return (
        f"<h2>{escape(words['hand back'])}</h2><p>{escape(words['handing back'])}</p>"
        f'<label for="reason">{escape(words["reason"])}</label>'
        f'<p><textarea id="reason" name="reason" required maxlength="{LONGEST_REASON}"></textarea></p>'
        f'<button name="what" value="hand back">{escape(words["hand back"])}</button>'
    )


def _problem(text: str) -> str:
    return f'<p class="wrong" role="alert">{escape(text)}</p>'


def _page(language: str, title: str, body: str) -> str:
    """`title` and `body` are HTML already."""
    return (
        f'<!DOCTYPE html>\n<html lang="{language}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="robots" content="noindex">'
        f"<title>{title}</title><style>{STYLE}</style></head>"
        f"<body><main><h1>{title}</h1>{body}</main></body></html>\n"
    )
