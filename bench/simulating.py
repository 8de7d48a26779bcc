"""A year of tickets decided upon again: `simulate`'s own time and memory, the helpdesk's answers not counted."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from bench.processes import peak
from bench.report import Row

TICKETS = int(os.environ.get("DESKLADDER_BENCH_TICKETS", "20000"))
LIMIT = 300.0
FILE = """\
version: 1
helpdesks: {support: {type: zammad, url: https://help.example.com, token: t, webhook_secret: s, service_user: d@example.com}}
defaults: {calendar: office, language: en, promise: 4h}
calendars:
  office:
    timezone: Europe/Amsterdam
    hours: {mon-thu: [09:00-12:30, 13:00-17:30], fri: [09:00-16:00]}
    holidays: [NL]
teams: {finance: {group: Finance, lead: ana@example.com}}
sla:
  - name: vip
    when: {customer.vip: true}
    targets: {first_response: 30m, next_response: 1h, resolution: 1d}
    at_risk: [75%, 10m]
  - name: standard
    targets: {first_response: 4h, next_response: 8h, resolution: 5bd}
    pause_in: [pending reminder, pending close]
    at_risk: [75%]
rules:
  - name: billing
    on: [ticket.created, customer.replied]
    when:
      all:
        - text: {any_of: {nl: [factuur], de: [Rechnung], en: [invoice, bill]}}
        - customer.tickets: {at_least: 3, within: 30d}
    do: [{tag: billing}, {group: Finance}, {assign: {lead: finance}}, {note: why}, {reply: we_look}]
  - name: nobody answers
    on: [time]
    when: {waiting: 4h, state: [new, open]}
    do: [{tag: waiting}, {note: why}]
  - name: soon too late
    on: [sla.at_risk, sla.breached]
    when: {metric: [first_response, next_response]}
    do: [{tag: sla-at-risk}, {note: why}]
  - name: opened again
    on: [ticket.reopened]
    do: [{priority: high}]
replies:
  we_look:
    en: "Dear {{ customer.name }}, a colleague will answer by {{ promise_at }}."
    nl: "Beste {{ customer.name }}, een collega antwoordt uiterlijk {{ promise_at }}."
    de: "Guten Tag {{ customer.name }}, wir antworten bis {{ promise_at }}."
"""


def run(count: int, folder: Path) -> dict[str, float]:
    """Put a year into a file as a download would, decide on all of it, and measure the second part."""
    from plugin.configuration import load
    from plugin.domain.helpdesk import Glimpse
    from plugin.domain.ticket import customer_key
    from plugin.history.archive import Archive
    from plugin.history.premise import premise_of
    from plugin.history.replay import Replay
    from plugin.history.report import Report
    from plugin.history.tally import Tally
    from plugin.simulated.year import BEGIN, STAFF, year

    until = BEGIN + timedelta(days=365)
    file = folder / "deskladder.yaml"
    file.write_text(FILE, encoding="utf-8")
    with Archive(folder / "history.sqlite3", "support") as archive:
        archive.keep_staff(STAFF)
        glimpses = []
        for past in year(count, begins_at=BEGIN):
            ticket = past.ticket
            key = customer_key("support", ticket.customer)
            archive.keep(past, key, STAFF)
            archive.keep_customer(key, ticket.customer_tickets or ())
            glimpses.append(Glimpse(ticket.ref.id, ticket.updated_at))
        archive.want(glimpses)
        del glimpses
        before = time.process_time()
        premise = premise_of(load(file, environ={}, now=until), BEGIN, as_written=False)
        tally = Tally(premise.config, {"support": STAFF}, since=BEGIN, until=until)
        replay = Replay(
            premise.config, {"support": archive}, since=BEGIN, until=until, watcher=tally
        )
        replay.run()
        report = Report(BEGIN, until, str(file), ("support",), "UTC", premise.assumed, tally.counts)
        report.as_html()
        return {
            "cpu": time.process_time() - before,
            "peak": peak(),
            "tickets": tally.counts.tickets,
            "looks": tally.counts.looks,
            "escalations": tally.counts.escalations,
        }


def measured(count: int) -> dict[str, float]:
    """In a process of its own, so that its memory is its own."""
    command = [sys.executable, "-m", "bench.simulating", str(count)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    found: dict[str, float] = json.loads(done.stdout)
    return found


def measure() -> Iterator[Row]:
    """An eighth of the tickets, then all of them."""
    few, many = measured(max(1, TICKETS // 8)), measured(TICKETS)
    assert many["tickets"] == TICKETS
    cpu = many["cpu"]
    yield Row(
        "S1",
        f"simulate, {TICKETS:,} tickets of a year: CPU time",
        cpu,
        "s",
        f"< {LIMIT:.0f} for 20,000",
        cpu < LIMIT * TICKETS / 20_000,
    )
    yield Row("", "… a ticket", cpu / TICKETS * 1000, "ms")
    yield Row("", "… a look", cpu / many["looks"] * 1000, "ms")
    yield Row("", "… looks", many["looks"])
    yield Row("", "… escalations counted", many["escalations"])
    yield Row("S2", "simulate, peak memory", many["peak"], "MiB", "< 150", many["peak"] < 150)
    growth = many["peak"] / few["peak"]
    yield Row("", "… against an eighth of the tickets", growth, "x", "< 1.6", growth < 1.6)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as scratch:
        print(json.dumps(run(int(sys.argv[1]), Path(scratch))))
