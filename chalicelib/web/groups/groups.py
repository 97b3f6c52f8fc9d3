"""A living group: its page, its charges, its details and its yearly check-in."""

from typing import Any

from chalicelib.domain.errors import ConflictError, NotFoundError, ValidationError
from chalicelib.domain.groups import check_in as check_ins
from chalicelib.domain.groups import conveners as group_conveners
from chalicelib.domain.groups.group import Charge, CheckIn, Group
from chalicelib.domain.motions.amendments import changes
from chalicelib.domain.motions.wording import condition_lines
from chalicelib.domain.people.people import Role
from chalicelib.domain.people.roles import authorize, may
from chalicelib.domain.renewals import renewal
from chalicelib.services.commands import roles_for
from chalicelib.services.groups.groups import MISSING
from chalicelib.services.groups.groups import group as load
from chalicelib.storage.stores.groups import GroupRead
from chalicelib.web.forms import Form
from chalicelib.web.groups.history import group_steps
from chalicelib.web.guard import Pages
from chalicelib.web.petitions.differences import otherwise
from chalicelib.web.record.history import petition_steps
from chalicelib.web.request import Request
from chalicelib.web.responses import Answer, html, kept, redirect

pages = Pages(__name__)

CHECK_IN_FIELDS = ("active", "meetings", "participants", "name", "email", "for_board")
DETAILS = ("meets", "discussion_url", "list_address")


def for_group(request: Request, group: Group, command: str = "") -> dict[str, Any]:
    """What every page of a group is given of it and of who looks at it. With a command, whoever
    may not run it is turned away: raises NotAllowedError.
    """
    actor = request.actor.having(*roles_for(request.actor, group))
    if command:
        authorize(actor, command)
    policy, today = request.services.policy, request.services.today()
    rule = policy.unit(group.kind, today)
    return {
        "group": group,
        "label": rule.label,
        "rule": rule,
        "today": today,
        "convenes": Role.CONVENER in actor.roles,
        "invited": Role.INVITED in actor.roles,
        "is_staff": Role.STAFF in actor.roles,
        "manages": may(actor, "group.edit"),
        "reads_renewal": may(actor, "renewal.read"),
        "missing": group_conveners.missing(group, today, policy),
        "fill_by": group_conveners.fill_by(group, policy),
    }


def read(request: Request, slug: str) -> GroupRead:
    """A group with all that its page shows. Raises NotFoundError."""
    found = request.services.store.groups.read(slug)
    if found is None:
        raise NotFoundError(MISSING)
    return found


@pages.get("/groups/{slug}")
def show(request: Request, slug: str) -> Answer:
    """A group: its charge, its conveners, how it meets, and how it came about."""
    services, found = request.services, read(request, slug)
    group, store = found.group, services.store
    petition = store.petitions.read(group.petition_id, fresh=False) if group.petition_id else None
    motion = store.board.motion(group.charge.motion_id) if group.charge.motion_id else None
    first = found.charges[0] if found.charges else group.charge
    policy, today = services.policy, services.today()
    return html(
        request,
        "groups/show.html",
        **for_group(request, group),
        petition=petition[0] if petition else None,
        motion=motion,
        otherwise=otherwise(petition[0], _given(first)) if petition else None,
        first=first,
        conditions=condition_lines(group.charge.conditions),
        charges=len(found.charges),
        steps=group_steps(found, petition_steps(petition[1]) if petition else [], motion),
        check_in_open=check_ins.open_year(group, today, policy),
        revivable_until=renewal.revivable_until(group, policy),
        predecessors=[g for g in map(store.groups.get, group.predecessors) if g],
    )


def _given(charge: Charge) -> dict[str, str]:
    return {"name": charge.name, "charge": charge.text, "conditions": charge.conditions}


@pages.get("/groups/{slug}/charges")
def charges(request: Request, slug: str) -> Answer:
    """Every charge that a group had, and what changed from each to the next."""
    found = read(request, slug)
    versions = []
    for n, charge in enumerate(found.charges):
        before = found.charges[n - 1] if n else None
        versions.append(
            {
                "charge": charge,
                "changes": changes(_named(before), _named(charge)) if before else [],
                "first": before is None,
            }
        )
    return html(
        request,
        "groups/charges.html",
        **for_group(request, found.group),
        versions=versions[::-1],
    )


def _named(charge: Charge) -> dict[str, str]:
    """A charge's texts. One of an earlier release does not say what the group was called."""
    given = {"charge": charge.text, "conditions": charge.conditions}
    return {**given, "name": charge.name} if charge.name else given


# ------------------------------------------------------------------ Details


@pages.get("/groups/{slug}/edit")
def edit_form(request: Request, slug: str) -> Answer:
    """The form for how a group meets and where it talks."""
    group = load(request.services, slug)
    return _edit(request, group, Form({name: getattr(group, name) for name in DETAILS}))


def _edit(request: Request, group: Group, form: Form, status: int = 200) -> Answer:
    services = request.services
    members = services.store.people.board(services.today())
    context = for_group(request, group, "group.edit")
    return html(
        request,
        "groups/edit.html",
        status,
        **context,
        form=form,
        limits=services.policy.groups,
        members=[{"value": p.id, "label": p.name} for p in members] if context["is_staff"] else [],
        liaison_form=Form({"person": group.liaison_id}),
    )


@pages.form("/groups/{slug}/edit")
def edit(request: Request, slug: str) -> Answer:
    """Saves them."""
    fields = {name: request.form.get(name, "") for name in DETAILS}
    try:
        request.perform("group.edit", slug, fields)
    except ValidationError as error:
        return _edit(request, load(request.services, slug), Form(fields, error.errors), 422)
    return redirect(f"/groups/{slug}?done=details-saved-group")


@pages.form("/groups/{slug}/liaison")
def name_liaison(request: Request, slug: str) -> Answer:
    """Names the member of the Board who looks after the group."""
    request.perform("group.name-liaison", slug, {"person": request.form.get("person", "")})
    return redirect(f"/groups/{slug}?done=liaison")


# ------------------------------------------------------------------ The yearly check-in


@pages.get("/groups/{slug}/check-in")
def check_in_form(request: Request, slug: str) -> Answer:
    """The yearly check-in, filled in from the last one."""
    group = load(request.services, slug)
    return _check_in(request, group, Form(_prefilled(request, group)))


def _prefilled(request: Request, group: Group) -> dict[str, Any]:
    last = group.checked_in
    year = check_ins.year_end(request.services.today(), request.services.policy)
    again = last is not None and last.year_ends == year
    return {
        "active": "no" if last and again and not last.active else "yes",
        "meetings": last.meetings if last else "",
        "participants": last.participants if last else "",
        "for_board": last.for_board if last and again else "",
        "name": "",
        "email": "",
        "stays": [c.id for c in group.acting],
    }


def _check_in(request: Request, group: Group, form: Form, status: int = 200) -> Answer:
    services = request.services
    policy, today = services.policy, services.today()
    year = check_ins.year_end(today, policy)
    last = group.checked_in
    answered = last if last and last.year_ends == year else None
    is_open = check_ins.open_year(group, today, policy) is not None or answered is not None
    return html(
        request,
        "groups/check_in.html",
        status,
        **for_group(request, group, "group.check-in"),
        form=form,
        year=year,
        year_began=policy.terms.year_begins(today),
        opens=check_ins.opens(year, policy),
        due=check_ins.due(year, policy),
        is_open=is_open and group.living,
        answered=answered,
        last=last,
        limits=policy.groups,
    )


@pages.form("/groups/{slug}/check-in")
def check_in(request: Request, slug: str) -> Answer:
    """Takes the answer."""
    sent = request.form
    fields: dict[str, Any] = {name: sent.get(name, "") for name in CHECK_IN_FIELDS}
    stays = sent.get("stays", [])
    fields["stays"] = stays if isinstance(stays, list) else []
    fields["active"] = fields["active"] or "yes"
    try:
        request.perform("group.check-in", slug, fields)
    except ValidationError as error:
        return _check_in(request, load(request.services, slug), Form(fields, error.errors), 422)
    except ConflictError as error:
        link = ("Go to the check-in", f"/groups/{slug}/check-in")
        return kept(request, 409, "The check-in was not taken", error.message, link, fields)
    return redirect(f"/groups/{slug}?done=checked-in")


def last_answers(found: GroupRead) -> list[CheckIn]:
    """The yearly answers, the newest first, each year's last one."""
    by_year = {one.year_ends: one for one in found.check_ins}
    return [by_year[year] for year in sorted(by_year, reverse=True)]
