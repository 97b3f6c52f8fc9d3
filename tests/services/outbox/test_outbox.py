"""What follows a command: each letter and each packet once, whatever dies in between."""

import logging
from dataclasses import replace

import pytest

from chalicelib.aws.queue import SqsQueue
from chalicelib.domain.errors import ConflictError
from chalicelib.domain.outbox.letters import FanOut, Letter
from chalicelib.domain.packets.packet import PacketState
from chalicelib.domain.people.people import VISITOR
from chalicelib.services import sweep
from chalicelib.services.outbox import letters
from chalicelib.services.packets import packets
from chalicelib.services.signing.signing import confirm_by_link
from chalicelib.storage import keys
from chalicelib.storage.item import DUE
from chalicelib.storage.table import UnavailableError
from tests.services.aws import Crash, at_once, crash_before, watching
from tests.services.world import FAR, SIGNERS

NAMES = sorted(who for _, who, _ in SIGNERS)


@pytest.fixture
def signed(world):
    """A petition with one signature whose letter is due."""
    world.at("collecting").forget_letters()
    world.sign("zoe")
    return world


def due(world):
    return world.services.store.outbox.waiting(world.clock() + FAR)


def deliver(world, key=None):
    _, pk, sk = key or due(world)[0]
    letters.deliver(world.services, pk, sk)


def test_a_letter_asked_for_twice_is_sent_once(signed):
    (key,) = due(signed)
    deliver(signed, key)
    deliver(signed, key)
    assert signed.told() == [("signature-confirm", "zoe")]
    assert due(signed) == []


def test_two_workers_at_once_send_one_letter(signed):
    (key,) = due(signed)
    assert at_once(*[lambda: deliver(signed, key)] * 3) == [None] * 3
    assert signed.told() == [("signature-confirm", "zoe")]


def test_a_worker_that_dies_after_its_claim_leaves_the_letter_to_the_sweep(signed):
    (key,) = due(signed)
    now = signed.clock()
    assert signed.services.store.outbox.claim(*key[-2:], now, letters.LEASE_SECONDS)
    deliver(signed, key)  # The claim of the dead worker still holds.
    assert signed.told() == []
    signed.clock.forward(seconds=letters.LEASE_SECONDS)
    signed.clock.now += sweep.PATIENCE
    assert sweep.sweep(signed.services).nudged == 1
    signed.clock.forward(seconds=1)
    deliver(signed, key)
    deliver(signed, key)
    assert signed.told() == [("signature-confirm", "zoe")]
    assert due(signed) == []


def test_a_letter_that_cannot_be_sent_is_tried_later_and_at_last_given_up(signed):
    (key,) = due(signed)
    signed.post.broken = True
    for attempt in range(1, 9):
        with pytest.raises(ConnectionError):
            deliver(signed, key)
        assert bool(due(signed)) == (attempt < 8)
    # It is not lost: it stays to be looked at, and nobody is bothered by it any more.
    deliver(signed, key)
    signed.post.broken = False
    deliver(signed, key)
    assert signed.told() == []
    stuck = list(signed.table.query_index(DUE, keys.DUE_STUCK))
    assert [(r.pk, r.sk) for r in stuck] == [tuple(key[-2:])]


def test_after_a_fault_of_the_mail_service_the_letter_goes_out_once(signed):
    (key,) = due(signed)
    signed.post.broken = True
    with pytest.raises(ConnectionError):
        deliver(signed, key)
    signed.post.broken = False
    deliver(signed, key)
    deliver(signed, key)
    assert signed.told() == [("signature-confirm", "zoe")]


def test_a_worker_that_dies_before_it_notes_the_sending_sends_again(signed):
    (key,) = due(signed)
    with crash_before(2):
        deliver(signed, key)
    assert signed.told() == [("signature-confirm", "zoe")]
    signed.clock.forward(seconds=letters.LEASE_SECONDS + 1)
    signed.deliver_all()
    first, second = signed.letters()
    # The mail service, or a reader, can tell that it is the same letter.
    assert (first.id, first.message) == (second.id, second.message)
    assert due(signed) == []


def test_a_mail_service_that_fails_leaves_every_letter_due(world):
    world.at("confirmed").forget_letters()
    world.do("rowan", "petition.submit", world.petition_id)
    keys = due(world)
    assert len(keys) == 4
    world.post.broken = True
    for key in keys:
        with pytest.raises(ConnectionError):
            deliver(world, key)
    assert sorted(due(world)) == sorted(keys)
    world.post.broken = False
    world.clock.forward(seconds=letters.LEASE_SECONDS + 1)
    world.deliver_all()
    assert len(world.letters()) == 4


def test_what_is_new_is_not_lost_when_the_letter_before_is_just_going_out(signed, monkeypatch):
    """Confirmed between the worker's claim and its note: the thanks still go out."""
    signed.deliver_all()
    token = signed.token("zoe")
    signed.sign("zoe")
    send = signed.post.send

    def confirm_then_send(*letter):
        send(*letter)
        monkeypatch.setattr(signed.post, "send", send)
        confirm_by_link(signed.services, VISITOR, token)

    monkeypatch.setattr(signed.post, "send", confirm_then_send)
    deliver(signed)
    assert signed.counts == (0, 1)
    assert [sk for _, _, sk in due(signed)]
    signed.deliver_all()
    assert signed.told("signature-thanks") == [("signature-thanks", "zoe")]


def test_a_command_that_read_the_row_before_its_letter_went_out_is_decided_anew(signed):
    (key,) = due(signed)
    token = signed.services.tokens.make(
        "signature", signed.petition_id, signed.signature("zoe").key
    )
    results = at_once(
        lambda: deliver(signed, key), lambda: confirm_by_link(signed.services, VISITOR, token)
    )
    assert not any(isinstance(r, BaseException) for r in results)
    signed.deliver_all()
    assert signed.counts == (0, 1)
    assert signed.told("signature-thanks") == [("signature-thanks", "zoe")]


def fan_out_keys(world):
    return [key for key in due(world) if key[2] == "FANOUT"]


def fan_out_key(world):
    (key,) = fan_out_keys(world)
    return key


class Ears:
    """A queue that notes what it is told."""

    def __init__(self, told):
        self._told = told

    def nudge(self, *work):
        self._told.append(work)

    def nudge_all(self, work):
        self._told.extend(work)


def test_case_12_a_letter_to_all_that_is_run_twice_reaches_each_once(world):
    world.at("closed").forget_letters()
    world.do("president", "motion.announce", world.motion_id)
    key = fan_out_key(world)
    deliver(world, key)
    deliver(world, key)
    world.deliver_all()
    assert world.told("signatory-petition-approved") == [
        ("signatory-petition-approved", who) for who in NAMES
    ]


def test_case_12_a_letter_to_all_that_died_half_way_reaches_each_once(world, monkeypatch):
    monkeypatch.setattr(letters, "FAN_OUT_PAGE", 4)
    world.at("closed").forget_letters()
    world.do("president", "motion.announce", world.motion_id)
    key = fan_out_key(world)
    with crash_before(9):
        deliver(world, key)
    world.deliver_all()
    assert 0 < len(world.letters("signatory-petition-approved")) < len(NAMES)
    world.clock.forward(seconds=letters.LEASE_SECONDS + 1)
    world.deliver_all()
    assert world.told("signatory-petition-approved") == [
        ("signatory-petition-approved", who) for who in NAMES
    ]
    assert due(world) == []


def test_case_12_a_letter_to_all_whose_lease_ran_out_under_way_reaches_each_once(
    world, monkeypatch
):
    world.at("closed").forget_letters()
    world.do("president", "motion.announce", world.motion_id)
    key = fan_out_key(world)
    known = type(world.services.store.outbox).known
    overtaken = []

    def slow(self, letter_id):
        answer = known(self, letter_id)
        if not overtaken:
            overtaken.append(letter_id)
            world.clock.forward(seconds=letters.LEASE_SECONDS + 1)
            deliver(world, key)
        return answer

    monkeypatch.setattr(type(world.services.store.outbox), "known", slow)
    deliver(world, key)
    world.deliver_all()
    assert world.told("signatory-petition-approved") == [
        ("signatory-petition-approved", who) for who in NAMES
    ]
    assert due(world) == []


@pytest.fixture
def announced(world, monkeypatch):
    """A letter to 25 signatories is due, in pages of five."""
    monkeypatch.setattr(letters, "FAN_OUT_PAGE", 5)
    world.at("closed").forget_letters()
    world.do("president", "motion.announce", world.motion_id)
    return world


def reached(world):
    """Who was written to by now, once the letters that are due went out."""
    for key in due(world):
        if key[2] == "LETTER":
            deliver(world, key)
    return [who for _, who in world.told("signatory-petition-approved")]


def test_a_letter_to_many_goes_on_where_it_stopped(announced):
    key = fan_out_key(announced)
    with crash_before(1 + 2 * 6 + 3):  # The claim, two pages with their place, two letters.
        deliver(announced, key)
    asked = []
    announced.clock.forward(seconds=letters.LEASE_SECONDS + 1)
    with watching(lambda name, given: asked.append((name, str(given)))):
        deliver(announced, key)
    looked_for = [given for name, given in asked if name == "GetItem" and "OUTBOX#" in given]
    assert len(looked_for) == 15
    assert fan_out_keys(announced) == []
    assert reached(announced) == NAMES


@pytest.mark.parametrize("nth", [6, 7, 8, 13, 31])
def test_a_crash_around_noting_the_place_writes_to_nobody_twice(announced, nth):
    key = fan_out_key(announced)
    with crash_before(nth):
        deliver(announced, key)
    announced.clock.forward(seconds=letters.LEASE_SECONDS + 1)
    deliver(announced, key)
    assert fan_out_keys(announced) == []
    assert reached(announced) == NAMES


def test_a_long_job_is_handed_on_at_once_and_that_is_no_failure(announced, monkeypatch):
    monkeypatch.setattr(letters, "FAN_OUT_PAGE", 2)
    key = fan_out_key(announced)
    known = type(announced.services.store.outbox).known

    def slow(self, letter_id):
        announced.clock.forward(seconds=21)
        return known(self, letter_id)

    monkeypatch.setattr(type(announced.services.store.outbox), "known", slow)
    told = []
    announced.services = replace(announced.services, queue=Ears(told))
    runs = 0
    while fan_out_keys(announced):
        runs += 1
        deliver(announced, key)
    # More runs than a job may fail, each begun without waiting for a lease to end.
    assert runs == 13
    assert told.count(key) == 12
    assert list(announced.table.query_index(DUE, keys.DUE_STUCK)) == []
    assert reached(announced) == NAMES


def test_a_job_that_fails_on_its_way_is_put_off_and_given_up_at_last(announced, monkeypatch):
    key = fan_out_key(announced)
    page = type(announced.services.store.petitions).signatures_page

    def broken(self, petition_id, after, limit):
        if after:
            raise ConnectionError("the table does not answer")
        return page(self, petition_id, after, limit)

    monkeypatch.setattr(type(announced.services.store.petitions), "signatures_page", broken)
    for attempt in range(1, 9):
        assert fan_out_keys(announced), attempt
        # Given back at once: no lease is in the way of who tries again.
        with pytest.raises(ConnectionError):
            deliver(announced, key)
    assert fan_out_keys(announced) == []
    assert [(r.pk, r.sk) for r in announced.table.query_index(DUE, keys.DUE_STUCK)] == [
        tuple(key[1:])
    ]


def test_who_the_table_could_not_take_just_now_is_not_passed_over(announced):
    key = fan_out_key(announced)
    failed = []

    def throttle(name, given):
        if name == "PutItem" and not failed:
            failed.append(given)
            raise UnavailableError

    with watching(throttle), pytest.raises(ConflictError):
        deliver(announced, key)
    assert failed
    deliver(announced, key)
    assert reached(announced) == NAMES


def test_a_queue_that_does_not_answer_stops_no_command(world, aws, caplog):
    world.at("collecting").forget_letters()
    silent = SqsQueue("no-such-queue")
    world.services = replace(world.services, queue=silent)
    with caplog.at_level(logging.CRITICAL):
        world.sign("zoe")
    world.clock.forward(seconds=31)
    assert sweep.sweep(world.services).nudged == 1
    world.deliver_all()
    assert world.told() == [("signature-confirm", "zoe")]


def test_the_sweep_leaves_what_is_just_being_done_alone(signed):
    assert sweep.sweep(signed.services).nudged == 0
    signed.clock.forward(seconds=30)
    assert sweep.sweep(signed.services).nudged == 1


@pytest.mark.parametrize(
    ("pk", "sk"), [("OUTBOX#none", "LETTER"), ("OUTBOX#none", "FANOUT"), ("x", "y")]
)
def test_work_that_is_not_there_is_left_alone(world, pk, sk):
    before = world.dump()
    letters.deliver(world.services, pk, sk)
    packets.render(world.services, pk, sk)
    assert world.dump() == before


def test_a_letter_to_all_of_a_petition_that_is_gone_is_done(world):
    unit = world.services.store.transaction()
    job = FanOut(id="gone", kind="ask-again", petition_id="gone")
    world.services.store.outbox.add_fan_out(unit, job, world.clock())
    unit.commit()
    assert world.deliver_all() == 1
    assert due(world) == []


def test_a_letter_of_an_unknown_kind_fails_alone_and_stays_due(signed):
    unit = signed.services.store.transaction()
    letter = Letter(id="odd", kind="no-such-letter", to="a@example.org", name="A")
    signed.services.store.outbox.add(unit, letter, signed.clock())
    unit.commit()
    with pytest.raises(LookupError, match="no-such-letter"):
        letters.deliver(signed.services, "OUTBOX#odd", "LETTER")
    (key,) = [key for key in due(signed) if key[1] != "OUTBOX#odd"]
    deliver(signed, key)
    assert signed.told() == [("signature-confirm", "zoe")]
    assert [key[1] for key in due(signed)] == ["OUTBOX#odd"]


# --- packets


@pytest.fixture
def asked(world):
    """A meeting whose packet is due."""
    world.at("scheduled").forget_letters()
    world.do("staff", "packet.publish", world.meeting_id)
    return world


def render(world, key=None):
    _, pk, sk = key or due(world)[0]
    packets.render(world.services, pk, sk)


def test_a_packet_rendered_twice_is_one_published_version(asked):
    (key,) = due(asked)
    assert key[0] == "packets"
    render(asked, key)
    render(asked, key)
    asked.deliver_all()
    (packet,) = asked.packets
    assert packet.state == PacketState.PUBLISHED
    assert len(asked.press.printed) == 1
    assert asked.commands("meeting", asked.meeting_id).count("packet-published") == 1
    assert len(asked.letters("packet-published")) == 14
    stored = asked.services.files.get(packet.file)
    assert len(stored) == packet.size
    assert packet.sha256 in packet.file
    member = asked.actor("director1")
    assert packet.file in packets.link(asked.services, member, asked.meeting_id, 1, "board")


def test_two_workers_at_once_render_one_packet(asked):
    (key,) = due(asked)
    assert at_once(lambda: render(asked, key), lambda: render(asked, key)) == [None, None]
    asked.deliver_all()
    assert [p.state for p in asked.packets] == [PacketState.PUBLISHED]
    assert len(asked.letters("packet-published")) == 14


def test_a_packet_taken_over_from_a_slow_worker_is_published_once(asked):
    (key,) = due(asked)

    def overtake():
        asked.press.meanwhile = lambda: None
        asked.clock.forward(seconds=packets.LEASE_SECONDS + 1)
        render(asked, key)

    asked.press.meanwhile = overtake
    render(asked, key)
    asked.deliver_all()
    assert [p.state for p in asked.packets] == [PacketState.PUBLISHED]
    assert asked.commands("meeting", asked.meeting_id).count("packet-published") == 1
    assert len(asked.letters("packet-published")) == 14


def test_a_worker_that_dies_leaves_the_packet_to_the_sweep(asked):
    (key,) = due(asked)

    def die():
        raise Crash

    asked.press.meanwhile = die
    with pytest.raises(Crash):
        render(asked, key)
    assert asked.packets[0].state == PacketState.RENDERING
    asked.press.meanwhile = lambda: None
    asked.clock.forward(seconds=packets.LEASE_SECONDS + 1)
    assert sweep.sweep(asked.services).nudged == 1
    asked.deliver_all()
    assert [p.state for p in asked.packets] == [PacketState.PUBLISHED]


def test_two_who_publish_at_once_ask_for_one_packet(world):
    world.at("scheduled")
    first, second = at_once(
        lambda: world.do("staff", "packet.publish", world.meeting_id),
        lambda: world.do("staff2", "packet.publish", world.meeting_id),
    )
    assert (first.number, second.number) == (1, 1)
    assert len(world.packets) == 1


def test_a_packet_that_cannot_be_rendered_says_why_and_the_next_is_a_new_version(asked, caplog):
    asked.press.problem = "Doc 5.0: the background cannot be set."
    with caplog.at_level(logging.CRITICAL):
        asked.deliver_all()
    (packet,) = asked.packets
    assert packet.state == PacketState.FAILED
    assert packet.problem == asked.press.problem
    assert due(asked) == []
    asked.press.problem = ""
    asked.do("staff", "packet.publish", asked.meeting_id)
    asked.deliver_all()
    assert [(p.number, p.state) for p in asked.packets] == [
        (2, PacketState.PUBLISHED),
        (1, PacketState.FAILED),
    ]
    assert asked.told("packet-published").count(("packet-published", "president")) == 1


def test_a_document_taken_off_meanwhile_fails_the_packet_in_words(asked):
    asked.do("staff", "petition.return", asked.petition_id, comments="Shorter.")
    asked.deliver_all()
    (packet,) = asked.packets
    assert packet.state == PacketState.FAILED
    assert "5.0" in packet.problem
    with pytest.raises(ConflictError, match="no documents"):
        asked.do("staff", "packet.publish", asked.meeting_id)


def test_every_published_version_stays(world):
    world.at("published")
    first = world.packets[0]
    world.do("staff", "packet.publish", world.meeting_id)
    world.deliver_all()
    assert [p.number for p in world.packets] == [2, 1]
    assert world.packets[1] == first
