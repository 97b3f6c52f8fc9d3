"""What staff read of a thing that falls due for a group: what it is, and what to do next."""

from chalicelib.domain.groups.due import Row, What
from chalicelib.domain.groups.group import Stage
from chalicelib.domain.policy.group_rules import RenewalRule
from chalicelib.domain.times import long_date

# How the things are called that one may look at alone.
KINDS = {
    What.ENDS: "Charges that end",
    What.OPENS: "Renewals that open",
    What.CONVENERS: "Renewals waiting for conveners",
    What.STAFF: "Renewals waiting for staff",
    What.BOARD: "Renewals before the Board",
    What.LAPSES: "Groups that lapse",
    What.CHECK_IN: "Yearly check-ins",
    What.VACANCY: "Vacancies",
}

_TO_COME = {
    What.ENDS: "The charge ends on {day}.",
    What.OPENS: "The renewal opens on {day}.",
    What.CONVENERS: "Its conveners have not answered. The charge ends on {day}.",
    What.STAFF: "The answer is waiting for staff. The charge ends on {day}.",
    What.BOARD: "The Board decides at {meeting}, on {day}.",
    What.LAPSES: "Without an answer it lapses after {day}.",
    What.CHECK_IN: "The yearly check-in is due by {day}.",
    What.VACANCY: "A vacancy is to be filled by {day}.",
}
_OVERDUE = {
    What.ENDS: "The charge ended on {day}.",
    What.OPENS: "The renewal was to open on {day}.",
    What.CONVENERS: "Its conveners have not answered. The charge ended on {day}.",
    What.STAFF: "The answer is waiting for staff. The charge ended on {day}.",
    What.BOARD: "The Board was to decide at {meeting}, on {day}.",
    What.LAPSES: "It was to lapse after {day}.",
    What.CHECK_IN: "The yearly check-in was due by {day}.",
    What.VACANCY: "A vacancy was to be filled by {day}.",
}
# Where it is the document deadline of a meeting that counts.
_FOR_A_MEETING = {
    What.CONVENERS: "Its conveners have not answered. Documents for {meeting} are due by {day}.",
    What.STAFF: "The answer is waiting for staff. Documents for {meeting} are due by {day}.",
}
_NO_DAY = {
    What.CONVENERS: "Its conveners have not sent the change that was asked for.",
    What.STAFF: "The answer is waiting for staff, and no meeting is planned.",
    What.BOARD: "The Board has it.",
}


def is_due(row: Row) -> str:
    """What falls due, in a sentence or two."""
    if row.day is None:
        return _NO_DAY[row.what]
    day, meeting = long_date(row.day), row.meeting.title if row.meeting else ""
    words = (_OVERDUE if row.overdue else _TO_COME)[row.what]
    if meeting and row.what in _FOR_A_MEETING:
        words = _FOR_A_MEETING[row.what]
    return words.format(day=day, meeting=meeting)


_DO = {
    What.CONVENERS: "Remind its conveners.",
    What.BOARD: "Nothing until the meeting.",
    What.LAPSES: "Reach its conveners, or let it lapse.",
    What.VACANCY: "Find a convener, and invite them.",
}


def to_do(row: Row, rule: RenewalRule) -> str:
    """What staff do next about it, in a sentence."""
    renewal = row.group.renewal
    if row.what == What.STAFF:
        return _answered(row, rule)
    if row.what == What.ENDS and renewal:
        return "Its renewal is under way."
    if row.what in {What.ENDS, What.OPENS}:
        return (
            "Open its renewal." if row.overdue else "Nothing yet: its renewal opens automatically."
        )
    if row.what == What.CHECK_IN:
        return "Ask its conveners." if row.overdue else "Nothing yet: its conveners get an email."
    return _DO[row.what]


def _answered(row: Row, rule: RenewalRule) -> str:
    renewal = row.group.renewal
    assert renewal is not None
    if renewal.stage == Stage.OPEN:
        return "Check the signatures of its petition, verify it, and schedule it."
    outcome = renewal.answer.outcome
    if outcome and rule.step(outcome) == "none":
        return "Read it, then accept it or send it back."
    return "Read it, then put it on a meeting’s docket or send it back."
