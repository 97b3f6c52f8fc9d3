"""Counting a vote: quorum, majority, and what the other ways of counting would have said.

`count` is the only place that decides a vote. Its worked cases stand in
`tests/domain/worked_votes.md`, and every count of 13 seats is tried against a second statement
of the rule.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from chalicelib.domain.policy.rules import BoardRule

CHOICES = ("yes", "no", "abstain", "recused")
# What the yes votes may be measured against, in the order in which pages tell of it.
BASES = ("present", "cast", "all_members")


@dataclass(frozen=True, kw_only=True)
class Tally:
    """The result of a vote with its arithmetic.

    `present` is what the quorum is measured by: those who took part, with the recused where the
    rule counts them in (`recused_in_quorum`). `base` is the number that the yes votes are
    measured against; more than half of it is `needed`. `under` says for each majority base
    whether the motion would have carried. In a `virtual` vote a member is present by a ballot
    that was returned.
    """

    yes: int
    no: int
    abstain: int
    recused: int
    silent: int
    seats: int
    present: int
    quorum: int
    quorate: bool
    majority_base: str
    base: int
    needed: int
    carried: bool
    under: dict[str, bool]
    recused_in_quorum: bool = False
    virtual: bool = False

    @property
    def voted(self) -> int:
        """Those who voted yes, no or abstain."""
        return self.yes + self.no + self.abstain

    def size(self, base: str) -> int:
        """How many the yes votes are measured against under a majority base."""
        sizes = {"present": self.voted, "cast": self.yes + self.no, "all_members": self.seats}
        return sizes[base]


def count(choices: Iterable[str], electorate: int, rule: BoardRule, virtual: bool = False) -> Tally:
    """The tally of the ballots cast by an electorate of that size.

    Present are those who cast a ballot, an abstention included; whether a recused member counts
    to the quorum is the rule's choice. The quorum is more than half of the seats, filled or not.
    A motion carries when the yes votes are more than half of the rule's base: so a tie fails, and
    so does a vote without quorum.
    """
    cast = list(choices)
    yes, no, abstain, recused = (cast.count(choice) for choice in CHOICES)
    present = yes + no + abstain
    in_room = present + (recused if rule.recused_count_in_quorum else 0)
    quorum = rule.seats // 2 + 1
    quorate = in_room >= quorum
    bases = {"present": present, "cast": yes + no, "all_members": rule.seats}
    base = bases[rule.majority_base]
    return Tally(
        yes=yes,
        no=no,
        abstain=abstain,
        recused=recused,
        silent=electorate - len(cast),
        seats=rule.seats,
        present=in_room,
        quorum=quorum,
        quorate=quorate,
        majority_base=rule.majority_base,
        base=base,
        needed=base // 2 + 1,
        carried=quorate and yes * 2 > base,
        under={name: quorate and yes * 2 > number for name, number in bases.items()},
        recused_in_quorum=rule.recused_count_in_quorum,
        virtual=virtual,
    )


def in_words(tally: Tally) -> str:
    """`5 yes, 6 no, 1 abstaining; 7 yes needed`."""
    parts = [f"{tally.yes} yes", f"{tally.no} no"]
    if tally.abstain:
        parts.append(f"{tally.abstain} abstaining")
    if tally.recused:
        parts.append(f"{tally.recused} recused")
    return f"{', '.join(parts)}; {tally.needed} yes needed"


# What each base is called, and who is counted in it.
BASE_WORDS = {
    "present": ("members present", "everybody who voted yes, no or abstain"),
    "cast": ("votes cast", "yes and no; abstentions are left out"),
    "all_members": ("voting seats", "every voting seat of the Board, whoever voted"),
}


def arithmetic(tally: Tally) -> list[str]:
    """How the result came about, sentence by sentence: the quorum, then the majority."""
    present = "returned a ballot" if tally.virtual else "were present"
    sentences = [
        f"Quorum: {tally.quorum} of {tally.seats} voting seats. {tally.present} {present}, so "
        f"{'there was a quorum' if tally.quorate else 'there was no quorum'}."
    ]
    if tally.recused:
        who = f"{tally.recused} recused member{'s are' if tally.recused > 1 else ' is'}"
        part = "counted in that number" if tally.recused_in_quorum else "left out of that number"
        sentences.append(f"{who} {part}.")
    name, who = BASE_WORDS[tally.majority_base]
    sentences.append(
        f"Majority: more than half of the {name} ({who}). "
        f"That is {tally.needed} or more of {tally.base}; {tally.yes} voted yes."
    )
    if tally.majority_base == "present" and tally.abstain:
        sentences.append(
            "An abstention is no vote against, but it counts as present, so it makes the number "
            "that is needed larger."
        )
    if not tally.quorate:
        sentences.append("Without a quorum nothing is decided, however the ballots fell.")
    elif tally.carried:
        sentences.append("So the motion carries.")
    else:
        tie = " A tie does not carry." if tally.yes * 2 == tally.base else ""
        sentences.append(f"So the motion is lost.{tie}")
    return sentences
