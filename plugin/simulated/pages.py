"""The agent page in the browser."""

from __future__ import annotations

from plugin.simulated.desk import SimulatedDesk
from plugin.simulated.server import Answer, Request


def respond(desk: SimulatedDesk, request: Request) -> Answer:
    """Answer for everything that is not the API."""
    del desk, request
    return Answer(404, "<h1>Not found</h1>")
