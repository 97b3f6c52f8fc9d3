"""Pages that break well: heads repeat, headings stay with what they head, nothing is cut."""

import copy
from typing import Any

import pytest

from chalicelib.packet.render import render_packet
from tests.packet.packet_reading import page_texts
from tests.packet.packet_sample import form_document, packet

SECTIONS = ("Opening", "Strategy", "Closing")


def many(page_size: str) -> dict[str, Any]:
    """A docket and an inventory of 60, and a form that fills pages."""
    context = packet()
    context["association"]["page_size"] = page_size
    blank = context["docket"][0]
    context["docket"] = [
        {
            **blank,
            "number": f"{n // 8 + 3}.{n % 8}",
            "title": f"Report of the committee on the number {n} and on whatever follows from it",
            "section": SECTIONS[n // 20],
            "consent": n % 5 == 0,
        }
        for n in range(60)
    ]
    context["inventory"] = [
        {**context["inventory"][0], "number": row["number"], "title": row["title"], "anchor": ""}
        for row in context["docket"]
    ]
    document = copy.deepcopy(form_document())
    document["action_form"] |= {
        "heading": "Discussion form",
        "questions": ["Who pays?", "Since when?"],
        "actions": ["That we pay. " * 15, "That we wait.", "That we go."],
        "background": ["Words that fill a page. " * 40] * 5,
    }
    context["documents"] = [document]
    return context


@pytest.fixture(scope="module", params=["Letter", "A4"])
def pages(request: pytest.FixtureRequest) -> list[str]:
    return page_texts(render_packet(many(request.param)).pdf)


def test_the_heads_of_a_broken_table_stand_on_each_of_its_pages(pages: list[str]) -> None:
    inventory = [page for page in pages if "ACRL MW 24 Doc 4.1" in page and "Kind" in page]
    docket = [page for page in pages if "1:00 p.m." in page and "R. Achebe-Nair" in page]
    assert len(inventory) >= 3
    assert len(docket) >= 3
    for page in inventory:
        assert page.removeprefix("Document inventory ").partition("3.")[0].count("No. Title") <= 1
        assert "No. Title Kind Change Page" in page
    for page in docket:
        assert "Starts Min. No. Item Presenter Asked Page" in page


def test_a_section_of_the_docket_is_named_once_above_its_first_item(pages: list[str]) -> None:
    whole = " ".join(pages)
    for at, section in enumerate(SECTIONS):
        first = f"{20 * at // 8 + 3}.{20 * at % 8}"
        assert f"{section} 1:00 p.m. 5 {first} Report" in whole, "they are never parted"
        assert whole.count(f"{section} 1:00 p.m.") == 1
    assert whole.count("whatever follows from it Consent agenda R. Achebe-Nair") == 12


def test_each_action_has_a_frame_that_stays_whole(pages: list[str]) -> None:
    for number in (1, 2, 3):
        (page,) = [p for p in pages if f"For the Board to complete: action {number}" in p]
        frame = page.partition(f"complete: action {number}")[2]
        assert "Above recommendation moved" in frame
        assert "Wording" in frame


def test_questions_for_discussion_are_numbered(pages: list[str]) -> None:
    whole = " ".join(pages)
    assert "Questions for discussion 1. Who pays?" in whole
    assert "2. Since when?" in whole


def test_no_page_holds_the_end_of_a_document_alone(pages: list[str]) -> None:
    assert not [page for page in pages if page.startswith("End of Doc")]
