"""The Board's action form of a petition, written from what its conveners answered."""

from collections.abc import Mapping

from chalicelib.domain.documents.document import Action, Form
from chalicelib.domain.motions.motion import Effect
from chalicelib.domain.motions.wording import Subject, establishing, renewing
from chalicelib.domain.petitions.petition import Petition
from chalicelib.domain.policy.rules import Policy


def kind_label(petition: Petition, policy: Policy) -> str:
    """The kind of group that it asks for, as the association calls it: `Discussion group`."""
    return policy.unit(petition.kind, petition.begun_on).label


def title_of(petition: Petition, policy: Policy) -> str:
    """What the petition's document is called on the docket."""
    label = kind_label(petition, policy).lower()
    if petition.continues:
        return f"Petition to continue the {petition.continues_name} {label}"
    return f"Petition to establish the {petition.text.name} {label}"


def form_of(petition: Petition, policy: Policy) -> Form:
    """The action form with one action, which establishes the group, or continues it."""
    text = petition.text
    lead = petition.conveners[0]
    label = kind_label(petition, policy).lower()
    asks, name = (
        ("continue", petition.continues_name) if petition.continues else ("establish", text.name)
    )
    return Form(
        subject=f"Request to {asks} the {name} {label}",
        submitted_by=tuple(
            ", ".join(part for part in (c.name, c.institution) if part)
            for c in petition.acting
            if c.name or c is lead
        ),
        background=text.background,
        stakeholders=text.stakeholders,
        fiscal_impact=text.fiscal_impact,
        goal_area=text.goal_area,
        actions=(Action(recommended_motion(petition, policy), effect_of(petition).value),),
    )


def effect_of(petition: Petition) -> Effect:
    """What the motion on a petition brings about."""
    return Effect.RENEW if petition.continues else Effect.ESTABLISH


def recommended_motion(petition: Petition, policy: Policy) -> str:
    """The motion that grants the petition, ready to be read out.

    It quotes the charge in full, so that it stands without the papers around it.
    """
    text = petition.text
    return worded(petition, {"name": text.name, "charge": text.charge, "conditions": ""}, policy)


def worded(petition: Petition, parts: Mapping[str, str], policy: Policy) -> str:
    """The motion that grants the petition with the name, the charge and the conditions given."""
    rule, board = policy.unit(petition.kind, petition.begun_on), policy.association.board
    name, charge, conditions = parts["name"], parts["charge"], parts["conditions"]
    if not petition.continues:
        return establishing(board, name, rule.label, charge, conditions)
    subject = Subject(board=board, name=petition.continues_name, label=rule.label)
    return renewing(subject, name, charge, conditions, years=rule.charge_years, changed=True)
