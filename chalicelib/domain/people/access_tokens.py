"""Access tokens: with one, a program acts for a person, within what the token is for."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from chalicelib.domain.errors import ValidationError

# So that programs that look for lost secrets know one when they see it.
PREFIX = "groundswell_pat_"
MOST_DAYS = 366
MOST_TOKENS = 20
LONGEST_NAME = 100

# What a token may be for, in the words of whoever makes one.
SCOPES = {
    "read": "Read whatever you may read, but for other people’s personal data",
    "personal": "Read email addresses, rosters, and your stored data",
    "petitions": "Sign petitions; draft, open, submit and withdraw your own; review them as staff",
    "groups": "Look after groups and their renewals",
    "meetings": "Plan meetings, dockets, documents, packets and minutes; discuss documents",
    "votes": "Move, second, amend and vote, and run votes",
    "signatures": "Decide signatures, block and allow who signs",
    "roster": "Import the membership roster",
    "people": "Give and end seats and places on the staff; decide requests for erasure",
    "webhooks": "Manage webhooks",
}
READ, PERSONAL = "read", "personal"
# What a program never does in somebody's name: whoever finds a token could otherwise make it last.
BY_BROWSER_ALONE = frozenset(
    {
        "session.request",
        "session.begin",
        "session.end",
        "token.create",
        "token.revoke",
        "account.edit",
        "data.ask-erasure",
    }
)
_PERSONAL = frozenset(
    {"signature.read-private", "roster.read", "group.read-conveners", "data.read"}
)
_ODD = {
    "signature.sign": "petitions",
    "signature.confirm": "petitions",
    "signature.withdraw": "petitions",
    "signature.correct": "petitions",
}
_BY_PREFIX = {
    "petition": "petitions",
    "signature": "signatures",
    "block": "signatures",
    "mailbox": "signatures",
    "group": "groups",
    "renewal": "groups",
    "meeting": "meetings",
    "docket": "meetings",
    "document": "meetings",
    "packet": "meetings",
    "minutes": "meetings",
    "motion": "votes",
    "consent": "votes",
    "roster": "roster",
    "seat": "people",
    "staff": "people",
    "data": "people",
    "webhook": "webhooks",
}


def scope_of(command: str) -> str:
    """The scope that a token needs for a command; empty where no token will do."""
    if command in BY_BROWSER_ALONE:
        return ""
    if command in _PERSONAL:
        return PERSONAL
    prefix, _, name = command.partition(".")
    if name == "read" or name.startswith("read-"):
        return READ
    return _ODD.get(command, _BY_PREFIX.get(prefix, ""))


@dataclass(frozen=True, kw_only=True)
class AccessToken:
    """A token. `key` is the digest of its secret, which is kept nowhere; `used_on` is the last day
    on which it was used.
    """

    key: str
    id: str
    person_id: str
    name: str
    scopes: tuple[str, ...]
    created_at: datetime
    expires_at: datetime
    used_on: date | None = None


def checked(name: str, scopes: list[str], days: int, held: int) -> tuple[str, ...]:
    """The scopes of a new token, in the order in which they are shown. `held` is how many tokens
    the person has. Raises ValidationError.
    """
    errors = {}
    if not 0 < len(name) <= LONGEST_NAME:
        errors["name"] = f"Enter what it is for, in {LONGEST_NAME} characters at most."
    unknown = sorted(set(scopes) - set(SCOPES))
    if unknown:
        errors["scopes"] = f"These are no scopes: {', '.join(unknown)}."
    elif not scopes:
        errors["scopes"] = "Choose at least one thing that it may do."
    if not 1 <= days <= MOST_DAYS:
        errors["days"] = f"Enter a number of days from 1 to {MOST_DAYS}."
    if held >= MOST_TOKENS:
        errors[""] = f"You have {held} access tokens. End one that you no longer need."
    if errors:
        raise ValidationError(errors)
    return tuple(scope for scope in SCOPES if scope in scopes)


def expiry(now: datetime, days: int) -> datetime:
    """When a token made now stops working."""
    return now + timedelta(days=days)
