"""Signing stopped by staff for a time: nothing is written, nobody loses days by it."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from chalicelib.domain.errors import ConflictError, PausedError, ValidationError
from chalicelib.domain.people.people import VISITOR
from chalicelib.domain.petitions.petition import State
from chalicelib.domain.signing.signature import State as Signed
from chalicelib.services import sweep
from chalicelib.services.commands import perform
from chalicelib.services.signing import signing


@pytest.fixture
def paused(world):
    """A petition with one signature that counts and one that waits, paused a day ago."""
    world.at("collecting").sign_and_confirm("zoe")
    world.sign("jose")
    world.deliver_all()
    world.forget_letters()
    pause(world)
    world.deliver_all()
    world.clock.forward(days=1)
    return world


def pause(world, reason="Forty came within a minute."):
    return world.do("staff", "petition.pause", world.petition_id, reason=reason)


def resume(world):
    return world.do("staff", "petition.resume", world.petition_id)


def token(world, who):
    return signing.signature_token(world.services, world.signature(who))


def confirm(world, who, **seen):
    return signing.confirm_by_link(world.services, VISITOR, token(world, who), seen)


def withdraw(world, who):
    perform(world.services, VISITOR, "signature.withdraw", token(world, who))


def test_case_09_nothing_is_signed_or_confirmed_while_paused(paused):
    world = paused
    before = world.dump()
    for who in ("zoe", "jose", "sian"):
        with pytest.raises(PausedError):
            world.sign(who)
    with pytest.raises(PausedError):
        confirm(world, "jose")
    # What was confirmed before shows the same thanks as ever.
    assert confirm(world, "zoe").signature.state == Signed.VERIFIED
    assert world.dump() == before


def test_case_09_links_work_when_it_goes_on(paused):
    world = paused
    resume(world)
    confirm(world, "jose")
    world.sign("sian")
    assert world.counts == (0, 2)


def test_case_09_a_page_shown_before_the_pause_confirms_nothing_in_it(world):
    world.at("collecting").sign("jose")
    world.deliver_all()
    found = signing.by_token(world.services, token(world, "jose"))
    page = signing.snapshot(world.services, found)
    assert page
    pause(world)
    before = world.dump()
    with pytest.raises(PausedError):
        confirm(world, "jose", shown=page)
    assert world.dump() == before
    # No page carries one while signing is paused.
    assert (
        signing.snapshot(world.services, signing.by_token(world.services, token(world, "jose")))
        == ""
    )


def test_a_signature_can_be_taken_back_while_paused(paused):
    world = paused
    withdraw(world, "zoe")
    withdraw(world, "jose")
    assert world.counts == (0, 0)
    resume(world)
    assert world.counts == (0, 0)


def test_staff_decide_and_signatories_put_right_while_paused(paused):
    world = paused
    data = {"name": "Zoe Lindqvist", "institution": "Northgate", "named": False}
    signing.correct_by_link(world.services, VISITOR, token(world, "zoe"), data)
    assert world.signature("zoe").name == "Zoe Lindqvist"
    target = f"{world.petition_id}/{world.signature('zoe').key}"
    world.do("staff", "signature.settle", target, accept=False, reason="Not a member.")
    assert world.counts == (0, 0)
    world.do("staff", "signature.undo", target)
    assert world.counts == (0, 1)


def test_the_window_grows_by_the_pause(paused):
    world = paused
    closes = world.petition.closes_at
    world.clock.forward(hours=5)
    resume(world)
    # A day and five hours, to the end of that day in Chicago.
    zone = ZoneInfo(world.services.policy.association.zone)
    day = (closes + timedelta(days=1, hours=5)).astimezone(zone).date()
    assert world.petition.closes_at.astimezone(zone).isoformat()[:19] == f"{day}T23:59:59"
    world.clock.now = world.petition.closes_at
    world.sign("sian")
    world.deliver_all()
    world.clock.forward(hours=24)
    world.confirm("sian")
    assert world.counts == (0, 2)


def test_a_pause_after_the_closing_brings_back_its_late_hours_and_no_signing(world):
    world.at("collecting")
    world.sign("zoe")
    world.deliver_all()
    world.clock.now = world.petition.closes_at + timedelta(hours=10)
    pause(world)
    world.clock.forward(hours=20)
    resume(world)
    with pytest.raises(ConflictError, match="Signing closed"):
        world.sign("sian")
    world.clock.forward(hours=13)
    world.confirm("zoe")
    assert world.counts == (0, 1)


def test_the_sweep_ends_no_petition_while_it_is_paused(paused):
    world = paused
    world.clock.now = world.petition.closes_at + timedelta(days=30)
    for _ in range(2):
        sweep.sweep(world.services)
    assert world.petition.state == State.COLLECTING
    resume(world)
    sweep.sweep(world.services)
    assert world.petition.state == State.COLLECTING
    world.clock.now = world.petition.closes_at + timedelta(hours=25)
    sweep.sweep(world.services)
    assert world.petition.state == State.EXPIRED


def test_the_conveners_are_told_why_and_when_it_goes_on(paused):
    world = paused
    assert world.told() == [("petition-paused", "noor"), ("petition-paused", "rowan")]
    assert "Forty came within a minute." in world.letters("petition-paused")[0].text
    world.forget_letters()
    resume(world)
    world.deliver_all()
    assert world.told() == [("petition-resumed", "noor"), ("petition-resumed", "rowan")]
    assert world.commands("petition", world.petition_id)[-2:] == ["pause", "resume"]


def test_a_pause_needs_a_reason_and_is_not_doubled(world):
    world.at("collecting")
    with pytest.raises(ValidationError):
        pause(world, "")
    with pytest.raises(ConflictError, match="not paused"):
        resume(world)
    pause(world)
    with pytest.raises(ConflictError, match="paused already"):
        pause(world)


@pytest.mark.parametrize("end", ["submit", "withdraw", "reject"])
def test_a_pause_ends_with_the_collecting(world, end):
    world.at("confirmed")
    pause(world)
    if end == "reject":
        world.do("staff", "petition.reject", world.petition_id, code="scope", explanation="Out.")
    else:
        world.do("rowan", f"petition.{end}", world.petition_id)
    assert (world.petition.paused_at, world.petition.pause_reason) == (None, "")
    with pytest.raises(ConflictError) as refused:
        world.sign("sian")
    assert "paused" not in refused.value.message


def test_a_paused_petition_that_was_handed_in_and_returned_takes_signatures_again(world):
    world.at("confirmed")
    pause(world)
    world.do("rowan", "petition.submit", world.petition_id)
    world.send_back()
    world.republish()
    world.sign("stranger", email="stranger@elsewhere.example")
    world.deliver_all()
    world.confirm("stranger@elsewhere.example")
    assert world.counts == (1, 25)


def test_the_threshold_can_be_noted_while_paused(world):
    world.at("crossed")
    pause(world)
    sweep.sweep(world.services)
    assert world.petition.threshold_at is not None
    closes = world.petition.closes_at
    world.clock.now = closes + timedelta(days=3)
    sweep.sweep(world.services)
    assert world.petition.state == State.COLLECTING
