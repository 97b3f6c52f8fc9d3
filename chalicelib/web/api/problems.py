"""What can go wrong with a request of a program: every kind of problem (RFC 9457), for good."""

from dataclasses import dataclass

from chalicelib.domain import errors
from chalicelib.web.responses import Answer, problem


@dataclass(frozen=True)
class Kind:
    """A kind of problem, under the name at the end of its `type`."""

    name: str
    status: int
    title: str
    means: str


KINDS = {
    kind.name: kind
    for kind in (
        Kind(
            "invalid",
            422,
            "Invalid input",
            "Something that was sent is missing or wrong. `errors` says what, by field: a field in "
            "a list is named `conveners-0-email`, the whole is the empty name.",
        ),
        Kind("signed-out", 401, "Not signed in", "The session has ended. Sign in again."),
        Kind(
            "bad-token",
            401,
            "Access token not known",
            "The access token was ended, has run out, or never was. Make another on your account.",
        ),
        Kind(
            "csrf",
            403,
            "Not from a page of this site",
            "A browser’s request has to carry the page’s token in `X-CSRF-Token`. A program sends "
            "an access token instead.",
        ),
        Kind("not-allowed", 403, "Not allowed", "The role for it is missing; `detail` says whose."),
        Kind(
            "out-of-scope",
            403,
            "Not what the access token is for",
            "The person may, but not by this access token; `detail` names the scope.",
        ),
        Kind("not-found", 404, "Not found", "There is no such thing, or not for this person."),
        Kind(
            "no-operation",
            404,
            "No such operation",
            "The API has nothing at this address. The document lists what it has.",
        ),
        Kind(
            "no-method",
            405,
            "Not by this method",
            "The address is there, but not for this method; `Allow` says for which.",
        ),
        Kind(
            "conflict",
            409,
            "Not possible now",
            "The thing is not in a state for it, or somebody was faster.",
        ),
        Kind(
            "illegal-transition",
            409,
            "Too late or too early",
            "The thing’s state does not have this command; `detail` says what is possible instead.",
        ),
        Kind(
            "stale",
            409,
            "Changed at the same moment",
            "Somebody changed the same thing at the same moment. Read it again, then repeat.",
        ),
        Kind("paused", 409, "Paused", "Staff have stopped the signing for a time."),
        Kind(
            "changed",
            412,
            "Changed since it was read",
            "`If-Match` names another version than there is now. Read it again and retry.",
        ),
        Kind(
            "media-type",
            415,
            "Not JSON",
            "Send the body as `application/json`.",
        ),
        Kind(
            "key-reused",
            422,
            "Idempotency key used before",
            "The same `Idempotency-Key` came with another request within 24 hours. Take a new one.",
        ),
        Kind(
            "too-many",
            429,
            "Too many requests",
            "More was asked for than the limit; `Retry-After` says when to go on.",
        ),
        Kind("fault", 500, "Fault", "Something is wrong on our side; `X-Request-Id` names it."),
    )
}
_OF_ERRORS: list[tuple[type[errors.RuleError], str]] = [
    # The particular before the general.
    (errors.IllegalTransitionError, "illegal-transition"),
    (errors.ConcurrentChangeError, "stale"),
    (errors.PausedError, "paused"),
    (errors.ConflictError, "conflict"),
    (errors.OutOfScopeError, "out-of-scope"),
    (errors.NotAllowedError, "not-allowed"),
    (errors.NotFoundError, "not-found"),
    (errors.PreconditionError, "changed"),
    (errors.RateLimitError, "too-many"),
    (errors.ValidationError, "invalid"),
]


def told(name: str, detail: str, fields: dict[str, str] | None = None) -> Answer:
    """A problem of a kind. `fields` maps fields to messages."""
    kind = KINDS[name]
    return problem(kind.status, name, kind.title, detail, fields)


def of(error: errors.RuleError) -> Answer:
    """The problem that a refusal of the rules is."""
    name = next((name for kind, name in _OF_ERRORS if isinstance(error, kind)), "conflict")
    fields = error.errors if isinstance(error, errors.ValidationError) else None
    return told(name, error.message, fields)
