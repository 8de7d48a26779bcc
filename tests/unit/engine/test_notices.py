"""Who is told by day and by night: each once, in their hours, of what is still true (F12, F13)."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from plugin.domain.errors import Refused, TryAgain
from plugin.domain.notices import UNSURE, NoticeState
from plugin.domain.ticket import TicketRef
from plugin.store.store import Store
from tests.fakes import ANA, BEN, a_message, a_ticket
from tests.unit.engine.climb import NO_HINT
from tests.unit.engine.night import HEAD, POLICY, TELL_THE_OWNER, Night

TELL_THE_LEAD = """\
rules:
  - name: complaint
    on: [ticket.created]
    when: {text: {any_of: {en: [invoice]}}}
    do: [{notify: {to: lead}}]
"""
IN_FINANCE = {"group": replace(a_ticket().group, id=2, name="Finance")}


@pytest.fixture
def night(tmp_path: Path) -> Night:
    """Thursday, 22:00."""
    night = Night(tmp_path)
    night.at(0, 22)
    return night


class TestHours:
    def test_by_day_the_lead_hears_of_it_at_once(self, tmp_path: Path) -> None:
        day = Night(tmp_path)

        day.begin()

        assert day.told == ["marta"]
        assert day.messages[0].urgency == "normal"

    def test_what_comes_at_night_is_told_at_nine(self, night: Night) -> None:
        night.begin()
        night.goes_on_until(1, 8, 59)
        assert night.told == []

        night.goes_on_until(1, 9, 1)

        assert night.told == ["marta"]
        assert night.done("notify")[0].detail == "held for Marta Maas until Fri 4 Dec, 09:00"

    def test_what_the_lead_hears_late_names_no_level_it_may_have_left(self, night: Night) -> None:
        night.begin()
        night.goes_on(hours=1, minutes=10)
        assert night.stands == ("open", 2)

        night.at(1, 9)
        night.digest.send_due()

        assert [one.title for one in night.messages] == ["Geëscaleerd: support #70007, finance"]

    def test_what_somebody_has_taken_up_meanwhile_is_not_told_any_more(
        self, tmp_path: Path
    ) -> None:
        patient = POLICY.replace("ack_timeout: 4h", "ack_timeout: 20h")
        night = Night(tmp_path, policy=patient)
        night.at(0, 22)
        night.begin()
        night.goes_on(minutes=30)
        night.says(ANA, "/ack")
        assert night.stands == ("acknowledged", 1)

        night.goes_on_until(1, 12)

        assert night.told == []

    def test_only_the_level_it_stands_at_is_told_in_the_morning(self, tmp_path: Path) -> None:
        policy = POLICY.replace("ack_within: 1h", "ack_within: 1h, notify: [{to: responsible}]", 2)
        night = Night(tmp_path, policy=policy.replace("ack_within: 2h", "ack_within: 20h"))
        night.at(0, 22)
        night.begin()
        night.goes_on_until(1, 8)
        assert night.stands == ("open", 3)

        night.goes_on_until(1, 10)

        # Ben lives by no calendar and was told when it was his turn; Ana's turn was over by nine.
        assert night.told == ["ben", "marta"]
        assert night.messages[1].title == "Deskladder: 2 meldingen"
        assert "- Geëscaleerd: support #70007, finance" in night.messages[1].body
        assert "- Naar u geëscaleerd, niveau 3: support #70007" in night.messages[1].body

    def test_a_page_knows_no_hours(self, tmp_path: Path) -> None:
        policy = POLICY.replace(
            "{lead: finance}, type: hierarchical, ack_within: 2h",
            "{lead: finance}, type: hierarchical, ack_within: 2h, "
            "notify: [{to: responsible, urgency: page}]",
        )
        night = Night(tmp_path, policy=policy)
        night.at(0, 22)
        night.begin()

        night.goes_on(hours=2, minutes=10)

        assert [(one.to, one.urgency) for one in night.messages] == [("marta", "page")]

    def test_after_hours_of_downtime_nobody_is_woken_for_what_was_due_in_the_afternoon(
        self, tmp_path: Path
    ) -> None:
        day = Night(tmp_path, rules=TELL_THE_LEAD)
        day.at(1, 8)  # Friday, before nine
        day.begin(**IN_FINANCE)
        assert day.told == []

        day.at(1, 18)
        day.digest.send_due()
        assert day.told == []
        day.goes_on_until(4, 9, 1)

        assert day.told == ["marta"]

    def test_a_digest_comes_once_a_day(self, tmp_path: Path) -> None:
        rules = TELL_THE_LEAD.replace("{to: lead}", "{to: lead, urgency: digest}")
        day = Night(tmp_path, rules=rules)
        day.begin(**IN_FINANCE)
        day.goes_on(hours=3)
        assert day.told == []

        day.goes_on_until(1, 9, 1)

        assert day.told == ["marta"]


WATCHED = """\
sla:
  - {name: standard, calendar: always, targets: {first_response: 2h}, at_risk: [50%]}
rules:
  - name: nobody answers
    on: [sla.at_risk, sla.breached]
    do: [{notify: {to: lead}}]
"""


class TestWarnings:
    """A rule tells the lead, who sleeps, that nobody has answered."""

    @pytest.fixture
    def late(self, tmp_path: Path) -> Night:
        """Friday, 01:00: the deadline has passed, and two messages wait."""
        night = Night(tmp_path, rules=WATCHED)
        night.at(0, 22)
        night.begin(**IN_FINANCE)
        night.goes_on(hours=3)
        assert night.told == []
        assert night.store.notices_open() == {NoticeState.HELD: 2}
        return night

    def test_they_come_in_the_morning(self, late: Night) -> None:
        late.goes_on_until(1, 12)

        assert late.told == ["marta"]

    def test_they_do_not_when_the_customer_was_answered_meanwhile(self, late: Night) -> None:
        late.answers(BEN)

        late.goes_on_until(1, 12)

        assert late.told == []
        assert late.store.notices_open() == {}
        assert [entry.text for entry in late.audit() if "told any more" in entry.text] == [
            "notify: nobody is told any more (its SLA clock has stopped)"
        ]

    def test_they_do_when_somebody_only_wrote_a_note(self, late: Night) -> None:
        late.says(BEN, "I shall ask.")

        late.goes_on_until(1, 12)

        assert late.told == ["marta"]

    def test_what_is_not_about_a_clock_comes_all_the_same(self, tmp_path: Path) -> None:
        rules = WATCHED.replace("[sla.at_risk, sla.breached]", "[ticket.created]")
        night = Night(tmp_path, rules=rules)
        night.at(0, 22)
        night.begin(**IN_FINANCE)
        night.answers(BEN)

        night.goes_on_until(1, 12)

        assert night.told == ["marta"]


class TestOneMessage:
    def arrive(self, night: Night, count: int) -> None:
        """So many tickets, each with a message to the lead."""
        for number in range(100, 100 + count):
            night.arrives(
                a_ticket(
                    ref=TicketRef("support", number),
                    number=f"70{number}",
                    url=f"https://help.example.com/{number}",
                    created_at=night.now,
                    updated_at=night.now,
                    messages=(a_message(created_at=night.now),),
                    **IN_FINANCE,
                )
            )
        for _ in range(count):
            night.settle()

    def test_fifty_messages_of_the_night_are_one_in_the_morning(self, tmp_path: Path) -> None:
        night = Night(tmp_path, rules=TELL_THE_LEAD)
        night.at(0, 22)
        self.arrive(night, 50)

        night.goes_on_until(1, 9, 1)

        assert night.told == ["marta"]
        (message,) = night.messages
        assert message.title == "Deskladder: 50 meldingen"
        assert message.body.startswith(
            "- support #70100: complaint\n  https://help.example.com/100"
        )
        assert message.body.count("https://help.example.com/") == 50
        night.goes_on_until(2, 12)
        assert len(night.messages) == 1

    def test_two_processes_send_it_once(self, tmp_path: Path) -> None:
        night = Night(tmp_path, rules=TELL_THE_LEAD)
        night.at(0, 22)
        self.arrive(night, 5)
        night.at(1, 9, 1)
        others = [night.replica() for _ in range(4)]

        with ThreadPoolExecutor(4) as pool:
            sent = list(pool.map(lambda one: one.send_due(), others))

        assert sum(sent) == 1
        assert night.told == ["marta"]


class TestOnce:
    def test_the_lead_is_told_once_per_escalation(self, tmp_path: Path) -> None:
        policy = POLICY.replace(
            "{responsible: {lead: finance}, type: hierarchical, ack_within: 2h}",
            "{responsible: {person: ben@example.com}, type: hierarchical, ack_within: 2h, "
            "notify: [{to: [lead, responsible]}]}",
        ).replace("- {responsible: {team: finance}, ack_within: 1h}", "", 1)
        day = Night(tmp_path, policy=policy)
        day.begin()
        assert day.told == ["marta"]

        day.goes_on(hours=1, minutes=5)

        assert day.stands == ("open", 2)
        assert day.told == ["marta", "ben"]

    def test_who_is_responsible_and_lead_hears_of_a_step_once(self, tmp_path: Path) -> None:
        policy = POLICY.replace(
            "type: hierarchical, ack_within: 2h",
            "type: hierarchical, ack_within: 2h, notify: [{to: [responsible, marta@example.com]}]",
        )
        day = Night(tmp_path, policy=policy)
        day.begin()

        day.goes_on(hours=2, minutes=5)

        assert day.stands == ("open", 3)
        assert day.told == ["marta", "marta"]  # of level 1 as the lead, of level 3 as responsible

    def test_exhausted_comes_in_every_digest_until_somebody_acts(self, tmp_path: Path) -> None:
        policy = POLICY + "    exhausted: {notify: [{to: [marta@example.com, duty]}]}\n"
        night = Night(tmp_path, policy=policy)
        night.begin()
        night.goes_on(hours=4, minutes=10)
        assert night.stands == ("exhausted", 3)
        ends = [one for one in night.messages if "niemand meer" in one.title]
        night.goes_on_until(1, 9, 1)

        night.goes_on_until(4, 10, 1)
        seen = [(one.to, one.title.partition(":")[0]) for one in night.messages]
        night.closes()
        night.goes_on_until(6, 12)

        assert len(night.messages) == len(seen)
        assert len(ends) <= 1
        # Marta on Friday and on Monday, not at the weekend; the channel each day.
        of_marta = [title for to, title in seen if to == "marta"]
        assert of_marta.count("Er is niemand meer") == len(ends) + 2
        assert [to for to, title in seen if title == "Nobody is left to ask"].count("duty") == 5

    def test_nobody_is_reminded_while_the_helpdesk_is_not_in_the_file(self, tmp_path: Path) -> None:
        policy = POLICY + "    exhausted: {notify: [{to: duty}]}\n"
        night = Night(tmp_path, policy=policy)
        night.at(0, 22)
        night.begin()
        night.goes_on_until(1, 10)
        assert night.stands == ("exhausted", 3)
        in_file, before = night.live, len(night.told)
        other = {"shop": replace(in_file.config.helpdesks["support"], name="shop")}
        night.live = replace(in_file, config=replace(in_file.config, helpdesks=other))

        night.goes_on_until(4, 10)
        assert len(night.told) == before
        night.live = in_file
        night.goes_on(minutes=15)

        assert night.told[before:] == ["duty"]

    def test_the_lead_hears_that_nobody_is_left_though_told_before(self, tmp_path: Path) -> None:
        policy = POLICY + "    exhausted: {notify: [{to: lead, urgency: page}]}\n"
        day = Night(tmp_path, policy=policy)
        day.begin()

        day.goes_on(hours=4, minutes=10)

        of_marta = [(one.title.partition(":")[0], one.urgency) for one in day.messages]
        assert of_marta[0] == ("Geëscaleerd naar Ana Alba, niveau 1", "normal")
        assert of_marta[-1] == ("Er is niemand meer", "page")

    def test_where_the_policy_names_nobody_the_lead_is_reminded_until_somebody_acts(
        self, tmp_path: Path
    ) -> None:
        night = Night(tmp_path)
        night.begin()
        night.goes_on(hours=4, minutes=10)
        assert night.stands == ("exhausted", 3)
        before = len(night.messages)

        night.goes_on_until(4, 9, 1)

        reminders = night.messages[before:]
        assert [one.title for one in reminders] == [
            "Er is niemand meer: support #70007, escalatie finance"
        ] * 2  # on Friday and on Monday


class TestTrouble:
    def test_a_message_whose_fate_nobody_knows_is_left_alone_for_ten_minutes(
        self, tmp_path: Path
    ) -> None:
        night = Night(tmp_path, rules=TELL_THE_LEAD)
        night.at(0, 22)
        night.begin(**IN_FINANCE)
        night.at(1, 9, 1)
        night.trouble = lambda _url: SystemExit("killed")
        with pytest.raises(SystemExit):
            night.digest.send_due()
        night.trouble = lambda _url: None
        assert night.told == ["marta"]

        night.now += UNSURE - timedelta(seconds=1)
        night.digest.send_due()
        assert night.told == ["marta"]
        night.now += timedelta(seconds=1)
        night.digest.send_due()

        assert night.told == ["marta", "marta"]
        night.goes_on(hours=2)
        assert night.told == ["marta", "marta"]

    def test_a_service_that_is_down_is_tried_again(self, tmp_path: Path) -> None:
        night = Night(tmp_path, rules=TELL_THE_LEAD)
        night.at(0, 22)
        night.begin(**IN_FINANCE)
        night.trouble = lambda _url: TryAgain("down")
        night.goes_on_until(1, 10)
        assert night.told == []
        night.trouble = lambda _url: None

        night.goes_on(hours=2)

        assert night.told == ["marta"]

    def test_a_channel_that_refuses_is_told_in_the_audit_without_the_address(
        self, tmp_path: Path
    ) -> None:
        night = Night(tmp_path, rules=TELL_THE_LEAD)
        night.at(0, 22)
        night.begin(**IN_FINANCE)
        night.trouble = lambda _url: Refused("not a url Apprise understands")

        night.goes_on_until(1, 10)

        assert night.told == []
        texts = [entry.text for entry in night.audit()]
        assert "notify: nobody was told (not a url Apprise understands)" in texts
        assert not [text for text in texts if "@" in text]

    def test_when_one_of_two_fails_for_good_only_that_one_is_told_by_retry(
        self, tmp_path: Path
    ) -> None:
        rules = TELL_THE_LEAD.replace("{to: lead}", "{to: [lead, duty]}")
        day = Night(tmp_path, rules=rules)
        day.trouble = lambda url: Refused("no such url") if "duty" in url else None
        day.begin(**IN_FINANCE)
        assert day.failed() == [("notify", "told Marta Maas, but not duty: no such url")]
        day.trouble = lambda _url: None

        assert day.store.retry(None, day.now) == 1
        day.settle()

        assert day.told == ["marta", "duty"]
        assert day.failed() == []

    def test_when_one_of_two_is_down_the_other_does_not_hear_it_twice(self, tmp_path: Path) -> None:
        rules = TELL_THE_LEAD.replace("{to: lead}", "{to: [lead, duty]}")
        day = Night(tmp_path, rules=rules)
        day.trouble = lambda url: TryAgain("down") if "duty" in url else None
        day.begin(**IN_FINANCE)
        day.trouble = lambda _url: None

        day.goes_on(minutes=10)

        assert sorted(day.told) == ["duty", "marta"]

    def test_a_person_who_left_the_file_gets_nothing_and_nobody_else_does(
        self, tmp_path: Path
    ) -> None:
        rules = TELL_THE_LEAD.replace("{to: lead}", "{to: zoe@example.com}")
        head = HEAD + "  zoe@example.com: {channel: mail, calendar: office}\n"
        night = Night(tmp_path, rules=rules, head=head)
        night.at(0, 22)
        night.begin(**IN_FINANCE)
        night.use(POLICY + rules, HEAD.replace("marta@", "zoey@"))

        night.goes_on_until(1, 10)

        assert night.told == []
        assert any("neither in the file" in entry.text for entry in night.audit())


class Killed(BaseException):
    """The process is gone: nothing catches it."""


def kill_at(store: Store, method: str, monkeypatch: pytest.MonkeyPatch, *, after: bool) -> None:
    """The first call of this method kills the process, before or after it took effect."""
    real = getattr(store, method)

    def killing(*args: object, **more: object) -> object:
        monkeypatch.setattr(store, method, real)
        if after:
            real(*args, **more)
        raise Killed

    monkeypatch.setattr(store, method, killing)


class TestKilled:
    """The lead is told at once; the process dies around one of the writes, and starts again."""

    @pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
    @pytest.mark.parametrize("method", ["hold", "claim_notices", "settle_notices"])
    def test_the_message_is_told_once_within_ten_minutes_and_never_lost(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, method: str, after: bool
    ) -> None:
        day = Night(tmp_path, rules=TELL_THE_LEAD)
        kill_at(day.store, method, monkeypatch, after=after)
        with pytest.raises(Killed):
            day.begin(**IN_FINANCE)
        went_out = len(day.messages)

        day.goes_on(minutes=8)
        soon = len(day.messages)
        day.goes_on(hours=2)

        # Only a message whose fate nobody knows is repeated, and not before ten minutes.
        is_unsure = method == "settle_notices" and not after
        assert went_out == (1 if method == "settle_notices" else 0)
        assert soon <= 1
        assert len(day.messages) == (2 if is_unsure else 1)
        assert [one.state.value for one in day.memory.actions if one.name == "notify"] == ["done"]

    @pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
    @pytest.mark.parametrize("method", ["claim_notices", "settle_notices"])
    def test_the_digest_too(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, method: str, after: bool
    ) -> None:
        night = Night(tmp_path, rules=TELL_THE_LEAD)
        night.at(0, 22)
        night.begin(**IN_FINANCE)
        night.at(1, 9, 1)
        kill_at(night.store, method, monkeypatch, after=after)
        with pytest.raises(Killed):
            night.digest.send_due()

        night.now += timedelta(minutes=9)
        night.digest.send_due()
        soon = len(night.messages)
        night.goes_on(hours=2)

        is_unsure = method == "settle_notices" and not after
        assert soon <= 1
        assert len(night.messages) == (2 if is_unsure else 1)


class TestWhatItSays:
    def test_the_responsible_reads_it_in_their_language_with_a_link_of_their_own(
        self, tmp_path: Path
    ) -> None:
        day = Night(tmp_path, policy=TELL_THE_OWNER)

        day.begin()

        mine = next(one for one in day.messages if one.to == "ana")
        assert (
            mine.title == "An Sie eskaliert, Stufe 1: support #70007, Antwort bis heute 14:00 Uhr"
        )
        assert (
            "Geschieht nichts: Stufe 2 am Do., 3. Dez., 14:00 Uhr, jemand aus Finance." in mine.body
        )
        assert "https://help.example.com/#ticket/zoom/7" in mine.body
        assert "\nÜbernehmen oder zurückgeben: https://ladder.example.com/ack/" in mine.body
        leads = next(one for one in day.messages if one.to == "marta")
        assert leads.title.startswith("Geëscaleerd naar Ana Alba, niveau 1: support #70007")
        links = {one.body.rpartition("/ack/")[2] for one in (mine, leads)}
        assert len(links) == 2

    def test_it_is_said_as_of_the_moment_it_is_read(self, tmp_path: Path) -> None:
        slow = TELL_THE_OWNER.replace("ack_within: 1h, notify", "ack_within: 13h, notify")
        night = Night(tmp_path, policy=slow)
        night.at(0, 22)
        night.begin()

        night.goes_on_until(1, 9, 1)

        mine = next(one for one in night.messages if one.to == "ana")
        assert "Antwort bis heute 11:00 Uhr" in mine.title

    def test_no_message_holds_what_a_customer_or_an_agent_wrote(self, tmp_path: Path) -> None:
        night = Night(tmp_path, policy=TELL_THE_OWNER)
        night.begin(
            subject="GEHEIM invoice",
            messages=(a_message(text="GEHEIM invoice", created_at=night.now),),
        )
        night.says(ANA, "/escalate finance GEHEIM")

        assert len(night.messages) > 1
        assert not [one for one in night.messages if "GEHEIM" in one.title + one.body]
        with (tmp_path / "store.sqlite3").open("rb") as file:
            assert b"GEHEIM\n" not in file.read()

    def test_no_address_and_no_link_is_kept_while_a_message_waits(self, tmp_path: Path) -> None:
        night = Night(tmp_path, policy=TELL_THE_OWNER)
        night.at(0, 22)
        night.begin()

        rows = night.store._database.read(lambda t: t.rows("SELECT * FROM notices"))

        assert len(rows) == 2
        assert not [row for row in rows if "/ack/" in str(tuple(row))]
        assert not [row for row in rows if "@example.com" in str(tuple(row))]


def test_without_hint_the_policies_above_are_those_of_the_climb() -> None:
    assert POLICY != NO_HINT
    assert TELL_THE_OWNER != POLICY
