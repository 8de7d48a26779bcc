"""What all tests share."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

UNITS = Path(__file__).parent / "unit"


def pytest_addoption(parser):
    parser.addoption(
        "--golden", action="store_true", help="write the golden files anew; read the diff"
    )


def pytest_configure(config):
    """Compile once what every worker, and every program a test starts, would compile anew.

    Who keeps Python from writing `__pycache__` wants a clean tree: this lies beside it.
    """
    if sys.dont_write_bytecode:
        folder = str(config.rootpath / ".pytest_cache" / "compiled")
        sys.dont_write_bytecode, sys.pycache_prefix = False, folder
        os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
        os.environ["PYTHONPYCACHEPREFIX"] = folder
    from hypothesis import settings

    # A busy machine is no bug: nothing is held to a time per example, and CI draws the same ones each time.
    settings.register_profile("deskladder", deadline=None, derandomize="CI" in os.environ)
    settings.load_profile("deskladder")


def pytest_xdist_auto_num_workers(config):
    """How many tests run at a time: stories spend theirs waiting, units compute."""
    cores = os.cpu_count() or 1
    only_units = all(
        Path(arg.partition("::")[0]).resolve().is_relative_to(UNITS) for arg in config.args
    )
    return cores if only_units else 2 * cores


@pytest.fixture
def golden(request) -> Callable[[Path, str], None]:
    """Compare a text with the file that pins it; with --golden, write the file."""

    def compare(file: Path, text: str) -> None:
        if request.config.getoption("--golden"):
            file.write_text(text, encoding="utf-8")
        assert file.exists(), f"{file.name} is missing: run pytest --golden and read it"
        assert text == file.read_text(encoding="utf-8")

    return compare
