"""A canned reply: its language, its promise, and the sentence that goes when there is none."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plugin.domain.duration import Duration
from plugin.domain.settings import Defaults
from plugin.texts.replies import choose_language, compose_reply, promised_at, without_promise
from plugin.texts.templates import check_template
from tests.fakes import GUEST, NOON, a_message, a_ticket
from tests.unit.actions.doing import OfficeHours, a_config

TEXTS = {"en": "Hello", "nl": "Hallo", "de": "Guten Tag"}
DUTCH = (
    a_message(text="De factuur van mijn laatste verblijf klopt weer niet, kunt u dat nakijken?"),
)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        pytest.param(
            {"language": "de", "customer": replace(GUEST, language="nl"), "messages": DUTCH},
            "de",
            id="ticket first",
        ),
        pytest.param(
            {"language": "fr", "customer": replace(GUEST, language="nl-BE")},
            "nl",
            id="then the customer",
        ),
        pytest.param(
            {"customer": replace(GUEST, language="de_AT")}, "de", id="region counts as its language"
        ),
        pytest.param(
            {"customer": replace(GUEST, language="fr"), "messages": DUTCH},
            "nl",
            id="then what is written",
        ),
        pytest.param(
            {"messages": (a_message(text="ok"),), "subject": "?"}, "en", id="then the default"
        ),
        pytest.param(
            {
                "messages": (
                    *DUTCH,
                    a_message(
                        2, text="This is an automatic message of a mail server.", automatic="bounce"
                    ),
                )
            },
            "nl",
            id="robots do not choose",
        ),
    ],
)
def test_the_language_is_the_customers_where_we_have_it(changes, code):
    assert choose_language(a_ticket(**changes), TEXTS, a_config()) == code


def test_without_the_default_the_first_text_serves():
    config = a_config(defaults=Defaults(language="pl"))

    assert (
        choose_language(a_ticket(messages=(), subject=""), {"nl": "x", "de": "y"}, config) == "nl"
    )


def test_the_exact_region_wins_over_its_language():
    texts = {"nl": "x", "nl-BE": "y"}

    assert choose_language(a_ticket(language="nl_be"), texts, a_config()) == "nl-BE"


def test_one_text_needs_no_detection():
    assert (
        choose_language(
            a_ticket(messages=DUTCH), {"de": "x"}, a_config(defaults=Defaults(language="de"))
        )
        == "de"
    )


# The promise ------------------------------------------------------------------------------------


def test_the_promise_is_counted_in_the_default_calendar():
    class Closed(OfficeHours):
        def due(self, start, duration, pauses=()):
            return start + timedelta(days=3)

    config = a_config(calendars={"office": Closed()})

    assert promised_at(config, NOON) == NOON + timedelta(days=3)


def test_without_calendar_the_promise_is_real_time():
    assert promised_at(a_config(calendars={}), NOON, Duration(minutes=30)) == NOON + timedelta(
        minutes=30
    )


@pytest.mark.parametrize("late", [timedelta(0), timedelta(minutes=-1)])
def test_a_promise_that_is_over_is_none(late):
    class Past(OfficeHours):
        def due(self, start, duration, pauses=()):
            return start + late

    assert promised_at(a_config(calendars={"office": Past()}), NOON) is None


def test_nothing_promised_is_no_promise():
    assert promised_at(a_config(promise=None), NOON) is None


@pytest.mark.parametrize(
    ("zone", "said"),
    [
        pytest.param("America/New_York", "Thu 3 Dec, 09:00", id="the customer's"),
        pytest.param(None, "Thu 3 Dec, 15:00", id="the calendar's"),
        pytest.param("Mars/Base", "Thu 3 Dec, 15:00", id="unknown zone"),
    ],
)
def test_the_promise_is_said_in_local_time(zone, said):
    ticket = a_ticket(customer=replace(GUEST, timezone=zone))

    reply = compose_reply({"en": "By {{ promise_at }}."}, ticket, a_config(), NOON)

    assert reply.html == f"<p>By {said}.</p>"
    assert reply.promise_at == NOON + timedelta(hours=2)


def test_without_any_zone_utc_is_named():
    reply = compose_reply({"en": "By {{ promise_at }}."}, a_ticket(), a_config(calendars={}), NOON)

    assert reply.html == "<p>By Thu 3 Dec, 14:00 UTC.</p>"


@pytest.mark.parametrize(
    ("source", "rest"),
    [
        pytest.param(
            "Hello. You hear from us by {{ promise_at }}. Bye.", "Hello. Bye.", id="in the middle"
        ),
        pytest.param("By {{ promise_at }}! Bye", "Bye", id="first"),
        pytest.param("Hello, by {{ promise_at }}.", "", id="only sentence"),
        pytest.param(
            "Dear {{ customer.name }},\nby {{ promise_at }}.\nBye",
            "Dear {{ customer.name }},\n\nBye",
            id="line",
        ),
        pytest.param(
            "See {{ ticket.url }} e.g. now. By {{ promise_at }}.",
            "See {{ ticket.url }} e.g. now. ",
            id="dots of placeholders and e.g.",
        ),
        pytest.param(
            "<p>Hello.</p><p>By <b>{{ promise_at }}</b>.</p>",
            "<p>Hello.</p><p></p>",
            id="HTML stays whole",
        ),
        pytest.param(
            "<ul><li>By {{ promise_at }}</li><li>x</li></ul>",
            "<ul><li></li><li>x</li></ul>",
            id="list item",
        ),
        pytest.param(
            "{{ customer.name }} waits. {{ promise_at }} it is. Bye.",
            "{{ customer.name }} waits. Bye.",
            id="begins with it",
        ),
        pytest.param("Until {{ promise_at | upper }}. Ok.", "Ok.", id="with a filter"),
        pytest.param(
            "{% if promise_at %}By {{ promise_at }}.{% endif %} Ok.",
            "{% if promise_at %}By {{ promise_at }}.{% endif %} Ok.",
            id="asks itself",
        ),
        pytest.param("No promise. At all.", "No promise. At all.", id="none in it"),
        pytest.param("Grüße. Über {{ promise_at }}. Ämter.", "Grüße. Ämter.", id="umlauts"),
        pytest.param(
            "Dear {{ customer.name }},\n\nthank you. A specialist in our\nteam will answer by\n{{ promise_at }}.\n\nYours",
            "Dear {{ customer.name }},\n\nthank you. \n\nYours",
            id="wrapped lines",
        ),
        pytest.param(
            "{% if rule %}By {{ promise_at }}.{% endif %} Ok.",
            "{% if rule %}{% endif %} Ok.",
            id="inside another statement",
        ),
    ],
)
def test_the_sentence_of_a_promise_goes(source, rest):
    assert without_promise(source) == rest
    check_template(rest)


@settings(deadline=None)
@given(
    st.lists(
        st.sampled_from(
            [
                "Hi. ",
                "by {{ promise_at }}. ",
                "<p>",
                "</p>",
                "\n",
                "{% if rule %}",
                "{% endif %}",
                "{{ rule }} ",
                "e.g. ",
                "Ok! ",
            ]
        ),
        max_size=12,
    )
)
def test_what_is_left_never_prints_a_promise(parts):
    left = without_promise("".join(parts))

    assert "promise_at" not in left
    for tag in ("{% if rule %}", "{% endif %}", "<p>", "</p>"):
        assert left.count(tag) <= "".join(parts).count(tag)


# Names ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "greeting"),
    [
        pytest.param("Gerda Gast", "Dear Gerda Gast,", id="a name"),
        pytest.param("", "Dear,", id="none"),
        pytest.param("gerda@guest.example", "Dear,", id="an address"),
        pytest.param("Win now http://evil.example", "Dear,", id="an advertisement"),
        pytest.param("Visit evil.example/x today", "Dear,", id="a link without scheme"),
        pytest.param("<b>Gerda</b>", "Dear &lt;b&gt;Gerda&lt;/b&gt;,", id="mark-up"),
        pytest.param("Ger\u202eda\nGast", "Dear Gerda Gast,", id="direction and lines"),
        pytest.param(
            "Dr. H.-J. Müller-Lüdenscheidt",
            "Dear Dr. H.-J. Müller-Lüdenscheidt,",
            id="title and dots",
        ),
    ],
)
def test_the_greeting_uses_the_name_only_when_it_is_one(name, greeting):
    ticket = a_ticket(customer=replace(GUEST, name=name))

    reply = compose_reply({"en": "Dear {{ customer.name }},"}, ticket, a_config(), NOON)

    assert reply.html == f"<p>{greeting}</p>"
