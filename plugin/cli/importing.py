"""`deskladder import zammad`: the calendars and SLAs found there, as YAML for the file."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from plugin import clock
from plugin.domain.errors import DeskladderError
from plugin.domain.settings import Config, HelpdeskSettings, Secret

if TYPE_CHECKING:
    from connectors.zammad.importing import Imported

HELP = "write the calendars and SLAs of a Zammad as YAML"

_DESCRIPTION = """\
Read the calendars and SLAs of a Zammad and write them to stdout as the sections calendars: and sla:
of the file. Changes nothing, there or here.

  deskladder import zammad support --token-env ZAMMAD_ADMIN_TOKEN
  deskladder import zammad --output zammad-sla.yaml     then include: [zammad-sla.yaml]

Calendars and SLAs are for administrators: the token needs admin.calendar and admin.sla (admin.group
for SLAs that name groups). With --token-env it is taken from that variable for this one time, so that
the service keeps a token that may do less. What the file cannot say yet is written as a comment that
says so. To import again into a file that is included already, use --output: the shell's > would
empty it before it is read.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """From where, and with which token."""
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.description = _DESCRIPTION
    parser.add_argument("source", choices=("zammad",), help="the kind of helpdesk")
    parser.add_argument(
        "helpdesk",
        nargs="?",
        metavar="HELPDESK",
        help="its name in the file; not needed when there is one Zammad",
    )
    parser.add_argument(
        "--token-env",
        metavar="NAME",
        help="the variable with the token to use instead of the configured one",
    )
    parser.add_argument(
        "--output",
        metavar="FILE",
        type=Path,
        help="write to this file instead of stdout, and only when everything could be read",
    )


def run(arguments: argparse.Namespace) -> int:
    """0 with YAML on stdout or in the file, and on stderr how much of it there is."""
    from connectors.zammad import importing
    from connectors.zammad.client import ZammadHelpdesk
    from connectors.zammad.priorities import meanings
    from plugin.configuration import load

    config = load(arguments.config, environ=os.environ, now=clock.now())
    settings = with_token(which_zammad(arguments.helpdesk, config), arguments.token_env, os.environ)
    helpdesk = ZammadHelpdesk(settings)
    try:
        setup = helpdesk.setup()
    finally:
        helpdesk.close()
    calendars = importing.calendars(setup)
    policies = importing.policies(setup, meanings(setup.priorities, settings.options))
    if arguments.format == "json":
        text = json.dumps(as_json(calendars, policies), indent=2, ensure_ascii=False)
    else:
        text = "\n".join(as_yaml(settings.name, calendars, policies, importing.DIFFERENCES))
    if arguments.output is None:
        print(text)
    else:
        write_whole(arguments.output, f"{text}\n")
    print(summary(calendars, policies), file=sys.stderr)
    return 0


def which_zammad(name: str | None, config: Config) -> HelpdeskSettings:
    """The helpdesk to ask; raises `DeskladderError` with what to write instead."""
    known = {one.name: one for one in config.helpdesks.values() if one.type == "zammad"}
    if name is None and len(known) == 1:
        return next(iter(known.values()))
    if name in known:
        return known[name]
    if not known:
        raise DeskladderError(f"{config.path} names no helpdesk of type zammad")
    listed = ", ".join(sorted(known))
    if name is None:
        raise DeskladderError(f"which Zammad? Write import zammad HELPDESK; there are {listed}")
    if name in config.helpdesks:
        kind = config.helpdesks[name].type
        raise DeskladderError(f"{name!r} is of type {kind}; of type zammad there are {listed}")
    raise DeskladderError(
        f"no helpdesk {name!r} in {config.path}; of type zammad there are {listed}"
    )


def with_token(
    settings: HelpdeskSettings, variable: str | None, environ: Mapping[str, str]
) -> HelpdeskSettings:
    """The same helpdesk, with the token of a variable where one is named."""
    if variable is None:
        return settings
    token = environ.get(variable, "").strip()
    if not token:
        raise DeskladderError(
            "the variable that --token-env names is not set. It takes the name of a variable that "
            "holds a token, not the token itself: --token-env ZAMMAD_ADMIN_TOKEN"
        )
    return replace(settings, token=Secret(token))


def write_whole(file: Path, text: str) -> None:
    """Put the text into the file, all of it or nothing; a running service may be watching."""
    new = file.with_name(f".{file.name}.new")
    try:
        new.write_text(text, encoding="utf-8")
        new.replace(file)
    except OSError as error:
        new.unlink(missing_ok=True)
        reason = (error.strerror or "not writable").lower()
        raise DeskladderError(f"cannot write {file}: {reason}") from None


def as_yaml(
    helpdesk: str,
    calendars: Sequence[Imported],
    policies: Sequence[Imported],
    differences: Sequence[str],
) -> list[str]:
    """The two sections; entries that cannot be used stand there as comments."""
    from plugin.configuration import writing

    lines = [
        *writing.comment(f"Calendars and SLAs of the Zammad {helpdesk!r}, by deskladder import."),
        *writing.comment(
            "Put this into the file, or save it and name it in include:, then run deskladder check."
        ),
        "#",
        *writing.comment("What differs from Zammad (docs/moving-from-zammad-sla.md):"),
    ]
    lines += [line for text in differences for line in writing.comment(text, bullet=True)]
    lines += ["", *_section("calendars", "{}", calendars, _calendar_lines), ""]
    if any(one.usable for one in policies):
        lines += writing.comment("The first that fits a ticket applies: Zammad's order, by name.")
    return [*lines, *_section("sla", "[]", policies, _policy_lines)]


def as_json(calendars: Sequence[Imported], policies: Sequence[Imported]) -> dict[str, object]:
    """The same for scripts; `left_out` holds what cannot be used as it is."""
    every = {"calendars": calendars, "sla": policies}
    return {
        "calendars": {one.name: dict(one.entry) for one in calendars if one.usable},
        "sla": [dict(one.entry) for one in policies if one.usable],
        "left_out": [
            {"section": section, "name": one.name, "entry": dict(one.entry)}
            for section, entries in every.items()
            for one in entries
            if not one.usable
        ],
        "remarks": [
            {"section": section, "name": one.name, "remarks": list(one.remarks)}
            for section, entries in every.items()
            for one in entries
            if one.remarks
        ],
    }


def summary(calendars: Sequence[Imported], policies: Sequence[Imported]) -> str:
    """How much was found, and what is left for a person to do."""
    fine = [sum(one.usable for one in entries) for entries in (calendars, policies)]
    lines = [
        f"calendars: {fine[0]} of {len(calendars)}; SLA policies: {fine[1]} of {len(policies)}"
    ]
    lines += [
        f"  left as a comment: {section} {one.name!r}: {one.remarks[0]}"
        for section, entries in (("calendar", calendars), ("SLA", policies))
        for one in entries
        if not one.usable
    ]
    return "\n".join(lines)


def _section(
    key: str, empty: str, entries: Sequence[Imported], lines_of: Callable[[Imported], list[str]]
) -> list[str]:
    from plugin.configuration.writing import switched_off

    is_any = any(one.usable for one in entries)
    lines = [f"{key}:" if is_any else f"{key}: {empty}"]
    for one in entries:
        written = lines_of(one)
        lines += written if one.usable else switched_off(written)
    return lines


def _calendar_lines(one: Imported) -> list[str]:
    from plugin.configuration.writing import named_entry

    return named_entry(one.name, one.entry, one.remarks)


def _policy_lines(one: Imported) -> list[str]:
    from plugin.configuration.writing import listed_entry

    return listed_entry(one.entry, one.remarks)
