"""What is kept about people: told to everybody, shown to each, and erased when they ask."""

import json

from chalicelib.domain.errors import ConflictError, ValidationError
from chalicelib.domain.people.access_tokens import MOST_DAYS
from chalicelib.domain.people.roles import authorize
from chalicelib.domain.people.sessions import LINK_MINUTES, SESSION_DAYS
from chalicelib.domain.policy.rules import Retention
from chalicelib.domain.signing.decisions import WORDS
from chalicelib.services.privacy import erasure_plan, personal, privacy
from chalicelib.web.forms import Form
from chalicelib.web.guard import Pages
from chalicelib.web.people.account import browser_words
from chalicelib.web.request import Request
from chalicelib.web.responses import Answer, html, redirect

pages = Pages(__name__)

_SOFTWARE = "Policy of this software."
# What ends by itself and whose time is the software's own.
SESSIONS = (
    Retention(
        what="links",
        title="Sign-in links: your email address, and which browser asked",
        purpose="So that a link works once, and only where you asked for it.",
        seen_by="Nobody.",
        until=f"For {LINK_MINUTES} minutes, or until the link was used",
        then="The link is deleted.",
        source=_SOFTWARE,
    ),
    Retention(
        what="sessions",
        title="Sessions: which browser you signed in with, and since when",
        purpose="So that you stay signed in, and can end a session from elsewhere.",
        seen_by="You.",
        until=f"For {SESSION_DAYS} days, or until you sign out",
        then="The session is deleted.",
        source=_SOFTWARE,
    ),
    Retention(
        what="access-tokens",
        title="Access tokens that you made: what for, what they may do, and the last day of use",
        purpose="So that programs of yours can work here, and you can end each of them.",
        seen_by="You.",
        until=f"Until you end it, for {MOST_DAYS} days at most",
        then="The token is deleted. Of its secret a digest is kept, and never more.",
        source=_SOFTWARE,
    ),
    Retention(
        what="answers",
        title="Answers to requests of programs that named their request",
        purpose="So that a request that is sent twice is carried out once.",
        seen_by="Nobody.",
        until="For 24 hours",
        then="The answer is deleted.",
        source=_SOFTWARE,
    ),
)


@pages.get("/privacy")
def told(request: Request) -> Answer:
    """What is kept, why, for how long, who sees it, and how to ask."""
    policy = request.services.policy
    return html(
        request,
        "privacy/told.html",
        rules=[*policy.retention, *SESSIONS],
        association=policy.association,
        erasure_days=policy.privacy.erasure_days,
    )


@pages.get("/account/data")
def data(request: Request) -> Answer:
    """Everything that is kept about the person who is signed in."""
    authorize(request.actor, "data.read")
    return _data(request)


def _data(request: Request, problem: str = "", status: int = 200) -> Answer:
    services = request.services
    found = privacy.own_data(services, request.actor)
    return html(
        request,
        "privacy/data.html",
        status,
        found=found,
        words=WORDS,
        browsers=[(session, browser_words(session.agent)) for session in found.sessions],
        plan=erasure_plan.plan(services, found),
        problem=problem,
        erasure_days=services.policy.privacy.erasure_days,
    )


@pages.api("/account/data.json")
def data_file(request: Request) -> Answer:
    """The same as a file to take along."""
    authorize(request.actor, "data.read")
    found = privacy.own_data(request.services, request.actor)
    content = personal.as_plain(found, request.services.clock())
    headers = {
        "Content-Type": "application/json",
        "Content-Disposition": 'attachment; filename="groundswell-data.json"',
    }
    return Answer(json.dumps(content, ensure_ascii=False, indent=2), 200, headers)


@pages.form("/account/data/erase")
def ask(request: Request) -> Answer:
    """Asks staff to erase it all."""
    try:
        request.perform("data.ask-erasure")
    except ConflictError as error:
        return _data(request, error.message, 409)
    return redirect("/account/data?done=erasure-asked")


@pages.get("/staff/requests")
def requests(request: Request) -> Answer:
    """The requests that wait for staff, the oldest first."""
    authorize(request.actor, "staff.read")
    services, today = request.services, request.services.today()
    rows = [
        (one, services.store.people.get(one.person_id), one.overdue(today))
        for one in services.store.privacy.requests()
    ]
    return html(request, "staff/requests.html", rows=rows)


@pages.get("/staff/requests/{person_id}")
def show(request: Request, person_id: str) -> Answer:
    """One request: what would be erased, what stays, and what is in the way."""
    return _request(request, person_id, Form({"reason": ""}))


def _request(
    request: Request, person_id: str, form: Form, problem: str = "", status: int = 200
) -> Answer:
    authorize(request.actor, "staff.read")
    services = request.services
    wanted = privacy.by_person(services, person_id)
    person = services.store.people.get(person_id)
    found = personal.gather(services, person) if person and wanted.waiting else None
    return html(
        request,
        "staff/request.html",
        status,
        wanted=wanted,
        person=person,
        found=found,
        plan=erasure_plan.for_staff(services, found) if found else None,
        overdue=wanted.overdue(services.today()),
        form=form,
        problem=problem,
        limits=services.policy.limits,
    )


@pages.form("/staff/requests/{person_id}/erase")
def erase(request: Request, person_id: str) -> Answer:
    """Carries a request out, or goes on with it."""
    try:
        privacy.erase(request.services, request.actor, person_id)
    except ConflictError as error:
        return _request(request, person_id, Form({"reason": ""}), error.message, 409)
    return redirect(f"/staff/requests/{person_id}?done=erased")


@pages.form("/staff/requests/{person_id}/refuse")
def refuse(request: Request, person_id: str) -> Answer:
    """Refuses a request with a reason."""
    fields = dict(request.form)
    try:
        request.perform("data.refuse", person_id, fields)
    except ValidationError as error:
        return _request(request, person_id, Form({"reason": "", **fields}, error.errors), "", 422)
    return redirect(f"/staff/requests/{person_id}?done=erasure-refused")


@pages.form("/staff/petitions/{petition_id}/mend-count")
def mend(request: Request, petition_id: str) -> Answer:
    """Sets a petition's count to what its signatures come to."""
    request.perform("petition.mend-count", petition_id)
    return redirect(f"/staff/petitions/{petition_id}?done=count-mended")
