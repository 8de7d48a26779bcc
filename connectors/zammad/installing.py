"""The calls an installation makes on a Zammad, with the remedies for its refusals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from connectors.answers import Answer
from connectors.shapes import integer, mapping, text
from connectors.zammad import wiring
from connectors.zammad.directory import Directory
from connectors.zammad.dossier import Record
from connectors.zammad.examination import api_for
from connectors.zammad.refusals import judge, reason_of
from plugin.domain.dataclass import dataclass
from plugin.domain.errors import DeskladderError, Refused
from plugin.domain.settings import HelpdeskSettings, Secret

_ALL: Mapping[str, object] = {"per_page": 500}
_PERMISSIONS = {
    "webhooks": "admin.webhook",
    "triggers": "admin.trigger",
    "macros": "admin.macro",
    "tag_list": "admin.tag",
}


@dataclass(frozen=True, slots=True)
class Found:
    """What an installation starts from."""

    me: Record
    webhooks: Sequence[Record]
    triggers: Sequence[Record]
    groups: Sequence[Record]
    version: str


class Desk:
    """A Zammad with two keys: `work` is the service user's, `admin` the administrator's."""

    def __init__(self, settings: HelpdeskSettings, admin: Secret | None) -> None:
        self._settings = settings
        self.work = api_for(settings)
        self.admin = api_for(settings, admin) if admin else self.work
        self.work.judge = _judge
        self.admin.judge = _judge_admin if admin else _judge
        self._directory = Directory(self.work, settings)

    def read(self) -> Found:
        """Who we are, and all there is that may be ours; raises `Refused` without the permissions."""
        return Found(
            me=self._directory.me(),
            webhooks=self.admin.get("/webhooks", _ALL).list(),
            triggers=self.admin.get("/triggers", _ALL).list(),
            groups=self._optional("/groups", _ALL) or (),
            version=self._version(),
        )

    def macros(self) -> Sequence[Record]:
        """All macros; agents may see them."""
        return self.work.get("/macros", _ALL).list()

    def tags(self) -> frozenset[str] | None:
        """The names of all tags; None when the token may not see the list."""
        listed = self._optional("/tag_list")
        return None if listed is None else frozenset(text(row.get("name")) for row in listed)

    def newest_ticket(self) -> int | None:
        """The ticket that was created last, among those the service user may see."""
        payload = {
            "condition": wiring.ALWAYS,
            "sort_by": "created_at",
            "order_by": "desc",
            "per_page": 1,
            "page": 1,
            "expand": True,
        }
        answer = self.work.call("POST", "/tickets/search", payload=payload, repeatable=True)
        found = answer.list()
        return integer(found[0].get("id")) if found else None

    def has_full_access(self, group: Record) -> bool:
        """Whether the service user could own tickets of a group."""
        me, number = integer(self._directory.me().get("id")), integer(group.get("id")) or 0
        return me in self._directory.with_full_access(number)

    def create(self, table: str, row: Mapping[str, Any]) -> None:
        """Add a row. Not repeated by itself: a second one would be a duplicate."""
        self.admin.call("POST", f"/{table}", payload=row)

    def update(self, table: str, row: Record, should: Mapping[str, Any]) -> None:
        """Make a row as it should be."""
        self.admin.call("PUT", f"/{table}/{integer(row.get('id'))}", payload=should)

    def delete(self, table: str, row: Record) -> None:
        """Remove a row."""
        self.admin.call("DELETE", f"/{table}/{integer(row.get('id'))}")

    def add_tag(self, name: str) -> None:
        """Make a tag known; one that is known already stays as it is."""
        self.admin.call("POST", "/tag_list", payload={"name": name}, repeatable=True)

    def silence(self) -> None:
        """Switch off all notification mails to the service user; other settings of its stay."""
        config = mapping(
            mapping(self._directory.me().get("preferences")).get("notification_config")
        )
        silent = {**config, "matrix": wiring.silent_matrix()}
        self.work.call("PUT", "/users/preferences", payload={"notification_config": silent})

    def close(self) -> None:
        """Give back connections."""
        self.work.close()
        self.admin.close()

    def _optional(
        self, path: str, params: Mapping[str, object] | None = None
    ) -> list[Record] | None:
        try:
            return self.admin.get(path, params).list()
        except Refused:
            return None

    def _version(self) -> str:
        try:
            return text(self.admin.get("/version").object().get("version"))
        except Refused:
            return ""


def _judge(answer: Answer) -> DeskladderError:
    """The usual words, but for what only administrators may do."""
    permission = _PERMISSIONS.get(answer.call.path.split("/")[1])
    if permission and answer.status in {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}:
        return Refused(
            f"{answer.call}: Zammad lets only administrators do this. Create a token as an administrator "
            f"(Profile » Token Access) with the permission admin, or at least {permission}; put it into a "
            "variable and name that: --token-env ZAMMAD_ADMIN_TOKEN. The service itself does not need it."
        )
    return judge(answer)


def _judge_admin(answer: Answer) -> DeskladderError:
    if answer.status == HTTPStatus.UNAUTHORIZED:
        return Refused(
            f"{answer.call}: Zammad does not accept the administrator's token ({reason_of(answer)}); see "
            "the variable that --token-env names"
        )
    return _judge(answer)
