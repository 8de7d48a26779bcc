"""The command line finds its commands, imports only the one it calls, and answers with exit codes."""

from __future__ import annotations

import pkgutil
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

import plugin.cli
from plugin import __version__
from plugin.cli import main as command_line
from plugin.cli.main import COMMANDS, FILES, config_path, import_command, run
from plugin.domain.errors import DeskladderError

ROOT = Path(__file__).parents[3]


@pytest.fixture
def command(monkeypatch):
    """Put a command of our own in the place of `check`."""

    def install(run_command):
        module = SimpleNamespace(add_arguments=lambda parser: None, run=run_command)
        monkeypatch.setattr(command_line, "import_command", lambda name: module)

    return install


def files_of_commands():
    names = {module.name for module in pkgutil.iter_modules(plugin.cli.__path__)} - {"main"}
    words = {file: word for word, file in FILES.items()}
    return sorted(words.get(name, name) for name in names if not name.startswith("_"))


@pytest.mark.parametrize("name", files_of_commands())
def test_every_file_is_a_command_with_its_line_of_help(name):
    module = import_command(name)

    assert COMMANDS[name] == module.HELP
    assert callable(module.run)
    assert callable(module.add_arguments)


def test_no_command_is_listed_without_its_file():
    assert files_of_commands() == sorted(COMMANDS)


def test_help_lists_every_command(capsys):
    assert run(["--help"], {}) == 0

    shown = " ".join(capsys.readouterr().out.split())
    assert [name for name, line in COMMANDS.items() if f"{name} {line}" not in shown] == []


def test_version_is_told(capsys):
    assert run(["--version"], {}) == 0
    assert capsys.readouterr().out == f"deskladder {__version__}\n"


@pytest.mark.parametrize("arguments", [[], ["no-such-command"], ["check", "--no-such-option"],
                                       ["--format", "xml", "check"]], ids=str)  # fmt: skip
def test_wrong_usage_is_exit_code_2(arguments, capsys):
    assert run(arguments, {}) == 2
    assert "usage: deskladder" in capsys.readouterr().err


@pytest.mark.parametrize(
    "arguments",
    [["--config", "a.yaml", "--format", "json", "check"], ["check", "--config", "a.yaml", "--format", "json"]],
    ids=["before", "behind"],
)  # fmt: skip
def test_common_options_stand_before_or_behind_the_command(arguments, command):
    seen = []
    command(lambda parsed: seen.append((parsed.config, parsed.format)) or 0)

    assert run(arguments, {}) == 0
    assert seen == [(Path("a.yaml"), "json")]


@pytest.mark.parametrize(
    ("option", "environ", "path"),
    [
        (Path("o.yaml"), {"DESKLADDER_CONFIG": "e.yaml"}, "o.yaml"),
        (None, {"DESKLADDER_CONFIG": "e.yaml"}, "e.yaml"),
        (None, {"DESKLADDER_CONFIG": ""}, "deskladder.yaml"),
        (None, {}, "deskladder.yaml"),
    ],
    ids=["option", "variable", "empty variable", "default"],
)
def test_the_file_is_found_by_option_then_variable_then_name(option, environ, path):
    assert config_path(option, environ) == Path(path)


def raises(error):
    def run_command(arguments):
        raise error

    return run_command


def test_a_matter_for_the_user_is_one_message_and_exit_code_1(command, capsys):
    command(raises(DeskladderError("set the token")))

    assert run(["check"], {}) == 1
    assert capsys.readouterr().err == "set the token\n"


def test_a_bug_is_an_apology_a_traceback_and_exit_code_3(command, capsys):
    command(raises(ZeroDivisionError("oops")))

    assert run(["check"], {}) == 3
    told = capsys.readouterr().err
    assert told.startswith("This is a mistake in Deskladder")
    assert "ZeroDivisionError: oops" in told


def test_ctrl_c_is_quiet_and_130(command, capsys):
    command(raises(KeyboardInterrupt()))

    assert run(["check"], {}) == 130
    assert capsys.readouterr().err == ""


def test_a_reader_that_left_is_no_trouble():
    with subprocess.Popen(
        [sys.executable, "-m", "plugin", "schema"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        process.stdout.close()
        told = process.stderr.read()

    assert told == b""
    assert process.returncode == 0


HEAVY = {
    "flask",
    "requests",
    "sqlalchemy",
    "apprise",
    "holidays",
    "numpy",
    "icalendar",
    "apscheduler",
}


@pytest.mark.parametrize(
    "arguments",
    [["--help"], ["--version"], ["check", "--config", "config/demo.yaml"]],
    ids=["help", "version", "check"],
)
def test_quick_commands_import_nothing_heavy(arguments):
    names = ("DEMO_URL", "DEMO_TOKEN", "DEMO_WEBHOOK_SECRET", "DEMO_CRM_URL", "DEMO_NOTIFY_URL")
    script = (
        "import sys; from plugin.cli.main import run; "
        f"code = run({arguments!r}); "
        f"sys.exit(','.join(sorted({HEAVY!r} & set(sys.modules))) or code)"
    )

    shown = subprocess.run(
        [sys.executable, "-c", script],
        cwd=ROOT,
        env=dict.fromkeys(names, "https://example.com/x"),
        capture_output=True,
        text=True,
        check=False,
    )

    assert (shown.returncode, shown.stderr) == (0, "")


def test_help_imports_no_command():
    script = (
        "import sys; from plugin.cli.main import run; run(['--help']); "
        "sys.exit(','.join(m for m in sys.modules if m.startswith('plugin.')))"
    )

    shown = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=False
    )

    assert set(shown.stderr.strip().split(",")) <= {
        "plugin.cli",
        "plugin.cli.main",
        "plugin.domain",
        "plugin.domain.errors",
    }
