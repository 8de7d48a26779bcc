"""The net below everything that is logged."""

from __future__ import annotations

import io
import json
import logging
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugin import logs


@pytest.fixture
def lines():
    stream = io.StringIO()
    logs.configure(level="debug", stream=stream, as_json=True)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    logs.configure(level="warning")


SCRUBBED = {
    "an address": ("mail to ana.b+c@mail.example.co.uk failed", "mail to [address] failed"),
    "a token header": (
        "Authorization: Token token=abc123def456",
        "Authorization: Token token=[secret]",
    ),
    "a bearer": ("sent Bearer eyJhbGciOi.J9 to", "sent Bearer [secret] to"),
    "a query": ("GET /x?api_key=abcdef123456&n=1", "GET /x?api_key=[secret]&n=1"),
    "JSON": ('{"password": "hunter2hunter2"}', '{"password": "[secret]"}'),
    "a URL with a user": ("postgresql://joe:pw12@db/x", "postgresql://[secret]@db/x"),
    "Apprise": ("slack://me@tokenA/tokenB", "slack://[secret]@tokenA/tokenB"),
    "an everyday sentence": ("the token expired yesterday", "the token expired yesterday"),
    "a mistake in the file": (
        "a.yaml:5:12: helpdesks.support.token: expected text, got a number",
        "a.yaml:5:12: helpdesks.support.token: expected text, got a number",
    ),
    "a ticket": ("support/12, rule billing", "support/12, rule billing"),
    "a delivery id": (
        "0e3b8b8e-7f4e-4f0a-9d0c-0a6b6b1c2d3e",
        "0e3b8b8e-7f4e-4f0a-9d0c-0a6b6b1c2d3e",
    ),
}


@pytest.mark.parametrize(("text", "expected"), SCRUBBED.values(), ids=SCRUBBED)
def test_what_looks_like_a_secret_does_not_pass(text, expected):
    assert logs.scrub_text(text) == expected


PIECES = ["PassWord", "passwd", "pa\u017f\u017fword", "to\u212aen", "API-Key", "apikey", "Basic", "basic ",
          "bearer", "Signature", "SECRET", "authorization", ":", "=", " ", '"', "\u0130", "abcdef123", "é"]  # fmt: skip


@given(st.lists(st.sampled_from(PIECES), max_size=6).map("".join))
def test_every_name_of_a_secret_is_looked_for(text):
    assert logs.scrub_text(text) == logs._NAMED_SECRET.sub(r"\1[secret]", text)


def test_known_secrets_do_not_pass_wherever_they_stand(lines):
    logs.hide(["correct horse battery"])

    logs.info("x", one="a correct horse battery b", two={"deep": ["correct horse battery"]})

    assert "horse" not in json.dumps(lines())


@given(st.text(), st.emails())
def test_no_address_passes_in_any_company(text, address):
    assert address not in logs.scrub_text(f"{text} {address}") or not address.isascii()


@given(st.text(alphabet=st.sampled_from("a@.-:/+ "), max_size=300))
def test_any_text_is_answered(text):
    assert isinstance(logs.scrub_text(text), str)


def test_a_line_is_json_with_level_and_instant(lines):
    logs.warning("action.failed", ticket="support/1", rule="billing", seconds=1.5, late=False)

    (line,) = lines()
    at = line.pop("at")
    assert at.endswith("Z")
    assert line == {
        "event": "action.failed",
        "level": "warning",
        "ticket": "support/1",
        "rule": "billing",
        "seconds": 1.5,
        "late": False,
    }


def test_below_the_level_nothing_is_written():
    stream = io.StringIO()
    logs.configure(level="warning", stream=stream, as_json=True)

    logs.info("quiet")
    logs.warning("loud")

    assert stream.getvalue().count("\n") == 1


def test_libraries_go_the_same_way_without_the_words_of_their_exceptions(lines):
    try:
        int("the customer wrote SECRETWORD")
    except ValueError:
        logging.getLogger("urllib3").exception("connection broken")

    (line,) = lines()
    assert (line["logger"], line["exception"]) == ("urllib3", "ValueError")
    assert "SECRETWORD" not in json.dumps(line)


def test_a_trace_names_places_and_no_words():
    try:
        int("SECRETWORD")
    except ValueError as problem:
        trace = logs.trace_of(problem)

    assert trace[0] == "ValueError"
    assert trace[1].startswith("test_logs.py:")
    assert "SECRETWORD" not in str(trace)


def test_what_is_too_long_for_a_line_is_cut():
    assert len(logs.scrub_text("x" * 100_000)) < 3000


def test_lines_for_a_terminal_need_no_rich():
    script = (
        "import io, sys; from plugin import logs; "
        "logs.configure(as_json=False); logs.warning('told'); print('rich' in sys.modules)"
    )

    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )

    assert done.stdout.strip() == "False"
    assert "told" in done.stderr
