"""What a motion's page shows of the motion itself: its text, its amendments, what comes next."""

from typing import Any

from chalicelib.domain.checks.diffs import FieldChange
from chalicelib.domain.motions import amendments as rules
from chalicelib.domain.motions.amendments import changes
from chalicelib.domain.motions.motion import Effect, Motion, State, divisible
from chalicelib.domain.motions.wording import sentences
from chalicelib.domain.people.roles import may
from chalicelib.domain.record.events import Event
from chalicelib.services.motions.amendments import with_its_text
from chalicelib.web.motions.effect_words import effect_words
from chalicelib.web.request import Request

# Before its vote a motion can be seconded, amended, divided, postponed and withdrawn.
BEFORE_VOTE = frozenset({State.MOVED, State.SECONDED})


# What takes no amendment: an amendment itself, and what is put to the Board as it stands.
NOT_AMENDED = frozenset({Effect.AMEND, Effect.CONFIRM, Effect.END})


def motion_view(request: Request, motion: Motion, events: list[Event], out: bool) -> dict[str, Any]:
    """The context of `board/motion/wording.html`, `next.html` and `amendments.html`. `out` is
    whether who looks is recused.
    """
    actor, board = request.actor, request.services.store.board
    before_vote = motion.state in BEFORE_VOTE
    rows = board.motions(motion.meeting_id)
    main = board.motion(motion.amends) if motion.amends else None
    pending = _pending(request, motion) if before_vote and not motion.amends else None
    amendable = before_vote and motion.effect not in NOT_AMENDED
    votes = may(actor, "motion.amend") and not out
    return {
        "effect": effect_words(motion),
        "sentences": sentences(motion.wording),
        "main": main,
        "changes": _changes_of(motion, events),
        "amended": _amended(events),
        "pending": pending,
        "others": [r for r in rows if r.get("amends") == motion.id],
        "parts": [r for r in rows if r.get("divided_from") == motion.id],
        "may_second": may(actor, "motion.second") and not out and actor.id != motion.mover_id,
        "mover": actor.id == motion.mover_id,
        "may_move": may(actor, "motion.move") and not out,
        "may_amend": votes and amendable and pending is None,
        "may_divide": votes and before_vote and divisible(motion) and pending is None,
        "may_accept": votes
        and before_vote
        and motion.is_amendment
        and _may_accept(request, motion, main),
        "meetings": _meetings_to_come(request, motion) if before_vote else [],
    }


def _changes_of(motion: Motion, events: list[Event]) -> list[FieldChange]:
    """What an amendment would change, or changed, from the two texts that its record holds."""
    first = events[0].data if events else {}
    if not motion.is_amendment or "was" not in first:
        return []
    return changes(first["was"], first["becomes"])


def _amended(events: list[Event]) -> list[dict[str, Any]]:
    """Each amendment that was made, with what it changed."""
    return [
        {
            "id": event.data["amendment"],
            "mover": event.data["mover"],
            "vote": event.data["vote"],
            "at": event.at,
            "changes": changes(event.data["was"], event.data["becomes"]),
        }
        for event in events
        if event.command == "amend"
    ]


def _pending(request: Request, motion: Motion) -> dict[str, Any] | None:
    """The amendment that is before the Board, with what it would change."""
    board = request.services.store.board
    pending_id = board.pending_amendment(motion.id)
    amendment = board.motion(pending_id) if pending_id else None
    if amendment is None:
        return None
    main = with_its_text(request.services, motion)
    return {
        "motion": amendment,
        "changes": changes(rules.parts_of(main), rules.made_by(amendment, main)),
    }


def _may_accept(request: Request, amendment: Motion, main: Motion | None) -> bool:
    """Whether whoever looks is one of those whom an amendment still waits for."""
    if main is None or not may(request.actor, "motion.accept-amendment"):
        return False
    missing = rules.accepters(main, amendment)
    actor = request.actor.id
    return actor in missing or (not missing and actor in {main.mover_id, main.seconder_id})


def _meetings_to_come(request: Request, motion: Motion) -> list[dict[str, str]]:
    """The other meetings that a motion may be postponed to, for those who may postpone it."""
    if not may(request.actor, "motion.postpone") or motion.is_amendment:
        return []
    now = request.services.clock().isoformat()
    return [
        {"value": row["id"], "label": row["title"]}
        for row in reversed(request.services.store.board.meetings())
        if row["starts_at"] > now and row["id"] != motion.meeting_id
    ]
