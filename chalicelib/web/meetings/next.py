"""What is next for somebody at a meeting, the most urgent first."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from chalicelib.domain.meetings import docket
from chalicelib.domain.meetings.meeting import Kind, Meeting, State
from chalicelib.domain.meetings.milestones import Milestone, Name, Status
from chalicelib.domain.people.people import Actor
from chalicelib.domain.people.roles import may
from chalicelib.domain.times import local_date, long_date

SHOWN = 3


@dataclass(frozen=True)
class NextStep:
    """Something to do: where a link leads, or which form its button sends (`posts`)."""

    title: str
    text: str
    label: str
    href: str
    posts: bool = False
    confirm: str = ""
    fields: dict[str, str] = field(default_factory=dict)


def steps_for(
    actor: Actor,
    meeting: Meeting,
    motions: list[dict[str, Any]],
    calendar: tuple[Milestone, ...],
    today: date,
    zone: str,
) -> list[NextStep]:
    """At most three things that this person can do now about a meeting."""
    at = f"/board/meetings/{meeting.id}"
    steps = _ballots(actor, motions)
    if meeting.in_session:
        steps += _in_session(actor, meeting, at)
    elif meeting.state in {State.PLANNED, State.AGENDA_SET, State.POSTED}:
        day = local_date(meeting.starts_at, zone)
        if today >= day and may(actor, "meeting.begin"):
            steps.append(_call_to_order(meeting, at))
        if may(actor, "meeting.change"):
            steps += _before(meeting, calendar, at)
    steps += _seconds(actor, motions)
    return steps[:SHOWN]


def _ballots(actor: Actor, motions: list[dict[str, Any]]) -> list[NextStep]:
    if not may(actor, "motion.vote"):
        return []
    return [
        NextStep(
            "A vote is open",
            f"{motion['title']}. You can change your ballot until the vote closes.",
            "Go to the vote",
            f"/board/motions/{motion['id']}",
        )
        for motion in motions
        if motion["state"] == "open"
    ]


def _seconds(actor: Actor, motions: list[dict[str, Any]]) -> list[NextStep]:
    if not may(actor, "motion.second"):
        return []
    return [
        NextStep(
            "A motion needs a second",
            f"{motion['title']}, moved by {motion['mover']}.",
            "Read the motion",
            f"/board/motions/{motion['id']}",
        )
        for motion in motions
        if motion["state"] == "moved" and motion["mover"] != actor.name
    ]


def _in_session(actor: Actor, meeting: Meeting, at: str) -> list[NextStep]:
    steps = []
    waiting = docket.on_consent(meeting)
    if waiting and not meeting.consent_adopted_at and may(actor, "consent.adopt"):
        count = f"{len(waiting)} item{'' if len(waiting) == 1 else 's'}"
        steps.append(
            NextStep(
                "The consent agenda",
                f"{count} to be adopted together. Ask whether anybody wishes to pull one first.",
                "Go to the consent agenda",
                "#consent",
            )
        )
    if may(actor, "meeting.adjourn"):
        steps.append(
            NextStep(
                "Adjourn the meeting",
                "When the docket is done, and every vote is announced.",
                "Adjourn",
                f"{at}/adjourn",
                posts=True,
                confirm="Adjourn the meeting? Nothing of its docket can be changed after that.",
            )
        )
    return steps


def _call_to_order(meeting: Meeting, at: str) -> NextStep:
    if meeting.kind == Kind.ASYNCHRONOUS:
        return NextStep(
            "Open the action",
            "From now on the Board discusses and votes on it without a meeting.",
            "Open it",
            f"{at}/begin",
            posts=True,
        )
    return NextStep(
        "Call the meeting to order",
        "Take the roll first: tick who is there.",
        "Take the roll",
        "#attendance",
    )


def _before(meeting: Meeting, calendar: tuple[Milestone, ...], at: str) -> list[NextStep]:
    """What staff have to do before a meeting, as its calendar says."""
    steps = []
    for milestone in calendar:
        if milestone.status not in {Status.DUE, Status.OVERDUE}:
            continue
        was = "It was due by" if milestone.status == Status.OVERDUE else "It is due by"
        text = f"{was} {long_date(milestone.day)}."
        if milestone.name == Name.CALL:
            words = f"{text} The Board gets an email."
            step = NextStep("Call for items", words, "Call for items", f"{at}/call", posts=True)
        elif milestone.name == Name.AGENDA:
            words = f"{text} Arrange the docket, then set it."
            step = NextStep("Set the agenda", words, "Arrange the docket", f"{at}/docket")
        elif milestone.name == Name.POSTING and meeting.current_documents:
            words = f"{text} The first packet posts the meeting."
            step = NextStep("Publish the packet", words, "Go to the packets", "#packets")
        elif milestone.name == Name.POSTING:
            words = f"{text} There is no document; post the docket as it stands."
            step = NextStep("Post the agenda", words, "Post it", f"{at}/post", posts=True)
        else:
            continue
        steps.append(step)
    return steps
