"""Send the customer a canned reply from `replies:`; the only way Deskladder speaks to customers.

The language is the ticket's, else the customer's, else the one the customer writes, else
`defaults.language`; only languages the reply has. `promise_at` is counted from now in the default
calendar (`promise:` here, else `defaults.promise`) and said in the customer's own time; on a level
of a ladder it is the level's own deadline (`resolve_within`, else `ack_within`). A sentence whose
promise would lie in the past is left out.

Nothing is sent when the customer has no address, is a robot or our own address, when the newest
message was automatic, when an agent answered or closed the ticket after the rule decided.

    do:
      - reply: we_escalated
      - reply: {name: we_escalated, promise: 4h}
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from plugin.actions import Occasion, Outcome
from plugin.actions._clock import clock_of
from plugin.actions._fresh import answered_since, noticed_since, reason_gone, skip
from plugin.actions._ladder import deadline_of_level
from plugin.actions._params import Form, Length, Text, check_known
from plugin.conditions import Names
from plugin.domain.automatic import why_automatic
from plugin.domain.duration import Duration
from plugin.domain.errors import Refused
from plugin.domain.plan import Step
from plugin.domain.settings import Config
from plugin.domain.ticket import MessageKind, Role
from plugin.texts.replies import compose_reply

PARAMS = Form(
    {
        "name": Text("the name of a reply"),
        "language": Text("a language code such as nl"),
        "promise": Length(),
    },
    short="name",
    required=("name",),
)
STEP = Step.REPLY


def check(params: Mapping[str, Any], names: Names) -> None:
    """The reply must exist."""
    check_known("name", str(params["name"]), names.replies, "reply")


def perform(params: Mapping[str, Any], occasion: Occasion) -> Outcome:
    """Look once more whether it still makes sense, then send it."""
    if why := _reason_against(occasion):
        return skip(why)
    name, config = str(params["name"]), occasion.config
    texts = config.replies.get(name)
    if not texts:
        raise Refused(f"reply {name!r} is not in the file any more")
    reply = compose_reply(
        texts,
        occasion.ticket,
        config,
        occasion.now,
        language=params.get("language"),
        promise=Duration.parse(str(params["promise"])) if "promise" in params else None,
        rule=occasion.action.rule,
        reason=occasion.action.why,
        clock=clock_of(occasion),
        deadline=None if "promise" in params else deadline_of_level(occasion),
    )
    if not reply.html:
        return skip("nothing is left to say without a promise")
    occasion.helpdesk.add_reply(occasion.ticket, reply.html, occasion.mark)
    promised = _promised(reply.promise_at, occasion.config) if reply.promise_at else ""
    return Outcome(detail=f"reply {name} ({reply.language}){promised}")


def _promised(at: datetime, config: Config) -> str:
    """In the zone of the people who must keep it."""
    calendar = config.calendars.get(config.defaults.calendar or "")
    zone = calendar.timezone if calendar else "UTC"
    return f", promised {at.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M} {zone}"


def _reason_against(occasion: Occasion) -> str | None:
    ticket = occasion.ticket
    return (
        reason_gone(ticket)
        or _reason_against_recipient(occasion)
        or _reason_against_newest(occasion)
        or ("an agent answered meanwhile" if answered_since(occasion) else None)
        or _closed_meanwhile(occasion)
    )


def _reason_against_recipient(occasion: Occasion) -> str | None:
    customer = occasion.ticket.customer
    address = customer.email.strip().lower()
    if "@" not in address:
        return "the customer has no e-mail address"
    if customer.role is Role.SYSTEM or address in _own_addresses(occasion):
        return "the customer is the helpdesk itself"
    why = why_automatic(sender=address, subject="")
    return f"the customer is a robot: {why}" if why else None


def _own_addresses(occasion: Occasion) -> frozenset[str]:
    """Addresses of any helpdesk we serve: two that answer each other would never stop."""
    found: set[str] = set()
    for settings in occasion.config.helpdesks.values():
        found.add(settings.service_user.strip().lower())
        listed = settings.options.get("own_addresses", ())
        found.update(str(one).strip().lower() for one in listed)
    return frozenset(found)


def _reason_against_newest(occasion: Occasion) -> str | None:
    """An out-of-office answers our reply, so it gets none."""
    for message in reversed(occasion.ticket.messages):
        if message.kind is MessageKind.CUSTOMER:
            return (
                f"the newest message is automatic: {message.automatic}"
                if message.automatic
                else None
            )
    return None


def _closed_meanwhile(occasion: Occasion) -> str | None:
    if occasion.ticket.is_closed and noticed_since(occasion, "state"):
        return "the ticket was closed meanwhile"
    seen = occasion.memory.seen
    if not occasion.ticket.is_closed or (seen is not None and seen.state_type.is_closed):
        return None
    return "the ticket was closed meanwhile"
