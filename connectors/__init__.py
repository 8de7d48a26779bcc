"""The helpdesks Deskladder can talk to, one folder each; a connector never imports another.

Adding a helpdesk is adding a folder that offers what `Connector` says; the folder's name is the word
after `type:` in the file. Beside the folders stand the things all of them share.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from importlib import import_module
from typing import Protocol, cast

from plugin.domain.delivery import Delivery
from plugin.domain.examining import Examined, Needed
from plugin.domain.helpdesk import Helpdesk
from plugin.domain.installing import Installer, Keepsakes
from plugin.domain.past import PastReader
from plugin.domain.settings import HelpdeskSettings, Secret


class Connector(Protocol):
    """What a folder here must offer. Importing it opens nothing and loads no HTTP library."""

    TYPE: str

    def parse_delivery(
        self,
        headers: Mapping[str, str],
        body: bytes,
        *,
        settings: HelpdeskSettings,
        received_at: datetime,
    ) -> Delivery:
        """Check one webhook call; `headers` have lower-case names. Raises `BadDelivery`."""
        ...

    def connect(self, settings: HelpdeskSettings) -> Helpdesk:
        """Build the helpdesk. No call is made before the first method is used."""
        ...

    def read_only(self, settings: HelpdeskSettings, *, rate: float = 0.0) -> PastReader:
        """Build a reader of the past, which cannot write; `rate` is the most calls a second."""
        ...

    def ping(self, settings: HelpdeskSettings) -> tuple[Mapping[str, str], bytes]:
        """Headers and body of a signed call that is about no ticket: to try our own address."""
        ...

    def examine(
        self, settings: HelpdeskSettings, needed: Needed, admin: Secret | None = None
    ) -> Examined:
        """Find out everything that could stop an escalation; changes nothing, raises nothing.

        `admin` is an administrator's token where the host hides things from the service user.
        """
        ...

    def installer(
        self, settings: HelpdeskSettings, keepsakes: Keepsakes, admin: Secret | None = None
    ) -> Installer:
        """What installs us there. No call is made before its first method is used."""
        ...


@cache
def connector_types() -> tuple[str, ...]:
    """The words `type:` may have, in alphabetical order."""
    return tuple(sorted(info.name for info in pkgutil.iter_modules(__path__) if info.ispkg))


@cache
def connector(type_name: str) -> Connector:
    """The connector for a word after `type:`; raises `KeyError` with the known words."""
    if type_name not in connector_types():
        raise KeyError(f"no connector {type_name!r}; known are {', '.join(connector_types())}")
    return cast("Connector", import_module(f"{__name__}.{type_name}"))
