"""Reads a membership export: any column order, UTF-8 or Windows-1252, commas or semicolons."""

import csv
import io
import re
from dataclasses import dataclass, replace
from typing import Any

from chalicelib.domain.errors import ValidationError
from chalicelib.domain.policy.rules import Limits
from chalicelib.domain.roster.members import plain_number
from chalicelib.domain.roster.roster import Entry
from chalicelib.services.inputs import clean_email, clean_line
from chalicelib.services.roster.csv_text import decoded, delimiter

# Heads that membership systems write, by what they mean, with everything but letters left out.
HEADS = {
    "email": ("email", "emailaddress", "primaryemail", "preferredemail", "mail", "useremail"),
    "name": ("name", "fullname", "membername", "displayname"),
    "first": ("firstname", "givenname", "first", "forename"),
    "last": ("lastname", "familyname", "surname", "last"),
    "institution": (
        "institution",
        "organization",
        "organisation",
        "company",
        "employer",
        "affiliation",
        "library",
    ),
    "member_number": (
        "membernumber",
        "memberid",
        "membershipnumber",
        "membershipid",
        "memberno",
        "membershipno",
        "membernr",
        "number",
        "id",
        "customerid",
    ),
}


@dataclass(frozen=True)
class Problem:
    """A row that was not understood. `line` counts from 1, the heads included."""

    line: int
    message: str


@dataclass(frozen=True)
class Reading:
    """What a file holds. `columns` says which head was taken for what, `not_used` names the heads
    that were taken for nothing.
    """

    entries: tuple[Entry, ...]
    problems: tuple[Problem, ...]
    columns: tuple[tuple[str, str], ...]
    encoding: str
    not_used: tuple[str, ...] = ()


def read(content: bytes, limits: Limits) -> Reading:
    """The members in a CSV file, with each row that was not understood.

    Raises ValidationError, with what to do instead, for a file that is no such list at all.
    """
    if len(content) > limits.roster_bytes:
        most = limits.roster_bytes // 1_000_000
        raise _refused(f"The file is larger than {most} MB. Export only the columns needed.")
    text, encoding = decoded(content, _refused)
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter(text), strict=False)
    try:
        heads = next(lines, [])
        columns = _columns(heads)
        return _rows(lines, heads, columns, encoding, limits)
    except csv.Error as error:
        raise _refused(f"The file is broken near line {lines.line_num}: {error}.") from error


def _refused(message: str) -> ValidationError:
    return ValidationError({"file": message}, "The roster was not read, and nothing was changed.")


def _columns(heads: list[str]) -> dict[str, int]:
    """Which column holds what. Raises ValidationError when there is no address or no name."""
    plain = [re.sub(r"[^a-z]", "", head.casefold()) for head in heads]
    columns = {}
    for meaning, known in HEADS.items():
        # The first of the known words that the file has, not the first column that fits.
        found = next((plain.index(word) for word in known if word in plain), None)
        if found is not None:
            columns[meaning] = found
    named = "name" in columns or "last" in columns
    if "email" in columns and named:
        return columns
    lacking = "email address" if "email" not in columns else "name"
    seen = ", ".join(f"“{head}”" for head in heads[:12] if head.strip()) or "none"
    raise _refused(
        f"No column for the {lacking} was found. The first line has to name the columns, such as "
        f"“Name”, “Email”, “Institution”, “Member number”. Its heads are: {seen}."
    )


def _rows(
    lines: Any,
    heads: list[str],
    columns: dict[str, int],
    encoding: str,
    limits: Limits,
) -> Reading:
    entries = Members()
    problems: list[Problem] = []
    for row in lines:
        if not any(cell.strip() for cell in row):
            continue
        try:
            entries.add(_entry(row, len(heads), columns, limits))
        except ValueError as error:
            problems.append(Problem(lines.line_num, str(error)))
            continue
        if len(entries) > limits.roster_rows:
            raise _refused(f"The file has more than {limits.roster_rows} members.")
    if not len(entries):
        raise _refused("No member was found in the file.")
    taken = tuple((meaning, heads[index]) for meaning, index in columns.items())
    used = columns.values()
    not_used = tuple(
        head.strip() for index, head in enumerate(heads) if head.strip() and index not in used
    )
    return Reading(entries.all(), tuple(problems), taken, encoding, not_used)


class Members:
    """The members of a file, each once."""

    def __init__(self) -> None:
        self._mailboxes: dict[str, list[Entry]] = {}
        self._numbers: set[str] = set()
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def add(self, entry: Entry) -> None:
        """Adds a member. Two may share an address if each has a number of their own.

        Raises ValueError, in words for staff, for one who stands in the file already.
        """
        number = plain_number(entry.member_number)
        if number and number in self._numbers:
            raise ValueError(f"Member number {entry.member_number} is on an earlier line.")
        here = self._mailboxes.setdefault(entry.mailbox, [])
        if here and not (number and all(one.member_number for one in here)):
            raise ValueError(
                f"{entry.email} is on an earlier line. Two members can share an address only "
                "if both have a member number."
            )
        here.append(entry)
        self._numbers.add(number)
        self._count += 1

    def all(self) -> tuple[Entry, ...]:
        """The members in the file's order of addresses, those who share one marked."""
        return tuple(
            replace(entry, shared=len(here) > 1)
            for here in self._mailboxes.values()
            for entry in here
        )


def _entry(row: list[str], width: int, columns: dict[str, int], limits: Limits) -> Entry:
    if len(row) != width:
        cells = "1 cell" if len(row) == 1 else f"{len(row)} cells"
        raise ValueError(f"It has {cells} where the first line has {width}.")
    found = {meaning: clean_line(row[index]) for meaning, index in columns.items()}
    name = found.get("name") or " ".join(
        part for part in (found.get("first"), found.get("last")) if part
    )
    if not name:
        raise ValueError("It has no name.")
    for what, text, most in (
        ("name", name, limits.person_name),
        ("institution", found.get("institution", ""), limits.institution),
        ("member number", found.get("member_number", ""), limits.member_number),
    ):
        if len(text) > most:
            raise ValueError(f"Its {what} is longer than {most} characters.")
    return Entry(
        name=name,
        email=clean_email(found["email"]),
        institution=found.get("institution", ""),
        member_number=found.get("member_number", ""),
    )
