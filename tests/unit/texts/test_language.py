"""The language a customer writes, from a sentence or two."""

import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from plugin.texts.language import base_language, detect

SENTENCES = yaml.safe_load(Path(__file__).with_name("sentences.yaml").read_text("utf-8"))
OURS = [(code, text) for code in ("en", "de", "nl") for text in SENTENCES[code]]
ALLOWED = ["en", "de", "nl"]


def test_the_corpus_keeps_its_size():
    assert len(OURS) >= 40


@pytest.mark.parametrize(("code", "text"), OURS)
def test_short_sentences_are_recognised(code, text):
    assert detect(text, ALLOWED) == code


@pytest.mark.parametrize("text", SENTENCES["other"])
def test_another_language_is_no_guess(text):
    assert detect(text, ALLOWED) is None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "ok",
        "4711",
        "?!",
        "👍👍👍",
        "gerda@guest.example https://guest.example/x 2026-12-03",
        "a b c d e",
        "aaaaaaaaaaaaaaaaaaaa" * 50,
    ],
    ids=["nothing", "ok", "number", "marks", "emoji", "addresses", "letters", "noise"],
)
def test_too_little_is_unsure(text):
    assert detect(text, ALLOWED) is None


@pytest.mark.parametrize(
    ("allowed", "found"),
    [
        (["nl-NL", "en-GB"], "nl-NL"),
        (["en", "de"], None),
        (["nl-BE", "nl"], "nl-BE"),
        ([], None),
        (["xx"], None),
        (["xx", "nl"], "nl"),
    ],
)
def test_only_allowed_codes_are_answered(allowed, found):
    assert detect("De factuur van mijn laatste verblijf klopt weer niet.", allowed) == found


def test_norwegian_has_several_names():
    text = "Fakturaen for det siste oppholdet mitt er feil igjen, kan dere rette den?"

    assert detect(text, ["nb", "en"]) == "nb"


@pytest.mark.parametrize(
    ("code", "base"), [("nl-NL", "nl"), ("DE_at", "de"), (" en ", "en"), ("nb", "no"), ("", "")]
)
def test_the_base_of_a_language(code, base):
    assert base_language(code) == base


def test_the_model_is_loaded_only_when_needed():
    code = (
        "import sys; from plugin.texts import language, replies;"
        "language.detect('ok', ['en', 'nl']);"
        "assert not {'py3langid', 'numpy', 'jinja2'} & sys.modules.keys()"
    )

    subprocess.run([sys.executable, "-c", code], check=True)
