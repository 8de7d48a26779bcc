"""The page on moving from Zammad shows what the import really writes."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from connectors.zammad import importing
from connectors.zammad.dossier import by_id
from connectors.zammad.importing import Setup
from connectors.zammad.priorities import meanings
from plugin.cli.importing import as_yaml, summary
from tests.samples_reader import answer

PAGE = (Path(__file__).parents[2] / "docs" / "moving-from-zammad-sla.md").read_text("utf-8")
OFFERS = {
    "id": 3,
    "name": "Offers",
    "calendar_id": 1,
    "first_response_time": 30,
    "condition": {"ticket.title": {"operator": "contains", "value": "offer"}},
}


@pytest.fixture
def found():
    groups = by_id(answer("zammad-live/api-groups"))
    setup = Setup(
        calendars=answer("zammad-live/api-calendars-after"),
        slas=[*answer("zammad-live/api-slas"), OFFERS],
        states=answer("zammad-live/api-ticket-states-expand"),
        priorities=answer("zammad-live/api-ticket-priorities"),
        groups={number: row["name"] for number, row in groups.items()},
    )
    policies = importing.policies(setup, meanings(setup.priorities, {}))
    return importing.calendars(setup), policies


def test_the_example_is_what_the_import_writes(found):
    written = "\n".join(as_yaml("support", *found, importing.DIFFERENCES))

    (shown,) = re.findall(r"^```yaml\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
    assert written[written.index("calendars:") :] == shown.rstrip("\n")


def test_the_summary_is_what_the_command_says(found):
    lines = summary(*found).splitlines()

    assert [line for line in lines if f"   {line}\n" not in PAGE] == []
