"""What the file may say under `do`, and what it hears when it says something else."""

import subprocess
import sys

import jsonschema
import pytest
from marshmallow import ValidationError

from plugin.actions import ability_of, registry
from plugin.conditions import Names
from plugin.domain.helpdesk import Ability

NAMES = Names(
    teams=frozenset({"front", "finance"}),
    replies=frozenset({"we_escalated"}),
    notes=frozenset({"house_rules"}),
    channels=frozenset({"duty"}),
)
WEBHOOK = {"url": "https://crm.example/x", "json": {"a": "{{ ticket.number }}"}}


def read(name: str, value: object) -> dict:
    """The parameters after both checks."""
    module = registry()[name]
    params = module.PARAMS.deserialize(value)
    module.check(params, NAMES)
    return params


GOOD = [
    ("tag", "vip", {"tags": ["vip"]}),
    ("tag", 2024, {"tags": ["2024"]}),
    ("tag", ["a", "b", "a"], {"tags": ["a", "b"]}),
    ("tag", {"tags": ["a"]}, {"tags": ["a"]}),
    ("untag", "vip", {"tags": ["vip"]}),
    ("priority", "high", {"to": "high"}),
    ("group", "Finance", {"to": "Finance"}),
    ("assign", "ana@example.com", {"to": "ana@example.com"}),
    ("assign", {"lead": "finance"}, {"lead": "finance"}),
    ("state", "open", {"to": "open"}),
    (
        "state",
        {"to": "pending reminder", "until": "1bd"},
        {"to": "pending reminder", "until": "1bd"},
    ),
    ("field", {"name": "level", "value": 0}, {"name": "level", "value": "0"}),
    ("note", "why", {"name": "why"}),
    ("note", "authority_hint", {"name": "authority_hint"}),
    ("note", "house_rules", {"name": "house_rules"}),
    ("note", "Please call.", {"text": "Please call."}),
    ("note", "{{reason}}", {"text": "{{reason}}"}),
    ("note", {"text": "Urgent!"}, {"text": "Urgent!"}),
    ("reply", "we_escalated", {"name": "we_escalated"}),
    (
        "reply",
        {"name": "we_escalated", "promise": "90m"},
        {"name": "we_escalated", "promise": "1h30m"},
    ),
    ("subscribe", "marta", {"to": "marta"}),
    ("subscribe", {"lead": "front"}, {"lead": "front"}),
    ("notify", "duty", {"to": ["duty"]}),
    ("notify", ["lead", "ana@example.com"], {"to": ["lead", "ana@example.com"]}),
    ("notify", {"to": "owner", "urgency": "digest"}, {"to": ["owner"], "urgency": "digest"}),
    ("notify", {"to": ["duty"], "urgency": "page"}, {"to": ["duty"], "urgency": "page"}),
    ("webhook", WEBHOOK, WEBHOOK),
    ("webhook", {**WEBHOOK, "url": "${CRM_URL}"}, {**WEBHOOK, "url": "${CRM_URL}"}),
    (
        "webhook",
        {**WEBHOOK, "url": "https://x.example/${KEY}"},
        {**WEBHOOK, "url": "https://x.example/${KEY}"},
    ),
]


@pytest.mark.parametrize(("name", "value", "params"), GOOD)
def test_good_values_become_plain_parameters(name, value, params):
    assert read(name, value) == params


def test_a_choice_may_be_capitalised():
    assert read("priority", "High") == {"to": "high"}


BAD = [
    ("tag", "a,b", "without a comma"),
    ("tag", "x" * 101, "at most 100 characters"),
    ("tag", "{{ customer.name }}", "placeholders are not possible"),
    ("tag", "a\nb", "on one line"),
    ("tag", [], "at least one"),
    ("tag", ["ok", ""], "expected a tag"),
    ("tag", None, "expected a value, got nothing"),
    ("tag", {"tag": "x"}, "did you mean 'tags'?"),
    ("priority", "hihg", "did you mean 'high'?"),
    ("priority", 3, "expected one of low, normal, high, urgent"),
    ("group", "", "expected a group's name"),
    ("group", True, "expected a group's name"),
    ("assign", {"lead": "finanse"}, "did you mean 'finance'?"),
    ("assign", {"lead": "finance", "to": "ana"}, "exactly one of to, lead"),
    ("assign", {}, "exactly one of to, lead"),
    ("state", {"until": "1h"}, "expected to as well"),
    ("state", {"to": "open", "until": "soon"}, "expected a duration"),
    ("state", {"to": "open", "until": "0m"}, "longer than nothing"),
    ("field", "level", "expected a mapping with name, value"),
    ("field", {"name": "level"}, "expected value as well"),
    ("field", {"name": "level", "value": [1]}, "a text, a number, true or false"),
    ("note", "wyh", "did you mean 'why'?"),
    ("note", "Dear {{ customer.nam }}", "did you mean 'customer.name'?"),
    ("note", "Dear {{ customer.name", "not a valid template"),
    ("note", {"text": "x", "name": "why"}, "exactly one of name, text"),
    ("note", 5.5, "unknown note"),
    ("reply", "we_escalate", "did you mean 'we_escalated'?"),
    ("reply", {"text": "free text"}, "unknown key"),
    ("subscribe", {"lead": "x"}, "unknown team"),
    ("notify", "dutty", "did you mean 'duty'?"),
    ("notify", "leed", "did you mean 'lead'?"),
    ("notify", {"to": "duty", "urgency": "now"}, "expected one of page, normal, digest"),
    ("notify", {"to": "duty", "title": "{{ nope }}"}, "unknown placeholder 'nope'"),
    ("notify", {"urgency": "page"}, "expected to as well"),
    ("webhook", "https://x.example", "expected a mapping"),
    ("webhook", {"url": "https://x.example"}, "expected json as well"),
    ("webhook", {**WEBHOOK, "url": "ftp://x.example"}, "expected an address such as https"),
    ("webhook", {**WEBHOOK, "url": "https://{{ customer.domain }}/"}, "without placeholders"),
    ("webhook", {**WEBHOOK, "json": []}, "expected a mapping"),
    (
        "webhook",
        {**WEBHOOK, "json": {"a": ["{{ custmer.name }}"]}},
        "did you mean 'customer.name'?",
    ),
    ("webhook", {**WEBHOOK, "headers": {"X Y": "z"}}, "header's name"),
    ("webhook", {**WEBHOOK, "headers": {"X-Y": "a\r\nHost: b"}}, "on one line"),
    ("webhook", {**WEBHOOK, "headers": {"X-Y": "{{ rule }}"}}, "in json only"),
    ("webhook", {**WEBHOOK, "headers": []}, "expected a mapping of header names"),
]


@pytest.mark.parametrize(("name", "value", "message"), BAD)
def test_bad_values_are_told_what_was_expected(name, value, message):
    with pytest.raises(ValidationError) as refused:
        read(name, value)

    assert message in str(refused.value.messages)


def test_mistakes_are_placed_by_key_and_index():
    with pytest.raises(ValidationError) as in_list:
        read("tag", ["ok", "a,b"])
    with pytest.raises(ValidationError) as in_json:
        read("webhook", {**WEBHOOK, "json": {"a": {"b": ["x", "{{ nope }}"]}}})

    assert list(in_list.value.messages) == [1]
    assert list(in_json.value.messages["json"]["a"]["b"]) == [1]


def test_json_that_nests_too_deeply_is_refused():
    deep: object = "x"
    for _ in range(20):
        deep = {"a": deep}

    with pytest.raises(ValidationError):
        read("webhook", {**WEBHOOK, "json": deep})


@pytest.mark.parametrize(("name", "value", "params"), GOOD)
def test_the_json_schema_takes_what_is_good(name, value, params):
    jsonschema.validate(value, registry()[name].PARAMS.json_schema())


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("priority", "hihg"),
        ("tag", []),
        ("assign", {"to": "a", "lead": "b"}),
        ("field", {"name": "x"}),
        ("webhook", {"url": "https://x.example"}),
        ("notify", {"to": "duty", "urgency": "now"}),
        ("reply", {"text": "x"}),
    ],
)
def test_the_json_schema_refuses_what_it_can(name, value):
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(value, registry()[name].PARAMS.json_schema())


def test_knowing_the_actions_loads_nothing_heavy():
    code = (
        "import sys; from plugin.actions import registry; list(registry().values());"
        "heavy = {'requests', 'jinja2', 'apprise', 'numpy', 'py3langid', 'sqlalchemy', 'flask'};"
        "assert not heavy & sys.modules.keys(), heavy & sys.modules.keys()"
    )

    subprocess.run([sys.executable, "-c", code], check=True)


def test_every_action_has_its_page_with_an_example():
    for name, module in registry().items():
        if name != "undo":  # which cannot be written in the file
            assert f"- {name}:" in (module.__doc__ or ""), name


def test_undo_cannot_be_written_in_the_file():
    with pytest.raises(ValidationError, match="Deskladder's own"):
        registry()["undo"].PARAMS.deserialize({"what": "group"})


def test_actions_name_what_the_host_must_be_able_to_do():
    abilities = {name: ability_of(module) for name, module in registry().items()}

    assert {name: ability for name, ability in abilities.items() if ability} == {
        "tag": Ability.TAG,
        "untag": Ability.TAG,
        "priority": Ability.PRIORITY,
        "field": Ability.FIELD,
        "subscribe": Ability.SUBSCRIBE,
    }
