"""A document's discussion and the conveners' questions, as their readers find them."""

from types import SimpleNamespace

import pytest

from chalicelib.storage import keys
from chalicelib.storage.item import Item
from chalicelib.web.documents.discussion import on_document
from tests.services.world import World
from tests.web.browser import Answer, Browser, Site


@pytest.fixture
def site(world: World, monkeypatch: pytest.MonkeyPatch) -> Site:
    world.at("published")
    return Site(world, monkeypatch)


def document_id(site: Site) -> str:
    return site.world.meeting.documents[0].document_id


def path(site: Site) -> str:
    return f"/board/documents/{document_id(site)}/discussion"


def reader(site: Site, who: str) -> Browser:
    return site.member(who, path(site))


def say(browser: Browser, text: str, **more: str) -> Answer:
    return browser.press("Send the comment", {"text": text, **more})


def recuse(site: Site, who: str) -> None:
    person = site.world.person(who).id
    site.world.put(Item(keys.document(document_id(site)), f"{keys.RECUSED}{person}"))


@pytest.mark.parametrize("who", ["", "rowan", "tariq"])
def test_the_discussion_is_there_for_the_board_and_staff_alone(site: Site, who: str) -> None:
    say(reader(site, "director1"), "Between us.")
    if who == "tariq":
        who = "thandiwe"
    browser = site.member(who) if who else site.visitor()
    answer = browser.ask("GET", path(site))
    assert "Between us." not in answer.body
    if who:
        assert answer.status == 403
    else:
        assert answer["Location"] == f"/sign-in?next={path(site)}"


def test_a_comment_and_a_reply_by_forms_alone(site: Site) -> None:
    first = reader(site, "director1")
    say(first, "Who pays\nfor it?", section="fiscal-impact")
    assert "Your comment is here" in first.at.text
    assert "Fiscal and staffing impact" in first.at.text
    other = reader(site, "staff")
    assert "1 new since your last visit." in other.at.text
    other.get(f"{path(site)}?reply=1")
    answer = other.press("Send the reply", {"text": "Nobody has to."})
    assert "Nobody has to." in answer.text
    assert answer.text.index("Nobody has to.") > answer.text.index("for it?")
    assert "(1 new" not in answer.text
    other.press("Mark all as read")
    assert "since your last visit" not in other.at.text
    # The author of the first is told what is new, and its own words never are.
    assert "1 new since your last visit." in first.get(path(site)).text


def test_what_was_typed_comes_back_with_what_is_wrong(site: Site) -> None:
    browser = reader(site, "director1")
    answer = say(browser, "Write to ana@example.org", section="background")
    assert answer.status == 422
    assert "Leave out email addresses" in answer.text
    assert browser.value("text") == "Write to ana@example.org"
    assert browser.value("section") == "background"
    assert browser.press("Send the question", {"question": " "}).status == 422
    assert "Your question: Write something first." in browser.at.text


def test_a_comment_put_right_and_withdrawn(site: Site) -> None:
    browser = reader(site, "director1")
    say(browser, "Who pais?")
    browser.get(f"{path(site)}?edit=1")
    assert browser.value("text") == "Who pais?"
    browser.press("Save", {"text": "Who pays?"})
    assert "Who pays?" in browser.at.text
    # Its earlier wording is there to be read.
    assert "Who pais?" in browser.at.text
    site.world.clock.forward(minutes=16)
    browser.get(f"{path(site)}?edit=1")
    assert "Save" not in browser.at.text
    browser.press("Withdraw")
    assert "Withdrawn by its author" in browser.at.text
    assert "Who pa" not in reader(site, "director2").at.text


def test_others_cannot_change_a_comment(site: Site) -> None:
    say(reader(site, "director1"), "Who pays?")
    other = reader(site, "director2")
    assert "Withdraw" not in other.at.text
    assert other.get(f"{path(site)}?edit=1").text.count("Save") == 0
    token = [("csrf_token", other.csrf())]
    assert other.post(f"{path(site)}/1/withdraw", token).status == 403
    assert other.post(f"{path(site)}/1/edit", [*token, ("text", "No.")]).status == 403


def test_what_people_write_is_text(site: Site) -> None:
    browser = reader(site, "director1")
    say(browser, '<script>alert("1")</script> & <b>bold</b>')
    assert "<script>alert" not in browser.at.body
    assert '<script>alert("1")</script> & <b>bold</b>' in browser.at.text


def test_who_is_recused_is_told_so_and_sees_nothing(site: Site) -> None:
    world = site.world
    say(reader(site, "director1"), "Between us.")
    world.do(
        "staff", "document.name-liaison", document_id(site), person=world.person("director2").id
    )
    reader(site, "director2").press(
        "Save the recommendation", {"advice": "return", "reasons": "Thin."}
    )
    recuse(site, "director3")
    browser = reader(site, "director3")
    assert browser.at.status == 200
    assert browser.at.heading == "You are recused from Doc 5.0"
    assert "Between us." not in browser.at.body
    assert "Thin." not in browser.at.body
    # Nor by sending the form of a page that is still open.
    token = [("csrf_token", browser.csrf()), ("section", "whole"), ("text", "Still here.")]
    answer = browser.post(path(site), token)
    assert answer.status in {200, 409}
    assert "Between us." not in answer.body
    sent = browser.send_json(f"/api/v1/documents/{document_id(site)}/comment", {"text": "Hello."})
    assert sent.status == 409
    assert "Between us." not in sent.body
    # The other members go on.
    assert "Between us." in reader(site, "director1").at.text


def test_a_closed_documents_discussion_is_the_same_for_who_is_recused(site: Site) -> None:
    say(reader(site, "director1"), "Between us.")
    key = keys.document(document_id(site)), keys.STATE
    site.world.alter(key, body={**site.world.item(*key).body, "closed": True})
    recuse(site, "director3")
    assert "Between us." not in reader(site, "director3").at.body
    assert "Between us." in reader(site, "director4").at.text


def test_the_liaison_recommends_at_the_top(site: Site) -> None:
    world = site.world
    staff = reader(site, "staff")
    staff.press("Save the liaison", {"person": world.person("director2").id})
    assert "has not written one yet" in staff.at.text
    liaison = reader(site, "director2")
    assert liaison.press("Save the recommendation", {"reasons": "Thin."}).status == 422
    assert "Choose what you recommend." in liaison.at.text
    liaison.press("Save the recommendation", {"advice": "return", "reasons": "Thin."})
    assert "Return to its conveners" in reader(site, "director5").at.text
    liaison.press("Save the recommendation", {"advice": "approve", "reasons": "Better now."})
    seen = reader(site, "director5").at.text
    assert seen.index("Better now.") < seen.index("Earlier recommendations") < seen.index("Thin.")
    assert "Save the recommendation" not in seen


def test_a_question_is_answered_by_a_convener(site: Site) -> None:
    world = site.world
    member = reader(site, "director1")
    say(member, "Between us.")
    member.press("Send the question", {"question": "Who keeps it up?"})
    assert "Not answered yet." in member.at.text
    world.deliver_all()
    where = f"/petitions/{world.petition_id}/questions"
    assert where in world.letters("convener-question", to="rowan")[0].text
    convener = site.member("rowan", where)
    assert "Who keeps it up?" in convener.at.text
    assert "Between us." not in convener.at.body
    progress = site.member("noor", f"/petitions/{world.petition_id}/progress")
    assert "1 question is waiting for your answer." in progress.at.text
    assert convener.press("Send the answer", {"text": " "}).status == 422
    convener.press("Send the answer", {"text": "Both of us do."})
    assert "Your answer is on record" in convener.at.text
    assert "Both of us do." in member.get(path(site)).text
    assert "Not answered yet." not in member.at.text
    member.get(f"{path(site)}?follow=2")
    member.press("Follow up", {"question": "For how long?"})
    convener.get(where)
    convener.press("Send the answer", {"text": "Three years."})
    assert "Three years." in member.get(path(site)).text


@pytest.mark.parametrize("who", ["", "staff", "director1", "zoe"])
def test_the_conveners_page_is_theirs_alone(site: Site, who: str) -> None:
    site.world.do("director1", "document.ask", document_id(site), text="Who keeps it up?")
    where = f"/petitions/{site.world.petition_id}/questions"
    browser = site.visitor() if not who else site.member(who if who != "zoe" else "thandiwe")
    answer = browser.ask("GET", where)
    assert "Who keeps it up?" not in answer.body
    assert answer.status == (404 if who else 303)


def test_a_petition_that_nobody_asked_about(site: Site) -> None:
    browser = site.member("rowan", f"/petitions/{site.world.petition_id}/questions")
    assert "No questions yet." in browser.at.text
    assert (
        "Questions from the Board"
        not in browser.get(f"/petitions/{site.world.petition_id}/progress").text
    )


def test_a_closed_discussion_stays_readable(site: Site) -> None:
    browser = reader(site, "director1")
    say(browser, "Who pays?")
    site.world.do("rowan", "petition.withdraw", site.world.petition_id)
    browser.get(path(site))
    assert "This discussion is closed." in browser.at.text
    assert "Who pays?" in browser.at.text
    assert "Send the comment" not in browser.at.text
    answer = browser.post(
        path(site), [("csrf_token", browser.csrf()), ("section", "whole"), ("text", "Late words.")]
    )
    assert answer.status == 409
    # What was typed is there to be copied.
    assert "Late words." in answer.body


def test_what_is_not_there(site: Site) -> None:
    staff = site.member("staff")
    for where in ("/board/documents/nothing/discussion", "/petitions/nothing/questions"):
        assert staff.ask("GET", where).status == 404
    browser = reader(site, "staff")
    assert browser.get(f"{path(site)}?reply=99&edit=x&follow=-1").status == 200


def test_what_the_documents_own_page_says_of_it(site: Site) -> None:
    world = site.world
    say(reader(site, "director1"), "Between us.")
    world.do("director1", "document.ask", document_id(site), text="Who keeps it up?")
    document = world.services.store.documents.get(document_id(site))

    def seen_by(who: str) -> dict:
        request = SimpleNamespace(services=world.services, actor=world.actor(who))
        return on_document(request, document)

    assert (seen_by("director2")["written"], seen_by("director2")["new"]) == (2, 2)
    assert seen_by("director1")["new"] == 0
    recuse(site, "director3")
    for who in ("director3", "rowan"):
        shown = seen_by(who)
        # The question is part of the document's record; that others wrote, and how much, is not.
        assert [q.text for q in shown["questions"]] == ["Who keeps it up?"]
        assert (shown["talks"], shown["written"], shown["new"]) == (False, 0, 0)
