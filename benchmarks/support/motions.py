"""What amending and dividing cost, measured beside the lifecycle.

Import this inside `local_aws()` only: the product reads its environment on import.
"""

from benchmarks.support.recorder import Recorder

MOVER, SECONDER = "director1@example.org", "director2@example.org"
ANOTHER = "director3@example.org"
TWO = (
    "1. That the Board receive the report of its task force.\n2. That the Board thank its members."
)


def run(do: Recorder, meeting: str, motion: str) -> None:
    """Measures an amendment of a seconded motion that establishes a group, accepted by its mover
    and its seconder, and a motion from the floor that is divided.
    """
    mover, another = do.actor(MOVER), do.actor(ANOTHER)
    do.page("motion_new", "/board/meetings/{meeting_id}/motions/new", MOVER, meeting_id=meeting)
    do.page("motion_amend", "/board/motions/{motion_id}/amend", ANOTHER, motion_id=motion)
    conditions = {"conditions": "Report to the Board each June."}
    amendment = do.command(another, "motion.amend", motion, conditions).id
    do.page("motion_amendment", "/board/motions/{motion_id}", MOVER, motion_id=amendment)
    do.page("motion_amended", "/board/motions/{motion_id}", MOVER, motion_id=motion)
    do.run(mover, "motion.accept-amendment", amendment)
    do.command(do.actor(SECONDER), "motion.accept-amendment", amendment)
    do.page("motion_read", "/board/motions/{motion_id}/read", MOVER, motion_id=motion)

    floor = {"title": "Report of the task force", "wording": TWO}
    whole = do.command(mover, "motion.move", meeting, floor, called="motion.move_from_the_floor").id
    do.command(another, "motion.divide", whole)
