"""Conditional requests (RFC 9110) and idempotency keys: a command is done as its sender saw the
thing, and once.
"""

import hashlib
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from chalicelib.domain.errors import PreconditionError, RuleError, ValidationError
from chalicelib.services.commands import Watch
from chalicelib.services.people.tokens import digest
from chalicelib.storage.stores.limits import Answered
from chalicelib.web.request import Request
from chalicelib.web.responses import Answer, as_json

KEPT = timedelta(hours=24)
_KEY = re.compile(r"[\x21-\x7e]{1,255}")
_TAG = re.compile(r'(?:W/)?"([^"]*)"')
# A ballot's answer could tell who voted what. Voting again says the same and changes nothing.
NOT_KEPT = frozenset({"motion.vote"})
# Shown once, and never kept.
SECRETS = frozenset({"secret"})


class KeyReused(RuleError):  # noqa: N818 - named as the reader says it
    """Another request came under the same key."""


class Again(Exception):  # noqa: N818
    """The request was carried out before; what was answered then is answered again."""

    def __init__(self, answer: Answer) -> None:
        super().__init__()
        self.answer = answer


def tag_of(body: str, version: Any = None) -> str:
    """The tag of an answer's body. Where the thing has a version, that stands before the dash, and
    is all that `If-Match` is held against: a signature more refuses no edit.
    """
    short = hashlib.sha256(body.encode()).hexdigest()[:12]
    return f'"{version}-{short}"' if version is not None else f'"{short}"'


def versioned(shown: dict[str, Any], status: int) -> Answer:
    """What is told of a thing, with its tag where it has versions."""
    answer, version = as_json(shown, status), shown.get("version")
    if version is not None:
        answer.headers["ETag"] = tag_of(answer.body, version)
    return answer


def tags(header: str) -> list[str]:
    """The tags that a header names."""
    return _TAG.findall(header)


def unchanged(request: Request, tag: str) -> bool:
    """Whether the sender has the answer with this tag already."""
    asked = request.headers.get("if-none-match", "")
    return asked.strip() == "*" or tag.strip('"') in tags(asked)


class Conditions(Watch):
    """What the headers of a request want of its command. `present` says what is told of what
    came of it.
    """

    def __init__(
        self,
        request: Request,
        command: str,
        status: int,
        present: Callable[[Any], dict[str, Any]],
    ) -> None:
        self._request, self._status, self._present = request, status, present
        self._if_match = request.headers.get("if-match", "")
        key = request.headers.get("idempotency-key", "")
        if key and not _KEY.fullmatch(key):
            told = "Send 1 to 255 letters, figures and signs of ASCII, without blanks."
            raise ValidationError({"Idempotency-Key": told})
        self._key = digest(f"{request.sender}\0{key}") if key and command not in NOT_KEPT else ""
        said = f"{request.method}\0{request.path}\0{self._if_match}\0".encode() + request.body
        self._asked = hashlib.sha256(said).hexdigest()

    def begin(self) -> None:
        """Raises Again for what was carried out before, and KeyReused."""
        if not self._key:
            return
        services = self._request.services
        before = services.store.answers.get(self._key, services.clock())
        if before is None:
            return
        if before.asked != self._asked:
            raise KeyReused("This Idempotency-Key came with another request. Take a new one.")
        headers = {"Content-Type": "application/json", "Idempotency-Replayed": "true"}
        if before.tag:
            headers["ETag"] = before.tag
        raise Again(Answer(before.body, before.status, headers))

    def found(self, subject: Any) -> None:
        """Raises PreconditionError where the thing is at another version than `If-Match` says."""
        asked = self._if_match.strip()
        if not asked or asked == "*":
            return
        version = getattr(subject, "version", None)
        if str(version) not in {tag.partition("-")[0] for tag in tags(asked)}:
            raise PreconditionError(
                "This was changed since you read it, so nothing was done. Read it again and retry."
                if version is not None
                else "What this is about has no version that If-Match could name."
            )

    def done(self, unit: Any, result: Any) -> None:
        """Keeps the answer in the command's own transaction."""
        if not self._key:
            return
        services, now = self._request.services, self._request.services.clock()
        shown = {n: v for n, v in self._present(result).items() if n not in SECRETS}
        answer = versioned(shown, self._status)
        tag = answer.headers.get("ETag", "")
        answered = Answered(self._asked, self._status, answer.body, tag, now + KEPT)
        services.store.answers.add(unit, self._key, answered, now)
