"""The words of templates: placeholders, what can be repeated over, filters."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

PLACEHOLDERS: Final[Mapping[str, str]] = {
    "ticket.number": "the number people see",
    "ticket.subject": "the subject, on one line",
    "ticket.url": "the ticket's page for agents",
    "ticket.group": "the group's name",
    "ticket.owner": "the owner's name, empty when nobody owns it",
    "ticket.priority": "low, normal, high or urgent; empty when the helpdesk has none",
    "ticket.state": "the state's name",
    "ticket.tags": "a list: all tags",
    "ticket.created_at": "when it was created, in words",
    "ticket.channel": "email, phone, chat, web, social …",
    "customer.name": "the customer's full name",
    "customer.first_name": "the first word of the name",
    "customer.email": "the customer's address",
    "customer.organization": "the customer's organisation",
    "agent.name": "the same as ticket.owner",
    "promise_at": "until when an answer is promised (defaults.promise), local time in words",
    "now": "the present moment, local time in words",
    "sla": "the SLA policy of the clock: the one the rule fired on, else the one due first",
    "metric": "what that clock measures, in words: first response, next response …",
    "due_at": "until when, local time in words; empty while it is paused",
    "remaining": "the open time left until then, in words; empty when it is late or has stopped",
    "breached_by": "the open time it is late by, in words; empty when it is not",
    "rule": "the rule's name",
    "reason": "why the rule fired, in words",
    "earlier": "a list: the customer's earlier tickets, each with number, url, created_at",
    "done": "a list: what this rule did to the ticket, in words",
    "skipped": "a list: what this rule left undone and why, in words",
    "cases": "a list: the ticket's records in other systems that `webhook` made, each with system (the webhook's name) and reference (its id)",
    "late": "when this should have been said, when that is more than ten minutes ago; else empty",
    "team": "the team of the ticket's group",
    "lead": "that team's lead",
    "authority": "what that team may decide itself",
    "helpdesk": "the helpdesk's name in the file",
    "policy": "the escalation policy's name; this and what follows is empty outside a ladder",
    "level": "the level's number, 0 for the hint",
    "level_name": "the level's name in the file",
    "kind": "functional or hierarchical",
    "phase": "how the escalation stands, in words: open, acknowledged by Ana, snoozed …",
    "responsible": "who has the level, by name; empty when nobody could be found",
    "ack_by": "until when the level is to be acknowledged, in words: today 16:00",
    "ack_within": "how long the level has for that, in open time, in words",
    "resolve_by": "until when the ticket is to be solved on this level, in words",
    "next_level": "the number of the level that follows when nothing is done; empty after the last",
    "next_responsible": "who has that level, in words",
    "next_at": "when it follows, local time in words",
    "until": "until when a snooze lasts, or an acknowledgement without any work, in words",
    "by": "who did this step: acknowledged, handed back, snoozed",
    "because": "why this step was taken, in words",
    "causes": "a list: why there is an escalation, each with rule, reason, why, by, at",
    "had": "a list: who had the ticket in this escalation before",
    "skipped_levels": "a list: the numbers of levels passed over because their time was up",
    "undone": "a list: what was put back, in words",
    "script": "what the level's `script` says",
    "link": "the level's `link`",
    "command": "the command in a note that this answers",
    "answer": "the answer to it",
    "ack_url": "the signed link to acknowledge with, for the person told; only in notifications",
}
"""Every placeholder and what it holds."""

LISTS: Final[Mapping[str, tuple[str, ...]]] = {
    "earlier": ("number", "url", "created_at"),
    "ticket.tags": (),
    "done": (),
    "skipped": (),
    "cases": ("system", "reference"),
    "causes": ("rule", "reason", "why", "by", "at"),
    "had": (),
    "skipped_levels": (),
    "undone": (),
}
"""What `for` may go over, and the parts of one item; none: the item is a text."""

FILTERS: Final = (
    *("upper", "lower", "capitalize", "title", "trim", "length", "first", "last"),
    *("join", "default", "truncate", "e", "escape"),
)
