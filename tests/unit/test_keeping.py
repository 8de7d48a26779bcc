"""What the keeper of the file tells other processes through the store."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from plugin.domain.storing import SERVED
from plugin.keeping import Keeper
from plugin.metrics import Metrics
from plugin.store.store import Store
from tests.store.making import NINE

HEAD = "version: 1\nhelpdesks:\n"
ENTRY = """\
  {0}:
    type: zammad
    url: https://{0}.example.com
    token: ${{TOKEN}}
    webhook_secret: ${{TOKEN}}
    service_user: deskladder@example.com
"""
SUPPORT, SHOP = ENTRY.format("support"), ENTRY.format("shop")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store.open(f"sqlite:///{tmp_path}/store.sqlite3", now=NINE)
    yield opened
    opened.close()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "deskladder.yaml"


@pytest.fixture
def keeper(store: Store, file: Path) -> Keeper:
    """Of a file with two helpdesks."""
    file.write_text(HEAD + SUPPORT + SHOP)
    environ = {"TOKEN": "correct-horse-battery"}
    keeper = Keeper(file, environ=environ, clock=lambda: NINE, metrics=Metrics())
    keeper.begin(store)
    return keeper


def test_the_helpdesks_of_the_file_are_noted(keeper: Keeper, store: Store) -> None:
    assert keeper.live().helpdesks.keys() == store.numbers(SERVED).keys() == {"support", "shop"}


def test_one_that_is_taken_out_is_not_and_is_again_when_it_is_back(
    keeper: Keeper, store: Store, file: Path
) -> None:
    file.write_text(HEAD + SUPPORT)
    assert keeper.reload()
    assert store.numbers(SERVED).keys() == {"support"}

    file.write_text(HEAD + SUPPORT + SHOP)
    assert keeper.reload()

    assert store.numbers(SERVED).keys() == {"support", "shop"}


def test_a_file_with_a_mistake_takes_none_out(keeper: Keeper, store: Store, file: Path) -> None:
    file.write_text(HEAD + SUPPORT + "ruels: []\n")

    assert not keeper.reload()

    assert store.numbers(SERVED).keys() == {"support", "shop"}
