"""`sla:` → policies with their conditions and calendars, or every mistake with its place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from marshmallow import ValidationError

from plugin.configuration.document import Block, Items
from plugin.configuration.fields import Complaint
from plugin.configuration.findings import Findings
from plugin.configuration.rules import HostInUse, RuleCompiler
from plugin.configuration.sla_schema import AtRisk
from plugin.domain.calendar import Calendar
from plugin.domain.dataclass import dataclass
from plugin.domain.duration import Duration
from plugin.domain.hours import DAY
from plugin.domain.settings import Sla
from plugin.domain.situation import Condition
from plugin.domain.sla import RESPONSE_CHANNELS, Metric, SlaPolicy, Source
from plugin.domain.ticket import StateType

AROUND_THE_CLOCK = Calendar.of("24/7", "UTC", "24/7")
"""What counts where neither the policy nor `defaults` names a calendar."""

_CHOOSES = {
    "metric": "a clock runs only when its policy is known",
    "sla": "this is where the policy is chosen",
}
_FREESCOUT = ("active", "pending", "closed", "spam")


@dataclass(slots=True)
class SlaCompiler:
    """Checks what fields alone cannot; what is wrong goes to `findings`."""

    rules: RuleCompiler
    calendars: Mapping[str, Calendar]
    named_calendars: Sequence[str]
    default_calendar: str | None
    findings: Findings
    complete: bool

    def compile(self, section: Any) -> list[Condition | None]:
        """The condition of each policy; None where it has a mistake."""
        entries = section if isinstance(section, Items) else ()
        conditions: list[Condition | None] = []
        names: dict[str, int] = {}
        takes_all: str | None = None
        for index, entry in enumerate(entries):
            if not isinstance(entry, Block):
                conditions.append(None)
                continue
            path = ("sla", index)
            self._check_name(entry, index, names)
            if takes_all is not None:
                self._never(entry, index, takes_all)
            if "when" not in entry:
                takes_all = str(entry.get("name", f"entry {index + 1}"))
            self._check_calendar(entry, index)
            self._check_thresholds(entry, index)
            self._check_states(entry, index, self.rules.hosts)
            self._check_source(entry, index, self.rules.hosts)
            conditions.append(self.rules.when(entry, path, without=_CHOOSES))
        return conditions

    def _check_name(self, entry: Block, index: int, names: dict[str, int]) -> None:
        name = entry.get("name")
        if not isinstance(name, str):
            return
        key = name.strip().casefold()
        if key in names:
            first = self.findings.locate(("sla", names[key], "name")).span.place
            self.findings.complain(
                ("sla", index, "name"),
                Complaint(f"a name of its own, but the policy at {first} has the same"),
            )
        names.setdefault(key, index)

    def _never(self, entry: Block, index: int, above: str) -> None:
        path: tuple[str | int, ...] = ("sla", index, "name") if "name" in entry else ("sla", index)
        self.findings.complain(
            path,
            Complaint(
                f"a policy that can count, but {above!r} above has no `when` and takes every ticket",
                remedy="the first policy whose `when` holds counts: put the one for all others last",
            ),
        )

    def _check_calendar(self, entry: Block, index: int) -> None:
        name = entry.get("calendar", self.default_calendar)
        if name is None:
            self.findings.warn(
                ("sla", index),
                "counts around the clock, because there is no calendar; "
                "name one here or under defaults.calendar",
            )
            self._check_business_days(entry, index)
        elif not isinstance(name, str):
            return
        elif name not in self.named_calendars:
            if self.complete and "calendar" in entry:
                known = ", ".join(self.named_calendars) or "one defined under calendars:"
                complaint = Complaint(f"one of {known}", tuple(self.named_calendars))
                self.findings.complain(("sla", index, "calendar"), complaint)
        else:
            self._check_real_days(entry, index, name)

    def _check_business_days(self, entry: Block, index: int) -> None:
        for metric, _ in _targets(entry, lambda target: bool(target.business_days)):
            self.findings.complain(
                ("sla", index, "targets", metric),
                Complaint(
                    "a duration without business days, because there is no calendar",
                    remedy="name a calendar here or under defaults.calendar",
                ),
            )

    def _check_real_days(self, entry: Block, index: int, name: str) -> None:
        calendar = self.calendars.get(name)
        if calendar is None or all(hours == ((0, DAY),) for hours in calendar.week):
            return
        for metric, target in _targets(entry, lambda target: bool(target.days)):
            self.findings.warn(
                ("sla", index, "targets", metric),
                f"counts {target.days}d in real time, nights and holidays included; "
                f"{target.days}bd would be business days",
            )

    def _check_thresholds(self, entry: Block, index: int) -> None:
        """A warning that would come at once is a mistake in one of the two."""
        section = entry.get("at_risk")
        for at, value in enumerate(section if isinstance(section, Items) else ()):
            try:
                before = AtRisk().deserialize(value).before
            except ValidationError:
                continue
            if before is None:
                continue
            for metric, target in _targets(entry, lambda target: not target.business_days):
                if before.real_seconds >= target.real_seconds:
                    self.findings.complain(
                        ("sla", index, "at_risk", at),
                        Complaint(f"less than the target of {metric}, which is {target}"),
                    )
                    break

    def _check_states(self, entry: Block, index: int, hosts: Sequence[HostInUse]) -> None:
        section = entry.get("pause_in")
        kinds = {use.host.type for use in hosts}
        meanings = [kind.value for kind in StateType]
        for at, value in enumerate(section if isinstance(section, Items) else ()):
            if not isinstance(value, str):
                continue
            word = value.strip().casefold()
            path = ("sla", index, "pause_in", at)
            if word in meanings and StateType(word).is_closed:
                complaint = Complaint(
                    "a state in which the ticket is open",
                    remedy="leave it out: closed time never counts",
                )
                self.findings.complain(path, complaint)
            elif kinds == {"freescout"} and word not in {*_FREESCOUT, *meanings}:
                choices = ("active", "pending")
                complaint = Complaint(f"one of {', '.join(choices)}, as FreeScout has", choices)
                self.findings.complain(path, complaint)

    def _check_source(self, entry: Block, index: int, hosts: Sequence[HostInUse]) -> None:
        """FreeScout has no SLA that could set a deadline."""
        if entry.get("source") != Source.HELPDESK:
            return
        without = [use.name for use in hosts if use.host.type != "zammad"]
        if without and len(without) == len(hosts):
            complaint = Complaint(
                "own, because FreeScout computes no deadlines",
                ("own",),
                remedy="give `targets` here instead",
            )
            self.findings.complain(("sla", index, "source"), complaint)
        elif without:
            self.findings.warn(
                ("sla", index, "source"),
                f"has no clocks for tickets of {', '.join(without)}: FreeScout computes no deadlines",
            )


def build_sla(
    entry: Mapping[str, Any], block: Block, when: Condition, calendar: Calendar | None, digest: str
) -> Sla:
    """Put one checked entry together."""
    spans = {
        key: timedelta(seconds=entry[key].real_seconds)
        for key in ("reopen_window", "thaw_grace")
        if key in entry
    }
    channels = entry.get("counts_as_response")
    policy = SlaPolicy(
        name=entry["name"],
        targets={Metric(metric): target for metric, target in entry.get("targets", {}).items()},
        at_risk=tuple(entry.get("at_risk", ())),
        pause_in=frozenset(entry.get("pause_in", ())),
        counts_as_response=frozenset(channels) if channels else RESPONSE_CHANNELS,
        source=Source(entry.get("source", Source.OWN)),
        **spans,
    )
    return Sla(policy, when, calendar or AROUND_THE_CLOCK, block.span.place, digest)


def _targets(entry: Block, is_meant: Any) -> list[tuple[str, Duration]]:
    """The readable targets of which something is true."""
    section = entry.get("targets")
    found = []
    for metric, value in section.items() if isinstance(section, Block) else ():
        try:
            target = Duration.parse(value)
        except (ValueError, AttributeError):
            continue
        if is_meant(target):
            found.append((str(metric), target))
    return found
