"""What can go wrong under the rules. Every message says what to do next."""

from collections.abc import Iterable, Mapping


class RuleError(Exception):
    """A command that the rules refuse; nothing was changed."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class NotFoundError(RuleError):
    """There is no such thing, or not for this person."""


class NotAllowedError(RuleError):
    """The actor's roles do not include this command."""


class OutOfScopeError(NotAllowedError):
    """The person may, but not by the access token that was used."""


class RateLimitError(RuleError):
    """More was asked for than is answered in a time; `seconds` is when to ask again."""

    def __init__(self, message: str, seconds: int) -> None:
        super().__init__(message)
        self.seconds = seconds


class PreconditionError(RuleError):
    """The thing is not any more as the sender of a conditional request saw it."""


class ConflictError(RuleError):
    """Somebody else changed it first, or it is not in a state for this."""


class PausedError(ConflictError):
    """Staff have stopped the signing for a time."""


class ValidationError(RuleError):
    """The input is missing something; `errors` maps each field to its message."""

    def __init__(self, errors: Mapping[str, str], message: str = "") -> None:
        super().__init__(message or "Some answers need another look.")
        self.errors = dict(errors)


# Commands as people say them.
_WORDS = {
    "publish": "open it for signatures",
    "return": "return it to its conveners",
    "revise": "take it back to rewrite it",
    "edit": "edit it",
    "submit": "submit it",
    "correct": "correct its text",
    "verify": "verify its signatures",
    "schedule": "schedule it for a meeting",
    "withdraw": "withdraw it",
    "reject": "reject it",
    "pause": "pause its signing",
    "resume": "resume signing",
    "second": "second it",
    "open": "open the vote",
    "vote": "vote on it",
    "close": "close the vote",
    "announce": "announce the result",
    "postpone": "postpone it",
    "set-agenda": "set its agenda",
    "post": "post it",
    "change": "change when and where it is",
    "cancel": "cancel it",
    "call-for-items": "call for items",
    "grant-extension": "extend its document deadline",
    "edit-docket": "edit its docket",
    "pull": "pull an item from its consent agenda",
    "begin": "call it to order",
    "note-attendance": "note who comes and goes",
    "adopt-consent": "adopt its consent agenda",
    "adjourn": "adjourn it",
    "approve-minutes": "approve its minutes",
    "amend": "amend it",
    "divide": "divide it",
    "accept-amendment": "accept it without a vote",
    "document.acknowledge": "acknowledge it",
    "document.number": "give it a number",
    "document.revise": "revise it",
    "document.move": "move it to another meeting",
    "document.publish": "publish it in a packet",
    "recuse": "recuse oneself from it",
    "rejoin": "take back a recusal",
    "call-virtual": "call a vote on it without a meeting",
    "extend-vote": "extend the time of its vote",
    "void": "declare its vote void",
    "hold-anew": "hold the vote again",
}


class IllegalTransitionError(ConflictError):
    """A command that this state does not have.

    Names the state, the command and what is possible instead.
    """

    def __init__(self, what: str, state: str, command: str, possible: Iterable[str]) -> None:
        self.what, self.state, self.command = what, state, command
        self.possible = tuple(sorted(possible))
        instead = ", ".join(_in_words(what, name) for name in self.possible)
        super().__init__(
            f"This {what} is {state} by now, so it is too late or too early to "
            f"{_in_words(what, command)}. "
            + (
                f"What can be done with it now: {instead}."
                if instead
                else "There is nothing left to do."
            )
        )


def _in_words(what: str, command: str) -> str:
    """A command in words. Some mean another thing for a document than for a petition."""
    return _WORDS.get(f"{what}.{command}", _WORDS.get(command, command))


class ConcurrentChangeError(ConflictError):
    """What the command was decided on has changed since.

    Reading it anew and deciding again is safe, since nothing was written.
    """

    def __init__(self) -> None:
        super().__init__("Somebody changed this at the same moment. Look again, then repeat.")
