"""Whom a rule's notification reaches: channels, people by address, and roles of the ticket."""

from __future__ import annotations

from dataclasses import replace

import pytest

from plugin.domain.errors import Refused, TryAgain
from plugin.domain.ladder import Reachable
from plugin.domain.service import Service
from plugin.domain.settings import Secret, Team
from tests.fakes import ANA, BEN, FINANCE, FRONT, MARTA, a_ticket
from tests.unit.actions.doing import Doing, a_config

MAIL = {
    "duty": Secret("json://duty.example"),
    "board": Secret("json://board.example"),
    "mail": Secret("json://mail.example/{address}"),
    "push": Secret("json://push.example/marta"),
}
IN_FINANCE = {"group": FINANCE}


def a_doing(**changes: object) -> Doing:
    """Everybody can be told by mail; Marta has a channel of her own."""
    fields: dict[str, object] = {
        "notify": MAIL,
        "service": Service(channel="mail"),
        "people": {"marta@example.com": Reachable("marta@example.com", "push", None, "nl")},
    }
    return Doing(config=a_config(**fields | changes))


def told(doing: Doing) -> list[str]:
    """Who got something: the ends of the URLs."""
    return [
        url.removeprefix("json://").replace("%40example.com", "") for url, *_ in doing.announced
    ]


@pytest.mark.parametrize(
    ("to", "ticket", "reached"),
    [
        pytest.param("duty", {}, ["duty.example"], id="a channel"),
        pytest.param("ben@example.com", {}, ["mail.example/ben"], id="an address"),
        pytest.param("Zoe@Example.com", {}, ["mail.example/zoe"], id="somebody outside"),
        pytest.param("marta@example.com", {}, ["push.example/marta"], id="a channel of their own"),
        pytest.param("owner", {"owner": ANA}, ["mail.example/ana"], id="the owner"),
        pytest.param("lead", IN_FINANCE, ["push.example/marta"], id="the lead of its group's team"),
        pytest.param("responsible", {"owner": BEN}, ["mail.example/ben"], id="without a ladder"),
        pytest.param(
            ["owner", "lead"],
            {**IN_FINANCE, "owner": MARTA},
            ["push.example/marta"],
            id="one person in two roles",
        ),
        pytest.param(
            ["duty", "owner", "board"],
            {"owner": ANA},
            ["duty.example", "mail.example/ana", "board.example"],
            id="several",
        ),
        pytest.param(["owner", "duty"], {}, ["duty.example"], id="a role nobody has is left out"),
    ],
)
def test_who_is_told(to, ticket, reached):
    doing = a_doing()

    outcome = doing.do("notify", {"to": to}, a_ticket(**ticket))

    assert outcome.done
    assert told(doing) == reached


@pytest.mark.parametrize(
    ("to", "ticket", "why"),
    [
        pytest.param("owner", {}, "nobody owns the ticket", id="no owner"),
        pytest.param("lead", {"group": FRONT}, "the team has no lead", id="no lead"),
        pytest.param(
            "lead",
            {"group": replace(FRONT, name="Elsewhere")},
            "the team has no lead",
            id="no team",
        ),
        pytest.param(
            "responsible",
            {},
            "nobody owns the ticket, and no ladder says who is responsible",
            id="nobody responsible",
        ),
        pytest.param(
            "owner",
            {"owner": replace(ANA, email="", login="")},
            "Ana Alba has no address",
            id="no address",
        ),
    ],
)
def test_a_role_nobody_has_is_told_in_words(to, ticket, why):
    doing = a_doing()

    outcome = doing.do("notify", to, a_ticket(**ticket))

    assert not outcome.done
    assert outcome.detail == f"nobody is told: {why}"
    assert doing.announced == []


def test_somebody_without_a_channel_is_named_but_not_by_address():
    doing = a_doing(service=Service())

    outcome = doing.do("notify", "ben@example.com")

    assert not outcome.done
    assert outcome.detail.startswith("nobody is told: Ben Berg: no channel for this person")
    assert "@" not in outcome.detail.replace("people:", "")


def test_a_channel_that_is_called_like_a_role_is_the_channel():
    doing = a_doing(notify={**MAIL, "lead": Secret("json://lead.example")})

    doing.do("notify", "lead", a_ticket(**IN_FINANCE))

    assert told(doing) == ["lead.example"]


def test_each_reads_it_in_their_own_language():
    doing = a_doing()

    doing.do("notify", ["duty", "marta@example.com"], a_ticket(**IN_FINANCE))

    english, dutch = (body for _, _, body, _ in doing.announced)
    assert "Group Finance, nobody owns it." in english
    assert "Groep Finance, niemand heeft het." in dutch
    assert dutch.startswith("al 4h 10m geen antwoord van een mens (grens 4h)")


def test_the_lead_may_be_known_to_the_file_alone():
    teams = {"finance": Team("finance", "Finance", "boss@elsewhere.example")}
    doing = a_doing(teams=teams)

    outcome = doing.do("notify", "lead", a_ticket(**IN_FINANCE))

    assert doing.announced[0][0] == "json://mail.example/boss%40elsewhere.example"
    assert outcome.detail == "told boss"


@pytest.mark.parametrize("problem", [TryAgain("down"), Refused("no")], ids=["down", "refused"])
def test_when_nobody_could_be_told_the_action_says_so(problem):
    doing = a_doing()

    def fail(*_: str) -> None:
        raise problem

    doing.announce = fail

    with pytest.raises(type(problem)):
        doing.do("notify", "duty")
