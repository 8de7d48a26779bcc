"""JSON to other systems: what counts as done, what is tried again, what is refused."""

import json

import pytest
import requests
import responses

from plugin.domain.errors import Refused, TryAgain
from plugin.outgoing import LONGEST, knock, post

URL = "https://crm.example/secret-path/cases"


@pytest.fixture
def crm():
    with responses.RequestsMock() as mocked:
        yield mocked


def test_json_goes_out_and_json_comes_back(crm):
    crm.post(URL, json={"data": {"id": 815}}, status=201)

    answer = post(URL, {"subject": "Grüße <b>"}, {"X-Api-Key": "k"})

    assert answer == (201, {"data": {"id": 815}})
    request = crm.calls[0].request
    assert json.loads(request.body) == {"subject": "Grüße <b>"}
    assert request.headers["X-Api-Key"] == "k"
    assert request.headers["Content-Type"].startswith("application/json")
    assert request.headers["User-Agent"] == "Deskladder"


def test_a_netrc_of_the_machine_is_not_used(crm, tmp_path, monkeypatch):
    netrc = tmp_path / "netrc"
    netrc.write_text("machine crm.example login someone password else\n", "utf-8")
    monkeypatch.setenv("NETRC", str(netrc))
    crm.post(URL)

    post(URL, {}, {"Authorization": "Bearer k"})

    assert crm.calls[0].request.headers["Authorization"] == "Bearer k"


@pytest.mark.parametrize(
    ("body", "parsed"),
    [(b"", None), (b"<html>", "<html>"), (b"\xff", "\ufffd"), (b"[" * 100_000, "[" * 100_000)],
    ids=["empty", "HTML", "not UTF-8", "nested"],
)
def test_an_answer_without_json_is_no_failure(crm, body, parsed):
    crm.post(URL, body=body)

    assert post(URL, {}, {}) == (200, parsed)


def test_a_huge_answer_is_cut_off(crm):
    crm.post(URL, body=b"x" * (LONGEST + 70_000))

    assert len(post(URL, {}, {})[1]) == LONGEST


@pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503])
def test_a_system_in_trouble_is_asked_again(crm, status):
    crm.post(URL, status=status, headers={"Retry-After": "7"})

    with pytest.raises(TryAgain, match=str(status)) as problem:
        post(URL, {}, {})

    assert problem.value.after == 7


@pytest.mark.parametrize("header", ["Wed, 21 Oct 2026 07:28:00 GMT", "-1", "", "9" * 30])
def test_an_odd_wait_is_left_to_our_own_back_off(crm, header):
    crm.post(URL, status=503, headers={"Retry-After": header})

    with pytest.raises(TryAgain) as problem:
        post(URL, {}, {})

    assert problem.value.after is None


@pytest.mark.parametrize(
    ("status", "hint"),
    [
        (400, "json"),
        (401, "credentials"),
        (403, "credentials"),
        (404, "url"),
        (409, "already"),
        (422, "json"),
        (302, "redirect"),
        (307, "redirect"),
    ],
)
def test_a_refusal_says_where_to_look(crm, status, hint):
    crm.post(URL, status=status, headers={"Location": "https://elsewhere.example/"})

    with pytest.raises(Refused, match=hint) as problem:
        post(URL, {}, {})

    assert "secret" not in str(problem.value)
    assert len(crm.calls) == 1


@pytest.mark.parametrize(
    ("error", "kind", "ambiguous"),
    [
        (requests.ConnectTimeout(), TryAgain, False),
        (requests.ReadTimeout(), TryAgain, True),
        (requests.ConnectionError("https://crm.example/secret-path"), TryAgain, True),
        (requests.exceptions.ChunkedEncodingError("secret-path"), TryAgain, True),
        (requests.exceptions.SSLError("secret-path"), Refused, None),
        (requests.exceptions.InvalidURL("secret-path"), Refused, None),
    ],
    ids=["connect", "read", "lost", "cut off", "certificate", "address"],
)
def test_failures_of_the_line(crm, error, kind, ambiguous):
    crm.post(URL, body=error)

    with pytest.raises(kind) as problem:
        post(URL, {}, {})

    assert "secret" not in str(problem.value)
    assert getattr(problem.value, "ambiguous", None) is ambiguous


def test_a_knock_is_a_request_without_anything(crm):
    crm.get(URL, status=204)

    knock(URL)

    (call,) = crm.calls
    assert (call.request.method, call.request.body) == ("GET", None)


@pytest.mark.parametrize(("status", "kind"), [(500, TryAgain), (404, Refused), (301, Refused)])
def test_a_knock_nobody_answers_well_is_a_failure_without_the_address(crm, status, kind):
    crm.get(URL, status=status)

    with pytest.raises(kind) as problem:
        knock(URL)

    assert "secret" not in str(problem.value)


@pytest.mark.parametrize("url", ["", "nonsense", "ftp://crm.example/", "http://[::1", "https://"])
def test_an_address_that_is_none_is_refused(url):
    with pytest.raises(Refused, match="see its url and headers"):
        post(url, {}, {})


def test_a_header_with_a_line_end_is_refused():
    with pytest.raises(Refused):
        post("http://127.0.0.1:9/", {}, {"X-A": "b\r\nHost: evil"})
