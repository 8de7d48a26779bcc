"""How long certificates are still good for: looked at the way a client does, nothing is sent."""

from __future__ import annotations

import socket
import ssl
from datetime import UTC, datetime
from urllib.parse import urlsplit

_PATIENCE = 5.0


def expiry(url: str, trust: ssl.SSLContext | None = None) -> datetime | None:
    """Until when the certificate of an address is good.

    None for an address without TLS, one that does not answer, or one whose certificate is not
    accepted: those are told elsewhere. `trust` replaces the usual issuers.
    """
    parts = urlsplit(url)
    if parts.scheme != "https" or not parts.hostname:
        return None
    context = trust or ssl.create_default_context()
    try:
        address = (parts.hostname, parts.port or 443)
        with (
            socket.create_connection(address, _PATIENCE) as raw,
            context.wrap_socket(raw, server_hostname=parts.hostname) as connection,
        ):
            text = (connection.getpeercert() or {}).get("notAfter")
    except (OSError, ValueError):
        return None
    if not isinstance(text, str):
        return None
    return datetime.fromtimestamp(ssl.cert_time_to_seconds(text), UTC)


def trust_of(ca_file: str) -> ssl.SSLContext | None:
    """The issuers of a file; None when it cannot be read."""
    try:
        return ssl.create_default_context(cafile=ca_file or None)
    except (OSError, ssl.SSLError):
        return None
