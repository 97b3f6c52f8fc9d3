"""An amendment: a motion about the text of another one, and what becomes of that text."""

import re
from collections.abc import Mapping
from dataclasses import replace

from chalicelib.domain.checks.diffs import FieldChange, changed_words, diff, readable
from chalicelib.domain.errors import ConflictError, NotAllowedError, ValidationError
from chalicelib.domain.motions.motion import (
    GIVES_A_CHARGE,
    TRANSITIONS,
    Effect,
    Motion,
    State,
    as_moved,
)
from chalicelib.domain.motions.wording import (
    PARTS,
    check,
    condition_lines,
    digest_of_parts,
    sentences,
)
from chalicelib.domain.people.people import Act
from chalicelib.domain.policy.rules import Limits
from chalicelib.domain.record.events import Event
from chalicelib.domain.record.record import Transitions, advance, require

_BEFORE_ITS_VOTE = frozenset({State.MOVED, State.SECONDED})
# What is possible with an amendment alone, besides what is possible with every motion.
OF_AMENDMENTS: Transitions = {"accept-amendment": (_BEFORE_ITS_VOTE, State.CARRIED)}

Parts = Mapping[str, str]


def parts_of(motion: Motion) -> dict[str, str]:
    """What an amendment may change of a motion: of one that gives a group its charge what it gives
    the group, of any other its wording.
    """
    if motion.brings_about in GIVES_A_CHARGE:
        return {"name": motion.name, "charge": motion.charge, "conditions": motion.conditions}
    return {"wording": motion.wording}


def made_by(amendment: Motion, main: Motion) -> dict[str, str]:
    """The same parts of `main` as the amendment would make them."""
    if main.brings_about in GIVES_A_CHARGE:
        return parts_of(replace(amendment, effect=main.brings_about))
    return {"wording": amendment.becomes}


def changes(was: Parts, becomes: Parts) -> list[FieldChange]:
    """What differs between two texts of one motion, word by word, part by part."""
    found = []
    for part, label in PARTS.items():
        old, new = was.get(part, ""), becomes.get(part, "")
        if old != new:
            segments = readable(diff(old, new))
            found.append(FieldChange(part, label, segments, changed_words(old, new)))
    return found


def require_amendable(main: Motion) -> None:
    """Raises ConflictError for a motion that takes no amendment, or none any more."""
    if main.is_amendment:
        raise ConflictError(
            "An amendment cannot be amended: vote it down or withdraw it, and move another."
        )
    if main.effect == Effect.CONFIRM:
        raise ConflictError("A confirmation cannot be amended.")
    if main.effect == Effect.END:
        raise ConflictError(
            "This motion ends a group as its conveners asked, and takes no amendment: vote it "
            "down, or move in your own words what else is to happen."
        )
    require(TRANSITIONS, "motion", main.state, "amend")


def checked(main: Motion, becomes: Parts, limits: Limits) -> dict[str, str]:
    """The parts as an amendment would make them, tidied. Raises ValidationError for what cannot be,
    and where nothing would change.
    """
    was = parts_of(main)
    new = {part: becomes.get(part, "") for part in was}
    if "wording" in new:
        # A motion's wording may be longer than a person would write: it quotes what it is about.
        check(new["wording"], max(limits.comment, len(was["wording"])))
    else:
        new["conditions"] = "\n".join(condition_lines(new["conditions"]))
        _check_group(new, limits)
    if new == was:
        part = next(iter(new)) if "wording" in new else "charge"
        raise ValidationError({part: "Change something: this is the current text."})
    return new


def _check_group(new: Parts, limits: Limits) -> None:
    errors = {}
    if len(new["name"]) < limits.name_least:
        errors["name"] = f"Give the group a name of {limits.name_least} characters or more."
    if not new["charge"].startswith("To "):
        errors["charge"] = "Begin the charge with “To”, as in “To discuss and share …”."
    most = {"name": limits.name, "charge": limits.charge, "conditions": limits.comment}
    for part, fit in most.items():
        if len(new[part]) > fit:
            errors[part] = f"Shorten this by {len(new[part]) - fit} characters; {fit} fit."
    if errors:
        raise ValidationError(errors)


def wording_of(main: Motion, becomes: Parts) -> str:
    """The amendment as a motion ready to be read out: it says in full what the text becomes."""
    where = main.label.removeprefix("Motion ") if main.document_number else f"“{main.title}”"
    if "wording" in becomes:
        texts = sentences(becomes["wording"])
        if len(texts) > 1:
            return f"That the motion {where} be amended to read:\n{becomes['wording']}"
        return f"That the motion {where} be amended to read: “{becomes['wording']}”"
    was = parts_of(main)
    said = []
    if becomes["name"] != was["name"]:
        said.append(f"the group is named “{becomes['name']}”")
    if becomes["charge"] != was["charge"]:
        said.append(f"the charge reads: “{becomes['charge'].rstrip('.')}.”")
    if becomes["conditions"] != was["conditions"]:
        lines = condition_lines(becomes["conditions"])
        said.append(
            "the conditions are: " + " ".join(f"({n}) {line}" for n, line in enumerate(lines, 1))
            if lines
            else "no condition is made"
        )
    # A sentence that goes on has no full stop inside.
    first = [re.sub(r"\.”$", "”", part) for part in said[:-1]]
    return f"That the motion {where} be amended so that {', and that '.join([*first, said[-1]])}"


def propose(amendment_id: str, main: Motion, becomes: Parts, by: Act) -> tuple[Motion, Event]:
    """A new amendment of `main`, with the text that it would make as `checked` gave it. The event
    holds both texts, so that what it would change can be shown for ever.
    """
    require_amendable(main)
    was = parts_of(main)
    wording = wording_of(main, becomes)
    blank = Motion(
        id=amendment_id,
        meeting_id=main.meeting_id,
        document_number=main.document_number,
        petition_id=main.petition_id,
        title=main.title,
        wording=wording,
        document_id=main.document_id,
        action=main.action,
        effect=Effect.AMEND,
        name=becomes.get("name", ""),
        charge=becomes.get("charge", ""),
        conditions=becomes.get("conditions", ""),
        becomes=becomes.get("wording", ""),
        item=main.item,
        amends=main.id,
    )
    return as_moved(
        blank,
        {
            "wording": wording,
            "document": main.document_number,
            "amends": main.id,
            **_basis(was, becomes),
        },
        by,
    )


def _basis(was: Parts, becomes: Parts) -> dict[str, object]:
    return {
        "was": dict(was),
        "becomes": dict(becomes),
        "digest_before": digest_of_parts(was),
        "digest_after": digest_of_parts(becomes),
    }


def accepters(main: Motion, amendment: Motion) -> set[str]:
    """The ids of those who still have to accept an amendment, so that it needs no vote: the other
    motion's mover and its seconder. Whoever of them moved it has accepted it by that.
    """
    asked = {main.mover_id, main.seconder_id} - {""}
    return asked - {amendment.mover_id, *amendment.accepted_by}


def accept(amendment: Motion, main: Motion, by: Act) -> tuple[Motion, Event] | None:
    """The amendment taken by the mover or the seconder of the other motion as their own; once both
    did, it carries without a vote. None where this changes nothing.

    Raises NotAllowedError for anybody else, IllegalTransitionError once its vote has begun.
    """
    if not amendment.is_amendment:
        raise ConflictError("This is not an amendment.")
    carried = require(OF_AMENDMENTS, "motion", amendment.state, "accept-amendment")
    if by.actor.id not in {main.mover_id, main.seconder_id}:
        raise NotAllowedError(
            "An amendment is accepted without a vote by the mover and the seconder of the motion."
        )
    missing = accepters(main, amendment)
    if missing and by.actor.id not in missing:
        return None
    complete = not missing - {by.actor.id}
    more = {"state": carried, "announced_at": by.at} if complete else {}
    return advance(
        amendment,
        "motion",
        "accept-amendment",
        by,
        before=amendment.state,
        data={"complete": complete},
        accepted_by=(*amendment.accepted_by, by.actor.id),
        **more,
    )


def adopt(main: Motion, amendment: Motion, establishing: str, by: Act) -> tuple[Motion, Event]:
    """The motion with the text that its amendment makes. `establishing` is the wording of one that
    establishes a group; any other has the amendment's own.

    Raises ConflictError where its text is not the one that was amended, IllegalTransitionError once
    its own vote has begun.
    """
    require(TRANSITIONS, "motion", main.state, "amend")
    was, becomes = parts_of(main), made_by(amendment, main)
    texts = becomes if "wording" not in becomes else {}
    return advance(
        main,
        "motion",
        "amend",
        by,
        before=main.state,
        data={
            "amendment": amendment.id,
            "mover": amendment.mover,
            "vote": amendment.tally is not None,
            **_basis(was, becomes),
        },
        wording=becomes.get("wording") or establishing,
        amendments=(*main.amendments, amendment.id),
        **texts,
    )


def fall(amendment: Motion, main: Motion, by: Act) -> tuple[Motion, Event]:
    """The amendment withdrawn, since the motion that it amends is no longer before the Board.

    Raises ConflictError once the vote on it has begun.
    """
    if amendment.state not in _BEFORE_ITS_VOTE:
        raise ConflictError("The vote on its amendment has begun and must end first.")
    return advance(
        amendment,
        "motion",
        "withdraw",
        by,
        before=amendment.state,
        data={"with": main.id},
        state=State.WITHDRAWN,
    )
