"""A person's data: found, shown, and erased when they ask, whatever crashes on the way."""

import json
from datetime import timedelta

import pytest

from chalicelib.domain.errors import ConflictError, NotAllowedError, NotFoundError, ValidationError
from chalicelib.domain.people.people import VISITOR, Person, actor_for
from chalicelib.domain.privacy.retention import ERASED
from chalicelib.domain.roster.roster import Entry, Roster, digest_of
from chalicelib.domain.signing.signature import State, signatory_key
from chalicelib.services.commands import perform
from chalicelib.services.nightly import nightly
from chalicelib.services.packets.content import packet_content
from chalicelib.services.people import sign_in
from chalicelib.services.people.tokens import new_id
from chalicelib.services.privacy import erasure_plan, personal, privacy
from chalicelib.services.signing import bulk
from chalicelib.services.signing.signing import by_token
from chalicelib.storage import keys
from chalicelib.storage.item import Item
from tests.services.aws import crash_before, watching
from tests.services.world import SIGNERS, TEXT

NAME, WHO, _ = SIGNERS[4]
EMAIL = f"{WHO}@example.org"


def account(world, who=WHO, name=NAME, **more):
    """Somebody who signed and now signs in with the same address."""
    person = Person(id=new_id(), name=name, email=f"{who}@example.org", **more)
    unit = world.services.store.transaction()
    world.services.store.people.add(unit, person)
    unit.commit()
    return person


def rows_of(world):
    return list(world.services.store.petitions.signatures(world.petition_id))


def asks(world, who=WHO):
    return world.do(who, "data.ask-erasure")


def erase(world, person):
    privacy.erase(world.services, world.actor("staff"), person.id)


def left(world, *words):
    """Where in the table any of the words still stands, without the roster and sent letters."""
    now = world.clock().timestamp()
    return [
        key
        for key, item in world.dump().items()
        if not key[0].startswith(("ROSTER", "OUTBOX"))
        and float(item.get("ttl", {}).get("N", now + 1)) > now
        and any(word in json.dumps([key, item], ensure_ascii=False) for word in words)
    ]


def data_of(world, who=WHO):
    found = personal.gather(world.services, world.person(who))
    return personal.as_plain(found, world.clock())


def test_everything_that_is_kept_is_found(world):
    world.at("confirmed")
    account(world)
    services = world.services
    sign_in.ask_for_link(services, "browser", {"email": EMAIL})
    world.deliver_all()
    token = world.letters("sign-in", to=WHO)[-1].token
    sign_in.sign_in(services, token, "browser", "Firefox/140 Linux")
    data = data_of(world)
    assert data["account"]["email"] == EMAIL
    assert [s["browser"] for s in data["sessions"]] == ["Firefox/140 Linux"]
    (signature,) = data["signatures"]
    assert (signature["name"], signature["state"]) == (NAME, "verified")
    assert signature["petition"] == world.petition.name
    assert signature["found_on_roster_by"] == "email"
    (entry,) = data["membership_roster"]["entries"]
    assert entry["email"] == EMAIL
    assert data["petitions_convened"] == []
    assert json.loads(json.dumps(data)) == data


def test_conveners_find_their_petitions_and_nobody_elses_data(world):
    world.at("confirmed")
    data = data_of(world, "noor")
    (convened,) = data["petitions_convened"]
    assert convened["named_as"][0]["email"] == "noor@example.org"
    others = [email for _, who, _ in SIGNERS if (email := f"{who}@example.org")]
    text = json.dumps(data)
    assert not [email for email in others if email in text and not email.startswith("noor@")]


def test_a_signature_is_found_on_a_petition_that_is_being_rewritten(world):
    world.at("submitted").send_back()
    account(world)
    assert [s["state"] for s in data_of(world)["signatures"]] == ["verified"]


def test_a_spelling_of_the_address_finds_the_same(world):
    world.at("confirmed")
    account(world, who=WHO.upper())
    found = personal.gather(world.services, world.person(WHO.upper()))
    assert len(found.signed) == 1


def test_asking_writes_a_receipt_and_tells_staff_once(world):
    world.at("confirmed")
    account(world)
    world.forget_letters()
    request = asks(world)
    assert request.due_on == world.services.today() + timedelta(days=30)
    world.deliver_all()
    assert world.told() == [
        ("erasure-asked", WHO),
        ("staff-erasure", "staff"),
        ("staff-erasure", "staff2"),
    ]
    with pytest.raises(ConflictError, match="asked for this already"):
        asks(world)
    assert [r.person_id for r in world.services.store.privacy.requests()] == [request.person_id]
    # Nothing is erased by asking.
    assert world.signature(WHO).name == NAME


def test_on_a_petition_that_collects_the_signature_is_withdrawn_and_nameless(world):
    world.at("confirmed")
    person = account(world)
    key = world.signature(WHO).key
    asks(world)
    erase(world, person)
    assert world.counts == (0, 24)
    assert world.signature(WHO) is None
    rows = list(world.services.store.petitions.signatures(world.petition_id))
    (gone,) = [s for s in rows if s.anonymised_at]
    assert (gone.state, gone.name, gone.email) == (State.WITHDRAWN, "", "")
    world.deliver_all()
    assert left(world, EMAIL, NAME, key) == []
    # They hear of it once, and never again.
    assert [one.kind for one in world.letters(to=WHO)].count("data-erased") == 1
    assert "signature-withdrawn" not in [one.kind for one in world.letters(to=WHO)]
    request = world.services.store.privacy.request(person.id)
    assert request.state == "done"
    assert world.services.store.privacy.requests() == []


def test_on_a_petition_that_was_handed_in_the_signature_goes_on_counting(world):
    world.at("scheduled")
    person = account(world)
    token = world.token(WHO)
    asks(world)
    erase(world, person)
    assert world.counts == (0, 25)
    rows = list(world.services.store.petitions.signatures(world.petition_id))
    (gone,) = [s for s in rows if s.anonymised_at]
    assert gone.state == State.VERIFIED
    assert "erase" in world.commands("petition", world.petition_id)
    with pytest.raises(NotFoundError, match="no longer a signature under this link"):
        by_token(world.services, token)
    # The packet that is made now says why there is no name.
    world.do("staff", "packet.publish", world.meeting_id)
    (packet,) = world.packets
    content = packet_content(world.services, world.meeting, packet)
    names = [row["name"] for row in content["documents"][0]["roster"]]
    assert len(names) == 25
    assert names.count(ERASED) == 1
    assert NAME not in names


def test_one_that_staff_had_not_decided_is_in_nobodys_way(world):
    world.at("confirmed")
    world.sign("stranger", "Ona Stranger")
    world.deliver_all()
    world.confirm("stranger")
    world.do("rowan", "petition.submit", world.petition_id)
    person = account(world, "stranger", "Ona Stranger")
    assert world.counts == (1, 25)
    asks(world, "stranger")
    erase(world, person)
    assert world.counts == (0, 25)
    world.do("staff", "petition.verify", world.petition_id)


def test_between_submission_and_verification_it_is_withdrawn_so_that_nobody_counts_twice(world):
    world.at("submitted")
    person = account(world)
    asks(world)
    found = personal.gather(world.services, person)
    assert any("no longer counts" in line for line in erasure_plan.plan(world.services, found).goes)
    erase(world, person)
    assert world.counts == (0, 24)
    assert world.petition.submitted_with == 25
    (gone,) = [s for s in rows_of(world) if s.anonymised_at]
    assert (gone.state, gone.email) == (State.WITHDRAWN, "")
    # Sent back and opened anew with the same text, they sign like anybody, and count once.
    world.send_back()
    world.republish()
    world.sign(WHO, NAME)
    world.deliver_all()
    world.confirm(WHO)
    assert world.counts == (0, 25)


def test_no_other_signature_names_the_key_of_one_that_is_erased(world):
    world.at("collecting")
    # A member signs from elsewhere with their number, and then from the roster's address.
    entry = Entry(NAME, EMAIL, "Fell College", "77")
    roster = Roster(version=2, digest=digest_of([entry]), entries=1)
    world.services.store.rosters.store(roster, [entry])
    world.sign("away", NAME, member_number="77", email="away@example.net")
    world.deliver_all()
    world.sign(WHO, NAME)
    world.deliver_all()
    world.confirm("away@example.net")
    store = world.services.store.petitions
    away = store.signature(world.petition_id, signatory_key("away@example.net"))
    own = world.signature(WHO)
    assert (away.state, own.rival) == (State.VERIFIED, away.key)
    world.confirm(WHO)
    world.deliver_all()
    assert world.signature(WHO).rival == away.key
    person = Person(id=new_id(), name=NAME, email="away@example.net")
    unit = world.services.store.transaction()
    world.services.store.people.add(unit, person)
    unit.commit()
    perform(world.services, actor_for(person, world.services.today()), "data.ask-erasure")
    erase(world, person)
    world.deliver_all()
    # What the limits count by goes within hours.
    world.clock.forward(days=1)
    assert left(world, away.key, "away@example.net") == []
    assert world.signature(WHO).name == NAME


def test_a_second_signature_does_not_name_the_key_of_the_one_that_is_erased(world):
    world.at("confirmed")
    entry = Entry(NAME, EMAIL, "Fell College", "77")
    roster = Roster(version=2, digest=digest_of([entry]), entries=1)
    world.services.store.rosters.store(roster, [entry])
    key = world.signature(WHO).key
    world.sign("away", NAME, member_number="77", email="away@example.net")
    world.deliver_all()
    world.confirm("away@example.net")
    away = signatory_key("away@example.net")
    store = world.services.store.petitions
    assert store.signature(world.petition_id, away).rival == key
    person = account(world)
    asks(world)
    erase(world, person)
    world.deliver_all()
    world.clock.forward(days=1)
    assert store.signature(world.petition_id, away).rival == ""
    assert left(world, key) == []
    # It waits for staff still, and they may accept it now.
    waiting, _ = store.doubtful(world.petition_id, "", 9)
    assert [s.key for s in waiting] == [away]


def test_letters_that_were_given_up_or_put_off_go_and_the_last_one_comes(world):
    world.at("confirmed")
    person = account(world)
    store = world.services.store
    for name, due, to, days in (
        ("given-up", keys.DUE_STUCK, EMAIL, 1),
        ("put-off", keys.DUE_OUTBOX, EMAIL.upper(), 2),
        ("anothers", keys.DUE_STUCK, "other@example.org", 1),
    ):
        body = {"id": name, "kind": "vote-open", "to": to, "name": NAME, "data": {}}
        due_at = (world.clock() + timedelta(days=days)).isoformat()
        world.put(Item(*keys.letter(name), due=due, due_at=due_at, body=body))
    assert len(store.privacy.letters_to(EMAIL)) == 2
    asks(world)
    erase(world, person)
    kept = {pk for pk, sk in world.dump() if sk == "LETTER"}
    assert "OUTBOX#anothers" in kept
    assert not {"OUTBOX#given-up", "OUTBOX#put-off"} & kept
    assert [letter.kind for letter in store.privacy.letters_to(EMAIL)] == ["data-erased"]


def test_who_never_agreed_to_convene_is_named_nowhere_after_it_ended(world):
    world.at("draft")
    asked = [*TEXT["conveners"], {"name": NAME, "email": EMAIL, "institution": ""}]
    world.do("rowan", "petition.edit", world.petition_id, **{**TEXT, "conveners": asked})
    world.do("rowan", "petition.publish", world.petition_id)
    world.do("rowan", "petition.withdraw", world.petition_id, reason="")
    world.deliver_all()
    person = account(world)
    found = personal.gather(world.services, person)
    lines = erasure_plan.plan(world.services, found)
    assert any("The invitation to convene" in line for line in lines.goes)
    assert not any("The name as convener" in line for line in lines.stays)
    asks(world)
    erase(world, person)
    world.deliver_all()
    assert [c.name for c in world.petition.conveners] == ["Rowan Ibarra", "Noor Castellan"]
    assert left(world, EMAIL, NAME) == []


def test_staff_read_of_blocks_and_patterns_that_stay_and_the_person_does_not(world):
    world.at("confirmed")
    person = account(world)
    block = {"kind": "address", "pattern": EMAIL, "effect": "block", "reason": "A flood."}
    world.do("staff", "block.add", **block)
    world.do("staff", "block.add", **{**block, "pattern": "other@example.org", "reason": "Else."})
    for pattern in (f"{WHO[:3]}*@example.org", "*@example.org"):
        wanted = {
            "action": "set-aside",
            "address": pattern,
            "reason": "Asked for it.",
            "verified": True,
            "previewed_at": world.clock().isoformat(),
        }
        digest = bulk.preview(world.services, world.actor("staff"), wanted).digest
        world.do("staff", "signature.bulk", **wanted, digest=digest)
        world.deliver_all()
    found = personal.gather(world.services, person)
    told = erasure_plan.plan(world.services, found).stays
    for_staff = erasure_plan.for_staff(world.services, found).stays
    block_line, pattern_line = for_staff[len(told) :]
    assert "“A flood.”" in block_line
    assert "365 days after the block was lifted or ran out" in block_line
    assert f"“{WHO[:3]}*@example.org”" in pattern_line
    assert "183 days after the decision" in pattern_line
    assert not any("flood" in line or "block" in line.lower() for line in told)


def test_what_guards_against_made_up_signatures_is_not_handed_over(world):
    world.at("confirmed")
    account(world)
    (signature,) = data_of(world)["signatures"]
    assert not {"hold", "network"} & set(signature)


def test_the_account_is_blank_and_every_session_over(world):
    person = account(world)
    services = world.services
    sign_in.ask_for_link(services, "browser", {"email": EMAIL})
    world.deliver_all()
    link = world.letters("sign-in", to=WHO)[-1].token
    signed = sign_in.sign_in(services, link, "browser", "Firefox")
    asks(world)
    erase(world, person)
    assert sign_in.actor_of(services, signed.cookie) == (VISITOR, None)
    blank = services.store.people.get(person.id)
    assert (blank.name, blank.email, blank.institution) == ("", "", "")
    assert services.store.people.by_email(EMAIL) is None
    # The same address is a stranger's from now on.
    again = account(world)
    assert services.store.people.by_email(EMAIL).id == again.id


@pytest.mark.parametrize("nth_write", range(1, 9))
def test_a_crash_in_the_middle_is_gone_on_with(world, nth_write):
    world.at("confirmed")
    person = account(world)
    services = world.services
    sign_in.ask_for_link(services, "browser", {"email": EMAIL})
    world.deliver_all()
    link = world.letters("sign-in", to=WHO)[-1].token
    sign_in.sign_in(services, link, "browser", "Firefox")
    asks(world)
    world.deliver_all()
    try:
        with crash_before(nth_write):
            erase(world, person)
    except BaseException:  # noqa: BLE001 - it came to its end before that write
        assert nth_write > 5
    # Before the first write nothing was begun: staff press the button again.
    if services.store.privacy.request(person.id).state == "open":
        erase(world, person)
    nightly(services)
    world.deliver_all()
    assert services.store.privacy.request(person.id).state == "done"
    assert world.counts == (0, 24)
    assert left(world, EMAIL, NAME) == []
    assert len(world.letters("data-erased")) == 1


def test_staff_and_the_board_are_told_what_has_to_happen_first(world):
    world.at("collecting")
    for who, words in (
        ("staff", "on the staff"),
        ("director1", "seat on the Board"),
        ("rowan", "leads the petition"),
    ):
        person = world.person(who)
        asks(world, who)
        with pytest.raises(ConflictError, match=words):
            erase(world, person)
        assert world.services.store.privacy.request(person.id).state == "open"
        assert world.person(who).email


def test_a_lead_convener_can_go_once_the_petition_has_ended(world):
    world.at("carried")
    person = world.person("rowan")
    asks(world, "rowan")
    erase(world, person)
    petition, group = world.petition, world.group
    assert petition.conveners[0].name == "Rowan Ibarra"
    assert [c.email for c in petition.conveners][0] == ""
    # The group goes on, and somebody has to follow.
    assert [c.name for c in group.conveners] == ["Noor Castellan"]
    world.deliver_all()
    assert left(world, "rowan@example.org") == []
    world.events(f"GROUP#{group.id}")


def test_a_co_convener_is_taken_off_a_petition_that_goes_on(world):
    world.at("collecting")
    person = world.person("noor")
    asks(world, "noor")
    erase(world, person)
    assert [c.name for c in world.petition.conveners] == ["Rowan Ibarra"]
    world.deliver_all()
    assert left(world, "noor@example.org") == []
    # Its window still ends by itself.
    world.clock.now = world.petition.closes_at + timedelta(days=2)
    assert world.services.store.petitions.due(world.clock()) == [world.petition_id]


def test_refusing_needs_a_reason_and_writes_it(world):
    person = account(world)
    asks(world)
    with pytest.raises(ValidationError):
        world.do("staff", "data.refuse", person.id, reason=" ")
    world.do("staff", "data.refuse", person.id, reason="You sit on a committee.")
    world.deliver_all()
    (letter,) = world.letters("erasure-refused")
    assert "    You sit on a committee." in letter.text
    assert world.services.store.privacy.requests() == []
    assert world.person(WHO).name == NAME
    with pytest.raises(ConflictError, match="answered already"):
        erase(world, person)
    # They may ask again.
    assert asks(world).version == 3


def test_a_request_that_was_answered_is_deleted_after_a_year(world):
    person = account(world)
    asks(world)
    erase(world, person)
    item = world.dump()[f"PERSON#{person.id}", "ERASURE"]
    year = (world.clock() + timedelta(days=365)).timestamp()
    assert int(item["ttl"]["N"]) == int(year)


def test_nobody_erases_for_another(world):
    person = account(world)
    asks(world)
    for who in ("rowan", "president", WHO, ""):
        with pytest.raises(NotAllowedError):
            world.do(who, "data.erase", person.id)
        with pytest.raises(NotAllowedError):
            world.do(who, "data.refuse", person.id, reason="No.")
    with pytest.raises(NotFoundError):
        world.do("staff", "data.erase", "nobody")


# ------------------------------------------------------------------ In the Board's room


def test_what_somebody_sent_wrote_and_was_asked_is_found(world):
    world.at("published")
    account(world)
    data = {"kind": "discussion", "title": "A fund for travel", "background": "Few can come."}
    data |= {"questions": ["Who pays?"], "goal_area": TEXT["goal_area"], "note": "In a hurry."}
    sent = world.do(WHO, "document.send", world.meeting_id, **data)
    document = world.meeting.documents[0].document_id
    asked = world.do("director1", "document.ask", document, text="Who keeps the list?")
    answer = {"document": document, "question": asked.sequence, "text": "Fernwood College."}
    world.do("noor", "petition.answer", world.petition_id, **answer)
    found = data_of(world)
    (kept,) = found["documents_sent"]
    assert (kept["title"], kept["document_id"]) == ("A fund for travel", sent.id)
    assert (kept["meeting"], kept["state"]) == (world.meeting.title, "received")
    assert (kept["sent_at"], kept["note_to_staff"]) == (world.clock().isoformat(), "In a hurry.")
    (said,) = data_of(world, "noor")["written_about_documents"]
    assert (said["what"], said["text"]) == ("answer", "Fernwood College.")
    assert said["document"] == world.meeting.documents[0].title
    (question,) = data_of(world, "director1")["written_about_documents"]
    assert (question["what"], question["text"]) == ("question", "Who keeps the list?")


def test_comments_are_found_with_what_they_said_before_also_withdrawn_ones(world):
    world.at("published")
    document = world.meeting.documents[0].document_id
    text = {"section": "background", "text": "Who pays?"}
    number = world.do("director1", "document.comment", document, **text).sequence
    world.do("director1", "document.edit-comment", document, comment=number, text="Who pays it?")
    world.do("director1", "document.withdraw-comment", document, comment=number)
    world.do("director2", "document.comment", document, section="whole", text="Somebody else's.")
    (found,) = data_of(world, "director1")["written_about_documents"]
    assert (found["text"], found["earlier_texts"]) == ("Who pays it?", ["Who pays?"])
    assert (found["about"], bool(found["withdrawn_at"])) == ("Background", True)
    assert data_of(world, "staff")["written_about_documents"] == []


def test_ballots_recusals_and_motions_are_found(world):
    world.at("open")
    world.vote("director1", "yes")
    world.vote("director1", "no")
    world.recuse("director3")
    (mover,) = data_of(world, "director1")["motions"]
    assert (mover["moved"], mover["seconded"], mover["vote"]) == (True, False, "no")
    assert mover["earlier_ballots"][0].startswith("yes at")
    (recused,) = data_of(world, "director3")["motions"]
    assert (recused["vote"], recused["reason"]) == ("recused", "I convene it.")
    (seconder,) = data_of(world, "director2")["motions"]
    assert (seconder["seconded"], seconder["vote"]) == (True, "")
    assert data_of(world, "director4")["motions"] == []


def test_of_a_secret_vote_is_found_only_that_somebody_voted(world):
    world.at("seconded")
    world.do("president", "motion.open", world.motion_id, ballot="secret")
    world.vote("director4", "no")
    (found,) = data_of(world, "director4")["motions"]
    assert (found["vote"], found["voted_at"], found["earlier_ballots"]) == ("secret", None, [])


def test_the_plan_says_what_stays_of_the_boards_record_and_an_erasure_leaves_it(world):
    world.at("published")
    person = account(world)
    data = {"kind": "discussion", "title": "A fund for travel", "background": "Few can come."}
    data |= {"questions": ["Who pays?"], "goal_area": TEXT["goal_area"]}
    sent = world.do(WHO, "document.send", world.meeting_id, **data)
    world.do("director1", "motion.move", world.meeting_id, document="5.0")
    gathered = personal.gather(world.services, world.person(WHO))
    stays = " ".join(erasure_plan.plan(world.services, gathered).stays)
    assert "“A fund for travel” for Board I (received), with the name under it" in stays
    assert "Nobody will be notified about it any more." in stays
    mover = personal.gather(world.services, world.person("director1"))
    stays = " ".join(erasure_plan.plan(world.services, mover).stays)
    assert "motions moved or seconded, 1 in all" in stays
    asks(world)
    erase(world, person)
    kept = world.services.store.documents.get(sent.id)
    assert kept.sender.startswith(NAME)
    world.deliver_all()
    world.forget_letters()
    world.do("staff", "document.acknowledge", sent.id, complete=True)
    world.deliver_all()
    assert world.letters("document-acknowledged") == []
    assert [key for key in left(world, EMAIL) if not key[0].startswith("OUTBOX")] == []


def test_somebody_without_a_seat_is_found_without_a_look_at_every_motion(world):
    world.at("carried")
    account(world)
    seen = []
    with watching(lambda name, params: seen.append((name, str(params)))):
        data_of(world)
    assert seen
    assert not [params for name, params in seen if name == "Scan" or "MOTION" in params]
