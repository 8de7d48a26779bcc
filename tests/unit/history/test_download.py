"""A download that was stopped goes on where it stopped, and the file it goes to keeps its secrets."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from datetime import timedelta

import pytest

from plugin.domain.errors import DeskladderError, Refused, TicketGone, TryAgain
from plugin.domain.helpdesk import Glimpse
from plugin.history.archive import Archive, instant, micros
from plugin.history.download import download
from plugin.simulated.year import BEGIN, STAFF, year

UNTIL = BEGIN + timedelta(days=30)


class Reader:
    """A helpdesk with a month of tickets that counts what it is asked, and may break down."""

    name, type = "support", "fake"

    def __init__(self, count=12):
        self.pasts = {p.ticket.ref.id: p for p in year(count, seed=5, begins_at=BEGIN, days=30)}
        self.read, self.asked = [], []
        self.breaks_after = None
        self.trouble = TryAgain("overloaded")
        self.gone = set()

    def changed_since(self, since):
        return [
            Glimpse(number, past.ticket.updated_at)
            for number, past in self.pasts.items()
            if past.ticket.updated_at >= since
        ]

    def read_past(self, ticket_id):
        if self.breaks_after is not None and len(self.read) >= self.breaks_after:
            raise self.trouble
        if ticket_id in self.gone:
            raise TicketGone("deleted")
        self.read.append(ticket_id)
        past = self.pasts[ticket_id]
        return replace(past, ticket=replace(past.ticket, customer_tickets=None))

    def customer_tickets(self, customer):
        self.asked.append(customer.id)
        return next(
            p.ticket.customer_tickets for p in self.pasts.values() if p.ticket.customer == customer
        )

    def staff(self):
        return STAFF

    def open_now(self):
        return []

    def close(self):
        pass


@pytest.fixture
def reader():
    return Reader()


@pytest.fixture
def archive(tmp_path):
    with Archive(tmp_path / "data" / "history.sqlite3", "support") as archive:
        yield archive


def fetch(reader, archive, waits=None, **more):
    return download(
        reader,
        archive,
        since=BEGIN,
        now=UNTIL,
        customers=more.pop("customers", True),
        pause=[].append if waits is None else waits.append,
        **more,
    )


def test_everything_read_is_there(reader, archive):
    assert fetch(reader, archive) == 12

    assert archive.ticket_ids() == sorted(reader.pasts)
    assert [archive.past(number) for number in archive.ticket_ids()] == [
        reader.pasts[number] for number in sorted(reader.pasts)
    ]
    assert archive.staff() == STAFF


def test_what_happened_comes_in_the_order_of_time(reader, archive):
    fetch(reader, archive)

    moments = list(archive.moments(BEGIN, UNTIL))

    assert moments == sorted(moments)
    assert {number for _, number in moments} == set(reader.pasts)
    last = archive.last_moments(UNTIL)
    assert all(last[number] == max(at for at, n in moments if n == number) for number in last)


def test_after_a_breakdown_only_the_rest_is_read(reader, archive):
    reader.breaks_after = 5
    with pytest.raises(TryAgain):
        fetch(reader, archive)
    so_far, reader.breaks_after, reader.read = list(reader.read), None, []

    fetch(reader, archive)

    assert len(so_far) == 5
    assert sorted(so_far + reader.read) == sorted(reader.pasts)


def test_waits_longer_and_longer_while_the_helpdesk_is_busy(reader, archive):
    reader.breaks_after, waits = 0, []
    reader.trouble = TryAgain("overloaded", after=20)

    with pytest.raises(TryAgain):
        fetch(reader, archive, waits)

    assert waits == [20, 20, 30, 60, 120]


def test_a_refusal_is_not_repeated(reader, archive):
    reader.breaks_after, reader.trouble, waits = 0, Refused("no permission"), []

    with pytest.raises(Refused):
        fetch(reader, archive, waits)

    assert waits == []


def test_a_deleted_ticket_is_left_out_and_not_asked_for_again(reader, archive):
    reader.gone = {3}
    fetch(reader, archive)
    reader.read = []

    assert fetch(reader, archive) == 11
    assert reader.read == []


def test_only_what_has_changed_is_read_again(reader, archive):
    fetch(reader, archive)
    changed = reader.pasts[4]
    reader.pasts[4] = replace(
        changed, ticket=replace(changed.ticket, subject="New", updated_at=UNTIL)
    )
    reader.read = []

    fetch(reader, archive)

    assert reader.read == [4]
    assert archive.past(4).ticket.subject == "New"


def test_each_customer_is_asked_about_once(reader, archive):
    fetch(reader, archive)

    assert len(reader.asked) == len(set(reader.asked)) > 1


def test_customers_may_be_asked_about_later(reader, archive):
    fetch(reader, archive, customers=False)
    assert archive.past(1).ticket.customer_tickets is None

    fetch(reader, archive)

    assert archive.past(1) == reader.pasts[1]


def test_a_ticket_that_is_not_listed_any_more_does_not_count(reader, archive):
    fetch(reader, archive)
    del reader.pasts[2]

    assert fetch(reader, archive) == 11
    assert 2 not in {number for _, number in archive.moments(BEGIN, UNTIL)}


def test_progress_comes_to_its_end(reader, archive):
    told = []

    fetch(reader, archive, progress=lambda *what: told.append(what))

    assert told[0] == ("listing", 0, 0)
    assert told[-1] == ("reading", 12, 12)


def test_nobody_else_may_read_the_file(tmp_path, archive):
    assert archive.file.stat().st_mode & 0o777 == 0o600


@pytest.mark.slow
def test_two_commands_cannot_use_one_file(archive):
    with pytest.raises(DeskladderError, match="is another command reading it"):
        Archive(archive.file, "support")


@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param(
            lambda file: file.write_bytes(b"not a database at all" * 99), id="no database"
        ),
        pytest.param(lambda file: _set_version(file, 99), id="another version"),
    ],
)
def test_a_file_that_cannot_be_used_is_begun_anew(tmp_path, reader, spoil):
    file = tmp_path / "history.sqlite3"
    with Archive(file, "support") as archive:
        fetch(reader, archive)
    spoil(file)

    with Archive(file, "support") as archive:
        assert archive.ticket_ids() == []


def test_another_helpdesks_file_is_not_taken_for_ours(tmp_path, reader):
    with Archive(tmp_path / "history.sqlite3", "support") as archive:
        fetch(reader, archive)

    with Archive(tmp_path / "history.sqlite3", "shop") as archive:
        assert archive.ticket_ids() == []


def test_discarded_nothing_is_left(tmp_path, reader):
    archive = Archive(tmp_path / "history.sqlite3", "support")
    fetch(reader, archive)

    archive.discard()

    assert list(tmp_path.iterdir()) == []


def test_instants_are_kept_to_the_microsecond():
    at = BEGIN + timedelta(days=3000, microseconds=123_457)

    assert instant(micros(at)) == at


def _set_version(file, number):
    with sqlite3.connect(file) as database:
        database.execute(f"PRAGMA user_version = {number}")
    database.close()
