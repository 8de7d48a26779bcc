"""What looks into the past cannot write, and does not hurry."""

from __future__ import annotations

import pytest
import responses

from connectors.reading import ReadingApi
from plugin.domain.errors import Refused
from plugin.domain.settings import HelpdeskSettings, Secret

SETTINGS = HelpdeskSettings(
    "support", "zammad", "https://help.example.com", Secret("t"), Secret("s"), "d@example.com"
)


@pytest.fixture
def api():
    made = ReadingApi(
        SETTINGS,
        base_path="/api/v1",
        headers={},
        judge=lambda answer: Refused(str(answer.status)),
        searches=frozenset({"/tickets/search"}),
    )
    yield made
    made.close()


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/tickets"),
        ("PUT", "/tickets/1"),
        ("DELETE", "/tags/remove"),
        ("PATCH", "/tickets/1"),
        ("PUT", "/tickets/search"),
    ],
    ids=lambda word: word.strip("/"),
)
@responses.activate
def test_nothing_that_could_change_something_leaves(api, method, path):
    with pytest.raises(Refused, match="only read"):
        api.call(method, path, payload={})

    assert len(responses.calls) == 0


@responses.activate
def test_reading_and_searching_go_through(api):
    responses.get("https://help.example.com/api/v1/tickets/1", json={"id": 1})
    responses.post("https://help.example.com/api/v1/tickets/search", json=[])

    assert api.get("/tickets/1").object() == {"id": 1}
    assert api.call("POST", "/tickets/search", payload={}).list() == []


@responses.activate
def test_calls_keep_their_distance(api, monkeypatch):
    responses.get("https://help.example.com/api/v1/tickets/1", json={"id": 1})
    times, waits = iter([10.0, 10.0, 10.1, 12.0]), []
    monkeypatch.setattr("connectors.reading.clock.monotonic", lambda: next(times))
    monkeypatch.setattr("connectors.breaker.Breaker.admit", lambda _breaker: 0.0)
    monkeypatch.setattr(ReadingApi, "_read", lambda *_: b'{"id": 1}')
    api.rate, api.pause = 2.0, waits.append

    for _ in range(4):
        api.get("/tickets/1")

    # Half a second apart: the second waits that long, the third a bit less than a second, the fourth came late.
    assert waits == pytest.approx([0.5, 0.9])
