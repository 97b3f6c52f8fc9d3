"""Bounced addresses, or whose owners complained: what the mail service says of
them, and which letters still go there.

Sources: SES's guide on bounces and complaints (an account is reviewed at 5 % of bounces, paused at
10 %; reviewed at 0.1 % of complaints), which asks to stop at a permanent bounce and at a complaint.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum

from chalicelib.domain.people.addresses import key_of

# A full mailbox or a server that is away mends itself; five times in two weeks, it does not.
TRANSIENT_MOST = 5
TRANSIENT_WINDOW = timedelta(days=14)
# Notices come more than once and out of order; so many are remembered by their ids.
REMEMBERED = 20
# What a person asks for themselves at that moment, and waits for.
ASKED_FOR = frozenset({"sign-in", "signature-confirm"})


class Kind(StrEnum):
    """What the mail service says happened to a letter."""

    PERMANENT = "permanent"
    TRANSIENT = "transient"
    COMPLAINT = "complaint"


class Standing(StrEnum):
    """Whether letters go to an address."""

    OPEN = "open"
    DEAD = "dead"
    COMPLAINED = "complained"


@dataclass(frozen=True, kw_only=True)
class Notice:
    """One notice about one address. `why` is the mail service's own word for it."""

    id: str
    kind: Kind
    email: str
    at: datetime
    why: str = ""


@dataclass(frozen=True, kw_only=True)
class Mailbox:
    """What is known of an address. `since` is when its standing came about, `tried_at` when staff
    last had it tried again, and `asked_on` the last day of a letter that its owner asked for.
    """

    key: str
    email: str
    standing: Standing = Standing.OPEN
    since: datetime | None = None
    why: str = ""
    transient: tuple[datetime, ...] = ()
    seen: tuple[str, ...] = ()
    tried_at: datetime | None = None
    tried_by: str = ""
    asked_on: date | None = None
    version: int = 0


def noted(before: Mailbox | None, notice: Notice) -> Mailbox:
    """An address after a notice. One that was seen before, or that is about a letter from before
    staff had the address tried again, changes nothing.
    """
    mailbox = before or Mailbox(key=key_of(notice.email), email=notice.email)
    late = mailbox.tried_at is not None and notice.at <= mailbox.tried_at
    if notice.id in mailbox.seen or late:
        return mailbox
    seen = (*mailbox.seen, notice.id)[-REMEMBERED:]
    mailbox = replace(mailbox, seen=seen, version=mailbox.version + 1)
    if notice.kind == Kind.TRANSIENT:
        times = sorted((*mailbox.transient, notice.at))
        times = [one for one in times if times[-1] - one <= TRANSIENT_WINDOW]
        mailbox = replace(mailbox, transient=tuple(times))
        if len(times) < TRANSIENT_MOST:
            return mailbox
    # A complaint weighs more: the address works, and its owner wants nothing.
    if mailbox.standing == Standing.COMPLAINED:
        return mailbox
    standing = Standing.COMPLAINED if notice.kind == Kind.COMPLAINT else Standing.DEAD
    if standing == mailbox.standing:
        return mailbox
    return replace(mailbox, standing=standing, since=notice.at, why=notice.why)


def tried_again(mailbox: Mailbox, by: str, at: datetime) -> Mailbox:
    """An address that letters go to again, until the mail service says otherwise."""
    return Mailbox(
        key=mailbox.key,
        email=mailbox.email,
        seen=mailbox.seen,
        tried_at=at,
        tried_by=by,
        version=mailbox.version + 1,
    )


def takes(mailbox: Mailbox | None, letter: str, today: date) -> bool:
    """Whether a letter of a kind goes to an address today.

    Somebody who complained gets what they ask for. At a dead address even that goes out once a
    day alone: it may work again, and whoever asks sees the same page as everybody.
    """
    if mailbox is None or mailbox.standing == Standing.OPEN:
        return True
    if letter not in ASKED_FOR:
        return False
    return mailbox.standing == Standing.COMPLAINED or mailbox.asked_on != today


def asked(mailbox: Mailbox, today: date) -> Mailbox:
    """A dead address after a letter that its owner asked for."""
    return replace(mailbox, asked_on=today, version=mailbox.version + 1)
