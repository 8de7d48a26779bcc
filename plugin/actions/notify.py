"""Tell people outside the helpdesk, over a channel of `notify:` (any Apprise URL).

`urgency` is `normal` or `page`. Title and body are plain text with placeholders; what they say by
default names the ticket and the reason, and nothing the customer wrote.

    do:
      - notify: duty
      - notify: {to: [duty, board], urgency: page, title: "Safety: ticket {{ ticket.number }}"}
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from marshmallow import ValidationError

from plugin.actions import Occasion, Outcome
from plugin.actions._clock import clock_of, office_zone
from plugin.actions._fresh import reason_gone, skip
from plugin.actions._params import Choice, Form, Listed, Text, check_known, guess
from plugin.conditions import Names
from plugin.domain.errors import DeskladderError, Refused
from plugin.domain.plan import Step
from plugin.texts.placeholders import PLACEHOLDERS
from plugin.texts.templates import TemplateProblem, check_template, render_plain
from plugin.texts.values import values_for

PARAMS = Form(
    {
        "to": Listed(Text("a channel of `notify:`")),
        "urgency": Choice("page", "normal", later=("digest",)),
        "title": Text("a title"),
        "body": Text("a text"),
    },
    short="to",
    required=("to",),
)
STEP = Step.OUTSIDE

TITLE: Final = "{{ helpdesk }} #{{ ticket.number }}: {{ rule }}"
BODY: Final = (
    "{{ reason }}\n"
    "{% if breached_by %}SLA {{ sla }}: {{ metric }} was due {{ due_at }}.\n"
    "{% elif remaining and due_at %}SLA {{ sla }}: {{ metric }} is due {{ due_at }}.\n{% endif %}"
    "Group {{ ticket.group }}, {% if ticket.owner %}owner {{ ticket.owner }}"
    "{% else %}nobody owns it{% endif %}.\n{{ ticket.url }}"
)


def check(params: Mapping[str, Any], names: Names) -> None:
    """The channels must exist, title and body be good templates."""
    for channel in params["to"]:
        check_known("to", str(channel), names.channels, "channel")
    for key in ("title", "body"):
        try:
            check_template(str(params.get(key, "")))
        except TemplateProblem as problem:
            hint = guess(problem.unknown, PLACEHOLDERS) if problem.unknown else ""
            raise ValidationError({key: [f"{problem}{hint}"]}) from problem


def perform(params: Mapping[str, Any], occasion: Occasion) -> Outcome:
    """Tell every channel. Once one was told, a failure of another is final: nobody hears it twice."""
    if gone := reason_gone(occasion.ticket):
        return skip(gone)
    title, body = _say(params, occasion)
    urgency = str(params.get("urgency", "normal"))
    told: list[str] = []
    failed: list[DeskladderError] = []
    names: list[str] = []
    for channel in map(str, params["to"]):
        try:
            occasion.announce(_url(channel, occasion), title, body, urgency)
            told.append(channel)
        except DeskladderError as problem:
            failed.append(problem)
            names.append(channel)
    if failed and not told:
        raise failed[0]
    if failed:
        raise Refused(
            f"told {', '.join(told)}, but not {', '.join(names)}: {failed[0]} "
            "(`deskladder retry` would tell all of them)"
        )
    return Outcome(detail=f"told {', '.join(told)}")


def _url(channel: str, occasion: Occasion) -> str:
    secret = occasion.config.notify.get(channel)
    if secret is None:
        raise Refused(f"channel {channel!r} is not in the file any more")
    return secret.reveal()


def _say(params: Mapping[str, Any], occasion: Occasion) -> tuple[str, str]:
    config = occasion.config
    values = values_for(
        occasion.ticket,
        config,
        occasion.now,
        language=config.defaults.language,
        zone=office_zone(occasion),
        rule=occasion.action.rule,
        reason=occasion.action.why,
        clock=clock_of(occasion),
    )
    title = render_plain(config.reveal(str(params.get("title", TITLE))), values)
    return " ".join(title.split()), render_plain(
        config.reveal(str(params.get("body", BODY))), values
    )
