"""Which SLA clock: `first_response`, `next_response`, `periodic_update` or `resolution`.

On an event of a clock (`sla.at_risk`, `sla.breached`, `sla.met`) it is that clock's metric; on any
other event the metrics of all clocks that have not stopped, paused ones included.

    metric: [first_response, next_response]
"""

# ruff: noqa: ARG001 - every condition is compiled through the same signature

from __future__ import annotations

from plugin.conditions import Names
from plugin.conditions._operands import Operand, Word
from plugin.conditions._values import value_condition, value_operand
from plugin.domain.situation import Condition, Situation
from plugin.domain.sla import Metric

OPERAND = value_operand(Word(known=tuple(Metric)))


def compile_condition(key: str, operand: Operand, names: Names) -> Condition:
    """Build the condition."""
    return value_condition(
        operand,
        read=_metrics,
        noun="metric",
        show=lambda situation: " and ".join(_metrics(situation)),
        cost=2,
    )


def _metrics(situation: Situation) -> tuple[str, ...]:
    told = tuple(event.clock.metric for event in situation.events if event.clock)
    if told or situation.watch is None:
        return told
    return tuple(dict.fromkeys(str(clock.metric) for clock in situation.watch.running))
