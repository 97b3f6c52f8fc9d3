"""A group from a row of a file: which column is what, and what is wrong with a cell."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TypeVar

from chalicelib.domain.groups.group import Charge, Convener, Group, slug_of, term_end
from chalicelib.domain.people.addresses import canonical
from chalicelib.domain.policy.rules import Policy
from chalicelib.domain.times import last_day

T = TypeVar("T")

# Heads by what they mean, with everything but letters left out.
HEADS: dict[str, tuple[str, ...]] = {
    "name": ("name", "group", "groupname", "title"),
    "kind": ("kind", "type", "unit", "kindofgroup", "unittype"),
    "charge": ("charge", "purpose", "mission", "description"),
    "effective_on": ("effective", "effectiveon", "effectivedate", "from", "began", "start"),
    "ends_on": ("ends", "endson", "enddate", "until", "expires", "chargeends", "end"),
    "conveners": ("conveners", "convener", "convenors", "convenor", "chair", "chairs", "leaders"),
    "institutions": ("institutions", "institution", "affiliation", "affiliations", "organization"),
    "meets": ("meets", "meetings", "meetinghabits", "whenitmeets"),
    "discussion_url": ("discussion", "discussionspace", "discussionurl", "url", "website", "link"),
    "list_address": ("list", "listaddress", "mailinglist", "listserv"),
    "liaison": ("liaison", "liaisonemail", "boardliaison", "liaisonsemail"),
}
NEEDED = ("name", "kind", "charge", "effective_on")
# Cells that may have several lines.
OF_LINES = frozenset({"conveners", "institutions", "meets"})
# What the heads are called in the file that people fill in, in the order of `HEADS`.
TEMPLATE = (
    "Name",
    "Kind",
    "Charge",
    "Effective on",
    "Ends on",
    "Conveners",
    "Institutions",
    "Meets",
    "Discussion space",
    "Mailing list",
    "Liaison",
)
_TITLES = dict(zip(HEADS, TEMPLATE, strict=True))
_NAMED = re.compile(r"(?P<name>[^<>]*)<(?P<email>[^<>]+)>")
_EMAIL = re.compile(r"[^@\s<>]+@[^@\s<>]+\.[^@\s<>]+")
_ISO = re.compile(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})")
_AMERICAN = re.compile(r"([0-9]{1,2})/([0-9]{1,2})/([0-9]{4})")


@dataclass(frozen=True)
class Row:
    """What a row says, cell by cell, and the line of the file that it ends on, heads included.
    `broken` says what could not be read of it at all.
    """

    line: int
    cells: Mapping[str, str]
    broken: tuple[str, ...] = ()


def columns(heads: Sequence[str]) -> dict[str, int]:
    """Which column holds what."""
    plain = [re.sub(r"[^a-z]", "", head.casefold()) for head in heads]
    found = {}
    for meaning, known in HEADS.items():
        at = next((plain.index(word) for word in known if word in plain), None)
        if at is not None:
            found[meaning] = at
    return found


def in_column(meaning: str, message: str) -> str:
    """What is wrong with a cell, the name of its column before it."""
    return f"{_TITLES[meaning]}: {message}"


def day_of(text: str) -> date:
    """A day as `2024-01-26` or `1/26/2024`. Raises ValueError, in words for staff."""
    iso, american = _ISO.fullmatch(text), _AMERICAN.fullmatch(text)
    try:
        if american:
            month, day, year = (int(part) for part in american.groups())
            return date(year, month, day)
        if iso:
            return date(*(int(part) for part in iso.groups()))
    except ValueError:
        pass
    said = f"“{text}” is no day." if text else "No day is there."
    raise ValueError(f"{said} Write it as 2024-01-26 or 1/26/2024.")


def kind_of(text: str, policy: Policy) -> str:
    """The kind of group that a cell names by its code or its label. Raises ValueError."""
    wanted = re.sub(r"[^a-z]", "", text.casefold())
    for unit in policy.units:
        names = {re.sub(r"[^a-z]", "", one.casefold()) for one in (unit.kind, unit.label)}
        if wanted in names:
            return unit.kind
    known = ", ".join(dict.fromkeys(unit.label for unit in policy.units))
    raise ValueError(f"“{text}” is no kind of group here. Write one of: {known}.")


def conveners_of(text: str, begins: date, today: date, policy: Policy) -> tuple[Convener, ...]:
    """The conveners of a cell such as `Ada Fell <ada@example.org>; bo@example.org`. An address
    without a name is named by what stands before its @. Raises ValueError for what is neither.
    """
    found: list[Convener] = []
    known: set[str] = set()
    for part in (one.strip() for one in re.split(r"[;\n]", text) if one.strip()):
        named = _NAMED.fullmatch(part)
        email = (named["email"] if named else part).strip()
        name = named["name"].strip(' "') if named else ""
        if not _EMAIL.fullmatch(email):
            raise ValueError(
                f"“{part}” is no convener. Write them as Ada Fell <ada@example.org>, with "
                "semicolons between them."
            )
        if len(name) > policy.limits.person_name:
            raise ValueError(f"A name is longer than {policy.limits.person_name} characters.")
        if canonical(email) in known:
            raise ValueError(f"{email} is there twice.")
        known.add(canonical(email))
        found.append(
            Convener(
                id=f"c{len(found) + 1}",
                name=name or email.partition("@")[0],
                email=email,
                since=begins,
                until=term_end(today, policy),
            )
        )
    if len(found) > policy.limits.conveners:
        raise ValueError(f"It has more than {policy.limits.conveners} conveners.")
    return tuple(found)


def with_institutions(
    conveners: tuple[Convener, ...], text: str, policy: Policy
) -> tuple[Convener, ...]:
    """The conveners with the institutions of a cell, which has one for each, in their order, with
    semicolons between them. Raises ValueError, in words for staff.
    """
    if not text:
        return conveners
    named = [one.strip() for one in re.split(r"[;\n]", text)]
    if len(named) != len(conveners):
        raise ValueError(
            f"There are {len(named)} for {len(conveners)} conveners. Write one for each convener, "
            "with semicolons between them; one that is not known may be left out between its "
            "semicolons."
        )
    if max(len(one) for one in named) > policy.limits.institution:
        raise ValueError(f"One is longer than {policy.limits.institution} characters.")
    pairs = zip(conveners, named, strict=True)
    return tuple(replace(convener, institution=one) for convener, one in pairs)


def group_of(row: Row, today: date, policy: Policy) -> tuple[Group | None, list[str]]:
    """The group that a row describes, and what is wrong with it; the one where not the other."""
    if row.broken:
        return None, list(row.broken)
    cells = row.cells
    wrong: list[str] = []

    def read(meaning: str, how: Callable[[str], T], otherwise: T) -> T:
        try:
            return how(cells.get(meaning, ""))
        except ValueError as error:
            wrong.append(in_column(meaning, str(error)))
            return otherwise

    name, charge_text = cells.get("name", ""), cells.get("charge", "")
    limits = policy.limits
    if len(name) < limits.name_least or len(name) > limits.name:
        wrong.append(f"Its name has to have from {limits.name_least} to {limits.name} characters.")
    if not charge_text:
        wrong.append("It has no charge.")
    elif len(charge_text) > limits.charge:
        wrong.append(f"Its charge is longer than {limits.charge} characters.")
    kind = read("kind", lambda text: kind_of(text, policy), "")
    read_begins: date | None = read("effective_on", day_of, None)
    begins = read_begins or today
    ends = read("ends_on", lambda text: day_of(text) if text else None, None)
    people = read("conveners", lambda text: conveners_of(text, begins, today, policy), None)
    conveners = people or ()
    if people is not None:
        conveners = read(
            "institutions", lambda text: with_institutions(conveners, text, policy), conveners
        )
    if begins > today:
        wrong.append("Its charge has not begun yet.")
    if ends and read_begins and ends < read_begins:
        wrong.append("Its charge ends before it begins.")
    if wrong:
        return None, wrong
    years = policy.unit(kind, today).charge_years
    if ends is None and years:
        ends = last_day(begins, years)
    charge = Charge(number=1, name=name, text=charge_text, effective_on=begins, ends_on=ends)
    group = Group(
        id=slug_of(name),
        kind=kind,
        name=name,
        charge=charge,
        conveners=conveners,
        made_conveners=len(conveners),
        meets=cells.get("meets", ""),
        discussion_url=cells.get("discussion_url", ""),
        list_address=cells.get("list_address", ""),
    )
    return group, []
