"""`tests:` → scripts, and the checks across their lines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from plugin.configuration.document import Block, Items
from plugin.configuration.fields import Complaint
from plugin.configuration.findings import Findings
from plugin.configuration.scripts_schema import HAPPENINGS
from plugin.domain.calendar import Calendar
from plugin.domain.scripted import Expectation, Given, Happening, Script
from plugin.domain.ticket import Priority

Path = tuple[str | int, ...]


def check_scripts(root: Block, findings: Findings) -> None:
    """Every name a test uses must be one of the file's; every test has a name of its own."""
    section = root.get("tests")
    names: dict[str, int] = {}
    for index, entry in enumerate(section if isinstance(section, Items) else ()):
        if not isinstance(entry, Block):
            continue
        _check_name(entry, index, names, findings)
        _check_known(
            root, "helpdesks", entry.get("helpdesk"), ("tests", index, "helpdesk"), findings
        )
        lines = entry.get("expect")
        for at, line in enumerate(lines if isinstance(lines, Items) else ()):
            if isinstance(line, Block):
                _check_line(root, line, ("tests", index, "expect", at), findings)


def _check_name(entry: Block, index: int, names: dict[str, int], findings: Findings) -> None:
    name = entry.get("name")
    if not isinstance(name, str):
        return
    if name in names:
        first = findings.locate(("tests", names[name], "name")).span.place
        complaint = Complaint(f"a name of its own, but the test at {first} has the same")
        findings.complain(("tests", index, "name"), complaint)
    names.setdefault(name, index)


def _check_line(root: Block, line: Block, path: Path, findings: Findings) -> None:
    for key, section in (("policy", "policies"), ("reply", "replies")):
        value = line.get(key)
        if value != "none":
            _check_known(root, section, value, (*path, key), findings)
    rules = line.get("rules")
    wanted = enumerate(rules) if isinstance(rules, Items) else ((None, rules),)
    for at, rule in wanted:
        where = (*path, "rules") if at is None else (*path, "rules", at)
        _check_known(root, "rules", rule, where, findings)


def _check_known(root: Block, section: str, value: Any, path: Path, findings: Findings) -> None:
    if not isinstance(value, str):
        return
    entries = root.get(section)
    if isinstance(entries, Items):
        named = (entry.get("name") for entry in entries if isinstance(entry, Block))
        known = tuple(name for name in named if isinstance(name, str))
    else:
        known = tuple(entries if isinstance(entries, Block) else ())
    if value not in known:
        expected = f"one of {', '.join(known)}" if known else f"one defined under {section}:"
        findings.complain(path, Complaint(expected, known))


def build_scripts(
    entries: Sequence[Mapping[str, Any]],
    blocks: Sequence[Block],
    default: Calendar | None,
) -> tuple[Script, ...]:
    """Put checked tests together; `default` says in which zone their times are."""
    return tuple(
        Script(
            name=entry["name"],
            given=_given(entry["given"], default),
            happens=tuple(_happening(one) for one in entry.get("happens", ())),
            expect=tuple(
                Expectation(
                    timedelta(seconds=one["after"].real_seconds),
                    {key: value for key, value in one.items() if key != "after"},
                    place.span.place,
                )
                for one, place in zip(entry["expect"], block["expect"], strict=True)
            ),
            helpdesk=entry.get("helpdesk"),
            place=block.span.place,
        )
        for entry, block in zip(entries, blocks, strict=True)
    )


def _given(entry: Mapping[str, Any], default: Calendar | None) -> Given:
    at: datetime = entry["at"]
    if at.tzinfo is None:
        at = at.replace(tzinfo=ZoneInfo(default.timezone) if default else UTC)
    message = entry["message"]
    plain = {
        key: entry[key]
        for key in ("customer", "customer_tickets", "group", "owner", "channel", "agents")
        if key in entry
    }
    return Given(
        at=at.astimezone(UTC),
        text=message["text"],
        subject=message.get("subject", ""),
        language=message.get("language"),
        priority=Priority.from_word(entry.get("priority", "normal")),
        tags=entry.get("tags", ()),
        fields=entry.get("fields_", {}),
        absent=entry.get("absent", ()),
        **plain,
    )


def _happening(entry: Mapping[str, Any]) -> Happening:
    key = next(key for key in HAPPENINGS if key in entry)
    after = timedelta(seconds=entry["after"].real_seconds)
    return Happening(after, HAPPENINGS[key], str(entry[key]), entry.get("by"))
