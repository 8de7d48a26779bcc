"""From the file to a `Config`, or every mistake with its place.

`load` is the whole of it; `docs/file.md` describes the file, `docs/yaml.md` how it is read. The way of a file:
`inclusion` (read, merge) → `parsing` (YAML 1.2 → `document`, with places) → `schema` (shapes) → `rules`,
`texts`, `calendars`, `references` (meaning) → `building`. `findings` turns what they complain
about into problems, `masking` keeps secrets out of them.
"""

from __future__ import annotations

import plugin.conditions  # noqa: F401 - imports marshmallow in its thrifty way, so before the rest
from plugin.configuration.changes import describe_changes
from plugin.configuration.loading import load, load_with_files
from plugin.configuration.problems import ConfigProblems, Problem

__all__ = ["ConfigProblems", "Problem", "describe_changes", "load", "load_with_files"]
