"""Every letter: that it renders, leads to the right pages, and keeps what people typed as text."""

import ast
import re
import unicodedata
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from jinja2 import UndefinedError

from chalicelib.domain.policy import rules as policy
from chalicelib.mail.messages import FOLDER, LetterComposer

BASE = "https://groundswell.example.org/app"
CODE = Path(__file__).resolve().parents[2] / "chalicelib"
TOKEN = "WyJwNzNxIiwiYWJjIl0.Ab-c_D9"

ABOUT = {
    "petition_id": "p73q9x",
    "petition": "Open Pedagogy",
    "verified": 26,
    "confirmed": 3,
    "closes_at": "2024-01-27T05:59:59+00:00",
    "comments": "Name the stakeholders.\n\nShorten the charge.",
    "reason": "A group with this purpose exists already. See the list.",
    "document": "5.0",
    "group_slug": "open-pedagogy",
    "vote": "9 yes, 2 no; 6 yes needed",
}
SIGNED = {
    "petition_id": "p73q9x",
    "petition": "Open Pedagogy",
    "token": TOKEN,
    "state": "verified",
    "how": "email",
    "question": "Which library do you work for?",
    "named": True,
    "institution": "Lakeshore College",
    "reason": "The address belongs to a list.",
    "closes_at": "2024-01-27T05:59:59+00:00",
}
TOLD = {
    "petition_id": "p73q9x",
    "petition": "Open Pedagogy",
    "group_slug": "open-pedagogy",
    "comments": "",
    "token": TOKEN,
}
MEETING = {"meeting": "Midwinter Meeting 2024", "starts_at": "2024-01-26T19:00:00+00:00"}
MOTION = {
    "motion_id": "m5",
    "title": "Petition to establish the Open Pedagogy discussion group",
    "wording": "That the Board approves the petition.",
}
HELD = {"meeting_id": "mw24", **MEETING}
CONVENED = {"petition_id": "p73q9x", "petition": "Open Pedagogy"}
VOTE = {**MOTION, "closes_at": "2024-01-27T05:59:59+00:00", "secret": True}
CALLED = {**VOTE, "voting_from": "2024-01-20T06:00:00+00:00", "no_discussion": ""}
PACKET = {"meeting_id": "mw24", "meeting": "Midwinter Meeting 2024", "packet": 2}

TALK = {
    "document_id": "d7",
    "document": "Doc 5.0",
    "title": "Open Pedagogy",
    "meeting": "Midwinter Meeting 2024",
}

DISCUSSION = "/board/documents/d7/discussion"
DOCUMENT = {
    "document_id": "d81",
    "title": "A budget for travel",
    "code": "Doc 7.0 rev. 2",
    "meeting": "Midwinter Meeting 2024",
    "meeting_id": "mw24",
    "sender": "Ines Belhadj, Cedar Falls College",
}
BY = {"by": "2024-01-10T05:59:59+00:00", "late": True}

PETITION = "/petitions/p73q9x"
DOC = "/board/documents/d81"
OWN = f"/signatures/{TOKEN}"
CONFIRM = f"/signatures/confirm/{TOKEN}"
GROUP = "/groups/open-pedagogy"

# Kind, what it is given, the page that it leads to, and words that it cannot do without.
SEAT = {
    "office": "Councilor",
    "term": "July 1, 2026 through June 30, 2027",
    "voting": True,
    "presiding": False,
    "reason": "Moved abroad.",
    "by": "Imara Vesterholt",
}
WAS = {
    "was_office": "Director",
    "was_term": "no end",
    "was_voting": False,
    "was_presiding": True,
}
LIVING = {
    "group_slug": "open-pedagogy",
    "group": "Open Pedagogy",
    "kind": "discussion group",
    "ends_on": "January 25, 2027",
    "lapses_on": "April 25, 2027",
}
RENEWAL_PAGE = "/groups/open-pedagogy/renewal"
CONVENERS = "/groups/open-pedagogy/conveners"
CHECK_IN = "/groups/open-pedagogy/check-in"
OPENED = {
    **LIVING,
    "why": "end",
    "by_petition": "",
    "deadline": "November 2, 2026",
    "meeting": "Board II",
}
REMINDED = {
    **OPENED,
    "for_staff": "",
    "conveners": "Ana Ruiz, Bo Lind",
    "ended": "",
    "notice": "",
    "with_staff": "",
}
ANSWERED = {
    **LIVING,
    "outcome": "changed",
    "new_name": "Open Teaching",
    "new_charge": "To compare notes on open teaching.",
    "other": "",
    "other_slug": "",
    "agreement": "",
    "board_step": "action",
}
MERGED = {
    **ANSWERED,
    "outcome": "merged",
    "other": "Teaching Together",
    "other_slug": "teaching-together",
    "agreement": "Agreed in our meeting of May 3.",
}
RENEWED = {
    **LIVING,
    "by": "motion",
    "vote": "8 members voted yes, and nobody voted no; 6 had to vote yes",
    "meeting": "",
    "changed": "yes",
    "was_name": "Open Notes",
    "charge": "To compare notes on open teaching.",
    "conditions": "",
    "to_confirm": "",
    "revived": "",
}
ENDED = {
    **LIVING,
    "by": "consent",
    "vote": "",
    "meeting": "Board II",
    "outcome": "dissolved",
    "other": "",
    "other_slug": "",
    "until": "May 2, 2029",
}
VACANT = {
    **LIVING,
    "for_staff": "",
    "conveners": "",
    "missing": 1,
    "needed": 1,
    "over": "",
    "fill_by": "August 29, 2026",
}
ASKED_YEARLY = {
    **LIVING,
    "for_staff": "",
    "conveners": "Ana Ruiz",
    "due_by": "May 31, 2026",
    "late": "",
}
LETTERS: list[tuple[str, dict[str, Any], str, list[str]]] = [
    ("sign-in", {"token": TOKEN, "minutes": 15}, f"/sign-in/{TOKEN}", ["once", "15 minutes"]),
    (
        "access-token",
        {"token": "Calendar", "may": "Read\nVote", "until": "June 1, 2026"},
        "/account/tokens",
        ["Calendar", "    Read", "    Vote", "Until June 1, 2026", "revoke it on your account"],
    ),
    ("signature-confirm", {**SIGNED, "state": "pending"}, CONFIRM, ["If you did not sign"]),
    ("signature-already", SIGNED, OWN, ["already", "nothing changed"]),
    ("signature-thanks", SIGNED, OWN, ["found on the membership roster", "Lakeshore College"]),
    ("signature-verified", SIGNED, OWN, ["Staff found you on the membership roster"]),
    ("signature-withdrawn", SIGNED, PETITION, ["withdrawn", "January 26, 2024"]),
    ("signature-invalidated", SIGNED, OWN, ["rejected it", "    The address belongs to a list."]),
    (
        "signature-question",
        SIGNED,
        OWN,
        [
            "did not find the address you signed with on the membership roster",
            "    Which library do you work for?",
        ],
    ),
    ("signature-reopened", SIGNED, OWN, ["checking it again", "do not need to do anything"]),
    (
        "signature-restored",
        SIGNED,
        OWN,
        ["your signature is valid again", "do not need to do anything"],
    ),
    ("ask-again", TOLD, CONFIRM, ["does not count for the new text"]),
    ("signatory-petition-approved", TOLD, GROUP, ["approved"]),
    ("signatory-petition-declined", TOLD, PETITION, ["did not approve it"]),
    (
        "signatory-petition-ended",
        {**TOLD, "state": "rejected", "reason": "A group with this purpose exists."},
        PETITION,
        ["Staff have rejected", "    A group with this purpose exists."],
    ),
    (
        "convener-invitation",
        {**ABOUT, "inviter": "Rowan Ibarra", "charge": "To compare notes."},
        "/petitions/p73q9x/invitation",
        ["You become one only if you accept", "    To compare notes.", "Rowan Ibarra named you"],
    ),
    (
        "invitation-declined",
        {**ABOUT, "who": "Noor Castellan"},
        PETITION,
        ["Noor Castellan declined to convene", "The signatures stay valid."],
    ),
    ("petition-published", ABOUT, PETITION, ["until January 26, 2024, 11:59 p.m. CST"]),
    (
        "petition-paused",
        {**ABOUT, "why": "Forty came within a minute."},
        PETITION,
        ["Nobody can sign or confirm", "    Forty came within a minute."],
    ),
    ("petition-resumed", ABOUT, PETITION, ["until January 26, 2024, 11:59 p.m. CST"]),
    ("threshold-reached", ABOUT, PETITION, ["26 verified signatures", "submit"]),
    ("petition-submitted", ABOUT, PETITION, ["26 verified signatures", "receipt"]),
    (
        "petition-scheduled",
        {**ABOUT, **MEETING},
        PETITION,
        ["Midwinter Meeting 2024", "January 26, 2024, 1:00 p.m. CST", "Doc 5.0"],
    ),
    (
        "petition-returned",
        ABOUT,
        PETITION,
        ["    Name the stakeholders.\n\n    Shorten the charge."],
    ),
    (
        "petition-corrected",
        {**ABOUT, "changes": "Charge: “teh” became “the”.", "correction": "Misspelt."},
        "/petitions/p73q9x/changes",
        ["    Charge: “teh” became “the”.", "    Misspelt.", "nobody has to sign again"],
    ),
    ("petition-rejected", ABOUT, PETITION, ["A group with this purpose exists already."]),
    ("petition-withdrawn", ABOUT, PETITION, ["withdrawn"]),
    ("petition-expired", ABOUT, PETITION, ["26 verified signatures, fewer than it needed"]),
    ("petition-approved", ABOUT, GROUP, ["chartered"]),
    (
        "petition-approved",
        {
            **ABOUT,
            "mover": "Ana Holt",
            "seconder": "Bo Lind",
            "amended_name": "Open Pedagogy Forum",
            "amended_charge": "To compare notes and report.",
            "petition_charge": "To compare notes.",
            "conditions": "1. Report each June.\n2. Meet twice.",
        },
        GROUP,
        [
            "Moved by Ana Holt, seconded by Bo Lind.",
            "    Open Pedagogy Forum",
            "    To compare notes and report.",
            "    To compare notes.",
            "    1. Report each June.\n    2. Meet twice.",
            "check the charge, the conditions, the conveners",
        ],
    ),
    (
        "petition-approved",
        {
            **ABOUT,
            "vote_in_words": "8 members voted yes, and nobody voted no; 6 had to vote yes",
            "charge": "To compare notes.",
            "amended_charge": "",
            "effective_on": "April 23, 2026",
            "ends_on": "April 22, 2029",
            "to_confirm": "yes",
        },
        GROUP,
        [
            "8 members voted yes, and nobody voted no; 6 had to vote yes.",
            "    To compare notes.",
            "It takes effect on April 23, 2026 and ends on April 22, 2029.",
            "still has to confirm the result",
        ],
    ),
    ("petition-declined", ABOUT, PETITION, ["did not approve it"]),
    ("staff-submitted", ABOUT, "/staff/petitions/p73q9x", ["decide the signatures"]),
    ("staff-withdrawn", ABOUT, "/staff/petitions/p73q9x", ["Doc 5.0"]),
    (
        "erasure-asked",
        {"due_on": "April 1, 2026"},
        "/account/data",
        ["They will answer by email by April 1, 2026", "nothing changes"],
    ),
    (
        "staff-erasure",
        {"due_on": "April 1, 2026", "request": "x7k2"},
        "/staff/requests/x7k2",
        ["answered by April 1, 2026"],
    ),
    ("erasure-refused", {"reason": "You hold a seat."}, "/account/data", ["    You hold a seat."]),
    ("data-erased", {"days": 90}, "/privacy", ["after 90 days", "It is the last one"]),
    (
        "count-drift",
        {
            "petition_id": "p73q9x",
            "petition": "Open Pedagogy",
            "kept_confirmed": 1,
            "kept_verified": 27,
            "counted_confirmed": 0,
            "counted_verified": 25,
        },
        "/staff/petitions/p73q9x",
        ["Shown: 27 verified and 1 confirmed", "Counted: 25 verified and 0 confirmed"],
    ),
    ("discussion-reply", TALK, DISCUSSION, ["a discussion that you take part in", "Open Pedagogy"]),
    ("liaison-named", TALK, DISCUSSION, ["the Board’s liaison", "your recommendation"]),
    (
        "convener-question",
        {**ABOUT, **TALK, "who": "Ana Holt", "question": "Who keeps it up?", "again": False},
        "/petitions/p73q9x/questions",
        ["Ana Holt asks", "    Who keeps it up?", "go on the document’s record"],
    ),
    (
        "question-answered",
        {**TALK, "who": "Bo Lind", "question": "Who keeps it up?", "answer": "We do."},
        DISCUSSION,
        ["Bo Lind answered", "    Who keeps it up?", "    We do."],
    ),
    (
        "seat-invited",
        SEAT,
        "/sign-in",
        ["Councilor", "July 1, 2026 through June 30, 2027", "has a vote", "There is no password"],
    ),
    (
        "seat-changed",
        {**SEAT, **WAS},
        "/account",
        ["It was: Director", "without a vote", "presiding"],
    ),
    ("seat-ended", SEAT, "/account", ["    Moved abroad.", "cast before then still counts"]),
    ("staff-granted", {"admin": True, "by": "Imara Vesterholt"}, "/staff", ["an administrator"]),
    ("staff-revoked", {"by": "Imara Vesterholt"}, "/account", ["Imara Vesterholt removed you"]),
    (
        "document-received",
        {**DOCUMENT, **BY},
        DOC,
        ["your receipt", "January 9, 2024, 11:59 p.m. CST", "goes into a supplement"],
    ),
    (
        "staff-document",
        {**DOCUMENT, **BY},
        DOC,
        [
            "Ines Belhadj, Cedar Falls College sent",
            "after the document deadline",
            "January 9, 2024",
        ],
    ),
    (
        "document-acknowledged",
        {**DOCUMENT, "complete": False, "words": "Name who pays.\n\nSay from when."},
        DOC,
        ["Something is missing.", "    Name who pays.\n\n    Say from when.", "as a revision"],
    ),
    (
        "document-numbered",
        {**DOCUMENT, "late": False},
        DOC,
        ["Doc 7.0 rev. 2", "goes into the packet"],
    ),
    (
        "document-changed",
        {**DOCUMENT, "changes": "Background: “teh” became “the”.", "why": "Misspelt."},
        DOC,
        ["    Background: “teh” became “the”.", "    Misspelt.", "Your original is kept"],
    ),
    ("document-withdrawn", {**DOCUMENT, "reason": "Not ours."}, DOC, ["    Not ours."]),
    (
        "staff-document-withdrawn",
        {**DOCUMENT, "reason": "We found money."},
        DOC,
        ["    We found money.", "Its number will not be reused"],
    ),
    (
        "staff-document-revised",
        {**DOCUMENT, "why": "Who pays."},
        DOC,
        ["sent another version", "    Who pays."],
    ),
    (
        "staff-document-overdue",
        {**DOCUMENT, **BY},
        DOC,
        ["January 9, 2024", "Nobody has told them"],
    ),
    (
        "vote-open",
        VOTE,
        "/board/motions/m5",
        [
            "    That the Board approves the petition.",
            "It is a secret vote",
            "closes automatically: January 26, 2024, 11:59 p.m. CST",
        ],
    ),
    (
        "vote-called",
        CALLED,
        "/board/motions/m5",
        [
            "Voting opens: January 20, 2024, 12:00 a.m. CST",
            "Voting closes: January 26, 2024, 11:59 p.m. CST",
            "discuss it until voting opens",
        ],
    ),
    (
        "vote-extended",
        {**CALLED, "reason": "Two members are ill.", "window": "voting"},
        "/board/motions/m5",
        ["    Two members are ill.", "ballots already cast still count"],
    ),
    (
        "vote-reminder",
        VOTE,
        "/board/motions/m5",
        ["you have not voted", "January 26, 2024, 11:59 p.m. CST"],
    ),
    (
        "vote-closed",
        {**VOTE, "ballots": 9, "electors": 13},
        "/board/motions/m5",
        ["9 of 13 ballots", "announce the result"],
    ),
    (
        "vote-void",
        {**VOTE, "reason": "The wrong text was before the Board."},
        "/board/motions/m5",
        ["    The wrong text was before the Board.", "no longer counts"],
    ),
    (
        "confirmation-refused",
        {"motion_id": "m5", "title": MOTION["title"], "meeting": "Midwinter Meeting 2024"},
        "/board/motions/m5",
        ["Midwinter Meeting 2024, refused", "Nothing is undone automatically"],
    ),
    ("packet-published", PACKET, "/board/meetings/mw24", ["Packet 2"]),
    (
        "minutes-distributed",
        HELD,
        "/board/meetings/mw24/minutes",
        ["until then they can be corrected", "January 26, 2024, 1:00 p.m. CST"],
    ),
    (
        "meeting-changed",
        {**HELD, "changes": "When: Friday became Monday"},
        "/board/meetings/mw24",
        ["    When: Friday became Monday", "has changed"],
    ),
    (
        "meeting-cancelled",
        {**HELD, "reason": "A storm."},
        "/board/meetings/mw24",
        ["is canceled", "January 26, 2024, 1:00 p.m. CST", "    A storm."],
    ),
    (
        "petition-moved",
        {**HELD, **CONVENED, "changes": "When: Friday became Monday"},
        PETITION,
        ["    When: Friday became Monday", "stays on the docket"],
    ),
    (
        "petition-postponed",
        {
            **ABOUT,
            "present": None,
            "quorum": None,
            "to_meeting": "Midwinter Meeting 2024",
            "to_starts_at": "2024-01-26T19:00:00+00:00",
        },
        PETITION,
        [
            "The motion to approve it was postponed.",
            "Postponed to: Midwinter Meeting 2024",
            "Begins: January 26, 2024, 1:00 p.m. CST",
            "as Doc 5.0, and its signatures stay valid",
            "You will get an email with the result.",
        ],
    ),
    (
        "petition-postponed",
        {**ABOUT, "present": 5, "quorum": 7, "to_meeting": "", "to_starts_at": ""},
        PETITION,
        [
            "there was no quorum: 7 voting members must take part, and 5 did.",
            "no meeting is set for it yet",
            "another meeting’s docket, you will get an email.",
        ],
    ),
    (
        "petition-unscheduled",
        {**HELD, **CONVENED, "reason": "A storm."},
        PETITION,
        ["was canceled", "    A storm.", "another meeting"],
    ),
    (
        "call-for-items",
        {**HELD, "items_until": "December 15, 2023", "documents_until": "January 8, 2024"},
        "/board/meetings/mw24",
        ["by December 15, 2023", "the end of January 8, 2024"],
    ),
    (
        "staff-milestones",
        {**HELD, "milestones": "Set the agenda: by December 29, 2023"},
        "/board/meetings/mw24",
        ["    Set the agenda: by December 29, 2023", "January 26, 2024"],
    ),
    (
        "extension-granted",
        {**HELD, "until": "2024-01-13T05:59:59+00:00"},
        "/sign-in",
        ["until January 12, 2024, 11:59 p.m. CST", "supplement"],
    ),
    ("renewal-opened", OPENED, RENEWAL_PAGE, ["ends on January 25, 2027", "by November 2, 2026"]),
    (
        "renewal-opened",
        {**OPENED, "by_petition": "yes", "deadline": "", "meeting": "", "kind": "interest group"},
        RENEWAL_PAGE,
        ["An interest group is renewed by petition", "will lapse after April 25, 2027"],
    ),
    (
        "renewal-opened",
        {**OPENED, "for_staff": "yes", "conveners": "Ana Ruiz"},
        RENEWAL_PAGE,
        ["ask its conveners (Ana Ruiz)", "because you are responsible for “Open Pedagogy”"],
    ),
    ("renewal-opened", {**OPENED, "why": "revival"}, RENEWAL_PAGE, ["it can be revived"]),
    (
        "renewal-opened",
        {**OPENED, "why": "asked", "lapses_on": "", "deadline": ""},
        RENEWAL_PAGE,
        ["its name or its charge can be changed"],
    ),
    ("renewal-reminder", REMINDED, RENEWAL_PAGE, ["has no answer yet", "takes a minute"]),
    (
        "renewal-reminder",
        {**REMINDED, "deadline": "", "by_petition": "yes"},
        RENEWAL_PAGE,
        ["are already past due: ask staff for an extension", "Start it on the renewal’s page"],
    ),
    (
        "renewal-reminder",
        {**REMINDED, "ended": "yes", "deadline": "", "for_staff": "yes"},
        RENEWAL_PAGE,
        ["ended on January 25, 2027", "ask the conveners (Ana Ruiz, Bo Lind)"],
    ),
    (
        "renewal-reminder",
        {**REMINDED, "notice": "yes", "ended": "yes", "for_staff": "yes", "conveners": ""},
        RENEWAL_PAGE,
        ["will lapse after April 25, 2027", "(there are none)"],
    ),
    (
        "renewal-reminder",
        {**REMINDED, "with_staff": "yes", "for_staff": "yes"},
        RENEWAL_PAGE,
        ["the answer is not on a docket yet", "put the answer on the docket"],
    ),
    ("renewal-submitted", ANSWERED, RENEWAL_PAGE, ["a new name or charge", "for a vote"]),
    (
        "renewal-submitted",
        {**ANSWERED, "outcome": "same", "board_step": "consent"},
        RENEWAL_PAGE,
        ["its current charge", "on the consent agenda"],
    ),
    (
        "renewal-submitted",
        {**MERGED, "board_step": "none"},
        RENEWAL_PAGE,
        ["becomes part of the Teaching Together", "the Board does not need to"],
    ),
    (
        "staff-renewal",
        ANSWERED,
        RENEWAL_PAGE,
        ["    Open Teaching", "    To compare notes on open teaching.", "on the docket"],
    ),
    ("staff-renewal", MERGED, RENEWAL_PAGE, ["    Agreed in our meeting of May 3."]),
    (
        "staff-renewal",
        {**ANSWERED, "outcome": "dissolved", "board_step": "none"},
        RENEWAL_PAGE,
        ["it is dissolved", "accept it, or return it"],
    ),
    (
        "renewal-names-group",
        MERGED,
        GROUP,
        ["will become part of yours, Teaching Together", "    Open Teaching"],
    ),
    (
        "renewal-names-group",
        {**MERGED, "outcome": "succeeded"},
        GROUP,
        [
            "your group, Teaching Together, will continue its work",
            "    Agreed in our meeting of May 3.",
        ],
    ),
    ("staff-renewal-taken-back", LIVING, RENEWAL_PAGE, ["withdrawn their answer"]),
    (
        "renewal-returned",
        {**LIVING, "comments": "Say how often you met."},
        RENEWAL_PAGE,
        ["    Say how often you met.", "Your previous answer is filled in."],
    ),
    (
        "renewal-scheduled",
        {**LIVING, **MEETING, "document": "4.1", "consent": "yes", "outcome": "same"},
        GROUP,
        ["Doc 4.1 of Midwinter Meeting 2024", "It is on the consent agenda"],
    ),
    (
        "renewal-scheduled",
        {**LIVING, **MEETING, "document": "5.0", "consent": "", "outcome": "lapsed"},
        GROUP,
        ["The lapse of the Open Pedagogy", "tell staff at once if the group should continue"],
    ),
    (
        "renewal-postponed",
        {
            **LIVING,
            "present": None,
            "quorum": None,
            "to_meeting": "Board III",
            "to_starts_at": "2024-06-28T18:00:00+00:00",
        },
        GROUP,
        ["to Board III, on June 28, 2024, 1:00 p.m. CDT"],
    ),
    (
        "renewal-postponed",
        {**LIVING, "present": 5, "quorum": 7, "to_meeting": "", "to_starts_at": ""},
        GROUP,
        ["5 members were present, and a quorum is 7"],
    ),
    (
        "renewal-renewed",
        {**RENEWED, "conditions": "Report each June."},
        GROUP,
        ["formerly called “Open Notes”", "    To compare notes", "    Report each June."],
    ),
    (
        "renewal-renewed",
        {**RENEWED, "by": "consent", "meeting": "Board II", "changed": "", "was_name": ""},
        GROUP,
        ["the consent agenda of Board II", "Its charge is unchanged."],
    ),
    (
        "renewal-renewed",
        {**RENEWED, "by": "staff", "revived": "yes", "ends_on": "", "to_confirm": "yes"},
        GROUP,
        ["Staff have accepted your answer.", "still has to confirm the result"],
    ),
    (
        "renewal-declined",
        {**LIVING, "vote": "5 members voted yes, 6 voted no"},
        RENEWAL_PAGE,
        ["declined it: 5 members voted yes", "give a different answer to the renewal"],
    ),
    ("group-ended", ENDED, GROUP, ["is dissolved", "revived until May 2, 2029"]),
    (
        "group-ended",
        {**ENDED, "outcome": "merged", "other": "Teaching Together", "until": ""},
        GROUP,
        ["the Teaching Together continues its work", "nothing is required"],
    ),
    (
        "group-ended",
        {**ENDED, "outcome": "lapsed", "by": "policy"},
        GROUP,
        ["since nobody answered its renewal"],
    ),
    ("group-ended", {**ENDED, "by": "motion", "vote": "8 voted yes"}, GROUP, ["8 voted yes"]),
    ("group-took-over", {**LIVING, "merged": "yes", "other": "Old"}, GROUP, ["has become part"]),
    ("group-took-over", {**LIVING, "merged": "", "other": "Old"}, GROUP, ["continues its work"]),
    (
        "lapse-proposed",
        {**LIVING, "for_staff": "", "conveners": "Ana Ruiz"},
        RENEWAL_PAGE,
        ["withdraw the proposal on the renewal’s page"],
    ),
    (
        "lapse-proposed",
        {**LIVING, "for_staff": "yes", "conveners": ""},
        RENEWAL_PAGE,
        ["put it on the docket", "(there are none)"],
    ),
    (
        "group-invitation",
        {
            **LIVING,
            "inviter": "Rowan Ibarra",
            "charge": "To compare notes.",
            "instead_of": "Bo Lind",
        },
        CONVENERS,
        ["in place of Bo Lind", "    To compare notes.", "become a convener only if you accept"],
    ),
    (
        "group-joined",
        {**LIVING, "who": "Ana Ruiz", "until": "June 30, 2027", "instead_of": "Bo Lind"},
        GROUP,
        ["until June 30, 2027. Bo Lind has handed over"],
    ),
    ("group-declined", {**LIVING, "who": "Ana Ruiz"}, CONVENERS, ["has declined"]),
    (
        "group-left",
        {**LIVING, "reason": "The address is dead."},
        GROUP,
        ["    The address is dead."],
    ),
    (
        "group-convener-gone",
        {**LIVING, "who": "Bo Lind", "missing": 2, "fill_by": "August 29, 2026"},
        CONVENERS,
        ["now needs 2 more conveners", "by August 29, 2026"],
    ),
    (
        "group-convener-gone",
        {**LIVING, "who": "Bo Lind", "missing": 0, "fill_by": ""},
        CONVENERS,
        ["nothing is required"],
    ),
    ("group-vacancy", VACANT, CONVENERS, ["must be found by August 29, 2026", "you will continue"]),
    (
        "group-vacancy",
        {**VACANT, "over": "yes", "for_staff": "yes", "missing": 2, "needed": 3},
        CONVENERS,
        ["should have been found", "needs 3 conveners", "(there are none)"],
    ),
    ("check-in", ASKED_YEARLY, CHECK_IN, ["Please answer by May 31, 2026", "It is one page"]),
    ("check-in", {**ASKED_YEARLY, "late": "yes"}, CHECK_IN, ["was due by May 31, 2026"]),
    (
        "check-in",
        {**ASKED_YEARLY, "late": "yes", "for_staff": "yes"},
        CHECK_IN,
        ["has not answered its yearly check-in", "ask its conveners (Ana Ruiz)"],
    ),
    (
        "staff-check-in",
        {**LIVING, "year": "June 30, 2026", "wants": "It held no meeting.", "for_board": "Thanks."},
        GROUP,
        ["    It held no meeting.", "    Thanks."],
    ),
    (
        "term-ends",
        {
            **LIVING,
            "for_staff": "",
            "conveners": "Bo Lind",
            "who": "Bo Lind",
            "until": "June 30, 2026",
        },
        CONVENERS,
        ["ends on June 30, 2026", "no successor is named"],
    ),
    ("group-imported", LIVING, GROUP, ["ends on January 25, 2027", "tell staff"]),
    ("group-imported", {**LIVING, "ends_on": ""}, GROUP, ["one of its conveners"]),
    ("group-liaison", LIVING, GROUP, ["the Board’s liaison to the Open Pedagogy discussion group"]),
    (
        "petition-continues",
        {
            **ABOUT,
            "group": "Open Pedagogy",
            "until": "January 25, 2030",
            "charge": "To compare notes.",
            "conditions": "Report each June.",
            "to_confirm": "",
        },
        GROUP,
        ["continues until January 25, 2030", "    To compare notes.", "    Report each June."],
    ),
    (
        "petition-moved",
        {**HELD, "petition": "Open Pedagogy", "group_slug": "open-pedagogy", "changes": "The day."},
        GROUP,
        ["The group “Open Pedagogy” is on the docket"],
    ),
    (
        "petition-unscheduled",
        {**HELD, "petition": "Open Pedagogy", "group_slug": "open-pedagogy", "reason": "A storm."},
        GROUP,
        ["The group “Open Pedagogy” is on the docket", "    A storm."],
    ),
]
# Letters to the Board about a meeting have its calendar file beside its page.
FILE = "/board/meetings/mw24/calendar.ics"
WITH_FILE = {"packet-published", "meeting-changed", "meeting-cancelled", "call-for-items"}


def leads_to(kind: str, path: str) -> list[str]:
    """The addresses in a letter, in their order."""
    return [BASE + path, *([BASE + FILE] if kind in WITH_FILE else []), BASE]


every_letter = pytest.mark.parametrize(
    ("kind", "data", "path", "words"), LETTERS, ids=[row[0] for row in LETTERS]
)

HOSTILE = '<b>x</b> & "Bo" O\'Neil {{ 7 * 7 }} > Act: '
CONTROLS = "A\r\nBcc: x\u2028y\x00\x07\u202ez\tq"


@pytest.fixture(scope="module")
def compose() -> LetterComposer:
    return LetterComposer(BASE + "/", policy.load())


def links(text: str) -> set[str]:
    return set(re.findall(r"https?://\S+", text))


def page_of(html: str) -> ElementTree.Element:
    return ElementTree.fromstring(html)


def words_of(html: str) -> str:
    return " ".join("".join(page_of(html).itertext()).split())


def sample(kind: str) -> dict[str, Any]:
    return next(row[1] for row in LETTERS if row[0] == kind)


@every_letter
def test_letter(
    compose: LetterComposer, kind: str, data: dict[str, Any], path: str, words: list[str]
) -> None:
    message = compose(kind, "Ana Ruiz", data)
    assert 8 <= len(message.subject) <= 150
    assert message.subject.isprintable()
    assert links(message.text) == set(leads_to(kind, path))
    assert message.text.startswith("Hello Ana Ruiz,\n\n")
    assert "Association of College & Research Libraries (ACRL)" in message.text
    assert "You are receiving this email because" in message.text.partition("\n--\n")[2]
    assert "\n\n\n" not in message.text
    for word in words:
        assert word in message.text


@every_letter
def test_no_sentence_ends_in_two_full_stops(
    compose: LetterComposer, kind: str, data: dict[str, Any], path: str, words: list[str]
) -> None:
    assert ".." not in compose(kind, "Ana Ruiz", data).text


@every_letter
def test_html_says_the_same(
    compose: LetterComposer, kind: str, data: dict[str, Any], path: str, words: list[str]
) -> None:
    message = compose(kind, "Ana Ruiz", data)
    root = page_of(message.html)
    assert root.get("lang") == "en-US"
    assert [a.get("href") for a in root.iter("a")] == leads_to(kind, path)
    assert not list(root.iter("img"))
    assert "url(" not in message.html
    shown = words_of(message.html)
    assert BASE + path in shown
    for word in words:
        assert " ".join(word.split()) in shown
    for line in message.text.splitlines():
        if line != "--":
            assert line.strip().removesuffix(":") in shown


@every_letter
def test_what_people_typed_stays_text(
    compose: LetterComposer, kind: str, data: dict[str, Any], path: str, words: list[str]
) -> None:
    typed = {"petition", "group", "institution", "title", "meeting", "comments", "reason"}
    typed |= {"wording", "charge", "agreement", "who", "for_board"}
    given = {key: HOSTILE if key in typed and data[key] else data[key] for key in data}
    message = compose(kind, HOSTILE, given)
    literal = HOSTILE.strip()
    assert literal in message.text
    root = page_of(message.html)
    assert literal in words_of(message.html)
    assert not list(root.iter("b"))
    assert [a.get("href") for a in root.iter("a")] == leads_to(kind, path)
    if {"petition", "group"} & set(data):
        assert literal in message.subject


@every_letter
def test_every_value_is_asked_for(
    compose: LetterComposer, kind: str, data: dict[str, Any], path: str, words: list[str]
) -> None:
    with pytest.raises(UndefinedError, match="is undefined"):
        compose(kind, "Ana Ruiz", {})


@every_letter
def test_no_line_end_or_control_character_gets_through(
    compose: LetterComposer, kind: str, data: dict[str, Any], path: str, words: list[str]
) -> None:
    typed = {"petition", "group", "institution", "title", "meeting"}
    given = {key: CONTROLS if key in typed else data[key] for key in data}
    message = compose(kind, CONTROLS, given)
    assert message.subject.isprintable()
    assert "A Bcc: x y z q" in message.text
    for body in (message.text, message.html):
        left = {c for c in body if unicodedata.category(c) in {"Cc", "Zl", "Zp"}}
        assert left == {"\n"}
        assert "\u202e" not in body


def test_a_quotation_cannot_become_a_link_or_another_part(compose: LetterComposer) -> None:
    comments = "Fine.\n\n> Press here: https://evil.example\n--\n| \x001\x00\r\nSubject: no"
    message = compose("petition-returned", "Ana", {**ABOUT, "comments": comments})
    assert (
        "    > Press here: https://evil.example\n    --\n    | 1\n    Subject: no" in message.text
    )
    root = page_of(message.html)
    assert len(list(root.iter("blockquote"))) == 1
    assert "https://evil.example" not in {a.get("href") for a in root.iter("a")}


@pytest.mark.parametrize(
    "name", ["", "   ", "Win a prize at www.evil.example", "https://evil", "a@b", "x" * 81]
)
def test_a_name_that_is_none_is_not_greeted(compose: LetterComposer, name: str) -> None:
    message = compose("signature-confirm", name, {**SIGNED, "state": "pending"})
    assert message.text.startswith("Hello,\n\n")
    assert not name.strip() or name not in message.text + message.html


@pytest.mark.parametrize("name", ["J. R. Müller", "J.R. Ó Néill, Ph.D", "अनिता राव", "李 明"])
def test_people_are_greeted_by_their_name(compose: LetterComposer, name: str) -> None:
    assert compose("sign-in", name, sample("sign-in")).text.startswith(f"Hello {name},")


def test_an_institution_is_not_repeated_before_the_address_is_confirmed(
    compose: LetterComposer,
) -> None:
    message = compose("signature-confirm", "Ana", {**SIGNED, "state": "pending"})
    assert "Lakeshore" not in message.text


@every_letter
def test_long_names_are_shortened_in_the_subject_alone(
    compose: LetterComposer, kind: str, data: dict[str, Any], path: str, words: list[str]
) -> None:
    long = "Reparative Description and Metadata " * 12
    named = {"petition", "group", "title"} | ({"meeting"} - set(data if "group" in data else ()))
    given = {key: long if key in named else data[key] for key in data}
    message = compose(kind, "Ana", given)
    assert len(message.subject) <= 150
    if given != data:
        assert "…" in message.subject
        assert len(message.subject) > 140
        assert long.strip() in message.text
    if {"petition", "group"} & set(data):
        assert "…”" in message.subject


def test_a_signature_that_staff_have_to_check(compose: LetterComposer) -> None:
    data = {**SIGNED, "state": "confirmed", "named": False}
    text = compose("signature-thanks", "Ana", data).text
    assert "staff will check" in text
    assert "does not appear" in text
    assert "Lakeshore" not in text


def test_confirming_a_changed_text(compose: LetterComposer) -> None:
    text = compose("signature-confirm", "Ana", SIGNED).text
    assert "an earlier version" in text
    assert "If you did not sign" not in text


def test_what_is_empty_is_not_mentioned(compose: LetterComposer) -> None:
    empty = {**ABOUT, "closes_at": "", "reason": "", "document": "", "confirmed": 0}
    assert "reason" not in compose("petition-withdrawn", "Ana", empty).text
    assert "Doc" not in compose("staff-withdrawn", "Ana", empty).text
    # A draft that was never open has no signatures.
    declined = compose("invitation-declined", "Ana", {**empty, "who": "Noor"})
    assert "signatures" not in declined.text
    assert "Members can sign it." in compose("petition-published", "Ana", empty).text
    assert "26 verified signatures. " in compose("petition-submitted", "Ana", empty).text
    assert "verify the signatures" in compose("staff-submitted", "Ana", empty).text


def test_a_petition_that_is_put_off_to_no_meeting(compose: LetterComposer) -> None:
    empty = {"present": None, "quorum": None, "to_meeting": "", "to_starts_at": ""}
    text = compose("petition-postponed", "Ana", {**ABOUT, **empty}).text
    assert "was postponed, and no meeting is set for it yet." in text
    assert "quorum" not in text
    assert "Postponed to" not in text
    nobody = compose("petition-postponed", "Ana", {**ABOUT, **empty, "present": 0, "quorum": 7})
    assert "must take part, and nobody did." in nobody.text


def test_verified_against_needed(compose: LetterComposer) -> None:
    text = compose("petition-expired", "Ana", {**ABOUT, "verified": 1, "needed": 25}).text
    assert "It had 1 verified signature of the 25 needed, and 3 more" in text


def test_moments_are_in_the_associations_zone(compose: LetterComposer) -> None:
    summer = {**ABOUT, "closes_at": "2024-07-01T04:59:59+00:00"}
    text = compose("petition-published", "Ana", summer).text
    assert "until June 30, 2024, 11:59 p.m. CDT." in text
    with pytest.raises(ValueError, match="does not say its zone"):
        compose("petition-published", "Ana", {**ABOUT, "closes_at": "2024-07-01T04:59:59"})


def test_links_are_encoded_and_never_empty(compose: LetterComposer) -> None:
    message = compose("petition-approved", "Ana", {**ABOUT, "group_slug": 'a/b "c"'})
    assert f"{BASE}/groups/a%2Fb%20%22c%22" in message.text
    with pytest.raises(ValueError, match="is empty"):
        compose("petition-approved", "Ana", {**ABOUT, "group_slug": ""})


@pytest.mark.parametrize("kind", ["signature-", "base", "../petitions/show", "petition-lost"])
def test_an_unknown_kind_is_named(compose: LetterComposer, kind: str) -> None:
    with pytest.raises(LookupError, match=re.escape(repr(kind))):
        compose(kind, "Ana", ABOUT)


@pytest.mark.parametrize("base", ["", "groundswell.example.org", "javascript:alert(1)"])
def test_links_need_a_web_address(base: str) -> None:
    with pytest.raises(ValueError, match="cannot begin with"):
        LetterComposer(base, policy.load())


# Which argument of a call is the kind of a letter.
KIND_ARGUMENT = {
    "_hand_over": 2,
    "to_board": 3,
    "to_docket": 3,
    "write": 2,
    "to_conveners": 3,
    "to_people": 3,
    "tell_signatories": 3,
    "letter_about": 1,
    "tell_sender": 3,
    "to_staff": 3,
    "to_liaison": 3,
    "to_petitioners": 3,
    "tell_group": 3,
    "_tell_other": 3,
    "tell_members": 2,
    "composer": 0,
}


class Kinds:
    """The kinds of letters that a module's source asks for.

    A kind may be a constant, a choice between constants, a local name for either, or an
    f-string of them. What is handed on from a parameter or a stored letter was named elsewhere.
    """

    def __init__(self, due: set[str]) -> None:
        self._due = due

    def of(self, source: str) -> set[str]:
        found: set[str] = set()
        for function in ast.walk(ast.parse(source)):
            if isinstance(function, ast.FunctionDef):
                for call in ast.walk(function):
                    for kind in self._kind_of(call):
                        found |= self.values(kind, function)
        return found

    def _kind_of(self, call: ast.AST) -> Iterator[ast.expr]:
        if not isinstance(call, ast.Call):
            return
        called = call.func.attr if isinstance(call.func, ast.Attribute) else ""
        called = call.func.id if isinstance(call.func, ast.Name) else called
        named = [k.value for k in call.keywords if k.arg == "kind"]
        if called in {"Letter", "FanOut"}:
            assert named, f"line {call.lineno}: give {called} its kind by name"
            yield from named
        elif called in KIND_ARGUMENT and (named or len(call.args) > KIND_ARGUMENT[called]):
            yield from named or [call.args[KIND_ARGUMENT[called]]]

    def values(self, node: ast.expr, function: ast.FunctionDef) -> set[str]:
        if isinstance(node, ast.Constant):
            return {str(node.value)}
        if isinstance(node, ast.IfExp):
            return self.values(node.body, function) | self.values(node.orelse, function)
        if isinstance(node, ast.JoinedStr):
            parts = [
                self.values(p.value if isinstance(p, ast.FormattedValue) else p, function)
                for p in node.values
            ]
            return {"".join(choice) for choice in product(*parts)}
        if isinstance(node, ast.Attribute) and node.attr in {"kind", "letter"}:
            return set() if node.attr == "kind" else self._due
        if isinstance(node, ast.Name):
            given = [
                a.value
                for a in ast.walk(function)
                if isinstance(a, ast.Assign)
                and any(isinstance(t, ast.Name) and t.id == node.id for t in a.targets)
            ]
            arguments = {a.arg for a in (*function.args.args, *function.args.kwonlyargs)}
            if given or node.id in arguments:
                return set().union(*(self.values(value, function) for value in given))
        raise AssertionError(
            f"line {node.lineno}: this kind of letter cannot be told from the code"
        )


def due_to_signatories() -> set[str]:
    """What `Signature.letter` can be."""
    plain = Kinds(set())
    return {
        value
        for module in ("signing/signing.py", "signing/decisions.py")
        for function in ast.parse((CODE / "domain" / module).read_text("utf-8")).body
        if isinstance(function, ast.FunctionDef)
        for call in ast.walk(function)
        if isinstance(call, ast.Call)
        for keyword in call.keywords
        if keyword.arg == "letter"
        for value in plain.values(keyword.value, function)
        if value
    }


def test_each_kind_that_the_services_name_has_a_template_and_the_reverse(
    compose: LetterComposer,
) -> None:
    kinds = Kinds(due_to_signatories())
    named: set[str] = set()
    for path in (CODE / "services").rglob("*.py"):
        named |= kinds.of(path.read_text("utf-8"))
    assert named == compose.kinds
    assert {row[0] for row in LETTERS} == compose.kinds


def test_a_new_letter_would_be_noticed() -> None:
    source = """
def f(step, ok):
    outcome = "lost" if ok else "won"
    to_conveners(step, p, e, "new-one")
    letter = Letter(id="1", kind=f"told-{outcome}")
"""
    assert Kinds(set()).of(source) == {"new-one", "told-lost", "told-won"}
    with pytest.raises(AssertionError, match="cannot be told"):
        Kinds(set()).of("def f(step):\n    write(step, e, kind_for(step), to)")


def test_templates_are_plain_text() -> None:
    for path in FOLDER.glob("*.txt"):
        source = path.read_text("utf-8")
        assert not re.search(r"[\x00-\x09\x0b-\x1f]", source), path.name
        assert "http" not in source, f"{path.name}: build links with url()"
        if path.stem != "base":
            assert source.startswith("Subject: "), path.name
