from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

import pytest
import responses

import connectors.http
from connectors.answers import Answer
from connectors.breaker import Breaker
from connectors.http import Api
from plugin import __version__
from plugin.domain.errors import DeskladderError, Refused, TryAgain
from tests.unit.connectors import given as start

Reply = tuple[int, dict[str, str], bytes]


@dataclass
class Host:
    """A server that answers what it is told to, and remembers what it was asked."""

    url: str = ""
    replies: list[Reply] = field(default_factory=list)
    asked: list[tuple[str, str, dict[str, str], bytes]] = field(default_factory=list)

    def will(self, status: int, body: Any = None, **headers: str) -> None:
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.replies.append((status, named, raw))


@pytest.fixture
def host() -> Iterator[Host]:
    told = Host()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def handle_any(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            headers = {name.lower(): value for name, value in self.headers.items()}
            told.asked.append((self.command, self.path, headers, body))
            status, named, raw = told.replies.pop(0) if told.replies else (200, {}, b"{}")
            self.send_response_only(status)
            for name, value in {"Content-Length": str(len(raw)), **named}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(raw)

        do_GET = do_POST = do_PUT = do_DELETE = handle_any  # noqa: N815

        def log_message(self, *args: Any) -> None:
            """Say nothing."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *args: Any) -> None:
            """A client that breaks off is what some of these tests are about."""

    server = Server(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    told.url = f"http://127.0.0.1:{server.server_port}"
    yield told
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def api(host: Host) -> Iterator[Api]:
    made = api_for(host.url)
    yield made
    made.close()


def api_for(url: str, **changes: Any) -> Api:
    waits: list[float] = []
    made = Api(
        start.settings("zammad", url=url, connect_timeout=0.5, read_timeout=0.5, **changes),
        base_path="/api/v1",
        headers={"Authorization": "Token token=t0ken"},
        judge=judged,
        pause=waits.append,
    )
    made.waits = waits  # type: ignore[attr-defined]
    return made


def judged(answer: Answer) -> DeskladderError:
    return Refused(f"judged {answer.status}")


def test_a_call_says_who_calls_and_what_it_takes(host: Host, api: Api) -> None:
    host.will(200, {"id": 7})

    answer = api.get("/tickets/7", {"all": "true"})

    ((method, path, headers, body),) = host.asked
    assert (method, path, body) == ("GET", "/api/v1/tickets/7?all=true", b"")
    assert headers["user-agent"] == f"deskladder/{__version__}"
    assert headers["accept"] == "application/json"
    assert headers["authorization"] == "Token token=t0ken"
    assert answer.object() == {"id": 7}


def test_a_write_is_sent_as_json(host: Host, api: Api) -> None:
    api.call("PUT", "/tickets/7", payload={"title": "Grüße"})

    (_, _, headers, body) = host.asked[0]
    assert headers["content-type"] == "application/json"
    assert json.loads(body) == {"title": "Grüße"}


def test_an_address_below_a_folder_keeps_the_folder(host: Host) -> None:
    api = api_for(host.url + "/help/")

    api.get("/tickets/7")

    assert host.asked[0][1] == "/help/api/v1/tickets/7"
    api.close()


def test_no_cookie_is_ever_sent_back(host: Host, api: Api) -> None:
    host.will(200, {}, Set_Cookie="_zammad_session=abc; path=/")

    api.get("/tickets/7")
    api.get("/tickets/7")

    assert "cookie" not in host.asked[1][2]


def test_the_environment_names_no_proxy(
    host: Host, api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")

    assert api.get("/tickets/7").status == 200


def test_a_proxy_of_the_settings_is_used(host: Host) -> None:
    api = api_for("http://help.example.com", options={"proxy": host.url})

    api.get("/tickets/7")

    assert host.asked[0][1] == "http://help.example.com/api/v1/tickets/7"
    api.close()


def test_a_proxy_that_is_not_there_is_named_as_such() -> None:
    api = api_for("http://help.example.com", options={"proxy": f"http://127.0.0.1:{unused()}"})

    with pytest.raises(TryAgain, match="proxy"):
        api.get("/tickets/7")

    api.close()


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_is_refused_with_where_it_leads(host: Host, api: Api, status: int) -> None:
    host.will(status, b"", Location="https://user:pw@help.example.com/api/v1/x?token=secret")

    with pytest.raises(Refused) as refused:
        api.get("/tickets/7")

    assert "https://help.example.com/api/v1/x" in str(refused.value)
    assert "secret" not in str(refused.value)
    assert "pw" not in str(refused.value)
    assert len(host.asked) == 1


@pytest.mark.parametrize("status", [502, 503, 504])
@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_what_may_be_repeated_is_tried_three_times(
    host: Host, api: Api, method: str, status: int
) -> None:
    for _ in range(3):
        host.will(status, b"<html>")

    with pytest.raises(TryAgain) as told:
        api.call(method, "/tickets/7")

    assert len(host.asked) == 3
    assert told.value.ambiguous is (method != "GET")
    waits = api.waits  # type: ignore[attr-defined]
    assert len(waits) == 2
    assert 0.1 <= waits[0] <= 0.3
    assert 0.3 <= waits[1] <= 0.9


@pytest.mark.parametrize("status", [502, 503, 504])
def test_a_post_is_made_once(host: Host, api: Api, status: int) -> None:
    host.will(status, b"<html>")

    with pytest.raises(TryAgain) as told:
        api.call("POST", "/ticket_articles", payload={})

    assert len(host.asked) == 1
    assert told.value.ambiguous


def test_a_post_that_may_be_repeated_is(host: Host, api: Api) -> None:
    host.will(503, b"")
    host.will(201, True)

    answer = api.call("POST", "/tags/add", payload={}, repeatable=True)

    assert answer.status == 201
    assert len(host.asked) == 2


def test_a_search_leaves_no_trace_although_it_is_a_post(host: Host, api: Api) -> None:
    host.will(503, b"")

    with pytest.raises(TryAgain) as told:
        api.call("POST", "/tickets/search", payload={})

    assert not told.value.ambiguous


@pytest.mark.parametrize("status", [400, 401, 403, 404, 405, 413, 422, 500])
def test_other_failures_are_for_the_host_to_explain(host: Host, api: Api, status: int) -> None:
    host.will(status, {"error": "x"})

    with pytest.raises(Refused, match=f"judged {status}"):
        api.get("/tickets/7")

    assert len(host.asked) == 1


@pytest.mark.parametrize(
    ("headers", "after"),
    [
        pytest.param({}, 1.0, id="no header"),
        pytest.param({"Retry_After": "12"}, 12.0, id="seconds"),
        pytest.param({"Retry_After": "0"}, 0.0, id="at once"),
        pytest.param({"Retry_After": "9" * 30}, 3600.0, id="far too long"),
        pytest.param({"Retry_After": "soon"}, 1.0, id="words"),
        pytest.param(
            {
                "Retry_After": "Mon, 23 Nov 2026 09:01:30 GMT",
                "Date": "Mon, 23 Nov 2026 09:00:00 GMT",
            },
            90.0,
            id="an instant by the host's clock",
        ),
        pytest.param(
            {
                "Retry_After": "Mon, 23 Nov 2026 08:00:00 GMT",
                "Date": "Mon, 23 Nov 2026 09:00:00 GMT",
            },
            0.0,
            id="an instant that is over",
        ),
        pytest.param({"Retry_After": "Mon, 23 Nov 1990 08:00:00 GMT"}, 0.0, id="by our clock"),
    ],
)
def test_429_passes_on_the_wait(
    host: Host, api: Api, headers: dict[str, str], after: float
) -> None:
    host.will(429, b"", **headers)

    with pytest.raises(TryAgain) as told:
        api.get("/tickets/7")

    assert told.value.after == after
    assert not told.value.ambiguous
    assert len(host.asked) == 1


def test_503_with_a_wait_is_not_tried_again_at_once(host: Host, api: Api) -> None:
    host.will(503, b"", Retry_After="20")

    with pytest.raises(TryAgain) as told:
        api.get("/tickets/7")

    assert told.value.after == 20.0
    assert len(host.asked) == 1


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"<!DOCTYPE html><title>Sign in</title>", id="a web page"),
        pytest.param(b'{"id": 7', id="cut off"),
        pytest.param(b'\xff\xfe{"id": 7}', id="not UTF-8"),
        pytest.param(b"[" * 100_000, id="a nesting bomb"),
    ],
)
def test_a_success_that_is_no_json_is_no_success(host: Host, api: Api, body: bytes) -> None:
    host.will(200, body)
    host.will(201, body)

    with pytest.raises(TryAgain, match="url") as reading:
        api.get("/tickets/7")
    with pytest.raises(TryAgain) as writing:
        api.call("POST", "/ticket_articles", payload={})

    assert not reading.value.ambiguous
    assert writing.value.ambiguous


@pytest.mark.parametrize("body", [None, True, 7, "text", [], [[1]]], ids=repr)
def test_another_shape_than_expected_is_no_crash(host: Host, api: Api, body: Any) -> None:
    host.will(200, body)
    answer = api.get("/tickets/7")

    with pytest.raises(TryAgain, match="expected an object"):
        answer.object()


@pytest.mark.parametrize("body", [None, True, 7, "text", {}, [1], [None]], ids=repr)
def test_another_shape_than_a_list_is_no_crash(host: Host, api: Api, body: Any) -> None:
    host.will(200, body)
    answer = api.get("/tickets/7")

    with pytest.raises(TryAgain, match="expected a list"):
        answer.list()


def test_an_empty_success_is_one(host: Host, api: Api) -> None:
    host.will(204, b"")

    answer = api.call("PUT", "/conversations/7", payload={})

    assert answer.status == 204
    assert answer.body is None


def test_an_endless_answer_is_cut(host: Host, api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connectors.http, "LARGEST_ANSWER", 100_000)
    host.will(200, b" " * 200_000)

    with pytest.raises(Refused, match="larger"):
        api.get("/tickets/7")


def test_a_dripping_answer_is_given_up(
    host: Host, api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    ticks = iter(range(0, 1000, 10))
    monkeypatch.setattr(connectors.http.clock, "monotonic", lambda: float(next(ticks)))
    host.will(200, b" " * 200_000)

    with pytest.raises(TryAgain, match="too slowly"):
        api.get("/tickets/7")


def serve_once(behave: Callable[[socket.socket], None]) -> tuple[str, threading.Thread]:
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    listening.listen(5)

    def run() -> None:
        connection, _ = listening.accept()
        with listening, connection:
            behave(connection)

    thread = threading.Thread(target=run)
    thread.start()
    return f"http://127.0.0.1:{listening.getsockname()[1]}", thread


def test_a_connection_that_breaks_after_sending_leaves_the_effect_open() -> None:
    url, thread = serve_once(lambda connection: connection.recv(65536) and None)
    api = api_for(url)

    with pytest.raises(TryAgain, match="broke off") as told:
        api.call("POST", "/ticket_articles", payload={"body": "x"})

    assert told.value.ambiguous
    thread.join()
    api.close()


def test_no_answer_in_time_leaves_the_effect_open() -> None:
    given_up = threading.Event()
    url, thread = serve_once(lambda connection: given_up.wait(5) and None)
    api = api_for(url)

    with pytest.raises(TryAgain, match=r"no answer within 0\.5 s") as told:
        api.call("PUT", "/tickets/7", payload={})

    given_up.set()
    assert told.value.ambiguous
    thread.join()
    api.close()


def unused() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_nobody_listening_means_nothing_was_done() -> None:
    api = api_for(f"http://127.0.0.1:{unused()}")

    with pytest.raises(TryAgain, match="no connection") as told:
        api.call("POST", "/ticket_articles", payload={})

    assert not told.value.ambiguous
    api.close()


def test_a_name_nobody_knows_means_nothing_was_done() -> None:
    api = api_for("http://nowhere.invalid")

    with pytest.raises(TryAgain, match=r"no connection to nowhere\.invalid") as told:
        api.call("POST", "/ticket_articles", payload={})

    assert not told.value.ambiguous
    api.close()


def test_plain_http_behind_https_is_refused_as_a_certificate_matter(host: Host) -> None:
    api = api_for(host.url.replace("http:", "https:"))

    with pytest.raises(Refused, match="TLS"):
        api.get("/tickets/7")

    api.close()


@pytest.mark.parametrize("url", ["help.example.com", "ftp://help.example.com", "http://"])
def test_an_address_that_is_none_is_refused(url: str) -> None:
    api = api_for(url)

    with pytest.raises(Refused, match="url"):
        api.get("/tickets/7")


@pytest.mark.parametrize("token", ["…", "gehéim\u2011x", "\ud800"], ids=ascii)
def test_a_token_no_header_can_hold_is_refused_and_not_shown(host: Host, token: str) -> None:
    api = Api(
        start.settings("zammad", url=host.url),
        base_path="",
        headers={"Authorization": f"Token token={token}"},
        judge=judged,
    )

    with pytest.raises(Refused, match="characters that cannot be sent") as refused:
        api.get("/x")

    assert "geh" not in str(refused.value)
    assert host.asked == []


@pytest.mark.parametrize(
    ("options", "words"),
    [
        pytest.param({"ca_file": "/no/such/issuer.pem"}, "ca_file", id="a file that went away"),
        pytest.param({"proxy": "socks5://127.0.0.1:1"}, "proxy", id="another kind of proxy"),
    ],
)
def test_settings_that_cannot_be_used_are_named(options: dict[str, Any], words: str) -> None:
    api = api_for("https://127.0.0.1:9", options=options)

    with pytest.raises(Refused, match=words):
        api.get("/x")


def test_a_token_with_a_line_break_is_refused_and_not_shown(host: Host) -> None:
    api = Api(
        start.settings("zammad", url=host.url),
        base_path="",
        headers={"Authorization": "Token token=s3cr3t\nX: y"},
        judge=judged,
    )

    with pytest.raises(Refused, match="token") as refused:
        api.get("/tickets/7")

    assert "s3cr3t" not in str(refused.value)


def test_five_failures_in_a_row_leave_the_host_alone(host: Host, api: Api) -> None:
    for _ in range(5):
        host.will(502, b"")
        with pytest.raises(TryAgain):
            api.call("POST", "/ticket_articles", payload={})

    with pytest.raises(TryAgain, match="left alone") as told:
        api.get("/tickets/7")

    assert told.value.after is not None
    assert told.value.after > 0
    assert len(host.asked) == 5
    assert api.health().state == "open"
    assert api.health().failures_in_a_row == 5
    assert api.health().calls == 5
    assert api.health().troubles == 5


def test_a_host_that_says_no_is_in_good_health(host: Host, api: Api) -> None:
    for _ in range(10):
        host.will(422, {"error": "no"})
        with pytest.raises(Refused):
            api.call("POST", "/ticket_articles", payload={})

    assert api.health().state == "closed"


def test_pages_of_status_500_count_as_failures_but_explained_errors_do_not(host: Host) -> None:
    api = api_for(host.url)
    host.will(500, {"error": "Error ID x: Please contact your administrator."})
    host.will(500, b"<html>")
    for _ in range(2):
        with pytest.raises(Refused):
            api.get("/tickets/7")

    assert api.health().failures_in_a_row == 1
    api.close()


@pytest.mark.slow
def test_busy_connections_are_waited_for_only_so_long(host: Host) -> None:
    api = api_for(host.url, concurrency=1)
    api._slots.acquire()

    with pytest.raises(TryAgain, match="busy"):
        api.get("/tickets/7")

    api._slots.release()
    api.close()


def test_closing_twice_and_calling_again_works(host: Host, api: Api) -> None:
    api.get("/tickets/7")
    api.close()
    api.close()

    assert api.get("/tickets/7").status == 200


def test_importing_a_connector_loads_no_http_library() -> None:
    import subprocess
    import sys

    code = (
        "import sys, connectors\n"
        "for name in connectors.connector_types(): connectors.connector(name)\n"
        "import connectors.http, connectors.zammad.client, connectors.freescout.client\n"
        "sys.exit('requests' in sys.modules or 'urllib3' in sys.modules)"
    )

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_a_breaker_of_ones_own_can_be_given(host: Host) -> None:
    breaker = Breaker(failures_allowed=1)
    api = Api(start.settings("zammad", url=host.url), "/x", {}, judged, breaker)
    host.will(502, b"")

    with pytest.raises(TryAgain):
        api.call("POST", "/y", payload={})

    assert breaker.state == "open"
    api.close()


@pytest.mark.parametrize(
    ("changes", "trusted"),
    [
        pytest.param({}, True, id="the usual issuers"),
        pytest.param({"options": {"ca_file": "/etc/ca.pem"}}, "/etc/ca.pem", id="an own issuer"),
        pytest.param({"verify_tls": False}, False, id="anybody"),
        pytest.param(
            {"verify_tls": False, "options": {"ca_file": "/etc/ca.pem"}}, False, id="anybody still"
        ),
    ],
)
def test_whom_it_trusts(changes: dict[str, Any], trusted: bool | str) -> None:
    api = api_for("https://help.example.com", **changes)

    with responses.RequestsMock() as internet:
        internet.get("https://help.example.com/api/v1/version", json={})
        api.get("/version")
        (asked,) = [call.request for call in internet.calls]

    assert asked.req_kwargs["verify"] == trusted  # type: ignore[attr-defined]
    api.close()


def test_parameters_are_sent_as_they_are_whatever_they_hold(host: Host, api: Api) -> None:
    api.get("/users/search", {"query": "email:ä+b@example.com & x=1", "page": 2})

    ((_, target, _, _),) = host.asked
    path, _, query = target.partition("?")
    assert path == "/api/v1/users/search"
    assert parse_qs(query) == {"query": ["email:ä+b@example.com & x=1"], "page": ["2"]}


def test_a_header_for_one_call_is_sent_with_that_one_alone(host: Host, api: Api) -> None:
    api.call("POST", "/mentions", payload={}, headers={"From": "ana@example.com"})
    api.get("/version")

    with_it, without = (headers for _, _, headers, _ in host.asked)
    assert with_it["from"] == "ana@example.com"
    assert "from" not in without


def test_a_header_that_cannot_be_sent_is_refused_before_anything_is(host: Host, api: Api) -> None:
    with pytest.raises(Refused, match="cannot be sent"):
        api.call("POST", "/mentions", payload={}, headers={"From": "ana\r\nX-Other: 1"})

    assert host.asked == []


def test_a_header_for_one_call_replaces_one_of_all_however_it_is_spelt(
    host: Host, api: Api
) -> None:
    api.call("GET", "/tickets", headers={"ACCEPT": "text/plain"})

    assert host.asked[0][2]["accept"] == "text/plain"


def test_who_still_calls_when_the_connections_are_closed_gets_a_new_one(
    host: Host, api: Api
) -> None:
    api.get("/tickets")
    still_calling = api._open()
    api.close()

    with still_calling.send(
        "GET", "/tickets", params=None, payload=None, headers=None, timeout=(1.0, 1.0)
    ) as response:
        assert response.status_code == 200
