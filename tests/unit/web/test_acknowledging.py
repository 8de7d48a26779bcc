"""Acknowledge links: what people see, what a button asks for, and everything that must not happen."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from html.parser import HTMLParser

import pytest

from plugin.domain.escalation import Ask, Phase
from plugin.domain.service import Service
from plugin.domain.settings import Defaults
from plugin.web.ack_words import WORDS
from plugin.web.acknowledging import MAX_FORM
from tests.unit.web.outside import KEY, NOW, REF, SERVICE, Scene, escalation, link, the_config

LINK = link()


@pytest.fixture
def scene():
    return Scene()


def text_of(answer) -> str:
    """What a reader sees."""
    return " ".join(re.sub(r"<style>.*</style>|<[^>]+>", " ", answer.text, flags=re.DOTALL).split())


# Looking --------------------------------------------------------------------------------------


def test_the_page_says_which_ticket_which_level_and_what_acknowledging_means(scene):
    answer = scene.client.get(LINK)

    seen = text_of(answer)
    assert answer.status_code == 200
    assert "Ticket #10012 has been escalated to you" in seen
    assert "1: experts" in seen
    assert "finance" in seen
    assert "I take care of this" in seen


def test_without_a_number_the_page_names_the_id(scene):
    assert "Ticket #12 " in text_of(scene.client.get(link(number="")))


@pytest.mark.parametrize("method", ["get", "head"])
def test_looking_asks_for_nothing_however_often(scene, method):
    for _ in range(3):
        assert getattr(scene.client, method)(LINK).status_code == 200

    assert scene.store.asked == []


@pytest.mark.parametrize("method", ["put", "delete", "patch", "options"])
def test_no_other_method_does_anything(scene, method):
    answer = getattr(scene.client, method)(LINK, data={"what": "acknowledge"})

    assert answer.status_code == 405
    assert scene.store.asked == []


def test_the_page_brings_everything_with_it_and_may_load_nothing(scene):
    answer = scene.client.get(LINK)

    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "form-action 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert not re.search(
        r"<(script|link|img|iframe|object|embed)\b|\bsrc=|\bhref=|@import|url\(", answer.text
    )


def test_the_style_sheet_is_the_one_the_policy_allows(scene):
    from base64 import b64encode
    from hashlib import sha256

    answer = scene.client.get(LINK)

    style = re.search(r"<style>(.*)</style>", answer.text, re.DOTALL)[1]
    digest = b64encode(sha256(style.encode()).digest()).decode()
    assert f"'sha256-{digest}'" in answer.headers["Content-Security-Policy"]


def test_the_address_leaks_nowhere_and_the_page_is_kept_nowhere(scene):
    headers = scene.client.get(LINK).headers

    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["Cache-Control"] == "no-store"
    assert headers["X-Robots-Tag"] == "noindex"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Content-Type"] == "text/html; charset=utf-8"
    assert "Set-Cookie" not in headers


@pytest.mark.parametrize(
    ("accept", "language", "word"),
    [
        ("de-AT,de;q=0.9,en;q=0.5", "de", "Übernehmen"),
        ("nl", "nl", "Overnemen"),
        ("fr, nl;q=0.3", "nl", "Overnemen"),
        ("en-GB", "en", "Acknowledge"),
        ("fr", "en", "Acknowledge"),
        ("", "en", "Acknowledge"),
        ("\u00e4;;q=x,,*", "en", "Acknowledge"),
    ],
)
def test_it_speaks_the_readers_language(scene, accept, language, word):
    answer = scene.client.get(LINK, headers={"Accept-Language": accept})

    assert f'<html lang="{language}">' in answer.text
    assert answer.headers["Content-Language"] == language
    assert f">{word}</button>" in answer.text
    assert answer.headers["Vary"] == "Accept-Language"


def test_who_names_no_language_we_speak_gets_that_of_the_file(scene):
    scene.config = the_config(defaults=Defaults(language="nl"))

    assert '<html lang="nl">' in scene.client.get(LINK).text


class Outline(HTMLParser):
    """Collects what assistive technology goes by."""

    def __init__(self) -> None:
        super().__init__()
        self.labelled: set[str] = set()
        self.fields: list[dict] = []
        self.headings: list[str] = []
        self.buttons = 0
        self.forms: list[dict] = []
        self.open: list[str] = []

    def handle_starttag(self, tag, attrs):
        found = dict(attrs)
        if tag == "label":
            self.labelled.add(found["for"])
        if tag in {"textarea", "select"} or (tag == "input" and found.get("type") != "hidden"):
            self.fields.append(found)
        if tag in {"h1", "h2"}:
            self.headings.append(tag)
        if tag == "form":
            self.forms.append(found)
        self.buttons += tag == "button"
        if tag not in {"meta", "input", "br"}:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def test_it_can_be_used_with_a_keyboard_and_a_screen_reader(scene):
    outline = Outline()
    outline.feed(scene.client.get(LINK).text)

    assert outline.open == []
    assert outline.headings[0] == "h1"
    assert outline.headings.count("h1") == 1
    assert {field["id"] for field in outline.fields} <= outline.labelled
    assert outline.buttons == 4
    assert all(form.get("method") == "post" and "action" not in form for form in outline.forms)


def test_what_stands_in_the_link_or_the_file_is_escaped(scene):
    scene.store.escalations = (
        escalation(policy=replace(escalation().policy, name="<b>finance</b>")),
    )

    answer = scene.client.get(link(number='<script>"1"</script>'))

    assert "<script" not in answer.text
    assert "<b>" not in answer.text
    assert "&lt;script&gt;" in answer.text


def test_only_what_is_possible_is_offered(scene):
    scene.store.escalations = (escalation(phase=Phase.EXHAUSTED),)

    seen = scene.client.get(LINK).text

    assert 'value="acknowledge"' in seen
    assert 'value="hand back"' in seen
    assert "snooze" not in seen


# Pressing -------------------------------------------------------------------------------------


def test_acknowledging_asks_for_it_as_the_person_of_the_link(scene):
    answer = scene.press(LINK)

    (asked,) = scene.store.asked
    assert answer.status_code == 200
    assert "Acknowledged" in text_of(answer)
    assert asked["what"] is Ask.ACKNOWLEDGE
    assert (asked["ref"], asked["at"]) == (REF, NOW)
    assert (asked["by"], asked["escalation"], asked["step"]) == ("21", 1, 2)
    assert asked["params"] == {"agent": "21"}


@pytest.mark.parametrize("period", ["1h", "4h"])
def test_snoozing_says_for_how_long(scene, period):
    answer = scene.press(LINK, f"snooze {period}")

    (asked,) = scene.store.asked
    assert (asked["what"], asked["params"]["for"]) == (Ask.SNOOZE, period)
    assert "Snoozed" in text_of(answer)


def test_handing_back_says_why(scene):
    answer = scene.press(LINK, "hand back", form={"reason": " belongs\r\nto  sales "})

    (asked,) = scene.store.asked
    assert (asked["what"], asked["params"]["reason"]) == (Ask.HAND_BACK, "belongs to sales")
    assert "Handed back" in text_of(answer)


def test_handing_back_without_a_reason_asks_for_one(scene):
    answer = scene.press(LINK, "hand back", form={"reason": " \r\n"})

    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert "needs a reason" in text_of(answer)
    assert scene.store.asked == []


def test_a_long_reason_is_cut(scene):
    scene.press(LINK, "hand back", form={"reason": "x" * 5_000})

    assert len(scene.store.asked[0]["params"]["reason"]) == 300


def test_a_link_works_once_whatever_button_and_spelling(scene):
    scene.press(LINK)
    second = scene.press(LINK, "snooze 1h")

    assert second.status_code == 409
    assert "This link has been used" in text_of(second)
    assert len(scene.store.asked) == 1


def test_the_links_of_two_people_are_two(scene):
    scene.press(LINK)
    answer = scene.press(link(person="22"), "snooze 1h")

    assert answer.status_code == 200
    assert [one["by"] for one in scene.store.asked] == ["21", "22"]


def test_an_address_is_never_stored(scene):
    scene.press(link(person="duty@example.com"))

    assert "duty@example.com" not in str(scene.store.asked)
    assert scene.store.asked[0]["by"] == "duty"


@pytest.mark.parametrize("what", ["", "accept", "snooze", "snooze 9h", "acknowledge 1h", "close"])
def test_a_button_the_page_does_not_have_asks_for_nothing(scene, what):
    answer = scene.press(LINK, what)

    assert 'value="acknowledge"' in answer.text
    assert scene.store.asked == []


def test_buttons_are_counted_and_looking_is_not(scene):
    scene.client.get(LINK)
    scene.press(LINK)
    scene.press(LINK)

    said = scene.metrics.render().decode()
    assert 'deskladder_asked_total{door="link",status="200"} 1.0' in said
    assert 'deskladder_asked_total{door="link",status="409"} 1.0' in said


# Too late -------------------------------------------------------------------------------------


@pytest.mark.parametrize("press", [False, True], ids=["looking", "pressing"])
@pytest.mark.parametrize(
    ("stands", "status", "told"),
    [
        ({"phase": Phase.ACKNOWLEDGED}, 200, "Somebody takes care of it already"),
        ({"phase": Phase.RESOLVED}, 410, "This escalation is over"),
        ({"phase": Phase.HANDED_BACK}, 410, "This escalation is over"),
        ({"step": 3, "entered_step": 3, "level": 2}, 410, "The ladder has gone on"),
        ({"number": 2}, 410, "This escalation is over"),
        ({"phase": Phase.SUGGESTED}, 410, "This escalation is over"),
    ],
    ids=["acknowledged", "resolved", "handed back", "next level", "another one", "suggested"],
)
def test_a_link_that_came_too_late_says_so(scene, press, stands, status, told):
    scene.store.escalations = (escalation(**stands),)

    answer = scene.press(LINK) if press else scene.client.get(LINK)

    assert answer.status_code == status
    assert told in text_of(answer)
    assert "#10012" in text_of(answer)
    assert scene.store.asked == []
    assert "<button" not in answer.text


def test_a_step_that_was_no_new_level_leaves_the_link_good(scene):
    scene.store.escalations = (escalation(step=5, phase=Phase.EXHAUSTED),)

    answer = scene.press(link(step=5))

    assert answer.status_code == 200
    assert scene.store.asked[0]["step"] == 2, "the level it stands at, as the engine compares it"


@pytest.mark.parametrize("press", [False, True], ids=["looking", "pressing"])
def test_an_expired_link_says_so(scene, press):
    scene.now = NOW + timedelta(days=7)

    answer = scene.press(LINK) if press else scene.client.get(LINK)

    assert answer.status_code == 410
    assert "This link has expired" in text_of(answer)
    assert scene.store.asked == []


def test_a_link_of_a_helpdesk_that_left_the_file_does_nothing(scene):
    scene.config = the_config(helpdesks={})

    assert scene.press(LINK).status_code == 410
    assert scene.store.asked == []


@pytest.mark.parametrize("press", [False, True], ids=["looking", "pressing"])
def test_a_store_that_is_down_keeps_the_link_good(scene, press):
    scene.store.problem = OSError("the disk is gone")

    answer = scene.press(LINK) if press else scene.client.get(LINK)
    scene.store.problem = None

    assert answer.status_code == 503
    assert answer.headers["Retry-After"]
    assert "disk" not in answer.text
    assert scene.press(LINK).status_code == 200


# Attacks --------------------------------------------------------------------------------------


@pytest.mark.parametrize("press", [False, True], ids=["looking", "pressing"])
@pytest.mark.parametrize(
    "path",
    [
        link(key=b"o" * 32),
        link(person="22").rpartition(".")[0] + "." + LINK.rpartition(".")[2],
        LINK[:-2],
        "/ack/" + "x" * 5_000,
        "/ack/%00%0d%0aSet-Cookie:%20a=b",
        "/ack/{{7*7}}",
        "/ack/\u00e4",
    ],
    ids=["forged", "another's", "cut", "long", "header", "template", "umlaut"],
)
def test_what_is_not_ours_does_nothing_and_is_not_repeated(scene, path, press):
    answer = scene.press(path) if press else scene.client.get(path)

    assert answer.status_code in {403, 404}
    assert scene.store.asked == []
    assert "Set-Cookie" not in answer.headers
    assert "49" not in text_of(answer)
    assert "x" * 100 not in answer.text


def test_the_token_must_stand_in_the_form_too(scene):
    without = scene.client.post(LINK, data={"what": "acknowledge"})
    another = scene.press(LINK, form={"token": link(person="22").rpartition("/")[2]})

    assert [without.status_code, another.status_code] == [403, 403]
    assert scene.store.asked == []


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://evil.example"},
        {"Origin": "https://desk.example.com.evil.example"},
        {"Origin": "http://["},
        {"Origin": "file://"},
        {"Origin": ""},
        {"Origin": "null", "Sec-Fetch-Site": "cross-site"},
    ],
    ids=str,
)
def test_another_page_cannot_press_the_button(scene, headers):
    answer = scene.press(LINK, headers=headers)

    assert answer.status_code == 403
    assert scene.store.asked == []


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "null", "Sec-Fetch-Site": "same-origin"},
        {"Origin": SERVICE, "Sec-Fetch-Site": "same-origin"},
        {"Origin": "http://localhost"},
        {},
    ],
    ids=["a page without referrers", "the address of the file", "the host", "an old browser"],
)
def test_our_own_page_can(scene, headers):
    assert scene.press(LINK, headers=headers).status_code == 200


@pytest.mark.parametrize(
    "content", ["application/json", "multipart/form-data; boundary=x", "text/plain", None]
)
def test_only_a_form_is_read(scene, content):
    answer = scene.client.post(LINK, data=b"what=acknowledge", content_type=content)

    assert answer.status_code == 415
    assert scene.store.asked == []


def test_a_huge_form_is_not_read(scene):
    answer = scene.press(LINK, "hand back", form={"reason": "x" * (MAX_FORM + 1)})

    assert answer.status_code == 413
    assert scene.store.asked == []


def test_who_tries_many_wrong_links_must_wait_and_good_links_work_all_the_same(scene):
    bad = [scene.client.get(f"/ack/{number}").status_code for number in range(40)]

    assert bad[0] == 404
    assert bad[-1] == 429
    assert scene.client.get("/ack/x").headers["Retry-After"]
    assert scene.press(LINK).status_code == 200


def test_a_link_is_never_logged(scene, log):
    token = LINK.rpartition("/")[2]
    scene.client.get(LINK)
    scene.press(LINK)
    scene.press(LINK)
    scene.store.problem = OSError("down")
    scene.client.get(LINK)
    scene.store.problem = None
    for number in range(40):
        scene.client.get(f"/ack/wrong-{number}")

    said = log.getvalue()
    assert "ack.asked" in said
    assert "store.failed" in said
    assert "ack.locked_out" in said
    assert token not in said
    assert token.partition(".")[2] not in said
    assert "wrong-1" not in said


def test_every_word_is_there_in_every_language():
    keys = {language: set(words) for language, words in WORDS.items()}

    assert set(keys) == {"en", "de", "nl"}
    assert keys["de"] == keys["nl"] == keys["en"]
    assert all(text.strip() for words in WORDS.values() for text in words.values())


def test_the_key_of_the_links_is_the_stores():
    assert Scene().client.get(link(key=KEY)).status_code == 200


def test_without_an_address_in_the_file_links_made_before_still_work(scene):
    scene.config = the_config(service=Service())

    assert scene.press(LINK).status_code == 200
