"""Whatever is wrong with a file, the words about it hold no secret."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from plugin.configuration import ConfigProblems, load

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
ENVIRON = {"TOKEN": "hunter22-token", "SHORT": "x7", "LINES": "first-hunter22\nsecond-hunter22"}
HEAD = "version: 1\nhelpdesks:\n  s:\n    type: zammad\n    url: https://h.example.com\n"


@pytest.fixture
def words(tmp_path):
    """Everything said about a file that must be refused."""

    def load_text(text):
        file = tmp_path / "a.yaml"
        file.write_text(text)
        with pytest.raises(ConfigProblems) as refused:
            load(file, environ=ENVIRON, now=NOW)
        return f"{refused.value}{[problem.as_json() for problem in refused.value.problems]}"

    return load_text


@pytest.mark.parametrize(
    "text",
    [
        "    token: hunter22\n    webhook_secret: hunter22\n",
        "    tokn: hunter22\n",
        "    webhook_secrets: [hunter22]\n",
        '    token: "hunter22\n',
        "    token: hunter22: hunter22\n",
        "    token: |\n      hunter22\n      hunter22\n",
        "    token: ${TOKEN}\n    concurrency: ${TOKEN}\n    type2: ${TOKEN}\n",
        "    priorities: {high: [hunter22-token], x: '${TOKEN}'}\n",
        "    url2: https://me:hunter22@h.example.com\n",
        "    token: ${LINES}\n",
        "notify: {duty: {url: hunter22}}\n",
        "notify: {duty: hunter22}\n",
        "notify: {duty: {ulr: 'slack://hunter22'}}\n",
        "rules: [{name: a, on: ['${TOKEN}'], when: {priority: '${TOKEN}'}, do: [{priority: '${TOKEN}'}]}]\n",
        "rules: [{name: '${TOKEN}', on: [time], do: []}, {name: '${TOKEN}', on: [time], do: []}]\n",
        "replies: {a: {en: '{{ ${TOKEN} }}'}}\n",
        "defaults: {calendar: '${TOKEN}', language: '${TOKEN}', promise: '${TOKEN}'}\n",
        "calendars: {a: {timezone: '${TOKEN}', hours: {'mon': ['${TOKEN}']}}}\n",
        "include: ['${TOKEN}']\n",
    ],
)  # fmt: skip
def test_no_message_holds_a_secret(words, text):
    told = words(HEAD + text)

    assert "hunter22" not in told


def test_a_short_value_is_hidden_where_it_stands(words):
    told = words(HEAD + "defaults: {language: '${SHORT}', mode: '${SHORT}'}\n")

    assert "'x7'" not in told
    assert "the value of ${SHORT}" in told


def test_an_ordinary_line_is_shown_as_it_is(words):
    told = words(HEAD + "defaults: {mode: wrong}\n")

    assert "defaults: {mode: wrong}" in told
