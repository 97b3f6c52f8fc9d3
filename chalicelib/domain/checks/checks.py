"""Checks of a charge, a motion or an action as it is written. They warn and refuse nothing."""

import re
from collections.abc import Mapping
from datetime import date

from chalicelib.domain.checks.charges import begins_with_to
from chalicelib.domain.checks.check_result import Finding
from chalicelib.domain.checks.dangling_references import pointers
from chalicelib.domain.checks.dates import (
    Span,
    check_meeting_day,
    check_period,
    check_periods_in,
    check_years,
)
from chalicelib.domain.checks.verb_forms import form_of, third_person
from chalicelib.domain.policy.rules import Association

__all__ = [
    "Finding",
    "Span",
    "check_actions",
    "check_charge",
    "check_meeting_day",
    "check_motion",
    "check_period",
    "check_periods_in",
    "check_pointing",
    "check_quoted_charge",
    "check_years",
]


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]


# ------------------------------------------------------------------ Charges


def check_charge(text: str, field: str, today: date) -> list[Finding]:
    """What is wrong with a charge: it begins with "To", stands by itself, and its dates have
    years.
    """
    if not text.strip():
        return []
    return begins_with_to(text.strip(), field) + _stands_alone(text, field, today)


# ------------------------------------------------------------------ Any wording


def check_pointing(text: str, field: str, charge: str = "") -> list[Finding]:
    """Words that point outside their own text. Where it is the charge that they point to, and it
    is known, the fix quotes it.
    """
    found = []
    for one in pointers(text):
        fix = ""
        if charge and one.words.lower().endswith(" charge"):
            quoted = f"the charge “{charge.rstrip('.')}”"
            fix = f"{text[: one.start]}{quoted}{text[one.end :]}"
        message = f"“{one.words}” points to something outside this text. {one.instead}"
        found.append(Finding(field, message, fix))
    return found


def _stands_alone(text: str, field: str, today: date, charge: str = "") -> list[Finding]:
    return check_pointing(text, field, charge) + check_years(text, field, today)


_QUOTED = re.compile(r"[“\"]([^“”\"]{12,})[”\"]")
_BLANKS = re.compile(r"\s+")


def check_quoted_charge(text: str, field: str, charge: str) -> list[Finding]:
    """A charge that is quoted in other words than those in which it is given."""
    known = _plain(charge)
    if not known:
        return []
    for match in _QUOTED.finditer(text):
        said = _plain(match[1])
        is_charge = said.lower().startswith("to ") or re.search(
            r"\bcharge\W{1,4}(?:of\W+)?$", text[: match.start()]
        )
        if not is_charge or said == known:
            continue
        stop = "." if match[1].rstrip().endswith(".") else ""
        fix = f"{text[: match.start(1)]}{charge.strip().rstrip('.')}{stop}{text[match.end(1) :]}"
        here, there = _first_difference(said, known)
        return [
            Finding(
                field,
                "The charge is quoted in other words than it is given: "
                f"“{here}” here, “{there}” there.",
                fix,
            )
        ]
    return []


def _plain(text: str) -> str:
    return _BLANKS.sub(" ", text.replace("’", "'")).strip().rstrip(".")


def _first_difference(here: str, there: str) -> tuple[str, str]:
    """A few words from each text, from the first on in which they differ."""
    ours, theirs = here.split(), there.split()
    same = 0
    while same < min(len(ours), len(theirs)) and ours[same] == theirs[same]:
        same += 1
    from_here = max(0, same - 1)
    return " ".join(ours[from_here : same + 3]), " ".join(theirs[from_here : same + 3])


# ------------------------------------------------------------------ Motions and actions


def check_motion(
    text: str, field: str, association: Association, today: date, charge: str = ""
) -> list[Finding]:
    """What is wrong with a motion: it is read out as it stands, so it begins "That the Board …",
    ends with a full stop, asks for one thing, and points to nothing outside. `charge` is the
    charge that it should quote, where one is known.
    """
    text = text.strip()
    if not text:
        return []
    found = _several(text, field, association)
    if not found:
        found = _opening(text, field, association) + _full_stop(text, field)
    return (
        found + check_quoted_charge(text, field, charge) + _stands_alone(text, field, today, charge)
    )


def check_actions(
    wordings: Mapping[str, str], association: Association, today: date, charge: str = ""
) -> list[Finding]:
    """What is wrong with the actions of a form. `wordings` has each under its field, in their
    order; the form numbers them.
    """
    found = []
    for field, wording in wordings.items():
        text = wording.strip()
        if not text:
            continue
        bare = _NUMBERED.sub("", text)
        if bare != text:
            found.append(
                Finding(
                    field, "The form numbers its actions by itself: leave the number out.", bare
                )
            )
        starts = _starts(bare, association)
        if len(starts) > 1:
            found.append(
                Finding(
                    field,
                    f"This holds {len(starts)} actions. Write each as an action of its own, so "
                    "that it has its number and the Board can vote on it by itself.",
                )
            )
        else:
            found += _opening(bare, field, association) + _full_stop(text, field)
        found += check_quoted_charge(text, field, charge)
        found += _stands_alone(text, field, today, charge)
    return found


_NUMBERED = re.compile(r"^\s*(?:action\s+)?\(?\d{1,2}\s*[.:)]\s+", re.IGNORECASE)


def _boards(association: Association) -> str:
    """The Board's names as a pattern, the longest first."""
    names = {
        association.board,
        f"{association.short} Board",
        f"{association.name} Board of Directors",
        "Board of Directors",
        "Board",
    }
    return "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))


def _starts(text: str, association: Association) -> list[int]:
    """Where an action begins in a text."""
    pattern = re.compile(
        rf"(?:^|(?<=[.;:,)\n])|(?<=\band)|(?<=\d))\s*(?:and\s+)?(?:further\s*,?\s+)?"
        rf"(?P<that>That\s+the\s+(?:{_boards(association)}))\b",
        re.IGNORECASE,
    )
    return [match.start("that") for match in pattern.finditer(text)]


def _several(text: str, field: str, association: Association) -> list[Finding]:
    """Several actions in one text that are not numbered."""
    starts = _starts(text, association)
    if len(starts) < 2:
        return []
    before = [text[: starts[0]], *(text[a:b] for a, b in zip(starts, starts[1:], strict=False))]
    if all(re.search(r"\d{1,2}\s*[.:)]\s*$", part) for part in before):
        return []
    parts = [text[a:b] for a, b in zip(starts, [*starts[1:], len(text)], strict=True)]
    lines = [
        f"{number}. {_upper(_stopped(_trimmed(part)))}" for number, part in enumerate(parts, 1)
    ]
    lead = re.sub(r"(?:\baction\s+)?\d{1,2}\s*[.:)]\s*$", "", text[: starts[0]]).strip()
    fix = "\n".join([lead, *lines] if lead else lines)
    return [
        Finding(
            field,
            f"This holds {len(parts)} actions without numbers. Number them, so that the Board can "
            "vote on each by itself.",
            fix,
        )
    ]


def _trimmed(part: str) -> str:
    """An action without what led over to the next."""
    part = re.sub(r"\s*(?:\baction\s+)?\(?\d{1,2}\s*[.:)]\s*$", "", part.strip())
    return re.sub(r"[\s;,]*\b(?:and(?:\s+further)?|further)\s*,?\s*$", "", part).rstrip(" ;,\n")


_LEAD = re.compile(
    r"^(?:(?:I|we)\s+move|moved|it\s+(?:is|was)\s+moved|be\s+it\s+resolved|resolved|motion)"
    r"\s*[,:]?\s+(?:(?=that\b)|to\s+)?",
    re.IGNORECASE,
)


def _opening(text: str, field: str, association: Association) -> list[Finding]:
    """A motion that does not begin "That the <Board> …"."""
    boards = _boards(association)
    if re.match(rf"That\s+the\s+(?:{boards})\s+\w", text):
        return []
    said = f"Begin with “That the {association.board} …”, so that it can be read out as it stands."
    return [Finding(field, said, _opened(text, association))]


def _opened(text: str, association: Association) -> str:
    """The motion with its beginning put right, or nothing where it takes more than that."""
    rest = re.sub(r"^that\s+", "", _LEAD.sub("", text), flags=re.IGNORECASE)
    board = re.match(rf"(?:the\s+)?({_boards(association)})\s+(?=\w)", rest, re.IGNORECASE)
    if board:
        return f"That the {association.board} {rest[board.end() :]}"
    rest = re.sub(r"^(?:we|to)\s+", "", rest, flags=re.IGNORECASE)
    word = re.match(r"\w*", rest)
    verb = form_of(word[0]) if word else None
    if verb is None or word is None:
        return ""
    return f"That the {association.board} {third_person(verb.base)}{rest[len(word[0]) :]}"


_CLOSED = re.compile(r"[.?!][”\"’)]?$")


def _full_stop(text: str, field: str) -> list[Finding]:
    if _CLOSED.search(text):
        return []
    return [Finding(field, "End the motion with a full stop.", _stopped(text))]


def _stopped(text: str) -> str:
    """The text with a full stop at its end; inside a closing quotation mark, as is the custom of
    American English.
    """
    text = text.rstrip(" ,;:")
    if _CLOSED.search(text):
        return text
    return f"{text[:-1]}.{text[-1]}" if text.endswith(("”", '"')) else f"{text}."
