"""Texts that were signed are kept, shown to who is asked again, and corrected in small ways."""

import pytest

from chalicelib.domain.checks.diffs import Kind
from chalicelib.domain.errors import ConflictError, ValidationError
from chalicelib.domain.people.people import VISITOR
from chalicelib.domain.petitions.text import digest_of_text
from chalicelib.domain.signing.signature import stands_for
from chalicelib.services.commands import perform
from chalicelib.services.petitions.texts import since_signed, versions
from chalicelib.services.signing.signing import by_token, confirm_by_link
from chalicelib.services.sweep import sweep
from chalicelib.storage import keys
from chalicelib.storage.conditions import begins_with
from chalicelib.storage.table import Delete
from tests.services.aws import at_once
from tests.services.world import SIGNERS, TEXT

FIRST, SECOND = "zoe", "tariq"
TENSE = TEXT["background"].replace("run", "ran")
OTHER_CHARGE = "To share what it takes to write openly licensed textbooks, and to fund them."


def correct(world, **changes):
    text = {name: TEXT[name] for name in ("name", "charge", "background", "questions")}
    data = {**text, "reason": "The wrong tense.", **(changes or {"background": TENSE})}
    return world.do("staff", "petition.correct", world.petition_id, **data)


def versions_of(world):
    petition, events = world.services.store.petitions.read(world.petition_id, fresh=True)
    return versions(world.services, petition, events)


def since(world, who):
    return since_signed(world.services, by_token(world.services, world.token(who)))


def kept(world, digest):
    return world.services.store.petitions.text(world.petition_id, digest)


def exact(world):
    """The counts as the rows themselves give them."""
    rows = world.services.store.petitions.signatures(world.petition_id)
    standing = [s.state for s in rows if stands_for(s, world.petition)]
    return standing.count("confirmed"), standing.count("verified")


def send_back_and_change(world, **changes):
    """The petition returns from staff and is opened again; letters are sent."""
    if world.petition.state == "collecting":
        world.do("rowan", "petition.submit", world.petition_id)
    world.send_back()
    world.republish(**changes)
    world.deliver_all()


# Keeping


def test_a_text_is_kept_from_the_moment_it_is_open_for_signatures(world):
    world.at("draft")
    assert world.services.store.petitions.texts(world.petition_id) == {}
    world.at("collecting")
    text = kept(world, world.petition.text_digest)
    assert digest_of_text(world.petition.kind, text) == world.petition.text_digest
    assert (text.charge, text.stakeholders) == (TEXT["charge"], "")
    assert kept(world, "0" * 64) is None


def test_the_text_of_every_signature_can_be_read_for_ever(world):
    world.at("crossed")
    correct(world)
    world.sign_and_confirm("rowan")
    send_back_and_change(world, charge=OTHER_CHARGE)
    world.confirm(SECOND)
    rows = list(world.services.store.petitions.signatures(world.petition_id))
    assert len({s.text_digest for s in rows}) == 3
    for signature in rows:
        text = kept(world, signature.text_digest)
        assert digest_of_text(world.petition.kind, text) == signature.text_digest


def test_the_petitions_page_reads_no_kept_text(world):
    world.at("confirmed")
    page = list(world.table.query(keys.petition(world.petition_id), begins_with(keys.PAGE)))
    assert page
    assert not [record.sk for record in page if record.sk.startswith(keys.TEXT_KEPT)]


# Asking again


def test_who_is_asked_again_is_told_what_changed(world):
    world.at("submitted")
    send_back_and_change(world, charge=OTHER_CHARGE)
    found = since(world, FIRST)
    assert found.known
    assert [change.field for change in found.changes] == ["charge"]
    removed = [s.text for s in found.changes[0].segments if s.kind == Kind.REMOVED]
    assert removed == ["find, adopt and keep up"]
    world.confirm(FIRST)
    assert since(world, FIRST) is None
    assert world.counts == exact(world) == (0, 1)


def test_who_did_not_answer_is_shown_what_changed_since_their_own_text(world):
    world.at("submitted")
    send_back_and_change(world, charge=OTHER_CHARGE)
    for _, who, _ in SIGNERS[1:]:
        world.confirm(who)
    world.sign_and_confirm("rowan")
    send_back_and_change(world, charge=OTHER_CHARGE, questions=["Who pays?"])
    assert [change.field for change in since(world, FIRST).changes] == ["charge", "questions"]
    assert [change.field for change in since(world, SECOND).changes] == ["questions"]


def test_a_text_changed_and_changed_back_asks_again_and_says_so(world):
    world.at("submitted")
    signed = world.petition.text_digest
    send_back_and_change(world, charge=OTHER_CHARGE)
    for _, who, _ in SIGNERS[1:]:
        world.confirm(who)
    world.sign_and_confirm("rowan")
    send_back_and_change(world)
    assert world.petition.text_digest == signed == world.signature(FIRST).text_digest
    assert world.counts == exact(world) == (0, 0)
    found = since(world, FIRST)
    assert (found.known, found.changes) == (True, [])
    world.confirm(FIRST)
    assert world.counts == exact(world) == (0, 1)


def test_where_the_signed_text_was_not_kept_it_says_so(world):
    world.at("submitted")
    forget_text(world, world.petition.text_digest)
    send_back_and_change(world, charge=OTHER_CHARGE)
    found = since(world, FIRST)
    assert (found.known, found.changes) == (False, [])
    first, again = versions_of(world)
    assert (first.known, again.known, again.changes) == (True, False, [])


def forget_text(world, digest):
    """As a petition of an older release, whose texts were not kept."""
    world.table.write(Delete(keys.text_kept(world.petition_id, digest)))


def test_who_signs_for_the_first_time_is_shown_no_change(world):
    world.at("collecting").sign(FIRST)
    world.deliver_all()
    assert since(world, FIRST) is None


def test_who_signed_and_did_not_confirm_is_shown_a_correction_made_since(world):
    world.at("collecting").sign(FIRST)
    world.deliver_all()
    correct(world)
    assert [change.words for change in since(world, FIRST).changes] == [1]
    world.confirm(FIRST)
    assert world.signature(FIRST).text_digest == world.petition.text_digest


# Correcting


def test_a_correction_keeps_every_signature_and_asks_nobody(world):
    world.at("confirmed")
    before, counts = world.petition, world.counts
    world.forget_letters()
    correct(world)
    world.deliver_all()
    after = world.petition
    assert (after.text.background, after.edition) == (TENSE, before.edition)
    assert after.text.goal_area == TEXT["goal_area"]
    assert after.text_digest == digest_of_text(after.kind, after.text) != before.text_digest
    assert world.counts == counts == exact(world) == (0, len(SIGNERS))
    assert world.told() == [("petition-corrected", "noor"), ("petition-corrected", "rowan")]
    letter = world.letters("petition-corrected", to="rowan")[0].text
    assert "Background: “run” became “ran”." in letter
    assert "The wrong tense." in letter
    assert f"/petitions/{world.petition_id}/changes" in letter
    assert world.commands("petition", world.petition_id)[-1] == "correct"


def test_who_signs_before_and_who_signs_after_both_count_with_what_they_saw(world):
    world.at("collecting").sign_and_confirm(FIRST)
    before = world.petition.text_digest
    correct(world)
    after = world.petition.text_digest
    world.sign_and_confirm(SECOND)
    assert world.signature(FIRST).text_digest == before != after
    assert world.signature(SECOND).text_digest == after
    assert world.counts == exact(world) == (0, 2)
    # The link followed once more changes nothing, and a name can still be taken back.
    world.confirm(FIRST)
    assert world.signature(FIRST).text_digest == before
    world.do("", "signature.withdraw", world.token(FIRST))
    assert world.counts == exact(world) == (0, 1)


def test_signatures_given_before_a_correction_stand_when_the_same_text_comes_back(world):
    world.at("crossed")
    correct(world)
    world.sign_and_confirm("rowan")
    total = len(SIGNERS) + 1
    world.forget_letters()
    send_back_and_change(world, background=TENSE)
    assert world.petition.edition == 1
    assert world.counts == exact(world) == (0, total)
    assert not world.letters("ask-again")
    world.sign_and_confirm("noor")
    world.do("", "signature.withdraw", token_of(world, FIRST))
    assert world.counts == exact(world) == (0, total)


def token_of(world, who):
    signature = world.signature(who)
    return world.services.tokens.make("signature", signature.petition_id, signature.key)


def test_a_correction_taken_back_by_the_conveners_asks_everybody_again(world):
    world.at("crossed")
    correct(world)
    send_back_and_change(world)
    assert world.petition.edition == 2
    assert world.counts == exact(world) == (0, 0)
    assert len(world.letters("ask-again")) == len(SIGNERS)


def test_a_confirmation_from_a_page_opened_before_a_correction_counts(world):
    world.at("collecting").sign(FIRST)
    world.deliver_all()
    seen = {"edition": world.petition.edition, "version": world.signature(FIRST).version}
    correct(world)
    confirm_by_link(world.services, VISITOR, world.token(FIRST), seen)
    assert world.signature(FIRST).text_digest == world.petition.text_digest
    assert world.counts == exact(world) == (0, 1)


def test_a_correction_and_a_confirmation_at_once_lose_neither(world):
    world.at("collecting").sign(FIRST)
    world.deliver_all()
    token = world.token(FIRST)
    at_once(
        lambda: correct(world),
        lambda: perform(world.services, VISITOR, "signature.confirm", token),
    )
    assert world.petition.text.background == TENSE
    assert world.counts == exact(world) == (0, 1)
    assert kept(world, world.signature(FIRST).text_digest)


def test_two_corrections_from_one_page_make_one(world):
    world.at("collecting")
    digest = world.petition.text_digest
    correct(world, background=TENSE, text_digest=digest)
    with pytest.raises(ConflictError, match="changed since you opened"):
        correct(world, charge=TEXT["charge"].replace("find", "seek"), text_digest=digest)
    assert world.petition.text.background == TENSE


def test_a_correction_beyond_the_limit_changes_nothing(world):
    world.at("confirmed")
    before = world.dump()
    with pytest.raises(ValidationError) as refused:
        correct(world, charge=OTHER_CHARGE, background=TENSE.replace("Many", "Few"))
    assert "asking the signatories again" in refused.value.errors[""]
    assert world.dump() == before


def test_a_corrected_petition_still_runs_out_in_its_time(world):
    world.at("collecting")
    correct(world)
    world.clock.now = world.petition.closes_at
    world.clock.forward(days=2)
    sweep(world.services)
    assert world.petition.state == "expired"


@pytest.mark.parametrize("step", ["submitted", "verified"])
def test_a_correction_while_staff_work_on_it_changes_no_state(world, step):
    world.at(step)
    correct(world)
    assert (world.petition.state, world.counts) == (step, exact(world))
    if step == "submitted":
        world.do("staff", "petition.verify", world.petition_id)
    world.ids["meeting"] = world.plan_meeting()
    world.schedule()
    world.do("staff", "packet.publish", world.meeting_id)
    world.deliver_all()
    [document] = world.press.printed[-1]["documents"]
    assert TENSE in document["petition"]["background"]
    assert len(document["roster"]) == len(SIGNERS)


def test_the_record_of_the_text_tells_every_version_in_order(world):
    world.at("crossed")
    correct(world)
    send_back_and_change(world, background=TENSE)
    send_back_and_change(world, background=TENSE, charge=OTHER_CHARGE)
    first, corrected, same, changed = versions_of(world)
    assert (first.first, first.changes) == (True, [])
    assert (corrected.correction, corrected.words) == ("The wrong tense.", 1)
    assert [change.field for change in corrected.changes] == ["background"]
    assert (same.same, same.changes, same.digest) == (True, [], corrected.digest)
    assert [change.field for change in changed.changes] == ["charge"]
    assert (changed.same, changed.first, changed.correction) == (False, False, "")
