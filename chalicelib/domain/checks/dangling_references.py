"""Words that point to something outside their own text. A motion is read out, and a charge is
printed by itself: nobody sees then what stood above it, or was attached.
"""

import re
from dataclasses import dataclass

# A real one: a motion of January 2021 that "approves the above factors".
_TOLD = "listed|stated|described|set out|shown|given|outlined|mentioned|named|noted|proposed"
# After these a position is a measure: "the share below 25 %".
_NO_MEASURE = r"(?!\s+(?:[\d$]|the\b|an?\b|all\b|that\b|average\b))"
_LATER = (
    "year|years|day|days|week|weeks|month|months|term|terms|meeting|fiscal|calendar|academic|"
    "spring|summer|fall|autumn|winter"
)
_FILE = (
    "document|form|action form|cover form|memo|memorandum|report|page|paper|e-?mail|letter|"
    "message|proposal|request|packet|file|pdf|post|notice"
)

ABOVE = "Write out what you mean: a reader of this text alone cannot see what comes before it."
ATTACHED = "Name the document by its number, as in “Doc 5.1”, or quote what it says."
BELOW = "Write out what you mean: a listener cannot see what comes after it."
FOLLOWS = "Put what follows directly after a colon, or name it."
THIS = "Name the document by its number and title, so that it can be found from anywhere."
SAID = (
    "Write out what was said, or name the document that says it, as in “as described in Doc 5.1”."
)
LINK = "Name what the link leads to: a link cannot be read out."

_POINTERS: tuple[tuple[str, str], ...] = (
    (
        rf"\b(?:the|these|those|all|any) above\b(?!\s+(?:all|\d))(?: \w+)?"
        rf"|\babove[- ](?:{_TOLD})\b|(?:\bthe )?\bafore(?:said|mentioned)\b|\bthe foregoing\b"
        rf"|\b(?:see|as|{_TOLD}) above\b{_NO_MEASURE}"
        rf"|\bthe \w+ above\b{_NO_MEASURE}",
        ABOVE,
    ),
    (
        r"\b(?:the|an|as) (?:attached|enclosed|included|accompanying)\b(?: \w+)?"
        r"|\b(?:attached|enclosed) (?:document|charge|text|list|report|form|file|proposal|plan|"
        r"budget|factors?)s?\b|\bsee (?:the )?attach\w+|\bthe attachments?\b"
        r"|\b(?:is|are) attached\b",
        ATTACHED,
    ),
    (
        rf"\bthe below\b(?: \w+)?|\bbelow[- ](?:{_TOLD})\b"
        rf"|\b(?:see|as|{_TOLD}) below\b{_NO_MEASURE}"
        rf"|\bthe \w+ below\b{_NO_MEASURE}",
        BELOW,
    ),
    (rf"\bas follows\b|\bthe following\b(?! (?:{_LATER})\b)(?: \w+)?", FOLLOWS),
    (rf"\bthis (?:{_FILE})\b", THIS),
    (
        r"\bas (?:discussed|presented|proposed|submitted|written|recommended|distributed|"
        r"circulated|amended|agreed|outlined)\b(?! (?:in|by|on|at) )|\bhere(?:in|to|with|under)\b",
        SAID,
    ),
    (r"\bclick here\b|\b(?:this|the) link\b", LINK),
)
_COMPILED = [(re.compile(pattern, re.IGNORECASE), told) for pattern, told in _POINTERS]
# Text behind a colon, or a quotation: then "the following" points into its own text.
_BEHIND = re.compile(r":\s*\w|:\s*[“\"‘(]|[“\"]\s*\w")


@dataclass(frozen=True)
class Pointer:
    """Words that point outside, where they begin and end, and what to write instead."""

    words: str
    start: int
    end: int
    instead: str


def pointers(text: str) -> list[Pointer]:
    """The words of a text that point outside it, in their order, each kind of words once."""
    found: dict[str, Pointer] = {}
    for pattern, told in _COMPILED:
        for match in pattern.finditer(text):
            if told == FOLLOWS and _BEHIND.search(text, match.end()):
                continue
            one = Pointer(match[0], match.start(), match.end(), told)
            found.setdefault(match[0].lower(), one)
    return sorted(found.values(), key=lambda one: one.start)
