"""The steps of a group's record, in words for its page."""

from typing import Any

from chalicelib.domain.motions.motion import Motion
from chalicelib.domain.record.events import Event
from chalicelib.storage.stores.groups import GroupRead
from chalicelib.web.record.history import APPROVED, step
from chalicelib.web.templating import day, moment

_TITLES = {
    "charter": "The group was chartered",
    "register": "Taken into this record",
    "open-renewal": "Renewal opened",
    "submit-renewal": "Renewal answered",
    "take-back-renewal": "Answer withdrawn",
    "return-renewal": "Answer returned by staff",
    "petition-renewal": "Petition to continue begun",
    "propose-lapse": "Nobody answered the renewal",
    "schedule-renewal": "Put on the Board’s docket",
    "decline-renewal": "The Board did not agree",
    "end-renewal-petition": "The petition came to nothing",
    "drop-renewal": "Given up by its conveners",
    "take-over": "Took over the work of another group",
    "join": "A convener joined",
    "step-down": "A convener stepped down",
    "end-convener": "A convener left",
    "extend-term": "A term was extended",
    "check-in": "Yearly check-in",
    "name-liaison": "Liaison of the Board named",
}
_RENEWED = {"same": "Renewed", "changed": "Renewed with a changed charge"}
_ENDED = {
    "lapsed": "Lapsed",
    "dissolved": "Dissolved",
    "succeeded": "Succeeded by another group",
    "merged": "Became part of another group",
}
_WHY = {
    "end": "Its charge ends on {ends}.",
    "asked": "Its conveners asked for a change.",
    "revival": "So that the group can be revived.",
}
_ANSWERS = {
    "same": "It is to go on as it is.",
    "changed": "It will continue with a new name or charge.",
    "succeeded": "Another group is to carry its work on.",
    "merged": "It is to become part of another group.",
    "dissolved": "It is to end.",
    "lapsed": "It lapses unless somebody answers.",
}


def group_steps(
    found: GroupRead, petition: list[dict[str, Any]], motion: Motion | None
) -> list[dict[str, Any]]:
    """How a group came about and what became of it: its petition's steps, the vote that gave it its
    first charge, and its own.
    """
    steps = list(petition)
    # The vote comes before what it brought about, though all of it is of one moment.
    vote = next((n for n, one in enumerate(steps) if one["title"] == APPROVED), None)
    first = found.charges[0].motion_id if found.charges else ""
    if motion and motion.id == first and motion.tally and motion.announced_at:
        tally = motion.tally
        steps.insert(
            len(steps) if vote is None else vote,
            {
                "title": "The motion carried",
                "when": moment(motion.announced_at),
                "iso": motion.announced_at.isoformat(),
                "detail": f"Moved by {motion.mover}, seconded by {motion.seconder}: "
                f"{tally.yes} yes, {tally.no} no, {tally.abstain} abstaining.",
            },
        )
    steps += [told for event in found.events if (told := _told(event))]
    return sorted(steps, key=lambda one: str(one["iso"]))


def _told(event: Event) -> dict[str, Any] | None:
    if event.command == "renew":
        return step(event, _RENEWED[event.data["outcome"]], _renewed(event))
    if event.command == "end":
        return step(event, _ENDED[event.data["outcome"]], _ended(event))
    title = _TITLES.get(event.command)
    return step(event, title, _detail(event)) if title else None


def _renewed(event: Event) -> str:
    data = event.data
    until = f", until {day(data['ends_on'])}" if data["ends_on"] else ""
    return f"Charge {data['charge']} is in effect from {day(data['effective_on'])}{until}."


def _ended(event: Event) -> str:
    other = event.data["successor_name"]
    return f"{other} carries its work on." if other else "Its page stays, with its record."


def _detail(event: Event) -> str:  # noqa: PLR0911 - one line for each kind of step
    data = event.data
    match event.command:
        case "charter":
            until = f", until {day(data['ends_on'])}" if data["ends_on"] else ""
            return f"The charge is in effect from {day(data['effective_on'])}{until}."
        case "open-renewal":
            return _WHY[data["why"]].format(ends=day(data["ends_on"]) if data["ends_on"] else "")
        case "submit-renewal" | "propose-lapse":
            return _ANSWERS[data["outcome"]]
        case "return-renewal" | "decline-renewal" | "end-renewal-petition":
            return str(data["comments"])
        case "schedule-renewal":
            return f"{data['meeting_title']}, Doc {data['document']}."
        case "take-over":
            return f"{data['from_name']}{' became part of it.' if data['merged'] else '.'}"
        case "join":
            left = f", in the place of {data['instead_of']}" if data["instead_of"] else ""
            return f"{data['name']}{left}."
        case "step-down" | "end-convener":
            return f"{data['name']}."
        case "extend-term":
            return f"{', '.join(data['names'])}, until {day(data['until'])}."
        case "check-in":
            return (
                f"{data['meetings']} meetings, {data['participants']} people took part, in the "
                f"year to {day(data['year_ends'])}."
            )
        case "name-liaison":
            return f"{data['liaison'] or 'Nobody'}."
    return ""
