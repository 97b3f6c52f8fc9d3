"""What a letter to conveners says of the Board's decision."""

from chalicelib.domain.groups.group import Group
from chalicelib.domain.motions.motion import Motion
from chalicelib.domain.motions.tally import Tally
from chalicelib.domain.times import long_date


def spoken(tally: Tally) -> str:
    """`8 members voted yes, 1 voted no, 1 abstained, and 1 was recused; 6 had to vote yes`."""
    parts = [
        f"{tally.yes} member{'' if tally.yes == 1 else 's'} voted yes",
        f"{tally.no or 'nobody'} voted no",
    ]
    if tally.abstain:
        parts.append(f"{tally.abstain} abstained")
    if tally.recused:
        parts.append(f"{tally.recused} {'was' if tally.recused == 1 else 'were'} recused")
    *first, last = parts
    return f"{', '.join(first)}, and {last}; {tally.needed} had to vote yes"


def of(motion: Motion, group: Group | None = None) -> dict[str, str]:
    """The vote in a sentence, from when and until when the group's charge holds, and whether the
    result is yet to be confirmed.
    """
    said = {"vote_in_words": spoken(motion.tally) if motion.tally else ""}
    if group is not None:
        ends = group.charge.ends_on
        said["charge"] = group.charge.text
        said["effective_on"] = long_date(group.charge.effective_on)
        said["ends_on"] = long_date(ends) if ends else ""
        said["to_confirm"] = "yes" if motion.to_confirm else ""
    return said
