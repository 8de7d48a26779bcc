"""Templates: what they may do, what they may not, and that no value ever becomes mark-up."""

import subprocess
import sys
from html.parser import HTMLParser

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from plugin.texts.templates import (
    FILTERS,
    LISTS,
    PLACEHOLDERS,
    Link,
    TemplateProblem,
    check_template,
    placeholders,
    render,
    render_plain,
)

VALUES = {
    "ticket": {
        "number": "70007",
        "subject": "R&D <3",
        "tags": ["a", "b"],
        "url": Link("https://h.example/7?a=1&b=2"),
        "owner": "",
    },
    "customer": {"name": "Gerda Gast"},
    "earlier": [
        {"number": "1", "url": Link("https://h.example/1"), "created_at": "Mon"},
        {"number": "2", "url": Link("https://h.example/2"), "created_at": "Tue"},
    ],
    "done": ["tagged <x>"],
    "skipped": [],
    "rule": "late",
    "promise_at": None,
}


# What they may do -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("source", "html"),
    [
        pytest.param(
            "Dear {{ customer.name }},\n\nall well.\nBye",
            "<p>Dear Gerda Gast,</p><p>all well.<br>Bye</p>",
            id="plain text",
        ),
        pytest.param("R&D <3 {{ ticket.number }}", "<p>R&amp;D &lt;3 70007</p>", id="typed signs"),
        pytest.param(
            "<p>Dear <b>{{ customer.name }}</b></p>",
            "<p>Dear <b>Gerda Gast</b></p>",
            id="HTML stays",
        ),
        pytest.param("{{ ticket.subject }}", "<p>R&amp;D &lt;3</p>", id="escaped"),
        pytest.param("<p>{{ ticket.subject }}</p>", "<p>R&amp;D &lt;3</p>", id="escaped in HTML"),
        pytest.param(
            "{{ ticket.url }}",
            '<p><a href="https://h.example/7?a=1&amp;b=2">https://h.example/7?a=1&amp;b=2</a></p>',
            id="link",
        ),
        pytest.param(
            '<p><a href="{{ ticket.url }}">x</a></p>',
            '<p><a href="https://h.example/7?a=1&amp;b=2">x</a></p>',
            id="link in HTML",
        ),
        pytest.param("{{ ticket.tags }}", "<p>a, b</p>", id="list"),
        pytest.param("{{ ticket.tags | join(' + ') }}", "<p>a + b</p>", id="joined"),
        pytest.param("{{ promise_at }}x", "<p>x</p>", id="nothing"),
        pytest.param("{{ customer.name | upper }}", "<p>GERDA GAST</p>", id="filter"),
        pytest.param("{{ ticket.owner or 'nobody' }}", "<p>nobody</p>", id="or"),
        pytest.param("{% if ticket.owner %}a{% else %}b{% endif %}", "<p>b</p>", id="if"),
        pytest.param("{% if ticket.number == '70007' %}a{% endif %}", "<p>a</p>", id="compare"),
        pytest.param(
            "a\n{% if rule %}\nb\n{% endif %}\nc",
            "<p>a<br>b<br>c</p>",
            id="statements leave no line",
        ),
        pytest.param(
            "{% if rule %}a{% endif %}\nb", "<p>a<br>b</p>", id="a line with more than a statement"
        ),
        pytest.param(
            "{% for one in earlier %}\n#{{ one.number }} {{ loop.index }}\n{% endfor %}",
            "<p>#1 1<br>#2 2</p>",
            id="loop",
        ),
        pytest.param(
            "{% for step in done %}{{ step }}{% endfor %}",
            "<p>tagged &lt;x&gt;</p>",
            id="loop over texts",
        ),
        pytest.param(
            "{% for step in skipped %}x{% else %}none{% endfor %}", "<p>none</p>", id="empty loop"
        ),
        pytest.param("  \n\n ", "", id="nothing at all"),
        pytest.param("word " * 15 + "\nflows", f"<p>{'word ' * 15}flows</p>", id="long lines flow"),
        pytest.param(
            "word " * 15 + ".\nends", f"<p>{'word ' * 15}.<br>ends</p>", id="long lines end"
        ),
        pytest.param(
            "word " * 15 + "\n- item",
            f"<p>{('word ' * 15).strip()}<br>- item</p>",
            id="long line before a list",
        ),
        pytest.param("Yours,\nthe team", "<p>Yours,<br>the team</p>", id="short lines stay"),
        pytest.param("{% raw %}{{ x }}{% endraw %}", "<p>{{ x }}</p>", id="raw"),
    ],
)
def test_templates_become_simple_html(source, html):
    check_template(source)

    assert render(source, VALUES) == html


def test_plain_rendering_escapes_nothing():
    assert (
        render_plain("{{ ticket.subject }} {{ ticket.url }} ", VALUES)
        == "R&D <3 https://h.example/7?a=1&b=2"
    )


def test_every_placeholder_is_known_to_its_own_check():
    for name in PLACEHOLDERS:
        assert placeholders(f"{{{{ {name} | upper }}}}") == {name}
        assert placeholders(f"{{{{ {name} }}}}") == {name}


def test_lists_can_be_repeated_over():
    for name, parts in LISTS.items():
        part = f".{parts[0]}" if parts else ""
        assert placeholders(f"{{% for x in {name} %}}{{{{ x{part} }}}}{{% endfor %}}") == {name}


# What they may not ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("source", "message", "line", "column"),
    [
        pytest.param(
            "Dear {{ customer.nam }}", "unknown placeholder 'customer.nam'", 1, 9, id="unknown"
        ),
        pytest.param("a\n  {{ x }}", "unknown placeholder 'x'", 2, 6, id="second line"),
        pytest.param("{{ ticket }}", "unknown placeholder 'ticket'", 1, 4, id="half a name"),
        pytest.param(
            "{{ ticket.number.real }}",
            "unknown placeholder 'ticket.number.real'",
            1,
            4,
            id="too long",
        ),
        pytest.param(
            "{% for x in earlier %}{{ x.nope }}{% endfor %}",
            "unknown placeholder 'x.nope'",
            1,
            26,
            id="unknown part",
        ),
        pytest.param(
            "{% for x in earlier %}{{ x }}{% endfor %}",
            "unknown placeholder 'x'",
            1,
            26,
            id="a whole item",
        ),
        pytest.param(
            "{% for x in done %}{{ x.y }}{% endfor %}",
            "unknown placeholder 'x.y'",
            1,
            23,
            id="part of a text",
        ),
        pytest.param(
            "{% for x in earlier %}{% endfor %}{{ x.number }}",
            "unknown placeholder 'x.number'",
            1,
            38,
            id="after the loop",
        ),
        pytest.param("{{ customer.name", "not a valid template", 1, 1, id="unclosed"),
        pytest.param("text {{", "not a valid template", 1, 6, id="only opened"),
        pytest.param("{% if rule %}", "not a valid template", 1, 1, id="if without end"),
        pytest.param("{% fi %}", "not a valid template", 1, 1, id="unknown statement"),
        pytest.param("{{ rule | safe }}", "unknown filter 'safe'", 1, 11, id="filter safe"),
        pytest.param("{{ rule | nope }}", "unknown filter 'nope'", 1, 11, id="unknown filter"),
        pytest.param("{{ rule is callable }}", "unknown test 'callable'", 1, 12, id="unknown test"),
        pytest.param("a\n <p title={{ rule }}>", "must stand in quotes", 2, 2, id="bare in a tag"),
        pytest.param("<p {{ rule }}>", "must stand in quotes", 1, 1, id="as an attribute"),
        pytest.param(
            "<p title='{% if rule %}x{% endif %}'>",
            "must stand in quotes",
            1,
            1,
            id="statement in a tag",
        ),
        pytest.param("<p><a {{ rule }}", "must stand in quotes", 1, 4, id="in a tag without end"),
        pytest.param('<p><a href="{{ rule }}">x</a>', "only an url", 1, 4, id="in an address"),
        pytest.param("<p style='{{ rule }}'>", "only an url", 1, 1, id="in a style"),
        pytest.param("{{ rule > 5 }}", "cannot be filled in", 1, 1, id="text and number"),
        pytest.param(
            "{{ rule | truncate('x') }}", "cannot be filled in", 1, 1, id="wrong argument"
        ),
        pytest.param("{{ rule | upper(1) }}", "cannot be filled in", 1, 1, id="too many arguments"),
        pytest.param(
            "{% for x in rule %}{% endfor %}",
            "expected a loop over one of",
            1,
            13,
            id="loop over a text",
        ),
    ],
)
def test_mistakes_have_a_place(source, message, line, column):
    with pytest.raises(TemplateProblem) as problem:
        check_template(source)

    assert message in problem.value.message
    assert (problem.value.line, problem.value.column) == (line, column)


def test_an_unknown_placeholder_is_named_for_the_guess():
    with pytest.raises(TemplateProblem) as problem:
        check_template("{{ custmer.name }}")

    assert problem.value.unknown == "custmer.name"


ESCAPES = [
    "{{ ''.__class__ }}",
    "{{ ''['__class__'] }}",
    "{{ rule.__class__.__mro__ }}",
    "{{ rule | attr('__class__') }}",
    "{{ self.__init__.__globals__ }}",
    "{{ cycler.__init__.__globals__.os }}",
    "{{ lipsum.__globals__ }}",
    "{{ range(1000000000) }}",
    "{% for i in range(10) %}x{% endfor %}",
    "{{ 'a' * 1000000000 }}",
    "{{ 9 ** 999999999 }}",
    "{{ '%999999999d' % 1 }}",
    "{{ '%999999999d' | format(1) }}",
    "{{ rule | center(1000000000) }}",
    "{{ rule.format(rule) }}",
    "{{ rule.upper() }}",
    "{{ rule ~ rule }}",
    "{{ [1, 2] }}",
    "{{ {'a': 1} }}",
    "{{ rule[0] }}",
    "{{ ticket.tags[0:9] }}",
    "{% set x = rule %}",
    "{% set x %}a{% endset %}",
    "{% macro m() %}{% endmacro %}",
    "{% include 'x' %}",
    "{% import 'x' as y %}",
    "{% from 'x' import y %}",
    "{% extends 'x' %}",
    "{% block b %}{% endblock %}",
    "{% call x() %}{% endcall %}",
    "{% filter upper %}{% endfilter %}",
    "{% autoescape false %}{{ rule }}{% endautoescape %}",
    "{% with a = 1 %}{% endwith %}",
    "{% do rule %}",
    "{% for a in earlier %}{% for b in earlier %}{% endfor %}{% endfor %}",
    "{% for a in earlier recursive %}{{ loop(a) }}{% endfor %}",
    "{% for a, b in earlier %}{% endfor %}",
    "{{ rule | map('upper') | list }}",
    "{{ namespace() }}",
    "{{ _ }}",
    "{{ loop.index }}",
    "{{ rule if rule }}" + "{{ (" * 300,
    "{{ " + "not " * 5000 + "rule }}",
    "x" * 20_001,
]


@pytest.mark.parametrize("source", ESCAPES, ids=lambda source: source[:40])
def test_every_way_out_is_closed_twice(source):
    with pytest.raises(TemplateProblem):
        check_template(source)
    with pytest.raises(TemplateProblem):
        render(source, VALUES)


def test_a_text_that_grows_out_of_proportion_is_cut_off():
    with pytest.raises(TemplateProblem, match="longer than"):
        render(
            "{% for one in done %}{{ rule }}{% endfor %}", {"done": [1] * 300, "rule": "x" * 100}
        )


def test_a_missing_value_is_a_problem_not_an_empty_text():
    with pytest.raises(TemplateProblem, match="cannot be filled in"):
        render("{{ team }}", {})


# Escaping ---------------------------------------------------------------------------------------


class _Seen(HTMLParser):
    """Tags and attributes of a text."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple] = []

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, tuple(attrs)))

    def handle_comment(self, data):
        self.tags.append(("comment", ()))

    def handle_decl(self, decl):
        self.tags.append(("decl", ()))

    def unknown_decl(self, data):
        self.tags.append(("decl", ()))

    def handle_pi(self, data):
        self.tags.append(("pi", ()))


def _tags(html: str) -> list[tuple]:
    seen = _Seen()
    seen.feed(html)
    seen.close()
    return seen.tags


_NASTY = st.text() | st.text(alphabet="<>\"'&;=/!-?{}%# \n\x00abonerscipt&lt", max_size=80)
_SOURCES = [
    "{{ ticket.subject }}",
    "a {{ ticket.subject | upper }} b",
    "{{ ticket.subject | e | trim }}",
    "{{ ticket.subject | truncate(9) }}",
    "{{ ticket.subject | e | truncate(4, true, '') }}",
    "{{ ticket.subject | title | default('x') }}",
    "{{ ticket.subject | first }}{{ ticket.subject | last }}",
    "{{ ticket.tags | join('<') }}",
    "{{ ticket.tags | join(ticket.subject) }}",
    "{{ ticket.tags }}",
    "{{ done | first }}",
    "{% for x in ticket.tags %}{{ x }}{% endfor %}",
    "{% if ticket.subject == 'x' %}y{% endif %}{{ ticket.subject or 'z' }}",
    '<p title="{{ ticket.subject }}">{{ ticket.subject }}</p>',
    "<p title='{{ ticket.subject }}'>x</p>",
    "<p>{{ '<b>' if ticket.subject else '<i>' }}</p>",
]


@pytest.mark.parametrize("source", _SOURCES)
@settings(deadline=None)  # the first example compiles the template
@given(text=_NASTY)
@example(text="<script>alert(1)</script>")
@example(text="' onmouseover='x")
@example(text='" onmouseover="x')
@example(text="</p><img src=x onerror=x>")
@example(text="<!-- x")
@example(text="&lt;b&gt;")
@example(text="{{ 7 * 7 }}")
@example(text="${TOKEN}")
def test_no_customers_text_makes_a_tag_or_an_attribute(source: str, text: str):
    def shape(value: str) -> list[tuple]:
        html = render(
            source, {"ticket": {"subject": value, "tags": [value, value]}, "done": [value]}
        )
        # Line breaks are ours: a value never brings one, because `one_line` took them out.
        return [
            (tag, tuple(name for name, _ in attributes))
            for tag, attributes in _tags(html)
            if tag not in {"br", "p"} or attributes
        ]

    expected = [("p", ("title",))] if "title=" in source else []
    assert shape(text.replace("\n", " ")) == expected


@settings(deadline=None)
@given(text=_NASTY)
def test_what_a_customer_wrote_is_never_a_template(text: str):
    html = render_plain("{{ ticket.subject }}", {"ticket": {"subject": text}})

    assert html == text.strip()


def test_checking_a_simple_template_does_not_start_the_engine():
    code = (
        "import sys; from plugin.texts.templates import check_template;"
        "check_template('Dear {{ customer.name }}, until {{ promise_at }}.');"
        "assert 'jinja2' not in sys.modules;"
        "check_template('{{ rule | upper }}'); assert 'jinja2' in sys.modules"
    )

    subprocess.run([sys.executable, "-c", code], check=True)


def test_filters_are_documented_words():
    assert len(set(FILTERS)) == len(FILTERS)
    assert "safe" not in FILTERS
