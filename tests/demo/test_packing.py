"""What the demo needs is packed into the wheel, so that it runs in a container too."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from plugin.demo.performance import CONFIGS, config_file

ROOT = Path(__file__).parents[2]


def included(name: str) -> set[str]:
    """A file of `config/` and those it includes."""
    text = (ROOT / "config" / name).read_text(encoding="utf-8")
    found = re.search(r"^include: \[(.*)\]", text, re.MULTILINE)
    others = found[1].split(", ") if found else []
    return {name}.union(*map(included, others))


@pytest.mark.parametrize("helpdesk", CONFIGS)
def test_the_wheel_holds_every_file_the_demo_reads(helpdesk):
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    packed = project["tool"]["hatch"]["build"]["targets"]["wheel"]["force-include"]

    needed = included(CONFIGS[helpdesk])

    assert len(needed) >= 2
    for name in needed:
        assert packed[f"config/{name}"] == f"plugin/demo/config/{name}"
    assert config_file(helpdesk).name == CONFIGS[helpdesk]
