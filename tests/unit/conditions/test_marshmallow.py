"""Marshmallow is imported without what nobody uses, and still has it for whoever does."""

from __future__ import annotations

import subprocess
import sys

import pytest

SCRIPT = """\
import re
real, slow = re._compiler.compile, []
def compile(pattern, flags=0):
    slow.extend([pattern] if "[A-Z0-9" in str(pattern) else [])
    return real(pattern, flags)
re._compiler.compile = compile
import {package}
assert not slow, slow
from marshmallow.validate import Email
from plugin.conditions._marshmallow import _OnUse
assert isinstance(Email.USER_REGEX, _OnUse), "compiled too early"
assert isinstance(re.compile("a"), re.Pattern), "compiling was not put back"
assert Email()("ana@example.com") == "ana@example.com"
try:
    Email()("nobody")
except Exception as problem:
    print(type(problem).__name__)
"""


@pytest.mark.parametrize("package", ["plugin.configuration", "plugin.service", "plugin.actions"])
def test_patterns_for_addresses_are_compiled_on_use(package: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT.format(package=package)],
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.stdout, done.stderr) == ("ValidationError\n", "")
