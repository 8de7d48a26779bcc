"""Installing on a FreeScout: a webhook, and what a person has to see to.

FreeScout neither lists webhooks nor minds two alike, so the number it gave ours is kept here. What
another installation registered can only be seen and removed in its user interface.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import datetime
from functools import partial
from http import HTTPStatus

from connectors.answers import Answer
from connectors.freescout import listing, words
from connectors.freescout.directory import Directory
from connectors.freescout.examination import api_for
from connectors.freescout.refusals import judge
from connectors.shapes import integer, text
from plugin.domain.errors import DeskladderError, Refused
from plugin.domain.helpdesk import Ability
from plugin.domain.installing import (
    Keepsakes,
    Step,
    Touch,
    Verb,
    Wanted,
    address_number,
    names_missing,
)
from plugin.domain.settings import HelpdeskSettings

EVENTS = (
    "convo.created",
    "convo.customer.reply.created",
    "convo.agent.reply.created",
    "convo.note.created",
    "convo.status",
    "convo.assigned",
    "convo.moved",
    "convo.deleted",
    "convo.restored",
    "convo.deleted_forever",
)
"""Everything about conversations. Old modules drop the last two, which therefore stand last."""

_LONGEST_URL = 255
_NOTE = (
    "<p>Deskladder: this note tries the way from FreeScout to Deskladder. Nothing to do, and the "
    "customer does not see it.</p>"
)


class FreeScoutInstaller:
    """Implements `plugin.domain.installing.Installer`."""

    def __init__(self, settings: HelpdeskSettings, keepsakes: Keepsakes) -> None:
        self._settings = settings
        self._kept = keepsakes
        self._api = api_for(settings)
        self._api.judge = _judge
        self._directory = Directory(self._api, settings)

    def plan(self, wanted: Wanted) -> Sequence[Step]:
        """The webhook, and what is left for a person."""
        self._directory.me()  # refused when there is no such user
        if len(wanted.webhook_url) > _LONGEST_URL:
            raise Refused(f"FreeScout takes addresses of at most {_LONGEST_URL} characters")
        return [*self._webhook(wanted.webhook_url), *self._by_hand(wanted)]

    def removal(self) -> Sequence[Step]:
        """The webhook, if its number is known."""
        number = self._kept.recall(self._key("webhook"))
        if number is None:
            where = "Manage » Settings » API & Webhooks: its number is not known here"
            return [Step(Verb.BY_HAND, "webhook", where)]
        return [
            Step(Verb.REMOVE, f"webhook {number}", "", partial(self._remove, number)),
            Step(Verb.BY_HAND, "the service user", "Manage » Users"),
        ]

    def touchable(self, ticket_id: int | None) -> str:
        """Nothing invisible sends a webhook, so a conversation must be named."""
        return f"write an internal note into conversation {ticket_id}" if ticket_id else ""

    def touch(self, ticket_id: int | None, now: datetime) -> Touch:
        """Write a note without mails to agents; its event does not go through the stale worker."""
        if ticket_id is None:
            raise Refused("name a conversation: --ticket N")
        path = f"/conversations/{ticket_id}"
        conversation = self._api.get(path, {"embed": "threads"}).object()
        note = {
            "type": "note",
            "text": words.with_mark(_NOTE, f"tried/{int(now.timestamp())}"),
            "user": self._directory.my_id(),
            "imported": True,
            "cc": words.cc(conversation),
        }
        self._api.call("POST", f"{path}/threads", payload=note)
        return Touch(ticket_id, f"wrote an internal note into conversation {ticket_id}")

    def whereabouts(self, since: datetime, webhook_url: str) -> Sequence[str]:
        """FreeScout tells nothing about its calls through the API."""
        del since, webhook_url
        where = (
            "what FreeScout says about the last call stands at Manage » Settings » API & Webhooks; its "
            "queue worker must run: Manage » System » Status"
        )
        return (where,)

    def close(self) -> None:
        """Give back connections."""
        self._api.close()

    # Steps ------------------------------------------------------------------------------------

    def _webhook(self, url: str) -> Iterator[Step]:
        number, address = self._kept.recall(self._key("webhook")), address_number(url)
        if number is not None and self._kept.recall(self._key("address")) == address:
            yield Step(Verb.KEEP, f"webhook {number}", f"calls {url}, as far as is known")
            return
        if number is not None:
            what = f"webhook {number}, which called another address"
            yield Step(Verb.REMOVE, what, "", partial(self._remove, number))
        events = f"calls {url} on every event of conversations"
        yield Step(Verb.CREATE, "webhook", events, partial(self._register, url))

    def _register(self, url: str) -> None:
        payload = {"url": url, "events": list(EVENTS)}
        answer = self._api.call("POST", "/webhooks", payload=payload)
        number = integer(answer.object().get("id")) or integer(answer.headers.get("resource-id"))
        if number is None:
            raise Refused("FreeScout gave the new webhook no number: see Manage » API & Webhooks")
        self._kept.keep(self._key("webhook"), number)
        self._kept.keep(self._key("address"), address_number(url))
        self._kept.keep(self._key("removed"), None)

    def _remove(self, number: int) -> None:
        """One that an administrator has removed already is as good."""
        with suppress(_Gone):
            self._api.call("DELETE", f"/webhooks/{number}")
        self._kept.keep(self._key("webhook"), None)
        self._kept.keep(self._key("address"), None)
        self._kept.keep(self._key("removed"), 1)

    def _key(self, what: str) -> str:
        return f"install/{self._settings.name}/{what}"

    def _by_hand(self, wanted: Wanted) -> Iterator[Step]:
        mailboxes = listing.everything(self._api, "/mailboxes", "mailboxes")
        there = {text(row.get("name")).casefold(): row for row in mailboxes}
        for name in names_missing(wanted.groups, [text(row.get("name")) for row in mailboxes]):
            where = "does not exist: Manage » Mailboxes » New Mailbox"
            yield Step(Verb.BY_HAND, f"mailbox {name!r}", where)
        me = self._directory.my_id()
        for name in wanted.groups:
            row = there.get(name.strip().casefold())
            if row and not self._directory.may_open(me, integer(row.get("id")) or 0):
                where = f"Manage » Mailboxes » {name} » Permissions: {self._settings.service_user}"
                yield Step(Verb.BY_HAND, f"access to the mailbox {name!r}", where)
        missing = self._directory.missing()
        if wanted.tags and Ability.TAG in missing:
            where = "Manage » Modules » Tags: without it no tag can be set"
            yield Step(Verb.BY_HAND, "activate the module Tags", where)
        if wanted.needs_fields and Ability.FIELD in missing:
            where = "Manage » Modules » Custom Fields"
            yield Step(Verb.BY_HAND, "activate the module Custom Fields", where)
        if self._kept.recall(self._key("webhook")) is None:
            restart = (
                "php artisan queue:restart in FreeScout's folder: until then (an hour at most) agents' "
                "replies come only by the look every few minutes"
            )
            yield Step(Verb.BY_HAND, "restart FreeScout's worker", restart)


class _Gone(Refused):
    """There is no such webhook."""


def _judge(answer: Answer) -> DeskladderError:
    missing = answer.status == HTTPStatus.NOT_FOUND and answer.is_json
    if missing and answer.call.path.startswith("/webhooks/"):
        return _Gone("there is no such webhook any more")
    return judge(answer)
