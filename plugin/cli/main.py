"""Arguments to command; imports a command only when it is called.

A command is a file of this folder that offers `HELP`, `add_arguments(parser)` and
`run(arguments) -> int`; `arguments.config` is the file to use and `arguments.format` `text` or
`json`. Exit codes: 0 fine, 1 something the user must change, 2 usage, 3 a bug in Deskladder.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Mapping, Sequence
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

from plugin import __version__
from plugin.domain.errors import DeskladderError

COMMANDS: Mapping[str, str] = {
    "serve": "receive webhooks, decide and act",
    "check": "read the file and tell every mistake in it",
    "demo": "play the stories on a simulated helpdesk, with a page to look at",
    "install": "create webhook, trigger and tags on the helpdesk, and try the whole way",
    "doctor": "look for everything that could stop an escalation",
    "test": "play the tests of the file with a moved clock, without a helpdesk",
    "explain": "tell what each rule thinks of one ticket, and why",
    "export": "write a ticket's history without names and texts, for bug reports and tests",
    "simulate": "tell what the file would have done to the tickets of the last months",
    "baseline": "measure first response, resolution, hand-offs and reopenings of the last months",
    "backfill": "let the service look at tickets that were there before it, a few at a time",
    "status": "show the queue, timers, open actions and dead letters",
    "retry": "plan refused actions again",
    "forget": "remove what is kept about a customer",
    "due": "compute due times and open time of a calendar",
    "schema": "print the JSON Schema of the file, for editors",
    "import": "write the calendars and SLAs of a Zammad as YAML",
}
"""Every command with its line of help; a test compares it with the files of this folder."""

FILES: Mapping[str, str] = {"import": "importing"}
"""The file of a command where it cannot be the command's own word, which Python keeps for itself."""

EXIT_OK, EXIT_CHANGE, EXIT_USAGE, EXIT_BUG, EXIT_INTERRUPTED = 0, 1, 2, 3, 130

DEFAULT_CONFIG = "deskladder.yaml"


class _CommandParser(argparse.ArgumentParser):
    """The parser of one command; asks the command's file for its arguments when it is used."""

    command = ""

    def parse_known_args(  # type: ignore[override]
        self, args: Sequence[str] | None = None, namespace: Any = None
    ) -> tuple[argparse.Namespace, list[str]]:
        module = import_command(self.command)
        add_common_options(self)
        module.add_arguments(self)
        return super().parse_known_args(args, namespace)


def import_command(name: str) -> ModuleType:
    """The file of a command."""
    return import_module(f"plugin.cli.{FILES.get(name, name)}")


def add_common_options(parser: argparse.ArgumentParser) -> None:
    """The options every command has, accepted before and behind its name."""
    parser.add_argument(
        "--config",
        metavar="FILE",
        type=Path,
        default=argparse.SUPPRESS,
        help="the file (default: $DESKLADDER_CONFIG, else ./deskladder.yaml)",
    )
    parser.add_argument(
        "--format",
        choices=("text", "json"),
        default=argparse.SUPPRESS,
        help="text for people (default), json for scripts",
    )


def build_parser() -> argparse.ArgumentParser:
    """The whole command line; no command is imported for it."""
    parser = argparse.ArgumentParser(
        prog="deskladder",
        description="SLA clocks and escalation ladders for Zammad and FreeScout, from one file.",
        epilog="Exit codes: 0 fine, 1 something to change, 2 usage, 3 a bug in Deskladder.",
    )
    parser.add_argument("--version", action="version", version=f"deskladder {__version__}")
    add_common_options(parser)
    commands = parser.add_subparsers(
        dest="command", metavar="COMMAND", required=True, parser_class=_CommandParser
    )
    for name, help_line in COMMANDS.items():
        command = commands.add_parser(name, help=help_line, description=help_line)
        command.command = name
    return parser


def run(arguments: Sequence[str], environ: Mapping[str, str] | None = None) -> int:
    """Run the command named by the arguments and return its exit code."""
    environ = os.environ if environ is None else environ
    try:
        try:
            parsed = build_parser().parse_args(arguments)
        except SystemExit as stop:  # argparse has said all there is to say
            return stop.code if isinstance(stop.code, int) else EXIT_USAGE
        parsed.config = config_path(getattr(parsed, "config", None), environ)
        parsed.format = getattr(parsed, "format", "text")
        code: int = import_command(parsed.command).run(parsed)
        sys.stdout.flush()
    except KeyboardInterrupt:
        return EXIT_INTERRUPTED
    except BrokenPipeError:
        return _quiet_exit()
    except DeskladderError as error:
        print(error, file=sys.stderr)
        return EXIT_CHANGE
    except Exception:  # noqa: BLE001 - whatever is left is our own mistake, and we say so
        return _apologise()
    return code


def config_path(option: Path | None, environ: Mapping[str, str]) -> Path:
    """The file to use: the option, else `$DESKLADDER_CONFIG`, else `./deskladder.yaml`."""
    return option or Path(environ.get("DESKLADDER_CONFIG") or DEFAULT_CONFIG)


def _quiet_exit() -> int:
    """The reader of our output has left (`deskladder … | head`): nothing is wrong."""
    try:
        devnull = os.open(os.devnull, os.O_WRONLY)
        os.dup2(devnull, sys.stdout.fileno())
    except (OSError, ValueError):
        pass
    return EXIT_OK


def _apologise() -> int:
    import traceback

    print(
        "This is a mistake in Deskladder, not yours. Please report it with the lines below,\n"
        "after a look that they hold nothing private.\n",
        file=sys.stderr,
    )
    traceback.print_exc()
    return EXIT_BUG
