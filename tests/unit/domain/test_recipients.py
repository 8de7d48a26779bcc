"""Who is told over which channel, and at which hours: never outside their own, unless it is a page."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugin.domain.calendar import Calendar
from plugin.domain.errors import Refused
from plugin.domain.ladder import Kind, Level, Notice, Policy, Reachable, Responsible, Urgency
from plugin.domain.recipients import (
    channel_recipient,
    due_at,
    next_digest,
    person_recipient,
    recipient_by_key,
    url_of,
)
from plugin.domain.service import Service
from plugin.domain.settings import Config, Defaults, Secret, Team
from tests.given import MONDAY, OFFICE, config, hours

ANA, BEN, LEAD = "ana@example.com", "ben@example.com", "marta@example.com"
NIGHTS = Calendar.of("nights", "Europe/Berlin", {"mon-sun": ["22:00-06:00"]})
ODD = Calendar.of("odd", "America/New_York", {"tue": ["10:15-11:00"], "sat": ["08:00-24:00"]})
CHANNELS = {
    "mail": Secret("mailtos://u:p@mail.example.com?to={address}"),
    "chat": Secret("slack://token/general"),
}


def the_file(**changes: object) -> Config:
    """Ana with hours and a language, Ben by `service.channel`, two channels."""
    fields: dict[str, object] = {
        "notify": CHANNELS,
        "service": Service(channel="mail", digest_at=time(9)),
        "people": {ANA: Reachable(ANA, "chat", "office", "de"), LEAD: Reachable(LEAD)},
        "teams": {"finance": Team("finance", "Finance", LEAD)},
    }
    return config(calendar=OFFICE, **fields | changes)


def person_with(calendar: Calendar | None, *, digest_at: time = time(9)) -> tuple[Config, str]:
    """A file in which somebody lives by this calendar."""
    entry = Reachable(ANA, "chat", calendar.name if calendar else None)
    made = config(notify=CHANNELS, people={ANA: entry}, service=Service(digest_at=digest_at))
    known = {calendar.name: calendar} if calendar else {}
    return replace(made, calendars=known), ANA


# Who ------------------------------------------------------------------------------------------


def test_a_person_is_told_over_their_own_channel_in_their_own_language():
    found = person_recipient(the_file(), "Ana@Example.com ")

    assert (found.address, found.channel, found.language) == (ANA, "chat", "de")
    assert found.calendar is OFFICE
    assert found.zone == "Europe/Amsterdam"


@pytest.mark.parametrize("address", [BEN, LEAD], ids=["no entry", "an entry without a channel"])
def test_everybody_else_is_told_over_the_channel_of_the_service(address):
    found = person_recipient(the_file(), address)

    assert (found.channel, found.language, found.calendar) == ("mail", "en", None)


def test_without_any_channel_nobody_can_be_told_and_the_address_is_not_repeated():
    with pytest.raises(Refused, match="add an entry with a channel under `people:`") as refused:
        person_recipient(the_file(service=Service()), BEN)

    assert "ben" not in str(refused.value)


def test_a_channel_that_left_the_file_is_named():
    gone = the_file(notify={})

    for ask in (lambda: person_recipient(gone, ANA), lambda: channel_recipient(gone, "chat")):
        with pytest.raises(Refused, match="'chat' is not in the file any more"):
            ask()


def test_the_address_is_put_into_the_channels_url_where_it_asks_for_it():
    file = the_file()

    odd = person_recipient(file, "b&c=d?e@example.com")
    assert url_of(file, odd) == "mailtos://u:p@mail.example.com?to=b%26c%3Dd%3Fe%40example.com"
    assert url_of(file, person_recipient(file, ANA)) == "slack://token/general"


def test_a_channel_for_persons_tells_no_channel():
    file = the_file()

    with pytest.raises(Refused, match="needs a person"):
        url_of(file, channel_recipient(file, "mail"))


# What is stored ---------------------------------------------------------------------------------


@pytest.mark.parametrize("address", [ANA, LEAD])
def test_a_key_is_no_address_and_leads_back_to_the_person(address):
    file = the_file()
    before = person_recipient(file, address)

    assert "@" not in before.key
    assert address.partition("@")[0] not in before.key
    assert recipient_by_key(file, before.key, before.channel) == before


def test_a_key_of_somebody_only_the_helpdesk_knows_is_looked_up_there():
    file = the_file()
    key = person_recipient(file, BEN).key

    assert recipient_by_key(file, key, "mail", ["x@example.com", BEN]).address == BEN
    with pytest.raises(Refused, match="neither in the file nor in the helpdesk"):
        recipient_by_key(file, key, "mail", ["x@example.com"])


def test_an_empty_key_is_the_channel_itself():
    assert recipient_by_key(the_file(), "", "chat") == channel_recipient(the_file(), "chat")


# When -------------------------------------------------------------------------------------------

INSTANTS = st.datetimes(
    datetime(2026, 1, 1),
    datetime(2027, 12, 31),
    timezones=st.just(UTC),
)
CALENDARS = st.sampled_from([OFFICE, NIGHTS, ODD, None])
TIMES = st.times().map(lambda at: at.replace(second=0, microsecond=0))


@given(INSTANTS, CALENDARS, st.sampled_from(Urgency), TIMES)
def test_nobody_is_told_outside_their_hours_unless_it_is_a_page(now, calendar, urgency, digest_at):
    file, who = person_with(calendar, digest_at=digest_at)

    at = due_at(file, person_recipient(file, who), urgency, now)

    assert at >= now
    if urgency is Urgency.PAGE:
        assert at == now
    elif calendar is not None:
        assert calendar.is_open(at)


@given(INSTANTS, CALENDARS)
def test_what_is_normal_does_not_wait_while_it_need_not(now, calendar):
    file, who = person_with(calendar)

    at = due_at(file, person_recipient(file, who), Urgency.NORMAL, now)

    if calendar is None or calendar.is_open(now):
        assert at == now
    else:
        assert calendar.open_between(now, at) == timedelta(0)


@given(INSTANTS, CALENDARS, TIMES)
def test_a_digest_lies_ahead_at_its_time_or_where_hours_begin_after_it(now, calendar, digest_at):
    file, who = person_with(calendar, digest_at=digest_at)
    recipient = person_recipient(file, who)

    at = next_digest(file, recipient, now)

    assert at > now
    if calendar is None or calendar.is_open(at - timedelta(seconds=1)):
        local = at.astimezone(ZoneInfo(recipient.zone))
        assert local.replace(tzinfo=None).time() == digest_at or _is_in_a_gap(local, digest_at)


def _is_in_a_gap(local: datetime, digest_at: time) -> bool:
    """True when the clocks jumped over the digest's time that day."""
    wanted = datetime.combine(local.date(), digest_at, tzinfo=local.tzinfo)
    back = wanted.astimezone(UTC).astimezone(local.tzinfo)
    return back.replace(tzinfo=None).time() != digest_at


def test_a_message_of_the_night_waits_until_nine():
    file = the_file()
    night = MONDAY - hours(5)

    assert due_at(file, person_recipient(file, ANA), Urgency.NORMAL, night) == MONDAY


def test_a_digest_of_the_weekend_comes_when_the_office_opens():
    file = the_file()
    saturday = MONDAY - timedelta(days=2)

    assert next_digest(file, person_recipient(file, ANA), saturday) == MONDAY


def test_the_time_of_a_digest_is_local_also_when_the_clocks_change():
    file, who = person_with(None)
    here = Calendar.of("here", "Europe/Berlin", {"mon-sun": ["00:00-24:00"]})
    berlin = replace(file, calendars={"here": here}, defaults=Defaults(calendar="here"))
    before = datetime(2026, 10, 24, 12, tzinfo=UTC)

    first = next_digest(berlin, person_recipient(berlin, who), before)
    second = next_digest(berlin, person_recipient(berlin, who), first)

    assert first == datetime(2026, 10, 25, 8, tzinfo=UTC)
    assert second == datetime(2026, 10, 26, 8, tzinfo=UTC)


def test_every_address_of_the_file_can_be_found_again():
    level = Level(1, "", Kind.HIERARCHICAL, Responsible(person="cfo@example.com"))
    policy = Policy("p", Kind.HIERARCHICAL, (level,), exhausted=(Notice("duty@example.com"),))
    file = the_file(policies={"p": policy})

    for address in (ANA, LEAD, "cfo@example.com", "duty@example.com"):
        key = person_recipient(file, address).key
        assert recipient_by_key(file, key, "").address == address
