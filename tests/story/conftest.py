"""What most stories begin with: one of the hosts, and a desk on it where a ladder may be feared."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.story.fears import Feared
from tests.story.world import HOSTS


@pytest.fixture(params=HOSTS)
def host(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def desk(host: str, tmp_path: Path) -> Iterator[Feared]:
    with Feared(host, tmp_path) as desk:
        desk.start()
        yield desk
