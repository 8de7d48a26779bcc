"""A FreeScout examined: read once, then judged by every file of `checks`."""

from __future__ import annotations

from collections.abc import Iterator

from connectors.checking import run_checks
from connectors.freescout import checks, words
from connectors.freescout.examination import Seen, read
from connectors.freescout.people import Record
from connectors.shapes import instant, integer, mapping, rows, text
from plugin.domain.examining import Examined, Expected, Inventory, Needed
from plugin.domain.settings import HelpdeskSettings

_OF_THE_WORKER = frozenset({"convo.agent.reply.created", "convo.created"})
_RESTART = (
    "FreeScout's worker still has its old list of webhooks: php artisan queue:restart in FreeScout's folder, "
    "or wait for its hourly restart"
)


def examine(settings: HelpdeskSettings, needed: Needed) -> Examined:
    """Ask this FreeScout everything; raises nothing."""
    return judged(read(settings, needed))


def judged(seen: Seen) -> Examined:
    """What was read, in our words. Pure."""
    return Examined(
        findings=run_checks(checks, seen, seen.settings.name),
        inventory=_inventory(seen) if seen.user and seen.failed is None else None,
        expected=list(_expected(seen)),
        clock_skew=seen.skew,
    )


def _inventory(seen: Seen) -> Inventory:
    return Inventory(
        groups=sorted(text(row.get("name")) for row in seen.mailboxes),
        agents=seen.agents,
        states=words.STATES,
        owners=seen.owners,
        fields=seen.fields,
    )


def _expected(seen: Seen) -> Iterator[Expected]:
    """Conversations of customers tell at once; what agents write goes through the worker."""
    me = integer(seen.user.get("id")) if seen.user else None
    tried = (
        f"run deskladder install {seen.settings.name} --ticket N, which tries the whole way; FreeScout's side "
        "is at Manage » API & Webhooks and Manage » System » Status"
    )
    for row in seen.conversations:
        number, at = integer(row.get("id")), instant(row.get("createdAt"))
        if number is None or at is None:
            continue
        if text(mapping(row.get("source")).get("via")) == "customer":
            yield Expected(number, at, "new conversations", tried)
        for thread in _replies(row, me):
            if written_at := instant(thread.get("createdAt")):
                yield Expected(number, written_at, "agents' replies", _RESTART, _OF_THE_WORKER)


def _replies(conversation: Record, me: int | None) -> Iterator[Record]:
    for thread in rows(mapping(conversation.get("_embedded")).get("threads")):
        author = mapping(thread.get("createdBy"))
        if text(thread.get("type")) == "message" and integer(author.get("id")) != me:
            yield thread
