"""No file whatever does more harm than being refused, and no message ever holds a secret."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from plugin.configuration import ConfigProblems, load

CONFIG = Path(__file__).parents[3] / "config"
NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
NAMES = ("DEMO_URL", "DEMO_TOKEN", "DEMO_WEBHOOK_SECRET", "DEMO_CRM_URL", "DEMO_NOTIFY_URL",
         "ZAMMAD_TOKEN", "ZAMMAD_WEBHOOK_SECRET", "FREESCOUT_TOKEN", "FREESCOUT_WEBHOOK_SECRET",
         "CRM_TOKEN", "APPRISE_DUTY_URL", "APPRISE_BOARD_URL",
         "API_TOKEN")  # fmt: skip
SECRETS = {name: f"zq7{index}-kept-quiet" for index, name in enumerate(NAMES)}
ENVIRON = {
    name: f"https://example.com/{value}" if name.endswith("_URL") else value
    for name, value in SECRETS.items()
}
SHIPPED = [(CONFIG / name).read_text() for name in ("deskladder.example.yaml", "demo-stories.yaml")]
SETTINGS = settings(
    deadline=None,
    max_examples=60,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
NOISE = ["", " ", "\t", "\n", ":", "- ", "[", "]", "{", "}", '"', "'", "&a ", "*a", "#", "!!x ", "<<: ",
         "${", "}", "${DEMO_TOKEN}", "${NO_SUCH}", "${file:/}", "~", "true", "0", "-1", "9" * 30, "1e999",
         "\u2028", "\x00", "é", "{{", "%}", "|\n", ">\n", "? ", "rules:", "null", "when: ", "include: [.]\n"]  # fmt: skip


def check(data: bytes, folder: Path) -> None:
    """Load the bytes as a file: fine, or refused with places and without secrets."""
    file = folder / "deskladder.yaml"
    file.write_bytes(data)
    problems = None
    try:
        told = str(load(file, environ=ENVIRON, now=NOW).warnings)
    except ConfigProblems as refused:
        problems = refused.problems
        told = f"{refused}{[problem.as_json() for problem in problems]}"

    assert problems is None or problems
    assert all(problem.place.line >= 1 for problem in problems or ())
    assert not [secret for secret in SECRETS.values() if secret in told]


@SETTINGS
@given(data=st.data())
def test_a_shipped_file_with_anything_in_it_is_read_or_refused(data, tmp_path):
    text = data.draw(st.sampled_from(SHIPPED))
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(text)))
        length = data.draw(st.sampled_from([0, 0, 1, 3, 20, 400]))
        text = text[:start] + data.draw(st.sampled_from(NOISE)) + text[start + length :]

    check(text.encode(), tmp_path)


@SETTINGS
@given(data=st.data())
def test_a_shipped_file_with_its_lines_mixed_is_read_or_refused(data, tmp_path):
    lines = data.draw(st.sampled_from(SHIPPED)).splitlines()
    for _ in range(data.draw(st.integers(1, 5))):
        at, to = (
            data.draw(st.integers(0, len(lines) - 1)),
            data.draw(st.integers(0, len(lines) - 1)),
        )
        lines.insert(to, lines[at] if data.draw(st.booleans()) else lines.pop(at))

    check("\n".join(lines).encode(), tmp_path)


@pytest.mark.slow
@SETTINGS
@given(data=st.data())
def test_any_value_in_any_place_is_read_or_refused(data, tmp_path):
    values = ["[]", "{}", "~", "x", "7", "1.5", "true", '""', "[~]", "{x: y}", "[[x]]", "{1: [2]}",
              '"${DEMO_TOKEN}"', "${DEMO_TOKEN}", "2026-02-30", "1bd", "9999999999999999999h", "http://["]  # fmt: skip
    lines = data.draw(st.sampled_from(SHIPPED)).splitlines()
    numbers = [number for number, line in enumerate(lines) if ": " in line and "#" not in line]
    for number in data.draw(st.lists(st.sampled_from(numbers), min_size=1, max_size=3)):
        key = lines[number].partition(": ")[0]
        lines[number] = f"{key}: {data.draw(st.sampled_from(values))}"

    check("\n".join(lines).encode(), tmp_path)


EXAMPLE = SHIPPED[0]
BEFORE, _, REST = EXAMPLE.partition("\nteams:")
LADDERS, _, AFTER = REST.partition("\n# What is promised")
SPOT = re.compile(r"(?<=: )[^,{}\[\]\n#]+|(?<=: )\{[^{}\n]*\}|(?<=: )\[[^\[\]\n]*\]|\b[a-z_]+(?=:)")
"""A value or a key."""


@pytest.mark.slow
@SETTINGS
@given(data=st.data())
def test_any_value_in_any_place_of_a_ladder_is_read_or_refused(data, tmp_path):
    values = ["[]", "{}", "~", "x", "7", "-1", "1.5", "true", '""', "[~]", "{x: y}", "[[x]]", "{1: 2}", "finance",
              "{team: finance}", "{to: {to: x}}", "{priority: [a, ~]}", "{any: [{a: b}]}", "{all: x}", "{at_least: 3}",
              "group", "lead", "oncall", "0s", "1bd", "2026-02-30", '"${DEMO_TOKEN}"', "9999999999999999999h"]  # fmt: skip
    ladders = LADDERS
    for _ in range(data.draw(st.integers(1, 3))):
        spots = [match.span() for match in SPOT.finditer(ladders)]
        start, end = data.draw(st.sampled_from(spots))
        ladders = ladders[:start] + data.draw(st.sampled_from(values)) + ladders[end:]

    check(f"{BEFORE}\nteams:{ladders}\n# What is promised{AFTER}".encode(), tmp_path)


@SETTINGS
@given(junk=st.binary(max_size=200))
@example(junk=b"\xff\xfe\x00v")
@example(junk=b"\xef\xbb\xbfversion: 1")
@example(junk=b"\x00" * 50)
def test_any_bytes_are_read_or_refused(junk):
    with TemporaryDirectory() as folder:
        check(junk, Path(folder))
