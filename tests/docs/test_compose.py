"""The compose files run Deskladder as the image is meant to be run."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]
FILES = sorted((ROOT / "docs" / "compose").glob("*.yml"))


def test_there_is_one_for_each_helpdesk() -> None:
    assert [file.stem for file in FILES] == ["freescout", "zammad"]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_nothing_but_the_data_can_be_written_and_no_secret_stands_there(file: Path) -> None:
    whole = yaml.safe_load(file.read_text(encoding="utf-8"))

    service = whole["services"]["deskladder"]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert "deskladder-data:/data" in service["volumes"]
    assert "./deskladder:/config:ro" in service["volumes"]
    assert "environment" not in service
    assert all(name in whole["volumes"] for name in ("deskladder-data",))


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_the_paths_are_those_of_the_image(file: Path) -> None:
    image = (ROOT / "Dockerfile").read_text(encoding="utf-8")

    assert "DESKLADDER_CONFIG=/config/deskladder.yaml" in image
    assert "VOLUME /data" in image
    assert "EXPOSE 8080" in image
    assert "127.0.0.1:8080:8080" in file.read_text(encoding="utf-8")
