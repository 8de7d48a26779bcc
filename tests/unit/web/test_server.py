"""The server around the application, spoken to over a socket."""

from __future__ import annotations

import json
import socket
import threading
import time

import pytest

from plugin.domain.errors import DeskladderError
from plugin.web.server import Server, bind
from plugin.web.webhooks import MAX_BODY


class Application:
    """Answers with the length of the body; waits for `let_go` when asked to be slow."""

    def __init__(self) -> None:
        self.bodies: list[int] = []
        self.entered, self.let_go = threading.Event(), threading.Event()

    def __call__(self, environ, start_response):
        body = environ["wsgi.input"].read()
        self.bodies.append(len(body))
        if environ["PATH_INFO"] == "/slow":
            self.entered.set()
            self.let_go.wait(5)
        answer = json.dumps({"length": len(body)}).encode()
        start_response("200 OK", [("Content-Length", str(len(answer)))])
        return [answer]


@pytest.fixture
def application():
    return Application()


@pytest.fixture
def server(application):
    server = Server(application, bind("127.0.0.1", 0), threads=2)
    server.start()
    yield server
    application.let_go.set()
    server.stop(1)


def talk(server: Server, head: str, *chunks: bytes) -> tuple[int, bytes]:
    """Send a request in pieces for as long as the server listens; status and body."""
    with socket.create_connection(server.address, timeout=5) as wire:
        wire.sendall(head.replace("\n", "\r\n").encode() + b"\r\n\r\n")
        try:
            for chunk in chunks:
                wire.sendall(chunk)
        except OSError:
            pass
        return read_answer(wire)


def read_answer(wire: socket.socket) -> tuple[int, bytes]:
    received = b""
    try:
        while more := wire.recv(65536):
            received += more
            head, end, body = received.partition(b"\r\n\r\n")
            lengths = [
                int(line.split(b":")[1])
                for line in head.lower().split(b"\r\n")
                if line.startswith(b"content-length")
            ]
            if end and lengths and len(body) >= lengths[0]:
                break
    except OSError:
        pass
    head, _, body = received.partition(b"\r\n\r\n")
    return int(head.split()[1]), body


def test_a_body_within_the_limit_arrives_whole(server):
    head = f"POST / HTTP/1.1\nHost: x\nContent-Length: {MAX_BODY}"

    assert talk(server, head, b"x" * MAX_BODY) == (200, b'{"length": %d}' % MAX_BODY)


def test_twenty_megabytes_are_refused_by_their_announcement_alone(server, application):
    status, body = talk(server, f"POST / HTTP/1.1\nHost: x\nContent-Length: {20_000_000}")

    assert status == 413
    assert "larger than" in json.loads(body)["error"]
    assert application.bodies == []


def test_chunks_without_end_are_cut_off_at_the_limit(server, application):
    chunk = b"10000\r\n" + b"x" * 65536 + b"\r\n"
    head = "POST / HTTP/1.1\nHost: x\nTransfer-Encoding: chunked"

    status, _ = talk(server, head, *[chunk] * (MAX_BODY // 65536 + 1))

    assert status == 413
    assert application.bodies == []


def test_a_header_without_end_is_refused(server, application):
    status, body = talk(server, "GET / HTTP/1.1\nHost: x\nX-Long: " + "x" * 40_000)

    assert status == 431
    assert json.loads(body)["error"]
    assert application.bodies == []


def test_nonsense_is_refused_in_one_line_of_json_as_the_application_writes_it(server):
    status, body = talk(server, "POST / HTTP/1.1\nHost: x\nContent-Length: many")

    assert status == 400
    assert body == b'{"error":"the request cannot be understood"}\n'


@pytest.fixture
def impatient(application):
    server = Server(application, bind("127.0.0.1", 0), threads=2, patience=0.3)
    server.start()
    yield server
    server.stop(1)


@pytest.mark.slow
@pytest.mark.parametrize(
    "sent",
    [
        pytest.param(b"POST /x HTTP/1.1\r\nContent-Length: 10\r\n\r\nhalf", id="half a body"),
        pytest.param(b"POST /x HTTP/1.1\r\nContent-Length: 10\r\n\r\n", id="no body"),
        pytest.param(b"POST /x HTTP/1.1\r\nContent-Le", id="half a header"),
        pytest.param(b"GET /a HTTP/1.1\r\n\r\nPOST /x HTTP/1.1\r\n", id="half a second one"),
    ],
)
def test_a_request_that_stops_halfway_is_told_so(impatient, application, sent):
    with socket.create_connection(impatient.address, timeout=5) as wire:
        wire.sendall(sent)
        if sent.startswith(b"GET"):
            assert read_answer(wire)[0] == 200
        answer = read_answer(wire)
        rest = wire.recv(100)

    assert answer == (408, b'{"error":"the rest of the request did not come"}\n')
    assert rest == b""
    assert application.bodies == [0] * sent.startswith(b"GET")


@pytest.mark.slow
def test_a_connection_without_a_request_is_closed_without_a_word(impatient):
    with socket.create_connection(impatient.address, timeout=5) as wire:
        assert wire.recv(100) == b""


@pytest.mark.slow
def test_who_waits_for_a_slow_answer_is_not_cut_off(impatient, application):
    with socket.create_connection(impatient.address, timeout=5) as wire:
        wire.sendall(b"GET /slow HTTP/1.1\r\n\r\n")
        application.entered.wait(5)
        with socket.create_connection(impatient.address, timeout=5) as other:
            other.recv(100)  # idle, and closed meanwhile
        application.let_go.set()
        status, _ = read_answer(wire)

    assert status == 200


def test_the_server_does_not_say_what_it_is(server):
    with socket.create_connection(server.address, timeout=5) as wire:
        wire.sendall(b"GET / HTTP/1.0\r\n\r\n")
        answer = wire.recv(65536).lower()

    assert b"200 ok" in answer
    assert b"server:" not in answer
    assert b"waitress" not in answer


def test_a_stop_lets_the_request_in_hand_finish_and_takes_no_other(server, application):
    with socket.create_connection(server.address, timeout=5) as wire:
        wire.sendall(b"GET /slow HTTP/1.1\r\nHost: x\r\n\r\n")
        assert application.entered.wait(5)

        stopping = threading.Thread(target=server.stop, args=(5,))
        stopping.start()
        time.sleep(0.1)
        application.let_go.set()

        assert read_answer(wire)[0] == 200
        stopping.join(8)

    assert not stopping.is_alive()
    with pytest.raises(ConnectionError):
        socket.create_connection(server.address, timeout=1)


def test_a_port_in_use_is_told_with_what_to_do(server):
    with pytest.raises(DeskladderError, match=r"cannot listen on .* --bind"):
        bind(*server.address)


def test_a_host_that_is_not_ours_is_told():
    with pytest.raises(DeskladderError, match=r"cannot (bind|listen)"):
        bind("no-such-host.invalid", 0)


def test_whom_a_proxy_saw_is_handed_on_and_believed_by_nobody():
    seen = {}

    def application(environ, start_response):
        seen.update(environ)
        start_response("200 OK", [("Content-Length", "0")])
        return [b""]

    server = Server(application, bind("127.0.0.1", 0), threads=1)
    server.start()
    talk(server, "GET / HTTP/1.1\nHost: desk\nX-Forwarded-For: 6.6.6.6\nX-Forwarded-Proto: https")
    server.stop(1)

    assert seen["HTTP_X_FORWARDED_FOR"] == "6.6.6.6"
    assert (seen["REMOTE_ADDR"], seen["wsgi.url_scheme"]) == ("127.0.0.1", "http")


@pytest.mark.slow
def test_a_loop_that_ends_before_it_is_woken_closes_nothing_under_the_waker(server, monkeypatch):
    pull, pulled = server._server.pull_trigger, []

    def late() -> None:
        server._thread.join(1.2)  # the loop looks by itself once a second, and is done by now
        pulled.append(pull())

    monkeypatch.setattr(server._server, "pull_trigger", late)

    server.stop(1)

    assert pulled == [None]
    assert not server._thread.is_alive()


def test_requests_that_come_while_another_is_answered_are_answered_in_their_order(
    server, application
):
    with socket.create_connection(server.address, timeout=5) as wire:
        wire.sendall(b"POST /slow HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\n1")
        assert application.entered.wait(5)
        for length in (2, 3, 4):
            head = f"POST /quick HTTP/1.1\r\nHost: x\r\nContent-Length: {length}\r\n\r\n"
            wire.sendall(head.encode() + b"x" * length)
            time.sleep(0.02)  # each in a packet of its own
        application.let_go.set()
        received = b""
        while received.count(b'"length"') < 4:
            received += wire.recv(65536)

    assert [int(part.split(b"}")[0]) for part in received.split(b'"length": ')[1:]] == [1, 2, 3, 4]


@pytest.mark.slow
def test_an_answer_larger_than_the_socket_takes_arrives_whole():
    piece = b"0123456789" * 10_000

    def application(_environ, start_response):
        start_response("200 OK", [("Content-Length", str(200 * len(piece)))])
        return [piece] * 200

    server = Server(application, bind("127.0.0.1", 0), threads=1)
    server.start()
    with socket.create_connection(server.address, timeout=5) as wire:
        wire.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        time.sleep(0.1)  # the reader is slow to begin
        status, body = read_answer(wire)
        wire.sendall(b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        again, second = read_answer(wire)
        rest = wire.recv(1)
    server.stop(1)

    assert (status, body == piece * 200) == (200, True)
    assert (again, second == piece * 200) == (200, True)
    assert rest == b""


def test_ordinary_answers_on_one_connection_wake_the_loop_no_second_time(server, monkeypatch):
    woken = []
    trigger = server._server.trigger
    monkeypatch.setattr(trigger, "pull_trigger", lambda: woken.append("woken"))

    with socket.create_connection(server.address, timeout=5) as wire:
        for _ in range(5):
            wire.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            assert read_answer(wire)[0] == 200
        woken_for_answers = list(woken)
        monkeypatch.undo()
        wire.sendall(b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        status, _ = read_answer(wire)
        rest = wire.recv(1)

    assert woken_for_answers == []
    assert (status, rest) == (200, b"")


def test_head_and_body_of_an_answer_come_in_one_packet(server):
    with socket.create_connection(server.address, timeout=5) as wire:
        wire.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        packet = wire.recv(65536)

    assert packet.endswith(b'\r\n\r\n{"length": 0}')
