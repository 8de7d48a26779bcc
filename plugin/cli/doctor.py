"""`deskladder doctor`: everything that could stop an escalation, found before it does."""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from plugin import clock
from plugin.domain.errors import DeskladderError
from plugin.domain.settings import Config, Secret

if TYPE_CHECKING:
    from plugin.doctor.reading import Asked
    from plugin.store.store import Store

HELP = "look for everything that could stop an escalation"

_DESCRIPTION = """\
Look at the file, the store, the running service and each helpdesk for everything that could stop an
escalation, and say what to do about it. Changes nothing. Exit code 1 when there is an error.

  deskladder doctor
  deskladder doctor support --token-env ZAMMAD_ADMIN_TOKEN

A Zammad shows webhooks, triggers and its log of calls to administrators only: with --token-env a
token from that variable is used for them, for this one time. The service does this by itself each
day and shows the result under /ready and as deskladder_doctor_findings.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which helpdesks, our address, and an administrator's token."""
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.description = _DESCRIPTION
    parser.add_argument(
        "helpdesks", metavar="HELPDESK", nargs="*", help="only these (default: all of the file)"
    )
    add_address(parser)
    parser.add_argument(
        "--token-env",
        metavar="[HELPDESK=]NAME",
        action="append",
        default=[],
        help="the variable with an administrator's token of Zammad; with several of them support=NAME",
    )


def add_address(parser: argparse.ArgumentParser) -> None:
    """Where the helpdesks reach us."""
    parser.add_argument(
        "--url",
        metavar="URL",
        help="where helpdesks reach Deskladder (default: service.url of the file)",
    )


def run(arguments: argparse.Namespace) -> int:
    """0 without an error, else 1."""
    from plugin.configuration import load
    from plugin.doctor.examination import examine
    from plugin.doctor.reading import Asked
    from plugin.doctor.report import as_json, as_text

    now = clock.now()
    config = load(arguments.config, environ=os.environ, now=now)
    names = chosen(arguments.helpdesks, config)
    hiding = [name for name in names if config.helpdesks[name].type == "zammad"]
    admins = admin_tokens(arguments.token_env, hiding or names, os.environ)
    store, asked = _with_store(
        Asked(
            config,
            os.environ,
            now,
            url=address(arguments.url),
            admins=admins,
            helpdesks=tuple(names),
        )
    )
    try:
        diagnosis = examine(asked)
    finally:
        if store is not None:
            store.close()
    if arguments.format == "json":
        print(json.dumps(as_json(diagnosis), indent=2, ensure_ascii=False))
    else:
        print("\n".join(as_text(diagnosis, config.helpdesks)))
    return 0 if diagnosis.is_healthy else 1


def _with_store(asked: Asked) -> tuple[Store | None, Asked]:
    from dataclasses import replace

    from plugin.whereabouts import open_store, store_file, store_url

    file = store_file(store_url(asked.environ))
    try:
        store = open_store(asked.environ, asked.now)
    except DeskladderError as problem:
        return None, replace(asked, no_store=str(problem), store_file=file)
    return store, replace(asked, store=store, store_file=file)


def chosen(names: Sequence[str], config: Config) -> list[str]:
    """The helpdesks asked for, or all; raises `DeskladderError` for a name the file has not."""
    for name in names:
        if name not in config.helpdesks:
            known = ", ".join(sorted(config.helpdesks))
            raise DeskladderError(f"no helpdesk {name!r} in {config.path}; there are {known}")
    return list(dict.fromkeys(names)) or list(config.helpdesks)


def address(url: str | None) -> str | None:
    """Our own address as it was given, checked."""
    if url is None:
        return None
    if not url.startswith(("http://", "https://")) or any(char.isspace() for char in url):
        raise DeskladderError(
            f"--url: expected an address such as https://deskladder.example.com, got {url!r}"
        )
    return url.rstrip("/")


def admin_tokens(
    options: Sequence[str], names: Sequence[str], environ: Mapping[str, str]
) -> dict[str, Secret]:
    """The administrators' tokens by helpdesk. The options name variables, never tokens."""
    found: dict[str, Secret] = {}
    for option in options:
        helpdesk, equals, variable = option.rpartition("=")
        if not equals and len(names) != 1:
            listed = ", ".join(names)
            raise DeskladderError(
                f"--token-env: for which helpdesk? Write HELPDESK=NAME; there are {listed}"
            )
        helpdesk = helpdesk or names[0]
        if helpdesk not in names:
            raise DeskladderError(f"--token-env: no helpdesk {helpdesk!r} is looked at")
        token = environ.get(variable, "").strip()
        if not token:
            raise DeskladderError(
                "the variable that --token-env names is not set. It takes the name of a variable that "
                "holds a token, not the token itself: --token-env ZAMMAD_ADMIN_TOKEN"
            )
        found[helpdesk] = Secret(token)
    return found
