"""May Deskladder work in the groups the file names, and can mail leave from them?"""

from __future__ import annotations

from collections.abc import Iterator

from connectors.shapes import integer
from connectors.zammad.examination import Access, Seen
from plugin.domain.examining import Finding, error, fine, warning

_WORK = frozenset({"read", "change", "create"})


def check(seen: Seen) -> Iterator[Finding]:
    """Rights, e-mail addresses, inactive groups. A file that names no group needs one of them."""
    if seen.failed is not None:
        return
    if not seen.needed.groups:
        yield from _any(seen)
        return
    found = [
        finding for name, one in sorted(seen.access.items()) for finding in _faults(seen, name, one)
    ]
    yield from found
    if seen.access and not found:
        listed = ", ".join(sorted(seen.access))
        yield fine(
            f"full access to {listed}" + (", which can send mail" if _asks_mail(seen) else "")
        )


def _any(seen: Seen) -> Iterator[Finding]:
    allowed = [name for name, one in seen.access.items() if one.is_full or one.rights]
    if seen.access and not allowed:
        yield error(
            "the service user has no access to any group, so it sees no ticket",
            f"give it full access to some: Manage » Users » {seen.settings.service_user}",
        )
    elif allowed:
        yield fine(f"access to {', '.join(sorted(allowed))}")


def _asks_mail(seen: Seen) -> bool:
    return seen.needed.sends_replies


def _faults(seen: Seen, name: str, access: Access) -> Iterator[Finding]:
    if access.record.get("active") is False:
        yield error(f"the group {name!r} is not active", "activate it: Manage » Groups")
        return
    give = f"give the service user full access to {name!r}: Manage » Users » {seen.settings.service_user}"
    if not access.is_full and access.rights >= _WORK:
        yield warning(
            f"the service user may work in the group {name!r}, but has no full access", give
        )
    elif not access.is_full:
        yield error(f"the service user has no access to the group {name!r}", give)
    if _asks_mail(seen) and _cannot_mail(access):
        yield error(
            f"the group {name!r} has no e-mail address: no reply can leave from it",
            f"choose an e-mail address for {name!r}: Manage » Groups",
        )


def _cannot_mail(access: Access) -> bool:
    record = access.record
    return "email_address_id" in record and integer(record["email_address_id"]) is None
