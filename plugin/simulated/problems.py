"""What a simulated helpdesk answers instead of doing what it was told."""

from __future__ import annotations


class Problem(Exception):
    """A request that fails with a status and a text.

    `known` is false for errors that Zammad hides from everybody but admins; `code` is the path
    FreeScout names in its list of errors.
    """

    def __init__(self, status: int, text: str, *, known: bool = True, code: str = "") -> None:
        super().__init__(text)
        self.status = status
        self.text = text
        self.known = known
        self.code = code
