"""FreeScout with its official API & Webhooks module."""

from __future__ import annotations

from connectors.freescout.webhook import parse_delivery
from plugin.domain.helpdesk import Helpdesk
from plugin.domain.past import PastReader
from plugin.domain.settings import HelpdeskSettings

TYPE = "freescout"

__all__ = ["TYPE", "connect", "parse_delivery", "read_only"]


def connect(settings: HelpdeskSettings) -> Helpdesk:
    """Build the client. No call is made before the first method is used."""
    from connectors.freescout.client import FreeScoutHelpdesk

    return FreeScoutHelpdesk(settings)


def read_only(settings: HelpdeskSettings, *, rate: float = 0.0) -> PastReader:
    """Build a reader of the past, which cannot write; `rate` is the most calls a second."""
    from connectors.freescout.past import FreeScoutPast

    return FreeScoutPast(settings, rate)
