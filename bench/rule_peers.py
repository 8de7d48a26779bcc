"""The same 100 rules in other rule engines, each beside plain closures in the same rounds (T6).

Every engine gets the rules of `rules` translated to its own language and the ticket as the flat
mapping it wants; making that mapping (and folding the texts) is counted for all of them, ours
included. Answers are compared with plain closures first: an engine that answers differently is
reported so and not timed. Peers look for parts of words, ours for whole words; the texts are made so
that both give the same answer.
"""

from __future__ import annotations

import json
import random
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from importlib import metadata
from typing import Any

from bench.report import Row
from bench.rules import NOW, compiled, facts_of, plain, ticket, trees
from plugin.domain.memory import Memory
from plugin.domain.situation import Situation
from plugin.domain.ticket import Priority, Ticket

ROUNDS = 7
Answers = Callable[[Ticket], list[bool]]
Build = Callable[[Sequence[dict[str, Any]]], Answers]


def measure() -> Iterator[Row]:
    """The peers' half of T6."""
    die = random.Random(7)
    tickets = [ticket(die) for _ in range(200)]
    rules = _about_no_group(trees(die))
    ours = _ours(rules)
    closures = _closures(rules)
    truth = [closures(one) for one in tickets]
    for name, (package, build, goal, few) in _PEERS.items():
        try:
            metadata.version(package)
        except metadata.PackageNotFoundError:
            yield Row("", f"{name} is not installed (bench/requirements.txt)", 0)
            continue
        peer = build(rules)
        some = tickets[:few]
        wrong = sum(peer(one) != answer for one, answer in zip(some, truth, strict=False))
        if wrong:
            yield Row("", f"{name}: wrong on {wrong} of {few} tickets, not timed", wrong)
            continue
        against_closures, against_ours = _paired(peer, closures, ours, some)
        yield Row("", f"{name} ÷ plain closures", against_closures, "x")
        met = against_ours >= goal
        yield Row("T6", f"{name} ÷ ours", against_ours, "x", f">= {goal}", met)


def _about_no_group(rules: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Without the group every rule of `rules` begins with: what remains must be looked at.

    Nearly all would end at the group, and how an engine is called would be all that is measured.
    """
    return [{"all": rule["all"][1:]} for rule in rules]


def _paired(
    peer: Answers, closures: Answers, ours: Answers, tickets: Sequence[Ticket]
) -> tuple[float, float]:
    """How many times as long as each the peer takes, both medians of rounds."""
    ratios: list[tuple[float, float]] = []
    repeat = max(1, 200 // len(tickets))
    for turn in range(ROUNDS + 1):
        base = _seconds(closures, tickets, repeat)
        mine = _seconds(ours, tickets, repeat)
        theirs = _seconds(peer, tickets, 1)
        if turn:
            ratios.append((theirs / base, theirs / mine))
    return statistics.median(r[0] for r in ratios), statistics.median(r[1] for r in ratios)


def _seconds(answers: Answers, tickets: Sequence[Ticket], repeat: int) -> float:
    started = time.process_time()
    for _ in range(repeat):
        for one in tickets:
            answers(one)
    return (time.process_time() - started) / repeat


def _ours(rules: Sequence[dict[str, Any]]) -> Answers:
    checks = [compiled(rule).holds for rule in rules]

    def answers(one: Ticket) -> list[bool]:
        situation = Situation(one, Memory(one.ref, NOW), NOW)
        return [check(situation) for check in checks]

    return answers


def _closures(rules: Sequence[dict[str, Any]]) -> Answers:
    checks = [plain(rule) for rule in rules]

    def answers(one: Ticket) -> list[bool]:
        facts = facts_of(one)
        return [check(facts) for check in checks]

    return answers


# Translations -----------------------------------------------------------------------------------


def _flat(one: Ticket) -> dict[str, Any]:
    """JSON's types only."""
    facts = facts_of(one)
    return {**facts, "priority": int(facts["priority"]), "tags": sorted(facts["tags"])}


def _level(word: str) -> int:
    return int(Priority.from_word(word))


def _rule_engine(rules: Sequence[dict[str, Any]]) -> Answers:
    import rule_engine

    def text(tree: dict[str, Any]) -> str:
        ((key, value),) = tree.items()
        if key in {"all", "any"}:
            return "(" + {"all": " and ", "any": " or "}[key].join(map(text, value)) + ")"
        if key == "none":
            return "not (" + " or ".join(map(text, value)) + ")"
        if key == "group":
            return f"group == {json.dumps(value)}"
        if key == "priority":
            return f"priority >= {_level(value['at_least'])}"
        if key == "tags":
            return "(" + " or ".join(f'"{tag}" in tags' for tag in value) + ")"
        if key == "text":
            return "(" + " or ".join(f'"{word}" in text' for word in value["any_of"]) + ")"
        if key == "subject":
            return f'"{value["contains"]}" in subject'
        return f"sum >= {value['at_least']}"

    checks = [rule_engine.Rule(text(rule)).matches for rule in rules]

    def answers(one: Ticket) -> list[bool]:
        facts = _flat(one)
        return [check(facts) for check in checks]

    return answers


def _json_logic(tree: dict[str, Any]) -> dict[str, Any]:
    ((key, value),) = tree.items()
    if key in {"all", "any"}:
        return {{"all": "and", "any": "or"}[key]: [_json_logic(part) for part in value]}
    if key == "none":
        return {"!": [{"or": [_json_logic(part) for part in value]}]}
    if key == "group":
        return {"==": [{"var": "group"}, value]}
    if key == "priority":
        return {">=": [{"var": "priority"}, _level(value["at_least"])]}
    if key == "tags":
        return {"or": [{"in": [tag, {"var": "tags"}]} for tag in value]}
    if key == "text":
        return {"or": [{"in": [word, {"var": "text"}]} for word in value["any_of"]]}
    if key == "subject":
        return {"in": [value["contains"], {"var": "subject"}]}
    return {">=": [{"var": "sum"}, value["at_least"]]}


def _panzi(rules: Sequence[dict[str, Any]]) -> Answers:
    from json_logic import jsonLogic

    logic = [_json_logic(rule) for rule in rules]

    def answers(one: Ticket) -> list[bool]:
        facts = _flat(one)
        return [bool(jsonLogic(each, facts)) for each in logic]

    return answers


def _datalogic(rules: Sequence[dict[str, Any]]) -> Answers:
    import datalogic_py

    engine = datalogic_py.Engine()
    logic = [engine.compile(json.dumps(_json_logic(rule))) for rule in rules]
    session = engine.session()

    def answers(one: Ticket) -> list[bool]:
        handle = datalogic_py.DataHandle(json.dumps(_flat(one)))
        return [bool(session.evaluate_data(each, handle)) for each in logic]

    return answers


def _business_rules(rules: Sequence[dict[str, Any]]) -> Answers:
    from business_rules.engine import check_conditions_recursively
    from business_rules.variables import (
        BaseVariables,
        numeric_rule_variable,
        select_multiple_rule_variable,
        string_rule_variable,
    )

    class Facts(BaseVariables):  # type: ignore[misc]
        def __init__(self, facts: dict[str, Any]) -> None:
            self._facts = facts

        @string_rule_variable()
        def group(self) -> str:
            return str(self._facts["group"])

        @numeric_rule_variable()
        def priority(self) -> int:
            return int(self._facts["priority"])

        @select_multiple_rule_variable(options=[])
        def tags(self) -> list[str]:
            return list(self._facts["tags"])

        @string_rule_variable()
        def subject(self) -> str:
            return str(self._facts["subject"])

        @string_rule_variable()
        def text(self) -> str:
            return str(self._facts["text"])

        @numeric_rule_variable()
        def sum(self) -> int:
            return int(self._facts["sum"])

    def part(name: str, operator: str, value: Any) -> dict[str, Any]:
        return {"name": name, "operator": operator, "value": value}

    def conditions(tree: dict[str, Any]) -> dict[str, Any]:
        ((key, value),) = tree.items()
        if key in {"all", "any"}:
            return {key: [conditions(each) for each in value]}
        if key == "group":
            return part("group", "equal_to", value)
        if key == "priority":
            return part("priority", "greater_than_or_equal_to", _level(value["at_least"]))
        if key == "tags":
            return part("tags", "shares_at_least_one_element_with", value)
        if key == "text":
            return {"any": [part("text", "contains", word) for word in value["any_of"]]}
        if key == "subject":
            return part("subject", "contains", value["contains"])
        return part("sum", "greater_than_or_equal_to", value["at_least"])

    def split(rule: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
        """It has no `not`: the part under `none` is asked for by itself."""
        first, last = rule["all"]
        return conditions(first), conditions(last["none"][0])

    pairs = [split(rule) for rule in rules]

    def answers(one: Ticket) -> list[bool]:
        facts = Facts(_flat(one))
        return [
            check_conditions_recursively(wanted, facts)
            and not check_conditions_recursively(unwanted, facts)
            for wanted, unwanted in pairs
        ]

    return answers


_PEERS: dict[str, tuple[str, Build, float, int]] = {
    # name: package, translation, how many times slower than ours it should be, tickets
    "rule-engine": ("rule-engine", _rule_engine, 40, 20),
    "business-rules": ("business-rules", _business_rules, 15, 40),
    "json-logic (panzi)": ("panzi-json-logic", _panzi, 10, 40),
    "datalogic-py, session": ("datalogic-py", _datalogic, 0.75, 200),
}
