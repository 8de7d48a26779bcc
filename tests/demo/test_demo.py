"""The demo as somebody runs it who has just heard of Deskladder."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from plugin.demo.stories import SEQUELS, STORIES
from plugin.demo.timeline import plain

ROOT = Path(__file__).parents[2]


def environment(folder):
    kept = {key: value for key, value in os.environ.items() if not key.startswith("DESKLADDER")}
    nowhere = "http://127.0.0.1:1"  # a proxy the demo must not ask
    proxies = {"http_proxy": nowhere, "HTTP_PROXY": nowhere, "no_proxy": "", "NO_PROXY": ""}
    return {**kept, **proxies, "TMPDIR": str(folder), "PYTHONUNBUFFERED": "1", "TZ": "UTC"}


def start(folder, *options):
    return subprocess.Popen(
        [sys.executable, "-m", "plugin", "demo", *options],
        cwd=ROOT,
        env=environment(folder),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )


@pytest.mark.parametrize("helpdesk", ["zammad", "freescout"])
def test_five_stories_with_reason_action_note_and_reply(helpdesk, tmp_path):
    with start(tmp_path, "--helpdesk", helpdesk, "--once") as demo:
        told, errors = demo.communicate(timeout=90)

    assert demo.returncode == 0, told + errors
    assert errors == ""
    positions = [told.index(part.title) for part in (*STORIES, *SEQUELS)]
    assert positions == sorted(positions)
    parts = [told[one:end] for one, end in zip(positions, [*positions[1:], None], strict=True)]
    for story in parts[: len(STORIES)]:
        assert "because text has" in story or "and text has" in story
        assert "✓ tagged" in story
        assert "✓ note" in story
        assert "✗" not in story
        assert "already so" not in story
    for words in (
        "Beste Joost de Vries",
        "Guten Tag Karin Krause",
        "Dear Emily Evans",
        "a phone rings: Escalated to",
        "the CRM has CRM-1001",
    ):
        assert words in told
    assert list(tmp_path.iterdir()) == []
    hour_later, acknowledged, closed = parts[len(STORIES) :]
    assert "escalation level, billing, level 2: nobody acknowledged level 1 in time" in hour_later
    assert "assigned to Marta Maas" in hour_later
    assert "escalation acknowledged, billing, level 2: Marta Maas wrote so" in acknowledged
    assert "escalation resolved, billing, level 2: the ticket was closed" in closed


def test_stays_until_it_is_told_to_stop_and_leaves_nothing(tmp_path):
    demo = start(tmp_path)
    told = ""
    try:
        for line in demo.stdout:
            told += line
            if "Ctrl-C ends it" in line:
                break
        url = re.search(r"page: (http://127\.0\.0\.1:\d+)/", told)[1]
        with urllib.request.urlopen(f"{url}/", timeout=10) as page:  # noqa: S310
            assert page.status == 200
            assert "Raw chicken" in page.read().decode()
        inside = [path.name for path in tmp_path.iterdir()]
    finally:
        demo.send_signal(signal.SIGINT)
        rest, errors = demo.communicate(timeout=30)

    assert any(name.startswith("deskladder-demo-") for name in inside)
    assert "nothing is left behind" in rest
    assert errors == ""
    assert demo.returncode == 0
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(OSError):
        urllib.request.urlopen(url, timeout=2)  # noqa: S310


def test_a_port_in_use_is_told_with_a_remedy(tmp_path):
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with start(tmp_path, "--once", "--port", str(port)) as demo:
            _told, errors = demo.communicate(timeout=30)

    assert demo.returncode == 1
    assert f"--port {port}" in errors
    assert "take another one" in errors


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        ("<p>one<br>two</p><p>three</p>", "one\ntwo\nthree"),
        ("a \x1b[31mred\x1b[0m text", "a [31mred[0m text"),
        ("<p>x &lt; y</p><!-- deskladder:m1 -->", "x < y"),
        ("line one\nline two", "line one\nline two"),
        ("<p>a long\nline</p>", "a long line"),
    ],
    ids=["html", "no escapes", "entities and marks", "plain", "folded"],
)
def test_messages_are_shown_as_plain_text(body, shown):
    assert plain(body) == shown
