"""Zammad 5.x to 7.x."""

from __future__ import annotations

from connectors.zammad.webhook import parse_delivery
from plugin.domain.helpdesk import Helpdesk
from plugin.domain.settings import HelpdeskSettings

TYPE = "zammad"

__all__ = ["TYPE", "connect", "parse_delivery"]


def connect(settings: HelpdeskSettings) -> Helpdesk:
    """Build the client. No call is made before the first method is used."""
    from connectors.zammad.client import ZammadHelpdesk

    return ZammadHelpdesk(settings)
