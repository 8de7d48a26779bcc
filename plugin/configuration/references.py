"""What one part of the file says about another: names that must exist, values that must differ."""

from __future__ import annotations

from difflib import get_close_matches
from typing import Any

from plugin.configuration.document import Block, Items
from plugin.configuration.fields import Complaint
from plugin.configuration.findings import Findings
from plugin.configuration.surroundings import action_lists, calls_of


def check_defaults(root: Block, findings: Findings) -> None:
    """The default calendar exists, and what needs a calendar has one."""
    defaults = _block(root, "defaults")
    calendars = _block(root, "calendars")
    name = defaults.get("calendar")
    if isinstance(name, str) and name not in calendars:
        known = ", ".join(calendars) or "one defined under calendars:"
        findings.complain(("defaults", "calendar"), Complaint(f"one of {known}", tuple(calendars)))
    promise = defaults.get("promise")
    if isinstance(promise, str) and "bd" in promise.lower() and name is None:
        findings.complain(
            ("defaults", "promise"),
            Complaint(
                "a duration of real time, because there is no default calendar",
                remedy="business days are those of a calendar: set defaults.calendar",
            ),
        )


def check_rule_names(root: Block, findings: Findings) -> None:
    """A rule's name is its identity: two must not share one."""
    seen: dict[str, int] = {}
    for index, rule in enumerate(_items(root, "rules")):
        name = rule.get("name") if isinstance(rule, Block) else None
        if not isinstance(name, str):
            continue
        if name in seen:
            first = findings.locate(("rules", seen[name], "name")).span.place
            findings.complain(
                ("rules", index, "name"),
                Complaint(
                    f"a name of its own, but the rule at {first} has the same",
                    remedy="rename one: Deskladder tells rules apart by their names",
                ),
            )
        seen.setdefault(name, index)


def check_teams(root: Block, findings: Findings) -> None:
    """Two teams with one group would tie: nobody could say whose ticket it is."""
    seen: dict[str, str] = {}
    for name, team in _block(root, "teams").items():
        group = team.get("group") if isinstance(team, Block) else None
        if not isinstance(group, str):
            continue
        key = group.strip().casefold()
        if key in seen:
            findings.complain(
                ("teams", name, "group"),
                Complaint(
                    f"a group of its own, but team {seen[key]!r} has the same",
                    remedy="keep one of the two teams, or give the other its own group",
                ),
            )
        seen.setdefault(key, name)


def check_helpdesks(root: Block, findings: Findings) -> None:
    """Two entries for one installation would do everything twice."""
    seen: dict[str, str] = {}
    for name, helpdesk in _block(root, "helpdesks").items():
        url = helpdesk.get("url") if isinstance(helpdesk, Block) else None
        if not isinstance(url, str):
            continue
        key = url.strip().rstrip("/").casefold()
        if key in seen:
            findings.complain(
                ("helpdesks", name, "url"),
                Complaint(
                    f"an address of its own, but helpdesk {seen[key]!r} has the same",
                    remedy="one installation is one helpdesk: everything would be done twice",
                ),
            )
        seen.setdefault(key, name)
        _warn_about_secrets(name, helpdesk, findings)
        if url.startswith("http://") and not _is_local(url):
            findings.warn(
                ("helpdesks", name, "url"), "sends the token unencrypted: https:// would not"
            )


def check_groups(root: Block, findings: Findings) -> None:
    """A group that is nearly a team's group is probably meant to be that group.

    Which groups exist only the helpdesk knows, so this is a warning.
    """
    groups = {
        team["group"].strip()
        for team in _block(root, "teams").values()
        if isinstance(team, Block) and isinstance(team.get("group"), str)
    }
    for path, do in action_lists(root):
        for index, name, group in calls_of(do):
            if name != "group" or not isinstance(group, str) or group.strip() in groups:
                continue
            similar = get_close_matches(group.strip(), groups, n=1, cutoff=0.8)
            if similar:
                findings.warn(
                    (*path, index, "group"),
                    f"names the group {group!r}, which no team has",
                    guess=similar[0],
                )


def _warn_about_secrets(name: str, helpdesk: Block, findings: Findings) -> None:
    from plugin.configuration.scalars import Concealed

    for key in ("token", "webhook_secret"):
        value = helpdesk.get(key)
        if isinstance(value, str | int) and not isinstance(value, Concealed):
            findings.warn(
                ("helpdesks", name, key),
                "stands in the file as it is: anybody who can read the file can use it; "
                f"write ${{{key.upper()}}} or ${{file:/run/secrets/{key}}}",
            )


def _is_local(url: str) -> bool:
    from urllib.parse import urlsplit

    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        return True
    return host in {"localhost", "127.0.0.1", "::1"} or "." not in host


def _block(root: Block, key: str) -> dict[str, Any]:
    value = root.get(key)
    return value if isinstance(value, Block) else {}


def _items(root: Block, key: str) -> list[Any]:
    value = root.get(key)
    return value if isinstance(value, Items) else []
