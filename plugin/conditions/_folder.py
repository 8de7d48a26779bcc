"""A folder in which each file is a word of the configuration, imported when somebody uses the word."""

from __future__ import annotations

import pkgutil
from collections.abc import Iterator, Mapping, Sequence
from importlib import import_module
from typing import Any


class WordFolder(Mapping[str, Any]):
    """The modules of one package, by word: the file's name, or what its `KEYS` says.

    A file with `KEYS` is called as its keys are, with `_` for the dots (`customer.vip` stands in
    `customer_vip.py`) and without the star of a family. So a word leads to its file, and most files
    are never imported: only going through all words imports them all. Raises RuntimeError for a
    word that two files define, or a file without a docstring.
    """

    def __init__(self, package: str, path: Sequence[str]) -> None:
        self._package = package
        self._files = {info.name for info in pkgutil.iter_modules(path) if info.name[0] != "_"}
        self._found: dict[str, Any] = {}
        self._is_whole = False

    def __getitem__(self, word: str) -> Any:
        if word not in self._found:
            file = word.removesuffix(".*").replace(".", "_")
            if file in self._files:
                self._import(file)
        return self._found[word]

    def __iter__(self) -> Iterator[str]:
        return iter(self._all())

    def __len__(self) -> int:
        return len(self._all())

    def _all(self) -> Mapping[str, Any]:
        if not self._is_whole:
            for file in sorted(self._files):
                self._import(file)
            self._is_whole = True
        return dict(sorted(self._found.items()))

    def _import(self, file: str) -> None:
        module = import_module(f"{self._package}.{file}")
        for word in getattr(module, "KEYS", (file,)):
            if self._found.setdefault(word, module) is not module or not module.__doc__:
                message = f"{self._package}: {word!r} is defined twice, or has no docstring"
                raise RuntimeError(message)
