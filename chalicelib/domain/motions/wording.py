"""What a motion says: ready to be read aloud, in one sentence or in numbered ones."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from chalicelib.domain.errors import ValidationError
from chalicelib.domain.record.events import sha256_of

_NUMBERED = re.compile(r"([0-9]{1,2})\. (That .+)")
_BULLET = re.compile(r"(?:[0-9]{1,2}[.)]|[-*•–])(?:\s+|$)")


def establishing(board: str, name: str, label: str, charge: str, conditions: str = "") -> str:
    """The motion that establishes a group. It quotes the charge in full, so that it stands without
    the papers around it; `label` is the kind of group, and each line of `conditions` is one.
    """
    motion = (
        f"That the {board} establish the {name} {label.lower()} "
        f"with the charge: “{charge.rstrip('.')}.”"
    )
    return _on_conditions(motion, conditions)


def _on_conditions(motion: str, conditions: str) -> str:
    """A motion that ends with the quoted charge, on the conditions that are made."""
    lines = condition_lines(conditions)
    if not lines:
        return motion
    if len(lines) == 1:
        return f"{motion[:-2]},” on this condition: {lines[0]}"
    return f"{motion[:-2]},” on these conditions:\n{listed(conditions)}"


@dataclass(frozen=True, kw_only=True)
class Subject:
    """The group that a motion is about: as the Board calls itself, the group, and its kind."""

    board: str
    name: str
    label: str

    @property
    def group(self) -> str:
        """`Open Textbooks discussion group`, without the kind twice."""
        label = self.label.lower()
        return self.name if self.name.lower().endswith(label) else f"{self.name} {label}"


def renewing(
    subject: Subject,
    name: str,
    charge: str,
    conditions: str = "",
    *,
    verb: str = "renew",
    years: int | None = None,
    changed: bool = False,
) -> str:
    """The motion that gives a group its next charge: it quotes the charge in full. `verb` is
    `renew`, `revive` or `change`; `name` is what the group is called from then on.
    """
    new_name = f"under the name “{name}” " if name != subject.name else ""
    quoted = f"“{charge.rstrip('.')}.”"
    if verb == "change":
        what = f"change the charge of the {subject.group} {new_name}to read"
        motion = f"That the {subject.board} {what}: {quoted}"
    else:
        term = f"for {years} year{'' if years == 1 else 's'} " if years else ""
        which = "the charge" if changed else "its present charge"
        what = f"{verb} the {subject.group} {new_name}{term}with {which}"
        motion = f"That the {subject.board} {what}: {quoted}"
    return _on_conditions(motion, conditions)


def ending(
    subject: Subject, how: str, other: str = "", name: str = "", charge: str = "", day: str = ""
) -> str:
    """The motion that ends a group: `how` is `dissolved`, `lapsed`, `succeeded` or `merged`;
    `other` is the group that goes on, with the name and the charge that a merger gives it.
    """
    board, group = subject.board, subject.group
    if how == "succeeded":
        return f"That the {board} end the {group}, whose work the {other} carries on."
    if how == "merged":
        named = f", to be named “{name}”," if name else ""
        quoted = f"with the charge: “{charge.rstrip('.')}.”"
        return f"That the {board} merge the {group} into the {other}{named} {quoted}"
    if how == "lapsed":
        return (
            f"That the {board} record that the {group} has lapsed: its charge ended on {day}, and "
            "nobody asked to renew it."
        )
    return f"That the {board} dissolve the {group}, with thanks to its conveners."


def condition_lines(conditions: str) -> list[str]:
    """The conditions, one for each line, without the signs that number them."""
    lines = (_BULLET.sub("", line.strip(), count=1) for line in conditions.split("\n"))
    return [line for line in lines if line]


def listed(conditions: str) -> str:
    """The conditions as they are read: a single one as it is, several numbered."""
    return numbered(condition_lines(conditions))


def numbered(wordings: Iterable[str]) -> str:
    """Several actions as one motion: numbered sentences, each on a line of its own."""
    lines = list(wordings)
    if len(lines) == 1:
        return lines[0]
    return "\n".join(f"{number}. {line}" for number, line in enumerate(lines, 1))


def sentences(wording: str) -> list[str]:
    """The actions of a motion that numbers several, in their order; otherwise its one wording."""
    found = [_NUMBERED.fullmatch(line) for line in wording.split("\n")]
    numbers = [int(match[1]) for match in found if match]
    if len(numbers) == len(found) > 1 and numbers == list(range(1, len(found) + 1)):
        return [match[2] for match in found if match]
    return [wording]


def check(wording: str, most: int, field: str = "wording") -> None:
    """Raises ValidationError unless it can be put as a motion: each sentence begins with “That”,
    and all of it has `most` characters at most.
    """
    if not wording:
        raise ValidationError({field: "Write the motion in full, beginning with “That”."})
    if not all(sentence.startswith("That ") for sentence in sentences(wording)):
        raise ValidationError({field: "Begin the motion with “That”, as in “That the Board …”."})
    if len(wording) > most:
        over = len(wording) - most
        raise ValidationError({field: f"Shorten this by {over} characters; {most} fit."})


# The parts of a motion that an amendment may change, as a page calls them.
PARTS = {
    "name": "Name of the group",
    "charge": "Charge",
    "conditions": "Conditions",
    "wording": "Wording",
}


def digest_of_parts(parts: Mapping[str, str]) -> str:
    """SHA-256 (hex) of what an amendment changes and what it makes of it."""
    return sha256_of(dict(parts))
