"""`${VARIABLE}` and `${file:/path}` in values; `$${` stands for a literal `${`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import field
from difflib import get_close_matches
from pathlib import Path

from plugin.configuration.document import Span
from plugin.configuration.problems import Problem
from plugin.configuration.scalars import Concealed
from plugin.domain.dataclass import dataclass

_REFERENCE = re.compile(r"\$\$\{|\$\{([^}]*)\}|\$\{")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*", re.ASCII)
_LARGEST_FILE = 65_536


@dataclass(slots=True)
class Variables:
    """Fills variables in and remembers every value, so that none of them is ever shown."""

    environ: Mapping[str, str]
    values: dict[str, str] = field(default_factory=dict)  # reference as written → value
    files: set[Path] = field(default_factory=set)
    problems: list[Problem] = field(default_factory=list)

    def expand(self, text: str, span: Span, path: str) -> str:
        """The text with its variables filled in; what cannot be filled in becomes a problem."""
        hidden = False

        def fill(match: re.Match[str]) -> str:
            nonlocal hidden
            if match[0] == "$${":
                return "${"
            hidden = True
            return self._value(match, span, path)

        filled = _REFERENCE.sub(fill, text)
        return Concealed(filled, text) if hidden else filled

    def _value(self, match: re.Match[str], span: Span, path: str) -> str:
        reference, name = match[0], match[1]
        if reference in self.values:
            return self.values[reference]
        if name is None:
            self._refuse(span, path, "expected '}' after '${'", "write $${ for a literal ${")
            return ""
        if name.startswith("file:"):
            value = self._from_file(name.removeprefix("file:").strip(), span, path)
        elif _NAME.fullmatch(name):
            value = self._from_environment(name, span, path)
        else:
            self._refuse(
                span,
                path,
                f"expected a variable name, got '{reference}'",
                "write ${NAME} or ${file:/path/of/a/file}; $${ stands for a literal ${",
            )
            return ""
        if value:
            self.values[reference] = value
        return value

    def _from_environment(self, name: str, span: Span, path: str) -> str:
        value = self.environ.get(name)
        if value:
            return value
        state = "is not set" if value is None else "is empty"
        similar = get_close_matches(name, list(self.environ), n=1, cutoff=0.8)
        self._refuse(
            span,
            path,
            f"expected a value, but the variable {name} {state}",
            f"set it where Deskladder is started: {name}=…",
            guess=similar[0] if value is None and similar else None,
        )
        return ""

    def _from_file(self, name: str, span: Span, path: str) -> str:
        if not name:
            self._refuse(span, path, "expected a path after 'file:', got nothing")
            return ""
        try:
            file = span.source.directory / name
            self.files.add(file)
            with file.open("rb") as stream:
                data = stream.read(_LARGEST_FILE + 1)
            if len(data) > _LARGEST_FILE:
                self._refuse(
                    span, path, f"expected a short file, but {name!r} is larger than 64 kB"
                )
                return ""
            value = data.decode("utf-8-sig").rstrip("\r\n")
        except UnicodeDecodeError:
            self._refuse(span, path, f"expected a text file (UTF-8), but {name!r} is not")
            return ""
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or "the path is not valid"
            self._refuse(
                span,
                path,
                f"expected a readable file, but {name!r} cannot be read: {reason}",
                "check the path and who may read the file",
            )
            return ""
        if not value.strip():
            self._refuse(span, path, f"expected a value, but the file {name!r} is empty")
            return ""
        return value

    def _refuse(
        self,
        span: Span,
        path: str,
        message: str,
        remedy: str | None = None,
        *,
        guess: str | None = None,
    ) -> None:
        self.problems.append(span.problem(path, message, guess=guess, remedy=remedy))
