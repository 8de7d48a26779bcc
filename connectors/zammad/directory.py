"""Who and what there is in a Zammad: ourselves, states, priorities, groups, agents; each asked rarely."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from threading import Lock

from connectors.http import Api
from connectors.naming import find_named, pick
from connectors.remembered import Remembered
from connectors.shapes import integer, mapping, text
from connectors.zammad import people, priorities, words
from connectors.zammad.dossier import Dossier, Record, by_id
from plugin.domain.errors import Refused
from plugin.domain.settings import HelpdeskSettings
from plugin.domain.ticket import Agent, Group, Priority, State, StateType

_MINUTE = 60.0
_PAGE = 200
_MOST_PAGES = 50


class Directory:
    """The lists of one installation, remembered for minutes; shared by all threads."""

    def __init__(self, api: Api, settings: HelpdeskSettings) -> None:
        self._api = api
        self._settings = settings
        self._me = Remembered(self._load_me, 10 * _MINUTE)
        self._states = Remembered(self._load_states, 10 * _MINUTE)
        self._priorities = Remembered(self._load_priorities, 10 * _MINUTE)
        self._groups = Remembered(self._load_groups, 10 * _MINUTE)
        self._agents: dict[int | None, Remembered[Sequence[Agent]]] = {}
        self._learned: dict[int, str] = {}
        self._lock = Lock()

    def forget(self) -> None:
        """Ask everything anew."""
        for remembered in (self._me, self._states, self._priorities, self._groups):
            remembered.forget()
        with self._lock:
            self._agents.clear()

    def me(self) -> Record:
        """The user the token belongs to; raises `Refused` when it is not `service_user`."""
        return self._me.get()

    def book(self, *, state_id: int | None = None, priority_id: int | None = None) -> words.Book:
        """What ids mean; an id nobody has seen makes the list be asked for again."""
        states, records = self._states.get(), self._priorities.get()
        if state_id is not None and state_id not in states:
            states = self._states.reload()
        if priority_id is not None and priority_id not in by_id(records):
            records = self._priorities.reload()
        return words.Book(
            states={number: words.state(row) for number, row in states.items()},
            priorities=priorities.meanings(records, self._settings.options),
            me=integer(self.me().get("id")) or 0,
        )

    def states(self) -> list[State]:
        """The states in use."""
        rows = self._states.get().values()
        return [words.state(row) for row in rows if row.get("active") is not False]

    def state_id(self, name: str) -> tuple[int, State]:
        """The id and meaning of a state; raises `Refused` for an unknown name."""
        active = [row for row in self._states.get().values() if row.get("active") is not False]
        row = pick("state", name, active, lambda row: text(row.get("name")))
        return integer(row.get("id")) or 0, words.state(row)

    def open_state_ids(self) -> list[int]:
        """The states in which somebody still has to do something."""
        rows = self._states.get().items()
        return [number for number, row in rows if not words.state(row).type.is_closed]

    def state_ids(self, types: Collection[StateType]) -> list[int]:
        """The states of these types."""
        rows = self._states.get().items()
        return [number for number, row in rows if words.state(row).type in types]

    def priority_id(self, priority: Priority) -> tuple[int, Priority]:
        """The id for one of our words, and what that id means (see `priorities.host_id`)."""
        records = self._priorities.get()
        meant = priorities.meanings(records, self._settings.options)
        number = priorities.host_id(priority, meant, records)
        if number is None:
            raise Refused("Zammad has no active priority")
        return number, meant[number]

    def groups(self) -> list[Group]:
        """The groups, by name. Zammad 5.x lists them to administrators only: then as learned."""
        found = dict(self._groups.get())
        with self._lock:
            for number, name in self._learned.items():
                found.setdefault(number, name)
        return sorted((Group(n, name) for n, name in found.items()), key=lambda group: group.name)

    def group(self, name: str) -> Group:
        """The group of that name; raises `Refused` with the known names."""
        with self._lock:
            learned = [Group(number, known) for number, known in self._learned.items()]
        found = find_named(name, learned, lambda group: group.name)
        found = found or find_named(name, self.groups(), lambda group: group.name)
        if found is None:
            self._groups.reload()
            found = pick("group", name, self.groups(), lambda group: group.name)
        return found

    def learn(self, dossier: Dossier) -> None:
        """Keep the group names a ticket brought along."""
        seen = {
            number: text(row.get("name"))
            for number, row in dossier.groups.items()
            if row.get("active") is not False and row.get("name")
        }
        group_id, name = integer(dossier.ticket.get("group_id")), dossier.ticket.get("group")
        if group_id and isinstance(name, str) and name:
            seen.setdefault(group_id, name)
        with self._lock:
            self._learned.update(seen)

    def agents(self, group_id: int | None) -> Sequence[Agent]:
        """The people who may own tickets (of this group), without ourselves."""
        with self._lock:
            remembered = self._agents.setdefault(
                group_id, Remembered(lambda: self._load_agents(group_id), _MINUTE)
            )
        return remembered.get()

    def with_full_access(self, group_id: int) -> Mapping[int, Record]:
        """Everybody with full access to a group, ourselves included; asked anew each time."""
        return dict(self._search_agents(group_id))

    def _load_me(self) -> Record:
        me = self._api.get("/users/me").object()
        wanted = self._settings.service_user.strip().casefold()
        names = {text(me.get("login")).casefold(), text(me.get("email")).casefold()}
        if wanted and wanted not in names:
            raise Refused(
                f"the token belongs to the user {text(me.get('login'))!r}, but service_user says "
                f"{self._settings.service_user!r}: use a token of that user, or correct the name"
            )
        if integer(me.get("id")) is None:
            raise Refused("GET /users/me gave no id; check that url is Zammad's own address")
        return me

    def _load_states(self) -> Mapping[int, Record]:
        return by_id(self._api.get("/ticket_states", {"expand": "true", "per_page": 500}).list())

    def _load_priorities(self) -> list[Record]:
        return self._api.get("/ticket_priorities", {"per_page": 500}).list()

    def _load_groups(self) -> Mapping[int, str]:
        try:
            listed = self._api.get("/groups", {"per_page": 500}).list()
        except Refused:
            return self._groups_of_any_ticket()
        return _names(by_id(listed))

    def _groups_of_any_ticket(self) -> Mapping[int, str]:
        """Reading any one ticket with its assets names every group there is."""
        tickets = self._api.get("/tickets", {"page": 1, "per_page": 1, "expand": "true"}).list()
        if not tickets:
            return {}
        number = integer(tickets[0].get("id")) or 0
        answer = self._api.get(f"/tickets/{number}", {"all": "true"}).object()
        named = _names(by_id(mapping(answer.get("assets")).get("Group")))
        group_id = integer(tickets[0].get("group_id"))
        if group_id and group_id not in named:
            named[group_id] = text(tickets[0].get("group"))
        return named

    def _load_agents(self, group_id: int | None) -> Sequence[Agent]:
        me = integer(self.me().get("id"))
        found = {number: row for number, row in self._search_agents(group_id) if number != me}
        return [people.agent(found[number]) for number in sorted(found)]

    def _search_agents(self, group_id: int | None) -> Iterable[tuple[int, Record]]:
        """Zammad takes people with full access for owners, and nobody else."""
        params: dict[str, object] = {
            "query": "*",
            "permissions": "ticket.agent",
            "per_page": _PAGE,
            "limit": _PAGE,
        }
        if group_id is not None:
            params[f"group_ids[{group_id}]"] = "full"
        seen: set[int] = set()
        for page in range(1, _MOST_PAGES):
            rows = by_id(self._api.get("/users/search", {**params, "page": page}).list())
            new = {number: row for number, row in rows.items() if number not in seen}
            yield from new.items()
            seen |= set(new)
            if not new or len(rows) < _PAGE // 4:
                return


def _names(records: Mapping[int, Record]) -> dict[int, str]:
    return {
        number: text(row.get("name"))
        for number, row in records.items()
        if row.get("active") is not False and row.get("name")
    }
