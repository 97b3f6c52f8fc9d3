"""What conveners do among themselves and for those who signed: each letter goes out once."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from chalicelib.domain.errors import ConflictError, NotAllowedError, NotFoundError
from chalicelib.domain.people.people import Person
from chalicelib.domain.signing.signature import State as Signed
from chalicelib.services.commands import perform
from chalicelib.services.outbox import letters
from chalicelib.services.petitions import conveners as petition_conveners
from chalicelib.services.petitions.petitions import petitions_of
from chalicelib.storage import keys
from local.demo.people import address
from tests.services.aws import watching
from tests.services.world import TEXT

ZOE = {"name": "Zoë Lindqvist", "email": "zoe@example.org", "institution": "Northgate State"}
BOTH = [*TEXT["conveners"], ZOE]


def name_zoe(world, step="draft"):
    """Names Zoë in the draft, who has an account and convenes nothing yet."""
    if step:
        world.at(step)
    else:
        world.send_back()
    unit = world.services.store.transaction()
    world.services.store.people.add(unit, Person(id="p-zoe", name="Zoë", email=address("zoe")))
    unit.commit()
    world.do("rowan", "petition.edit", world.petition_id, **{**TEXT, "conveners": BOTH})
    world.forget_letters()


def names(world):
    return [c.name for c in world.petition.acting]


# --- invitations


def test_who_is_typed_into_a_draft_is_asked_first(world):
    name_zoe(world)
    assert names(world) == ["Rowan Ibarra", "Noor Castellan"]
    with pytest.raises(NotAllowedError):
        world.do("zoe", "petition.edit", world.petition_id, **TEXT)
    world.do("noor", "petition.invite", world.petition_id)
    world.deliver_all()
    assert world.told() == [("convener-invitation", "zoe")]
    (letter,) = world.letters()
    assert f"/petitions/{world.petition_id}/invitation" in letter.text
    assert "Noor Castellan named you" in letter.text
    assert TEXT["charge"] in letter.text
    world.do("zoe", "petition.accept-invitation", world.petition_id)
    assert names(world) == ["Rowan Ibarra", "Noor Castellan", "Zoë Lindqvist"]
    world.do("zoe", "petition.edit", world.petition_id, **{**TEXT, "conveners": BOTH})
    world.do("zoe", "petition.publish", world.petition_id)
    world.deliver_all()
    assert world.told("petition-published") == [
        ("petition-published", who) for who in ("noor", "rowan", "zoe")
    ]


def test_an_edit_keeps_who_accepted_and_a_new_address_has_to_be_asked(world):
    world.at("draft")
    row = TEXT["conveners"][0]
    spelt = [{**row, "name": "N. Castellan", "email": "NOOR@Example.org"}]
    world.do("rowan", "petition.edit", world.petition_id, **{**TEXT, "conveners": spelt})
    assert names(world) == ["Rowan Ibarra", "N. Castellan"]
    moved = [{**row, "email": "noor.castellan@example.org"}]
    world.do("rowan", "petition.edit", world.petition_id, **{**TEXT, "conveners": moved})
    assert names(world) == ["Rowan Ibarra"]
    with pytest.raises(NotFoundError):
        world.do("noor", "petition.edit", world.petition_id, **TEXT)


def test_declining_takes_a_name_out_and_tells_the_lead_alone(world):
    name_zoe(world)
    world.do("rowan", "petition.invite", world.petition_id)
    world.do("zoe", "petition.decline-invitation", world.petition_id)
    world.deliver_all()
    assert world.told() == [("convener-invitation", "zoe"), ("invitation-declined", "rowan")]
    assert [c.name for c in world.petition.conveners] == ["Rowan Ibarra", "Noor Castellan"]
    assert world.services.store.petitions.convened_by("zoe@example.org") == []
    with pytest.raises(NotFoundError):
        world.do("zoe", "petition.accept-invitation", world.petition_id)


def test_nobody_is_written_to_more_than_three_times_whatever_the_conveners_do(world):
    name_zoe(world)
    for _ in range(2):
        world.do("rowan", "petition.invite", world.petition_id)
        with pytest.raises(ConflictError, match="a short while ago"):
            world.do("noor", "petition.invite", world.petition_id)
        world.clock.forward(hours=24)
    world.deliver_all()
    # Taken out and put in again: the letters that went out are not forgotten.
    world.do("rowan", "petition.edit", world.petition_id, **TEXT)
    world.do("rowan", "petition.edit", world.petition_id, **{**TEXT, "conveners": BOTH})
    world.do("rowan", "petition.invite", world.petition_id)
    world.clock.forward(days=3)
    with pytest.raises(ConflictError, match="3 times, which is the most"):
        world.do("rowan", "petition.invite", world.petition_id)
    world.do("rowan", "petition.publish", world.petition_id)
    world.deliver_all()
    assert world.told("convener-invitation") == [("convener-invitation", "zoe")] * 3
    assert len({letter.id for letter in world.letters()}) == len(world.letters())


def test_publishing_invites_those_who_were_not_and_no_others(world):
    name_zoe(world)
    yael = {"name": "Yael Morgenthau", "email": "yael@example.org"}
    world.do("rowan", "petition.invite", world.petition_id)
    world.clock.forward(days=2)
    conveners = [*BOTH, yael]
    world.do("rowan", "petition.edit", world.petition_id, **{**TEXT, "conveners": conveners})
    world.do("rowan", "petition.publish", world.petition_id)
    world.deliver_all()
    assert world.told() == [
        ("convener-invitation", "yael"),
        ("convener-invitation", "zoe"),
        ("petition-published", "noor"),
        ("petition-published", "rowan"),
    ]
    # Zoë may be invited again by now; Yael was just now.
    world.do("rowan", "petition.invite", world.petition_id)
    world.deliver_all()
    assert world.told("convener-invitation") == [
        ("convener-invitation", who) for who in ("yael", "zoe", "zoe")
    ]


def test_who_has_not_accepted_is_named_to_nobody_and_told_nothing(world):
    name_zoe(world)
    world.do("rowan", "petition.publish", world.petition_id)
    (row,) = world.services.store.petitions.in_state("collecting").rows
    assert row["conveners"] == ["Rowan Ibarra", "Noor Castellan"]
    world.deliver_all()
    world.forget_letters()
    world.do("rowan", "petition.withdraw", world.petition_id)
    world.deliver_all()
    assert world.told("petition-withdrawn") == [
        ("petition-withdrawn", "noor"),
        ("petition-withdrawn", "rowan"),
    ]
    with pytest.raises(ConflictError, match="withdrawn by now"):
        world.do("zoe", "petition.accept-invitation", world.petition_id)


def test_who_accepts_after_submission_is_in_the_packet_and_nobody_else_is(world):
    name_zoe(world.at("submitted"), "")
    thandiwe = {"name": "Thandiwe Mokoena", "email": "thandiwe@example.org"}
    world.republish(conveners=[*BOTH, thandiwe])
    world.do("rowan", "petition.submit", world.petition_id)
    world.do("zoe", "petition.accept-invitation", world.petition_id)
    assert world.counts == (0, 25)
    world.do("staff", "petition.verify", world.petition_id)
    world.ids["meeting"] = world.plan_meeting()
    world.schedule()
    world.do("staff", "packet.publish", world.meeting_id)
    world.deliver_all()
    (content,) = world.press.printed
    assert "Thandiwe" not in str(content)
    (document,) = content["documents"]
    convening_it = ["Rowan Ibarra", "Noor Castellan", "Zoë Lindqvist"]
    assert [c["name"] for c in document["petition"]["conveners"]] == convening_it
    assert len(document["action_form"]["submitted_by"]) == 3
    assert world.told("petition-scheduled") == [
        ("petition-scheduled", who) for who in ("noor", "rowan", "zoe")
    ]


def test_case_14_when_a_co_convener_accepts_or_declines_signatures_stand(world):
    name_zoe(world)
    world.do("rowan", "petition.publish", world.petition_id)
    world.sign_and_confirm("jose", "sian")
    digest, counts = world.petition.text_digest, world.counts
    world.do("zoe", "petition.accept-invitation", world.petition_id)
    assert (world.petition.text_digest, world.counts) == (digest, counts)
    assert counts[1] == 2
    world.sign_and_confirm("hana")
    assert world.counts[1] == 3


def test_a_petition_whose_co_convener_answered_still_runs_out(world):
    name_zoe(world)
    world.do("rowan", "petition.publish", world.petition_id)
    world.do("zoe", "petition.accept-invitation", world.petition_id)
    after = world.petition.closes_at + timedelta(hours=25)
    assert world.services.store.petitions.due(after) == [world.petition_id]


def test_an_acceptance_does_not_stop_who_is_writing_meanwhile(world):
    name_zoe(world)
    world.do("rowan", "petition.invite", world.petition_id)
    opened = world.petition.version
    world.do("zoe", "petition.accept-invitation", world.petition_id)
    typed = {**TEXT, "conveners": BOTH, "charge": "To go on writing."}
    world.do("rowan", "petition.edit", world.petition_id, **typed, version=opened)
    assert world.petition.text.charge == "To go on writing."
    assert names(world)[-1] == "Zoë Lindqvist"
    # But what somebody wrote, or a co-convener who left, is not written over.
    with pytest.raises(ConflictError, match="changed elsewhere"):
        world.do("noor", "petition.edit", world.petition_id, **TEXT, version=opened)
    with pytest.raises(ConflictError, match="changed elsewhere"):
        world.do("noor", "petition.edit", world.petition_id, **TEXT, version=10_000)


def test_a_declined_invitation_is_not_undone_by_an_old_form(world):
    name_zoe(world)
    world.do("rowan", "petition.invite", world.petition_id)
    opened = world.petition.version
    world.do("zoe", "petition.decline-invitation", world.petition_id)
    typed = {**TEXT, "conveners": BOTH, "charge": "To go on writing."}
    with pytest.raises(ConflictError, match="changed elsewhere"):
        world.do("rowan", "petition.edit", world.petition_id, **typed, version=opened)


def test_an_invitation_stands_in_the_invited_persons_account(world):
    name_zoe(world)
    mine = petitions_of(world.services, world.person("zoe"))
    assert [p.id for p in mine] == [world.petition_id]


def test_the_record_of_it_is_a_chain_without_addresses(world):
    name_zoe(world)
    world.do("rowan", "petition.invite", world.petition_id)
    world.do("zoe", "petition.accept-invitation", world.petition_id)
    assert world.commands("petition", world.petition_id)[-3:] == [
        "edit",
        "invite",
        "accept-invitation",
    ]
    events = world.events(keys.petition(world.petition_id))
    assert all("@" not in str(event.data) for event in events)
    # Events that no page shows cost no page anything.
    shown = world.services.store.petitions.read(world.petition_id, fresh=True)[1]
    assert [event.command for event in shown] == ["draft"]


def four(number):
    """Four co-conveners at addresses that nobody has named before."""
    return [{"name": f"Person {n}", "email": f"person{number}-{n}@example.org"} for n in range(4)]


def write_to_many(world, times):
    """Somebody names four addresses after four others in one draft, and invites each time."""
    for number in range(times):
        world.do("rowan", "petition.edit", world.petition_id, **{**TEXT, "conveners": four(number)})
        world.do("rowan", "petition.invite", world.petition_id)
    world.deliver_all()
    return len(world.letters("convener-invitation"))


def uninvited(world):
    return [c.name for c in world.petition.conveners if not c.accepted and not c.invited_at]


def without_counts(world):
    return {key: item for key, item in world.dump().items() if not key[0].startswith("LIMIT#")}


def test_nobody_writes_to_more_than_fifteen_a_day_by_naming_others_each_time(world):
    world.at("draft").forget_letters()
    # At the draft's step Noor was invited: one of today's fifteen.
    assert write_to_many(world, 4) == 14
    assert uninvited(world) == ["Person 2", "Person 3"]
    before = without_counts(world)
    with pytest.raises(
        ConflictError, match=r"15 invitations in a day.*from March 2, 2026, 6:00 p\.m"
    ):
        world.do("rowan", "petition.invite", world.petition_id)
    assert without_counts(world) == before
    # Another petition of the same person does not help, and does not stop being written.
    other = world.do("rowan", "petition.draft", kind="discussion-group")
    text = {**TEXT, "conveners": four(9)}
    world.do("rowan", "petition.edit", other.id, **text, version=other.version)
    with pytest.raises(ConflictError, match="15 invitations in a day"):
        world.do("rowan", "petition.invite", other.id)
    world.deliver_all()
    assert len(world.letters("convener-invitation")) == 14
    world.clock.forward(days=1)
    world.do("rowan", "petition.invite", other.id)
    world.do("rowan", "petition.invite", world.petition_id)
    world.deliver_all()
    # The two of before once more as well: a day has passed.
    assert len(world.letters("convener-invitation")) == 14 + 4 + 4
    assert uninvited(world) == []


def test_publishing_succeeds_though_no_more_can_be_invited_today(world):
    world.at("draft").forget_letters()
    sent = write_to_many(world, 4)
    world.do("rowan", "petition.publish", world.petition_id)
    world.deliver_all()
    assert world.petition.state == "collecting"
    assert len(world.letters("convener-invitation")) == sent
    assert uninvited(world) == ["Person 2", "Person 3"]
    world.clock.forward(days=1)
    world.do("rowan", "petition.invite", world.petition_id)
    assert uninvited(world) == []


def test_a_co_convener_has_a_days_invitations_of_their_own(world):
    name_zoe(world)
    counted = f"invitations#{world.person('rowan').id}"
    for _ in range(world.services.policy.invitations.a_day):
        world.services.store.limits.count(counted, world.clock(), 24 * 3600)
    with pytest.raises(ConflictError, match="15 invitations in a day"):
        world.do("rowan", "petition.invite", world.petition_id)
    world.do("noor", "petition.invite", world.petition_id)
    world.deliver_all()
    assert world.told() == [("convener-invitation", "zoe")]


def test_an_invitation_that_is_decided_anew_is_counted_once(world):
    name_zoe(world)
    meet = []

    def other(name, given):
        if name == "TransactWriteItems" and not meet:
            meet.append(name)
            world.do("noor", "petition.edit", world.petition_id, **{**TEXT, "conveners": BOTH})

    with watching(other):
        world.do("rowan", "petition.invite", world.petition_id)
    assert meet
    person = world.person("rowan").id
    (counted,) = world.services.store.limits.windows(
        f"invitations#{person}", world.clock(), 24 * 3600
    )
    # Noor and Zoë.
    assert counted[1] == 2


# --- reminders

PENDING = ("jose", "sian", "amadou")


def pending(world, *who):
    """A collecting petition that these people signed a day ago and did not confirm."""
    world.at("collecting")
    for one in who or PENDING:
        world.sign(one)
    world.deliver_all()
    world.clock.forward(hours=24)
    world.forget_letters()
    return world


def remind(world, who="rowan"):
    return world.do(who, "petition.remind", world.petition_id)


def test_each_who_has_not_confirmed_is_reminded_once(world):
    pending(world)
    world.sign("hana")
    world.deliver_all()
    world.forget_letters()
    world.do("rowan", "petition.remind", world.petition_id)
    assert world.deliver_all() == 4  # The job, and three letters.
    assert world.told() == [("signature-confirm", who) for who in sorted(PENDING)]
    assert world.signature("jose").letters == 2
    assert world.signature("hana").letters == 1
    world.confirm("jose")
    assert world.signature("jose").state in {Signed.CONFIRMED, Signed.VERIFIED}
    assert world.commands("petition", world.petition_id)[-1] == "remind"


def test_who_confirmed_withdrew_or_was_never_asked_is_left_in_peace(world):
    pending(world, "jose", "sian", "amadou")
    for who, change in (("sian", {"letters": 5}), ("amadou", {"state": Signed.WITHDRAWN})):
        old = world.signature(who)
        unit = world.services.store.transaction()
        new = replace(old, version=old.version + 1, **change)
        store = world.services.store.petitions
        store.save_signature(unit, world.petition, old, new, world.clock())
        unit.commit()
    remind(world)
    world.deliver_all()
    assert world.told() == [("signature-confirm", "jose")]


def test_a_job_that_is_done_twice_reminds_nobody_twice(world, monkeypatch):
    pending(world)
    remind(world)
    ((_, pk, sk),) = world.services.store.outbox.waiting(world.clock() + timedelta(days=1))
    done = []

    def dying(services, actor, name, target):
        if len(done) == 2:
            raise ConnectionError("the worker is gone")
        done.append(target)
        return perform(services, actor, name, target)

    monkeypatch.setattr(letters, "perform", dying)
    with pytest.raises(ConnectionError):
        letters.deliver(world.services, pk, sk)
    monkeypatch.setattr(letters, "perform", perform)
    world.clock.forward(minutes=10)
    world.deliver_all()
    assert world.told() == [("signature-confirm", who) for who in sorted(PENDING)]


def test_a_reminder_that_comes_after_its_signatory_confirmed_is_not_sent(world):
    world.at("collecting")
    world.sign("jose")
    world.deliver_all()
    world.clock.forward(hours=24)
    token = world.token("jose")
    remind(world)
    perform(world.services, world.actor(""), "signature.confirm", token)
    world.forget_letters()
    world.deliver_all()
    assert world.told() == [("signature-thanks", "jose")]


def test_too_soon_too_often_and_in_vain_are_refused_and_nothing_is_written(world):
    pending(world)
    remind(world)
    world.deliver_all()
    for days, words in ((0, "can be sent from"), (6, "can be sent from")):
        world.clock.forward(days=days)
        before = world.dump()
        with pytest.raises(ConflictError, match=words):
            remind(world, "noor")
        assert world.dump() == before
    world.clock.forward(days=1)
    remind(world, "noor")
    world.deliver_all()
    world.clock.forward(days=20)
    before = world.dump()
    with pytest.raises(ConflictError, match="2 times already"):
        remind(world)
    assert world.dump() == before
    assert world.told() == [("signature-confirm", who) for who in sorted(PENDING * 2)]


@pytest.mark.parametrize("hours", [0, 23])
def test_who_signed_just_now_is_nobody_to_remind(world, hours):
    world.at("collecting")
    world.sign("jose")
    world.deliver_all()
    world.clock.forward(hours=hours)
    before = world.dump()
    with pytest.raises(ConflictError, match="nobody to remind"):
        remind(world)
    assert world.dump() == before


def test_a_reminded_petition_still_runs_out(world):
    pending(world)
    remind(world)
    after = world.petition.closes_at + timedelta(hours=25)
    assert world.services.store.petitions.due(after) == [world.petition_id]


# --- progress


def test_progress_is_counted_from_the_signatures_of_the_present_text(world):
    world.at("collecting")
    world.sign_and_confirm("jose", "sian")
    world.clock.forward(days=2)
    world.sign_and_confirm("amadou")
    world.sign("hana")
    world.clock.forward(days=1)
    found = petition_conveners.progress(world.services, world.petition)
    assert found.days == [
        (date(2026, 3, 2), 2),
        (date(2026, 3, 3), 0),
        (date(2026, 3, 4), 1),
        (date(2026, 3, 5), 0),
    ]
    # Hana signed 24 hours ago, and her first letter has not gone out.
    assert (found.unconfirmed, found.to_remind) == (1, False)
    assert found.counted_at is None


def test_who_fills_in_the_form_sees_no_number_move(world):
    pending(world)
    before = petition_conveners.progress(world.services, world.petition)
    assert (before.unconfirmed, before.to_remind) == (3, True)
    # Somebody new, one who is held for staff, and one who had confirmed.
    world.sign("zoe")
    old = world.signature("zoe")
    unit = world.services.store.transaction()
    held = replace(old, state=Signed.HELD, letter="", hold="fast", version=old.version + 1)
    store = world.services.store.petitions
    store.save_signature(unit, world.petition, old, held, world.clock())
    unit.commit()
    world.sign("hana")
    world.deliver_all()
    assert petition_conveners.progress(world.services, world.petition) == before
    world.clock.forward(hours=23)
    assert petition_conveners.progress(world.services, world.petition).unconfirmed == 3
    # A day later both are in the one number, held or not.
    world.clock.forward(hours=1)
    assert petition_conveners.progress(world.services, world.petition).unconfirmed == 5


def test_signatures_of_an_earlier_text_are_not_in_the_chart(world):
    world.at("submitted").send_back()
    world.republish(charge="To do something else entirely.")
    world.deliver_all()
    assert petition_conveners.progress(world.services, world.petition).days == []
    world.confirm("zoe")
    found = petition_conveners.progress(world.services, world.petition)
    assert sum(n for _, n in found.days) == 1


def test_the_chart_of_many_shows_what_the_nightly_count_stored(world, monkeypatch):
    world.at("confirmed")
    monkeypatch.setattr(petition_conveners, "LIVE", 24)
    store = world.services.store
    found = petition_conveners.progress(world.services, world.petition)
    assert (found.unconfirmed, found.days) == (None, [])
    at = world.clock()
    kept = {"at": at.isoformat(), "edition": 1, "days": {"2026-03-12": 20, "2026-03-10": 5}}
    unit = store.transaction()
    store.petitions.save_history(unit, world.petition_id, kept)
    unit.commit()
    found = petition_conveners.progress(world.services, world.petition)
    assert found.days[:3] == [
        (date(2026, 3, 10), 5),
        (date(2026, 3, 11), 0),
        (date(2026, 3, 12), 20),
    ]
    assert (found.counted_at, found.to_remind) == (at, None)
    # What was counted of another edition is not shown for this one.
    unit = store.transaction()
    store.petitions.save_history(unit, world.petition_id, {**kept, "edition": 2})
    unit.commit()
    assert petition_conveners.progress(world.services, world.petition).days == []


def test_exactly_the_most_are_still_read_and_no_more_than_one_beyond(world, requests, monkeypatch):
    world.at("confirmed")
    monkeypatch.setattr(petition_conveners, "LIVE", 25)
    petition = world.petition
    requests.clear()
    found = petition_conveners.progress(world.services, petition)
    assert sum(n for _, n in found.days) == 25
    (query,) = [params for name, params in requests if name == "Query"]
    assert query["limit"] == 26
