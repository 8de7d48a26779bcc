"""Deskladder: SLA clocks and escalation ladders beside Zammad and FreeScout."""

__version__ = "0.1.0"
