"""What Zammad leaves of the HTML of an article: an allow-list of tags, attributes and colours.

Recorded: tests/samples/zammad-live/api-article-note-html-sanitised.json.
"""

from __future__ import annotations

import html
import re
from html.parser import HTMLParser

_TAGS = frozenset(
    [
        "a",
        "abbr",
        "acronym",
        "address",
        "b",
        "big",
        "blockquote",
        "br",
        "caption",
        "center",
        "cite",
        "code",
        "col",
        "colgroup",
        "dd",
        "del",
        "details",
        "dfn",
        "dir",
        "div",
        "dl",
        "dt",
        "em",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "hr",
        "i",
        "img",
        "ins",
        "kbd",
        "label",
        "legend",
        "li",
        "menu",
        "ol",
        "p",
        "pre",
        "q",
        "s",
        "samp",
        "small",
        "span",
        "strike",
        "strong",
        "sub",
        "summary",
        "sup",
        "table",
        "tbody",
        "td",
        "tfoot",
        "th",
        "thead",
        "tr",
        "tt",
        "u",
        "ul",
        "var",
    ]
)
_DROPPED_WITH_CONTENT = frozenset(("script", "style", "meta", "title", "link"))
_VOID = frozenset(("br", "hr", "img", "col"))
_EVERYWHERE = frozenset(("title", "style", "data-signature", "data-mention-user-id"))
_PER_TAG = {
    "a": frozenset(("href", "name", "hreflang")),
    "img": frozenset(("src", "alt", "width", "height", "align", "border")),
    "table": frozenset(("border", "width", "align", "bgcolor")),
    "td": frozenset(("colspan", "rowspan", "width", "align", "bgcolor", "valign")),
    "th": frozenset(("colspan", "rowspan", "width", "align", "bgcolor", "valign")),
    "ol": frozenset(("start", "type")),
}
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
_BACKGROUND = re.compile(r"#[0-9a-fA-F]{3,6}")


def sanitised(body: str, host: str = "") -> str:
    """The body as it is stored; links to `host` itself open in the same window."""
    cleaner = _Cleaner(host)
    cleaner.feed(body)
    cleaner.close()
    return "".join(cleaner.parts).strip()


class _Cleaner(HTMLParser):
    def __init__(self, host: str) -> None:
        super().__init__(convert_charrefs=False)
        self.parts: list[str] = []
        self._host = host
        self._silent = 0
        self._link: tuple[int, str] | None = None  # place of the open link, its address

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _DROPPED_WITH_CONTENT:
            self._silent += tag in {"script", "style", "title"}
            return
        if tag not in _TAGS or self._silent:
            return
        kept = _attributes(tag, {name: value or "" for name, value in attrs})
        if tag == "img" and "src" not in kept:
            return
        address = kept.get("href", "")
        if tag == "a" and address.startswith("http"):
            kept["rel"] = "nofollow noreferrer noopener"
            if not self._host or f"//{self._host}/" not in address:
                kept["target"] = "_blank"
            if "title" not in kept:
                self._link = (len(self.parts), address)
        written = "".join(
            f' {name}="{html.escape(value, quote=True)}"' for name, value in kept.items()
        )
        self.parts.append(f"<{tag}{written}>")

    def _close_link(self) -> None:
        """A link that says something else than its address shows it as a title."""
        if self._link:
            place, address = self._link
            if html.unescape("".join(self.parts[place + 1 :])).strip() != address:
                title = html.escape(address, quote=True)
                self.parts[place] = f'{self.parts[place][:-1]} title="{title}">'
        self._link = None

    def handle_endtag(self, tag: str) -> None:
        if tag in {"script", "style", "title"} and self._silent:
            self._silent -= 1
        elif tag in _TAGS and tag not in _VOID and not self._silent:
            if tag == "a":
                self._close_link()
            self.parts.append(f"</{tag}>")

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.parts.append(data)

    def handle_entityref(self, name: str) -> None:
        self._reference(f"&{name};")

    def handle_charref(self, name: str) -> None:
        self._reference(f"&#{name};")

    def _reference(self, written: str) -> None:
        if self._silent:
            return
        char = html.unescape(written)
        self.parts.append(html.escape(char) if char in '<>&"' else char)


def _attributes(tag: str, given: dict[str, str]) -> dict[str, str]:
    allowed = _EVERYWHERE | _PER_TAG.get(tag, frozenset())
    kept: dict[str, str] = {}
    for name, value in given.items():
        if name not in allowed:
            continue
        if name == "style":
            style = _style(value)
            if style:
                kept[name] = style
        elif name == "href":
            if re.match(r"(?i)(https?|mailto|ftp|tel):|[#/]", value.strip()):
                kept[name] = value
        elif name == "src":
            if value.startswith(("cid:", "data:image/", "/api/v1/attachments/")):
                kept[name] = value
        else:
            kept[name] = value
    return kept


def _style(value: str) -> str:
    """Colours are kept, everything else goes; the recorded `color:#999` went too."""
    allowed = {"color": _COLOUR, "background": _BACKGROUND, "background-color": _BACKGROUND}
    kept = []
    for rule in value.split(";"):
        name, _, setting = (part.strip() for part in rule.partition(":"))
        if name in allowed and allowed[name].fullmatch(setting):
            kept.append(f"{name}:{setting};")
    return "".join(kept)
