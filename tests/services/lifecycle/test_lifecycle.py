"""A petition's whole life, and each way in which it ends early, by the commands of the pages."""

from collections import Counter
from datetime import date

import pytest

from chalicelib.domain.errors import ConflictError, IllegalTransitionError
from chalicelib.domain.groups import group as groups
from chalicelib.domain.groups.group import Charge, Group
from chalicelib.domain.motions.motion import State as MotionState
from chalicelib.domain.packets.packet import PacketState
from chalicelib.domain.people.people import SYSTEM, VISITOR, Act, Role
from chalicelib.domain.petitions.petition import State
from chalicelib.domain.signing.signature import State as Signed
from chalicelib.services import sweep
from chalicelib.services.commands import perform
from tests.services.world import SIGNERS, TEXT, VOTERS

CONVENERS = ["noor", "rowan"]
NAMES = sorted(who for _, who, _ in SIGNERS)
BOARD = sorted([*VOTERS, "executive"])


def to(kind, people):
    return sorted((kind, who) for who in people)


# --- approved


def test_a_petition_becomes_a_group(world):
    world.at("carried")
    group, petition, motion = world.group, world.petition, world.motion
    assert petition.state == State.APPROVED
    assert petition.group_slug == group.id == "stewardship-of-open-textbooks"
    assert (petition.confirmed, petition.verified) == (0, 25)
    assert motion.state == MotionState.CARRIED
    assert motion.tally.yes == 13
    assert group.charge.text == TEXT["charge"]
    assert group.charge.motion_id == motion.id
    # Forty days after the second week of March: the association's own day, three years long.
    assert group.charge.effective_on == date(2026, 4, 23)
    assert group.charge.ends_on == date(2029, 4, 22)
    assert [c.name for c in group.conveners] == ["Rowan Ibarra", "Noor Castellan"]
    assert (group.petition_id, group.meeting_id) == (petition.id, world.meeting_id)
    (packet,) = world.packets
    assert (packet.state, packet.documents) == (PacketState.PUBLISHED, ("5.0",))


def test_every_letter_of_that_life_went_out_once(world):
    world.at("carried")
    expected = [
        *to("convener-invitation", ["noor"]),
        *to("petition-published", CONVENERS),
        *to("signature-confirm", NAMES),
        *to("signature-thanks", NAMES),
        *to("threshold-reached", CONVENERS),
        *to("petition-submitted", CONVENERS),
        *to("staff-submitted", ["staff", "staff2"]),
        *to("petition-scheduled", CONVENERS),
        *to("packet-published", BOARD),
        *to("vote-open", VOTERS),
        *to("petition-approved", CONVENERS),
        *to("signatory-petition-approved", NAMES),
    ]
    assert Counter(world.told()) == Counter(expected)
    assert len({letter.id for letter in world.letters()}) == len(expected)


def test_every_record_of_that_life_is_a_chain(world):
    world.at("carried")
    drafted = "draft edit invite accept-invitation publish"
    assert world.commands("petition", world.petition_id) == (
        f"{drafted} reach-threshold submit verify schedule approve".split()
    )
    assert world.commands("meeting", world.meeting_id) == (
        "plan add-document publish-packet packet-published".split()
    )
    assert world.commands("motion", world.motion_id) == "move second open close announce".split()
    assert world.commands("group", world.group.id) == ["charter"]


def test_no_record_holds_an_address(world):
    world.at("carried")
    for key, item in world.dump().items():
        if "#EVENT#" in key[1]:
            assert "@" not in str(item)


def test_the_packet_has_who_signed_and_no_address(world):
    world.at("scheduled")
    world.do("staff", "packet.publish", world.meeting_id)
    world.deliver_all()
    (content,) = world.press.printed
    (document,) = content["documents"]
    assert [row["name"] for row in document["roster"]]
    assert {row["name"] for row in document["roster"]} == {name for name, _, _ in SIGNERS}
    assert document["verification"]["by_email"] == 25
    assert "@" not in str(content)


def test_a_letter_to_a_scheduled_petitions_conveners_names_meeting_and_number(world):
    world.at("scheduled")
    (letter,) = world.letters("petition-scheduled", to="noor")
    assert "Board I" in letter.text
    assert "5.0" in letter.text


def test_another_group_of_the_same_name_gets_an_address_of_its_own(world):
    world.at("closed")
    namesake = Group(
        id="stewardship-of-open-textbooks",
        kind="discussion-group",
        name="Stewardship of Open Textbooks",
        charge=Charge(number=1, text="To be.", effective_on=date(2020, 1, 1), ends_on=None),
        conveners=(),
    )
    new, event = groups.register(namesake, Act(SYSTEM, Role.SYSTEM, world.clock()))
    unit = world.services.store.transaction()
    world.services.store.groups.add(unit, new, event)
    unit.commit()
    world.do("president", "motion.announce", world.motion_id)
    assert world.petition.group_slug == "stewardship-of-open-textbooks-2"
    kept = world.services.store.groups.get("stewardship-of-open-textbooks")
    assert (kept.charge.ends_on, kept.conveners) == (None, ())


# --- declined


@pytest.mark.parametrize(
    "choices",
    [
        pytest.param(["no"] * 13, id="voted down"),
        pytest.param(["yes"] * 6 + ["no"] * 5 + ["abstain"] * 2, id="not half of those present"),
    ],
)
def test_a_lost_motion_declines_the_petition(world, choices):
    world.at("open").forget_letters()
    world.decide(*choices)
    world.deliver_all()
    assert world.petition.state == State.DECLINED
    assert world.motion.state == MotionState.LOST
    assert world.services.store.groups.listed() == []
    assert world.told() == sorted(
        [*to("petition-declined", CONVENERS), *to("signatory-petition-declined", NAMES)]
    )
    assert world.commands("petition", world.petition_id)[-1] == "decline"


@pytest.mark.parametrize("choices", [["yes"] * 6, ["no"] * 6, []])
def test_without_a_quorum_nothing_is_decided_and_it_can_be_moved_again(world, choices):
    world.at("open").forget_letters()
    world.decide(*choices)
    world.deliver_all()
    assert world.motion.state == MotionState.POSTPONED
    assert world.petition.state == State.SCHEDULED
    assert world.told() == to("petition-postponed", CONVENERS)
    present = f"and {len(choices) or 'nobody'} did"
    assert all(present in letter.text for letter in world.letters("petition-postponed"))
    world.move("director3")
    assert world.motion.state == MotionState.MOVED


@pytest.mark.parametrize("how", ["carried", "lost"])
def test_a_decided_document_is_not_put_to_the_vote_again(world, how):
    if how == "carried":
        world.at("carried")
    else:
        world.at("open").decide(*["no"] * 13)
    before = world.dump()
    with pytest.raises(ConflictError, match=r"5\.0"):
        world.move("director3")
    assert world.dump() == before


# --- returned


@pytest.mark.parametrize("step", ["submitted", "verified", "scheduled", "seconded"])
def test_a_petition_is_returned_with_comments(world, step):
    world.at(step).forget_letters()
    world.do("staff", "petition.return", world.petition_id, comments="Say who keeps the list.")
    world.deliver_all()
    assert world.petition.state == State.RETURNED
    assert world.told() == to("petition-returned", CONVENERS)
    assert "Say who keeps the list." in world.letters()[0].text
    if step in {"scheduled", "seconded"}:
        assert world.meeting.current_documents == ()
        assert [item.number for item in world.meeting.docket] == ["1.0", "2.0", "3.0", "4.0"]
    if step == "seconded":
        assert world.motion.state == MotionState.POSTPONED
        assert world.services.store.board.floor(world.meeting_id, "5.0") == ""


def test_the_presiding_officer_may_return_a_petition(world):
    world.at("scheduled")
    world.do("president", "petition.return", world.petition_id, comments="Not this year.")
    assert world.petition.state == State.RETURNED


@pytest.mark.parametrize("step", ["open", "closed"])
def test_while_the_vote_runs_a_petition_is_neither_returned_nor_withdrawn(world, step):
    world.at(step)
    before = world.dump()
    with pytest.raises(ConflictError, match="vote"):
        world.do("staff", "petition.return", world.petition_id, comments="Wait.")
    with pytest.raises(ConflictError, match="vote"):
        world.do("rowan", "petition.withdraw", world.petition_id, reason="No more.")
    assert world.dump() == before


def test_case_14_the_same_text_again_keeps_its_signatures(world):
    world.at("submitted")
    world.send_back()
    world.forget_letters()
    world.republish(conveners=[], fiscal_impact="Some staff time.")
    world.deliver_all()
    assert world.petition.state == State.COLLECTING
    assert world.counts == (0, 25)
    assert world.told() == [("petition-published", "rowan")]
    world.do("rowan", "petition.submit", world.petition_id)
    assert world.petition.state == State.SUBMITTED


def test_case_14_a_changed_text_asks_everybody_again(world):
    world.at("submitted")
    world.send_back()
    world.forget_letters()
    world.republish(charge="To share what it takes to write open textbooks together.")
    world.deliver_all()
    assert world.counts == (0, 0)
    assert world.told() == sorted([*to("petition-published", CONVENERS), *to("ask-again", NAMES)])
    with pytest.raises(ConflictError, match="25 more"):
        world.do("rowan", "petition.submit", world.petition_id)
    world.confirm("zoe")
    assert world.counts == (0, 1)
    world.confirm("zoe")
    assert world.counts == (0, 1)
    for who in NAMES:
        world.confirm(who)
    world.deliver_all()
    assert world.counts == (0, 25)
    assert world.told("signature-thanks") == to("signature-thanks", NAMES)
    assert world.told("threshold-reached") == to("threshold-reached", CONVENERS)
    world.do("rowan", "petition.submit", world.petition_id)


def test_a_match_that_staff_made_outlives_a_changed_text(world):
    world.at("confirmed")
    world.sign_and_confirm("stranger")
    key = world.signature("stranger").key
    target = f"{world.petition_id}/{key}"
    world.do("staff", "signature.settle", target, accept=True, reason="A member by her old name.")
    world.do("rowan", "petition.submit", world.petition_id)
    world.send_back()
    world.republish(charge="To do something else entirely.")
    world.deliver_all()
    world.confirm("stranger")
    found = world.signature("stranger")
    assert (found.state, found.match.how, found.match.reason) == (
        Signed.VERIFIED,
        "staff",
        "A member by her old name.",
    )
    assert world.counts == (0, 1)


def test_a_signature_withdrawn_while_the_text_is_rewritten_is_not_asked_again(world):
    world.at("submitted")
    world.send_back()
    perform(world.services, VISITOR, "signature.withdraw", world.token("zoe"))
    assert world.counts == (0, 24)
    world.republish(charge="To do something else entirely.")
    world.forget_letters()
    world.deliver_all()
    assert world.told("ask-again") == to("ask-again", [n for n in NAMES if n != "zoe"])


def test_a_text_that_comes_back_counts_exactly_those_who_signed_it(world):
    world.at("confirmed").sign_and_confirm("seun")
    world.do("rowan", "petition.submit", world.petition_id)
    world.send_back()
    world.republish(charge="To do something else entirely.")
    world.deliver_all()
    for who in NAMES:
        world.confirm(who)
    world.do("rowan", "petition.submit", world.petition_id)
    world.send_back()
    world.republish()  # The first text, to the letter; seun alone signed no other.
    world.deliver_all()
    world.confirm("seun")
    counted = [
        s
        for s in world.services.store.petitions.signatures(world.petition_id)
        if s.state == Signed.VERIFIED and s.text_digest == world.petition.text_digest
    ]
    assert world.counts == (0, len(counted))
    assert counted


# --- withdrawn


@pytest.mark.parametrize(
    "step", ["draft", "collecting", "confirmed", "submitted", "verified", "scheduled", "moved"]
)
def test_a_petition_is_withdrawn(world, step):
    world.at(step).forget_letters()
    world.do("noor", "petition.withdraw", world.petition_id, reason="We joined another group.")
    world.deliver_all()
    assert world.petition.state == State.WITHDRAWN
    after = {"submitted", "verified", "scheduled", "moved"}
    staff = ["staff", "staff2"] if step in after else []
    # Whoever signed is told as well; before anybody has, nobody is.
    signed = [] if step in {"draft", "collecting"} else NAMES
    assert world.told() == sorted(
        [
            *to("petition-withdrawn", CONVENERS),
            *to("staff-withdrawn", staff),
            *to("signatory-petition-ended", signed),
        ]
    )
    if step in {"scheduled", "moved"}:
        assert world.meeting.current_documents == ()
        assert "5.0" in world.letters("staff-withdrawn")[0].text
    if step == "moved":
        assert world.motion.state == MotionState.POSTPONED
        assert world.commands("motion", world.motion_id) == ["move", "postpone"]
    with pytest.raises(IllegalTransitionError):
        world.do("noor", "petition.withdraw", world.petition_id)


def test_a_returned_petition_is_withdrawn(world):
    world.at("submitted")
    world.do("staff", "petition.return", world.petition_id, comments="Shorter, please.")
    world.do("rowan", "petition.withdraw", world.petition_id)
    assert world.petition.state == State.WITHDRAWN


def test_a_number_once_used_is_not_used_again(world):
    world.at("scheduled")
    world.do("staff", "petition.return", world.petition_id, comments="Shorter, please.")
    numbers = {d.number for d in world.meeting.documents}
    assert numbers == {"5.0"}


# --- rejected and expired


@pytest.mark.parametrize("step", ["collecting", "submitted", "verified"])
def test_a_petition_is_rejected_with_the_policys_reason(world, step):
    world.at(step).forget_letters()
    world.do(
        "staff",
        "petition.reject",
        world.petition_id,
        code="duplicate",
        explanation="See the Textbook Affordability group.",
    )
    world.deliver_all()
    assert world.petition.state == State.REJECTED
    told = [x for x in world.told() if x[0] != "signatory-petition-ended"]
    assert told == to("petition-rejected", CONVENERS)
    assert all("See the Textbook Affordability group." in x.text for x in world.letters())


def test_a_scheduled_petition_is_not_rejected(world):
    world.at("scheduled")
    with pytest.raises(IllegalTransitionError):
        world.do(
            "staff", "petition.reject", world.petition_id, code="scope", explanation="Too late."
        )


def test_a_petition_expires_a_day_after_its_window(world):
    world.at("collecting").sign_and_confirm("zoe")
    world.forget_letters()
    closes = world.petition.closes_at
    world.clock.now = closes
    world.clock.forward(hours=24)
    sweep.sweep(world.services)
    assert world.petition.state == State.COLLECTING
    world.clock.forward(seconds=1)
    sweep.sweep(world.services)
    sweep.sweep(world.services)
    world.deliver_all()
    assert world.petition.state == State.EXPIRED
    assert world.told() == sorted(
        [*to("petition-expired", CONVENERS), ("signatory-petition-ended", "zoe")]
    )
    assert world.commands("petition", world.petition_id)[-1] == "expire"


def test_a_petition_with_its_signatures_waits_for_its_conveners(world):
    world.at("confirmed").forget_letters()
    world.clock.now = world.petition.closes_at
    for _ in range(3):
        world.clock.forward(days=2)
        sweep.sweep(world.services)
    world.deliver_all()
    assert world.petition.state == State.COLLECTING
    assert world.told() == []
    world.do("rowan", "petition.submit", world.petition_id)
    assert world.petition.state == State.SUBMITTED
