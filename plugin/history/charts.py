"""Charts as inline SVG: no script, no font, nothing from elsewhere; every mark says its number on hover.

Colours are the page's CSS variables, so that they follow light and dark. Widths are in user units of a
`viewBox`, which the page scales.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from html import escape
from math import log1p

WIDE, NARROW = 980, 480
"""Units are about pixels: a chart over the whole page, and one of two beside each other."""

_ROW, _BAR, _NUMBER = 26, 16, 60
_LABEL = {WIDE: 230, NARROW: 180}
_LONGEST = {WIDE: 34, NARROW: 26}
_STEPS = (1, 2, 5)


def bars(title: str, values: Mapping[str, int], *, variable: str = "--accent") -> str:
    """One horizontal bar for each name, narrow, with its name and number in ink beside it."""
    if not values:
        return ""
    most, label = max(values.values()) or 1, _LABEL[NARROW]
    room = NARROW - label - _NUMBER
    rows: list[str] = []
    for place, (name, count) in enumerate(values.items()):
        y = place * _ROW
        length = max(2.0, room * count / most) if count else 0.0
        rows.append(
            f"<g><title>{escape(name)}: {count:,}</title>"
            f'<text class="label" x="{label - 10}" y="{y + 17}" text-anchor="end">{escape(_short(name, NARROW))}</text>'
            f"{_bar(label, y + 5, length, variable)}"
            f'<text class="number" x="{label + length + 8:.1f}" y="{y + 17}">{count:,}</text></g>'
        )
    return _svg(title, NARROW, len(values) * _ROW + 4, "".join(rows))


def stacks(
    title: str, rows: Sequence[tuple[str, Mapping[str, int], str]], colours: Mapping[str, str]
) -> str:
    """One bar of a whole for each row (name, parts, remark), cut by its parts; two units between them."""
    drawn: list[str] = []
    label = _LABEL[WIDE]
    room = WIDE - label - _NUMBER
    for place, (name, parts, remark) in enumerate(rows):
        y, x = place * _ROW, float(label)
        whole = sum(parts.get(part, 0) for part in colours) or 1
        drawn.append(
            f'<text class="label" x="{label - 10}" y="{y + 17}" text-anchor="end">{escape(_short(name, WIDE))}</text>'
        )
        for part, variable in colours.items():
            count = parts.get(part, 0)
            if not count:
                continue
            length = room * count / whole
            drawn.append(
                f"<g><title>{escape(name)}, {escape(part)}: {count:,}</title>"
                f'<rect x="{x:.1f}" y="{y + 5}" width="{max(1.0, length - 2):.1f}" height="{_BAR}" '
                f'fill="var({variable})"/></g>'
            )
            x += length
        drawn.append(
            f'<text class="number" x="{WIDE - _NUMBER + 8}" y="{y + 17}">{escape(remark)}</text>'
        )
    return _svg(title, WIDE, len(rows) * _ROW + 4, "".join(drawn))


def columns(title: str, by_day: Mapping[date, int], first: date, last: date) -> str:
    """A column a day, or a week when the period is longer than ten weeks; the axis begins at zero."""
    span = (last - first).days + 1
    width = 1 if span <= 70 else 7  # noqa: PLR2004
    count = max(1, -(-span // width))
    sums = [0] * count
    for day, number in by_day.items():
        place = (day - first).days // width
        if 0 <= place < count:
            sums[place] += number
    left, bottom, height = 44, 168, 150
    top = _round_up(max(sums, default=0))
    step = (WIDE - left) / count
    marks: list[str] = []
    for part in (0.0, 0.5, 1.0):
        y = bottom - height * part
        marks.append(
            f'<line class="grid" x1="{left}" x2="{WIDE}" y1="{y:.1f}" y2="{y:.1f}"/>'
            f'<text class="tick" x="{left - 8}" y="{y + 4:.1f}" text-anchor="end">{top * part:,.0f}</text>'
        )
    for place, number in enumerate(sums):
        begins = first + timedelta(days=place * width)
        tall = height * number / top
        what = "week of " if width > 1 else ""
        gap = min(2.0, step * 0.25)
        marks.append(
            f"<g><title>{what}{begins.isoformat()}: {number:,}</title>"
            f'<rect x="{left + place * step:.2f}" y="{bottom - height}" width="{step:.2f}" '
            f'height="{height}" fill="transparent"/>'
            f'<rect x="{left + place * step + gap / 2:.2f}" y="{bottom - tall:.2f}" '
            f'width="{max(0.5, step - gap):.2f}" height="{tall:.2f}" fill="var(--accent)"/></g>'
        )
    for share, anchor in ((0.0, "start"), (0.5, "middle"), (1.0, "end")):
        day = first + timedelta(days=round((span - 1) * share))
        x = left + (WIDE - left) * share
        marks.append(
            f'<text class="tick" x="{x:.0f}" y="{bottom + 18}" text-anchor="{anchor}">{day.isoformat()}</text>'
        )
    return _svg(title, WIDE, bottom + 26, "".join(marks))


def heat(title: str, grid: Mapping[tuple[int, int], int], days: Sequence[str]) -> str:
    """Weekdays by hours; the darker, the more. Cells of few are still to be seen (logarithmic)."""
    most = max(grid.values(), default=0)
    left, cell = 44, (WIDE - 44) / 24
    marks: list[str] = []
    for hour in range(0, 24, 3):
        x = left + (hour + 0.5) * cell
        marks.append(f'<text class="tick" x="{x:.1f}" y="12" text-anchor="middle">{hour}</text>')
    for day, name in enumerate(days):
        y = 20 + day * 24
        marks.append(
            f'<text class="label" x="{left - 8}" y="{y + 15}" text-anchor="end">{name}</text>'
        )
        for hour in range(24):
            count = grid.get((day, hour), 0)
            strength = 0.0 if not count else 0.15 + 0.85 * log1p(count) / log1p(most)
            fill = "var(--accent)" if count else "var(--empty)"
            marks.append(
                f"<g><title>{name} {hour}:00 to {hour + 1}:00: {count:,}</title>"
                f'<rect x="{left + hour * cell:.1f}" y="{y}" width="{cell - 2:.1f}" height="22" rx="2" '
                f'fill="{fill}" fill-opacity="{strength if count else 1:.2f}"/></g>'
            )
    return _svg(title, WIDE, 20 + len(days) * 24, "".join(marks))


def _bar(x: float, y: float, length: float, variable: str) -> str:
    """Flat at the base, round at the end."""
    if length <= 0:
        return ""
    round_by = min(4.0, length / 2)
    return (
        f'<path fill="var({variable})" d="M{x} {y}h{length - round_by:.1f}a{round_by:.1f} {round_by:.1f} 0 0 1 '
        f"{round_by:.1f} {round_by:.1f}v{_BAR - 2 * round_by:.1f}a{round_by:.1f} {round_by:.1f} 0 0 1 "
        f'-{round_by:.1f} {round_by:.1f}h-{length - round_by:.1f}z"/>'
    )


def _svg(title: str, width: int, height: float, content: str) -> str:
    return (
        f'<svg viewBox="0 0 {width} {height:.0f}" role="img" aria-label="{escape(title)}" '
        f'xmlns="http://www.w3.org/2000/svg">{content}</svg>'
    )


def _short(name: str, width: int) -> str:
    longest = _LONGEST[width]
    return name if len(name) <= longest else f"{name[: longest - 1]}\u2026"


def _round_up(most: int) -> int:
    """The next number an axis may end with: 2, 4, 10, 20, 40, 100 …"""
    size = 1
    while True:
        for step in _STEPS:
            if most <= 2 * step * size:
                return 2 * step * size
        size *= 10
