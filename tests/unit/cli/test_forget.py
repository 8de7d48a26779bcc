"""`deskladder forget`: one customer's tickets go, the others' stay."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from plugin.cli.main import run
from plugin.domain.delivery import Delivery
from plugin.domain.plan import Plan
from plugin.domain.ticket import TicketRef, customer_key
from plugin.store.store import Store
from tests.fakes import GUEST

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A store that knows one ticket of the guest and one of somebody else."""
    monkeypatch.setenv("DESKLADDER_DATA", str(tmp_path))
    monkeypatch.delenv("DESKLADDER_DATABASE", raising=False)
    store = Store.open(f"sqlite:///{tmp_path}/deskladder.sqlite3", now=NOW)
    for number, customer in ((1, customer_key("support", GUEST)), (2, "somebody else")):
        ref = TicketRef("support", number)
        store.receive(Delivery("support", f"d{number}", number, NOW))
        (claim,) = store.claim(NOW, worker="w", limit=1, lease=timedelta(minutes=1))
        plan = Plan(ref, NOW, store.memory(ref, customer, NOW))
        assert not store.store_plans([(claim, plan, customer)])
        store.release(claim, NOW)
    store.close()
    return tmp_path


def known(data: Path) -> int:
    store = Store.open(f"sqlite:///{data}/deskladder.sqlite3", now=NOW)
    try:
        return store.status(NOW).tickets_known
    finally:
        store.close()


def test_the_customers_tickets_go_and_the_others_stay(data, capsys):
    assert run(["forget", GUEST.email.upper(), "--yes"]) == 0

    assert capsys.readouterr().out == "1 ticket forgotten\n"
    assert known(data) == 1


def test_a_customer_nobody_knows_is_no_mistake(data, capsys):
    assert run(["forget", "support/4711", "--yes"]) == 0

    assert capsys.readouterr().out == "0 tickets forgotten\n"
    assert known(data) == 2


def test_without_a_terminal_nothing_goes_unless_it_is_said(data, capsys):
    assert run(["forget", GUEST.email]) == 1

    assert "say --yes" in capsys.readouterr().err
    assert known(data) == 2


def test_something_that_is_no_customer_is_refused(data, capsys):
    assert run(["forget", "Gerda", "--yes"]) == 2

    assert "expected an e-mail address or HELPDESK/ID, got 'Gerda'" in capsys.readouterr().err
