"""Does our own address lead to us: name, certificate, no redirect, the same secret?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from ipaddress import ip_address
from urllib.parse import urlsplit

from plugin.doctor.facts import Facts, Knock
from plugin.domain.examining import Finding, error, fine, warning

_INSIDE = (".local", ".lan", ".internal", ".home.arpa", ".localhost", ".test")
_RECENT = timedelta(days=1)
_PROBLEMS = {
    "tls": (
        "its certificate is not accepted here",
        "renew it, or let the helpdesk trust its issuer, too",
    ),
    "name": ("its name is not known here", "correct service.url, or the name's entry in the DNS"),
    "refused": ("no connection", "start deskladder serve, and the proxy in front of it"),
    "timeout": (
        "no answer in time",
        "see whether deskladder serve and the proxy in front of it run",
    ),
    "other": ("it cannot be called", "correct service.url"),
}


def check(facts: Facts) -> Iterator[Finding]:
    """What came of calling it."""
    if facts.url is None:
        yield warning(
            "nobody has said under which address the helpdesks reach Deskladder, so it cannot be tried",
            "put service: {url: https://deskladder.example.com} into the file, or give --url",
        )
        return
    if _is_open(facts.url):
        yield warning(
            f"{facts.url} is not encrypted: what customers write goes over the network in clear",
            "put a proxy with TLS in front and use https://",
        )
    for name, knock in sorted(facts.knocks.items()):
        yield replace(_judge(facts, name, knock), about=name)


def _is_open(url: str) -> bool:
    """True when calls go over the world without TLS; inside a house or a machine that is its affair."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    if parts.scheme != "http" or "." not in host or host.endswith(_INSIDE):
        return False
    try:
        return not ip_address(host).is_private
    except ValueError:
        return True


def _judge(facts: Facts, name: str, knock: Knock) -> Finding:
    if knock.problem:
        said, remedy = _PROBLEMS[knock.problem]
        text = f"our own address {knock.url} could not be tried from here: {said}"
        if _arrives(facts, name):
            return fine(f"{text}; but the helpdesk's calls arrive")
        return error(text, remedy)
    if 300 <= knock.status < 400:  # noqa: PLR2004
        return error(
            f"our own address {knock.url} redirects to {knock.location}: the helpdesk's calls would lose "
            "their contents",
            "set service.url, and the webhook, to the final address",
        )
    if knock.status == 202 and knock.said:  # noqa: PLR2004
        return fine(f"our own address {knock.url} leads here, with the secret of the file")
    if knock.status == 401 and knock.said:  # noqa: PLR2004
        return error(
            f"the service at {knock.url} has another webhook_secret than the file and the variables here",
            "start the service anew with the same webhook_secret",
        )
    if knock.status == 404 and "helpdesk" in knock.said:  # noqa: PLR2004
        return error(
            f"the service at {knock.url} knows no helpdesk {name!r}: it runs with another file",
            "start it with this file, or wait until it has read it",
        )
    if knock.status == 503 and knock.said:  # noqa: PLR2004
        return error(
            f"the service at {knock.url} cannot keep calls: {knock.said}", "see deskladder status"
        )
    if knock.said:
        return warning(
            f"the service at {knock.url} answers in an unknown way ({knock.status}): {knock.said}",
            "see whether the same version of Deskladder runs there",
        )
    return error(
        f"somebody else answers at {knock.url} ({knock.status}), not Deskladder",
        "let the proxy pass /webhooks/ to deskladder serve, with the path unchanged",
    )


def _arrives(facts: Facts, name: str) -> bool:
    traffic = facts.traffic(name)
    last = traffic.last if traffic else None
    return last is not None and facts.now - last.at < _RECENT
