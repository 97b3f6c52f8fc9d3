"""How a charge begins: "To", and the plain form of a verb."""

import re

from chalicelib.domain.checks.check_result import Finding
from chalicelib.domain.checks.verb_forms import form_of

_SUBJECT = re.compile(
    r"^(?:(?:the|this) (?:discussion |interest )?group|the group’s charge|"
    r"the charge(?: of the group)?|its (?:charge|purpose)|the purpose(?: of the group)?|it|we)\s+"
    r"(?:will|shall|should|would|aims?|seeks?|wants?|intends?|plans?|is|exists?)\s+(?:to\s+)?",
    re.IGNORECASE,
)
_HEAD = re.compile(r"^(\w+)((?:,? (?:and|or) |, )(\w+))?")
# Another verb of the same form further on: which words belong together is not for us to say.
_ANOTHER = re.compile(r"(?:, (?:and |or )?| and | or )(\w+ing)\b")


def begins_with_to(text: str, field: str) -> list[Finding]:
    """A charge that does not begin with "To", with the fix where its first words show one."""
    if re.match(r"To\s+\S", text):
        return []
    fix = _with_to(text)
    said = "A charge states the group’s purpose: begin it with “To”"
    example = f", as in “{' '.join(fix.split()[:3])} …”." if fix else ", as in “To discuss …”."
    return [Finding(field, f"{said}{example}", fix)]


def _with_to(text: str) -> str:
    """The charge beginning with "To", or nothing where that takes more than its first words."""
    if re.match(r"to\s+\S", text, re.IGNORECASE):
        return f"To {text[2:].lstrip()}"
    rest = _SUBJECT.sub("", text)
    word = re.match(r"\w*", rest)
    verb = form_of(word[0]) if word else None
    if verb and verb.form == "gerund":
        return _from_gerund(rest)
    if verb:
        return f"To {verb.base}{rest[len(word[0]) :]}" if word else ""
    if rest != text or re.match(r"(?:the|this|our|we|it|its)\b|\w+ing\b", rest, re.IGNORECASE):
        return ""
    if re.match(r"an?\b", rest, re.IGNORECASE):
        return f"To be {_lower(rest)}"
    return f"To {_lower(rest)}"


def _from_gerund(text: str) -> str:
    """`Discussing and sharing ways of …` as `To discuss and share ways of …`."""
    words = []
    rest = text
    while match := re.match(r"(\w+)(,? (?:and|or) |, | )", rest):
        verb = form_of(match[1])
        if verb is None or verb.form != "gerund":
            if match[1].endswith("ing"):
                return ""
            break
        words.append(verb.base + match[2])
        rest = rest[match.end() :]
        if match[2] == " ":
            break
    if not words or any(_is_gerund(word) for word in _ANOTHER.findall(rest)):
        return ""
    return f"To {''.join(words)}{rest}"


def _is_gerund(word: str) -> bool:
    verb = form_of(word)
    return verb is not None and verb.form == "gerund"


def _lower(text: str) -> str:
    """With a small letter first, unless the word is a name or an abbreviation."""
    word = re.match(r"\S*", text)
    capitals = sum(letter.isupper() for letter in word[0]) if word else 0
    return text if capitals > 1 else text[:1].lower() + text[1:]
