"""What the discussion of a document costs, measured beside the lifecycle.

Import this inside `local_aws()` only: the product reads its environment on import.
"""

from benchmarks.support.recorder import Recorder

MEMBER, ANOTHER = "director1@example.org", "director2@example.org"
STAFF = "staff@example.org"
SHOW = "/board/documents/{document_id}/discussion"


def run(do: Recorder, document: str, petition: str, convener: str) -> None:
    """Measures a thread, a question with its answer, a recommendation, and the pages of them."""
    member, another, staff = do.actor(MEMBER), do.actor(ANOTHER), do.actor(STAFF)
    said = {"section": "whole", "text": "Who pays for the discussion space after the first year?"}
    first = do.command(member, "document.comment", document, said).sequence
    reply = {"text": "The section does.", "reply_to": first}
    do.command(another, "document.comment", document, reply, called="document.comment_reply")
    do.page("discussion_short", SHOW, MEMBER, document_id=document)
    again = {"comment": first, "text": "Who pays for it after the first year?"}
    do.command(member, "document.edit-comment", document, again)
    asked = do.command(member, "document.ask", document, {"text": "Who keeps it up?"}).sequence
    do.page(
        "petition_questions", "/petitions/{petition_id}/questions", convener, petition_id=petition
    )
    answer = {"document": document, "question": asked, "text": "Both of us do."}
    do.command(do.actor(convener), "petition.answer", petition, answer)
    do.command(staff, "document.name-liaison", document, {"person": another.id})
    advice = {"advice": "approve", "reasons": "It is needed."}
    do.command(another, "document.recommend", document, advice)
    do.command(member, "document.withdraw-comment", document, {"comment": first})
    do.command(member, "document.note-read", document, {"upto": asked})
    long = {"section": "whole", "text": "Every word of this has been said before. " * 90}
    for _ in range(40):
        do.run(member, "document.comment", document, long)
    do.page("discussion_of_forty_long_comments", SHOW, STAFF, document_id=document)
    do.command(member, "document.comment", document, said, called="document.comment_after_forty")
