"""Charts as SVG: how signatures came in, and how a vote fell.

Drawn for one ink: shapes, outlines and words tell things apart, never a color alone. Each says in
its title, which a screen reader reads out, what it shows. Lengths are points.
"""

from typing import Any

from markupsafe import Markup, escape

WIDTH = 482.0
# Where a chart's own things begin: below it hang the labels, as in the packet's forms.
COLUMN = 112.0

_INK, _DEEP, _QUIET, _HAIR, _TINT = "#16181a", "#173f4a", "#555b60", "#a9b0b4", "#e3e9eb"
_FONTS = "Packet Sans, Packet Arabic, Packet Hebrew, sans-serif"

# The plot of the signatures: its edges within the chart.
_LEFT, _RIGHT, _TOP, _BOTTOM = COLUMN, WIDTH - 6.0, 8.0, 112.0
# Two dates closer than this would run into each other.
_DATE_ROOM = 78.0
# Up to so many points are marked one by one.
_MARKED = 60
# Up to so many ballots are drawn as one square each.
_SQUARES = 40
_ROW = 22.0
_BOX = 13.0


def signature_chart(chart: dict[str, Any]) -> Markup:
    """Signatures by day, added up, as a stepped line, with the threshold as a dashed one.

    `points` are pairs of a day, counted from the first one, and how many signatures there were at
    its end; `days` is the last day; `ticks` are pairs of a day and its name; `alt` says it all.
    """
    points = [(int(day), int(count)) for day, count in chart["points"]]
    days, threshold = max(int(chart["days"]), 1), int(chart["threshold"])
    most = max(threshold, points[-1][1], 1)
    step = _step(most)
    # A little room above the highest line.
    top = most * 1.12

    def x(day: int) -> float:
        return _LEFT + (_RIGHT - _LEFT) * min(day / days, 1)

    def y(count: float) -> float:
        return _BOTTOM - (_BOTTOM - _TOP) * count / top

    parts = []
    for count in range(0, most + 1, step):
        parts.append(_line(_LEFT, y(count), _RIGHT, y(count), _INK if count == 0 else _HAIR, 0.5))
        parts.append(_text(_LEFT - 8, y(count) + 3, f"{count:,}", "end"))
    outline = f"M{x(0):.1f} {y(0):.1f}"
    for day, count in points:
        outline += f"H{x(day):.1f}V{y(count):.1f}"
    outline += f"H{x(days):.1f}"
    parts.append(f'<path d="{outline}V{y(0):.1f}Z" fill="{_TINT}"/>')
    parts.append(f'<path d="{outline}" fill="none" stroke="{_DEEP}" stroke-width="1.75"/>')
    if len(points) <= _MARKED:
        parts += [
            f'<circle cx="{x(day):.1f}" cy="{y(count):.1f}" r="1.9" fill="{_DEEP}"/>'
            for day, count in points
        ]
    parts.append(_line(_LEFT, y(threshold), _RIGHT, y(threshold), _INK, 1, dash="5 3"))
    words = f"Threshold: {threshold:,}"
    # Above its line, where the signatures have not reached it yet; else below it at the end.
    if next((x(day) for day, count in points if count >= threshold * 0.85), _RIGHT) > _LEFT + 90:
        parts.append(_text(_LEFT + 4, y(threshold) - 4, words, bold=True))
    else:
        parts.append(_text(_RIGHT - 4, y(threshold) + 10, words, "end", bold=True))
    parts += _dates([(x(int(day)), str(name)) for day, name in chart["ticks"]])
    return _drawing(134, chart["alt"], parts)


def _dates(ticks: list[tuple[float, str]]) -> list[str]:
    """The first and the last date, and those between them that have room."""
    if not ticks:
        return []
    kept = [ticks[0]]
    last = ticks[-1]
    for tick in ticks[1:-1]:
        if tick[0] - kept[-1][0] >= _DATE_ROOM and last[0] - tick[0] >= _DATE_ROOM:
            kept.append(tick)
    if last[0] - ticks[0][0] >= _DATE_ROOM:
        kept.append(last)
    parts = []
    for at, (place, name) in enumerate(kept):
        anchor = "start" if at == 0 else "end" if place >= _RIGHT - 1 else "middle"
        parts.append(_line(place, _BOTTOM, place, _BOTTOM + 4, _INK, 0.5))
        parts.append(_text(place, _BOTTOM + 15, name, anchor))
    return parts


def tally_chart(vote: dict[str, Any]) -> Markup:
    """How a vote fell: a row for each choice of `rows` (name, ballots, kind), a square for each
    ballot, and a line where the yes votes that were `needed` are complete.

    `kind` is `yes`, `no`, or `other`. Beyond 40 `seats` a row is one bar. `alt` says it all.
    """
    rows, seats = vote["rows"], max(int(vote["seats"]), 1)
    unit = min((WIDTH - COLUMN - 40) / seats, 24.0)
    height = _ROW * len(rows) + 18
    parts = []
    for at, row in enumerate(rows):
        base = 16 + _ROW * at
        count = int(row["ballots"])
        parts.append(_text(0, base + 10, str(row["name"]), bold=row["kind"] == "yes"))
        parts.append(_text(COLUMN - 12, base + 10, f"{count:,}", "end", bold=row["kind"] == "yes"))
        if seats > _SQUARES:
            parts += _ballots(base, row["kind"], [(COLUMN, unit * count)] if count else [])
        else:
            wide = [(COLUMN + unit * n, unit - 3) for n in range(count)]
            parts += _ballots(base, row["kind"], wide)
    needed = COLUMN + unit * int(vote["needed"]) - 1.5
    # Cased in white, so that it is seen where it crosses full squares.
    parts.append(_line(needed, 12, needed, 16 + _BOX + 4, "#ffffff", 3))
    parts.append(_line(needed, 12, needed, 16 + _BOX + 4, _INK, 1, dash="3 2"))
    parts.append(_text(needed, 8, f"{int(vote['needed']):,} yes needed", "middle"))
    return _drawing(height, vote["alt"], parts)


def _ballots(base: float, kind: str, spans: list[tuple[float, float]]) -> list[str]:
    """Full for yes, crossed for no, empty for all else."""
    fill = _DEEP if kind == "yes" else "#ffffff"
    stroke = _QUIET if kind == "other" else _DEEP
    parts = []
    for left, width in spans:
        parts.append(
            f'<rect x="{left:.1f}" y="{base:.1f}" width="{width:.1f}" height="{_BOX:.1f}" '
            f'fill="{fill}" stroke="{stroke}" stroke-width="1"/>'
        )
        if kind == "no":
            right, low = left + width, base + _BOX
            parts.append(_line(left, base, right, low, _DEEP, 1))
            parts.append(_line(left, low, right, base, _DEEP, 1))
    return parts


def _step(most: int) -> int:
    """The distance of the lines behind a plot: 1, 2 or 5 with noughts, for five lines at most."""
    power = 1
    while most > 50 * power:  # noqa: PLR2004 - five lines, ten times as far apart
        power *= 10
    return next(n * power for n in (1, 2, 5, 10) if most <= 5 * n * power)


def _line(  # noqa: PLR0913 - two points and a pen
    x1: float, y1: float, x2: float, y2: float, color: str, width: float, dash: str = ""
) -> str:
    dashes = f' stroke-dasharray="{dash}"' if dash else ""
    return (
        f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" '
        f'stroke="{color}" stroke-width="{width:g}"{dashes}/>'
    )


def _text(x: float, y: float, text: str, anchor: str = "start", bold: bool = False) -> str:
    weight = ' font-weight="700"' if bold else ""
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{_INK}"{weight}>'
        f"{escape(text)}</text>"
    )


def _drawing(height: float, alt: object, parts: list[str]) -> Markup:
    body = "".join(parts)
    return Markup(  # noqa: S704  Made of numbers and escaped words only.
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH:g} {height:g}" '
        f'font-family="{_FONTS}" font-size="8.5"><title>{escape(str(alt))}</title>{body}</svg>'
    )
