"""Every YAML block with tests, in the docs and among the shipped files, is played."""

from __future__ import annotations

from pathlib import Path

import pytest

from plugin.cli.main import run
from tests.docs.test_pages import ROOT, yaml_blocks

PLAYED = [block for block in yaml_blocks() if "\ntests:" in str(block.values[0])]  # type: ignore[attr-defined]
SHIPPED = [
    pytest.param(file, id=file.name)
    for file in sorted((ROOT / "config").glob("**/*.yaml"))
    if "\ntests:" in file.read_text(encoding="utf-8")
]


def test_there_is_something_to_play() -> None:
    assert PLAYED


@pytest.mark.parametrize("block", PLAYED)
def test_the_tests_in_the_docs_pass(
    block: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "deskladder.yaml"
    file.write_text(block, encoding="utf-8")

    assert run(["test", str(file)], {}) == 0, capsys.readouterr().out


@pytest.mark.parametrize("host", ["zammad", "freescout"])
@pytest.mark.parametrize("file", SHIPPED)
def test_the_tests_of_the_shipped_files_pass(
    file: Path, host: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["test", str(file), "--type", host], {}) == 0, capsys.readouterr().out


def test_what_the_page_shows_is_what_the_command_prints(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page = (ROOT / "docs" / "testing.md").read_text(encoding="utf-8")
    file = tmp_path / "deskladder.yaml"
    file.write_text(page.split("```yaml\n")[1].split("```")[0], encoding="utf-8")
    shown = page.split("$ deskladder test\n")[1].split("```")[0]

    run(["test", str(file)], {})

    assert capsys.readouterr().out == shown
