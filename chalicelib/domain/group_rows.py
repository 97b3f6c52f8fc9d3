"""A group from a row of a file: which column is what, and what is wrong with a cell."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from chalicelib.domain.group import Charge, Convener, Group, slug_of, term_end
from chalicelib.domain.policy import Policy
from chalicelib.domain.times import last_day

# Heads by what they mean, with everything but letters left out.
HEADS: dict[str, tuple[str, ...]] = {
    "name": ("name", "group", "groupname", "title"),
    "kind": ("kind", "type", "unit", "kindofgroup", "unittype"),
    "charge": ("charge", "purpose", "mission", "description"),
    "effective_on": ("effective", "effectiveon", "effectivedate", "from", "began", "start"),
    "ends_on": ("ends", "endson", "enddate", "until", "expires", "chargeends", "end"),
    "conveners": ("conveners", "convener", "convenors", "convenor", "chair", "chairs", "leaders"),
    "meets": ("meets", "meetings", "meetinghabits", "whenitmeets"),
    "discussion_url": ("discussion", "discussionspace", "discussionurl", "url", "website", "link"),
    "list_address": ("list", "listaddress", "mailinglist", "listserv"),
}
NEEDED = ("name", "kind", "charge", "effective_on")
# What the heads are called in the file that people fill in.
TEMPLATE = (
    "Name",
    "Kind",
    "Charge",
    "Effective on",
    "Ends on",
    "Conveners",
    "Meets",
    "Discussion space",
    "Mailing list",
)
_NAMED = re.compile(r"(?P<name>[^<>]*)<(?P<email>[^<>]+)>")
_AMERICAN = re.compile(r"([0-9]{1,2})/([0-9]{1,2})/([0-9]{4})")


@dataclass(frozen=True)
class Row:
    """What a row says, cell by cell, and the line of the file that it ends on, heads included."""

    line: int
    cells: Mapping[str, str]


def columns(heads: Sequence[str]) -> dict[str, int]:
    """Which column holds what."""
    plain = [re.sub(r"[^a-z]", "", head.casefold()) for head in heads]
    found = {}
    for meaning, known in HEADS.items():
        at = next((plain.index(word) for word in known if word in plain), None)
        if at is not None:
            found[meaning] = at
    return found


def day_of(text: str) -> date:
    """A day as `2024-01-26` or `1/26/2024`. Raises ValueError, in words for staff."""
    american = _AMERICAN.fullmatch(text)
    try:
        if american:
            month, day, year = (int(part) for part in american.groups())
            return date(year, month, day)
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError(f"“{text}” is no day. Write it as 2024-01-26 or 1/26/2024.") from None


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
    for part in (one.strip() for one in re.split(r"[;\n]", text) if one.strip()):
        named = _NAMED.fullmatch(part)
        email = (named["email"] if named else part).strip()
        name = named["name"].strip(' "') if named else ""
        if not re.fullmatch(r"[^@\s<>]+@[^@\s<>]+\.[^@\s<>]+", email):
            raise ValueError(
                f"“{part}” is no convener. Write them as Ada Fell <ada@example.org>, with "
                "semicolons between them."
            )
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


def group_of(row: Row, today: date, policy: Policy) -> tuple[Group | None, list[str]]:
    """The group that a row describes, and what is wrong with it; the one where not the other."""
    cells, wrong = row.cells, []
    name, charge_text = cells.get("name", ""), cells.get("charge", "")
    limits = policy.limits
    if len(name) < limits.name_least or len(name) > limits.name:
        wrong.append(f"Its name has to have from {limits.name_least} to {limits.name} characters.")
    if not charge_text:
        wrong.append("It has no charge.")
    elif len(charge_text) > limits.charge:
        wrong.append(f"Its charge is longer than {limits.charge} characters.")
    kind, begins, ends = "", today, None
    conveners: tuple[Convener, ...] = ()
    try:
        kind = kind_of(cells.get("kind", ""), policy)
    except ValueError as error:
        wrong.append(str(error))
    try:
        begins = day_of(cells.get("effective_on", ""))
        ends = day_of(cells["ends_on"]) if cells.get("ends_on") else None
    except ValueError as error:
        wrong.append(str(error))
    try:
        conveners = conveners_of(cells.get("conveners", ""), begins, today, policy)
    except ValueError as error:
        wrong.append(str(error))
    if begins > today:
        wrong.append("Its charge has not begun yet.")
    if ends and ends < begins:
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
