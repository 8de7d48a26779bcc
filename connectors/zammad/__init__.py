"""Zammad 5.x to 7.x."""

from __future__ import annotations

from connectors.zammad.webhook import parse_delivery
from plugin.domain.helpdesk import Helpdesk
from plugin.domain.past import PastReader
from plugin.domain.settings import HelpdeskSettings

TYPE = "zammad"

__all__ = ["TYPE", "connect", "parse_delivery", "read_only"]


def connect(settings: HelpdeskSettings) -> Helpdesk:
    """Build the client. No call is made before the first method is used."""
    from connectors.zammad.client import ZammadHelpdesk

    return ZammadHelpdesk(settings)


def read_only(settings: HelpdeskSettings, *, rate: float = 0.0) -> PastReader:
    """Build a reader of the past, which cannot write; `rate` is the most calls a second."""
    from connectors.zammad.past import ZammadPast

    return ZammadPast(settings, rate)
