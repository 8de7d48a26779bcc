"""A value computed on first use and kept, without the lock that costs more than most of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, TypeVar

T = TypeVar("T")


class once(Generic[T]):  # noqa: N801  - read as a word before a method, like property
    """Like `functools.cached_property`, whose lock Python 3.11 still takes at every first use.

    Two threads may compute the same value side by side; both get one that is right.
    """

    def __init__(self, compute: Callable[[Any], T]) -> None:
        self._compute = compute
        self._name = compute.__name__
        self.__doc__ = compute.__doc__

    def __get__(self, instance: Any, owner: type | None = None) -> T:
        value = self._compute(instance)
        # From now on the attribute is found here, and this is not asked again.
        instance.__dict__[self._name] = value
        return value
