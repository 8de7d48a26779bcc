"""Installing on a Zammad: compare what is there with what should be, and make up the difference.

Webhooks, triggers, tags and macros need an administrator's token; the notifications are those of the
service user, whose own token may change them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any

from connectors.shapes import instant, integer, mapping, text
from connectors.zammad import wiring
from connectors.zammad.dossier import Record
from connectors.zammad.examination import version_pair
from connectors.zammad.installing import Desk, Found
from plugin.domain.errors import Refused
from plugin.domain.installing import Step, Touch, Verb, Wanted, names_missing
from plugin.domain.settings import HelpdeskSettings, Secret

_OLD = (5, 4)


class ZammadInstaller:
    """Implements `plugin.domain.installing.Installer`."""

    def __init__(self, settings: HelpdeskSettings, admin: Secret | None = None) -> None:
        self._settings = settings
        self._desk = Desk(settings, admin)

    def plan(self, wanted: Wanted) -> Sequence[Step]:
        """Webhook, trigger, notifications, tags, buttons, and what is left for a person."""
        found = self._desk.read()
        webhook = self._webhook(found, wanted)
        steps = [
            *webhook,
            *self._trigger(found, wanted),
            *self._notifications(found),
            *self._tags(wanted),
            *self._buttons(wanted.buttons),
        ]
        return [*steps, *self._by_hand(found, wanted)]

    def removal(self) -> Sequence[Step]:
        """Trigger first: Zammad keeps a webhook that a trigger uses."""
        found = self._desk.read()
        hook_name, trigger_name = wiring.names(self._settings.name)
        triggers = [
            row for row in found.triggers if wiring.is_ours(row) and _named(row, trigger_name)
        ]
        webhooks = [row for row in found.webhooks if wiring.is_ours(row) and _named(row, hook_name)]
        macros = [row for row in self._desk.macros() if wiring.is_ours(row)]
        steps = [
            *(self._remove("trigger", "triggers", row) for row in triggers),
            *(self._remove("webhook", "webhooks", row) for row in webhooks),
            *(self._remove("button", "macros", row) for row in macros),
        ]
        kept = "tags stay: removing one takes it from every ticket (Manage » Tags)"
        return [*steps, Step(Verb.BY_HAND, "tags and the service user", kept)]

    def touchable(self, ticket_id: int | None) -> str:
        """Zammad keeps preferences with a ticket, which nobody sees and which every trigger does."""
        which = f"ticket {ticket_id}" if ticket_id else "the newest ticket"
        return f"write an invisible mark into the preferences of {which}"

    def touch(self, ticket_id: int | None, now: datetime) -> Touch:
        """Write the mark; a tag would not do: it sends no webhook."""
        number = ticket_id or self._desk.newest_ticket()
        if number is None:
            raise Refused(
                "there is no ticket the service user may see: write a mail to the helpdesk, then "
                "run this again"
            )
        mark = {"deskladder": {"tried_at": now.isoformat(timespec="seconds")}}
        self._desk.work.call("PUT", f"/tickets/{number}", payload={"preferences": mark})
        return Touch(number, f"wrote an invisible mark into ticket {number}")

    def whereabouts(self, since: datetime, webhook_url: str) -> Sequence[str]:
        """Zammad's own log of calls to our address."""
        try:
            log = self._desk.admin.get("/http_logs/webhook").list()
        except Refused:
            return ()
        calls = [row for row in log if text(row.get("url")).rstrip("/") == webhook_url]
        recent = [row for row in calls if (at := instant(row.get("created_at"))) and at >= since]
        if not recent:
            nothing = (
                "Zammad's log has no call to this address since then: its background worker does not "
                "run or is busy, or the trigger did not fire"
            )
            return (nothing,)
        return [_told(row) for row in sorted(recent, key=lambda row: text(row.get("created_at")))]

    def close(self) -> None:
        """Give back connections."""
        self._desk.close()

    # Steps ------------------------------------------------------------------------------------

    def _webhook(self, found: Found, wanted: Wanted) -> Iterator[Step]:
        should = wiring.webhook(self._settings, wanted.webhook_url)
        thing = f"webhook {should['name']!r}"
        ours = wiring.our_webhooks(found.webhooks, self._settings, wanted.webhook_url)
        if not ours:
            perform = partial(self._desk.create, "webhooks", should)
            yield Step(Verb.CREATE, thing, f"calls {wanted.webhook_url}, signed", perform)
            return
        first, *others = ours
        differs = _differences(first, should)
        if differs:
            perform = partial(self._desk.update, "webhooks", first, should)
            yield Step(Verb.CHANGE, thing, f"was different: {', '.join(differs)}", perform)
        else:
            yield Step(Verb.KEEP, thing, f"calls {wanted.webhook_url}")
        for row in others:
            yield self._another(row, wanted.webhook_url)

    def _another(self, row: Record, url: str) -> Step:
        name = f"webhook {text(row.get('name'))!r}"
        if wiring.is_ours(row) and text(row.get("endpoint")) == url:
            return self._remove("second webhook", "webhooks", row)
        return Step(
            Verb.BY_HAND,
            name,
            f"calls {text(row.get('endpoint'))}, too, and was not made here: see Manage » Webhook",
        )

    def _trigger(self, found: Found, wanted: Wanted) -> Iterator[Step]:
        name = wiring.names(self._settings.name)[1]
        thing = f"trigger {name!r}"
        row = next((row for row in found.triggers if _named(row, name)), None)
        if row is None:
            perform = partial(self._connect, wanted, None)
            yield Step(Verb.CREATE, thing, "calls the webhook on every change", perform)
            return
        ours = wiring.our_webhooks(found.webhooks, self._settings, wanted.webhook_url)
        hook = integer(ours[0].get("id")) if ours else None
        differs = _differences(row, wiring.trigger(self._settings, hook or 0))
        if differs:
            perform = partial(self._connect, wanted, row)
            yield Step(Verb.CHANGE, thing, f"was different: {', '.join(differs)}", perform)
        else:
            yield Step(Verb.KEEP, thing, "calls the webhook on every change")

    def _connect(self, wanted: Wanted, row: Record | None) -> None:
        """Point the trigger at the webhook, whose number is known only now."""
        rows = self._desk.read().webhooks
        ours = wiring.our_webhooks(rows, self._settings, wanted.webhook_url)
        hook = integer(ours[0].get("id")) if ours else None
        if hook is None:
            raise Refused("the webhook is not there any more: run this again")
        should = wiring.trigger(self._settings, hook)
        if row is None:
            self._desk.create("triggers", should)
        else:
            self._desk.update("triggers", row, should)

    def _notifications(self, found: Found) -> Iterator[Step]:
        thing = "notification mails to the service user"
        if wiring.is_mailed(found.me):
            yield Step(Verb.CHANGE, thing, "switch them off", self._desk.silence)
        else:
            yield Step(Verb.KEEP, thing, "are off")

    def _tags(self, wanted: Wanted) -> Iterator[Step]:
        if not wanted.tags:
            return
        there = self._desk.tags()
        if there is None:
            listed = ", ".join(wanted.tags)
            yield Step(Verb.BY_HAND, "tags", f"Manage » Tags: see that these exist: {listed}")
            return
        for tag in wanted.tags:
            if tag in there:
                yield Step(Verb.KEEP, f"tag {tag!r}")
            else:
                yield Step(Verb.CREATE, f"tag {tag!r}", "", partial(self._desk.add_tag, tag))

    def _buttons(self, buttons: Mapping[str, str]) -> Iterator[Step]:
        listed = self._desk.macros() if buttons else ()
        there = {text(row.get("name")): row for row in listed}
        for title, command in buttons.items():
            should = wiring.macro(title, command)
            thing = f"button {should['name']!r}"
            row = there.get(should["name"])
            if row is None:
                perform = partial(self._desk.create, "macros", should)
                yield Step(Verb.CREATE, thing, f"writes {command!r} into an internal note", perform)
            elif differs := _differences(row, should):
                perform = partial(self._desk.update, "macros", row, should)
                yield Step(Verb.CHANGE, thing, f"was different: {', '.join(differs)}", perform)
            else:
                yield Step(Verb.KEEP, thing)

    def _remove(self, word: str, table: str, row: Record) -> Step:
        thing = f"{word} {text(row.get('name'))!r}"
        return Step(Verb.REMOVE, thing, "", partial(self._desk.delete, table, row))

    def _by_hand(self, found: Found, wanted: Wanted) -> Iterator[Step]:
        user = self._settings.service_user
        groups = {text(row.get("name")).casefold(): row for row in found.groups}
        missing = names_missing(wanted.groups, [text(row.get("name")) for row in found.groups])
        for name in missing if found.groups else ():
            yield Step(
                Verb.BY_HAND, f"group {name!r}", "does not exist: Manage » Groups » New group"
            )
        for name in wanted.groups:
            row = groups.get(name.strip().casefold())
            if row is None:
                continue
            if not self._desk.has_full_access(row):
                where = f"Manage » Users » {user}: full access"
                yield Step(Verb.BY_HAND, f"access to the group {name!r}", where)
            if wanted.sends_replies and integer(row.get("email_address_id")) is None:
                where = f"Manage » Groups » {name}: choose an e-mail address, or no reply can leave"
                yield Step(Verb.BY_HAND, f"address of the group {name!r}", where)
        pair = version_pair(found.version)
        if pair and pair < _OLD:
            why = (
                f"{found.version} calls us only for new tickets and messages; the rest is found every "
                "few minutes. 5.4 or newer tells everything at once"
            )
            yield Step(Verb.BY_HAND, "update Zammad", why)


def _named(row: Record, name: str) -> bool:
    return text(row.get("name")).casefold() == name.casefold()


def _differences(row: Record, should: Mapping[str, Any]) -> list[str]:
    """The columns that are not as they should be; those this version has not are no difference."""
    found = []
    for column, value in should.items():
        if column not in row or row[column] == value:
            continue
        if column == "signature_token" and wiring.is_masked(text(row[column])):
            found.append("its token cannot be seen")
        elif column == "perform" and _same_webhook(row, value):
            continue
        else:
            found.append(column.replace("_", " "))
    return found


def _same_webhook(row: Record, perform: Mapping[str, Any]) -> bool:
    """Zammad's own pages write the number as text."""
    hook = mapping(perform.get("notification.webhook"))
    return (
        "notification.webhook" in perform
        and set(mapping(row.get("perform"))) == {"notification.webhook"}
        and wiring.webhook_of(row) == integer(hook.get("webhook_id"))
    )


def _told(row: Record) -> str:
    at, status = instant(row.get("created_at")), text(row.get("status"))
    clock = f"{at:%H:%M:%S} UTC" if at else "some time"
    said = "got no answer" if status == "0" else f"was answered with {status}"
    return f"Zammad's log: its call at {clock} {said}"
