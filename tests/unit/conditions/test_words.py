"""Word lists: whole words, any case, any accent, and as fast for many as for few."""

from __future__ import annotations

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugin.conditions._words import WordList
from plugin.domain.folding import fold
from plugin.domain.words import Words


def found(word: str, text: str, language: str = "") -> bool:
    return WordList([(word, language)]).found_in(Words(fold(text)))


@pytest.mark.parametrize(
    ("word", "text"),
    [
        pytest.param("factuur", "Mijn factuur klopt niet", id="inside a sentence"),
        pytest.param("factuur", "FACTUUR!", id="other case, before a sign"),
        pytest.param("Rechnung", "(rechnung)", id="between brackets"),
        pytest.param("cafe", "het café is dicht", id="accent in the text"),
        pytest.param("café", "het cafe is dicht", id="accent in the word"),
        pytest.param("Straße", "die STRASSE", id="sharp s"),
        pytest.param("Rückgabe", "die Rueckgabe", id="umlaut written out in the text"),
        pytest.param("Rückgabe", "die Ruckgabe", id="umlaut left out in the text"),
        pytest.param("niet betaald", "is  niet\nbetaald.", id="phrase over a line break"),
        pytest.param("e-mail", "your e mail", id="hyphen or blank"),
        pytest.param("refund*", "about refunding me", id="open end"),
        pytest.param("geld terug*", "mijn geld terugkrijgen", id="phrase with an open end"),
        pytest.param("24", "room 24, please", id="number"),
        pytest.param("жалоба", "Моя ЖАЛОБА", id="another script"),
    ],
)
def test_a_word_is_found(word: str, text: str) -> None:
    assert found(word, text)


@pytest.mark.parametrize(
    ("word", "text"),
    [
        pytest.param("bill", "the billing", id="part of a longer word"),
        pytest.param("bill", "waybill", id="end of a longer word"),
        pytest.param("niet betaald", "niet snel betaald", id="phrase with a word between"),
        pytest.param("refund*", "prerefund", id="open end is not an open beginning"),
        pytest.param("poet", "a pöt", id="oe stays oe outside German"),
        pytest.param("invoice", "", id="empty text"),
    ],
)
def test_a_word_is_not_found(word: str, text: str) -> None:
    assert not found(word, text)


def test_a_german_word_written_out_finds_the_umlaut() -> None:
    assert found("Rueckgabe", "die Rückgabe", "de")
    assert not found("Rueckgabe", "die Rückgabe", "en")


def test_the_first_word_of_the_list_is_named_with_its_language() -> None:
    listed = WordList([("kapot", "nl"), ("factuur", "nl"), ("invoice", "en")])

    entry = listed.first_in(Words(fold("invoice of factuur")))

    assert str(entry) == "\u2018factuur\u2019 (nl)"


@pytest.mark.parametrize("ending", ["", "*"], ids=["whole words", "open ends"])
def test_many_words_are_found_as_few_are(ending: str) -> None:
    many = [(f"word{number}x{ending}", "") for number in range(500)]
    listed = WordList([*many, (f"needle{ending}", "")])

    assert listed.found_in(Words("in the hay a needle lies"))
    assert not listed.found_in(Words("in the hay nothing lies"))


@given(
    words=st.lists(
        st.text(string.ascii_lowercase, min_size=1, max_size=3), min_size=1, max_size=30
    ),
    text=st.lists(st.text(string.ascii_lowercase, min_size=1, max_size=4), max_size=30),
    is_open=st.booleans(),
)
def test_a_list_finds_what_looking_word_by_word_finds(
    words: list[str], text: list[str], is_open: bool
) -> None:
    ending = "*" if is_open else ""
    expected = any(
        one.startswith(word) if is_open else one == word for one in text for word in words
    )

    listed = WordList([(word + ending, "") for word in words])

    assert listed.found_in(Words(" ".join(text))) is expected
    assert (listed.first_in(Words(" ".join(text))) is not None) is expected


@given(st.text())
def test_any_text_can_be_cut_into_words(text: str) -> None:
    words = Words(fold(text))

    assert all(f" {word} " in words.padded for word in words.tokens)
