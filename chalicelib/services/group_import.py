"""Groups that were there before this software, brought in from a CSV file.

The file is read anew by each step, and a group that is here already is left alone: whoever does
it again after a fault, or with a longer file, brings in what is missing and nothing twice.
"""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass

from chalicelib.domain import group as groups
from chalicelib.domain import group_rows as rows
from chalicelib.domain.errors import Conflict, Invalid, RuleError
from chalicelib.domain.group import Group
from chalicelib.domain.group_rows import Row
from chalicelib.domain.people import Actor
from chalicelib.domain.roles import authorize
from chalicelib.domain.upkeep import NOTHING_KNOWN, next_on
from chalicelib.services import group_inputs as forms
from chalicelib.services.commands import Step, command, perform
from chalicelib.services.context import Services
from chalicelib.services.csv_text import decoded, delimiter
from chalicelib.services.groups import check_details, to_conveners
from chalicelib.services.inputs import clean_email, clean_line


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


@dataclass(frozen=True)
class Done:
    """What became of a row."""

    name: str
    slug: str = ""
    message: str = ""


def preview(services: Services, actor: Actor, content: bytes) -> list[Found]:
    """What a file would bring in; nothing is changed. Raises Invalid for a file that is none."""
    authorize(actor, "group.import")
    return list(_found(services, content))


def text_of(content: bytes) -> str:
    """The text of a file. Raises Invalid for one that is no text."""
    return decoded(content, _refused)[0]


def _found(services: Services, content: bytes) -> Iterator[Found]:
    known = {row["name"].casefold(): row["slug"] for row in services.store.groups.listed()}
    slugs = set(known.values())
    seen: set[str] = set()
    for row in _rows(services, content):
        name = row.cells.get("name", "").casefold()
        if name in known:
            yield Found(row, here=True)
            continue
        group, wrong = rows.group_of(row, services.today(), services.policy)
        wrong = [*wrong, *_more(services, group)]
        if name in seen:
            wrong.append("A group of this name stands in an earlier line.")
        elif group and group.id in slugs:
            wrong.append(f"Its address would be that of another group: /groups/{group.id}.")
        seen.add(name)
        if group and not wrong:
            slugs.add(group.id)
        yield Found(row, group=None if wrong else group, wrong=tuple(wrong))


def _more(services: Services, group: Group | None) -> list[str]:
    """What is wrong with a group's details and addresses."""
    if group is None:
        return []
    found = list(
        check_details(services, group.meets, group.discussion_url, group.list_address).values()
    )
    for convener in group.conveners:
        try:
            clean_email(convener.email)
        except ValueError:
            found.append(f"“{convener.email}” is no e-mail address.")
    return found


def _rows(services: Services, content: bytes) -> Iterator[Row]:
    limits = services.policy.groups
    if len(content) > limits.import_bytes:
        raise _refused(f"The file is larger than {limits.import_bytes // 1000} kB. Split it.")
    text = text_of(content)
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter(text), strict=False)
    try:
        heads = next(lines, [])
        columns = rows.columns(heads)
        lacking = [rows.TEMPLATE[n] for n, name in enumerate(rows.NEEDED) if name not in columns]
        if lacking:
            raise _refused(
                f"No column for {', '.join(lacking)} was found. The first line has to name the "
                "columns, as the file to fill in does."
            )
        number = 0
        for cells in lines:
            if not any(cell.strip() for cell in cells):
                continue
            number += 1
            if number > limits.import_rows:
                raise _refused(f"The file has more than {limits.import_rows} groups. Split it.")
            yield Row(lines.line_num, _cells(cells, columns, len(heads)))
    except csv.Error as error:
        raise _refused(f"The file is broken near line {lines.line_num}: {error}.") from error


def _cells(cells: list[str], columns: dict[str, int], width: int) -> dict[str, str]:
    """A row's cells by what they mean; those that a short row lacks are empty."""
    padded = [*cells, *[""] * (width - len(cells))]
    found = {}
    for meaning, at in columns.items():
        try:
            found[meaning] = clean_line(padded[at])
        except ValueError:
            found[meaning] = ""
    return found


def _refused(message: str) -> Invalid:
    return Invalid({"file": message}, "The file was not read, and nothing was changed.")


def carry_out(
    services: Services, actor: Actor, content: bytes, tell: bool
) -> tuple[list[Done], int]:
    """Brings in as many groups of a file as are done at once, each by itself; what became of each,
    and how many are left for the next press. Raises Invalid for a file that is none.
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
            errors = error.errors.values() if isinstance(error, Invalid) else ()
            done.append(Done(found.name, "", " ".join([error.message, *errors])))
    return done, len(waiting) - len(now)


@command("group.import", forms.ImportGroup)
def bring_in(step: Step[None, forms.ImportGroup]) -> Group:
    """One group that was there before, with its record from now on; its conveners are told if that
    is wanted. Raises Invalid for what is wrong with it, Conflict where it is here already.
    """
    services, form = step.services, step.form
    cells = {name: str(getattr(form, name)) for name in rows.HEADS}
    group, wrong = rows.group_of(Row(1, cells), services.today(), services.policy)
    wrong = [*wrong, *_more(services, group)]
    if group is None or wrong:
        raise Invalid({"": " ".join(wrong)})
    if services.store.groups.get(group.id) is not None:
        raise Conflict(f"A group with the address /groups/{group.id} is here already.")
    new, event = groups.register(group, step.by)
    due = next_on(new, services.today(), NOTHING_KNOWN, services.policy)
    services.store.groups.add(step.unit, new, event, due)
    if form.tell:
        to_conveners(step, new, event, "group-imported")
    return new
