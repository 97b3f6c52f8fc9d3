"""Who convenes a group: invited, in place, handing over, stepping down, and when nobody is."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from chalicelib.domain.errors import ConflictError, ValidationError
from chalicelib.domain.groups import conveners as group_conveners
from chalicelib.domain.people.people import Person, Role
from tests.domain.builders import (
    ADA,
    HOUR,
    POLICY,
    STAFF,
    act,
    actor,
    chicago,
    convener,
    ended,
    in_renewal,
    living,
    on,
    staff,
    system,
)

DAY = date(2024, 9, 2)
BO = Person(id="bo", name="Bo Grand", email="bo@example.org")
CY = Person(id="cy", name="Cy Holm", email="Cy@Example.org")
JUNE = date(2025, 6, 30)


def invited(group=None, email="bo@example.org", replaces="", day=DAY):
    """A group that has invited Bo Grand."""
    by = act(at=on(day))
    return group_conveners.invite(
        group or living(), "Bo Grand", email, "Grand University", replaces, POLICY, by
    )[0]


def names(group):
    """Those who act as conveners."""
    return [c.name for c in group.acting]


# ------------------------------------------------------------------ Inviting


def test_whoever_is_invited_acts_once_they_accept():
    group = invited()
    asked = group.conveners[-1]
    assert (asked.id, asked.accepted, asked.since, asked.until) == ("c2", False, None, None)
    assert (names(group), group.invites("BO@example.org")) == (["Ada Fell"], True)
    assert (
        group_conveners.asked_as(group, actor(BO)),
        group_conveners.convener_of(group, actor(BO)),
    ) == (
        asked,
        None,
    )
    accepted, event = group_conveners.accept(group, POLICY, act(BO, at=on(DAY)))
    assert names(accepted) == ["Ada Fell", "Bo Grand"]
    new = accepted.convener("c2")
    assert (new.since, new.until, new.replaces) == (DAY, JUNE, "")
    assert (event.command, event.data) == ("join", {"name": "Bo Grand", "instead_of": ""})
    assert group_conveners.convener_of(accepted, actor(BO)) == new
    assert group_conveners.asked_as(accepted, actor(BO)) is None


def test_an_id_is_not_given_twice():
    group, _ = group_conveners.decline(invited(), POLICY, act(BO, at=on(DAY)))
    assert invited(group).conveners[-1].id == "c3"


def test_the_event_of_an_invitation_names_no_address():
    by = act(at=on(DAY))
    _, event = group_conveners.invite(living(), "Bo Grand", "bo@example.org", "", "c1", POLICY, by)
    assert event.data == {"name": "Bo Grand", "replaces": "Ada Fell"}


def test_a_visitor_is_nobodys_convener():
    assert group_conveners.convener_of(living(), system().actor) is None
    assert group_conveners.asked_as(living(), system().actor) is None


@pytest.mark.parametrize("email", ["bo@example.org", "BO@example.org"])
def test_the_same_address_is_not_invited_twice(email):
    with pytest.raises(ValidationError) as refused:
        invited(invited(), email)
    assert "invited already" in refused.value.errors["email"]


@pytest.mark.parametrize("email", ["ada@example.org", "ADA@example.org"])
def test_who_convenes_it_already_is_not_invited(email):
    with pytest.raises(ValidationError) as refused:
        invited(email=email)
    assert "Ada Fell convenes the group already" in refused.value.errors["email"]


def test_a_group_that_has_ended_invites_nobody():
    with pytest.raises(ConflictError, match="has ended"):
        invited(ended())


@pytest.mark.parametrize("replaces", ["c9", "c2"])
def test_only_who_is_in_place_hands_over(replaces):
    with pytest.raises(ConflictError, match="Who hands over"):
        invited(invited(), "cy@example.org", replaces)


def test_no_more_are_invited_than_could_be_conveners():
    group = living()
    for number in range(POLICY.limits.conveners):
        group = invited(group, f"guest{number}@example.org")
    with pytest.raises(ConflictError, match="Enough people are invited"):
        invited(group, "one-more@example.org")


def test_an_invitation_is_sent_again_after_a_while_and_not_for_ever():
    rule, asked = POLICY.invitations, invited().conveners[-1]
    at = on(DAY)
    soon, later = at + HOUR, at + timedelta(hours=rule.hours_between)
    assert "a short while ago" in group_conveners.may_invite_again(asked, 1, POLICY, soon)
    assert group_conveners.may_invite_again(asked, 1, POLICY, later) == ""
    assert "which is the most" in group_conveners.may_invite_again(asked, rule.most, POLICY, later)
    again, event = group_conveners.invite_again(invited(), asked, POLICY, act(at=later))
    assert again.conveners[-1] == replace(asked, invited_at=later)
    assert event.data == {"name": "Bo Grand"}


# ------------------------------------------------------------------ Accepting


def test_who_hands_over_leaves_when_the_other_accepts():
    group = invited(replaces="c1")
    assert names(group) == ["Ada Fell"]
    new, event = group_conveners.accept(group, POLICY, act(BO, at=on(DAY)))
    assert names(new) == ["Bo Grand"]
    assert event.data == {"name": "Bo Grand", "instead_of": "Ada Fell"}
    assert new.vacant_since is None


def test_who_hands_over_may_have_left_before_the_other_accepts():
    group, _ = group_conveners.step_down(invited(replaces="c1"), POLICY, act(at=on(DAY)))
    new, event = group_conveners.accept(group, POLICY, act(BO, at=on(DAY)))
    assert (names(new), event.data["instead_of"]) == (["Bo Grand"], "")


def test_people_may_write_their_own_name():
    person = replace(BO, name="Bo A. Grand")
    new, _ = group_conveners.accept(invited(), POLICY, act(person, at=on(DAY)))
    assert names(new) == ["Ada Fell", "Bo A. Grand"]


def test_a_term_begins_on_the_day_in_the_associations_zone():
    # 2 a.m. in London on July 1 is still June 30 in Chicago.
    new, _ = group_conveners.accept(invited(), POLICY, act(BO, at=chicago(2024, 6, 30, 20)))
    assert (new.convener("c2").since, new.convener("c2").until) == (date(2024, 6, 30), JUNE)


def test_nobody_accepts_what_has_ended():
    group = ended()
    group = replace(group, conveners=(*group.conveners, convener(2, accepted=False)))
    with pytest.raises(ConflictError, match="has ended"):
        group_conveners.accept(group, POLICY, act(BO, at=on(date(2026, 12, 1))))
    left, _ = group_conveners.decline(group, POLICY, act(BO, at=on(date(2026, 12, 1))))
    assert len(left.conveners) == 1


def test_an_invitation_is_declined():
    group, event = group_conveners.decline(invited(), POLICY, act(BO, at=on(DAY)))
    assert (names(group), len(group.conveners)) == (["Ada Fell"], 1)
    assert (event.command, event.data) == ("decline-invitation", {})


def test_an_address_written_otherwise_is_the_same_person():
    group = invited(email="cy@example.org")
    new, _ = group_conveners.accept(group, POLICY, act(CY, at=on(DAY)))
    assert names(new) == ["Ada Fell", "Cy Holm"]


# ------------------------------------------------------------------ Leaving


def test_who_steps_down_leaves_a_vacancy():
    group, event = group_conveners.step_down(living(), POLICY, act(at=on(DAY)))
    assert (group.conveners, group.vacant_since) == ((), DAY)
    assert (event.command, event.data) == ("step-down", {"name": "Ada Fell"})
    assert group_conveners.fill_by(group, POLICY) == date(2024, 11, 1)


def test_who_is_no_convener_does_not_step_down():
    with pytest.raises(ConflictError, match="do not convene"):
        group_conveners.step_down(living(), POLICY, act(BO, at=on(DAY)))
    with pytest.raises(ConflictError, match="do not convene"):
        group_conveners.step_down(invited(), POLICY, act(BO, at=on(DAY)))


def test_staff_end_a_convener_with_a_reason():
    with pytest.raises(ValidationError) as refused:
        group_conveners.end(living(), "c1", "", POLICY, staff(on(DAY)))
    assert list(refused.value.errors) == ["reason"]
    group, event = group_conveners.end(living(), "c1", "Left the library.", POLICY, staff(on(DAY)))
    assert group.vacant_since == DAY
    assert event.data == {"name": "Ada Fell", "reason": "Left the library."}
    assert event.command == "end-convener"


def test_an_invitation_is_taken_back_without_a_reason():
    group, event = group_conveners.end(invited(), "c2", "", POLICY, act(at=on(DAY)))
    assert (len(group.conveners), event.command) == (1, "take-back-invitation")
    with pytest.raises(ConflictError, match="no longer"):
        group_conveners.end(group, "c2", "", POLICY, act(at=on(DAY)))


def test_a_group_that_has_ended_has_no_vacancy():
    group, _ = group_conveners.step_down(ended(), POLICY, act(at=on(date(2026, 12, 1))))
    assert (group.conveners, group.vacant_since) == ((), None)


# ------------------------------------------------------------------ Terms and vacancies


def test_a_term_is_extended_for_those_named():
    three = tuple(convener(n, JUNE) for n in (1, 2, 3))
    group = living("interest-group", conveners=three)
    later = date(2026, 6, 30)
    new, event = group_conveners.extend(group, ("c1", "c3"), later, POLICY, staff(on(DAY)))
    assert [c.until for c in new.conveners] == [later, JUNE, later]
    assert event.data == {"names": ["Ada Fell", "Cy Holm"], "until": "2026-06-30"}


@pytest.mark.parametrize(
    ("until", "day", "then"),
    [
        (JUNE, date(2025, 5, 1), date(2026, 6, 30)),
        (JUNE, JUNE, date(2026, 6, 30)),
        # After the end of the term: the next one begins today.
        (JUNE, date(2025, 7, 20), date(2026, 6, 30)),
        (JUNE, date(2026, 4, 1), date(2027, 6, 30)),
        (date(2025, 3, 10), date(2025, 3, 1), date(2026, 6, 30)),
    ],
)
def test_a_convener_goes_on_for_another_term(until, day, then):
    group = living(conveners=(convener(1, until),))
    new, event = group_conveners.go_on(group, "c1", POLICY, act(at=on(day)))
    assert new.convener("c1").until == then
    assert (event.command, event.data["until"]) == ("extend-term", then.isoformat())


def test_only_a_term_that_ends_soon_is_followed_by_another():
    for until in (None, date(2026, 6, 30)):
        group = living(conveners=(convener(1, until),))
        with pytest.raises(ConflictError, match="goes on"):
            group_conveners.go_on(group, "c1", POLICY, act(at=on(DAY)))
    with pytest.raises(ConflictError, match="no longer"):
        group_conveners.go_on(invited(), "c2", POLICY, act(at=on(DAY)))


def test_an_invitation_has_no_term_to_extend():
    group, event = group_conveners.extend(invited(), ("c2",), JUNE, POLICY, staff(on(DAY)))
    assert (group.convener("c2").until, event.data["names"]) == (None, [])


def test_extending_a_term_that_has_ended_fills_the_vacancy():
    told = ("vacancy-2025-07-01:open", "check-in-2026-06-30:open")
    group = living(conveners=(convener(1, JUNE),), vacant_since=date(2025, 7, 1), told=told)
    new, _ = group_conveners.extend(
        group, ("c1",), date(2026, 6, 30), POLICY, staff(on(date(2025, 7, 20)))
    )
    assert (new.vacant_since, new.told) == (None, ("check-in-2026-06-30:open",))


@pytest.mark.parametrize(
    ("kind", "untils", "lacks_before", "lacks_after", "first"),
    [
        ("discussion-group", [JUNE], 0, 1, date(2025, 7, 1)),
        ("discussion-group", [None], 0, 0, None),
        ("discussion-group", [JUNE, date(2026, 6, 30)], 0, 0, date(2026, 7, 1)),
        ("discussion-group", [], 1, 1, date(2025, 6, 30)),
        ("interest-group", [JUNE, JUNE, None], 0, 2, date(2025, 7, 1)),
        ("interest-group", [JUNE, None, None, None], 0, 0, None),
        ("interest-group", [None, None], 1, 1, date(2025, 6, 30)),
        ("interest-group", [date(2026, 6, 30)] * 4 + [JUNE], 0, 0, date(2026, 7, 1)),
    ],
)
def test_how_many_conveners_a_group_lacks_and_from_when(
    kind, untils, lacks_before, lacks_after, first
):
    group = living(kind, conveners=tuple(convener(n, u) for n, u in enumerate(untils, 1)))
    assert group_conveners.missing(group, JUNE, POLICY) == lacks_before
    assert group_conveners.missing(group, date(2025, 7, 1), POLICY) == lacks_after
    assert group_conveners.vacancy_on(group, JUNE, POLICY) == first


def test_whose_term_has_ended_goes_on_until_somebody_follows():
    group = living(conveners=(convener(1, JUNE),))
    assert group.in_place(date(2025, 7, 1)) == ()
    assert names(group) == ["Ada Fell"]
    assert group.convened_by("ada@example.org")


def test_a_vacancy_is_known_since_the_first_who_left():
    three = tuple(convener(n) for n in (1, 2, 3))
    group = living("interest-group", conveners=three)
    first, _ = group_conveners.step_down(group, POLICY, act(at=on(DAY)))
    second, _ = group_conveners.step_down(first, POLICY, act(BO, at=on(date(2024, 10, 2))))
    assert second.vacant_since == DAY
    assert group_conveners.missing(second, DAY, POLICY) == 2


def test_a_vacancy_is_over_once_enough_are_in_place():
    told = (f"vacancy-{DAY.isoformat()}:open", "term-2025-06-30:60")
    gone, _ = group_conveners.step_down(living(told=told), POLICY, act(at=on(DAY)))
    asked = invited(gone)
    assert (asked.vacant_since, asked.told) == (DAY, told)
    new, _ = group_conveners.accept(asked, POLICY, act(BO, at=on(DAY)))
    assert (new.vacant_since, new.told) == (None, ("term-2025-06-30:60",))
    assert group_conveners.fill_by(new, POLICY) is None


def test_conveners_come_and_go_while_a_renewal_is_open():
    group = invited(in_renewal(), replaces="c1", day=date(2026, 9, 1))
    new, _ = group_conveners.accept(group, POLICY, act(BO, at=on(date(2026, 9, 2))))
    assert (new.renewal, new.state) == (group.renewal, group.state)


def test_staff_may_be_invited_as_anybody_else():
    group = invited(email=STAFF.email)
    by = act(STAFF, Role.INVITED, on(DAY))
    assert names(group_conveners.accept(group, POLICY, by)[0]) == [ADA.name, STAFF.name]
