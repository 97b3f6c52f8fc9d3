"""What an announced result brings about, in the transaction that announces it."""

from collections.abc import Callable, Mapping
from typing import Any

from chalicelib.domain.errors import NotFoundError
from chalicelib.domain.groups import group as groups
from chalicelib.domain.groups.timetable import NOTHING_KNOWN, next_on
from chalicelib.domain.motions import motion as rules
from chalicelib.domain.motions.motion import Effect, Motion
from chalicelib.domain.motions.tally import in_words
from chalicelib.domain.motions.wording import listed
from chalicelib.domain.petitions import petition as petitions
from chalicelib.services.commands import Step
from chalicelib.services.context import Services
from chalicelib.services.motions import outcome
from chalicelib.services.motions.amendments import adopt
from chalicelib.services.outbox.email_queue import tell_signatories, to_conveners

Brings = Callable[[Step[Any, Any], Motion], None]

# What is done for each effect when its motion is decided. The module that knows how a result is
# confirmed adds its own here.
EFFECTS: dict[Effect, Brings] = {}


def brings(effect: Effect) -> Callable[[Brings], Brings]:
    """Registers what a decided motion of this effect brings about."""

    def register(handle: Brings) -> Brings:
        EFFECTS[effect] = handle
        return handle

    return register


def bring_about(step: Step[Any, Any], new: Motion) -> None:
    """Adds what a carried or lost motion decides to the announcement's transaction."""
    handle = EFFECTS.get(new.brings_about)
    if handle:
        handle(step, new)


@brings(Effect.AMEND)
def _amend(step: Step[Any, Any], new: Motion) -> None:
    """The motion that a carried amendment changes reads as it says; a lost one changes nothing."""
    if new.state == rules.State.CARRIED:
        adopt(step, new)


@brings(Effect.ESTABLISH)
def _establish(step: Step[Any, Any], new: Motion) -> None:
    """The petition approved and its group chartered, as the motion says after its amendments; or
    the petition declined.
    """
    services = step.services
    petition = services.store.petitions.get(new.petition_id)
    if petition is None or new.tally is None:
        raise NotFoundError("The petition of this motion is missing.")
    vote = in_words(new.tally)
    said = {"vote": vote, "mover": new.mover, "seconder": new.seconder}
    if new.state == rules.State.CARRIED:
        slug = _free_slug(services, new.name or petition.text.name)
        otherwise = groups.chartered_otherwise(petition, new)
        decided, told = petitions.approve(petition, slug, new.id, vote, step.by, otherwise)
        group, chartered = groups.charter(slug, petition, new, services.policy, step.by)
        due = next_on(group, services.today(), NOTHING_KNOWN, services.policy)
        services.store.groups.add(step.unit, group, chartered, due)
        said |= _decided_otherwise(petition, otherwise) | outcome.of(new, group)
        to_conveners(step, decided, told, "petition-approved", **said)
        tell_signatories(step, decided, told, "signatory-petition-approved")
    else:
        decided, told = petitions.decline(petition, new.id, vote, step.by)
        to_conveners(step, decided, told, "petition-declined", **said, **outcome.of(new))
        tell_signatories(step, decided, told, "signatory-petition-declined")
    services.store.petitions.save(step.unit, petition, decided, told, None)


def _decided_otherwise(
    petition: petitions.Petition, otherwise: Mapping[str, str]
) -> dict[str, str]:
    """What a letter says about what the Board changed, and the conditions that it made."""
    return {
        "amended_name": otherwise.get("name", ""),
        "amended_charge": otherwise.get("charge", ""),
        "petition_charge": petition.text.charge,
        "conditions": listed(otherwise.get("conditions", "")),
    }


def _free_slug(services: Services, name: str) -> str:
    """A group address that nobody has. Two at once are told apart by the transaction."""
    slug = groups.slug_of(name)
    number = 1
    candidate = slug
    while services.store.groups.get(candidate) is not None:
        number += 1
        candidate = f"{slug}-{number}"
    return candidate
