"""The service as the person who runs it sees it: start, reload, health, stop."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from plugin import clock
from plugin.configuration import ConfigProblems
from plugin.domain.errors import DeskladderError
from plugin.domain.storing import LEFT_ALONE
from plugin.service import Service
from tests.story.world import BILLING, HOSTS, QUICK, World, wait_for

ROOT = Path(__file__).parents[2]


@pytest.fixture
def world(tmp_path):
    with World("zammad", tmp_path) as world:
        yield world


def get(world: World, path: str) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{world.port}{path}", timeout=5) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as problem:
        return problem.code, problem.read().decode()


# Health -------------------------------------------------------------------------------------


def test_ready_says_what_it_looked_at(world):
    world.start()
    wait_for(lambda: get(world, "/ready")[0] == 200)

    state = json.loads(get(world, "/ready")[1])

    assert state["status"] == "ready"
    assert state["store"] == {"writable": True}
    assert state["helpdesks"] == {"support": {"reachable": True, "breaker": "closed"}}
    assert state["tick"]["alive"]
    assert state["config"]["ok"]


def test_a_helpdesk_that_is_down_makes_it_not_ready_and_webhooks_are_kept_all_the_same(world):
    world.start()
    wait_for(lambda: get(world, "/ready")[0] == 200)
    world.desk.faults.add("502", path="/api", times=None)

    ticket = world.customer_writes("My invoice is wrong")
    wait_for(lambda: get(world, "/ready")[0] == 503)
    world.desk.settle()

    assert {attempt for one in world.desk.deliveries for attempt in one.statuses} == {202}
    world.desk.faults.clear()
    wait_for(lambda: get(world, "/ready")[0] == 200, 20)
    world.settle()
    assert len(world.replies(ticket)) == 1


def test_a_helpdesk_that_is_left_alone_is_told_until_it_answers_again(world):
    world.start()
    wait_for(lambda: get(world, "/ready")[0] == 200)
    assert "left alone" not in command(world, "status").stdout
    world.desk.faults.add("502", path="/api", times=None)

    world.customer_writes("My invoice is wrong")
    wait_for(lambda: breaker(world) != "closed")
    wait_for(lambda: world.store.numbers(LEFT_ALONE))
    told = command(world, "status")
    as_json = json.loads(command(world, "status", "--format", "json").stdout)
    world.desk.faults.clear()
    wait_for(lambda: breaker(world) == "closed", 20)
    wait_for(lambda: not world.store.numbers(LEFT_ALONE))

    assert "support is left alone since" in told.stdout
    assert list(as_json["breakers_open"]) == ["support"]
    assert "left alone" not in command(world, "status").stdout


def test_what_a_killed_process_noted_of_a_helpdesk_is_forgotten(world):
    world.store.keep_number(LEFT_ALONE + "support", 1)

    world.start()

    wait_for(lambda: not world.store.numbers(LEFT_ALONE))


def breaker(world: World) -> str:
    return json.loads(get(world, "/ready")[1])["helpdesks"]["support"]["breaker"]


def test_a_token_that_is_refused_is_degraded_and_says_why(world):
    world.environ["HELPDESK_TOKEN"] = "another-token-altogether"
    world.start()

    wait_for(lambda: json.loads(get(world, "/ready")[1])["status"] == "degraded")

    detail = json.loads(get(world, "/ready")[1])["helpdesks"]["support"]["detail"]
    assert "token" in detail
    assert "another-token" not in detail


def test_metrics_show_the_store_and_the_work(world):
    world.start()
    world.customer_writes("My invoice is wrong")
    world.settle()

    text = get(world, "/metrics")[1]

    assert 'deskladder_rule_firings_total{rule="billing"} 1.0' in text
    assert 'deskladder_actions_stored{state="done"} 6.0' in text
    assert "deskladder_dead_letters 0.0" in text
    assert 'deskladder_breaker_open{helpdesk="support"} 0.0' in text
    assert "_created" not in text


# Reload -------------------------------------------------------------------------------------


def test_a_changed_file_is_used_at_once_and_says_what_changed(world):
    world.start()

    world.write_config(BILLING.replace("invoice", "parking"))
    wait_for(lambda: any("billing" in entry.text for entry in world.store.audit()))
    ticket = world.customer_writes("The parking was closed")
    world.settle()

    assert "billing" in world.desk.tags(ticket)


def test_a_file_with_a_mistake_keeps_the_last_good_one_and_says_so(world):
    service = world.start()

    world.write_config("rules: [{nam: x}]\n")
    wait_for(lambda: service.keeper.problem is not None)
    ticket = world.customer_writes("My invoice is wrong")
    world.settle()

    assert "billing" in world.desk.tags(ticket)
    status, text = get(world, "/ready")
    assert (status, json.loads(text)["status"]) == (200, "degraded")
    assert "deskladder_config_ok 0.0" in get(world, "/metrics")[1]

    world.write_config(BILLING)
    wait_for(lambda: json.loads(get(world, "/ready")[1])["status"] == "ready")


WAITING = """\
rules:
  - name: waits
    on: [time]
    when: {waiting: 1h}
    do: [{tag: late}]
"""


def test_a_shorter_deadline_holds_for_tickets_that_wait_already(world):
    world.write_config(WAITING)
    world.start()
    ticket = world.customer_writes("Hello?")
    world.settle()
    assert world.store.status(clock.now()).timers == 1

    world.write_config(WAITING.replace("1h", "1s"))

    wait_for(lambda: "late" in world.desk.tags(ticket), 10)


def test_a_new_deadline_written_while_it_was_stopped_holds_for_tickets_that_wait_already(world):
    world.start()
    ticket = world.customer_writes("Hello?")
    world.settle()
    world.stop()

    world.write_config(WAITING.replace("1h", "1s"))
    world.start()

    wait_for(lambda: "late" in world.desk.tags(ticket), 10)


def test_a_file_read_again_without_a_change_asks_for_no_look(world):
    world.write_config(WAITING)
    service = world.start()
    ticket = world.customer_writes("Hello?")
    world.settle()
    reads = len(reads_of(world, ticket))

    service.keeper.reload()
    world.stop()
    world.start(reconcile=60.0, sweep=60.0)
    world.settle()

    assert len(reads_of(world, ticket)) == reads


def reads_of(world: World, ticket: int) -> list[object]:
    return [
        line
        for line in world.desk.requests
        if line.method == "GET" and line.path.startswith(f"/api/v1/tickets/{ticket}")
    ]


def test_status_says_that_the_file_on_disk_is_not_the_one_in_use(world):
    service = world.start()
    assert "mistakes" not in command(world, "status").stdout

    world.write_config("rules: [{nam: x}]\n")
    wait_for(lambda: service.keeper.problem is not None)
    told = command(world, "status")
    as_json = json.loads(command(world, "status", "--format", "json").stdout)
    world.write_config(BILLING)
    wait_for(lambda: service.keeper.problem is None)

    assert told.returncode == 0
    assert "has mistakes: the one before stays in use" in told.stdout
    assert as_json["config_refused_at"] is not None
    assert "mistakes" not in command(world, "status").stdout


def test_a_file_that_is_gone_for_a_moment_is_no_disaster(world):
    service = world.start()
    text = world.config.read_text()

    world.config.unlink()
    wait_for(lambda: service.keeper.problem is not None)
    world.config.write_text(text)

    wait_for(lambda: service.keeper.problem is None)


def test_connections_to_a_helpdesk_that_did_not_change_are_kept(world):
    service = world.start()
    before = service.keeper.live()

    world.write_config(BILLING.replace("invoice", "parking"))
    wait_for(lambda: service.keeper.live() is not before)

    assert service.keeper.live().helpdesks["support"] is before.helpdesks["support"]


# Downtime -----------------------------------------------------------------------------------


@pytest.mark.parametrize("host", HOSTS)
def test_after_hours_of_downtime_everything_that_changed_is_looked_at(host, tmp_path):
    with World(host, tmp_path, webhooks=False) as world:
        world.start()
        world.stop()

        tickets = [world.customer_writes("My invoice is wrong") for _ in range(5)]
        world.start()
        wait_for(lambda: all(world.replies(ticket) for ticket in tickets), 20)
        world.settle()

        assert {len(world.notes(ticket)) for ticket in tickets} == {1}


def test_tickets_from_before_the_first_start_are_left_alone(world):
    with clock_behind(world, minutes=60):
        ticket = world.customer_writes("My invoice is wrong")
    world.start()
    world.wait_for_reconcile()
    world.settle()

    assert world.notes(ticket) == []

    world.desk.customer_replies(ticket, "The invoice is still wrong")
    world.settle()

    assert len(world.notes(ticket)) == 1


@pytest.mark.parametrize("host", HOSTS)
def test_a_helpdesk_whose_clock_is_behind_has_new_tickets_all_the_same(host, tmp_path):
    pace = replace(QUICK, clock_skew=timedelta(minutes=5))
    with World(host, tmp_path, pace=pace) as world, clock_behind(world, minutes=4):
        world.start()

        ticket = world.customer_writes("My invoice is wrong")
        world.settle()

        assert "billing" in world.desk.tags(ticket)


@contextmanager
def clock_behind(world: World, *, minutes: int) -> Iterator[None]:
    clock = world.desk.clock
    world.desk.clock = lambda: clock() - timedelta(minutes=minutes)
    yield
    world.desk.clock = clock


# Processes ----------------------------------------------------------------------------------


def test_a_file_with_a_mistake_leaves_nothing_on_the_disk(world):
    world.write_config("rules: [{nam: x}]\n")

    with pytest.raises(ConfigProblems, match="did you mean 'name'"):
        world.start()

    assert [file.name for file in world.folder.iterdir()] == ["deskladder.yaml"]


def test_a_second_process_on_the_same_file_is_refused_with_words(world):
    world.start()

    with pytest.raises(DeskladderError, match=r"another Deskladder \(process \d+\)"):
        Service(world.config, environ=world.environ, bind="127.0.0.1:0")


def test_after_a_stop_another_may_have_the_store(world):
    world.start()
    world.stop()

    world.start()

    assert get(world, "/live")[0] == 200


def test_a_port_in_use_is_told_and_leaves_the_store_free(world):
    world.start()
    other = Path(world.folder / "other")
    environ = world.environ | {"DESKLADDER_DATA": str(other)}
    service = Service(world.config, environ=environ, bind=f"127.0.0.1:{world.port}")

    with pytest.raises(DeskladderError, match="--bind"):
        service.start()

    assert Service(world.config, environ=environ, bind="127.0.0.1:0").stop()


def command(world: World, *arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "plugin", *arguments, "--config", str(world.config)],
        env={**os.environ, **world.environ, **environ},
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@contextmanager
def serving(world: World) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [sys.executable, "-m", "plugin", "serve", "--bind", f"127.0.0.1:{world.port}"],
        env={**os.environ, **world.environ, "DESKLADDER_CONFIG": str(world.config)},
        cwd=ROOT,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        wait_for(lambda: answers(world), 30)
        yield process
    finally:
        process.kill()
        process.communicate()


def test_serve_answers_reads_the_file_again_on_sighup_and_stops_on_sigterm_with_0(world):
    with serving(world) as process:
        process.send_signal(signal.SIGHUP)
        wait_for(lambda: 'reloads_total{outcome="ok"} 1.0' in get(world, "/metrics")[1])
        process.terminate()
        _, errors = process.communicate(timeout=20)

    assert process.returncode == 0
    events = [json.loads(line)["event"] for line in errors.splitlines()]
    assert events[0] == "service.started"
    assert "config.reloaded" in events
    assert events[-1] == "service.stopped"
    assert world.desk.token not in errors


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT], ids=["TERM", "INT"])
def test_a_second_signal_ends_the_process_at_once(world, number):
    world.head = world.head.replace("read_timeout: 1s", "read_timeout: 60s")
    world.write_config()
    with serving(world) as process:
        wait_for(lambda: get(world, "/ready")[0] == 200)
        world.desk.faults.add("slow", path="/api/v1/tickets/", times=None, seconds=60)
        asked = len(world.desk.requests)
        world.customer_writes("My invoice is wrong")
        wait_for(lambda: len(world.desk.requests) > asked)

        process.send_signal(number)
        wait_for(lambda: not answers(world))  # it stops, and waits for the call in hand
        assert process.poll() is None
        process.send_signal(number)
        _, errors = process.communicate(timeout=20)

    assert process.returncode == 128 + number
    assert [json.loads(line)["event"] for line in errors.splitlines()][-1] == "service.stopping"


def answers(world: World) -> bool:
    try:
        return get(world, "/live")[0] == 200
    except OSError:
        return False


def test_serve_with_a_mistake_in_the_file_says_where_and_ends_with_1(world):
    world.write_config("rules: [{nam: x}]\n")

    ended = command(world, "serve")

    assert ended.returncode == 1
    assert "deskladder.yaml:" in ended.stderr
    assert "Traceback" not in ended.stderr


# Commands beside it -------------------------------------------------------------------------


def test_status_and_retry_beside_a_running_service(world):
    world.rules = BILLING.replace("group: Finance", "group: Finanze")
    world.write_config()
    world.start()
    ticket = world.customer_writes("My invoice is wrong")
    world.settle()

    status = command(world, "status")
    told = json.loads(command(world, "status", "--format", "json").stdout)
    retried = command(world, "retry", told["dead_letters"][0]["key"])

    assert status.returncode == 0
    assert "refused by the helpdesk" in status.stdout
    assert "Finanze" in status.stdout
    assert told["dead_letters"][0]["ticket"] == f"support/{ticket}"
    assert retried.stdout == "1 planned again\n"


def test_retry_of_what_is_not_there_is_1_and_of_nothing_is_usage(world):
    world.start()

    assert command(world, "retry", "no/such/key").returncode == 1
    assert command(world, "retry").returncode == 2


def test_explain_reads_the_ticket_and_tells_each_rule(world):
    world.start()
    ticket = world.customer_writes("My invoice is wrong")
    world.settle()

    text = command(world, "explain", str(ticket))
    as_json = command(world, "explain", f"support/{ticket}", "--format", "json")

    assert text.returncode == 0, text.stderr
    assert "billing" in text.stdout
    assert json.loads(as_json.stdout)


@pytest.mark.parametrize(
    ("ticket", "why"),
    [("abc", "expected a ticket's id"), ("nowhere/1", "no helpdesk 'nowhere'"), ("99999", "")],
)
def test_explain_of_no_ticket_says_what_to_write(world, ticket, why):
    world.start()

    ended = command(world, "explain", ticket)

    assert ended.returncode == 1
    assert why in ended.stderr
    assert "Traceback" not in ended.stderr


def test_status_without_a_store_says_where_to_run_it(world):
    ended = command(world, "status")

    assert ended.returncode == 1
    assert "DESKLADDER_DATA" in ended.stderr
