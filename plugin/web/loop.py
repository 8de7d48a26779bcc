"""Waits for all connections at once, and looks only at those on which something happened.

The web server's own loop asks every connection what it waits for, whenever something happens on one
of them, and each answer wakes it to ask again: with thirty connections half of the receiver's
processor time. Here a connection is asked when something came on it, or when whoever answers its
request says that it wants something else now.
"""

from __future__ import annotations

import select
from collections import deque
from collections.abc import Callable, Mapping
from typing import Protocol

_IN = select.POLLIN | select.POLLPRI
_TROUBLE = select.POLLHUP | select.POLLERR | select.POLLNVAL


class Watched(Protocol):
    """One of the web server's sockets. `resting` is ours: see `Loop`."""

    accepting: bool
    resting: bool

    def readable(self) -> object:
        """Whether it wants what comes in."""
        ...

    def writable(self) -> object:
        """Whether it has something to send, or is to be closed."""
        ...


class Loop:
    """`watched` are the sockets by their file numbers, `handle` acts on the events of one of them.

    A socket stays registered for what it wanted last. When something comes that it does not want,
    because the request before is still being answered, it is taken off and is `resting`: then
    `changed` must be called once it wants it. All else is for the thread of the loop.
    """

    def __init__(
        self, watched: Mapping[int, Watched], handle: Callable[[Watched, int], None]
    ) -> None:
        self._watched = watched
        self._handle = handle
        self._poll = select.poll()
        self._registered: dict[int, int] = {}
        self._changed: deque[int] = deque()

    def changed(self, number: int) -> None:
        """Ask this socket anew before waiting; from any thread."""
        self._changed.append(number)

    def turn(self, timeout: float) -> None:
        """Wait for at most `timeout` seconds, and act on what came."""
        while self._changed:
            number = self._changed.popleft()
            if number in self._watched:
                self._watch(number, self._watched[number])
        for number, events in self._poll.poll(1000 * timeout):
            one = self._watched.get(number)
            wanted = self._watch(number, one) if one else self._register(number, 0)
            if one and wanted:
                self._handle(one, events & (wanted | _TROUBLE))
                self._watch_more(number)

    def _watch(self, number: int, one: Watched) -> int:
        """Register for what it wants now, neither more nor less."""
        wanted = _wanted(one)
        # Told first, then asked again: who is done in this moment sees one or is seen by the other.
        one.resting = not wanted
        if one.resting and (wanted := _wanted(one)):
            one.resting = False
        return self._register(number, wanted)

    def _watch_more(self, number: int) -> None:
        """After its events: a request that came whole stays registered, it will soon be answered."""
        one = self._watched.get(number)
        wanted = _wanted(one) if one else 0
        if not one or wanted & ~self._registered.get(number, 0):
            self._register(number, wanted)

    def _register(self, number: int, wanted: int) -> int:
        if wanted != self._registered.get(number, 0):
            if wanted:
                self._poll.register(number, wanted)
                self._registered[number] = wanted
            else:
                self._poll.unregister(number)
                del self._registered[number]
        return wanted


def _wanted(one: Watched) -> int:
    wanted = _IN if one.readable() else 0
    if one.writable() and not one.accepting:
        wanted |= select.POLLOUT
    return wanted
