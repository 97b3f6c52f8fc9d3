"""Signing and confirming: once each, counted exactly, whoever does it at the same moment."""

import json
import random

import pytest

from chalicelib.domain.errors import ConflictError, NotFoundError
from chalicelib.domain.people.people import VISITOR
from chalicelib.domain.petitions.petition import State
from chalicelib.domain.roster.roster import Entry, Roster, digest_of
from chalicelib.domain.signing import signing as signing_rules
from chalicelib.domain.signing.signature import State as Signed
from chalicelib.domain.signing.signature import ended_words
from chalicelib.services import sweep
from chalicelib.services.commands import perform
from chalicelib.services.roster import rosters
from chalicelib.services.signing import signing
from chalicelib.storage import keys
from local.demo.people import MEMBERS, address
from tests.services.aws import at_once, crash_before, in_threads
from tests.services.world import SIGNERS

NAMES = [who for _, who, _ in SIGNERS]


@pytest.fixture
def open_petition(world):
    """A petition that takes signatures, with no letters on the count."""
    world.at("collecting").forget_letters()
    return world


def signatures(world):
    return list(world.services.store.petitions.signatures(world.petition_id))


def withdraw(world, token):
    return perform(world.services, VISITOR, "signature.withdraw", token)


def test_case_01_a_confirm_link_opened_again_changes_nothing(open_petition):
    world = open_petition
    world.sign_and_confirm("zoe")
    before = world.dump()
    again = world.confirm("zoe")
    assert again.signature.state == Signed.VERIFIED
    assert world.dump() == before
    assert world.deliver_all() == 0
    assert world.counts == (0, 1)
    assert world.told() == [("signature-confirm", "zoe"), ("signature-thanks", "zoe")]


def test_case_01_what_a_get_reads_confirms_nothing(open_petition):
    world = open_petition
    world.sign("zoe")
    world.deliver_all()
    before = world.dump()
    found = signing.by_token(world.services, world.token("zoe"))
    assert found.signature.state == Signed.PENDING
    assert world.dump() == before
    assert world.counts == (0, 0)


def test_case_02_two_confirms_at_the_same_instant_count_once(open_petition):
    world = open_petition
    world.sign("zoe")
    world.deliver_all()
    token = world.token("zoe")
    results = at_once(*[lambda: signing.confirm_by_link(world.services, VISITOR, token)] * 4)
    assert [r.signature.state for r in results] == [Signed.VERIFIED] * 4
    world.deliver_all()
    assert world.counts == (0, 1)
    assert world.told("signature-thanks") == [("signature-thanks", "zoe")]


def test_two_first_signings_at_the_same_instant_are_one_signature(open_petition):
    world = open_petition
    assert at_once(*[lambda: world.sign("zoe")] * 3) == [None] * 3
    world.deliver_all()
    assert len(signatures(world)) == 1
    world.confirm("zoe")
    assert world.counts == (0, 1)


def test_case_03_signing_again_after_confirming_is_told_by_letter_alone(open_petition):
    world = open_petition
    world.sign_and_confirm("zoe")
    assert world.sign("zoe", name="Somebody Else") is None
    world.deliver_all()
    assert world.told("signature-already") == [("signature-already", "zoe")]
    assert world.signature("zoe").name == "Zoe"
    assert world.counts == (0, 1)
    assert len(signatures(world)) == 1


def test_case_04_five_letters_then_silence(open_petition):
    world = open_petition
    most = world.services.policy.limits.letters_per_signature
    for _ in range(most + 2):
        world.sign("zoe")
        world.deliver_all()
    assert world.told() == [("signature-confirm", "zoe")] * most
    assert len({letter.token for letter in world.letters()}) == 1
    world.confirm("zoe")
    assert world.counts == (0, 1)


def test_who_used_up_the_letters_and_withdrew_can_sign_once_more(open_petition):
    world = open_petition
    most = world.services.policy.limits.letters_per_signature
    for _ in range(most + 1):
        world.sign("zoe")
        world.deliver_all()
    assert len(world.letters("signature-confirm")) == most
    # Only the owner of the address can do this.
    withdraw(world, world.token("zoe"))
    world.sign("zoe")
    world.deliver_all()
    assert len(world.letters("signature-confirm")) == most + 1
    world.confirm("zoe")
    assert world.counts == (0, 1)


@pytest.mark.parametrize("email", ["ZOE@example.org", "zoe@EXAMPLE.org", "Zoe@Example.Org"])
def test_case_07_letter_case_makes_nobody_another_person(open_petition, email):
    world = open_petition
    world.sign_and_confirm("zoe")
    world.sign("zoe", email=email)
    world.deliver_all()
    assert len(signatures(world)) == 1
    assert world.counts == (0, 1)
    assert world.told("signature-already") == [("signature-already", "zoe")]


def test_delivery_goes_to_the_address_as_typed(open_petition):
    world = open_petition
    world.sign("zoe", email="Zoe@Example.Org")
    world.deliver_all()
    assert [letter.to for letter in world.letters()] == ["Zoe@Example.Org"]


def test_case_11_withdrawing_lowers_the_count_and_closes_submission(world):
    world.at("confirmed")
    withdraw(world, world.token("zoe"))
    withdraw(world, world.token("zoe"))
    world.deliver_all()
    assert world.counts == (0, 24)
    assert world.told("signature-withdrawn") == [("signature-withdrawn", "zoe")]
    with pytest.raises(ConflictError, match="1 more"):
        world.do("rowan", "petition.submit", world.petition_id)
    world.sign_and_confirm("zoe")
    assert world.counts == (0, 25)
    world.do("rowan", "petition.submit", world.petition_id)
    # The threshold was crossed twice, and told of once.
    assert len(world.letters("threshold-reached", to="rowan")) == 1


def test_case_11_setting_a_signature_aside_lowers_the_count(world):
    world.at("confirmed")
    target = f"{world.petition_id}/{world.signature('zoe').key}"
    world.do("staff", "signature.settle", target, accept=False, reason="Not a member.")
    world.deliver_all()
    assert world.counts == (0, 24)
    with pytest.raises(ConflictError):
        world.do("rowan", "petition.submit", world.petition_id)
    world.do("staff", "signature.settle", target, accept=True, reason="A member after all.")
    world.deliver_all()
    assert world.counts == (0, 25)
    assert world.told("signature-invalidated") == [("signature-invalidated", "zoe")]


def test_case_11_once_submitted_nothing_is_withdrawn(world):
    world.at("submitted")
    before = world.dump()
    with pytest.raises(ConflictError, match="submitted"):
        withdraw(world, world.token("zoe"))
    assert world.dump() == before


def test_withdrawing_while_the_petition_is_submitted_does_one_or_the_other(world):
    world.at("confirmed")
    token = world.token("zoe")
    results = at_once(
        lambda: withdraw(world, token),
        lambda: world.do("rowan", "petition.submit", world.petition_id),
    )
    refused = [r for r in results if isinstance(r, ConflictError)]
    assert len(refused) == 1
    submitted = world.petition.state == State.SUBMITTED
    assert world.counts == ((0, 25) if submitted else (0, 24))


def test_case_08_a_day_after_closing_a_begun_signature_still_counts(open_petition):
    world = open_petition
    for who in ("zoe", "jose"):
        world.sign(who)
    world.deliver_all()
    world.clock.now = world.petition.closes_at
    world.sign("sian")
    world.clock.forward(seconds=1)
    with pytest.raises(ConflictError, match="closed"):
        world.sign("amadou")
    world.clock.now = world.petition.closes_at
    world.clock.forward(hours=24)
    world.confirm("zoe")
    assert world.counts == (0, 1)
    world.clock.forward(seconds=1)
    before = world.dump()
    with pytest.raises(ConflictError, match="closed"):
        world.confirm("jose")
    assert world.dump() == before


def test_somebody_off_the_roster_waits_for_staff(open_petition):
    world = open_petition
    world.sign_and_confirm("stranger", "zoe")
    assert world.counts == (1, 1)
    assert world.signature("stranger").state == Signed.CONFIRMED
    assert "staff will check" in world.letters("signature-thanks", to="stranger")[0].text
    key = world.signature("stranger").key
    target = f"{world.petition_id}/{key}"
    world.do("staff", "signature.settle", target, accept=True, reason="Under her old name.")
    assert world.counts == (0, 2)
    assert world.signature("stranger").match.by == "Imara Vesterholt"


def test_undecided_signatures_hold_verification_up(world):
    world.at("confirmed").sign_and_confirm("stranger")
    world.do("rowan", "petition.submit", world.petition_id)
    with pytest.raises(ConflictError, match="1 confirmed signature not yet decided"):
        world.do("staff", "petition.verify", world.petition_id)
    target = f"{world.petition_id}/{world.signature('stranger').key}"
    world.do("staff", "signature.settle", target, accept=False, reason="Not a member.")
    world.do("staff", "petition.verify", world.petition_id)
    assert world.counts == (0, 25)


def test_the_count_is_exact_under_many_threads(open_petition):
    world = open_petition
    people = [who for _, who, _ in MEMBERS[2:]] + [f"stranger{n}" for n in range(16)]
    for who in people:
        world.sign(who)
    world.deliver_all()
    tokens = [world.token(who) for who in people for _ in range(2)]
    random.Random(7).shuffle(tokens)
    results = in_threads(
        8, [lambda t=t: signing.confirm_by_link(world.services, VISITOR, t) for t in tokens]
    )
    assert [r for r in results if isinstance(r, BaseException)] == []
    assert world.counts == (16, len(MEMBERS) - 2)
    by_state = [s.state for s in signatures(world)]
    assert by_state.count(Signed.CONFIRMED) == 16
    assert by_state.count(Signed.VERIFIED) == len(MEMBERS) - 2
    world.deliver_all()
    thanked = world.told("signature-thanks")
    assert thanked == sorted(("signature-thanks", who) for who in people)
    assert len(world.letters("threshold-reached", to="rowan")) == 1
    assert world.commands("petition", world.petition_id).count("reach-threshold") == 1


def test_confirming_and_withdrawing_at_once_leave_an_exact_count(open_petition):
    world = open_petition
    for who in NAMES[:6]:
        world.sign(who)
    world.deliver_all()
    for who in NAMES[:6]:
        token = world.token(who)
        at_once(
            lambda t=token: signing.confirm_by_link(world.services, VISITOR, t),
            lambda t=token: withdraw(world, t),
        )
    standing = sum(s.state == Signed.VERIFIED for s in signatures(world))
    assert world.counts == (0, standing)


def test_case_13_a_crash_before_the_threshold_is_noted_is_mended_once(world):
    world.at("crossed")
    assert world.petition.threshold_at is None
    with crash_before(1):
        signing.note_threshold(world.services, world.petition_id)
    for _ in range(3):
        sweep.sweep(world.services)
        world.deliver_all()
    assert world.told("threshold-reached") == [
        ("threshold-reached", "noor"),
        ("threshold-reached", "rowan"),
    ]
    assert world.commands("petition", world.petition_id).count("reach-threshold") == 1


def test_two_who_note_the_threshold_at_once_note_it_once(world):
    world.at("crossed")
    results = at_once(*[lambda: signing.note_threshold(world.services, world.petition_id)] * 3)
    assert results == [None] * 3
    world.deliver_all()
    assert len(world.letters("threshold-reached")) == 2


def test_the_sweep_notes_thresholds_however_many_petitions_collect(world, monkeypatch):
    world.at("crossed")
    world.clock.forward(minutes=1)
    other = world.do("noor", "petition.draft", kind="discussion-group")
    text = {"name": "Another Group", "charge": "To be newer.", "background": "b" * 40}
    data = {**text, "goal_area": "Student Learning", "lead_name": "Noor"}
    world.do("noor", "petition.edit", other.id, **data)
    world.do("noor", "petition.publish", other.id)
    petitions = type(world.services.store.petitions)
    in_state = petitions.in_state

    def one_at_a_time(self, state, limit=50, after=""):
        return in_state(self, state, 1, after)

    monkeypatch.setattr(petitions, "in_state", one_at_a_time)
    sweep.sweep(world.services)
    assert world.petition.threshold_at is not None


@pytest.mark.parametrize("token", ["", "x", "W10.abc", "ünï", "a" * 3000])
def test_a_link_that_was_not_made_here_leads_nowhere(open_petition, token):
    with pytest.raises(NotFoundError):
        signing.confirm_by_link(open_petition.services, VISITOR, token)


def test_a_token_for_another_purpose_is_of_no_use(open_petition):
    world = open_petition
    world.sign("zoe")
    key = world.signature("zoe").key
    token = world.services.tokens.make("sign-in", world.petition_id, key)
    with pytest.raises(NotFoundError):
        signing.confirm_by_link(world.services, VISITOR, token)


def test_those_who_agreed_are_listed_and_nobody_else(open_petition):
    world = open_petition
    world.sign("zoe")
    world.sign("jose", named=False)
    world.sign("sian")
    world.deliver_all()
    world.confirm("zoe")
    world.confirm("jose")
    listed = world.services.store.petitions.signed_publicly(world.petition, 10)
    assert [row["name"] for row in listed.rows] == ["Zoe"]
    assert "@" not in str(listed.rows)
    withdraw(world, world.token("zoe"))
    assert world.services.store.petitions.signed_publicly(world.petition, 10).rows == []
    assert address("zoe") not in str(listed)


# A page that says what it showed: confirmed by one write


@pytest.fixture
def shown(open_petition):
    """What the page of Zoe's link showed, as its form carries it."""
    world = open_petition
    world.sign("zoe", "Zoë Lindqvist")
    world.deliver_all()
    return page_of(world, "zoe")


def page_of(world, who):
    return signing.snapshot(world.services, signing.by_token(world.services, world.token(who)))


def confirm_shown(world, who, page, **seen):
    seen["shown"] = page
    return signing.confirm_by_link(world.services, VISITOR, world.token(who), seen)


@pytest.mark.parametrize("who", ["zoe", "stranger"])
def test_what_a_page_showed_is_confirmed_by_one_call(open_petition, requests, who):
    world = open_petition
    world.sign(who)
    world.deliver_all()
    page, token = page_of(world, who), world.token(who)
    requests.clear()
    signed = signing.confirm_by_link(world.services, VISITOR, token, {"shown": page})
    assert [name for name, _ in requests] == ["TransactWriteItems"]
    assert len(requests[0][1]["arguments"][0]) == 2
    assert world.signature(who) == signed.signature
    assert world.counts == ((0, 1) if who == "zoe" else (1, 0))
    # By the same page once more, nothing is written and the same thanks follow.
    before = world.dump()
    again = signing.confirm_by_link(world.services, VISITOR, token, {"shown": page})
    assert again.signature.state == signed.signature.state
    assert world.dump() == before


@pytest.mark.parametrize(
    "spoil",
    [
        lambda w, page: "",
        lambda w, page: "nonsense",
        lambda w, page: page[:20] + ("A" if page[20] != "A" else "B") + page[21:],
        lambda w, page: page_of(w, "jose"),
        lambda w, page: w.token("zoe"),
        lambda w, page: w.clock.forward(seconds=signing.SHOWN_SECONDS + 1) and page,
    ],
    ids=["none", "nonsense", "tampered", "of another link", "another token", "too old"],
)
def test_a_page_that_is_not_to_be_trusted_is_decided_on_by_reading(shown, world, requests, spoil):
    world.sign("jose")
    world.deliver_all()
    page = spoil(world, shown)
    requests.clear()
    assert confirm_shown(world, "zoe", page).signature.name == "Zoë Lindqvist"
    assert requests[0][0] != "TransactWriteItems"
    assert world.counts == (0, 1)
    assert world.signature("jose").state == Signed.PENDING


def test_a_name_changed_since_the_page_was_shown_is_what_counts(shown, world):
    world.sign("zoe", "Zoe Reyes")
    assert confirm_shown(world, "zoe", shown).signature.name == "Zoe Reyes"
    assert (world.signature("zoe").name, world.counts) == ("Zoe Reyes", (0, 1))


def test_a_form_that_showed_another_version_is_shown_anew(shown, world):
    version = world.signature("zoe").version
    world.sign("zoe", "Zoe Reyes")
    before = world.dump()
    with pytest.raises(ConflictError, match="answers have changed"):
        confirm_shown(world, "zoe", shown, version=version)
    assert world.dump() == before


def test_a_text_changed_since_the_page_was_shown_is_not_confirmed(world):
    world.at("confirmed").sign("stranger")
    world.deliver_all()
    page, edition = page_of(world, "stranger"), world.petition.edition
    world.do("rowan", "petition.submit", world.petition_id)
    world.send_back()
    world.republish(charge="To say something else than before.")
    with pytest.raises(ConflictError, match="text has changed"):
        confirm_shown(world, "stranger", page, edition=edition)
    assert world.counts == (0, 0)


def test_a_petition_handed_in_since_the_page_was_shown_takes_no_more(world):
    world.at("confirmed").sign("stranger")
    world.deliver_all()
    page = page_of(world, "stranger")
    world.do("rowan", "petition.submit", world.petition_id)
    world.deliver_all()
    before = world.dump()
    with pytest.raises(ConflictError, match="submitted this petition"):
        confirm_shown(world, "stranger", page)
    assert world.dump() == before


def test_a_roster_newer_than_the_page_is_looked_up_in_the_second_look(shown, world):
    digest = rosters.upload(world.services, world.actor("staff"), b"Name,Email\nA,a@example.org")
    world.do("staff", "roster.import", digest)
    rosters.carry_out(world.services, "ROSTER", "IMPORT")
    confirm_shown(world, "zoe", shown)
    assert world.counts == (0, 1)
    world.clock.forward(minutes=3)
    assert sweep.sweep(world.services).rematched == 1
    assert (world.signature("zoe").state, world.counts) == (Signed.CONFIRMED, (1, 0))
    assert sweep.sweep(world.services).rematched == 0


def test_a_page_carries_its_own_signature_and_nobody_elses_data(shown, world):
    (_, body) = world.services.tokens.read(signing.SHOWN, shown)
    assert set(json.loads(body)) == {"petition", "signature", "found"}
    assert "Rowan" not in body
    assert "rowan@" not in body
    confirm_shown(world, "zoe", shown)
    # What was confirmed needs no such thing.
    world.deliver_all()
    assert page_of(world, "zoe") == ""


# What a link says that confirms nothing


def test_each_link_that_confirms_nothing_has_its_own_plain_answer(world):
    world.at("confirmed").sign("stranger")
    world.deliver_all()
    withdraw(world, world.token("zoe"))
    jose = f"{world.petition_id}/{world.signature('jose').key}"
    world.do("staff", "signature.settle", jose, accept=False, reason="Not a member.")
    before = world.dump()
    assert "You withdrew this signature" in ended_words(world.signature("zoe"))
    assert "Staff set this signature aside" in ended_words(world.signature("jose"))
    for who, state in (("zoe", Signed.WITHDRAWN), ("jose", Signed.INVALIDATED)):
        assert world.confirm(who).signature.state == state
    assert world.dump() == before
    world.clock.now = world.petition.closes_at
    world.clock.forward(hours=25)
    with pytest.raises(ConflictError) as late:
        world.confirm("stranger")
    assert "Signing closed on" in late.value.message
    assert "could be confirmed until" in late.value.message


# Putting right


def put_right(world, who, **changes):
    was = world.signature(who)
    kept = {
        "name": was.name,
        "institution": was.institution,
        "member_number": was.member_number,
        "named": was.named,
    }
    token = signing.signature_token(world.services, was)
    return signing.correct_by_link(world.services, VISITOR, token, {**kept, **changes})


def test_a_number_put_right_is_found_at_once_and_may_cross_the_threshold(world):
    world.at("crossed")
    withdraw(world, world.token("zoe"))
    world.sign_and_confirm("stranger")
    assert (world.counts, world.petition.threshold_at) == ((1, 24), None)
    entries = [Entry(s.name, s.email) for s in signatures(world) if s.name != "Stranger"]
    entries.append(Entry("Stranger Wood", "wood@example.org", "", "77"))
    given = Roster(version=2, digest=digest_of(entries), entries=len(entries))
    world.services.store.rosters.store(given, entries)
    done = put_right(world, "stranger", name="Stranger Wood", member_number="0077").signature
    assert (done.state, done.match.how) == (Signed.VERIFIED, "number")
    assert world.counts == (0, 25)
    world.deliver_all()
    assert world.petition.threshold_at is not None
    assert ("signature-verified", "stranger") in world.told()


def test_named_off_removes_the_name_from_the_page(world):
    world.at("verified")
    listed = world.services.store.petitions.signed_publicly
    name = world.signature("zoe").name
    assert name in {row["name"] for row in listed(world.petition, 100).rows}
    put_right(world, "zoe", named=False)
    assert name not in {row["name"] for row in listed(world.petition, 100).rows}
    assert world.counts == (0, 25)
    before = world.dump()
    with pytest.raises(ConflictError, match="have been verified"):
        put_right(world, "zoe", name="Somebody Else")
    assert world.dump() == before


def test_an_answer_to_staff_stands_beside_the_signature(open_petition):
    world = open_petition
    world.sign_and_confirm("stranger")
    target = f"{world.petition_id}/{world.signature('stranger').key}"
    world.do("staff", "signature.ask", target, question="Where do you work?")
    world.deliver_all()
    assert "Where do you work?" in world.letters("signature-question", to="stranger")[0].text
    put_right(world, "stranger", answer="At the Northgate branch.")
    after = world.signature("stranger")
    assert (after.question, after.answer) == ("Where do you work?", "At the Northgate branch.")
    assert after.state == Signed.CONFIRMED


def test_what_staff_decide_counts_after_the_window_too(open_petition):
    world = open_petition
    world.sign_and_confirm("zoe")
    target = f"{world.petition_id}/{world.signature('zoe').key}"
    world.do("staff", "signature.settle", target, accept=False, reason="Not a member.")
    world.clock.now = world.petition.closes_at
    world.clock.forward(hours=30)
    world.do("staff", "signature.undo", target)
    assert world.counts == (0, 1)


def test_details_are_put_right_only_so_often(open_petition):
    world = open_petition
    world.sign_and_confirm("zoe")
    token = world.token("zoe")

    def correct(name):
        data = {"name": name, "institution": "Roe Library", "named": True}
        return perform(world.services, VISITOR, "signature.correct", token, data)

    for number in range(signing_rules.MOST_CORRECTIONS):
        correct(f"Zoe Lindqvist {number}")
    with pytest.raises(ConflictError, match="Write to staff"):
        correct("Zoe Lindqvist-Roe")
    # Whether to be named is still free.
    data = {"name": "Zoe Lindqvist 9", "institution": "Roe Library", "named": False}
    perform(world.services, VISITOR, "signature.correct", token, data)
    assert not world.signature("zoe").named


def test_a_letter_that_a_worker_has_in_hand_is_not_sent_again(open_petition):
    """Somebody else at the mailbox signs, which marks the row whose letter is being sent."""
    world = open_petition
    world.sign("zoe", "Zoe Lindqvist", member_number="100003")
    store = world.services.store
    key = keys.signature(world.petition_id, world.signature("zoe").key)
    claimed = store.outbox.claim(*key, world.clock(), 60)
    with pytest.raises(ConflictError):
        world.sign("zoe", "Bo Grand", member_number="77", email=address("zoe"))
    store.outbox.done(claimed, world.clock())
    world.sign("zoe", "Bo Grand", member_number="77", email=address("zoe"))
    world.deliver_all()
    assert world.told() == [("signature-confirm", "zoe")]
