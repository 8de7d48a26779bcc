"""Every word the design promises exists, is documented, and describes its values to an editor."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator
from marshmallow import ValidationError

import plugin.conditions
from plugin.conditions import Names, WordFolder, lookup, registry
from tests.given import situation

PROMISED = [
    "priority",
    "state",
    "group",
    "owner",
    "team",
    "channel",
    "category",
    "language",
    "subject",
    "body",
    "text",
    "tags",
    "customer.email",
    "customer.domain",
    "customer.vip",
    "customer.organization",
    "customer.tickets",
    "unanswered",
    "reopened",
    "handoffs",
    "idle",
    "unassigned",
    "waiting",
    "age",
    "business_hours",
    "from_social",
    "level",
    "risk",
    "metric",
    "sla",
    "field.*",
]
VALUES: list[Any] = [
    "high", "4h", "phone", "nl", "example.com", "some text", 3, 0, -1, 2.5, True, False, None, [], {},
    ["high", "low"], ["nl", "de"], ["a", 3], [True], ["x", ["y"]],
    {"at_least": 3}, {"at_least": "4h"}, {"at_least": "high"}, {"at_least": 3, "within": "30d"},
    {"at_most": "2bd", "calendar": "office"}, {"calendar": "office"}, {"is": False}, {"is": "open"},
    {"not": ["a", "b"]}, {"any_of": {"nl": ["factuur"], "de": "Rechnung"}}, {"any_of": {"Dutch!": ["x"]}},
    {"none_of": ["a"]}, {"all_of": ["a", "b"]}, {"contains": "a"}, {"matches": "a+"}, {"sounds_like": "a"},
    {"_truth": True}, {"_calendar": "office"},
]  # fmt: skip


def test_every_promised_word_exists() -> None:
    assert sorted(registry()) == sorted(PROMISED)


def test_every_file_is_a_condition() -> None:
    folder = Path(plugin.conditions.__file__).parent
    files = {path.stem for path in folder.glob("*.py") if not path.stem.startswith("_")}

    assert {module.__name__.rpartition(".")[2] for module in registry().values()} == files


@pytest.mark.parametrize(
    ("word", "file"),
    [("priority", "priority"), ("customer.vip", "customer_vip"), ("field.x", "field")],
)
def test_a_word_imports_its_own_file_alone(word: str, file: str) -> None:
    script = (
        "import sys; from plugin.conditions import lookup; before = set(sys.modules);"
        f"assert lookup({word!r});"
        "new = {name.removeprefix('plugin.conditions.') for name in sys.modules.keys() - before};"
        "print(*(name for name in new if name[0] != '_' and '.' not in name))"
    )

    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )

    assert done.stdout.split() == [file]


@pytest.mark.parametrize("word", ["customer_vip", "customer", "_nesting", "no", "field", ".*", ""])
def test_what_is_no_word_is_not_found(word: str) -> None:
    assert word not in registry()


def test_a_word_may_be_defined_once_and_needs_its_page(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "some_words"
    folder.mkdir()
    (folder / "__init__.py").touch()
    (folder / "one.py").write_text('"""A page."""')
    (folder / "two.py").write_text('"""Another page."""\nKEYS = ("one",)')
    (folder / "three.py").write_text("")
    monkeypatch.syspath_prepend(tmp_path)
    words = WordFolder("some_words", [str(folder)])

    assert words["one"].__doc__ == "A page."
    with pytest.raises(RuntimeError, match="'three' is defined twice, or has no docstring"):
        words["three"]
    with pytest.raises(RuntimeError, match="some_words: 'three'"):
        list(words)
    (folder / "three.py").unlink()
    with pytest.raises(RuntimeError, match="some_words: 'one' is defined twice"):
        list(WordFolder("some_words", [str(folder)]))


@pytest.mark.parametrize("key", PROMISED)
def test_the_page_ends_with_an_example_that_compiles(key: str) -> None:
    page = registry()[key].__doc__ or ""
    examples = [line for line in page.splitlines() if line.startswith("    ")]

    assert examples
    for line in examples:
        ((word, value),) = _core_schema(line).items()
        module = lookup(word)
        assert module is registry()[key]
        asked = module.compile_condition(word, module.OPERAND.deserialize(value), Names())
        assert asked.judge(situation()).reason


@pytest.mark.parametrize("key", PROMISED)
def test_an_editor_accepts_what_the_loader_accepts(key: str) -> None:
    field = registry()[key].OPERAND
    editor = Draft202012Validator(field.json_schema())
    for value in VALUES:
        try:
            field.deserialize(value)
        except ValidationError:
            continue
        assert editor.is_valid(value), value


@pytest.mark.parametrize("key", PROMISED)
def test_an_editor_refuses_an_unknown_operator(key: str) -> None:
    editor = Draft202012Validator(registry()[key].OPERAND.json_schema())

    assert not editor.is_valid({"sounds_like": "a"})
    assert not editor.is_valid({"_truth": True})


@pytest.mark.parametrize("key", PROMISED)
def test_any_value_compiles_or_is_refused(key: str) -> None:
    module = registry()[key]
    for value in VALUES:
        try:
            asked = module.compile_condition(key, module.OPERAND.deserialize(value), Names())
        except ValidationError as mistake:
            messages = str(mistake.messages)
        else:
            verdict = asked.judge(situation())
            assert verdict.holds is asked.holds(situation()), value
            continue
        assert "expected" in messages, value


def test_an_unknown_word_is_not_found() -> None:
    assert lookup("priorty") is None
    assert lookup("customer.shoe_size") is None
    assert lookup("field.order_value") is registry()["field.*"]


def _core_schema(line: str) -> Any:
    return yaml.safe_load(line)
