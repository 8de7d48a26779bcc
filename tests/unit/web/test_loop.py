"""The loop around the web server's sockets: whom it asks, and when."""

from __future__ import annotations

import select
import socket

import pytest

from plugin.web.loop import Loop


class Watched:
    """One end of a pair of sockets; what it wants is set by the test, and counted when asked."""

    accepting = resting = False

    def __init__(self) -> None:
        self.near, self.far = socket.socketpair()
        self.number = self.near.fileno()
        self.wants_in, self.wants_out, self.asked = True, False, 0
        self.on_asking = lambda: None

    def readable(self):
        self.asked += 1
        wants, _ = self.wants_in, self.on_asking()
        return wants

    def writable(self):
        return self.wants_out

    def close(self):
        self.near.close()
        self.far.close()


class Scene:
    """Three sockets and a loop that reads what comes; `heard` says on which of them, and what."""

    def __init__(self) -> None:
        self.ones = [Watched(), Watched(), Watched()]
        self.watched = {one.number: one for one in self.ones}
        self.heard: list[tuple[int, object]] = []
        self.loop = Loop(self.watched, self.handle)
        for number in self.watched:
            self.loop.changed(number)

    def handle(self, one, events):
        if events & select.POLLIN:
            self.heard.append((self.ones.index(one), one.near.recv(100)))
        if events & select.POLLOUT:
            self.heard.append((self.ones.index(one), "may send"))


@pytest.fixture
def scene():
    scene = Scene()
    yield scene
    for one in scene.ones:
        one.close()


def test_what_comes_is_handed_to_its_socket(scene):
    scene.ones[1].far.send(b"hello")

    scene.loop.turn(1)

    assert scene.heard == [(1, b"hello")]


def test_only_who_is_spoken_to_is_asked(scene):
    scene.loop.turn(0)
    idle, busy = scene.ones[0], scene.ones[1]
    asked_before = idle.asked

    for _ in range(10):
        busy.far.send(b"x")
        scene.loop.turn(1)

    assert len(scene.heard) == 10
    assert idle.asked == asked_before
    assert busy.asked > 10


def test_who_wants_nothing_rests_until_somebody_says_that_it_does(scene):
    scene.loop.turn(0)
    one = scene.ones[2]
    one.wants_in = False
    one.far.send(b"too early")

    scene.loop.turn(1)
    scene.loop.turn(0)
    rested, heard_meanwhile = one.resting, list(scene.heard)
    one.wants_in = True
    scene.loop.turn(0)
    unheard_before_it_was_told = not scene.heard
    scene.loop.changed(one.number)
    scene.loop.turn(1)

    assert (rested, heard_meanwhile, unheard_before_it_was_told) == (True, [], True)
    assert scene.heard == [(2, b"too early")]
    assert not one.resting


def test_a_hang_up_wakes_nobody_while_its_socket_rests(scene):
    scene.loop.turn(0)
    one = scene.ones[0]
    one.wants_in = False
    one.far.close()

    scene.loop.turn(1)
    asked_before = one.asked
    scene.loop.turn(0.01)

    assert one.asked == asked_before
    assert scene.heard == []


def test_who_is_done_while_it_is_put_to_rest_is_not_forgotten(scene):
    scene.loop.turn(0)
    one = scene.ones[0]
    one.wants_in = False
    one.far.send(b"more")

    def done_between_the_questions() -> None:
        one.wants_in = True  # by the thread that answers; it saw no `resting` yet

    one.on_asking = done_between_the_questions
    scene.loop.turn(1)

    assert scene.heard == [(0, b"more")]


def test_what_is_to_be_sent_is_waited_for_until_it_is_gone(scene):
    scene.loop.turn(0)
    one = scene.ones[1]
    one.wants_in, one.wants_out = False, True
    scene.loop.changed(one.number)

    scene.loop.turn(1)
    one.wants_in, one.wants_out = True, False
    scene.loop.turn(0)
    scene.loop.turn(0)
    one.far.send(b"next")
    scene.loop.turn(1)

    assert scene.heard == [(1, "may send"), (1, b"next")]


def test_a_socket_that_is_gone_is_left_alone(scene):
    scene.loop.turn(0)
    gone, other = scene.ones[0], scene.ones[1]
    del scene.watched[gone.number]
    gone.near.close()
    scene.loop.changed(gone.number)
    other.far.send(b"still here")

    scene.loop.turn(1)
    scene.loop.turn(0)

    assert scene.heard == [(1, b"still here")]


def test_a_new_socket_with_the_number_of_an_old_one_is_watched(scene):
    scene.loop.turn(0)
    old = scene.ones[0]
    old.far.send(b"last words")
    scene.watched.pop(old.number)
    old.close()
    new = Watched()
    assert new.number == old.number
    scene.ones[0] = new
    scene.watched[new.number] = new
    scene.loop.changed(new.number)
    new.far.send(b"first words")

    scene.loop.turn(1)

    assert scene.heard == [(0, b"first words")]
