"""Charts: their geometry, and what they say in words."""

import re
from typing import Any

import pytest

from chalicelib.packet.charts import signature_chart, tally_chart
from tests.packet.packet_full import progress, vote


def words(svg: str) -> list[str]:
    return re.findall(r"<text[^>]*>([^<]*)</text>", svg)


def test_the_signatures_climb_to_the_threshold_and_end_on_the_last_day() -> None:
    svg = signature_chart(progress())
    path = re.search(r'<path d="M([^"Z]+)" fill="none"', svg)
    assert path
    steps = [float(n) for n in re.findall(r"V([\d.]+)", path[1])]
    assert steps == sorted(steps, reverse=True), "more signatures stand higher"
    across = [float(n) for n in re.findall(r"H([\d.]+)", path[1])]
    assert across == sorted(across)
    assert across[-1] == 476.0
    threshold = re.search(r'y1="([\d.]+)"[^>]*stroke-dasharray', svg)
    assert threshold
    assert float(threshold[1]) == steps[-1], "25 of 25: the line is reached, and not crossed"


def test_a_chart_says_in_words_what_it_shows_and_escapes_them() -> None:
    chart = {**progress(), "alt": "25 <signatures> & no more"}
    assert "<title>25 &lt;signatures&gt; &amp; no more</title>" in signature_chart(chart)
    assert "Threshold: 25" in words(signature_chart(chart))


@pytest.mark.parametrize("days", [0, 1, 400])
def test_dates_never_run_into_each_other(days: int) -> None:
    ticks = [[day, f"Day {day}"] for day in range(0, days + 1, 30)]
    svg = signature_chart({**progress(), "days": days, "points": [[0, 30]], "ticks": ticks})
    places = [float(x) for x in re.findall(r'<text x="([\d.]+)" y="127.0"', svg)]
    assert places
    assert all(b - a >= 70 for a, b in zip(places, places[1:], strict=False))


@pytest.mark.parametrize(
    ("most", "lines"), [(1, 2), (6, 4), (25, 6), (75, 4), (5000, 6), (5001, 3)]
)
def test_a_plot_has_a_handful_of_lines_behind_it(most: int, lines: int) -> None:
    chart = {**progress(1), "points": [[0, most]]}
    named = [word for word in words(signature_chart(chart)) if word.replace(",", "").isdigit()]
    assert len(named) == lines
    assert named[0] == "0"


def shapes(svg: str) -> dict[str, int]:
    return {
        "full": svg.count('fill="#173f4a" stroke'),
        "crosses": (svg.count("<line") - 2) // 2,
        "squares": svg.count("<rect"),
    }


def test_every_ballot_is_a_square_full_for_yes_and_crossed_for_no() -> None:
    assert shapes(tally_chart(vote()["chart"])) == {"full": 8, "crosses": 2, "squares": 13}


def test_the_line_of_the_majority_stands_behind_the_last_vote_that_is_needed() -> None:
    chart: dict[str, Any] = vote()["chart"]
    svg = tally_chart({**chart, "needed": 8})
    line = re.search(r'<line x1="([\d.]+)"[^>]*stroke-dasharray', svg)
    assert line
    lefts = [float(x) for x in re.findall(r'<rect x="([\d.]+)"[^>]*fill="#173f4a"', svg)]
    assert lefts[-1] < float(line[1]) < lefts[-1] + 24.1
    assert "8 yes needed" in words(svg)


def test_a_large_electorate_is_drawn_as_bars_within_the_page() -> None:
    rows = [
        {"name": "Yes", "ballots": 400, "kind": "yes"},
        {"name": "No", "ballots": 0, "kind": "no"},
    ]
    svg = tally_chart({"rows": rows, "seats": 400, "needed": 201, "alt": "400 yes"})
    ((left, width),) = re.findall(r'<rect x="([\d.]+)" y="[\d.]+" width="([\d.]+)"', svg)
    assert float(left) + float(width) <= 482
