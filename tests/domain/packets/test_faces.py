"""The public face of a packet says nothing of what is for a closed session."""

import copy
from typing import Any

from chalicelib.domain.packets.faces import CLOSED_SESSION, NOT_SHOWN, public_face


def row(number: str, title: str, minutes: int = 5, **more: Any) -> dict[str, Any]:
    return {
        "number": number,
        "title": title,
        "presenter": "Presenter of " + title,
        "action": "Action",
        "minutes": minutes,
        "starts": "1:00 p.m.",
        "anchor": "",
        "closed": False,
        "consent": False,
        **more,
    }


def document(number: str, **more: Any) -> dict[str, Any]:
    anchor = f"doc-{number.replace('.', '-')}"
    return {"number": number, "title": f"Title {number}", "anchor": anchor, "closed": False, **more}


def content() -> dict[str, Any]:
    """Doc 2.0 is closed by itself, and Doc 3.0 by its item on the docket alone."""
    documents = [document("1.0"), document("2.0", closed=True), document("3.0")]
    return {
        "documents": documents,
        "inventory": [{k: d[k] for k in ("number", "title", "anchor")} for d in documents],
        "docket": [
            row("1.0", "Title 1.0", anchor="doc-1-0"),
            row("2.0", "Title 2.0", 20, anchor="doc-2-0", starts="1:05 p.m."),
            row("2.1", "Counsel", 10, closed=True, starts="1:25 p.m."),
            row("3.0", "Title 3.0", 0, anchor="doc-3-0", closed=True, consent=True),
            row("4.0", "Adjournment"),
        ],
        "votes": [{"item": "2.2", "closed": True}, {"item": "1.1", "closed": False}],
        "left_out": [
            {"number": "2.0", "title": "Title 2.0", "reason": "It could not be read."},
            {"number": "5.0", "title": "Title 5.0", "reason": "Broken.", "closed": True},
            {"number": "6.0", "title": "Title 6.0", "reason": "Broken."},
        ],
    }


def test_what_is_for_a_closed_session_is_gone_from_every_list() -> None:
    whole = content()
    before = copy.deepcopy(whole)
    public = public_face(whole)
    assert whole == before
    assert public["edition"] == "public"
    assert [d["number"] for d in public["documents"]] == ["1.0"]
    assert [d["number"] for d in public["inventory"]] == ["1.0"]
    assert [v["item"] for v in public["votes"]] == ["1.1"]
    assert [d["number"] for d in public["left_out"]] == ["6.0"]
    said = repr(public)
    for trace in ("2.0", "2.1", "3.0", "Counsel", "doc-2-0", "doc-3-0", "Title 5.0"):
        assert trace not in said


def test_the_docket_keeps_the_time_of_a_closed_session_and_nothing_else() -> None:
    docket = public_face(content())["docket"]
    assert [(r["starts"], r["minutes"], r["number"], r["title"]) for r in docket] == [
        ("1:00 p.m.", 5, "1.0", "Title 1.0"),
        ("1:05 p.m.", 30, "", CLOSED_SESSION),
        ("1:00 p.m.", 5, "4.0", "Adjournment"),
    ]
    assert docket[1]["presenter"] == docket[1]["action"] == docket[1]["anchor"] == ""
    assert not docket[1]["consent"]


def test_a_closed_item_without_time_of_its_own_leaves_no_line() -> None:
    whole = content()
    whole["docket"] = [row("1.0", "Open"), row("2.0", "Shut", 0, closed=True)]
    assert [r["title"] for r in public_face(whole)["docket"]] == ["Open"]


def test_signatories_are_named_where_they_agreed_to_be() -> None:
    whole = content()
    rows = [
        {"number": 1, "name": "Ana", "institution": "Lake", "signed": "May 2", "named": True},
        {"number": 2, "name": "Bo", "institution": "River", "signed": "May 3", "named": False},
        {"number": 3, "name": "Cy", "institution": "Hill", "signed": "May 4", "email": "c@x.org"},
    ]
    whole["documents"][0]["roster"] = rows
    assert public_face(whole)["documents"][0]["roster"] == [
        {"number": 1, "name": "Ana", "institution": "Lake", "signed": "May 2"},
        {"number": 2, "name": NOT_SHOWN, "institution": "", "signed": "May 3"},
        {"number": 3, "name": NOT_SHOWN, "institution": "", "signed": "May 4"},
    ]


def test_what_is_the_boards_alone_stays_with_the_board() -> None:
    whole = content()
    whole["documents"][0] |= {
        "questions_answered": [{"words": []}],
        "amended": [{"about": "Motion", "fields": []}],
        "changes": {"since": 1, "was_closed": False},
        "petition": {"name": "N", "returned": {"on": "May 2", "comments": "No.", "fields": []}},
        "file": {"key": "k", "address": "https://groups.example.org/board/documents/d1"},
    }
    (public,) = public_face(whole)["documents"]
    assert (public["questions_answered"], public["amended"]) == ([], [])
    assert public["changes"] == {"since": 1, "was_closed": False}
    assert public["petition"]["returned"] == {"on": "May 2", "comments": "", "fields": []}
    assert public["file"] == {"key": "k", "address": ""}
    whole["documents"][0]["changes"]["was_closed"] = True
    assert public_face(whole)["documents"][0]["changes"] is None
