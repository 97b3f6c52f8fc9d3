"""What a discussion looks like, read off its events."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from chalicelib.domain.record.events import Event


@dataclass(frozen=True)
class Earlier:
    """Words that a comment had before, and until when."""

    text: str
    until: datetime


@dataclass(frozen=True, kw_only=True)
class Comment:
    """One comment. `number` is that of its event, `revision` the document's when it was written;
    `reply_to` is the comment that its thread begins with, 0 for that one itself.
    """

    number: int
    author_id: str
    author: str
    role: str
    at: datetime
    section: str
    revision: int
    text: str
    reply_to: int = 0
    earlier: tuple[Earlier, ...] = ()
    withdrawn_at: datetime | None = None


@dataclass(frozen=True)
class Thread:
    """A comment with what was said to it, in order."""

    comment: Comment
    replies: tuple[Comment, ...] = ()

    @property
    def all(self) -> tuple[Comment, ...]:
        """The comment and its replies."""
        return (self.comment, *self.replies)

    @property
    def writers(self) -> set[str]:
        """Ids of those who take part in it."""
        return {one.author_id for one in self.all if not one.withdrawn_at}


@dataclass(frozen=True, kw_only=True)
class Said:
    """An answer of the conveners, or a follow-up question of the Board's (`asked`)."""

    number: int
    author_id: str
    author: str
    at: datetime
    text: str
    asked: bool = False


@dataclass(frozen=True, kw_only=True)
class Question:
    """A question to the conveners, with answers and follow-ups in order."""

    number: int
    author_id: str
    author: str
    at: datetime
    text: str
    steps: tuple[Said, ...] = ()
    withdrawn_at: datetime | None = None

    @property
    def answered(self) -> bool:
        """Whether the last word is the conveners'."""
        return bool(self.steps) and not self.steps[-1].asked

    @property
    def askers(self) -> set[str]:
        """Ids of those who asked it, or followed up."""
        return {self.author_id, *(step.author_id for step in self.steps if step.asked)}


@dataclass(frozen=True, kw_only=True)
class Recommendation:
    """What a liaison recommended, and why."""

    number: int
    author_id: str
    author: str
    at: datetime
    advice: str
    reasons: str
    revision: int


@dataclass(frozen=True)
class View:
    """Threads and questions in the order in which they were begun; recommendations, the one in
    force first.
    """

    threads: tuple[Thread, ...] = ()
    questions: tuple[Question, ...] = ()
    recommendations: tuple[Recommendation, ...] = ()

    def thread_of(self, number: int) -> Thread | None:
        """The thread that a comment stands in."""
        return next((t for t in self.threads if number in {c.number for c in t.all}), None)

    def question_of(self, number: int) -> Question | None:
        """The question that a question or one of its follow-ups belongs to."""
        return next(
            (
                q
                for q in self.questions
                if number == q.number or number in {s.number for s in q.steps}
            ),
            None,
        )

    def find(self, number: int) -> Comment | Question | None:
        """The comment or question with a number."""
        comments = [one for thread in self.threads for one in thread.all]
        found: list[Comment | Question] = [*comments, *self.questions]
        return next((one for one in found if one.number == number), None)

    @property
    def standing(self) -> tuple[Question, ...]:
        """The questions that were not taken back."""
        return tuple(q for q in self.questions if not q.withdrawn_at)

    def written(self) -> list[tuple[int, str]]:
        """Number and author of everything that can be new to a reader."""
        threads = [(c.number, c.author_id) for t in self.threads for c in t.all]
        asked = [(q.number, q.author_id) for q in self.standing]
        steps = [(step.number, step.author_id) for q in self.standing for step in q.steps]
        advice = [(r.number, r.author_id) for r in self.recommendations]
        return [*threads, *asked, *steps, *advice]

    def new_to(self, person_id: str, upto: int) -> set[int]:
        """Numbers of what others wrote since somebody read up to a number."""
        return {n for n, author in self.written() if n > upto and author != person_id}


def view_of(events: list[Event]) -> View:
    """The discussion that its events tell of."""
    comments: dict[int, Comment] = {}
    questions: dict[int, Question] = {}
    recommendations: list[Recommendation] = []
    for event in events:
        data = event.data
        match event.command:
            case "comment":
                comments[event.sequence] = _comment(event)
            case "edit-comment":
                old = comments[data["comment"]]
                earlier = (*old.earlier, Earlier(old.text, event.at))
                comments[old.number] = replace(old, text=data["text"], earlier=earlier)
            case "withdraw-comment":
                number = data["comment"]
                if number in comments:
                    comments[number] = replace(comments[number], withdrawn_at=event.at)
                else:
                    questions[number] = replace(questions[number], withdrawn_at=event.at)
            case "ask" if "follows" not in data:
                questions[event.sequence] = Question(text=data["text"], **_by(event))
            case "ask" | "answer":
                asked = event.command == "ask"
                question = questions[data["follows" if asked else "question"]]
                step = Said(text=data["text"], asked=asked, **_by(event))
                steps = (*question.steps, step)
                questions[question.number] = replace(question, steps=steps)
            case "recommend":
                given = {name: data[name] for name in ("advice", "reasons", "revision")}
                recommendations.append(Recommendation(**given, **_by(event)))
    return View(
        threads=tuple(
            Thread(one, tuple(r for r in comments.values() if r.reply_to == one.number))
            for one in comments.values()
            if not one.reply_to
        ),
        questions=tuple(questions.values()),
        recommendations=tuple(reversed(recommendations)),
    )


def _by(event: Event) -> dict[str, Any]:
    return {
        "number": event.sequence,
        "author_id": event.actor_id,
        "author": event.actor_name,
        "at": event.at,
    }


def _comment(event: Event) -> Comment:
    data = event.data
    return Comment(
        role=event.actor_role,
        section=data["section"],
        revision=data["revision"],
        text=data["text"],
        reply_to=data.get("reply_to", 0),
        **_by(event),
    )
