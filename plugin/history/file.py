"""The file `export` writes and `explain --history` reads: one ticket's past, and what was done about it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from plugin.domain.dataclass import dataclass
from plugin.domain.errors import DeskladderError
from plugin.domain.memory import ActionRecord, ActionState
from plugin.domain.past import Past, Staff
from plugin.history.encoding import (
    past_as_json,
    past_from_json,
    staff_as_json,
    staff_from_json,
)

FORMAT = "deskladder-history"
VERSION = 1


@dataclass(frozen=True, slots=True)
class HistoryFile:
    """What the file holds. `actions` are those of the store, None when there was no store to ask."""

    past: Past
    staff: Staff
    exported_at: datetime
    installed_at: datetime | None = None
    actions: tuple[ActionRecord, ...] | None = None

    def as_text(self) -> str:
        """The content of the file."""
        content = {
            "format": FORMAT,
            "version": VERSION,
            "exported_at": _text(self.exported_at),
            "installed_at": _text(self.installed_at),
            "past": past_as_json(self.past),
            "staff": staff_as_json(self.staff),
            "actions": None
            if self.actions is None
            else [_action_as_json(one) for one in self.actions],
        }
        return json.dumps(content, indent=1, ensure_ascii=False) + "\n"


def read(file: Path) -> HistoryFile:
    """Read a file `export` wrote; raises DeskladderError for anything else."""
    expected = "expected a file written by `deskladder export`"
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
    except OSError as problem:
        raise DeskladderError(f"{file}: {problem.strerror}") from problem
    except ValueError as problem:
        raise DeskladderError(f"{file} is no JSON; {expected}") from problem
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise DeskladderError(f"{file} is another file; {expected}")
    if content.get("version") != VERSION:
        raise DeskladderError(
            f"{file} has version {content.get('version')!r}, this Deskladder reads {VERSION}"
        )
    try:
        actions = content.get("actions")
        return HistoryFile(
            past=past_from_json(content["past"]),
            staff=staff_from_json(content["staff"]),
            exported_at=datetime.fromisoformat(content["exported_at"]),
            installed_at=_at(content.get("installed_at")),
            actions=None if actions is None else tuple(_action(row) for row in actions),
        )
    except (KeyError, TypeError, ValueError, IndexError, AttributeError) as problem:
        raise DeskladderError(f"{file} is broken ({problem}); {expected}") from problem


def bare(actions: Sequence[ActionRecord]) -> tuple[ActionRecord, ...]:
    """The actions without what they say, and without fields' values: both may name people."""
    return tuple(
        replace(one, detail="", wrote=_bare(one.wrote), replaced=_bare(one.replaced))
        for one in actions
    )


def _bare(values: Mapping[str, object]) -> dict[str, object]:
    return {key: "x" if key.startswith("field.") else value for key, value in values.items()}


def _action_as_json(record: ActionRecord) -> dict[str, object]:
    return {
        "key": record.key,
        "rule": record.rule,
        "name": record.name,
        "state": record.state.value,
        "planned_at": _text(record.planned_at),
        "done_at": _text(record.done_at),
        "wrote": dict(record.wrote),
        "replaced": dict(record.replaced),
        "detail": record.detail,
        "cycle": record.cycle,
    }


def _action(content: Mapping[str, Any]) -> ActionRecord:
    return ActionRecord(
        key=content["key"],
        rule=content["rule"],
        name=content["name"],
        state=ActionState(content["state"]),
        planned_at=datetime.fromisoformat(content["planned_at"]),
        done_at=_at(content["done_at"]),
        wrote=content["wrote"],
        replaced=content["replaced"],
        detail=content["detail"],
        cycle=content["cycle"],
    )


def _text(at: datetime | None) -> str | None:
    return None if at is None else at.astimezone(UTC).isoformat()


def _at(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
