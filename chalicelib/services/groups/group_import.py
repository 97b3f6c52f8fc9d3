"""Groups that were there before this software, brought in from a CSV file.

The file is read anew by each step, and a group that is here already is left alone: whoever does
it again after a fault, or with a longer file, brings in what is missing and nothing twice.
"""

import csv
import io
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from typing import Any

from chalicelib.domain.errors import ConflictError, RuleError, ValidationError
from chalicelib.domain.groups import group as groups
from chalicelib.domain.groups import rows
from chalicelib.domain.groups.group import Group
from chalicelib.domain.groups.rows import Row
from chalicelib.domain.groups.timetable import NOTHING_KNOWN, next_on
from chalicelib.domain.people.addresses import canonical
from chalicelib.domain.people.people import Actor, Person
from chalicelib.domain.people.roles import authorize
from chalicelib.services.commands import Step, command, perform
from chalicelib.services.context import Services
from chalicelib.services.groups import inputs as forms
from chalicelib.services.groups.groups import check_details, to_conveners
from chalicelib.services.inputs import clean_email, clean_line, clean_text, shows
from chalicelib.services.roster.csv_text import decoded, delimiter


@dataclass(frozen=True)
class Found:
    """What a row of the file is: a group to be brought in, one that is here already, or neither
    (`wrong` says why).
    """

    row: Row
    group: Group | None = None
    here: bool = False
    wrong: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """What the row calls the group."""
        return self.row.cells.get("name", "")

    def ended_before(self, today: date) -> bool:
        """Whether the last day of its charge has passed, so that its renewal opens at once."""
        ends = self.group.charge.ends_on if self.group else None
        return ends is not None and ends < today


@dataclass(frozen=True)
class Done:
    """What became of a row."""

    name: str
    slug: str = ""
    message: str = ""


def preview(services: Services, actor: Actor, content: bytes) -> list[Found]:
    """What a file would bring in; nothing is changed. Raises ValidationError for a file that is
    none.
    """
    authorize(actor, "group.import")
    found = list(_found(services, content))
    if not found:
        raise _refused("No group was found in the file.")
    return found


def not_used(services: Services, content: bytes) -> list[str]:
    """The heads of a file that were taken for nothing. Raises ValidationError for a file that is
    none.
    """
    table = _opened(services, content)
    used = table.columns.values()
    return [one.strip() for n, one in enumerate(table.heads) if one.strip() and n not in used]


def text_of(content: bytes) -> str:
    """The text of a file. Raises ValidationError for one that is no text."""
    return decoded(content, _refused)[0]


Board = Callable[[], Mapping[str, Person]]


def _board(services: Services) -> Board:
    """Those who can be named as liaison, by address: read once, and only if anybody is named."""

    @cache
    def read() -> Mapping[str, Person]:
        members = services.store.people.board(services.today())
        return {canonical(one.email): one for one in members if one.email}

    return read


def _found(services: Services, content: bytes) -> Iterator[Found]:
    known = {row["name"].casefold(): row["slug"] for row in services.store.groups.listed()}
    slugs, board = set(known.values()), _board(services)
    seen: set[str] = set()
    for row in _rows(services, content):
        name = row.cells.get("name", "").casefold()
        if name in known:
            yield Found(row, here=True)
            continue
        group, wrong = _complete(services, row, board)
        if name and name in seen:
            wrong.append("A group with this name is on an earlier line.")
        elif group and group.id in slugs:
            wrong.append(f"Its address would be that of another group: /groups/{group.id}.")
        seen.add(name)
        if group and not wrong:
            slugs.add(group.id)
        yield Found(row, group=None if wrong else group, wrong=tuple(wrong))


def _complete(services: Services, row: Row, board: Board) -> tuple[Group | None, list[str]]:
    """The group of a row with its liaison, and all that is wrong with it."""
    group, wrong = rows.group_of(row, services.today(), services.policy)
    wrong = [*wrong, *_more(services, group)]
    address = row.cells.get("liaison", "")
    if not address:
        return group, wrong
    person = board().get(canonical(address))
    if person is None:
        told = f"“{address}” is not the address of anybody who holds a seat on the Board."
        return group, [*wrong, rows.in_column("liaison", told)]
    named = replace(group, liaison_id=person.id, liaison=person.name) if group else None
    return named, wrong


def _more(services: Services, group: Group | None) -> list[str]:
    """What is wrong with a group's details and addresses."""
    if group is None:
        return []
    details = check_details(services, group.meets, group.discussion_url, group.list_address)
    found = [rows.in_column(part, message) for part, message in details.items()]
    for convener in group.conveners:
        try:
            clean_email(convener.email)
        except ValueError:
            found.append(rows.in_column("conveners", f"“{convener.email}” is no email address."))
    return found


@dataclass(frozen=True)
class _Table:
    """An open file: its heads, what they stand for, and a reader of the lines below them."""

    heads: list[str]
    columns: dict[str, int]
    lines: Any


def _opened(services: Services, content: bytes) -> _Table:
    limits = services.policy.groups
    # Once more as the page sends it back: in UTF-8, with the line ends of a form.
    text = text_of(content) if len(content) <= limits.import_bytes else ""
    sent = re.sub("\r\n|\r|\n", "\r\n", text).encode()
    if max(len(content), len(sent)) > limits.import_bytes:
        raise _refused(f"The file is larger than {limits.import_bytes // 1000} kB. Split it.")
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter(text), strict=False)
    try:
        heads = next(lines, [])
    except csv.Error as error:
        raise _broken(lines, error) from error
    columns = rows.columns(heads)
    lacking = [rows.TEMPLATE[n] for n, name in enumerate(rows.NEEDED) if name not in columns]
    if lacking:
        raise _refused(
            f"No column for {', '.join(lacking)} was found. The first line has to name the "
            "columns, as the file to fill in does."
        )
    return _Table(heads, columns, lines)


def _rows(services: Services, content: bytes) -> Iterator[Row]:
    most, number = services.policy.groups.import_rows, 0
    table = _opened(services, content)
    try:
        for cells in table.lines:
            if not any(cell.strip() for cell in cells):
                continue
            number += 1
            if number > most:
                raise _refused(f"The file has more than {most} groups. Split it.")
            yield _row(cells, table)
    except csv.Error as error:
        raise _broken(table.lines, error) from error


def _row(cells: list[str], table: _Table) -> Row:
    """A row's cells by what they mean; those that a short row lacks are empty."""
    width = len(table.heads)
    padded = [*cells, *[""] * (width - len(cells))]
    found, broken = {}, []
    if any(cell.strip() for cell in cells[width:]):
        broken.append(
            f"It has {len(cells)} cells where the first line has {width}. A cell with a comma in "
            "it needs quotation marks around it."
        )
    for meaning, at in table.columns.items():
        clean = clean_text if meaning in rows.OF_LINES else clean_line
        try:
            text = clean(padded[at])
            found[meaning] = text if shows(text) else ""
        except ValueError as error:
            found[meaning] = ""
            broken.append(rows.in_column(meaning, str(error)))
    return Row(table.lines.line_num, found, tuple(broken))


def _broken(lines: Any, error: csv.Error) -> ValidationError:
    return _refused(f"The file is broken near line {lines.line_num}: {error}.")


def _refused(message: str) -> ValidationError:
    return ValidationError({"file": message}, "The file was not read, and nothing was changed.")


def carry_out(
    services: Services, actor: Actor, content: bytes, tell: bool
) -> tuple[list[Done], int]:
    """Brings in as many groups of a file as are done at once, each by itself; what became of each,
    and how many are left for the next press. Raises ValidationError for a file that is none.
    """
    waiting = [one for one in preview(services, actor, content) if one.group]
    now = waiting[: services.policy.groups.import_at_once]
    done = []
    for found in now:
        data = {**found.row.cells, "tell": tell}
        try:
            made = perform(services, actor, "group.import", data=data)
            done.append(Done(found.name, made.id, "Brought in"))
        except RuleError as error:
            errors = error.errors.values() if isinstance(error, ValidationError) else ()
            done.append(Done(found.name, "", " ".join([error.message, *errors])))
    return done, len(waiting) - len(now)


@command("group.import", forms.ImportGroup)
def bring_in(step: Step[None, forms.ImportGroup]) -> Group:
    """One group that was there before, with its record from now on; its conveners are told if that
    is wanted. Raises ValidationError for what is wrong with it, ConflictError where it already
    exists.
    """
    services, form = step.services, step.form
    cells = {name: str(getattr(form, name)) for name in rows.HEADS}
    group, wrong = _complete(services, Row(1, cells), _board(services))
    if group is None or wrong:
        raise ValidationError({"": " ".join(wrong)})
    if services.store.groups.get(group.id) is not None:
        raise ConflictError(f"A group with the address /groups/{group.id} already exists.")
    new, event = groups.register(group, step.by)
    due = next_on(new, services.today(), NOTHING_KNOWN, services.policy)
    services.store.groups.add(step.unit, new, event, due)
    if form.tell:
        to_conveners(step, new, event, "group-imported")
    return new
