"""A simulation's result in its three shapes: for people, for scripts, and as a page to pass on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from plugin.domain.dataclass import dataclass
from plugin.domain.ticket import TicketRef
from plugin.history.tally import FREE, NEEDLESS_WITHIN, NIGHT, Counts, Tally, phases

WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MISSED = ("met late", "breached")
_SHOWN, _FEW = 50, 5


@dataclass(frozen=True, slots=True)
class Changed:
    """A ticket two files treat differently. `only_new` and `only_old` are what only one of them brings."""

    ref: TicketRef
    number: str
    only_new: tuple[str, ...]
    only_old: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two files on the same past."""

    old_path: str
    old: Counts
    changed: tuple[Changed, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """Everything a simulation found out. Instants in UTC; `timezone` is that of the counts."""

    since: datetime
    until: datetime
    path: str
    helpdesks: tuple[str, ...]
    timezone: str
    assumed: tuple[str, ...]
    counts: Counts
    compared: Comparison | None = None

    def as_json(self) -> dict[str, Any]:
        """For a script."""
        content = {
            "since": self.since.isoformat(),
            "until": self.until.isoformat(),
            "file": self.path,
            "helpdesks": list(self.helpdesks),
            "timezone": self.timezone,
            "assumed": list(self.assumed),
            **counts_as_json(self.counts),
        }
        if self.compared is not None:
            content["compare"] = {
                "file": self.compared.old_path,
                **counts_as_json(self.compared.old),
                "tickets_changed": len(self.compared.changed),
                "tickets": [
                    {
                        "ticket": str(one.ref),
                        "number": one.number,
                        "only_new": list(one.only_new),
                        "only_old": list(one.only_old),
                    }
                    for one in self.compared.changed
                ],
            }
        return content

    def as_text(self) -> str:
        """For a person at a terminal."""
        return "\n".join(_lines(self)) + "\n"

    def as_html(self) -> str:
        """One page with charts, without anything from elsewhere."""
        from plugin.history.page import render

        return render(self)


@dataclass(frozen=True, slots=True)
class Attainment:
    """How one metric of one policy fared. `share` of met among those that are over or late."""

    policy: str
    metric: str
    phases: Mapping[str, int]

    @property
    def judged(self) -> int:
        """The cycles that can be judged: met or not, the running and void ones left out."""
        return sum(self.phases.get(phase, 0) for phase in ("met", *_MISSED))

    @property
    def share(self) -> float | None:
        """The part that was met; None when none can be judged yet."""
        return self.phases.get("met", 0) / self.judged if self.judged else None


def attainments(counts: Counts) -> list[Attainment]:
    """Each policy and metric, in the order they were first met with."""
    return [Attainment(policy, metric, found) for (policy, metric), found in counts.sla.items()]


def counts_as_json(counts: Counts) -> dict[str, Any]:
    """The numbers as plain data."""
    escalations = counts.escalations
    return {
        "tickets": counts.tickets,
        "tickets_without_history": counts.without_history,
        "tickets_failed": [str(ref) for ref in counts.failed],
        "looks": counts.looks,
        "escalations": escalations,
        "by_rule": _ranked(counts.by_rule),
        "by_reason": _ranked(counts.by_reason),
        "by_policy": _ranked(counts.by_policy),
        "by_level": dict(sorted(counts.by_level.items())),
        "ladder_steps": _ranked(counts.ladders),
        "by_person": _ranked(counts.by_person),
        "by_hour": [sum(counts.grid[day, hour] for day in range(7)) for hour in range(24)],
        "by_weekday": {
            name: sum(counts.grid[day, hour] for hour in range(24))
            for day, name in enumerate(WEEKDAYS)
        },
        "by_weekday_and_hour": [[counts.grid[day, hour] for hour in range(24)] for day in range(7)],
        "by_date": {day.isoformat(): n for day, n in sorted(counts.by_day.items())},
        "outside_hours": {
            "escalations": _ranked(counts.outside),
            "nights_disturbed": len(counts.nights),
            "free_days_disturbed": len(counts.free_days),
        },
        "customer_mails": {"total": counts.mails.total(), "by_reply": _ranked(counts.mails)},
        "actions": [
            {"action": name, "outcome": outcome, "count": count}
            for (name, outcome), count in sorted(counts.actions.items())
        ],
        "guards": _ranked(+counts.guards),
        "refused": [
            {"rule": rule, "action": action, "why": why, "count": count}
            for (rule, action, why), count in counts.refused.most_common()
        ],
        "needless": {
            "within_minutes": int(NEEDLESS_WITHIN.total_seconds() // 60),
            "count": counts.needless,
            "share": _share(counts.needless, escalations),
            "by_rule": _ranked(counts.needless_by_rule),
        },
        "sla": [
            {
                "policy": one.policy,
                "metric": one.metric,
                "attainment": None if one.share is None else round(one.share, 4),
                **{phase.replace(" ", "_"): one.phases.get(phase, 0) for phase in phases()},
            }
            for one in attainments(counts)
        ],
        "busiest": [
            {
                "ticket": str(ref),
                "number": busy.number,
                "url": busy.url,
                "escalations": busy.escalations,
                "notes": busy.notes,
                "replies": busy.replies,
            }
            for ref, busy in counts.busiest()
        ],
    }


def compare(old_path: str, old: Tally, new: Tally) -> Comparison:
    """Which tickets two replays of the same past leave differently, and in what.

    What happens at another minute is a difference; the order is that of the tickets' ids.
    """
    changed: list[Changed] = []
    for ref in sorted({*old.stories, *new.stories, *old.ends, *new.ends}):
        before, after = _story(old, ref), _story(new, ref)
        if before != after:
            number = new.numbers.get(ref) or old.numbers.get(ref) or str(ref.id)
            only_new = tuple((after - before).elements())
            changed.append(Changed(ref, number, only_new, tuple((before - after).elements())))
    return Comparison(old_path, old.counts, tuple(changed))


def _story(tally: Tally, ref: TicketRef) -> Counter[str]:
    """Each line once for each time it happened; the minute in the zone of the tally's calendar."""
    told = (
        f"{at.astimezone(tally.zone):%Y-%m-%d %H:%M} {what}"
        for at, what in tally.stories.get(ref, ())
    )
    return Counter((*told, *tally.ends.get(ref, ())))


def _ranked(counter: Counter[str]) -> dict[str, int]:
    return dict(sorted(counter.items(), key=lambda item: (-item[1], item[0])))


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None


# For a person -------------------------------------------------------------------------------


def percent(share: float | None) -> str:
    """`93 %`; a dash where there is nothing to divide."""
    return "-" if share is None else f"{100 * share:.0f} %"


def _lines(report: Report) -> Iterator[str]:
    counts = report.counts
    days = (report.until - report.since) / timedelta(days=1)
    yield (
        f"{report.path} on {', '.join(report.helpdesks)}, {report.since:%Y-%m-%d} to "
        f"{report.until:%Y-%m-%d} ({days:.0f} days), times in {report.timezone}"
    )
    yield ""
    yield from (f"  assumed: {sentence}" for sentence in report.assumed)
    yield ""
    yield f"tickets               {counts.tickets:,}"
    if counts.without_history:
        yield f"  without a history   {counts.without_history:,} (their states are guessed)"
    if counts.failed:
        shown = ", ".join(str(ref) for ref in counts.failed[:_FEW])
        yield f"  not replayed        {len(counts.failed):,}, a bug in Deskladder: {shown}"
        yield "                      please report it with `deskladder export TICKET`"
    per_day = counts.escalations / days if days else 0.0
    yield f"escalations           {counts.escalations:,}, {per_day:.1f} a day"
    needless = percent(_share(counts.needless, counts.escalations))
    yield f"  answered in 5 min   {counts.needless:,} ({needless}): needless"
    nights, days_off = len(counts.nights), len(counts.free_days)
    yield f"  at night            {counts.outside[NIGHT]:,}, in {nights:,} night{'s' * (nights != 1)}"
    yield f"  weekends, holidays  {counts.outside[FREE]:,}, on {days_off:,} day{'s' * (days_off != 1)}"
    yield f"mails to customers    {counts.mails.total():,}"
    for title, counter in (
        ("by rule", counts.by_rule),
        ("by reason", counts.by_reason),
        ("by policy", counts.by_policy),
        ("by level", counts.by_level),
        ("steps of ladders", counts.ladders),
        ("by person", counts.by_person),
        ("mails by reply", counts.mails),
        ("held back or delayed by guards", +counts.guards),
    ):
        yield from _table(title, counter)
    yield from _grid_lines(counts)
    yield from _sla_lines(counts)
    if counts.refused:
        yield ""
        yield "the helpdesk would have refused"
        for (rule, action, why), count in counts.refused.most_common(_SHOWN):
            yield f"  {count:>6,}  {action} by rule {rule!r}: {why}"
    yield from _busiest_lines(counts)
    if report.compared:
        yield from _comparison_lines(report.compared, counts)


def _table(title: str, counter: Counter[str]) -> Iterator[str]:
    if not counter:
        return
    yield ""
    yield title
    yield from (f"  {count:>6,}  {name}" for name, count in _ranked(counter).items())


def _grid_lines(counts: Counts) -> Iterator[str]:
    if not counts.grid:
        return
    yield ""
    yield "by weekday and hour"
    yield "        " + "".join(f"{hour:>4}" for hour in range(24))
    for day, name in enumerate(WEEKDAYS):
        cells = (counts.grid[day, hour] for hour in range(24))
        yield f"  {name}   " + "".join(f"{count or '.':>4}" for count in cells)


def _sla_lines(counts: Counts) -> Iterator[str]:
    if not counts.sla:
        return
    yield ""
    yield "SLA attainment            kept      met  too late  overdue  running"
    for one in attainments(counts):
        found = one.phases
        running = found.get("running", 0) + found.get("paused", 0)
        yield (
            f"  {one.policy[:14]:<14} {one.metric:<15} {percent(one.share):>5}"
            f" {found.get('met', 0):>6,} {found.get('met late', 0):>9,}"
            f" {found.get('breached', 0):>8,} {running:>8,}"
        )


def _busiest_lines(counts: Counts) -> Iterator[str]:
    busiest = counts.busiest()
    if not busiest:
        return
    yield ""
    yield "the busiest tickets       escalations  notes  mails"
    for _ref, busy in busiest:
        yield (
            f"  {busy.number:<22} {busy.escalations:>12} {busy.notes:>6} {busy.replies:>6}  {busy.url}"
        )


def _comparison_lines(compared: Comparison, counts: Counts) -> Iterator[str]:
    old = compared.old
    yield ""
    yield f"compared with {compared.old_path}"
    for name, before, after in (
        ("escalations", old.escalations, counts.escalations),
        ("mails to customers", old.mails.total(), counts.mails.total()),
        ("needless", old.needless, counts.needless),
        ("nights disturbed", len(old.nights), len(counts.nights)),
        ("free days disturbed", len(old.free_days), len(counts.free_days)),
        ("guards", old.guards.total(), counts.guards.total()),
    ):
        yield f"  {name:<20} {before:>8,} then {after:>8,} now  {after - before:+,}"
    yield f"  {len(compared.changed):,} tickets end otherwise"
    for one in compared.changed[:_SHOWN]:
        yield f"  {one.number} ({one.ref})"
        yield from (f"    + {what}" for what in one.only_new)
        yield from (f"    - {what}" for what in one.only_old)
    if len(compared.changed) > _SHOWN:
        yield f"  and {len(compared.changed) - _SHOWN:,} more: see --format json"
