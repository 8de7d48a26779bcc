"""Which priorities a host can show that keeps only some of them by a mark."""

from __future__ import annotations

import pytest

from plugin.domain.standing_for import settable, stand_in
from plugin.domain.ticket import Priority

LOW, NORMAL, HIGH, URGENT = Priority


@pytest.mark.parametrize(
    ("marked", "asked", "shown"),
    [
        ({HIGH, URGENT}, URGENT, URGENT),
        ({HIGH}, URGENT, HIGH),
        ({URGENT}, HIGH, None),
        ({LOW, NORMAL}, HIGH, None),
        ({LOW}, NORMAL, None),
        ({HIGH}, LOW, None),
    ],
    ids=[
        "its own mark",
        "the next lower one",
        "never a higher one",
        "never normal or less for more",
        "never low for normal",
        "never high for low",
    ],
)
def test_the_word_that_is_shown(marked, asked, shown):
    assert stand_in(marked, asked) is shown


def test_a_tag_can_be_missing_so_normal_and_low_can_always_be_set():
    assert settable({URGENT}, may_be_unmarked=True) == {LOW, NORMAL, URGENT}


def test_a_field_keeps_its_value_so_each_word_needs_one():
    assert settable({NORMAL, URGENT}, may_be_unmarked=False) == {NORMAL, URGENT}
