"""The documentation is held to what the program does."""

from __future__ import annotations

import importlib.util
import inspect
import re
import textwrap
from datetime import UTC, datetime
from pathlib import Path

import pytest

from plugin import actions, conditions
from plugin.configuration import load

ROOT = Path(__file__).parents[2]
PAGES = sorted([ROOT / "README.md", *ROOT.glob("docs/*.md")])
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
BLOCK = re.compile(r"^( *)```yaml\n(.*?)^\1```", re.MULTILINE | re.DOTALL)


class Anything(dict[str, str]):
    """An environment in which every variable is set."""

    def __missing__(self, name: str) -> str:
        return f"https://{name.lower().replace('_', '-')}.example.com"

    def __contains__(self, name: object) -> bool:
        return True

    def get(self, name: str, default: object = None) -> str:
        return self[name]


def yaml_blocks() -> list[object]:
    """Every YAML block of every page, as page:line."""
    found: list[object] = []
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        for match in BLOCK.finditer(text):
            indent, body = match.groups()
            block = "\n".join(line.removeprefix(indent) for line in body.splitlines())
            line = text[: match.start()].count("\n") + 1
            found.append(pytest.param(block, id=f"{page.name}:{line}"))
    return found


@pytest.mark.parametrize("block", yaml_blocks())
def test_every_yaml_block_in_the_docs_is_a_file_the_loader_accepts(
    block: str, tmp_path: Path
) -> None:
    whole = block if "version:" in block else "version: 1\n" + block
    if "helpdesks:" not in whole:
        whole += (
            "\nhelpdesks: {support: {type: zammad, url: https://help.example.com, token: '${TOKEN}', "
            "webhook_secret: '${SECRET}', service_user: deskladder@example.com}}\n"
        )
    secret = tmp_path / "secret"
    secret.write_text("of a file\n", encoding="utf-8")
    whole = re.sub(r"\$\{file:[^}]+\}", f"${{file:{secret}}}", whole)
    file = tmp_path / "deskladder.yaml"
    file.write_text(whole, encoding="utf-8")

    config = load(file, environ=Anything(), now=NOW)

    assert config.helpdesks


def test_every_link_between_pages_leads_somewhere() -> None:
    missing = [
        f"{page.name}: {target}"
        for page in PAGES
        for target in re.findall(r"\]\(([^)#]+)\)", page.read_text(encoding="utf-8"))
        if "://" not in target and not (page.parent / target).exists()
    ]

    assert missing == []


def test_every_condition_and_every_action_has_its_heading() -> None:
    pages = {
        "conditions.md": sorted(conditions.registry()),
        "actions.md": sorted(actions.registry()),
    }

    missing = [
        f"{page}: {word}"
        for page, words in pages.items()
        for word in words
        if f"\n## {word}\n" not in (ROOT / "docs" / page).read_text(encoding="utf-8")
    ]

    assert missing == []


def test_every_command_the_readme_names_exists() -> None:
    from plugin.cli import main

    named = set(
        re.findall(
            r"^\| `deskladder ([a-z]+)",
            (ROOT / "README.md").read_text(encoding="utf-8"),
            re.MULTILINE,
        )
    )

    assert named <= set(main.COMMANDS)
    assert len(named) >= 8


def test_the_generated_pages_are_up_to_date() -> None:
    spec = importlib.util.spec_from_file_location("generate", ROOT / "docs" / "generate.py")
    generate = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(generate)

    stale = [
        name
        for name, text in generate.pages().items()
        if (ROOT / "docs" / name).read_text(encoding="utf-8") != text
    ]

    assert stale == [], "run `make docs`"


def examples(modules: dict[str, object]) -> list[object]:
    """Every indented example of the docstrings, one entry each, as module:entry."""
    found: list[object] = []
    for name, module in {m.__name__.rpartition(".")[2]: m for m in modules.values()}.items():
        text = inspect.cleandoc(module.__doc__)
        for block in re.findall(r"(?:^ {4}.+\n?)+", text + "\n", re.MULTILINE):
            for entry in re.split(r"^(?=\S)", textwrap.dedent(block), flags=re.MULTILINE):
                if entry.strip():
                    found.append(pytest.param(entry, id=f"{name}: {entry.splitlines()[0]}"))
    return found


AROUND = """
version: 1
helpdesks: {support: {type: zammad, url: https://help.example.com, token: "${T}", webhook_secret: "${S}", service_user: d@example.com}}
defaults: {calendar: office, promise: 4h}
calendars:
  office: &hours {timezone: Europe/Amsterdam, hours: {mon-fri: [09:00-17:00]}}
  phone: *hours
  hotline: *hours
teams: {finance: {group: Finance, lead: ana@example.com, pool: {if_none: lead}, skills: {billing: [ana@example.com]}}, duty: {group: Duty, pool: {if_none: unassigned}}, front: {group: 1st Level, lead: ben@example.com}, warranty: {group: Warranty, lead: walter@example.com}}
notify: {duty: {url: "${DUTY}"}, board: {url: "${BOARD}"}, mail: {url: "${MAIL}/{address}"}}
service: {channel: mail}
replies: {we_escalated: {en: "by {{ promise_at }}"}}
policies:
  finance: {levels: [{responsible: {team: finance}, ack_within: 1h}, {responsible: {lead: finance}}]}
  management: {levels: [{responsible: {lead: front}, ack_within: 1h}, {responsible: {lead: finance}}]}
matrix: [{policy: finance}]
rules:
"""


def rule(**parts: str) -> str:
    return AROUND + textwrap.indent(
        "- name: example\n" + "".join(f"  {key}: {value}\n" for key, value in parts.items()), "  "
    )


@pytest.mark.parametrize("example", examples(conditions.registry()))
def test_every_example_of_a_condition_is_understood(example: str, tmp_path: Path) -> None:
    file = tmp_path / "deskladder.yaml"
    body = textwrap.indent(example, "      ")
    file.write_text(
        rule(on="[ticket.updated, time]", when="\n" + body, do="[{tag: seen}]"), encoding="utf-8"
    )

    config = load(file, environ=Anything(), now=NOW)

    assert len(config.rules) == 1


@pytest.mark.parametrize("example", examples(actions.registry()))
def test_every_example_of_an_action_is_understood(example: str, tmp_path: Path) -> None:
    file = tmp_path / "deskladder.yaml"
    body = textwrap.indent(example.partition("\n")[2], "    ")
    file.write_text(
        rule(on="[ticket.updated]", when="{priority: high}", do="\n" + body), encoding="utf-8"
    )

    config = load(file, environ=Anything(), now=NOW)

    assert config.rules[0].do
