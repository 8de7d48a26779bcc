"""Keeps the configuration in use: read at the start, swapped whole when the file changes."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from functools import partial
from pathlib import Path
from types import MappingProxyType

from connectors import connector
from plugin import logs
from plugin.configuration import ConfigProblems, describe_changes, load_with_files
from plugin.configuration.repeats import told_once
from plugin.domain.dataclass import dataclass
from plugin.domain.delivery import Delivery
from plugin.domain.helpdesk import Helpdesk
from plugin.domain.settings import Config, HelpdeskSettings
from plugin.domain.storing import CONFIG_READ, CONFIG_REFUSED, SERVED, AuditEntry, Storing
from plugin.engine.means import Live, needs_of
from plugin.metrics import Metrics
from plugin.web.app import Parse

_Fingerprint = frozenset[tuple[str, int, int, int]]


@dataclass(frozen=True, slots=True)
class InUse:
    """What is in use since `since`, and how to read each helpdesk's webhook calls."""

    live: Live
    parsers: Mapping[str, Parse]
    since: datetime


class Keeper:
    """Holds what is in use. A file with a mistake changes nothing but `problem`.

    The first file is read before there is a store: one with a mistake leaves no trace on the disk.
    """

    def __init__(
        self,
        path: Path,
        *,
        environ: Mapping[str, str],
        clock: Callable[[], datetime],
        metrics: Metrics,
    ) -> None:
        self._path = path
        self._environ = environ
        self._clock = clock
        self._metrics = metrics
        self._store: Storing
        self._lock = threading.Lock()
        self._retired: list[Helpdesk] = []
        self.problem: str | None = None
        self._in_use: InUse
        config, self._files = load_with_files(path, environ=environ, now=clock())
        self._fingerprint = _fingerprint(self._files)
        self._use(config, {})
        for warning in told_once(config.warnings):
            logs.warning("config.warning", text=str(warning))

    def begin(self, store: Storing) -> None:
        """Tell the store, and through it other processes, what is in use; before any `reload`."""
        self._store = store
        self._look_again(self.live().config)

    def live(self) -> Live:
        """The configuration in use and its helpdesks."""
        return self._in_use.live

    def parsers(self) -> Mapping[str, Parse]:
        """How to read webhook calls, by helpdesk."""
        return self._in_use.parsers

    @property
    def since(self) -> datetime:
        """When the configuration in use was read."""
        return self._in_use.since

    def reload_if_changed(self) -> bool:
        """Read the file again when it, or a file it includes, is not the one that was read."""
        if _fingerprint(self._files) == self._fingerprint:
            return False
        return self.reload()

    def reload(self) -> bool:
        """Read the file again and use it when it has no mistake; True when it is in use now."""
        with self._lock:
            # Before reading: what is written meanwhile shows as a change next time.
            seen = _fingerprint(self._files)
            try:
                config, files = load_with_files(
                    self._path, environ=self._environ, now=self._clock()
                )
            except ConfigProblems as problems:
                known = self._files | getattr(problems, "files", frozenset())
                self._refuse(str(problems), seen, known)
                return False
            before = self._in_use.live
            changes = describe_changes(before.config, config)
            self._fingerprint = seen if files == self._files else _fingerprint(files)
            self._files = files
            self._use(config, before.helpdesks)
            self._look_again(config)
        self._metrics.reloads.labels("ok").inc()
        self._tell(changes)
        return True

    def close(self) -> None:
        """Give back the connections of all helpdesks, those replaced by a reload too."""
        for helpdesk in (*self._retired, *self.live().helpdesks.values()):
            helpdesk.close()

    def _use(self, config: Config, before: Mapping[str, Helpdesk]) -> None:
        logs.hide(secrets_of(config))
        old = self._in_use.live.config.helpdesks if before else {}
        helpdesks: dict[str, Helpdesk] = {}
        parsers: dict[str, Parse] = {}
        for name, settings in config.helpdesks.items():
            module = connector(settings.type)
            if name in before and old.get(name) == settings:
                helpdesks[name] = before[name]
            else:
                helpdesks[name] = module.connect(settings)
            parsers[name] = partial(_parse, settings)
        # A thread may be in the middle of a call: the old ones are closed at the end.
        self._retired += [one for name, one in before.items() if helpdesks.get(name) is not one]
        live = Live(config, MappingProxyType(helpdesks), needs_of(config))
        self._in_use = InUse(live, MappingProxyType(parsers), self._clock())
        self.problem = None
        self._metrics.config_ok.set(1)
        self._metrics.config_loaded_at.set(self._in_use.since.timestamp())

    def _look_again(self, config: Config) -> None:
        """Ask for a look at every open ticket when the file says something else than last time.

        The deadlines of a ticket were computed from the old file when it was last looked at; those
        of a rule or policy that is new were never computed.
        """
        now = self._clock()
        self._store.set_watermark(CONFIG_READ, now)
        self._note_helpdesks(config, now)
        asked = self._store.rearm(config.digest if _counts_time(config) else "", now)
        if asked:
            logs.info("deadlines.changed", tickets=asked, hint="open tickets are looked at again")

    def _note_helpdesks(self, config: Config, now: datetime) -> None:
        """Tell other processes, through the store, which helpdesks are in the file."""
        noted = self._store.numbers(SERVED)
        for name in config.helpdesks.keys() - noted.keys():
            self._store.keep_number(SERVED + name, int(now.timestamp()))
        for name in noted.keys() - config.helpdesks.keys():
            self._store.keep_number(SERVED + name, None)
            logs.warning(
                "helpdesk.left", helpdesk=name, hint="its escalations rest until it is back"
            )

    def _refuse(self, text: str, seen: _Fingerprint, files: frozenset[Path]) -> None:
        self._fingerprint = seen if files == self._files else _fingerprint(files)
        self._files = files
        self.problem = logs.scrub_text(text)
        self._metrics.reloads.labels("refused").inc()
        self._metrics.config_ok.set(0)
        logs.error("config.refused", hint="the last good file stays in use", problems=text)
        self._store.set_watermark(CONFIG_REFUSED, self._clock())
        entry = AuditEntry(self._clock(), "config", "a changed file was refused, see the log")
        self._store.write_audit([entry])

    def _tell(self, changes: Iterable[str]) -> None:
        told = list(changes)
        logs.info("config.reloaded", changes=told or ["nothing that matters"])
        now = self._clock()
        self._store.write_audit([AuditEntry(now, "config", change) for change in told])


def _counts_time(config: Config) -> bool:
    return bool(config.sla or config.policies) or any("time" in rule.on for rule in config.rules)


def secrets_of(config: Config) -> list[str]:
    """Every value that must never be seen."""
    hidden = [*config.notify.values(), *config.secrets.values()]
    service = config.service
    hidden += [one for one in (service.api_token, service.heartbeat_url) if one is not None]
    for helpdesk in config.helpdesks.values():
        hidden += [helpdesk.token, helpdesk.webhook_secret]
    return [secret.reveal() for secret in hidden]


def _parse(
    settings: HelpdeskSettings, headers: Mapping[str, str], body: bytes, received_at: datetime
) -> Delivery:
    module = connector(settings.type)
    return module.parse_delivery(headers, body, settings=settings, received_at=received_at)


def _fingerprint(files: Iterable[Path]) -> _Fingerprint:
    found = set()
    for file in files:
        try:
            about = file.stat()
        except OSError:
            found.add((str(file), 0, 0, 0))
        else:
            found.add((str(file), about.st_mtime_ns, about.st_size, about.st_ino))
    return frozenset(found)
