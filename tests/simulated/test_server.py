"""What can go wrong on the way goes wrong as told, and nothing is left behind."""

from __future__ import annotations

import threading

import pytest
import requests

from plugin.simulated.desk import SimulatedDesk
from plugin.simulated.faults import Trouble
from plugin.simulated.freescout import SimulatedFreeScout
from plugin.simulated.zammad import SimulatedZammad


def seeded(desk: SimulatedDesk) -> SimulatedDesk:
    desk.add_group("Finance")
    desk.add_agent("Ana Agent", "ana@example.com", {"Finance": "full"})
    desk.customer_writes("david@acme.example", "Invoice", "My invoice is wrong", group="Finance")
    return desk


def write_note(desk, timeout=5.0):
    if desk.type == "zammad":
        headers = {"Authorization": f"Token token={desk.token}"}
        body = {"ticket_id": 1, "type": "note", "internal": True, "body": "note"}
        return requests.post(
            f"{desk.url}/api/v1/ticket_articles", json=body, headers=headers, timeout=timeout
        )
    headers = {"X-FreeScout-API-Key": desk.token, "Accept": "application/json"}
    body = {"type": "note", "user": 2, "text": "note", "imported": True}
    return requests.post(
        f"{desk.url}/api/conversations/1/threads", json=body, headers=headers, timeout=timeout
    )


@pytest.fixture(params=[SimulatedZammad, SimulatedFreeScout], ids=["zammad", "freescout"])
def desk(request):
    with seeded(request.param()) as running:
        yield running


@pytest.mark.parametrize(
    ("trouble", "error", "effect"),
    [
        (Trouble.TIMEOUT_BEFORE, requests.ReadTimeout, 0),
        (Trouble.TIMEOUT_AFTER, requests.ReadTimeout, 1),
        (Trouble.RESET_BEFORE, requests.ConnectionError, 0),
        (Trouble.RESET_AFTER, requests.ConnectionError, 1),
        (Trouble.TRUNCATED_AFTER, requests.exceptions.ChunkedEncodingError, 1),
    ],
    ids=lambda value: str(value) if isinstance(value, Trouble) else "",
)
def test_no_answer_but_perhaps_an_effect(desk, trouble, error, effect):
    desk.faults.add(trouble, method="POST")

    with pytest.raises(error):
        write_note(desk, timeout=0.2)

    assert len(desk.notes(1)) == effect
    assert write_note(desk).status_code == 201


@pytest.mark.parametrize(
    ("trouble", "status", "effect"),
    [
        (Trouble.TOO_MANY, 429, 0),
        (Trouble.ERROR, 500, 0),
        (Trouble.BAD_GATEWAY, 502, 0),
        (Trouble.UNAVAILABLE, 503, 0),
        (Trouble.GATEWAY_TIMEOUT_AFTER, 504, 1),
        (Trouble.HTML_PAGE, 200, 0),
        (Trouble.SLOW, 201, 1),
    ],
    ids=lambda value: str(value) if isinstance(value, Trouble) else "",
)
def test_an_answer_that_is_none(desk, trouble, status, effect):
    desk.faults.add(trouble, path="threads|ticket_articles", seconds=0.01, retry_after="7")

    answer = write_note(desk)

    assert answer.status_code == status
    assert len(desk.notes(1)) == effect
    assert answer.headers.get("Retry-After") == (
        "7" if status in {429, 500, 502, 503, 504} else None
    )


def test_a_script_lets_calls_pass_repeats_and_ends(desk):
    desk.faults.add(Trouble.ERROR, skip=1, times=2)

    statuses = [write_note(desk).status_code for _ in range(4)]

    assert statuses == [201, 500, 500, 201]


def test_the_same_seed_breaks_the_same_calls(desk):
    outcomes = []
    for _ in range(2):
        desk.faults.randomly(seed=7, rate=0.5, troubles=[Trouble.ERROR, Trouble.UNAVAILABLE])
        outcomes.append([write_note(desk).status_code for _ in range(12)])
    desk.faults.clear()

    assert outcomes[0] == outcomes[1]
    assert {201, 500, 503} == set(outcomes[0])
    assert write_note(desk).status_code == 201


def test_hooks_are_called_on_both_sides_of_the_effect(desk):
    seen = []
    desk.on_request(lambda phase, method, path: seen.append((phase, method, len(desk.notes(1)))))

    write_note(desk)

    assert seen == [("before", "POST", 0), ("after", "POST", 1)]


def test_a_request_nobody_foresaw_is_a_server_error_and_no_end(desk):
    if desk.type == "zammad":
        path, body = (
            "/api/v1/tickets",
            {"title": "x", "group": "Finance", "customer": "david@acme.example", "mentions": ["x"]},
        )
    else:
        path, body = "/api/conversations/1/threads", {"type": ["note"], "text": "x", "user": 2}
    headers = {"Authorization": f"Token token={desk.token}", "X-FreeScout-API-Key": desk.token}

    answer = requests.post(desk.url + path, json=body, headers=headers, timeout=5)

    assert answer.status_code == 500
    assert len(desk.server.errors) == 1
    assert write_note(desk).status_code == 201


def test_every_call_is_logged_with_its_outcome(desk):
    desk.faults.add(Trouble.TOO_MANY)

    write_note(desk)
    write_note(desk)

    assert [(line.method, line.status, line.trouble) for line in desk.requests] == [
        ("POST", 429, Trouble.TOO_MANY),
        ("POST", 201, None),
    ]


def test_one_connection_serves_many_calls(desk):
    with requests.Session() as session:
        adapter = session.get_adapter(desk.url)
        session.headers["Authorization"] = f"Token token={desk.token}"
        session.headers["X-FreeScout-API-Key"] = desk.token
        for _ in range(5):
            session.get(f"{desk.url}/api/conversations", timeout=5)
        [pool] = [adapter.poolmanager.pools.get(key) for key in adapter.poolmanager.pools.keys()]  # noqa: SIM118

    assert pool.num_connections == 1


@pytest.mark.parametrize("kind", [SimulatedZammad, SimulatedFreeScout], ids=["zammad", "freescout"])
def test_stopping_leaves_no_thread_and_no_port(kind):
    before = set(threading.enumerate())

    with seeded(kind()) as desk, requests.Session() as session:
        session.get(desk.url, timeout=5)
        port = int(desk.url.rpartition(":")[2])
    deadline = threading.Event()
    for _ in range(100):
        if set(threading.enumerate()) <= before:
            break
        deadline.wait(0.02)

    assert set(threading.enumerate()) <= before
    with pytest.raises(requests.ConnectionError):
        requests.get(f"http://127.0.0.1:{port}/", timeout=1)


@pytest.mark.parametrize("kind", [SimulatedZammad, SimulatedFreeScout], ids=["zammad", "freescout"])
def test_switched_off_webhooks_send_nothing(kind):
    desk = seeded(kind())
    desk.connect_webhook("http://127.0.0.1:1/hook")
    desk.sender.enabled = False

    with desk:
        write_note(desk)

    assert desk.deliveries == []
