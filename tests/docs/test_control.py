"""The page for agents and other systems: its commands are known, its calls answer as printed."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import requests

from plugin.domain.cases import Case
from plugin.domain.commands import Command, commands_in
from plugin.web.server import Server, bind
from tests.given import MONDAY, note
from tests.unit.web.outside import NOW, REF, TOKEN, Scene

PAGE = (Path(__file__).parents[2] / "docs" / "control.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```console\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
ROWS = re.findall(r"^\| (`/.*)\|$", PAGE, re.MULTILINE)


def said(words: str) -> Command | None:
    found = commands_in(note(1, at=MONDAY, text=words), ["finance"])
    return found if isinstance(found, Command) else None


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.split("`")[1])
def test_every_command_of_the_page_is_understood_and_its_other_words_mean_the_same(row):
    written, _, also = row.split(" |")[:3]
    commands = [said(words) for words in re.findall(r"`([^`]+)`", written)]
    meant = {command.what for command in commands if command}
    others = [_completed(word) for word in re.findall(r"`([^`]+)`", also)]

    assert None not in commands
    assert {command.what for command in map(said, others) if command} <= meant
    assert None not in map(said, others), others


def _completed(word: str) -> str:
    """With what some commands need: a time, or a reason."""
    return f"{word} 2h"


def test_the_page_has_the_calls_this_test_is_about():
    assert len(ROWS) == 7
    assert len(BLOCKS) == 5


Caller = Callable[[str, str], str]


def by_curl(command: str, base: str) -> str:
    asked = command.replace("https://desk.example.com", base)
    environ = {**os.environ, "API_TOKEN": TOKEN, "no_proxy": "127.0.0.1"}
    done = subprocess.run(
        ["sh", "-c", asked], env=environ, capture_output=True, text=True, timeout=20, check=False
    )
    return done.stdout


def by_hand(command: str, base: str) -> str:
    """What curl would send, for machines without it."""
    words = shlex.split(command.replace("\\\n", " "))
    assert words[:2] == ["curl", "-s"]
    url, options = words[2], words[3:]
    given = list(zip(options[::2], options[1::2], strict=True))
    headers = dict(
        value.replace("$API_TOKEN", TOKEN).split(": ", 1) for name, value in given if name == "-H"
    )
    (body,) = [value for name, value in given if name == "-d"]
    asked = url.replace("https://desk.example.com", base)
    return requests.post(asked, data=body.encode(), headers=headers, timeout=20).text


@pytest.fixture
def base() -> Iterator[str]:
    """A Deskladder for which a CRM has opened a case."""
    scene = Scene()
    scene.store.cases["crm", "C-1001"] = Case("crm", "C-1001", REF, 1, NOW)
    server = Server(scene.client.application, bind("127.0.0.1", 0), threads=1)
    server.start()
    yield f"http://127.0.0.1:{server.address[1]}"
    server.stop(1)


without_curl = pytest.mark.skipif(shutil.which("curl") is None, reason="there is no curl")


@pytest.mark.parametrize(
    "call", [pytest.param(by_curl, marks=without_curl, id="curl"), pytest.param(by_hand, id="hand")]
)
def test_the_calls_of_the_page_answer_as_printed_there(call: Caller, base: str):
    for block in BLOCKS:
        command, _, expected = block.removeprefix("$ ").rstrip("\n").rpartition("\n")

        assert call(command, base).rstrip("\n") == expected
