"""What the Board did: a line for each action, by meeting and by strategic goal area."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from chalicelib.domain.documents.document import Kind
from chalicelib.domain.meetings import decision_wording
from chalicelib.domain.meetings.meeting import Meeting
from chalicelib.domain.motions.motion import Effect, State

OTHER_AREA = "Not tied to a goal area"


@dataclass(frozen=True, kw_only=True)
class Action:
    """One thing that the Board did, at a moment, by a motion.

    `did` reads on from “The Board”; `digest` begins a line of its own. `group` is the kind of group
    that it created, and `groups` how many of that kind there were with it (0: none was created).
    `owner` and `next_step` say who goes on with it, and how. A `closed` one is for the Board alone.
    """

    motion_id: str
    meeting_id: str
    at: datetime
    verb: str
    did: str
    title: str = ""
    number: str = ""
    mover: str = ""
    seconder: str = ""
    tally: str = ""
    goal_area: str = ""
    closed: bool = False
    kind: str = ""
    group: str = ""
    groups: int = 0
    owner: str = ""
    next_step: str = ""

    @property
    def line(self) -> str:
        """`The Board approved …`, as a sentence."""
        return decision_wording.sentence(f"The Board {self.did}")

    @property
    def digest(self) -> str:
        """`Approved the creation of …, bringing the number of discussion groups to 22.`"""
        more = ""
        if self.groups and self.kind:
            more = f", bringing the number of {self.kind.lower()}s to {self.groups}"
        return decision_wording.as_line(f"{self.did.removesuffix('.')}{more}")


@dataclass(frozen=True, kw_only=True)
class Chartered:
    """A group as its list shows it: of which kind, by which motion, since when and until when."""

    slug: str
    name: str
    kind: str
    motion_id: str
    since: datetime | None
    ended: datetime | None = None
    there: bool = True


def of_motion(
    row: Mapping[str, Any],
    *,
    goal_area: str = "",
    closed: bool = False,
    presenter: str = "",
    group: Chartered | None = None,
    label: str = "",
) -> list[Action]:
    """What the Board did by one motion, from the words that lists show of it: nothing while it is
    pending, once when its result was announced, and once more when that was confirmed.

    `group` is what it established, and `label` what such a group is called.
    """
    if row.get("effect") == Effect.AMEND or row["state"] in {State.VOID, State.DIVIDED}:
        return []
    did, verb = _did(row, group, label)
    if not did or not row.get("decided_at"):
        return []
    said = Action(
        motion_id=row["id"],
        meeting_id=row.get("meeting", ""),
        at=datetime.fromisoformat(row["decided_at"]),
        verb=verb,
        did=did,
        title=row["title"],
        number=row.get("document", ""),
        mover=row.get("mover", ""),
        seconder=row.get("seconder", ""),
        tally=row.get("tally", ""),
        goal_area=goal_area,
        closed=closed,
        kind=label if group else "",
        group=group.slug if group else "",
        owner=presenter,
    )
    first = replace(said, next_step=_next(row, group))
    if not row.get("confirmed_at"):
        return [first]
    confirmed = replace(
        said,
        at=datetime.fromisoformat(row["confirmed_at"]),
        meeting_id=row.get("confirmed_in") or said.meeting_id,
        verb="confirmed",
        did=f"confirmed the virtual vote to {_to_do(row, group, label)}",
        kind="",
        group="",
        next_step="",
    )
    return [first, confirmed]


def _did(  # noqa: PLR0911 - one line for each kind of motion
    row: Mapping[str, Any], group: Chartered | None, label: str
) -> tuple[str, str]:
    """What the Board did, to be read on from its name, and the verb of it."""
    establishes = row.get("effect") == Effect.ESTABLISH
    if row.get("effect") in _OF_GROUPS and row["state"] in {State.CARRIED, State.LOST}:
        return _of_group(row["wording"], row["state"])
    if row["state"] == State.CARRIED:
        if establishes:
            return f"approved the creation of the {_named(row, group, label)}", "approved"
        found = decision_wording.asked(row["wording"])
        verb = found.past.partition(" ")[0] if found else "adopted"
        return decision_wording.carried(row["wording"]), verb
    if row["state"] == State.LOST:
        if establishes:
            return f"declined {_petition(row['title'])}", "declined"
        return decision_wording.lost(row["wording"]), "declined"
    if row["state"] == State.POSTPONED:
        return f"had no quorum to vote on {_matter(row)}, which was postponed", "postponed"
    return "", ""


# What they bring about stands on the group's page: a line does not quote the whole charge.
_OF_GROUPS = frozenset({Effect.RENEW, Effect.END})


def _of_group(wording: str, state: str) -> tuple[str, str]:
    """What the Board did about a group, and the verb of it."""
    said = decision_wording.carried if state == State.CARRIED else decision_wording.lost
    did = said(wording.partition(": ")[0].removesuffix(" to read"))
    return did, did.partition(" ")[0] if state == State.CARRIED else "declined"


def _named(row: Mapping[str, Any], group: Chartered | None, label: str) -> str:
    """`Open Textbooks discussion group`, without the kind twice."""
    name = group.name if group else (row.get("name") or row["title"])
    return name if not label or name.lower().endswith(label.lower()) else f"{name} {label.lower()}"


def _petition(title: str) -> str:
    """A petition's document as it is spoken of: `the petition to establish …`."""
    plain = title.startswith("Petition ")
    return f"the petition {title.removeprefix('Petition ')}" if plain else f"the petition “{title}”"


def _matter(row: Mapping[str, Any]) -> str:
    number = f"Doc {row['document']}, " if row.get("document") else ""
    return f"{number}{row['title']}"


def _to_do(row: Mapping[str, Any], group: Chartered | None, label: str) -> str:
    if row.get("effect") == Effect.ESTABLISH:
        return f"approve the creation of the {_named(row, group, label)}"
    return decision_wording.to_do(row["wording"])


def _next(row: Mapping[str, Any], group: Chartered | None) -> str:
    if row.get("to_confirm") and not row.get("confirmed_at"):
        return "To be confirmed at the next meeting, on its consent agenda"
    if row["state"] == State.POSTPONED:
        return "To be moved again"
    if row["state"] == State.CARRIED and group:
        return "The group works under its charge"
    return ""


def returned(row: Mapping[str, Any], meeting_id: str, at: datetime, goal_area: str) -> Action:
    """That the Board sent a petition back to its conveners, from the words of its document."""
    return Action(
        motion_id="",
        meeting_id=meeting_id,
        at=at,
        verb="returned",
        did=f"returned {_petition(row['title'])} to its conveners for changes",
        title=row["title"],
        number=row.get("number", ""),
        goal_area=goal_area,
        owner="The conveners",
        next_step="To be changed and handed in again",
    )


def consent(meeting: Meeting) -> Action:
    """That a meeting adopted its consent agenda, with the numbers of what was on it."""
    numbers = [i.number for i in meeting.ordered_docket if i.id in meeting.consent_adopted]
    assert meeting.consent_adopted_at is not None
    return Action(
        motion_id="",
        meeting_id=meeting.id,
        at=meeting.consent_adopted_at,
        verb="adopted",
        did=f"adopted the consent agenda ({', '.join(numbers)})",
        title="Consent agenda",
    )


def adopted(meeting: Meeting) -> list[Action]:
    """What became of groups with a meeting's consent agenda: their renewals, by the titles of their
    documents.
    """
    found = []
    for item in meeting.ordered_docket:
        entry = next((d for d in meeting.documents if d.number == item.document), None)
        if item.id not in meeting.consent_adopted or entry is None or entry.kind != Kind.RENEWAL:
            continue
        assert meeting.consent_adopted_at is not None
        what = f"{entry.title[:1].lower()}{entry.title[1:]}"
        found.append(
            Action(
                motion_id="",
                meeting_id=meeting.id,
                at=meeting.consent_adopted_at,
                verb="approved",
                did=f"approved the {what}, with its consent agenda",
                title=entry.title,
                number=entry.number,
                closed=entry.closed or item.closed,
                owner=item.presenter,
            )
        )
    return found


def counted(actions: Iterable[Action], groups: Sequence[Chartered]) -> list[Action]:
    """The actions in their order, each that created a group with how many groups of its kind there
    were then, itself included.
    """
    by_motion = {group.motion_id: group for group in groups if group.motion_id}
    made = []
    for action in sorted(actions, key=lambda one: (one.at, one.number)):
        group = by_motion.get(action.motion_id)
        if not action.group or group is None:
            made.append(action)
            continue
        there = sum(
            other.kind == group.kind
            and (other.since is None or other.since <= action.at)
            and (other.there if other.ended is None else other.ended > action.at)
            for other in groups
        )
        made.append(replace(action, groups=there))
    return made


def by_area(actions: Iterable[Action], areas: Sequence[str]) -> list[tuple[str, list[Action]]]:
    """The actions by goal area, in the policy's order; those of none, or of one that the policy
    no longer has, come last. Areas without an action are left out.
    """
    found: dict[str, list[Action]] = {area: [] for area in areas}
    for action in actions:
        found.setdefault(action.goal_area or OTHER_AREA, []).append(action)
    rest = found.pop(OTHER_AREA, [])
    listed = [(area, here) for area, here in found.items() if here]
    return [*listed, (OTHER_AREA, rest)] if rest else listed
