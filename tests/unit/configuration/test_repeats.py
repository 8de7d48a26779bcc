"""What holds at many places of a file is told once, with the places."""

from __future__ import annotations

from plugin.configuration.repeats import told_once


def warnings_at(*places):
    return [f"{place}: rules[{at}].do[0]: is odd" for at, place in enumerate(places)]


def test_one_warning_is_told_as_it_is():
    (told,) = told_once(["a.yaml:7:21: helpdesks.support.token: stands there: write ${TOKEN}"])

    assert str(told) == "a.yaml:7:21: helpdesks.support.token: stands there: write ${TOKEN}"


def test_the_same_elsewhere_is_told_with_its_place_only():
    (told,) = told_once(warnings_at("a.yaml:1:2", "a.yaml:3:4"))

    assert (told.text, told.also) == ("a.yaml:1:2: rules[0].do[0]: is odd", "and at line 3:4")


def test_a_place_in_another_file_names_it():
    (told,) = told_once(warnings_at("a.yaml:1:2", "packs/b.yaml:3:4", "a.yaml:5:6"))

    assert told.also == "and at lines packs/b.yaml:3:4, 5:6"


def test_of_many_places_the_first_five_are_named_and_the_rest_counted():
    (told,) = told_once(warnings_at(*(f"a.yaml:{line}:1" for line in range(1, 10))))

    assert told.also == "and at lines 2:1, 3:1, 4:1, 5:1, 6:1 … (3 more)"


def test_what_differs_stays_apart_in_the_order_of_the_file():
    told = told_once(
        [
            "a.yaml:1:1: replies.a: has no text in nl",
            "a.yaml:2:1: replies.b: has no text in de",
            "a.yaml:3:1: replies['c: d']: has no text in nl",
        ]
    )

    assert [str(one) for one in told] == [
        "a.yaml:1:1: replies.a: has no text in nl (and at line 3:1)",
        "a.yaml:2:1: replies.b: has no text in de",
    ]


def test_a_warning_without_a_place_is_kept():
    assert [str(one) for one in told_once(["look out", "look out below"])] == [
        "look out",
        "look out below",
    ]
