"""FreeScout with its official API & Webhooks module."""

from __future__ import annotations

from connectors.freescout.webhook import parse_delivery, ping
from plugin.domain.examining import Examined, Needed
from plugin.domain.helpdesk import Helpdesk
from plugin.domain.installing import Installer, Keepsakes
from plugin.domain.past import PastReader
from plugin.domain.settings import HelpdeskSettings, Secret

TYPE = "freescout"

__all__ = ["TYPE", "connect", "examine", "installer", "parse_delivery", "ping", "read_only"]


def connect(settings: HelpdeskSettings) -> Helpdesk:
    """Build the client. No call is made before the first method is used."""
    from connectors.freescout.client import FreeScoutHelpdesk

    return FreeScoutHelpdesk(settings)


def read_only(settings: HelpdeskSettings, *, rate: float = 0.0) -> PastReader:
    """Build a reader of the past, which cannot write; `rate` is the most calls a second."""
    from connectors.freescout.past import FreeScoutPast

    return FreeScoutPast(settings, rate)


def examine(settings: HelpdeskSettings, needed: Needed, admin: Secret | None = None) -> Examined:
    """Ask this FreeScout everything that could stop an escalation; changes nothing, raises nothing."""
    from connectors.freescout import examining

    del admin  # there is one key, for everything
    return examining.examine(settings, needed)


def installer(
    settings: HelpdeskSettings, keepsakes: Keepsakes, admin: Secret | None = None
) -> Installer:
    """Build the installer; `keepsakes` hold the webhook's number, which FreeScout does not show."""
    from connectors.freescout.installation import FreeScoutInstaller

    del admin
    return FreeScoutInstaller(settings, keepsakes)
