"""One decision on many signatures: what is shown is what is hit, once each, and can be undone."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.domain.errors import ConflictError, NotAllowedError, ValidationError
from chalicelib.domain.people.people import VISITOR
from chalicelib.domain.signing.bulk import Count, Stage
from chalicelib.domain.signing.signature import Match, Signature, State, signatory_key
from chalicelib.domain.signing.signing import confirm, sign
from chalicelib.services.signing import bulk
from chalicelib.storage import keys
from tests.services.world import World

SPAM = "flood.example"
REASON = "A flood from one mail domain."


class Died(BaseException):
    """The worker's process is gone: nothing in it can catch this."""


def flood(world: World, count: int, confirmed: int = 0, domain: str = SPAM) -> list[str]:
    """So many signatures of one domain, the first of them confirmed; their addresses."""
    services, found = world.services, []
    for number in range(count):
        petition = world.petition if number < confirmed else None
        petition = petition or services.store.petitions.get(world.petition_id, fresh=False)
        email = f"bot{number:03d}@{domain}"
        found.append(email)
        new = Signature(
            petition_id=world.petition_id,
            key=signatory_key(email),
            name=f"Bot {number:03d}",
            email=email,
            institution="Nowhere",
            named=False,
            text_digest=petition.text_digest,
            edition=petition.edition,
            created_at=world.clock(),
        )
        stored = sign(petition, None, new, services.policy, world.clock())
        assert stored
        if number < confirmed:
            none = bulk.matching.find(services, petition, stored)
            stored = confirm(petition, stored, none, services.policy, world.clock())
            assert stored
        unit = services.store.transaction()
        store = services.store.petitions
        store.save_signature(unit, petition, None, replace(stored, letter=""), world.clock())
        unit.commit()
    return found


def asked(world: World, **changes: object) -> dict[str, object]:
    """What staff fill in."""
    states = {"pending": True, "held": True, "confirmed": True, "verified": True}
    data = {"action": "set-aside", "address": f"*@{SPAM}", "reason": REASON, "tell": True}
    return {**data, **states, **changes}


def look(world: World, **changes: object) -> bulk.Preview:
    return bulk.preview(world.services, world.actor("staff"), asked(world, **changes))


def begin(world: World, shown: bulk.Preview | None = None, **changes: object) -> str:
    """Staff look at the preview and confirm it; the action's id."""
    shown = shown or look(world, **changes)
    seen = {"previewed_at": shown.bulk.at.isoformat(), "digest": shown.digest}
    return str(world.do("staff", "signature.bulk", **asked(world, **changes), **seen).id)


def work(world: World, bulk_id: str) -> bulk.Bulk:
    """The worker has its turn."""
    bulk.carry_out(world.services, *keys.bulk(bulk_id))
    return found(world, bulk_id)


def found(world: World, bulk_id: str) -> bulk.Bulk:
    return bulk.by_bulk_id(world.services, bulk_id)


def signature(world: World, email: str) -> Signature:
    one = world.services.store.petitions.signature(world.petition_id, signatory_key(email))
    assert one, email
    return one


def states(world: World, emails: list[str]) -> Counter[str]:
    return Counter(signature(world, email).state.value for email in emails)


def recounted(world: World) -> tuple[int, int]:
    """The counts as the signatures themselves say."""
    every = list(world.services.store.petitions.signatures(world.petition_id))
    tally = Counter(one.state for one in every)
    return tally[State.CONFIRMED], tally[State.VERIFIED]


def test_many_are_set_aside_and_taken_back(world):
    world.at("confirmed")
    bots = flood(world, 24, confirmed=8)
    world.forget_letters()
    assert world.counts == (8, 25) == recounted(world)
    shown = look(world)
    assert (len(shown.targets), dict(shown.states)) == (24, {"pending": 16, "confirmed": 8})
    assert len(shown.rows) == 24
    before = {email: signature(world, email) for email in bots}
    made = begin(world, shown)
    # Nothing has happened yet but that it is on record.
    assert states(world, bots) == {"pending": 16, "confirmed": 8}
    done = work(world, made)
    assert (done.stage, done.done, done.skipped, done.place) == (Stage.DONE, 24, (), 24)
    assert states(world, bots) == {"invalidated": 24}
    assert world.counts == (0, 25) == recounted(world)
    decision = signature(world, bots[0]).decisions[-1]
    assert (decision.by, decision.reason, decision.batch) == (
        world.person("staff").name,
        REASON,
        made,
    )
    world.deliver_all()
    # Only those who had confirmed hear of it.
    assert world.told("signature-invalidated") == [
        ("signature-invalidated", email.partition("@")[0]) for email in bots[:8]
    ]
    assert work(world, made) == done

    world.do("staff", "signature.bulk-undo", made)
    undone = work(world, made)
    assert (undone.stage, undone.undone, undone.kept) == (Stage.UNDONE, 24, ())
    assert world.counts == (8, 25) == recounted(world)
    for email, was in before.items():
        now = signature(world, email)
        assert (now.state, now.match, now.confirmed_at) == (was.state, was.match, was.confirmed_at)
        assert [d.what for d in now.decisions] == ["set-aside", "undo"]
    world.deliver_all()
    assert len(world.letters("signature-restored")) == 8
    with pytest.raises(ConflictError):
        world.do("staff", "signature.bulk-undo", made)


def test_nobody_is_told_where_staff_do_not_want_it(world):
    world.at("confirmed")
    bots = flood(world, 3, confirmed=3)
    work(world, begin(world, tell=False))
    world.deliver_all()
    assert states(world, bots) == {"invalidated": 3}
    assert not world.letters("signature-invalidated")


@pytest.mark.parametrize(("at", "committed"), [(0, True), (3, False), (4, True), (8, False)])
def test_a_worker_that_dies_leaves_each_decided_once(world, monkeypatch, at, committed):
    world.at("confirmed")
    monkeypatch.setattr(bulk, "PIECE", 4)
    bots = flood(world, 9, confirmed=9)
    world.forget_letters()
    made = begin(world)
    real, calls = bulk.perform, []

    def dies(*arguments, **more):
        if len(calls) == at:
            if committed:
                real(*arguments, **more)
            raise Died
        calls.append(arguments)
        return real(*arguments, **more)

    monkeypatch.setattr(bulk, "perform", dies)
    with pytest.raises(Died):
        work(world, made)
    monkeypatch.setattr(bulk, "perform", real)
    # The claim holds until it runs out; then another worker goes on.
    assert work(world, made).stage == Stage.RUNNING
    world.clock.forward(seconds=bulk.LEASE_SECONDS + 1)
    done = work(world, made)
    assert (done.stage, done.done, done.skipped) == (Stage.DONE, 9, ())
    assert all(len(signature(world, email).decisions) == 1 for email in bots)
    assert world.counts == (0, 25) == recounted(world)
    world.deliver_all()
    assert Counter(world.told("signature-invalidated")).most_common(1)[0][1] == 1
    assert len(world.letters("signature-invalidated")) == 9


def test_undoing_that_is_cut_short_is_finished_by_the_next(world, monkeypatch):
    world.at("confirmed")
    monkeypatch.setattr(bulk, "PIECE", 4)
    flood(world, 9, confirmed=9)
    made = begin(world)
    work(world, made)
    world.do("staff", "signature.bulk-undo", made)
    real, calls = bulk.perform, []

    def dies(*arguments, **more):
        calls.append(real(*arguments, **more))
        if len(calls) == 7:
            raise Died
        return calls[-1]

    monkeypatch.setattr(bulk, "perform", dies)
    with pytest.raises(Died):
        work(world, made)
    monkeypatch.setattr(bulk, "perform", real)
    world.clock.forward(seconds=bulk.LEASE_SECONDS + 1)
    undone = work(world, made)
    assert (undone.stage, undone.undone, undone.kept) == (Stage.UNDONE, 9, ())
    assert world.counts == (9, 25) == recounted(world)


def test_a_worker_whose_time_is_over_hands_the_rest_on(world, monkeypatch):
    world.at("confirmed")
    monkeypatch.setattr(bulk, "PIECE", 4)
    bots = flood(world, 6)
    made = begin(world)
    nudged = []
    monkeypatch.setattr(type(world.services.queue), "nudge", lambda _, *key: nudged.append(key))
    real = bulk.perform

    def slow(*arguments, **more):
        world.clock.forward(seconds=50)
        return real(*arguments, **more)

    monkeypatch.setattr(bulk, "perform", slow)
    half = work(world, made)
    assert (half.stage, half.place, half.done) == (Stage.RUNNING, 4, 4)
    assert ("packets", *keys.bulk(made)) in nudged
    world.clock.forward(seconds=1)
    assert work(world, made).done == 6
    assert states(world, bots) == {"invalidated": 6}


def test_who_changes_between_the_preview_and_the_run(world):
    """One confirms, one is decided by hand, and some who are not hit sign or come to fit."""
    world.at("confirmed")
    for who in ("early", "hand", "waits"):
        world.sign(who, email=f"{who}@{SPAM}")
    world.deliver_all()
    world.confirm(f"hand@{SPAM}")
    world.deliver_all()
    shown = look(world, pending=True, confirmed=True)
    assert len(shown.targets) == 3
    made = begin(world, shown)
    # After the preview was confirmed, and before the worker comes.
    world.clock.forward(minutes=1)
    world.confirm(f"early@{SPAM}")
    target = f"{world.petition_id}/{signatory_key(f'hand@{SPAM}')}"
    world.do("staff", "signature.settle", target, accept=True, reason="A member.")
    world.sign("later", email=f"later@{SPAM}")
    world.deliver_all()
    done = work(world, made)
    # Who confirmed is in a state that was chosen; who was accepted is not pending any more, but
    # "verified" was chosen as well.
    assert done.done == 3
    assert signature(world, f"early@{SPAM}").state == State.INVALIDATED
    assert signature(world, f"later@{SPAM}").state == State.PENDING
    world.deliver_all()
    assert ("signature-invalidated", "early") in world.told()
    assert ("signature-invalidated", "waits") not in world.told()
    assert world.counts == recounted(world)


def test_what_fits_no_more_when_its_turn_comes_is_left(world):
    world.at("confirmed")
    for who in ("early", "gone", "waits"):
        world.sign(who, email=f"{who}@{SPAM}")
    world.deliver_all()
    made = begin(world, confirmed=False, verified=False, held=False)
    world.confirm(f"early@{SPAM}")
    world.do("", "signature.withdraw", world.token(f"gone@{SPAM}"))
    done = work(world, made)
    assert done.done == 1
    assert [(one.number, one.why) for one in done.skipped] == [(2, bulk.rules.CHANGED)]
    assert signature(world, f"early@{SPAM}").state == State.CONFIRMED


def test_a_preview_that_is_out_of_date_is_shown_again(world):
    world.at("confirmed")
    flood(world, 2)
    shown = look(world)
    target = f"{world.petition_id}/{signatory_key(f'bot000@{SPAM}')}"
    world.do("staff", "signature.settle", target, accept=False, reason="Spam.")
    with pytest.raises(ConflictError, match="since the preview"):
        begin(world, shown)
    # Who signs after it changes nothing: they are not hit.
    shown = look(world)
    world.clock.forward(seconds=1)
    world.sign("later", email=f"later@{SPAM}")
    assert work(world, begin(world, shown)).done == 1
    assert signature(world, f"later@{SPAM}").state == State.PENDING


def test_undoing_leaves_later_decisions_by_hand(world):
    world.at("confirmed")
    flood(world, 4, confirmed=4)
    made = begin(world)
    work(world, made)
    first, second = (f"{world.petition_id}/{signatory_key(f'bot00{n}@{SPAM}')}" for n in (0, 1))
    world.do("staff", "signature.settle", first, accept=True, reason="A member after all.")
    # This one was taken back by hand, then set aside by hand.
    world.do("staff", "signature.undo", second)
    world.do("staff", "signature.settle", second, accept=False, reason="Still not.")
    world.do("staff", "signature.bulk-undo", made)
    undone = work(world, made)
    assert (undone.undone, sum(one.number for one in undone.kept)) == (2, 2)
    assert signature(world, f"bot000@{SPAM}").state == State.VERIFIED
    assert signature(world, f"bot001@{SPAM}").state == State.INVALIDATED
    assert world.counts == (2, 26) == recounted(world)


def test_accepting_many_crosses_the_threshold(world):
    world.at("collecting")
    flood(world, 26, confirmed=26)
    shown = look(world, action="accept")
    assert len(shown.targets) == 26
    done = work(world, begin(world, action="accept"))
    assert (done.done, world.counts) == (26, (0, 26))
    assert world.petition.threshold_at
    match = signature(world, f"bot000@{SPAM}").match
    assert match == Match("staff", 1, by=world.person("staff").name, reason=REASON)
    world.deliver_all()
    assert len(world.letters("signature-verified")) == 26
    world.do("staff", "signature.bulk-undo", done.id)
    work(world, done.id)
    assert world.counts == (26, 0) == recounted(world)


def test_one_of_two_that_count_for_a_member_is_left_to_be_decided_by_hand(world):
    world.at("confirmed")
    zoe = world.signature("zoe")
    number = next(m for m in world.services.store.rosters.at_mailbox(1, zoe.key)).member_number
    world.sign("zoe2", zoe.name, email=f"zoe2@{SPAM}", member_number=number)
    world.deliver_all()
    world.confirm(f"zoe2@{SPAM}")
    shown = look(world, action="accept")
    assert (shown.targets, shown.rows[0].problem) == ((), bulk.rules.ONE_OF_TWO)
    with pytest.raises(ValidationError, match="another look"):
        begin(world, shown, action="accept")


def test_the_held_are_let_through_and_that_is_not_undone(world):
    world.at("collecting")
    for number in range(3):
        world.sign(f"bot{number}", email=f"bot{number}@{SPAM}", website="spam")
    assert look(world, action="release").states == (("held", 3),)
    made = begin(world, action="release")
    done = work(world, made)
    assert done.done == 3
    world.deliver_all()
    assert len(world.letters("signature-confirm")) == 3
    with pytest.raises(ConflictError, match="Reject them"):
        world.do("staff", "signature.bulk-undo", made)


def test_a_network_over_every_open_petition(world):
    world.at("confirmed")
    other = world.do("rowan", "petition.draft", kind="discussion-group")
    from tests.services.world import TEXT

    world.do("rowan", "petition.edit", other.id, **{**TEXT, "name": "Another Group"})
    world.do("rowan", "petition.publish", other.id)
    campus = replace(VISITOR, network="192.0.2.7")
    for petition_id in (world.petition_id, other.id):
        data = {"name": "Bot", "email": f"bot@{SPAM}", "institution": "N", "named": True}
        bulk.perform(world.services, campus, "signature.sign", petition_id, data)
    network = signature(world, f"bot@{SPAM}").network
    assert len(look(world, address="", network=network).targets) == 2
    assert len(look(world, address="", network=network, petition=other.id).targets) == 1
    assert look(world, address="", network="f" * 16).targets == ()
    done = work(world, begin(world, address="", network=network))
    assert (done.done, done.hit) == (2, 2)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"address": "*@*"}, "address"),
        ({"address": ""}, "address"),
        ({"action": "delete"}, "action"),
        ({"reason": " "}, "reason"),
        ({"reason": "x" * 2001}, "reason"),
        ({"petition": "none"}, "petition"),
        ({"pending": False, "held": False, "confirmed": False, "verified": False}, "states"),
    ],
)
def test_what_is_missing_is_named(world, changes, field):
    world.at("collecting")
    with pytest.raises(ValidationError) as error:
        look(world, **changes)
    assert set(error.value.errors) == {field}


def test_more_than_the_policy_bears_at_once_are_refused(world):
    world.at("collecting")
    limits = replace(world.services.policy.limits, bulk_signatures=4, bulk_looked_at=6)
    few = replace(world.services.policy, limits=limits)
    world.services = replace(world.services, policy=few)
    flood(world, 5)
    shown = look(world)
    assert (len(shown.targets), shown.not_all) == (5, False)
    with pytest.raises(ValidationError) as error:
        begin(world, shown)
    assert "At most 4" in error.value.errors["address"]
    flood(world, 9, domain="other.example")
    assert (look(world).looked_at, look(world).not_all) == (6, True)


def test_staff_alone_see_a_preview(world):
    world.at("collecting")
    for who in ("", "rowan", "president"):
        with pytest.raises(NotAllowedError):
            bulk.preview(world.services, world.actor(who), asked(world))


def test_past_actions_are_listed_with_what_came_of_them(world):
    world.at("confirmed")
    flood(world, 2)
    first = begin(world)
    work(world, first)
    world.clock.now += timedelta(minutes=1)
    flood(world, 1, domain="other.example")
    second = begin(world, address="*@other.example")
    rows = world.services.store.bulks.listed().rows
    assert [(row["id"], row["stage"], row["done"]) for row in rows] == [
        (second, "running", 0),
        (first, "done", 2),
    ]
    world.deliver_all()
    assert {row["stage"] for row in world.services.store.bulks.listed().rows} == {"done"}


def test_one_that_cannot_be_decided_keeps_none_of_the_others_waiting(world, monkeypatch):
    world.at("collecting")
    bots = flood(world, 5)
    made = begin(world)
    real, poisoned = bulk.perform, signatory_key(bots[2])

    def breaks(services, actor, name, target="", *more):
        if target.endswith(poisoned):
            raise RuntimeError("the item is too large")
        return real(services, actor, name, target, *more)

    monkeypatch.setattr(bulk, "perform", breaks)
    over = work(world, made)
    assert (over.stage, over.done) == (Stage.DONE, 4)
    assert over.skipped == (Count(bulk.FAULT, 1),)


def test_a_bulk_action_is_undone_after_the_window_too(world):
    world.at("confirmed")
    bots = flood(world, 3, confirmed=3)
    made = begin(world)
    work(world, made)
    world.clock.now = world.petition.closes_at
    world.clock.forward(hours=30)
    world.do("staff", "signature.bulk-undo", made)
    assert work(world, made).undone == 3
    assert states(world, bots) == {"confirmed": 3}
    assert world.counts == (3, 25) == recounted(world)
