"""Is there a webhook that calls us, active and signed with our secret?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from connectors.shapes import text
from connectors.zammad import wiring
from connectors.zammad.dossier import Record
from connectors.zammad.examination import Seen
from plugin.domain.examining import Finding, error, fine, warning

_MENU = "Manage » Webhook"


def check(seen: Seen) -> Iterator[Finding]:
    """Present, pointing here, active, signed."""
    if not seen.is_let_in or seen.failed is not None:
        return
    if seen.webhooks is None:
        yield fine(
            "webhook and trigger are shown to administrators only; to look at them, name the "
            "variable that holds an administrator's token: --token-env ZAMMAD_ADMIN_TOKEN"
        )
        return
    url = seen.needed.webhook_url
    ours = wiring.our_webhooks(seen.webhooks, seen.settings, url)
    install = f"run deskladder install {seen.settings.name}"
    if not ours:
        yield error("Zammad has no webhook that calls Deskladder", install)
        return
    here = [row for row in ours if url is None or text(row.get("endpoint")).rstrip("/") == url]
    if not here:
        yield error(
            f"the webhook {_name(ours[0])} calls {text(ours[0].get('endpoint'))}, but Deskladder is at {url}",
            f"{install}, or correct the endpoint: {_MENU}",
        )
        return
    yield from _of_those_here(seen, here, install)


def _of_those_here(seen: Seen, here: Sequence[Record], install: str) -> Iterator[Finding]:
    active = [row for row in here if row.get("active") is not False]
    if not active:
        yield error(
            f"the webhook {_name(here[0])} is not active", f"{install}, or activate it: {_MENU}"
        )
        return
    faults = [fault for row in active for fault in _faults(seen, row, install)]
    yield from faults
    if len(active) > 1:
        listed = ", ".join(_name(row) for row in active)
        yield warning(
            f"several webhooks call Deskladder, which does the same work as often: {listed}",
            f"keep one of them: {_MENU}",
        )
    if not faults:
        yield fine(f"the webhook {_name(active[0])} calls {text(active[0].get('endpoint'))}")


def _faults(seen: Seen, row: Record, install: str) -> Iterator[Finding]:
    token = text(row.get("signature_token"))
    if not token:
        yield error(
            f"the webhook {_name(row)} has no signature token: every call is refused",
            f"{install}, or set its HMAC SHA1 signature token to webhook_secret: {_MENU}",
        )
    elif not wiring.is_masked(token) and token != seen.settings.webhook_secret.reveal():
        yield error(
            f"the signature token of the webhook {_name(row)} is not webhook_secret: every call is refused",
            f"{install}, or set both to the same value: {_MENU}",
        )
    if row.get("customized_payload") is True and "ticket_id" not in text(row.get("custom_payload")):
        yield error(
            f"the webhook {_name(row)} sends a payload of its own without ticket_id",
            f'switch the custom payload off, or put "ticket_id": #{{ticket.id}} into it: {_MENU}',
        )
    if row.get("ssl_verify") is False and text(row.get("endpoint")).startswith("https://"):
        yield warning(
            f"the webhook {_name(row)} does not check our certificate",
            f"{install}, or switch on SSL verification: {_MENU}",
        )


def _name(row: Record) -> str:
    return repr(text(row.get("name")))
