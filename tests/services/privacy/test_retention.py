"""The nightly deletion: on its day and not before, once, whatever crashes, and without a trace."""

import json
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest

from chalicelib.domain.errors import ConflictError, NotFoundError
from chalicelib.domain.people.people import SYSTEM, Role, actor_for
from chalicelib.domain.privacy import retention as rules
from chalicelib.domain.roster.roster import Roster
from chalicelib.domain.signing.signature import State
from chalicelib.domain.times import add_days
from chalicelib.services import nightly
from chalicelib.services.commands import perform
from chalicelib.services.outbox import letters
from chalicelib.services.packets.content import given
from chalicelib.services.privacy import retention
from chalicelib.services.privacy.retention import delete_what_is_over
from chalicelib.services.roster import rosters
from chalicelib.services.signing import bulk
from chalicelib.services.signing.signing import by_token
from chalicelib.storage import keys
from chalicelib.storage.item import Item
from local.demo.people import address
from tests.services.aws import crash_before
from tests.services.world import SIGNERS, TEXT

SECOND = timedelta(seconds=1)
NAME, WHO, INSTITUTION = SIGNERS[4]


def ended(world):
    """A petition that the Board approved."""
    return world.at("carried")


def last_day(world):
    """The last moment at which the signatures are still kept."""
    _, events = world.services.store.petitions.read(world.petition_id, fresh=True)
    zone = world.services.policy.association.zone
    return add_days(rules.ended_at(events), 183, zone)


def signatures(world):
    return list(world.services.store.petitions.signatures(world.petition_id))


def kept_text(world, *but):
    """The table as text, as DynamoDB has it once it deleted what was to delete itself, without
    the people, the roster and the links of the demo.
    """
    now = world.clock().timestamp()
    return json.dumps(
        [
            (pk, sk, item)
            for (pk, sk), item in world.dump().items()
            if float(item.get("ttl", {}).get("N", now + 1)) > now
            and not pk.startswith(("PERSON#", "EMAIL#", "ROSTER", *but))
        ],
        ensure_ascii=False,
    )


def test_the_183rd_day_is_kept_and_the_184th_is_not(world):
    ended(world)
    world.clock.now = last_day(world)
    before = world.dump()
    assert delete_what_is_over(world.services).signatures == 0
    assert {k: v for k, v in world.dump().items() if k[0] != "ROSTER#1"} == {
        k: v for k, v in before.items() if k[0] != "ROSTER#1"
    }
    with pytest.raises(ConflictError, match="183 days"):
        perform(world.services, SYSTEM, "petition.anonymise", world.petition_id)
    world.clock.now += SECOND
    done = delete_what_is_over(world.services)
    assert (done.petitions, done.signatures, done.failed) == (1, 25, 0)


def test_nothing_personal_is_left_and_everything_else_is(world):
    ended(world)
    counts = world.counts
    was = signatures(world)
    key = world.signature(WHO).key
    assert address(WHO) in kept_text(world)
    assert NAME in kept_text(world)
    world.clock.now = last_day(world) + SECOND
    delete_what_is_over(world.services)

    text = kept_text(world)
    for signature in was:
        # A convener may have signed; the record of petitions names its conveners.
        if world.petition.convened_by(signature.email):
            continue
        assert signature.email not in text
        assert signature.name not in text
        assert signature.key not in text
    assert key not in text
    now = signatures(world)
    assert world.counts == counts
    assert sorted(s.state for s in now) == sorted(s.state for s in was)
    assert {(s.text_digest, s.edition) for s in now} == {(s.text_digest, s.edition) for s in was}
    assert sorted(s.match.how for s in now) == sorted(s.match.how for s in was)
    assert all(s.anonymised_at == world.clock.now for s in now)
    zone = world.services.policy.association.zone
    days = sorted(rules.local_date(s.confirmed_at, zone) for s in was)
    assert sorted(rules.local_date(s.confirmed_at, zone) for s in now) == days
    # Nobody is on the public list any more.
    listed = world.services.store.petitions.signed_publicly(world.petition, 100)
    assert listed.rows == []


def test_what_stays_on_record_is_the_digest_of_the_roster_in_the_packet(world):
    ended(world)
    (document,) = world.press.printed[-1]["documents"] if world.press.printed else (None,)
    before = given(world.services, world.petition)
    zone = world.services.policy.association.zone
    rows = rules.printed_roster([s for s in before if s.state == State.VERIFIED], zone)
    if document:
        assert document["roster"] == rows
    assert rows[0]["name"] == before[0].name
    world.clock.now = last_day(world) + SECOND
    delete_what_is_over(world.services)
    event = world.events(f"PETITION#{world.petition_id}")[-1]
    assert event.command == "anonymise"
    assert event.data == {
        "signatures": {"verified": 25},
        "verified": 25,
        "roster_digest": rules.roster_proof(rows),
        "erased_before": 0,
        "days": 183,
    }
    assert (event.before, event.after) == ("approved", "approved")
    assert world.petition.anonymised_at == world.clock.now


def test_signatures_that_never_counted_are_anonymised_too(world):
    world.at("collecting")
    world.sign_and_confirm("amara", "seun")
    world.sign("zoe", email="zoe.elsewhere@example.org", name="Zoë Elsewhere")
    world.deliver_all()
    perform(
        world.services, SYSTEM.having(Role.SIGNATORY), "signature.withdraw", world.token("seun")
    )
    world.do("rowan", "petition.withdraw", world.petition_id, reason="We found a group.")
    world.deliver_all()
    states = sorted(s.state for s in signatures(world))
    assert len(set(states)) == 3
    world.clock.forward(days=184)
    assert delete_what_is_over(world.services).signatures == 3
    assert sorted(s.state for s in signatures(world)) == states
    text = kept_text(world)
    assert "elsewhere" not in text.lower()
    event = world.events(f"PETITION#{world.petition_id}")[-1]
    assert event.data["signatures"] == dict.fromkeys(states, 1)


def test_a_second_run_changes_nothing(world):
    ended(world)
    world.clock.now = last_day(world) + SECOND
    delete_what_is_over(world.services)
    before = world.dump()
    world.clock.forward(days=1)
    done = delete_what_is_over(world.services)
    assert world.dump() == before
    assert (done.petitions, done.signatures) == (0, 0)


@pytest.mark.parametrize("nth_write", [1, 2, 3, 14, 26, 27])
def test_a_crash_in_the_middle_is_gone_on_with(world, nth_write):
    ended(world)
    world.clock.now = last_day(world) + SECOND
    counts = world.counts
    with crash_before(nth_write):
        delete_what_is_over(world.services)
    world.clock.forward(days=1)
    delete_what_is_over(world.services)
    found = signatures(world)
    assert len(found) == 25
    assert all(s.anonymised_at for s in found)
    assert world.counts == counts
    assert world.commands("petition", world.petition_id).count("anonymise") == 1
    assert world.services.store.privacy.being_anonymised() == []


def test_what_is_too_much_for_one_night_is_left_to_the_next(world, monkeypatch):
    ended(world)
    world.clock.now = last_day(world) + SECOND
    monkeypatch.setattr(retention, "SIGNATURES", 10)
    for expected in (10, 10, 5, 0):
        assert delete_what_is_over(world.services).signatures == expected
        world.clock.forward(days=1)
    assert all(s.anonymised_at for s in signatures(world))


def test_one_petition_that_fails_keeps_no_other_waiting(world, monkeypatch):
    ended(world)
    first = world.petition_id
    world.do("rowan", "petition.draft", kind="discussion-group")
    second = world.do("noor", "petition.draft", kind="discussion-group").id
    world.do("noor", "petition.edit", second, **{**TEXT, "lead_name": "Noor", "conveners": []})
    world.do("noor", "petition.publish", second)
    world.do("noor", "petition.withdraw", second, reason="")
    world.clock.now = last_day(world) + timedelta(days=2)
    real = retention.is_due

    def fails(services, petition_id):
        if petition_id == first:
            raise RuntimeError("this one")
        return real(services, petition_id)

    monkeypatch.setattr(retention, "is_due", fails)
    done = delete_what_is_over(world.services)
    assert (done.petitions, done.failed) == (1, 1)
    found = world.services.store.petitions.get(second)
    assert found.anonymised_at == world.clock.now


def test_one_signature_that_fails_keeps_no_other_waiting(world, monkeypatch):
    ended(world)
    world.clock.now = last_day(world) + SECOND
    key = world.signature(WHO).key
    real = retention.perform

    def fails(services, actor, name, target="", data=None):
        if target.endswith(key):
            raise RuntimeError("this one")
        return real(services, actor, name, target, data)

    monkeypatch.setattr(retention, "perform", fails)
    done = delete_what_is_over(world.services)
    assert (done.signatures, done.failed) == (24, 1)
    monkeypatch.setattr(retention, "perform", real)
    world.clock.forward(days=1)
    assert delete_what_is_over(world.services).signatures == 1
    assert all(s.anonymised_at for s in signatures(world))
    assert world.services.store.privacy.being_anonymised() == []


def test_an_old_link_says_on_which_day_the_data_were_deleted(world):
    ended(world)
    token = world.token(WHO)
    world.clock.now = last_day(world) + timedelta(days=1)
    delete_what_is_over(world.services)
    with pytest.raises(NotFoundError, match=r"were deleted on .* \d{4}, as the privacy page says"):
        by_token(world.services, token)


def test_a_petition_that_has_not_ended_is_left_alone(world):
    world.at("submitted").clock.forward(days=1000)
    before = signatures(world)
    assert delete_what_is_over(world.services).petitions == 0
    assert signatures(world) == before


def test_an_anonymous_signature_stands_whatever_roster_comes(world):
    world.at("verified")
    retention.erase_signature(world.services, world.petition_id, world.signature(WHO).key)
    assert world.counts == (0, 25)
    staff = world.actor("staff")
    digest = rosters.upload(world.services, staff, b"Name,Email\nAna,a@example.org")
    perform(world.services, staff, "roster.import", digest)
    rosters.carry_out(world.services, "ROSTER", "IMPORT")
    (gone,) = [s for s in signatures(world) if s.anonymised_at]
    assert gone.state == State.VERIFIED


def test_entries_of_a_superseded_roster_go_after_ninety_days_and_its_digest_stays(world):
    store = world.services.store
    old = store.rosters.get(1)
    new = Roster(version=2, digest="d" * 64, entries=0, imported_at=world.clock())
    store.rosters.store(new, [])
    zone = world.services.policy.association.zone
    world.clock.now = add_days(world.clock(), 90, zone)
    assert delete_what_is_over(world.services).roster_items == 0
    world.clock.now += SECOND
    assert delete_what_is_over(world.services).roster_items > old.entries
    left = [key for key in world.dump() if key[0].startswith("ROSTER#1")]
    assert left == [("ROSTER#1", "0#STATE")]
    assert store.rosters.get(1) == old
    assert delete_what_is_over(world.services).roster_items == 0


def test_a_large_roster_is_emptied_in_several_nights(world, monkeypatch):
    store = world.services.store
    store.rosters.store(Roster(version=2, imported_at=world.clock()), [])
    world.clock.forward(days=100)
    monkeypatch.setattr(retention, "ROSTER_ITEMS", 7)
    nights = 0
    while delete_what_is_over(world.services).roster_items:
        nights += 1
        assert nights < 200
    assert nights > 2
    assert [key for key in world.dump() if key[0].startswith("ROSTER#1")] == [
        ("ROSTER#1", "0#STATE")
    ]


def test_uploaded_files_go_after_thirty_days(world):
    person = world.person("staff")
    staff = actor_for(person, world.services.today())
    stored = datetime.now(UTC)
    digest = rosters.upload(world.services, staff, b"Name,Email\nAna,a@example.org")
    key = f"rosters/{digest}.csv"
    for kept in ("packets/one.pdf", "documents/one.pdf", "uploads/one.pdf", "parts/1.pdf"):
        world.services.files.put(kept, b"%PDF", "application/pdf")
    world.clock.now = stored + timedelta(days=30)
    assert delete_what_is_over(world.services).files == 0
    world.clock.now += timedelta(minutes=5)
    assert delete_what_is_over(world.services).files == 3
    assert not world.services.files.has(key)
    assert not world.services.files.has("parts/1.pdf")
    assert not world.services.files.has("uploads/one.pdf")
    assert world.services.files.has("documents/one.pdf")
    assert world.services.files.has("packets/one.pdf")


def test_letters_that_were_given_up_go_like_those_that_were_sent(world):
    world.at("collecting")
    world.post.broken = True
    world.do("rowan", "petition.withdraw", world.petition_id, reason="")
    for _ in range(12):
        for queue, pk, sk in world.services.store.outbox.waiting(world.clock()):
            assert queue == "mail"
            with suppress(ConnectionError):
                letters.deliver(world.services, pk, sk)
        world.clock.forward(hours=6)
    stuck = [k for k, v in world.dump().items() if v.get("due", {}).get("S") == "stuck"]
    assert stuck
    assert delete_what_is_over(world.services).letters == 0
    world.clock.forward(days=91)
    assert delete_what_is_over(world.services).letters == len(stuck)


def test_what_else_was_given_up_does_not_keep_letters_from_being_deleted(world, monkeypatch):
    long_ago = (world.clock() - timedelta(days=200)).isoformat()
    for number in range(5):
        key = keys.fan_out(f"job{number}")
        world.put(Item(*key, due=keys.DUE_STUCK, due_at=f"{long_ago}#{number}", body={}))
    letter = {"id": "late", "kind": "sign-in", "to": "ana@example.org", "name": "", "data": {}}
    later = (world.clock() - timedelta(days=100)).isoformat()
    world.put(Item(*keys.letter("late"), due=keys.DUE_STUCK, due_at=later, body=letter))
    monkeypatch.setattr(retention, "STUCK_LETTERS", 3)
    assert delete_what_is_over(world.services).letters == 1
    assert keys.letter("late") not in world.dump()


def test_lists_of_bulk_actions_and_blocks_that_are_over_go_too(world):
    world.at("confirmed")
    wanted = {
        "action": "set-aside",
        "address": address(WHO),
        "reason": "Asked for it.",
        "verified": True,
        "previewed_at": world.clock().isoformat(),
    }
    staff = world.actor("staff")
    digest = bulk.preview(world.services, staff, wanted).digest
    world.do("staff", "signature.bulk", **wanted, digest=digest)
    entry = {"kind": "domain", "pattern": "spam.example", "effect": "block", "reason": "Spam."}
    lifted = world.do("staff", "block.add", **entry).id
    world.do("staff", "block.add", **{**entry, "pattern": "more-spam.example"})
    world.do("staff", "block.lift", lifted)
    world.deliver_all()
    done = delete_what_is_over(world.services)
    assert (done.bulk_actions, done.blocks) == (0, 0)
    world.clock.forward(days=184)
    assert delete_what_is_over(world.services).bulk_actions == 1
    assert [key for key in world.dump() if key[0].startswith("BATCH#")] == []
    world.clock.forward(days=184)
    assert delete_what_is_over(world.services).blocks == 1
    # One that is in force stays, whatever its age.
    assert [e.pattern for e in world.services.store.blocks.all()] == ["more-spam.example"]


def test_the_night_does_everything_though_one_task_fails(world, monkeypatch):
    ended(world)
    world.clock.now = last_day(world) + SECOND

    def fails(_services):
        raise RuntimeError("no count tonight")

    tasks = [(name, fails if name == "recount" else task) for name, task in nightly.TASKS]
    monkeypatch.setattr(nightly, "TASKS", tasks)
    done = nightly.nightly(world.services)
    assert done["recount"] is None
    assert done["retention"].signatures == 25


def test_a_count_that_has_no_time_left_keeps_nothing_else_waiting(world, monkeypatch):
    ended(world)
    world.clock.now = last_day(world) + SECOND

    def dies(_services):
        raise KeyboardInterrupt

    tasks = [(name, dies if name == "recount" else task) for name, task in nightly.TASKS]
    monkeypatch.setattr(nightly, "TASKS", tasks)
    with pytest.raises(KeyboardInterrupt):
        nightly.nightly(world.services)
    assert all(s.anonymised_at for s in signatures(world))


def test_a_signature_is_anonymised_for_its_two_reasons_alone(world):
    world.at("confirmed")
    target = f"{world.petition_id}/{world.signature(WHO).key}"
    with pytest.raises(ConflictError, match="still kept"):
        perform(world.services, SYSTEM, "signature.anonymise", target)
    assert world.signature(WHO).name == NAME
