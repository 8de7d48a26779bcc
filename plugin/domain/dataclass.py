"""The standard library's `dataclass`, at a seventh of its price to define.

A class made here is a dataclass to everybody: `field`, `fields`, `replace`, `is_dataclass`,
`match` and type checkers know it as one. The difference is when its methods are made. The standard
decorator writes and compiles five or six functions a class when the module is imported; a command
that imports two hundred classes to use thirty waits for them all, and keeps them in memory. Here
`__init__` is compiled with the first instance, and the others are shared.

Only what is used here: `frozen` and `slots`, no `InitVar`, no inheritance between dataclasses. For
anything else there is the standard one.
"""

from __future__ import annotations

import dataclasses
from dataclasses import FrozenInstanceError, fields
from operator import attrgetter
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dataclasses import dataclass as dataclass  # noqa: PLC0414  - so that it may be imported
else:

    def dataclass(*, frozen: bool = False, slots: bool = False) -> Any:
        """As `dataclasses.dataclass(frozen=frozen, slots=slots)`."""

        def decorate(cls: type) -> type:
            own = set(cls.__dict__)
            made = dataclasses.dataclass(init=False, repr=False, eq=False, slots=slots)(cls)
            methods = {
                "__init__": _first_init(made, frozen),
                "__repr__": _repr,
                "__eq__": _equal(made),
            }
            if frozen:
                methods |= _FROZEN | {"__hash__": _hash(made)}
            elif "__eq__" not in own:
                methods["__hash__"] = None
            for name, method in methods.items():
                if name not in own:
                    setattr(made, name, method)
            return made

        return decorate


def _first_init(cls: type, frozen: bool) -> Any:
    """An `__init__` that puts the compiled one in its own place when it is called first."""

    def first(self: Any, *args: Any, **kwargs: Any) -> None:
        cls.__init__ = compiled = _compiled_init(cls, frozen)  # type: ignore[misc]
        compiled(self, *args, **kwargs)

    return first


_ABSENT = object()


def _compiled_init(cls: Any, frozen: bool) -> Any:
    names: dict[str, Any] = {"_ABSENT": _ABSENT}
    positional: list[str] = ["self"]
    by_name: list[str] = []
    body: list[str] = []
    for one in fields(cls):
        name = one.name
        given = name
        has_default = one.default is not dataclasses.MISSING
        has_factory = one.default_factory is not dataclasses.MISSING
        if has_default:
            names[f"_default_{name}"] = one.default
        if has_factory:
            names[f"_make_{name}"] = one.default_factory
        if one.init:
            default = f"=_default_{name}" if has_default else "=_ABSENT" if has_factory else ""
            (by_name if one.kw_only else positional).append(name + default)
            if has_factory:
                given = f"_make_{name}() if {name} is _ABSENT else {name}"
        elif has_factory:
            given = f"_make_{name}()"
        elif has_default:
            given = f"_default_{name}"
        else:
            continue  # `__post_init__` sets it
        if not frozen:
            body.append(f" self.{name} = {given}")
            continue
        # Both ways pass by a frozen class's __setattr__, in half the time of object's.
        if hasattr(getattr(cls, name, None), "__set__"):
            names[f"_set_{name}"] = getattr(cls, name).__set__
            body.append(f" _set_{name}(self, {given})")
        else:
            body.append(f" self.__dict__[{name!r}] = {given}")
    if hasattr(cls, "__post_init__"):
        body.append(" self.__post_init__()")
    parameters = ", ".join([*positional, *(["*", *by_name] if by_name else [])])
    exec(f"def __init__({parameters}):\n" + "\n".join(body or [" pass"]), names)  # noqa: S102
    init = names["__init__"]
    init.__qualname__ = f"{cls.__qualname__}.__init__"
    return init


def _repr(self: Any) -> str:
    shown = (f"{one.name}={getattr(self, one.name)!r}" for one in fields(self) if one.repr)
    return f"{type(self).__qualname__}({', '.join(shown)})"


def _values(cls: Any, *, hashed: bool) -> Any:
    """What gives the compared fields of an instance: a tuple, or the value of a single one."""
    compared = [
        one.name
        for one in fields(cls)
        if (one.compare if one.hash is None or not hashed else one.hash)
    ]
    return attrgetter(*compared) if compared else lambda _: ()


def _equal(cls: type) -> Any:
    values = _values(cls, hashed=False)

    def equal(self: Any, other: object) -> Any:
        if other.__class__ is not self.__class__:
            return NotImplemented
        return values(self) == values(other)

    return equal


def _hash(cls: type) -> Any:
    values = _values(cls, hashed=True)

    return lambda self: hash(values(self))


def _no_set(_: Any, name: str, __: object) -> None:
    raise FrozenInstanceError(f"cannot assign to field {name!r}")


def _no_delete(_: Any, name: str) -> None:
    raise FrozenInstanceError(f"cannot delete field {name!r}")


def _state(self: Any) -> list[Any]:
    return [getattr(self, one.name) for one in fields(self)]


def _set_state(self: Any, state: list[Any]) -> None:
    for one, value in zip(fields(self), state, strict=True):
        object.__setattr__(self, one.name, value)


_FROZEN = {
    "__setattr__": _no_set,
    "__delattr__": _no_delete,
    "__getstate__": _state,
    "__setstate__": _set_state,
}
