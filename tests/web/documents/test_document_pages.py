"""Documents as their readers, senders and staff find them, by forms alone."""

import base64
import io
from datetime import timedelta

import pikepdf
import pytest

from tests.services.world import World
from tests.web.browser import Browser, Site

MULTIPART = "multipart/form-data; boundary=x"


@pytest.fixture
def site(world: World, monkeypatch: pytest.MonkeyPatch) -> Site:
    world.at("scheduled")
    return Site(world, monkeypatch)


def petitions_document(site: Site) -> str:
    return site.world.meeting.documents[0].document_id


def new(site: Site, kind: str) -> str:
    return f"/board/meetings/{site.world.meeting_id}/documents/new?kind={kind}"


def named(site: Site, page: str) -> Browser:
    browser = site.member("tariq", "/account")
    browser.get("/account")
    browser.press("Save", {"name": "Tariq Mahmoud", "institution": "Roe College"})
    browser.get(page)
    return browser


ANSWERS = {
    "title": "A budget for travel",
    "background": "Conveners pay for their own travel.\n\nThey should not.",
    "actions-0-value": "That the ACRL Board of Directors set aside 5,000 dollars for travel.",
}


def sent(site: Site) -> Browser:
    browser = named(site, new(site, "action"))
    browser.press("Submit", ANSWERS)
    assert browser.at.status == 200, browser.at.text
    return browser


def pdf(pages: int = 2, script: bool = False) -> bytes:
    made = pikepdf.new()
    for _ in range(pages):
        made.add_blank_page()
    if script:
        js = pikepdf.String("app.alert(1)")
        made.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS=js)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def send_file(browser: Browser, path: str, fields: dict[str, str], content: bytes | None) -> None:
    """Sends a form with a file, as a browser does."""
    token = browser.value("csrf_token")
    parts = [
        f'--x\r\nContent-Disposition: form-data; name="{n}"\r\n\r\n{v}\r\n'.encode()
        for n, v in {"csrf_token": token, **fields}.items()
    ]
    name = "Report.pdf" if content else ""
    head = f'--x\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n'
    head += "Content-Type: application/pdf\r\n\r\n"
    parts.append(head.encode() + (content or b"") + b"\r\n--x--\r\n")
    browser._follow(browser.ask("POST", path, b"".join(parts), Content_Type=MULTIPART))


def test_a_member_sends_an_action_form_and_finds_it_on_their_account(site: Site) -> None:
    browser = named(site, "/account")
    assert "Submit a document to the Board" in browser.at.text
    browser.get(new(site, "").partition("?")[0])
    assert "What is it?" in browser.at.text
    browser.get(new(site, "action"))
    browser.press("Submit", ANSWERS)
    assert "The document has come in." in browser.at.text
    assert browser.at.heading == "A budget for travel"
    assert "They should not." in browser.at.text
    assert 'id="section-background"' in browser.at.body
    assert 'id="section-action-1"' in browser.at.body
    assert "Answer its sender" not in browser.at.text
    here = browser.at.path.partition("?")[0]
    browser.get("/account")
    assert f'href="{here}"' in browser.at.body


def test_what_was_typed_comes_back_with_what_is_wrong(site: Site) -> None:
    browser = named(site, new(site, "action"))
    answer = browser.press("Submit", {**ANSWERS, "actions-0-value": "To set money aside."})
    assert answer.status == 422
    assert "Begin with “That”" in answer.text
    assert browser.value("background") == ANSWERS["background"]
    assert browser.value("actions-0-value") == "To set money aside."


def test_after_the_deadline_one_is_told_before_sending(site: Site) -> None:
    site.world.clock.now = site.world.meeting.starts_at - timedelta(days=10)
    browser = named(site, new(site, "cover"))
    assert "goes into a supplement" in browser.at.text


def test_a_visitor_is_asked_to_sign_in_first(site: Site) -> None:
    answer = site.visitor().ask("GET", new(site, "action"))
    assert answer["Location"].startswith("/sign-in?next=/board/meetings/")
    answer = site.visitor().ask("GET", f"/board/documents/{petitions_document(site)}")
    assert answer["Location"].startswith("/sign-in?next=/board/documents/")


def test_staff_answer_and_number_it(site: Site) -> None:
    path = sent(site).at.path.partition("?")[0]
    staff = site.member("staff", "/staff/documents")
    assert "A budget for travel" in staff.at.text
    assert "Answer by" in staff.at.text
    staff.get(path)
    answer = staff.press("Send the answer", {"complete": "no", "words": ""})
    assert answer.status == 422
    assert "Say what is missing" in answer.text
    staff.press("Send the answer", {"complete": "no", "words": "Who pays?"})
    assert "Your answer is on its way" in staff.at.text
    assert staff.value("number") == "6.0"
    answer = staff.press("Put it on the docket", {"number": "5.0"})
    assert answer.status == 422
    assert "6.0 is free" in answer.text
    staff.press("Put it on the docket", {"number": "6.0"})
    assert "The document is on the docket." in staff.at.text
    staff.get("/staff/documents")
    assert "No document is waiting for you." in staff.at.text
    assert "Doc 6.0: A budget for travel" in staff.at.text
    staff.get(f"/board/meetings/{site.world.meeting_id}")
    assert f'href="{path}"' in staff.at.body


def test_an_overdue_one_is_flagged_on_staffs_front_page(site: Site) -> None:
    sent(site)
    site.world.clock.forward(days=8)
    staff = site.member("staff", "/staff")
    assert "“A budget for travel” was not answered in time" in staff.at.text
    staff.get("/staff/documents")
    assert "Overdue since" in staff.at.text


def test_staff_edit_a_petitions_form_and_the_conveners_see_what_changed(site: Site) -> None:
    path = f"/board/documents/{petitions_document(site)}"
    staff = site.member("staff", f"{path}/edit")
    assert "Generated from the petition" in staff.at.text
    answer = staff.press("Save changes", {"background": "Shorter."})
    assert answer.status == 422
    assert "Give the reason" in answer.text
    assert staff.value("background") == "Shorter."
    staff.press("Save changes", {"reason": "It was long."})
    assert "What staff changed" in staff.at.text
    site.world.deliver_all()
    convener = site.member("rowan", path)
    assert "What staff changed" in convener.at.text
    assert "As the conveners wrote it" in convener.at.text
    assert "It was long." in convener.at.text
    assert "Discussion of this document" not in convener.at.text
    assert "Edit it" not in convener.at.text


def test_who_was_slower_keeps_what_they_typed(site: Site) -> None:
    path = f"/board/documents/{petitions_document(site)}/edit"
    slow, fast = site.member("staff", path), site.member("staff2", path)
    fast.press("Save changes", {"background": "First.", "reason": "Shorter."})
    answer = slow.press("Save changes", {"background": "My long work.", "reason": "Better."})
    assert answer.status == 409
    assert "Nothing was overwritten" in answer.text
    assert "My long work." in answer.text


def test_a_file_is_sent_read_and_replaced(site: Site) -> None:
    browser = named(site, new(site, "file"))
    to = f"/board/meetings/{site.world.meeting_id}/documents/file"
    send_file(browser, to, {"title": "", "note": ""}, pdf(script=True))
    assert browser.at.status == 422
    assert "Give it a title" in browser.at.text
    # The file stays uploaded while the rest is put right.
    assert "Report.pdf" in browser.at.text
    assert "JavaScript" in browser.at.text
    token = browser.value("upload")
    send_file(browser, to, {"title": "The report", "note": "", "upload": token}, None)
    assert browser.at.heading == "The report"
    path = browser.at.path.partition("?")[0]
    answer = browser.ask("GET", f"{path}/file")
    assert answer.status == 303
    assert "Signature=" in answer["Location"]
    assert browser.ask("GET", f"{path}/file?original=yes").status == 403
    browser.get(f"{path}/edit")
    fields = {"title": "The report", "text": "1", "upload": "", "reason": "Newer figures."}
    send_file(browser, f"{path}/revise", fields, pdf(5))
    assert "Previous file" in browser.at.text
    staff = site.member("staff", path)
    first = staff.ask("GET", f"{path}/file?original=yes")
    assert first.status == 303


def test_a_file_that_is_refused_says_why(site: Site) -> None:
    browser = named(site, new(site, "file"))
    to = f"/board/meetings/{site.world.meeting_id}/documents/file"
    send_file(browser, to, {"title": "The report"}, b"hello")
    assert browser.at.status == 422
    assert "This is no PDF" in browser.at.text
    send_file(browser, to, {"title": "The report"}, None)
    assert "Choose the PDF." in browser.at.text


def test_a_sender_withdraws_and_it_says_so(site: Site) -> None:
    browser = sent(site)
    browser.press("Withdraw the document", {"reason": "We found the money."})
    assert "This document was withdrawn. We found the money." in browser.at.text
    assert "Withdraw the document" not in browser.at.text


def test_what_is_for_a_closed_session_is_in_nobody_elses_lists(site: Site) -> None:
    browser = sent(site)
    path = browser.at.path.partition("?")[0]
    staff = site.member("staff", path)
    staff.press("Put it on the docket", {"closed": "yes"})
    assert "Closed session" in staff.at.text
    assert browser.ask("GET", path).status == 404
    assert browser.ask("GET", f"{path}/file").status == 404
    browser.get("/account")
    assert "A budget for travel" not in browser.at.text
    board = site.member("director5", path)
    assert board.at.heading == "A budget for travel"


def test_a_supplement_is_published_beside_the_packet(site: Site) -> None:
    site.world.do("staff", "packet.publish", site.world.meeting_id)
    site.world.deliver_all()
    path = sent(site).at.path.partition("?")[0]
    staff = site.member("staff", path)
    staff.press("Put it on the docket")
    staff.get(f"/board/meetings/{site.world.meeting_id}")
    assert "Doc 6.0 is in no packet as it is now." in staff.at.text
    staff.press("Publish the supplement")
    site.world.deliver_all()
    staff.get(f"/board/meetings/{site.world.meeting_id}")
    assert "Supplement 1" in staff.at.text
    assert "Read packet 1" in staff.at.text
    assert "in no packet" not in staff.at.text


def test_the_same_as_json(site: Site) -> None:
    browser = named(site, "/account")
    meeting = site.world.meeting_id
    content = base64.b64encode(pdf()).decode()
    answer = browser.send_json("/api/v1/uploads", {"name": "a.pdf", "content": content})
    assert answer.status == 201, answer.body
    data = {"kind": "file", "title": "The report", "upload": answer.json["upload"]}
    answer = browser.send_json(f"/api/v1/meetings/{meeting}/send", data)
    assert answer.status == 201, answer.body
    made = answer.json["id"]
    answer = browser.ask("GET", f"/api/v1/documents/{made}")
    assert (answer.json["title"], answer.json["state"]) == ("The report", "received")
    answer = browser.send_json("/api/v1/uploads", {"name": "a.pdf", "content": "no base64!"})
    assert answer.status == 422
    assert set(answer.json["errors"]) == {"content"}
    answer = browser.send_json(f"/api/v1/documents/{made}/tell-late", {})
    assert answer.status == 404
