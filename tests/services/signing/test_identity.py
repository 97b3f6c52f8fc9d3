"""Who is who: shared mailboxes, links that staff make, and nobody counted twice."""

from collections import Counter
from contextlib import suppress
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chalicelib.domain.errors import ConflictError, RuleError, ValidationError
from chalicelib.domain.people.people import VISITOR
from chalicelib.domain.roster.roster import Entry, Roster, digest_of
from chalicelib.domain.signing.signature import State, counts, signatory_key, waits_for_staff
from chalicelib.services.commands import perform
from chalicelib.services.roster import rosters
from chalicelib.services.signing import signing
from chalicelib.storage import keys
from chalicelib.storage.conditions import begins_with
from chalicelib.storage.transaction import Transaction

HOME = "lee@example.org"
ANN = Entry("Ann Lee", HOME, "Fell College", "1")
BOB = Entry("Bob Lee", HOME, "Grand University", "2")
CID = Entry("Cid Roe", "cid@example.org", "Roe Library", "3")
SHARED = (replace(ANN, shared=True), replace(BOB, shared=True), CID)


@pytest.fixture
def home(world):
    """A petition that takes signatures, no letters on the count."""
    world.at("collecting").forget_letters()
    return world


def import_roster(world, *entries):
    """A newer roster comes into force, and signatures are matched with it."""
    version = world.services.store.rosters.current().version + 1
    given = Roster(version=version, digest=digest_of(entries), entries=len(entries))
    world.services.store.rosters.store(given, entries)
    rosters._rematch(world.services, entries)


def signatures(world):
    return list(world.services.store.petitions.signatures(world.petition_id))


def of(world, key):
    found = world.services.store.petitions.signature(world.petition_id, key)
    assert found, key
    return found


def sign(world, name, number="", email=HOME):
    world.sign(name, name, email=email, member_number=number)
    world.deliver_all()


def confirm(world, key):
    token = signing.signature_token(world.services, of(world, key))
    signing.confirm_by_link(world.services, VISITOR, token)
    world.deliver_all()
    return of(world, key)


def signed(world, name, number="", email=HOME, key=""):
    """Somebody signs and confirms; their signature."""
    sign(world, name, number, email)
    return confirm(world, key or signatory_key(email))


def staff(world, command, signature, **data):
    target = f"{world.petition_id}/{signature.key}"
    world.do("staff", command, target, **data)
    world.deliver_all()
    return of(world, signature.key)


def link(world, signature, entry, reason="She told us on the telephone."):
    return staff(world, "signature.settle", signature, accept=True, reason=reason, seat=entry.seat)


def set_aside(world, signature):
    return staff(world, "signature.settle", signature, accept=False, reason="Once is enough.")


def seat_items(world):
    pk = keys.petition(world.petition_id)
    return {
        r.sk.removeprefix("SEAT#"): str(r.state)
        for r in world.table.query(pk, begins_with("SEAT#"))
    }


def require_right(world):
    """The count is what the signatures come to, and nobody counts for a member beside another."""
    rows, petition = signatures(world), world.petition
    by_hand = [(0, 0), *(counts(s, petition) for s in rows)]
    assert (petition.confirmed, petition.verified) == tuple(map(sum, zip(*by_hand, strict=True)))
    verified = [s for s in rows if s.state == State.VERIFIED and s.match]
    seats = Counter((s.match.seat or s.key) for s in verified)
    assert all(n == 1 for n in seats.values()), seats
    elsewhere = {s.match.seat: s.key for s in verified if s.match.seat not in {"", s.key}}
    assert seat_items(world) == elsewhere


# Case 5: two members, one mailbox


@pytest.mark.parametrize(
    ("entries", "states"),
    [
        (SHARED, (State.VERIFIED, State.VERIFIED)),
        ((CID,), (State.CONFIRMED, State.CONFIRMED)),
        ((ANN, CID), (State.VERIFIED, State.CONFIRMED)),
        ((BOB, CID), (State.CONFIRMED, State.VERIFIED)),
    ],
    ids=["both on the roster", "nobody", "the first", "the second"],
)
@pytest.mark.parametrize("first_confirms", [True, False])
def test_case_05_two_members_at_one_mailbox_are_two(home, entries, states, first_confirms):
    world = home
    import_roster(world, *entries)
    sign(world, "Ann Lee", "1")
    (ann,) = signatures(world)
    if first_confirms:
        confirm(world, ann.key)
    sign(world, "Bob Lee", "2")
    (bob,) = (s for s in signatures(world) if s.key != ann.key)
    both = [confirm(world, key) for key in (ann.key, bob.key)]
    assert [s.state for s in both] == list(states)
    assert [s.name for s in both] == ["Ann Lee", "Bob Lee"]
    assert world.counts == (states.count(State.CONFIRMED), states.count(State.VERIFIED))
    # Staff see the pair until they have looked.
    assert all(s.shares and waits_for_staff(s) for s in both)
    listed, _ = world.services.store.petitions.doubtful(world.petition_id, "", 50)
    assert {s.key for s in listed} == {s.key for s in both}
    for one in both:
        seen = staff(world, "signature.note-seen", one)
        assert waits_for_staff(seen) is (seen.state == State.CONFIRMED)
    require_right(world)

    # A third with either number is a repeat, of which the owner hears by letter alone.
    for number in ("1", "002"):
        before = world.counts, len(signatures(world))
        world.forget_letters()
        sign(world, "Somebody Else", number)
        assert (world.counts, len(signatures(world))) == before
        assert [(letter.kind, letter.to) for letter in world.letters()] == [
            ("signature-already", HOME)
        ]
    require_right(world)


def test_case_05_a_member_signs_before_the_other_gives_a_number(home):
    world = home
    import_roster(world, *SHARED)
    ann = signed(world, "Ann Lee", key=SHARED[0].seat)
    assert (ann.state, ann.match.member_number) == (State.VERIFIED, "1")
    bob = signed(world, "Bob Lee", "2", key=BOB_SEAT)
    assert world.counts == (0, 2)
    assert (bob.state, bob.shares, of(world, ann.key).shares) == (State.VERIFIED, True, True)
    # With her number now, she is still one.
    sign(world, "Ann Lee", "1")
    assert len(signatures(world)) == 2
    require_right(world)


BOB_SEAT = signatory_key(HOME, "2")


def test_case_05_a_mailbox_is_no_way_to_many_signatures(home):
    world = home
    most = world.services.policy.limits.members_per_mailbox
    for number in range(1, most + 3):
        sign(world, f"Person No{number}x", str(number))
    states = Counter(s.state for s in signatures(world))
    assert states == {State.PENDING: most, State.HELD: 2}
    # Nobody whom staff have not looked at hears from us.
    assert len(world.letters("signature-confirm")) == most


def test_case_05_two_who_sign_at_the_same_instant_are_two(home):
    from tests.services.aws import at_once  # noqa: PLC0415

    world = home
    import_roster(world, *SHARED)
    at_once(
        lambda: world.sign("a", "Ann Lee", email=HOME, member_number="1"),
        lambda: world.sign("b", "Bob Lee", email=HOME, member_number="2"),
    )
    world.deliver_all()
    for one in signatures(world):
        confirm(world, one.key)
    assert world.counts == (0, 2)
    require_right(world)


# Case 6: another spelling


@pytest.mark.parametrize("name", ["Zoe Lindqvist", "Lindqvist, Zoë", "Z. Lindquist", "Zoé Reyes"])
def test_case_06_a_changed_spelling_is_the_same_person(home, name):
    world = home
    world.sign_and_confirm("zoe")
    was = world.signature("zoe")
    world.sign("zoe", name=name)
    world.deliver_all()
    assert [s.key for s in signatures(world)] == [was.key]
    assert world.counts == (0, 1)
    import_roster(world, Entry("Zoe Lindqvist-Reyes", "zoe@example.org"))
    assert (world.signature("zoe").state, world.counts) == (State.VERIFIED, (0, 1))


# By number


@pytest.mark.parametrize("typed", ["3", "003", " 0-3 "])
def test_a_member_is_found_by_number_at_another_address(home, typed):
    world = home
    import_roster(world, CID)
    found = signed(world, "Cid Roe", typed, email="roe@elsewhere.example")
    assert (found.state, found.match.how, found.match.seat) == (State.VERIFIED, "number", CID.seat)
    require_right(world)


def test_a_number_typed_wrong_counts_nobody_else(home):
    world = home
    import_roster(world, ANN, CID)
    found = signed(world, "Cid Roe", "1", email="roe@elsewhere.example")
    assert (found.state, found.match) == (State.CONFIRMED, None)


def test_a_member_who_signs_from_two_addresses_counts_once(home):
    world = home
    import_roster(world, CID)
    first = signed(world, "Cid Roe", email=CID.email)
    second = signed(world, "Cid Roe", "3", email="roe@elsewhere.example")
    assert (first.state, second.state, second.rival) == (State.VERIFIED, State.CONFIRMED, first.key)
    assert world.counts == (1, 1)
    for data in ({"seat": CID.seat, "reason": "Linked."}, {"reason": "He is a member."}):
        with pytest.raises(ConflictError, match="counts for this member already"):
            staff(world, "signature.settle", second, accept=True, **data)
    set_aside(world, first)
    assert link(world, second, CID).state == State.VERIFIED
    with pytest.raises(ConflictError, match="cannot be undone"):
        staff(world, "signature.undo", first)
    require_right(world)


def test_accepted_again_without_naming_an_entry_a_member_still_counts_once(home):
    world = home
    import_roster(world, CID)
    away = signed(world, "Cid Roe", "3", email="roe@elsewhere.example")
    set_aside(world, away)
    again = staff(world, "signature.settle", away, accept=True, reason="A mistake of ours.")
    assert (again.state, again.match.how, again.match.seat) == (State.VERIFIED, "staff", CID.seat)
    own = signed(world, "Cid Roe", email=CID.email)
    assert (own.state, own.rival) == (State.CONFIRMED, again.key)
    require_right(world)


# Case 15: staff link


def linked(world):
    """Staff found the signatory of another address on the roster."""
    import_roster(world, CID, ANN)
    away = signed(world, "C. Roe-Holm", email="roe@elsewhere.example")
    assert away.state == State.CONFIRMED
    return link(world, away, CID)


def test_case_15_a_link_says_who_decided_and_why(home):
    world = home
    done = linked(world)
    assert (done.state, world.counts) == (State.VERIFIED, (0, 1))
    assert (done.match.how, done.match.by, done.match.seat, done.match.member_number) == (
        "staff",
        "Imara Vesterholt",
        CID.seat,
        "3",
    )
    (step,) = done.decisions
    assert (step.what, step.by, step.reason) == (
        "accept",
        "Imara Vesterholt",
        "She told us on the telephone.",
    )
    assert seat_items(world) == {CID.seat: done.key}


@pytest.mark.parametrize(
    "newer",
    [(CID, ANN), (ANN,), (replace(CID, email="new@example.org"), ANN), ()],
    ids=["the same", "the member gone", "at a new address", "everybody gone"],
)
def test_case_15_a_newer_roster_does_not_undo_it(home, newer):
    world = home
    was = linked(world)
    for _ in range(2):
        import_roster(world, *newer)
        now = of(world, was.key)
        assert (now.state, world.counts) == (State.VERIFIED, (0, 1))
        assert replace(now.match, seat="") == replace(was.match, seat="")
        assert now.decisions == was.decisions
    require_right(world)


def test_case_15_whoever_is_linked_is_not_counted_again_at_the_rosters_address(home):
    world = home
    away = linked(world)
    own = signed(world, "Cid Roe", email=CID.email)
    assert (own.state, own.rival, world.counts) == (State.CONFIRMED, away.key, (1, 1))
    import_roster(world, CID, ANN)
    assert world.counts == (1, 1)
    with pytest.raises(ConflictError, match="counts for this member already"):
        staff(world, "signature.settle", own, accept=True, reason="On the roster.")
    set_aside(world, away)
    assert of(world, own.key).rival == ""
    done = staff(world, "signature.settle", own, accept=True, reason="On the roster.")
    assert (done.state, world.counts) == (State.VERIFIED, (0, 1))
    require_right(world)


def test_case_15_nor_at_the_address_that_a_newer_roster_has(home):
    world = home
    away = linked(world)
    own = signed(world, "Cid Roe", email="new@example.org")
    assert own.state == State.CONFIRMED
    moved = replace(CID, email="new@example.org")
    import_roster(world, moved, ANN)
    own = of(world, own.key)
    assert (of(world, away.key).state, own.state) == (State.VERIFIED, State.CONFIRMED)
    assert (own.rival, world.counts) == (away.key, (1, 1))
    require_right(world)


def test_case_15_the_member_who_signed_and_did_not_confirm_yet(home):
    world = home
    import_roster(world, CID)
    sign(world, "Cid Roe", email=CID.email)
    away = signed(world, "C. Roe-Holm", email="roe@elsewhere.example")
    link(world, away, CID)
    assert confirm(world, CID.seat).state == State.CONFIRMED
    assert world.counts == (1, 1)
    # Once the linked one is withdrawn, the member's own can count.
    token = signing.signature_token(world.services, of(world, away.key))
    perform(world.services, VISITOR, "signature.withdraw", token)
    import_roster(world, CID)
    assert (of(world, CID.seat).state, world.counts) == (State.VERIFIED, (0, 1))
    require_right(world)


def test_case_15_a_link_holds_when_the_text_is_changed_and_confirmed_anew(world):
    world.at("confirmed")
    import_roster(world, CID, *[Entry(s.name, s.email) for s in signatures(world)])
    away = signed(world, "C. Roe-Holm", email="roe@elsewhere.example")
    was = link(world, away, CID)
    world.do("rowan", "petition.submit", world.petition_id)
    world.send_back()
    world.republish(charge="To say something else than before.")
    world.deliver_all()
    done = confirm(world, was.key)
    assert (done.state, done.match) == (State.VERIFIED, was.match)
    assert world.counts == (0, 1)


def test_case_15_nobody_is_linked_to_an_entry_that_is_not_there(home):
    world = home
    away = signed(world, "C. Roe-Holm", email="roe@elsewhere.example")
    with pytest.raises(ValidationError) as refused:
        staff(world, "signature.settle", away, accept=True, reason="x", seat="nobody")
    assert set(refused.value.errors) == {"seat"}


def test_the_address_of_somebody_linked_elsewhere_is_still_its_members(home):
    """Ann signed by mistake from Cid's address, and staff saw it."""
    world = home
    import_roster(world, CID, ANN)
    at_cids = signed(world, "Ann Lee", email=CID.email)
    link(world, set_aside(world, at_cids), ANN)
    cid = signed(world, "Cid Roe", "3", email="roe@elsewhere.example")
    assert (cid.state, world.counts) == (State.VERIFIED, (0, 2))
    import_roster(world, CID, ANN)
    assert world.counts == (0, 2)
    require_right(world)


def test_who_gives_no_number_writes_over_nobody_at_a_shared_mailbox(home):
    world = home
    import_roster(world, *SHARED)
    sign(world, ANN.name, ANN.member_number)
    sign(world, BOB.name)
    # The roster has one of that name there: it is he, and both can confirm.
    for entry in SHARED[:2]:
        assert of(world, entry.seat).name == entry.name
        assert confirm(world, entry.seat).state == State.VERIFIED
    assert world.counts == (0, 2)
    # Somebody whom the roster does not have there changes nothing, and the letter says how.
    before = signatures(world)
    sign(world, "Quentin Else")
    assert [s.name for s in signatures(world)] == [s.name for s in before]
    assert "own member number" in world.letters("signature-already")[-1].text


def test_whoever_takes_quite_another_name_counts_and_staff_look(home):
    world = home
    import_roster(world, CID)
    own = signed(world, "Cid Roe", email=CID.email)
    assert not waits_for_staff(own)
    token = signing.signature_token(world.services, own)
    data = {"name": "Mickey Mouse", "institution": "Disneyland", "named": True}
    perform(world.services, VISITOR, "signature.correct", token, data)
    changed = of(world, own.key)
    assert (changed.state, changed.other_name, waits_for_staff(changed)) == (
        State.VERIFIED,
        True,
        True,
    )
    seen = staff(world, "signature.note-seen", changed)
    assert not waits_for_staff(seen)


def test_who_was_told_that_they_are_verified_is_told_when_that_is_taken_back(home):
    world = home
    away = signed(world, "C. Roe-Holm", email="roe@elsewhere.example")
    accepted = staff(world, "signature.settle", away, accept=True, reason="Known to us.")
    staff(world, "signature.undo", accepted)
    told = [one.kind for one in world.letters(to="roe@elsewhere.example")]
    assert told[-2:] == ["signature-verified", "signature-reopened"]
    # Taken back before the letter went, nobody hears of either.
    target = f"{world.petition_id}/{away.key}"
    world.do("staff", "signature.settle", target, accept=True, reason="Known to us.")
    world.do("staff", "signature.undo", target)
    assert world.deliver_all() == 0


# Between one's reading and one's writing, the other


@pytest.fixture
def meanwhile(monkeypatch):
    """Runs something once, just before the next command's writes are sent."""
    commit = Transaction.commit
    waiting = []

    def late(self):
        while waiting:
            waiting.pop()()
        commit(self)

    monkeypatch.setattr(Transaction, "commit", late)
    return waiting.append


def by_link(world, key):
    token = signing.signature_token(world.services, of(world, key))
    return lambda: signing.confirm_by_link(world.services, VISITOR, token)


def of_an_earlier_text(world):
    """Cid was linked from another address, and the text changed since: nobody counts for it."""
    world.at("confirmed")
    import_roster(world, CID, *[Entry(s.name, s.email) for s in signatures(world)])
    away = link(world, signed(world, "C. Roe-Holm", email="roe@elsewhere.example"), CID)
    world.do("rowan", "petition.submit", world.petition_id)
    world.send_back()
    world.republish(charge="To say something else than before.")
    world.deliver_all()
    assert world.counts == (0, 0)
    return away


def test_a_signature_for_an_earlier_text_keeps_nobody_from_signing(world):
    away = of_an_earlier_text(world)
    own = signed(world, "Cid Roe", email=CID.email)
    assert (own.state, own.rival, world.counts) == (State.VERIFIED, "", (0, 1))
    # Confirmed anew, the other one is of the same member.
    again = confirm(world, away.key)
    assert (again.state, again.rival, world.counts) == (State.CONFIRMED, own.key, (1, 1))
    assert seat_items(world) == {}


def test_a_seat_of_an_earlier_text_is_taken_by_who_signs_the_present_one(world):
    away = of_an_earlier_text(world)
    import_roster(world, CID)
    third = signed(world, "Cid Roe", "3", email="cid@third.example")
    assert (third.state, world.counts) == (State.VERIFIED, (0, 1))
    assert seat_items(world) == {CID.seat: third.key}
    again = confirm(world, away.key)
    assert (again.state, again.rival, world.counts) == (State.CONFIRMED, third.key, (1, 1))
    assert seat_items(world) == {CID.seat: third.key}


@pytest.mark.parametrize("own_first", [True, False])
def test_two_who_confirm_a_changed_text_at_once_count_once(world, meanwhile, own_first):
    away = of_an_earlier_text(world)
    sign(world, "Cid Roe", email=CID.email)
    pair = [by_link(world, CID.seat), by_link(world, away.key)]
    first, second = pair if own_first else pair[::-1]
    meanwhile(first)
    second()
    assert world.counts == (1, 1)


def two_ways(world):
    """Cid signed from the roster's address, and with his number from another; none confirmed."""
    import_roster(world, CID)
    sign(world, "Cid Roe", email=CID.email)
    sign(world, "Cid Roe", "3", email="roe@elsewhere.example")
    return CID.seat, signatory_key("roe@elsewhere.example")


@pytest.mark.parametrize("order", [1, -1])
def test_case_15_two_confirmations_for_one_member_at_once_count_one(home, meanwhile, order):
    world = home
    first, second = two_ways(world)[::order]
    meanwhile(by_link(world, second))
    by_link(world, first)()
    assert world.counts == (1, 1)
    assert of(world, second).state == State.VERIFIED
    assert of(world, first).rival == second
    require_right(world)


@pytest.mark.parametrize("shown", [True, False])
def test_case_15_a_link_while_the_member_confirms_counts_one(home, meanwhile, shown):
    world = home
    import_roster(world, CID)
    sign(world, "Cid Roe", email=CID.email)
    away = signed(world, "C. Roe-Holm", email="roe@elsewhere.example")
    token = signing.signature_token(world.services, of(world, CID.seat))
    page = signing.snapshot(world.services, signing.by_token(world.services, token))
    assert page
    meanwhile(lambda: link(world, away, CID))
    seen = {"shown": page} if shown else {}
    signing.confirm_by_link(world.services, VISITOR, token, seen)
    assert world.counts == (1, 1)
    assert of(world, CID.seat).rival == away.key
    require_right(world)


def test_case_15_the_member_confirms_while_staff_link(home, meanwhile):
    world = home
    import_roster(world, CID)
    sign(world, "Cid Roe", email=CID.email)
    away = signed(world, "C. Roe-Holm", email="roe@elsewhere.example")
    meanwhile(by_link(world, CID.seat))
    with pytest.raises(ConflictError, match="counts for this member already"):
        link(world, away, CID)
    assert world.counts == (1, 1)
    require_right(world)


def test_case_15_the_member_begins_to_sign_while_staff_link(home, meanwhile):
    world = home
    import_roster(world, CID)
    away = signed(world, "C. Roe-Holm", email="roe@elsewhere.example")
    meanwhile(lambda: world.sign("cid", "Cid Roe", email=CID.email))
    link(world, away, CID)
    assert of(world, CID.seat).rival == away.key
    world.deliver_all()
    assert confirm(world, CID.seat).state == State.CONFIRMED
    require_right(world)


def test_case_15_staff_link_while_the_member_begins_to_sign(home, meanwhile):
    world = home
    import_roster(world, CID)
    away = signed(world, "C. Roe-Holm", email="roe@elsewhere.example")
    meanwhile(lambda: link(world, away, CID))
    sign(world, "Cid Roe", email=CID.email)
    assert of(world, CID.seat).rival == away.key
    assert confirm(world, CID.seat).state == State.CONFIRMED
    require_right(world)


def test_case_15_two_links_to_one_entry_at_once_are_one(home, meanwhile):
    world = home
    import_roster(world, CID)
    one = signed(world, "C. Roe-Holm", email="roe@elsewhere.example")
    two = signed(world, "C. Holm", email="holm@elsewhere.example")
    meanwhile(lambda: link(world, two, CID))
    with pytest.raises(ConflictError, match="counts for this member already"):
        link(world, one, CID)
    assert world.counts == (1, 1)
    require_right(world)


def test_a_decision_is_taken_back_to_what_the_roster_says_by_then(home):
    world = home
    import_roster(world, CID)
    own = signed(world, "Cid Roe", email=CID.email)
    set_aside(world, own)
    import_roster(world, ANN)
    back = staff(world, "signature.undo", own)
    assert (back.state, world.counts) == (State.CONFIRMED, (1, 0))
    assert world.told("signature-restored") == [("signature-restored", "cid")]


# Whatever happens, in whatever order

ADDRESSES = (HOME, CID.email, "roe@elsewhere.example")
ROSTERS = (
    SHARED,
    (ANN, CID),
    (replace(CID, email=HOME), ANN),
    (replace(CID, email="roe@elsewhere.example"), BOB),
    (),
)
rank = st.integers(0, 5)
action = st.one_of(
    st.tuples(
        st.just("sign"),
        st.sampled_from(["Ann Lee", "Bob Lee", "Cid Roe", "C. Roe-Lee"]),
        st.sampled_from(["", "1", "2", "3", "9"]),
        st.sampled_from(ADDRESSES),
    ),
    st.tuples(st.just("confirm"), rank, st.booleans()),
    st.tuples(st.just("confirm"), rank, st.booleans()),
    st.tuples(st.just("withdraw"), rank),
    st.tuples(st.just("accept"), rank, st.sampled_from(["", 0, 1, 2])),
    st.tuples(st.just("set aside"), rank),
    st.tuples(st.just("undo"), rank),
    st.tuples(st.just("seen"), rank),
    st.tuples(st.just("correct"), rank, st.sampled_from(["1", "2", "3", ""])),
    st.tuples(st.just("roster"), st.integers(0, len(ROSTERS) - 1)),
)


def act(world, what, *how):
    services, store = world.services, world.services.store
    if what == "sign":
        name, number, email = how
        world.sign(name, name, email=email, member_number=number)
        return
    if what == "roster":
        import_roster(world, *ROSTERS[how[0]])
        return
    rows = signatures(world)
    if not rows:
        return
    one = rows[how[0] % len(rows)]
    token = signing.signature_token(services, one)
    target = f"{world.petition_id}/{one.key}"
    if what == "confirm":
        page = signing.snapshot(services, signing.by_token(services, token)) if how[1] else ""
        signing.confirm_by_link(services, VISITOR, token, {"shown": page} if page else {})
    elif what == "withdraw":
        perform(services, VISITOR, "signature.withdraw", token)
    elif what == "correct":
        data = {"name": one.name, "institution": one.institution, "member_number": how[1]}
        signing.correct_by_link(services, VISITOR, token, data)
    elif what == "accept":
        seat = ""
        if how[1] != "":
            entry = store.rosters.by_number(store.rosters.current().version, str(how[1] + 1))
            seat = entry.seat if entry else ""
        world.do("staff", "signature.settle", target, accept=True, reason="So.", seat=seat)
    elif what == "set aside":
        world.do("staff", "signature.settle", target, accept=False, reason="No.")
    else:
        command = {"undo": "signature.undo", "seen": "signature.note-seen"}[what]
        world.do("staff", command, target)


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(first=st.sampled_from(ROSTERS), actions=st.lists(action, min_size=3, max_size=22))
def test_in_whatever_order_the_count_is_right_and_nobody_counts_twice(world, first, actions):
    world.at("collecting")
    import_roster(world, *first)
    for one in actions:
        world.clock.forward(seconds=7)
        with suppress(RuleError):
            act(world, *one)
        require_right(world)
