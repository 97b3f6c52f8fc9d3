"""Finds meetings."""

from chalicelib.domain.errors import NotFound
from chalicelib.domain.meetings.meeting import Meeting
from chalicelib.services.context import Services


def meeting(services: Services, target: str) -> Meeting:
    """Loads a meeting. Raises NotFound."""
    found = services.store.board.meeting(target)
    if found is None:
        raise NotFound("There is no meeting at this address.")
    return found
