"""From when, which helpdesks, how fast: the options of the commands that look back."""

from __future__ import annotations

import sys
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest

from plugin.cli import _looking_back as looking_back
from plugin.domain.errors import DeskladderError

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
CONFIG = SimpleNamespace(path="deskladder.yaml", helpdesks={"support": None, "shop": None})


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("90d", NOW - timedelta(days=90)),
        ("2w", NOW - timedelta(days=14)),
        ("2026-08-01", datetime(2026, 8, 1, tzinfo=UTC)),
        ("2026-08-01T10:00+02:00", datetime(2026, 8, 1, 8, tzinfo=UTC)),
    ],
)
def test_a_period_begins_so_long_ago_or_on_a_date(text, at):
    assert looking_back.since(text, NOW) == at


@pytest.mark.parametrize("text", ["", "90", "3 months", "yesterday", "2026-13-01", "2027-01-01"])
def test_another_beginning_is_refused(text):
    with pytest.raises(DeskladderError, match="--since"):
        looking_back.since(text, NOW)


def test_all_helpdesks_unless_some_are_named():
    assert looking_back.helpdesks(None, CONFIG) == ["shop", "support"]
    assert looking_back.helpdesks(["shop", "shop"], CONFIG) == ["shop"]


def test_an_unknown_helpdesk_is_refused_with_the_known_ones():
    with pytest.raises(DeskladderError, match="there are shop, support"):
        looking_back.helpdesks(["sale"], CONFIG)


def test_kept_histories_are_removed_and_nothing_else(tmp_path):
    for name in ("history-support.sqlite3", "history-support.sqlite3-wal", "history-shop.sqlite3"):
        (tmp_path / name).touch()
    (tmp_path / "deskladder.sqlite3").touch()

    assert looking_back.remove_kept({"DESKLADDER_DATA": str(tmp_path)}) == 2
    assert [file.name for file in tmp_path.iterdir()] == ["deskladder.sqlite3"]


def test_the_bar_is_for_terminals_alone(capsys, monkeypatch):
    with looking_back.Bar("support") as bar:
        bar.show("reading", 5, 10)
    assert capsys.readouterr().err == ""

    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    with looking_back.Bar("support") as bar:
        bar.show("reading", 5, 10)
        bar.show("reading", 6, 10)

    shown = capsys.readouterr().err
    assert "support: reading [###############...............] 5 of 10" in shown
    assert "6 of 10" not in shown, "a moment later nothing is drawn anew"
    assert shown.endswith("\r")
