"""Which language a customer writes, from a few sentences."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from threading import Lock
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from py3langid.langid import LanguageIdentifier

_RIVALS = frozenset(
    {"cs", "da", "de", "en", "es", "fi", "fr", "hu", "it", "nl", "no", "pl", "pt"}
) | {
    *("ro", "ru", "sv", "tr", "uk", "el", "ar", "he", "ja", "ko", "zh"),
}
"""Languages that may win although no reply is written in them: then the answer is "unsure"."""

_LEAST_LETTERS = 12
_LEAST_SHARE = 0.7
_LOOK_AT = 1500
_NOISE = re.compile(r"https?://\S+|www\.\S+|\S+@\S+|[\d#*_<>|=/\\-]+")
_LETTER = re.compile(r"[^\W\d_]")
_loading = Lock()


def detect(text: str, allowed: Sequence[str]) -> str | None:
    """The language of `text` among `allowed`; None when unsure, too short, or another language.

    Codes may carry a region (`nl-NL` stands for `nl`); the one given is returned. Addresses and
    numbers are ignored, and only the first 1500 characters are looked at. The first call loads a
    model of about 50 MB, which is why nothing calls this before a ticket needs it.
    """
    by_base = {base_language(code): code for code in reversed(allowed)}
    words = " ".join(_NOISE.sub(" ", text[:_LOOK_AT]).split())
    if not by_base or sum(1 for _ in _LETTER.finditer(words)) < _LEAST_LETTERS:
        return None
    identifier = _identifier(frozenset(by_base) - _RIVALS)
    language, share = identifier.classify(words)
    return by_base.get(language) if share >= _LEAST_SHARE else None


def base_language(code: str) -> str:
    """`nl` for `nl`, `nl-NL`, `nl_BE`, `NL`; `nb` and `nn` count as `no`."""
    base = re.split(r"[-_]", code.strip().lower(), maxsplit=1)[0]
    return "no" if base in {"nb", "nn"} else base


def _identifier(others: frozenset[str]) -> LanguageIdentifier:
    with _loading:
        return _load(others)


@lru_cache(maxsize=2)
def _load(others: frozenset[str]) -> LanguageIdentifier:
    """The model for the rivals and `others`, without its columns for a hundred more languages."""
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    whole = LanguageIdentifier.from_model_file(MODEL_FILE)
    whole.set_languages((_RIVALS | others) & set(whole.labels))
    return LanguageIdentifier(
        whole.nb_ptc,
        whole.nb_pc,
        whole.nb_classes,
        whole.tk_nextmove,
        whole.tk_output,
        norm_probs=True,
        tk_row=whole.tk_row,
    )
