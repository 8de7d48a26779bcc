"""Processes to be measured: started, asked, weighed and stopped again. Measures nothing itself."""

from __future__ import annotations

import atexit
import os
import re
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from http.client import HTTPConnection, HTTPException
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Spent:
    """What one run took: seconds by the wall, and seconds of a processor (its own and the kernel's)."""

    wall: float
    cpu: float


@cache
def _bytecode() -> str:
    folder = tempfile.TemporaryDirectory(prefix="bench-bytecode-")
    atexit.register(folder.cleanup)
    return folder.name


def environment(more: Mapping[str, str]) -> dict[str, str]:
    """Ours and `more`, and a place for bytecode: an installed program is not compiled at each start.

    Some machines forbid Python to write bytecode; then every start would compile every module.
    """
    environ = {**os.environ, "PYTHONPYCACHEPREFIX": _bytecode(), **more}
    environ.pop("PYTHONDONTWRITEBYTECODE", None)
    return environ


def run(arguments: Sequence[str], environ: Mapping[str, str]) -> Spent:
    """Run a command to its end, its output thrown away; it must end well."""
    quiet = [(os.POSIX_SPAWN_OPEN, fd, os.devnull, os.O_WRONLY, 0) for fd in (1, 2)]
    started = time.perf_counter()
    pid = os.posix_spawn(arguments[0], list(arguments), environment(environ), file_actions=quiet)
    _, status, usage = os.wait4(pid, 0)
    wall = time.perf_counter() - started
    if os.waitstatus_to_exitcode(status) != 0:
        raise RuntimeError(f"{' '.join(arguments)} failed")
    return Spent(wall, usage.ru_utime + usage.ru_stime)


def take_turns(commands: Mapping[str, Callable[[], Spent]], rounds: int) -> dict[str, Spent]:
    """Medians of each, run A B C … A B C …; the first round only warms the page cache."""
    spent: dict[str, list[Spent]] = {name: [] for name in commands}
    for turn in range(rounds + 1):
        for name, command in commands.items():
            took = command()
            if turn:
                spent[name].append(took)
    return {
        name: Spent(
            statistics.median(one.wall for one in found),
            statistics.median(one.cpu for one in found),
        )
        for name, found in spent.items()
    }


def free_port() -> int:
    """A port of 127.0.0.1 nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def running(
    arguments: Sequence[str], environ: Mapping[str, str], *, stdin: int | None = None
) -> Iterator[subprocess.Popen[bytes]]:
    """A process of this Python, terminated at the end; killed when it does not go."""
    process = subprocess.Popen(
        [sys.executable, *arguments],
        env=environment(environ),
        stdin=stdin,
        stdout=subprocess.PIPE if stdin is not None else None,
    )
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                pipe.close()


def wait_until_answered(port: int, path: str = "/live", longest: float = 30.0) -> None:
    """Ask every millisecond until there is a 200."""
    end = time.monotonic() + longest
    while time.monotonic() < end:
        with suppress(OSError, HTTPException):
            asking = HTTPConnection("127.0.0.1", port, timeout=5)
            try:
                asking.request("GET", path)
                if asking.getresponse().status == 200:
                    return
            finally:
                asking.close()
        time.sleep(0.001)
    raise TimeoutError(f"no answer on {path}")


def peak() -> float:
    """The most memory this process ever held, in MiB.

    Not `ru_maxrss`: Linux lets a new program inherit that of the process that started it.
    """
    status = Path("/proc/self/status").read_text(encoding="ascii")
    (kilobytes,) = re.findall(r"^VmHWM:\s+(\d+) kB$", status, re.MULTILINE)
    return int(kilobytes) / 1024


def pss(pid: int) -> float:
    """The memory of a process in MiB, shared pages counted by its share (PSS)."""
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) / 1024
    raise LookupError("no Pss in smaps_rollup")
