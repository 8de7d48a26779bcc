"""Open an escalation, or raise the one that is open: a policy of `policies:` by name, or `matrix`.

`matrix` (also when nothing is said) lets the heaviest row of `matrix:` that fits the ticket choose the
policy, the level to start with and how far to go. `reason` is a short name for notes and
reports; `start_level` starts higher. There is at most one open escalation per ticket and policy: a second cause is
noted down, and raises the level if it wants a higher one. Nothing happens on a closed ticket, nor
for `cool_down` after somebody handed the escalation back. What it leads to is in [Ladders](ladders.md).

    do:
      - escalate: finance
      - escalate: {policy: matrix, reason: repeated problem}
      - escalate: {policy: management, reason: safety, start_level: 2}
"""

# ruff: noqa: ARG001, ARG002 - the registry's and marshmallow's signatures

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import ValidationError

from plugin.actions import Occasion, Outcome
from plugin.actions._fresh import skip
from plugin.actions._params import Form, JSONSchema, Param, Text, check_known
from plugin.conditions import Names
from plugin.domain.ladder import MATRIX
from plugin.domain.plan import Step

_HIGHEST = 20


class _LevelNumber(Param):
    """A level's number: 0 is the hint."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> int:
        text = str(value).strip()
        if isinstance(value, bool) or not text.isascii() or not text.isdigit():
            raise ValidationError("expected the number of a level, such as 2")
        if int(text) > _HIGHEST:
            raise ValidationError(f"expected the number of a level, at most {_HIGHEST}")
        return int(text)

    def json_schema(self) -> JSONSchema:
        return {"type": "integer", "minimum": 0, "maximum": _HIGHEST}


class _Escalate(Form):
    """Without a policy the matrix chooses."""

    def _deserialize(
        self, value: Any, attr: str | None, data: Any, **kwargs: Any
    ) -> dict[str, Any]:
        return {"policy": MATRIX} | super()._deserialize(value, attr, data, **kwargs)


PARAMS = _Escalate(
    {
        "policy": Text("a policy's name, or `matrix`"),
        "reason": Text("a short reason", 100),
        "start_level": _LevelNumber(),
    },
    short="policy",
)
STEP = Step.WRITE


def check(params: Mapping[str, Any], names: Names) -> None:
    """The policy must be one of the file's; whether the matrix can choose is checked with it."""
    policy = str(params["policy"])
    if policy != MATRIX:
        check_known("policy", policy, names.policies, "policy")


def perform(params: Mapping[str, Any], occasion: Occasion) -> Outcome:
    """Never comes here: the decision itself opens escalations."""
    return skip("escalations are opened when the rule fires")
