"""What reaches the table: the size of a command, pages of lists, and what two at once leave."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from chalicelib.domain.errors import ConcurrentChangeError
from chalicelib.domain.people.people import Person, Seat
from chalicelib.domain.petitions.petition import State
from chalicelib.domain.roster.roster import Entry, Roster, digest_of
from chalicelib.services.signing import signing
from chalicelib.storage import keys, reading
from chalicelib.storage.conditions import begins_with
from chalicelib.storage.dynamo import DynamoTable
from tests.services.aws import at_once, watching
from tests.services.world import operations


def dump(world):
    """The whole table, in order."""
    return sorted(map(str, world.services.store.table.lying()))


def commit(world, *steps):
    """Runs steps on a new unit and sends it."""
    unit = world.services.store.transaction()
    for step in steps:
        step(unit)
    unit.commit()


def test_a_confirmation_is_two_items(real, requests):
    world = real("collecting")
    world.sign("zoe")
    world.deliver_all()
    token = world.token("zoe")
    requests.clear()
    signing.confirm_by_link(world.services, world.actor(""), token)
    writes = [(name, params) for name, params in requests if name in {"PutItem", "UpdateItem"}]
    assert writes == []
    ((_, sent),) = [r for r in requests if r[0] == "TransactWriteItems"]
    put, update = sorted(sent["TransactItems"], key=list)
    pk = keys.petition(world.petition_id)
    row = put["Put"]["Item"]
    assert (row["pk"]["S"], row["sk"]["S"]) == keys.signature(
        world.petition_id, world.signature("zoe").key
    )
    assert update["Update"]["Key"] == {"pk": {"S": pk}, "sk": {"S": keys.TALLY}}
    assert len(str(row)) < 1400  # Well under the kilobyte of a write unit, names included.


def test_a_confirmation_repeated_writes_nothing(real, requests):
    world = real("confirmed")
    token = world.token("zoe")
    requests.clear()
    signing.confirm_by_link(world.services, world.actor(""), token)
    assert {name for name, _ in requests} <= {"GetItem", "Query"}


def test_a_whole_life_scans_nothing(world):
    world.at("carried")
    assert operations["TransactWriteItems"] > 50
    assert "Scan" not in operations


def test_a_petitions_page_is_one_query_whatever_the_number_of_signatures(real, requests):
    world = real("confirmed")
    requests.clear()
    world.services.store.petitions.read(world.petition_id, fresh=False)
    ((name, params),) = requests
    assert name == "Query"
    assert not params.get("ConsistentRead")
    page = begins_with(keys.PAGE)
    items = list(world.services.store.table.query(keys.petition(world.petition_id), page))
    assert not any(item.sk.startswith(keys.SIGNATURE) for item in items)


def test_creating_the_table_again_leaves_it_as_it_is(real):
    world = real("people")
    before = dump(world)
    DynamoTable("groundswell-test").create()
    assert dump(world) == before


def test_a_store_without_its_table_is_not_alive(real, aws):
    world = real("people")
    assert world.services.store.alive()
    aws["dynamodb"].delete_table(TableName="groundswell-test")
    assert not world.services.store.alive()


# --- two at once


def test_of_two_saves_of_one_petition_the_second_is_stale(real):
    world = real("collecting")
    store, old = world.services.store, world.petition
    (event, *_) = world.events(keys.petition(old.id))
    new = replace(old, version=old.version + 1)

    def save(sequence):
        commit(
            world,
            lambda unit: store.petitions.save(
                unit, old, new, replace(event, sequence=sequence), None
            ),
        )

    results = at_once(lambda: save(90), lambda: save(91))
    assert sum(isinstance(r, ConcurrentChangeError) for r in results) == 1
    assert world.petition.version == new.version
    kept = [e.sequence for e in store.petitions.read(old.id, True)[1] if e.sequence >= 90]
    assert len(kept) == 1


def test_an_event_is_never_written_over(real):
    world = real("collecting")
    (event, *_) = world.events(keys.petition(world.petition_id))
    changed = replace(event, actor_name="Somebody Else")
    pk = keys.petition(world.petition_id)
    before = dump(world)
    with pytest.raises(ConcurrentChangeError):
        commit(world, lambda unit: reading.add_event(unit, pk, changed))
    assert dump(world) == before


def test_of_two_saves_of_one_meeting_the_second_is_stale(real):
    world = real("scheduled")
    store, old = world.services.store, world.meeting
    event = world.events(keys.meeting(old.id))[-1]
    new = replace(old, version=old.version + 1, place="Elsewhere")
    results = at_once(
        *[
            lambda n=n: commit(
                world,
                lambda unit: store.board.save_meeting(unit, new, replace(event, sequence=n)),
            )
            for n in (90, 91)
        ]
    )
    assert sum(isinstance(r, ConcurrentChangeError) for r in results) == 1


def test_of_two_first_ballots_of_one_member_the_second_is_stale(real):
    world = real("voted")
    store = world.services.store
    ballot = store.board.ballot(world.motion_id, world.person("director1").id)
    again = replace(ballot, choice="no", version=2)
    results = at_once(
        *[lambda: commit(world, lambda unit: store.board.save_ballot(unit, again, ballot))] * 2
    )
    assert sum(isinstance(r, ConcurrentChangeError) for r in results) == 1
    before = dump(world)
    with pytest.raises(ConcurrentChangeError):
        commit(world, lambda unit: store.board.save_ballot(unit, ballot))
    assert dump(world) == before


def test_a_ballot_is_stored_only_while_the_vote_is_open(real):
    world = real("closed")
    store = world.services.store
    ballot = store.board.ballot(world.motion_id, world.person("director1").id)
    before = dump(world)
    changed = replace(ballot, version=2)

    def cast(unit):
        store.board.require_open(unit, world.motion)
        store.board.save_ballot(unit, changed, ballot)

    with pytest.raises(ConcurrentChangeError):
        commit(world, cast)
    assert dump(world) == before


def test_of_two_people_with_one_address_the_second_is_stale(real):
    world = real("people")
    people = world.services.store.people
    results = at_once(
        *[
            lambda n=n: commit(
                world,
                lambda unit: people.add(unit, Person(id=n, name=n, email=f"{n}@example.org")),
            )
            for n in ("twin", "TWIN")
        ]
    )
    assert sum(isinstance(r, ConcurrentChangeError) for r in results) == 1


def test_counts_move_only_on_the_text_and_state_that_were_decided_on(real):
    world = real("confirmed")
    store = world.services.store
    for changed in (
        replace(world.petition, text_digest="another"),
        replace(world.petition, state=State.SUBMITTED),
        replace(world.petition, paused_at=world.clock()),
    ):
        old = replace(world.signature("zoe"), text_digest=changed.text_digest)
        new = replace(old, state="withdrawn", version=old.version + 1)
        before = dump(world)
        with pytest.raises(ConcurrentChangeError):
            commit(
                world,
                lambda unit, o=old, n=new, c=changed: store.petitions.save_signature(
                    unit, c, o, n, world.clock()
                ),
            )
        assert dump(world) == before


def test_a_reset_of_the_counts_loses_no_confirmation(real):
    """Counts are set to nothing only if nobody confirmed since they were read."""
    world = real("submitted")
    world.send_back()
    store, old = world.services.store, world.petition
    event = world.events(keys.petition(old.id))[-1]
    behind = replace(old, verified=24)
    new = replace(old, version=old.version + 1, verified=0)
    before = dump(world)
    with pytest.raises(ConcurrentChangeError):
        commit(
            world,
            lambda unit: store.petitions.save(
                unit, behind, new, replace(event, sequence=90), world.clock()
            ),
        )
    assert dump(world) == before


def test_two_roster_imports_of_one_number_do_not_both_come_into_force(real):
    world = real("people")
    rosters = world.services.store.rosters
    entries = [Entry("A", "a@example.org")]
    version = Roster(version=2, digest=digest_of(entries), entries=1, imported_at=world.clock())
    rosters.store(version, entries)
    assert rosters.current() == version
    assert rosters.at_mailbox(2, entries[0].mailbox) == entries
    assert rosters.at_mailbox(1, entries[0].mailbox) == []
    with pytest.raises(Exception, match="condition"):
        rosters.store(version, entries)
    assert rosters.get(1).entries == 60
    assert rosters.get(9) == Roster()


# --- lists


def test_a_list_is_read_page_by_page_without_a_gap(real):
    world = real("people")
    board = world.services.store.board
    for number in range(7):
        world.plan_meeting(title=f"Board {number}", day=f"2026-1{number % 3}-0{number + 1}")
    rows, after, pages = [], "", 0
    while True:
        page = reading.listing(
            world.services.store.table, keys.MEETINGS, limit=3, after=after, newest_first=True
        )
        rows += page.rows
        after = page.next
        pages += 1
        if not after:
            break
    assert pages == 3
    assert [r["id"] for r in rows] == [r["id"] for r in board.meetings()]
    assert [r["starts_at"] for r in rows] == sorted((r["starts_at"] for r in rows), reverse=True)
    forward = reading.listing(world.services.store.table, keys.MEETINGS, limit=7)
    assert forward.next == ""
    assert forward.rows == rows[::-1]


def test_signatories_are_listed_page_by_page_newest_first(real):
    world = real("confirmed")
    petitions = world.services.store.petitions
    names, after = [], ""
    while True:
        page = petitions.signed_publicly(world.petition, 10, after)
        names += [row["name"] for row in page.rows]
        after = page.next
        if not after:
            break
    assert len(names) == len(set(names)) == 25


@pytest.mark.parametrize("size", [1, 7, 25, 100])
def test_signatures_are_read_page_by_page_for_letters(real, size):
    world = real("confirmed")
    petitions = world.services.store.petitions
    found, after = [], ""
    while True:
        page, after = petitions.signatures_page(world.petition_id, after, size)
        found += [s.key for s in page]
        if not after:
            break
    assert found == sorted(s.key for s in petitions.signatures(world.petition_id))
    assert len(set(found)) == 25


def test_what_is_due_is_listed_oldest_first_and_only_until_then(real):
    world = real("collecting")
    world.sign("zoe")
    world.clock.forward(minutes=1)
    world.sign("jose")
    outbox = world.services.store.outbox
    both = outbox.waiting(world.clock())
    assert [pk for _, pk, _ in both] == [keys.petition(world.petition_id)] * 2
    assert [sk for _, _, sk in both][0].endswith(world.signature("zoe").key)
    assert len(outbox.waiting(world.clock() - timedelta(seconds=1))) == 1
    assert len(outbox.waiting(world.clock(), limit=1)) == 1


def test_a_person_is_listed_by_seat_and_staff(real):
    world = real("people")
    people, today = world.services.store.people, world.services.today()
    assert len(people.board(today)) == 14
    assert sum(p.seat_on(today).voting for p in people.board(today)) == 13
    assert [p.id for p in people.staff()] == ["staff1", "staff2"]
    rowan = world.person("rowan")
    seated = replace(rowan, seats=(Seat("Councilor"),), version=2)
    commit(world, lambda unit: people.save(unit, seated))
    assert len(people.board(today)) == 15
    commit(world, lambda unit: people.save(unit, replace(seated, seats=(), version=3)))
    assert len(people.board(today)) == 14


def test_who_sits_on_the_board_follows_from_the_day(real):
    world = real("people")
    people = world.services.store.people
    june, july = date(2026, 6, 30), date(2026, 7, 1)
    terms = (
        Seat("Vice-President", until=june, id="a"),
        Seat("President", presiding=True, since=july, until=date(2027, 6, 30), id="b"),
    )
    rowan = replace(world.person("rowan"), seats=terms, version=2)
    commit(world, lambda unit: people.save(unit, rowan))

    def office(day):
        found = {p.id: p.seat_on(day).office for p in people.board(day)}
        return found.get(rowan.id)

    assert [office(day) for day in (june, july)] == ["Vice-President", "President"]
    assert office(date(2027, 6, 30)) == "President"
    assert office(date(2027, 7, 1)) is None
    assert people.get(rowan.id).seats == terms
    # Whoever has a seat at some time is found, also when none is in force.
    assert rowan.id in {p.id for p in people.seated()}


def test_those_who_sat_before_are_not_read_to_know_who_sits_now(real):
    world = real("people")
    people = world.services.store.people
    gone = replace(
        world.person("rowan"), seats=(Seat("Councilor", until=date(2020, 6, 30)),), version=2
    )
    commit(world, lambda unit: people.save(unit, gone))
    read = []
    with watching(lambda _, sent: read.append(sent.get("Key", {}).get("pk", {}).get("S"))):
        people.board(world.services.today())
    assert f"PERSON#{gone.id}" not in read
    assert len(read) == 1 + 14


def test_conveners_find_their_petitions_and_those_left_out_do_not(real):
    world = real("draft")
    petitions = world.services.store.petitions
    assert petitions.convened_by("NOOR@example.org") == [world.petition_id]
    world.do("rowan", "petition.edit", world.petition_id, name="Alone", conveners=[])
    assert petitions.convened_by("noor@example.org") == []
    assert petitions.convened_by("rowan@example.org") == [world.petition_id]


def test_what_is_not_stored_is_none(real):
    world = real("people")
    store = world.services.store
    assert store.petitions.get("x") is None
    assert store.petitions.signature("x", "y") is None
    assert store.board.meeting("x") is None
    assert store.board.motion("x") is None
    assert store.board.packet("x", 1) is None
    assert store.board.ballot("x", "y") is None
    assert store.groups.get("x") is None
    assert store.groups.read("x") is None
    assert store.people.get("x") is None
    assert store.people.by_email("x@example.org") is None
    assert store.people.link("x") is None
    assert store.people.session("x") is None


def test_a_groups_page_is_one_query(real, requests):
    world = real("carried")
    slug = world.group.id
    requests.clear()
    found = world.services.store.groups.read(slug)
    assert [name for name, _ in requests] == ["Query"]
    assert (found.group.id, [e.command for e in found.events]) == (slug, ["charter"])
    assert [c.number for c in found.charges] == [1]
