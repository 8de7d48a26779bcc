"""An installation in good health, to be broken in one way and examined."""

from __future__ import annotations

import json
import os
import re
import ssl
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Self

import pytest

from plugin import clock
from plugin.cli.main import run
from plugin.domain.delivery import Delivery
from plugin.domain.storing import CONFIG_READ, HEARTBEAT, STARTED
from plugin.store.store import Store
from tests.story.world import simulated

ADMIN = "zammad-admin-token"
ACCEPTED = (202, {"status": "about no ticket, dropped"})
CERTIFICATE = Path(__file__).with_name("untrusted.pem")

FILE = """\
version: 1
helpdesks:
  support:
    type: {type}
    url: {url}
    token: ${{HELPDESK_TOKEN}}
    webhook_secret: ${{HELPDESK_SECRET}}
    service_user: {service_user}
    connect_timeout: 1s
    read_timeout: 2s
service: {{url: {front}}}
defaults: {{language: en, mode: act}}
teams:
  finance: {{group: Finance, lead: ana@example.com}}
rules:
  - name: billing
    on: [ticket.created]
    when: {{text: {{any_of: {{en: [invoice]}}}}}}
    do: [{{tag: billing}}, {{group: Finance}}, {{assign: {{lead: finance}}}}, {{note: why}}, {{reply: sorry}}]
replies:
  sorry: {{en: "Dear {{{{ customer.name }}}}, a specialist has your case now."}}
"""


class Front:
    """What answers at our own address: `answer` is (status, JSON or text, headers …)."""

    def __init__(self, certificate: Path | None = None) -> None:
        self.answer: tuple[Any, ...] = ACCEPTED
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                self.rfile.read(int(self.headers.get("Content-Length") or 0))
                status, content, *headers = outer.answer
                body = content if isinstance(content, str) else json.dumps(content)
                self.send_response(status)
                for name, value in headers:
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body.encode())

            do_GET = do_POST  # noqa: N815

            def log_message(self, *_: object) -> None: ...

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.handle_error = lambda *_: None  # a client that hangs up over a certificate
        scheme = "http"
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate)
            self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
            scheme = "https"
        self.url = f"{scheme}://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))
        self._thread.start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class Clinic:
    """One helpdesk, one file, one store; a service that is said to run."""

    def __init__(self, host: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.host = host
        self.folder = folder
        self.monkeypatch = monkeypatch
        self.now = clock.now()
        self.desk: Any = simulated(host)
        self.helpdesk_url = self.desk.start()
        self.front = Front()
        self.fronts = [self.front]
        self.file = folder / "deskladder.yaml"
        self.set("HELPDESK_TOKEN", self.desk.token)
        self.set("HELPDESK_SECRET", self.desk.webhook_secret)
        self.set("ADMIN_TOKEN", ADMIN)
        self.set("DESKLADDER_DATA", str(folder / "data"))
        self.set("DESKLADDER_CONFIG", str(self.file))
        self.monkeypatch.delenv("DESKLADDER_DATABASE", raising=False)
        self.changes: dict[str, str] = {}
        self.write()
        self.store = Store.open(
            f"sqlite:///{folder}/data/deskladder.sqlite3", now=self.ago(hours=3)
        )
        for name in (STARTED, CONFIG_READ):
            self.store.set_watermark(name, self.ago(hours=2))
        self.store.set_watermark(CONFIG_READ, self.now)
        self.store.set_watermark(HEARTBEAT, self.now)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.store.close()
        for front in self.fronts:
            front.close()
        self.desk.stop()

    # How it is set up ------------------------------------------------------------------------

    def set(self, name: str, value: str) -> None:
        self.monkeypatch.setenv(name, value)

    def write(self) -> None:
        """Write the file, with the pieces replaced that `edit` was told of."""
        text = FILE.format(
            type=self.host,
            url=self.desk.url,
            service_user=self.desk.service_user,
            front=self.front.url,
        )
        for old, new in self.changes.items():
            assert old in text, f"{old!r} is not in the file"
            text = text.replace(old, new)
        self.file.write_text(text, encoding="utf-8")

    def edit(self, old: str, new: str) -> None:
        """Replace a piece of the file."""
        self.changes[old] = new
        self.write()

    def add_option(self, line: str) -> None:
        """One more key of the helpdesk."""
        self.edit("    connect_timeout: 1s\n", f"    connect_timeout: 1s\n    {line}\n")

    def name_no_group(self) -> None:
        """A file without groups and people."""
        self.edit("teams:\n  finance: {group: Finance, lead: ana@example.com}\n", "")
        self.edit("{group: Finance}, {assign: {lead: finance}}, ", "")

    def drop_rules(self) -> None:
        """A file that does nothing."""
        text = self.file.read_text(encoding="utf-8")
        self.file.write_text(text.partition("rules:")[0], encoding="utf-8")

    def age_file(self, age: timedelta) -> None:
        """As if it had been written so long ago."""
        at = (self.now - age).timestamp()
        os.utime(self.file, (at, at))

    def fill_disk(self, *, free: int) -> None:
        """As if so many bytes were left."""
        left = SimpleNamespace(total=100_000_000_000, used=0, free=free)
        self.monkeypatch.setattr("shutil.disk_usage", lambda _: left)

    def install(self, *arguments: str) -> int:
        return run(["install", "support", "--yes", "--no-test", *self.as_admin(), *arguments])

    def as_admin(self) -> list[str]:
        return ["--token-env", "ADMIN_TOKEN"] if self.host == "zammad" else []

    # What happened ---------------------------------------------------------------------------

    def ago(self, **span: float) -> datetime:
        return self.now - timedelta(**span)

    def at(self, moment: datetime, do: Callable[[], Any]) -> Any:
        """Let something happen on the helpdesk at another time; its calls are lost."""
        before = self.desk.clock
        self.desk.sender.enabled = False
        self.desk.clock = lambda: moment
        try:
            return do()
        finally:
            self.desk.clock = before
            self.desk.sender.enabled = True

    def ticket(self, moment: datetime) -> int:
        """A customer's ticket of that time, of which no call has told."""
        return self.at(
            moment,
            lambda: self.desk.customer_writes(
                "paula@guest.example", "Invoice", "It is wrong.", group="Finance"
            ),
        )

    def arrive(
        self, ticket: int, moment: datetime, hint: str = "", *, is_done: bool = True
    ) -> None:
        """A call came in, and (as a rule) was worked on."""
        delivery = Delivery(
            "support", f"{ticket}/{moment.isoformat()}/{hint}", ticket, moment, hint
        )
        self.store.receive(delivery)
        if is_done:
            self.store._database.write(lambda t: t.change("UPDATE deliveries SET done_at = 1"))

    def fall_silent(self) -> None:
        """As if the last call had come two days ago, and nothing had happened since."""
        self.forget_arrivals()
        self.arrive(1, self.ago(days=2))
        self.desk.data.tickets.clear()

    def forget_arrivals(self) -> None:
        """As if no call had ever come."""
        self.store._database.write(lambda t: t.change("DELETE FROM deliveries"))

    # What the doctor says ----------------------------------------------------------------------

    def doctor(self, capsys: Any, *arguments: str) -> tuple[int, dict[str, Any]]:
        """The exit code, and the diagnosis as scripts see it."""
        capsys.readouterr()
        code = run(["doctor", *self.as_admin(), "--format", "json", *arguments])
        shown = capsys.readouterr()
        assert shown.err == "", shown.err
        return code, json.loads(shown.out)

    def plain(self, text: str) -> str:
        """Without what differs from run to run."""
        named = {
            self.helpdesk_url: "https://help.example.com",
            self.helpdesk_url.removeprefix("http://"): "help.example.com",
            self.front.url: "https://deskladder.example.com",
            str(self.folder): "/srv",
        }
        for found, name in named.items():
            text = text.replace(found, name)
        text = re.sub(r"127\.0\.0\.1:\d+", "elsewhere.example.com", text)
        return re.sub(r"\d{4}-\d\d-\d\d \d\d:\d\d UTC", "<time>", text)


def healthy(
    host: str, folder: Path, monkeypatch: pytest.MonkeyPatch, version: str | None = None
) -> Clinic:
    """Installed, running, and told of what happened half an hour ago."""
    clinic = Clinic(host, folder, monkeypatch)
    if version:
        clinic.desk.settings.version = version
    assert clinic.install() == 0
    ticket = clinic.ticket(clinic.ago(minutes=30))
    clinic.arrive(ticket, clinic.ago(seconds=20))
    return clinic
