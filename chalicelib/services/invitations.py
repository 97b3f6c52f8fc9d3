"""Letters that invite somebody to convene a petition."""

from collections.abc import Iterable
from typing import Any

from chalicelib.domain import convening as rules
from chalicelib.domain.addresses import key_of
from chalicelib.domain.letters import Letter
from chalicelib.domain.petition import Petition
from chalicelib.domain.petition_text import Convener
from chalicelib.services.commands import Step
from chalicelib.services.context import Services
from chalicelib.services.writing import about


def letters_sent(services: Services, petition: Petition) -> dict[str, int]:
    """How many invitations went to each co-convener who has not agreed yet, by address key.

    The outbox knows: somebody who is taken out of a draft and put in again is not invited anew
    without end.
    """
    most = services.policy.invitations.most
    keys = [key_of(c.email) for c in rules.waiting(petition)]
    return {
        key: next(
            (
                n
                for n in range(most)
                if not services.store.outbox.known(_letter_id(petition, key, n + 1))
            ),
            most,
        )
        for key in keys
    }


def write_invitations(
    step: Step[Any, Any], petition: Petition, chosen: Iterable[Convener], sent: dict[str, int]
) -> None:
    """Puts the next letter to each of those who were chosen into the command's transaction."""
    for convener in chosen:
        key = key_of(convener.email)
        letter = Letter(
            id=_letter_id(petition, key, sent[key] + 1),
            kind="convener-invitation",
            to=convener.email,
            name=convener.name,
            data={
                **about(petition),
                "inviter": step.by.actor.name,
                "charge": (petition.published or petition.text).charge,
            },
        )
        step.services.store.outbox.add(step.unit, letter, step.by.at)


def _letter_id(petition: Petition, key: str, number: int) -> str:
    return f"{petition.id}-invitation-{key[:16]}-{number}"
