"""`deskladder test`: the `tests:` of the file, played with a moved clock and without a helpdesk."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from plugin import clock, logs
from plugin.domain.dataclass import dataclass
from plugin.domain.errors import DeskladderError
from plugin.domain.scripted import Script
from plugin.domain.settings import Config
from plugin.rehearsal.comparing import Row, describe, rows_of
from plugin.rehearsal.stage import Played, acting, play

HELP = "play the tests of the file with a moved clock, without a helpdesk"

_PACK = """\
version: 1
helpdesks:
  stand-in:
    type: {type}
    url: https://helpdesk.example
    token: none
    webhook_secret: none
    service_user: deskladder@example.com
{options}defaults: {{mode: act}}
notify: {{stand-in: {{url: "json://stand-in.example/{{address}}"}}}}
service: {{channel: stand-in}}
include: [{file}]
"""
_TAGS = "    priority: {tags: {low: prio-low, high: prio-high, urgent: prio-urgent}}\n"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which files, which tests."""
    parser.description = (
        "Play every test of the file through the same code that serves: a helpdesk in memory, a clock "
        "that is moved, nothing sent anywhere. Rules act, whatever their mode. Variables that are not "
        "set stand for a made-up address. A rule pack without `helpdesks:` gets a stand-in for one."
    )
    parser.add_argument(
        "files", nargs="*", type=Path, metavar="FILE", help="files to test (default: --config)"
    )
    parser.add_argument(
        "-k", dest="only", metavar="TEXT", help="only tests whose name has this in it"
    )
    parser.add_argument(
        "--type",
        choices=("zammad", "freescout"),
        default="zammad",
        help="what the stand-in for a pack is (default: zammad)",
    )
    parser.add_argument(
        "-v", "--verbose", action="store_true", help="tell what happened in all tests"
    )


@dataclass(frozen=True, slots=True)
class Result:
    """One test that was played, or could not be."""

    file: Path
    script: Script
    played: Played | None
    rows: tuple[Row, ...]
    problem: str = ""

    @property
    def passed(self) -> bool:
        """True when everything was as expected."""
        return self.played is not None and all(row.holds for row in self.rows)


class Surroundings(dict[str, str]):
    """The environment, with a made-up value for what is not set: a test sends nothing anywhere."""

    def get(self, name: str, default: object = None) -> str:
        """The value, else an address that works wherever one is expected."""
        del default
        return super().get(name) or f"https://{name.lower().replace('_', '-')}.example"


def run(arguments: argparse.Namespace) -> int:
    """0 when every test passed; 1 when one failed, none was there, or a file has a mistake."""
    from plugin.configuration import ConfigProblems

    logs.configure(level="critical")
    results: list[Result] = []
    with TemporaryDirectory(prefix="deskladder-test-") as folder:
        for file in arguments.files or [arguments.config]:
            try:
                config = load_for_test(file, Path(folder), arguments.type, os.environ)
            except ConfigProblems as problems:
                print(problems, file=sys.stderr)
                return 1
            chosen = [
                script
                for script in config.tests
                if not arguments.only or arguments.only.lower() in script.name.lower()
            ]
            if not chosen:
                known = f" whose name has {arguments.only!r} in it" if arguments.only else ""
                print(f"{file}: there is no test{known} (section tests:)", file=sys.stderr)
                return 1
            results += [_result(file, acting(config), script, Path(folder)) for script in chosen]
    tell = _tell_json if arguments.format == "json" else _tell
    tell(results, verbose=arguments.verbose)
    return 0 if all(one.passed for one in results) else 1


def load_for_test(file: Path, folder: Path, kind: str, environ: Mapping[str, str]) -> Config:
    """Read a file, or a rule pack with a stand-in for the helpdesk it does not have.

    Raises `ConfigProblems`.
    """
    from plugin.configuration import load

    surroundings = Surroundings(environ)
    if file.is_file() and _is_pack(file):
        whole = folder / f"{file.stem}-{kind}.yaml"
        pack = json.dumps(str(file.resolve()))
        options = _TAGS if kind == "freescout" else ""
        whole.write_text(_PACK.format(type=kind, file=pack, options=options), "utf-8")
        return load(whole, environ=surroundings, now=clock.now())
    return load(file, environ=surroundings, now=clock.now())


def _is_pack(file: Path) -> bool:
    return not any(
        line.startswith(("helpdesks:", "version:"))
        for line in file.read_text("utf-8", "replace").splitlines()
    )


def _result(file: Path, config: Config, script: Script, folder: Path) -> Result:
    try:
        played = play(config, script, folder)
    except DeskladderError as problem:
        return Result(file, script, None, (), str(problem))
    return Result(file, script, played, rows_of(played))


def _tell(results: list[Result], *, verbose: bool) -> None:
    for one in results:
        print(f"{'✓' if one.passed else '✗'} {one.script.name}")
        if one.passed and not verbose:
            continue
        if one.script.place:
            print(f"     {one.script.place}")
        if one.problem:
            print(f"     {one.problem}")
        if one.played:
            print("\n".join(describe(one.played, one.rows)))
    failed = sum(not one.passed for one in results)
    number = f"{len(results)} test{'s' * (len(results) != 1)}"
    print(f"\n{number}, all passed" if not failed else f"\n{number}, {failed} failed")


def _tell_json(results: list[Result], *, verbose: bool) -> None:
    del verbose
    found = [
        {
            "file": str(one.file),
            "name": one.script.name,
            "place": str(one.script.place) if one.script.place else None,
            "passed": one.passed,
            "problem": one.problem or None,
            "expect": [
                {
                    "after_seconds": row.after.total_seconds(),
                    "expected": row.expected,
                    "actual": row.actual,
                    "holds": row.holds,
                }
                for row in one.rows
            ],
        }
        for one in results
    ]
    print(json.dumps({"ok": all(one.passed for one in results), "tests": found}, indent=2))
