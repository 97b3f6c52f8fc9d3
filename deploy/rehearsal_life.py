"""A petition's life at a deployed site, from an empty table to a chartered group."""

import io
import json
from datetime import UTC, date, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import pikepdf

from chalicelib.domain.policy import rules as policy
from chalicelib.domain.times import local_date
from deploy.rehearsal_people import RehearsalFailed, Site, wait_for
from local.demo.people import MEMBERS, address
from local.visitor import Browser

ADMINISTRATOR = "admin@example.org"
CONVENER, SECOND, *SIGNERS = MEMBERS[:27]
# As many as a quorum of the Board's thirteen votes, and how each votes.
BOARD = (
    ("President", "Odalys Prendergast", "odalys", "yes"),
    ("Vice-President/President-Elect", "Ekow Lindqvarn", "ekow", "yes"),
    ("Past President", "Beatriz Holmgren", "beatriz", "yes"),
    ("Councilor", "Anselm Okafor-Ruiz", "anselm", "no"),
    ("Director-at-Large 1", "Tavish Oyelaran", "tavish", "yes"),
    ("Director-at-Large 2", "Marit Solheim", "marit", "abstain"),
    ("Director-at-Large 3", "Joon Castellanos", "joon", "yes"),
)
TEXT: dict[str, Any] = {
    "name": "Open Peer Review",
    "charge": "To compare how libraries support open peer review, and to write down what works.",
    "background": "Several libraries publish journals, and each has found its own way.",
    "questions": ["What do editors ask of a library?"],
    "goal_area": "Student Learning",
    "lead_name": CONVENER[0],
    "lead_institution": CONVENER[2],
    "conveners": [{"name": SECOND[0], "email": address(SECOND[1]), "institution": SECOND[2]}],
}


def _today() -> date:
    """Where the association is, as its people type it; a seat from tomorrow on cannot vote yet."""
    return local_date(datetime.now(UTC), policy.load().association.zone)


class Life:
    """The steps of it, in order; each leaves what the next needs. `say` tells how far it is."""

    def __init__(self, site: Site, say: Any) -> None:
        self._site, self._say = site, say
        self._staff = self._rowan = site.browser()
        self._board: dict[str, Browser] = {}

    def run(self) -> str:
        """Lives it, and returns the path of the group's page. Raises RehearsalFailed."""
        self._staff = self._site.signed_in(ADMINISTRATOR)
        self._say("the first administrator signed in by a link from SES")
        self._import_roster()
        self._seat_the_board()
        petition = self._draft()
        self._sign(petition)
        meeting = self._to_the_board(petition)
        self._packet(meeting)
        return self._vote(meeting)

    def bounce(self, feedback_topic: str, sns: Any) -> None:
        """A letter comes back: SES says so, and staff see the address. Raises RehearsalFailed."""
        gone = address(SIGNERS[-1][1])
        about = {"bounceType": "Permanent", "bounceSubType": "General", "feedbackId": "f-1"}
        about["timestamp"] = datetime.now(UTC).isoformat()
        said = {"eventType": "Bounce", "mail": {"messageId": "m-1"}}
        said["bounce"] = {**about, "bouncedRecipients": [{"emailAddress": gone}]}
        sns.publish(TopicArn=feedback_topic, Message=json.dumps(said))

        def shown() -> str | None:
            page = self._staff.get("/staff/undelivered").text
            return page if gone in page else None

        wait_for("A bounced address on staff's page", shown)
        self._say("a bounce came by SNS and its queue, and staff see the address")

    def _import_roster(self) -> None:
        rows = ["Email,Name,Institution"]
        rows += [
            f"{who}@example.org,{name},{where}" for name, who, where in (CONVENER, SECOND, *SIGNERS)
        ]
        self._staff.get("/staff/roster")
        self._site.upload(self._staff, "/staff/roster", "roster.csv", "\n".join(rows).encode())
        self._staff.press("Import")

        def state() -> str | None:
            found = self._staff.ask("GET", "/api/v1/rosters/import").json["state"]
            return found if found not in {"importing", "waiting", "none"} else None

        if (ended := wait_for("The roster's import", state)) != "done":
            raise RehearsalFailed(f"The roster's import ended as {ended!r}.")
        self._say(f"a roster of {len(rows) - 1} members was imported by the worker")

    def _seat_the_board(self) -> None:
        today = _today()
        for office, name, who, _ in BOARD:
            self._staff.get("/staff/board/invite")
            typed = {"name": name, "email": address(who), "office": office}
            typed |= {"since": str(today), "until": str(today + timedelta(days=300))}
            self._staff.press("Assign the seat", typed)
            if "/staff/board" not in self._staff.at.path or "seat-given" not in self._staff.at.path:
                raise RehearsalFailed(f"No seat for {name}: {self._staff.at.text[:600]}")
        for _, _, who, _ in BOARD:
            self._board[who] = self._site.signed_in(address(who))
        self._say(f"{len(BOARD)} members of the Board have their seats and signed in")

    def _draft(self) -> str:
        do, name = self._site.command, CONVENER[1]
        self._rowan = self._site.signed_in(address(name))
        draft = do(self._rowan, "petitions", kind="discussion-group")
        path = f"petitions/{draft['id']}"
        do(self._rowan, f"{path}/edit", **TEXT, version=draft["version"])
        do(self._rowan, f"{path}/invite")
        second = self._site.signed_in(address(SECOND[1]))
        do(second, f"{path}/accept-invitation")
        do(self._rowan, f"{path}/publish")
        self._say("a petition was drafted, its convener accepted, and it opened for signatures")
        return str(draft["id"])

    def _sign(self, petition: str) -> None:
        phone = self._site.browser()
        phone.get(f"/petitions/{petition}/sign")
        blank = phone.at
        for name, who, where in SIGNERS:
            phone.at = blank
            phone.press("Sign", {"name": name, "email": address(who), "institution": where})
            if "check your email" not in phone.at.body:
                raise RehearsalFailed(f"{name} could not sign: {phone.at.text[:600]}")
            # The form was open long enough once; the others send it as fast as they can.
            phone.wait = lambda: None
        for _, who, _ in SIGNERS:
            letter = self._site.letter(address(who), "/signatures/confirm/")
            phone.get(self._site.path_in(letter, "/signatures/confirm/"))
            phone.press("Yes, count my signature")
        shown = phone.ask("GET", f"/api/v1/petitions/{petition}").json
        if shown["verified"] != len(SIGNERS) or shown["confirmed"]:
            raise RehearsalFailed(f"{len(SIGNERS)} signed, but the count is {shown}.")
        self._site.letter(address(CONVENER[1]), "enough signatures")
        self._say(
            f"{len(SIGNERS)} members signed and confirmed by their letters; the count is exact"
        )

    def _to_the_board(self, petition: str) -> str:
        do, path = self._site.command, f"petitions/{petition}"
        do(self._rowan, f"{path}/submit")
        do(self._staff, f"{path}/verify")
        day = str(_today() + timedelta(days=45))
        plan = {"title": "Board I", "code": "ACRL AC 27", "time": "13:00", "place": "Virtual"}
        meeting = str(do(self._staff, "meetings", **plan, day=day)["id"])
        do(self._staff, f"{path}/schedule", meeting=meeting, number="5.0")
        self._say("staff verified it and put it on a docket")
        return meeting

    def _packet(self, meeting: str) -> None:
        self._site.command(self._staff, f"meetings/{meeting}/publish")

        def link() -> str | None:
            page = self._staff.get(f"/board/meetings/{meeting}")
            found = [h for h in _links(page.body) if h.startswith("/packets/")]
            return found[0] if found else None

        where = wait_for("The packet", link)
        content = self._site.file(self._staff, where)
        with pikepdf.open(io.BytesIO(content)) as pdf:
            pages = len(pdf.pages)
            if pages < 4 or "/StructTreeRoot" not in pdf.Root:
                raise RehearsalFailed(f"The packet has {pages} pages or no tags.")
        self._say(
            f"the packet came from the worker: {pages} pages, {len(content) // 1024} kB, tagged"
        )

    def _vote(self, meeting: str) -> str:
        do = self._site.command
        president, mover, second = (self._board[who] for who in ("odalys", "tavish", "marit"))
        motion = do(mover, f"meetings/{meeting}/move", document="5.0")["id"]
        do(second, f"motions/{motion}/second")
        do(president, f"motions/{motion}/open")
        for _, _, who, choice in BOARD:
            do(self._board[who], f"motions/{motion}/vote", choice=choice)
        do(president, f"motions/{motion}/close")
        do(president, f"motions/{motion}/announce")
        page = president.get(f"/board/motions/{motion}")
        group = next((h for h in _links(page.body) if h.startswith("/groups/")), "")
        visitor = self._site.browser()
        if not group or TEXT["name"] not in visitor.get(group).text:
            raise RehearsalFailed(f"No group was chartered: {page.text[:600]}")
        self._site.letter(address(CONVENER[1]), "approved")
        self._say("the Board moved, seconded, voted 5 to 1, and the group was chartered")
        return urlsplit(group).path


def _links(html: str) -> list[str]:
    return [part.partition('"')[0] for part in html.split('href="')[1:]]
