"""What the Board decided otherwise than a petition asked, as the pages of both say it."""

from collections.abc import Iterable, Mapping
from typing import Any

from chalicelib.domain.motions.amendments import changes
from chalicelib.domain.motions.wording import condition_lines
from chalicelib.domain.petitions.petition import Petition
from chalicelib.domain.record.events import Event


def otherwise(petition: Petition, given: Mapping[str, str]) -> dict[str, Any]:
    """What `petitions/otherwise.html` is given: how name and charge differ from the petition's, and
    the conditions. `given` has those that the Board gave; what it lacks is as the petition asked.
    """
    asked = {"name": petition.text.name, "charge": petition.text.charge}
    return {
        "changes": changes(asked, {part: given.get(part) or text for part, text in asked.items()}),
        "conditions": condition_lines(given.get("conditions", "")),
    }


def of_record(petition: Petition, events: Iterable[Event]) -> dict[str, Any]:
    """The same from the petition's own record."""
    given: dict[str, str] = next(
        (e.data.get("otherwise", {}) for e in events if e.command == "approve"), {}
    )
    return otherwise(petition, given)
