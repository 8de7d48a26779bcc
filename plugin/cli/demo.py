"""`deskladder demo`: the stories on a simulated helpdesk, with a page to look at."""

from __future__ import annotations

import argparse
import os
import signal
import sys
from collections.abc import Callable
from types import FrameType

_GONE = "\nGone; nothing is left behind."
HELP = "play the stories on a simulated helpdesk, with a page to look at"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which helpdesk, where, and whether to stay."""
    parser.description = (
        "Start a simulated helpdesk and Deskladder beside it, play five stories and tell what "
        "happens and why. The page it names is the helpdesk: write there as a customer or an agent "
        "and watch. Needs no network, no account and no set-up; leaves nothing behind."
    )
    parser.add_argument(
        "--helpdesk",
        choices=("zammad", "freescout"),
        default="zammad",
        help="which helpdesk to simulate (default: zammad)",
    )
    parser.add_argument(
        "--once", action="store_true", help="end after the stories instead of staying until Ctrl-C"
    )
    parser.add_argument(
        "--port", type=int, default=0, help="port of the helpdesk's page (default: a free one)"
    )


def run(arguments: argparse.Namespace) -> int:
    """0 when every story had its effects, 1 when one had none or something was refused."""
    from plugin import logs
    from plugin.demo.performance import follow, play, stage

    logs.configure(level="error")
    # Everything is on this machine: a proxy of the surroundings could only break it.
    os.environ["no_proxy"] = os.environ["NO_PROXY"] = "127.0.0.1,localhost"
    signal.signal(signal.SIGTERM, _interrupt)
    tell("Starting a simulated helpdesk and Deskladder beside it …")
    try:
        with stage(arguments.helpdesk, arguments.port, tell) as running:
            tell(f"The helpdesk's page: {running.desk.url}/")
            silent = play(running)
            for title in silent:
                tell(f"\nNothing happened: {title}")
            for refusal in running.timeline.refused:
                tell(f"\nRefused: {refusal}")
            failed = bool(silent or running.timeline.refused)
            tell(f"\nThat was it. Look at the tickets: {running.desk.url}/")
            if not arguments.once:
                ended = _asked_to_end()
                tell("Write there as a customer or an agent, and watch here. Ctrl-C ends it.")
                follow(running, ended)
                tell(_GONE)
                return 0
    except KeyboardInterrupt:
        tell(_GONE)
        return 0
    return 1 if failed else 0


def tell(text: str) -> None:
    """A line for people, at once."""
    try:
        print(text, flush=True)
    except UnicodeEncodeError:
        encoding = sys.stdout.encoding or "ascii"
        print(text.encode(encoding, "replace").decode(encoding), flush=True)


def _asked_to_end() -> Callable[[], bool]:
    """From now on a signal is noted and not raised: raised in a bad moment it could get lost."""
    heard: list[int] = []
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda one, _frame: heard.append(one))
    return lambda: bool(heard)


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt
