"""Staff's overview of groups: what is due in the next twelve months, and several done at once."""

from typing import Any

from chalicelib.domain.errors import ValidationError
from chalicelib.domain.groups import due as rules
from chalicelib.domain.groups.due import Row, What
from chalicelib.domain.groups.group import Why
from chalicelib.domain.people.roles import authorize
from chalicelib.domain.renewals.renewal import why_not_open
from chalicelib.services.groups import directory
from chalicelib.services.renewals import bulk as group_bulk
from chalicelib.services.renewals.bulk import MOST, Action
from chalicelib.web.forms import Form
from chalicelib.web.guard import Pages
from chalicelib.web.renewals import due_words
from chalicelib.web.request import Request
from chalicelib.web.responses import Answer, html, navigation

pages = Pages(__name__)

PAGE = "/staff/renewals"
# Where several groups have the same to do on the same day, one line stands for them.
FOLDED_FROM = 4
ACTIONS = {Action.OPEN: "Open these renewals", Action.REMIND: "Send these reminders"}


@pages.get(PAGE)
def overview(request: Request) -> Answer:
    """Everything that is due, or a kind of it."""
    return _page(request, {})


def _page(request: Request, errors: dict[str, str], status: int = 200) -> Answer:
    authorize(request.actor, "staff.read")
    services = request.services
    every = directory.due(services)
    rule = services.policy.renewal(services.today())
    units = {unit.kind: unit.label for unit in services.policy.units}
    what = request.query.get("what", "")
    what = what if what in list(What) else ""
    kind = request.query.get("kind", "")
    kind = kind if kind in units else ""
    rows = [r for r in every if _shown(r, what) and kind in {"", r.kind}]
    waiting = [r for r in rows if r.what in {What.STAFF, What.BOARD}]
    rest = [r for r in rows if r not in waiting]
    return html(
        request,
        "staff/renewals.html",
        status,
        form=Form({"what": what, "kind": kind}, errors),
        total=len(rows),
        staff=directory.awaits(rows, What.STAFF),
        board=directory.awaits(rows, What.BOARD),
        overdue=_folded([r for r in rest if r.overdue]),
        months=[(month, _folded(found)) for month, found in rules.by_month(rest)],
        undated=_folded([r for r in rest if r.day is None]),
        ticks=_ticks(request, rest),
        is_due=due_words.is_due,
        to_do=lambda row: due_words.to_do(row, rule),
        kinds=due_words.KINDS,
        labels=units,
        until=rules.year_from(services.today()),
        counts=_counts(every),
        nav=_nav(request, directory.awaits(every, What.STAFF)),
    )


def _shown(row: Row, what: str) -> bool:
    """Whether a row is of the kind that was asked for. Among everything, the row of a renewal that
    waits says when the charge ends, so that this is not said twice.
    """
    if what:
        return row.what == what
    found = row.group.renewal
    return row.what != What.ENDS or found is None or found.why != Why.END


def _counts(every: list[Row]) -> list[tuple[str, str, int]]:
    """What there is most to do about, in few words: what, how it is called, and how many."""
    named = {
        What.STAFF: "waiting for staff",
        What.BOARD: "before the Board",
        What.CONVENERS: "waiting for conveners",
        What.VACANCY: "with a vacancy",
    }
    found = [(w.value, said, len(directory.awaits(every, w))) for w, said in named.items()]
    missing = sum(row.overdue for row in directory.awaits(every, What.CHECK_IN))
    return [*found, (What.CHECK_IN.value, "without their yearly check-in", missing)]


def _nav(request: Request, staff: list[Row]) -> list[dict[str, Any]]:
    return navigation(request, {PAGE: len(staff)})


def _folded(rows: list[Row]) -> list[list[Row]]:
    """The rows in their order, those that say the same of the same day together where they are
    many.
    """
    alike: dict[tuple[Any, Any], list[Row]] = {}
    for row in rows:
        alike.setdefault((row.what, row.day), []).append(row)
    found: list[list[Row]] = []
    for together in alike.values():
        found += [together] if len(together) >= FOLDED_FROM else [[row] for row in together]
    return found


def _ticks(request: Request, rows: list[Row]) -> dict[str, What]:
    """At which of a group's rows staff may choose it: where its renewal waits for its conveners, or
    else where it can be opened.
    """
    today, policy = request.services.today(), request.services.policy
    found: dict[str, What] = {}
    for row in rows:
        opens = row.what in {What.OPENS, What.ENDS}
        if row.what == What.CONVENERS or (
            opens and not why_not_open(row.group, today, policy) and row.slug not in found
        ):
            found[row.slug] = row.what
    return found


# ------------------------------------------------------------------ Several at once


def _chosen(request: Request) -> tuple[Action, list[str]]:
    """What is to be done, and to which groups. Raises ValidationError for nothing, or too many."""
    do, sent = request.form.get("do", ""), request.form.get("groups", [])
    if do not in list(Action):
        raise ValidationError({"": "Choose what is to be done with one of the buttons."})
    given = sent if isinstance(sent, list) else []
    slugs = list(dict.fromkeys(one for one in given if isinstance(one, str)))
    if not slugs:
        raise ValidationError({"": "Tick at least one group first."})
    if len(slugs) > MOST:
        raise ValidationError({"": f"Tick {MOST} groups at most, and do the others afterwards."})
    return Action(do), slugs


@pages.form(f"{PAGE}/preview")
def preview(request: Request) -> Answer:
    """What would happen to each of the groups that were ticked. Nothing is done yet."""
    authorize(request.actor, "staff.read")
    try:
        action, slugs = _chosen(request)
    except ValidationError as error:
        return _page(request, error.errors, 422)
    lines = group_bulk.preview(request.services, request.actor, action, slugs)
    return _answer(request, "staff/renewals_preview.html", action, lines)


@pages.form(f"{PAGE}/run")
def run(request: Request) -> Answer:
    """Does it, to each group by itself, and says what came of each."""
    authorize(request.actor, "staff.read")
    try:
        action, slugs = _chosen(request)
    except ValidationError as error:
        return _page(request, error.errors, 422)
    names = {row["slug"]: row["name"] for row in request.services.store.groups.listed()}
    chosen = [(slug, names.get(slug, slug)) for slug in slugs]
    return _answer(
        request,
        "staff/renewals_done.html",
        action,
        group_bulk.run(action, chosen, request.perform),
    )


def _answer(request: Request, template: str, action: Action, lines: Any) -> Answer:
    return html(
        request,
        template,
        action=action.value,
        label=ACTIONS[action],
        lines=[line for line in lines if line.done],
        refused=[line for line in lines if not line.done],
    )
