"""Paths to functions."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Generic, TypeVar

F = TypeVar("F", bound=Callable[..., object])


class Routes(Generic[F]):
    """Patterns such as `/tickets/{id}`; each `{…}` is one path segment, given as text."""

    def __init__(self) -> None:
        self._routes: dict[str, list[tuple[re.Pattern[str], F]]] = {}

    def on(self, method: str, pattern: str) -> Callable[[F], F]:
        """Register a function for a method and a pattern."""
        compiled = re.compile(re.sub(r"\{\w+\}", "([^/]+)", pattern) + "/?$")

        def register(function: F) -> F:
            self._routes.setdefault(method, []).append((compiled, function))
            return function

        return register

    def add(self, other: Routes[F]) -> None:
        """Take over the routes of another table."""
        for method, routes in other._routes.items():
            self._routes.setdefault(method, []).extend(routes)

    def find(self, method: str, path: str) -> Iterator[tuple[F, tuple[str, ...]]]:
        """The function for a call and the segments it asked for; nothing when unknown."""
        for pattern, function in self._routes.get(method, ()):
            match = pattern.match(path)
            if match:
                yield function, match.groups()
                return
