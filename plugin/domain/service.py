"""Where people and other systems reach Deskladder itself."""

from __future__ import annotations

from datetime import time, timedelta
from typing import TYPE_CHECKING

from plugin.domain.dataclass import dataclass

if TYPE_CHECKING:
    from plugin.domain.settings import Secret


@dataclass(frozen=True, slots=True)
class Service:
    """The file's `service:`: where people reach Deskladder itself, and what it may be asked.

    `url` is needed for acknowledge links. `api_token` opens `POST /api/escalations`. `channel` is
    how people without an entry in `people:` are told: a channel whose URL holds `{address}`.
    `digest_at` is when digests go out, local time of the recipient's calendar. `heartbeat_url` is
    asked for once a minute while all is well, by a watchdog that calls when nobody asks any more.
    """

    url: str | None = None
    api_token: Secret | None = None
    channel: str | None = None
    digest_at: time = time(9)
    ack_link_valid: timedelta = timedelta(days=7)
    heartbeat_url: Secret | None = None
