"""What the commands that look into the past share: from when, which helpdesks, how fast, and the bar."""

from __future__ import annotations

import argparse
import os
import re
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Self

from plugin import clock
from plugin.domain.errors import DeskladderError, TryAgain
from plugin.domain.settings import Config

if TYPE_CHECKING:
    from plugin.history.archive import Archive

_SPAN = re.compile(r"(\d{1,5})([dw])")
_DAYS = {"d": 1, "w": 7}
_WIDTH = 30
_REFRESH = 0.1


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of every command that reads a whole period."""
    parser.add_argument(
        "--since",
        metavar="WHEN",
        default="90d",
        help="how far to look back: 90d, 12w, or a date such as 2026-08-01 (default: 90d)",
    )
    parser.add_argument(
        "--helpdesk",
        metavar="NAME",
        action="append",
        help="only this helpdesk of the file; may be given again (default: all of them)",
    )
    parser.add_argument(
        "--rate",
        metavar="CALLS",
        type=float,
        default=5.0,
        help="the most calls a second to a helpdesk, 0 for no limit (default: 5)",
    )
    parser.add_argument(
        "--keep-history",
        action="store_true",
        help="keep the file with what was read, texts included, so that the next run reads only "
        "what has changed",
    )


def since(text: str, now: datetime) -> datetime:
    """The beginning of the period; raises DeskladderError with what to write."""
    span = _SPAN.fullmatch(text.strip())
    if span:
        return now - timedelta(days=int(span[1]) * _DAYS[span[2]])
    try:
        at = datetime.fromisoformat(text.strip())
    except ValueError:
        raise DeskladderError(
            f"--since: expected 90d, 12w or a date such as 2026-08-01, got {text!r}"
        ) from None
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    if at >= now:
        raise DeskladderError(f"--since: {text} is not in the past")
    return at


def helpdesks(names: list[str] | None, config: Config) -> list[str]:
    """The helpdesks to look at; raises DeskladderError for one that is not in the file."""
    for name in names or ():
        if name not in config.helpdesks:
            known = ", ".join(sorted(config.helpdesks))
            raise DeskladderError(f"no helpdesk {name!r} in {config.path}; there are {known}")
    return sorted(set(names)) if names else sorted(config.helpdesks)


@contextmanager
def archives(
    config: Config,
    names: list[str],
    *,
    since: datetime,
    now: datetime,
    customers: bool,
    rate: float,
    keep: bool,
    environ: Mapping[str, str] = os.environ,
) -> Iterator[dict[str, Archive]]:
    """Read the past of the helpdesks into their files, and open them.

    The files go when the work is done, unless `keep`; after a failure they stay, so that the same
    command goes on where it stopped.
    """
    from connectors import connector
    from plugin.history.archive import Archive
    from plugin.history.download import download
    from plugin.whereabouts import data_folder

    folder = data_folder(environ)
    opened: dict[str, Archive] = {}
    try:
        for name in names:
            settings = config.helpdesks[name]
            archive = Archive(history_file(folder, name), name)
            opened[name] = archive
            reader = connector(settings.type).read_only(settings, rate=rate)
            try:
                with Bar(name) as bar:
                    download(
                        reader,
                        archive,
                        since=since,
                        now=now,
                        customers=customers,
                        progress=bar.show,
                    )
            finally:
                reader.close()
        yield opened
    except BaseException as problem:
        for archive in opened.values():
            archive.close()
        if opened and isinstance(problem, TryAgain | KeyboardInterrupt):
            hint = "stopped; what was read is kept: the same command goes on from there"
            print(hint, file=sys.stderr)
        raise
    for archive in opened.values():
        (archive.close if keep else archive.discard)()


def history_file(folder: Path, helpdesk: str) -> Path:
    """Where the past of a helpdesk is kept while it is read."""
    return folder / f"history-{helpdesk}.sqlite3"


def remove_kept(environ: Mapping[str, str]) -> int:
    """Remove what `--keep-history` or a stopped run left; returns how many helpdesks' it was."""
    from plugin.whereabouts import data_folder

    files = list(data_folder(environ).glob("history-*.sqlite3*"))
    for file in files:
        file.unlink(missing_ok=True)
    return sum(file.name.endswith(".sqlite3") for file in files)


@dataclass
class Bar:
    """A line on a terminal that says how far it is; nothing where nobody watches."""

    name: str
    _shown_at: float = field(default=0.0, init=False)
    _width: int = field(default=0, init=False)

    def show(self, what: str, done: int, total: int) -> None:
        """Say it, at most ten times a second."""
        if not sys.stderr.isatty():
            return
        now = clock.monotonic()
        if now - self._shown_at < _REFRESH and done != total:
            return
        self._shown_at = now
        line = f"{self.name}: {what}"
        if total:
            filled = _WIDTH * done // total
            line += f" [{'#' * filled}{'.' * (_WIDTH - filled)}] {done:,} of {total:,}"
        self._width = max(self._width, len(line))
        print(f"\r{line:<{self._width}}", end="", file=sys.stderr, flush=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        if self._width:
            print(f"\r{'':<{self._width}}\r", end="", file=sys.stderr, flush=True)
