"""What became of the last calls, by Zammad's own log (kept for a month, the last fifty shown)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from connectors.shapes import instant, text
from connectors.zammad.dossier import Record
from connectors.zammad.examination import Seen
from plugin.domain.examining import Finding, error, fine, warning

_MEANINGS = {
    "0": (
        "got no answer",
        "see whether Zammad's machine can reach this address: name, firewall, certificate",
    ),
    "401": (
        "was refused with 401, a wrong signature",
        "set the webhook's signature token and webhook_secret to the same value",
    ),
    "404": (
        "was answered with 404",
        "the end of the address must be /webhooks/ and the helpdesk's name in the file",
    ),
    "405": (
        "was answered with 405: a redirect in front of Deskladder turned it into a GET",
        "give the webhook the final address, without a redirect",
    ),
    "413": (
        "was too large for what stands in front of Deskladder (413)",
        "let the proxy take 9 MB (nginx: client_max_body_size 9m)",
    ),
    "503": (
        "was answered with 503: the queue is full or the store cannot be written",
        "see deskladder status",
    ),
}
_PROXY = (
    "was answered with an error of whatever stands in front of Deskladder",
    "see whether deskladder serve runs, and the proxy's log",
)


def check(seen: Seen) -> Iterator[Finding]:
    """The newest call decides; failures before it are told."""
    url = seen.needed.webhook_url
    if seen.log is None or url is None:
        return
    calls = [row for row in seen.log if text(row.get("url")).rstrip("/") == url]
    if not calls:
        return
    newest = max(calls, key=lambda row: text(row.get("created_at")))
    status = text(newest.get("status"))
    if not _is_success(newest):
        said, remedy = _MEANINGS.get(status, _PROXY)
        yield error(f"Zammad's last call ({_when(newest)}) {said}", remedy)
        return
    since = _since_it_first_worked(calls)
    failed = [row for row in since if not _is_success(row)]
    if len(failed) * 2 > len(since):
        yield warning(
            f"{len(failed)} of Zammad's last {len(since)} calls failed, though the last one did not",
            "see deskladder status, and the proxy's log",
        )
    else:
        yield fine(f"Zammad's last call ({_when(newest)}) was answered with {status}")


def _since_it_first_worked(calls: Sequence[Record]) -> Sequence[Record]:
    """Without the failures from before we were there."""
    in_order = sorted(calls, key=lambda row: text(row.get("created_at")))
    first = next((at for at, row in enumerate(in_order) if _is_success(row)), len(in_order))
    return in_order[first:]


def _is_success(row: Record) -> bool:
    return text(row.get("status")).startswith("2")


def _when(row: Record) -> str:
    at = instant(row.get("created_at"))
    return f"{at:%Y-%m-%d %H:%M} UTC" if at else "at an unknown time"
