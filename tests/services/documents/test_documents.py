"""Documents before the Board: made from petitions, and kept with every text of them."""

from dataclasses import replace

import pytest

from chalicelib.domain.documents.document import Kind, State
from chalicelib.domain.errors import ValidationError
from chalicelib.domain.motions.motion import Effect
from chalicelib.services.packets.content import packet_content
from tests.services.aws import at_once
from tests.services.world import TEXT


def entry_of(world):
    (entry,) = world.meeting.current_documents
    return entry


def document_of(world):
    return world.services.store.documents.get(entry_of(world).document_id)


def test_a_scheduled_petition_is_a_document_with_its_action_form(world):
    world.at("scheduled")
    document = document_of(world)
    assert (document.kind, document.state, document.number) == (
        Kind.PETITION,
        State.NUMBERED,
        "5.0",
    )
    assert (document.meeting_id, document.petition_id) == (world.meeting_id, world.petition_id)
    assert document.title == entry_of(world).title
    form = document.form
    assert form.background == TEXT["background"]
    assert form.goal_area == TEXT["goal_area"]
    assert form.submitted_by == (
        "Rowan Ibarra, Lakeshore University",
        "Noor Castellan, Fernwood College",
    )
    (action,) = form.actions
    assert action.effect == Effect.ESTABLISH
    assert action.wording.startswith("That the ACRL Board of Directors establish the ")
    assert TEXT["charge"] in action.wording


def test_its_first_text_is_the_conveners_and_its_record_is_chained(world):
    world.at("scheduled")
    document = document_of(world)
    found, events, revisions, recused = world.services.store.documents.read(document.id)
    assert found == document
    assert [e.command for e in events] == ["make"]
    assert world.commands("document", document.id) == ["make"]
    (first,) = revisions
    assert (first.number, first.revision, first.by_convener) == (1, 1, True)
    assert first.form == document.form
    assert recused == frozenset()


def test_scheduled_twice_at_the_same_moment_it_is_one_document(world):
    world.at("verified")
    world.ids["meeting"] = world.plan_meeting()
    results = at_once(lambda: world.schedule("5.0"), lambda: world.schedule("6.0"))
    (refused,) = [r for r in results if r is not None]
    assert isinstance(refused, ValidationError)
    states = [pk for pk, sk in world.dump() if pk.startswith("DOCUMENT#") and sk == "0#STATE"]
    assert len(states) == 1


def test_a_petition_that_moves_to_another_meeting_takes_its_document_along(world):
    world.at("scheduled")
    before = document_of(world)
    world.ids["meeting"] = world.plan_meeting(title="Board II", code="ACRL AC 27")
    world.schedule("7.0")
    after = document_of(world)
    assert after.id == before.id
    assert (after.number, after.meeting_id) == ("7.0", world.meeting_id)
    assert after.form == before.form
    assert world.commands("document", after.id) == ["make", "move"]


@pytest.mark.parametrize("how", ["return", "withdraw"])
def test_a_petition_that_leaves_the_docket_has_its_document_withdrawn(world, how):
    world.at("scheduled")
    document = document_of(world)
    if how == "return":
        world.do("staff", "petition.return", world.petition_id, comments="Say who keeps the list.")
    else:
        world.do("rowan", "petition.withdraw", world.petition_id, reason="")
    assert world.meeting.current_documents == ()
    assert world.services.store.documents.get(document.id).state == State.WITHDRAWN


def test_a_petition_that_comes_back_is_a_new_document(world):
    world.at("scheduled")
    first = document_of(world)
    world.send_back()
    world.republish()
    petition = world.petition
    world.do("rowan", "petition.submit", petition.id)
    world.do("staff", "petition.verify", petition.id)
    world.schedule("6.0")
    assert document_of(world).id != first.id


def forget_documents(world):
    """As an earlier release stored the meeting: its documents are no more than their entries."""
    meeting = world.meeting
    entries = tuple(replace(d, document_id="") for d in meeting.documents)
    unit = world.services.store.transaction()
    board = world.services.store.board
    record = board._meeting(replace(meeting, documents=entries))
    unit.put(record)
    unit.commit()


def test_what_an_earlier_release_scheduled_still_prints_and_leaves_the_docket(world):
    world.at("published")
    (packet,) = world.packets
    with_document = packet_content(world.services, world.meeting, packet)
    forget_documents(world)
    assert packet_content(world.services, world.meeting, packet) == with_document
    world.do("staff", "petition.return", world.petition_id, comments="Say who keeps the list.")
    assert world.meeting.current_documents == ()
