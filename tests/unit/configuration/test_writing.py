"""What is written as YAML is read back as it was, whatever people call things."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plugin.configuration import writing
from plugin.configuration.document import Source
from plugin.configuration.parsing import read_document
from plugin.configuration.scalars import plain


def read(lines: list[str]) -> Any:
    text = "\n".join(lines) + "\n"
    document = read_document(Source("written.yaml", text), lambda value, _span, _path: value)
    assert document.problems == []
    return plain(document.root)


NAMES = st.text(min_size=1, max_size=30).filter(lambda text: "${" not in text)
SCALARS = st.one_of(NAMES, st.booleans(), st.integers(0, 10**6))
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(st.lists(inner, max_size=5), st.dictionaries(NAMES, inner, max_size=4)),
    max_leaves=12,
)
ENTRIES = st.dictionaries(NAMES, VALUES, min_size=1, max_size=4)


@pytest.mark.slow
@given(entries=st.dictionaries(NAMES, ENTRIES, min_size=1, max_size=3), remark=st.text())
@settings(max_examples=60, deadline=None)
def test_entries_by_name_are_read_back(entries, remark):
    lines = ["section:"]
    for name, entry in entries.items():
        lines += writing.named_entry(name, entry, [remark])

    assert read(lines) == {"section": entries}


@pytest.mark.slow
@given(entries=st.lists(ENTRIES, min_size=1, max_size=3), remark=st.text())
@settings(max_examples=60, deadline=None)
def test_listed_entries_are_read_back(entries, remark):
    lines = ["section:"]
    for entry in entries:
        lines += writing.listed_entry(entry, [remark])

    assert read(lines) == {"section": entries}


@given(entry=ENTRIES, remark=st.text())
@settings(max_examples=40, deadline=None)
def test_what_is_switched_off_says_nothing_and_can_be_switched_on(entry, remark):
    written = writing.listed_entry(entry, [remark])
    off = writing.switched_off(written)

    assert read(["section: []", *off]) == {"section": []}
    on = [line.replace("# ", "", 1) for line in off[len(written) - len(off) :]]
    kept = [line for line in written if not line.lstrip().startswith("#")]
    assert [line for line in on if line in kept] == kept


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("Finance", "Finance"),
        ("1st Level", "1st Level"),
        ("24x7", "24x7"),
        ("24/7", "24/7"),
        ("Zürich", "Zürich"),
        ("2026-12-24", "2026-12-24"),
        ("09:00-12:30", "09:00-12:30"),
        ("ruud@example.com", "ruud@example.com"),
        ("75%", "75%"),
        ("Sales::North", '"Sales::North"'),
        ("on", '"on"'),
        ("No", '"No"'),
        ("123", '"123"'),
        ("1e3", '"1e3"'),
        ("null", '"null"'),
        ("a: b", '"a: b"'),
        ("# first", '"# first"'),
        ("- item", '"- item"'),
        ('say "hi"', '"say \\"hi\\""'),
        ("ends with a space ", '"ends with a space "'),
        ("two\nlines", '"two\\nlines"'),
        ("\x85", '"\\u0085"'),
        ("half a \ud800 pair", '"half a \ufffd pair"'),
    ],
)
def test_quotes_stand_where_they_are_needed(text, written):
    assert writing.scalar(text) == written


def test_a_value_never_becomes_a_variable():
    assert writing.scalar("${HOME}") == '"$${HOME}"'
    assert writing.key_text("${HOME}") == '"${HOME}"'


def test_a_comment_stays_a_comment():
    lines = writing.comment("first\nsecond: not a key\r\n\x85- nor an entry " + "word " * 40, 2)

    assert all(line.startswith("  # ") for line in lines)
    assert max(len(line) for line in lines) <= writing.WIDTH


def test_a_long_list_gets_a_line_for_each_entry():
    days = [{"date": f"2026-12-{day}", "name": "closed"} for day in range(10, 14)]

    lines = writing.named_entry("office", {"timezone": "UTC", "holidays": days})

    assert lines[:4] == [
        "  office:",
        "    timezone: UTC",
        "    holidays:",
        "      - {date: 2026-12-10, name: closed}",
    ]
