"""Every kind of mistake is told in words that are pinned, with place, picture and guess."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from plugin.configuration import ConfigProblems, load

FOLDER = Path(__file__).parents[2] / "golden" / "config"
NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
ENVIRON = {"TOKEN": "correct-horse-battery", "SECRET": "staple-9f3c", "EMPTY": ""}
MISTAKES = sorted(FOLDER.glob("*.yaml"))


@pytest.mark.parametrize("file", MISTAKES, ids=lambda file: file.stem)
def test_mistake_is_told_in_the_pinned_words(file, golden, monkeypatch):
    monkeypatch.chdir(FOLDER)

    with pytest.raises(ConfigProblems) as refused:
        load(Path(file.name), environ=ENVIRON, now=NOW)

    golden(file.with_suffix(".txt"), f"{refused.value}\n")


def test_at_least_180_kinds_of_mistake_are_pinned():
    assert len(MISTAKES) >= 180


@pytest.mark.parametrize("file", MISTAKES, ids=lambda file: file.stem)
def test_every_problem_points_to_a_place_in_its_file(file, monkeypatch):
    monkeypatch.chdir(FOLDER)

    with pytest.raises(ConfigProblems) as refused:
        load(Path(file.name), environ=ENVIRON, now=NOW)

    for problem in refused.value.problems:
        lines = Path(problem.place.file).read_text("utf-8", "replace").split("\n")
        assert 1 <= problem.place.line <= len(lines)
        assert 1 <= problem.place.column <= len(lines[problem.place.line - 1]) + 1


def test_each_golden_text_belongs_to_a_mistake():
    assert {file.stem for file in FOLDER.glob("*.txt")} == {file.stem for file in MISTAKES}
