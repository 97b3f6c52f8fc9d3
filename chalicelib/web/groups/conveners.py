"""The page of a group's conveners: invitations, terms, handing over and stepping down."""

from chalicelib.domain.errors import ConflictError, ValidationError
from chalicelib.domain.groups.conveners import asked_as, convener_of, ends_soon
from chalicelib.domain.groups.group import Group
from chalicelib.services.groups.groups import group as load
from chalicelib.web.forms import Form
from chalicelib.web.groups.groups import for_group
from chalicelib.web.guard import Pages
from chalicelib.web.request import Request
from chalicelib.web.responses import Answer, html, kept, redirect

pages = Pages(__name__)

INVITE = ("name", "email", "institution", "replaces")
BLANK = Form(dict.fromkeys(INVITE, ""))
NO_END = Form({"convener": "", "reason": ""})


@pages.get("/groups/{slug}/conveners")
def show(request: Request, slug: str) -> Answer:
    """Who convenes the group until when, who is invited, and what can be done about it."""
    return _page(request, load(request.services, slug))


def _page(
    request: Request, group: Group, form: Form = BLANK, end_form: Form = NO_END, status: int = 200
) -> Answer:
    context = for_group(request, group, "group.read-conveners")
    services = request.services
    return html(
        request,
        "groups/conveners.html",
        status,
        **context,
        own=convener_of(group, request.actor),
        asked=asked_as(group, request.actor),
        own_name=request.actor.person.name if request.actor.person else "",
        form=form,
        end_form=end_form,
        limits=services.policy.limits,
        may_go_on=[c.id for c in group.acting if ends_soon(c, services.today(), services.policy)],
    )


@pages.form("/groups/{slug}/conveners/invite")
def invite(request: Request, slug: str) -> Answer:
    """Invites somebody."""
    fields = {name: request.form.get(name, "") for name in INVITE}
    try:
        request.perform("group.invite-convener", slug, fields)
    except ValidationError as error:
        return _page(request, load(request.services, slug), Form(fields, error.errors), status=422)
    except ConflictError as error:
        link = ("Go to the conveners", f"/groups/{slug}/conveners")
        return kept(request, 409, "Nobody was invited", error.message, link, fields)
    return redirect(f"/groups/{slug}/conveners?done=invited")


@pages.form("/groups/{slug}/conveners/again")
def invite_again(request: Request, slug: str) -> Answer:
    """Sends an invitation once more."""
    data = {"convener": request.form.get("convener", "")}
    request.perform("group.invite-again", slug, data)
    return redirect(f"/groups/{slug}/conveners?done=invited")


@pages.form("/groups/{slug}/conveners/end")
def end(request: Request, slug: str) -> Answer:
    """Takes somebody out, or takes an invitation back."""
    fields = {name: request.form.get(name, "") for name in ("convener", "reason")}
    try:
        request.perform("group.end-convener", slug, fields)
    except ValidationError as error:
        end_form = Form(fields, error.errors)
        return _page(request, load(request.services, slug), end_form=end_form, status=422)
    return redirect(f"/groups/{slug}/conveners?done=convener-gone")


@pages.form("/groups/{slug}/conveners/go-on")
def go_on(request: Request, slug: str) -> Answer:
    """Somebody goes on for another term."""
    request.perform("group.extend-term", slug, {"convener": request.form.get("convener", "")})
    return redirect(f"/groups/{slug}/conveners?done=term-extended")


@pages.form("/groups/{slug}/conveners/join")
def join(request: Request, slug: str) -> Answer:
    """Accepts an invitation."""
    request.perform("group.join", slug)
    return redirect(f"/groups/{slug}?done=convening-group")


@pages.form("/groups/{slug}/conveners/decline")
def decline(request: Request, slug: str) -> Answer:
    """Declines it."""
    request.perform("group.decline-invitation", slug)
    return redirect(f"/groups/{slug}?done=declined-group")


@pages.form("/groups/{slug}/conveners/step-down")
def step_down(request: Request, slug: str) -> Answer:
    """Leaves the group."""
    request.perform("group.step-down", slug)
    return redirect(f"/groups/{slug}?done=stepped-down")
