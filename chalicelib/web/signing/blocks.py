"""What staff do against abuse: blocks and allowances, and how fast a petition is signed."""

from datetime import timedelta
from itertools import islice

from chalicelib.domain.errors import NotFoundError, ValidationError
from chalicelib.domain.people.roles import authorize
from chalicelib.domain.policy.rules import TRAFFIC_SECONDS
from chalicelib.domain.signing import abuse as rules
from chalicelib.services.commands import hide_drafts
from chalicelib.services.signing.screening import counter_of
from chalicelib.web.forms import Form
from chalicelib.web.guard import Pages
from chalicelib.web.request import Request
from chalicelib.web.responses import Answer, html, redirect

pages = Pages(__name__)

MOST_SIGNATURES = 2000
CLUSTERS_SHOWN = 20
FIELDS = ("kind", "pattern", "effect", "reason", "until")


@pages.get("/staff/blocks")
def show(request: Request) -> Answer:
    """What is blocked or allowed, what no longer is, and the form for more."""
    # A traffic page leads here with a network or a domain that was seen there.
    given = {name: request.query.get(name, "") for name in FIELDS}
    return _page(request, Form({**given, "effect": given["effect"] or rules.Effect.BLOCK.value}))


def _page(request: Request, form: Form, status: int = 200) -> Answer:
    authorize(request.actor, "signature.read-private")
    entries = request.services.store.blocks.all()
    today = request.services.today()
    entries.sort(key=lambda entry: entry.at, reverse=True)
    return html(
        request,
        "staff/blocks.html",
        status,
        entries=[e for e in entries if rules.in_force(e, today)],
        over=[e for e in entries if not rules.in_force(e, today)],
        form=form,
    )


@pages.form("/staff/blocks")
def add(request: Request) -> Answer:
    """Puts a block or an allowance in force."""
    fields = {name: request.form.get(name, "") for name in FIELDS}
    try:
        request.perform("block.add", data=fields)
    except ValidationError as error:
        return _page(request, Form(fields, error.errors), 422)
    return redirect("/staff/blocks?done=block-added")


@pages.form("/staff/blocks/{entry_id}/lift")
def lift(request: Request, entry_id: str) -> Answer:
    """Takes one out of force."""
    request.perform("block.lift", entry_id)
    return redirect("/staff/blocks?done=block-lifted")


@pages.get("/staff/petitions/{petition_id}/traffic")
def traffic(request: Request, petition_id: str) -> Answer:
    """How many forms to sign were sent in each ten minutes, and from where."""
    authorize(request.actor, "signature.read-private")
    services, store = request.services, request.services.store
    petition = store.petitions.get(petition_id)
    if petition is None:
        raise NotFoundError("There is no petition at this address.")
    hide_drafts(request.actor, petition)
    now, policy = services.clock(), services.policy
    since = now - timedelta(hours=policy.abuse.hours_shown)
    name = counter_of("petition", petition_id, TRAFFIC_SECONDS)
    counted = store.limits.windows(name, since, TRAFFIC_SECONDS)
    # Read one more than are shown, to know whether there are more.
    signatures = list(islice(store.petitions.signatures(petition_id), MOST_SIGNATURES + 1))
    networks, domains = rules.clusters(signatures[:MOST_SIGNATURES])
    return html(
        request,
        "staff/traffic.html",
        petition=petition,
        spans=rules.spans(counted, since, now, TRAFFIC_SECONDS),
        rule=policy.abuse,
        networks=networks[:CLUSTERS_SHOWN],
        domains=domains[:CLUSTERS_SHOWN],
        looked_at=len(signatures[:MOST_SIGNATURES]),
        not_all=len(signatures) > MOST_SIGNATURES,
    )
