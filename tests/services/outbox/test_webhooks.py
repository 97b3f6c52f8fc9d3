"""Webhooks: what is told to whom, how it is signed, and what becomes of a message."""

import base64
import hashlib
import hmac
import json
import threading
from dataclasses import replace
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from chalicelib.domain.errors import ConflictError, NotFoundError, ValidationError
from chalicelib.domain.outbox import webhooks as rules
from chalicelib.domain.outbox.webhooks import EVENTS, RETRIES
from chalicelib.poster import HttpPoster
from chalicelib.services import sweep
from chalicelib.services.outbox import webhooks
from chalicelib.services.outbox.webhook_events import secret_of
from chalicelib.services.people.tokens import Tokens
from chalicelib.services.ports import PostFailed
from chalicelib.storage import keys
from tests.services.world import STEPS, World

URL = "https://example.org/hook"


class Ear:
    """Other software. It answers with `status`, or not at all."""

    def __init__(self):
        self.heard = []
        self.status = 204

    def post(self, url, body, headers):
        self.heard.append((url, body, headers))
        if not self.status:
            raise PostFailed("ConnectionRefusedError")
        return self.status


@pytest.fixture
def ear(world: World) -> Ear:
    ear = Ear()
    world.services = replace(world.services, poster=ear)
    return ear


def told(world: World, *events: str):
    data = {"url": URL, "events": list(events) or list(EVENTS), "about": "Calendar"}
    return world.do("staff", "webhook.add", **data)


def live(world: World) -> None:
    """A petition's whole life, lived here and now."""
    for step in STEPS[STEPS.index("people") + 1 : STEPS.index("carried") + 1]:
        getattr(world, f"_to_{step}")()
        world.deliver_all()


def deliver(world: World) -> None:
    """What the queue's worker does, for all that is due."""
    due = world.services.store.outbox.waiting(world.clock.now)
    for queue, pk, sk in due:
        if queue == "webhooks":
            webhooks.deliver(world.services, pk, sk)


def log(world: World, webhook):
    return world.services.store.webhooks.deliveries(webhook.id, 50).rows


def test_a_life_is_told_step_by_step(world: World, ear: Ear) -> None:
    webhook = told(world)
    live(world)
    deliver(world)
    said = [json.loads(body)["type"] for _, body, _ in ear.heard]
    assert set(said) == {
        "petition.opened",
        "petition.threshold",
        "petition.submitted",
        "petition.verified",
        "petition.scheduled",
        "petition.approved",
        "meeting.planned",
        "packet.published",
        "group.chartered",
        "motion.announced",
    }
    assert len(said) == len(set(said))
    assert all(one.over and one.taken for one in log(world, webhook))
    for url, body, _ in ear.heard:
        assert url == URL
        assert b"@" not in body
        assert set(json.loads(body)) == {"type", "timestamp", "data"}
        assert set(json.loads(body)["data"]) == {"id", "url"}
    # Nothing is told twice.
    deliver(world)
    assert len(ear.heard) == len(said)


def test_only_what_was_asked_for_is_told(world: World, ear: Ear) -> None:
    told(world, "group.chartered")
    live(world)
    deliver(world)
    (heard,) = ear.heard
    about = json.loads(heard[1])["data"]
    assert about["url"] == f"{world.services.base_url}/api/v1/groups/{about['id']}"


def test_a_message_is_signed_as_its_owner_can_check(world: World, ear: Ear) -> None:
    webhook = told(world)
    world.do("staff", "webhook.test", webhook.id)
    deliver(world)
    ((_, body, headers),) = ear.heard
    assert json.loads(body)["type"] == "ping"
    secret = base64.b64decode(secret_of(world.services, webhook).removeprefix("whsec_"))
    at = headers["webhook-timestamp"]
    assert int(at) == int(world.clock.now.timestamp())
    signed = f"{headers['webhook-id']}.{at}.".encode() + body
    expected = base64.b64encode(hmac.new(secret, signed, hashlib.sha256).digest()).decode()
    assert headers["webhook-signature"] == f"v1,{expected}"


def test_after_a_rotation_the_former_secret_holds_as_well(world: World, ear: Ear) -> None:
    webhook = told(world)
    before = secret_of(world.services, webhook)
    old = "tests-only-" + "0123456789abcdef" * 3
    world.services = replace(world.services, tokens=Tokens("n" * 40, old))
    assert secret_of(world.services, webhook) != before
    world.do("staff", "webhook.test", webhook.id)
    deliver(world)
    ((_, body, headers),) = ear.heard
    key = base64.b64decode(before.removeprefix("whsec_"))
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    expected = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    assert f"v1,{expected}" in headers["webhook-signature"].split()
    assert len(headers["webhook-signature"].split()) == 2


@pytest.mark.parametrize("status", [0, 302, 410, 500])
def test_what_is_not_taken_is_tried_again_later_each_time(
    world: World, ear: Ear, status: int
) -> None:
    ear.status = status
    webhook = told(world)
    world.do("staff", "webhook.test", webhook.id)
    for minutes in RETRIES:
        deliver(world)
        heard = len(ear.heard)
        world.clock.now += timedelta(minutes=minutes) - timedelta(seconds=1)
        deliver(world)
        assert len(ear.heard) == heard
        world.clock.now += timedelta(seconds=1)
    deliver(world)
    assert len(ear.heard) == rules.ATTEMPTS == 8
    (message,) = log(world, webhook)
    assert message.over
    assert not message.taken
    assert [one.status for one in message.attempts] == [status] * 8
    world.clock.now += timedelta(days=2)
    deliver(world)
    assert len(ear.heard) == 8
    # Staff send it again when the other side is mended; its id stays, so it is known there.
    ear.status = 200
    world.do("staff", "webhook.send-again", f"{webhook.id}/{message.id}")
    deliver(world)
    assert {headers["webhook-id"] for _, _, headers in ear.heard} == {message.id}
    assert log(world, webhook)[0].taken


def test_a_message_that_waits_is_not_sent_again(world: World, ear: Ear) -> None:
    webhook = told(world)
    sent = world.do("staff", "webhook.test", webhook.id)
    with pytest.raises(ConflictError, match="still being sent"):
        world.do("staff", "webhook.send-again", f"{webhook.id}/{sent.id}")
    with pytest.raises(NotFoundError):
        world.do("staff", "webhook.send-again", f"{webhook.id}/none")


def test_a_worker_that_dies_leaves_the_message_to_the_sweep(world: World, ear: Ear) -> None:
    webhook = told(world)
    sent = world.do("staff", "webhook.test", webhook.id)
    pk, sk = keys.delivery(webhook.id, sent.id)
    assert world.services.store.outbox.claim(pk, sk, world.clock.now, 60)
    deliver(world)
    assert ear.heard == []
    world.clock.now += timedelta(minutes=2)
    sweep.sweep(world.services)
    deliver(world)
    assert len(ear.heard) == 1


def test_a_webhook_that_ended_is_told_nothing_more(world: World, ear: Ear) -> None:
    webhook = told(world)
    world.do("staff", "webhook.test", webhook.id)
    world.do("staff", "webhook.end", webhook.id)
    deliver(world)
    assert ear.heard == []
    assert world.services.store.outbox.waiting(world.clock.now + timedelta(days=9)) == []
    with pytest.raises(NotFoundError):
        world.do("staff", "webhook.test", webhook.id)


def test_what_a_refused_command_would_have_told_is_not_told(world: World, ear: Ear) -> None:
    world.at("draft")
    webhook = told(world)
    with pytest.raises(ConflictError):
        world.do("rowan", "petition.submit", world.petition_id)
    assert log(world, webhook) == []


@pytest.mark.parametrize(
    "url",
    [
        "",
        "http://example.org/hook",
        "ftp://example.org",
        "https://",
        "https://user:secret@example.org/",
        "https://example.org:22/",
        "https://example.org/#part",
        "https://example.org/a b",
        "https://ex\u00e4mple.org/",
        "https://[::1",
        "https://example.org:x/",
        "https://example.org/" + "x" * 500,
    ],
)
def test_an_address_that_is_none_is_refused(world: World, url: str) -> None:
    with pytest.raises(ValidationError) as refused:
        world.do("staff", "webhook.add", url=url, events=["group.chartered"], about="x")
    assert set(refused.value.errors) == {"url"}


def test_there_are_not_more_than_ten(world: World) -> None:
    for _ in range(10):
        told(world, "group.chartered")
    with pytest.raises(ValidationError, match="another look"):
        told(world, "group.chartered")


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "10.0.0.7", "169.254.169.254", "[::1]"])
def test_no_message_goes_behind_our_own_walls(host: str) -> None:
    """Not to this machine, not to the private network, not to the function's own credentials."""
    with pytest.raises(PostFailed, match="not on the Internet"):
        HttpPoster().post(f"https://{host}/", b"{}", {})


def test_a_message_reaches_an_address_as_it_was_signed() -> None:
    heard = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            heard.append((self.path, self.headers["Host"], self.headers["webhook-id"], body))
            self.send_response(302)
            self.send_header("Location", "http://127.0.0.1/elsewhere")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.handle_request)
    thread.start()
    url = f"http://127.0.0.1:{server.server_port}/hook?a=b"
    # A redirect is an answer like any other: nobody goes there.
    assert HttpPoster(local=True).post(url, b"{}", {"webhook-id": "m-1"}) == 302
    thread.join()
    server.server_close()
    assert heard == [("/hook?a=b", f"127.0.0.1:{server.server_port}", "m-1", b"{}")]
    with pytest.raises(PostFailed):
        HttpPoster(local=True).post(url, b"{}", {})
