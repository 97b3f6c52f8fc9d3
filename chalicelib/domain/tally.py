"""Counting a vote: quorum, majority, and what the other ways of counting would have said."""

from collections.abc import Iterable
from dataclasses import dataclass

from chalicelib.domain.policy import BoardRule

CHOICES = ("yes", "no", "abstain", "recused")


@dataclass(frozen=True, kw_only=True)
class Tally:
    """The result of a vote with its arithmetic.

    `base` is the number that the yes votes are measured against; more than half of it is
    `needed`. `under` says for each majority base whether the motion would have carried.
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


def count(choices: Iterable[str], electorate: int, rule: BoardRule) -> Tally:
    """The tally of the ballots cast by an electorate of that size.

    Present are those who cast a ballot, an abstention included; whether a recused member
    counts to the quorum is the rule's choice. A tie fails, and so does a vote without quorum.
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
    )


def in_words(tally: Tally) -> str:
    """`5 yes, 6 no, 1 abstaining; 7 yes needed`."""
    parts = [f"{tally.yes} yes", f"{tally.no} no"]
    if tally.abstain:
        parts.append(f"{tally.abstain} abstaining")
    if tally.recused:
        parts.append(f"{tally.recused} recused")
    return f"{', '.join(parts)}; {tally.needed} yes needed"
