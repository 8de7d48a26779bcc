"""Text made comparable."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugin.domain.folding import fold


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("FACTUUR", "factuur"),
        ("Gewährleistung", "gewahrleistung"),
        ("Straße", "strasse"),
        ("e\u0301te\u0301", "ete"),
        ("Łódź", "łodz"),
        ("ﬁne", "fine"),
        ("ЁЖ", "еж"),
    ],
)
def test_case_and_accents_go(text: str, folded: str) -> None:
    assert fold(text) == folded


@given(st.text())
def test_taking_runs_apart_is_taking_the_whole_apart(text: str) -> None:
    whole = unicodedata.normalize("NFKD", text.casefold())

    assert fold(text) == "".join(char for char in whole if not unicodedata.combining(char))
