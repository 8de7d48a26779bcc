"""What each type of helpdesk can never do, however it is set up: known without asking it.

What depends on the installation (modules, permissions, existing groups) is asked live by `doctor`.
Sources: Zammad's REST API; FreeScout's *API & Webhooks* module (no endpoint for following a
conversation, no priority of its own, tags stored in lower case and compared without accents).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import field
from typing import Any

from plugin.configuration.fields import Complaint
from plugin.domain.dataclass import dataclass
from plugin.domain.helpdesk import Ability
from plugin.domain.standing_for import settable
from plugin.domain.ticket import Priority

_FREESCOUT_STATES = ("active", "pending", "closed", "spam")
_FREESCOUT_TAG = re.compile(r"[ -~]{1,100}")


@dataclass(frozen=True, slots=True)
class Host:
    """A type of helpdesk. `lacks` maps an ability it has not to (why, what to do instead)."""

    type: str
    title: str
    lacks: Mapping[Ability, tuple[str, str]] = field(default_factory=dict)


_NO_PRIORITY = (
    "FreeScout has no priority of its own",
    "name a tag or a custom field for each priority under `priority:` of this helpdesk",
)
_HOSTS = (
    Host("zammad", "Zammad"),
    Host(
        "freescout",
        "FreeScout",
        {
            Ability.SUBSCRIBE: (
                "FreeScout's API cannot make anybody follow a conversation",
                "use `notify:` to tell people, or `assign:`",
            ),
            Ability.ORGANIZATION: (
                "FreeScout knows no organizations",
                "use customer.domain: the part of the address behind the @",
            ),
            Ability.VIP: (
                "FreeScout does not mark customers as VIP",
                "use customer.email or customer.domain with a list",
            ),
        },
    ),
)
CONDITION_NEEDS: Mapping[str, Ability] = {
    "customer.organization": Ability.ORGANIZATION,
    "customer.vip": Ability.VIP,
    "priority": Ability.PRIORITY,
}
"""Words of `when` that ask for something not every host has."""

HOSTS: Mapping[str, Host] = {host.type: host for host in _HOSTS}


def lacking(host_type: str, options: Mapping[str, Any], ability: Ability) -> tuple[str, str] | None:
    """(why, what to do) when a helpdesk set up like this can never do it."""
    if host_type == "freescout" and ability is Ability.PRIORITY and "priority" not in options:
        return _NO_PRIORITY
    host = HOSTS.get(host_type)
    return host.lacks.get(ability) if host else None


def priority_fault(
    name: str, host_type: str, options: Mapping[str, Any], word: str
) -> Complaint | None:
    """What is wrong with a priority for which nothing stands in the file, on a host without any."""
    kept = options.get("priority")
    if host_type != "freescout" or not isinstance(kept, Mapping):
        return None
    key = "tags" if "tags" in kept else "values"
    marks, words = kept.get(key), {priority.word: priority for priority in Priority}
    if word not in words or not isinstance(marks, Mapping):
        return None
    marked = {words[one] for one in marks if one in words}
    able = settable(marked, may_be_unmarked=key == "tags")
    if words[word] in able:
        return None
    known = [priority.word for priority in sorted(able)]
    noun = "tag" if key == "tags" else f"value of the field {str(kept.get('field'))!r}"
    return Complaint(
        f"one of {', '.join(known)}, which {name!r} can show",
        got=f"{word!r}, for which no {noun} stands there",
        remedy=f"add {word}: … to helpdesks.{name}.priority.{key}, the {noun} for it",
    )


def tag_fault(host_type: str, tag: str) -> Complaint | None:
    """What is wrong with a tag this host would not keep as it is written."""
    if host_type != "freescout":
        return None
    if _FREESCOUT_TAG.fullmatch(tag) and tag == tag.lower():
        return None
    from plugin.domain.folding import fold

    guess = fold(tag)[:100]
    expected = "a tag in lower-case ASCII letters: FreeScout changes or mixes up all others"
    return Complaint(expected, guess=guess if _FREESCOUT_TAG.fullmatch(guess) else None)


def state_fault(host_type: str, state: str) -> Complaint | None:
    """What is wrong with a state this host can never have; Zammad's are made by its admins."""
    if host_type != "freescout" or state.strip().lower() in _FREESCOUT_STATES:
        return None
    guess = {"open": "active", "new": "active"}.get(state.strip().lower())
    return Complaint(
        f"one of FreeScout's states {', '.join(_FREESCOUT_STATES)}",
        _FREESCOUT_STATES,
        guess=guess,
    )
