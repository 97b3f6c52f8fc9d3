"""The association's rules, read from `policy.toml`. Every number that code needs is here."""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Protocol, TypeVar, get_args, get_origin, get_type_hints

from chalicelib.domain.errors import ValidationError
from chalicelib.domain.policy.group_rules import (
    CheckInRule,
    ConvenerTerms,
    GroupLimits,
    RenewalReminder,
    RenewalRule,
    UnitRule,
    check_renewals,
    check_unit,
)


@dataclass(frozen=True)
class Association:
    """Who uses this installation. `zone` is an IANA name; `language` a BCP 47 tag."""

    name: str
    short: str
    board: str
    zone: str
    language: str
    page_size: str


@dataclass(frozen=True)
class Limits:
    """The most characters (or entries) that each answer may have."""

    name: int
    name_least: int
    charge: int
    background: int
    background_least: int
    question: int
    questions: int
    stakeholders: int
    fiscal_impact: int
    institution: int
    person_name: int
    conveners: int
    comment: int
    letters_per_signature: int
    members_per_mailbox: int
    sign_in_letters_per_hour: int
    member_number: int
    roster_rows: int
    roster_bytes: int
    docket_items: int
    docket_title: int
    meeting_minutes: int
    bulk_signatures: int
    bulk_looked_at: int
    source: str


@dataclass(frozen=True)
class Window:
    """At most `most` times within a window of `seconds`. `what` is one of `WINDOWS`."""

    what: str
    seconds: int
    most: int
    source: str


# What is counted: forms sent with an email address, from a network on one petition, and on a
# petition from anywhere; sign-in letters asked for from a network; requests to the API of somebody
# who is known, and from the network of somebody who is not.
# A petition's own window of ten minutes is also what staff are shown of its traffic.
TRAFFIC_SECONDS = 600
WINDOWS = ("address", "network", "petition", "sign-in-network", "api", "api-visitor")


@dataclass(frozen=True)
class AbuseRule:
    """What makes a signature doubtful, and what staff are shown of a petition's traffic."""

    fastest_seconds: int
    burst_in_ten_minutes: int
    hours_shown: int
    source: str


@dataclass(frozen=True)
class Correction:
    """How many words staff may correct without asking the signatories again: at once, in all
    for one edition of the text, and in the name.
    """

    words_at_once: int
    words_in_all: int
    words_in_name: int
    source: str


@dataclass(frozen=True)
class BoardRule:
    """How the Board decides. `seats` counts the voting seats.

    `after_term` says what a member may still do whose term ends while a vote is open: with
    `no-ballot`, cast and change none. A ballot that was cast before the term ended stands.
    `ballot` is how a vote is held unless those who preside choose otherwise at its opening:
    `named` or `secret`. With `close_when_all_voted`, a vote closes by itself as soon as every
    elector has a ballot; without, it stays open for changes until its time or its presiding
    officer ends it.
    """

    holds_from: date
    seats: int
    quorum: str
    majority_base: str
    recused_count_in_quorum: bool
    source: str
    after_term: str = "no-ballot"
    ballot: str = "named"
    close_when_all_voted: bool = False


@dataclass(frozen=True)
class Terms:
    """The association's year begins on day `year_day` of month `year_month`, and with it a term of
    office. One that ends within `ending_days` is shown to staff.
    """

    year_month: int
    year_day: int
    ending_days: int
    source: str

    def year_begins(self, day: date, years: int = 0) -> date:
        """The first day of the association's year in which `day` lies, or of the one that begins
        so many `years` later.
        """
        began = date(day.year, self.year_month, self.year_day) <= day
        return date(day.year + years - (not began), self.year_month, self.year_day)


@dataclass(frozen=True)
class Office:
    """An office on the Board from `holds_from` on, with as many `seats` as people hold it at once.

    Several seats are numbered. `years` is how long a term lasts, to begin a form with.
    """

    name: str
    holds_from: date
    seats: int
    voting: bool
    presiding: bool
    years: int
    source: str

    @property
    def titles(self) -> list[str]:
        """What each of its seats is called."""
        if self.seats == 1:
            return [self.name]
        return [f"{self.name} {number}" for number in range(1, self.seats + 1)]


@dataclass(frozen=True)
class MeetingRule:
    """Days that a meeting's deadlines lie before it, and how long an item takes by default.

    Items are called for between `call_days_first` and `call_days_last` days before, the agenda is
    set `agenda_days` before. A document's sender hears within `acknowledge_business_days` that it
    came in. Staff are reminded of what falls due `remind_days` before, and are shown what falls due
    within `soon_days`.
    """

    holds_from: date
    call_days_first: int
    call_days_last: int
    agenda_days: int
    document_deadline_days: int
    posting_days: int
    acknowledge_business_days: int
    item_minutes: int
    remind_days: int
    soon_days: int
    source: str


@dataclass(frozen=True)
class VirtualVoteRule:
    """A vote without a meeting: so many days of discussion, then so many of voting, both ending
    with the day in the association's zone. The day of the call is the first of them.
    `remind_days` before the end those are written to who have not voted. With `confirm`, a motion
    that carries stands unconfirmed until a meeting has confirmed it. `present` says who counts as
    present in such a vote: whoever returned a ballot.
    """

    holds_from: date
    discussion_days: int
    voting_days: int
    remind_days: list[int]
    confirm: bool
    source: str
    present: str = "ballot-returned"
    close_when_all_voted: bool = False


@dataclass(frozen=True)
class ChecksRule:
    """When a date's year is asked about: the day lies more than `far_days` ahead."""

    far_days: int
    source: str


@dataclass(frozen=True)
class DiscussionRule:
    """How long a comment may be, for how many minutes its author may put it right, and how many
    minutes lie between two letters to one person about one document.
    """

    characters: int
    edit_minutes: int
    letter_minutes: int
    source: str


@dataclass(frozen=True)
class DocumentRule:
    """What somebody may send to the Board: how often in a day (UTC), and how much. `title`, `text`
    (each part of a form) and `wording` (of an action) are characters, `bytes` and `pages` those of
    an uploaded PDF.
    """

    a_day: int
    uploads_a_day: int
    title: int
    text: int
    actions: int
    wording: int
    bytes: int
    pages: int
    source: str


@dataclass(frozen=True)
class Holiday:
    """A working day on which nobody works."""

    day: date
    name: str


@dataclass(frozen=True)
class DocketEntry:
    """A line of the docket that a new meeting starts with."""

    number: str
    title: str
    minutes: int
    action: str
    section: str = ""


@dataclass(frozen=True)
class DocketSections:
    """The sections of a new meeting's docket in their order. Documents go to `documents`, and what
    is adopted together, without discussion, to `consent`.
    """

    names: list[str]
    documents: str
    consent: str
    source: str


@dataclass(frozen=True)
class Rejection:
    """A reason for which staff may end a petition."""

    code: str
    title: str


@dataclass(frozen=True)
class Reminder:
    """How often conveners may ask those who signed and did not confirm: `most` times while the
    petition is open, `days_between` apart, and nobody who signed less than `after_hours` ago.
    """

    days_between: int
    most: int
    after_hours: int
    source: str


@dataclass(frozen=True)
class Invitations:
    """How often somebody may be invited to convene a petition: `most` times in all, and at least
    `hours_between` apart. One person may send `a_day` invitations, all petitions together.
    """

    hours_between: int
    most: int
    a_day: int
    source: str


@dataclass(frozen=True)
class Retention:
    """How long something with personal data in it is kept, as the privacy page tells it.

    `days` count from the day that `until` names, and the data are kept through the last of them.
    Without `days`, `until` says in words until when. `then` is what happens afterwards.
    """

    what: str
    title: str
    purpose: str
    seen_by: str
    until: str
    then: str
    source: str
    days: int | None = None


# What the nightly job and the outbox need a number of days for.
KEPT = (
    "signatures",
    "roster-entries",
    "roster-files",
    "unsent-files",
    "packet-parts",
    "packet-annexes",
    "sent-letters",
    "bulk-actions",
    "blocks",
    "mailboxes",
    "requests",
)


@dataclass(frozen=True)
class Privacy:
    """Within how many days staff answer a request to have one's data erased."""

    erasure_days: int
    source: str


@dataclass(frozen=True)
class Policy:
    """All of it. `unit`, `board` and `meeting` rules are dated; ask by the day that counts."""

    association: Association
    limits: Limits
    correction: Correction
    windows: tuple[Window, ...]
    abuse: AbuseRule
    units: tuple[UnitRule, ...]
    boards: tuple[BoardRule, ...]
    terms: Terms
    all_offices: tuple[Office, ...]
    meetings: tuple[MeetingRule, ...]
    virtual_votes: tuple[VirtualVoteRule, ...]
    documents: DocumentRule
    holidays: tuple[Holiday, ...]
    docket: tuple[DocketEntry, ...]
    docket_sections: DocketSections
    goal_areas: tuple[str, ...]
    rejections: tuple[Rejection, ...]
    retention: tuple[Retention, ...]
    privacy: Privacy
    reminder: Reminder
    invitations: Invitations
    checks: ChecksRule
    discussion: DiscussionRule
    renewals: tuple[RenewalRule, ...]
    renewal_reminders: tuple[RenewalReminder, ...]
    check_in: CheckInRule
    convener_terms: ConvenerTerms
    groups: GroupLimits

    def windows_of(self, what: str) -> list[Window]:
        """The windows in which something is counted, the shortest first."""
        found = [window for window in self.windows if window.what == what]
        return sorted(found, key=lambda window: window.seconds)

    def keep_days(self, what: str) -> int:
        """For how many days something is kept. Raises LookupError for what has no number."""
        found = next((rule.days for rule in self.retention if rule.what == what), None)
        if found is None:
            raise LookupError(f"policy.toml has no [[retention]] with days for {what}")
        return found

    def unit(self, kind: str, on: date) -> UnitRule:
        """The rule for `kind` that held on the day `on`. Raises ValidationError for an unknown
        kind.
        """
        rule = _held([u for u in self.units if u.kind == kind], on)
        if rule is None:
            raise ValidationError({"kind": "Choose one of the kinds of group listed."})
        return rule

    def kinds(self, on: date) -> list[UnitRule]:
        """One rule for each kind of unit that can be petitioned for on the day `on`."""
        names = dict.fromkeys(u.kind for u in self.units if u.holds_from <= on)
        return [self.unit(name, on) for name in names]

    def renewal(self, on: date) -> RenewalRule:
        """The rule for renewals on the day `on`."""
        rule = _held(self.renewals, on)
        if rule is None:
            raise LookupError(f"policy.toml has no [[renewal]] rule for {on}")
        return rule

    def board(self, on: date) -> BoardRule:
        """The Board's voting rule on the day `on`."""
        rule = _held(self.boards, on)
        if rule is None:
            raise LookupError(f"policy.toml has no [[board]] rule for {on}")
        return rule

    def offices(self, on: date) -> list[Office]:
        """The Board's offices on the day `on`, in their order. One with no seats is no more."""
        names = dict.fromkeys(office.name for office in self.all_offices)
        held = (_held([o for o in self.all_offices if o.name == name], on) for name in names)
        return [office for office in held if office and office.seats]

    def meeting(self, on: date) -> MeetingRule:
        """The rule for a meeting's deadlines on the day `on`."""
        rule = _held(self.meetings, on)
        if rule is None:
            raise LookupError(f"policy.toml has no [[meeting]] rule for {on}")
        return rule

    def virtual_vote(self, on: date) -> VirtualVoteRule:
        """The rule for votes without a meeting on the day `on`."""
        rule = _held(self.virtual_votes, on)
        if rule is None:
            raise LookupError(f"policy.toml has no [[virtual_vote]] rule for {on}")
        return rule


class _Dated(Protocol):
    @property
    def holds_from(self) -> date: ...


_Rule = TypeVar("_Rule", bound=_Dated)


def _held(rules: Iterable[_Rule], on: date) -> _Rule | None:
    held = [rule for rule in rules if rule.holds_from <= on]
    return max(held, key=lambda rule: rule.holds_from) if held else None


def parse(text: str) -> Policy:
    """The policy that a TOML text states. Raises ValueError naming a table's missing key."""
    raw = tomllib.loads(text)
    policy = Policy(
        association=_make(Association, raw.get("association", {}), "association"),
        limits=_make(Limits, raw.get("limits", {}), "limits"),
        correction=_make(Correction, raw.get("correction", {}), "correction"),
        windows=tuple(_make(Window, row, "window") for row in raw.get("window", [])),
        abuse=_make(AbuseRule, raw.get("abuse", {}), "abuse"),
        units=tuple(_make(UnitRule, row, "unit") for row in raw.get("unit", [])),
        boards=tuple(_make(BoardRule, row, "board") for row in raw.get("board", [])),
        terms=_make(Terms, raw.get("terms", {}), "terms"),
        all_offices=tuple(_make(Office, row, "office") for row in raw.get("office", [])),
        meetings=tuple(_make(MeetingRule, row, "meeting") for row in raw.get("meeting", [])),
        virtual_votes=tuple(
            _make(VirtualVoteRule, row, "virtual_vote") for row in raw.get("virtual_vote", [])
        ),
        documents=_make(DocumentRule, raw.get("documents", {}), "documents"),
        holidays=tuple(_make(Holiday, row, "holiday") for row in raw.get("holiday", [])),
        docket=tuple(_make(DocketEntry, row, "docket") for row in raw.get("docket", [])),
        docket_sections=_make(DocketSections, raw.get("docket_sections", {}), "docket_sections"),
        goal_areas=tuple(raw.get("goal_areas", {}).get("names", [])),
        rejections=tuple(_make(Rejection, row, "rejection") for row in raw.get("rejection", [])),
        retention=tuple(_make(Retention, row, "retention") for row in raw.get("retention", [])),
        privacy=_make(Privacy, raw.get("privacy", {}), "privacy"),
        reminder=_make(Reminder, raw.get("reminder", {}), "reminder"),
        invitations=_make(Invitations, raw.get("invitations", {}), "invitations"),
        checks=_make(ChecksRule, raw.get("checks", {}), "checks"),
        discussion=_make(DiscussionRule, raw.get("discussion", {}), "discussion"),
        renewals=tuple(_make(RenewalRule, row, "renewal") for row in raw.get("renewal", [])),
        renewal_reminders=tuple(
            _make(RenewalReminder, row, "renewal_reminder")
            for row in raw.get("renewal_reminder", [])
        ),
        check_in=_make(CheckInRule, raw.get("check_in", {}), "check_in"),
        convener_terms=_make(ConvenerTerms, raw.get("convener_terms", {}), "convener_terms"),
        groups=_make(GroupLimits, raw.get("groups", {}), "groups"),
    )
    for what in KEPT:
        if not any(rule.what == what and (rule.days or 0) > 0 for rule in policy.retention):
            raise ValueError(f"policy.toml: there is no [[retention]] with days for {what!r}")
    for table, rules in (
        ("unit", policy.units),
        ("board", policy.boards),
        ("office", policy.all_offices),
        ("renewal", policy.renewals),
    ):
        if not rules:
            raise ValueError(f"policy.toml: there is no [[{table}]]")
    sections = policy.docket_sections
    named = {sections.documents, sections.consent, *(entry.section for entry in policy.docket)}
    for name in sorted(named - set(sections.names)):
        raise ValueError(f"policy.toml: [docket_sections] names has no {name!r}")
    for window in policy.windows:
        if window.what not in WINDOWS:
            raise ValueError(
                f"policy.toml: [[window]] counts {window.what!r}; write one of {', '.join(WINDOWS)}"
            )
        if window.seconds < 1 or window.most < 1:
            raise ValueError(f"policy.toml: [[window]] {window.what}: write whole numbers above 0")
    if TRAFFIC_SECONDS not in {window.seconds for window in policy.windows_of("petition")}:
        raise ValueError(
            f"policy.toml: there is no [[window]] of {TRAFFIC_SECONDS} seconds for a petition"
        )
    _require_known(policy)
    return policy


def _require_known(policy: Policy) -> None:
    """Raises ValueError where the policy asks for what the software does not know."""
    try:
        # In a common year, so that the year begins on a day that every year has.
        date(2001, policy.terms.year_month, policy.terms.year_day)
    except ValueError:
        raise ValueError(
            "policy.toml: [terms] year_month and year_day are no day of every year"
        ) from None
    for unit in policy.units:
        check_unit(unit)
    check_renewals(policy.renewals, policy.renewal_reminders)
    for office in policy.all_offices:
        if office.seats < 0 or office.years < 1:
            raise ValueError(
                f"policy.toml: [[office]] {office.name}: write seats from 0 on, years from 1 on"
            )
    for board in policy.boards:
        if board.after_term != "no-ballot":
            raise ValueError(
                f"policy.toml: after_term is {board.after_term!r}; only no-ballot is known"
            )
        if board.quorum != "majority-of-seats":
            raise ValueError(
                f"policy.toml: quorum is {board.quorum!r}; only majority-of-seats is known"
            )
        if board.majority_base not in {"present", "cast", "all_members"}:
            raise ValueError(
                f"policy.toml: majority_base is {board.majority_base!r}; "
                "write present, cast or all_members"
            )
        if board.ballot not in {"named", "secret"}:
            raise ValueError(f"policy.toml: ballot is {board.ballot!r}; write named or secret")
    for virtual in policy.virtual_votes:
        if virtual.present != "ballot-returned":
            raise ValueError(
                f"policy.toml: present is {virtual.present!r}; only ballot-returned is known"
            )
        if virtual.voting_days < 1 or virtual.discussion_days < 1:
            raise ValueError("policy.toml: [[virtual_vote]] needs a day or more of both")


def _make(kind: type, row: Mapping[str, Any], table: str) -> Any:
    known = {f.name for f in fields(kind)}
    unknown = set(row) - known
    if unknown:
        raise ValueError(f"policy.toml: [{table}] has unknown key {sorted(unknown)[0]!r}")
    for name, hint in get_type_hints(kind).items():
        listed = get_origin(hint) is list
        allowed = (list,) if listed else get_args(hint) or (hint,)
        # A TOML true is no number, though Python takes it for one.
        if name in row and type(row[name]) not in allowed:
            raise ValueError(f"policy.toml: [{table}] {name} is {row[name]!r}: the wrong type")
    try:
        return kind(**row)
    except TypeError as error:
        raise ValueError(f"policy.toml: [{table}] lacks a key: {error}") from error


@cache
def load() -> Policy:
    """The policy file beside this package, read once for each process."""
    return parse((Path(__file__).resolve().parents[2] / "policy.toml").read_text("utf-8"))
