"""What tells one member from another where an address does not: member numbers and names."""

import hashlib
import re
import unicodedata

_NO_LETTER = re.compile(r"[\W_]+")


def plain_number(text: str) -> str:
    """A member number as it is compared: capital letters and digits, without leading zeros.

    Spreadsheets drop leading zeros, and people write blanks and dashes.
    """
    folded = unicodedata.normalize("NFKC", text).upper()
    return "".join(c for c in folded if c.isalnum()).lstrip("0")


def number_key(text: str) -> str:
    """A short fixed-length key for a member number: 12 hex digits of its SHA-256."""
    return hashlib.sha256(plain_number(text).encode()).hexdigest()[:12]


def words_of(text: str) -> tuple[str, ...]:
    """The words of a name as they are compared: without marks above letters, and in small ones."""
    apart = unicodedata.normalize("NFKD", text)
    letters = "".join(c for c in apart if not unicodedata.combining(c))
    return tuple(word for word in _NO_LETTER.split(letters.casefold()) if word)


def names_agree(one: str, other: str) -> bool:
    """Whether two names may be one person's: they share a word that is more than an initial."""
    shared = set(words_of(one)) & set(words_of(other))
    ascii_initials = {word for word in shared if len(word) == 1 and word.isascii()}
    return bool(shared - ascii_initials)


def same_name(one: str, other: str) -> bool:
    """Whether two names say the same, but for further words in one of them: first names that
    differ are two people, though they share a surname as those at one address often do.
    """
    first, second = (
        {word for word in words_of(name) if len(word) > 1 or not word.isascii()}
        for name in (one, other)
    )
    if first == second:
        return words_of(one) == words_of(other) or bool(first)
    return min(len(first), len(second)) > 1 and (first < second or second < first)


def likeness(one: str, other: str) -> float:
    """How alike two names are: the share of their words that they have in common, 0 to 1."""
    first, second = set(words_of(one)), set(words_of(other))
    return len(first & second) / max(1, len(first | second))
