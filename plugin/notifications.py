"""Notifications over Apprise: mail, chat, push, SMS; the URL is a secret and never named."""

from __future__ import annotations

from typing import Any, Final

from plugin.domain.errors import Refused, TryAgain
from plugin.outgoing import quieten

LONGEST_TITLE: Final = 200
LONGEST_BODY: Final = 4_000


def announce(url: str, title: str, body: str, urgency: str) -> None:
    """Send one notification as plain text, so that nothing in it is taken for mark-up.

    `urgency` is `page` or `normal`; services that know kinds of messages show it as failure or
    warning. Raises `Refused` for a URL Apprise does not know, and `TryAgain` when the service did
    not take the message: Apprise does not say why.
    """
    apprise = _quiet_apprise()
    asset = apprise.AppriseAsset(
        app_id="Deskladder", app_desc="Deskladder", app_url="", async_mode=False
    )
    sender = apprise.Apprise(asset=asset)
    if not sender.add(url):
        raise Refused(
            "the channel's url is not one Apprise understands: see `notify:` in the file and "
            "https://github.com/caronc/apprise/wiki"
        )
    kind = apprise.NotifyType.FAILURE if urgency == "page" else apprise.NotifyType.WARNING
    try:
        taken = sender.notify(
            title=title[:LONGEST_TITLE],
            body=body[:LONGEST_BODY],
            notify_type=kind,
            body_format=apprise.NotifyFormat.TEXT,
        )
    except Exception as error:  # noqa: BLE001 - services raise what they like; the text may hold the URL
        raise TryAgain(f"the notification failed ({type(error).__name__})") from None
    if not taken:
        raise TryAgain("the service did not take the notification")


def _quiet_apprise() -> Any:
    """Apprise with its own logging off: it would write parts of the URL."""
    import apprise

    for logger in ("apprise", "urllib3.connectionpool"):
        quieten(logger)
    return apprise
