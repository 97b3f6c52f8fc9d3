"""What the Board did with a motion, in the words of minutes and digests.

“That the Board approve the budget.” becomes “approved the budget” where the verb is one that boards
use, and is quoted in full where it is not: better a quotation than a sentence that nobody said.
"""

import re
from typing import NamedTuple

# What a motion asks the Board to do. Of these the past is regular: approved, adopted, referred.
_VERBS = frozenset(
    "accept adopt affirm allocate amend appoint approve ask authorize change charge commend "
    "confirm create designate direct disband discontinue dissolve end endorse establish extend "
    "grant instruct merge name postpone reaffirm receive recommend record refer rename renew "
    "request rescind revise revive suspend support thank".split()
)
_DOUBLED = frozenset({"refer"})
_MOTION = re.compile(
    r"That (?:the )?(?:[\w’'&-]+ ){0,6}?Board(?: of Directors)? (?P<verb>[a-z]+) (?P<rest>.+)",
    re.DOTALL,
)
LONGEST = 400


class Asked(NamedTuple):
    """What a motion asks for: a verb as in “to approve”, and of what."""

    verb: str
    rest: str

    @property
    def past(self) -> str:
        """`approved the budget`."""
        if self.verb in _DOUBLED:
            return f"{self.verb}{self.verb[-1]}ed {self.rest}"
        return f"{self.verb}{'d' if self.verb.endswith('e') else 'ed'} {self.rest}"

    @property
    def plain(self) -> str:
        """`approve the budget`, as after “to” or “did not”."""
        return f"{self.verb} {self.rest}"


def asked(wording: str) -> Asked | None:
    """What a wording asks the Board to do; None where it has to be quoted."""
    found = _MOTION.fullmatch(wording.strip())
    if not found or len(wording) > LONGEST or "\n" in wording.strip():
        return None
    verb = found["verb"]
    for plain in (verb, verb.removesuffix("s"), verb.removesuffix("es")):
        if plain in _VERBS:
            return Asked(plain, found["rest"].rstrip("."))
    return None


def quoted(wording: str) -> str:
    """`the motion “That …”`."""
    return f"the motion “{wording.strip()}”"


def carried(wording: str) -> str:
    """`approved the budget`; what no verb is known for was `adopted the motion “That …”`."""
    found = asked(wording)
    return found.past if found else f"adopted {quoted(wording)}"


def lost(wording: str) -> str:
    """`did not approve the budget`."""
    found = asked(wording)
    return f"did not {found.plain}" if found else f"did not adopt {quoted(wording)}"


def to_do(wording: str) -> str:
    """`approve the budget`, as after “the virtual vote to”."""
    found = asked(wording)
    return found.plain if found else f"adopt {quoted(wording)}"


def sentence(text: str) -> str:
    """The text with one full stop at its end, also behind a quotation that has one."""
    text = text.strip()
    return text if text.endswith((".”", ".", "?”", "!”", "?", "!")) else f"{text}."


def as_line(text: str) -> str:
    """The text as a line of a list: with a capital, and a full stop."""
    return sentence(text[:1].upper() + text[1:])
