"""Write an internal note; customers never see it.

Named notes come from `notes:` in the file or from Deskladder itself: `why` says which rule fired
and why, the customer's earlier tickets when the rule looked at them, what was done and left
undone, and who is next; `authority_hint` prints what the ticket's team may decide itself. A ladder
writes its own: `ladder_level`, `ladder_hint` and so on, which `notes:` may replace as well. A text
of more than one word, or `{text: …}`, is a note of its own with the same placeholders. Notes are written in
`defaults.language`. A note that comes more than ten minutes after its decision says so.

    do:
      - note: why
      - note: "Third complaint of {{ customer.name }}: please call back."
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from marshmallow import ValidationError

from plugin.actions import Occasion, Outcome
from plugin.actions._clock import clock_of, office_zone
from plugin.actions._fresh import is_news, reason_gone, skip
from plugin.actions._ladder import ladder_of
from plugin.actions._params import Form, Text, check_known, guess
from plugin.conditions import Names
from plugin.domain.cases import cases_of
from plugin.domain.errors import Refused
from plugin.domain.memory import ActionState
from plugin.domain.plan import Step
from plugin.texts.language import base_language
from plugin.texts.notes import BUILT_IN, note_texts
from plugin.texts.placeholders import PLACEHOLDERS
from plugin.texts.reasons import say_reason
from plugin.texts.replies import promised_at
from plugin.texts.templates import TemplateProblem, check_template, render
from plugin.texts.values import values_for

STEP = Step.NOTE
_LATE = timedelta(minutes=10)
_LEFT_UNDONE = (ActionState.SKIPPED, ActionState.FAILED, ActionState.GUARDED)


class _NoteText(Text):
    """A bare value: one word names a note, anything else is its text."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        text = super()._deserialize(value, attr, data, **kwargs)
        return {"name": text} if len(text.split()) == 1 and "{{" not in text else {"text": text}


class _Note(Form):
    """`name`, or a text, or a mapping with either."""

    def _deserialize(
        self, value: Any, attr: str | None, data: Any, **kwargs: Any
    ) -> dict[str, Any]:
        if isinstance(value, Mapping):
            return super()._deserialize(value, attr, data, **kwargs)
        found: dict[str, Any] = _NoteText("the name of a note, or its text").deserialize(value)
        return found

    def json_schema(self) -> dict[str, Any]:
        return {"anyOf": [{"type": "string"}, super().json_schema()]}


PARAMS = _Note(
    {"name": Text("the name of a note"), "text": Text("a text")}, one_of=("name", "text")
)


def check(params: Mapping[str, Any], names: Names) -> None:
    """The note must exist, a text of its own must be a good template."""
    if "name" in params:
        check_known("name", str(params["name"]), {*names.notes, *BUILT_IN}, "note")
        return
    try:
        check_template(str(params["text"]))
    except TemplateProblem as problem:
        hint = guess(problem.unknown, PLACEHOLDERS) if problem.unknown else ""
        raise ValidationError({"text": [f"{problem}{hint}"]}) from problem


def perform(params: Mapping[str, Any], occasion: Occasion) -> Outcome:
    """Compose it from the fresh ticket and post it."""
    ticket, config = occasion.ticket, occasion.config
    if gone := reason_gone(ticket):
        return skip(gone)
    late, language = _late(occasion), config.defaults.language
    values = values_for(
        ticket,
        config,
        occasion.now,
        language=language,
        zone=office_zone(occasion),
        rule=occasion.action.rule,
        reason=say_reason(occasion.action.why, language),
        promise_at=promised_at(config, occasion.now),
        done=_told(occasion, language, ActionState.DONE),
        skipped=_told(occasion, language, *_LEFT_UNDONE),
        late=late,
        clock=clock_of(occasion),
        ladder=ladder_of(params, occasion, language=language),
        cases=cases_of(occasion.memory.actions),
    )
    html = render(_source(params, occasion), values)
    if not html:
        return skip("the note would be empty")
    occasion.helpdesk.add_note(ticket, _legible_without_tags(html), occasion.mark)
    return Outcome(detail=f"note {params.get('name', 'text')}" + (" (late)" if late else ""))


def _legible_without_tags(html: str) -> str:
    """FreeScout shows the beginning of a note in its lists, tags taken out and nothing put in.

    A blank before a line ends keeps its last word apart from the next; nobody sees it elsewhere.
    """
    return html.replace("<br>", " <br>").replace("</p><p>", " </p><p>")


def _source(params: Mapping[str, Any], occasion: Occasion) -> str:
    if "text" in params:
        return occasion.config.reveal(str(params["text"]))
    name = str(params["name"])
    try:
        texts = note_texts(name, occasion.config)
    except KeyError as error:
        raise Refused(f"note {name!r} is not in the file any more") from error
    wanted = base_language(occasion.config.defaults.language)
    alike = [text for code, text in texts.items() if base_language(code) == wanted]
    return alike[0] if alike else texts.get("en") or next(iter(texts.values()))


def _late(occasion: Occasion) -> datetime | None:
    """When the note was due, if that is long ago."""
    due = occasion.action.not_before or occasion.planned_at
    if due is None or occasion.now - due <= _LATE:
        return None
    return due


def _told(occasion: Occasion, language: str, *states: ActionState) -> list[str]:
    """What this firing's other actions came to, in the order they were planned."""
    told = (
        say_reason(record.detail, language)
        for record in occasion.memory.actions
        if record.rule == occasion.action.rule
        and record.cycle == occasion.action.cycle
        and record.key != occasion.action.key
        and record.state in states
        and record.detail
        and is_news(record.detail)
    )
    return list(dict.fromkeys(told))
