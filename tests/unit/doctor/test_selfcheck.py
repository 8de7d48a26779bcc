"""What the service shows of its daily self-check, and how reports read."""

from __future__ import annotations

from plugin.doctor.examination import Diagnosis, names_only
from plugin.doctor.report import as_json, as_text, summary
from plugin.domain.examining import Finding, Level, error, fine, warning
from plugin.domain.settings import HelpdeskSettings, Secret

SUPPORT = HelpdeskSettings(
    "support", "zammad", "https://help.example.com", Secret("t"), Secret("s"), "bot@example.com"
)


def finding(made: Finding, check: str, about: str = "") -> Finding:
    return Finding(made.level, made.text, made.remedy, check, about)


WELL = finding(fine("the store can be written"), "store")
UNWELL = finding(warning("it is slow", "wait"), "work")
ILL = finding(error("no trigger calls us " * 8, "install it"), "trigger", "support")


def test_a_finding_that_is_not_fine_needs_a_remedy():
    made = None
    try:
        made = Finding(Level.WARNING, "something is odd")
    except ValueError as problem:
        assert "something is odd" in str(problem)  # noqa: PT017

    assert made is None


def test_findings_stand_below_what_they_are_about_with_remedies_indented():
    lines = list(as_text(Diagnosis([WELL, UNWELL, ILL]), {"support": SUPPORT}))

    assert lines[:3] == [
        "deskladder",
        "  ok       the store can be written",
        "  warning  it is slow",
    ]
    assert lines[3] == "           → wait"
    assert lines[5] == "support (zammad, https://help.example.com)"
    assert all(len(line) <= 110 for line in lines)
    assert lines[-1] == "1 error and 1 warning."


def test_sums_are_said_in_words():
    assert summary(Diagnosis([WELL])) == "Everything is as it should be."
    assert summary(Diagnosis([UNWELL, UNWELL])) == "2 warnings."
    assert summary(Diagnosis([ILL])) == "1 error."


def test_a_warning_is_no_illness():
    assert Diagnosis([WELL, UNWELL]).is_healthy
    assert not Diagnosis([ILL]).is_healthy


def test_scripts_see_level_check_text_and_remedy():
    content = as_json(Diagnosis([WELL, ILL]))

    assert content["ok"] is False
    assert (content["errors"], content["warnings"]) == (1, 0)
    assert content["findings"][0] == {
        "level": "ok",
        "about": None,
        "check": "store",
        "text": "the store can be written",
        "remedy": None,
    }
    assert content["findings"][1]["about"] == "support"


def test_check_live_leaves_out_what_is_not_about_names():
    kept = names_only(Diagnosis([WELL, ILL, finding(fine("all exist"), "names")]))

    assert [one.check for one in kept.findings] == ["names"]
