"""The logs of a deployed stage: joined by the request's id, and without anybody's data."""

import io
import json
import logging

import pytest
from chalice import Chalice
from chalice.test import Client

from chalicelib import logs
from chalicelib.aws.files import S3Files
from chalicelib.domain.petitions import petition as petitions
from chalicelib.jobs import mail, sweep
from local.demo.people import MEMBERS
from tests.web.browser import Site


@pytest.fixture
def site(world, monkeypatch):
    return Site(world, monkeypatch)


class Lines:
    """What is written to the log, as a deployed function writes it."""

    def __init__(self) -> None:
        self._stream = io.StringIO()
        self.handler = logging.StreamHandler(self._stream)
        self.handler.setFormatter(logs.JsonFormatter())

    @property
    def text(self) -> str:
        return self._stream.getvalue()

    def all(self, **having):
        found = [json.loads(line) for line in self.text.splitlines()]
        return [one for one in found if all(one.get(k) == v for k, v in having.items())]


@pytest.fixture
def lines():
    root, written = logging.getLogger(), Lines()
    before = root.level
    root.addHandler(written.handler)
    root.setLevel(logging.INFO)
    yield written
    root.removeHandler(written.handler)
    root.setLevel(before)


@pytest.fixture
def lambdas():
    app = Chalice("groundswell")
    for job in (mail, sweep):
        app.register_blueprint(job.bp)
    with Client(app) as client:
        yield client


def taken(site, queue):
    """Takes what the queue was told."""
    return site.world.services.queue.take(queue)


def test_one_id_goes_from_the_page_through_the_queue_to_the_letter(site, lines, lambdas):
    browser = site.visitor()
    browser.get("/sign-in")
    answer = browser.press("Send me a link", {"email": "rowan@example.org"})
    (line,) = lines.all(message="request", route="/sign-in", method="POST")
    assert line["request"] == answer["X-Request-Id"]
    assert (line["status"], line["Requests2xx"]) == (200, 1)
    (told,) = taken(site, "mail")
    event = lambdas.events.generate_sqs_event([told])
    lambdas.lambda_.invoke("send_letters", event)
    (sent,) = lines.all(message="letter sent")
    (done,) = lines.all(message="work done")
    assert {sent["request"], done["request"]} == {line["request"]}
    assert sent["letter"] == "sign-in"


def test_a_message_of_before_without_an_id_is_still_worked_on(site, lines, lambdas):
    site.asks("rowan")
    site.world.forget_letters()
    event = lambdas.events.generate_sqs_event([json.dumps({"pk": "NONE#1", "sk": "LETTER"})])
    lambdas.lambda_.invoke("send_letters", event)
    assert lines.all(message="work done")[-1]["request"] == ""


def test_nothing_of_a_person_is_in_the_logs(site, lines, monkeypatch):
    world = site.world
    rowan = site.member("rowan", "/account")
    world.at("collecting")
    phone = site.visitor()
    phone.get(f"/petitions/{world.petition_id}/sign")
    typed = {"email": "zoe@example.org", "name": "Zoë Lindqvist", "institution": "Northgate"}
    phone.press("Sign", typed)
    world.deliver_all()
    token = world.token("zoe")
    phone.get(f"/signatures/confirm/{token}")
    phone.press("Yes, count my signature")
    # Refused, wrong, not there.
    rowan.get("/staff")
    phone.get("/sign-in/wrong.token-of-zoe@example.org")
    phone.get("/petitions/zoe@example.org?name=Zoe")

    def fails(*_args):
        raise ValueError("zoe@example.org Zoë Lindqvist 203.0.113.7")

    monkeypatch.setattr(petitions, "open_for_signing", fails)
    phone.get(f"/petitions/{world.petition_id}/sign")
    text = lines.text
    assert len(lines.all(message="request")) > 8
    assert lines.all(command="signature.confirm")
    for secret in (
        *("@example.org", "Lindqvist", "Lindqvist".lower(), "203.0.113.7", "127.0.0.1"),
        *(token, rowan.cookies["gs_session"], phone.cookies["gs_browser"], "wrong.token"),
        *(name for name, _, _ in MEMBERS),
    ):
        assert secret not in text, secret


def test_a_fault_is_logged_by_kind_and_place_and_its_number_stands_on_the_page(
    site, lines, monkeypatch
):
    def fails(*_args, **_more):
        raise KeyError("rowan@example.org")

    monkeypatch.setattr(type(site.world.services.store.petitions), "in_state", fails)
    answer = site.visitor().get("/")
    assert answer.status == 500
    (line,) = lines.all(level="ERROR")
    assert line["error"]["kind"] == "builtins.KeyError"
    assert any("test_logs.py" in place for place in line["error"]["at"])
    assert line["request"] in answer.text
    assert lines.all(message="request", Requests5xx=1)


def test_the_words_of_a_fault_do_not_leave_a_job_nor_those_of_a_library(site, lines):
    """Lambda writes what ends a function into its log; libraries quote what they are given."""
    with pytest.raises(logs.WorkFailed) as raised, logs.work("send_letters", "r-1"):
        raise RuntimeError("not verified: zoe@example.org")
    assert raised.value.__cause__ is None
    assert raised.value.__suppress_context__
    assert "zoe" not in str(raised.value)
    logging.getLogger("urllib3").warning("retrying %s", "https://h/sign?email=zoe")
    logging.getLogger("chalicelib.x").warning("from 203.0.113.7 at /sign?email=zoe")
    assert "203.0.113" not in lines.text
    assert "zoe" not in lines.text
    assert lines.all(message="work failed")[0]["error"]["kind"] == "builtins.RuntimeError"


def test_what_aws_refuses_is_logged_by_its_code(aws, lines):
    try:
        S3Files("nobody-of-this-name").put("zoe@example.org", b"", "text/plain")
    except Exception:
        logging.getLogger("chalicelib.test").exception("could not read")
    (line,) = lines.all(message="could not read")
    assert (line["error"]["code"], line["error"]["operation"]) == ("NoSuchBucket", "PutObject")


def test_metrics_are_in_the_form_that_cloudwatch_reads(site, lines, lambdas):
    lambdas.lambda_.invoke("sweep", lambdas.events.generate_cw_event("aws.events", "", {}, [], ""))
    site.visitor().get("/")
    (line,) = lines.all(message="request", route="/")
    (about,) = line["_aws"]["CloudWatchMetrics"]
    assert about["Namespace"] == "Groundswell"
    for metric in about["Metrics"]:
        assert isinstance(line[metric["Name"]], int | float)
    assert set(about["Dimensions"][0]) <= set(line)
