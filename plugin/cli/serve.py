"""`deskladder serve`: the service, until it is told to stop."""

from __future__ import annotations

import argparse
import os

HELP = "receive webhooks, decide and act"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Where to listen, and how much to tell."""
    parser.description = (
        "Receive webhooks, decide and act until SIGTERM or Ctrl-C; finish what is in hand, then "
        "stop. SIGHUP, and any change of the file, reads the file again. The store is "
        "$DESKLADDER_DATABASE, else an SQLite file in $DESKLADDER_DATA, else in ./data."
    )
    parser.add_argument(
        "--bind",
        metavar="HOST:PORT",
        default=os.environ.get("DESKLADDER_BIND") or "127.0.0.1:8080",
        help="where to listen (default: $DESKLADDER_BIND, else 127.0.0.1:8080)",
    )
    parser.add_argument(
        "--threads",
        metavar="N",
        type=int,
        default=16,
        help="threads that answer webhook calls (default: 16)",
    )
    parser.add_argument(
        "--log-level",
        choices=("debug", "info", "warning", "error"),
        default="info",
        help="how much to log on stderr (default: info)",
    )


def run(arguments: argparse.Namespace) -> int:
    """0 after an orderly stop."""
    from plugin import logs
    from plugin.service import Service

    logs.configure(level=arguments.log_level)
    service = Service(
        arguments.config,
        environ=os.environ,
        bind=arguments.bind,
        threads=max(1, arguments.threads),
    )
    finished = service.run_forever()
    if not finished:
        # A call that hangs would keep the process: its ticket's lease runs out, nothing is lost.
        os._exit(0)
    return 0
