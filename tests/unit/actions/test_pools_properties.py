"""Whatever the pool, whoever is away: what may never happen, and what must."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from plugin.domain.ladder import Pool, Shift, Strategy
from plugin.domain.settings import Team
from plugin.domain.ticket import Absence, Agent, Person, Role
from tests.fakes import FINANCE, NOON, a_ticket
from tests.unit.actions.doing import Doing, a_config

NUMBERS = [11, 12, 13, 14, 15]
PEOPLE = {n: Person(n, Role.AGENT, f"P{n}", f"p{n}@example.com", f"p{n}") for n in NUMBERS}
LEAD = 15
TODAY = NOON.date()
SOME = st.sets(st.sampled_from(NUMBERS))


ABSENCES = st.builds(
    lambda after, days, substitute: Absence(
        TODAY + timedelta(days=after), TODAY + timedelta(days=after + days), substitute
    ),
    st.integers(-3, 1),
    st.integers(0, 4),
    st.sampled_from([None, *NUMBERS, 99]),
)
AGENTS = st.builds(
    lambda chance, absence: Agent(Person(0, Role.AGENT), active=chance > 0, absence=absence),
    st.integers(0, 4),
    st.none() | ABSENCES,
)
STAFF = st.lists(AGENTS, min_size=len(NUMBERS), max_size=len(NUMBERS)).map(
    lambda some: {
        number: Agent(PEOPLE[number], active=one.active, absence=one.absence)
        for number, one in zip(NUMBERS, some, strict=True)
    }
)
POOLS = st.builds(
    Pool,
    strategy=st.sampled_from(Strategy),
    if_none=st.sampled_from(["lead", "unassigned", "p14@example.com", "nobody@example.com"]),
    members=st.none() | SOME.filter(bool).map(lambda some: tuple(f"p{n}" for n in sorted(some))),
    rota=st.none() | st.just(Shift(("p11", "p12"), date(2026, 11, 23))),
)


def is_there(agent: Agent) -> bool:
    away = agent.absence
    return agent.active and not (away and away.first_day <= TODAY <= away.last_day)


def a_world(staff: Mapping[int, Agent], access: set[int], pool: Pool, without: set[int]) -> Doing:
    team = Team("finance", "Finance", PEOPLE[LEAD].email, "", pool, {"vat": ("p11", "p13")})
    ladder = {"without": [str(n) for n in sorted(without)], "number": 1, "step": 2}
    doing = Doing(config=a_config(teams={"finance": team}), ladder=ladder)
    doing.helpdesk.access = {
        "Finance": [staff[n] for n in sorted(access)],
        "1st Level": list(staff.values()),
    }
    return doing


@given(
    staff=STAFF,
    access=SOME,
    pool=POOLS,
    without=SOME,
    owner=st.none() | st.sampled_from(NUMBERS),
    skill=st.booleans(),
)
def test_only_who_can_take_it_gets_it(staff, access, pool, without, owner, skill):
    doing = a_world(staff, access, pool, without)
    ticket = a_ticket(group=FINANCE, owner=PEOPLE.get(owner))
    asked = {"pool": "finance"} | ({"skill": "vat"} if skill else {})

    outcome = doing.do("assign", asked, ticket)

    def fits(number: int) -> bool:
        return number in access and number not in without and is_there(staff[number])

    after = doing.ticket.owner
    if outcome.done and after is not None:
        assert fits(after.id)
        assert outcome.wrote == {"owner": str(after.id)}
    if outcome.done and after is None:
        assert outcome.wrote == {"owner": ""}
        assert "can take it" in outcome.detail
    if not outcome.done:
        assert after is None
        assert "can take it" in outcome.detail
    assert "@" not in outcome.detail

    by_turns = pool.strategy in {Strategy.ROUND_ROBIN, Strategy.LEAST_OPEN, Strategy.STICKY}
    members = NUMBERS if pool.members is None else [int(one[1:]) for one in pool.members]
    skilled = [n for n in members if not skill or n in {11, 13}]
    if by_turns and any(fits(n) for n in skilled):
        assert after is not None
        assert after.id in skilled
        assert owner not in [n for n in skilled if fits(n)] or after.id == owner


@given(staff=STAFF, access=SOME, pool=POOLS, without=SOME)
def test_only_who_is_there_is_made_responsible_and_nobody_owns_it_by_that(
    staff, access, pool, without
):
    doing = a_world(staff, access, pool, without)

    outcome = doing.do("subscribe", {"pool": "finance"}, a_ticket(group=FINANCE))

    followers = doing.helpdesk.subscribers.get(7, set())
    assert doing.ticket.owner is None
    assert outcome.done == bool(followers)
    for number in followers:
        assert number not in without
        assert is_there(staff[number])
        assert outcome.wrote == {"responsible": str(number)}


@given(staff=STAFF, access=SOME, pool=POOLS, rounds=st.integers(1, 5))
def test_a_ladder_never_comes_back_to_anybody(staff, access, pool, rounds):
    had: list[int] = []
    doing = a_world(staff, access, pool, set())

    for number in range(rounds):
        doing.ladder = {"without": [str(n) for n in had], "number": 1, "step": number}
        doing.turns.given = [(f"{number}", *turn[1:]) for turn in doing.turns.given]
        doing.do("assign", {"pool": "finance"}, a_ticket(group=FINANCE))
        if doing.ticket.owner is None:
            break
        assert doing.ticket.owner.id not in had
        had.append(doing.ticket.owner.id)
