"""Importing a roster: what files are read, what they change, and that nothing is lost."""

import logging

import pytest

from chalicelib.domain.errors import ConflictError, NotAllowedError, NotFoundError, ValidationError
from chalicelib.domain.people.people import SYSTEM, actor_for
from chalicelib.domain.policy.rules import load
from chalicelib.services.commands import perform
from chalicelib.services.roster import roster_csv, rosters
from tests.services.aws import Crash

LIMITS = load().limits


def csv(*lines, encoding="utf-8"):
    return "\r\n".join(lines).encode(encoding)


@pytest.mark.parametrize(
    ("content", "first"),
    [
        (
            csv("Name,Email", "Zoë Lindqvist,zoe@example.org"),
            ("Zoë Lindqvist", "zoe@example.org", "", ""),
        ),
        (
            csv("E-Mail;Nachname;Surname;First name;Member ID", "a@example.org;x;Ryū;Aki;7"),
            ("Aki Ryū", "a@example.org", "", "7"),
        ),
        (
            csv(
                "Institution\tEmail Address\tFull Name",
                "Caf\u00e9 Lib\ta@example.org\tAna",
                encoding="cp1252",
            ),
            ("Ana", "a@example.org", "Café Lib", ""),
        ),
        (
            b"\xef\xbb\xbf" + csv('"Name","Email"', '"Hall, Ana","a@example.org"'),
            ("Hall, Ana", "a@example.org", "", ""),
        ),
    ],
)
def test_exports_of_many_kinds_are_read(content, first):
    entry = roster_csv.read(content, LIMITS).entries[0]
    assert (entry.name, entry.email, entry.institution, entry.member_number) == first


@pytest.mark.parametrize("head", ["Member no", "Membership No.", "member-nr"])
def test_short_heads_for_member_numbers_are_known(head):
    reading = roster_csv.read(csv(f"Name,Email,{head},Town", "Ana,a@example.org,7,Rome"), LIMITS)
    assert reading.entries[0].member_number == "7"
    assert reading.not_used == ("Town",)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"PK\x03\x04spreadsheet", "Save it as CSV"),
        (b"", "empty"),
        (b"\x89PNG\x00\x01", "no text file"),
        ("Name,Email".encode("utf-16"), "UTF-16"),
        (csv("Name,Town", "Ana,Rome"), "email address"),
        (csv("Email,Town", "a@example.org,Rome"), "name"),
        (csv("Name,Email"), "No member"),
        (b"x" * (LIMITS.roster_bytes + 1), "larger than 4 MB"),
    ],
)
def test_a_file_that_is_no_roster_is_refused_with_what_to_do(content, told):
    with pytest.raises(ValidationError) as refused:
        roster_csv.read(content, LIMITS)
    assert told in refused.value.errors["file"]


def test_rows_that_were_not_understood_are_named_by_line():
    reading = roster_csv.read(
        csv(
            "Name,Email",
            "Ana,a@example.org",
            "Ben,not an address",
            "Cyd",
            ",d@example.org",
            "Eve\u202e,e@example.org",
            "Ana again,A@EXAMPLE.org",
            "",
            "Flo,f@example.org",
        ),
        LIMITS,
    )
    assert [e.name for e in reading.entries] == ["Ana", "Flo"]
    assert [p.line for p in reading.problems] == [3, 4, 5, 6, 7]


def test_members_who_share_an_address_need_numbers_and_numbers_are_given_once():
    reading = roster_csv.read(
        csv(
            "Name,Email,Member number",
            "Ann Lee,lee@example.org,1",
            "Bob Lee,LEE@example.org,002",
            "Cyd Lee,lee@example.org,",
            "Dan Ito,dan@example.org,3",
            "Eve Ito,eve@example.org,0-3",
            "Flo May,flo@example.org,",
            "Gus May,flo@example.org,7",
            "Hal Oak,hal@example.org,",
        ),
        LIMITS,
    )
    assert [(e.name, e.shared) for e in reading.entries] == [
        ("Ann Lee", True),
        ("Bob Lee", True),
        ("Dan Ito", False),
        ("Flo May", False),
        ("Hal Oak", False),
    ]
    assert len({e.seat for e in reading.entries}) == 5
    assert [p.line for p in reading.problems] == [4, 6, 8]
    assert "only if both have a member number" in reading.problems[0].message
    assert "Member number 0-3 is on an earlier line" in reading.problems[1].message


def test_twenty_thousand_rows_with_three_hundred_broken_ones():
    lines = [f"Member {n},m{n}@example.org" for n in range(20_000)]
    lines[::67] = ["broken"] * len(lines[::67])
    reading = roster_csv.read(csv("Name,Email", *lines), LIMITS)
    assert len(reading.problems) == 299
    assert len(reading.entries) == 20_000 - 299


def carry_out(world):
    rosters.carry_out(world.services, "ROSTER", "IMPORT")


def staff(world):
    person = world.services.store.people.by_email("staff@example.org")
    return actor_for(person, world.services.today())


def import_of(world, *lines):
    digest = rosters.upload(world.services, staff(world), csv("Name,Email", *lines))
    perform(world.services, staff(world), "roster.import", digest)
    return digest


def test_a_newer_roster_finds_some_and_loses_nobody(world):
    """`confirmed` is a petition with its verified signatures; the new roster lacks one of them."""
    world.at("confirmed")
    store = world.services.store
    before = {s.key: s for s in store.petitions.signatures(world.petition.id)}
    verified = [s for s in before.values() if s.state == "verified"]
    gone, kept = verified[0], verified[1:]
    lines = [f"{s.name},{s.email}" for s in kept]
    digest = rosters.upload(world.services, staff(world), csv("Name,Email", *lines))
    shown = rosters.preview(world.services, staff(world), digest)
    expected = sum(1 for s in verified if s.match.how == "email" and s == gone)
    assert [(c.name, c.after) for c in shown.changes] == [(gone.name, "confirmed")] * expected
    # Nothing is in force by looking at it.
    assert store.rosters.current().version == 1

    perform(world.services, staff(world), "roster.import", digest)
    carry_out(world)
    carry_out(world)
    assert store.rosters.current().version == 2
    assert store.rosters.last_import().state == "done"
    after = {s.key: s for s in store.petitions.signatures(world.petition.id)}
    assert set(after) == set(before)
    assert after[gone.key].state == "confirmed"
    petition = store.petitions.get(world.petition.id)
    assert (petition.verified, petition.confirmed) == (len(kept), 1)

    # The next one knows the person again.
    import_of(world, *lines, f"{gone.name},{gone.email}")
    carry_out(world)
    found = store.petitions.signature(world.petition.id, gone.key)
    assert (found.state, found.match.roster_version) == ("verified", 3)
    assert store.petitions.get(world.petition.id).verified == len(verified)


def test_one_import_at_a_time_and_staff_alone(world):
    world.at("collecting")
    digest = import_of(world, "Ana,a@example.org")
    with pytest.raises(ConflictError, match="being imported"):
        perform(world.services, staff(world), "roster.import", digest)
    member = world.services.store.people.by_email("rowan@example.org")
    nobody = actor_for(member, world.services.today())
    with pytest.raises(NotAllowedError):
        rosters.upload(world.services, nobody, csv("Name,Email", "Ana,a@example.org"))
    with pytest.raises(NotAllowedError):
        rosters.preview(world.services, nobody, digest)


def test_a_worker_that_died_is_followed_by_one_that_finishes(world, monkeypatch):
    world.at("confirmed")
    store = world.services.store
    petition = store.petitions.get(world.petition.id)
    import_of(world, "Ana,a@example.org")
    real = rosters.perform
    calls = []

    def dies(*arguments):
        calls.append(arguments)
        if len(calls) == 2:
            raise Crash
        return real(*arguments)

    monkeypatch.setattr(rosters, "perform", dies)
    with pytest.raises(Crash):
        carry_out(world)
    monkeypatch.setattr(rosters, "perform", real)
    world.clock.forward(minutes=10)
    carry_out(world)
    after = store.petitions.get(world.petition.id)
    assert store.rosters.current().version == 2
    by_address = sum(
        1
        for s in store.petitions.signatures(petition.id)
        if s.state == "verified" and s.match.how == "email"
    )
    assert by_address == 0
    assert after.verified + after.confirmed == petition.verified + petition.confirmed


@pytest.fixture
def failing(world, monkeypatch):
    """A confirmed petition, three of whose signatures cannot be written; their keys."""
    world.at("confirmed")
    mine = list(world.services.store.petitions.signatures(world.petition.id))
    bad = {s.key for s in mine[3:6]}
    real = rosters.perform

    def fails(services, actor, name, target):
        if target.rpartition("/")[2] in bad:
            raise RuntimeError("this row is damaged")
        return real(services, actor, name, target)

    monkeypatch.setattr(rosters, "perform", fails)
    return bad


def verified(world):
    mine = world.services.store.petitions.signatures(world.petition.id)
    return {s.key for s in mine if s.state == "verified"}


def test_a_signature_that_cannot_be_matched_holds_up_no_import(world, failing, caplog):
    import_of(world, "Ana,a@example.org")
    with caplog.at_level(logging.ERROR):
        carry_out(world)
    last = world.services.store.rosters.last_import()
    assert last.state == "done"
    assert last.told == (
        "1 members; 22 signatures changed. "
        "3 could not be matched again; they are tried again in a few minutes."
    )
    assert verified(world) == failing
    logged = [record.getMessage() for record in caplog.records]
    assert len(logged) == 3
    assert not any(key in line or "@" in line for key in failing for line in logged)
    # And the next one can be asked for.
    import_of(world, "Ben,b@example.org")


def test_what_could_not_be_matched_is_tried_again_until_it_can(world, failing, monkeypatch):
    import_of(world, "Ana,a@example.org")
    carry_out(world)
    store = world.services.store.rosters
    assert rosters.look_again(world.services) == 0
    assert store.last_import().looks == 0
    world.clock.forward(minutes=4)
    failing.pop()
    assert rosters.look_again(world.services) == 1
    assert not store.last_import().looked_again
    assert "2 could not be matched again; they are tried" in store.last_import().told
    failing.clear()
    assert rosters.look_again(world.services) == 2
    assert store.last_import().looked_again
    assert store.last_import().told == "1 members; 22 signatures changed."
    assert verified(world) == set()
    assert rosters.look_again(world.services) == 0
    assert store.last_import().looks == 2


def test_after_five_looks_it_is_left_to_staff(world, failing):
    import_of(world, "Ana,a@example.org")
    carry_out(world)
    world.clock.forward(minutes=4)
    for _ in range(7):
        rosters.look_again(world.services)
    last = world.services.store.rosters.last_import()
    assert (last.looks, last.looked_again) == (5, True)
    assert last.told.endswith("3 could not be matched again. Decide about them by hand.")


def test_one_signature_that_is_gone_is_not_taken_for_a_file_that_is(world, monkeypatch):
    """NotFound from one signature does not end the second look for all the others."""
    world.at("confirmed")
    import_of(world, "Ana,a@example.org")
    real, gone = rosters.perform, []

    def loses(services, actor, name, target):
        if not gone or target in gone:
            gone.append(target)
            raise NotFoundError("There is no such signature.")
        return real(services, actor, name, target)

    # The whole first pass is lost; the second look does all but one.
    with monkeypatch.context() as patch:
        patch.setattr(rosters, "_rematch", lambda services, entries: (0, 0))
        carry_out(world)
    world.clock.forward(minutes=4)
    monkeypatch.setattr(rosters, "perform", loses)
    assert rosters.look_again(world.services) == 24
    assert not world.services.store.rosters.last_import().looked_again


def test_the_second_look_at_a_file_that_was_deleted_ends(world):
    world.at("confirmed")
    digest = import_of(world, "Ana,a@example.org")
    carry_out(world)
    world.services.files.delete(f"rosters/{digest}.csv")
    world.clock.forward(days=31)
    assert rosters.look_again(world.services) == 0
    assert world.services.store.rosters.last_import().looked_again


def test_a_signature_is_looked_up_anew_by_jobs_alone(world):
    world.at("confirmed")
    signature = next(world.services.store.petitions.signatures(world.petition.id))
    target = f"{world.petition.id}/{signature.key}"
    with pytest.raises(NotAllowedError):
        perform(world.services, staff(world), "signature.rematch", target)
    assert perform(world.services, SYSTEM, "signature.rematch", target) == signature
