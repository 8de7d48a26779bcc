from __future__ import annotations

import pytest

from plugin.domain.errors import Refused
from tests.contract.world import EMMA, ERIN, MARK, World


def test_a_note_is_internal_and_mailed_to_nobody(world: World) -> None:
    so_far = len(world.desk.mails())

    message_id = world.helpdesk.add_note(world.read(), "<p>why &amp; what</p>", MARK)

    (note,) = world.desk.notes(world.ticket_id)
    assert note.id == message_id
    assert world.read().messages[-1].mark == MARK
    assert "why" in note.body
    assert world.desk.replies(world.ticket_id) == []
    assert [mail for mail in world.desk.mails()[so_far:] if mail.to == ERIN] == []


def test_a_note_changes_nothing_else(world: World) -> None:
    before = world.read()

    world.helpdesk.add_note(before, "<p>why</p>", MARK)

    after = world.read()
    assert (after.state, after.owner, after.group) == (before.state, before.owner, before.group)
    assert after.extra == before.extra


def test_a_reply_is_mailed_to_the_customer_once(world: World) -> None:
    message_id = world.helpdesk.add_reply(world.read(), "<p>We are on it.</p>", MARK)

    world.desk.settle()
    mails = [mail for mail in world.desk.mails() if mail.to == ERIN]
    (reply,) = world.desk.replies(world.ticket_id)
    assert reply.id == message_id
    assert [("We are on it." in mail.body) for mail in mails] == [True]


def test_a_reply_leaves_state_and_owner_as_they_are(world: World) -> None:
    world.helpdesk.set_owner(world.read(), world.agent(EMMA))
    before = world.read()

    world.helpdesk.add_reply(before, "<p>We are on it.</p>", MARK)

    after = world.read()
    assert (after.state, after.owner, after.group) == (before.state, before.owner, before.group)


@pytest.mark.parametrize("html", ["", "  \n"])
def test_an_empty_text_is_never_posted(world: World, html: str) -> None:
    with pytest.raises(Refused, match="empty"):
        world.helpdesk.add_note(world.read(), html, MARK)
    with pytest.raises(Refused, match="empty"):
        world.helpdesk.add_reply(world.read(), html, MARK)


def test_finds_a_mark_and_no_other(world: World) -> None:
    note = world.helpdesk.add_note(world.read(), "<p>why</p>", MARK)
    reply = world.helpdesk.add_reply(world.read(), "<p>soon</p>", f"{MARK}:reply")

    assert world.helpdesk.find_mark(world.ticket_id, MARK) == note
    assert world.helpdesk.find_mark(world.ticket_id, f"{MARK}:reply") == reply
    assert world.helpdesk.find_mark(world.ticket_id, f"{MARK}:other") is None


def test_a_mark_somebody_copied_does_not_count(world: World) -> None:
    world.helpdesk.add_note(world.read(), "<p>why</p>", "the-real-one")
    copied = world.desk.notes(world.ticket_id)[0].body.replace("the-real-one", "forged")
    world.desk.customer_replies(world.ticket_id, copied)

    assert world.helpdesk.find_mark(world.ticket_id, "forged") is None
    assert world.read().messages[-1].mark is None
