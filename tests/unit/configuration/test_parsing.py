"""Reading one YAML file keeps every place and refuses what could be read in two ways."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from plugin.configuration.document import Block, Items, Source, render_path
from plugin.configuration.parsing import Broken, read_document


def read(text):
    return read_document(Source("a.yaml", text), lambda text, span, path: text)


def test_every_key_value_and_item_knows_its_place():
    document = read("rules:\n  - name: one\n    on: [time, note.added]\n")

    rule = document.root["rules"][0]
    assert (rule.key_spans["on"].place.line, rule.key_spans["on"].place.column) == (3, 5)
    assert str(rule.value_spans["name"].place) == "a.yaml:2:11"
    assert [span.column for span in rule["on"].spans] == [9, 15]


def test_columns_count_characters_not_bytes():
    document = read('{"ä€😀": x}')

    assert document.root.value_spans["ä€😀"].column == 8


def test_quoted_values_stay_text():
    assert read("a: \"7\"\nb: 'true'\nc: |\n  12\n").root == {"a": "7", "b": "true", "c": "12\n"}


def test_keys_are_text_however_they_look():
    assert read("on: 1\n2024: 2\ntrue: 3\n").root == {"on": 1, "2024": 2, "true": 3}


def test_an_alias_stands_for_its_anchor_and_points_to_itself():
    document = read("a: &x {b: 1}\nc: *x\n")

    assert document.root["c"] == {"b": 1}
    assert document.root.value_spans["c"].line == 1


def test_the_first_of_two_equal_keys_counts_and_both_are_named():
    document = read("a: 1\nb: 2\na: 3\n")

    assert document.root == {"a": 1, "b": 2}
    (problem,) = document.problems
    assert problem.place.line == 3
    assert "first in line 1" in problem.message


def test_aliases_that_multiply_are_refused():
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 9)]

    with pytest.raises(Broken) as refused:
        read("\n".join(lines))

    assert "aliases counted each time" in refused.value.problem.message


@pytest.mark.parametrize("opening", ["[", "{a: ", "- "])
def test_bottomless_nesting_is_refused(opening):
    with pytest.raises(Broken):
        read(opening * 50_000)


@pytest.mark.parametrize(
    ("parts", "text"),
    [
        (["rules", 0, "when", "customer.tickets"], "rules[0].when.customer.tickets"),
        (["calendars", "my office", "hours"], "calendars['my office'].hours"),
        ([], ""),
        (["", 1], "[''][1]"),
    ],
)
def test_paths_read_as_people_write_them(parts, text):
    assert render_path(parts) == text


def spans_match(value):
    if isinstance(value, Block):
        assert set(value) == set(value.key_spans) == set(value.value_spans)
        for item in value.values():
            spans_match(item)
    elif isinstance(value, Items):
        assert len(value) == len(value.spans)
        for item in value:
            spans_match(item)


@given(st.text(alphabet="ab:-[]{}&*!|>'\"#%@, \n\t$?0~\x00\u2028é", max_size=60))
@example("&a [*a]")
@example("? [a]\n: b")
@example("a: !<tag:x> b")
@example("- &a\n- *a")
@example("%YAML 2.0\n---\na")
def test_any_text_is_read_or_refused_with_a_place(text):
    problem = None
    try:
        document = read(text)
    except Broken as refused:
        problem = refused.problem

    if problem is None:
        spans_match(document.root)
    else:
        assert problem.place.line >= 1
        assert problem.message
