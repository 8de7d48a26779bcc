"""The page on the file: what it says about ladders and the matrix is what the program does."""

from __future__ import annotations

import dataclasses
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from plugin.cli.main import run
from plugin.configuration import load
from plugin.configuration.coverage import describe
from plugin.configuration.ladder_schema import LevelSchema, PolicySchema
from plugin.configuration.schema import FileSchema
from plugin.domain.duration import Duration
from plugin.domain.ladder import Kind, Level, Policy
from tests.docs.test_pages import Anything

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "file.md").read_text("utf-8")
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
HELPDESKS = (
    "version: 1\nhelpdesks: {support: {type: zammad, url: https://help.example.com, token: '${TOKEN}', "
    "webhook_secret: '${SECRET}', service_user: deskladder@example.com}}\n"
)


def section(title: str) -> str:
    """The page from one heading to the next."""
    return PAGE.partition(f"\n## {title}\n")[2].partition("\n## ")[0]


def rows(title: str, heading: str) -> list[list[str]]:
    """The rows of the table whose first row begins with these words."""
    table = section(title).partition(f"| {heading} |")[2].partition("\n\n")[0]
    lines = [line for line in table.splitlines()[2:] if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def test_what_check_prints_is_what_the_page_shows(tmp_path: Path) -> None:
    text = section("The matrix")
    (block,) = re.findall(r"^```yaml\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    (shown,) = re.findall(r"^```\n(  policy.*?)^```", text, re.MULTILINE | re.DOTALL)
    file = tmp_path / "deskladder.yaml"
    file.write_text(HELPDESKS + block, encoding="utf-8")

    assert describe(load(file, environ=Anything(), now=NOW)) == shown.splitlines()


def test_every_key_of_a_policy_stands_in_its_table() -> None:
    named = {cell.strip("`") for cell, *_ in rows("Escalation policies", "a policy's")}

    assert named == set(PolicySchema().fields) - {"levels"}


def test_every_key_of_a_level_stands_on_the_page() -> None:
    text = section("Escalation policies")

    assert [key for key in LevelSchema().fields if f"`{key}`" not in text] == []


USUAL = Policy("usual", Kind.FUNCTIONAL, (Level(1, "", Kind.FUNCTIONAL),))


@pytest.mark.parametrize(
    ("key", "said"),
    [
        (cell.strip("`"), usual.strip("`"))
        for cell, usual, _ in rows("Escalation policies", "a policy's")
        if usual and usual != "`defaults.calendar`" and cell != "`type`"
    ],
)
def test_the_defaults_are_those_of_the_program(key: str, said: str) -> None:
    usual = getattr(USUAL, key)

    assert key in {one.name for one in dataclasses.fields(Policy)}
    if isinstance(usual, bool):
        assert said == str(usual).lower()
    elif key == "priority":
        assert said == usual.word
    elif key == "repeat":
        assert said == str(usual)
    elif isinstance(usual, Duration):
        assert Duration.parse(said) == usual
    else:
        assert Duration.parse(said).real_seconds == usual.total_seconds()


def test_the_example_passes_its_own_tests(capsys: pytest.CaptureFixture[str]) -> None:
    code = run(["test", str(ROOT / "config" / "deskladder.example.yaml")], environ={})

    assert (code, "2 tests, all passed" in capsys.readouterr().out) == (0, True)


def test_the_example_has_every_section_of_the_file() -> None:
    text = (ROOT / "config" / "deskladder.example.yaml").read_text("utf-8")
    sections = {kind.data_key or name for name, kind in FileSchema().fields.items()}

    missing = [name for name in sections if not re.search(rf"^(# )?{name}:", text, re.MULTILINE)]
    assert missing == []
