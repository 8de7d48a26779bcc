"""What counts needs something to count with: days a calendar, `promise_at` a promise, a metric a target."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from plugin.configuration.document import Block, Items
from plugin.configuration.fields import Complaint
from plugin.configuration.findings import Findings, Path
from plugin.configuration.surroundings import action_lists, block_of, calls_of, items_of
from plugin.domain.sla import Metric, Source

_ELAPSED = frozenset({"age", "idle", "unassigned", "waiting"})
_LIMITS = ("at_least", "at_most")
_BUSINESS_DAYS = re.compile(r"\d\s*bd\b", re.IGNORECASE)


def check_business_days(root: Block, findings: Findings) -> None:
    """Without any calendar a day is a day: `bd` would promise weekends off and not keep it."""
    defaults = root.get("defaults")
    if isinstance(defaults, Block) and defaults.get("calendar") is not None:
        return
    asked: list[tuple[Any, Path]] = [
        (entry.get("when"), (section, index, "when"))
        for section in ("rules", "sla")
        for index, entry in enumerate(items_of(root, section))
        if isinstance(entry, Block)
    ]
    asked += [(row, ("matrix", index)) for index, row in enumerate(items_of(root, "matrix"))]
    for when, place in asked:
        for path in _in_business_days(when, place):
            findings.complain(
                path,
                Complaint(
                    "a duration of real time, because there is no default calendar",
                    remedy="business days are those of a calendar: set defaults.calendar, or calendar: here",
                ),
            )


def _in_business_days(value: Any, path: Path) -> Iterator[Path]:
    """The places below `when` where a condition counts `bd` and names no calendar."""
    if isinstance(value, Items):
        for index, item in enumerate(value):
            yield from _in_business_days(item, (*path, index))
    if not isinstance(value, Block):
        return
    for key, inner in value.items():
        if key not in _ELAPSED:
            yield from _in_business_days(inner, (*path, key))
        elif isinstance(inner, str):
            if _BUSINESS_DAYS.search(inner):
                yield (*path, key)
        elif isinstance(inner, Block) and "calendar" not in inner:
            for limit in _LIMITS:
                if _BUSINESS_DAYS.search(str(inner.get(limit, ""))):
                    yield (*path, key, limit)


def check_promises(root: Block, findings: Findings) -> None:
    """A reply that says `promise_at` loses that sentence when nothing is promised: say so.

    On a level the promise is the level's own deadline.
    """
    defaults, replies = root.get("defaults"), root.get("replies")
    if (isinstance(defaults, Block) and "promise" in defaults) or not isinstance(replies, Block):
        return
    promising = {name for name, texts in replies.items() if "promise_at" in _words(texts)}
    for path, do in action_lists(root):
        if {"ack_within", "resolve_within"} & set(findings.locate(path[:-1]).value):
            continue
        for place, name, value in calls_of(do):
            said = value if name == "reply" else None
            if isinstance(said, Block):
                said = None if "promise" in said else said.get("name")
            if isinstance(said, str) and said in promising:
                findings.warn(
                    (*path, place, "reply"),
                    "says promise_at, but nothing is promised: its sentence is left out; "
                    "set defaults.promise, or promise: here",
                )


def check_metrics(root: Block, findings: Findings) -> None:
    """A condition on a metric without a target waits for a clock that never runs: say so."""
    policies = [entry for entry in items_of(root, "sla") if isinstance(entry, Block)]
    if any(policy.get("source") == Source.HELPDESK for policy in policies):
        return  # the helpdesk may set a deadline for each
    counted = {metric for policy in policies for metric in block_of(policy, "targets")}
    asked: list[tuple[Any, Path]] = [
        (rule.get("when"), ("rules", index, "when"))
        for index, rule in enumerate(items_of(root, "rules"))
        if isinstance(rule, Block)
    ]
    asked += [(row, ("matrix", index)) for index, row in enumerate(items_of(root, "matrix"))]
    for when, place in asked:
        for path, metric in _metrics(when, place):
            if metric in {*Metric} and metric not in counted:
                findings.warn(
                    path, f"never holds for {metric}: no policy under sla: has a target for it"
                )


def _metrics(value: Any, path: Path) -> Iterator[tuple[Path, str]]:
    """The metrics a condition asks for by name, each with its place."""
    if isinstance(value, Items):
        for index, item in enumerate(value):
            yield from _metrics(item, (*path, index))
    if not isinstance(value, Block):
        return
    for key, inner in value.items():
        if key != "metric":
            yield from _metrics(inner, (*path, key))
        elif isinstance(inner, Block):
            for operator in ("is", "any_of"):
                yield from _named(inner.get(operator), (*path, key, operator))
        else:
            yield from _named(inner, (*path, key))


def _named(value: Any, path: Path) -> Iterator[tuple[Path, str]]:
    if isinstance(value, str):
        yield path, value.strip()
    for index, item in enumerate(value if isinstance(value, Items) else ()):
        if isinstance(item, str):
            yield (*path, index), item.strip()


def _words(texts: Any) -> str:
    if not isinstance(texts, Block):
        return ""
    return " ".join("".join(text) for text in texts.values() if isinstance(text, str))
