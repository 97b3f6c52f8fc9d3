"""A living group: every command on it and every page of it, measured.

Import this inside `local_aws()` only: the product reads its environment on import.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from benchmarks.support import living
from benchmarks.support.recorder import Recorder
from chalicelib.domain.groups import check_in
from chalicelib.domain.groups import group as groups
from chalicelib.domain.groups.group import Group
from chalicelib.domain.people.people import SYSTEM, Act, Actor, Role
from chalicelib.domain.times import start_of_day
from chalicelib.services.context import Services

ROWAN, NOOR = "rowan@example.org", "noor@example.org"
STAFF, MEMBER = "staff@example.org", "director1@example.org"
REPORT = (
    "The group met eight times in three years, and some forty people came at least once. It wrote "
    "a model agreement, and eleven libraries have used it."
)
CHANGED = f"{living.CHARGE.rstrip('.')}, and to keep a model agreement up to date."


def run(do: Recorder) -> None:
    """Brings in groups, and lives through what may happen to them."""
    _details_and_conveners(do)
    _check_in(do)
    _renewal(do)
    _rare(do)
    _upkeep(do)


def _at(do: Recorder, moment: datetime) -> Services:
    """The services as they are at another moment."""
    return replace(do.services, clock=lambda: moment)


def _add(do: Recorder, slug: str, kind: str = "discussion-group") -> str:
    """A group that Rowan and Noor convene, with a year and a half to go."""
    services, today = do.services, do.services.today()
    began = today - timedelta(days=500)
    blank = living.group_of(slug, began, today + living.QUIET, today + timedelta(days=30))
    emails = (ROWAN, NOOR)
    conveners = tuple(
        replace(one, email=email) for one, email in zip(blank.conveners, emails, strict=True)
    )
    act = Act(SYSTEM, Role.SYSTEM, services.clock())
    group, event = groups.register(replace(blank, kind=kind, conveners=conveners), act)
    unit = services.store.transaction()
    services.store.groups.add(unit, group, event, None)
    unit.commit()
    return slug


def _found(do: Recorder, slug: str) -> Group:
    found = do.services.store.groups.get(slug)
    assert found is not None
    return found


def _later(do: Recorder, name: str, actor: Actor, slug: str, days: int, **data: Any) -> None:
    """A command that is possible some days later alone, measured."""
    services = _at(do, do.services.clock() + timedelta(days=days))
    do.step(name, lambda: do.run(actor, name, slug, data, services))


def _details_and_conveners(do: Recorder) -> None:
    slug, rowan, staff = _add(do, "archives"), do.actor(ROWAN), do.actor(STAFF)
    noor = do.actor(NOOR)
    do.page("staff_group_import", "/staff/groups/import", STAFF)
    do.page("staff_group_import_template", "/staff/groups/import.csv", STAFF)
    row = {
        "name": "Open Maps",
        "kind": "discussion-group",
        "charge": living.CHARGE,
        "effective_on": (do.services.today() - timedelta(days=90)).isoformat(),
        "conveners": "Ada Fell <ada@example.org>",
        "tell": True,
    }
    do.command(staff, "group.import", data=row)
    do.command(rowan, "group.edit", slug, {"meets": "Every second Thursday, by video."})
    do.command(staff, "group.name-liaison", slug, {"person": do.actor(MEMBER).id})
    for name, email in (("Zoë Lindqvist", "zoe@example.org"), ("Ada Fell", "ada@example.org")):
        data = {"name": name, "email": email}
        called = "" if name != "Ada Fell" else "group.invite-convener_another"
        do.command(noor, "group.invite-convener", slug, data, called=called)
    do.page("group_conveners", "/groups/{slug}/conveners", ROWAN, slug=slug)
    do.page("group_edit", "/groups/{slug}/edit", ROWAN, slug=slug)
    _later(do, "group.invite-again", rowan, slug, 2, convener="c4")
    do.command(do.actor("zoe@example.org"), "group.join", slug)
    do.command(rowan, "group.end-convener", slug, {"convener": "c4"})
    data = {"name": "Teodor", "email": "staff2@example.org"}
    do.run(noor, "group.invite-convener", slug, data)
    do.command(do.actor("staff2@example.org"), "group.decline-invitation", slug)
    do.command(rowan, "group.extend-term", slug, {"convener": "c1"})
    do.command(do.actor("zoe@example.org"), "group.step-down", slug)


def _check_in(do: Recorder) -> None:
    policy, today = do.services.policy, do.services.today()
    year = check_in.year_end(today, policy)
    opens = start_of_day(check_in.opens(year, policy), policy.association.zone)
    days = (opens - do.services.clock()).days + 2
    data = {"meetings": "4", "participants": "20", "stays": ["c1", "c2"], "for_board": "Thanks."}
    _later(do, "group.check-in", do.actor(ROWAN), "archives", days, **data)
    do.page("group_check_in", "/groups/{slug}/check-in", ROWAN, slug="archives")


def _renewal(do: Recorder) -> None:
    """A changed charge, from its request to the docket."""
    slug, rowan, staff = "archives", do.actor(ROWAN), do.actor(STAFF)
    answer = {"outcome": "changed", "name": _found(do, slug).name, "charge": CHANGED}
    do.command(rowan, "renewal.open", slug)
    do.command(staff, "renewal.remind", slug)
    do.command(rowan, "renewal.save", slug, answer)
    do.page("renewal_open", "/groups/{slug}/renewal", ROWAN, slug=slug)
    do.command(rowan, "renewal.submit", slug, {**answer, "report": REPORT})
    do.command(rowan, "renewal.take-back", slug)
    do.run(rowan, "renewal.submit", slug, {**answer, "report": REPORT})
    do.command(staff, "renewal.return", slug, {"comments": "Say who keeps the agreement."})
    do.run(rowan, "renewal.submit", slug, {**answer, "report": REPORT})
    do.page("renewal_for_staff", "/groups/{slug}/renewal", STAFF, slug=slug)
    day = (do.services.clock() + timedelta(days=60)).date().isoformat()
    plan = {"title": "Board of groups", "code": "ACRL G 1", "time": "13:00", "place": "Virtual"}
    meeting = do.run(staff, "meeting.plan", data={**plan, "day": day}).id
    do.command(staff, "renewal.schedule", slug, {"meeting": meeting, "number": "7.0"})
    do.page("renewal_before_the_board", "/groups/{slug}/renewal", MEMBER, slug=slug)
    do.page("group_in_renewal", "/groups/{slug}", slug=slug)
    do.page("group_charges", "/groups/{slug}/charges", slug=slug)
    do.page("group_calendar_of", "/groups/{slug}/calendar.ics", slug=slug)
    do.page("api_group", "/api/v1/groups/{slug}", slug=slug)


def _rare(do: Recorder) -> None:
    rowan, staff = do.actor(ROWAN), do.actor(STAFF)
    dropped = _add(do, "maps")
    do.run(rowan, "renewal.open", dropped)
    do.command(rowan, "renewal.drop", dropped)
    accepted = _add(do, "textbooks")
    do.run(rowan, "renewal.open", accepted)
    do.run(rowan, "renewal.submit", accepted, {"outcome": "same", "report": REPORT})
    rule = replace(do.services.policy.renewals[0], same="none")
    policy = replace(do.services.policy, renewals=(rule,))
    services = replace(do.services, policy=policy)
    name = "renewal.accept"
    do.step(name, lambda: do.run(staff, name, accepted, {}, services))
    by_petition = _add(do, "data", "interest-group")
    do.run(rowan, "renewal.open", by_petition)
    do.command(rowan, "renewal.petition", by_petition)
    person = {"person": do.actor(NOOR).id}
    do.command(SYSTEM, "group.forget-convener", "textbooks", person)


def _upkeep(do: Recorder) -> None:
    """What the job does for one group: the three that are most, and nothing at all."""
    living.make_due(do.services, "due", 1)
    for what in ("opens", "reminded", "vacant"):
        called = "" if what == "opens" else f"group.keep-time_{what}"
        do.command(SYSTEM, "group.keep-time", f"due-{what}-0", called=called)
    do.command(SYSTEM, "group.keep-time", "due-opens-0", called="group.keep-time_nothing_due")
