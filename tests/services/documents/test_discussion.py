"""The Board's discussion of a document: who writes, who reads, who is written to, and how often."""

import threading
from typing import Any

import pytest

from chalicelib.domain.documents.document import State
from chalicelib.domain.errors import ConflictError, NotAllowedError, NotFoundError, ValidationError
from chalicelib.services.commands import perform
from chalicelib.services.documents import discussion as talks
from chalicelib.services.documents.questions import asked_about, questions_of
from chalicelib.services.record.record import verify
from chalicelib.storage import keys, reading
from chalicelib.storage.item import Item
from chalicelib.storage.table import Delete
from tests.services.aws import at_once, crash_before
from tests.services.world import World


@pytest.fixture
def board(world: World) -> World:
    """A petition's document is before the Board."""
    world.at("published")
    world.forget_letters()
    return world


def document_id(world: World) -> str:
    return world.meeting.documents[0].document_id


def talk(world: World) -> talks.Talk:
    return talks.talk(world.services, document_id(world))


def say(world: World, who: str, text: str = "Well.", **more: Any) -> int:
    """Somebody comments; the comment's number."""
    data = {"text": text, **({} if "reply_to" in more else {"section": "whole"}), **more}
    return int(world.do(who, "document.comment", document_id(world), **data).sequence)


def do(world: World, who: str, command: str, **data: Any) -> Any:
    return world.do(who, f"document.{command}", document_id(world), **data)


def recuse(world: World, who: str) -> None:
    """As the ballot does it."""
    person = world.person(who).id
    world.put(Item(keys.document(document_id(world)), f"{keys.RECUSED}{person}"))


# ------------------------------------------------------------------ Comments


def test_comments_stand_in_threads_by_part_of_the_document(board: World) -> None:
    first = say(board, "director1", "Who pays?", section="fiscal-impact")
    other = say(board, "staff", "One action only.", section="action-1")
    reply = say(board, "director2", "Nobody has to.", reply_to=first)
    # A reply to a reply stands in the same thread.
    say(board, "director1", "Good.", reply_to=reply)
    threads = talk(board).seen.threads
    assert [(t.comment.number, t.comment.section) for t in threads] == [
        (first, "fiscal-impact"),
        (other, "action-1"),
    ]
    assert [(r.author, r.text) for r in threads[0].replies] == [
        (board.person("director2").name, "Nobody has to."),
        (board.person("director1").name, "Good."),
    ]


def test_comments_are_a_chained_record_of_their_own(board: World) -> None:
    say(board, "director1", "Who pays?")
    say(board, "staff", "One action only.")
    events = board.events(keys.discussion(document_id(board)))
    assert [e.data["text"] for e in events] == ["Who pays?", "One action only."]
    before = board.services.store.documents.get(document_id(board))
    say(board, "director2")
    # The document itself is not touched: whoever edits it meanwhile goes on.
    assert board.services.store.documents.get(document_id(board)) == before


@pytest.mark.parametrize(
    ("data", "field", "words"),
    [
        ({"text": " "}, "text", "Write something first."),
        ({"text": "a" * 4001}, "text", "Shorten this to 4000 characters."),
        ({"text": "Write to ana@example.org."}, "text", "Leave out email addresses"),
        ({"text": "Well.", "section": "action-9"}, "section", "Choose a part"),
        ({"text": "Well.", "section": ""}, "section", "Choose a part"),
    ],
)
def test_what_cannot_be_written(board: World, data: dict, field: str, words: str) -> None:
    with pytest.raises(ValidationError) as refused:
        do(board, "director1", "comment", **{"section": "whole", **data})
    assert words in refused.value.errors[field]
    assert talk(board).discussion.version == 0


def test_the_longest_comment_is_kept_as_it_is(board: World) -> None:
    text = "Ж" * 4000
    say(board, "director1", text)
    assert talk(board).seen.threads[0].comment.text == text


def test_two_who_write_at_once_are_both_heard(board: World) -> None:
    first = say(board, "director1")

    def write(who: str) -> None:
        say(board, who, f"From {who}.", reply_to=first)

    at_once(lambda: write("director2"), lambda: write("director3"))
    (thread,) = talk(board).seen.threads
    assert {r.text for r in thread.replies} == {"From director2.", "From director3."}
    # Whom they answer has one letter now, and one for the rest when the hour is over.
    assert sum(key.endswith(board.person("director1").id) for key in due(board)) == 1


def test_a_comment_can_be_put_right_for_some_minutes(board: World) -> None:
    number = say(board, "director1", "Who pais?")
    board.clock.forward(minutes=15)
    do(board, "director1", "edit-comment", comment=number, text="Who pays?")
    found = talk(board).seen.threads[0].comment
    assert found.text == "Who pays?"
    assert [e.text for e in found.earlier] == ["Who pais?"]
    version = talk(board).discussion.version
    do(board, "director1", "edit-comment", comment=number, text="Who pays?")
    assert talk(board).discussion.version == version
    board.clock.forward(seconds=1)
    with pytest.raises(ConflictError, match="for 15 minutes"):
        do(board, "director1", "edit-comment", comment=number, text="Who?")


def test_a_comment_is_its_authors_alone(board: World) -> None:
    number = say(board, "director1")
    for who in ("director2", "staff", "president"):
        for command in ("edit-comment", "withdraw-comment"):
            data = {"text": "No."} if command == "edit-comment" else {}
            with pytest.raises(NotAllowedError, match="Only whoever wrote this"):
                do(board, who, command, comment=number, **data)
    with pytest.raises(NotFoundError):
        do(board, "director1", "withdraw-comment", comment=99)


def test_a_withdrawn_comment_keeps_its_place_and_the_record_its_text(board: World) -> None:
    number = say(board, "director1", "Rash words.")
    reply = say(board, "director2", "Indeed.", reply_to=number)
    do(board, "director1", "withdraw-comment", comment=number)
    (thread,) = talk(board).seen.threads
    assert thread.comment.withdrawn_at == board.clock()
    assert [r.number for r in thread.replies] == [reply]
    events = board.events(keys.discussion(document_id(board)))
    assert events[0].data["text"] == "Rash words."
    with pytest.raises(ConflictError, match="withdrawn already"):
        do(board, "director1", "withdraw-comment", comment=number)
    with pytest.raises(ConflictError):
        do(board, "director1", "edit-comment", comment=number, text="Kind words.")


def test_a_part_that_is_gone_is_named_all_the_same(board: World) -> None:
    from chalicelib.domain.documents.discussion import section_name

    document = talk(board).document
    assert section_name(document, "action-1") == "Action 1"
    assert section_name(document, "action-7") == "Action 7 (no longer in the document)"


# ------------------------------------------------------------------ Letters


def due(world: World) -> list[str]:
    """Keys of the letters that are due by now."""
    return [pk for _, pk, _ in world.services.store.outbox.waiting(world.clock())]


def test_a_thread_writes_to_its_people_at_most_once_an_hour(board: World) -> None:
    first = say(board, "director1", "Who pays?")
    say(board, "director2", "Nobody.", reply_to=first)
    assert board.services.store.outbox.waiting(board.clock()) != []
    board.deliver_all()
    assert board.told("discussion-reply") == [("discussion-reply", "director1")]
    # The next replies within the hour bring one letter more, when the hour is over.
    board.clock.forward(minutes=10)
    say(board, "director2", "Or the section.", reply_to=first)
    say(board, "staff", "No.", reply_to=first)
    (only,) = due(board)
    assert only.endswith(board.person("director2").id)
    board.clock.forward(minutes=50)
    assert sum(key.endswith(board.person("director1").id) for key in due(board)) == 1
    board.deliver_all()
    assert board.told("discussion-reply") == [
        ("discussion-reply", "director1"),
        ("discussion-reply", "director1"),
        ("discussion-reply", "director2"),
    ]


def test_a_letter_that_waits_is_not_sent_to_who_has_read_it_by_then(board: World) -> None:
    first = say(board, "director1")
    say(board, "director2", reply_to=first)
    board.deliver_all()
    say(board, "director2", reply_to=first)
    say(board, "director3", reply_to=first)
    do(board, "director1", "note-read", upto=4)
    do(board, "director2", "note-read", upto=3)
    board.clock.forward(hours=1)
    board.deliver_all()
    # The first has read all of it, the second not the last one.
    assert board.told() == [("discussion-reply", "director1"), ("discussion-reply", "director2")]


def test_nobody_is_written_to_about_their_own_words_or_a_new_thread(board: World) -> None:
    first = say(board, "director1")
    say(board, "director1", reply_to=first)
    say(board, "director2")
    board.deliver_all()
    assert board.told() == []


def test_a_letter_says_nothing_of_what_was_written(board: World) -> None:
    first = say(board, "director1", "A secret.")
    say(board, "director2", "Quite secret.", reply_to=first)
    board.deliver_all()
    (letter,) = board.letters("discussion-reply")
    assert "ecret" not in letter.text
    assert f"/board/documents/{document_id(board)}/discussion" in letter.text


def test_a_crash_before_the_write_leaves_nothing_and_repeats_nothing(board: World) -> None:
    first = say(board, "director1")
    with crash_before(1):
        say(board, "director2", reply_to=first)
    assert len(talk(board).seen.threads[0].replies) == 0
    say(board, "director2", reply_to=first)
    board.deliver_all()
    assert board.told() == [("discussion-reply", "director1")]


# ------------------------------------------------------------------ New since one's last visit


def test_what_is_new_is_marked_for_each_reader(board: World) -> None:
    first = say(board, "director1")
    reader, author = board.actor("director2"), board.actor("director1")
    assert talks.new_to(board.services, talk(board), reader) == {first}
    assert talks.new_to(board.services, talk(board), author) == set()
    do(board, "director2", "note-read", upto=first)
    second = say(board, "staff", reply_to=first)
    assert talks.new_to(board.services, talk(board), reader) == {second}
    # It never goes back, nor beyond what is there.
    do(board, "director2", "note-read", upto=99)
    assert do(board, "director2", "note-read", upto=first) == 2
    assert talks.new_to(board.services, talk(board), reader) == set()
    third = say(board, "staff")
    assert talks.new_to(board.services, talk(board), reader) == {third}
    # What somebody has read is no part of the record.
    assert talk(board).discussion.version == 3


# ------------------------------------------------------------------ Questions to the conveners


def ask(world: World, who: str = "director1", text: str = "Who keeps it up?", **more: Any) -> int:
    return int(do(world, who, "ask", text=text, **more).sequence)


def answer(world: World, number: int, text: str = "We do.", who: str = "rowan") -> Any:
    data = {"document": document_id(world), "question": number, "text": text}
    return world.do(who, "petition.answer", world.petition_id, **data)


def test_a_question_goes_to_the_conveners_and_its_answer_to_who_asked(board: World) -> None:
    number = ask(board)
    board.deliver_all()
    assert board.told() == [("convener-question", "noor"), ("convener-question", "rowan")]
    letter = board.letters("convener-question", to="noor")[0]
    assert "Who keeps it up?" in letter.text
    assert f"/petitions/{board.petition_id}/questions" in letter.text
    board.forget_letters()
    answer(board, number, who="noor")
    board.deliver_all()
    assert board.told() == [("question-answered", "director1")]
    assert "We do." in board.letters()[0].text
    (question,) = questions_of(board.services, document_id(board))
    assert question.answered
    assert [(s.author, s.text) for s in question.steps] == [("Noor Castellan", "We do.")]


def test_questions_can_be_followed_up_and_answered_again(board: World) -> None:
    number = ask(board)
    answer(board, number)
    follow = ask(board, "staff", "For how long?", follows=number)
    (question,) = questions_of(board.services, document_id(board))
    assert not question.answered
    answer(board, follow, "Three years.")
    answer(board, number, "Or five.")
    board.deliver_all()
    (question,) = questions_of(board.services, document_id(board))
    assert [s.text for s in question.steps] == [
        "We do.",
        "For how long?",
        "Three years.",
        "Or five.",
    ]
    # Both who asked hear of the answers since.
    assert board.told("question-answered") == [
        *[("question-answered", "director1")] * 3,
        *[("question-answered", "staff")] * 2,
    ]


def test_conveners_see_questions_and_no_comments(board: World) -> None:
    say(board, "director1", "Between us.")
    ask(board)
    (asked,) = asked_about(board.services, board.petition)
    assert asked.open
    assert [q.text for q in asked.questions] == ["Who keeps it up?"]
    assert "Between us." not in repr(asked)


def test_a_question_can_be_taken_back_until_it_is_answered(board: World) -> None:
    first, second = ask(board), ask(board, text="And who pays?")
    do(board, "director1", "withdraw-comment", comment=first)
    assert [q.number for q in questions_of(board.services, document_id(board))] == [second]
    with pytest.raises(NotFoundError):
        answer(board, first)
    answer(board, second)
    with pytest.raises(ConflictError, match="was answered"):
        do(board, "director1", "withdraw-comment", comment=second)
    with pytest.raises(ConflictError):
        do(board, "director1", "edit-comment", comment=second, text="Other words.")


def test_an_answer_belongs_to_the_petition_of_its_document(board: World) -> None:
    number = ask(board)
    other = board.do("director5", "petition.draft", kind="discussion-group")
    data = {"document": document_id(board), "question": number, "text": "Hello."}
    with pytest.raises(NotFoundError):
        board.do("director5", "petition.answer", other.id, **data)
    with pytest.raises(NotAllowedError):
        board.do("director5", "petition.answer", board.petition_id, **data)
    with pytest.raises(ValidationError):
        answer(board, number, " ")


def test_questions_of_a_returned_petition_stay_with_its_conveners(board: World) -> None:
    ask(board)
    before = document_id(board)
    board.do("staff", "petition.return", board.petition_id, comments="Say who keeps it up.")
    (asked,) = asked_about(board.services, board.petition)
    assert asked.document.id == before
    assert asked.document.state == State.WITHDRAWN
    assert not asked.open
    data = {"document": before, "question": 1, "text": "We do."}
    with pytest.raises(ConflictError, match="closed"):
        board.do("rowan", "petition.answer", board.petition_id, **data)


# ------------------------------------------------------------------ The liaison


def test_a_liaison_recommends_and_may_think_again(board: World) -> None:
    person = board.person("director3").id
    do(board, "staff", "name-liaison", person=person)
    do(board, "staff", "name-liaison", person=person)
    board.deliver_all()
    assert board.told() == [("liaison-named", "director3")]
    with pytest.raises(NotAllowedError, match="Only the liaison"):
        do(board, "director4", "recommend", advice="approve", reasons="Good.")
    with pytest.raises(ValidationError) as refused:
        do(board, "director3", "recommend", advice="maybe", reasons="")
    assert set(refused.value.errors) == {"advice", "reasons"}
    do(board, "director3", "recommend", advice="return", reasons="It lacks a plan.")
    do(board, "director3", "recommend", advice="approve", reasons="It has one now.")
    found = talk(board).seen.recommendations
    assert [(r.advice, r.reasons) for r in found] == [
        ("approve", "It has one now."),
        ("return", "It lacks a plan."),
    ]


def test_another_takes_over_as_liaison(board: World) -> None:
    do(board, "staff", "name-liaison", person=board.person("director3").id)
    do(board, "staff", "name-liaison", person=board.person("director4").id)
    with pytest.raises(NotAllowedError):
        do(board, "director3", "recommend", advice="approve", reasons="Good.")
    do(board, "staff", "name-liaison", person="")
    assert talk(board).discussion.liaison == ""
    for nobody in ("unknown", board.person("rowan").id):
        with pytest.raises(ValidationError, match="another look"):
            do(board, "staff", "name-liaison", person=nobody)


# ------------------------------------------------------------------ Recused, and over


def test_who_is_recused_takes_no_part_and_is_not_written_to(board: World) -> None:
    first = say(board, "director1")
    number = ask(board)
    recuse(board, "director1")
    for command, data in (
        ("comment", {"section": "whole", "text": "Still here."}),
        ("ask", {"text": "And now?"}),
        ("note-read", {"upto": 1}),
        ("withdraw-comment", {"comment": first}),
    ):
        with pytest.raises(ConflictError, match="You recused yourself"):
            do(board, "director1", command, **data)
    board.deliver_all()
    board.forget_letters()
    say(board, "director2", reply_to=first)
    answer(board, number)
    board.deliver_all()
    assert board.told() == []
    with pytest.raises(ValidationError):
        do(board, "staff", "name-liaison", person=board.person("director1").id)


def test_a_letter_that_waits_is_not_sent_to_who_is_recused_by_then(board: World) -> None:
    first = say(board, "director1")
    say(board, "director2", reply_to=first)
    recuse(board, "director1")
    board.deliver_all()
    assert board.told() == []
    assert board.services.store.outbox.waiting(board.clock()) == []


def test_who_is_recused_at_the_same_moment_writes_nothing(
    board: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = talks.is_recused
    once = threading.Event()

    def late(*given: Any) -> bool:
        found = read(*given)
        if not once.is_set():
            once.set()
            recuse(board, "director1")
        return found

    monkeypatch.setattr(talks, "is_recused", late)
    with pytest.raises(ConflictError, match="You recused yourself"):
        say(board, "director1")
    assert talk(board).discussion.version == 0


def test_a_withdrawn_document_is_discussed_no_more(board: World) -> None:
    say(board, "director1")
    where = document_id(board)
    board.do("rowan", "petition.withdraw", board.petition_id)
    with pytest.raises(ConflictError, match="is closed"):
        board.do("director2", "document.comment", where, section="whole", text="Oh.")
    assert len(talks.talk(board.services, where).seen.threads) == 1


def test_a_document_withdrawn_at_the_same_moment_gets_no_comment(board: World) -> None:
    found = talk(board)
    where = document_id(board)
    board.do("rowan", "petition.withdraw", board.petition_id)
    actor = board.actor("director2")
    data = {"section": "whole", "text": "Oh."}
    with pytest.raises(ConflictError, match="is closed"):
        perform(board.services, actor, "document.comment", where, data, shown=found)
    assert reading.record(board.table, keys.discussion(where)) == []


def test_the_record_notices_a_comment_that_was_altered_or_taken_away(board: World) -> None:
    first = say(board, "director1", "It costs too much.")
    say(board, "director2", reply_to=first)
    do(board, "director2", "note-read", upto=1)
    do(board, "director1", "withdraw-comment", comment=first)
    ask(board)
    store = board.services.store
    assert verify(store, None).problems == []
    key = keys.discussion(document_id(board)), keys.event(1, "comment")
    kept = board.item(*key)
    data = {**kept.body["data"], "text": "It costs nothing."}
    board.alter(key, body={**kept.body, "data": data})
    assert {p.thing for p in verify(store, None).problems} == {f"discussion/{document_id(board)}"}
    board.table.write(Delete(key))
    assert verify(store, None).problems != []


def test_recusing_oneself_from_a_vote_shuts_the_discussion_and_rejoining_opens_it(
    world: World,
) -> None:
    world.at("seconded")
    say(world, "director1", "Between us.")
    number = say(world, "director3", "Well.")
    reason = "I convene it."
    world.do("director3", "motion.recuse", world.motion_id, reason=reason)
    with pytest.raises(ConflictError, match="You recused yourself"):
        say(world, "director3", reply_to=number)
    world.do("director3", "motion.rejoin", world.motion_id)
    assert say(world, "director3", reply_to=number)


def test_nothing_that_is_written_holds_an_address(board: World) -> None:
    say(board, "director1")
    ask(board)
    do(board, "staff", "name-liaison", person=board.person("director3").id)
    for event in board.events(keys.discussion(document_id(board))):
        assert "@" not in repr(event)
