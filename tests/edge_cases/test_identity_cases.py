"""The numbered cases of who is who, of what is held or paused, and of every state, on the pages."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest

from chalicelib.domain.people.people import VISITOR
from chalicelib.domain.petitions.petition import State as Petition
from chalicelib.domain.roster.roster import Entry, Roster, digest_of
from chalicelib.domain.signing.signature import Signature, State
from chalicelib.services import sweep
from chalicelib.services.commands import perform
from chalicelib.services.roster import rosters
from chalicelib.services.signing import signing
from chalicelib.web.request import FORM
from local.demo.people import address
from tests.services.world import World
from tests.web.browser import Answer, Site

HOME = "lee@example.org"
ANN = Entry("Ann Lee", HOME, "Fell College", "1", shared=True)
BOB = Entry("Bob Lee", HOME, "Grand University", "2", shared=True)
CID = Entry("Cid Roe", "cid@example.org", "Roe Library", "3")


@pytest.fixture
def site(world: World, monkeypatch: pytest.MonkeyPatch) -> Site:
    return Site(world, monkeypatch)


@pytest.fixture
def collecting(site: Site) -> Site:
    """A petition that takes signatures, with no letters on the count."""
    site.world.at("collecting").forget_letters()
    return site


def import_roster(world: World, *entries: Entry) -> None:
    """A newer roster comes into force, and signatures are matched with it."""
    version = world.services.store.rosters.current().version + 1
    given = Roster(version=version, digest=digest_of(entries), entries=len(entries))
    world.services.store.rosters.store(given, entries)
    rosters._rematch(world.services, entries)


def sign(site: Site, email: str, name: str, **more: str) -> Answer:
    """Somebody opens the form in a browser of their own, signs, and the letters go out."""
    browser = site.visitor()
    browser.get(f"/petitions/{site.world.petition_id}/sign")
    site.world.clock.forward(minutes=1)
    answers = {"name": name, "email": email, "institution": "Northgate", **more}
    answer = browser.press("Sign", answers)
    site.world.deliver_all()
    return answer


def signatures(world: World) -> dict[str, Signature]:
    """Everybody's signature, by name."""
    return {s.name: s for s in world.services.store.petitions.signatures(world.petition_id)}


def link_of(world: World, name: str, confirm: bool = True) -> str:
    """The address in somebody's letter."""
    token = signing.signature_token(world.services, signatures(world)[name])
    return f"/signatures/confirm/{token}" if confirm else f"/signatures/{token}"


def confirm(site: Site, name: str) -> Answer:
    """They open their letter's link in another browser and press the button."""
    browser = site.visitor()
    browser.get(link_of(site.world, name))
    answer = browser.press("Yes, count my signature")
    site.world.deliver_all()
    return answer


def without_tokens(body: str) -> str:
    """A page without what differs from one browser to the next."""
    return re.sub(r'name="(csrf_token|shown)" value="[^"]*"', "", body)


def test_case_05_two_members_at_one_mailbox_are_two_and_a_third_is_a_repeat(
    collecting: Site,
) -> None:
    world = collecting.world
    import_roster(world, ANN, BOB)
    pages = [
        sign(collecting, HOME, "Ann Lee", member_number="1"),
        sign(collecting, HOME, "Bob Lee", member_number="2"),
    ]
    confirm(collecting, "Ann Lee")
    confirm(collecting, "Bob Lee")
    assert world.counts == (0, 2)
    pair = signatures(world)
    assert all(s.state == State.VERIFIED and s.shares for s in pair.values())
    waiting, _ = world.services.store.petitions.doubtful(world.petition_id, "", 10)
    assert {s.name for s in waiting} == {"Ann Lee", "Bob Lee"}

    world.forget_letters()
    for number in ("1", "002"):
        pages.append(sign(collecting, HOME, "Lee", member_number=number))
    assert len({without_tokens(page.body) for page in pages}) == 1
    assert [(letter.kind, letter.to) for letter in world.letters()] == [
        ("signature-already", HOME)
    ] * 2
    assert signatures(world).keys() == {"Ann Lee", "Bob Lee"}
    assert world.counts == (0, 2)


@pytest.mark.parametrize("name", ["Cid R. Roe", "ROE, Cid", "Cyd Row"])
def test_case_06_a_name_spelled_otherwise_is_one_person(collecting: Site, name: str) -> None:
    world = collecting.world
    import_roster(world, CID)
    sign(collecting, CID.email, "Cid Roe")
    confirm(collecting, "Cid Roe")
    world.forget_letters()
    sign(collecting, CID.email, name)
    assert signatures(world).keys() == {"Cid Roe"}
    assert [letter.kind for letter in world.letters()] == ["signature-already"]
    # They put the name right on their own page: the match is by the person, not the spelling.
    own = collecting.visitor()
    own.get(link_of(world, "Cid Roe", confirm=False))
    own.press("Save", {"name": name})
    assert (signatures(world)[name].state, world.counts) == (State.VERIFIED, (0, 1))
    import_roster(world, CID)
    assert (signatures(world)[name].state, world.counts) == (State.VERIFIED, (0, 1))


# Case 9


@pytest.fixture
def paused(collecting: Site) -> Site:
    """Signing is paused; one signature counts, one waits for its confirmation."""
    sign(collecting, address("zoe"), "Zoë Lindqvist")
    confirm(collecting, "Zoë Lindqvist")
    sign(collecting, CID.email, "Cid Roe")
    world = collecting.world
    world.do("staff", "petition.pause", world.petition_id, reason="Forty within a minute.")
    world.deliver_all()
    return collecting


def test_case_09_while_paused_every_way_in_leads_to_the_petition(paused: Site) -> None:
    world = paused.world
    petition = f"/petitions/{world.petition_id}"
    link = link_of(world, "Cid Roe")
    # Pages that were open before the pause are sent in it.
    world.do("staff", "petition.resume", world.petition_id)
    form, button = paused.visitor(), paused.visitor()
    form.get(f"{petition}/sign")
    button.get(link)
    world.do("staff", "petition.pause", world.petition_id, reason="Forty within a minute.")
    world.deliver_all()
    world.forget_letters()

    before = world.dump()
    answers = {"name": "Sian Wood", "email": "sian@example.org", "institution": "Northgate"}
    ways: list[Callable[[], Answer]] = [
        lambda: form.press("Sign", answers),
        lambda: button.press("Yes, count my signature"),
        lambda: paused.visitor().get(f"{petition}/sign"),
        lambda: paused.visitor().get(link),
    ]
    for way in ways:
        answer = way()
        assert (answer.status, answer.path) == (200, f"{petition}?done=paused")
        assert "Staff have paused signing" in answer.text
        assert "Nothing was changed" in answer.text
    data = {"name": "A", "email": "a@example.org", "institution": "B", "named": True}
    refused = paused.visitor().send_json(f"/api/v1{petition}/sign", data)
    assert refused.status == 409
    assert "paused" in refused.json["detail"]
    assert world.dump() == before
    assert world.deliver_all() == 0
    assert "Forty within a minute." in paused.visitor().get(petition).text

    world.do("staff", "petition.resume", world.petition_id)
    assert confirm(paused, "Cid Roe").heading.startswith("Thank you")
    assert sum(world.counts) == 2


def test_case_09_what_is_not_signing_goes_on(paused: Site) -> None:
    world = paused.world
    petition = f"/petitions/{world.petition_id}"
    for page in (petition, f"{petition}/signatures", f"{petition}/changes"):
        assert paused.visitor().get(page).status == 200
    own = paused.visitor()
    assert own.get(link_of(world, "Zoë Lindqvist")).heading.startswith("Thank you")
    own.press("Withdraw my signature")
    assert world.counts == (0, 0)


# Case 10


def entry(world: World, kind: str, pattern: str, effect: str = "block") -> Any:
    data = {"kind": kind, "pattern": pattern, "effect": effect, "reason": "Seen before."}
    return world.do("staff", "block.add", **data)


@pytest.mark.parametrize(
    ("kind", "pattern"), [("domain", "*.spam.example"), ("address", "mole@a.spam.example")]
)
def test_case_10_a_blocked_signature_is_held_and_looks_like_any_other(
    collecting: Site, kind: str, pattern: str
) -> None:
    world = collecting.world
    entry(world, kind, pattern)
    blocked = sign(collecting, "mole@a.spam.example", "Mole")
    assert world.letters() == []
    other = sign(collecting, CID.email, "Cid Roe")
    assert without_tokens(blocked.body) == without_tokens(other.body)
    assert (blocked.path, blocked.status) == (other.path, other.status)
    # A neighbour is not touched.
    assert world.told() == [("signature-confirm", "cid")]
    mole = signatures(world)["Mole"]
    assert (mole.state, mole.letters) == (State.HELD, 0)
    waiting, _ = world.services.store.petitions.doubtful(world.petition_id, "", 10)
    assert [s.name for s in waiting] == ["Mole"]
    # Once more: the same page, and still no letter.
    again = sign(collecting, "mole@a.spam.example", "Mole")
    assert without_tokens(again.body) == without_tokens(other.body)
    assert world.told() == [("signature-confirm", "cid")]

    target = f"{world.petition_id}/{mole.key}"
    world.do("staff", "signature.release", target, reason="A member of ours.")
    world.deliver_all()
    assert world.told()[-1] == ("signature-confirm", "mole")
    assert confirm(collecting, "Mole").heading.startswith("Thank you")
    assert sum(world.counts) == 1


def test_case_10_a_limit_holds_and_an_allowance_lifts_it_but_no_block(collecting: Site) -> None:
    world = collecting.world
    most = next(w.most for w in world.services.policy.windows if w.what == "address")
    spelled = "ab"
    for number in range(most + 1):
        sign(collecting, f"{spelled}+{number}@gmail.com", f"Abel Case No{number}")
    (abel,) = signatures(world).values()
    # The same person as before, so they are not held after the fact.
    assert abel.state == State.PENDING
    world.clock.forward(hours=2)
    entry(world, "domain", "library.example.org", "allow")
    entry(world, "address", "mole@library.example.org")
    sign(collecting, "mole@library.example.org", "Mole")
    sign(collecting, "vole@library.example.org", "Vole")
    states = {name: s.state for name, s in signatures(world).items()}
    assert (states["Mole"], states["Vole"]) == (State.HELD, State.PENDING)


# Case 15


def test_case_15_staff_link_a_signatory_to_the_roster_and_no_newer_one_undoes_it(
    collecting: Site,
) -> None:
    world = collecting.world
    import_roster(world, CID, ANN, BOB)
    sign(collecting, "roe@elsewhere.example", "C. Roe-Holm")
    confirm(collecting, "C. Roe-Holm")
    target = f"{world.petition_id}/{signatures(world)['C. Roe-Holm'].key}"
    reason = "The institution says that it is the same person."
    world.do("staff", "signature.settle", target, accept=True, reason=reason, seat=CID.seat)
    world.deliver_all()
    for newer in ((ANN, BOB), (Entry("Cid Roe", "new@example.org", "", "3"),), (CID,)):
        import_roster(world, *newer)
        linked = signatures(world)["C. Roe-Holm"]
        assert linked.state == State.VERIFIED
        assert linked.match is not None
        assert (linked.match.by, linked.match.reason) == ("Imara Vesterholt", reason)
        assert world.counts == (0, 1)
    # The member's own address counts nobody twice.
    sign(collecting, CID.email, "Cid Roe")
    thanks = confirm(collecting, "Cid Roe")
    assert "so that you count once" in thanks.text
    assert world.counts == (1, 1)


# Case 16

# What is asked, by whom: the link of somebody who has not confirmed, or of somebody who has.
ASKED = {
    "view": ("GET", "/petitions/{id}"),
    "list": ("GET", "/petitions/{id}/signatures"),
    "changes": ("GET", "/petitions/{id}/changes"),
    "form": ("GET", "/petitions/{id}/sign"),
    "sign": ("POST", "/petitions/{id}/sign"),
    "link": ("GET", "/signatures/confirm/{pending}"),
    "confirm": ("POST", "/signatures/confirm/{pending}"),
    "own": ("GET", "/signatures/{verified}"),
    "unname": ("POST", "/signatures/{verified}/correct"),
    "correct": ("POST", "/signatures/{verified}/correct"),
    "withdraw": ("POST", "/signatures/{verified}/withdraw"),
}
# yes: done, and written. page: shown. paused: led to the petition, which says so. no: refused
# in words. none: there is no such page. Nothing but `yes` writes.
TABLE = """
state       view list changes form   sign   link   confirm own  unname correct withdraw
collecting  page page page    page   yes    page   yes     page yes    yes     yes
paused      page page page    paused paused paused paused  page yes    yes     yes
closed-24h  page page page    page   no     page   yes     page yes    yes     yes
closed-25h  page page page    page   no     page   no      page yes    yes     yes
submitted   page page page    page   no     page   no      page yes    yes     no
verified    page page page    page   no     page   no      page yes    no      no
scheduled   page page page    page   no     page   no      page yes    no      no
returned    page page page    page   no     page   no      page yes    yes     yes
draft       page none none    none   none   page   no      page yes    yes     yes
approved    page page page    page   no     page   no      page yes    no      no
declined    page page page    page   no     page   no      page yes    no      no
withdrawn   page page page    page   no     page   no      page yes    no      no
expired     page page page    page   no     page   no      page yes    no      no
rejected    page page page    page   no     page   no      page yes    no      no
"""
# What the page of a link that confirms nothing says, where it does not lead to the petition.
TOLD = {
    "closed-25h": "This link came too late",
    "submitted": "submitted this petition before you confirmed",
    "verified": "submitted this petition before you confirmed",
    "scheduled": "submitted this petition before you confirmed",
    "returned": "This link works again",
    "draft": "This link works again",
    "approved": "This petition is approved",
    "declined": "This petition is declined",
    "withdrawn": "This petition is withdrawn",
    "expired": "This petition is expired",
    "rejected": "This petition is rejected",
}


def close(world: World, hours: int) -> None:
    closes = world.petition.closes_at
    assert closes
    world.clock.now = closes + timedelta(hours=hours)


def run_out(world: World) -> None:
    perform(world.services, VISITOR, "signature.withdraw", world.token("jose"))
    close(world, 25)
    sweep.sweep(world.services)


def live(world: World, *steps: str) -> None:
    for step in steps:
        getattr(world, f"_to_{step}")()


def vote(world: World, choice: str) -> None:
    live(world, *"submitted verified scheduled published moved seconded open".split())
    world.decide(*[choice] * 13)


def end(world: World, who: str, command: str, **data: str) -> None:
    world.do(who, f"petition.{command}", world.petition_id, **data)


STATES: dict[str, Callable[[World], None]] = {
    "collecting": lambda w: None,
    "paused": lambda w: end(w, "staff", "pause", reason="A flood."),
    "closed-24h": lambda w: close(w, 24),
    "closed-25h": lambda w: close(w, 25),
    "submitted": lambda w: live(w, "submitted"),
    "verified": lambda w: live(w, "submitted", "verified"),
    "scheduled": lambda w: live(w, "submitted", "verified", "scheduled"),
    "returned": lambda w: (live(w, "submitted"), end(w, "staff", "return", comments="Longer."))[1],
    "draft": lambda w: (live(w, "submitted"), w.send_back())[1],
    "approved": lambda w: vote(w, "yes"),
    "declined": lambda w: vote(w, "no"),
    "withdrawn": lambda w: end(w, "rowan", "withdraw"),
    "expired": run_out,
    "rejected": lambda w: end(w, "staff", "reject", code="scope", explanation="Outside."),
}


def table() -> dict[str, dict[str, str]]:
    head, *rows = (line.split() for line in TABLE.strip().splitlines())
    return {row[0]: dict(zip(head[1:], row[1:], strict=True)) for row in rows}


def fields_of(world: World, what: str) -> dict[str, str]:
    """What the form of somebody who does that sends."""
    if what == "sign":
        return {"name": "Sian Wood", "email": "sian@example.org", "institution": "Northgate"}
    zoe = world.signature("zoe")
    assert zoe
    if what == "unname":
        return {"name": zoe.name, "institution": zoe.institution}
    if what == "correct":
        return {"name": f"{zoe.name} Reyes", "institution": zoe.institution, "named": "yes"}
    return {}


def answered(world: World, answer: Answer, wrote: bool) -> str:
    """An answer in a word of the table."""
    if answer.status == 303 and answer["Location"] == f"/petitions/{world.petition_id}?done=paused":
        word = "paused"
    else:
        word = {200: "page", 303: "yes", 409: "no", 404: "none"}[answer.status]
    assert wrote == (word == "yes"), answer.text
    return word


@pytest.mark.parametrize("state", STATES)
def test_case_16_every_state_with_every_page_and_action(site: Site, state: str) -> None:
    world = site.world
    world.at("confirmed")
    sign(site, CID.email, "Cid Roe")
    links = {
        "id": world.petition_id,
        "pending": signing.signature_token(world.services, signatures(world)["Cid Roe"]),
        "verified": world.token("zoe"),
    }
    STATES[state](world)
    world.deliver_all()
    expected = "collecting" if state in {"paused", "closed-24h", "closed-25h"} else state
    assert world.petition.state == expected

    found = {}
    start = world.table.snapshot()
    for what, (method, path) in ASKED.items():
        # Each is asked of the same state, whatever the one before it wrote.
        world.table.restore(start)
        browser = site.visitor()
        fields = {**fields_of(world, what), "csrf_token": browser.csrf()}
        before = world.dump()
        sent = (
            (urlencode(fields).encode(), {"Content_Type": FORM}) if method == "POST" else (b"", {})
        )
        answer = browser.ask(method, path.format(**links), sent[0], **sent[1])
        found[what] = answered(world, answer, world.dump() != before)
        if what in {"link", "confirm"} and state in TOLD:
            assert TOLD[state] in answer.text
    assert found == table()[state]


def test_case_16_the_table_has_every_state() -> None:
    assert set(table()) == set(STATES)
    assert {str(s) for s in Petition} <= set(STATES)
