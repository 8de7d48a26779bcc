"""Write conditions.md, actions.md and placeholders.md from the docstrings of the code: `make docs`."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from pathlib import Path

from plugin import actions, conditions
from plugin.texts.templates import PLACEHOLDERS

HERE = Path(__file__).parent
NOTE = "<!-- Written by `make docs` from the docstrings of the code; edit those. -->"
CONDITIONS = """# Conditions

What may stand in `when`. Conditions nest in `all`, `any` and `none`; a mapping with several keys means *all*.
A value may be one thing, a list (*any of*), or `{operator: operand}`.
Durations: `30m`, `4h` and `2bd` (business days) are counted in open time of the default calendar when there is one, `7d` is real time.
"""
ACTIONS = """# Actions

What may stand in `do`. An entry has exactly one action. Within one firing, writes that can be repeated come first, then the note, then other systems, then the
customer's reply, whatever the order in the file.
"""


TEXTS = """# Placeholders

What `{{ … }}` may name in notes, replies, and the texts of `notify` and `webhook`. Texts may also use `{% if … %}` and one level of `{% for … %}`; anything else is refused by
`deskladder check`. What a customer wrote is escaped. A sentence whose promise cannot be kept is left out.
"""


def placeholders() -> str:
    """The table of placeholders."""
    rows = [f"| `{{{{ {name} }}}}` | {meaning} |" for name, meaning in PLACEHOLDERS.items()]
    return "\n".join([TEXTS.strip(), "", NOTE, "", "| | |", "|---|---|", *rows]) + "\n"


def page(introduction: str, modules: Mapping[str, object]) -> str:
    """One page: a heading for each word; modules that answer to several words are explained once."""
    parts = [introduction.strip(), NOTE]
    explained: dict[int, str] = {}
    for word, module in sorted(modules.items()):
        parts.append(f"## {word}")
        if id(module) in explained:
            parts.append(f"See [{explained[id(module)]}](#{anchor(explained[id(module)])}).")
            continue
        explained[id(module)] = word
        parts.append(inspect.cleandoc(module.__doc__ or ""))
    return "\n\n".join(parts) + "\n"


def anchor(word: str) -> str:
    """The anchor Markdown gives to a heading."""
    return "".join(char for char in word.lower() if char.isalnum() or char in "-_")


def pages() -> dict[str, str]:
    """File name → text."""
    return {
        "conditions.md": page(CONDITIONS, conditions.registry()),
        "actions.md": page(ACTIONS, actions.registry()),
        "placeholders.md": placeholders(),
    }


if __name__ == "__main__":
    for name, text in pages().items():
        (HERE / name).write_text(text, encoding="utf-8")
