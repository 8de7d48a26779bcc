"""A simulation as one HTML page: to be opened from disk, mailed, printed. Everything is inside it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from html import escape
from zoneinfo import ZoneInfo

from plugin.history.charts import bars, columns, heat, stacks
from plugin.history.report import WEEKDAYS, Comparison, Report, attainments, percent
from plugin.history.tally import FREE, NIGHT, Counts

_MANY, _TICKETS_SHOWN = 25, 200
_MINUS = "\u2212"
_PHASES = {
    "met": "--good",
    "met late": "--warning",
    "breached": "--critical",
    "running": "--quiet",
    "paused": "--quiet",
}
_LEGEND = (
    ("--good", "met"),
    ("--warning", "met late"),
    ("--critical", "overdue"),
    ("--quiet", "running or paused"),
)
_STYLE = """
:root{color-scheme:light dark;--page:#fcfcfb;--card:#fff;--ink:#1b1b19;--soft:#5f5e58;--line:#e3e2dd;
--accent:#2a6fb8;--empty:#f0efeb;--good:#2f8f5b;--warning:#d99a1c;--critical:#c43d3d;--quiet:#b9b8b1}
@media (prefers-color-scheme:dark){:root{--page:#161615;--card:#1f1f1d;--ink:#f2f1ed;--soft:#a9a8a1;
--line:#383835;--accent:#5a9be0;--empty:#2a2a28;--good:#4fb37e;--warning:#e0ac45;--critical:#e06767;
--quiet:#62615b}}
*{box-sizing:border-box}body{margin:0 auto;max-width:1080px;padding:32px 20px 64px;background:var(--page);
color:var(--ink);font:15px/1.5 system-ui,-apple-system,"Segoe UI",sans-serif}
h1{font-size:24px;margin:0 0 4px}h2{font-size:17px;margin:0 0 12px}p{margin:0 0 8px}
.soft{color:var(--soft)}section{background:var(--card);border:1px solid var(--line);border-radius:10px;
padding:18px 20px;margin-top:16px;overflow-x:auto;break-inside:avoid}
.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(128px,1fr));gap:12px;margin-top:20px}
.tile{background:var(--card);border:1px solid var(--line);border-radius:10px;padding:14px 16px}
.tile b{display:block;font-size:26px;line-height:1.2}.tile span{color:var(--soft);font-size:13px}
.two{display:grid;grid-template-columns:repeat(auto-fit,minmax(420px,1fr));gap:16px}
.two section{margin-top:0}.two{margin-top:16px}svg{display:block;width:100%;height:auto}.two svg{max-width:520px}
svg text{font:13px system-ui,-apple-system,"Segoe UI",sans-serif;fill:var(--ink)}
svg .tick,svg .number{fill:var(--soft)}svg .number,svg .tick{font-variant-numeric:tabular-nums}
svg .grid{stroke:var(--line);stroke-width:1}svg g:hover rect,svg g:hover path{filter:brightness(1.15)}
table{border-collapse:collapse;width:100%;font-size:14px}th{font-weight:600;color:var(--soft)}
th,td{text-align:left;padding:5px 12px 5px 0;border-bottom:1px solid var(--line);vertical-align:top}
td.n,th.n{text-align:right;font-variant-numeric:tabular-nums}a{color:var(--accent)}summary{cursor:pointer}ul{margin:0;padding-left:18px}
.legend{display:flex;flex-wrap:wrap;gap:16px;margin:0 0 10px;font-size:13px;color:var(--soft)}
.legend i{display:inline-block;width:11px;height:11px;border-radius:3px;margin-right:6px}
@media (max-width:520px){.two{grid-template-columns:1fr}}
"""


def render(report: Report) -> str:
    """The whole page."""
    title = f"Deskladder simulation, {report.since:%Y-%m-%d} to {report.until:%Y-%m-%d}"
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        '<meta http-equiv="Content-Security-Policy" '
        "content=\"default-src 'none'; style-src 'unsafe-inline'\">"
        f"<title>{escape(title)}</title><style>{_STYLE}</style></head><body>"
        f"<h1>What Deskladder would have done</h1>{''.join(_parts(report))}</body></html>\n"
    )


def _parts(report: Report) -> Iterator[str]:
    counts = report.counts
    zone = ZoneInfo(report.timezone)
    first, last = report.since.astimezone(zone).date(), report.until.astimezone(zone).date()
    yield (
        f'<p class="soft">{escape(report.path)} on {escape(", ".join(report.helpdesks))}, {first} to '
        f"{last}, times in {escape(report.timezone)}</p>"
    )
    yield f'<div class="tiles">{"".join(_tiles(counts))}</div>'
    if counts.failed:
        failed = ", ".join(escape(str(ref)) for ref in counts.failed[:_MANY])
        yield _section("Not replayed", f"<p>A bug in Deskladder, please report it: {failed}</p>")
    if report.compared:
        yield _comparison(report.compared, counts)
    yield _section("Escalations", columns("Escalations by date", counts.by_day, first, last))
    hours = heat("Escalations by weekday and hour", counts.grid, WEEKDAYS)
    yield _section("By weekday and hour", hours)
    cards = [
        ("By rule", _ranked(counts.by_rule)),
        ("By reason", _ranked(counts.by_reason)),
        ("By policy", _ranked(counts.by_policy)),
        ("By level", dict(sorted(counts.by_level.items()))),
        ("Steps of ladders", _ranked(counts.ladders)),
        ("By person", _ranked(counts.by_person)),
        ("Mails to customers", _ranked(counts.mails)),
        ("Held back or delayed by guards", _ranked(+counts.guards)),
        ("Needless: answered within five minutes", _ranked(counts.needless_by_rule)),
    ]
    shown = "".join(_section(name, bars(name, values)) for name, values in cards if values)
    yield f'<div class="two">{shown}</div>' if shown else ""
    yield _sla(counts)
    yield _refused(counts)
    yield _busiest(counts)
    yield _section(
        "What was assumed",
        "<ul>" + "".join(f"<li>{escape(one)}</li>" for one in report.assumed) + "</ul>",
    )


def _tiles(counts: Counts) -> Iterator[str]:
    share = counts.needless / counts.escalations if counts.escalations else None
    for number, what in (
        (f"{counts.tickets:,}", "tickets"),
        (f"{counts.escalations:,}", "escalations"),
        (f"{counts.mails.total():,}", "mails to customers"),
        (percent(share), "needless: answered in 5 min anyway"),
        (f"{len(counts.nights):,}", f"nights disturbed ({counts.outside[NIGHT]:,} times)"),
        (f"{len(counts.free_days):,}", f"free days disturbed ({counts.outside[FREE]:,} times)"),
        (f"{counts.guards.total():,}", "times a guard held something back"),
    ):
        yield f'<div class="tile"><b>{number}</b><span>{escape(what)}</span></div>'


def _sla(counts: Counts) -> str:
    if not counts.sla:
        return ""
    rows = [
        (f"{one.policy}, {one.metric.replace('_', ' ')}", one.phases, percent(one.share))
        for one in attainments(counts)
    ]
    legend = "".join(
        f'<span><i style="background:var({variable})"></i>{name}</span>'
        for variable, name in _LEGEND
    )
    chart = stacks("SLA attainment by policy and metric", rows, _PHASES)
    return _section("SLA attainment", f'<div class="legend">{legend}</div>{chart}')


def _refused(counts: Counts) -> str:
    if not counts.refused:
        return ""
    rows = "".join(
        f'<tr><td class="n">{count:,}</td><td>{escape(action)}</td><td>{escape(rule)}</td>'
        f"<td>{escape(why)}</td></tr>"
        for (rule, action, why), count in counts.refused.most_common(_MANY)
    )
    head = '<tr><th class="n">times</th><th>action</th><th>rule</th><th>why</th></tr>'
    return _section("The helpdesk would have refused", f"<table>{head}{rows}</table>")


def _busiest(counts: Counts) -> str:
    rows = "".join(
        f"<tr><td>{_link(busy.url, busy.number)}</td><td>{escape(str(ref))}</td>"
        f'<td class="n">{busy.escalations:,}</td><td class="n">{busy.notes:,}</td>'
        f'<td class="n">{busy.replies:,}</td></tr>'
        for ref, busy in counts.busiest()
    )
    if not rows:
        return ""
    head = (
        '<tr><th>ticket</th><th></th><th class="n">escalations</th><th class="n">notes</th>'
        '<th class="n">mails</th></tr>'
    )
    return _section("The busiest tickets", f"<table>{head}{rows}</table>")


def _comparison(compared: Comparison, counts: Counts) -> str:
    old = compared.old
    numbers = "".join(
        f'<tr><td>{name}</td><td class="n">{before:,}</td><td class="n">{after:,}</td>'
        f'<td class="n">{after - before:+,}</td></tr>'
        for name, before, after in (
            ("escalations", old.escalations, counts.escalations),
            ("mails to customers", old.mails.total(), counts.mails.total()),
            ("needless escalations", old.needless, counts.needless),
            ("nights disturbed", len(old.nights), len(counts.nights)),
            ("free days disturbed", len(old.free_days), len(counts.free_days)),
        )
    )
    head = (
        '<tr><th></th><th class="n">then</th><th class="n">now</th><th class="n">change</th></tr>'
    )
    tickets = "".join(
        f"<tr><td>{escape(one.number)}</td><td>{_list('+', one.only_new)}{_list(_MINUS, one.only_old)}</td></tr>"
        for one in compared.changed[:_TICKETS_SHOWN]
    )
    more = len(compared.changed) - _TICKETS_SHOWN
    rest = f'<p class="soft">and {more:,} more</p>' if more > 0 else ""
    return _section(
        f"Compared with {compared.old_path}",
        f"<table>{head}{numbers}</table><p></p><details><summary>{len(compared.changed):,} tickets end "
        f"otherwise</summary><table>{tickets}</table>{rest}</details>",
    )


def _list(sign: str, lines: tuple[str, ...]) -> str:
    return "".join(f"<div>{sign} {escape(line)}</div>" for line in lines)


def _link(url: str, name: str) -> str:
    """A link where it is one: an address from elsewhere may be anything."""
    if not url.startswith(("https://", "http://")):
        return escape(name)
    return f'<a href="{escape(url)}" rel="noreferrer">{escape(name)}</a>'


def _section(title: str, content: str) -> str:
    return f"<section><h2>{escape(title)}</h2>{content}</section>" if content else ""


def _ranked(values: Mapping[str, int]) -> dict[str, int]:
    return dict(sorted(values.items(), key=lambda item: (-item[1], item[0]))[:_MANY])
