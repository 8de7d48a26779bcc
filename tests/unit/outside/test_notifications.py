"""Notifications over Apprise, received by a service that this test runs."""

import json
import logging
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from plugin.domain.errors import Refused, TryAgain
from plugin.notifications import announce

# Apprise's own plug-ins import what newer Pythons deprecate.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


@pytest.fixture
def service():
    """A receiver of Apprise's `json://`; `status` is what it answers."""

    class Receiver(BaseHTTPRequestHandler):
        def do_POST(self):
            length = int(self.headers["Content-Length"])
            self.server.got.append(json.loads(self.rfile.read(length)))
            self.send_response(self.server.status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *args):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
    server.got, server.status = [], 200
    server.url = f"json://127.0.0.1:{server.server_port}/secret-token"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize(("urgency", "kind"), [("page", "failure"), ("normal", "warning")])
def test_the_text_arrives_as_it_is(service, urgency, kind):
    announce(service.url, "Ticket #7", "R&D <b>not bold</b> *x* \\n", urgency)

    [got] = service.got
    assert got["title"] == "Ticket #7"
    assert got["message"] == "R&D <b>not bold</b> *x* \\n"
    assert got["type"] == kind


def test_long_texts_are_shortened(service):
    announce(service.url, "t" * 999, "b" * 9999, "normal")

    assert len(service.got[0]["title"]) == 200
    assert len(service.got[0]["message"]) == 4000


def test_a_service_that_does_not_take_it_is_asked_again_and_nothing_is_logged(service, caplog):
    service.status = 500

    with caplog.at_level(logging.DEBUG), pytest.raises(TryAgain) as problem:
        announce(service.url, "t", "b", "page")

    assert "secret" not in str(problem.value)
    assert "secret" not in caplog.text


@pytest.mark.parametrize("url", ["nonsense", "", "foo://bar", "https://"])
def test_a_url_apprise_does_not_know_is_refused_without_naming_it(url):
    with pytest.raises(Refused, match="not one Apprise understands"):
        announce(url, "t", "b", "normal")
