"""One process for one SQLite file: a second one would send everything twice as fast, not once."""

from __future__ import annotations

import os
from pathlib import Path
from typing import IO

from plugin.domain.errors import DeskladderError


class Alone:
    """Holds a lock file beside the store; the kernel frees it when the process ends, however."""

    def __init__(self, store_file: Path) -> None:
        import fcntl

        path = store_file.with_name(store_file.name + ".lock")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._file: IO[str] = path.open("a+")
        except OSError as problem:
            raise DeskladderError(
                f"cannot write {path}: {problem.strerror}. Make the folder writable for this user, "
                "or name another with DESKLADDER_DATA."
            ) from problem
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as problem:
            self._file.seek(0)
            holder = self._file.read(20).strip()
            self._file.close()
            raise DeskladderError(
                f"another Deskladder{f' (process {holder})' if holder else ''} works on "
                f"{store_file} already. Stop it first, or use PostgreSQL (DESKLADDER_DATABASE), "
                "which several may share."
            ) from problem
        self._file.truncate(0)
        self._file.write(str(os.getpid()))
        self._file.flush()

    def release(self) -> None:
        """Let another process take the store."""
        self._file.close()
