"""The words of an HTML message without its mark-up, for rules to look at."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape

_PLAIN_TAG = re.compile(r"<(/?)([a-zA-Z][^\s/<>\"']*)[^<>\"']*>")
_NAME = re.compile(r"<(/?)([a-zA-Z][^\s/>]*)")
_TAG_STOP = re.compile(r"[>\"']")
_ENTITY = re.compile(
    r"&(?:#[0-9]{1,8}(?![0-9]);?|#[xX][0-9a-fA-F]{1,8}(?![0-9a-fA-F]);?|[a-zA-Z][a-zA-Z0-9]{1,31};?)"
)
_SPACES = re.compile(r"[\s\u00a0\u2007\u202f]+")
_BREAK = "\x01"
_INVISIBLE = dict.fromkeys(map(ord, "\u00ad\u200b\u2060\ufeff\x00"))  # soft hyphens, zero width

_SILENT = {
    name: re.compile(rf"</{name}(?=[\s/>])", re.IGNORECASE)
    for name in ("script", "style", "title", "template", "noscript")
}
_BLOCKS = frozenset(
    re.findall(
        r"\w+",
        "address article aside blockquote body br center dd details div dl dt fieldset figcaption "
        "figure footer form h1 h2 h3 h4 h5 h6 header hr html legend li main nav ol p pre section "
        "summary table tbody tfoot thead tr ul",
    )
)
_CELLS = frozenset({"td", "th", "caption"})


def plain_text(html: str) -> str:
    """The text as a reader sees it: one line per block, entities decoded, spaces collapsed.

    Comments, scripts and style sheets are left out; soft hyphens and zero-width characters too, so
    that words can be found. Never raises and needs linear time whatever comes in: the standard
    library's parser is quadratic for unclosed comments and tags in several Python versions, and
    mail bodies are written by anybody. Not for plain text: a bare line break is a space in HTML.
    """
    text = "".join(_parts(html.replace(_BREAK, "")))
    if "&" in text:
        text = _ENTITY.sub(_decoded, text)
    text = _SPACES.sub(" ", text.translate(_INVISIBLE))
    return _without_gaps([line.strip() for line in text.split(_BREAK)])


def _decoded(found: re.Match[str]) -> str:
    return unescape(found.group()).replace(_BREAK, "")


def _without_gaps(lines: list[str]) -> str:
    """Join the lines, with at most one empty line between two others."""
    kept: list[str] = []
    for line in lines:
        if line or (kept and kept[-1]):
            kept.append(line)
    return "\n".join(kept).strip()


def _parts(html: str) -> Iterator[str]:
    """The text between the mark-up, a break for each block; every character is passed once."""
    at = 0
    closing = _Closing(html)
    while (start := html.find("<", at)) >= 0:
        if start > at:
            yield html[at:start]
        found = _PLAIN_TAG.match(html, start)
        if found:
            at = found.end()
        else:
            found = _NAME.match(html, start)
            at = closing.tag(found.end()) if found else closing.other(start)
            if at < 0:  # a lone `<word` at the end: text after all
                yield html[start:]
                return
            if at == start:
                yield "<"
                at += 1
        if found:
            word = found.group(2).lower()
            if word in _BLOCKS:
                yield _BREAK
            elif word in _CELLS:
                yield " "
            elif word in _SILENT and not found.group(1):
                end = _SILENT[word].search(html, at)
                at = end.start() if end else len(html)
    if at < len(html):
        yield html[at:]


class _Closing:
    """Finds where mark-up ends; remembers what is not there any more, to look for it only once."""

    def __init__(self, html: str) -> None:
        self._html = html
        self._missing: set[str] = set()

    def other(self, start: int) -> int:
        """The place behind a comment or declaration; `start` itself when it is neither."""
        html = self._html
        if html.startswith(("<!-->", "<!--->"), start):
            return html.index(">", start) + 1
        if html.startswith("<!--", start):
            end = html.find("-->", start + 4)
            return end + 3 if end >= 0 else len(html)
        if html.startswith(("<!", "<?"), start):
            end = html.find(">", start)
            return end + 1 if end >= 0 else len(html)
        return start

    def tag(self, at: int) -> int:
        """The place behind the `>` of a tag, a `>` in a quoted attribute passed over; or -1."""
        while stop := _TAG_STOP.search(self._html, at):
            at = stop.end()
            quote = stop.group()
            if quote == ">":
                return at
            if quote in self._missing or not self._opens_value(stop.start()):
                continue
            end = self._html.find(quote, at)
            if end < 0:
                self._missing.add(quote)
            else:
                at = end + 1
        return -1

    def _opens_value(self, at: int) -> bool:
        before = self._html[max(0, at - 8) : at].rstrip()
        return before.endswith("=")
