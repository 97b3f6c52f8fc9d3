"""A packet with all that a packet can say: revisions, votes, questions, charts, a closed session,
a file, and something left out. Its people do not exist.
"""

from typing import Any

from tests.packet.packet_sample import form_document, packet

SHA = "ab12cd34" * 8


def same(text: str) -> dict[str, str]:
    return {"kind": "same", "text": text}


def removed(text: str) -> dict[str, str]:
    return {"kind": "removed", "text": text}


def added(text: str) -> dict[str, str]:
    return {"kind": "added", "text": text}


def changes() -> dict[str, Any]:
    """What a petition's document says otherwise in its second revision."""
    return {
        "since": 1,
        "was_closed": False,
        "packet": "Packet 1",
        "packet_on": "January 12, 2024",
        "steps": [
            {
                "revision": 2,
                "on": "January 15, 2024",
                "by": "Morgan Achterberg",
                "why": "The conveners asked that the neighbors they wrote to be counted right.",
            }
        ],
        "fields": [
            {
                "label": "Stakeholders",
                "words": 3,
                "segments": [
                    same("The conveners of "),
                    removed("two"),
                    added("three"),
                    same(" neighboring discussion groups were told"),
                    {"kind": "left-out", "text": " of the petition in October 2023; two answered"},
                    same(", and both welcomed it"),
                    removed(" warmly"),
                    same("."),
                ],
            },
            {
                "label": "Action 1",
                "words": 4,
                "segments": [
                    same(
                        "That the ACRL Board of Directors approves the establishment of the Group"
                    ),
                    added(" with the charge given in Doc 5.0"),
                    same("."),
                ],
            },
            {"label": "Background", "words": 0, "segments": [same("As it was.")]},
        ],
        "files": [],
    }


def progress(threshold: int = 25) -> dict[str, Any]:
    """How 25 signatures came in."""
    return {
        "points": [[day, day + 1] for day in range(24)] + [[36, 25]],
        "days": 36,
        "threshold": threshold,
        "ticks": [[0, "November 2, 2023"], [29, "December 1"], [36, "December 8, 2023"]],
        "alt": "25 verified signatures from November 2, 2023 to December 8, 2023; the threshold of "
        "25 was reached on December 8, 2023.",
    }


def questions() -> list[dict[str, Any]]:
    """Two questions to the conveners, with their answers."""

    def said(what: str, text: str, by: str, office: str, on: str) -> dict[str, str]:
        return {"what": what, "text": text, "by": by, "as": office, "on": on}

    board = ("Hollis Marchetti-Quan", "Director-at-Large")
    convener = ("Amara Oyelaran", "convener, Lakeshore State University")
    return [
        {
            "words": [
                said(
                    "Question",
                    "Which of the neighboring groups would you meet together with?",
                    *board,
                    "January 9, 2024",
                ),
                said(
                    "Answer",
                    "With the residency group, twice a year; its conveners agreed to that.\n\n"
                    "With the others we would share a calendar.",
                    *convener,
                    "January 10, 2024",
                ),
                said("Further question", "Who keeps that calendar?", *board, "January 10, 2024"),
                said("Answer", "One of our conveners, in turn.", *convener, "January 11, 2024"),
            ]
        },
        {
            "words": [
                said(
                    "Question",
                    "Is anything asked of staff beyond the first two hours?",
                    "Morgan Achterberg",
                    "staff",
                    "January 11, 2024",
                ),
                said("Answer", "No.", *convener, "January 12, 2024"),
            ]
        },
    ]


def vote() -> dict[str, Any]:
    """A vote without a meeting that item 4.2 confirms."""
    return {
        "item": "4.2",
        "item_id": "i9",
        "anchor": "vote-4-2",
        "closed": False,
        "title": "A statement on open textbooks",
        "about": "Motion from the floor",
        "wording": "That the ACRL Board of Directors endorses the statement on open textbooks.",
        "mover": "Hollis Marchetti-Quan",
        "seconder": "Ebele Lindqvist",
        "discussed_from": "December 5, 2023",
        "voted_from": "December 12, 2023",
        "voted_until": "December 18, 2023",
        "announced": "December 19, 2023",
        "result": "8 yes, 2 no, 1 abstaining; 6 yes needed",
        "carried": True,
        "rule": [
            "Quorum: 7 of 13 voting seats. 11 returned a ballot, so there was a quorum.",
            "Majority: more than half of the members present (everybody who voted yes, no or "
            "abstain). That is 6 or more of 11; 8 voted yes.",
            "So the motion carries.",
        ],
        "amended": [
            {
                "label": "Wording",
                "words": 1,
                "segments": [
                    same("That the ACRL Board of Directors "),
                    removed("signs"),
                    added("endorses"),
                    same(" the statement on open textbooks."),
                ],
            }
        ],
        "chart": {
            "rows": [
                {"name": "Yes", "ballots": 8, "kind": "yes"},
                {"name": "No", "ballots": 2, "kind": "no"},
                {"name": "Abstaining", "ballots": 1, "kind": "other"},
                {"name": "Did not vote", "ballots": 2, "kind": "other"},
            ],
            "seats": 13,
            "needed": 6,
            "alt": "The vote, a square for each ballot: 8 yes, 2 no, 1 abstaining, 2 did not vote. "
            "6 yes were needed: the motion carried.",
        },
    }


def closed_document() -> dict[str, Any]:
    """A document for a closed session."""
    form = form_document()["action_form"]
    return {
        "number": "9.1",
        "code": "ACRL MW 24 Doc 9.1",
        "title": "Tallgrass settlement",
        "anchor": "doc-9-1",
        "kind": "action",
        "closed": True,
        "action_form": {
            **form,
            "subject": "Terms with Quillfeather Press",
            "background": ["The Quillfeather terms are to be kept among the Board."],
            "actions": ["That the Board accepts the Tallgrass settlement."],
        },
    }


def file_document() -> dict[str, Any]:
    """An uploaded file, whose bytes nobody has here."""
    return {
        "number": "8.0",
        "code": "ACRL MW 24 Doc 8.0",
        "title": "Annual report of the accreditation liaisons",
        "anchor": "doc-8-0",
        "kind": "file",
        "file": {
            "by": "Ines Belhadj",
            "name": "Report.pdf",
            "pages": 12,
            "size": "812 kB",
            "sha256": SHA,
            "address": "https://groups.example.org/board/documents/d1",
            "removed": ["JavaScript"],
            "original_sha256": SHA,
        },
    }


def full() -> dict[str, Any]:
    """The whole packet, as the Board gets it."""
    context = packet()
    petition = context["documents"][1]
    petition |= {
        "revision": 2,
        "code": "ACRL MW 24 Doc 5.0 rev. 2",
        "changes": changes(),
        "charts": {"signatures": progress()},
        "questions_answered": questions(),
        "amended": [{"about": "Motion on Doc 5.0, action 1", "fields": changes()["fields"][1:2]}],
    }
    petition["roster"][3]["named"] = False
    petition["petition"] |= {
        "corrections": [
            {"label": "Charge", "words": 1, "segments": [removed("recieve"), added("receive")]}
        ],
        "returned": {
            "on": "June 24, 2023",
            "comments": "Say who keeps the list.",
            "fields": [{"label": "Background", "words": 1, "segments": [added("We keep it.")]}],
        },
    }
    context["documents"] += [file_document(), closed_document()]
    context["inventory"][1] |= {"mark": "rev. 2", "code": petition["code"]}
    context["inventory"][2]["mark"] = "new"
    for document, kind in ((file_document(), "File"), (closed_document(), "Action form")):
        context["inventory"].append(
            {
                **{name: document[name] for name in ("number", "code", "title", "anchor")},
                "kind": kind,
                "mark": "new",
                "closed": document.get("closed", False),
                "pages": document.get("file", {}).get("pages", 0),
            }
        )
    blank = {**context["docket"][0], "closed": False}
    context["docket"][5:5] = [
        {
            **blank,
            "number": "4.2",
            "title": "Confirmation of the vote without a meeting: A statement on open textbooks",
            "presenter": "President",
            "action": "Action",
            "minutes": 0,
            "starts": "1:20 p.m.",
            "consent": True,
        }
    ]
    context["docket"][-1:-1] = [
        {**blank, "number": "8.0", "title": file_document()["title"], "anchor": "doc-8-0"},
        {
            **blank,
            "number": "9.0",
            "title": "Quillfeather, opening talk",
            "minutes": 10,
            "starts": "2:35 p.m.",
            "closed": True,
        },
        {
            **blank,
            "number": "9.1",
            "title": "Tallgrass settlement",
            "presenter": "Counsel Zebedee",
            "action": "Action",
            "minutes": 20,
            "starts": "2:45 p.m.",
            "anchor": "doc-9-1",
            "closed": True,
        },
    ]
    context["votes"] = [vote()]
    context["left_out"] = [
        {
            "number": "7.1",
            "title": "Investment report",
            "reason": "Its file could not be read. It follows in a supplement.",
        }
    ]
    return context
