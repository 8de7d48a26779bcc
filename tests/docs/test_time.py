"""The page about time: every example on it is asked, and the answer compared."""

from __future__ import annotations

import io
import re
import shlex
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from plugin.cli.main import run
from plugin.configuration.calendars_alone import load_calendars
from plugin.domain.duration import Duration

PAGE = (Path(__file__).parents[2] / "docs/time.md").read_text(encoding="utf-8")
NOW = datetime(2026, 11, 22, 12, tzinfo=ZoneInfo("UTC"))
ROW = re.compile(r"^\| (\d+) \| (\w+) \| (\S+) \| (\S+) \| (due|open) (\S+) \|", re.MULTILINE)
CONSOLE = re.compile(r"^```console\n(.*?)^```", re.MULTILINE | re.DOTALL)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """The calendars of the page."""
    [block] = re.findall(r"^```yaml\n(calendars:.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
    path = tmp_path / "deskladder.yaml"
    path.write_text(f"version: 1\n{block}", encoding="utf-8")
    return path


def examples() -> list[object]:
    return [pytest.param(match.groups()[1:], id=match[1]) for match in ROW.finditer(PAGE)]


def exchanges() -> list[tuple[str, str]]:
    """Every command of the page with what it prints."""
    found = []
    for block in CONSOLE.findall(PAGE):
        for part in block.split("$ ")[1:]:
            command, _, answer = part.partition("\n")
            found.append((command, answer))
    return found


def test_the_page_has_its_examples() -> None:
    assert len(examples()) >= 10
    assert len(exchanges()) >= 4


@pytest.mark.parametrize("row", examples())
def test_an_example_of_the_table(file: Path, row: tuple[str, ...]) -> None:
    calendar, start, until, kind, answer = row
    asked = load_calendars(file, environ={}, now=NOW)[calendar]
    zone = ZoneInfo(asked.timezone)
    begin = datetime.fromisoformat(start).replace(tzinfo=zone)

    if kind == "due":
        found = asked.due(begin, Duration.parse(until)).astimezone(zone)
        assert f"{found:%Y-%m-%dT%H:%M}" == answer
    else:
        end = datetime.fromisoformat(until).replace(tzinfo=zone)
        assert asked.open_between(begin, end).total_seconds() == Duration.parse(answer).real_seconds


@pytest.mark.parametrize(("command", "answer"), exchanges(), ids=lambda text: text[:40])
def test_a_command_of_the_page(
    file: Path,
    command: str,
    answer: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    spoken, pipe, called = command.rpartition(" | ")
    if pipe:
        monkeypatch.setattr("sys.stdin", io.StringIO(shlex.split(spoken)[1]))
    program, *arguments = shlex.split(called)

    code = run(["--config", str(file), *arguments], environ={})

    assert program == "deskladder"
    assert (code, capsys.readouterr().out) == (0, answer)
