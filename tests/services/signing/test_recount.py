"""The nightly count: finds what was tampered with, says so once, and puts nothing right alone."""

import logging

import pytest

from chalicelib.domain.errors import ConflictError, NotAllowedError
from chalicelib.domain.people.people import SYSTEM, Role
from chalicelib.domain.signing.recount import Count
from chalicelib.services.commands import perform
from chalicelib.services.nightly import nightly
from chalicelib.services.signing import recount
from chalicelib.services.signing.recount import recount_all
from chalicelib.storage import keys
from tests.services.aws import at_once, watching
from tests.services.world import TEXT


def tamper(world, confirmed=0, verified=0):
    """Moves the tally as no command does."""
    key = keys.petition(world.petition_id), keys.TALLY
    world.alter(key, {"confirmed": confirmed, "verified": verified})


def found(world):
    return world.services.store.privacy.recounted(world.petition_id)


def test_a_right_count_is_left_alone_and_noted(world):
    world.at("confirmed")
    done = recount_all(world.services)
    assert (done.counted, done.drifts, done.busy, done.failed) == (1, 0, 0, 0)
    assert found(world).counted == found(world).kept == Count(0, 25)
    assert not found(world).drift
    assert world.services.store.privacy.drifts() == []


def test_the_days_of_the_count_are_stored_for_the_chart(world):
    world.at("confirmed")
    recount_all(world.services)
    history = world.services.store.petitions.history(world.petition_id)
    assert sum(history["days"].values()) == 25
    assert history["edition"] == world.petition.edition
    assert history["at"] == world.clock().isoformat()


def test_a_drift_is_stored_logged_and_written_to_staff_once(world, caplog):
    world.at("confirmed").forget_letters()
    tamper(world, verified=2)
    with caplog.at_level(logging.ERROR):
        assert recount_all(world.services).drifts == 1
    (line,) = [r.getMessage() for r in caplog.records if "count of petition" in r.getMessage()]
    assert world.petition_id in line
    assert "@" not in line
    world.deliver_all()
    assert world.told("count-drift") == [("count-drift", "staff"), ("count-drift", "staff2")]
    assert "Shown: 27 verified and 0 confirmed. Counted: 25 verified" in world.post.sent[-1].text
    first = found(world)
    assert (first.counted, first.kept) == (Count(0, 25), Count(0, 27))
    # Nothing was put right by itself.
    assert world.counts == (0, 27)

    world.clock.forward(days=1)
    assert recount_all(world.services).drifts == 1
    world.deliver_all()
    assert len(world.letters("count-drift")) == 2
    assert found(world).at == world.clock()
    assert found(world).since == first.since
    (row,) = world.services.store.privacy.drifts()
    assert (row.petition_id, row.counted, row.kept) == (world.petition_id, (0, 25), (0, 27))

    # Another difference is news.
    tamper(world, confirmed=1)
    recount_all(world.services)
    world.deliver_all()
    assert len(world.letters("count-drift")) == 4


def test_staff_put_it_right_and_both_numbers_stand_in_the_record(world):
    world.at("confirmed")
    tamper(world, confirmed=3, verified=-1)
    recount_all(world.services)
    due = world.dump()[keys.petition(world.petition_id), keys.STATE]["due_at"]
    world.do("staff", "petition.mend-count", world.petition_id)
    assert world.counts == (0, 25)
    event = world.events(keys.petition(world.petition_id))[-1]
    assert event.command == "mend-count"
    assert event.data == {
        "before": {"confirmed": 3, "verified": 24},
        "after": {"confirmed": 0, "verified": 25},
    }
    assert world.services.store.privacy.drifts() == []
    # Its window still ends by itself.
    assert world.dump()[keys.petition(world.petition_id), keys.STATE]["due_at"] == due
    assert recount_all(world.services).drifts == 0
    with pytest.raises(ConflictError, match="The count is right"):
        world.do("staff", "petition.mend-count", world.petition_id)
    with pytest.raises(NotAllowedError):
        world.do("rowan", "petition.mend-count", world.petition_id)


def test_a_drift_that_went_away_is_not_shown_any_more(world):
    world.at("confirmed")
    tamper(world, verified=1)
    recount_all(world.services)
    tamper(world, verified=-1)
    assert recount_all(world.services).drifts == 0
    assert world.services.store.privacy.drifts() == []
    assert found(world).since is None


def between_page_and_tally(world, do, times):
    """Does something right after the signatures were read, so often."""
    left = [times]

    def watcher(name, params):
        if name == "Query" and "SIG#" in str(params) and left[0]:
            left[0] -= 1
            do()

    return watching(watcher)


def test_a_confirmation_during_the_count_is_no_drift(world):
    world.at("collecting")
    for who in ("amara", "seun", "zoe"):
        world.sign(who)
    world.deliver_all()
    waiting = ["amara", "seun", "zoe"]
    with between_page_and_tally(world, lambda: world.confirm(waiting.pop()), 2):
        done = recount_all(world.services)
    assert (done.counted, done.drifts, done.busy) == (1, 0, 0)
    assert sum(world.counts) == 2
    assert found(world).kept == found(world).counted
    assert world.letters("count-drift") == []


def test_a_petition_that_never_stands_still_is_left_to_the_next_night(world):
    world.at("collecting")
    with between_page_and_tally(world, lambda: tamper(world, verified=1), 99):
        done = recount_all(world.services)
    assert (done.counted, done.busy) == (0, 1)
    assert found(world) is None


def test_what_one_run_cannot_count_has_its_turn_in_the_next(world, monkeypatch):
    world.at("confirmed")
    first = world.petition_id
    second = world.do("noor", "petition.draft", kind="discussion-group").id
    text = {"lead_name": "Noor", "conveners": []}
    world.do("noor", "petition.edit", second, **{**TEXT, **text})
    world.do("noor", "petition.publish", second)
    ids = sorted([first, second])
    monkeypatch.setattr(recount, "SIGNATURES", 1)
    store = world.services.store
    # The one with signatures uses the run up; the other has its turn in the next.
    for _ in range(3):
        recount_all(world.services)
        world.clock.forward(days=1)
    assert all(store.privacy.recounted(one) for one in ids)


def two_petitions(world):
    """Two that take signatures; their ids as the count goes through them."""
    world.at("confirmed")
    second = world.do("noor", "petition.draft", kind="discussion-group").id
    world.do("noor", "petition.edit", second, **{**TEXT, "lead_name": "Noor", "conveners": []})
    world.do("noor", "petition.publish", second)
    return sorted([world.petition_id, second])


def test_one_that_ends_the_run_keeps_no_other_from_being_counted(world, monkeypatch):
    first, second = two_petitions(world)
    real = recount.rules.count

    def dies(petition, signatures, zone):
        if petition.id == first:
            raise KeyboardInterrupt
        return real(petition, signatures, zone)

    monkeypatch.setattr(recount.rules, "count", dies)
    for _ in range(2):
        with pytest.raises(KeyboardInterrupt):
            recount_all(world.services)
    assert world.services.store.privacy.recounted(second)


def test_the_run_ends_when_its_time_is_over_and_goes_on_from_there(world, monkeypatch):
    first, second = two_petitions(world)
    real = recount.rules.count

    def slow(petition, signatures, zone):
        world.clock.forward(minutes=6)
        return real(petition, signatures, zone)

    monkeypatch.setattr(recount.rules, "count", slow)
    done = recount_all(world.services)
    assert (done.counted, done.finished) == (1, False)
    assert world.services.store.privacy.recounted(second) is None
    recount_all(world.services)
    assert world.services.store.privacy.recounted(second)


def as_an_earlier_release_left_it(world, *who):
    """Signatures that wait for staff and stand in no queue."""
    for one in who:
        key = keys.signature(world.petition_id, world.signature(one).key)
        world.alter(key, due=None, due_at=None)


def test_what_waits_for_staff_and_stands_in_no_queue_is_put_there_once(world):
    world.at("collecting")
    world.sign_and_confirm("stranger", "other")
    before = world.dump()
    as_an_earlier_release_left_it(world, "stranger")
    store = world.services.store.petitions
    assert [s.email for s in store.doubtful(world.petition_id, "", 9)[0]] == ["other@example.org"]
    assert recount_all(world.services).queued == 1
    here, _ = store.doubtful(world.petition_id, "", 9)
    assert {s.email for s in here} == {"other@example.org", "stranger@example.org"}
    rows = {k: v for k, v in before.items() if k[1].startswith("SIG#")}
    assert {k: v for k, v in world.dump().items() if k[1].startswith("SIG#")} == rows
    writes = []
    with watching(lambda name, params: writes.append((name, str(params)))):
        assert recount_all(world.services).queued == 0
    assert [p for name, p in writes if name == "UpdateItem" and "SIG#" in p] == []


def test_one_that_staff_decide_during_the_count_is_put_in_no_queue(world):
    world.at("collecting")
    world.sign_and_confirm("stranger")
    as_an_earlier_release_left_it(world, "stranger")
    target = f"{world.petition_id}/{world.signature('stranger').key}"

    def decide():
        decision = {"accept": False, "reason": "Nobody knows her."}
        world.do("staff", "signature.settle", target, **decision)
        world.deliver_all()

    with between_page_and_tally(world, decide, 1):
        assert recount_all(world.services).queued == 0
    assert world.services.store.petitions.doubtful_count(world.petition_id, 9) == 0


def test_a_count_is_not_put_right_by_one_read_while_signatures_came_and_went(world, monkeypatch):
    world.at("collecting")
    for who in ("stranger", "other"):
        world.sign(who)
    world.deliver_all()
    first, last = sorted(("stranger", "other"), key=lambda who: world.signature(who).key)
    world.confirm(last)
    tamper(world, verified=2)
    store = world.services.store.petitions
    real, done = store.signatures, []

    def read(petition_id):
        yield next(real(petition_id))
        if not done:
            # The first was read; now it is confirmed, and the other is withdrawn.
            done.append(world.confirm(first))
            signatory = SYSTEM.having(Role.SIGNATORY)
            perform(world.services, signatory, "signature.withdraw", world.token(last))
        rest = real(petition_id)
        next(rest)
        yield from rest

    monkeypatch.setattr(store, "signatures", read)
    world.do("staff", "petition.mend-count", world.petition_id)
    assert world.counts == (1, 0)


def test_a_petition_that_does_not_stand_still_is_not_put_right(world):
    world.at("confirmed")
    tamper(world, verified=2)
    with (
        between_page_and_tally(world, lambda: tamper(world, verified=1), 99),
        pytest.raises(ConflictError, match="Try again in a minute"),
    ):
        world.do("staff", "petition.mend-count", world.petition_id)
    assert "mend-count" not in world.commands("petition", world.petition_id)


def test_one_that_fails_keeps_no_other_from_being_counted(world, monkeypatch):
    world.at("confirmed")
    real = recount.rules.count

    def fails(petition, signatures, zone):
        raise RuntimeError("this one")

    monkeypatch.setattr(recount.rules, "count", fails)
    assert recount_all(world.services).failed == 1
    monkeypatch.setattr(recount.rules, "count", real)
    assert nightly(world.services)["recount"].counted == 1


def test_nothing_is_counted_anew_once_it_is_over(world):
    world.at("carried")
    assert recount_all(world.services).counted == 0
    # A difference that was found before it was over can still be put right.
    tamper(world, verified=1)
    world.do("staff", "petition.mend-count", world.petition_id)
    assert world.counts == (0, 25)


def test_two_who_put_it_right_at_once_do_it_once(world):
    world.at("confirmed")
    tamper(world, verified=2)

    def mends():
        return world.do("staff", "petition.mend-count", world.petition_id)

    outcomes = at_once(mends, mends)
    assert sorted(isinstance(one, ConflictError) for one in outcomes) == [False, True]
    assert world.counts == (0, 25)
    assert world.commands("petition", world.petition_id).count("mend-count") == 1
