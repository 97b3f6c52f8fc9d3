"""Staff open or remind of several renewals at once: looked at first, then each one by itself."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from chalicelib.domain.errors import RuleError
from chalicelib.domain.groups.group import Group, Why
from chalicelib.domain.people.people import Actor
from chalicelib.domain.people.roles import authorize
from chalicelib.domain.policy.rules import Policy
from chalicelib.domain.renewals import renewal
from chalicelib.domain.times import long_date
from chalicelib.services.context import Services
from chalicelib.services.groups.groups import MISSING

log = logging.getLogger(__name__)

# One request does them all, and API Gateway waits for it half a minute.
MOST = 100


class Action(StrEnum):
    """What is done to each of the groups: the command behind it."""

    OPEN = "renewal.open"
    REMIND = "renewal.remind"


@dataclass(frozen=True)
class Line:
    """One group of those that were chosen. `done` says that it will be done, or was; `words` say
    what that is, or why not.
    """

    slug: str
    name: str
    done: bool
    words: str


def preview(
    services: Services, actor: Actor, action: Action, slugs: Sequence[str]
) -> tuple[Line, ...]:
    """What would happen to each group; nothing is done. A read for each. Raises NotAllowedError."""
    authorize(actor, action.value)
    today, policy, lines = services.today(), services.policy, []
    for slug in slugs:
        found = services.store.groups.get(slug)
        if found is None:
            lines.append(Line(slug, slug, False, MISSING))
            continue
        refusal = _why_not(action, found, today, policy)
        words = refusal or _will(action, found, today, policy)
        lines.append(Line(slug, found.name, not refusal, words))
    return tuple(lines)


def _why_not(action: Action, found: Group, today: date, policy: Policy) -> str:
    if action == Action.REMIND:
        return renewal.why_not_remind(found, today)
    if not found.living:
        return "It has ended. To revive it, open its renewal on its own page."
    return renewal.why_not_open(found, today, policy)


def _will(action: Action, found: Group, today: date, policy: Policy) -> str:
    written = [c.name for c in found.acting if c.email]
    letter = f"An email goes to {', '.join(written)}." if written else "There is nobody to email."
    if action == Action.REMIND:
        return letter
    ends = found.charge.ends_on
    if ends and renewal.why_now(found, today, policy) == Why.END:
        return f"The renewal of the charge that ends on {long_date(ends)} opens. {letter}"
    opens = renewal.opens_on(found, policy)
    by_itself = f"; by itself it would on {long_date(opens)}" if opens else ""
    return f"A renewal opens before its time{by_itself}. {letter}"


def run(
    action: Action,
    chosen: Sequence[tuple[str, str]],
    perform: Callable[[str, str], object],
) -> tuple[Line, ...]:
    """Does it to each group, given as address and name, by `perform(command, address)`: what one
    of them refuses keeps no other from it.
    """
    return tuple(Line(slug, name, *_tried(action, slug, perform)) for slug, name in chosen)


_DONE = {Action.OPEN: "Its renewal is open.", Action.REMIND: "Its conveners were reminded."}


def _tried(action: Action, slug: str, perform: Callable[[str, str], object]) -> tuple[bool, str]:
    try:
        perform(action.value, slug)
    except RuleError as error:
        return False, error.message
    except Exception:
        log.exception("one of several renewals failed; the others go on")
        return False, "Something is wrong on our side. Nothing was changed: try this one again."
    return True, _DONE[action]
