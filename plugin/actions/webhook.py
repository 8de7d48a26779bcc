"""Send JSON to another system, such as a CRM, and keep the id it answers with.

The address and headers come from the file only (`${VARIABLE}` for secrets); the texts inside
`json` may hold placeholders. `id` is the path of the new record's id in the answer, such as
`data.id` or `items.0.id`; it is kept, the note of the same step names it, later texts find it in
`cases`, and the other system may call back by it. The request carries an `Idempotency-Key`, the
same when it is repeated after a lost answer.

    do:
      - webhook:
          name: crm
          url: https://crm.example.com/api/cases
          headers: {Authorization: "Bearer ${CRM_TOKEN}"}
          json: {subject: "{{ ticket.subject }}", ticket: "{{ ticket.url }}", origin: helpdesk}
          id: data.id
"""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from typing import Any, Final

from marshmallow import ValidationError

from plugin.actions import Occasion, Outcome
from plugin.actions._case_note import tell_late
from plugin.actions._clock import clock_of
from plugin.actions._fresh import reason_gone, skip
from plugin.actions._ladder import ladder_of
from plugin.actions._params import Form, Text, guess
from plugin.actions._request import Address, Headers, Payload
from plugin.conditions import Names
from plugin.domain.cases import WROTE, Known, cases_of
from plugin.domain.errors import Refused
from plugin.domain.plan import Step
from plugin.texts.placeholders import PLACEHOLDERS
from plugin.texts.replies import promised_at
from plugin.texts.templates import TemplateProblem, check_template, render_plain
from plugin.texts.values import one_line, values_for, zone_for

STEP = Step.OUTSIDE
KEY_HEADER: Final = "Idempotency-Key"
_LONGEST_ID = 100


PARAMS = Form(
    {
        "name": Text("a short name for the other system", 40),
        "url": Address("an address"),
        "headers": Headers(),
        "json": Payload(),
        "id": Text("the path of an id in the answer, such as data.id"),
    },
    required=("url", "json"),
)


def check(params: Mapping[str, Any], names: Names) -> None:  # noqa: ARG001 - the contract
    """Every text in `json` must be a good template."""
    mistakes = _template_mistakes(params["json"])
    if mistakes:
        raise ValidationError({"json": mistakes})


def _template_mistakes(value: Any) -> Any:
    if isinstance(value, str):
        try:
            check_template(value)
        except TemplateProblem as problem:
            hint = guess(problem.unknown, PLACEHOLDERS) if problem.unknown else ""
            return [f"{problem}{hint}"]
        return None
    items = (
        value.items()
        if isinstance(value, Mapping)
        else enumerate(value)
        if isinstance(value, list)
        else ()
    )
    found = {key: _template_mistakes(item) for key, item in items}
    return {key: mistake for key, mistake in found.items() if mistake} or None


def perform(params: Mapping[str, Any], occasion: Occasion) -> Outcome:
    """Send it and keep the answer's id."""
    if gone := reason_gone(occasion.ticket):
        return skip(gone)
    config, name = occasion.config, str(params.get("name", "webhook"))
    headers = {key: config.reveal(str(text)) for key, text in params.get("headers", {}).items()}
    headers[KEY_HEADER] = sha256(occasion.action.key.encode()).hexdigest()
    payload = _filled(params["json"], occasion, _values(occasion))
    _, answer = occasion.post(config.reveal(str(params["url"])), payload, headers)
    if "id" not in params:
        return Outcome(detail=f"sent to {name}")
    found = _pick(answer, str(params["id"]))
    if found is None:
        return Outcome(detail=f"sent to {name}; its answer has no {params['id']}")
    noted = tell_late(Known(name, found), occasion)
    return Outcome(
        detail=f"sent to {name}, its id there is {found}{noted}", wrote={f"{WROTE}{name}": found}
    )


def _values(occasion: Occasion) -> dict[str, Any]:
    config = occasion.config
    return values_for(
        occasion.ticket,
        config,
        occasion.now,
        language=config.defaults.language,
        zone=zone_for(occasion.ticket, config),
        rule=occasion.action.rule,
        reason=occasion.action.why,
        promise_at=promised_at(config, occasion.now),
        clock=clock_of(occasion),
        ladder=ladder_of(occasion.action.params, occasion, language=config.defaults.language),
        cases=cases_of(occasion.memory.actions),
    )


def _filled(value: Any, occasion: Occasion, values: Mapping[str, Any]) -> Any:
    """The payload with secrets first and placeholders second: no customer can ask for a secret."""
    if isinstance(value, str):
        try:
            return render_plain(occasion.config.reveal(value), values)
        except TemplateProblem as problem:
            raise Refused(f"a text in json cannot be filled in: {problem}") from problem
    if isinstance(value, Mapping):
        return {key: _filled(item, occasion, values) for key, item in value.items()}
    if isinstance(value, list):
        return [_filled(item, occasion, values) for item in value]
    return value


def _pick(answer: Any, path: str) -> str | None:
    """The text or number at a path of the answer; None when there is none."""
    for part in path.split("."):
        if isinstance(answer, Mapping):
            answer = answer.get(part)
        elif isinstance(answer, list) and part.isdecimal() and int(part) < len(answer):
            answer = answer[int(part)]
        else:
            return None
    if isinstance(answer, bool) or not isinstance(answer, str | int):
        return None
    return one_line(str(answer), _LONGEST_ID) or None
