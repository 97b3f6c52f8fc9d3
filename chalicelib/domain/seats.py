"""Seats on the Board: their terms, in words."""

from chalicelib.domain.people import Seat
from chalicelib.domain.times import long_date


def term_in_words(seat: Seat) -> str:
    """`July 1, 2026 through June 30, 2027`, or what is known of it."""
    if seat.since and seat.until:
        return f"{long_date(seat.since)} through {long_date(seat.until)}"
    if seat.since:
        return f"from {long_date(seat.since)}"
    return f"through {long_date(seat.until)}" if seat.until else "no end"
