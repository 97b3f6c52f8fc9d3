"""What a packet says of changes, votes, questions and signatures, out of a real store."""

from datetime import timedelta
from typing import Any

import pytest

from chalicelib.domain.packets.faces import public_face
from chalicelib.services.packets.content import packet_content
from chalicelib.services.packets.petition import since_returned
from tests.services.documents.test_steps import (
    TEXTS,
    edit_petitions,
    petitions_document,
    publish,
    send,
)
from tests.services.world import World


@pytest.fixture
def scheduled(world: World) -> World:
    """A meeting with a petition's document, Doc 5.0."""
    return world.at("scheduled")


def printed(world: World, number: str = "5.0") -> dict[str, Any]:
    """A document as the last packet printed it."""
    content = world.press.printed[-1]
    return next(d for d in content["documents"] if d["number"] == number)


def numbered(world: World) -> Any:
    """Doc 7.0, which staff sent in themselves."""
    made = send(world, "staff")
    return world.do("staff", "document.number", made.id, number="7.0")


def said(field: dict[str, Any], *kinds: str) -> str:
    return "".join(s["text"] for s in field["segments"] if s["kind"] in kinds)


def test_a_revised_document_says_what_changed_since_the_packet_that_held_it(
    scheduled: World,
) -> None:
    old = petitions_document(scheduled).form.background
    publish(scheduled)
    assert printed(scheduled)["changes"] is None
    new = old.replace("one person", "two people")
    edit_petitions(scheduled, background=new, reason="Counted again.")
    edit_petitions(scheduled, background=new, stakeholders="Them.", reason="Shorter.")
    publish(scheduled)
    changes = printed(scheduled)["changes"]
    assert (changes["since"], changes["packet"], changes["was_closed"]) == (1, "Packet 1", False)
    assert [step["why"] for step in changes["steps"]] == ["Counted again.", "Shorter."]
    assert [field["label"] for field in changes["fields"]] == ["Background", "Stakeholders"]
    background = changes["fields"][0]
    assert "one person" in said(background, "removed")
    assert "two people" in said(background, "added")
    assert said(background, "same", "removed", "left-out") == old
    publish(scheduled)
    assert printed(scheduled)["changes"] is None, "the packet before held this text"


def test_a_supplement_shows_the_change_since_any_packet(scheduled: World) -> None:
    publish(scheduled)
    edit_petitions(scheduled, stakeholders="Them.")
    publish(scheduled, supplement=True)
    assert printed(scheduled)["changes"]["since"] == 1
    edit_petitions(scheduled, stakeholders="All of them.")
    publish(scheduled, supplement=True)
    changes = printed(scheduled)["changes"]
    assert (changes["since"], changes["packet"]) == (2, "Supplement 1")


def test_a_text_that_was_for_a_closed_session_is_not_compared_in_public(scheduled: World) -> None:
    document = numbered(scheduled)
    data = {**TEXTS, "reason": "Between us.", "text": document.texts, "closed": True}
    scheduled.do("staff", "document.edit", document.id, **data)
    publish(scheduled)
    assert printed(scheduled, "7.0")["closed"]
    document = scheduled.services.store.documents.get(document.id)
    data |= {"reason": "Open.", "text": document.texts, "closed": False, "background": "Else."}
    scheduled.do("staff", "document.edit", document.id, **data)
    publish(scheduled)
    assert printed(scheduled, "7.0")["changes"]["was_closed"]
    public = public_face(scheduled.press.printed[-1])
    assert [d["changes"] for d in public["documents"] if d["number"] == "7.0"] == [None]
    assert TEXTS["background"] not in repr(public)


def test_a_text_that_only_the_docket_had_closed_is_not_compared_in_public_either(
    scheduled: World,
) -> None:
    item = next(i for i in scheduled.meeting.docket if i.document == "5.0")
    told = {"item": item.id, "title": item.title, "number": item.number, "minutes": item.minutes}
    scheduled.do("staff", "docket.edit", scheduled.meeting_id, **told, closed=True)
    publish(scheduled)
    assert printed(scheduled)["closed"]
    assert public_face(scheduled.press.printed[-1])["documents"] == []
    scheduled.do("staff", "docket.edit", scheduled.meeting_id, **told, closed=False)
    edit_petitions(scheduled, stakeholders="Them.")
    publish(scheduled)
    assert not printed(scheduled)["closed"]
    assert printed(scheduled)["changes"]["was_closed"]


def test_answered_questions_are_printed_as_they_stood_when_the_packet_was_asked_for(
    scheduled: World,
) -> None:
    document = petitions_document(scheduled)
    scheduled.do("director1", "document.ask", document.id, text="Who keeps the list?")
    scheduled.do("staff", "document.ask", document.id, text="Since when?")
    answer = {"document": document.id, "question": 1, "text": "We do, in turn."}
    scheduled.do("rowan", "petition.answer", scheduled.petition_id, **answer)
    scheduled.clock.forward(hours=1)
    packet = publish(scheduled)
    (question,) = printed(scheduled)["questions_answered"]
    asked, answered = question["words"]
    assert (asked["what"], asked["text"]) == ("Question", "Who keeps the list?")
    director = scheduled.person("director1")
    assert (asked["by"], asked["as"]) == (director.name, director.seats[0].office)
    assert (answered["what"], answered["text"]) == ("Answer", "We do, in turn.")
    assert (answered["by"], answered["as"]) == ("Rowan Ibarra", "convener, Lakeshore University")
    scheduled.clock.forward(hours=1)
    answer |= {"question": 2, "text": "For a year."}
    scheduled.do("rowan", "petition.answer", scheduled.petition_id, **answer)
    again = packet_content(scheduled.services, scheduled.meeting, packet)
    assert again == scheduled.press.printed[-1], "later answers are for the next packet"


def test_signatures_are_added_up_by_day_to_the_submission(scheduled: World) -> None:
    publish(scheduled)
    chart = printed(scheduled)["charts"]["signatures"]
    counts = [count for _, count in chart["points"]]
    roster = printed(scheduled)["roster"]
    assert counts == sorted(counts)
    assert counts[-1] == len(roster)
    assert chart["threshold"] == 25
    assert chart["alt"].startswith(f"{len(roster)} verified signatures ")
    assert f"the threshold of 25 was reached on {roster[24]['signed']}." in chart["alt"]
    assert chart["ticks"][-1][0] == chart["days"]


def test_a_vote_that_the_docket_confirms_is_told_with_its_rule(world: World) -> None:
    world.at("seconded").carry_virtually()
    motion = world.motion
    world.ids["meeting"] = world.plan_meeting()
    world.do("staff", "motion.put-for-confirmation", motion.id, meeting=world.meeting_id)
    numbered(world)
    publish(world)
    (vote,) = world.press.printed[-1]["votes"]
    (item,) = (i for i in world.meeting.docket if i.confirms)
    assert (vote["item"], vote["wording"], vote["carried"]) == (item.number, motion.wording, True)
    assert vote["result"] == f"{motion.tally.yes} yes, 0 no; {motion.tally.needed} yes needed"
    assert vote["chart"]["needed"] == motion.tally.needed
    assert vote["chart"]["rows"][:2] == [
        {"name": "Yes", "ballots": motion.tally.yes, "kind": "yes"},
        {"name": "No", "ballots": 0, "kind": "no"},
    ]
    assert f"{motion.tally.yes} yes, 0 no" in vote["chart"]["alt"]
    assert any("Quorum" in sentence for sentence in vote["rule"])
    assert vote["amended"] == []


def test_a_vote_on_what_is_closed_is_confirmed_without_a_trace_in_public(world: World) -> None:
    world.at("seconded").carry_virtually()
    wording, title = world.motion.wording, world.motion.title
    edit_petitions(world, closed=True)
    world.ids["meeting"] = world.plan_meeting()
    world.do("staff", "motion.put-for-confirmation", world.motion_id, meeting=world.meeting_id)
    numbered(world)
    publish(world)
    content = world.press.printed[-1]
    (vote,) = content["votes"]
    (row,) = [r for r in content["docket"] if r["confirms"]]
    assert vote["closed"]
    assert row["closed"]
    public = repr(public_face(content))
    assert wording not in public
    assert title not in public
    assert repr(wording)[1:-1] in repr(content)


def test_a_motion_reads_as_amended_beside_its_document(world: World) -> None:
    world.at("seconded")
    charge = world.motion.charge.replace("adopt and", "adopt, describe and")
    assert charge != world.motion.charge
    moved = world.do("director3", "motion.amend", world.motion_id, charge=charge)
    for who in (world.motion.mover_id, world.motion.seconder_id):
        email = world.services.store.people.get(who).email
        world.do(email.partition("@")[0], "motion.accept-amendment", moved.id)
    publish(world)
    (amended,) = printed(world)["amended"]
    assert amended["about"] == "Motion on Doc 5.0"
    (field,) = amended["fields"]
    assert field["label"] == "Charge"
    assert "describe" in said(field, "added")


def test_a_petition_that_comes_back_says_what_its_conveners_wrote_anew(world: World) -> None:
    world.at("scheduled")
    publish(world)
    assert printed(world)["petition"]["returned"] is None
    assert printed(world)["petition"]["corrections"] == []
    old = world.petition.text.charge
    world.send_back()
    world.republish(charge=old.replace("openly licensed ", ""))
    returned = since_returned(world.services, world.petition, world.clock())
    assert returned is not None
    assert returned["comments"] == "Say who will keep the list."
    (field,) = returned["fields"]
    assert (field["label"], field["words"]) == ("Charge", 2)
    assert said(field, "removed").strip() == "openly licensed"
    assert said(field, "same", "removed", "left-out") == old
    # Seen from before the return there was none.
    before = world.petition.opened_at - timedelta(days=1)
    assert since_returned(world.services, world.petition, before) is None
