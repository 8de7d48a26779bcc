"""A disk that takes 5 ms for each fsync: the store beside a connection for each thread (T12).

A small library in front of the C library lets `fsync` and `fdatasync` of the servers take 5 ms more,
as a busy virtual disk or a spinning one does. Servers and load are those of `store_ingest`: signed
webhooks over HTTP, 32 connections, in turns. Needs a C compiler (`cc`); it is said when there is none.
"""

from __future__ import annotations

import asyncio
import shutil
import statistics
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.report import Row
from bench.store_ingest import CONNECTIONS, KINDS, SECONDS, Result, load, server

MORE_MS, ROUNDS = 5, 3
# The linker takes ours, and RTLD_NEXT finds the one it stands in front of.
SOURCE = """\
#define _GNU_SOURCE
#include <dlfcn.h>
#include <time.h>

static void wait_for_the_disk(void) {
    struct timespec left = {0, MORE_MS * 1000000L};
    while (nanosleep(&left, &left) != 0) {}
}

static int then(const char *name, int file) {
    int (*real)(int) = (int (*)(int)) dlsym(RTLD_NEXT, name);
    wait_for_the_disk();
    return real(file);
}

int fsync(int file) { return then("fsync", file); }
int fdatasync(int file) { return then("fdatasync", file); }
"""


def measure() -> Iterator[Row]:
    """T12 on a slow disk."""
    compiler = shutil.which("cc")
    if compiler is None:
        yield Row("", f"{MORE_MS} ms more for each fsync: not measured, there is no cc here", 0)
        return
    with _slow_disk(compiler) as library:
        yield from _compare({"LD_PRELOAD": str(library)})


def _compare(slow: dict[str, str]) -> Iterator[Row]:
    _, ours, naive = KINDS
    results: dict[str, list[Result]] = {ours: [], naive: []}
    for _ in range(ROUNDS):
        for kind, found in results.items():
            with server(kind, slow) as port:
                found.append(asyncio.run(load(port, CONNECTIONS, SECONDS)))
    with server(ours, slow) as port:
        alone = asyncio.run(load(port, 1, SECONDS / 3))[1]
    if alone < MORE_MS:
        raise RuntimeError(f"the library had no effect: answered in {alone:.1f} ms")
    for kind, found in results.items():
        rate, p50, p99 = (statistics.median(one[i] for one in found) for i in range(3))
        yield Row("", f"{kind}: requests per second", rate, "/s")
        yield Row("", f"{kind}: p50", p50, "ms")
        yield Row("", f"{kind}: p99", p99, "ms")
    pairs = list(zip(results[ours], results[naive], strict=True))
    ratio = statistics.median(one[0] / other[0] for one, other in pairs)
    yield Row("T12", "rate ÷ per thread", ratio, "x", ">= 4", ratio >= 4)
    yield Row("", "our store, one connection: p50", alone, "ms")


@contextmanager
def _slow_disk(compiler: str) -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as folder:
        source, library = Path(folder) / "slow.c", Path(folder) / "slow.so"
        source.write_text(SOURCE.replace("MORE_MS", str(MORE_MS)))
        command = [compiler, "-shared", "-fPIC", "-O2", "-o", str(library), str(source), "-ldl"]
        subprocess.run(command, check=True)
        yield library
