"""Every stored value comes back as it went in."""

from dataclasses import fields
from datetime import UTC, date, datetime
from enum import Enum
from types import NoneType, UnionType
from typing import Any, get_args, get_origin, get_type_hints

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from chalicelib.domain.groups.group import Charge, Group
from chalicelib.domain.meetings.meeting import Meeting
from chalicelib.domain.motions.ballots import Ballot
from chalicelib.domain.motions.motion import Motion
from chalicelib.domain.motions.tally import Tally
from chalicelib.domain.outbox.letters import FanOut, Letter
from chalicelib.domain.packets.packet import Packet
from chalicelib.domain.people.people import Person, Seat
from chalicelib.domain.people.seats import Register
from chalicelib.domain.people.sessions import Link, Session
from chalicelib.domain.petitions.petition import Petition
from chalicelib.domain.petitions.text import Convener, Text
from chalicelib.domain.record.events import Event, digest_of
from chalicelib.domain.roster.roster import Entry, Roster
from chalicelib.domain.signing.signature import Match, Signature
from chalicelib.storage.mapping import from_body, to_body

STORED = (
    Ballot,
    Charge,
    Convener,
    Entry,
    Event,
    FanOut,
    Group,
    Letter,
    Link,
    Match,
    Meeting,
    Motion,
    Packet,
    Person,
    Petition,
    Register,
    Roster,
    Seat,
    Session,
    Signature,
    Tally,
    Text,
)
JSON = some.recursive(
    some.none() | some.booleans() | some.integers() | some.text(),
    lambda inner: some.lists(inner, max_size=3) | some.dictionaries(some.text(), inner, max_size=3),
    max_leaves=5,
)
PLAIN = {
    str: some.text(),
    int: some.integers(),
    bool: some.booleans(),
    date: some.dates(),
    datetime: some.datetimes(timezones=some.just(UTC)),
    Any: JSON,
}


def values_of(hint: Any) -> some.SearchStrategy[Any]:
    """Any value of a type hint, as far as the domain uses them."""
    if hint in PLAIN:
        return PLAIN[hint]
    origin, inner = get_origin(hint), get_args(hint)
    if origin is UnionType:
        (other,) = set(inner) - {NoneType}
        return some.none() | values_of(other)
    if origin is tuple:
        assert inner[1:] == (...,)
        return some.lists(values_of(inner[0]), max_size=2).map(tuple)
    if origin is dict:
        return some.dictionaries(some.text(), values_of(inner[1]), max_size=3)
    if issubclass(hint, Enum):
        return some.sampled_from(list(hint))
    hints = get_type_hints(hint)
    return some.builds(hint, **{f.name: values_of(hints[f.name]) for f in fields(hint)})


@pytest.mark.parametrize("kind", STORED, ids=lambda kind: kind.__name__)
def test_a_stored_value_comes_back_as_it_was(kind):
    @settings(max_examples=25, deadline=None)
    @given(values_of(kind))
    def round_trip(value):
        assert from_body(kind, to_body(value)) == value

    round_trip()


@pytest.mark.parametrize("kind", [Petition, Signature, Motion], ids=lambda kind: kind.__name__)
def test_what_is_kept_elsewhere_is_put_back(kind):
    @settings(max_examples=15, deadline=None)
    @given(values_of(kind))
    def round_trip(value):
        apart = {"version", "state"}
        body = to_body(value, frozenset(apart))
        assert not apart & set(body)
        given_back = {name: getattr(value, name) for name in apart}
        assert from_body(kind, body, **given_back) == value

    round_trip()


@settings(max_examples=30, deadline=None)
@given(values_of(Event))
def test_an_event_that_was_stored_has_the_same_digest(event):
    assert digest_of(from_body(Event, to_body(event))) == digest_of(event)


def test_a_charge_without_an_end_is_one():
    charge = Charge(number=1, text="To be.", effective_on=date(2026, 1, 1), ends_on=None)
    assert "ends_on" not in to_body(charge)
    assert from_body(Charge, to_body(charge)) == charge


def test_a_field_that_an_older_body_lacks_takes_its_default():
    body = to_body(Person(id="a", name="A", email="a@example.org"))
    assert "staff" not in body
    assert from_body(Person, body).staff is False
