"""What changed from one text to the next, word by word, for any script."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from enum import StrEnum
from itertools import groupby

from chalicelib.domain.checks.words import count_words, is_word, tokens
from chalicelib.domain.petitions.text import Text


class Kind(StrEnum):
    """What became of a stretch of text. `LEFT_OUT` is unchanged too, and too long to show."""

    SAME = "same"
    ADDED = "added"
    REMOVED = "removed"
    LEFT_OUT = "left-out"


@dataclass(frozen=True)
class Segment:
    """A stretch of text. Those that are not added make up the old text, those that are not
    removed the new one, to the letter.
    """

    kind: Kind
    text: str


@dataclass(frozen=True)
class FieldChange:
    """One changed part of a petition's text. `words` is how many words are other ones; 0 means
    that only blanks or line ends changed.
    """

    field: str
    label: str
    segments: tuple[Segment, ...]
    words: int


LABELS = {
    "name": "Name of the group",
    "charge": "Charge",
    "background": "Background",
    "questions": "Questions to explore",
}
# How many words are shown on both sides of a change.
CONTEXT_WORDS = 12
# A change of so many words takes in a single word that stands before it.
_MANY_WORDS = 3

# Comparing costs about this many steps for each pair of equal words, times the places that
# changed. An essay in English stays far below; a text made to be slow is compared coarsely.
_MOST_PAIRS = 40_000


def diff(old: str, new: str) -> tuple[Segment, ...]:
    """The stretches that are the same, removed and added, in reading order."""
    a, b = tokens(old), tokens(new)
    start = _equal_run(a, b)
    end = _equal_run(a[start:][::-1], b[start:][::-1])
    middle = _compared(a[start : len(a) - end], b[start : len(b) - end])
    same = Segment(Kind.SAME, "".join(a[:start])), Segment(Kind.SAME, "".join(a[len(a) - end :]))
    return _joined([same[0], *middle, same[1]])


def _equal_run(a: Sequence[str], b: Sequence[str]) -> int:
    """How many tokens are equal at the beginning."""
    both = min(len(a), len(b))
    return next((n for n in range(both) if a[n] != b[n]), both)


def _compared(a: Sequence[str], b: Sequence[str]) -> Iterator[Segment]:
    """What became of each token. Words are matched with words; blanks follow them."""
    in_a = [n for n, token in enumerate(a) if not token.isspace()]
    in_b = [n for n, token in enumerate(b) if not token.isspace()]
    matcher = SequenceMatcher(None, [a[n] for n in in_a], [b[n] for n in in_b], autojunk=False)
    for token in _too_frequent([a[n] for n in in_a], [b[n] for n in in_b]):
        # Python documents this attribute; its type stubs lack it.
        del matcher.b2j[token]  # type: ignore[attr-defined]
    at_a = at_b = 0
    for tag, a1, a2, b1, b2 in matcher.get_opcodes():
        if tag != "equal":
            # The blanks before a changed word are part of what changed, unless both have them.
            end_a = in_a[a2 - 1] + 1 if a2 > a1 else at_a
            end_b = in_b[b2 - 1] + 1 if b2 > b1 else at_b
            yield from _replaced(a[at_a:end_a], b[at_b:end_b])
            at_a, at_b = end_a, end_b
            continue
        for n in range(a2 - a1):
            end_a, end_b = in_a[a1 + n], in_b[b1 + n]
            yield from _replaced(a[at_a:end_a], b[at_b:end_b])
            yield Segment(Kind.SAME, a[end_a])
            at_a, at_b = end_a + 1, end_b + 1
    yield from _replaced(a[at_a:], b[at_b:])


def _replaced(a: Sequence[str], b: Sequence[str]) -> Iterator[Segment]:
    """One stretch in the place of another, with the blanks before both as they are."""
    both = _equal_run(a, b)
    same = next((n for n in range(both) if not a[n].isspace()), both)
    yield Segment(Kind.SAME, "".join(a[:same]))
    yield Segment(Kind.REMOVED, "".join(a[same:]))
    yield Segment(Kind.ADDED, "".join(b[same:]))


def _too_frequent(a: Sequence[str], b: Sequence[str]) -> set[str]:
    """Words so frequent in both texts that to try each pair of them would be slow. They begin no
    match; one beside them still takes them in.
    """
    in_a, in_b = Counter(a), Counter(b)
    pairs = {token: n * in_b[token] for token, n in in_a.items() if token in in_b}
    total = sum(pairs.values())
    frequent: set[str] = set()
    for token in sorted(pairs, key=lambda token: -pairs[token]):
        if total <= _MOST_PAIRS:
            break
        frequent.add(token)
        total -= pairs[token]
    return frequent


def _joined(segments: Sequence[Segment]) -> tuple[Segment, ...]:
    """Neighbours of one kind as one, and changes that only blanks part as one change."""
    blocks: list[list[Segment]] = []
    for segment in segments:
        if not segment.text:
            continue
        same = segment.kind == Kind.SAME
        if blocks and (blocks[-1][0].kind == Kind.SAME) == same:
            blocks[-1].append(segment)
        else:
            blocks.append([segment])
    merged: list[list[Segment]] = []
    for number, block in enumerate(blocks):
        between = 0 < number < len(blocks) - 1 and block[0].kind == Kind.SAME
        text = "".join(s.text for s in block)
        if between and text.isspace() and "\n" not in text:
            merged[-1] += [Segment(Kind.REMOVED, text), Segment(Kind.ADDED, text)]
        elif merged and merged[-1][0].kind != Kind.SAME and block[0].kind != Kind.SAME:
            merged[-1] += block
        else:
            merged.append(list(block))
    return tuple(_of_blocks(merged))


def _of_blocks(blocks: Sequence[Sequence[Segment]]) -> Iterator[Segment]:
    for block in blocks:
        for kind in (Kind.SAME, Kind.REMOVED, Kind.ADDED):
            text = "".join(segment.text for segment in block if segment.kind == kind)
            if text:
                yield Segment(kind, text)


def readable(segments: Sequence[Segment]) -> tuple[Segment, ...]:
    """The same changes with those that hardly anything parts made one: many small pieces are hard
    to read, and harder to listen to.
    """
    blocks = [
        list(group) for _, group in groupby(segments, key=lambda segment: segment.kind == Kind.SAME)
    ]
    merged: list[list[Segment]] = []
    for number, block in enumerate(blocks):
        joins = merged and merged[-1][0].kind != Kind.SAME
        if joins and block[0].kind != Kind.SAME:
            merged[-1] += block
        elif joins and number < len(blocks) - 1 and _is_thin(block[0].text, blocks[number + 1]):
            text = block[0].text
            merged[-1] += [Segment(Kind.REMOVED, text), Segment(Kind.ADDED, text)]
        else:
            merged.append(block)
    return _joined(_slid(list(_of_blocks(merged))))


def _slid(segments: list[Segment]) -> list[Segment]:
    """The same, with a new sentence between two others marked from its own beginning and not from
    the full stop before it.
    """
    for n in range(1, len(segments) - 1):
        before, change, after = segments[n - 1 : n + 2]
        alone = before.kind == after.kind == Kind.SAME != change.kind
        sign = tokens(change.text)[0]
        if alone and not is_word(sign) and not sign.isspace() and tokens(after.text)[0] == sign:
            segments[n - 1] = Segment(Kind.SAME, before.text + sign)
            segments[n] = Segment(change.kind, change.text[len(sign) :] + sign)
            segments[n + 1] = Segment(Kind.SAME, after.text[len(sign) :])
    return [segment for segment in segments if segment.text]


def _is_thin(text: str, after: Sequence[Segment]) -> bool:
    """Whether unchanged text is too little to stand between two changes."""
    words = sum(1 for token in tokens(text) if is_word(token))
    return "\n" not in text and words <= int(_words_in(after) >= _MANY_WORDS)


def shortened(
    segments: Sequence[Segment], context_words: int = CONTEXT_WORDS
) -> tuple[Segment, ...]:
    """The same with what is far from every change marked as left out, so that a phone shows what
    changed. Where that would hide hardly more than it shows, nothing is left out.
    """
    found: list[Segment] = []
    for number, segment in enumerate(segments):
        if segment.kind != Kind.SAME:
            found.append(segment)
            continue
        parts = tokens(segment.text)
        words = [n for n, token in enumerate(parts) if is_word(token)]
        before = context_words if number else 0
        after = context_words if number < len(segments) - 1 else 0
        if len(words) <= before + after + context_words:
            found.append(segment)
            continue
        begin = words[before - 1] + 1 if before else 0
        end = words[-after] if after else len(parts)
        pieces = (parts[:begin], parts[begin:end], parts[end:])
        for kind, piece in zip((Kind.SAME, Kind.LEFT_OUT, Kind.SAME), pieces, strict=True):
            if piece:
                found.append(Segment(kind, "".join(piece)))
    return tuple(found)


def changed_words(old: str, new: str) -> int:
    """How many words are other ones: in each place that changed, those removed or those added,
    whichever are more. A changed sign, such as a comma, counts as a word; blanks do not count.
    """
    return _words_in(diff(old, new))


def _words_in(segments: Sequence[Segment]) -> int:
    total = 0
    for is_same, group in groupby(segments, key=lambda s: s.kind == Kind.SAME):
        if not is_same:
            total += max(count_words(segment.text) for segment in group)
    return total


def text_changes(old: Text, new: Text) -> list[FieldChange]:
    """What changed in the parts that are signed, in the order of a petition's page."""
    changes: list[FieldChange] = []
    for field, label in LABELS.items():
        changes += field_change(field, label, _as_string(old, field), _as_string(new, field))
    return changes


def field_change(field: str, label: str, was: str, becomes: str) -> list[FieldChange]:
    """What changed in one part; nothing where it is the same."""
    if was == becomes:
        return []
    segments = diff(was, becomes)
    return [FieldChange(field, label, readable(segments), _words_in(segments))]


def short_changes(changes: Sequence[FieldChange]) -> list[FieldChange]:
    """The same changes, with what is far from them left out."""
    return [replace(change, segments=shortened(change.segments)) for change in changes]


def _as_string(text: Text, field: str) -> str:
    value = getattr(text, field)
    return value if isinstance(value, str) else "\n".join(value)
