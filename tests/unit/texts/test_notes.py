"""The notes Deskladder brings along."""

import pytest

from plugin.texts.notes import BUILT_IN, note_texts
from plugin.texts.templates import check_template, placeholders, render
from plugin.texts.values import values_for
from tests.fakes import NOON, a_ticket
from tests.unit.actions.doing import a_config

EVERY = [(name, code, text) for name, texts in BUILT_IN.items() for code, text in texts.items()]


@pytest.mark.parametrize(("name", "code", "text"), EVERY, ids=[f"{n}-{c}" for n, c, _ in EVERY])
def test_built_in_notes_are_good_templates(name, code, text):
    check_template(text)

    html = render(
        text,
        values_for(a_ticket(), a_config(), NOON, language=code, zone="UTC", rule="r", reason="w"),
    )
    assert html.startswith("<p>")
    assert "{" not in html


def test_all_languages_say_the_same():
    for texts in BUILT_IN.values():
        assert set(texts) == {"en", "de", "nl"}
        assert len({placeholders(text) for text in texts.values()}) == 1


def test_the_file_adds_languages_and_replaces_its_own():
    config = a_config(
        notes={"why": {"fr": "Parce que.", "en": "Because."}, "mine": {"en": "Mine."}}
    )

    assert note_texts("why", config)["fr"] == "Parce que."
    assert note_texts("why", config)["en"] == "Because."
    assert note_texts("why", config)["de"] == BUILT_IN["why"]["de"]
    assert note_texts("mine", config) == {"en": "Mine."}


def test_an_unknown_note_is_no_note():
    with pytest.raises(KeyError):
        note_texts("nope", a_config())
