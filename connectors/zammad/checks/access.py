"""Can we reach Zammad, and does it let the token in?"""

from __future__ import annotations

from collections.abc import Iterator

from connectors.answers import Answer
from connectors.probing import Denied, of_a_login_in_front, of_the_network
from connectors.zammad.examination import Seen
from connectors.zammad.refusals import is_zammads
from plugin.domain.errors import DeskladderError
from plugin.domain.examining import Finding, error, fine

_TOKEN = "create a token in Zammad as the service user (Profile » Token Access) with the permission ticket.agent"
_AS_ADMIN = "create a token as an administrator (Profile » Token Access) with the permission admin"


def check(seen: Seen) -> Iterator[Finding]:
    """Address, certificate, token, permission."""
    url = seen.settings.url
    if not seen.user:
        problem = seen.me if isinstance(seen.me, DeskladderError) else None
        yield _closed(url, problem)
        return
    if isinstance(seen.work, DeskladderError):
        yield _not_for_work(url, seen.work)
        return
    if seen.failed is not None:
        yield error(
            f"Zammad stopped answering in the middle of the examination: {seen.failed}",
            "see whether it is overloaded or something in front of it limits calls, then look again",
        )
        return
    yield fine(f"{url} answers and accepts the token")
    if seen.admin is not None and not isinstance(seen.admin, Answer):
        reason = seen.admin.reason if isinstance(seen.admin, Denied) else str(seen.admin)
        yield error(f"Zammad does not accept the administrator's token: {reason}", _AS_ADMIN)


def _closed(url: str, problem: DeskladderError | None) -> Finding:
    if problem is None:
        return error(
            f"{url} answers, but not as Zammad's API does",
            "set url: to Zammad itself, without a path and without a sign-in page in front",
        )
    if not isinstance(problem, Denied):
        return of_the_network(url, "Zammad", problem)
    reason = problem.reason
    if problem.status == 401 and not is_zammads(problem.answer):  # noqa: PLR2004
        return of_a_login_in_front(url, "Zammad")
    if problem.status == 401 and "expired" in reason:  # noqa: PLR2004
        return error("the token has expired", _TOKEN)
    if problem.status == 401 and "Login failed" in reason:  # noqa: PLR2004
        return error(
            "the user the token belongs to is not active",
            "activate the service user (Manage » Users), or use a token of another one",
        )
    if problem.status == 401:  # noqa: PLR2004
        return error(f"Zammad does not accept the token: {reason}", _TOKEN)
    if "API token access disabled" in reason:
        return error("Zammad lets no token in at all", "switch on token access: System » API")
    if "Maintenance mode" in reason:
        return error(
            "Zammad is in maintenance mode and lets only administrators in",
            "end it when the maintenance is over: System » Maintenance",
        )
    if "Authentication required" in reason:
        return error(
            "Zammad got no token from us",
            "let the proxy in front of Zammad pass the header Authorization",
        )
    if problem.status == 404:  # noqa: PLR2004
        return error(
            f"there is no Zammad API at {url}", "set url: to Zammad's own address, without a path"
        )
    return error(
        f"Zammad refuses our call: {reason} ({problem.status})",
        "see whether something in front of Zammad blocks /api",
    )


def _not_for_work(url: str, problem: DeskladderError) -> Finding:
    if isinstance(problem, Denied) and problem.status == 403:  # noqa: PLR2004
        if "(user)" in problem.reason:
            return error(
                "the service user may not work on tickets",
                "give it the role Agent: Manage » Users",
            )
        return error("the token may not work on tickets", _TOKEN)
    return of_the_network(url, "Zammad", problem)
