"""Sentences of the engine in the language of the note: made in English, where decisions are made.

Verdicts, outcomes of actions and steps of a ladder are short sentences of known shapes; each shape
has its counterpart in `reasons_words`. A sentence, or the part of one, that has none stays English.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Final

from plugin.domain.dataclass import dataclass
from plugin.texts.reasons import METRIC
from plugin.texts.reasons_words import JOINTS, NOUNS, OTHERS, SHAPES

_SLOT = re.compile(r"\{([a-z]+)(!?)\}")
_SLOTS: Final = {"count": r"\d+|no", "who": r"[^(),;]+?", "field": r"field\..+?"}
"""What may stand in some slots; anything may in the others."""

_DEEPEST: Final = 8
_LONGEST: Final = 1_000


def say_in(language: str, english: str) -> str:
    """The sentence in this language, without its region; in English where we have no words for it."""
    if language not in OTHERS or not english or len(english) > _LONGEST:
        return english
    return _Saying(language).say(english, 0)


@dataclass(frozen=True, slots=True)
class _Shape:
    """One sentence with slots. `nested` names the slots that hold sentences themselves."""

    pattern: re.Pattern[str]
    said: str
    nested: frozenset[str]
    is_joined: bool


@dataclass(frozen=True, slots=True)
class _Saying:
    """One language."""

    language: str

    def say(self, english: str, depth: int) -> str:
        """Sentence by sentence, each by its shape; lists of words within one come last."""
        if depth > _DEEPEST:
            return english
        joints = JOINTS[self.language]
        return (
            self._by_shape(english, depth, joined=True)
            or self._by_parts(english, "; ", joints["; "], depth)
            or self._by_parts(english, " and ", joints[" and "], depth)
            or self._by_shape(english, depth, joined=False)
            or self._by_parts(english, ", ", joints[", "], depth)
            or english
        )

    def _by_shape(self, english: str, depth: int, *, joined: bool) -> str:
        """The first shape that fits; `joined` are those that hold a joint in themselves."""
        for shape in _shapes(self.language):
            if shape.is_joined is joined and (found := shape.pattern.fullmatch(english)):
                return self._fill(shape, found.groupdict(), depth)
        return ""

    def _by_parts(self, english: str, joint: str, said: str, depth: int) -> str:
        parts = _parts(english, joint)
        if len(parts) == 1:
            return ""
        others = [self.say(part, depth + 1) for part in parts]
        # What a person typed, and what we have no words for, is left whole.
        return said.join(others) if others != parts else ""

    def _fill(self, shape: _Shape, slots: Mapping[str, str], depth: int) -> str:
        filled = {
            name: self.say(text, depth + 1) if name in shape.nested else self._word(name, text)
            for name, text in slots.items()
        }
        return _SLOT.sub(lambda slot: filled[slot[1]], shape.said)

    def _word(self, slot: str, text: str) -> str:
        """Words of ours inside a sentence; what the file or a person named stays as it is."""
        is_ours = slot in {"noun", "metric"} or METRIC.fullmatch(text)
        return NOUNS[self.language].get(text, text) if is_ours else text


@cache
def _shapes(language: str) -> Sequence[_Shape]:
    place = list(OTHERS).index(language) + 1
    return tuple(_shape(shape[0], shape[place]) for shape in SHAPES)


def _shape(english: str, said: str) -> _Shape:
    nested = frozenset(slot[1] for slot in _SLOT.finditer(english) if slot[2])
    pattern = ""
    end = 0
    for slot in _SLOT.finditer(english):
        pattern += re.escape(english[end : slot.start()]) + _slot_pattern(slot[1])
        end = slot.end()
    pattern += re.escape(english[end:])
    is_joined = " and " in english or "; " in english
    return _Shape(re.compile(pattern, re.DOTALL), said, nested, is_joined)


def _slot_pattern(name: str) -> str:
    if name in {"noun", "metric"}:
        known = sorted(NOUNS["de"], key=len, reverse=True)
        return f"(?P<{name}>{'|'.join(map(re.escape, known))})"
    return f"(?P<{name}>{_SLOTS.get(name, '.+?')})"


def _parts(text: str, joint: str) -> list[str]:
    """Cut at the joint, but not inside quotes or brackets."""
    parts, start, depth = [], 0, 0
    index = 0
    while index < len(text):
        char = text[index]
        if char in "\u2018(":
            depth += 1
        elif char in "\u2019)" and depth:
            depth -= 1
        elif depth == 0 and text.startswith(joint, index):
            parts.append(text[start:index])
            start = index = index + len(joint)
            continue
        index += 1
    return [*parts, text[start:]]
