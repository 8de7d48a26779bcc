"""Is the file the one the service uses, and does it do anything?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from plugin.configuration.repeats import told_once
from plugin.doctor.facts import Facts, Ledger
from plugin.domain.examining import Finding, error, fine, warning
from plugin.domain.settings import Config, Mode

_READ_WITHIN = timedelta(minutes=1)


def check(facts: Facts) -> Iterator[Finding]:
    """Its age, its modes, and what it warned about."""
    ledger = facts.ledger
    stale = list(_stale(facts, ledger)) if ledger and not ledger.problem else []
    yield from stale
    if not stale and ledger and ledger.config_read_at:
        yield fine(f"the service uses {facts.config.path} as it is")
    yield _modes(facts.config)
    asked = tuple(f"{mention.place}: " for mention in facts.mentions)
    # About those places the helpdesk itself was asked.
    unasked = [text for text in facts.config.warnings if not text.startswith(asked)]
    for told in told_once(unasked):
        yield warning(str(told), "deskladder check shows it again")


def _stale(facts: Facts, ledger: Ledger) -> Iterator[Finding]:
    read_at, refused_at = ledger.config_read_at, ledger.config_refused_at
    if refused_at is not None and (read_at is None or refused_at > read_at):
        yield error(
            f"the file was changed at {refused_at:%Y-%m-%d %H:%M} UTC and had mistakes: the service uses the "
            "one before",
            "deskladder check shows them; the service reads the file again when it is changed",
        )
    elif (
        read_at is not None
        and facts.changed_at is not None
        and facts.changed_at > read_at + _READ_WITHIN
        and facts.now > facts.changed_at + _READ_WITHIN
    ):
        yield error(
            f"the file was changed at {facts.changed_at:%Y-%m-%d %H:%M} UTC, and the service has not read it",
            "see whether it runs with this file (DESKLADDER_CONFIG); else send it SIGHUP",
        )


def _modes(config: Config) -> Finding:
    if not config.rules and not config.sla:
        return warning("the file has no rules: nothing will ever happen", "write one: docs/file.md")
    acting = sum(rule.mode is Mode.ACT for rule in config.rules)
    suggesting = sum(rule.mode is Mode.SUGGEST for rule in config.rules)
    if not acting and not suggesting:
        return fine(
            "nothing is done yet: no rule has mode act (mode: act under defaults: changes that)"
        )
    suggests = f", {suggesting} suggest" if suggesting else ""
    return fine(f"{acting} of {len(config.rules)} rules act{suggests}")
