"""What a group should be told by a day, worked out anew from plain facts: no code of the job's is
used, and the association's days are written out here once more.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from chalicelib.domain.groups.group import Group, Stage, Why
from tests.domain.builders import ZONE

CONVENERS, WITH_STAFF = {"conveners"}, {"conveners", "staff"}
EVERYBODY = {"conveners", "staff", "liaison"}
BEFORE_END = {180: CONVENERS, 90: CONVENERS, 30: WITH_STAFF, 7: EVERYBODY, -1: EVERYBODY}
BEFORE_DEADLINE = {42: CONVENERS, 14: WITH_STAFF, 3: EVERYBODY}
NOTICE = 30
NEEDED = {"discussion-group": 1, "interest-group": 3}
# Of the check-in: days of May and June, and who is written to.
CHECK_IN = (
    ("open", (5, 1), CONVENERS),
    ("7", (5, 24), CONVENERS),
    ("-7", (6, 7), WITH_STAFF),
    ("-21", (6, 21), WITH_STAFF),
)
Told = dict[str, tuple[date, set[str]]]


def days(count: int) -> timedelta:
    """So many days."""
    return timedelta(days=count)


@dataclass
class Facts:
    """What happened to a group, as somebody who looks on notes it down."""

    told: dict[str, date]  # what it was told, and when
    noticed: dict[date, date]  # the day on which it lapses, and when it was told so
    lacks_since: date | None = None
    deadline: date | None = None  # of the last meeting before its charge ends
    petition: str = ""  # "", "collecting" or "with others"


def local(moment):
    """The day of a moment in Chicago."""
    return moment.astimezone(ZONE).date()


def lacks(group: Group, day: date) -> bool:
    """Whether fewer convene the group on a day than its kind asks for."""
    held = [c for c in group.conveners if c.accepted and (c.until is None or c.until >= day)]
    return len(held) < NEEDED[group.kind]


def expected(group: Group, today: date, facts: Facts) -> Told:
    """Everything that the group should have been told by the end of a day on which the job ran, as
    things stand: its name, since when it is due, and whom it is for.
    """
    if group.state not in {"active", "in renewal"}:
        return {}
    found: Told = {}
    renewal, ends = group.renewal, group.charge.ends_on
    for_end = renewal is not None and renewal.why == Why.END
    with_board = renewal is not None and renewal.stage == Stage.SCHEDULED
    if ends and today >= ends - days(180) and not for_end and not with_board:
        to = set(CONVENERS).union(*(who for _, who in spared(group, today, facts).values()))
        found[f"opening-{ends}"] = (ends - days(180), to)
    if for_end and facts.petition != "with others":
        number, since = renewal.number, renewal.opened_on
        if renewal.stage == Stage.OPEN:
            found |= to_conveners(number, renewal.ends_on, since, facts.deadline)
            found |= lapsing(renewal, facts)
        elif renewal.stage == Stage.SUBMITTED:
            found |= to_staff(number, local(renewal.submitted_at), facts.deadline)
    found |= yearly(group, today)
    found |= terms(group, today)
    if lacks(group, today):
        since = facts.lacks_since
        assert since is not None
        found[f"vacancy-{since}:open"] = (since, WITH_STAFF)
        found[f"vacancy-{since}:over"] = (since + days(61), EVERYBODY)
    return {name: one for name, one in found.items() if one[0] <= today}


def spared(group: Group, today: date, facts: Facts) -> Told:
    """The reminders that a letter about the opening, on a day, makes needless."""
    renewal, ends = group.renewal, group.charge.ends_on
    number = renewal.number if renewal else group.renewals + 1
    since = renewal.opened_on if renewal else today
    found = to_conveners(number, ends, since, facts.deadline)
    if renewal and renewal.stage == Stage.SUBMITTED:
        found |= to_staff(number, local(renewal.submitted_at), facts.deadline)
    return {name: one for name, one in found.items() if one[0] <= today}


def to_conveners(number: int, ends: date, since: date, deadline: date | None) -> Told:
    """The reminders of a renewal that nobody has answered."""
    found = {f"renewal-{number}:end-{d}": (ends - days(d), to) for d, to in BEFORE_END.items()}
    if deadline and deadline >= since:
        for d, to in BEFORE_DEADLINE.items():
            found[f"renewal-{number}:deadline-{d}:{deadline}"] = (deadline - days(d), to)
    return found


def to_staff(number: int, since: date, deadline: date | None) -> Told:
    """The reminders of an answer that staff have to bring before the Board."""
    if deadline is None or deadline < since:
        return {}
    name = f"renewal-{number}:deadline"
    return {f"{name}-{d}:{deadline}:staff": (deadline - days(d), {"staff"}) for d in (14, 3)}


def lapsing(renewal, facts: Facts) -> Told:
    """The notice before a group lapses, and that it does."""
    on = renewal.lapses_on
    found = {f"renewal-{renewal.number}:lapse-{NOTICE}:{on}": (on - days(NOTICE), EVERYBODY)}
    noticed = facts.noticed.get(on)
    if noticed and facts.petition != "collecting":
        lapses = max(on + days(1), noticed + days(10))
        if renewal.saved_at:
            lapses = max(lapses, local(renewal.saved_at) + days(10))
        found[f"renewal-{renewal.number}:lapse:{lapses}"] = (lapses, EVERYBODY)
    return found


def yearly(group: Group, today: date) -> Told:
    """The check-in of the year that ends on June 30, asked from May 1."""
    year = date(today.year, 6, 30)
    if not date(today.year, 5, 1) <= today <= year:
        return {}
    if group.checked_in and group.checked_in.year_ends == year:
        return {}
    first = group.charge.effective_on if group.charge.number == 1 else date.min
    since = local(group.since) if group.since else first
    if since > date(today.year, 5, 1) - days(120):
        return {}
    return {f"check-in-{year}:{n}": (date(today.year, *on), to) for n, on, to in CHECK_IN}


def terms(group: Group, today: date) -> Told:
    """The reminders of terms after which the group lacks conveners."""
    found: Told = {}
    for until in {c.until for c in group.conveners if c.accepted and c.until}:
        if until >= today and lacks(group, until + days(1)):
            for d in (60, 14):
                found[f"term-{until}:{d}"] = (until - days(d), CONVENERS)
    return found
