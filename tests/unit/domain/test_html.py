"""The words of an HTML message, whatever the sender's program did to it."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from plugin.domain.html import plain_text


@pytest.mark.parametrize(
    ("html", "text"),
    [
        pytest.param("<p>one</p><p>two</p>", "one\n\ntwo", id="paragraphs"),
        pytest.param("one<br>two<br/>three", "one\ntwo\nthree", id="line breaks"),
        pytest.param("a<script>var x = '<p>no</p>'</script>b", "ab", id="script"),
        pytest.param("<STYLE>p {color: red}</STYLE>text", "text", id="style in capitals"),
        pytest.param("<head><title>Mail</title></head><body>Hi</body>", "Hi", id="title"),
        pytest.param("a<!-- hidden <b>x</b> -->b", "ab", id="comment"),
        pytest.param("a<!-->b", "ab", id="empty comment"),
        pytest.param("a<!--[if mso]>x<![endif]-->b", "ab", id="conditional comment"),
        pytest.param("<!DOCTYPE html><?xml version='1'?>x", "x", id="declarations"),
        pytest.param("Gr&uuml;&szlig;e &amp; &#8364; &#x41;", "Grüße & € A", id="entities"),
        pytest.param("1 &lt; 2 &lt;b&gt;", "1 < 2 <b>", id="escaped tags stay text"),
        pytest.param("a &nbsp;  \n b", "a b", id="spaces collapse"),
        pytest.param("fac\u00adtuur", "factuur", id="soft hyphen"),
        pytest.param("<td>a</td><td>b</td>", "a b", id="cells"),
        pytest.param('<img alt="a > b">c', "c", id="angle bracket in an attribute"),
        pytest.param("<img alt='it > is'>c", "c", id="angle bracket in single quotes"),
        pytest.param('<p title=">Don\'t" class=x>yes', "yes", id="quotes of two kinds"),
        pytest.param("<p don't>text</p>", "text", id="stray quote"),
        pytest.param('<p a="open>text', "text", id="unclosed quote"),
        pytest.param("5 < 6 and 7 <8", "5 < 6 and 7 <8", id="less than is no tag"),
        pytest.param("text <b", "text <b", id="a tag that never ends"),
        pytest.param("text <!-- open", "text", id="a comment that never ends"),
        pytest.param("<div><div><div>x</div></div></div>", "x", id="no gaps from nesting"),
        pytest.param("<b>bo</b>ld", "bold", id="inline tags join"),
        pytest.param("", "", id="nothing"),
        pytest.param("&#99999999999999999999;", "&#99999999999999999999;", id="absurd number"),
        pytest.param("&#1114112;x", "\ufffdx", id="beyond Unicode"),
    ],
)
def test_text_is_what_a_reader_sees(html: str, text: str):
    assert plain_text(html) == text


@settings(deadline=None)
@given(st.text(alphabet="<>!-/?&;#x\"'= apbrtdscriptle\n", max_size=200) | st.text())
@example("<" * 50)
@example("&#" + "9" * 5000 + ";")
def test_nothing_makes_it_raise(html: str):
    assert "\n\n\n" not in plain_text(html)


@settings(deadline=None)
@given(st.text(alphabet=st.characters(exclude_characters="<&")))
def test_words_outside_tags_survive(words: str):
    text = plain_text(f"<p class='x'>{words}</p>")

    kept = words.translate(dict.fromkeys(map(ord, "\u00ad\u200b\u2060\ufeff\x00\x01")))
    assert text.split() == kept.split()


@pytest.mark.parametrize(
    "bomb",
    ["<!--", "<!", "</", "<a ", '<a b="', "<script>", "<a b='\"", "&#9", "< ", "<p>"],
)
def test_a_megabyte_of_trouble_costs_about_a_megabyte(bomb: str):
    """Every search either moves on or is never repeated: counted, not timed."""
    html = _Counted(bomb * 20_000)

    plain_text(html)

    assert html.scanned <= 12 * len(html)


class _Counted(str):  # noqa: SLOT000
    """Text that counts how many characters `find` went over."""

    scanned = 0

    def find(self, what, start=0, end=None):  # type: ignore[override]
        found = super().find(what, start)
        self.scanned += (len(self) if found < 0 else found) - start
        return found
