"""What the connector tests start from."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from plugin.domain.settings import HelpdeskSettings, Secret

NINE = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


def settings(type_: str, **changes: Any) -> HelpdeskSettings:
    """A helpdesk's entry of the file, with the names of the recordings."""
    given: dict[str, Any] = {
        "name": "support",
        "type": type_,
        "url": "https://help.example.com",
        "token": Secret("t0ken"),
        "webhook_secret": Secret("s3cr3t"),
        "service_user": "sidecar@lab.example" if type_ == "zammad" else "sidecar@fslab.test",
    }
    return HelpdeskSettings(**{**given, **changes})
