"""Packets of any size, with people and institutions that do not exist."""

from typing import Any

NAMES = [
    ("Amara Oyelaran", "Lakeshore State University"),
    ("Tomás Ibáñez Quiroga", "Universidad del Valle Alto"),
    ("Siobhán Ní Dhomhnaill", "Harbor Point College"),
    ("Nguyễn Thị Ánh Tuyết", "Redwood Polytechnic"),
    ("Zdeněk Šťastný", "Prairie Technical Institute"),
    ("Łucja Wiśniewska-Grabowska", "North Fork Community College"),
    ("Priya Raghunathan", "Cedar Bluff University, School of Health Sciences Library"),
    ("Γεώργιος Παπαδημητρίου", "Mount Alder Seminary"),
    ("Оксана Коваленко", "Prairie Technical Institute"),
    ("Wren Blackhorse", "High Plains University"),
]
SENTENCE = (
    "The group met twice in the spring, heard from libraries of three kinds, and asks the Board to "
    "act on what it found. "
)
DATE = "January 19, 2027"


def signatories(count: int) -> list[dict[str, Any]]:
    """So many rows of a roster, as a packet prints them."""
    rows = []
    for number in range(1, count + 1):
        name, institution = NAMES[number % len(NAMES)]
        signed = f"November {number % 28 + 1}, 2026"
        again = f"{name} {number}"
        rows.append({"number": number, "name": again, "institution": institution, "signed": signed})
    return rows


def form(number: str, words: str = "") -> dict[str, Any]:
    """A document that is an action form of about two pages."""
    return {
        "number": number,
        "code": f"SAL AC 27 Doc {number}",
        "title": f"Report of task force {number}",
        "anchor": f"doc-{number.replace('.', '-')}",
        "kind": "action",
        "action_form": {
            "heading": "Action form",
            "to": "Board of Directors",
            "subject": f"What task force {number} found",
            "submitted_by": ["Ines Belhadj, Lakeshore State University"],
            "date_submitted": DATE,
            "background": [words + SENTENCE * 6 for _ in range(6)],
            "questions": [],
            "stakeholders": [SENTENCE * 3],
            "fiscal_impact": ["None."],
            "actions": [f"That the Board accept the report of task force {number}."],
            "goal_area": "Student Learning",
            "goal_areas": ["Student Learning", "Research", "Equity"],
        },
    }


def petition(number: str, signatures: int) -> dict[str, Any]:
    """A petition's document with its roster."""
    made = form(number)
    rows = signatories(signatures)
    return {
        **made,
        "kind": "petition",
        "title": "Open Metadata Discussion Group",
        "petition": {
            "name": "Open Metadata",
            "kind": "Discussion group",
            "charge": "To share what open metadata asks of libraries, and to report each year.",
            "background": [SENTENCE * 5],
            "questions": ["Who keeps the metadata?", "Who may change it?"],
            "conveners": [{"name": "Ines Belhadj", "institution": "Lakeshore State University"}],
            "collected": "from November 1 to November 28, 2026",
            "text_digest": "9f2c" * 16,
        },
        "roster": rows,
        "verification": {
            "threshold": 25,
            "verified": signatures,
            "by_email": signatures,
            "by_member_number": 0,
            "by_staff": 0,
            "not_counted": 0,
            "verified_by": "Morgan Achterberg",
            "verified_at": f"{DATE}, 10:42 a.m.",
            "roster_version": "3",
            "roster_date": "January 2, 2027",
            "roster_digest": "41d8" * 16,
        },
    }


def packet(documents: list[dict[str, Any]]) -> dict[str, Any]:
    """The content of a packet that holds these documents."""
    return {
        "association": {
            "name": "Society of Academic Libraries",
            "short": "SAL",
            "board": "Board of Directors",
            "language": "en-US",
            "page_size": "Letter",
        },
        "meeting": {
            "title": "Board I",
            "code": "SAL AC 27",
            "when": "Friday, January 29, 2027, 1:00 p.m.",
            "place": "Virtual meeting",
        },
        "version": 1,
        "published": DATE,
        "published_iso": "2027-01-19T15:00:00Z",
        "supplement": False,
        "inventory": [
            {
                "number": d["number"],
                "code": d["code"],
                "title": d["title"],
                "kind": "Action form",
                "mark": "",
                "anchor": d["anchor"],
            }
            for d in documents
        ],
        "docket": [
            {
                "number": d["number"],
                "title": d["title"],
                "starts": "1:00 p.m.",
                "minutes": 10,
                "presenter": "Ines Belhadj",
                "action": "Action",
                "consent": False,
                "closed": False,
                "anchor": d["anchor"],
            }
            for d in documents
        ],
        "documents": documents,
    }


def of_signatures(count: int) -> dict[str, Any]:
    """A packet with one petition of so many signatures."""
    return packet([petition("5.0", count)])


def of_documents(count: int, changed: str = "") -> dict[str, Any]:
    """A packet with so many action forms; `changed` goes into the text of one in the middle."""
    return packet([form(f"{n}.0", changed if n == count // 2 else "") for n in range(1, count + 1)])
