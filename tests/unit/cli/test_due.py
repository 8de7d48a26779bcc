"""`deskladder due`: the answer, its reasons, and what it says to a question it cannot answer."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from plugin.cli.main import run

FILE = """\
version: 1
helpdesks:
  support:
    type: zammad
    token: ${A_TOKEN_NOBODY_HAS_SET}
calendars:
  office:
    timezone: Europe/Amsterdam
    hours: {mon-thu: [09:00-12:30, 13:00-17:30], fri: [09:00-16:00]}
    holidays: [2026-12-24]
  always: {timezone: UTC, hours: 24/7}
"""


@pytest.fixture
def ask(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    """Run the command; the answer is (exit code, stdout, stderr)."""
    file = tmp_path / "deskladder.yaml"
    file.write_text(FILE, encoding="utf-8")

    def command(*arguments: str, config: Path = file) -> tuple[int, str, str]:
        code = run(["--config", str(config), "due", *arguments], environ={})
        told = capsys.readouterr()
        return code, told.out, told.err

    return command


def test_a_due_time_is_told_with_what_was_not_counted(ask) -> None:
    answer = ask("office", "2026-12-23T16:00", "4h", "--pause", "2026-12-25T10:00/2026-12-25T11:00")

    assert answer[0] == 0
    assert answer[1].splitlines() == [
        "Fri 2026-12-25 12:30 Europe/Amsterdam (2026-12-25T11:30:00Z)",
        "  not counted: Wed 23 Dec 17:30 to Fri 25 Dec 09:00, closed",
        "  not counted: Fri 25 Dec 10:00 to Fri 25 Dec 11:00, pause",
    ]


def test_open_time_between_two_instants(ask) -> None:
    answer = ask("office", "--between", "2026-11-23T11:00:30Z", "2026-11-23T14:00:00Z")

    assert answer == (
        0,
        "2h29m30s\n  not counted: Mon 23 Nov 12:30 to Mon 23 Nov 13:00, lunch\n",
        "",
    )


def test_backwards_is_negative(ask) -> None:
    assert ask("always", "--between", "2026-11-23T12:00", "2026-11-23T11:15")[1] == "-45m\n"


def test_json_for_scripts(ask) -> None:
    code, out, _ = ask("office", "2026-11-23T12:00", "1h", "--format", "json")

    assert (code, json.loads(out)) == (
        0,
        {
            "due": "2026-11-23T12:30:00Z",
            "local": "2026-11-23T13:30:00+01:00",
            "skipped": [
                {
                    "start": "2026-11-23T11:30:00Z",
                    "end": "2026-11-23T12:00:00Z",
                    "reason": "lunch",
                }
            ],
        },
    )


def test_now_is_an_instant_too(ask) -> None:
    assert ask("always", "--between", "now", "now")[:2] == (0, "0m\n")


def test_a_batch_answers_line_by_line(ask, monkeypatch: pytest.MonkeyPatch) -> None:
    questions = [
        {"calendar": "office", "start": "2026-11-23T15:00:00Z", "duration": "4h"},
        {
            "calendar": "office",
            "start": "2026-11-23T15:00:00Z",
            "duration": "4h",
            "pauses": [["2026-11-23T15:30:00Z", "2026-11-23T16:00:00Z"]],
        },
        {
            "calendar": "always",
            "start": "2026-11-23T15:00:00Z",
            "end": "2026-11-24T15:00:59Z",
            "pauses": [],
        },
        {"calendar": "always", "start": "2026-11-24T15:00:00Z", "end": "2026-11-23T15:00:00Z"},
        {"calendar": "always", "start": "2026-11-24T15:00:00Z", "duration": None},
        {"calendar": "always", "start": None, "end": "2026-11-23T15:00:00Z"},
    ]
    lines = "\n\n".join(json.dumps(question) for question in questions)
    monkeypatch.setattr("sys.stdin", io.StringIO(lines))

    code, out, err = ask("--batch")

    assert [json.loads(line) for line in out.splitlines()] == [
        {"due": "2026-11-24T10:30:00Z"},
        {"due": "2026-11-24T11:00:00Z"},
        {"minutes": 1440},
        {"minutes": -1440},
        {"due": None},
        {"minutes": None},
    ]
    assert (code, err) == (0, "")


def test_a_bad_line_of_a_batch_does_not_stop_the_others(
    ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = [
        "nonsense",
        "[]",
        '{"calendar": "ofice", "start": "2026-11-23", "duration": "1h"}',
        '{"calendar": "always", "start": "soon", "duration": "1h"}',
        '{"calendar": "always", "start": "2026-11-23", "duration": 60}',
        '{"calendar": "always", "start": "2026-11-23", "durations": "1h"}',
        '{"calendar": "always", "start": "2026-11-23"}',
        '{"calendar": "always", "start": "2026-11-23", "duration": "1h", "pauses": [["x"]]}',
        '{"calendar": "always", "start": "1950-11-23", "duration": "1h"}',
        '{"calendar": "always", "start": "2026-11-23", "duration": "1h"}',
    ]
    monkeypatch.setattr("sys.stdin", io.StringIO("\n".join(lines)))

    code, out, _ = ask("--batch")

    answers = [json.loads(line) for line in out.splitlines()]
    assert code == 1
    assert [answer.get("error", "fine") for answer in answers] == [
        "line 1: expected a JSON object (Expecting value: line 1 column 1 (char 0))",
        "line 2: expected a JSON object",
        "line 3: expected one of the file's calendars (always, office), got 'ofice'; did you mean 'office'?",
        "line 4: expected an instant such as 2026-11-24T16:00 or with Z, got 'soon'",
        "line 5: expected a duration such as 30m, 4h, 1h30m, 2bd (business days) or 7d; got 60",
        "line 6: expected the keys calendar, start, duration, end, pauses; got 'durations'",
        "line 7: expected either duration or end",
        "line 8: expected a pause to be two instants, got ['x']",
        "line 9: calendar 'always' knows the years 1970 to 2199; asked about 1950",
        "fine",
    ]


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        pytest.param((), "expected CALENDAR START DURATION", id="nothing"),
        pytest.param(("office",), "expected START and DURATION", id="calendar alone"),
        pytest.param(("office", "now"), "expected START and DURATION", id="no duration"),
        pytest.param(("office", "now", "4x"), "got '4x'", id="no unit we know"),
        pytest.param(("office", "24.12.2026", "4h"), "got '24.12.2026'", id="no instant"),
        pytest.param(
            ("office", "now", "--between", "now", "now"), "takes the place of", id="both questions"
        ),
        pytest.param(("--batch", "office"), "takes its questions from stdin", id="batch and more"),
        pytest.param(
            ("office", "now", "4h", "--pause", "now"), "expected a pause such as", id="half a pause"
        ),
        pytest.param(
            ("office", "now", "4h", "--pause", "2026-11-24/2026-11-23"),
            "a pause that ends after it starts",
            id="pause backwards",
        ),
    ],
)
def test_a_question_put_wrongly_is_usage(ask, arguments: tuple[str, ...], complaint: str) -> None:
    code, out, err = ask(*arguments)

    assert (code, out) == (2, "")
    assert complaint in err


def test_an_unknown_calendar_is_something_to_change(ask) -> None:
    assert ask("ofice", "now", "4h") == (
        1,
        "",
        "expected one of the file's calendars (always, office), got 'ofice'; did you mean 'office'?\n",
    )


def test_a_calendar_that_cannot_answer_says_why(ask, tmp_path: Path) -> None:
    file = tmp_path / "rare.yaml"
    file.write_text(
        "version: 1\n"
        "calendars:\n"
        "  rare:\n"
        "    timezone: UTC\n"
        "    hours: {mon: []}\n"
        "    holidays: [{date: 2126-11-25, hours: [09:00-10:00]}]\n",
        encoding="utf-8",
    )

    code, out, err = ask("rare", "now", "4h", config=file)

    assert (code, out) == (1, "")
    assert "open time within a year" in err


def test_mistakes_in_the_calendars_are_told_at_their_place(ask, tmp_path: Path) -> None:
    file = tmp_path / "broken.yaml"
    file.write_text(FILE.replace("Europe/Amsterdam", "CET"), encoding="utf-8")

    code, out, err = ask("office", "now", "4h", config=file)

    assert (code, out) == (1, "")
    assert "broken.yaml:8:15: calendars.office.timezone: expected an IANA zone" in err


def test_a_missing_file_is_told(ask, tmp_path: Path) -> None:
    code, _, err = ask("office", "now", "4h", config=tmp_path / "none.yaml")

    assert code == 1
    assert "none.yaml" in err
