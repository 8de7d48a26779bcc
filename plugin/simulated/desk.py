"""What both simulated helpdesks have in common: start, stop, people who act, things to look at.

People are named by e-mail address, groups by name, tickets by the API's id.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime
from typing import Self

from plugin import clock as real_clock
from plugin.simulated.faults import Faults, Mishaps
from plugin.simulated.mails import Mail, Said
from plugin.simulated.sending import Outgoing, Sender
from plugin.simulated.server import Answer, Clock, Hook, HttpServer, LoggedRequest, Request


class SimulatedDesk(ABC):
    """A helpdesk in memory behind a real HTTP server.

    `clock` may be replaced at any time: stories move it by hand. `token` opens the API for
    `service_user`, `webhook_secret` signs what it sends.
    """

    type: str
    token: str
    webhook_secret: str
    service_user: str

    def __init__(self, clock: Clock | None, sender: Sender) -> None:
        self.clock: Clock = clock or real_clock.now
        self.sender = sender
        self.server = HttpServer(self._answer, self.now)

    def now(self) -> datetime:
        """The present instant by the clock in place."""
        return self.clock()

    # running ---------------------------------------------------------------------------------

    def start(self, host: str = "127.0.0.1", port: int = 0) -> str:
        """Listen; returns the base URL, which is also the agent page."""
        url = self.server.start(host, port)
        self.sender.start()
        return url

    def stop(self) -> None:
        """Give back the port and the threads; what it holds stays readable."""
        self.server.stop()
        self.sender.stop()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *error: object) -> None:
        self.stop()

    @property
    def url(self) -> str:
        """The base URL; empty before `start`."""
        return self.server.url

    @property
    def faults(self) -> Faults:
        """What goes wrong with API calls."""
        return self.server.faults

    @property
    def mishaps(self) -> Mishaps:
        """What goes wrong with webhook deliveries."""
        return self.sender.mishaps

    @property
    def requests(self) -> list[LoggedRequest]:
        """Every call that came in, oldest first."""
        return self.server.requests

    @property
    def deliveries(self) -> list[Outgoing]:
        """Every webhook delivery with its attempts, oldest first."""
        return self.sender.log

    def on_request(self, hook: Hook) -> None:
        """See `HttpServer.on_request`."""
        self.server.on_request(hook)

    def settle(self, timeout: float = 10.0) -> bool:
        """Wait until all webhooks are delivered or given up; False when time ran out."""
        return self.sender.settle(timeout)

    def _answer(self, request: Request) -> Answer:
        from plugin.simulated import pages

        if request.path.startswith("/api"):
            return self._api(request)
        return pages.respond(self, request)

    @abstractmethod
    def _api(self, request: Request) -> Answer: ...

    @contextmanager
    def _locked(self) -> Iterator[None]:
        with self.server.lock:
            yield

    # seeding ---------------------------------------------------------------------------------

    @abstractmethod
    def add_group(self, name: str, *, email: str | None = None) -> int:
        """Add a group with its address; "" for a group without one."""

    @abstractmethod
    def add_agent(
        self,
        name: str,
        email: str,
        groups: Mapping[str, str],
        *,
        admin: bool = False,
        active: bool = True,
    ) -> int:
        """Add an agent; `groups` maps a group to `full`, `read`, `change`, `create` or `none`."""

    @abstractmethod
    def add_customer(
        self,
        name: str,
        email: str,
        *,
        vip: bool = False,
        organization: str | None = None,
        language: str | None = None,
    ) -> int:
        """Add a customer; whoever writes without being known is added by writing."""

    @abstractmethod
    def set_absent(
        self, agent: str, first: date | None, last: date | None, replacement: str | None = None
    ) -> None:
        """Let an agent be away on these days, both included; None ends it."""

    @abstractmethod
    def connect_webhook(self, endpoint: str) -> int:
        """Install the webhook (and the trigger) an admin would; returns its id."""

    # people act ------------------------------------------------------------------------------

    @abstractmethod
    def customer_writes(
        self,
        customer: str,
        subject: str,
        text: str,
        *,
        group: str,
        channel: str = "email",
        automatic: bool = False,
    ) -> int:
        """A customer opens a ticket; returns its id. `automatic` is an out-of-office or so."""

    @abstractmethod
    def customer_replies(self, ticket: int, text: str, *, automatic: bool = False) -> int:
        """The customer writes again by mail; reopens a closed ticket. Returns the message id."""

    @abstractmethod
    def agent_writes(
        self, agent: str, customer: str, subject: str, text: str, *, group: str
    ) -> int:
        """An agent opens a ticket for a customer and writes to them; returns its id."""

    @abstractmethod
    def agent_replies(self, ticket: int, agent: str, text: str, *, close: bool = False) -> int:
        """An agent answers the customer publicly; returns the message id."""

    @abstractmethod
    def agent_notes(self, ticket: int, agent: str, text: str) -> int:
        """An agent writes an internal note (also a command such as `/ack`)."""

    @abstractmethod
    def agent_assigns(self, ticket: int, agent: str, to: str | None) -> None:
        """An agent gives the ticket to somebody, or to nobody."""

    @abstractmethod
    def agent_moves(self, ticket: int, agent: str, group: str) -> None:
        """An agent moves the ticket to another group."""

    @abstractmethod
    def agent_sets_state(
        self, ticket: int, agent: str, state: str, pending_until: datetime | None = None
    ) -> None:
        """An agent sets a state by the host's name."""

    @abstractmethod
    def agent_sets_priority(self, ticket: int, agent: str, priority: str) -> None:
        """An agent sets the priority, where the host has one."""

    @abstractmethod
    def agent_tags(self, ticket: int, agent: str, tag: str) -> None:
        """An agent adds a tag."""

    @abstractmethod
    def agent_untags(self, ticket: int, agent: str, tag: str) -> None:
        """An agent takes a tag away."""

    @abstractmethod
    def agent_merges(self, source: int, agent: str, target: int) -> None:
        """An agent merges one ticket into another."""

    @abstractmethod
    def delete(self, ticket: int) -> None:
        """An admin deletes the ticket for good."""

    def agent_closes(self, ticket: int, agent: str) -> None:
        """An agent closes the ticket."""
        self.agent_sets_state(ticket, agent, "closed")

    # looking ---------------------------------------------------------------------------------

    @abstractmethod
    def tickets(self) -> list[int]:
        """The ids, the last changed first."""

    @abstractmethod
    def messages(self, ticket: int) -> list[Said]:
        """Everything said, oldest first."""

    @abstractmethod
    def tags(self, ticket: int) -> set[str]:
        """The tags."""

    @abstractmethod
    def owner(self, ticket: int) -> str | None:
        """The owner's address."""

    @abstractmethod
    def group(self, ticket: int) -> str:
        """The group's name."""

    @abstractmethod
    def state(self, ticket: int) -> str:
        """The state in the host's word."""

    @abstractmethod
    def priority(self, ticket: int) -> str | None:
        """The priority in the host's word, where it has one."""

    @abstractmethod
    def subject(self, ticket: int) -> str:
        """The subject."""

    @abstractmethod
    def customer(self, ticket: int) -> str:
        """The customer's address."""

    @abstractmethod
    def number(self, ticket: int) -> str:
        """The number people see."""

    @abstractmethod
    def updated_at(self, ticket: int) -> str:
        """The last change, as the API writes it."""

    @abstractmethod
    def events(self, ticket: int) -> list[tuple[str, str]]:
        """The history for people: instant and sentence, oldest first."""

    @abstractmethod
    def agents(self) -> list[str]:
        """The addresses of those who may act as agents on the page."""

    @abstractmethod
    def group_names(self) -> list[str]:
        """The groups."""

    @abstractmethod
    def state_names(self) -> list[str]:
        """The states an agent may choose."""

    @abstractmethod
    def priority_names(self) -> list[str]:
        """The priorities an agent may choose; empty where the host has none."""

    @abstractmethod
    def mails(self) -> list[Mail]:
        """The mail that left, oldest first."""

    @abstractmethod
    def name_of(self, email: str) -> str:
        """A person's full name."""

    def notes(self, ticket: int) -> list[Said]:
        """The internal notes, oldest first."""
        return [said for said in self.messages(ticket) if said.kind == "note"]

    def replies(self, ticket: int) -> list[Said]:
        """What the customer got from our side, oldest first."""
        return [said for said in self.messages(ticket) if said.kind == "agent"]
