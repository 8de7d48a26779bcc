"""Every sentence of the program that may stand in a note is said in the note's language.

The sentences are read from the source, so that a new one without words in German and Dutch is found
the day it is written.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from plugin.texts.reasons import say_reason
from plugin.texts.reasons_words import OTHERS

ROOT = Path(__file__).parents[3] / "plugin"
GOLDEN = Path(__file__).parents[2] / "golden" / "notes" / "reasons.txt"
SOURCES = [
    "actions/_fresh.py", "actions/_people.py", "actions/_pools.py", "actions/_addressees.py",
    "actions/assign.py", "actions/field.py", "actions/group.py", "actions/note.py", "actions/priority.py",
    "actions/reply.py", "actions/state.py", "actions/subscribe.py", "actions/tag.py", "actions/undo.py",
    "actions/untag.py", "actions/webhook.py", "actions/_case_note.py", "domain/choosing.py",
    "domain/automatic.py", "engine/firing.py", "engine/ladders/advancing.py", "engine/ladders/asking.py",
    "engine/ladders/calls.py", "engine/ladders/causes.py", "engine/ladders/choosing.py",
    "engine/ladders/hearing.py", "engine/ladders/looping.py", "engine/ladders/owing.py",
    "engine/ladders/people.py",
]  # fmt: skip
NO_SENTENCE = {
    "Text", "NamedText", "Choice", "Listed", "_NoteText", "check_known", "Refused", "TryAgain",
    "ValidationError", "ValueError", "compile",
}  # fmt: skip
"""What is given to these is said to whoever runs Deskladder, in English."""

NOT_IN_NOTES = {
    # parts of sentences, and what stands in other texts
    "agent X", "team X", "X until X", "X: X", "X, X", "X X", "X (X)", "X X note", "tag X", "field X", "mX", "X / X X",
    "X; X", "X / X group", "group escalation X at level X", "X asked for an escalationX", "already so:", "X, level X: X", ", was X", ", which the owner has no access to", ": X",
    ", promised X X", "; noted", "; the note about it failed: X", "; did you mean X?", "matrix: X",
    "tag X: X", "an address", "the group is as it was",
    "the lead of team X", "this person", "its lead", "the lead", "the person of if_none",
    "somebody of the pool", "somebody on call", "is not in the file any more", "has no `pool:` in the file",
    "; it was the last level, and the ladder is climbed again", "X escalation X at level X",
    "X times within X minutes, as if a trigger of the helpdesk answered what we do (guards.loop_firings is X)",
    # refusals, which say what an admin has to do
    "the helpdesk knows no agent for XX Name an agent by e-mail address or login in rule X, then run `deskladder retry`",
    # what was so already is no news, and what comes after the note is not in it
    "X owns it", "X owns it, X", "field X has this value", "the ticket is in X", "the priority is X",
    "the state is X", "the ticket has the tag", "it has all the tags", "the ticket does not have the tag",
    "it has none of them", "the tags are off", "the X is as it was", "note X", "reply X (X)X",
    # only in the audit and in `explain`
    "mode is observe", "the rule is held at observe: X", "fired X times within X minutes on ticket X (guards.loop_firings is X)",
    "would escalate to X, level XX", "would not escalate: X", "matrix: every other ticket",
    "X, asked for by X: X", "no such escalation is open", "too late: the ladder has gone on",
    "the tag X asked for an escalation", "a day has room for a note again",
    "escalations are opened when the rule fires",
}  # fmt: skip
LOOPED = (
    "3 times within 10 minutes, as if a trigger of the helpdesk answered what we do "
    "(guards.loop_firings is 3)"
)
SLOTS = {
    "what": "group",
    "who": "the lead",
    "title": "its lead",
    "looped": LOOPED,
    "self._name": "team 'finance'",
    "one.phase": "handed back",
    "ticket.state.type": "spam",
    "loads[one.id]": "4",
    "clock.metric.replace('_', ' ')": "first response",
}
"""What really stands there, where anything would be too much."""

ENGLISH = {
    "de": r"\b(?:the|is|of|it|its|not|with|has|who|whom|and|already|again|nobody|somebody|no(?!-)|or|by)\b",
    "nl": r"\b(?:the|it|its|not|with|has|who|whom|and|already|again|nobody|somebody|no(?!-)|or|by|this)\b",
}


def sentences(source: str) -> Iterator[str]:
    """Every text of several words in a file, `X` where something is filled in."""
    tree = ast.parse((ROOT / source).read_text(encoding="utf-8"))
    left_out = {id(part) for node in ast.walk(tree) for part in _left_out(node)}
    for node in ast.walk(tree):
        if id(node) in left_out:
            continue
        text = _text_of(node)
        if " " in text.strip() and not re.search(r"\(\?:", text):
            yield text.strip()


def _left_out(node: ast.AST) -> Iterator[ast.AST]:
    """Docstrings, parts of a formatted text, and what only admins read."""
    if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef):
        yield from (one.value for one in node.body if isinstance(one, ast.Expr))
    is_for_admins = isinstance(node, ast.Call) and _name(node.func) in NO_SENTENCE
    if is_for_admins or isinstance(node, ast.JoinedStr):
        yield from (part for part in ast.walk(node) if part is not node)


def _name(function: ast.expr) -> str:
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def _text_of(node: ast.AST) -> str:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if not isinstance(node, ast.JoinedStr):
        return ""
    parts = (
        one.value if isinstance(one, ast.Constant) else SLOTS.get(ast.unparse(one.value), "X")
        for one in node.values
    )
    return "".join(map(str, parts))


FOUND = sorted({text for source in SOURCES for text in sentences(source)} - NOT_IN_NOTES)


@pytest.mark.parametrize("language", OTHERS)
@pytest.mark.parametrize("english", FOUND)
def test_no_english_is_left(english, language):
    said = say_reason(english, language)

    assert said != english
    assert not re.search(ENGLISH[language], said), said


def test_they_are_said_in_the_pinned_words(golden):
    said = ("\n".join([one, *(say_reason(one, language) for language in OTHERS)]) for one in FOUND)

    golden(GOLDEN, "\n\n".join(said) + "\n")
