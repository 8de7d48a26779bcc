"""What Zammad's error answers mean for the person who must act.

Zammad hides the reason of most errors from everyone who is no administrator
(`Error ID …: Please contact your administrator.`); then the usual causes are named instead:
https://docs.zammad.org/en/latest/api/intro.html
"""

from __future__ import annotations

import re
from http import HTTPStatus

from connectors.answers import Answer, asks_for_a_login, knows_no_such_host
from connectors.shapes import mapping, text
from plugin.domain.errors import DeskladderError, Refused, TicketGone, TryAgain

_MASKED = re.compile(r"Error ID (\S+):")
_LONGEST_REASON = 200
_OF_A_TICKET = re.compile(r"/(tickets|ticket_articles|tags|ticket_history|mentions)\b")
_TOKEN = "create a token with the permission ticket.agent in Zammad (Profile » Token Access)"
_TAGS = (
    "or, where Zammad 6 is set to take no new tags, create this one (Manage » Tags, or "
    "`deskladder install`)"
)
_OF_ADMINISTRATORS = {
    "/calendars": "admin.calendar",
    "/calendars_init": "admin.calendar",
    "/slas": "admin.sla",
    "/groups": "admin.group",
}


def judge(answer: Answer) -> DeskladderError:
    """The error for an answer of status 400 and above."""
    call, status = answer.call, answer.status
    reason = reason_of(answer)
    if status == HTTPStatus.UNAUTHORIZED and not is_zammads(answer):
        return asks_for_a_login(answer)
    if status == HTTPStatus.UNAUTHORIZED:
        return Refused(f"{call}: Zammad does not accept the token ({reason}): {_TOKEN}")
    if status == HTTPStatus.FORBIDDEN:
        return _forbidden(answer, reason)
    if status == HTTPStatus.NOT_FOUND:
        if not answer.is_json:
            return knows_no_such_host(answer)
        if "Couldn't find Ticket" in reason:
            return TicketGone(f"{call}: the ticket does not exist any more")
        return Refused(
            f"{call}: not found ({reason}); check that url is Zammad's own address, without a path"
        )
    if status in {HTTPStatus.CONFLICT, HTTPStatus.LOCKED}:
        return TryAgain(f"{call}: Zammad is busy with the same record ({status})")
    masked = _MASKED.search(reason)
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return _failed(answer, masked)
    if masked:
        return Refused(
            f"{call}: Zammad refused the change and shows its reason to administrators only (Error ID "
            f"{masked[1]} in its production.log). Usual causes: the state or group is not selectable "
            "for the service user (core workflow), a field is mandatory, the new owner of a closed "
            "ticket has no full access to its group"
        )
    return Refused(f"{call}: Zammad refused it ({status}): {reason}")


def is_zammads(answer: Answer) -> bool:
    """False for an answer of something in front of it."""
    return answer.is_json or "x-failure" in answer.headers


def reason_of(answer: Answer) -> str:
    """Zammad's own words, shortened; never the text of a page."""
    body = mapping(answer.body)
    words = text(body.get("error_human")) or text(body.get("error"))
    words = words or answer.headers.get("x-failure", "") or f"status {answer.status}"
    return " ".join(words.split())[:_LONGEST_REASON]


def _forbidden(answer: Answer, reason: str) -> DeskladderError:
    call = answer.call
    if "Maintenance mode" in reason:
        return TryAgain(f"{call}: Zammad is in maintenance mode", after=60.0)
    if "API token access disabled" in reason:
        return Refused(f"{call}: switch on token access in Zammad (System » API)")
    if not is_zammads(answer):
        return Refused(f"{call}: something in front of Zammad forbids it (403), such as a firewall")
    if "Authentication required" in reason:
        return Refused(f"{call}: Zammad got no token: {_TOKEN}; a proxy may drop the header")
    permission = _OF_ADMINISTRATORS.get(call.path)
    if permission and "Not authorized" in reason:
        return Refused(
            f"{call}: this needs the permission {permission}: create a token with it in Zammad "
            "(Profile » Token Access) as a user whose roles have it, such as Admin"
        )
    if "(token)" in reason:
        return Refused(f"{call}: the token lacks a permission: {_TOKEN}")
    if "(user)" in reason:
        return Refused(f"{call}: the service user lacks a permission: give it the role Agent")
    if reason == "Not authorized" and _OF_A_TICKET.search(call.path):
        if not call.writes:
            return TicketGone(
                f"{call}: the service user may not see this ticket; give it full access to the "
                "ticket's group"
            )
        tags = f", {_TAGS}" if call.path == "/tags/add" else ""
        return Refused(
            f"{call}: the service user may read this ticket at most; give it full access to the "
            f"ticket's group{tags}"
        )
    return Refused(f"{call}: Zammad forbids it: {reason}")


def _failed(answer: Answer, masked: re.Match[str] | None) -> DeskladderError:
    call = answer.call
    number = f" (Error ID {masked[1]} in its production.log)" if masked else ""
    if call.path.endswith("/search"):
        return Refused(f"{call}: Zammad cannot run this search{number}; its version may be too old")
    return TryAgain(
        f"{call}: Zammad stumbled over an error of its own{number}", ambiguous=call.writes
    )
