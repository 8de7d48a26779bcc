"""The schema for editors takes every file Deskladder takes, and refuses most of what it refuses."""

from __future__ import annotations

from pathlib import Path

import jsonschema
import pytest

from plugin import actions, conditions
from plugin.configuration.document import Source
from plugin.configuration.json_schema import file_schema
from plugin.configuration.parsing import Broken, read_document
from plugin.configuration.scalars import plain
from plugin.configuration.schema import FileSchema

ROOT = Path(__file__).parents[3]
SHIPPED = sorted((ROOT / "config").rglob("*.yaml"))
MISTAKES = sorted((ROOT / "tests" / "golden" / "config").glob("*.yaml"))


@pytest.fixture(scope="module")
def validator():
    schema = file_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


def as_an_editor_reads_it(file):
    """The values of a file, variables not filled in; None when the YAML is broken."""
    try:
        text = file.read_text("utf-8")
        document = read_document(Source(file.name, text), lambda text, span, path: text)
    except (Broken, UnicodeDecodeError):
        return None
    return None if document.problems else plain(document.root)


@pytest.mark.parametrize("file", SHIPPED, ids=lambda file: file.name)
def test_every_shipped_file_is_valid(file, validator):
    assert [error.message for error in validator.iter_errors(as_an_editor_reads_it(file))] == []


BEYOND_A_SCHEMA = {
    # What needs more than one place of the file, the environment or the disk.
    "bad-regular-expression", "look-around", "contradiction", "time-rule-that-time-cannot-change",
    "two-helpdesks-one-address", "two-rules-one-name", "two-teams-one-group", "priority-tags-tie",
    "absence-backwards", "unknown-calendar", "unknown-calendar-in-condition", "unknown-channel",
    "unknown-note", "unknown-reply", "unknown-team", "unknown-zone", "hours-overlap",
    "calendar-never-open", "calendar-file-missing", "promise-without-calendar", "bad-date",
    "include-broken", "include-circle", "include-clash", "include-missing", "include-with-mistakes",
    "ca-file-missing", "ca-file-without-certificate", "token-no-header-can-hold",
    "broken-template", "unknown-placeholder", "placeholder-in-block-text", "missing-version",
    "no-helpdesks", "unset-variable", "empty-variable", "bad-variable-name", "unclosed-variable",
    "missing-secret-file", "empty-secret-file", "organization-on-freescout", "priority-on-freescout",
    "subscribe-on-freescout", "upper-case-tag-on-freescout", "reply-without-default-language",
    "note-with-bad-placeholder", "webhook-with-bad-placeholder", "state-freescout-does-not-have",
    "sla-business-days-without-calendar", "sla-clock-in-when", "sla-event-without-policies",
    "sla-never-reached", "sla-once-per-clock-without-clock", "once-per-step-without-escalation", "sla-pause-in-closed",
    "sla-pause-in-a-state-freescout-lacks", "sla-target-too-long", "sla-two-policies-one-name",
    "sla-source-helpdesk-on-freescout", "sla-targets-beside-those-of-the-helpdesk", "sla-neither-targets-nor-source",
    "sla-unknown-calendar", "sla-warning-longer-than-target",
    "tests-one-name-twice", "tests-out-of-order", "tests-two-things-at-once",
    "tests-unknown-names",
    "url-of-the-api", "url-with-password", "bad-notify-url", "priority-neither-tag-nor-field",
    "channel-called-lead", "escalate-start-level-not-there", "escalate-unknown-policy",
    "escalate-without-a-matrix", "exhausted-escalates", "hierarchical-on-freescout-untold",
    "hint-alone", "hint-with-a-responsible", "ladder-event-without-policies",
    "level-business-days-without-calendar", "level-escalates-itself", "level-hierarchical-to-a-team",
    "level-lead-of-a-team-without-one", "level-resolved-before-acknowledged",
    "level-skill-of-a-team-without-any", "level-team-without-pool-and-lead", "level-time-in-seconds",
    "level-unknown-reply", "level-unknown-skill", "level-unknown-team", "level-without-anybody",
    "matrix-business-days-without-calendar", "matrix-contradiction", "matrix-ends-before-it-starts", "matrix-row-never-counts",
    "matrix-same-conditions", "matrix-start-at-a-hint-not-there", "matrix-start-level-not-there",
    "matrix-tie-settled-in-part", "matrix-tie", "matrix-two-defaults", "matrix-unknown-policy",
    "matrix-without-default", "manual-without-policies", "matrix-without-policies", "notify-of-a-rule-to-somebody-without-a-channel",
    "notify-responsible-nobody-is",
    "notify-roles-without-a-channel", "notify-somebody-without-a-channel", "notify-unknown-channel",
    "people-one-person-twice", "people-unknown-calendar", "people-unknown-channel",
    "policy-called-matrix", "policy-names-but-for-capitals", "policy-priority-on-freescout", "policy-priority-no-value-stands-for", "priority-no-tag-stands-for",
    "policy-unknown-calendar", "pool-group-among-members", "pool-ical-missing", "pool-ical-over",
    "pool-ical-without-people", "pool-if-none-unclear", "pool-lead-without-lead",
    "pool-oncall-without-rota", "pool-override-backwards",
    "pool-rota-without-oncall", "pool-skill-of-somebody-else", "pool-skill-without-skills",
    "pool-strategy-lead-without-lead", "reply-with-an-acknowledge-link", "rule-called-like-a-ladder",
    "rule-lets-the-matrix-choose-again", "rule-once-per-step-without-a-ladder", "rule-opens-its-own-ladder", "service-short-token",
    "service-unknown-channel", "wait-on-a-later-level",
}  # fmt: skip


READABLE = [file for file in MISTAKES if as_an_editor_reads_it(file) is not None]
"""The others an editor refuses for their YAML."""


@pytest.mark.parametrize("file", READABLE, ids=lambda file: file.stem)
def test_a_mistake_a_schema_can_express_is_refused(file, validator):
    refused = not validator.is_valid(as_an_editor_reads_it(file))

    assert refused is (file.stem not in BEYOND_A_SCHEMA)


def test_every_section_condition_and_action_is_described(validator):
    schema = validator.schema
    when, do = schema["$defs"]["when"], schema["$defs"]["do"]["items"]

    assert set(schema["properties"]) == {
        kind.data_key or name for name, kind in FileSchema().fields.items()
    }
    words = {key for key in conditions.registry() if not key.endswith("*")}
    assert set(when["properties"]) == words | {"all", "any", "none"}
    assert set(do["properties"]) == set(actions.registry())
    assert all(entry["description"] for entry in when["properties"].values())
    assert all(entry["description"] for entry in do["properties"].values())
