"""Bad input at each command: nothing is written, and each wrong field is named."""

import pytest

from chalicelib.domain.errors import ConflictError, ValidationError
from tests.services.aws import at_once
from tests.services.world import TEXT

LIMITS_COMMENT = 2000
SIGN = {"name": "A", "email": "a@example.org", "institution": "B"}
MEETING = {"title": "T", "code": "C", "day": "2026-09-01", "time": "13:00", "place": "P"}


def refused(world, who, command, target, data):
    """The fields that are named when the command refuses; nothing is written."""
    before = world.dump()
    with pytest.raises(ValidationError) as caught:
        world.do(who, command, target, **data)
    assert world.dump() == before
    assert all(caught.value.errors.values())
    return set(caught.value.errors)


BAD_LINES = {
    "a control character": "Ab\x00c",
    "an escape": "Ab\x1b[31m",
    "a C1 control": "Ab\x85c",
    "a turned direction": "Ab\u202ec",
    "an isolated direction": "Ab\u2066c",
    "half a character": "Ab\ud800c",
    "a number": 5,
    "a list": ["a"],
    "nothing": None,
}


@pytest.mark.parametrize("field", ["name", "email", "institution", "member_number"])
@pytest.mark.parametrize("value", BAD_LINES.values(), ids=BAD_LINES.keys())
def test_a_signature_with_a_bad_line_is_refused_by_its_field(world, field, value):
    world.at("collecting")
    named = refused(world, "", "signature.sign", world.petition_id, {**SIGN, field: value})
    assert named == {field}


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({"name": ""}, {"name"}),
        ({"name": " \t "}, {"name"}),
        ({"name": "x" * 201}, {"name"}),
        ({"institution": "x" * 201}, {"institution"}),
        ({"institution": ""}, {"institution"}),
        ({"member_number": "1" * 41}, {"member_number"}),
        ({"email": ""}, {"email"}),
        ({"email": "nobody"}, {"email"}),
        ({"email": "a@b@example.org"}, {"email"}),
        ({"email": "a@example"}, {"email"}),
        ({"email": f"{'a' * 250}@example.org"}, {"email"}),
        ({"email": "a@example.org\nBcc: b@example.org"}, {"email"}),
        ({"email": "a@example.org, b@example.org"}, {"email"}),
        ({"named": "perhaps"}, {"named"}),
        ({"state": "verified"}, {"state"}),
        ({"email": "", "named": "perhaps"}, {"email", "named"}),
    ],
)
def test_a_bad_signature_is_refused_by_its_fields(world, changes, fields):
    world.at("collecting")
    named = refused(world, "", "signature.sign", world.petition_id, {**SIGN, **changes})
    assert named == fields


def test_a_signature_that_lacks_everything_names_everything(world):
    world.at("collecting")
    named = refused(world, "", "signature.sign", world.petition_id, {})
    assert named == {"name", "email", "institution"}


def test_case_17_a_name_in_any_script_is_kept_in_one_form(world):
    world.at("collecting")
    for number, name in enumerate(["Zoe\u0308 🦊", "محمد", "नमस्ते", "X", "名" * 200]):
        world.sign(f"person{number}", name=name)
        kept = world.signature(f"person{number}").name
        assert kept == (name if number else "Zo\u00eb 🦊")


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({"name": "x" * 121}, {"name"}),
        ({"charge": "x" * 1201}, {"charge"}),
        ({"background": "x" * 4001}, {"background"}),
        ({"background": "Ab\u202ec"}, {"background"}),
        ({"questions": ["q" * 301]}, {"questions-0"}),
        ({"questions": ["q"] * 9}, {"questions"}),
        ({"questions": "q"}, {"questions"}),
        ({"questions": ["ok", "Ab\x00"]}, {"questions-1"}),
        ({"goal_area": "World peace"}, {"goal_area"}),
        ({"lead_name": "x" * 201}, {"lead_name"}),
        ({"lead_institution": "x" * 201}, {"lead_institution"}),
        ({"conveners": [{"email": "b@example.org"}]}, {"conveners-0-name"}),
        ({"conveners": [{"name": "B", "email": "b"}]}, {"conveners-0-email"}),
        ({"conveners": [{"name": "B"}]}, {"conveners-0-email"}),
        ({"conveners": [{"name": "x" * 201, "email": "b@example.org"}]}, {"conveners-0-name"}),
        (
            {"conveners": [{"name": "B", "email": "b@example.org", "institution": "x" * 201}]},
            {"conveners-0-institution"},
        ),
        ({"conveners": [{"name": "B", "email": "ROWAN@example.org"}]}, {"conveners-0-email"}),
        (
            {"conveners": [{"name": "B", "email": f"b{n}@example.org"} for n in range(5)]},
            {"conveners"},
        ),
        ({"conveners": [{"name": "B", "role": "x"}]}, {"conveners-0-role"}),
        ({"verified": 25}, {"verified"}),
        ({"version": "new"}, {"version"}),
    ],
)
def test_a_bad_draft_is_refused_by_its_fields(world, changes, fields):
    world.at("draft")
    data = {**TEXT, **changes}
    assert refused(world, "rowan", "petition.edit", world.petition_id, data) == fields


def test_a_draft_edited_from_an_old_version_is_not_written_over(world):
    world.at("draft")
    version = world.petition.version
    world.do("rowan", "petition.edit", world.petition_id, **{**TEXT, "name": "In this tab"})
    before = world.dump()
    data = {**TEXT, "name": "In that tab", "version": version}
    with pytest.raises(ConflictError, match="changed elsewhere"):
        world.do("noor", "petition.edit", world.petition_id, **data)
    assert world.dump() == before


def test_two_tabs_that_save_one_version_at_once_do_not_write_over_each_other(world):
    world.at("draft")
    version = world.petition.version
    results = at_once(
        *[
            lambda n=n: world.do(
                "rowan", "petition.edit", world.petition_id, **{**TEXT, "name": n}, version=version
            )
            for n in ("One group", "Other group")
        ]
    )
    assert sum(isinstance(r, ConflictError) for r in results) == 1
    assert world.petition.version == version + 1


def test_an_unfinished_draft_is_kept_and_cannot_be_published(world):
    draft = world.do("rowan", "petition.draft", kind="discussion-group")
    world.do("rowan", "petition.edit", draft.id, name="x")
    assert refused(world, "rowan", "petition.publish", draft.id, {}) == {
        "name",
        "charge",
        "background",
        "goal_area",
        "conveners",
    }


@pytest.mark.parametrize("kind", ["", "club", "Ab\x00", None])
def test_a_kind_that_the_policy_lacks_is_refused(world, kind):
    assert refused(world, "rowan", "petition.draft", "", {"kind": kind}) == {"kind"}


@pytest.mark.parametrize(
    ("step", "who", "command", "data", "field"),
    [
        ("collecting", "rowan", "petition.withdraw", {"reason": "x" * 2001}, "reason"),
        ("submitted", "staff", "petition.return", {"comments": ""}, "comments"),
        ("submitted", "staff", "petition.return", {"comments": "x" * 2001}, "comments"),
        ("submitted", "staff", "petition.reject", {"code": "", "explanation": "x"}, "code"),
        ("submitted", "staff", "petition.reject", {"code": "odd", "explanation": "x"}, "code"),
        ("submitted", "staff", "petition.reject", {"code": "scope"}, "explanation"),
        (
            "submitted",
            "staff",
            "petition.reject",
            {"code": "scope", "explanation": "x" * 2001},
            "explanation",
        ),
    ],
)
def test_a_petition_is_ended_or_returned_with_words_that_fit(
    world, step, who, command, data, field
):
    world.at(step)
    assert refused(world, who, command, world.petition_id, data) == {field}


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({"accept": True}, "reason"),
        ({"accept": False, "reason": "x" * 2001}, "reason"),
        ({"accept": "perhaps", "reason": "x"}, "accept"),
        ({"reason": "x"}, "accept"),
        ({"accept": None, "reason": "x"}, "accept"),
    ],
)
def test_a_decision_on_a_signature_needs_its_reason(world, data, field):
    world.at("collecting").sign_and_confirm("stranger")
    target = f"{world.petition_id}/{world.signature('stranger').key}"
    assert refused(world, "staff", "signature.settle", target, data) == {field}


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"day": "2026-03-01"}, "day"),
        ({"day": "tomorrow"}, "day"),
        ({"day": "2026-02-30"}, "day"),
        ({"day": "9999-12-31", "time": "23:00"}, "day"),
        ({"day": None}, "day"),
        ({"time": "25:00"}, "time"),
        ({"title": ""}, "title"),
        ({"title": "x" * 121}, "title"),
        ({"code": "Ab\x00"}, "code"),
        ({"place": "x" * 121}, "place"),
    ],
)
def test_a_bad_meeting_is_refused_by_its_field(world, changes, field):
    assert refused(world, "staff", "meeting.plan", "", {**MEETING, **changes}) == {field}


def test_a_meeting_this_very_moment_is_no_meeting_to_come(world):
    assert refused(
        world, "staff", "meeting.plan", "", {**MEETING, "day": "2026-03-02", "time": "12:00"}
    ) == {"day"}


@pytest.mark.parametrize("number", ["", "5", "5.00", "05.0", "five", "1.0", "5.0\n6.0", "٥.٠"])
def test_a_document_number_is_written_as_the_association_writes_it(world, number):
    world.at("verified")
    data = {"meeting": world.plan_meeting(), "number": number}
    assert refused(world, "staff", "petition.schedule", world.petition_id, data) == {"number"}


def test_a_number_that_was_ever_used_is_taken(world):
    world.at("scheduled")
    taken = world.meeting_id
    world.send_back()
    world.republish()
    world.do("rowan", "petition.submit", world.petition_id)
    world.do("staff", "petition.verify", world.petition_id)
    data = {"meeting": taken, "number": "5.0"}
    assert refused(world, "staff", "petition.schedule", world.petition_id, data) == {"number"}
    world.do("staff", "petition.schedule", world.petition_id, meeting=taken, number="6.0")


@pytest.mark.parametrize("meeting", ["", "nothing", "x" * 500])
def test_a_petition_is_scheduled_for_a_meeting_that_there_is(world, meeting):
    world.at("verified")
    data = {"meeting": meeting, "number": "5.0"}
    assert refused(world, "staff", "petition.schedule", world.petition_id, data) == {"meeting"}


def test_a_meeting_that_has_begun_takes_no_document(world):
    world.at("verified")
    meeting = world.plan_meeting()
    world.clock.forward(days=60)
    before = world.dump()
    with pytest.raises(ConflictError, match="begun"):
        world.do("staff", "petition.schedule", world.petition_id, meeting=meeting, number="5.0")
    assert world.dump() == before


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        # The document's own motion is moved: no other wording is taken.
        ({"wording": "That the Board decline to establish it."}, "wording"),
        ({"document": "9.0"}, "document"),
        ({"document": None}, "document"),
    ],
)
def test_a_bad_motion_is_refused_by_its_field(world, changes, field):
    world.at("scheduled")
    data = {"document": "5.0", **changes}
    assert refused(world, "director1", "motion.move", world.meeting_id, data) == {field}


def test_a_motion_without_a_document_is_one_from_the_floor_and_needs_its_words(world):
    world.at("scheduled")
    fields = refused(world, "director1", "motion.move", world.meeting_id, {"document": ""})
    assert fields == {"title", "wording"}


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({}, "choice"),
        ({"choice": "maybe"}, "choice"),
        ({"choice": "recused"}, "choice"),
        ({"choice": "yes", "weight": "13"}, "weight"),
    ],
)
def test_a_bad_ballot_is_refused_by_its_field(world, data, field):
    world.at("open")
    assert refused(world, "director1", "motion.vote", world.motion_id, data) == {field}


@pytest.mark.parametrize("reason", ["", " ", "x" * 2001])
def test_a_recusal_is_refused_without_a_reason_or_with_too_much_of_it(world, reason):
    world.at("open")
    data = {"reason": reason}
    assert refused(world, "director1", "motion.recuse", world.motion_id, data) == {"reason"}


@pytest.mark.parametrize(
    ("command", "data", "fields"),
    [
        ("open", {"ballot": "loud"}, {"ballot"}),
        ("open", {"closes_day": "2020-01-01", "closes_time": "09:00"}, {"closes_day"}),
        ("open", {"closes_day": "2030-01-01"}, {"closes_time"}),
        ("open", {"closes_time": "09:00"}, {"closes_day"}),
        ("open", {"closes_day": "tomorrow"}, {"closes_day"}),
        ("call-virtual", {"ballot": "loud"}, {"ballot"}),
        ("call-virtual", {"no_discussion": "x" * 2001}, {"no_discussion"}),
    ],
)
def test_a_vote_that_cannot_be_opened_so_names_the_field(world, command, data, fields):
    world.at("seconded")
    assert refused(world, "president", f"motion.{command}", world.motion_id, data) == fields


@pytest.mark.parametrize("email", ["", "nobody", "a@b@example.org", "a\x00@example.org", None])
def test_a_sign_in_link_needs_an_address(world, email):
    assert refused(world, "", "session.request", "browser", {"email": email}) == {"email"}


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "x" * 201}, "name"),
        ({"name": "A", "institution": "x" * 201}, "institution"),
        ({"name": "A", "staff": True}, "staff"),
    ],
)
def test_a_bad_account_is_refused_by_its_field(world, data, field):
    assert refused(world, "rowan", "account.edit", "", data) == {field}
