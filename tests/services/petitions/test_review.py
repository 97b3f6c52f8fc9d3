"""Cases that a careful reader of the pages found."""

from datetime import timedelta

import pytest

from chalicelib.domain.errors import ConflictError, ValidationError
from chalicelib.domain.people.people import VISITOR
from chalicelib.domain.petitions.petition import State
from chalicelib.services.packets import packets
from chalicelib.services.packets.packets import MOST_ATTEMPTS
from chalicelib.services.signing.signing import confirm_by_link
from tests.services.world import TEXT


def test_a_rewriting_that_is_given_up_leaves_what_people_signed(world):
    world.at("submitted")
    signed = world.petition
    world.do("staff", "petition.return", world.petition_id, comments="Shorter, please.")
    world.do("rowan", "petition.revise", world.petition_id)
    changed = {**TEXT, "name": "Something Else", "charge": "To do what nobody signed."}
    world.do("rowan", "petition.edit", world.petition_id, **changed)
    # While it is rewritten, others go on seeing the name that they signed.
    assert world.petition.name == signed.text.name
    world.forget_letters()
    world.do("rowan", "petition.withdraw", world.petition_id)
    world.deliver_all()
    after = world.petition
    assert (after.state, after.text) == (State.WITHDRAWN, signed.text)
    assert (after.verified, after.text_digest) == (signed.verified, signed.text_digest)
    assert world.letters()
    assert not any(
        "Something Else" in letter.message.subject + letter.text for letter in world.letters()
    )


def test_a_stranger_cannot_fix_the_name_under_an_address(world):
    world.at("collecting")
    store = world.services.store.petitions
    for name, named in (("Rude Impostor", True), ("Zoë Lindqvist", False)):
        world.do(
            "rowan",
            "signature.sign",
            world.petition_id,
            name=name,
            email="zoe@example.org",
            institution="Northgate",
            named=named,
        )
    signature = world.signature("zoe")
    assert (signature.name, signature.named) == ("Zoë Lindqvist", False)
    world.deliver_all()
    # Once the owner has confirmed, nobody changes it by the form.
    confirm_by_link(world.services, VISITOR, world.token("zoe"))
    world.do(
        "rowan",
        "signature.sign",
        world.petition_id,
        name="Rude Impostor",
        email="zoe@example.org",
        institution="Nowhere",
    )
    assert store.signature(world.petition_id, signature.key).name == "Zoë Lindqvist"


def test_what_was_changed_since_the_page_was_opened_is_not_confirmed(world):
    world.at("collecting").sign("zoe")
    world.deliver_all()
    seen = {"edition": world.petition.edition, "version": world.signature("zoe").version}
    world.sign("zoe")
    before = world.dump()
    with pytest.raises(ConflictError, match="changed"):
        confirm_by_link(world.services, VISITOR, world.token("zoe"), seen)
    with pytest.raises(ConflictError, match="text has changed"):
        confirm_by_link(world.services, VISITOR, world.token("zoe"), {"edition": 7})
    assert world.dump() == before


def test_a_postponed_petition_moves_to_a_later_meeting(world):
    world.at("moved")
    later = world.plan_meeting()
    with pytest.raises(ValidationError) as refused:
        world.do(
            "staff",
            "petition.schedule",
            world.petition_id,
            meeting=world.meeting_id,
            number="6.0",
        )
    assert "meeting" in refused.value.errors
    old = world.meeting_id
    world.do("staff", "petition.schedule", world.petition_id, meeting=later, number="7.0")
    assert (world.petition.meeting_id, world.petition.document_number) == (later, "7.0")
    board = world.services.store.board
    assert board.meeting(old).current_documents == ()
    assert [d.number for d in board.meeting(later).current_documents] == ["7.0"]
    assert world.motion.state == "postponed"


def test_a_draft_that_was_saved_but_whose_answer_was_lost_is_no_conflict(world):
    world.at("draft")
    answers = {**TEXT, "version": world.petition.version, "name": "Maps & Plans"}
    first = world.do("rowan", "petition.edit", world.petition_id, **answers)
    again = world.do("rowan", "petition.edit", world.petition_id, **answers)
    assert again == first
    other = {**answers, "name": "Other"}
    with pytest.raises(ConflictError, match="changed elsewhere"):
        world.do("rowan", "petition.edit", world.petition_id, **other)


def test_a_packet_whose_workers_die_does_not_block_the_meeting(world):
    world.at("scheduled")
    world.do("staff", "packet.publish", world.meeting_id)

    def die() -> None:
        raise MemoryError

    world.press.meanwhile = die
    _, pk, sk = world.services.store.outbox.waiting(world.clock() + timedelta(days=1))[0]
    for _ in range(MOST_ATTEMPTS):
        with pytest.raises(MemoryError):
            packets.render(world.services, pk, sk)
        world.clock.forward(minutes=10)
    packets.render(world.services, pk, sk)
    (packet,) = world.packets
    assert packet.state == "failed"
    assert "given up" in packet.problem
    world.press.meanwhile = lambda: None
    world.do("staff", "packet.publish", world.meeting_id)
    world.deliver_all()
    assert [p.state for p in world.packets] == ["published", "failed"]
