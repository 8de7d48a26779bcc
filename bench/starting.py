"""Start-up: commands beside the bare interpreter (T19), the service beside a lean stub, memory (T20).

Commands run to their end, in turns with `python -c pass` (7 rounds, medians). The service starts in
turns with a stub that imports flask, requests, sqlite3, yaml, prometheus_client and waitress and
answers one path: from the start of the process to the first 200, with a store that is there already
(a restart) and without one (the first start, migrations included). The file has 20 rules and ten
calendars, three of them with a country's holidays. Memory is the PSS of the whole process, idle.
Bytecode is kept between starts, as after any installation.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from bench.files import ENVIRON, file_text
from bench.processes import (
    Spent,
    environment,
    free_port,
    pss,
    run,
    running,
    take_turns,
    wait_until_answered,
)
from bench.report import Row
from plugin.simulated.zammad import SimulatedZammad

ROUNDS, STARTS = 7, 3
FORBIDDEN = ("flask", "requests", "sqlalchemy", "apprise", "holidays")
IMPORTED = """\
import contextlib, io, json, sys
from plugin.cli.main import run
with contextlib.redirect_stdout(io.StringIO()):
    code = run(sys.argv[1:])
print(json.dumps([code, sorted(sys.modules)]))
"""
STUB = """\
import sys
import flask, requests, sqlite3, yaml, prometheus_client, waitress
app = flask.Flask("stub")
app.add_url_rule("/live", view_func=lambda: ("{}", 200))
waitress.serve(app, host="127.0.0.1", port=int(sys.argv[1]), threads=8)
"""


def measure() -> Iterator[Row]:
    """T19 and T20."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "deskladder.yaml"
        file.write_text(file_text(20))
        hundred = Path(folder) / "hundred.yaml"
        hundred.write_text(file_text(100))
        yield from _commands(file, hundred)
        yield from _service(Path(folder))


def _commands(file: Path, hundred: Path) -> Iterator[Row]:
    environ = ENVIRON
    base = [sys.executable, "-m", "plugin"]
    asked = {
        "--version": ["--version"],
        "--help": ["--help"],
        "check, 20 rules": ["check", "--config", str(file)],
        "check, 100 rules": ["check", "--config", str(hundred)],
    }
    commands: dict[str, Callable[[], Spent]] = {
        "bare interpreter": lambda: run([sys.executable, "-c", "pass"], environ)
    }
    for name, arguments in asked.items():
        commands[name] = lambda arguments=arguments: run([*base, *arguments], environ)
    spent = take_turns(commands, ROUNDS)
    bare = spent["bare interpreter"]
    for name, took in spent.items():
        yield Row("", f"{name}", 1000 * took.wall, "ms")
    for name in asked:
        ratio = spent[name].wall / bare.wall
        if name == "check, 100 rules":
            yield Row("", f"{name} ÷ bare interpreter", ratio, "x")
            continue
        yield Row("T19", f"{name} ÷ bare interpreter", ratio, "x", "<= 6", ratio <= 6)
        yield Row("", f"{name} ÷ bare, processor time", spent[name].cpu / bare.cpu, "x")
    for name, arguments in asked.items():
        found = _forbidden(arguments, environ)
        label = f"{name}: heavy imports" + (f" ({', '.join(found)})" if found else "")
        yield Row("T19", label, len(found), "", "= 0", not found)


def _forbidden(arguments: list[str], environ: Mapping[str, str]) -> list[str]:
    """Which of the heavy packages the command has imported."""
    answer = subprocess.run(
        [sys.executable, "-c", IMPORTED, *arguments],
        env=environment(environ),
        capture_output=True,
        check=True,
    )
    code, modules = json.loads(answer.stdout)
    assert code == 0, arguments
    return [name for name in FORBIDDEN if name in modules]


def _service(folder: Path) -> Iterator[Row]:
    with SimulatedZammad() as desk:
        for number in range(12):
            desk.add_group(f"Group {number}")
        file = folder / "service.yaml"
        file.write_text(file_text(20, calendars=10, feeds=3, url=desk.url))
        environ = ENVIRON | {"TOKEN": desk.token, "SECRET": desk.webhook_secret}
        store = folder / "store"
        store.mkdir()
        first: list[Path] = []

        def start_again() -> Spent:
            return _until_first_answer(_serve(file), environ | {"DESKLADDER_DATA": str(store)})

        def start_first() -> Spent:
            first.append(folder / f"store{len(first)}")
            first[-1].mkdir()
            return _until_first_answer(_serve(file), environ | {"DESKLADDER_DATA": str(first[-1])})

        spent = take_turns(
            {
                "stub": lambda: _until_first_answer(lambda port: ["-c", STUB, str(port)], {}),
                "again": start_again,
                "first": start_first,
            },
            STARTS,
        )
        stub, again = spent["stub"].wall, spent["again"].wall
        yield Row("", "stub, start to first answer", 1000 * stub, "ms")
        yield Row("", "service, start to first answer", 1000 * again, "ms")
        yield Row("", "the same with an empty store", 1000 * spent["first"].wall, "ms")
        ratio = again / stub
        yield Row("T20", "start to first answer ÷ stub", ratio, "x", "<= 2", ratio <= 2)
        yield from _memory(_serve(file), environ | {"DESKLADDER_DATA": str(store)})


def _serve(file: Path) -> Callable[[int], list[str]]:
    def arguments(port: int) -> list[str]:
        options = ["--config", str(file), "--bind", f"127.0.0.1:{port}", "--log-level", "error"]
        return ["-m", "plugin", "serve", *options]

    return arguments


def _until_first_answer(arguments: Callable[[int], list[str]], environ: Mapping[str, str]) -> Spent:
    port = free_port()
    started = time.perf_counter()
    with running(arguments(port), environ):
        wait_until_answered(port)
        return Spent(time.perf_counter() - started, 0.0)


def _memory(arguments: Callable[[int], list[str]], environ: Mapping[str, str]) -> Iterator[Row]:
    port = free_port()
    with running(["-c", STUB, str(port)], {}) as process:
        wait_until_answered(port)
        stub = pss(process.pid)
    with running(arguments(port), environ) as process:
        wait_until_answered(port, "/ready")
        time.sleep(3)
        idle = pss(process.pid)
    yield Row("", "stub, memory (PSS)", stub, "MiB")
    yield Row("T20", "service, idle memory (PSS)", idle, "MiB", "<= 45", idle <= 45)
