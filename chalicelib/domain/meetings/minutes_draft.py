"""Minutes as the record alone can write them, to be read over by a person.

They say what was done and not what was said: who was there, what was moved by whom, how the vote
fell and by which rule, who was recused and why.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from chalicelib.domain.meetings import decision_wording
from chalicelib.domain.meetings.meeting import Attendee, DocketItem, Meeting
from chalicelib.domain.meetings.minutes import Section
from chalicelib.domain.motions.ballots import Ballot
from chalicelib.domain.motions.motion import Motion, State
from chalicelib.domain.motions.tally import Tally
from chalicelib.domain.times import clock_time, long_date

_BASES = {
    "present": "members present",
    "cast": "votes cast",
    "all_members": "voting seats",
}
OPENING, CONSENT, OTHER, CLOSING = "opening", "consent", "other", "closing"
NOBODY = "Nobody is on record as present."
NOTHING = "No action was taken."


@dataclass(frozen=True)
class Voted:
    """A motion with its ballots, the amendments of it, and what the Board did, as it reads on from
    its name (empty where nothing was decided).
    """

    motion: Motion
    ballots: tuple[Ballot, ...] = ()
    amendments: tuple["Voted", ...] = ()
    did: str = ""
    closed: bool = False


@dataclass(frozen=True)
class Asked:
    """A question to the conveners of a document, and each answer with who gave it."""

    by: str
    text: str
    answers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, kw_only=True)
class Held:
    """All that is known of a meeting. `called_by` called it to order, `absent` are voting members
    who were not there, `quorum` how many had to be; `confirmed` are the virtual votes that items of
    its docket confirm, by the motion.
    """

    meeting: Meeting
    board: str
    zone: str
    called_by: str = ""
    quorum: int = 0
    absent: tuple[str, ...] = ()
    motions: tuple[Voted, ...] = ()
    questions: Mapping[str, Sequence[Asked]] | None = None
    confirmed: Mapping[str, Motion] | None = None


def written(held: Held) -> list[Section]:
    """The minutes, part by part in the order of the docket. Call to order, consent agenda and
    adjournment stand where the docket has a line for them.
    """
    meeting = held.meeting
    used: set[str] = set()
    own = {"call to order": _opening(held), "adjourn": _closing(held)}
    if meeting.consent_adopted:
        own["consent agenda"] = _consent(held)
    sections = []
    for item in meeting.ordered_docket:
        if item.id in meeting.consent_adopted:
            continue
        title = item.title.lower()
        name = next((name for name in own if title.startswith(name)), "")
        section = _item(held, item, used)
        if name:
            text = own.pop(name).text
            more = section.text if section.text != NOTHING else ""
            section = replace(section, text="\n\n".join(part for part in (text, more) if part))
        sections.append(section)
    if "call to order" in own:
        sections.insert(0, own["call to order"])
    if "consent agenda" in own:
        sections.insert(1, own["consent agenda"])
    rest = [one for one in held.motions if one.motion.id not in used]
    if rest:
        text = "\n\n".join(_motion(one) for one in rest)
        closed = any(one.closed for one in rest)
        sections.append(Section(OTHER, "", "Other motions", text, closed))
    return [*sections, own["adjourn"]] if "adjourn" in own else sections


def _at(held: Held, moment: datetime) -> str:
    local = moment.astimezone(ZoneInfo(held.meeting.zone or held.zone))
    return f"{clock_time(local)} {local.tzname()} on {long_date(local.date())}"


def _opening(held: Held) -> Section:
    meeting = held.meeting
    parts = []
    if meeting.called_at:
        who = held.called_by or "The presiding officer"
        parts.append(f"{who} called the meeting to order at {_at(held, meeting.called_at)}.")
    voting = [one for one in _once(meeting.present) if one.voting]
    others = [one for one in _once(meeting.present) if not one.voting]
    if voting:
        parts.append("Voting members present:\n" + _people(held, voting))
    if others:
        parts.append("Also present:\n" + _people(held, others))
    if not meeting.present:
        parts.append(NOBODY)
    if held.absent:
        parts.append("Voting members absent: " + "; ".join(held.absent) + ".")
    if held.quorum and meeting.present:
        met = "a quorum was present" if len(voting) >= held.quorum else "there was no quorum"
        parts.append(f"With {len(voting)} of the {held.quorum} members needed, {met}.")
    return Section(OPENING, "", "Call to order and attendance", "\n\n".join(parts))


def _once(present: Iterable[Attendee]) -> list[Attendee]:
    """Each of them once, also who left and came back."""
    return list({one.person_id: one for one in reversed(tuple(present))}.values())[::-1]


def _people(held: Held, people: Iterable[Attendee]) -> str:
    return "\n".join(f"- {one.name}, {one.office}{_hours(held, one)}" for one in people)


def _hours(held: Held, one: Attendee) -> str:
    stays = [a for a in held.meeting.present if a.person_id == one.person_id]
    zone = ZoneInfo(held.meeting.zone or held.zone)
    words = []
    for stay in stays:
        if stay.arrived_at:
            words.append(f"arrived at {clock_time(stay.arrived_at.astimezone(zone))}")
        if stay.left_at:
            words.append(f"left at {clock_time(stay.left_at.astimezone(zone))}")
    return f" ({', '.join(words)})" if words else ""


def _consent(held: Held) -> Section:
    meeting = held.meeting
    items = [item for item in meeting.ordered_docket if item.id in meeting.consent_adopted]
    lines = [f"- {item.number} {item.title}{_confirms(held, item)}" for item in items]
    parts = ["The consent agenda was adopted:\n" + "\n".join(lines)]
    pulled = [item for item in meeting.ordered_docket if item.consent and item.pulled_by]
    parts += [
        f"{item.number} {item.title} was taken out of it at the request of {item.pulled_by}."
        for item in pulled
    ]
    parts.append("Action: " + decision_wording.sentence("The Board adopted the consent agenda"))
    return Section(CONSENT, "", "Consent agenda", "\n\n".join(parts))


def _confirms(held: Held, item: DocketItem) -> str:
    motion = (held.confirmed or {}).get(item.confirms)
    if motion is None:
        return ""
    vote = f" ({_words(motion.tally)})" if motion.tally else ""
    return f": the virtual vote to {decision_wording.to_do(motion.wording)}{vote} was confirmed"


def _key(item: DocketItem) -> str:
    return item.id or f"item-{item.number}"


def _item(held: Held, item: DocketItem, used: set[str]) -> Section:
    meeting = held.meeting
    parts = []
    closed = item.closed
    entry = next(
        (d for d in meeting.documents if item.document and d.number == item.document), None
    )
    if entry:
        closed = closed or entry.closed
        rev = f" rev. {entry.revision}" if entry.revision > 1 else ""
        by = f", presented by {item.presenter}" if item.presenter else ""
        parts.append(f"The Board had Doc {entry.number}{rev}, “{entry.title}”, before it{by}.")
    elif item.presenter:
        parts.append(f"{item.presenter} presented this item.")
    for asked in (held.questions or {}).get(item.document, ()) if item.document else ():
        parts.append(_question(asked))
    here = [
        one
        for one in held.motions
        if (item.document and one.motion.document_number == item.document)
        or (item.id and one.motion.item == item.id)
    ]
    for one in here:
        if one.motion.id not in used:
            used.add(one.motion.id)
            parts.append(_motion(one))
    if not parts:
        parts.append(NOTHING)
    return Section(_key(item), item.number, item.title, "\n\n".join(parts), closed)


def _question(asked: Asked) -> str:
    lines = [f"{asked.by} had asked the conveners: “{asked.text}”"]
    lines += [f"{name} answered: “{text}”" for name, text in asked.answers]
    return "\n\n".join(lines) if asked.answers else f"{lines[0]} It was not answered."


def _motion(one: Voted) -> str:
    motion = one.motion
    parts = [f"Motion: {motion.wording}"]
    by = f"Moved by {motion.mover}" if motion.mover else "Moved"
    parts.append(f"{by}, seconded by {motion.seconder}." if motion.seconder else f"{by}.")
    parts += [_amendment(each) for each in one.amendments]
    parts += [
        decision_wording.sentence(f"{ballot.name} was recused: {ballot.reason}")
        for ballot in one.ballots
        if ballot.choice == "recused"
    ]
    parts.append(_outcome(one))
    return "\n\n".join(part for part in parts if part)


def _amendment(one: Voted) -> str:
    motion = one.motion
    second = f", seconded by {motion.seconder}" if motion.seconder else ""
    begin = f"Amendment, moved by {motion.mover}{second}: {motion.wording}"
    if motion.accepted_by:
        return f"{begin}\n\nMover and seconder took it as their own, so no vote was needed."
    vote = f" {_words(motion.tally)}." if motion.tally else ""
    return f"{begin}\n\nThe amendment {_ended(motion)}.{vote}"


_ENDED = {
    State.CARRIED: "carried",
    State.LOST: "was lost",
    State.POSTPONED: "was postponed",
    State.WITHDRAWN: "was withdrawn",
    State.VOID: "was declared void",
}


def _ended(motion: Motion) -> str:
    return _ENDED.get(motion.state, "was still before the Board when the meeting ended")


def _outcome(one: Voted) -> str:
    motion, tally = one.motion, one.motion.tally
    if motion.state == State.DIVIDED:
        return "The motion was divided into its numbered actions."
    parts = [_arithmetic(tally)] if tally else []
    if motion.state == State.VOID:
        why = f": {motion.void_reason}" if motion.void_reason else ""
        parts.append(decision_wording.sentence(f"The vote was declared void{why}"))
    else:
        parts.append(f"The motion {_ended(motion)}.")
    if one.did:
        parts.append("Action: " + decision_wording.sentence(f"The Board {one.did}"))
    if motion.virtual and motion.state == State.CARRIED and motion.confirmed_at is None:
        parts.append("The vote was held without a meeting and is yet to be confirmed.")
    return "\n\n".join(parts)


def _words(tally: Tally | None) -> str:
    """`9 yes, 2 no, 1 abstaining, 1 recused`."""
    if tally is None:
        return ""
    parts = [f"{tally.yes} yes", f"{tally.no} no"]
    parts += [f"{tally.abstain} abstaining"] if tally.abstain else []
    parts += [f"{tally.recused} recused"] if tally.recused else []
    return ", ".join(parts)


def _arithmetic(tally: Tally) -> str:
    quorum = (
        f"a quorum of {tally.quorum} was there with {tally.present}"
        if tally.quorate
        else f"there was no quorum, with {tally.present} of {tally.quorum}"
    )
    base = _BASES.get(tally.majority_base, tally.majority_base)
    return f"Vote: {_words(tally)}. Needed: {tally.needed} yes of {tally.base} {base}; {quorum}."


def _closing(held: Held) -> Section:
    ended = held.meeting.adjourned_at
    text = f"The meeting was adjourned at {_at(held, ended)}." if ended else ""
    return Section(CLOSING, "", "Adjournment", text)
