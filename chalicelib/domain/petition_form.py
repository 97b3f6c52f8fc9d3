"""The Board's action form of a petition, written from what its conveners answered."""

from chalicelib.domain.document import Action, Form
from chalicelib.domain.motion import Effect
from chalicelib.domain.petition import Petition
from chalicelib.domain.policy import Policy
from chalicelib.domain.wording import establishing


def kind_label(petition: Petition, policy: Policy) -> str:
    """The kind of group that it asks for, as the association calls it: `Discussion group`."""
    return policy.unit(petition.kind, petition.begun_on).label


def title_of(petition: Petition, policy: Policy) -> str:
    """What the petition's document is called on the docket."""
    label = kind_label(petition, policy).lower()
    return f"Petition to establish the {petition.text.name} {label}"


def form_of(petition: Petition, policy: Policy) -> Form:
    """The action form with one action, which establishes the group."""
    text = petition.text
    lead = petition.conveners[0]
    label = kind_label(petition, policy).lower()
    return Form(
        subject=f"Request to establish the {text.name} {label}",
        submitted_by=tuple(
            ", ".join(part for part in (c.name, c.institution) if part)
            for c in petition.acting
            if c.name or c is lead
        ),
        background=text.background,
        stakeholders=text.stakeholders,
        fiscal_impact=text.fiscal_impact,
        goal_area=text.goal_area,
        actions=(Action(recommended_motion(petition, policy), Effect.ESTABLISH.value),),
    )


def recommended_motion(petition: Petition, policy: Policy) -> str:
    """The motion that grants the petition, ready to be read out.

    It quotes the charge in full, so that it stands without the papers around it.
    """
    label = kind_label(petition, policy)
    text = petition.text
    return establishing(policy.association.board, text.name, label, text.charge)
