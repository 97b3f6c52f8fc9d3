"""Templates, with the filters and functions that they use."""

from calendar import month_name
from collections.abc import Iterable
from datetime import date, datetime
from functools import cache
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from chalicelib.domain.meetings import decision_wording
from chalicelib.domain.people.seats import term_in_words
from chalicelib.domain.policy import rules as policy
from chalicelib.domain.times import clock_time, local_date, long_date, long_moment
from chalicelib.web import assets


@cache
def environment() -> Environment:
    """The templates. Everything is escaped, and a misspelt name is an error."""
    made = Environment(
        loader=FileSystemLoader(assets.ROOT / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    made.filters["moment"] = moment
    made.filters["day"] = day
    made.filters["month"] = month
    made.filters["clock"] = clock
    made.filters["groupby_kept"] = groupby_kept
    made.filters["term"] = term_in_words
    # Behind “6:17 p.m.” no second full stop.
    made.filters["sentence"] = decision_wording.sentence
    made.globals["static"] = assets.static
    made.globals["scripts"] = assets.scripts
    return made


def moment(value: datetime | str, zone: str = "") -> str:
    """`January 26, 2024, 1:00 p.m. CST`, in a zone, or else the association's."""
    when = datetime.fromisoformat(value) if isinstance(value, str) else value
    return long_moment(when, zone or policy.load().association.zone)


def clock(value: datetime, zone: str = "") -> str:
    """`1:05 p.m.`, in a zone, or else the association's."""
    return clock_time(value.astimezone(ZoneInfo(zone or policy.load().association.zone)))


def day(value: date | datetime | str) -> str:
    """`January 26, 2024`, in the association's zone."""
    if isinstance(value, str):
        value = datetime.fromisoformat(value) if "T" in value else date.fromisoformat(value)
    if isinstance(value, datetime):
        value = local_date(value, policy.load().association.zone)
    return long_date(value)


def month(value: date) -> str:
    """`January 2024`."""
    return f"{month_name[value.month]} {value.year}"


def groupby_kept(rows: Iterable[dict[str, Any]], key: str) -> list[tuple[Any, list[Any]]]:
    """Rows next to each other that have the same value, in their order: a list with headings."""
    return [(value, list(found)) for value, found in groupby(rows, lambda row: row[key])]
