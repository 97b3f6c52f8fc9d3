"""Who may run which command: the whole table, every command against every kind of person."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

import pytest

from chalicelib.domain.errors import NotAllowedError, NotFoundError
from chalicelib.domain.meetings import attendance, docket
from chalicelib.domain.people.addresses import key_of
from chalicelib.domain.people.people import SYSTEM, VISITOR, Act, Actor, Person, Role, actor_for
from chalicelib.domain.people.roles import TABLE
from chalicelib.domain.roster.roster import Roster
from chalicelib.domain.signing.signature import signatory_key
from chalicelib.services.commands import COMMANDS, perform
from chalicelib.services.people import sign_in
from chalicelib.services.roster import rosters
from chalicelib.services.signing import bulk
from chalicelib.storage import keys
from local.demo.people import address, persons
from tests.services.living import SLUG, begin, go_to
from tests.services.world import NOON, TEXT, World

# Whoever tries, and the roles that make the difference.
ACTORS: dict[str, set[Role]] = {
    "visitor": {Role.ANYONE},
    "member": {Role.ANYONE, Role.MEMBER},
    "convener of another petition": {Role.ANYONE, Role.MEMBER},
    "convener": {Role.ANYONE, Role.MEMBER, Role.CONVENER},
    "co-convener": {Role.ANYONE, Role.MEMBER, Role.CONVENER},
    "invited": {Role.ANYONE, Role.MEMBER, Role.INVITED},
    "sender": {Role.ANYONE, Role.MEMBER, Role.SENDER},
    "board without a vote": {Role.ANYONE, Role.MEMBER, Role.BOARD},
    "voting": {Role.ANYONE, Role.MEMBER, Role.BOARD, Role.VOTING},
    "presiding": {Role.ANYONE, Role.MEMBER, Role.BOARD, Role.VOTING, Role.PRESIDING},
    "staff": {Role.ANYONE, Role.MEMBER, Role.STAFF},
    "administrator": {Role.ANYONE, Role.MEMBER, Role.STAFF, Role.ADMIN},
    "system": {Role.ANYONE, Role.SYSTEM},
}
WHO = {
    "convener": "rowan",
    "co-convener": "noor",
    "invited": "ines",
    "sender": "wanda",
    "board without a vote": "executive",
    "voting": "director5",
    "presiding": "president",
    "staff": "staff2",
    "administrator": "staff",
    "member": "tariq",
    "convener of another petition": "yael",
}


@dataclass(frozen=True)
class Case:
    """A command at a step at which it succeeds for those who may."""

    step: str
    target: Callable[[World], str] = lambda world: ""
    data: dict[str, Any] = field(default_factory=dict)
    before: Callable[[World], None] = lambda world: None


def group(world: World) -> str:
    return SLUG


DEAD = {
    "email": "dead@example.org",
    "kind": "permanent",
    "notice": "n-1",
    "at": "2026-03-01T12:00:00+00:00",
}


def one_dead(world: World) -> None:
    """An address from which a letter came back."""
    perform(world.services, SYSTEM, "mailbox.note", key_of("dead@example.org"), DEAD)


def without_administrator(world: World) -> None:
    """An installation that nobody has been made administrator of."""
    people, unit = world.services.store.people, world.services.store.transaction()
    admin = world.person("staff")
    people.save(unit, replace(admin, admin=False, version=admin.version + 1))
    unit.commit()


def living_group(world: World) -> None:
    """A group with two conveners, whose charge has a year to go."""
    begin(world)


def with_ines_invited(world: World) -> None:
    begin(world)
    ines = {"name": "Ines", "email": "ines@example.org"}
    world.do("rowan", "group.invite-convener", SLUG, **ines)


def invited_long_ago(world: World) -> None:
    with_ines_invited(world)
    world.clock.forward(days=3)


def terms_end(world: World) -> None:
    begin(world, until=world.services.today() + timedelta(days=20))


def in_may(world: World) -> None:
    """The yearly check-in is open."""
    begin(world)
    go_to(world, date(2026, 5, 4))


def renewing(world: World) -> None:
    """Its conveners asked for a change."""
    begin(world)
    world.do("rowan", "renewal.open", SLUG)


def renewing_by_petition(world: World) -> None:
    begin(world, kind="interest-group")
    world.do("rowan", "renewal.open", SLUG)


def answered(world: World) -> None:
    renewing(world)
    world.do("rowan", "renewal.submit", SLUG, outcome="same", report="We met.")


def answered_without_the_board(world: World) -> None:
    """The policy wants no step of the Board."""
    rule = replace(world.services.policy.renewals[0], same="none")
    policy = replace(world.services.policy, renewals=(rule,))
    world.services = replace(world.services, policy=policy)
    answered(world)


def petition(world: World) -> str:
    return world.petition_id


def meeting(world: World) -> str:
    return world.meeting_id


def motion(world: World) -> str:
    return world.motion_id


def amendment(world: World) -> str:
    """An amendment of the motion, moved by another than its mover."""
    made = world.do("director5", "motion.amend", world.motion_id, conditions="Report.")
    return str(made.id)


def two_actions(world: World) -> str:
    """A motion from the floor that numbers two actions."""
    data = {"title": "Two things", "wording": "1. That the Board wait.\n2. That the Board act."}
    return str(world.do("director1", "motion.move", world.meeting_id, **data).id)


def signature(world: World) -> str:
    return f"{world.petition_id}/{world.signature('zoe').key}"


def name_ines(world: World) -> None:
    """Another co-convener, who has not agreed yet."""
    row = {"name": "Inès Belhadj", "email": "ines@example.org"}
    conveners = [*TEXT["conveners"], row]
    world.do("rowan", "petition.edit", world.petition_id, **{**TEXT, "conveners": conveners})


def wait_for_zoe(world: World) -> None:
    """Zoe signed more than a day ago and has not confirmed."""
    world.sign("zoe")
    world.deliver_all()
    world.clock.forward(hours=25)


def ask_to_remind_zoe(world: World) -> None:
    wait_for_zoe(world)
    world.do("rowan", "petition.remind", world.petition_id)


def run_out(world: World) -> None:
    world.clock.now = world.petition.closes_at
    world.clock.forward(days=2)


def upload(world: World) -> str:
    """A roster that staff uploaded."""
    person = world.services.store.people.by_email("staff@example.org")
    staff = actor_for(person, world.services.today())
    return rosters.upload(world.services, staff, b"Name,Email\nAna,a@example.org")


def doubtful(world: World) -> str:
    """A signature that the roster does not settle."""
    return f"{world.petition_id}/{signatory_key(STRANGER)}"


STRANGER = "stranger@elsewhere.example"


def sign_as_stranger(world: World, **more: Any) -> None:
    world.sign("stranger", "Stranger", email=STRANGER, **more)
    world.deliver_all()


def confirm_as_stranger(world: World) -> None:
    sign_as_stranger(world)
    world.confirm(STRANGER)
    world.deliver_all()


def set_zoe_aside(world: World) -> None:
    data = {"accept": False, "reason": "Not a member."}
    world.do("staff", "signature.settle", signature(world), **data)


STRANGERS = {
    "action": "set-aside",
    "address": "*@elsewhere.example",
    "reason": "Not a member.",
    "confirmed": True,
    "previewed_at": NOON.replace(year=2030).isoformat(),
}


def shown_of_strangers(world: World) -> str:
    """The digest of the preview."""
    return bulk.preview(world.services, world.actor("staff"), STRANGERS).digest


def bulk_of_strangers(world: World) -> str:
    """A bulk action that waits for its worker."""
    confirm_as_stranger(world)
    digest = shown_of_strangers(world)
    return str(world.do("staff", "signature.bulk", **STRANGERS, digest=digest).id)


def bulk_done(world: World) -> str:
    made = bulk_of_strangers(world)
    world.deliver_all()
    return made


def bulk_being_undone(world: World) -> str:
    made = bulk_done(world)
    world.do("staff", "signature.bulk-undo", made)
    return made


def block(world: World) -> str:
    """An entry that staff made."""
    entry = {"kind": "domain", "pattern": "spam.example", "effect": "block", "reason": "Spam."}
    return world.do("staff", "block.add", **entry).id


FORM = {
    "kind": "action",
    "title": "A budget for travel",
    "background": "Conveners pay for their own travel.",
    "actions": ["That the ACRL Board of Directors set aside 5,000 dollars for travel."],
}


def sent(world: World) -> str:
    """A document that Wanda sent in."""
    return str(world.do("wanda", "document.send", world.meeting_id, **FORM).id)


def numbered(world: World) -> str:
    made = sent(world)
    world.do("staff", "document.number", made, number="7.0")
    return made


def sent_long_ago(world: World) -> str:
    made = sent(world)
    world.clock.forward(days=7)
    return made


def asked_for(world: World) -> str:
    """A document of a packet that is on its way."""
    made = numbered(world)
    world.do("staff", "packet.publish", world.meeting_id)
    return made


def drift(world: World) -> None:
    """The tally is not what the signatures come to."""
    key = keys.petition(world.petition_id), keys.TALLY
    world.alter(key, {"verified": 1})


def person_id(who: str) -> str:
    return next(one.id for one in persons() if one.email == address(who))


def tariq(world: World) -> str:
    return world.person("tariq").id


def tariq_asks(world: World) -> None:
    world.do("tariq", "data.ask-erasure")


def tariq_is_being_erased(world: World) -> None:
    tariq_asks(world)
    world.do("staff", "data.erase", tariq(world))


SEAT = {"office": "Councilor", "since": "2026-07-01", "until": "2027-06-30", "anyway": True}


PLAN = {
    "title": "Board I",
    "code": "ACRL AC 26",
    "day": "2026-04-29",
    "time": "13:00",
    "place": "Virtual",
}


def near_the_deadline(world: World) -> None:
    world.clock.now = world.meeting.starts_at - timedelta(days=19)


def the_day(world: World) -> None:
    world.clock.now = world.meeting.starts_at


def called_to_order(world: World) -> None:
    the_day(world)
    world.do("staff", "meeting.begin", world.meeting_id, present=["board01"])


def with_a_consent_item(world: World) -> None:
    """Staff put an item on the consent agenda; it is the docket's sixth."""
    data = {"title": "Minutes of the last meeting", "consent": True}
    world.do("staff", "docket.add", world.meeting_id, **data)


def with_consent_and_quorum(world: World) -> None:
    with_a_consent_item(world)
    the_day(world)
    present = [f"board{number:02d}" for number in range(1, 8)]
    world.do("staff", "meeting.begin", world.meeting_id, present=present)


def adjourned(world: World) -> None:
    called_to_order(world)
    world.do("staff", "meeting.adjourn", world.meeting_id)


def minutes_written(world: World) -> None:
    adjourned(world)
    world.do("staff", "minutes.write", world.meeting_id)


def minutes_to_approve(world: World) -> None:
    """They are distributed, and a later meeting has begun."""
    minutes_written(world)
    world.do("staff", "minutes.distribute", world.meeting_id)
    later = replace(world.meeting, id="later", starts_at=world.clock.now + timedelta(hours=1))
    unit = world.services.store.transaction()
    begun = attendance.begin(
        replace(later, version=0, head="", state="planned"),
        [],
        world.services.policy,
        Act(world.actor("staff"), Role.STAFF, later.starts_at),
    )
    world.services.store.board.add_meeting(unit, *begun)
    unit.commit()


def document(world: World) -> str:
    return world.meeting.documents[0].document_id


def commented(world: World) -> None:
    """The first comment is one of director1's."""
    data = {"section": "whole", "text": "Who pays?"}
    world.do("director1", "document.comment", document(world), **data)


def asked(world: World) -> None:
    world.do("director1", "document.ask", document(world), text="Who keeps it up?")


def with_a_liaison(world: World) -> None:
    data = {"person": world.person("director1").id}
    world.do("staff", "document.name-liaison", document(world), **data)


def recuse_those_who_vote(world: World) -> None:
    for who in ("director5", "president"):
        world.recuse(who)


def call_and_wait(world: World) -> None:
    """A vote without a meeting whose discussion has ended."""
    world.do("president", "motion.call-virtual", world.motion_id)
    world.clock.forward(days=8)


def carry_virtually(world: World) -> None:
    """A motion that carried without a meeting, and that no meeting has confirmed."""
    world.carry_virtually()


def pull_confirmation(world: World) -> None:
    """Its confirmation, taken out of the consent agenda of another meeting."""
    carry_virtually(world)
    world.ids["meeting"] = world.plan_meeting()
    world.do("staff", "motion.put-for-confirmation", world.motion_id, meeting=world.meeting_id)
    item = next(i for i in world.meeting.docket if i.confirms)
    by = Act(world.actor("director5"), Role.VOTING, world.clock())
    unit = world.services.store.transaction()
    world.services.store.board.save_meeting(unit, *docket.pull(world.meeting, item.id, by))
    unit.commit()


TOLD = {"url": "https://example.org/hook", "events": ["group.chartered"], "about": "Calendar"}


def told(world: World) -> str:
    """A webhook."""
    return str(world.do("staff", "webhook.add", **TOLD).id)


def given_up(world: World) -> str:
    """A message to a webhook that is over."""
    webhook = told(world)
    sent, store = world.do("staff", "webhook.test", webhook), world.services.store
    unit = store.transaction()
    store.webhooks.send(unit, replace(sent, over=True), world.clock.now)
    unit.commit()
    return f"{webhook}/{sent.id}"


CASES: dict[str, Case] = {
    "session.request": Case("people", lambda w: "browser", {"email": "new@example.org"}),
    "account.edit": Case("people", data={"name": "Somebody Else"}),
    "petition.draft": Case("people", data={"kind": "interest-group"}),
    "petition.edit": Case("draft", petition, {**TEXT, "charge": "To differ."}),
    "petition.publish": Case("draft", petition),
    "petition.reach-threshold": Case("crossed", petition),
    "petition.submit": Case("confirmed", petition),
    "petition.revise": Case(
        "submitted",
        petition,
        before=lambda w: w.do("staff", "petition.return", w.petition_id, comments="Shorter."),
    ),
    "petition.withdraw": Case("collecting", petition),
    "petition.invite": Case("draft", petition, before=name_ines),
    "petition.accept-invitation": Case("draft", petition, before=name_ines),
    "petition.decline-invitation": Case("draft", petition, before=name_ines),
    "petition.remind": Case("collecting", petition, before=wait_for_zoe),
    "petition.verify": Case("submitted", petition),
    "petition.correct": Case(
        "submitted",
        petition,
        {
            **{name: TEXT[name] for name in ("name", "charge", "questions")},
            "background": TEXT["background"].replace("run", "ran"),
            "reason": "The wrong tense.",
        },
    ),
    "petition.reject": Case("submitted", petition, {"code": "scope", "explanation": "Outside."}),
    "petition.schedule": Case("verified", petition, {"meeting": "", "number": "5.0"}),
    "petition.return": Case("submitted", petition, {"comments": "Shorter."}),
    "petition.expire": Case("collecting", petition, before=run_out),
    "signature.sign": Case(
        "collecting", petition, {"name": "A", "email": "a@example.org", "institution": "B"}
    ),
    "signature.confirm": Case("collecting", lambda w: w.token("zoe")),
    "signature.withdraw": Case("confirmed", lambda w: w.token("zoe")),
    "signature.correct": Case(
        "confirmed",
        lambda w: w.token("zoe"),
        {"name": "Zoë Lindqvist-Reyes", "institution": "Northgate", "named": True},
    ),
    "signature.rematch": Case(
        "confirmed",
        signature,
        before=lambda w: w.services.store.rosters.store(Roster(version=2), []),
    ),
    "signature.remind": Case("collecting", signature, before=ask_to_remind_zoe),
    "roster.import": Case("confirmed", upload),
    "signature.settle": Case("confirmed", signature, {"accept": False, "reason": "Not a member."}),
    "signature.release": Case(
        "collecting", doubtful, before=lambda w: sign_as_stranger(w, website="spam")
    ),
    "signature.ask": Case("confirmed", doubtful, {"question": "Who?"}, confirm_as_stranger),
    "signature.note-seen": Case("confirmed", doubtful, before=confirm_as_stranger),
    "signature.undo": Case("confirmed", signature, before=set_zoe_aside),
    "signature.bulk": Case("confirmed", data=STRANGERS, before=confirm_as_stranger),
    "signature.bulk-undo": Case("confirmed", bulk_done),
    "signature.bulk-decide": Case("confirmed", lambda w: f"{bulk_of_strangers(w)}/{doubtful(w)}"),
    "signature.bulk-revert": Case("confirmed", lambda w: f"{bulk_being_undone(w)}/{doubtful(w)}"),
    "petition.pause": Case("collecting", petition, {"reason": "A flood."}),
    "petition.resume": Case(
        "collecting",
        petition,
        before=lambda w: w.do("staff", "petition.pause", w.petition_id, reason="A flood."),
    ),
    "token.create": Case("people", data={"name": "Calendar", "scopes": ["read"], "days": 30}),
    "webhook.add": Case("people", data=TOLD),
    "webhook.end": Case("people", told),
    "webhook.test": Case("people", told),
    "webhook.send-again": Case("people", given_up),
    "block.add": Case(
        "people",
        data={"kind": "domain", "pattern": "spam.example", "effect": "block", "reason": "Spam."},
    ),
    "block.lift": Case("people", block),
    "meeting.plan": Case(
        "people",
        data={
            "title": "Board II",
            "code": "ACRL 2",
            "day": "2026-09-01",
            "time": "13:00",
            "place": "Virtual",
        },
    ),
    "meeting.change": Case("scheduled", meeting, {**PLAN, "place": "Room 1"}),
    "meeting.cancel": Case("scheduled", meeting, {"reason": "A storm."}),
    "meeting.call-for-items": Case("scheduled", meeting),
    "meeting.set-agenda": Case("scheduled", meeting),
    "meeting.post": Case("scheduled", meeting),
    "meeting.grant-extension": Case(
        "scheduled",
        meeting,
        {"name": "Ada Fell", "until": "2026-04-18", "asked_on": "2026-03-14"},
    ),
    "meeting.remind": Case("scheduled", meeting, before=near_the_deadline),
    "meeting.begin": Case("scheduled", meeting, before=the_day),
    "meeting.note-attendance": Case(
        "scheduled", meeting, {"person": "board03", "what": "arrived"}, called_to_order
    ),
    "meeting.adjourn": Case("scheduled", meeting, before=called_to_order),
    "docket.add": Case("scheduled", meeting, {"title": "Report of the treasurer"}),
    "docket.edit": Case("scheduled", meeting, {"item": "i2", "title": "Remarks"}),
    "docket.remove": Case("scheduled", meeting, {"item": "i2"}),
    "docket.move": Case("scheduled", meeting, {"item": "i2", "direction": "up"}),
    "docket.change-section": Case("scheduled", meeting, {"do": "add", "name": "Lunch"}),
    "docket.pull": Case("scheduled", meeting, {"item": "i6"}, with_a_consent_item),
    "consent.adopt": Case("scheduled", meeting, before=with_consent_and_quorum),
    "document.comment": Case("scheduled", document, {"section": "whole", "text": "Well."}),
    "document.edit-comment": Case("scheduled", document, {"comment": 1, "text": "Oh."}, commented),
    "document.withdraw-comment": Case("scheduled", document, {"comment": 1}, commented),
    "document.ask": Case("scheduled", document, {"text": "Who keeps it up?"}),
    "document.note-read": Case("scheduled", document, {"upto": 1}, commented),
    "document.name-liaison": Case("scheduled", document, {"person": person_id("director1")}),
    "document.recommend": Case(
        "scheduled", document, {"advice": "approve", "reasons": "Good."}, with_a_liaison
    ),
    "petition.answer": Case("scheduled", petition, {"question": 1, "text": "We do."}, asked),
    "document.send": Case("scheduled", meeting, FORM),
    "document.acknowledge": Case("scheduled", sent, {"complete": True}),
    "document.number": Case("scheduled", sent, {"number": "7.0"}),
    "document.edit": Case(
        "scheduled",
        numbered,
        {
            **{k: v for k, v in FORM.items() if k != "kind"},
            "reason": "Short.",
            "background": "They pay themselves.",
        },
    ),
    "document.revise": Case(
        "scheduled",
        numbered,
        {
            **{k: v for k, v in FORM.items() if k != "kind"},
            "reason": "Short.",
            "background": "They pay themselves.",
        },
    ),
    "document.withdraw": Case("scheduled", sent, {"reason": "We found the money."}),
    "document.publish": Case("scheduled", asked_for, {"packet": 1, "revision": 1}),
    "document.tell-late": Case("scheduled", sent_long_ago),
    "packet.publish": Case("scheduled", meeting),
    "motion.move": Case("scheduled", meeting, {"document": "5.0"}),
    "motion.second": Case("moved", motion),
    "minutes.write": Case("scheduled", meeting, before=adjourned),
    "minutes.edit": Case(
        "scheduled",
        meeting,
        {"version": 1, "texts": [{"key": "closing", "text": "At three."}]},
        minutes_written,
    ),
    "minutes.distribute": Case("scheduled", meeting, before=minutes_written),
    "minutes.approve": Case("scheduled", meeting, {"meeting": "later"}, minutes_to_approve),
    "motion.withdraw": Case("moved", motion),
    "motion.postpone": Case("moved", motion),
    "motion.amend": Case("moved", motion, {"conditions": "Report after a year."}),
    "motion.accept-amendment": Case("moved", amendment),
    "motion.divide": Case("scheduled", two_actions),
    "motion.open": Case("seconded", motion),
    "motion.vote": Case("open", motion, {"choice": "abstain"}),
    "motion.recuse": Case("open", motion, {"reason": "I convene it."}),
    "motion.rejoin": Case("open", motion, before=recuse_those_who_vote),
    "motion.call-virtual": Case("seconded", motion, {"no_discussion": ""}),
    "motion.extend-vote": Case(
        "seconded",
        motion,
        {"until": "2030-01-01", "reason": "Ill members."},
        lambda w: w.do("president", "motion.call-virtual", w.motion_id),
    ),
    "motion.put-for-confirmation": Case("seconded", motion, {"meeting": ""}, carry_virtually),
    "motion.move-confirmation": Case("seconded", meeting, {"item": "4.1"}, pull_confirmation),
    "motion.keep-time": Case("seconded", motion, before=call_and_wait),
    "motion.void": Case("open", motion, {"reason": "The wrong text."}),
    "motion.hold-anew": Case(
        "open",
        motion,
        before=lambda w: w.do("president", "motion.void", w.motion_id, reason="The wrong text."),
    ),
    "motion.close": Case("open", motion),
    "motion.announce": Case("closed", motion),
    "petition.mend-count": Case("confirmed", petition, before=drift),
    "petition.anonymise": Case("carried", petition, before=lambda w: w.clock.forward(days=190)),
    "petition.forget-convener": Case("collecting", petition, {"person": person_id("noor")}),
    "signature.anonymise": Case("confirmed", signature, {"erasure": True}),
    "seat.invite": Case("people", data={**SEAT, "name": "Jo", "email": "jo@example.org"}),
    "seat.change": Case("people", lambda w: "board05/first", {**SEAT, "since": "2026-01-01"}),
    "seat.end": Case("people", lambda w: "board05/first", {"last": "2026-04-30", "reason": "Ill."}),
    "mailbox.note": Case("people", lambda w: key_of("dead@example.org"), DEAD),
    "mailbox.try-again": Case("people", lambda w: key_of("dead@example.org"), before=one_dead),
    "staff.found": Case("people", tariq, before=without_administrator),
    "staff.grant": Case("people", data={"name": "Jo", "email": "jo@example.org", "role": "staff"}),
    "staff.revoke": Case("people", lambda w: person_id("staff2")),
    "group.import": Case(
        "people",
        data={
            "name": "Open Maps",
            "kind": "discussion-group",
            "charge": "To map.",
            "effective_on": "2025-01-26",
        },
    ),
    "group.edit": Case("people", group, {"meets": "By video."}, living_group),
    "group.name-liaison": Case("people", group, {"person": "board05"}, living_group),
    "group.invite-convener": Case(
        "people", group, {"name": "Jo", "email": "jo@example.org"}, living_group
    ),
    "group.invite-again": Case("people", group, {"convener": "c3"}, invited_long_ago),
    "group.end-convener": Case("people", group, {"convener": "c3"}, with_ines_invited),
    "group.extend-term": Case("people", group, {"convener": "c1"}, terms_end),
    "group.join": Case("people", group, before=with_ines_invited),
    "group.decline-invitation": Case("people", group, before=with_ines_invited),
    "group.step-down": Case("people", group, before=living_group),
    "group.check-in": Case("people", group, {"meetings": "3", "participants": "9"}, in_may),
    "group.keep-time": Case("people", group, before=in_may),
    "group.forget-convener": Case("people", group, {"person": person_id("noor")}, living_group),
    "renewal.open": Case("people", group, before=living_group),
    "renewal.save": Case("people", group, {"outcome": "same", "report": "We met."}, renewing),
    "renewal.submit": Case("people", group, {"outcome": "same", "report": "We met."}, renewing),
    "renewal.take-back": Case("people", group, before=answered),
    "renewal.drop": Case("people", group, before=renewing),
    "renewal.petition": Case("people", group, before=renewing_by_petition),
    "renewal.return": Case("people", group, {"comments": "Say more."}, answered),
    "renewal.schedule": Case("people", group, {"meeting": "", "number": "4.1"}, answered),
    "renewal.accept": Case("people", group, before=answered_without_the_board),
    "renewal.remind": Case("people", group, before=renewing),
    "data.ask-erasure": Case("people"),
    "data.erase": Case("collecting", tariq, before=tariq_asks),
    "data.refuse": Case("collecting", tariq, {"reason": "Not now."}, tariq_asks),
    "data.finish-erasure": Case("collecting", tariq, before=tariq_is_being_erased),
}


# Of those who have the role, one person alone may: in each case director1.
OWN = {
    "motion.withdraw",
    "motion.accept-amendment",
    "document.edit-comment",
    "document.withdraw-comment",
    "document.recommend",
}
OWN_WORDS = "moved|by the mover and the seconder|whoever wrote|the liaison"


def test_every_registered_command_stands_in_the_role_table_and_is_tried_here():
    assert set(COMMANDS) <= set(TABLE)
    # One's sessions and tokens nobody else may end: see test_sign_in and test_access_tokens.
    assert set(COMMANDS) == set(CASES) | {"session.end", "token.revoke"}


def acting(world: World, actor: str) -> Actor:
    if actor == "visitor":
        return VISITOR
    if actor == "system":
        return SYSTEM
    return world.actor(WHO[actor])


def prepare(world: World, name: str, case: Case) -> tuple[str, dict[str, Any]]:
    world.at(case.step)
    for who in ("tariq", "yael", "ines", "wanda"):
        unit = world.services.store.transaction()
        person = Person(id=f"p-{who}", name=who.title(), email=f"{who}@example.org")
        world.services.store.people.add(unit, person)
        unit.commit()
    world.do("yael", "petition.draft", kind="interest-group")
    data = dict(case.data)
    if name in {"petition.schedule", "motion.put-for-confirmation", "renewal.schedule"}:
        data["meeting"] = world.plan_meeting()
    if name == "signature.confirm":
        world.sign("zoe")
        world.deliver_all()
    case.before(world)
    if name == "petition.answer":
        data["document"] = document(world)
    if name == "signature.bulk":
        data["digest"] = shown_of_strangers(world)
    return case.target(world), data


@pytest.mark.parametrize("name", sorted(CASES))
def test_a_command_is_for_those_whom_the_table_names(world, name):
    target, data = prepare(world, name, CASES[name])
    start = Snapshot(world)
    for who, roles in ACTORS.items():
        start.restore()
        if name in {"signature.confirm", "signature.correct", "signature.withdraw"}:
            roles = roles | {Role.SIGNATORY}  # noqa: PLW2901 - whoever has the link
        allowed = bool(TABLE[name] & roles)
        actor = acting(world, who)
        before = world.dump()
        if not allowed:
            known = {"convener", "co-convener", "system"}
            in_draft = CASES[name].step == "draft" and who not in known
            hidden = in_draft and not (who == "invited" and CASES[name].before is name_ines)
            with pytest.raises(NotFoundError if hidden else NotAllowedError):
                perform(world.services, actor, name, target, data)
            assert world.dump() == before, who
        elif name in OWN:
            # Of the voting members, its mover alone, or the mover and seconder of the other motion;
            # whoever wrote a comment; the liaison.
            with pytest.raises(NotAllowedError, match=OWN_WORDS):
                perform(world.services, actor, name, target, data)
            assert world.dump() == before, who
            perform(world.services, world.actor("director1"), name, target, data)
            assert world.dump() != before, who
        else:
            perform(world.services, actor, name, target, data)
            assert world.dump() != before, who


class Snapshot:
    """The table as it is now, to be put back before each try."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._items = world.table.snapshot()
        self._now = world.clock.now

    def restore(self) -> None:
        self._world.table.restore(self._items)
        self._world.clock.now = self._now


@pytest.mark.parametrize(
    "name", sorted(n for n in CASES if n.startswith("petition.") and n != "petition.draft")
)
def test_a_draft_is_not_there_for_anybody_but_its_conveners(world, name):
    world.at("draft")
    before = world.dump()
    for who in ("visitor", "board without a vote", "voting", "presiding", "staff"):
        with pytest.raises(NotFoundError):
            perform(world.services, acting(world, who), name, world.petition_id, {})
    assert world.dump() == before


def test_a_draft_takes_no_signature_and_says_it_is_not_there(world):
    world.at("draft")
    with pytest.raises(NotFoundError):
        world.sign("zoe")


def test_a_petition_that_is_rewritten_is_private_again(world):
    world.at("submitted").send_back()
    for who in ("staff", "president", "director1"):
        with pytest.raises(NotFoundError):
            world.do(who, "petition.verify", world.petition_id)


def test_a_draft_is_listed_nowhere(world):
    world.at("draft")
    assert world.services.store.petitions.in_state("draft").rows == []


HAVING_A_TARGET = sorted(
    name for name, case in CASES.items() if name != "signature.bulk" and case.step != "people"
)


@pytest.mark.parametrize("name", HAVING_A_TARGET)
def test_what_is_not_there_is_not_found(world, name):
    before = world.dump()
    for target in ("nothing", "nothing/at-all", ""):
        for who in ("", "staff", "president"):
            with pytest.raises(NotFoundError):
                world.do(who, name, target)
    assert world.dump() == before


def test_a_session_is_ended_by_its_own_person_alone(world):
    services = world.services
    sign_in.ask_for_link(services, "browser", {"email": "rowan@example.org"})
    world.deliver_all()
    signed = sign_in.sign_in(services, world.letters("sign-in")[-1].token, "browser", "Firefox")
    _, session = sign_in.actor_of(services, signed.cookie)
    before = world.dump()
    with pytest.raises(NotAllowedError):
        world.do("", "session.end", session.key)
    for who in ("noor", "staff", "president"):
        with pytest.raises(NotFoundError):
            world.do(who, "session.end", session.key)
    assert world.dump() == before
    world.do("rowan", "session.end", session.key)
    assert sign_in.actor_of(services, signed.cookie) == (VISITOR, None)
    with pytest.raises(NotFoundError):
        world.do("rowan", "session.end", session.key)


def test_the_convener_of_one_petition_is_nobody_to_another(world):
    world.at("collecting")
    with pytest.raises(NotAllowedError):
        world.do("director1", "petition.withdraw", world.petition_id)


def test_an_address_in_other_letters_convenes_all_the_same(world):
    world.at("draft")
    person = Person(id="shouting", name="Rowan", email="ROWAN@Example.ORG")
    actor = actor_for(person, world.services.today())
    perform(world.services, actor, "petition.publish", world.petition_id)
    assert world.petition.state == "collecting"
