"""The directory of groups: searched, as a file, and what staff see of what falls due."""

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from chalicelib.domain.groups import due as rules
from chalicelib.domain.groups.due import Row, What
from chalicelib.domain.groups.group import LIVING, State
from chalicelib.domain.petitions.petition import State as PetitionState
from chalicelib.domain.times import local_date
from chalicelib.services.context import Services
from chalicelib.services.groups.groups import gatherings
from chalicelib.services.signing.exports import defused

# What a reader may ask for beside a single state.
LIVING_WORD, ENDED_WORD, ALL_WORD = "living", "ended", "all"
STATES = (LIVING_WORD, *(state.value for state in State), ENDED_WORD, ALL_WORD)
HEADS = (
    "Name",
    "Address",
    "Kind",
    "State",
    "Renewal",
    "Conveners",
    "Liaison of the Board",
    "Charge since",
    "Charge ends",
    "Chartered",
    "Ended",
    "Beginning of the charge",
)
_STAGES = {
    "open": "waiting for its conveners",
    "submitted": "waits for staff",
    "scheduled": "before the Board",
}


@dataclass(frozen=True)
class Wanted:
    """What somebody looks for in the directory: words, a kind, one of `STATES`, and when the charge
    ends, as in `group_due.ENDS_WITHIN`. Empty asks for nothing; what nobody could choose is empty.
    """

    words: str = ""
    kind: str = ""
    state: str = ""
    due: str = ""


def found(services: Services, wanted: Wanted) -> list[dict[str, Any]]:
    """The groups of the directory that somebody looks for, those that live first, by name. Without
    a state asked for, these alone.
    """
    today = services.today()
    rows = [row for row in services.store.groups.listed() if _fits(row, wanted, today)]
    return sorted(rows, key=lambda row: row["state"] not in LIVING)


def _fits(row: dict[str, Any], wanted: Wanted, today: date) -> bool:
    living = row["state"] in LIVING
    states = {LIVING_WORD: living, "": living, ENDED_WORD: not living, ALL_WORD: True}
    text = f"{row['name']} {row.get('charge', '')}".casefold()
    return (
        all(word in text for word in wanted.words.casefold().split())
        and wanted.kind in {"", row["kind"]}
        and states.get(wanted.state, row["state"] == wanted.state)
        and rules.ends_within(rules.as_listed(row), wanted.due, today)
    )


def as_csv(services: Services, rows: Iterable[dict[str, Any]]) -> str:
    """Groups of the directory as CSV, with what is public of each and no formula in any cell. The
    text begins with a byte order mark; lines end with CR LF.
    """
    labels = {unit.kind: unit.label for unit in services.policy.units}
    zone = services.policy.association.zone
    out = io.StringIO(newline="")
    out.write("\ufeff")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(HEADS)
    for row in rows:
        cells = [
            row["name"],
            f"{services.base_url}/groups/{row['slug']}",
            labels.get(row["kind"], row["kind"]),
            row["state"],
            _STAGES.get(row.get("renewal", ""), ""),
            "; ".join(row.get("conveners", [])),
            row.get("liaison", ""),
            row.get("effective_on", ""),
            row.get("ends_on", ""),
            _day(row.get("since", ""), zone),
            _day(row.get("ended", ""), zone),
            row.get("charge", ""),
        ]
        writer.writerow([defused(cell) for cell in cells])
    return out.getvalue()


def _day(moment: str, zone: str) -> str:
    return local_date(datetime.fromisoformat(moment), zone).isoformat() if moment else ""


# ------------------------------------------------------------------ What falls due

_BEYOND = (PetitionState.SUBMITTED, PetitionState.VERIFIED, PetitionState.SCHEDULED)


def due(services: Services) -> list[Row]:
    """Everything that is overdue or falls due for groups in the next twelve months. A Query of the
    groups, one of the meetings, and three of petitions where some group is continued by one.
    """
    listed = services.store.groups.listed()
    petitions: dict[str, str] = {}
    if any(row.get("petition") for row in listed):
        for state in _BEYOND:
            rows = services.store.petitions.in_state(state).rows
            petitions |= {row["id"]: state.value for row in rows}
    meetings = gatherings(services) if any(row.get("renewal") for row in listed) else []
    return rules.due_rows(listed, services.today(), services.policy, meetings, petitions)


def waiting_for_staff(services: Services) -> int:
    """How many renewals wait for staff. One Query."""
    return sum(row.get("renewal") == "submitted" for row in services.store.groups.listed())


def awaits(rows: Iterable[Row], what: What) -> list[Row]:
    """The rows of one kind."""
    return [row for row in rows if row.what == what]
