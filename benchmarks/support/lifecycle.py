"""One full lifecycle, every command and page of it measured.

Import this inside `local_aws()` only: the product reads its environment on import.
"""

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from benchmarks.support import (
    ballots,
    discussion,
    documents,
    group_life,
    meetings,
    motions,
    private,
    record,
    seats,
)
from benchmarks.support.recorder import Recorder
from chalicelib import bootstrap
from chalicelib.config import settings
from chalicelib.domain.people.people import SYSTEM, VISITOR
from chalicelib.domain.roster.roster import Entry, Roster, digest_of
from chalicelib.domain.signing import signature as signatures
from chalicelib.domain.signing import signing as rules
from chalicelib.domain.signing.signature import Signature, signatory_key
from chalicelib.services import sweep
from chalicelib.services.outbox import letters
from chalicelib.services.packets import packets
from chalicelib.services.roster import rosters
from chalicelib.services.signing import bulk
from chalicelib.services.signing.signing import by_token, signature_token, snapshot
from chalicelib.storage import keys
from chalicelib.web.assets import static
from local import demo
from local.demo.people import roster as demo_roster

MEMBER = "rowan@example.org"
STAFF = "staff@example.org"
PRESIDENT = "president@example.org"
INVITED = "zoe@example.org"
MOVER, SECONDER = "director1@example.org", "director2@example.org"

TEXT: dict[str, Any] = {
    "name": "Stewardship of Community Archives",
    "charge": "To share how libraries help community groups keep their own records: agreements, "
    "storage, description, and what happens when a volunteer moves away.",
    "background": "Community groups near a campus often ask its library to look after their "
    "records. Few libraries have an agreement ready, and fewer have staff time set aside.\n\n"
    "The people who do this work rarely meet. A discussion group would let them compare "
    "agreements, costs and mistakes, and write down in its first year what worked.",
    "questions": [
        "What does an agreement with a community group have to say?",
        "Who pays for storage after the first grant has ended?",
    ],
    "stakeholders": "Archivists, outreach librarians, and the groups themselves.",
    "fiscal_impact": "No funds are asked for; staff time to set up a discussion space.",
    "goal_area": "Student Learning",
    "lead_name": "Rowan Ibarra",
    "lead_institution": "Lakeshore University",
    "conveners": [
        {"name": "Zoë Lindqvist", "email": "zoe@example.org", "institution": "Northgate State"}
    ],
}
EDITS = 50


@dataclass(frozen=True)
class Sizes:
    """How many signatures the two petitions have that are compared."""

    few: int = 25
    many: int = 1000


@dataclass(frozen=True)
class Signer:
    """Somebody who signs."""

    number: int

    @property
    def email(self) -> str:
        """An address that belongs to nobody."""
        return f"first.lastname{self.number:05d}@library.example.org"

    @property
    def data(self) -> dict[str, Any]:
        """What they fill in."""
        return {
            "name": f"Wilhelmina Achterberg {self.number:05d}",
            "email": self.email,
            "institution": "Northgate State University Libraries",
            "member_number": f"M{self.number:06d}",
            "named": True,
        }


class Lifecycle:
    """From the first sign-in to a chartered group, and every way off that path."""

    def __init__(self, recorder: Recorder, sizes: Sizes) -> None:
        self._do, self._sizes = recorder, sizes
        self._services, self._store = recorder.services, recorder.services.store

    def run(self) -> None:
        """Runs it. Raises what a failing step raises: a figure of half a run is none."""
        self._begin()
        self._signing_in()
        petition = self._drafting()
        self._collecting(petition)
        self._the_many()
        meeting = self._planning()
        self._review(petition, meeting)
        self._packet(meeting)
        documents.run(self._do, meeting)
        self._other_ends(meeting)
        self._vote(petition, meeting)
        self._extremes()
        self._jobs()
        self._doubtful()
        self._newer_roster()
        self._pages_of_everybody()
        meetings.run(self._do)
        private.run(self._do, TEXT)
        seats.run(self._do)
        group_life.run(self._do)
        # The last, since its letters wait in the outbox, which other pages read.
        ballots.run(self._do, meeting)

    def _begin(self) -> None:
        demo.load()
        signers = [Signer(n) for n in range(self._sizes.many + 1)]
        entries = demo_roster() + [
            Entry(s.data["name"], s.email, s.data["institution"], s.data["member_number"])
            for s in signers
        ]
        current = self._store.rosters.current()
        roster = Roster(
            version=current.version + 1,
            digest=digest_of(entries),
            entries=len(entries),
            imported_at=self._services.clock(),
            imported_by="Imara Vesterholt",
        )
        self._store.rosters.store(roster, entries)

    def _signing_in(self) -> None:
        do = self._do
        do.page("sign_in", "/sign-in")
        do.step("session.request", lambda: do.ask_for_link(MEMBER))
        token = do.link_token()
        do.page("sign_in_link", "/sign-in/{token}", token=token)
        cookie = do.step("session.begin", lambda: do.use_link(token))
        member = do.actor(MEMBER)
        [session] = self._store.people.sessions_of(member.id)
        assert cookie
        do.command(member, "session.end", session.key)
        do.ask_for_link("newcomer@example.org")
        token = do.link_token()
        do.step("session.begin_first_time", lambda: do.use_link(token))
        data = {"name": "Rowan Ibarra", "institution": "Lakeshore University"}
        do.command(member, "account.edit", data=data)

    def _drafting(self) -> str:
        do, member = self._do, self._do.actor(MEMBER)
        do.page("petition_new", "/petitions/new", MEMBER)
        petition = do.command(member, "petition.draft", data={"kind": "discussion-group"}).id
        do.command(member, "petition.edit", petition, TEXT)
        do.page("petition_edit", "/petitions/{petition_id}/edit", MEMBER, petition_id=petition)
        do.page(
            "petition_preview", "/petitions/{petition_id}/preview", MEMBER, petition_id=petition
        )
        do.command(member, "petition.invite", petition)
        do.page("invitation", "/petitions/{petition_id}/invitation", INVITED, petition_id=petition)
        do.command(do.actor(INVITED), "petition.accept-invitation", petition)
        do.command(member, "petition.publish", petition)
        do.page("account", "/account", MEMBER)
        return petition

    def _open(self, data: dict[str, Any] | None = None, signatures: int = 0) -> str:
        """Another petition, open for signatures and signed so often."""
        do, member = self._do, self._do.actor(MEMBER)
        petition = do.run(member, "petition.draft", data={"kind": "discussion-group"}).id
        do.run(member, "petition.edit", petition, data or TEXT)
        do.run(member, "petition.publish", petition)
        self._sign(petition, signatures)
        return petition

    def _sign(self, petition_id: str, count: int) -> None:
        """The rows that signing and confirming leave, each by the transaction of the latter."""
        store, policy = self._store, self._services.policy
        petition, roster = store.petitions.get(petition_id), store.rosters.current()
        assert petition is not None
        for signer in map(Signer, range(count)):
            now = self._services.clock()
            new = Signature(
                petition_id=petition_id,
                key=signatory_key(signer.email),
                text_digest=petition.text_digest,
                edition=petition.edition,
                created_at=now,
                **signer.data,
            )
            signed = rules.sign(petition, None, new, policy, now)
            assert signed is not None
            found = signatures.Found(signatures.Match("email", roster.version))
            confirmed = rules.confirm(petition, signed, found, policy, now)
            assert confirmed is not None
            unit = store.transaction()
            store.petitions.save_signature(unit, petition, None, confirmed, now)
            unit.commit()

    def _token(self, petition: str, email: str) -> str:
        """The token of somebody's link, once the letter with it was sent."""
        self._deliver(petition, email)
        signature = self._store.petitions.signature(petition, signatory_key(email))
        assert signature is not None
        return signature_token(self._services, signature)

    def _deliver(self, petition: str, email: str) -> None:
        """Sends what is due to a signatory, as the worker does within the second."""
        letters.deliver(self._services, *keys.signature(petition, signatory_key(email)))

    def _collecting(self, petition: str) -> None:
        """All signatures but the last are not measured; the last crosses the threshold."""
        do = self._do
        last = self._sizes.few - 1
        self._sign(petition, last)
        signer = Signer(last)
        do.command(VISITOR, "signature.sign", petition, signer.data)
        token = self._token(petition, signer.email)
        route = "/signatures/confirm/{token}"
        do.page("confirm_signature", route, token=token)
        do.command(VISITOR, "signature.confirm", token)
        do.page("own_signature", "/signatures/{token}", token=token)
        mine = {"name": signer.data["name"], "institution": "Roe Library", "named": True}
        do.command(VISITOR, "signature.correct", token, mine)
        do.command(SYSTEM, "petition.reach-threshold", petition)
        self._pages_of_petition(petition, "")
        self._by_form(petition)
        # One whom the roster does not know: staff decide. Another takes their name back.
        unknown = {**signer.data, "email": "somebody.else@elsewhere.example.org"}
        unknown |= {"name": "Ottilie Unheard", "member_number": ""}
        do.run(VISITOR, "signature.sign", petition, unknown)
        token = self._token(petition, unknown["email"])
        do.command(VISITOR, "signature.confirm", token, called="signature.confirm_not_on_roster")
        self._deliver(petition, unknown["email"])
        key = signatory_key(unknown["email"])
        decision = {"accept": True, "reason": "Found under an earlier address."}
        do.command(do.actor(STAFF), "signature.settle", f"{petition}/{key}", decision)
        self._deliver(petition, unknown["email"])
        do.command(VISITOR, "signature.withdraw", token)

    def _by_form(self, petition: str) -> None:
        """The same two commands as a browser sends them, with all that the request reads."""
        do, signer = self._do, Signer(self._sizes.many)
        fields = {k: str(v) for k, v in signer.data.items() if k != "named"} | {"named": "yes"}
        do.form("signature.sign", f"/petitions/{petition}/sign", fields)
        token = self._token(petition, signer.email)
        # The page's form carries what the page showed.
        shown = snapshot(self._services, by_token(self._services, token))
        do.form("signature.confirm", f"/signatures/confirm/{token}", {"shown": shown})
        self._deliver(petition, signer.email)
        do.form("signature.withdraw", f"/signatures/{token}/withdraw", {})

    def _pages_of_petition(self, petition: str, suffix: str) -> None:
        do = self._do
        show = "/petitions/{petition_id}"
        do.page(f"petition_visitor{suffix}", show, petition_id=petition)
        do.page(f"petition_member{suffix}", show, "noor@example.org", petition_id=petition)
        do.page(f"petition_names_visitor{suffix}", f"{show}/signatures", petition_id=petition)
        staff = "/staff/petitions/{petition_id}"
        do.page(f"staff_petition{suffix}", staff, STAFF, petition_id=petition)
        do.page(f"petition_progress{suffix}", f"{show}/progress", MEMBER, petition_id=petition)
        do.page(f"signatures_csv{suffix}", f"{staff}/signatures.csv", STAFF, petition_id=petition)
        do.page(f"signatures_parts{suffix}", f"{staff}/parts", STAFF, petition_id=petition)
        do.page(f"print_roster{suffix}", f"{staff}/roster", STAFF, petition_id=petition)
        do.page(f"staff_traffic{suffix}", f"{staff}/traffic", STAFF, petition_id=petition)
        if suffix:
            return
        do.page("petition_convener", show, MEMBER, petition_id=petition)
        do.page("sign_visitor", f"{show}/sign", petition_id=petition)
        do.page("sign_member", f"{show}/sign", "noor@example.org", petition_id=petition)
        do.page("signed", f"{show}/signed", petition_id=petition)
        do.page("petition_withdraw", f"{show}/withdraw", MEMBER, petition_id=petition)
        do.page("api_petition", "/api/v1/petitions/{petition_id}", petition_id=petition)

    def _the_many(self) -> None:
        """The same with many signatures: what grows shows here."""
        do, many = self._do, self._sizes.many
        petition = self._open(signatures=many - 1)
        last = Signer(many - 1)
        do.command(VISITOR, "signature.sign", petition, last.data, called="signature.sign_at_many")
        token = self._token(petition, last.email)
        do.command(VISITOR, "signature.confirm", token, called="signature.confirm_at_many")
        found = by_token(self._services, token).petition
        assert found.verified == many, (found.verified, many)
        do.run(SYSTEM, "petition.reach-threshold", petition)
        self._pages_of_petition(petition, "_at_many")
        member, staff = do.actor(MEMBER), do.actor(STAFF)
        do.command(member, "petition.submit", petition, called="petition.submit_at_many")
        do.command(staff, "petition.verify", petition, called="petition.verify_at_many")

    def _planning(self) -> str:
        do, staff = self._do, self._do.actor(STAFF)
        day = (self._services.today() + timedelta(days=60)).isoformat()
        data = {
            "title": "Board II",
            "code": "ACRL BII",
            "day": day,
            "time": "13:00",
            "place": "Online",
        }
        entry = {"kind": "domain", "pattern": "*.spam.example", "effect": "block"}
        made = do.command(staff, "block.add", data={**entry, "reason": "Invented people."})
        do.page("staff_blocks", "/staff/blocks", STAFF)
        do.command(staff, "block.lift", made.id)
        do.page("meeting_new", "/board/meetings/new", STAFF)
        return do.command(staff, "meeting.plan", data=data).id

    def _review(self, petition: str, meeting: str) -> None:
        do, staff, member = self._do, self._do.actor(STAFF), self._do.actor(MEMBER)
        do.command(member, "petition.submit", petition)
        do.command(staff, "petition.verify", petition)
        schedule = {"meeting": meeting, "number": "5.0"}
        do.command(staff, "petition.schedule", petition, schedule)
        before = self._services.store.board.meeting(meeting)
        assert before is not None
        discussion.run(do, before.documents[0].document_id, petition, MEMBER)

    def _packet(self, meeting: str) -> None:
        do, staff = self._do, self._do.actor(STAFF)
        do.command(staff, "packet.publish", meeting)
        key = self._do.queue.take("0#PACKET#")
        state = "/api/v1/meetings/{meeting_id}/packets/{number}"
        do.page("packet_state", state, STAFF, meeting_id=meeting, number="1")
        do.job("render_packet", lambda: packets.render(self._services, *key))
        file = "/packets/{meeting_id}/{number}"
        do.page("packet_file", file, STAFF, status=303, meeting_id=meeting, number="1.pdf")
        at = {"meeting_id": meeting, "number": "1", "file": "public.pdf"}
        edition = "/packets/{meeting_id}/{number}/{file}"
        do.page("packet_edition", edition, status=303, **at)
        do.page("packets", "/packets")
        do.page("packets_of_a_meeting", "/packets/{meeting_id}", meeting_id=meeting)

    def _other_ends(self, meeting: str) -> None:
        """What ends otherwise, and a petition that comes back with a changed text."""
        do, staff, member = self._do, self._do.actor(STAFF), self._do.actor(MEMBER)
        do.command(member, "petition.withdraw", self._open(), {"reason": "We found a group."})
        reject = {"code": self._services.policy.rejections[0].code, "explanation": "See above."}
        do.command(staff, "petition.reject", self._open(), reject)
        self._expired()
        self._declined_invitation()
        self._reminded()

        petition = self._open(signatures=self._sizes.few)
        do.run(member, "petition.submit", petition)
        do.run(staff, "petition.verify", petition)
        do.run(staff, "petition.schedule", petition, {"meeting": meeting, "number": "6.0"})
        mover, president = do.actor(MOVER), do.actor(PRESIDENT)
        motion = {"document": "6.0"}
        moved = do.run(mover, "motion.move", meeting, motion)
        do.command(mover, "motion.withdraw", moved.id)
        moved = do.run(mover, "motion.move", meeting, motion)
        do.command(president, "motion.postpone", moved.id)
        do.run(mover, "motion.move", meeting, motion)
        comments = {"comments": "Say who would host the records."}
        do.command(staff, "petition.return", petition, comments)
        do.command(member, "petition.revise", petition)
        changed = {**TEXT, "background": TEXT["background"] + " Hosts are named in the annex."}
        do.run(member, "petition.edit", petition, changed)
        do.command(member, "petition.publish", petition, called="petition.publish_changed")
        self._texts(petition, changed)
        key = do.queue.take("FANOUT")
        do.job("letters_to_signatories", lambda: letters.deliver(self._services, *key))

    def _texts(self, petition: str, text: dict[str, Any]) -> None:
        """A small correction by staff, and the pages that show how a text changed."""
        do = self._do
        form = {name: text[name] for name in ("name", "charge", "background", "questions")}
        corrected = text["background"].replace("annex", "appendix")
        form |= {"background": corrected, "reason": "Its word."}
        page = "/staff/petitions/{petition_id}/correct"
        do.page("staff_correct", page, STAFF, petition_id=petition)
        do.command(do.actor(STAFF), "petition.correct", petition, form)
        do.page("petition_changes", "/petitions/{petition_id}/changes", petition_id=petition)
        signature = self._store.petitions.signature(petition, signatory_key(Signer(0).email))
        assert signature is not None
        token = signature_token(self._services, signature)
        do.page("confirm_signature_again", "/signatures/confirm/{token}", token=token)

    def _expired(self) -> None:
        past = self._services.clock() - timedelta(days=200)
        then = replace(bootstrap.build(settings(), lambda: past), queue=self._do.queue)
        do, member = self._do, self._do.actor(MEMBER)
        petition = do.run(
            member, "petition.draft", data={"kind": "discussion-group"}, services=then
        ).id
        do.run(member, "petition.edit", petition, TEXT, services=then)
        do.run(member, "petition.publish", petition, services=then)
        do.command(SYSTEM, "petition.expire", petition)

    def _declined_invitation(self) -> None:
        do, member = self._do, self._do.actor(MEMBER)
        petition = do.run(member, "petition.draft", data={"kind": "discussion-group"}).id
        do.run(member, "petition.edit", petition, TEXT)
        do.run(member, "petition.invite", petition)
        do.command(do.actor(INVITED), "petition.decline-invitation", petition)

    def _reminded(self) -> None:
        """Two who signed some days ago and did not confirm: one by the command, one by the job."""
        past = self._services.clock() - timedelta(days=3)
        then = replace(bootstrap.build(settings(), lambda: past), queue=self._do.queue)
        do, petition, signers = self._do, self._open(), (Signer(1), Signer(2))
        for signer in signers:
            do.run(VISITOR, "signature.sign", petition, signer.data, services=then)
            self._deliver(petition, signer.email)
        do.command(do.actor(MEMBER), "petition.remind", petition)
        key = do.queue.take("FANOUT")
        first = f"{petition}/{signatory_key(signers[0].email)}"
        do.command(SYSTEM, "signature.remind", first)
        do.job("reminder_to_one", lambda: letters.deliver(self._services, *key))

    def _vote(self, petition: str, meeting: str) -> None:
        do, mover, president = self._do, self._do.actor(MOVER), self._do.actor(PRESIDENT)
        motion = do.command(mover, "motion.move", meeting, {"document": "5.0"}).id
        do.command(do.actor(SECONDER), "motion.second", motion)
        motions.run(do, meeting, motion)
        do.command(president, "motion.open", motion)
        yes = {"choice": "yes"}
        do.command(mover, "motion.vote", motion, {"choice": "abstain"})
        do.command(mover, "motion.vote", motion, yes, called="motion.vote_changed")
        for elector in self._store.board.motion(motion).electorate:
            person = self._store.people.get(elector.person_id)
            if person.email != MOVER:
                do.run(do.actor(person.email), "motion.vote", motion, yes)
        show = "/board/motions/{motion_id}"
        do.page("motion_open", show, MOVER, motion_id=motion)
        do.command(president, "motion.close", motion)
        do.command(president, "motion.announce", motion)
        do.page("motion_carried", show, MOVER, motion_id=motion)
        do.page("meeting", "/board/meetings/{meeting_id}", PRESIDENT, meeting_id=meeting)
        record.run(do, meeting)
        group = self._store.petitions.get(petition).group_slug
        do.page("group_visitor", "/groups/{slug}", slug=group)
        do.page("group_calendar_visitor", "/groups/{slug}/calendar.ics", slug=group)

    def _extremes(self) -> None:
        """At the policy's limits: the longest text and signatory, and a much edited draft."""
        do, member, limits = self._do, self._do.actor(MEMBER), self._services.policy.limits
        longest = {
            **TEXT,
            "name": "N" * limits.name,
            "charge": "To " + "c" * (limits.charge - 3),
            "background": "b" * limits.background,
            "questions": ["q" * limits.question] * limits.questions,
            "stakeholders": "s" * limits.stakeholders,
            "fiscal_impact": "f" * limits.fiscal_impact,
        }
        show = "/petitions/{petition_id}"
        petition = self._open(longest, signatures=1)
        do.page("petition_visitor_longest_text", show, petition_id=petition)
        signer: dict[str, Any] = {
            "name": "n" * limits.person_name,
            "email": "e" * 59 + "@" + ".".join(["d" * 60] * 3) + ".example.org",
            "institution": "i" * limits.institution,
            "member_number": "m" * 40,
            "named": True,
        }
        do.run(VISITOR, "signature.sign", petition, signer)
        token = self._token(petition, signer["email"])
        do.command(VISITOR, "signature.confirm", token, called="signature.confirm_longest")

        # Letters of other scripts take more bytes than those of English.
        signer = {
            "name": "Александра Константиновна Воскресенская",
            "email": "a.voskresenskaya@library.example.org",
            "institution": "Российская национальная библиотека",
            "named": True,
        }
        do.run(VISITOR, "signature.sign", petition, signer)
        token = self._token(petition, signer["email"])
        do.command(VISITOR, "signature.confirm", token, called="signature.confirm_cyrillic")

        edited = do.run(member, "petition.draft", data={"kind": "discussion-group"}).id
        for number in range(EDITS):
            text = {**TEXT, "stakeholders": f"Archivists, and {number} others."}
            do.run(member, "petition.edit", edited, text)
        again = {**TEXT, "stakeholders": "Archivists and others."}
        do.command(member, "petition.edit", edited, again, called=f"petition.edit_after_{EDITS}")
        do.run(member, "petition.publish", edited)
        do.page(f"petition_visitor_after_{EDITS}_edits", show, petition_id=edited)

    def _jobs(self) -> None:
        do = self._do
        last = Signer(self._sizes.few + 1)
        do.run(VISITOR, "signature.sign", self._open(), last.data)
        letter, signature = do.queue.take("LETTER"), do.queue.take("SIG#")
        do.job("letter", lambda: letters.deliver(self._services, *letter))
        do.job("signature_letter", lambda: letters.deliver(self._services, *signature))
        do.job("sweep", lambda: sweep.sweep(self._services))

    def _doubtful(self) -> None:
        """Staff's queue, every decision in it, and one decision on many."""
        do, staff, petition = self._do, self._do.actor(STAFF), self._open()
        stranger = {"name": "Ottoline Unheard", "institution": "Nowhere", "named": True}
        emails = [f"stranger{n}@elsewhere.example.org" for n in range(4)]
        first, second, third, held = (f"{petition}/{signatory_key(email)}" for email in emails)
        for email in emails[:3]:
            do.run(VISITOR, "signature.sign", petition, {**stranger, "email": email})
            do.run(VISITOR, "signature.confirm", self._token(petition, email))
            self._deliver(petition, email)
        trapped = {**stranger, "email": emails[3], "website": "https://spam.example"}
        do.command(VISITOR, "signature.sign", petition, trapped, called="signature.sign_held")
        do.page("staff_signatures", "/staff/signatures", STAFF)
        do.command(staff, "signature.release", held)
        do.command(staff, "signature.ask", first, {"question": "Which member are you?"})
        do.command(staff, "signature.note-seen", second)
        do.run(staff, "signature.settle", third, {"accept": False, "reason": "Not a member."})
        do.command(staff, "signature.undo", third)
        do.command(staff, "petition.pause", petition, {"reason": "A flood."})
        do.command(staff, "petition.resume", petition)
        chosen = {"action": "set-aside", "address": "*@elsewhere.example.org", "confirmed": True}
        chosen |= {"reason": "A flood.", "petition": petition}
        do.page("staff_bulk", "/staff/signatures/bulk", STAFF)
        shown = do.step("bulk_preview", lambda: bulk.preview(self._services, staff, chosen))
        seen = {"previewed_at": shown.bulk.at.isoformat(), "digest": shown.digest}
        made = do.command(staff, "signature.bulk", data={**chosen, **seen}).id
        do.page("staff_bulk_one", "/staff/signatures/bulk/{bulk_id}", STAFF, bulk_id=made)
        do.page("bulk_state", "/api/v1/bulk/{bulk_id}", STAFF, bulk_id=made)
        do.command(SYSTEM, "signature.bulk-decide", f"{made}/{first}")
        do.job("bulk_of_three", lambda: bulk.carry_out(self._services, *keys.bulk(made)))
        do.command(staff, "signature.bulk-undo", made)
        do.command(SYSTEM, "signature.bulk-revert", f"{made}/{first}")
        do.job("bulk_of_three_undone", lambda: bulk.carry_out(self._services, *keys.bulk(made)))

    def _newer_roster(self) -> None:
        """The import of a roster that lacks one signatory, with a few signatures to match."""
        do, store = self._do, self._store
        petition = self._open(signatures=3)
        known = next(store.petitions.signatures(petition))
        version = store.rosters.current().version + 1
        store.rosters.store(Roster(version=version, imported_at=self._services.clock()), [])
        do.command(SYSTEM, "signature.rematch", f"{petition}/{known.key}")
        lines = ["Name,Email", *(f"{e.name},{e.email}" for e in demo_roster())]
        content = "\r\n".join(lines).encode()
        digest = rosters.upload(self._services, do.actor(STAFF), content)
        do.page("staff_roster", "/staff/roster", STAFF)
        do.page("staff_roster_preview", "/staff/roster/{digest}", STAFF, digest=digest)
        do.command(do.actor(STAFF), "roster.import", digest)
        do.page("roster_import_state", "/api/v1/rosters/import", STAFF)
        key = do.queue.take("IMPORT")
        do.job("roster_import", lambda: rosters.carry_out(self._services, *key))

    def _pages_of_everybody(self) -> None:
        do = self._do
        do.page("petitions_past", "/petitions/past")
        do.page("groups_visitor", "/groups")
        do.page("groups_csv_visitor", "/groups.csv")
        do.page("groups_atom_visitor", "/feeds/{name}", name="groups.atom")
        do.page("groups_ics_visitor", "/feeds/{name}", name="groups.ics")
        do.page("staff_renewals", "/staff/renewals", STAFF)
        do.page("home_visitor", "/")
        do.page("home_member", "/", MEMBER)
        do.page("account_of_eight_petitions", "/account", MEMBER)
        do.page("board", "/board", PRESIDENT)
        do.page("staff", "/staff", STAFF)
        name = static("groundswell.css").removeprefix("/static/")
        do.page("static_file_visitor", "/static/{name}", name=name)
        do.page("static_file_member", "/static/{name}", MEMBER, name=name)
        do.page("health", "/healthz")
        do.page("not_found_visitor", "/{proxy+}", status=404, proxy="nowhere")
