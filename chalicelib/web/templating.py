"""Templates, with the filters and functions that they use."""

from calendar import month_name
from collections.abc import Iterable
from datetime import date, datetime
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from jinja2 import BaseLoader, Environment, FileSystemLoader, ModuleLoader, StrictUndefined

from chalicelib.domain.meetings import decision_wording
from chalicelib.domain.people.seats import term_in_words
from chalicelib.domain.policy import rules as policy
from chalicelib.domain.times import clock_time, local_date, long_date, long_moment
from chalicelib.web import assets

# Where the package that is deployed has its templates as Python modules: loading one takes a
# fraction of the time that parsing it does, and every cold start would parse.
COMPILED = assets.ROOT / "compiled_templates"
# These have environments of their own.
APART = ("email/", "packet/")


def compile_into(folder: Path) -> None:
    """Write every template of a page as a Python module, as `environment` loads them."""

    def of_page(name: str) -> bool:
        return name.endswith(".html") and not name.startswith(APART)

    _environment(FileSystemLoader(assets.ROOT / "templates")).compile_templates(
        folder, zip=None, ignore_errors=False, filter_func=of_page
    )


@cache
def environment() -> Environment:
    """The templates, compiled where they were packaged."""
    if COMPILED.is_dir():
        return _environment(ModuleLoader(COMPILED))
    return _environment(FileSystemLoader(assets.ROOT / "templates"))


def _environment(loader: BaseLoader) -> Environment:
    """Everything is escaped, and a misspelled name is an error."""
    made = Environment(
        loader=loader,
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
