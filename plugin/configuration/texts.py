"""`replies:` and `notes:`: every text in the default language, every placeholder known."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from plugin.configuration.document import Block, Span, render_path
from plugin.configuration.fields import Complaint
from plugin.configuration.findings import Findings, Path
from plugin.configuration.problems import Problem
from plugin.configuration.wording import closest

_ACK_LINK = re.compile(r"\{[{%][^}]*\back_url\b")


def check_texts(section: str, root: Block, language: str | None, findings: Findings) -> None:
    """Check all texts of a section; warn about languages that only some of them have."""
    texts = root.get(section)
    if not isinstance(texts, Block):
        return
    built_in = _built_in(section)
    sound = {name: text for name, text in texts.items() if isinstance(text, Block) and text}
    spoken = {code for text in sound.values() for code in text}
    for name, text in sound.items():
        path = (section, name)
        if language is None:
            pass
        elif language not in text and language not in built_in.get(name, ()):
            at = findings.locate(path)
            found = ", ".join(sorted(text))
            findings.problems.append(
                at.key_span.problem(
                    render_path(list(path)),
                    f"expected a text in {language!r}, the default language, got {found}",
                    remedy=f"add {language}: …, or change defaults.language",
                )
            )
        elif missing := sorted(spoken - set(text) - set(built_in.get(name, ()))):
            findings.warn(
                path,
                f"has no text in {', '.join(missing)}, which others have: "
                f"customers who speak it get {language!r}",
            )
        for code, source in text.items():
            if isinstance(source, str):
                _check_template("".join(source), (*path, code), findings)
                if section == "replies":
                    _check_for_customers("".join(source), (*path, code), findings)


def _built_in(section: str) -> Mapping[str, Mapping[str, str]]:
    """Texts that are there without the file: it may replace some of their languages only."""
    if section != "notes":
        return {}
    from plugin.texts.notes import BUILT_IN

    return BUILT_IN


def _check_template(source: str, path: Path, findings: Findings) -> None:
    if "{" not in source:
        return
    from plugin.texts.templates import PLACEHOLDERS, TemplateProblem, check_template

    try:
        check_template(source)
    except TemplateProblem as error:
        findings.problems.append(template_problem(error, source, path, findings, PLACEHOLDERS))


def _check_for_customers(source: str, path: Path, findings: Findings) -> None:
    """Who opens the link acknowledges: a customer must not get it."""
    if _ACK_LINK.search(source):
        complaint = Complaint(
            "a text for customers without {{ ack_url }}, which acknowledges for an agent",
            got="one with it",
            remedy="it belongs in notes and notifications",
        )
        findings.complain(path, complaint)


def template_problem(
    error: Any, source: str, path: Path, findings: Findings, known: Mapping[str, str]
) -> Problem:
    """The problem of a template, pointing into the text where the file's line shows it."""
    at = findings.locate(path)
    span = _inside(at.span, source, error.line, error.column, error.unknown)
    if error.unknown:
        guess = closest(error.unknown, known)
        return span.problem(
            render_path(list(at.path)),
            f"expected a known placeholder, got {error.unknown!r}",
            guess=guess,
            remedy=None if guess else f"known are {', '.join(sorted(known))}",
        )
    message = str(error.message).rstrip(".")
    expected = message if message.startswith("expected") else f"expected a usable text: {message}"
    return span.problem(render_path(list(at.path)), expected)


def _inside(span: Span, source: str, line: int, column: int, unknown: str | None) -> Span:
    """The place of the template's mistake, found again in the lines of the file."""
    rows = source.split("\n")
    row = rows[line - 1].strip() if 0 < line <= len(rows) else ""
    needle = unknown or row
    if not needle:
        return span
    for number in range(span.line, span.end_line + 1):
        text = span.source.line(number)
        start = span.column if number == span.line else 0
        begin = text.find(row, start) if row else -1
        at = text.find(needle, max(begin, start))
        if at < 0:
            continue
        if not unknown:
            indent = len(rows[line - 1]) - len(rows[line - 1].lstrip())
            at = min(len(text), at + max(0, column - 1 - indent))
            return Span(span.source, number, at, number, at + 1)
        return Span(span.source, number, at, number, at + len(needle))
    return span
