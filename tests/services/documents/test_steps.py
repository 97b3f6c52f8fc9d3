"""Documents that are sent in, acknowledged, numbered, changed and withdrawn."""

import io
from dataclasses import replace
from datetime import date, timedelta

import pikepdf
import pytest

from chalicelib.domain.documents.document import Kind, State
from chalicelib.domain.errors import ConflictError, NotAllowedError, NotFoundError, ValidationError
from chalicelib.domain.people.people import VISITOR, Person
from chalicelib.domain.times import local_date
from chalicelib.services.commands import perform
from chalicelib.services.documents import documents, revisions, uploads
from chalicelib.services.packets.content import packet_content
from chalicelib.services.sweep import sweep
from tests.services.aws import at_once, crash_before, in_threads
from tests.services.world import TEXT

FORM = {
    "kind": "action",
    "title": "A budget for travel",
    "background": "Conveners pay for their own travel.",
    "stakeholders": "Every convener.",
    "fiscal_impact": "5,000 dollars.",
    "goal_area": "Student Learning",
    "actions": [
        "That the ACRL Board of Directors set aside 5,000 dollars for travel.",
        "That the ACRL Board of Directors ask staff to report on it in a year.",
    ],
}
TEXTS = {k: v for k, v in FORM.items() if k != "kind"}


@pytest.fixture
def room(world):
    """A meeting with a petition's document, and Wanda, a member who holds no office."""
    world.at("scheduled")
    unit = world.services.store.transaction()
    wanda = Person(id="p-wanda", name="Wanda Reyes", email="wanda@example.org", institution="Roe")
    world.services.store.people.add(unit, wanda)
    unit.commit()
    world.forget_letters()
    return world


def send(world, who="wanda", **changes):
    return world.do(who, "document.send", world.meeting_id, **{**FORM, **changes})


def numbered(world, **changes):
    made = send(world, **changes)
    return world.do("staff", "document.number", made.id, number="7.0")


def change(world, document, command="edit", who="staff", **changes):
    data = {**TEXTS, "reason": "Shorter.", "text": document.texts, **changes}
    return world.do(who, f"document.{command}", document.id, **data)


def now(world, document):
    return world.services.store.documents.get(document.id)


def petitions_document(world):
    entry = world.meeting.document("5.0")
    return world.services.store.documents.get(entry.document_id)


def edit_petitions(world, **changes):
    old = petitions_document(world)
    form = old.form
    data = {
        "title": old.title,
        "submitted_by": list(form.submitted_by),
        "background": form.background,
        "stakeholders": form.stakeholders,
        "fiscal_impact": form.fiscal_impact,
        "goal_area": form.goal_area,
        "actions": [],
        "reason": "Clearer.",
        "text": old.texts,
        **changes,
    }
    return world.do("staff", "document.edit", old.id, **data)


def publish(world, **data):
    packet = world.do("staff", "packet.publish", world.meeting_id, **data)
    world.deliver_all()
    return world.services.store.board.packet(world.meeting_id, packet.number)


def pdf(pages=2, script=False):
    made = pikepdf.new()
    for _ in range(pages):
        made.add_blank_page()
    if script:
        action = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS=pikepdf.String("app.alert(1)"))
        made.Root.OpenAction = action
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def upload(world, who="wanda", content=None, name="Report.pdf"):
    return uploads.take(world.services, world.actor(who), name, content or pdf())


# Sending


def test_a_document_that_is_sent_in_gets_its_receipt_at_once(room):
    made = send(room)
    assert (made.kind, made.state, made.number) == (Kind.ACTION, State.RECEIVED, "")
    assert made.sender == "Wanda Reyes, Roe"
    assert [a.wording for a in made.form.actions] == FORM["actions"]
    assert not made.late
    room.deliver_all()
    assert room.told() == [
        ("document-received", "wanda"),
        ("staff-document", "staff"),
        ("staff-document", "staff2"),
    ]
    assert room.commands("document", made.id) == ["send"]
    assert [row["id"] for row in room.services.store.documents.received()] == [made.id]
    assert room.services.store.documents.sent_by("p-wanda") == [made.id]


def test_staff_have_two_business_days_to_acknowledge(room):
    made = send(room)  # On Saturday, March 14.
    zone = room.services.policy.association.zone
    assert local_date(made.acknowledge_by, zone) == date(2026, 3, 17)
    room.clock.forward(days=5)  # Thursday
    later = send(room, title="Another")
    assert local_date(later.acknowledge_by, zone) == date(2026, 3, 23)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"kind": "petition"}, "kind"),
        ({"title": ""}, "title"),
        ({"title": "x" * 201}, "title"),
        ({"background": ""}, "background"),
        ({"background": "x" * 8001}, "background"),
        ({"actions": []}, "actions"),
        ({"actions": ["To set aside money."]}, "actions-0-value"),
        ({"actions": ["That it be so."] * 11}, "actions"),
        ({"goal_area": "World peace"}, "goal_area"),
        ({"kind": "discussion", "questions": []}, "questions"),
        ({"kind": "file"}, "file"),
    ],
)
def test_what_is_wrong_is_named_by_its_field(room, changes, field):
    with pytest.raises(ValidationError) as refused:
        send(room, **changes)
    assert field in refused.value.errors
    assert room.services.store.documents.received() == []


def test_a_form_keeps_no_more_than_its_kind_asks_for(room):
    made = send(room, kind="cover")
    assert (made.form.actions, made.form.stakeholders) == ((), "")


def test_only_so_many_may_be_sent_in_a_day(room):
    for n in range(10):
        send(room, title=f"Number {n}")
    with pytest.raises(ConflictError, match="10 documents today"):
        send(room)
    room.clock.forward(days=1)
    send(room)


def test_a_meeting_that_has_begun_takes_nothing(room):
    room.clock.now = room.meeting.starts_at
    with pytest.raises(ConflictError, match="no longer accepts documents"):
        send(room)


def test_after_the_deadline_it_is_late_and_the_receipt_says_so(room):
    room.clock.now = room.meeting.starts_at - timedelta(days=10)
    made = send(room)
    assert made.late
    room.deliver_all()
    (receipt,) = room.letters("document-received")
    assert "goes into a supplement" in receipt.text
    found = room.do("staff", "document.number", made.id, number="7.0")
    assert found.late
    assert room.meeting.document("7.0").late


def test_a_process_that_dies_leaves_nothing_and_the_next_try_sends_once(room):
    with crash_before(2):  # The first write is the count of the day.
        send(room)
    assert room.services.store.documents.received() == []
    send(room)
    assert len(room.services.store.documents.received()) == 1


# Acknowledging


def test_staff_say_what_is_missing_and_later_that_it_is_complete(room):
    made = send(room)
    with pytest.raises(ValidationError) as refused:
        room.do("staff", "document.acknowledge", made.id, complete=False)
    assert "words" in refused.value.errors
    room.do("staff", "document.acknowledge", made.id, complete=False, words="Who pays?")
    found = now(room, made)
    assert (found.complete, found.acknowledgement) == (False, "Who pays?")
    room.deliver_all()
    room.do("staff", "document.acknowledge", made.id, complete=True)
    room.deliver_all()
    first, second = room.letters("document-acknowledged")
    assert "Who pays?" in first.text
    assert "It is complete." in second.text


def test_an_overdue_one_is_told_to_staff_exactly_once(room):
    made = send(room)
    room.deliver_all()
    room.forget_letters()
    room.clock.now = made.acknowledge_by
    sweep(room.services)
    room.deliver_all()
    assert room.letters("staff-document-overdue") == []
    room.clock.forward(seconds=1)
    in_threads(3, [lambda: sweep(room.services)] * 3)
    room.clock.forward(days=1)
    sweep(room.services)
    room.deliver_all()
    kind = "staff-document-overdue"
    assert room.told(kind) == [(kind, "staff"), (kind, "staff2")]
    assert room.commands("document", made.id) == ["send", "tell-late"]
    (row,) = room.services.store.documents.received()
    assert not row["acknowledged"]


def test_one_that_was_acknowledged_in_time_is_never_overdue(room):
    made = send(room)
    room.do("staff", "document.acknowledge", made.id, complete=True)
    room.clock.forward(days=30)
    assert sweep(room.services).overdue == 0


# Numbering


def test_a_number_puts_it_on_the_docket_and_is_never_given_again(room):
    made = numbered(room)
    assert (made.state, made.code, made.complete) == (State.NUMBERED, "Doc 7.0", True)
    entry = room.meeting.document("7.0")
    assert (entry.document_id, entry.kind) == (made.id, "action")
    (item,) = [i for i in room.meeting.docket if i.document == "7.0"]
    assert (item.action, item.presenter) == ("Action", "Wanda Reyes, Roe")
    assert room.services.store.documents.received() == []
    room.do("staff", "document.withdraw", made.id, reason="Not ours.")
    assert room.meeting.document("7.0") is None
    other = send(room, title="Another")
    with pytest.raises(ValidationError) as refused:
        room.do("staff", "document.number", other.id, number="7.0")
    assert "8.0 is free" in refused.value.errors["number"]
    room.deliver_all()
    assert ("document-numbered", "wanda") in room.told()
    assert ("document-withdrawn", "wanda") in room.told()


def test_two_numbers_at_the_same_moment_are_two_numbers(room):
    first, second = send(room), send(room, title="Another")
    results = at_once(
        lambda: room.do("staff", "document.number", first.id, number="7.0"),
        lambda: room.do("staff", "document.number", second.id, number="7.0"),
    )
    assert sorted(type(r).__name__ for r in results) == ["Document", "ValidationError"]


# Editing


def test_staffs_edit_of_a_petitions_form_is_kept_shown_and_told(room):
    first = petitions_document(room)
    background = TEXT["background"].replace("no budget", "hardly any budget")
    new = edit_petitions(room, background=background, actions=["That the Board say thanks."])
    assert (new.texts, new.revision, new.number) == (2, 1, "5.0")
    # The action that is made from the petition stays as it is, whatever was sent.
    assert new.form.actions[0] == first.form.actions[0]
    assert new.form.actions[1].wording == "That the Board say thanks."
    texts = room.services.store.documents.revisions(new.id)
    assert [(t.number, t.by_convener, t.by) for t in texts][1][1:] == (False, "Imara Vesterholt")
    assert texts[0].form == first.form
    labels = [c.label for c in revisions.since_conveners(texts)]
    assert labels == ["Background", "Action 2"]
    room.deliver_all()
    assert room.told() == [("document-changed", "noor"), ("document-changed", "rowan")]
    letter = room.letters("document-changed")[0]
    assert "“no” became “hardly any”" in letter.text
    assert "Clearer." in letter.text


def test_who_was_slower_is_refused_and_nothing_is_written_over(room):
    old = petitions_document(room)
    edit_petitions(room, background="First.")
    with pytest.raises(ConflictError, match="Nothing was overwritten"):
        edit_petitions(room, background="Second.", text=old.texts)
    assert petitions_document(room).form.background == "First."


def test_of_two_edits_at_the_same_moment_one_is_refused(room):
    results = at_once(
        lambda: edit_petitions(room, background="First."),
        lambda: edit_petitions(room, background="Second."),
    )
    (refused,) = [r for r in results if isinstance(r, Exception)]
    assert isinstance(refused, ConflictError)
    assert petitions_document(room).texts == 2


def test_the_same_edit_sent_twice_is_made_once(room):
    first = edit_petitions(room, background="First.")
    again = edit_petitions(room, background="First.", text=1)
    assert (first.texts, again.texts) == (2, 2)


def test_an_edit_needs_its_reason(room):
    with pytest.raises(ValidationError) as refused:
        edit_petitions(room, background="First.", reason="")
    assert set(refused.value.errors) == {"reason"}


def test_an_edit_after_a_packet_is_the_next_revision(room):
    packet = publish(room)
    assert (packet.name, packet.revisions, packet.marking) == ("Packet 1", (1,), False)
    assert petitions_document(room).state == State.PUBLISHED
    new = edit_petitions(room, background="Changed.")
    assert (new.revision, new.state, new.code) == (2, State.NUMBERED, "Doc 5.0 rev. 2")
    entry = room.meeting.document("5.0")
    assert (entry.revision, entry.text) == (2, 2)
    # Before the next packet, further edits are still this revision.
    again = edit_petitions(room, background="Changed again.")
    assert (again.revision, again.texts) == (2, 3)
    second = publish(room)
    content = room.press.printed[-1]
    assert [row["mark"] for row in content["inventory"]] == ["rev. 2"]
    assert content["documents"][0]["code"] == "ACRL AC 26 Doc 5.0 rev. 2"
    assert content["documents"][0]["action_form"]["background"] == ["Changed again."]
    assert (second.name, second.revisions) == ("Packet 2", (2,))
    assert room.commands("document", new.id) == [
        "make",
        "publish",
        "edit-text",
        "edit-text",
        "publish",
    ]


def test_an_edit_while_a_packet_is_made_does_not_reach_into_it(room):
    before = petitions_document(room)
    packet = room.do("staff", "packet.publish", room.meeting_id)
    new = edit_petitions(room, background="Changed.")
    assert new.revision == 2
    room.deliver_all()
    printed = room.press.printed[-1]["documents"][0]
    assert printed["action_form"]["background"] == [before.form.background]
    assert printed["revision"] == 1
    assert packet.texts == (1,)
    # The document is not as that packet has it.
    assert petitions_document(room).state == State.NUMBERED


def test_a_packet_and_an_edit_at_the_same_moment_agree(room):
    at_once(
        lambda: room.do("staff", "packet.publish", room.meeting_id),
        lambda: edit_petitions(room, background="Changed."),
    )
    (packet,) = room.packets
    document = petitions_document(room)
    assert (packet.texts, document.revision) in {((1,), 2), ((2,), 1)}


def test_an_edit_after_a_packet_that_failed_is_no_revision(room):
    room.press.problem = "Doc 5.0: its title cannot be set"
    publish(room)
    room.press.problem = ""
    assert edit_petitions(room, background="Changed.").revision == 1


def test_a_worker_that_dies_before_its_documents_are_marked_is_made_up_for(room):
    room.do("staff", "packet.publish", room.meeting_id)
    real = documents.steps.publish
    try:
        documents.steps.publish = lambda *_: (_ for _ in ()).throw(KeyboardInterrupt)
        with pytest.raises(KeyboardInterrupt):
            room.deliver_all()
    finally:
        documents.steps.publish = real
    assert petitions_document(room).state == State.NUMBERED
    room.clock.forward(minutes=10)
    sweep(room.services)
    room.deliver_all()
    assert petitions_document(room).state == State.PUBLISHED
    assert len(room.press.printed) == 1
    assert room.packets[0].marking is False


# Revising and withdrawing


def test_its_sender_revises_it_and_staff_look_anew(room):
    made = numbered(room)
    room.deliver_all()
    room.clock.forward(days=1)
    room.forget_letters()
    new = change(room, made, "revise", "wanda", background="They pay half of it.")
    assert (new.revision, new.number, new.acknowledged_at) == (2, "7.0", None)
    assert new.waits_for_staff
    assert [row["id"] for row in room.services.store.documents.received()] == [made.id]
    room.deliver_all()
    assert {kind for kind, _ in room.told()} == {"staff-document-revised"}
    room.do("staff", "document.acknowledge", made.id, complete=True)
    assert room.services.store.documents.received() == []


def test_staff_who_edit_what_somebody_sent_tell_them(room):
    made = numbered(room)
    room.forget_letters()
    change(room, made, background="They pay half of it.")
    room.deliver_all()
    assert room.told("document-changed") == [("document-changed", "wanda")]


def test_a_sender_cannot_put_a_document_into_a_closed_session_or_out_of_it(room):
    made = send(room)
    assert not change(room, made, "revise", "wanda", background="New.", closed=True).closed


def test_a_sender_withdraws_until_the_board_has_it(room):
    made = numbered(room)
    publish(room)
    with pytest.raises(NotAllowedError, match="in a packet"):
        room.do("wanda", "document.withdraw", made.id, reason="")
    room.do("staff", "document.withdraw", made.id, reason="At its sender’s wish.")
    assert now(room, made).state == State.WITHDRAWN
    other = send(room, title="Another")
    room.deliver_all()
    room.forget_letters()
    room.do("wanda", "document.withdraw", other.id, reason="We found the money.")
    room.deliver_all()
    assert {kind for kind, _ in room.told()} == {"staff-document-withdrawn"}


def test_a_petitions_document_goes_with_its_petition_alone(room):
    with pytest.raises(ConflictError, match="goes with its petition"):
        room.do("staff", "document.withdraw", petitions_document(room).id, reason="Gone.")


# Supplements


def test_late_documents_make_a_supplement_of_their_own(room):
    publish(room)
    room.clock.now = room.meeting.starts_at - timedelta(days=10)
    made = numbered(room)
    room.forget_letters()
    packet = publish(room, supplement=True)
    assert (packet.name, packet.number, packet.documents) == ("Supplement 1", 2, ("7.0",))
    content = room.press.printed[-1]
    assert (content["supplement"], content["version"]) == (True, 1)
    assert [row["mark"] for row in content["inventory"]] == ["new"]
    assert now(room, made).state == State.PUBLISHED
    assert any("Supplement 1 for" in letter.text for letter in room.letters("packet-published"))
    with pytest.raises(ConflictError, match="already in a packet"):
        publish(room, supplement=True)
    # The whole packet after it marks what is new since the whole one before.
    whole = publish(room)
    assert (whole.name, whole.documents) == ("Packet 2", ("5.0", "7.0"))
    assert [row["mark"] for row in room.press.printed[-1]["inventory"]] == ["", "new"]


def test_without_a_packet_there_is_nothing_to_add_to(room):
    with pytest.raises(ConflictError, match="nothing to add to"):
        publish(room, supplement=True)


def test_the_same_packet_has_the_same_content_whatever_happened_since(room):
    numbered(room)
    packet = publish(room)
    first = room.press.printed[-1]
    edit_petitions(room, background="Changed.")
    assert packet_content(room.services, room.meeting, packet) == first


# Files


def test_an_uploaded_pdf_is_kept_under_its_digest(room):
    content = pdf(3)
    made = send(room, kind="file", upload=upload(room, content=content), actions=[])
    file = made.file
    assert (file.name, file.pages, file.size) == ("Report.pdf", 3, len(content))
    assert file.key == f"documents/{file.sha256}.pdf"
    assert room.services.files.get(file.key) == content
    assert (file.removed, file.original_key) == ((), "")
    link = uploads.link(room.services, file, "Doc 7.0 rev. 2")
    assert "Doc-7-0-rev--2.pdf" in link


def test_what_was_taken_out_is_named_and_the_upload_kept_unchanged(room):
    content = pdf(script=True)
    made = send(room, kind="file", upload=upload(room, content=content), actions=[])
    file = made.file
    assert file.removed == ("JavaScript",)
    assert room.services.files.get(file.original_key) == content
    shown = room.services.files.get(file.key)
    assert b"JavaScript" not in shown
    assert file.sha256 != file.original_sha256


def test_another_file_is_a_revision_that_names_both(room):
    made = send(room, kind="file", upload=upload(room), actions=[])
    made = room.do("staff", "document.number", made.id, number="7.0")
    new = change(room, made, "revise", "wanda", upload=upload(room, content=pdf(5)), actions=[])
    assert (new.code, new.file.pages) == ("Doc 7.0 rev. 2", 5)
    latest = revisions.versions(room.services.store.documents.revisions(new.id))[0]
    assert [file.pages for file in latest.files] == [2, 5]
    publish(room)
    printed = room.press.printed[-1]["documents"][-1]
    assert printed["file"]["sha256"] == new.file.sha256
    assert printed["file"]["address"].endswith(f"/board/documents/{new.id}")


def test_an_upload_is_good_for_whoever_uploaded_it_alone(room):
    token = upload(room)
    with pytest.raises(ValidationError) as refused:
        send(room, "rowan", kind="file", upload=token, actions=[])
    assert "Choose the file again" in refused.value.errors["file"]
    for made_up in ("x", token[:-1], token + "x"):
        with pytest.raises(ValidationError):
            send(room, kind="file", upload=made_up, actions=[])


@pytest.mark.parametrize(
    ("content", "why"), [(b"", "Choose"), (b"x" * 4_000_001, "4 fit"), (b"hello", "no PDF")]
)
def test_a_file_that_is_not_taken_is_refused_by_its_field(room, content, why):
    with pytest.raises(ValidationError) as refused:
        uploads.take(room.services, room.actor("wanda"), "a.pdf", content)
    assert why in refused.value.errors["file"]


def test_only_so_many_files_may_be_uploaded_in_a_day(room):
    check = replace(room.services, pdf_checker=lambda content, _pages: _checked(content))
    for _ in range(30):
        uploads.take(check, room.actor("wanda"), "a.pdf", b"%PDF-")
    with pytest.raises(ConflictError, match="30 files today"):
        uploads.take(check, room.actor("wanda"), "a.pdf", b"%PDF-")


def _checked(content):
    from chalicelib.services.ports import CheckedPdf

    return CheckedPdf(content, 1)


def test_a_visitor_uploads_nothing(room):
    with pytest.raises(NotAllowedError):
        uploads.take(room.services, VISITOR, "a.pdf", pdf())


# Who may read


def reads(world, who, document):
    try:
        documents.for_reading(world.services, world.actor(who), document.id)
    except (NotAllowedError, NotFoundError) as error:
        return type(error).__name__
    return "reads"


def test_who_may_read_an_open_document(room):
    made = numbered(room)
    petitions = petitions_document(room)
    for who in ("staff", "president", "director5", "executive"):
        assert reads(room, who, made) == reads(room, who, petitions) == "reads"
    assert reads(room, "wanda", made) == "reads"
    assert reads(room, "wanda", petitions) == "NotAllowedError"
    for who in ("rowan", "noor"):
        assert reads(room, who, made) == "NotAllowedError"
        assert reads(room, who, petitions) == "reads"
    assert reads(room, "", made) == "NotAllowedError"


def test_what_is_for_a_closed_session_is_for_the_board_and_staff_alone(room):
    made = send(room)
    room.do("staff", "document.number", made.id, number="7.0", closed=True)
    for who in ("staff", "president", "director5", "executive"):
        assert reads(room, who, made) == "reads"
    assert reads(room, "wanda", made) == "NotFoundError"
    assert documents.sent_by(room.services, room.actor("wanda")) == []


def test_a_member_who_is_recused_does_not_read_what_is_closed(room):
    from chalicelib.storage import keys
    from chalicelib.storage.item import Item

    made = send(room)
    room.do("staff", "document.number", made.id, number="7.0", closed=True)
    person = room.person("director5").id
    room.put(Item(keys.document(made.id), f"{keys.RECUSED}{person}"))
    assert reads(room, "director5", made) == "NotAllowedError"
    assert reads(room, "director6", made) == "reads"


def test_no_address_is_in_a_document_or_its_record(room):
    made = numbered(room)
    change(room, made, background="They pay half of it.")
    found = str([item for (pk, _), item in room.dump().items() if pk.startswith("DOCUMENT#")])
    assert "@" not in found


def test_a_command_by_json_needs_no_page(room):
    made = perform(room.services, room.actor("wanda"), "document.send", room.meeting_id, FORM)
    assert made.title == FORM["title"]
