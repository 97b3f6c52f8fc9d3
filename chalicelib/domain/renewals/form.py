"""The Board's action form of a renewal, written from what a group's conveners answered."""

from datetime import date

from chalicelib.domain.documents.document import Action, Form
from chalicelib.domain.groups.group import CheckIn, Group, Outcome, Why
from chalicelib.domain.motions.motion import Effect
from chalicelib.domain.motions.wording import Subject, ending, renewing
from chalicelib.domain.policy.rules import Policy
from chalicelib.domain.times import long_date

_TITLES = {
    Outcome.SAME: "Renewal of the {group}",
    Outcome.CHANGED: "Renewal of the {group} with a changed charge",
    Outcome.SUCCEEDED: "End of the {group}, whose work another group carries on",
    Outcome.MERGED: "Merger of the {group} into the {other}",
    Outcome.DISSOLVED: "Dissolution of the {group}",
    Outcome.LAPSED: "Lapse of the {group}",
}


def subject_of(group: Group, policy: Policy, on: date) -> Subject:
    """The group as motions speak of it."""
    return Subject(
        board=policy.association.board,
        name=group.name,
        label=policy.unit(group.kind, on).label,
    )


def outcome_of(group: Group) -> Outcome:
    """What its conveners, or their silence, ask for. The group has a renewal that was answered."""
    assert group.renewal is not None
    return Outcome(group.renewal.answer.outcome)


def effect_of(group: Group) -> Effect:
    """What the motion brings about when it carries."""
    goes_on = outcome_of(group) in {Outcome.SAME, Outcome.CHANGED}
    return Effect.RENEW if goes_on else Effect.END


def title_of(group: Group, policy: Policy, on: date) -> str:
    """What the document is called on the docket."""
    assert group.renewal is not None
    outcome, why = outcome_of(group), group.renewal.why
    named = subject_of(group, policy, on).group
    if why == Why.REVIVAL:
        return f"Revival of the {named}"
    if why == Why.ASKED and outcome == Outcome.CHANGED:
        return f"Change of the charge of the {named}"
    return _TITLES[outcome].format(group=named, other=group.renewal.answer.other_name)


def wording_of(
    group: Group, policy: Policy, on: date, name: str = "", charge: str = "", conditions: str = ""
) -> str:
    """The motion that grants what was asked, ready to be read out; `name`, `charge` and
    `conditions` as an amendment has them, if one does.
    """
    assert group.renewal is not None
    subject, answer, why = subject_of(group, policy, on), group.renewal.answer, group.renewal.why
    outcome = outcome_of(group)
    if effect_of(group) == Effect.RENEW:
        name = name or answer.name or group.name
        charge = charge or answer.charge or group.charge.text
        asked = why == Why.ASKED and outcome == Outcome.CHANGED
        verb = "change" if asked else "revive" if why == Why.REVIVAL else "renew"
        return renewing(
            subject,
            name,
            charge,
            conditions,
            verb=verb,
            years=policy.unit(group.kind, on).charge_years,
            changed=charge != group.charge.text,
        )
    ends = group.charge.ends_on
    return ending(
        subject,
        outcome.value,
        other=answer.other_name,
        name=answer.name if answer.name != answer.other_name else "",
        charge=answer.charge,
        day=long_date(ends) if ends else "",
    )


def form_of(group: Group, check_in: CheckIn | None, policy: Policy, on: date) -> Form:
    """The action form with the one action that is asked for."""
    label = policy.unit(group.kind, on).label.lower()
    return Form(
        subject=title_of(group, policy, on),
        submitted_by=tuple(
            ", ".join(part for part in (c.name, c.institution) if part) for c in group.acting
        ),
        background="\n\n".join(_background(group, check_in, label, on)),
        actions=(Action(wording_of(group, policy, on), effect_of(group).value),),
    )


def _standing(group: Group, label: str, on: date) -> str:
    """What the group's charge is, or was, in a sentence."""
    charge = group.charge
    since = long_date(charge.effective_on)
    if group.ended_on:
        ended = long_date(group.ended_on)
        return f"The {label} had its last charge since {since}, and ended on {ended}."
    if charge.ends_on is None:
        return f"The {label} has its present charge since {since}."
    ends = f"{'ended' if charge.ends_on < on else 'ends'} on {long_date(charge.ends_on)}"
    return f"The {label} has its present charge since {since}, and it {ends}."


def _background(group: Group, check_in: CheckIn | None, label: str, on: date) -> list[str]:
    assert group.renewal is not None
    renewal, answer, outcome = group.renewal, group.renewal.answer, outcome_of(group)
    charge, said = group.charge, [_standing(group, label, on)]
    if outcome == Outcome.LAPSED:
        told = long_date(renewal.noticed_on) if renewal.noticed_on else ""
        said.append(
            "Its conveners were reminded of the renewal, and have not answered."
            + (f" They were told on {told} that the group would lapse." if told else "")
        )
    elif answer.report:
        said.append(answer.report)
    if answer.agreement:
        said.append(f"The agreement of the {answer.other_name}: {answer.agreement}")
    if check_in:
        said.append(
            f"In the year to {long_date(check_in.year_ends)} it counted "
            f"{_counted(check_in.meetings, 'meeting', 'meetings')} and "
            f"{_counted(check_in.participants, 'person', 'people')} who took part."
        )
    if outcome == Outcome.CHANGED:
        if answer.name != group.name:
            said.append(f"Name until now: {group.name}\nName asked for: {answer.name}")
        if answer.charge != charge.text:
            said.append(f"Charge until now: {charge.text}")
            said.append(f"Charge asked for: {answer.charge}")
    elif outcome in {Outcome.DISSOLVED, Outcome.LAPSED, Outcome.SUCCEEDED, Outcome.MERGED}:
        said.append(f"Charge until now: {charge.text}")
    return said


def _counted(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"
