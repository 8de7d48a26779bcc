"""The team whose group the ticket sits in, by its name under `teams:`.

A team is named in the file, a group in the helpdesk; several teams may share one.

    team: finance
"""

# ruff: noqa: ARG001 - every condition is compiled through the same signature

from __future__ import annotations

from marshmallow import ValidationError

from plugin.conditions import Names
from plugin.conditions._operands import Operand, Word
from plugin.conditions._values import value_condition, value_operand
from plugin.domain.folding import fold
from plugin.domain.situation import Condition, Situation

OPERAND = value_operand(Word("the name of a team"))


def compile_condition(key: str, operand: Operand, names: Names) -> Condition:
    """Build the condition; every team it names must be defined in the file."""
    if names.teams:
        for words in operand.values():
            for word in words:
                if word not in names.teams:
                    raise ValidationError(
                        f"expected one of the teams {', '.join(sorted(names.teams))}, not {word!r}"
                    )
    return value_condition(
        operand,
        read=_read,
        noun="team",
        show=lambda situation: " or ".join(_teams_of(situation)) or "none",
        cost=3,
    )


def _teams_of(situation: Situation) -> list[str]:
    group = fold(situation.ticket.group.name)
    return [team.name for team in situation.teams.values() if fold(team.group) == group]


def _read(situation: Situation) -> tuple[str, ...]:
    return tuple(fold(name) for name in _teams_of(situation))
