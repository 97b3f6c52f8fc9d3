"""Letters that invite somebody to convene a petition."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from chalicelib.domain.outbox.letters import Letter
from chalicelib.domain.people.addresses import key_of
from chalicelib.domain.petitions import conveners as rules
from chalicelib.domain.petitions.petition import Petition
from chalicelib.domain.petitions.text import Convener
from chalicelib.services.commands import Step
from chalicelib.services.context import Services
from chalicelib.services.outbox.email_queue import about

DAY = timedelta(days=1)


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


def within_a_day(step: Step[Any, Any], chosen: Iterable[Convener]) -> list[Convener]:
    """Those of the chosen whom the person may still invite today, each of them counted: else
    somebody could write to the whole world by naming other addresses time after time.

    A command that is decided anew counts nobody twice.
    """
    person = step.by.actor.person
    allowed = []
    for convener in chosen:
        key = f"invited-{key_of(convener.email)}"
        if key not in step.once:
            number = step.services.store.limits.count(
                f"invitations#{person.id if person else ''}",
                step.by.at,
                int(DAY.total_seconds()),
            )
            within = number <= step.services.policy.invitations.a_day
            step.once[key] = "yes" if within else ""
        if step.once[key]:
            allowed.append(convener)
    return allowed


def next_day(now: datetime) -> datetime:
    """When the count of a day's invitations begins anew."""
    return now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0) + DAY


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
