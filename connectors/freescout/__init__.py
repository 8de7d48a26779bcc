"""FreeScout with its official API & Webhooks module."""

from __future__ import annotations

from connectors.freescout.webhook import parse_delivery
from plugin.domain.helpdesk import Helpdesk
from plugin.domain.settings import HelpdeskSettings

TYPE = "freescout"

__all__ = ["TYPE", "connect", "parse_delivery"]


def connect(settings: HelpdeskSettings) -> Helpdesk:
    """Build the client. No call is made before the first method is used."""
    from connectors.freescout.client import FreeScoutHelpdesk

    return FreeScoutHelpdesk(settings)
