"""What FreeScout's error answers mean for the person who must act."""

from __future__ import annotations

import re
from http import HTTPStatus

from connectors.answers import Answer, asks_for_a_login, knows_no_such_host
from connectors.shapes import mapping, rows, text
from plugin.domain.errors import DeskladderError, Refused, TicketGone, TryAgain

_LONGEST_REASON = 200
_CONVERSATION = re.compile(r"^/conversations/\d+(/|$)")
_MODULE = re.compile(r"^([A-Za-z ]+ module) is not installed")


def judge(answer: Answer) -> DeskladderError:
    """The error for an answer of status 400 and above."""
    call, status = answer.call, answer.status
    reason = reason_of(answer)
    if status == HTTPStatus.UNAUTHORIZED and not answer.is_json:
        return asks_for_a_login(answer)
    if status == HTTPStatus.UNAUTHORIZED:
        return Refused(
            f"{call}: FreeScout does not accept the API key; copy it from Manage » Settings » API & "
            "Webhooks (it changes with Regenerate, and with APP_KEY)"
        )
    if status == HTTPStatus.FORBIDDEN:
        return _forbidden(answer, reason)
    if status == HTTPStatus.NOT_FOUND:
        return _not_found(answer, reason)
    if status == HTTPStatus.METHOD_NOT_ALLOWED:
        return Refused(
            f"{call}: this FreeScout has no such function; the module API & Webhooks is missing or "
            "older than 1.0.67, or url is not FreeScout's own address"
        )
    if status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
        return Refused(f"{call}: the text is larger than PHP's post_max_size allows")
    if module := _MODULE.match(reason):
        return Refused(f"{call}: activate the {module[1]} in FreeScout (Manage » Modules)")
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return _failed(answer)
    return Refused(f"{call}: FreeScout refused it ({status}): {reason}")


def reason_of(answer: Answer) -> str:
    """FreeScout's own words, shortened: the first field error, else the message."""
    body = mapping(answer.body)
    errors = rows(mapping(body.get("_embedded")).get("errors"))
    words = text(errors[0].get("message")) if errors else ""
    words = words or text(body.get("message")) or f"status {answer.status}"
    return " ".join(words.split())[:_LONGEST_REASON]


def _not_found(answer: Answer, reason: str) -> DeskladderError:
    """Only the module's own 404 tells of a conversation: others say the same of all of them."""
    call = answer.call
    if not answer.is_json:
        return knows_no_such_host(answer)
    by_the_module = "_embedded" in mapping(answer.body) or reason == "Not Found"
    if _CONVERSATION.match(call.path) and by_the_module:
        return TicketGone(f"{call}: the conversation does not exist any more")
    return Refused(
        f"{call}: not found ({reason}); check that the module API & Webhooks is active (Manage » "
        "Modules) and that url is FreeScout's own address"
    )


def _forbidden(answer: Answer, reason: str) -> DeskladderError:
    if "Untrusted Host" in reason:
        return Refused(
            f"{answer.call}: FreeScout only answers under the host name of its APP_URL; use that name "
            "in url, or add the one in url to APP_TRUSTED_HOSTS in FreeScout's .env"
        )
    return Refused(
        f"{answer.call}: forbidden ({reason}); something in front of FreeScout may block the API"
    )


def _failed(answer: Answer) -> DeskladderError:
    """A 500 on a list or on tags is FreeScout's answer to parameters it cannot read: final."""
    call = answer.call
    if not answer.is_json:
        return TryAgain(f"{call}: FreeScout failed ({answer.status})", ambiguous=call.writes)
    if not _CONVERSATION.match(call.path) or call.path.endswith(("/tags", "/custom_fields")):
        return Refused(
            f"{call}: FreeScout cannot work with these parameters (500); its module may be too old"
        )
    return TryAgain(
        f"{call}: FreeScout stumbled over an error of its own (500, see its log)",
        ambiguous=call.writes,
    )
