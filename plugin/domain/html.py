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

CITED, INDENTED, SIGNED, CUT = "\x02", "\x04", "\x06", "\x0e"
"""What a line of `marked_lines` begins with: quoted, in a block that may be a quote, part of a
signature, or the place below which all is history."""
_ENDS = {CITED: "\x03", INDENTED: "\x05", SIGNED: "\x07"}
_STARTS, _STOPS = "".join(_ENDS), "".join(_ENDS.values())
_CONTROLS = dict.fromkeys(map(ord, f"{_BREAK}{CUT}{_STARTS}{_STOPS}"))
_STOPPED = {end: start for start, end in _ENDS.items()}
_TELLS = re.compile(
    r"<blockquote|signature|_quote|moz-cite|gmail_attr|zmail_extra|divRplyFwdMsg|appendonsend"
    r"|reference-message|OLK_SRC_BODY",
    re.IGNORECASE,
)
_IS_CITED = re.compile(
    r"\bcite\b|gmail_quote|protonmail_quote|yahoo_quoted|moz-cite-prefix|gmail_attr|zmail_extra"
    r"|tutanota_quote",
    re.IGNORECASE,
)
_IS_SIGNED = re.compile(
    r"gmail_signature|moz-signature|data-signature|protonmail_signature|AppleMailSignature"
    r"|mobile-signature|\bid=[\"']?(?:x_)?signature\b",
    re.IGNORECASE,
)
_IS_CUT = re.compile(r"divRplyFwdMsg|appendonsend|reference-message|OLK_SRC_BODY", re.IGNORECASE)
_HOLDERS = frozenset({"blockquote", "div", "p", "pre", "section", "span", "table", "td"})


def plain_text(html: str) -> str:
    """The text as a reader sees it: one line per block, entities decoded, spaces collapsed.

    Comments, scripts and style sheets are left out; soft hyphens and zero-width characters too, so
    that words can be found. Never raises and needs linear time whatever comes in: the standard
    library's parser is quadratic for unclosed comments and tags in several Python versions, and
    mail bodies are written by anybody. Not for plain text: a bare line break is a space in HTML.
    """
    return _without_gaps(_lines(html.replace(_BREAK, "")))


def marked_lines(html: str) -> list[str] | None:
    """The lines of `plain_text`, those told apart by mark-up beginning with a mark; None without any.

    Quotes and signatures as Gmail, Thunderbird, Apple Mail, Outlook, Yahoo, Proton Mail and Zammad
    mark them; Zammad keeps few of the marks (its `config/initializers/html_sanitizer.rb`).
    """
    if not _TELLS.search(html):
        return None
    open_now = dict.fromkeys(_ENDS, 0)
    found: list[str] = []
    for line in _lines(html.translate(_CONTROLS), _Regions()):
        begun = line.lstrip(_STARTS)
        for mark in line[: len(line) - len(begun)]:
            open_now[mark] += 1
        text = begun.rstrip(_STOPS)
        mark = next((mark for mark, depth in open_now.items() if depth), "")
        plain = text.strip()
        found.append(f"{mark}{plain}" if plain else "")
        for stop in begun[len(text) :]:
            open_now[_STOPPED[stop]] -= 1
    return found


def _lines(html: str, regions: _Regions | None = None) -> list[str]:
    text = "".join(_parts(html, regions))
    if "&" in text:
        text = _ENTITY.sub(_decoded, text)
    text = _SPACES.sub(" ", text.translate(_INVISIBLE))
    return [line.strip() for line in text.split(_BREAK)]


def _decoded(found: re.Match[str]) -> str:
    return unescape(found.group()).translate(_CONTROLS)


def _without_gaps(lines: list[str]) -> str:
    """Join the lines, with at most one empty line between two others."""
    kept: list[str] = []
    for line in lines:
        if line or (kept and kept[-1]):
            kept.append(line)
    return "\n".join(kept).strip()


def _parts(html: str, regions: _Regions | None = None) -> Iterator[str]:
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
            if regions and word in _HOLDERS:
                yield regions.at(word, html[start:at], closes=bool(found.group(1)))
            if word in _BLOCKS:
                yield _BREAK
            elif word in _CELLS:
                yield " "
            elif word in _SILENT and not found.group(1):
                end = _SILENT[word].search(html, at)
                at = end.start() if end else len(html)
    if at < len(html):
        yield html[at:]


class _Regions:
    """Follows the elements that hold quotes and signatures, by counting tags of the same name."""

    def __init__(self) -> None:
        self._open: list[tuple[str, str]] = []
        self._depths: list[int] = []

    def at(self, word: str, tag: str, *, closes: bool) -> str:
        """The marks for this place; empty for most tags."""
        if closes:
            return self._closed(word)
        if tag.endswith("/>"):
            return ""
        mark = _mark(word, tag) if _TELLS.search(tag) else ""
        if mark in {CUT, "--"}:
            self._count(word, 1)
            return f"{_BREAK}{mark}{_BREAK}"
        if mark:
            self._open.append((word, mark))
            self._depths.append(1)
            return _BREAK + mark
        self._count(word, 1)
        return ""

    def _count(self, word: str, by: int) -> None:
        if self._open and self._open[-1][0] == word:
            self._depths[-1] += by

    def _closed(self, word: str) -> str:
        self._count(word, -1)
        if not self._open or self._depths[-1]:
            return ""
        self._depths.pop()
        return _ENDS[self._open.pop()[1]] + _BREAK


def _mark(word: str, tag: str) -> str:
    """How what stands in this element is to be read; `--` for Zammad's own place of a signature."""
    if _IS_CUT.search(tag):
        return CUT
    if "js-signatureMarker" in tag:
        return "--"
    if word == "blockquote":
        return CITED if _IS_CITED.search(tag) else INDENTED
    if _IS_SIGNED.search(tag):
        return SIGNED
    if _IS_CITED.search(tag) and "gmail_quote" not in tag:
        return CITED
    return ""


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
