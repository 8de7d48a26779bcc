"""Who gets a ticket when nobody of a pool is there: a word, or a login that looks like one."""

from __future__ import annotations

from pathlib import Path

import pytest

from plugin.configuration import load
from tests.unit.engine.workshop import ENVIRON, HEAD, NOON

TEAM = """\
teams:
  finance:
    group: Finance
    lead: marta@example.com
    pool: {{if_none: {who}}}
rules: []
"""


def warnings_with(folder: Path, who: str) -> list[str]:
    file = folder / "deskladder.yaml"
    file.write_text(HEAD + TEAM.format(who=who), encoding="utf-8")
    config = load(file, environ=ENVIRON, now=NOON)
    return [one for one in config.warnings if "if_none" in one]


@pytest.mark.parametrize(
    ("who", "meant"), [("leed", "lead"), ("Lead", "lead"), ("unasigned", "unassigned")]
)
def test_a_login_that_looks_like_a_word_is_asked_about(
    tmp_path: Path, who: str, meant: str
) -> None:
    (warning,) = warnings_with(tmp_path, who)

    assert f"a person whose login is {who!r}" in warning
    assert f"did you mean {meant!r}" in warning


@pytest.mark.parametrize("who", ["lead", "unassigned", "ben", "leed@example.com"])
def test_words_people_and_other_logins_are_taken_as_they_are(tmp_path: Path, who: str) -> None:
    assert warnings_with(tmp_path, who) == []
