"""Does a trigger call the webhook, on every change?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from connectors.shapes import integer, text
from connectors.zammad import wiring
from connectors.zammad.dossier import Record
from connectors.zammad.examination import Seen
from connectors.zammad.wiring import Scope
from plugin.domain.examining import Finding, Level, error, fine, warning

_MENU = "Manage » Trigger"


def check(seen: Seen) -> Iterator[Finding]:
    """Present, active, well-formed, on every event."""
    if seen.webhooks is None or seen.triggers is None or seen.failed is not None:
        return
    ours = wiring.our_webhooks(seen.webhooks, seen.settings, seen.needed.webhook_url)
    if not ours:
        return  # told by the check of the webhook
    ids = {integer(row.get("id")) for row in ours}
    calling = [row for row in seen.triggers if wiring.webhook_of(row) in ids]
    install = f"run deskladder install {seen.settings.name}"
    if not calling:
        yield _none(seen, install)
        return
    active = [row for row in calling if row.get("active") is not False]
    if not active:
        yield error(
            f"the trigger {_name(calling[0])} is not active", f"{install}, or activate it: {_MENU}"
        )
        return
    yield _best([_judge(seen, row, install) for row in active])


def _none(seen: Seen, install: str) -> Finding:
    known = {integer(row.get("id")) for row in seen.webhooks or ()}
    for row in seen.triggers or ():
        meant = wiring.is_ours(row) or text(row.get("name")).startswith(wiring.NAME)
        target = wiring.webhook_of(row)
        if meant and target is not None and target not in known:
            return error(
                f"the trigger {_name(row)} calls a webhook that does not exist any more (number {target}): "
                "Zammad says nothing about it",
                f"{install}, or choose the webhook anew: {_MENU}",
            )
    return error("no trigger calls our webhook: Zammad sends nothing", install)


def _judge(seen: Seen, row: Record, install: str) -> Finding:
    name = _name(row)
    if integer(row.get("id")) in seen.failing or wiring.scope(row) is Scope.NEVER:
        return error(
            f"Zammad accepts the condition of the trigger {name} and never runs it: it names an attribute "
            "or a value that no ticket can have",
            f"{install}, or make the condition Created at, after (absolute), 1970-01-01: {_MENU}",
        )
    if text(row.get("activator")) == "time":
        return error(
            f"the trigger {name} runs by time, at most once a day for each ticket",
            f"{install}, or set it to be activated by: Action: {_MENU}",
        )
    if text(row.get("execution_condition_mode")) == "selective":
        return error(
            f"the trigger {name} runs only when an attribute of its condition changes",
            f"{install}, or set its execution to Always: {_MENU}",
        )
    if wiring.scope(row) is Scope.UNCLEAR:
        return warning(
            f"the trigger {name} has a condition of its own: what it leaves out is found only by the look "
            "every few minutes",
            f"{install}, or make the condition Created at, after (absolute), 1970-01-01: {_MENU}",
        )
    return fine(f"the trigger {name} runs on every change")


def _best(findings: Sequence[Finding]) -> Finding:
    """One good trigger is enough."""
    order = [Level.OK, Level.WARNING, Level.ERROR]
    return min(findings, key=lambda finding: order.index(finding.level))


def _name(row: Record) -> str:
    return repr(text(row.get("name")))
