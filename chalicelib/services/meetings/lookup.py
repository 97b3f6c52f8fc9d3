"""Finds meetings."""

from chalicelib.domain.errors import NotFoundError
from chalicelib.domain.meetings.meeting import Meeting
from chalicelib.services.context import Services


def meeting(services: Services, target: str) -> Meeting:
    """Loads a meeting. Raises NotFoundError."""
    found = services.store.board.meeting(target)
    if found is None:
        raise NotFoundError("There is no meeting at this address.")
    return found
