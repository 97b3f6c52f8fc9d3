"""Letters that come back: no more go there, staff see it, and an address can be tried again."""

import json
from datetime import timedelta

import pytest
from chalice import Chalice
from chalice.test import Client

from chalicelib import bootstrap
from chalicelib.domain.people.people import SYSTEM
from chalicelib.jobs import feedback
from chalicelib.services.commands import perform
from chalicelib.services.outbox.mailboxes import notices
from tests.web.browser import Site


@pytest.fixture
def site(world, monkeypatch):
    return Site(world, monkeypatch)


def bounce(email, world, kind="Permanent", number=1):
    """A notification as SES writes it."""
    return {
        "notificationType": "Bounce",
        "bounce": {
            "feedbackId": f"f-{number}",
            "bounceType": kind,
            "bounceSubType": "General",
            "bouncedRecipients": [{"emailAddress": email, "status": "5.1.1"}],
            "timestamp": world.clock().isoformat().replace("+00:00", "Z"),
        },
        "mail": {"messageId": "m-1", "destination": [email]},
    }


def say(*messages):
    """The mail service's messages come by the queue."""
    app = Chalice("groundswell")
    app.register_blueprint(feedback.bp)
    with Client(app) as client:
        event = client.events.generate_sqs_event([json.dumps(one) for one in messages])
        client.lambda_.invoke("feedback", event)


@pytest.mark.usefixtures("site")
def test_no_letter_goes_to_a_dead_address_and_the_work_is_done(world):
    world.at("collecting").forget_letters()
    say(bounce("Rowan@Example.org", world), bounce("Rowan@Example.org", world))
    for _ in range(2):
        world.do("rowan", "petition.withdraw", world.petition_id, reason="Done.")
        break
    world.deliver_all()
    assert "rowan" not in {who for _, who in world.told()}
    assert "noor" in {who for _, who in world.told()}
    # Nothing waits to be sent later: the letter is over.
    assert not world.services.store.outbox.waiting(world.clock() + timedelta(days=9))


def test_whoever_asks_at_a_dead_address_sees_the_same_and_gets_one_letter_a_day(site, world):
    say(bounce("rowan@example.org", world))
    pages = []
    for _ in range(2):
        pages.append(site.asks("rowan").at.text)
        world.deliver_all()
    pages.append(site.asks("noor").at.text.replace("noor", "rowan"))
    assert len(set(pages)) == 1
    assert len(world.letters("sign-in", to="rowan")) == 1
    world.clock.forward(days=1)
    site.asks("rowan")
    world.deliver_all()
    assert len(world.letters("sign-in", to="rowan")) == 2


def test_staff_see_it_and_have_the_address_tried_again(site, world):
    staff = site.member("staff")
    staff.get("/staff/undelivered")
    assert "No email has bounced" in staff.at.text
    say(bounce("rowan@example.org", world))
    staff.get("/staff")
    staff.get("/staff/undelivered")
    for words in ("rowan@example.org", "Rowan Ibarra", "Emails bounce", "General"):
        assert words in staff.at.text
    world.clock.forward(hours=1)
    staff.press("Try again rowan@example.org")
    assert "Letters go to this address again." in staff.at.text
    assert "No email has bounced" in staff.at.text
    assert world.services.store.mailboxes.at("rowan@example.org").tried_by == "Imara Vesterholt"


def test_nobody_but_staff_sees_them(site):
    for who in ("rowan", "president", "executive"):
        assert site.member(who).get("/staff/undelivered").status == 403


def test_one_s_data_tell_it_and_an_erasure_takes_it_along(site, world):
    say(bounce("rowan@example.org", world))
    rowan = site.member("rowan")
    assert "the mail service reports that emails bounce" in rowan.get("/account/data").text
    said = rowan.ask("GET", "/account/data.json").json["mail_service_said"]
    assert (said["standing"], said["why"]) == ("dead", "General")
    world.do("rowan", "data.ask-erasure")
    person = world.person("rowan").id
    world.do("staff", "data.erase", person)
    world.deliver_all()
    if world.services.store.mailboxes.at("rowan@example.org"):
        perform(world.services, SYSTEM, "data.finish-erasure", person)
    assert world.services.store.mailboxes.at("rowan@example.org") is None


def test_every_form_in_which_ses_speaks_is_understood(world):
    plain = bounce("rowan@example.org", world)
    event = {**plain, "eventType": plain["notificationType"]}
    del event["notificationType"]
    wrapped = {"Type": "Notification", "Message": json.dumps(plain)}
    complaint = {
        "eventType": "Complaint",
        "complaint": {
            "feedbackId": "c-1",
            "complaintFeedbackType": "abuse",
            "complainedRecipients": [{"emailAddress": "Rowan <rowan@example.org>"}],
            "timestamp": "2026-03-02T18:00:00.000Z",
        },
        "mail": {"messageId": "m-1"},
    }
    kinds = [[(n.kind, n.email) for n in notices(one)] for one in (plain, event, wrapped)]
    assert kinds == [[("permanent", "rowan@example.org")]] * 3
    assert [(n.kind, n.email) for n in notices(complaint)] == [("complaint", "rowan@example.org")]
    for other in ({"eventType": "Delivery", "delivery": {}}, {"Message": "hello"}, {}, [], "x"):
        if isinstance(other, dict) and other.get("Message") == "hello":
            with pytest.raises(ValueError, match="Expecting"):
                notices(other)
        else:
            assert notices(other) == []
    assert bootstrap
