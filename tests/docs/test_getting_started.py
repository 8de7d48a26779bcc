"""The pages for beginners, followed word by word on the simulated helpdesks."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from plugin.cli.main import run
from tests.story.world import World, wait_for

DOCS = Path(__file__).parents[2] / "docs"
BLOCK = re.compile(r"^```(sh|yaml)\n(.*?)^```", re.MULTILINE | re.DOTALL)
VARIABLES = {
    "zammad": {"ZAMMAD_TOKEN": "token", "ZAMMAD_WEBHOOK_SECRET": "webhook_secret"},
    "freescout": {"FREESCOUT_API_KEY": "token", "FREESCOUT_SECRET_KEY": "webhook_secret"},
}


class Beginner(World):
    """Somebody who follows a page. The addresses of the page become those of this world."""

    def follow(self, text: str) -> str:
        return text.replace("https://help.example.com", self.desk.url).replace(
            "https://deskladder.example.com", f"http://127.0.0.1:{self.port}"
        )

    def write_config(self, rules: str | None = None) -> None:
        self.config.write_text(self.follow(rules or ""), encoding="utf-8")


def page(host: str) -> list[tuple[str, str]]:
    text = (DOCS / f"getting-started-{host}.md").read_text(encoding="utf-8")
    return [(match[1], match[2]) for match in BLOCK.finditer(text)]


def commands(host: str) -> list[list[str]]:
    lines = [line for kind, body in page(host) if kind == "sh" for line in body.splitlines()]
    return [line.split()[1:] for line in lines if line.startswith("deskladder ")]


@pytest.mark.parametrize("host", ["zammad", "freescout"])
def test_following_the_page_leads_to_the_first_escalation(host, tmp_path, monkeypatch, capsys):
    files = [body for kind, body in page(host) if kind == "yaml"]
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("DESKLADDER_DATABASE", raising=False)
    with Beginner(host, tmp_path, webhooks=False) as world:
        monkeypatch.setenv("DESKLADDER_CONFIG", str(world.config))
        monkeypatch.setenv("DESKLADDER_DATA", world.environ["DESKLADDER_DATA"])
        for name, attribute in VARIABLES[host].items():
            world.environ[name] = getattr(world.desk, attribute)
            monkeypatch.setenv(name, world.environ[name])
        if host == "zammad":
            monkeypatch.setenv("ZAMMAD_ADMIN_TOKEN", world.desk.admin_token)
        world.write_config(files[0])
        ticket = world.customer_writes("Where is my room?")
        monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
        monkeypatch.setattr("builtins.input", lambda _question: "y")

        codes = {}
        for words in commands(host):
            if words == ["serve"]:
                world.start()
                wait_for(lambda: world.service.store.watermark("service/heartbeat"))
                continue
            if words[0] == "explain":
                ticket = world.customer_writes("the invoice is wrong")
                world.settle()
            arguments = [str(ticket) if word == "TICKET" else word for word in words]
            codes[" ".join(words)] = run(arguments)
        shown = capsys.readouterr()

        assert set(codes.values()) == {0}, shown.err
        assert "The whole way works." in shown.out
        assert "Everything is as it should be." in shown.out
        assert "observed" in shown.out
        assert world.desk.tags(ticket) == set()

        world.write_config(files[0].replace("defaults: {language: en}\n", files[1]))
        wait_for(lambda: "act" in str(world.service.keeper.live().config.rules[0].mode))
        acted = world.customer_writes("the invoice is wrong again")
        world.settle()

        assert "billing" in world.desk.tags(acted)
        assert len(world.desk.notes(acted)) == 1


@pytest.mark.parametrize("host", ["zammad", "freescout"])
def test_the_page_shows_every_command_a_beginner_needs(host):
    named = {words[0] for words in commands(host)}

    assert {"check", "serve", "install", "doctor", "explain"} <= named
