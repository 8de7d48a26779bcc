"""Every command the docs show is run, beside a helpdesk with one ticket and a service that knows it."""

from __future__ import annotations

import io
import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest

from plugin.cli.main import COMMANDS, EXIT_BUG, EXIT_USAGE, build_parser, run
from tests.docs.test_pages import PAGES
from tests.story.world import World, wait_for

SHOWN = re.compile(r"(?:^|[`$] ?|/)deskladder ([a-z][^`\n|#>&]*)", re.MULTILINE)
STANDS_FOR = {
    **dict.fromkeys(("TICKET", "N", "4711", "30001"), "1"),
    **dict.fromkeys(("HELPDESK", "support", "demo"), "support"),
    **dict.fromkeys(("FILE", "packs/hospitality.yaml", "hospitality.yaml"), "PACK"),
    **dict.fromkeys(("CALENDAR", "plain", "office"), "office"),
    "START": "2026-11-24T16:00",
    "DURATION": "4h",
    "TIME": "2026-11-22T12:00",
    "CUSTOMER": "guest@example.com",
    "KEY": "support/1/x/t/0.tag",
    "NAME": "billing",
    "A/B": "2026-11-24T16:30/2026-11-25T10:00",
}
ELSEWHERE = {"serve", "demo"}
"""Commands that stay; tests/story/test_service.py and tests/demo run them."""

ASK_FOR_MORE = {"explain", "due", "retry", "install", "import", "export", "forget", "simulate"}

RULES = """\
calendars:
  office: {timezone: Europe/Amsterdam, hours: {mon-fri: [09:00-17:00]}}
rules:
  - {name: billing, on: [ticket.created], when: {text: {any_of: {en: [invoice]}}}, do: [{tag: billing}]}
tests:
  - name: a bill
    given: {at: 2026-12-03T10:00, message: {text: My invoice}}
    expect: [{after: 0m, tags: billing}]
"""


def shown() -> list[str]:
    """Each command once, as it stands on a page."""
    found: dict[str, None] = {}
    for page in PAGES:
        for match in SHOWN.finditer(page.read_text(encoding="utf-8")):
            words = match[1].replace("…", " ").split("  ")[0].strip().rstrip(".,;:)")
            name = words.split()[0].rstrip(".,;:)")
            if name in COMMANDS:
                found.setdefault(words)
    return list(found)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with World("zammad", tmp_path_factory.mktemp("docs"), rules=RULES) as known:
        known.start()
        ticket = known.desk.customer_writes(
            "guest@example.com", "Invoice", "My invoice is wrong.", group="1st Level"
        )
        assert ticket == 1
        wait_for(lambda: "billing" in known.desk.tags(ticket))
        yield known


def test_there_are_commands_to_run() -> None:
    assert len(shown()) > 20


@pytest.mark.parametrize("command", shown())
def test_a_command_the_docs_show_runs(
    command: str,
    world: World,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    words = arguments_of(command)
    if words[0] in ELSEWHERE:
        assert build_parser().parse_args(words).command == words[0]
        return
    for name, value in {**world.environ, "ZAMMAD_ADMIN_TOKEN": "zammad-admin-token"}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("DESKLADDER_CONFIG", str(world.config))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "old.yaml").write_text(world.config.read_text())
    monkeypatch.setattr(
        "sys.stdin",
        io.StringIO('{"calendar": "office", "start": "2026-11-24T16:00", "duration": "4h"}\n'),
    )

    code = run(words)

    printed = capsys.readouterr()
    assert code not in {EXIT_USAGE, EXIT_BUG}, printed.err


def arguments_of(command: str) -> list[str]:
    """The words with the placeholders filled in; `[--option VALUE]` is taken, too."""
    pack = Path(__file__).parents[2] / "config" / "packs" / "hospitality.yaml"
    plain = re.sub(r"[\[\]]", " ", command)
    name, *rest = shlex.split(plain)
    if not rest and name in ASK_FOR_MORE:
        return [name, "--help"]  # named in a sentence
    words = [STANDS_FOR.get(word, word) for word in rest]
    return [name, *(str(pack) if word == "PACK" else word for word in words)]
