"""The workers and the schedule as Lambda calls them."""

import json
from dataclasses import replace

import pytest
from chalice import Chalice
from chalice.test import Client
from moto.ses.models import ses_backends

from chalicelib import bootstrap
from chalicelib.jobs import mail, nightly, packets, sweep
from chalicelib.logs import WorkFailed
from chalicelib.services.outbox.letters import LEASE_SECONDS


@pytest.fixture
def running(world, monkeypatch):
    """The world, with the jobs' process working on its services."""
    monkeypatch.setattr(bootstrap, "services", lambda: world.services)
    return world


@pytest.fixture
def lambdas():
    app = Chalice("groundswell")
    for job in (mail, nightly, packets, sweep):
        app.register_blueprint(job.bp)
    with Client(app) as client:
        yield client


def messages(world, queue):
    """Takes what the queue was told."""
    return world.services.queue.take(queue)


def invoke(lambdas, name, bodies):
    return lambdas.lambda_.invoke(name, lambdas.events.generate_sqs_event(bodies))


def test_what_a_command_tells_the_queue_is_what_the_worker_understands(running, lambdas):
    running.at("collecting").forget_letters()
    # What the life up to here told the queue, where it was lived just now.
    messages(running, "mail")
    running.sign("zoe")
    bodies = messages(running, "mail")
    assert [set(json.loads(body)) for body in bodies] == [{"pk", "sk", "request"}]
    invoke(lambdas, "send_letters", bodies)
    invoke(lambdas, "send_letters", bodies)
    assert running.told() == [("signature-confirm", "zoe")]


def test_nobodys_address_is_in_a_queue(running):
    running.at("confirmed")
    messages(running, "mail")
    running.do("rowan", "petition.submit", running.petition_id)
    bodies = messages(running, "mail")
    assert len(bodies) == 4
    assert "@" not in str(bodies)


def test_a_letter_that_fails_is_an_error_of_the_worker_so_that_the_queue_keeps_it(running, lambdas):
    running.at("collecting").forget_letters()
    running.sign("zoe")
    bodies = messages(running, "mail")
    running.post.broken = True
    with pytest.raises(WorkFailed, match="send_letters failed"):
        invoke(lambdas, "send_letters", bodies)
    running.post.broken = False
    running.clock.forward(seconds=LEASE_SECONDS + 1)
    invoke(lambdas, "send_letters", bodies)
    assert running.told() == [("signature-confirm", "zoe")]


def test_a_packet_goes_through_its_own_queue(running, lambdas):
    running.at("scheduled").forget_letters()
    messages(running, "mail")
    running.do("staff", "packet.publish", running.meeting_id)
    assert messages(running, "mail") == []
    bodies = messages(running, "packets")
    invoke(lambdas, "render_packets", bodies)
    invoke(lambdas, "render_packets", bodies)
    assert [p.state for p in running.packets] == ["published"]
    invoke(lambdas, "send_letters", messages(running, "mail"))
    assert len(running.letters("packet-published")) == 14


def test_the_schedule_calls_again_for_what_was_left(running, lambdas):
    running.at("crossed").forget_letters()
    running.sign("seun")
    messages(running, "mail")
    running.clock.forward(minutes=5)
    event = lambdas.events.generate_cw_event("aws.events", "Scheduled Event", {}, [])
    lambdas.lambda_.invoke("sweep", event)
    bodies = messages(running, "mail")
    invoke(lambdas, "send_letters", bodies)
    assert running.told() == [
        ("signature-confirm", "seun"),
        ("threshold-reached", "noor"),
        ("threshold-reached", "rowan"),
    ]


def test_once_a_night_signatures_are_counted_anew(running, lambdas):
    running.at("confirmed")
    event = lambdas.events.generate_cw_event("aws.events", "Scheduled Event", {}, [])
    lambdas.lambda_.invoke("nightly", event)
    found = running.services.store.privacy.recounted(running.petition_id)
    assert found.at == running.clock()
    assert not found.drift


def test_letters_go_out_through_ses(running, lambdas, built, aws):
    running.at("collecting")
    running.services = replace(running.services, mailer=built.mailer)
    running.sign("zoe")
    running.deliver_all()
    (sent,) = ses_backends["123456789012"]["us-east-1"].sent_messages
    assert sent.destinations["ToAddresses"] == ["zoe@example.org"]
    assert "confirm" in sent.subject
