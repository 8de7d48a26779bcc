"""The receiver: what is stored, what is refused, and that nothing of the sender's is repeated."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest

from plugin.domain.delivery import Delivery
from plugin.domain.errors import BadDelivery
from plugin.domain.storing import QueueFull
from plugin.metrics import Metrics
from plugin.web.app import Doors, Readiness, create_app
from plugin.web.webhooks import MAX_BODY

NOW = datetime(2026, 12, 3, 12, 0, tzinfo=UTC)


def parse(headers: Mapping[str, str], body: bytes, received_at: datetime) -> Delivery:
    """A helpdesk that signs with the word `good`."""
    if headers.get("x-signature") != "good":
        raise BadDelivery("the signature does not match the webhook_secret", status=401)
    try:
        ticket_id = json.loads(body)["ticket"]
    except (ValueError, KeyError) as problem:
        raise BadDelivery("not JSON with a ticket id") from problem
    return Delivery("support", headers.get("x-id", "1"), ticket_id, received_at)


@dataclass
class Inbox:
    """Keeps deliveries, or fails as it is told."""

    kept: list[Delivery] = field(default_factory=list)
    problem: Exception | None = None
    ready: bool = True

    def accept(self, delivery: Delivery) -> bool:
        if self.problem:
            raise self.problem
        if delivery.key in {one.key for one in self.kept}:
            return False
        self.kept.append(delivery)
        return True


@pytest.fixture
def inbox():
    return Inbox()


@pytest.fixture
def client(inbox):
    doors = Doors(
        parsers=lambda: {"support": parse},
        accept=inbox.accept,
        ready=lambda: Readiness(inbox.ready, {"status": "ready" if inbox.ready else "not ready"}),
        metrics=Metrics(),
        clock=lambda: NOW,
    )
    return create_app(doors).test_client()


def post(client, body: object = None, **changes: object):
    request = {
        "data": json.dumps({"ticket": 7}) if body is None else body,
        "content_type": "application/json",
        "headers": {"X-Signature": "good"},
    } | changes
    return client.post(changes.pop("path", "/webhooks/support"), **request)


def test_a_signed_delivery_is_kept_and_accepted(client, inbox):
    answer = post(client)

    assert answer.status_code == 202
    assert inbox.kept == [Delivery("support", "1", 7, NOW)]


def test_the_same_delivery_twice_is_one_row_and_accepted_both_times(client, inbox):
    first, second = post(client), post(client)

    assert [first.status_code, second.status_code] == [202, 202]
    assert second.json == {"status": "known already"}
    assert len(inbox.kept) == 1


def test_an_event_about_no_ticket_is_accepted_and_dropped(client, inbox):
    answer = post(client, json.dumps({"ticket": None}))

    assert answer.status_code == 202
    assert inbox.kept == []


CALLS = {
    "kept": {},
    "unsigned": {"headers": {}},
    "not JSON": {"body": "hello"},
    "about no ticket": {"body": '{"ticket": null}'},
    "empty": {"body": ""},
}
TROUBLES = {
    "full": QueueFull("too many"),
    "broken": OSError("disk"),
    "fine": None,
}


@pytest.mark.parametrize("problem", TROUBLES.values(), ids=TROUBLES)
@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_the_short_way_of_a_call_gives_the_answer_of_the_long_one(client, inbox, call, problem):
    inbox.problem = problem
    short_way = client.application.wsgi_app

    short = post(client, **call)
    inbox.kept.clear()
    client.application.wsgi_app = short_way._framework
    long = post(client, **call)

    assert (short.status, short.data) == (long.status, long.data)
    assert dict(short.headers) == dict(long.headers)


def test_an_ordinary_call_never_comes_to_the_framework(client, monkeypatch):
    monkeypatch.setattr(client.application.wsgi_app, "_framework", None)

    assert post(client).status_code == 202
    with pytest.raises(TypeError):
        client.get("/live")


def test_a_body_shorter_than_announced_is_not_taken_for_whole(client, inbox):
    body = json.dumps({"ticket": 7})
    environ = {"CONTENT_LENGTH": str(len(body) + 5)}

    answer = post(client, body, environ_overrides=environ)

    assert answer.status_code == 400
    assert inbox.kept == []


def test_a_bug_in_a_parser_is_told_and_nothing_is_kept(inbox, log):
    def broken(*_: object) -> Delivery:
        raise ZeroDivisionError("SECRETWORD")

    doors = Doors(
        parsers=lambda: {"support": broken},
        accept=inbox.accept,
        ready=lambda: Readiness(True, {}),
        metrics=Metrics(),
        clock=lambda: NOW,
    )
    answer = post(create_app(doors).test_client())

    assert (answer.status_code, list(answer.json)) == (500, ["error"])
    assert inbox.kept == []
    assert "web.bug" in log.getvalue()
    assert "SECRETWORD" not in log.getvalue()


REFUSED = {
    "unknown helpdesk": ({"path": "/webhooks/nobody"}, 404),
    "unsigned": ({"headers": {}}, 401),
    "wrongly signed": ({"headers": {"X-Signature": "bad"}}, 401),
    "not JSON": ({"body": "hello SECRETWORD"}, 400),
    "no ticket": ({"body": '{"x": "SECRETWORD"}'}, 400),
    "empty": ({"body": ""}, 400),
    "wrong content type": ({"content_type": "text/plain"}, 400),
    "no content type": ({"content_type": None}, 400),
    "form": ({"content_type": "application/x-www-form-urlencoded"}, 400),
    "too large": ({"body": b"x" * (MAX_BODY + 1)}, 413),
    "somewhere else": ({"path": "/webhooks/"}, 404),
    "trailing slash": ({"path": "/webhooks/support/"}, 404),
    "doubled slash": ({"path": "//webhooks/support"}, 404),
}


@pytest.mark.parametrize(("changes", "status"), REFUSED.values(), ids=REFUSED)
def test_what_is_refused_says_why_and_leaves_no_trace(client, inbox, changes, status, capsys):
    path = changes.get("path", "/webhooks/support")
    request = {"data": '{"ticket": 7}', "content_type": "application/json"}
    request |= {"headers": {"X-Signature": "good"}}
    request |= {key: value for key, value in changes.items() if key not in {"path", "body"}}
    if "body" in changes:
        request["data"] = changes["body"]

    answer = client.post(path, **request)

    assert answer.status_code == status
    assert answer.json["error"]
    assert answer.data.count(b"\n") == 1
    assert inbox.kept == []
    assert "SECRETWORD" not in answer.text + "".join(capsys.readouterr())


def test_a_body_of_exactly_the_limit_is_read(client):
    body = json.dumps({"ticket": 7, "x": ""})
    body = json.dumps({"ticket": 7, "x": "x" * (MAX_BODY - len(body))})

    answer = post(client, body)

    assert len(body) == MAX_BODY
    assert answer.status_code == 202


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE", "PATCH", "OPTIONS"])
def test_only_post_is_answered_with_anything_else_than_405(client, inbox, method):
    answer = client.open("/webhooks/support", method=method)

    assert answer.status_code == 405
    assert answer.headers["Allow"] == "POST"
    assert inbox.kept == []


@pytest.mark.parametrize(
    "problem", [QueueFull("full"), RuntimeError("disk SECRETWORD")], ids=["full", "broken"]
)
def test_when_nothing_can_be_stored_the_sender_is_asked_to_come_again(
    client, inbox, problem, capsys
):
    inbox.problem = problem

    answer = post(client)

    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) > 0
    assert "SECRETWORD" not in answer.text + "".join(capsys.readouterr())


@pytest.mark.parametrize("path", ["/webhooks/support", "/live", "/ready", "/metrics", "/nothing"])
def test_every_answer_tells_browsers_to_keep_their_hands_off(client, path):
    answer = client.get(path)

    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "no-store"
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


def test_live_says_yes_to_get_and_head(client):
    assert client.get("/live").json == {"status": "alive"}
    assert client.head("/live").status_code == 200


def test_ready_is_503_when_the_service_is_not(client, inbox):
    inbox.ready = False

    answer = client.get("/ready")

    assert answer.status_code == 503
    assert answer.json == {"status": "not ready"}


def test_metrics_count_what_came_in_without_the_senders_words(client):
    post(client)
    client.post("/webhooks/evil{name}", data="x")

    text = client.get("/metrics").text

    assert 'deskladder_deliveries_total{helpdesk="support",outcome="accepted"} 1.0' in text
    assert 'deskladder_deliveries_total{helpdesk="unknown",outcome="404"} 1.0' in text
    assert "evil" not in text
