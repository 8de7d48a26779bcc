"""The world of the contract suite, once for each helpdesk."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from importlib import import_module

import pytest

from connectors import connector
from plugin.simulated.desk import SimulatedDesk
from tests.contract.world import DAVE, EMMA, ERIN, HOSTS, NOAH, OLGA, World, settings_for


@pytest.fixture(params=sorted(HOSTS))
def world(request: pytest.FixtureRequest) -> Iterator[World]:
    host = request.param
    desk: SimulatedDesk = getattr(import_module(f"plugin.simulated.{host}"), HOSTS[host])()
    with desk:
        desk.add_group("Support")
        desk.add_group("Finance")
        desk.add_agent("Emma First", EMMA, {"Support": "full"})
        desk.add_agent("Noah Both", NOAH, {"Support": "full", "Finance": "full"})
        desk.add_agent("Olga Money", OLGA, {"Finance": "full"})
        desk.add_customer("Erin Guest", ERIN, organization="Hotel BV", language="nl")
        desk.add_customer("Dave Guest", DAVE)
        desk.set_absent(NOAH, date(2026, 12, 1), date(2027, 12, 31))
        ticket_id = desk.customer_writes(
            ERIN, "Wrong invoice", "I was charged twice.", group="Support"
        )
        helpdesk = connector(host).connect(settings_for(desk))
        helpdesk._api.pause = lambda _seconds: None  # type: ignore[attr-defined]
        yield World(desk, helpdesk, ticket_id)
        helpdesk.close()
