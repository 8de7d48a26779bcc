"""Parts that several notes share: a line `[why]` stands for the part of that name."""

from __future__ import annotations

import re
from collections.abc import Mapping

_REFERENCE = re.compile(r"^\[([a-z]+)\]\n", re.MULTILINE)


def with_pieces(texts: Mapping[str, str], pieces: Mapping[str, str]) -> dict[str, str]:
    """The texts with their parts put in. Raises `KeyError` for a part that is missing."""
    return {
        name: _REFERENCE.sub(lambda found: pieces[found[1]], text) for name, text in texts.items()
    }
