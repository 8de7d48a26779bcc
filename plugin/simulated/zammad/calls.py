"""Who calls, with which rights, and what a route gets to work with."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Mapping
from dataclasses import field
from typing import Any, TypeAlias

from plugin.domain.dataclass import dataclass
from plugin.simulated.problems import Problem
from plugin.simulated.routes import Routes
from plugin.simulated.server import Answer, Request
from plugin.simulated.zammad.data import Data, as_id, covers
from plugin.simulated.zammad.hooks import Change


@dataclass(slots=True)
class Settings:
    """Switches of the instance a test may turn."""

    token_access: bool = True
    maintenance: bool = False
    version: str = "5.5.x"

    @property
    def is_six(self) -> bool:
        """True for 6.0 and later: triggers know a mode, agents see their groups."""
        return int(self.version.split(".")[0]) >= 6  # noqa: PLR2004


@dataclass(slots=True)
class Call:
    """One authenticated API call; changes are reported at its end, one per ticket and kind."""

    data: Data
    request: Request
    user: int
    permissions: tuple[str, ...] | None  # of the token; None for a password
    settings: Settings
    changes: list[Change] = field(default_factory=list)

    def allows(self, permission: str) -> bool:
        """True when both the token and its user may."""
        token = self.permissions is None or any(
            covers(name, permission) for name in self.permissions
        )
        return token and self.data.has_permission(self.user, permission)

    def need(self, *permissions: str) -> None:
        """Stop unless one of the permissions is there."""
        if not any(self.allows(name) for name in permissions):
            raise Problem(403, "Not authorized (token)!")

    @property
    def is_admin(self) -> bool:
        """True when errors are told unmasked."""
        return self.allows("admin")

    def flag(self, name: str) -> bool:
        """A query or body flag such as `expand`."""
        value = self.request.argument(name)
        if value:
            return value == "true"
        return bool(self.json.get(name) is True) if self.request.body else False

    @property
    def json(self) -> Mapping[str, Any]:
        """The body, an object; malformed JSON is a server error there."""
        if not self.request.body:
            return {}
        try:
            found = json.loads(self.request.body)
        except ValueError:
            raise Problem(500, "unexpected token", known=False) from None
        if not isinstance(found, dict):
            return {"_json": found}
        return found

    def value(self, name: str) -> Any:
        """A parameter from body or query."""
        return self.json.get(name, self.request.argument(name) or None)

    def page(self, default: int, maximum: int) -> tuple[int, int]:
        """First row and number of rows; larger pages are cut silently."""
        size = as_id(self.value("per_page") or self.value("limit")) or default
        page = as_id(self.value("page")) or 1
        size = min(size, maximum)
        return (page - 1) * size, size

    def change(
        self, ticket_id: int, kind: str, article: int | None = None, columns: set[str] | None = None
    ) -> None:
        """Report a change, for the triggers."""
        self.changes.append(Change(ticket_id, kind, article, frozenset(columns or ())))


Function: TypeAlias = Callable[..., Any]
ZammadRoutes: TypeAlias = Routes[Function]


def created(body: Any) -> Answer:
    """201."""
    return Answer(201, body)


def authenticate(data: Data, request: Request, settings: Settings) -> Call:
    """Find the caller; the answers for bad credentials are the recorded ones."""
    header = request.headers.get("authorization", "")
    scheme, _, rest = header.partition(" ")
    if not header:
        raise Problem(403, "Authentication required")
    if scheme.lower() == "basic":
        user = _by_password(data, rest)
        permissions = None
    else:
        if not settings.token_access:
            raise Problem(403, "API token access disabled!")
        key = rest.partition("token=")[2] if "token=" in rest else rest
        token = data.tokens.get(key.strip().strip('"'))
        if token is None:
            raise Problem(401, "Can't find User for Token")
        if token["expires_at"] and token["expires_at"] <= data.now():
            raise Problem(401, "Not authorized (token expired)!")
        user, permissions = token["user_id"], tuple(token["preferences"]["permission"])
        token["last_used_at"] = data.now()
    if not data.users[user]["active"]:
        text = (
            "Login failed. Have you double-checked your credentials and completed the email"
            " verification step?"
        )
        raise Problem(401, text)
    call = Call(data, request, user, permissions, settings)
    if settings.maintenance and not call.is_admin:
        raise Problem(403, "Maintenance mode enabled!")
    behalf = request.headers.get("from") or request.headers.get("x-on-behalf-of")
    if behalf:
        _act_for(call, behalf)
    return call


def _by_password(data: Data, encoded: str) -> int:
    try:
        login, _, password = base64.b64decode(encoded).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        login, password = "", ""
    user = data.find_user(login)
    if user is None or not password or data.passwords.get(user["id"]) != password:
        raise Problem(401, "Invalid BasicAuth credentials")
    return int(user["id"])


def _act_for(call: Call, who: str) -> None:
    if not call.allows("admin.user"):
        text = "Current user has no permission to use 'From'/'X-On-Behalf-Of'!"
        raise Problem(403, text)
    number = as_id(who)
    user = call.data.users.get(number) if number else call.data.find_user(who)
    if user is None:
        raise Problem(403, f"No such user '{who}'")
    call.user, call.permissions = user["id"], None
