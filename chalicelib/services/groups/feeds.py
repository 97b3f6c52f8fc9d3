"""What somebody subscribes to: groups that come, change and go (Atom), and days that fall due
(iCalendar). All of it is public.
"""

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from chalicelib.domain.groups import due as rules
from chalicelib.domain.groups.due import What
from chalicelib.domain.groups.group import Group, Outcome
from chalicelib.domain.ics import Entry, all_day, calendar_feed
from chalicelib.domain.times import long_date, start_of_day
from chalicelib.services.context import Services
from chalicelib.services.groups.groups import gatherings

ATOM = "http://www.w3.org/2005/Atom"
ENTRIES = 50
# No XML may hold these, however written (XML 1.0, 2.2).
_NO_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

_ENDED = {
    "lapsed": "has lapsed",
    "dissolved": "was dissolved",
    "succeeded": "goes on in another group",
}
_MADE = {Outcome.SAME: "was renewed", Outcome.CHANGED: "was renewed with changes"}


@dataclass(frozen=True)
class News:
    """One entry of the feed. `key` is what its id is made of, for ever."""

    key: str
    slug: str
    title: str
    at: datetime
    text: str


def atom(services: Services) -> str:
    """The feed of groups that were chartered, got a new charge, or ended, the newest first."""
    listed = services.store.groups.listed()
    news = [one for row in listed for one in _news(services, row)]
    news.sort(key=lambda one: one.at, reverse=True)
    association = services.policy.association
    root = ET.Element("feed", {"xmlns": ATOM, "xml:lang": association.language})
    _add(root, "id", _urn(services, "groups"))
    _add(root, "title", f"Groups of the {association.name}")
    _link(root, "self", f"{services.base_url}/feeds/groups.atom")
    _link(root, "alternate", f"{services.base_url}/groups")
    _add(root, "updated", _stamp(news[0].at if news else datetime.fromtimestamp(0, UTC)))
    author = ET.SubElement(root, "author")
    _add(author, "name", association.name)
    for one in news[:ENTRIES]:
        entry = ET.SubElement(root, "entry")
        _add(entry, "id", _urn(services, f"groups/{one.slug}/{one.key}"))
        _add(entry, "title", one.title)
        _link(entry, "alternate", f"{services.base_url}/groups/{one.slug}")
        _add(entry, "updated", _stamp(one.at))
        _add(entry, "summary", one.text)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + ET.tostring(root, encoding="unicode")


def _news(services: Services, row: dict[str, Any]) -> Iterable[News]:
    group, zone = rules.as_listed(row), services.policy.association.zone
    number, ends = group.charge.number, group.charge.ends_on
    until = f"Its charge holds through {long_date(ends)}." if ends else "Its charge has no end."
    if group.since:
        begun = until if number == 1 and group.living else ""
        yield News("chartered", group.id, f"{group.name} was chartered", group.since, begun)
    if number > 1 and row.get("effective_on"):
        # A charge says the day on which it took effect, and no hour.
        at = start_of_day(group.charge.effective_on, zone)
        renewed = str(row.get("renewed") or "")
        made = next((words for outcome, words in _MADE.items() if outcome == renewed), "")
        title = f"{group.name} {made or 'has a new charge'}"
        yield News(f"charge/{number}", group.id, title, at, until if group.living else "")
    if group.ended_at:
        title = f"{group.name} {_ENDED.get(group.state.value, 'has ended')}"
        text = "Its page stays readable, with its record."
        at = group.ended_at
        yield News(f"ended/{at:%Y%m%d}", group.id, title, at, text)


def _add(parent: ET.Element, tag: str, text: str) -> None:
    ET.SubElement(parent, tag).text = _NO_XML.sub("", text)


def _link(parent: ET.Element, rel: str, href: str) -> None:
    ET.SubElement(parent, "link", {"rel": rel, "href": href})


def _urn(services: Services, path: str) -> str:
    """An id that stays when the site moves to another address."""
    return uuid5(NAMESPACE_URL, f"groundswell:{services.policy.association.short}/{path}").urn


def _stamp(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


# ------------------------------------------------------------------ Calendars


def calendar(services: Services) -> str:
    """The calendar of all groups: when charges end in the next twelve months, and until when
    documents for meetings of the Board are due.
    """
    today, policy = services.today(), services.policy
    until = rules.year_from(today)
    groups = [rules.as_listed(row) for row in services.store.groups.listed()]
    entries = [
        _entry(services, group, What.ENDS, ends)
        for group in groups
        if group.living and (ends := group.charge.ends_on) and today <= ends <= until
    ]
    for one in gatherings(services):
        if today <= one.deadline <= until:
            entries.append(
                all_day(
                    f"documents-{one.id}-{one.deadline}@groundswell",
                    f"Documents for {one.title} are due",
                    one.deadline,
                    start_of_day(one.deadline, policy.association.zone),
                    f"{services.base_url}/groups",
                    f"What a renewal needs of the Board is sent in by then. The meeting is on "
                    f"{long_date(one.day)}.",
                )
            )
    return calendar_feed(
        sorted(entries, key=lambda entry: (entry.days, entry.title)),
        policy.association.short,
        f"{policy.association.short} groups: what is due",
    )


def calendar_of_group(services: Services, group: Group) -> str:
    """The calendar of one group: when its charge ends, when its renewal opens, and until when it
    checks in; of one that ended, that day.
    """
    shown = {What.ENDS, What.OPENS, What.CHECK_IN}
    rows = rules.of_group(group, services.today(), services.policy)
    days = sorted((row.day, row.what) for row in rows if row.day and row.what in shown)
    entries = [_entry(services, group, what, day) for day, what in days]
    if not group.living and group.ended_on:
        uid = f"group-{group.id}-ended-{group.ended_on}@groundswell"
        at = group.ended_at or start_of_day(group.ended_on, services.policy.association.zone)
        title = f"{group.name} {_ENDED.get(group.state.value, 'has ended')}"
        entries.append(all_day(uid, title, group.ended_on, at, _page(services, group), ""))
    short = services.policy.association.short
    return calendar_feed(entries, short, f"{group.name}: what is due")


_TITLES = {
    What.ENDS: "{name}: charge ends",
    What.OPENS: "{name}: renewal opens",
    What.CHECK_IN: "{name}: yearly check-in is due",
}
_SAID = {
    What.ENDS: "The last day of the charge. Its conveners answer for its renewal before then.",
    What.OPENS: "From this day on its conveners are asked what should happen to the group.",
    What.CHECK_IN: "Its conveners say by this day how the year went; it takes some minutes.",
}


def _entry(services: Services, group: Group, what: What, day: date) -> Entry:
    # What it follows from is known since the charge took effect; a charge of an earlier release may
    # not say when.
    since = group.charge.effective_on
    known = day if since == date.min else since
    return all_day(
        f"group-{group.id}-{what.value.replace(' ', '-')}-{day}@groundswell",
        _TITLES[what].format(name=group.name),
        day,
        start_of_day(known, services.policy.association.zone),
        _page(services, group),
        f"{_SAID[what]}\n{_page(services, group)}",
    )


def _page(services: Services, group: Group) -> str:
    return f"{services.base_url}/groups/{group.id}"
