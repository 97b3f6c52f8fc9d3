"""Signing in by emailed link, and the session that follows."""

from dataclasses import dataclass
from datetime import datetime, timedelta

LINK_MINUTES = 30
SESSION_DAYS = 14


@dataclass(frozen=True, kw_only=True)
class Link:
    """A sign-in link. `key` is the digest of its token and `browser` that of the cookie of
    the browser that asked: a link that leaks is of no use elsewhere.
    """

    key: str
    email: str
    browser: str
    next: str
    expires_at: datetime


@dataclass(frozen=True, kw_only=True)
class Session:
    """A signed-in browser. `key` is the digest of its cookie."""

    key: str
    person_id: str
    began_at: datetime
    expires_at: datetime
    agent: str = ""


def link_expiry(now: datetime) -> datetime:
    """When a link asked for now stops working."""
    return now + timedelta(minutes=LINK_MINUTES)


def session_expiry(now: datetime) -> datetime:
    """When a session begun now ends by itself."""
    return now + timedelta(days=SESSION_DAYS)
