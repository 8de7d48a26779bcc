"""Whether the helpdesk marks the customer as a VIP.

FreeScout knows no VIPs: there it never holds with `true`.

    customer.vip: true
"""

# ruff: noqa: ARG001 - every condition is compiled through the same signature

from __future__ import annotations

from plugin.conditions import Names
from plugin.conditions._operands import Truth
from plugin.conditions._weaving import plain
from plugin.domain.situation import Condition, Situation
from plugin.domain.verdict import Verdict

KEYS = ("customer.vip",)
OPERAND = Truth()


def compile_condition(key: str, operand: bool, names: Names) -> Condition:
    """Build the condition."""

    def judge(situation: Situation) -> Verdict:
        vip = situation.ticket.customer.vip
        return Verdict(vip is operand, f"the customer is {'' if vip else 'not '}a VIP")

    return plain("s.ticket.customer.vip is {}", operand, judge, cost=1)
