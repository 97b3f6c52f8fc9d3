"""Who takes part in a motion: a recusal takes a member out of it all, also of presiding over it."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from chalicelib.domain.motions import recusals as rules
from chalicelib.domain.motions.ballots import RECUSED, Ballot
from chalicelib.domain.motions.motion import Motion
from chalicelib.domain.motions.voiding import carried_over
from chalicelib.services.commands import Step
from chalicelib.services.context import Services


def recused(
    services: Services, found: Motion, person_id: str, ballots: Iterable[Ballot] | None = None
) -> bool:
    """Whether somebody is recused from a motion, or from the one that it amends. `ballots` are the
    motion's, where they are known.
    """
    board = services.store.board
    if ballots is None:
        own = board.ballot(found.id, person_id)
    else:
        own = next((b for b in ballots if b.person_id == person_id), None)
    if own is None and found.is_amendment:
        own = board.ballot(found.amends, person_id)
    return own is not None and own.choice == RECUSED


def require_part(step: Step[Any, Any], found: Motion) -> None:
    """Lets a command through only for somebody who is not recused. Raises NotAllowedError."""
    if recused(step.services, found, step.by.actor.id):
        raise rules.no_part()
    _not_meanwhile(step, found)


def require_presiding(step: Step[Any, Any], found: Motion) -> None:
    """The same for whoever presides over the vote. Raises NotAllowedError."""
    if recused(step.services, found, step.by.actor.id):
        raise rules.no_presiding()
    _not_meanwhile(step, found)


def _not_meanwhile(step: Step[Any, Any], found: Motion) -> None:
    # A recusal is a step of its motion, and whoever saves that one is decided anew after it. Of
    # the motion that an amendment is about, a ballot can be no more than a recusal now.
    # Who has a ballot on the amendment itself goes by that one.
    board, person_id = step.services.store.board, step.by.actor.id
    if found.is_amendment and board.ballot(found.id, person_id) is None:
        board.require_no_ballot(step.unit, found.amends, person_id)


def require_part_in_document(step: Step[Any, Any], document_id: str, number: str) -> None:
    """Lets a motion on a document through only from somebody who is recused from none on it.

    Raises NotAllowedError.
    """
    if not document_id:
        return
    board, person_id = step.services.store.board, step.by.actor.id
    if board.recusal(document_id, person_id):
        raise rules.no_motion(number)
    board.require_not_recused(step.unit, document_id, person_id)


def hand_on(step: Step[Any, Any], whole: Motion, parts: Sequence[Motion]) -> None:
    """Adds to a command that divides a motion that who was recused from the whole is recused from
    each part of it.
    """
    board = step.services.store.board
    for ballot in board.ballots(whole.id):
        if ballot.choice != RECUSED:
            continue
        for part in parts:
            board.save_ballot(step.unit, carried_over(ballot, part.id))
        old = board.recusal(whole.document_id, ballot.person_id) if whole.document_id else None
        if old:
            others = tuple(one for one in old.motions if one != whole.id)
            motions = (*others, *(part.id for part in parts))
            board.save_recusal(step.unit, replace(old, motions=motions), old)
