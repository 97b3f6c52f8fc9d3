"""A packet as a Board might get it, with people and institutions that do not exist."""

from typing import Any

SIGNATORIES = [
    ("Amara Oyelaran", "Lakeshore State University"),
    ("Tomás Ibáñez Quiroga", "Universidad del Valle Alto"),
    ("Siobhán Ní Dhomhnaill", "Harbor Point College"),
    ("Nguyễn Thị Ánh Tuyết", "Redwood Polytechnic"),
    ("Zdeněk Šťastný", "Prairie Technical Institute"),
    ("Łucja Wiśniewska-Grabowska", "North Fork Community College"),
    ("Ólafur Þór Björnsson", "University of the Outer Banks"),
    ("Priya Raghunathan", "Cedar Bluff University, School of Health Sciences Library"),
    ("Kaʻiulani Māhoe", "Pacific Islands College"),
    ("Georgios Papadimitríou", "Mount Alder Seminary"),
    ("Beatrix van der Hoeven", "Lakeshore State University"),
    ("Ifeoma Chukwuemeka", "Delta River College"),
    ("Seán Mac Giolla Phádraig", "Stonebridge Law School"),
    ("Gül Yıldırım", "Harbor Point College"),
    ("Agnieszka Żółkiewska", "High Plains University"),
    ("D’Angelo Whitcombe", "Delta River College"),
    ("Marisol Peña-Etxeberria", "Universidad del Valle Alto"),
    ("Yuki Tanabe", "Redwood Polytechnic"),
    ("Håkon Sørbø", "University of the Outer Banks"),
    ("Oksana Коваленко", "Prairie Technical Institute"),
    ("Roya Farrokhzad", "Cedar Bluff University"),
    ("Benedek Szőke", "Mount Alder Seminary"),
    ("Leilani Kealoha", "Pacific Islands College"),
    ("Wren Blackhorse", "High Plains University"),
    ("Chloë Dessaint", "Stonebridge Law School"),
]

GOAL_AREAS = [
    "Value of Academic Libraries",
    "Student Learning",
    "Research and Scholarly Environment",
    "New Roles and Changing Landscapes",
    "Equity, Diversity and Inclusion",
]

CHARGE = (
    "To provide a forum in which library workers talk about, study and imagine the many roads "
    "into fair and fulfilling library work: making the MLS or MLIS easier to reach and truer to "
    "the work, above all for people from underrepresented and marginalized communities; roads "
    "beside the degree, such as other credentials for librarian positions; and more equity "
    "between the classifications of library workers, in pay, benefits, money for learning, and "
    "a say in their institution and discipline."
)


def roster(count: int) -> list[dict[str, Any]]:
    """Return `count` signatories; after the first 25 the names repeat, with a number."""
    rows = []
    for index in range(count):
        name, institution = SIGNATORIES[index % len(SIGNATORIES)]
        again = index // len(SIGNATORIES)
        rows.append(
            {
                "number": index + 1,
                "name": f"{name} {again + 1}" if again else name,
                "institution": institution,
                "signed": f"November {2 + index % 25}, 2023",
                "named": True,
            }
        )
    return rows


def petition_document() -> dict[str, Any]:
    """Return the document of a petition for a discussion group, with its 25 signatories."""
    return {
        "number": "5.0",
        "code": "ACRL MW 24 Doc 5.0",
        "title": "Training & Equity in Library Work Discussion Group",
        "anchor": "doc-5-0",
        "kind": "petition",
        "action_form": {
            "to": "ACRL Board of Directors",
            "subject": "Request to establish the Training & Equity in Library Work "
            "Discussion Group",
            "submitted_by": [
                "Amara Oyelaran, Teaching Librarian, Lakeshore State University",
                "Tomás Ibáñez Quiroga, Library Specialist, Universidad del Valle Alto",
            ],
            "date_submitted": "January 4, 2024",
            "background": [
                "People come into library work by many doors and are treated differently "
                "according to the door. The petitioners hold posts in several classifications, "
                "some with the degree and some without, and found no division-level group where "
                "these differences are the subject rather than an aside.",
                "The proposed group would collect examples of employers and programs that make "
                "the degree affordable, among them the scholarship and mentoring that Brooklyn "
                "Public Library offers its own staff, and look at how other professions admit "
                "people who learned on the job, as Washington State’s law clerk program does.",
                "A search of the division’s present groups showed neighbors, but none with this "
                "charge. The petition, its signatories and the statement of verification follow "
                "this form.",
            ],
            "stakeholders": [
                "The conveners of three neighboring discussion groups were told of the petition "
                "in October 2023; two answered, and both welcomed it. The staff liaison for "
                "communities of practice has read the charge.",
            ],
            "fiscal_impact": [
                "None to the division’s budget: discussion groups are not funded. Staff set up "
                "an online community, about two hours of work, and answer the conveners’ "
                "questions afterwards.",
            ],
            "heading": "Action form",
            "questions": [],
            "actions": [
                "That the ACRL Board of Directors approves the establishment "
                "of the Training & Equity in Library Work Discussion Group with the charge given "
                "in Doc 5.0."
            ],
            "goal_area": "New Roles and Changing Landscapes",
            "goal_areas": GOAL_AREAS,
        },
        "petition": {
            "name": "Training & Equity in Library Work",
            "kind": "Discussion group",
            "charge": CHARGE,
            "background": [
                "The group would begin with what is near at hand: practices that any library can "
                "take up this year to lessen the distance between classifications. In the longer "
                "term it would study what a different way of credentialing might look like, and "
                "which skills it would have to attest.",
                "Anyone may take part, whatever their title and whether or not they belong to "
                "the association.",
            ],
            "questions": [
                "Who is asked which skills a librarian needs, and who is never asked? What do "
                "the people who use libraries hope to find?",
                "What do new students expect of an MLS or MLIS program, and what do they find?",
                "What does the word librarian promise, and what does the degree add to it?",
                "Which programs tie their courses closely to paid work in a library?",
            ],
            "conveners": [
                {"name": "Amara Oyelaran", "institution": "Lakeshore State University"},
                {"name": "Tomás Ibáñez Quiroga", "institution": "Universidad del Valle Alto"},
            ],
            "collected": "from November 2 to December 8, 2023",
            "text_digest": "9f2c4e7ab1d05836e4c07719aa52bd10f63e8c9d2471b5a8036fd4e21c9b7a65",
        },
        "roster": roster(25),
        "verification": {
            "threshold": 25,
            "verified": 25,
            "by_email": 23,
            "by_member_number": 0,
            "by_staff": 2,
            "not_counted": 3,
            "verified_by": "Morgan Achterberg, Program Officer",
            "verified_at": "January 8, 2024, 10:42 a.m. Central Time",
            "roster_version": "3",
            "roster_date": "January 2, 2024",
            "roster_digest": "41d8a90be7325fc6098b1e6fd2743ac58813f0de5ba9276c40e1d79b3f86a25c",
        },
    }


def form_document() -> dict[str, Any]:
    """Return a document that is an action form alone."""
    return {
        "number": "4.1",
        "code": "ACRL MW 24 Doc 4.1",
        "title": "Confirmation of the virtual vote on the bylaws revision",
        "anchor": "doc-4-1",
        "kind": "form",
        "action_form": {
            "to": "ACRL Board of Directors",
            "subject": "Virtual vote of December 5 to 11, 2023",
            "submitted_by": ["Rosalind Achebe-Nair, Executive Director"],
            "date_submitted": "January 3, 2024",
            "background": [
                "The motion carried in a virtual vote, 11 ayes to none. The association’s "
                "practice is to confirm such a vote at the next meeting held together.",
            ],
            "stakeholders": [],
            "fiscal_impact": ["None."],
            "heading": "Action form",
            "questions": [],
            "actions": [
                "That the ACRL Board of Directors confirms its virtual vote of "
                "December 5 to 11, 2023, approving the revised bylaws."
            ],
            "goal_area": "",
            "goal_areas": [],
        },
    }


def report_document() -> dict[str, Any]:
    """Return a document for information: headings and paragraphs, nothing to decide."""
    return {
        "number": "7.0",
        "code": "ACRL MW 24 Doc 7.0 rev",
        "title": "Budget overview, first quarter",
        "anchor": "doc-7-0",
        "kind": "report",
        "sections": [
            {
                "heading": "Where we stand",
                "paragraphs": [
                    "Income from webcasts is ahead of plan and income from dues a little behind. "
                    "Nothing in the first quarter asks for a change to the budget.",
                ],
            },
            {
                "heading": "What comes next",
                "paragraphs": ["The committee reports again in June, with figures for May."],
            },
        ],
    }


def packet() -> dict[str, Any]:
    """Return the context of a whole packet with three documents."""
    documents = [form_document(), petition_document(), report_document()]
    kinds = ["Action form", "Action form", "Report"]
    marks = ["", "new", "revised"]
    return {
        "association": {
            "name": "Association of College and Research Libraries",
            "short": "ACRL",
            "board": "ACRL Board of Directors",
            "language": "en-US",
            "page_size": "Letter",
        },
        "meeting": {
            "title": "Board I",
            "code": "ACRL MW 24",
            "when": "Friday, January 26, 2024, 1:00 p.m. Central Time",
            "place": "Virtual meeting",
        },
        "version": 1,
        "published": "January 19, 2024",
        "published_iso": "2024-01-19T15:00:00Z",
        "supplement": False,
        "inventory": [
            {
                "number": document["number"],
                "code": document["code"],
                "title": document["title"],
                "kind": kind,
                "mark": mark,
                "anchor": document["anchor"],
            }
            for document, kind, mark in zip(documents, kinds, marks, strict=True)
        ],
        "docket": [
            _item("1.0", "Call to order", "R. Achebe-Nair", "", 5, "1:00 p.m."),
            _item("2.0", "Opening remarks and ground rules", "President", "", 10, "1:05 p.m."),
            _item("3.0", "Adoption of the docket", "President", "Action", 5, "1:15 p.m."),
            _item("4.0", "Consent agenda", "President", "Action", 5, "1:20 p.m."),
            _item(
                "4.1", documents[0]["title"], "President", "Action", 0, "1:20 p.m.", "doc-4-1", True
            ),
            _item(
                "5.0", documents[1]["title"], "A. Oyelaran", "Action", 20, "1:25 p.m.", "doc-5-0"
            ),
            _item("6.0", "Open microphone", "All", "Discussion", 30, "1:45 p.m."),
            _item(
                "7.0",
                documents[2]["title"],
                "Budget & Finance Chair",
                "Information",
                15,
                "2:15 p.m.",
                "doc-7-0",
            ),
            _item("8.0", "Adjournment", "President", "", 0, "2:30 p.m."),
        ],
        "documents": documents,
    }


def _item(
    number: str,
    title: str,
    presenter: str,
    action: str,
    minutes: int,
    starts: str,
    anchor: str = "",
    consent: bool = False,
) -> dict[str, Any]:
    return {
        "number": number,
        "title": title,
        "presenter": presenter,
        "action": action,
        "minutes": minutes,
        "starts": starts,
        "anchor": anchor,
        "consent": consent,
    }
