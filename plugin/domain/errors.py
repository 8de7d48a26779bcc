"""The two ways a helpdesk can fail, and the one way a user can be told."""

from __future__ import annotations


class DeskladderError(Exception):
    """A matter for the person who runs Deskladder; the message says what to do next."""


class TryAgain(DeskladderError):
    """Worth repeating: time-out, connection lost, 429, 5xx.

    `after` is the wait the server asked for, in seconds, when it did. `ambiguous` is true
    when the request may have had its effect although no answer came: repeating a note or a
    reply then needs a look at the ticket first.
    """

    def __init__(
        self, message: str, *, after: float | None = None, ambiguous: bool = False
    ) -> None:
        super().__init__(message)
        self.after = after
        self.ambiguous = ambiguous


class Refused(DeskladderError):
    """The helpdesk said no and will say no again until somebody changes something."""


class TicketGone(Refused):
    """The ticket was deleted, or this service user may not see it any more."""


class BadDelivery(DeskladderError):
    """A webhook call that is not what it claims: answered with `status` and one JSON line."""

    def __init__(self, message: str, *, status: int = 400) -> None:
        super().__init__(message)
        self.status = status
