"""The agent page in the browser: tickets, one ticket, and forms to act as customer or agent.

Plain HTML from the server. Everything people wrote is shown as text, never as markup.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from html import escape, unescape
from urllib.parse import quote

from plugin.simulated.desk import SimulatedDesk
from plugin.simulated.mails import Said
from plugin.simulated.pagestyle import SCRIPT, STYLE
from plugin.simulated.problems import Problem
from plugin.simulated.server import Answer, Request

_TICKET = re.compile(r"/(?:tickets|conversation)/(\d+)/?$")
_PARAGRAPHS = re.compile(r"(?i)</p>|</ul>|</ol>|</div>|</h\d>|</blockquote>")
_BREAKS = re.compile(r"(?i)<br\s*/?>|</li>")
_TAGS = re.compile(r"(?s)<!--.*?-->|<[^>]+>")
_SHOWN = 100  # tickets in the list

_SAFE = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline';"
        " form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}


def respond(desk: SimulatedDesk, request: Request) -> Answer:
    """Answer for everything that is not the API."""
    found = _TICKET.match(request.path)
    try:
        with desk.server.lock:
            if request.method == "POST":
                return _act(desk, request, int(found[1]) if found else None)
            if found:
                return _page(desk, _ticket(desk, int(found[1])), f"#{desk.number(int(found[1]))}")
            if request.path == "/":
                return _page(desk, _list(desk), "Tickets")
            if request.path == "/mails":
                return _page(desk, _mails(desk), "Mail that left")
    except (Problem, LookupError, ValueError, KeyError) as problem:
        text = f'<main><p class="wrong">{escape(str(problem))}</p><p><a href="/">Tickets</a></main>'
        return _page(desk, text, "Not found", status=404)
    return _page(desk, '<main><p class="wrong">There is no such page.</main>', "?", status=404)


# acting --------------------------------------------------------------------------------------


def _act(desk: SimulatedDesk, request: Request, ticket: int | None) -> Answer:
    """Do what a form says; then show the ticket again."""
    origin = request.headers.get("origin")
    if origin and origin.partition("://")[2] != request.headers.get("host"):
        raise ValueError("this form came from another page")
    form = request.form()
    if ticket is None:
        ticket = desk.customer_writes(
            _needed(form, "customer", "the customer's address"),
            _needed(form, "subject", "a subject"),
            _needed(form, "text", "a text"),
            group=_needed(form, "group", "a group"),
            channel=form.get("channel", "email"),
        )
    else:
        act = _ACTS.get(form.get("act", ""))
        if act is None:
            raise ValueError("this form asks for something unknown")
        act(desk, ticket, form)
    return Answer(303, b"", {"Location": f"/tickets/{ticket}"})


Form = Mapping[str, str]


def _needed(form: Form, name: str, what: str) -> str:
    value = form.get(name, "").strip()
    if not value:
        raise ValueError(f"Please give {what}.")
    return value


def _update(desk: SimulatedDesk, ticket: int, form: Form) -> None:
    """Write only what differs, as an agent's screen does."""
    agent = _needed(form, "agent", "an agent")
    if form.get("group") and form["group"] != desk.group(ticket):
        desk.agent_moves(ticket, agent, form["group"])
    owner = form.get("owner", "")
    if owner != (desk.owner(ticket) or ""):
        desk.agent_assigns(ticket, agent, owner or None)
    if form.get("priority") and form["priority"] != desk.priority(ticket):
        desk.agent_sets_priority(ticket, agent, form["priority"])
    if form.get("state") and form["state"] != desk.state(ticket):
        desk.agent_sets_state(ticket, agent, form["state"])


def _say(desk: SimulatedDesk, ticket: int, form: Form) -> None:
    text = _needed(form, "text", "a text")
    if form.get("as") == "customer":
        desk.customer_replies(ticket, text)
        return
    agent = _needed(form, "agent", "an agent")
    if form.get("as") == "note":
        desk.agent_notes(ticket, agent, text)
    else:
        desk.agent_replies(ticket, agent, text)


_ACTS: Mapping[str, Callable[[SimulatedDesk, int, Form], object]] = {
    "say": _say,
    "update": _update,
    "tag": lambda desk, ticket, form: desk.agent_tags(
        ticket, desk.agents()[0], _needed(form, "tag", "a tag")
    ),
    "untag": lambda desk, ticket, form: desk.agent_untags(ticket, desk.agents()[0], form["tag"]),
}


# showing -------------------------------------------------------------------------------------


def _page(desk: SimulatedDesk, body: str, title: str, *, status: int = 200) -> Answer:
    name = {"zammad": "Simulated Zammad", "freescout": "Simulated FreeScout"}[desk.type]
    text = (
        '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)} · {name}</title><style>{STYLE}</style></head><body>"
        f'<header><a class="brand" href="/">{name}</a><nav><a href="/">Tickets</a>'
        f'<a href="/mails">Mail</a></nav></header>{body}<script>{SCRIPT}</script></body></html>'
    )
    return Answer(status, text, _SAFE)


def _list(desk: SimulatedDesk) -> str:
    tickets = desk.tickets()
    lines = "".join(_line(desk, ticket) for ticket in tickets[:_SHOWN])
    more = len(tickets) - _SHOWN
    rest = f'<p class="quiet">… and {more} older ones.</p>' if more > 0 else ""
    empty = "" if tickets else '<p class="quiet">Nobody has written yet.</p>'
    return (
        f'<main class="wide"><h1>Tickets <small>{len(tickets)}</small></h1>'
        f'<ul class="tickets">{lines}</ul>{empty}{rest}{_writing(desk)}</main>'
    )


def _line(desk: SimulatedDesk, ticket: int) -> str:
    owner = desk.owner(ticket)
    who = escape(desk.name_of(owner)) if owner else '<span class="nobody">nobody</span>'
    priority = desk.priority(ticket) or ""
    urgent = ' class="urgent"' if "high" in priority or "urgent" in priority else ""
    return (
        f"<li{urgent}><a href='/tickets/{ticket}'>"
        f'<span class="number">#{escape(desk.number(ticket))}</span>'
        f"<strong>{escape(desk.subject(ticket))}</strong>{_tags(desk.tags(ticket))}"
        f'<span class="quiet">{escape(desk.name_of(desk.customer(ticket)))} · '
        f"{escape(desk.group(ticket))} · {who}</span>"
        f"{_state(desk.state(ticket))}<time>{_when(desk, ticket)}</time>"
        "</a></li>"
    )


def _when(desk: SimulatedDesk, ticket: int) -> str:
    """The time of the last change; the day, when it was another."""
    at = datetime.fromisoformat(desk.updated_at(ticket))
    same_day = at.date() == desk.now().astimezone(at.tzinfo).date()
    return f"{at:%H:%M}" if same_day else f"{at.day} {at:%b}"


def _ticket(desk: SimulatedDesk, ticket: int) -> str:
    customer = desk.customer(ticket)
    priority = desk.priority(ticket)
    said = "".join(_message(message, desk.url) for message in desk.messages(ticket))
    history = "".join(
        f"<li><time>{escape(at[11:19])}</time> {escape(text)}</li>"
        for at, text in desk.events(ticket)
    )
    facts = [
        ("Customer", f"{escape(desk.name_of(customer))}<br><small>{escape(customer)}</small>"),
        ("Group", escape(desk.group(ticket))),
        ("Owner", escape(desk.name_of(desk.owner(ticket) or "")) or "nobody"),
        ("State", _state(desk.state(ticket))),
    ]
    if priority:
        facts.append(("Priority", escape(priority)))
    shown = "".join(f"<div><dt>{name}</dt><dd>{value}</dd></div>" for name, value in facts)
    return (
        f'<main><p class="back"><a href="/">← Tickets</a></p>'
        f'<h1><span class="number">#{escape(desk.number(ticket))}</span>'
        f" {escape(desk.subject(ticket))}</h1>"
        f'<div class="columns"><section>{said}{_answering(desk, ticket)}</section>'
        f'<aside class="facts"><dl>{shown}</dl>{_tagging(desk, ticket)}{_changing(desk, ticket)}</aside>'
        f'<aside class="past"><h2>History</h2><ol class="history">'
        f"{history or '<li>nothing yet</li>'}</ol></aside></div></main>"
    )


def _message(said: Said, url: str) -> str:
    label = {"customer": "customer", "agent": "reply", "note": "internal note"}[said.kind]
    automatic = " · automatic" if said.automatic else ""
    initials = "".join(part[0] for part in said.author.split()[:2] if part).upper() or "?"
    return (
        f'<article class="{said.kind}"><div class="avatar">{escape(initials)}</div>'
        f'<div class="bubble"><p class="who"><strong>{escape(said.author)}</strong> '
        f"<span>{label}{automatic}</span><time>{said.at:%d %b %H:%M:%S}</time></p>"
        f"{_paragraphs(said.body, url)}</div></article>"
    )


def _paragraphs(body: str, url: str = "") -> str:
    """A body as text: markup becomes paragraphs and lines, all else is escaped.

    Addresses of tickets here become links, however the real helpdesk writes them.
    """
    if re.search(r"(?i)<(p|br|div|ul|ol)\b", body):
        body = _BREAKS.sub("\n", _PARAGRAPHS.sub("\n\n", body.replace("\n", " ")))
    text = unescape(_TAGS.sub("", body))
    shown = []
    for paragraph in re.split(r"\n\s*\n", text):
        lines = [escape(line.strip()) for line in paragraph.split("\n") if line.strip()]
        if lines:
            shown.append(f'<p class="text">{"<br>".join(lines)}</p>')
    linked = "".join(shown)
    if url:
        address = re.compile(
            re.escape(escape(url)) + r"/(?:#ticket/zoom|conversation|tickets)/(\d+)"
        )
        linked = address.sub(r'<a href="/tickets/\1">ticket \1</a>', linked)
    return linked


def _state(state: str) -> str:
    return f'<span class="state {escape(state.split(maxsplit=1)[0])}">{escape(state)}</span>'


def _tags(tags: set[str]) -> str:
    return "".join(f'<span class="tag">{escape(tag)}</span>' for tag in sorted(tags))


# forms ---------------------------------------------------------------------------------------


def _options(values: list[str], chosen: str | None = None, none: str | None = None) -> str:
    first = f'<option value="">{escape(none)}</option>' if none is not None else ""
    return first + "".join(
        f'<option value="{escape(value, quote=True)}"{" selected" if value == chosen else ""}>'
        f"{escape(value)}</option>"
        for value in values
    )


def _select(name: str, label: str, options: str) -> str:
    return f'<label>{label}<select name="{name}">{options}</select></label>'


def _humans(desk: SimulatedDesk) -> list[str]:
    return [agent for agent in desk.agents() if agent != desk.service_user]


def _writing(desk: SimulatedDesk) -> str:
    channels = _options(["email", "phone", "web", "chat", "social"])
    return (
        '<details class="card"><summary>Write as a customer</summary><form method="post" action="/">'
        '<label>From<input name="customer" type="email" required placeholder="you@mail.example">'
        f"</label><div class='row'>{_select('group', 'To', _options(desk.group_names()))}"
        f"{_select('channel', 'By', channels)}</div>"
        '<label>Subject<input name="subject" required></label>'
        '<label>Text<textarea name="text" rows="4" required></textarea></label>'
        "<button>Send</button></form></details>"
    )


def _answering(desk: SimulatedDesk, ticket: int) -> str:
    agents = _select("agent", "Agent", _options(_humans(desk), desk.owner(ticket)))
    return (
        f'<form class="card" method="post" action="/tickets/{ticket}">'
        '<textarea name="text" rows="3" required aria-label="Text"'
        ' placeholder="Write a reply, a note, or what the customer says …"></textarea>'
        f'<div class="row">{agents}</div><input type="hidden" name="act" value="say">'
        '<div class="buttons"><button name="as" value="agent">Reply as agent</button>'
        '<button name="as" value="note" class="yellow">Internal note</button>'
        '<button name="as" value="customer" class="light">As the customer</button></div></form>'
    )


def _tagging(desk: SimulatedDesk, ticket: int) -> str:
    buttons = "".join(
        f'<form class="inline" method="post" action="/tickets/{ticket}">'
        '<input type="hidden" name="act" value="untag">'
        f'<button class="tag" name="tag" value="{escape(tag, quote=True)}"'
        f' title="Remove the tag" aria-label="Remove the tag {escape(tag, quote=True)}">'
        f"{escape(tag)} &times;</button></form>"
        for tag in sorted(desk.tags(ticket))
    )
    return (
        f'<h2>Tags</h2><div class="tags">{buttons}'
        f'<form class="inline" method="post" action="/tickets/{ticket}">'
        '<input type="hidden" name="act" value="tag">'
        '<input name="tag" class="small" placeholder="add a tag" aria-label="Add a tag" required>'
        "</form></div>"
    )


def _changing(desk: SimulatedDesk, ticket: int) -> str:
    people = desk.agents()
    priorities = desk.priority_names()
    state = desk.state(ticket)
    states = desk.state_names()
    known = states if state in states else [state, *states]
    priority = (
        _select("priority", "Priority", _options(priorities, desk.priority(ticket)))
        if priorities
        else ""
    )
    return (
        '<details class="card"><summary>Change as an agent</summary>'
        f'<form method="post" action="/tickets/{ticket}">'
        '<input type="hidden" name="act" value="update">'
        f"{_select('agent', 'Who', _options(_humans(desk)))}"
        f"{_select('group', 'Group', _options(desk.group_names(), desk.group(ticket)))}"
        f"{_select('owner', 'Owner', _options(people, desk.owner(ticket), 'nobody'))}"
        f"{_select('state', 'State', _options(known, state))}{priority}"
        "<button>Save</button></form></details>"
    )


def _mails(desk: SimulatedDesk) -> str:
    lines = "".join(
        f'<article class="mail"><p class="who"><strong>{escape(mail.subject)}</strong>'
        f"<span>{escape(mail.kind)}</span><time>{mail.at:%d %b %H:%M:%S}</time></p>"
        f'<p class="quiet">to {escape(mail.to)} from {escape(mail.sender)} · '
        f'<a href="/tickets/{quote(str(mail.ticket_id))}">ticket</a></p>'
        f"{_paragraphs(mail.body)}</article>"
        for mail in reversed(desk.mails()[-_SHOWN:])
    )
    empty = '<p class="quiet">No mail has left yet.</p>'
    return f'<main class="wide"><h1>Mail that left</h1>{lines or empty}</main>'
