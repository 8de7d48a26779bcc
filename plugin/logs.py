"""What is happening, one line each: JSON for machines, coloured words on a terminal.

Lines name the delivery, the ticket and the rule. They never hold a message's text, a token or an
address: nobody here passes one, and `scrub` is the net below for what an exception might carry.
"""

from __future__ import annotations

import importlib
import logging
import re
import sys
import threading
import traceback
from collections.abc import Callable, Iterable, Mapping, MutableMapping
from functools import partial
from pathlib import Path
from typing import Any, TextIO

_ADDRESS = re.compile(r"[^\s@\"<>(),;:\[\]]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}")
_NAMED_SECRET = re.compile(
    r"(?i)\b((?:bearer|basic)\s+"
    r"|(?:token|secret|password|passwd|authorization|api[-_]?key|signature)[\"']?\s*[:=]\s*"
    r"(?:(?:token|bearer|basic)\s+)?(?:token=)?[\"']?)"
    r"(?!(?:expected|stands) )([^\s\"',;&]{6,})"
)
_NAMES_OF_SECRETS = (
    *("bearer", "basic", "token", "secret", "password", "passwd"),
    *("authorization", "api", "signature"),
)
_IN_URL = re.compile(r"(?i)\b([a-z][a-z0-9+.-]*://)[^/\s:@]+(?::[^/\s@]*)?@")
_LONG = 2000

_hidden: frozenset[str] = frozenset()
_lock = threading.RLock()
_configured = False
_threshold = logging.WARNING
_prepare: Callable[[], None] | None = None
"""What is still to be done before the first line: structlog takes a tenth of the service's start."""


def hide(secrets: Iterable[str]) -> None:
    """From now on never let one of these values through, wherever it stands in a line."""
    global _hidden  # noqa: PLW0603  - one process, one list of secrets
    with _lock:
        _hidden = _hidden | {secret for secret in secrets if len(secret) >= 6}  # noqa: PLR2004


def scrub_text(text: str) -> str:
    """Replace what looks like a secret or an address; cut what is too long for a line."""
    for secret in _hidden:
        if secret in text:
            text = text.replace(secret, "[secret]")
    if "://" in text:
        text = _IN_URL.sub(r"\1[secret]@", text)
    if "@" in text:
        text = _ADDRESS.sub("[address]", text)
    # Looking for the pattern takes five times as long as looking for the words it begins with; what
    # other letters count as alike without regard to case (a long s) only the pattern knows.
    if not text.isascii() or any(map(text.lower().__contains__, _NAMES_OF_SECRETS)):
        text = _NAMED_SECRET.sub(r"\1[secret]", text)
    return text if len(text) <= _LONG else f"{text[:_LONG]}…"


def scrub(_logger: object, _method: str, event: MutableMapping[str, Any]) -> Mapping[str, Any]:
    """A structlog processor: `scrub_text` on every text of a line, nested ones too."""
    return {key: _scrubbed(value) for key, value in event.items()}


def _scrubbed(value: Any) -> Any:
    if type(value) is str:  # most are, and the questions below are dear
        return scrub_text(value)
    match value:
        case bool() | int() | float() | None:
            return value
        case Mapping():
            return {str(key): _scrubbed(inner) for key, inner in value.items()}
        case list() | tuple() | set() | frozenset():
            return [_scrubbed(inner) for inner in value]
        case _:
            return scrub_text(str(value))


def configure(
    *, level: str = "info", stream: TextIO | None = None, as_json: bool | None = None
) -> None:
    """Write lines to `stream` (stderr): JSON unless it is a terminal, or as `as_json` says.

    Python's own logging (the web server, the scheduler, libraries) goes the same way from
    `warning` up.
    """
    global _configured, _threshold, _prepare  # noqa: PLW0603
    as_json = not (stream or sys.stderr).isatty() if as_json is None else as_json
    with _lock:
        _threshold = logging.getLevelNamesMapping().get(level.upper(), logging.INFO)
        _prepare = partial(_configure_structlog, _threshold, stream, as_json=as_json)
        _configured = True
    root = logging.getLogger()
    for handler in [one for one in root.handlers if isinstance(one, _ToStructlog)]:
        root.removeHandler(handler)
    root.addHandler(_ToStructlog(logging.WARNING))
    # The web server's lines may quote the request; our own answers say what was wrong with it.
    logging.getLogger("waitress").setLevel(logging.CRITICAL)


def _configure_structlog(threshold: int, stream: TextIO | None, *, as_json: bool) -> None:
    structlog = _structlog()
    renderer: Any = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if as_json
        else structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
    )
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
            scrub,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(threshold),
        logger_factory=lambda *_: structlog.PrintLogger(stream or sys.stderr),
        cache_logger_on_first_use=False,
    )


def debug(event: str, **fields: object) -> None:
    """Explain."""
    if _threshold <= logging.DEBUG:
        _logger().debug(event, **fields)


def info(event: str, **fields: object) -> None:
    """Tell a decision or an effect."""
    if _threshold <= logging.INFO:
        _logger().info(event, **fields)


def warning(event: str, **fields: object) -> None:
    """Tell that something works less well than it should."""
    if _threshold <= logging.WARNING:
        _logger().warning(event, **fields)


def error(event: str, **fields: object) -> None:
    """Tell what a person must look at."""
    if _threshold <= logging.ERROR:
        _logger().error(event, **fields)


def trace_of(problem: BaseException) -> list[str]:
    """Where a bug struck: type and places, without the message, which may quote a ticket."""
    frames = traceback.extract_tb(problem.__traceback__)[-8:]
    places = [f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in frames]
    return [type(problem).__name__, *places]


def _logger() -> Any:
    global _prepare  # noqa: PLW0603
    if not _configured:
        configure(level="warning")
    if _prepare is not None:
        with _lock:
            if _prepare is not None:  # another thread may have been quicker
                _prepare()
                _prepare = None
    return _structlog().get_logger()


def _structlog() -> Any:
    """Structlog without rich, which it imports wherever it is installed: 50 modules, never used."""
    if "structlog" in sys.modules:
        return sys.modules["structlog"]
    if "rich" not in sys.modules:
        sys.modules["rich"] = None  # type: ignore[assignment]
        try:
            return importlib.import_module("structlog")
        finally:
            del sys.modules["rich"]
    return importlib.import_module("structlog")


class _ToStructlog(logging.Handler):
    """Hands Python's own log records to structlog."""

    def emit(self, record: logging.LogRecord) -> None:
        fields: dict[str, Any] = {"logger": record.name}
        if record.exc_info and record.exc_info[0] is not None:
            # The text of a foreign exception may quote a request: its type says enough.
            fields["exception"] = record.exc_info[0].__name__
        tell = error if record.levelno >= logging.ERROR else warning
        tell(record.getMessage(), **fields)
