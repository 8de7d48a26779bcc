"""A `when` that no ticket can meet is found; one that some ticket can meet is left alone."""

from __future__ import annotations

import pytest

from plugin.configuration.document import Source
from plugin.configuration.impossible import contradictions
from plugin.configuration.parsing import read_document


def places(when):
    document = read_document(Source("a.yaml", when), lambda text, span, path: text)
    return [".".join(map(str, path)) for path, _ in contradictions(document.root, ())]


@pytest.mark.parametrize(
    ("when", "place"),
    [
        ("{all: [{priority: high}, {priority: low}]}", "all.1.priority"),
        ("{priority: high, all: [{priority: {is: low}}]}", "all.0.priority"),
        ("{all: [{all: [{group: A}]}, {all: [{group: [B, C]}]}]}", "all.1.all.0.group"),
        ("{any: [{state: x}, {all: [{channel: web}, {channel: phone}]}]}", "any.1.all.1.channel"),
        ("{all: [{from_social: true}, {from_social: false}]}", "all.1.from_social"),
        ("{all: [{group: [A, B]}, {group: [B, C]}, {group: [A, C]}]}", "all.2.group"),
    ],
)
def test_two_demands_no_ticket_meets_are_told_at_the_second(when, place):
    assert places(when) == [place]


@pytest.mark.parametrize(
    "when",
    [
        "{any: [{priority: high}, {priority: low}]}",
        "{priority: high, none: [{priority: low}]}",
        "{all: [{group: [A, B]}, {group: [B, C]}]}",
        "{all: [{group: Büro}, {group: BURO}]}",
        "{all: [{priority: {at_least: normal}}, {priority: {not: urgent}}]}",
        "{all: [{state: waiting for parts}, {state: pending reminder}]}",
        "{all: [{owner: Ana}, {owner: ana@example.com}]}",
        "{all: [{tags: a}, {tags: b}]}",
        "{all: [{priority: high}, {any: [{priority: high}, {group: A}]}]}",
        "[not, a, mapping]",
        "text",
    ],
)
def test_what_some_ticket_meets_is_left_alone(when):
    assert places(when) == []
