"""What was expected beside what was so."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import timedelta
from typing import Any

from plugin.domain.dataclass import dataclass
from plugin.domain.memory import ActionState
from plugin.domain.scripted import Expectation
from plugin.domain.settings import Place
from plugin.domain.ticket import MessageKind
from plugin.rehearsal.stage import Played, Scene


@dataclass(frozen=True, slots=True)
class Row:
    """One `expect` line. `wrong` are the keys that are not as expected."""

    after: timedelta
    expected: str
    actual: str
    wrong: tuple[str, ...]
    place: Place | None = None

    @property
    def holds(self) -> bool:
        """True when all of it is so."""
        return not self.wrong


def rows_of(played: Played) -> tuple[Row, ...]:
    """Each expectation beside the scene at its instant."""
    pairs = zip(played.script.expect, played.scenes, strict=True)
    return tuple(_row(expected, scene) for expected, scene in pairs)


def _row(expected: Expectation, scene: Scene) -> Row:
    actual = {key: _ASKED[key](scene) for key in expected.wanted}
    wrong = tuple(
        key
        for key, wanted in expected.wanted.items()
        if not _is_so(key, wanted, actual[key], scene)
    )
    if scene.refused:
        wrong = (*wrong, "refused")
        actual["refused"] = list(scene.refused)
    return Row(
        expected.after,
        _say(expected.wanted),
        _say({key: _shown(key, actual[key]) for key in actual}),
        wrong,
        expected.place,
    )


def _is_so(key: str, wanted: Any, actual: Any, scene: Scene) -> bool:
    match key:
        case "tags" | "rules":
            return {_folded(one) for one in wanted} <= {_folded(one) for one in actual}
        case "without_tags":
            return {_folded(one) for one in wanted}.isdisjoint(_folded(one) for one in actual)
        case "notified":
            if [_folded(one) for one in wanted] == ["none"]:
                return not actual
            return {_folded(one) for one in wanted} <= {_folded(one) for one in actual}
        case "note":
            return _folded(wanted) in _folded(actual)
        case "reply":
            return not actual if wanted == "none" else wanted in actual
        case "owner":
            owner = scene.ticket.owner
            names = {owner.email, _folded(owner.name)} if owner else {"nobody"}
            return _folded(wanted) in names
        case "phase" | "policy" | "group" | "state":
            return bool(_folded(str(wanted)) == _folded(str(actual)))
    return bool(wanted == actual)


def _folded(text: str) -> str:
    return " ".join(str(text).split()).casefold()


def _level(scene: Scene) -> int | None:
    running = [one for one in scene.memory.escalations if not one.phase.is_over]
    return max((one.level for one in running), default=None)


def _phase(scene: Scene) -> str:
    return str(scene.memory.escalations[-1].phase) if scene.memory.escalations else "none"


def _policy(scene: Scene) -> str:
    return scene.memory.escalations[-1].policy.name if scene.memory.escalations else "none"


def _replies(scene: Scene) -> list[str]:
    """The names of the replies that were sent, in order."""
    done = [
        one for one in scene.memory.actions if one.name == "reply" and one.state is ActionState.DONE
    ]
    return [one.detail.removeprefix("reply ").partition(" (")[0] for one in done]


def _notes(scene: Scene) -> list[str]:
    return [one.text for one in scene.ticket.messages if one.kind is MessageKind.NOTE and one.ours]


def _nothing(scene: Scene) -> bool:
    return not any(one.ours for one in scene.ticket.messages) and not any(
        one.state is ActionState.DONE for one in scene.memory.actions
    )


_ASKED: Mapping[str, Callable[[Scene], Any]] = {
    "level": _level,
    "phase": _phase,
    "policy": _policy,
    "group": lambda scene: scene.ticket.group.name,
    "owner": lambda scene: scene.ticket.owner.email if scene.ticket.owner else "nobody",
    "priority": lambda scene: scene.ticket.priority.word if scene.ticket.priority else "",
    "state": lambda scene: scene.ticket.state.name,
    "tags": lambda scene: sorted(scene.ticket.tags),
    "without_tags": lambda scene: sorted(scene.ticket.tags),
    "rules": lambda scene: list(scene.fired),
    "reply": _replies,
    "replies": lambda scene: len(_replies(scene)),
    "notes": lambda scene: len(_notes(scene)),
    "note": lambda scene: (_notes(scene) or [""])[-1],
    "notified": lambda scene: [one.channel for one in scene.told],
    "nothing": _nothing,
}


def _shown(key: str, value: Any) -> Any:
    if key == "note":
        line = " ".join(str(value).split())
        return line if len(line) <= 80 else f"{line[:79]}…"  # noqa: PLR2004  - a line on a screen
    return value


def _say(wanted: Mapping[str, Any]) -> str:
    return ", ".join(
        f"{key.replace('_', ' ')} {_word(key, value)}" for key, value in wanted.items()
    )


def _word(key: str, value: Any) -> str:
    if key == "level":
        return "none" if value is None else "hint" if value == 0 else str(value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Iterable) and not isinstance(value, str):
        return " + ".join(map(str, value)) or "none"
    return str(value) or "none"


def describe(played: Played, rows: tuple[Row, ...]) -> Iterator[str]:
    """A failed test: expected and actual side by side, then everything that happened."""
    times = [_after(row.after) for row in rows]
    first = max(len(time) for time in ("after", *times))
    second = min(60, max(len(text) for text in ("expected", *(row.expected for row in rows))))
    yield f"     {'after':<{first}}  {'expected':<{second}}  actual"
    for row, time in zip(rows, times, strict=True):
        sign = " " if row.holds else "✗"
        yield f"   {sign} {time:<{first}}  {row.expected:<{second}}  {row.actual}"
        if not row.holds and row.place:
            yield f"     {'':<{first}}  not so: {', '.join(row.wrong)} ({row.place})"
    yield "     What happened:"
    for line in played.lines:
        yield f"     {_after(line.after):>{first}}  {line.text}"


def _after(span: timedelta) -> str:
    """`0m`, `1h30m`, `2d4h`."""
    total = max(0, round(span.total_seconds()))
    days, rest = divmod(total, 86400)
    hours, rest = divmod(rest, 3600)
    minutes, seconds = divmod(rest, 60)
    parts = ((days, "d"), (hours, "h"), (minutes, "m"), (seconds, "s"))
    return "".join(f"{number}{unit}" for number, unit in parts if number) or "0m"
