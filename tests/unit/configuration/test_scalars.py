"""Unquoted values mean what YAML 1.2's core schema says, and remember how they were written."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugin.configuration.scalars import Concealed, concealed_in, numbers_as_text, plain, resolve


@pytest.mark.parametrize("text", ["on", "off", "yes", "no", "On", "NO", "y", "n", "12:30", "1_000",
                                  "2026-12-24", "2026-12-24T10:00:00Z", "=", "1.2.3", "+", "-", ".",
                                  "0b11", "0x", "0o8", "1e", "e3", "٣", "nan", "tRue", "<<", "9" * 50])  # fmt: skip
def test_traps_of_older_yaml_are_text(text):
    assert resolve(text) == text
    assert type(resolve(text)) is str


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("true", True),
        ("False", False),
        ("TRUE", True),
        ("null", None),
        ("~", None),
        ("", None),
        ("7", 7),
        ("-12", -12),
        ("+5", 5),
        ("0123", 123),
        ("0o17", 15),
        ("0x1F", 31),
        ("1.5", 1.5),
        (".5", 0.5),
        ("1e3", 1000.0),
        ("-.inf", -math.inf),
    ],
)
def test_core_schema_is_followed(text, value):
    found = resolve(text)

    assert found == value
    assert isinstance(found, bool) is isinstance(value, bool)


@pytest.mark.parametrize("text", ["0123", "+5", "0x1F", "1.10", "1e3", "2024", "-0"])
def test_a_number_taken_as_text_is_what_was_written(text):
    assert str(resolve(text)) == text
    assert numbers_as_text({"tags": [resolve(text)]}) == {"tags": [text]}


def test_truth_values_do_not_turn_into_text():
    assert numbers_as_text([True, 1]) == [True, "1"]


@given(st.text(max_size=30))
def test_any_text_resolves_without_an_exception(text):
    resolve(text)


def test_concealed_text_shows_its_source_only():
    text = Concealed("s3cret", "${TOKEN}")

    assert text == "s3cret"
    assert "s3cret" not in repr(text)
    assert repr([text]) == "[the value of ${TOKEN}]"


def test_concealed_texts_are_found_at_any_depth():
    text = Concealed("s3cret", "${TOKEN}")

    assert concealed_in({"a": [{"b": text}], "c": "plain"}) == [text]


def test_plain_leaves_no_special_types():
    value = {"a": [resolve("0123"), resolve("1.10"), Concealed("x", "${X}")]}

    found = plain(value)

    assert [type(item) for item in found["a"]] == [int, float, str]
