"""The rules for kinds of group and for what groups have to do while they live."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class UnitRule:
    """The rule for one kind of unit from `holds_from` on.

    `signatures` is the number of verified signatures that a petition needs; `charge_years`
    is None where a charge has no end date. `continuance` says how a charge is renewed: by an answer
    of its conveners (`charge`), or by a petition with `continuance_signatures` (`petition`).
    `conveners`, `meetings_a_year` and `members` are what a group has to have; 0 asks for nothing.
    """

    kind: str
    label: str
    holds_from: date
    signatures: int
    collection_days: int
    late_confirm_hours: int
    summary: str
    source: str
    charge_years: int | None = None
    continuance: str = "charge"
    continuance_signatures: int = 0
    conveners: int = 1
    meetings_a_year: int = 0
    members: int = 0


CONTINUANCES = ("charge", "petition")
STEPS = ("none", "consent", "action")
OUTCOMES = ("same", "changed", "succeeded", "merged", "dissolved", "lapsed")


@dataclass(frozen=True)
class RenewalRule:
    """How a charge that ends is renewed, from `holds_from` on.

    The renewal opens `opens_days` before the charge's last day. Without an answer the group lapses
    `grace_days` after it, and at the earliest `notice_days` after its conveners were told so, or
    last saved an answer. It can be revived for `revive_days`. Each outcome has its step of the
    Board, one of `STEPS`.
    """

    holds_from: date
    opens_days: int
    grace_days: int
    notice_days: int
    revive_days: int
    same: str
    changed: str
    succeeded: str
    merged: str
    dissolved: str
    lapsed: str
    source: str

    def step(self, outcome: str) -> str:
        """The Board's step for an outcome, as in `group.Outcome`."""
        return str(getattr(self, outcome))


@dataclass(frozen=True)
class RenewalReminder:
    """A reminder of a renewal that nobody has answered: `days` before the charge's last day
    (`end`), before the document deadline of the last meeting before that day (`deadline`) or before
    the group lapses (`lapse`), to some of `AUDIENCES`.
    """

    count_from: str
    days: int
    to: list[str]
    source: str

    @property
    def name(self) -> str:
        """`end-180`: what the record calls it."""
        return f"{self.count_from}-{self.days}"


COUNTED_FROM = ("end", "deadline", "lapse")
AUDIENCES = ("conveners", "staff", "liaison")  # in the order in which they are named


@dataclass(frozen=True)
class CheckInRule:
    """What a group is asked once in the association's year: it opens `opens_days` before the year's
    last day, is due `due_days` before it, and is not asked of a group younger than `settled_days`.
    `remind_days` count from the day that it is due (less than 0: after it); from `staff_from_days`
    on staff are written to as well.
    """

    opens_days: int
    due_days: int
    settled_days: int
    remind_days: list[int]
    staff_from_days: int
    source: str


@dataclass(frozen=True)
class ConvenerTerms:
    """A convener's term lasts so many of the association's `years`. `remind_days` before its last
    day those concerned are reminded; a vacancy is to be filled within `vacancy_days`.
    """

    years: int
    remind_days: list[int]
    vacancy_days: int
    source: str


@dataclass(frozen=True)
class GroupLimits:
    """The most characters of what a group says of itself, how large an import may be in rows and
    bytes, and how many groups are brought in by one press.
    """

    report: int
    meets: int
    for_board: int
    agreement: int
    link: int
    import_rows: int
    import_bytes: int
    import_at_once: int
    source: str


def check_unit(unit: UnitRule) -> None:
    """Raises ValueError for a kind that asks for what the software does not know."""
    if unit.continuance not in CONTINUANCES:
        raise ValueError(
            f"policy.toml: continuance is {unit.continuance!r}; write charge or petition"
        )
    if unit.continuance == "petition" and unit.continuance_signatures < 1:
        raise ValueError(
            f"policy.toml: [[unit]] {unit.kind} is continued by petition: write "
            "continuance_signatures from 1 on"
        )


def check_renewals(rules: Iterable[RenewalRule], reminders: Iterable[RenewalReminder]) -> None:
    """Raises ValueError where they ask for what the software does not know."""
    for rule in rules:
        for outcome in OUTCOMES:
            if rule.step(outcome) not in STEPS:
                raise ValueError(
                    f"policy.toml: [[renewal]] {outcome} is {rule.step(outcome)!r}; "
                    f"write {', '.join(STEPS)}"
                )
    known = list(reminders)
    for reminder in known:
        if reminder.count_from not in COUNTED_FROM:
            raise ValueError(
                f"policy.toml: count_from is {reminder.count_from!r}; "
                f"write one of {', '.join(COUNTED_FROM)}"
            )
        if not reminder.to or not set(reminder.to) <= set(AUDIENCES):
            raise ValueError(
                f"policy.toml: [[renewal_reminder]] writes to {reminder.to}; "
                f"write some of {', '.join(AUDIENCES)}"
            )
    notices = [r for r in known if r.count_from == "lapse"]
    if not notices:
        raise ValueError(
            "policy.toml: no [[renewal_reminder]] counts from lapse: nobody would be told that a "
            "group lapses"
        )
    if not all("conveners" in r.to and r.days >= 0 for r in notices):
        raise ValueError(
            "policy.toml: a [[renewal_reminder]] that counts from lapse is the notice: it goes to "
            "the conveners, and days is 0 or more"
        )
