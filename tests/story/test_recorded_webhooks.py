"""Every recorded webhook sent unchanged to the receiver: stored. One byte changed: refused."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial

import pytest

from connectors import connector
from plugin.domain.settings import HelpdeskSettings, Secret
from plugin.metrics import Metrics
from plugin.store.store import Store
from plugin.web.app import Doors, Readiness, create_app
from tests.samples_reader import RecordedCall, freescout_calls, zammad_calls

NOW = datetime(2026, 12, 3, 12, 0, tzinfo=UTC)
CALLS = {
    "zammad": [call for call in zammad_calls() if call.secret and call.method == "POST"],
    "freescout": [call for call in freescout_calls() if call.secret and call.method == "POST"],
}


class Receiver:
    """A receiver with a store behind it; settings follow the secret each call was recorded with."""

    def __init__(self, host: str, folder) -> None:
        self.host = host
        self.store = Store.open(f"sqlite:///{folder}/store.sqlite3", now=NOW)
        self.secret = ""
        doors = Doors(
            parsers=lambda: {"support": self._parse},
            accept=self.store.receive,
            ready=lambda: Readiness(True, {}),
            metrics=Metrics(),
            clock=lambda: NOW,
        )
        self._client = create_app(doors).test_client()

    def _parse(self, headers, body, received_at):
        settings = HelpdeskSettings(
            "support",
            self.host,
            "https://help.example.com",
            Secret("token"),
            Secret(self.secret),
            "deskladder@example.com",
        )
        parse = partial(connector(self.host).parse_delivery, settings=settings)
        return parse(headers, body, received_at=received_at)

    def gets(self, call: RecordedCall, body: bytes) -> int:
        self.secret = call.secret or ""
        headers = {
            key: value
            for key, value in call.headers.items()
            if key not in {"host", "content-length", "connection"}
        }
        return self._client.post("/webhooks/support", data=body, headers=headers).status_code

    @property
    def waiting(self) -> int:
        return self.store.status(NOW).deliveries_waiting


@pytest.fixture(params=CALLS)
def receiver(request, tmp_path):
    receiver = Receiver(request.param, tmp_path)
    yield receiver
    receiver.store.close()


def test_every_recorded_call_is_accepted_and_those_about_tickets_are_stored(receiver):
    calls = CALLS[receiver.host]
    assert len(calls) >= 25

    answers = {call.case: receiver.gets(call, call.body) for call in calls}

    assert {case: status for case, status in answers.items() if status != 202} == {}
    assert receiver.waiting >= len(calls) // 3  # attempts of one delivery are one row


def test_every_recorded_call_with_one_byte_changed_is_refused_and_nothing_stored(receiver):
    for number, call in enumerate(CALLS[receiver.host]):
        place = (number * 7919) % len(call.body)
        changed = bytearray(call.body)
        changed[place] ^= 1

        assert receiver.gets(call, bytes(changed)) == 401, call.case

    assert receiver.waiting == 0


def test_a_repeated_call_is_one_row(receiver):
    call = next(one for one in CALLS[receiver.host] if "customer" not in one.case)

    assert [receiver.gets(call, call.body) for _ in range(3)] == [202, 202, 202]

    assert receiver.waiting == 1
