"""The shape of an entry of `sla:`."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, ValidationError, validates_schema

from plugin.configuration.fields import Choice, Complaint, Kind, Length, Passed, Text, refusal
from plugin.configuration.sections import ByName, ListOf
from plugin.domain.duration import Duration
from plugin.domain.sla import RESPONSE_CHANNELS, Metric, Source, Threshold

NAME_PATTERN = r"[^\x00-\x1f\x7f]{1,200}"
_LONGEST = 366
_OURS = ("targets", "pause_in", "thaw_grace")


class Target(Length):
    """How long something may take: `30m`, `4h`, `2bd` in the calendar's time, `1d` in real time."""

    def __init__(self, **options: Any) -> None:
        super().__init__(business=True, **options)

    def read(self, value: Any) -> Duration:
        duration = super().read(value)
        if duration.seconds:
            raise refusal("a target in m, h, bd or d", remedy="seconds are too short for a promise")
        whole_days = duration.minutes // (24 * 60) + duration.business_days + duration.days
        if whole_days > _LONGEST:
            raise refusal("a target of at most a year")
        return duration


class AtRisk(Kind):
    """A share of the target, or the time that is left."""

    what = "a share such as 75%, or the time left such as 30m"

    def read(self, value: Any) -> Threshold:
        if isinstance(value, int | float) and not isinstance(value, bool):
            raise refusal(self.what, guess=f"{value}%")
        try:
            threshold = Threshold.parse("".join(value).strip() if isinstance(value, str) else "")
        except ValueError as error:
            words = str(error).removeprefix("expected ")
            raise refusal(words if "share from" in words else self.what) from None
        if threshold.before and threshold.before.seconds:
            raise refusal(self.what)
        return threshold

    def json_schema(self) -> dict[str, Any]:
        return {"type": "string", "pattern": r"^\s*(\d+\s*%|(\d+\s*[dDhHmM]\s*)+)\s*$"}


class SlaSchema(Schema):
    """A policy: for which tickets, what is promised, in whose hours. The first that fits counts."""

    name = Text("a name of at most 200 characters on one line", pattern=NAME_PATTERN, required=True)
    when = Passed("a condition such as {priority: high}")
    calendar = Text("the name of a calendar")
    targets = ByName(
        Target(),
        f"a target for at least one of {', '.join(Metric)}",
        names=Choice(Metric),
        least=1,
    )
    at_risk = ListOf(AtRisk(), "a list such as [75%, 30m]", unique=True)
    pause_in = ListOf(
        Text("the name of a state, or what it means, such as pending reminder"),
        "a list of states such as [pending reminder]",
        unique=True,
    )
    counts_as_response = ListOf(
        Choice(sorted(RESPONSE_CHANNELS)), "a list such as [email, phone]", least=1, unique=True
    )
    reopen_window = Length(zero=True)
    thaw_grace = Length(zero=True)
    source = Choice(Source)

    @validates_schema
    def _targets_or_the_helpdesk(self, data: dict[str, Any], **_: Any) -> None:
        borrowed = data.get("source") == Source.HELPDESK
        if not borrowed and "targets" not in data:
            raise refusal(
                "the key 'targets'",
                missing="targets",
                remedy="or `source: helpdesk`, for the deadlines the helpdesk computes itself",
            )
        useless = [key for key in _OURS if borrowed and key in data]
        if useless:
            complaint = Complaint(
                "nothing here, because `source: helpdesk` takes the deadlines of the helpdesk",
                remedy=f"remove {useless[0]}; targets and pauses are those of the helpdesk's own SLA",
                at_key=True,
            )
            raise ValidationError({useless[0]: [complaint]})
