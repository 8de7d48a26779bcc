"""Tags: exact names, no webhook, only `updated_at` moves."""

from __future__ import annotations

from plugin.simulated.problems import Problem
from plugin.simulated.zammad.data import Data
from plugin.simulated.zammad.rows import Row


def add_tag(data: Data, ticket: Row, tag: str, by: int) -> None:
    """Tag a ticket: exact and case-sensitive; moves `updated_at` and nothing else."""
    name = tag.strip()
    if not name:
        raise Problem(422, "Attribute 'tag_item_id\" of relation \"tags' required!")
    data.tag_items.setdefault(name, len(data.tag_items) + 1)
    if name not in data.tags[ticket["id"]]:
        data.tags[ticket["id"]].append(name)
        data.log(ticket["id"], "added", by, attribute="tag", value_to=name)
        data.touch(ticket)


def remove_tag(data: Data, ticket: Row, tag: str, by: int) -> None:
    """Untag a ticket; a missing tag is no error."""
    name = tag.strip()
    if name in data.tags[ticket["id"]]:
        data.tags[ticket["id"]].remove(name)
        data.log(ticket["id"], "removed", by, attribute="tag", value_to=name)
        data.touch(ticket)
