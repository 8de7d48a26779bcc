"""Can we reach FreeScout under a name it accepts, and does it let the key in?"""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

from connectors.freescout.examination import Seen
from connectors.probing import Denied, of_a_login_in_front, of_the_network
from plugin.domain.errors import DeskladderError, TryAgain
from plugin.domain.examining import Finding, error, fine

_KEY = (
    "copy the API Key from Manage » Settings » API & Webhooks into the variable behind token: (it changes "
    "with Regenerate, and with APP_KEY)"
)


def check(seen: Seen) -> Iterator[Finding]:
    """Address, certificate, host name, module, key."""
    url = seen.settings.url
    if not seen.is_let_in:
        yield _closed(url, seen.door)
    elif seen.failed is not None:
        yield error(
            f"FreeScout stopped answering in the middle of the examination: {seen.failed}",
            "see whether it is overloaded or something in front of it limits calls, then look again",
        )
    else:
        yield fine(f"{url} answers and accepts the key")


def _closed(url: str, door: object) -> Finding:
    if not isinstance(door, DeskladderError):
        return error(
            f"{url} has an API, but not that of the official module",
            "install the official module API & Webhooks; another API module cannot be used",
        )
    if isinstance(door, TryAgain) and "(503)" in str(door):
        return error(
            "FreeScout is overloaded, being restarted, or in maintenance mode (503)",
            "end the maintenance with php artisan up in FreeScout's folder; else see whether PHP runs",
        )
    if not isinstance(door, Denied):
        return of_the_network(url, "FreeScout", door)
    match door.status:
        case 401 if not door.answer.is_json:
            return of_a_login_in_front(url, "FreeScout")
        case 401:
            return error("FreeScout does not accept the key", _KEY)
        case 403 if "Untrusted Host" in door.reason:
            host = urlsplit(url).hostname
            return error(
                f"FreeScout does not answer under the host name {host}",
                "set url: to the host of its APP_URL, or add this name to APP_TRUSTED_HOSTS in FreeScout's "
                ".env and clear its cache",
            )
        case 404 | 405:
            return error(
                f"there is no API & Webhooks module at {url}, or one older than 1.0.67",
                "activate it (Manage » Modules), or set url: to FreeScout's own address",
            )
    return error(
        f"FreeScout refuses our call: {door.reason} ({door.status})",
        "see whether something in front of FreeScout blocks /api, and storage/logs there",
    )
