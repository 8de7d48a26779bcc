"""`deskladder install HELPDESK`: webhook, trigger and what else the helpdesk needs, through its API."""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from plugin import clock
from plugin.cli.doctor import add_address, address, admin_tokens
from plugin.domain.errors import DeskladderError, Refused
from plugin.domain.installing import Installer, Step, Verb, Wanted
from plugin.domain.settings import Config, HelpdeskSettings
from plugin.domain.storing import HEARTBEAT

if TYPE_CHECKING:
    from plugin.doctor.trying import Trial
    from plugin.store.store import Store

HELP = "create webhook, trigger and tags on the helpdesk, and try the whole way"

_DESCRIPTION = """\
Show what the helpdesk needs so that it tells Deskladder of every change, and create it through its
API after a yes. What is there already stays; running it again creates nothing twice. At the end a
harmless change is made on a ticket, and its webhook call is waited for.

  deskladder install support --dry-run
  deskladder install support --token-env ZAMMAD_ADMIN_TOKEN
  deskladder install desk --ticket 12                          FreeScout: the note goes there
  deskladder install support --remove

Zammad lets only administrators create webhooks and triggers: --token-env names the variable with an
administrator's token, used for this one time. The service must be running to receive the call.
"""

_PATIENCE = 60
_ACCEPTED = 202
_LONGEST_PAUSE = timedelta(minutes=3)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which helpdesk, how far, and how to try it."""
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.description = _DESCRIPTION
    parser.add_argument("helpdesk", metavar="HELPDESK", help="its name in the file")
    add_address(parser)
    parser.add_argument(
        "--token-env",
        metavar="NAME",
        help="the variable with an administrator's token (Zammad)",
    )
    parser.add_argument("--dry-run", action="store_true", help="only show the plan")
    parser.add_argument("--remove", action="store_true", help="take away what was created")
    parser.add_argument(
        "--macros",
        action="store_true",
        help="add buttons to acknowledge, hand back and escalate (Zammad)",
    )
    parser.add_argument("--yes", action="store_true", help="do it without asking")
    parser.add_argument(
        "--ticket", metavar="N", type=int, help="the ticket (by its id) to try the way with"
    )
    parser.add_argument("--no-test", action="store_true", help="do not try the way at the end")
    parser.add_argument(
        "--wait",
        metavar="SECONDS",
        type=int,
        default=_PATIENCE,
        help=f"how long to wait for the call (default: {_PATIENCE})",
    )


def run(arguments: argparse.Namespace) -> int:
    """0 when everything is there and the call came; else 1."""
    from connectors import connector
    from plugin.configuration import load

    now = clock.now()
    config = load(arguments.config, environ=os.environ, now=now)
    settings = which_helpdesk(arguments.helpdesk, config)
    option = [arguments.token_env] if arguments.token_env else []
    admin = admin_tokens(option, [settings.name], os.environ).get(settings.name)
    shown = _Shown(as_json=arguments.format == "json")
    # FreeScout does not show its webhooks: the number of ours is kept in the store.
    may_create = settings.type == "freescout" and not (arguments.dry_run or arguments.remove)
    with _store(now, may_create=may_create) as store:
        installer = connector(settings.type).installer(settings, _Kept(store), admin)
        try:
            if arguments.remove:
                return _carry_out(installer.removal(), arguments, shown)
            base = address(arguments.url) or config.service.url
            webhook = _final_address(base, settings.name, config, shown)
            wanted = _wanted(config, webhook, arguments, shown)
            code = _carry_out(installer.plan(wanted), arguments, shown)
            if code or arguments.dry_run or arguments.no_test:
                return code
            return _try(installer, store, settings.name, webhook, arguments, shown)
        finally:
            installer.close()
            shown.end()


def which_helpdesk(name: str, config: Config) -> HelpdeskSettings:
    """The helpdesk to install on; raises `DeskladderError` with those there are."""
    if name not in config.helpdesks:
        known = ", ".join(sorted(config.helpdesks))
        raise DeskladderError(f"no helpdesk {name!r} in {config.path}; there are {known}")
    return config.helpdesks[name]


def _wanted(config: Config, webhook: str, arguments: argparse.Namespace, shown: _Shown) -> Wanted:
    from plugin.configuration.mentions import read_mentions
    from plugin.doctor.needs import wanted

    mentions = read_mentions(config.path, os.environ)
    if arguments.macros and not config.policies:
        shown.remark("no buttons: the file has no policies, so there is nothing to acknowledge")
    return wanted(config, mentions, webhook, buttons=arguments.macros)


def _final_address(base: str | None, name: str, config: Config, shown: _Shown) -> str:
    """Our address as the helpdesk shall call it; raises `DeskladderError` when it redirects."""
    from connectors import connector
    from plugin.doctor.facts import webhook_url
    from plugin.doctor.knocking import knock

    webhook = webhook_url(base, name)
    if webhook is None:
        raise DeskladderError(
            "under which address does the helpdesk reach Deskladder? Put service: "
            "{url: https://deskladder.example.com} into the file, or give --url"
        )
    settings = config.helpdesks[name]
    answer = knock(webhook, *connector(settings.type).ping(settings))
    if answer.location:
        raise DeskladderError(
            f"{webhook} redirects to {answer.location}: a helpdesk that follows a redirect loses the "
            "contents of its calls. Use the final address for service.url or --url"
        )
    if answer.problem or answer.status != _ACCEPTED:
        shown.remark(
            f"{webhook} does not lead to a running Deskladder yet (deskladder doctor says more); the "
            "helpdesk's calls will not arrive before it does"
        )
    return webhook


def _carry_out(steps: Sequence[Step], arguments: argparse.Namespace, shown: _Shown) -> int:
    """Show the plan, ask, do it."""
    shown.plan(steps)
    changes = [step for step in steps if step.changes]
    if arguments.dry_run:
        shown.remark("nothing was changed: --dry-run")
        return 0
    if not changes:
        shown.remark("nothing to change")
        return 0
    if not arguments.yes and not _agreed(len(changes)):
        shown.remark("nothing was changed: say yes, or give --yes")
        return 1
    return max([_do(step, shown) for step in changes])


def _do(step: Step, shown: _Shown) -> int:
    """One step; a refusal stops none of the others, an outage all of them."""
    try:
        if step.perform is not None:
            step.perform()
    except Refused as problem:
        shown.refused(step, problem)
        return 1
    shown.done(step)
    return 0


def _agreed(number: int) -> bool:
    """Ask on a terminal; without one nobody has agreed."""
    if not sys.stdin.isatty():
        return False
    noun = "change" if number == 1 else "changes"
    try:
        answer = input(f"\nMake {'this' if number == 1 else 'these'} {number} {noun}? [y/N] ")
    except EOFError:
        return False
    return answer.strip().lower() in {"y", "yes"}


def _try(
    installer: Installer,
    store: Store | None,
    name: str,
    webhook: str,
    arguments: argparse.Namespace,
    shown: _Shown,
) -> int:
    """Make a harmless change and wait for its call."""
    from plugin.doctor.trying import try_the_way

    what = installer.touchable(arguments.ticket)
    if not what:
        shown.remark(
            "the way was not tried: every change that FreeScout tells of can be seen there. Name a "
            f"conversation to write an internal note into: deskladder install {name} --ticket N"
        )
        return 0
    beat_at = store.watermark(HEARTBEAT) if store else None
    if store is None or beat_at is None or clock.now() - beat_at > _LONGEST_PAUSE:
        shown.remark(
            "the way was not tried: no service runs with this store. Start deskladder serve, then run "
            f"deskladder install {name} again"
        )
        return 0
    shown.remark(f"trying the way: {what}, then waiting up to {arguments.wait} s for the call …")
    trial = try_the_way(
        installer,
        lambda since: list(store.arrivals(name, since)),
        ticket_id=arguments.ticket,
        patience=float(arguments.wait),
        now=clock.now,
        pause=time.sleep,
    )
    hints = () if trial.arrival else installer.whereabouts(trial.started_at, webhook)
    shown.tried(trial, webhook, hints)
    return 0 if trial.arrival else 1


@contextmanager
def _store(now: datetime, *, may_create: bool) -> Iterator[Store | None]:
    """The store, created when it may be; None when it is not there."""
    from plugin.engine.pace import Pace
    from plugin.service import news_begin
    from plugin.store.store import Store
    from plugin.whereabouts import store_file, store_url

    url = store_url(os.environ)
    file = store_file(url)
    if file is not None and not file.exists() and not may_create:
        yield None
        return
    store = Store.open(url, now=news_begin(now, Pace()))
    try:
        yield store
    finally:
        store.close()


class _Kept:
    """Numbers kept between installations, in the store."""

    def __init__(self, store: Store | None) -> None:
        self._store = store

    def recall(self, name: str) -> int | None:
        return self._store.number(name) if self._store else None

    def keep(self, name: str, value: int | None) -> None:
        if self._store is None:
            raise DeskladderError("there is no store to keep the webhook's number in")
        self._store.keep_number(name, value)


_PAST = {
    Verb.CREATE: "created",
    Verb.CHANGE: "changed",
    Verb.REMOVE: "removed",
}


class _Shown:
    """What people see as it happens, or one JSON document at the end."""

    def __init__(self, *, as_json: bool) -> None:
        self._as_json = as_json
        self._content: dict[str, Any] = {
            "plan": [],
            "done": [],
            "refused": [],
            "remarks": [],
            "trial": None,
        }

    def plan(self, steps: Sequence[Step]) -> None:
        """Every step, those for a person last."""
        for step in steps:
            entry = {"verb": step.verb.value, "thing": step.thing, "detail": step.detail or None}
            self._content["plan"].append(entry)
        for step in sorted(steps, key=lambda step: step.verb is Verb.BY_HAND):
            self._line(f"  {step.verb:<8} {step.thing}{f': {step.detail}' if step.detail else ''}")

    def done(self, step: Step) -> None:
        """A step was carried out."""
        self._content["done"].append(step.thing)
        self._line(f"{_PAST[step.verb]} {step.thing}")

    def refused(self, step: Step, problem: Refused) -> None:
        """The helpdesk did not let us."""
        self._content["refused"].append({"thing": step.thing, "why": str(problem)})
        self._line(f"could not {step.verb} {step.thing}: {problem}")

    def remark(self, text: str) -> None:
        """A sentence by the way."""
        self._content["remarks"].append(text)
        self._line(text)

    def tried(self, trial: Trial, webhook: str, hints: Sequence[str]) -> None:
        """How the trial ended, and what was waited for when nothing came."""
        arrival = trial.arrival
        self._content["trial"] = {
            "ticket": trial.touch.ticket_id,
            "did": trial.touch.text,
            "arrived": arrival is not None,
            "seconds": round(trial.waited, 1),
            "hints": list(hints),
        }
        if arrival is not None:
            self._line(
                f"{trial.touch.text}; its call came after {trial.waited:.0f} s. The whole way works."
            )
            return
        self._line(
            f"{trial.touch.text}, and waited {trial.waited:.0f} s for a call about it at {webhook}: none came."
        )
        for hint in (*hints, "deskladder doctor looks at every step of the way"):
            self._line(f"  - {hint}")

    def end(self) -> None:
        """Print the document."""
        if self._as_json:
            print(json.dumps(self._content, indent=2, ensure_ascii=False))

    def _line(self, text: str) -> None:
        if not self._as_json:
            print(text, flush=True)
