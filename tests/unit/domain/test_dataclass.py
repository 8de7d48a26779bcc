"""Our decorator makes what the standard library's makes."""

import copy
import dataclasses
import pickle
from dataclasses import FrozenInstanceError, field, fields, is_dataclass, replace
from typing import Any

import pytest

from plugin.domain.dataclass import dataclass

BOTH = {"standard": dataclasses.dataclass, "ours": dataclass}


def _plain(decorator: Any) -> Any:
    @decorator(frozen=True, slots=True)
    class Plain:
        """Says something."""

        first: int
        second: list[int] = field(default_factory=list)
        third: str = "x"
        silent: str = field(default="s", repr=False)
        apart: int = field(default=0, compare=False)
        named: int = field(default=7, kw_only=True)
        counted: int = field(init=False, default=3)
        unset: int = field(init=False)

        def __post_init__(self) -> None:
            object.__setattr__(self, "unset", self.first + 1)

    return Plain


def _changing(decorator: Any, *, slots: bool) -> Any:
    @decorator(slots=slots)
    class Changing:
        first: int
        second: int = 2

    return Changing


def _loose(decorator: Any) -> Any:
    @decorator(frozen=True)
    class Loose:
        first: int
        second: int = 2

    return Loose


@dataclass(frozen=True, slots=True)
class Kept:
    """At the top of a module, where pickle finds it."""

    first: int
    second: str = "two"


@pytest.mark.parametrize("decorator", BOTH.values(), ids=BOTH)
def test_a_frozen_class_takes_its_fields_defaults_and_factories(decorator: Any) -> None:
    plain = _plain(decorator)
    one, other = plain(1), plain(1, [2], third="y", named=8)

    assert (one.first, one.second, one.third, one.named, one.counted, one.unset) == (
        1,
        [],
        "x",
        7,
        3,
        2,
    )
    assert (other.second, other.third, other.named) == ([2], "y", 8)
    assert one.second is not plain(1).second
    assert repr(one).endswith(
        "Plain(first=1, second=[], third='x', apart=0, named=7, counted=3, unset=2)"
    )
    assert plain.__doc__ == "Says something."
    assert plain.__match_args__ == ("first", "second", "third", "silent", "apart")
    assert plain.__slots__ == tuple(one.name for one in fields(plain))
    assert is_dataclass(plain)
    assert plain.__init__.__qualname__ == f"{plain.__qualname__}.__init__"


@pytest.mark.parametrize("decorator", BOTH.values(), ids=BOTH)
@pytest.mark.parametrize(
    ("arguments", "named"), [((), {}), ((1, 2, 3, 4, 5, 6), {}), ((1,), {"other": 2})]
)
def test_wrong_arguments_are_refused(
    decorator: Any, arguments: tuple[int, ...], named: dict[str, int]
) -> None:
    plain = _plain(decorator)
    plain(1)
    with pytest.raises(TypeError, match="__init__"):
        plain(*arguments, **named)


@pytest.mark.parametrize("decorator", BOTH.values(), ids=BOTH)
def test_what_is_compared_and_hashed(decorator: Any) -> None:
    plain, loose = _plain(decorator), _loose(decorator)

    assert plain(1) == plain(1, apart=5)
    assert plain(1) != plain(2)
    assert plain(1) != loose(1)
    assert loose(1) == loose(1, 2)
    assert len({loose(1), loose(1), loose(2)}) == 2
    assert loose(1).__eq__(1) is NotImplemented
    with pytest.raises(TypeError, match="unhashable"):
        hash(plain(1))  # for its list


@pytest.mark.parametrize("decorator", BOTH.values(), ids=BOTH)
def test_a_frozen_one_stays_as_it_is(decorator: Any) -> None:
    for one in (_plain(decorator)(1), _loose(decorator)(1)):
        with pytest.raises(FrozenInstanceError, match="cannot assign to field 'first'"):
            one.first = 2
        with pytest.raises(FrozenInstanceError, match="cannot delete field 'first'"):
            del one.first
        assert one.first == 1
        assert replace(one, first=5).first == 5


@pytest.mark.parametrize("slots", [True, False], ids=["slots", "no slots"])
@pytest.mark.parametrize("decorator", BOTH.values(), ids=BOTH)
def test_another_may_be_changed_and_cannot_be_hashed(decorator: Any, slots: bool) -> None:
    one = _changing(decorator, slots=slots)(1)
    one.second = 3
    assert one == _changing_like(one)
    assert hasattr(one, "__dict__") is not slots
    with pytest.raises(TypeError, match="unhashable"):
        hash(one)


def _changing_like(one: Any) -> Any:
    return type(one)(1, 3)


def test_methods_of_the_class_itself_stay() -> None:
    @dataclass(frozen=True, slots=True)
    class Own:
        first: int

        def __repr__(self) -> str:
            return "mine"

        def __eq__(self, other: object) -> bool:
            return True

        def __hash__(self) -> int:
            return 1

    assert repr(Own(1)) == "mine"
    assert Own(1) == 3
    assert hash(Own(1)) == 1


def test_copied_and_pickled() -> None:
    one = Kept(1)
    assert copy.copy(one) == one == copy.deepcopy(one)
    assert pickle.loads(pickle.dumps(one)) == one  # noqa: S301  - our own


def test_methods_are_made_when_they_are_needed() -> None:
    made = _loose(dataclass)
    before = made.__init__
    made(1)
    assert made.__init__ is not before
    assert made.__init__.__code__.co_argcount == 3
