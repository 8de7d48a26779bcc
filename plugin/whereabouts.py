"""Where the store is."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from plugin.store.store import Store

STORE_FILE = "deskladder.sqlite3"


def data_folder(environ: Mapping[str, str]) -> Path:
    """`$DESKLADDER_DATA`, else `./data`."""
    return Path(environ.get("DESKLADDER_DATA") or "data")


def store_url(environ: Mapping[str, str]) -> str:
    """`$DESKLADDER_DATABASE`, else an SQLite file in the data folder."""
    given = environ.get("DESKLADDER_DATABASE")
    return given or f"sqlite:///{(data_folder(environ) / STORE_FILE).absolute()}"


def store_file(url: str) -> Path | None:
    """The file of an SQLite store; None for a store on a server."""
    scheme, _, rest = url.partition("://")
    if scheme.partition("+")[0] != "sqlite" or not rest.startswith("/"):
        return None
    return Path(rest[1:].partition("?")[0])


def open_store(environ: Mapping[str, str], now: datetime) -> Store:
    """The store as a command that looks at it needs it: it must be there already."""
    from plugin.domain.errors import DeskladderError
    from plugin.store.store import Store

    url = store_url(environ)
    file = store_file(url)
    if file is not None and not file.exists():
        raise DeskladderError(
            f"there is no store at {file}. Run this where `serve` runs, with the same "
            "DESKLADDER_DATA or DESKLADDER_DATABASE."
        )
    return Store.open(url, now=now)
