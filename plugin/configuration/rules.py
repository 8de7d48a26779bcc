"""`rules:` → compiled conditions and checked actions, or every mistake with its place."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Any

from marshmallow import ValidationError

from plugin import actions, conditions
from plugin.conditions import Names
from plugin.conditions._nesting import all_of, any_of, none_of
from plugin.configuration.document import Block, Items, render_path
from plugin.configuration.fields import Complaint
from plugin.configuration.findings import Findings, Path
from plugin.configuration.hosts import (
    CONDITION_NEEDS,
    Host,
    lacking,
    priority_fault,
    state_fault,
    tag_fault,
)
from plugin.configuration.impossible import contradictions
from plugin.configuration.scalars import concealed_in, numbers_as_text, plain
from plugin.configuration.wording import closest
from plugin.domain.dataclass import dataclass
from plugin.domain.helpdesk import Ability
from plugin.domain.settings import ActionCall, OncePer
from plugin.domain.situation import Condition

_COMPOUND = {"all": all_of, "any": any_of, "none": none_of}
_NOT_WRITTEN = frozenset({"undo"})
_EXAMPLE = "a condition such as {priority: high}"


@dataclass(frozen=True, slots=True)
class CompiledRule:
    """The two halves of a rule that fields alone cannot check."""

    when: Condition
    do: tuple[ActionCall, ...]


@dataclass(frozen=True, slots=True)
class HostInUse:
    """One helpdesk of the file: its name, its type and what its entry sets up."""

    name: str
    host: Host
    options: dict[str, Any]


class RuleCompiler:
    """Compiles rules one by one; what is wrong goes to `findings`.

    `names` is None when a file is missing: then any reference may be right.
    """

    def __init__(self, names: Names | None, hosts: list[HostInUse], findings: Findings) -> None:
        self.names = names
        self.known = _for_conditions(names)
        self.hosts = hosts
        self.findings = findings
        self._without: Mapping[str, str] = {}

    def compile(self, rule: Block, path: Path) -> CompiledRule | None:
        """The rule's halves; None when `when` or `do` has a mistake."""
        when = self.when(rule, path)
        calls = self.do(rule.get("do"), (*path, "do")) if "do" in rule else None
        if when is None or calls is None:
            return None
        if rule.get("on") == ["time"] and not when.by_time:
            at = "when" if "when" in rule else "on"
            self.findings.complain(
                (*path, at),
                Complaint(
                    "a condition that time alone can make true, because `on` is only time",
                    got="none",
                    remedy="use waiting, idle, age, unassigned or business_hours; or other events",
                    at_key=True,
                ),
            )
        self._check_clocks(rule, path)
        return CompiledRule(when, calls)

    def _check_clocks(self, rule: Block, path: Path) -> None:
        """What hears of clocks needs clocks."""
        on = rule.get("on")
        events = on if isinstance(on, Items) else ()
        heard = [index for index, event in enumerate(events) if str(event).startswith("sla.")]
        if heard and self.names is not None and not self.names.sla:
            self.findings.complain(
                (*path, "on", heard[0]),
                Complaint(
                    "an event that can happen, but there are no policies under sla:",
                    remedy="add one: sla: [{name: standard, targets: {first_response: 4h}}]",
                ),
            )
        if not heard and rule.get("once_per") == OncePer.CLOCK:
            self.findings.complain(
                (*path, "once_per"),
                Complaint("cycle, ticket, message or day, because no sla event is in `on`"),
            )
        told = any(
            str(event) == "manual" or str(event).startswith("escalation.") for event in events
        )
        if not told and rule.get("once_per") == OncePer.STEP:
            self.findings.complain(
                (*path, "once_per"),
                Complaint("cycle, ticket, message or day, because no escalation event is in `on`"),
            )

    # when -----------------------------------------------------------------------------------

    def when(
        self, entry: Block, path: Path, *, without: Mapping[str, str] | None = None
    ) -> Condition | None:
        """The condition under `when`, None when it has a mistake; without one it always holds.

        `without` are words that make no sense here, with the reason.
        """
        place = (*path, "when")
        if "when" not in entry:
            return all_of((), render_path(list(place)))
        self._without = without or {}
        return self._whole(entry["when"], place)

    def row(self, conditions_of_row: Block, path: Path) -> Condition | None:
        """The conditions of a row of the matrix, which stand beside its other keys."""
        self._without = {}
        if not conditions_of_row:
            return all_of((), render_path(list(path)))
        return self._whole(conditions_of_row, path)

    def _whole(self, value: Any, path: Path) -> Condition | None:
        condition = self._tree(value, path)
        if condition is not None:
            for clash in contradictions(value, path):
                self.findings.complain(*clash)
        return condition

    def _tree(self, value: Any, path: Path) -> Condition | None:
        if isinstance(value, Items):
            self._refuse(path, _EXAMPLE, remedy="put the list under all:, any: or none:")
            return None
        if not isinstance(value, Block):
            self._refuse(path, _EXAMPLE)
            return None
        if not value:
            self._refuse(path, _EXAMPLE, remedy="leave `when` out when it is always so")
            return None
        parts = [self._entry(key, operand, (*path, key)) for key, operand in value.items()]
        sound = [part for part in parts if part is not None]
        if len(sound) < len(parts):
            return None
        return sound[0] if len(sound) == 1 else all_of(sound, self._rendered(path))

    def _entry(self, key: str, operand: Any, path: Path) -> Condition | None:
        if key not in _COMPOUND:
            return self._leaf(key, operand, path)
        if not isinstance(operand, Items) or not operand:
            self._refuse(
                path,
                f"a list of conditions under `{key}`",
                remedy=f"write {key}: [{{…}}, {{…}}], or each condition on a line with '- '",
            )
            return None
        parts = [self._tree(item, (*path, index)) for index, item in enumerate(operand)]
        sound = [part for part in parts if part is not None]
        if len(sound) < len(parts):
            return None
        return _COMPOUND[key](sound, self._rendered(path))

    def _leaf(self, key: str, operand: Any, path: Path) -> Condition | None:
        if key in self._without:
            complaint = Complaint("another condition", got=repr(key), at_key=True)
            self.findings.complain(path, replace(complaint, remedy=self._without[key]))
            return None
        module = conditions.lookup(key)
        if module is None or key.endswith((".", "*")):
            words = sorted({*conditions.registry(), *_COMPOUND})
            listed = f"one of {', '.join(words)}"
            expected = "a known condition" if closest(key, words) else listed
            complaint = Complaint(expected, tuple(words), got=repr(key), at_key=True)
            self.findings.complain(path, complaint)
            return None
        needed = CONDITION_NEEDS.get(key)
        if needed is not None:
            self._check_condition_host(needed, path)
        try:
            checked = _deserialized(module.OPERAND, operand)
            condition = module.compile_condition(key, checked, self.known)
        except ValidationError as error:
            self.findings.add(path, error.messages, module.OPERAND)
            return None
        return condition if condition.path else condition.at(self._rendered(path))

    def _check_condition_host(self, needed: Ability, path: Path) -> None:
        """Refuse what no helpdesk of the file can ever say; warn when some cannot."""
        unable = [
            (use.name, fault)
            for use in self.hosts
            if (fault := lacking(use.host.type, use.options, needed))
        ]
        if not unable:
            return
        name, (why, remedy) = unable[0]
        if len(unable) == len(self.hosts):
            complaint = Complaint(
                "a condition the helpdesk can answer", got=why, remedy=remedy, at_key=True
            )
            self.findings.complain(path, complaint)
        else:
            self.findings.warn(path, f"never holds on {name!r}: {why}")

    # do -------------------------------------------------------------------------------------

    def do(self, value: Any, path: Path) -> tuple[ActionCall, ...] | None:
        """The checked actions of a `do`, None when one has a mistake."""
        expected = "a list of actions such as [{tag: escalated}, {group: Finance}]"
        if not isinstance(value, Items) or not value:
            self._refuse(path, expected)
            return None
        calls = [self._call(item, (*path, index)) for index, item in enumerate(value)]
        sound = [call for call in calls if call is not None]
        return tuple(sound) if len(sound) == len(calls) else None

    def _call(self, item: Any, path: Path) -> ActionCall | None:
        if not isinstance(item, Block) or len(item) != 1:
            several = isinstance(item, Block) and len(item) > 1
            self._refuse(
                path,
                "one action such as {tag: escalated}",
                got=f"{len(item)} in one entry" if several else None,
                remedy="give each action an entry of its own" if several else None,
            )
            return None
        ((name, value),) = item.items()
        path = (*path, name)
        module = actions.registry().get(name)
        if module is None:
            words = sorted(set(actions.registry()) - _NOT_WRITTEN)
            expected = f"one of {', '.join(words)}"
            self.findings.complain(
                path, Complaint(expected, tuple(words), got=repr(name), at_key=True)
            )
            return None
        try:
            params = _deserialized(module.PARAMS, value)
            if self.names is not None:
                module.check(params, self.names)
        except ValidationError as error:
            self.findings.add(path, error.messages, module.PARAMS)
            return None
        self._check_hosts(name, value, actions.ability_of(module), path)
        params = _with_references(params, value)
        return ActionCall(name, params, item.key_spans[name].place)

    def _check_hosts(self, name: str, value: Any, ability: Ability | None, path: Path) -> None:
        for use in self.hosts:
            fault = lacking(use.host.type, use.options, ability) if ability else None
            if fault:
                why, remedy = fault
                self.findings.complain(
                    path,
                    Complaint(
                        f"an action that {use.name!r} can do",
                        got=f"{name!r}: {why}",
                        remedy=remedy,
                        at_key=True,
                    ),
                )
                return
        if name == "priority":
            self._check_priority(value, path)
        elif name in {"tag", "untag"}:
            self._check_words(value, path, tag_fault)
        elif name == "state":
            self._check_words(value, path, state_fault)

    def _check_priority(self, value: Any, path: Path) -> None:
        """Refuse a priority which one of the helpdesks has no mark for."""
        if isinstance(value, Block):
            value, path = value.get("to"), (*path, "to")
        faults = (
            priority_fault(use.name, use.host.type, use.options, str(value)) for use in self.hosts
        )
        if fault := next((one for one in faults if one), None):
            self.findings.complain(path, fault)

    def _check_words(
        self, value: Any, path: Path, fault_of: Callable[[str, str], Complaint | None]
    ) -> None:
        """Ask every type of helpdesk about the tags or the state of an action."""
        if isinstance(value, Block):
            for key in ("tags", "to"):
                if key in value:
                    self._check_words(value[key], (*path, key), fault_of)
            return
        words = list(enumerate(value)) if isinstance(value, Items) else [(None, value)]
        for index, word in words:
            faults = (fault_of(use.host.type, str(word)) for use in self.hosts)
            fault = next((fault for fault in faults if fault), None)
            if fault:
                self.findings.complain(path if index is None else (*path, index), fault)

    def _refuse(
        self, path: Path, expected: str, *, got: str | None = None, remedy: str | None = None
    ) -> None:
        self.findings.complain(path, Complaint(expected, got=got, remedy=remedy))

    def _rendered(self, path: Path) -> str:
        return render_path(list(path))


def _for_conditions(names: Names | None) -> Names:
    """To a condition an empty set means "not known", so "none" is told by a name nobody has."""
    if names is None:
        return Names()
    nothing = frozenset({_NOTHING})
    return replace(names, teams=names.teams or nothing, calendars=names.calendars or nothing)


_NOTHING = "(none is defined)"


def _deserialized(kind: Any, value: Any) -> Any:
    """The checked value. Where text is expected, a number counts as it is written."""
    try:
        return kind.deserialize(value)
    except ValidationError:
        as_text = numbers_as_text(value)
        if as_text == value:
            raise
        with suppress(ValidationError):
            return kind.deserialize(as_text)
        raise
    except (ValueError, OverflowError) as error:
        raise ValidationError(f"expected a value that can be understood: {error}") from None


def _with_references(params: Any, value: Any) -> Any:
    """The parameters with every variable back as `${NAME}`, for plans are stored and shown.

    A `${` that is meant literally is escaped again: `Config.reveal` is the way back.
    """
    sources = sorted({(str(text), text.source) for text in concealed_in(value) if text})
    sources.sort(key=lambda pair: -len(pair[0]))

    def restored(item: Any) -> Any:
        if isinstance(item, str):
            return plain(_restored(item, sources))
        if isinstance(item, dict):
            return {key: restored(entry) for key, entry in item.items()}
        if isinstance(item, list | tuple):
            return [restored(entry) for entry in item]
        return plain(item)

    return restored(params)


def _restored(text: str, sources: list[tuple[str, str]]) -> str:
    if not sources and "${" not in text:
        return text
    for filled, source in sources:
        if text == filled or text == filled.strip():
            return source.strip()
    pieces = "|".join(re.escape(filled) for filled, _ in sources)
    known = dict(sources)
    parts = re.split(f"({pieces})", text) if pieces else [text]
    return "".join(known.get(part) or part.replace("${", "$${") for part in parts)
