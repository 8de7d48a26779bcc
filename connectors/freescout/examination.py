"""Everything an examination of a FreeScout looks at, read in one go; the checks then judge it.

Webhooks cannot be read there at all: whether calls come is seen from what arrives here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import field, replace
from datetime import datetime
from itertools import islice

from connectors.answers import Answer
from connectors.freescout import listing
from connectors.freescout.directory import Directory
from connectors.freescout.people import Record, is_deleted
from connectors.freescout.refusals import reason_of
from connectors.http import Api
from connectors.probing import Denied, Outcome, Probe, clock_skew
from connectors.shapes import integer, mapping, rows, text
from plugin.domain.dataclass import dataclass
from plugin.domain.errors import DeskladderError
from plugin.domain.examining import Needed
from plugin.domain.settings import HelpdeskSettings
from plugin.domain.ticket import Agent

_PATIENCE = 15.0
_MOST_CONVERSATIONS = 200


@dataclass(frozen=True, slots=True)
class Seen:
    """What was read. `mailboxes` of the answer `door` need the key; everything else needs them."""

    settings: HelpdeskSettings
    needed: Needed
    door: Outcome
    users: Sequence[Record] = ()
    mailboxes: Sequence[Record] = ()
    open_to_us: frozenset[int] = frozenset()
    agents: Sequence[Agent] = ()
    owners: Mapping[str, frozenset[int]] = field(default_factory=dict)
    has_tags: bool = False
    has_fields: bool = False
    fields: frozenset[str] | None = None
    conversations: Sequence[Record] = ()
    skew: float | None = None
    failed: DeskladderError | None = None  # what broke off the reading

    @property
    def is_let_in(self) -> bool:
        """True when the key was accepted by the official module."""
        if not isinstance(self.door, Answer):
            return False
        embedded = mapping(mapping(self.door.body).get("_embedded"))
        return isinstance(embedded.get("mailboxes"), list)

    @property
    def user(self) -> Record | None:
        """The service user; None when there is no such user."""
        wanted = self.settings.service_user.strip().casefold()
        for row in self.users:
            if text(row.get("email")).casefold() == wanted and not is_deleted(row):
                return row
        return None


def api_for(settings: HelpdeskSettings) -> Api:
    """The API with short patience; what the host says no to comes out as `Denied`."""
    return Api(
        replace(settings, read_timeout=min(settings.read_timeout, _PATIENCE)),
        base_path="/api",
        headers={"X-FreeScout-API-Key": settings.token.reveal()},
        judge=_denied,
    )


def _denied(answer: Answer) -> DeskladderError:
    return Denied(answer, reason_of(answer))


def read(settings: HelpdeskSettings, needed: Needed) -> Seen:
    """Read everything; raises nothing."""
    api = api_for(settings)
    try:
        door = Probe(api).ask("/mailboxes", {"pageSize": 1})
        seen = Seen(settings, needed, door, skew=clock_skew(door, needed.now))
        return _read(seen, api) if seen.is_let_in else seen
    finally:
        api.close()


def _read(seen: Seen, api: Api) -> Seen:
    try:
        seen = replace(
            seen,
            users=listing.everything(api, "/users", "users"),
            mailboxes=listing.everything(api, "/mailboxes", "mailboxes"),
            conversations=list(_conversations(api, seen.needed.since)),
        )
        probe = Probe(api)
        seen = _people(_modules(seen, probe), api)
        return replace(seen, failed=probe.trouble)
    except DeskladderError as problem:
        return replace(seen, failed=problem)


def _conversations(api: Api, since: datetime | None) -> Iterator[Record]:
    if since is None:
        return iter(())
    found = listing.since(api, "createdAt", since, {"embed": "threads"})
    return islice(found, _MOST_CONVERSATIONS)


def _modules(seen: Seen, probe: Probe) -> Seen:
    names: set[str] = set()
    has_fields = False
    for mailbox in seen.mailboxes:
        outcome = probe.ask(f"/mailboxes/{integer(mailbox.get('id'))}/custom_fields")
        if not isinstance(outcome, Answer):
            break
        has_fields = True
        listed = rows(mapping(mapping(outcome.body).get("_embedded")).get("custom_fields"))
        names.update(text(row.get("name")) for row in listed)
    return replace(
        seen,
        has_tags=isinstance(probe.ask("/tags", {"pageSize": 1}), Answer),
        has_fields=has_fields,
        fields=frozenset(names) if has_fields else None,
    )


def _people(seen: Seen, api: Api) -> Seen:
    """Who may own what; needs our own user, who is left out of it."""
    user = seen.user
    if user is None:
        return seen
    directory = Directory(api, seen.settings)
    me = integer(user.get("id")) or 0
    wanted = {name.strip().casefold() for name in seen.needed.groups}
    owners = {}
    for mailbox in seen.mailboxes:
        name, number = text(mailbox.get("name")), integer(mailbox.get("id")) or 0
        if name.casefold() in wanted:
            ids = (agent.person.id for agent in directory.agents(number))
            owners[name] = frozenset(found for found in ids if found is not None)
    numbers = [integer(mailbox.get("id")) or 0 for mailbox in seen.mailboxes]
    return replace(
        seen,
        agents=directory.agents(None),
        owners=owners,
        open_to_us=frozenset(number for number in numbers if directory.may_open(me, number)),
    )
