"""What an announced result brings about, in the transaction that announces it."""

from typing import Any

from chalicelib.domain import group as groups
from chalicelib.domain import motion as rules
from chalicelib.domain import petition as petitions
from chalicelib.domain.errors import NotFound
from chalicelib.domain.motion import Motion
from chalicelib.domain.tally import in_words
from chalicelib.services.commands import Step
from chalicelib.services.context import Services
from chalicelib.services.writing import tell_signatories, to_conveners


def bring_about(step: Step[Any, Any], new: Motion) -> None:
    """Adds what a carried or lost motion decides to the announcement's transaction: the petition
    approved and its group chartered, or the petition declined.
    """
    services = step.services
    petition = services.store.petitions.get(new.petition_id)
    if petition is None or new.tally is None:
        raise NotFound("The petition of this motion is missing.")
    vote = in_words(new.tally)
    if new.state == rules.State.CARRIED:
        slug = _free_slug(services, petition.text.name)
        decided, told = petitions.approve(petition, slug, new.id, vote, step.by)
        group, chartered = groups.charter(slug, petition, new, services.policy, step.by)
        services.store.groups.add(step.unit, group, chartered)
        to_conveners(step, decided, told, "petition-approved", vote=vote)
        tell_signatories(step, decided, told, "signatory-petition-approved")
    else:
        decided, told = petitions.decline(petition, new.id, vote, step.by)
        to_conveners(step, decided, told, "petition-declined", vote=vote)
        tell_signatories(step, decided, told, "signatory-petition-declined")
    services.store.petitions.save(step.unit, petition, decided, told, None)


def _free_slug(services: Services, name: str) -> str:
    """A group address that nobody has. Two at once are told apart by the transaction."""
    slug = groups.slug_of(name)
    number = 1
    candidate = slug
    while services.store.groups.get(candidate) is not None:
        number += 1
        candidate = f"{slug}-{number}"
    return candidate
