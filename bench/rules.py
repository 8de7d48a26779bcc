"""Rules: 100 on one event, against plain closures; word lists; a regular expression meant to stall."""

from __future__ import annotations

import random
import statistics
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench.report import Row
from plugin.conditions import Names, all_of, any_of, lookup, none_of
from plugin.conditions._words import WordList
from plugin.domain.folding import fold
from plugin.domain.memory import Memory
from plugin.domain.settings import ActionCall, Config, Defaults, Guards, Mode, OncePer, Place, Rule
from plugin.domain.situation import Condition, Situation
from plugin.domain.ticket import (
    Group,
    Message,
    MessageKind,
    Person,
    Priority,
    Role,
    State,
    StateType,
    Ticket,
    TicketRef,
)
from plugin.domain.words import Words
from plugin.engine.decide import decide

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
RULES = 100
ROUNDS = 5
_GROUPS = [f"Group {number}" for number in range(12)]
_TAGS = [f"tag{number}" for number in range(20)]
_WORDS = [
    "invoice",
    "bill",
    "refund",
    "warranty",
    "lawyer",
    "complaint",
    "broken",
    "late",
    "order",
    "cancel",
    "room",
    "dirty",
    "rude",
    "safety",
    "allergy",
    "delivery",
    "damaged",
    "wrong",
    "charge",
    "twice",
    "answer",
    "waiting",
    "reply",
    "thanks",
    "kind",
    "regards",
    "the",
    "a",
    "of",
    "and",
    "to",
    "in",
    "is",
    "was",
    "not",
    "with",
    "my",
    "your",
    "our",
    "on",
    "for",
    "please",
    "could",
    "would",
    "have",
    "had",
    "been",
    "it",
    "this",
    "that",
]


def ticket(random_: random.Random) -> Ticket:
    """An ordinary ticket with about 800 characters of text."""
    text = " ".join(random_.choices(_WORDS, k=150))
    customer = Person(7, Role.CUSTOMER, name="Guest", email="guest@hotel.example.com")
    # Nothing is quoted in it, as the connectors find when they read a ticket.
    message = Message(1, MessageKind.CUSTOMER, customer, NOW, text=text, fresh=text)
    return Ticket(
        ref=TicketRef("support", random_.randrange(10**6)),
        number="1",
        url="https://help.example.com/1",
        subject=" ".join(random_.choices(_WORDS, k=6)),
        state=State("open", StateType.OPEN),
        priority=random_.choice(list(Priority)),
        group=Group(1, random_.choice(_GROUPS)),
        owner=None,
        customer=customer,
        channel=random_.choice(["email", "phone", "web"]),
        created_at=NOW,
        updated_at=NOW,
        tags=frozenset(random_.sample(_TAGS, 2)),
        fields={"sum": random_.randrange(1000)},
        messages=(message,),
    )


def trees(random_: random.Random) -> list[dict[str, Any]]:
    """100 rules of the usual kinds: equality, order, tags, words, nested."""
    found: list[dict[str, Any]] = []
    for _ in range(RULES):
        parts: list[dict[str, Any]] = [
            {"group": random_.choice(_GROUPS)},
            {"priority": {"at_least": random_.choice(["normal", "high", "urgent"])}},
            {"tags": random_.sample(_TAGS, 2)},
            {"text": {"any_of": random_.sample(_WORDS[:24], 4)}},
            {"field.sum": {"at_least": random_.randrange(1000)}},
            {"subject": {"contains": random_.choice(_WORDS)}},
        ]
        # Like most rules in the field, each is about one group.
        chosen = [parts[0], *random_.sample(parts[1:], 3)]
        found.append({"all": [chosen[0], {"any": [chosen[1], chosen[2]]}, {"none": [chosen[3]]}]})
    return found


def compiled(tree: dict[str, Any]) -> Condition:
    """As the configuration compiles it."""
    parts = []
    for key, value in tree.items():
        nest = {"all": all_of, "any": any_of, "none": none_of}.get(key)
        if nest:
            parts.append(nest([compiled(part) for part in value], ""))
        else:
            module = lookup(key)
            assert module is not None
            parts.append(module.compile_condition(key, module.OPERAND.deserialize(value), Names()))
    return parts[0] if len(parts) == 1 else all_of(parts, "")


Plain = Callable[[dict[str, Any]], bool]


def plain(tree: dict[str, Any]) -> Plain:
    """The reference: closures over a flat dict, in the order of the file, without any safety."""
    ((key, value),) = tree.items()
    if key in {"all", "any", "none"}:
        parts = [plain(part) for part in value]
        if key == "all":
            return lambda facts: all(part(facts) for part in parts)
        if key == "any":
            return lambda facts: any(part(facts) for part in parts)
        return lambda facts: not any(part(facts) for part in parts)
    if key == "group":
        return lambda facts: facts["group"] == value
    if key == "priority":
        edge = Priority.from_word(value["at_least"])
        return lambda facts: facts["priority"] >= edge
    if key == "tags":
        return lambda facts: any(tag in facts["tags"] for tag in value)
    if key == "text":
        return lambda facts: any(word in facts["text"] for word in value["any_of"])
    if key == "subject":
        return lambda facts: value["contains"] in facts["subject"]
    return lambda facts: facts["sum"] >= value["at_least"]


def facts_of(one: Ticket) -> dict[str, Any]:
    """A ticket as the reference wants it; folding is counted there too."""
    subject = one.subject.lower()
    return {
        "group": one.group.name,
        "priority": one.priority,
        "tags": one.tags,
        "subject": subject,
        "text": f"{subject}\n{one.messages[0].text.lower()}",
        "sum": one.fields["sum"],
    }


def seconds(work: Callable[[], object], repeats: int = 1) -> float:
    """How much of a processor's time one call takes, whatever else the machine does."""
    started = time.process_time()
    for _ in range(repeats):
        work()
    return (time.process_time() - started) / repeats


def medians(works: Sequence[Callable[[], object]], rounds: int = ROUNDS) -> list[float]:
    """Median seconds of each, run interleaved; the first round warms up."""
    times: list[list[float]] = [[] for _ in works]
    for round_ in range(rounds + 1):
        for work, found in zip(works, times, strict=True):
            took = seconds(work)
            if round_:
                found.append(took)
    return [statistics.median(found) for found in times]


def settings(conditions: list[Condition]) -> Config:
    """A configuration of rules on one event."""
    place = Place("deskladder.yaml", 1, 1)
    rules = tuple(
        Rule(
            name=f"rule {number}",
            on=frozenset({"ticket.created"}),
            when=condition,
            do=(ActionCall("tag", {"tags": [f"tag{number}"]}, place),),
            mode=Mode.ACT,
            once_per=OncePer.CYCLE,
            place=place,
        )
        for number, condition in enumerate(conditions)
    )
    return Config(Path("deskladder.yaml"), "1", NOW, {}, Defaults(), Guards(), rules=rules)


def measure() -> list[Row]:
    """T6 (against plain closures), T7, T8 and T9."""
    return [*_against_closures(), *_words(), _stalling()]


def _against_closures() -> list[Row]:
    random_ = random.Random(7)
    tickets = [ticket(random_) for _ in range(200)]
    asked = trees(random_)
    conditions = [compiled(tree) for tree in asked]
    references = [plain(tree) for tree in asked]
    # Plain closures search for parts of words: what differs must differ by that alone.
    holds = [condition.holds for condition in conditions]
    rules = settings(conditions)
    quiet = settings([])
    memories = [Memory(one.ref, NOW) for one in tickets]

    def ours() -> None:
        for one, memory in zip(tickets, memories, strict=True):
            situation = Situation(one, memory, NOW)
            for check in holds:
                check(situation)

    def closures() -> None:
        for one in tickets:
            facts = facts_of(one)
            for check in references:
                check(facts)

    def deciding() -> None:
        for one, memory in zip(tickets, memories, strict=True):
            decide(rules, one, memory, NOW)

    def deciding_nothing() -> None:
        for one, memory in zip(tickets, memories, strict=True):
            decide(quiet, one, memory, NOW)

    us, reference, whole, empty = medians([ours, closures, deciding, deciding_nothing])
    count = len(tickets)
    per_event = us / count * 1e6
    fired = sum(
        len(decide(rules, one, memory, NOW).actions)
        for one, memory in zip(tickets, memories, strict=True)
    )
    ratio = us / reference
    return [
        Row("T6", "rules / plain closures, paired", ratio, "x", "<= 1.3 [1.6]", ratio <= 1.6),
        Row(
            "T7",
            "100 rules on one event, folding included",
            per_event,
            "us",
            "<= 60",
            per_event <= 60,
        ),
        Row("", "one rule on one ticket", per_event * 1000 / RULES, "ns"),
        Row("", "decide with 100 rules", whole / count * 1e6, "us"),
        Row("", "decide without rules", empty / count * 1e6, "us"),
        Row("", "actions planned per event in that", fired / count),
    ]


def _words() -> list[Row]:
    random_ = random.Random(11)
    rows = []
    for ending, name in (("", "words"), ("*", "open-ended words")):
        vocabulary = [f"{a}{b}{n}{ending}" for n in range(100) for a in _WORDS for b in ("x", "qu")]
        few = WordList([(word, "") for word in random_.sample(vocabulary, 100)])
        many = WordList([(word, "") for word in random_.sample(vocabulary, 5000)])
        bodies = [fold(" ".join(random_.choices(_WORDS, k=180))) for _ in range(200)]

        def look(listed: WordList, texts: list[str] = bodies) -> None:
            for text in texts:
                listed.found_in(Words(text))

        one, other = medians([lambda few=few: look(few), lambda many=many: look(many)])  # type: ignore[misc]
        ratio = other / one
        rows.append(Row("T8", f"5,000 {name} / 100, per body", ratio, "x", "<= 1.5", ratio <= 1.5))
        rows.append(Row("", f"5,000 {name} in 1 kB", other / len(bodies) * 1e6, "us"))
    return rows


def _stalling() -> Row:
    module = lookup("body")
    assert module is not None
    operand = module.OPERAND.deserialize({"matches": r"^(\w+\s?)*$"})
    condition = module.compile_condition("body", operand, Names())
    one = ticket(random.Random(1))
    message = Message(1, MessageKind.CUSTOMER, one.customer, NOW, text="a" * 28 + "!")
    situation = Situation(_with(one, message), Memory(one.ref, NOW), NOW)
    condition.holds(situation)
    took = seconds(lambda: condition.holds(situation), repeats=20) * 1000
    return Row("T9", r"^(\w+\s?)*$ on 29 characters", took, "ms", "<= 5", took <= 5)


def _with(one: Ticket, message: Message) -> Ticket:
    from dataclasses import replace

    return replace(one, messages=(message,))
