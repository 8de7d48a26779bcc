"""What the file asks of the helpdesks, worked out from the names it mentions. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from plugin.doctor.facts import webhook_url
from plugin.domain.examining import Needed
from plugin.domain.helpdesk import Ability
from plugin.domain.installing import Wanted
from plugin.domain.mentions import Mention, Thing, first_of, named
from plugin.domain.settings import Config, HelpdeskSettings
from plugin.domain.sla import Source

_NEEDS = {
    Thing.TAG: Ability.TAG,
    Thing.FIELD: Ability.FIELD,
    Thing.PRIORITY: Ability.PRIORITY,
    Thing.SUBSCRIPTION: Ability.SUBSCRIBE,
}


def needed(
    settings: HelpdeskSettings,
    config: Config,
    mentions: Sequence[Mention],
    *,
    url: str | None,
    now: datetime,
    since: datetime | None = None,
) -> Needed:
    """What one helpdesk has to offer."""
    return Needed(
        now=now,
        webhook_url=webhook_url(url, settings.name),
        groups=frozenset(named(mentions, Thing.GROUP)),
        sends_replies=first_of(mentions, Thing.REPLY) is not None,
        abilities=_abilities(settings, config, mentions),
        tags=frozenset(tags_set(config, mentions)),
        borrows_deadlines=any(entry.policy.source is Source.HELPDESK for entry in config.sla),
        since=since,
    )


def wanted(config: Config, mentions: Sequence[Mention], address: str, *, buttons: bool) -> Wanted:
    """What an installation has to bring about."""
    return Wanted(
        webhook_url=address,
        tags=tags_set(config, mentions),
        groups=named(mentions, Thing.GROUP),
        needs_fields=first_of(mentions, Thing.FIELD) is not None,
        sends_replies=first_of(mentions, Thing.REPLY) is not None,
        buttons=buttons_for(config) if buttons else {},
    )


def buttons_for(config: Config) -> dict[str, str]:
    """The commands that are worth a button, by their titles; none without ladders.

    A button cannot ask which policy is meant: without a matrix to choose, each policy has its own.
    """
    if not config.policies:
        return {}
    found = {"acknowledge": "/ack", "hand back": "/handback handed back with the button"}
    if config.matrix or len(config.policies) == 1:
        return {**found, "escalate": "/escalate"}
    return {**found, **{f"escalate to {name}": f"/escalate {name}" for name in config.policies}}


def tags_set(config: Config, mentions: Sequence[Mention]) -> list[str]:
    """Every tag that is set by rules and ladders, each once."""
    found = named(mentions, Thing.TAG, is_done=True)
    for policy in config.policies.values():
        if policy.tags:
            found.append("escalated")
            found += [f"esc-l{level.number}" for level in policy.levels if level.number]
    return list(dict.fromkeys(found))


def _abilities(
    settings: HelpdeskSettings, config: Config, mentions: Sequence[Mention]
) -> dict[Ability, str]:
    """Each ability with the place that needs it first."""
    found = {
        ability: str(mention.place)
        for thing, ability in _NEEDS.items()
        if (mention := first_of(mentions, thing))
    }
    if Ability.TAG not in found and tags_set(config, mentions):
        found[Ability.TAG] = "policies"
    priority = settings.options.get("priority") or {}
    place = found.get(Ability.PRIORITY)
    if place and settings.type == "freescout":
        stands_for = Ability.FIELD if priority.get("field") else Ability.TAG
        found.setdefault(stands_for, place)
    return found
