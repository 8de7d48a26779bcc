"""Zammad 5.x to 7.x."""

from __future__ import annotations

from connectors.zammad.webhook import parse_delivery, ping
from plugin.domain.examining import Examined, Needed
from plugin.domain.helpdesk import Helpdesk
from plugin.domain.installing import Installer, Keepsakes
from plugin.domain.past import PastReader
from plugin.domain.settings import HelpdeskSettings, Secret

TYPE = "zammad"

__all__ = ["TYPE", "connect", "examine", "installer", "parse_delivery", "ping", "read_only"]


def connect(settings: HelpdeskSettings) -> Helpdesk:
    """Build the client. No call is made before the first method is used."""
    from connectors.zammad.client import ZammadHelpdesk

    return ZammadHelpdesk(settings)


def read_only(settings: HelpdeskSettings, *, rate: float = 0.0) -> PastReader:
    """Build a reader of the past, which cannot write; `rate` is the most calls a second."""
    from connectors.zammad.past import ZammadPast

    return ZammadPast(settings, rate)


def examine(settings: HelpdeskSettings, needed: Needed, admin: Secret | None = None) -> Examined:
    """Ask this Zammad everything that could stop an escalation; changes nothing, raises nothing."""
    from connectors.zammad import examining

    return examining.examine(settings, needed, admin)


def installer(
    settings: HelpdeskSettings, keepsakes: Keepsakes, admin: Secret | None = None
) -> Installer:
    """Build the installer. No call is made before its first method is used."""
    from connectors.zammad.installation import ZammadInstaller

    del keepsakes  # Zammad shows what is installed
    return ZammadInstaller(settings, admin)
