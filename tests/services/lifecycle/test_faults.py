"""A whole life among faults: everybody repeats what failed, and it ends as one without faults."""

import json
from collections import Counter
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest

from chalicelib import bootstrap
from chalicelib.domain.people.access_tokens import SCOPES
from chalicelib.jobs.packets import work_on
from chalicelib.services import sweep
from chalicelib.services.commands import perform
from chalicelib.services.outbox import letters, webhooks
from chalicelib.services.record.record import verify
from local.visitor import Answer
from tests.services.aws import Crash
from tests.services.lifecycle.faulty import OF_DELIVERY, OF_MAIL, Faults
from tests.services.world import SIGNERS, TEXT, VOTERS, World
from tests.web.browser import browser

# A fault that is met again and again is an outage, which the person waits out.
pytestmark = pytest.mark.walk
PATIENCE = 40
WORKERS = {"mail": letters.deliver, "packets": work_on, "webhooks": webhooks.deliver}


class Life:
    """One petition's life, by the API. Each request has a key and is sent until it is answered."""

    def __init__(self, world: World, faults: Faults) -> None:
        self.world, self.faults = world, faults
        self.tokens: dict[str, str] = {}
        self.sent = 0

    def token(self, who: str) -> str:
        if who not in self.tokens:
            data = {"name": "Life", "scopes": list(SCOPES), "days": 366}
            made = perform(self.world.services, self.world.actor(who), "token.create", data=data)
            self.tokens[who] = made.secret
        return self.tokens[who]

    def ask(self, who: str, path: str, **data: Any) -> Any:
        self.sent += 1
        headers = {
            "Authorization": f"Bearer {self.tokens[who]}",
            "Content_Type": "application/json",
            "Idempotency_Key": f"life-{self.sent}",
        }
        for _ in range(PATIENCE):
            self.world.clock.forward(seconds=1)
            body = json.dumps(data).encode()
            with self.faults.met():
                answer: Answer = browser().ask("POST", f"/api/v1{path}", body, **headers)
            if answer.status in {200, 201}:
                return answer.json
            # Nothing but a fault, or a write that met another, may stand in the way.
            stale = answer.status == 409 and answer.json["type"] == "/problems/stale"
            assert answer.status == 500 or stale, (path, answer.status, answer.body)
        raise AssertionError(f"{path} failed {PATIENCE} times")

    def run(self) -> str:
        """Lives it; the address of the group."""
        world = self.world
        kind = {"kind": "discussion-group"}
        petition = self.ask("rowan", "/petitions", **kind)["id"]
        world.ids["petition"] = petition
        path = f"/petitions/{petition}"
        self.ask("rowan", f"{path}/edit", **TEXT)
        self.ask("rowan", f"{path}/invite")
        self.ask("noor", f"{path}/accept-invitation")
        self.ask("rowan", f"{path}/publish")
        for name, who, institution in SIGNERS:
            answers = {"name": name, "email": f"{who}@example.org", "institution": institution}
            self.ask("noor", f"{path}/sign", **answers, named=True)
        self.work()
        for _, who, _ in SIGNERS:
            self.ask("noor", f"/signatures/{world.token(who)}/confirm")
        self.work()
        self.ask("rowan", f"{path}/submit")
        self.ask("staff", f"{path}/verify")
        day = str((world.clock() + timedelta(days=45)).date())
        plan = {"title": "Board I", "code": "ACRL AC 26", "time": "13:00", "place": "Virtual"}
        meeting = self.ask("staff", "/meetings", **plan, day=day)["id"]
        world.ids["meeting"] = meeting
        self.ask("staff", f"{path}/schedule", meeting=meeting, number="5.0")
        self.ask("staff", f"/meetings/{meeting}/publish")
        self.work()
        # One whose workers died three times is marked as failed, and staff ask for it again.
        while world.packets[0].state == "failed":
            self.ask("staff", f"/meetings/{meeting}/publish")
            self.work()
        motion = self.ask("director1", f"/meetings/{meeting}/move", document="5.0")["id"]
        world.ids["motion"] = motion
        self.ask("director2", f"/motions/{motion}/second")
        self.ask("president", f"/motions/{motion}/open")
        for who in VOTERS:
            self.ask(who, f"/motions/{motion}/vote", choice="yes")
        if world.motion.state == "open":
            self.ask("president", f"/motions/{motion}/close")
        self.ask("president", f"/motions/{motion}/announce")
        self.work()
        return str(world.group.id)

    def work(self) -> None:
        """The workers do all that is due, as the queues and the sweep tell them."""
        store, clock, faults = self.world.services.store, self.world.clock, self.faults
        for _ in range(200):
            try:
                with faults.met():
                    waiting = store.outbox.waiting(clock() + timedelta(days=1))
            except Exception:  # noqa: BLE001 - the sweep itself meets a fault, and comes again
                continue
            if not waiting:
                break
            for queue, pk, sk in faults.shuffled(waiting):
                kind = faults.drawn(OF_DELIVERY)
                for _ in range({"delivered_twice": 2, "lost": 0}.get(kind, 1)):
                    self._one(queue, pk, sk)
            # Whoever was killed has a claim that runs out; what failed is tried a little later.
            clock.forward(minutes=6)
            with suppress(Exception), faults.met():
                sweep.sweep(self.world.services)
        else:
            raise AssertionError("the work never came to an end")

    def _one(self, queue: str, pk: str, sk: str) -> None:
        # Killed, or failed: the message comes again, or the sweep calls.
        with suppress(Crash, Exception), self.faults.met(working=True):
            WORKERS[queue](self.world.services, pk, sk)


@pytest.fixture
def life(world: World, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Makes a life among the faults of a seed, whose mail fails as well."""
    monkeypatch.setattr(bootstrap, "services", lambda: world.services)
    # What is given up after eight times waits for staff: no life has that many in a row by chance
    # but it may, and what is tried here is that nothing is lost or doubled.
    monkeypatch.setattr("chalicelib.storage.stores.outbox.MOST_ATTEMPTS", 1000)

    def make(faults: Faults) -> Life:
        made = Life(world.at("people"), faults)
        for who in ("rowan", "noor", "staff", "president", *VOTERS):
            made.token(who)
        world.deliver_all()
        world.forget_letters()
        send = world.post.send

        def sent(to: str, message: Any, letter_id: str) -> None:
            kind = faults.drawn(OF_MAIL)
            if kind == "mail_refused":
                raise ConnectionError("the mail service does not answer")
            send(to, message, letter_id)
            faults.in_the_moment = True
            if kind:
                raise Crash

        monkeypatch.setattr(world.post, "send", sent)
        return made

    return make


class NoFaults(Faults):
    def drawn(self, kinds: dict[str, float]) -> str:
        return ""

    def shuffled(self, work: list[Any]) -> list[Any]:
        return work


@pytest.mark.parametrize("seed", [1, 2])
def test_a_life_among_faults_ends_as_one_without(
    life: Any, world: World, seed: int, record_property: Any
) -> None:
    life(NoFaults(0)).run()
    expected = Counter((one.kind, one.to) for one in world.post.sent)
    assert len(world.post.sent) == len({one.id for one in world.post.sent})
    faults = Faults(seed)
    one = life(faults)
    with faults.installed():
        group = one.run()
    assert group == world.group.id
    assert world.petition.state == "approved"
    assert world.counts == (0, len(SIGNERS))
    assert (world.motion.tally.yes, world.motion.tally.no) == (len(VOTERS), 0)
    states = [packet.state.value for packet in world.packets]
    assert states == ["published", *["failed"] * (len(states) - 1)]
    assert len(world.services.store.groups.listed()) == 1
    assert len(world.services.store.petitions.convened_by("rowan@example.org")) == 1
    letters_of = Counter(
        (letter.kind, letter.to) for letter in {s.id: s for s in world.post.sent}.values()
    )
    assert letters_of == expected
    # A worker that dies in the moment between handing a letter over and noting so sends it again:
    # that moment cannot be closed, and nothing else doubles a letter.
    doubled = len(world.post.sent) - sum(letters_of.values())
    assert doubled <= faults.counted["killed_after_the_mail_took_it"]
    assert verify(world.services.store, None, ()).problems == []
    told_of = ", ".join(f"{kind}: {n}" for kind, n in sorted(faults.counted.items()))
    record_property(
        "summary",
        f"{one.sent} requests, {len(world.post.sent)} letters, {doubled} of them twice; {told_of}",
    )
    for kind in ("throttled", "internal_error", "time_out_before", "time_out_after", "killed"):
        assert faults.counted[kind] >= 3, told_of
