"""Texts taken apart into words, for any script."""

import re
import unicodedata
from collections.abc import Iterator

# No word is longer: what is, such as a long address, counts as several.
_LONGEST_WORD = 32

# Scripts that part their words by nothing: each letter counts as a word there.
_UNPARTED = re.compile(
    "[\u0e00-\u0eff\u0f00-\u0fff\u1000-\u109f\u1780-\u17ff\u1950-\u19df\u1a20-\u1aaf\u2e80-\u2fdf"
    "\u3005-\u3007\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\ua9e0-\ua9ff\uaa60-\uaa7f"
    "\uf900-\ufaff\uff66-\uff9f\U0001b000-\U0001b16f\U00020000-\U0003ffff]"
)
_JOINER = "\u200d"
_INSIDE_WORDS = {"'", "’", "_"}


def tokens(text: str) -> list[str]:
    """Words, single signs and runs of blanks; joined they are the text. A letter and the marks
    on it are never parted.
    """
    found: list[str] = []
    last = ""
    for cluster in _clusters(text):
        sort = _sort(cluster)
        if sort == last and (
            sort == "blank" or (sort == "word" and len(found[-1]) < _LONGEST_WORD)
        ):
            found[-1] += cluster
        else:
            found.append(cluster)
        last = sort
    return found


def _sort(cluster: str) -> str:
    if cluster.isspace():
        return "blank" if cluster != "\n" else "line end"
    if _UNPARTED.match(cluster):
        return "sign"
    letter = unicodedata.category(cluster[0])[0] in "LN" or cluster in _INSIDE_WORDS
    return "word" if letter else "sign"


def _clusters(text: str) -> Iterator[str]:
    """The text in what a reader takes for one letter each."""
    cluster = ""
    for char in text:
        if cluster and _belongs(char, cluster):
            cluster += char
        else:
            if cluster:
                yield cluster
            cluster = char
    if cluster:
        yield cluster


def _belongs(char: str, cluster: str) -> bool:
    """Whether a character is part of the one before: a mark, an invisible sign, the rest of a
    syllable or of an emoji.
    """
    if char < "\u00ad":
        return False
    if cluster[-1] == _JOINER:
        # Joined emoji; a joiner between letters belongs to the first.
        return unicodedata.category(char) == "So"
    category = unicodedata.category(char)
    if category[0] == "M" or category == "Cf" or "\U0001f3fb" <= char <= "\U0001f3ff":
        return True
    if "\u1160" <= char <= "\u11ff" or "\ud7b0" <= char <= "\ud7fb":
        return "\u1100" <= cluster[0] <= "\u11ff" or "\uac00" <= cluster[0] <= "\ud7fb"
    flag = "\U0001f1e6" <= char <= "\U0001f1ff"
    return flag and len(cluster) == 1 and "\U0001f1e6" <= cluster <= "\U0001f1ff"


def count_words(text: str) -> int:
    """Words and symbols; at least 1 for a text that has more than blanks."""
    found = tokens(text)
    words = sum(1 for token in found if is_word(token))
    return words or int(any(not token.isspace() for token in found))


def is_word(token: str) -> bool:
    """Whether a token is a word or a symbol, and neither blanks nor punctuation."""
    return not token.isspace() and any(unicodedata.category(char)[0] != "P" for char in token)
