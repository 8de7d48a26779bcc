"""Reading everything an examination looks at: the file's names, the helpdesks, the store, ourselves."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Mapping
from dataclasses import field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from connectors import connector
from plugin.configuration.mentions import read_mentions
from plugin.doctor.certificates import expiry, trust_of
from plugin.doctor.facts import Facts, Knock, Ledger, Traffic, webhook_url
from plugin.doctor.knocking import knock
from plugin.doctor.needs import needed
from plugin.domain.dataclass import dataclass
from plugin.domain.errors import DeskladderError
from plugin.domain.settings import Config, HelpdeskSettings, Secret
from plugin.domain.storing import (
    CONFIG_READ,
    CONFIG_REFUSED,
    HEARTBEAT,
    STARTED,
    refused_call,
)

if TYPE_CHECKING:
    from plugin.store.store import Store

_WINDOW = timedelta(days=1)
_AFTER_START = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be examined.

    `url` is our own address (else the file's). `admins` are administrators' tokens by helpdesk.
    `helpdesks` restricts it to some. `store` None with `no_store` says why there is none; both None:
    the store is not looked at. `store_file` is the file of an SQLite store.
    """

    config: Config
    environ: Mapping[str, str]
    now: datetime
    url: str | None = None
    admins: Mapping[str, Secret] = field(default_factory=dict)
    helpdesks: tuple[str, ...] = ()
    store: Store | None = None
    no_store: str = ""
    store_file: Path | None = None
    knocks: bool = True

    @property
    def chosen(self) -> dict[str, HelpdeskSettings]:
        """The helpdesks to look at."""
        every = self.config.helpdesks
        return {name: every[name] for name in self.helpdesks or every}


def read(asked: Asked) -> Facts:
    """Read it all; whatever cannot be read is a fact, too."""
    config, now = asked.config, asked.now
    url = asked.url or config.service.url
    mentions = read_mentions(config.path, asked.environ)
    ledger = _ledger(asked)
    since = _since(ledger, now)
    helpdesks = {
        name: connector(settings.type).examine(
            settings,
            needed(settings, config, mentions, url=url, now=now, since=since.get(name)),
            asked.admins.get(name),
        )
        for name, settings in asked.chosen.items()
    }
    return Facts(
        now=now,
        config=config,
        url=url,
        mentions=mentions,
        helpdesks=helpdesks,
        knocks=_knocks(asked, url) if asked.knocks else {},
        certificates=_certificates(asked, url) if asked.knocks else {},
        ledger=ledger,
        changed_at=_changed_at(config.path),
        since=since,
    )


def _knocks(asked: Asked, base: str | None) -> dict[str, Knock]:
    found = {}
    for name, settings in asked.chosen.items():
        address = webhook_url(base, name)
        if address is not None:
            headers, body = connector(settings.type).ping(settings)
            found[name] = knock(address, headers, body)
    return found


def _certificates(asked: Asked, base: str | None) -> dict[str, datetime]:
    """The ends of the certificates that are accepted."""
    found = {base: expiry(base)} if base else {}
    for settings in asked.chosen.values():
        if settings.verify_tls:
            trust = trust_of(str(settings.options.get("ca_file") or ""))
            found[settings.url] = expiry(settings.url, trust)
    return {url: end for url, end in found.items() if end is not None}


def _changed_at(path: Path) -> datetime | None:
    try:
        return datetime.fromtimestamp(path.stat().st_mtime, UTC)
    except OSError:
        return None


def _ledger(asked: Asked) -> Ledger | None:
    where = str(asked.store_file) if asked.store_file else "the database"
    if asked.store is None:
        return Ledger(where, problem=asked.no_store) if asked.no_store else None
    try:
        asked.store.ping()
        ledger = _kept(asked.store, asked, where)
    except DeskladderError as problem:
        return Ledger(where, problem=str(problem))
    return ledger


def _kept(store: Store, asked: Asked, where: str) -> Ledger:
    free = total = None
    if asked.store_file is not None:
        usage = shutil.disk_usage(asked.store_file.parent)
        free, total = usage.free, usage.total
    return Ledger(
        where=where,
        status=store.status(asked.now),
        started_at=store.watermark(STARTED),
        heartbeat_at=store.watermark(HEARTBEAT),
        config_read_at=store.watermark(CONFIG_READ),
        config_refused_at=store.watermark(CONFIG_REFUSED),
        traffic={name: _traffic(store, name, asked.now) for name in asked.chosen},
        running=_running(store, asked.now),
        free_bytes=free,
        total_bytes=total,
    )


def _traffic(store: Store, name: str, now: datetime) -> Traffic:
    return Traffic(
        arrivals=store.arrivals(name, now - _WINDOW),
        last=store.last_arrival(name),
        refused_at=store.watermark(refused_call(name)),
        registered_for=store.number(f"install/{name}/address"),
        was_removed=store.number(f"install/{name}/removed") is not None,
    )


def _running(store: Store, now: datetime) -> Mapping[tuple[str, str], int]:
    """What runs, by the policy as it was when it began."""
    found: Counter[tuple[str, str]] = Counter()
    for one in store.running():
        for escalation in store.memory(one.ref, "", now).escalations:
            if escalation.number == one.number:
                found[escalation.policy.name, escalation.policy.digest] += 1
    return found


def _since(ledger: Ledger | None, now: datetime) -> dict[str, datetime]:
    """From when on calls must have come: we ran, and (as far as is known) the webhook was there."""
    if ledger is None or ledger.started_at is None:
        return {}
    start = max(ledger.started_at + _AFTER_START, now - _WINDOW)
    found = {}
    for name, traffic in ledger.traffic.items():
        in_window = traffic.arrivals
        # The first call of all may be younger than the service: the webhook came later.
        first = in_window[-1].at if in_window else None
        found[name] = max(start, first) if first else start
    return found
