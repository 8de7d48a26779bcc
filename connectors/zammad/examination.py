"""Everything an examination of a Zammad looks at, read in one go; the checks then judge it.

Webhooks, triggers and the log of calls are shown to administrators only: `admin` is a token for
them. Without it these stay None, which is no fault: the service works with `ticket.agent`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import field, replace
from datetime import datetime
from itertools import islice

from connectors.answers import Answer
from connectors.http import Api
from connectors.probing import Denied, Outcome, Probe, clock_skew
from connectors.shapes import instant, integer, integers, mapping, text
from connectors.zammad import listing, wiring, words
from connectors.zammad.directory import Directory
from connectors.zammad.dossier import Record, by_id
from connectors.zammad.refusals import reason_of
from plugin.domain.dataclass import dataclass
from plugin.domain.errors import DeskladderError
from plugin.domain.examining import Needed
from plugin.domain.settings import HelpdeskSettings, Secret
from plugin.domain.ticket import Agent, State

_PATIENCE = 15.0
_MOST_TICKETS = 500
_MOST_GROUPS = 30


@dataclass(frozen=True, slots=True)
class Access:
    """A group the file names: its record as far as we may see it, and who may own its tickets."""

    record: Record
    owners: Sequence[Agent] = ()
    is_full: bool = True
    rights: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Seen:
    """What was read. `me` is the answer to "who am I"; everything else needs it to be good."""

    settings: HelpdeskSettings
    needed: Needed
    me: Outcome
    work: Outcome | None = None  # a list that needs ticket.agent
    admin: Outcome | None = None  # "who am I" for the administrator's token
    version: str = ""
    groups: Mapping[int, Record] = field(default_factory=dict)
    access: Mapping[str, Access] = field(default_factory=dict)
    agents: Sequence[Agent] = ()
    states: Sequence[State] = ()
    priorities: Sequence[Record] = ()
    webhooks: Sequence[Record] | None = None
    triggers: Sequence[Record] | None = None
    failing: frozenset[int] = frozenset()  # triggers whose condition Zammad cannot run
    log: Sequence[Record] | None = None
    slas: Sequence[Record] | None = None
    tags: frozenset[str] | None = None
    fields: frozenset[str] | None = None
    tickets: Sequence[tuple[int, datetime]] = ()
    skew: float | None = None
    is_six: bool = False
    failed: DeskladderError | None = None  # what broke off the reading

    @property
    def user(self) -> Record:
        """The service user's record; empty when we were not let in."""
        body = self.me.body if isinstance(self.me, Answer) else None
        return mapping(body)

    @property
    def is_service_user(self) -> bool:
        """True when the token belongs to the user the file names."""
        names = {text(self.user.get(key)).casefold() for key in ("login", "email")}
        return self.settings.service_user.strip().casefold() in names

    @property
    def is_let_in(self) -> bool:
        """True when the token opens what daily work needs."""
        return bool(self.user) and isinstance(self.work, Answer)


def api_for(settings: HelpdeskSettings, token: Secret | None = None) -> Api:
    """The API with short patience; what the host says no to comes out as `Denied`."""
    secret = token or settings.token
    return Api(
        replace(settings, read_timeout=min(settings.read_timeout, _PATIENCE)),
        base_path="/api/v1",
        headers={"Authorization": f"Token token={secret.reveal()}"},
        judge=_denied,
    )


def _denied(answer: Answer) -> DeskladderError:
    return Denied(answer, reason_of(answer))


def read(settings: HelpdeskSettings, needed: Needed, admin: Secret | None = None) -> Seen:
    """Read everything; raises nothing."""
    api = api_for(settings)
    high = api_for(settings, admin) if admin else api
    try:
        return _read(settings, needed, Probe(api), Probe(high))
    finally:
        api.close()
        high.close()


def _read(settings: HelpdeskSettings, needed: Needed, probe: Probe, high: Probe) -> Seen:
    me = probe.ask("/users/me")
    seen = Seen(settings, needed, me, skew=clock_skew(me, needed.now))
    if not seen.user:
        return seen
    seen = replace(seen, work=probe.ask("/ticket_states", {"expand": "true", "per_page": 500}))
    if high is not probe:
        seen = replace(seen, admin=high.ask("/users/me"))
    if not seen.is_let_in:
        return seen
    # `service_user` is a check of its own: the lists are read whoever the token belongs to.
    directory = Directory(probe.api, replace(settings, service_user=""))
    seen = _wiring(_lists(seen, directory, probe, high), probe, high)
    return replace(seen, failed=seen.failed or probe.trouble or high.trouble)


def _lists(seen: Seen, directory: Directory, probe: Probe, high: Probe) -> Seen:
    listed = probe.read("/groups", Answer.list, {"per_page": 500})
    records = listed if listed is not None else high.read("/groups", Answer.list, {"per_page": 500})
    groups = by_id(records) if records is not None else _groups_of_a_ticket(probe)
    version = high.read("/version", Answer.object)
    found = replace(
        seen,
        version=text(mapping(version).get("version")),
        groups=groups,
        is_six=listed is not None and not _is_admin(seen),
    )
    try:
        agents, states = directory.agents(None), directory.states()
        access = dict(_access(found, directory))
    except DeskladderError as problem:
        return replace(found, failed=problem)
    return replace(
        found,
        agents=agents,
        states=states,
        priorities=probe.read("/ticket_priorities", Answer.list, {"per_page": 500}) or (),
        access=access,
        tags=_tags(probe, seen.needed.tags),
        fields=_fields(probe, high),
        tickets=_tickets(probe, seen.needed),
    )


def _is_admin(seen: Seen) -> bool:
    """True for a token of an administrator, to whom every version lists the groups."""
    return 1 in integers(seen.user.get("role_ids"))


def _groups_of_a_ticket(probe: Probe) -> Mapping[int, Record]:
    """What any one ticket tells: Zammad 5.x lists its groups to administrators only."""
    tickets = probe.read("/tickets", Answer.list, {"page": 1, "per_page": 1}) or []
    number = integer(tickets[0].get("id")) if tickets else None
    if number is None:
        return {}
    whole = probe.read(f"/tickets/{number}", Answer.object, {"all": "true"})
    return by_id(mapping(mapping(whole).get("assets")).get("Group"))


def _access(seen: Seen, directory: Directory) -> Iterator[tuple[str, Access]]:
    me = integer(seen.user.get("id"))
    direct = mapping(seen.user.get("group_ids"))
    wanted = {name.strip().casefold() for name in seen.needed.groups}
    for number, record in islice(seen.groups.items(), None if wanted else _MOST_GROUPS):
        name = text(record.get("name"))
        if wanted and name.casefold() not in wanted:
            continue
        full = directory.with_full_access(number)
        owners = [agent for agent in directory.agents(number) if agent.person.id in full]
        rights = frozenset(text(right) for right in direct.get(str(number)) or ())
        yield name, Access(record, owners, me in full, rights)


def _tags(probe: Probe, wanted: frozenset[str]) -> frozenset[str] | None:
    """Those of the wanted tags that exist."""
    there: set[str] = set()
    for tag in sorted(wanted):
        found = probe.read("/tag_search", Answer.list, {"term": tag, "limit": 500})
        if found is None:
            return None
        there.update(text(row.get("value")) for row in found)
    return frozenset(there & wanted)


def _fields(probe: Probe, high: Probe) -> frozenset[str] | None:
    """The custom attributes of tickets; any ticket has them all."""
    tickets = probe.read("/tickets", Answer.list, {"page": 1, "per_page": 1})
    if tickets:
        return frozenset(words.custom_fields(tickets[0]))
    listed = high.read("/object_manager_attributes", Answer.list)
    if listed is None:
        return None
    return frozenset(text(row.get("name")) for row in listed if row.get("object") == "Ticket")


def _tickets(probe: Probe, needed: Needed) -> list[tuple[int, datetime]]:
    """The tickets that were created since webhooks must come."""
    if needed.since is None:
        return []
    try:
        rows = islice(listing.since(probe.api, "created_at", needed.since), _MOST_TICKETS)
        pairs = [(integer(row.get("id")), instant(row.get("created_at"))) for row in rows]
    except DeskladderError:
        return []
    return [(number, at) for number, at in pairs if number is not None and at is not None]


def _wiring(seen: Seen, probe: Probe, high: Probe) -> Seen:
    webhooks = high.read("/webhooks", Answer.list, {"per_page": 500})
    triggers = high.read("/triggers", Answer.list, {"per_page": 500})
    if webhooks is None or triggers is None:
        return seen
    ours = {
        integer(row.get("id"))
        for row in wiring.our_webhooks(webhooks, seen.settings, seen.needed.webhook_url)
    }
    return replace(
        seen,
        webhooks=webhooks,
        triggers=triggers,
        failing=frozenset(
            integer(row.get("id")) or 0
            for row in triggers
            if wiring.webhook_of(row) in ours and _fails(row, probe)
        ),
        log=high.read("/http_logs/webhook", Answer.list),
        slas=high.read("/slas", Answer.list) if seen.needed.borrows_deadlines else None,
    )


def _fails(trigger: Record, probe: Probe) -> bool:
    """True when Zammad cannot run the condition. It accepts any, logs the error and tells nobody.

    The same condition as a search meets the same error, and changes nothing. It is tried with the
    service user's token: an administrator who is no agent would find nothing without looking.
    """
    condition = mapping(trigger.get("condition"))
    if wiring.scope(trigger) is not wiring.Scope.UNCLEAR or not wiring.searchable(condition):
        return False
    payload = {"condition": condition, "per_page": 1, "page": 1, "expand": True}
    outcome = probe.ask("/tickets/search", payload=payload)
    if not isinstance(outcome, Denied) or not outcome.answer.is_json:
        return False
    return outcome.status in {422, 500}


_NUMBER = re.compile(r"(\d+)\.(\d+)")


def version_pair(version: str) -> tuple[int, int] | None:
    """`5.5.x` → (5, 5)."""
    found = _NUMBER.match(version)
    return (int(found[1]), int(found[2])) if found else None
