"""Which new signatures wait for staff, and the blocks and allowances that staff keep.

What is held is never told to its sender: the page is the same, and no letter goes out.
"""

import hashlib
from datetime import date, datetime
from functools import cache

from chalicelib.domain.errors import NotFoundError, ValidationError
from chalicelib.domain.people.addresses import canonical, key_of
from chalicelib.domain.people.people import Actor
from chalicelib.domain.signing import abuse as rules
from chalicelib.domain.signing.abuse import Effect, Entry, Kind, Sender
from chalicelib.domain.times import local_date
from chalicelib.services import inputs
from chalicelib.services.commands import Step, command
from chalicelib.services.context import Services

FORM = "sign-form"
HOUR = 3600


def network_of(services: Services, actor: Actor) -> str:
    """The keyed digest of the network that somebody's request came from, or nothing. It tells
    networks apart, and no address can be found from it.
    """
    name = rules.network_name(actor.network)
    return services.tokens.keyed("network", name) if name else ""


def form_token(services: Services, now: datetime) -> str:
    """What a form carries to say when it was shown."""
    return services.tokens.make(FORM, now.isoformat())


def seconds_since(services: Services, token: str, now: datetime) -> float | None:
    """How long ago a form was shown. None for a token that is missing or not ours, which speaks
    against nobody: a page may have been kept for long, or changed by a browser's extension.
    """
    try:
        (shown,) = services.tokens.read(FORM, token)
        seconds = (now - datetime.fromisoformat(shown)).total_seconds()
    except (NotFoundError, ValueError):
        return None
    return seconds if seconds >= 0 else None


@cache
def _throw_away() -> frozenset[str]:
    # Ten thousand names, read by the first signature of a process and by nothing else.
    from disposable_email_domains import blocklist  # noqa: PLC0415

    return frozenset(blocklist)


def disposable(email: str) -> bool:
    """Whether an address is at a mail domain, or below one, that gives addresses to throw away."""
    labels = canonical(email).rpartition("@")[2].split(".")
    return any(".".join(labels[first:]) in _throw_away() for first in range(len(labels) - 1))


def hold_for(
    services: Services,
    petition_id: str,
    email: str,
    actor: Actor,
    now: datetime,
    *,
    trap: str,
    seconds: float | None,
) -> str:
    """The code of `abuse.HOLDS` for which a new signature is held, or nothing.

    To be asked once for each form that is sent, since it counts the form: by address, by network
    and by petition. `trap` is what the field holds that people do not see, and `seconds` how long
    the form was open, if that is known. What is held does not count toward the petition's limit,
    so that a flood from one network does not touch those who sign from elsewhere.
    """
    sender = Sender(email, actor.network, network_of(services, actor))
    entries = _entries_about(services, sender, now)
    code = rules.decide(entries, ())
    if not code:
        signs = _signs(services, petition_id, sender, now)
        signs |= {"trap"} if trap.strip() else set()
        fastest = services.policy.abuse.fastest_seconds
        signs |= {"fast"} if seconds is not None and seconds < fastest else set()
        code = rules.decide(entries, signs)
    if _passes(services, "petition", petition_id, now, held=bool(code)) and not code:
        code = rules.decide(entries, {"petition-limit"})
    return code


def _entries_about(services: Services, sender: Sender, now: datetime) -> list[Entry]:
    today = local_date(now, services.policy.association.zone)
    kept = services.store.blocks.in_force()
    return [e for e in kept if rules.in_force(e, today) and rules.matches(e, sender)]


def _signs(services: Services, petition_id: str, sender: Sender, now: datetime) -> set[str]:
    """What the address and the counts say. Counts this form by address and by network."""
    signs = {"disposable"} if disposable(sender.email) else set()
    # With the network, so that a stranger elsewhere cannot use up somebody's limit.
    if _passes(services, "address", f"{key_of(sender.email)}#{sender.network}", now):
        signs.add("address-limit")
    on_petition = f"{petition_id}#{sender.network}"
    if sender.network and _passes(services, "network", on_petition, now):
        signs.add("network-limit")
    return signs


def _passes(services: Services, what: str, which: str, now: datetime, held: bool = False) -> bool:
    """Counts something once in each of its windows. Whether one of them holds too many now; what
    is held is counted beside the rest, and passes none.
    """
    # A petition's windows are what staff's chart is drawn from.
    keep = (services.policy.abuse.hours_shown + 24) * HOUR if what == "petition" else 0
    counted = [
        services.store.limits.count(
            counter_of(what, which, window.seconds), now, window.seconds, keep, held
        )
        > window.most
        for window in services.policy.windows_of(what)
    ]
    return any(counted) and not held


def counter_of(what: str, which: str, seconds: int) -> str:
    """The name under which something is counted."""
    return f"sign-{what}#{which}#{seconds}"


def asks_too_often(services: Services, actor: Actor, now: datetime) -> bool:
    """Whether too many sign-in letters were asked for from one network, this one counted. A
    network that staff allow has no limit.
    """
    sender = Sender("", actor.network, network_of(services, actor))
    if not sender.network or not _passes(services, "sign-in-network", sender.network, now):
        return False
    return all(e.effect != Effect.ALLOW for e in _entries_about(services, sender, now))


# The entries.


def _in_force(services: Services, target: str) -> Entry:
    entry = services.store.blocks.get(target)
    if entry is None:
        raise NotFoundError("There is no such entry, or it was lifted already.")
    return entry


@command("block.add", inputs.AddBlock)
def add(step: Step[None, inputs.AddBlock]) -> Entry:
    """A new block or allowance, in force from now on."""
    form, blocks = step.form, step.services.store.blocks
    today = local_date(step.by.at, step.services.policy.association.zone)
    kind, effect, pattern = _checked(form, step.services.policy.limits.comment, today)
    entry = Entry(
        id=_id_of(kind, pattern),
        kind=kind,
        pattern=pattern,
        effect=effect,
        reason=form.reason,
        by=step.by.actor.name,
        at=step.by.at,
        until=form.until,
    )
    before = blocks.get(entry.id)
    if before and rules.in_force(before, today):
        is_now = "blocked" if before.effect == Effect.BLOCK else "allowed"
        raise ValidationError({"pattern": f"This is {is_now} already. Lift that entry first."})
    blocks.add(step.unit, entry, before)
    return entry


def _checked(form: inputs.AddBlock, longest: int, today: date) -> tuple[Kind, Effect, str]:
    """Raises ValidationError with every field that needs another look."""
    errors: dict[str, str] = {}
    if form.kind not in set(Kind):
        errors["kind"] = "Choose what this is about."
    if form.effect not in set(Effect):
        errors["effect"] = "Choose whether to block or to allow."
    if not form.reason:
        errors["reason"] = "Say why. It stays on record."
    elif len(form.reason) > longest:
        errors["reason"] = f"Shorten this to {longest} characters."
    if form.until and form.until < today:
        errors["until"] = "This day is over. Enter a later one, or none."
    kind = Kind(form.kind) if "kind" not in errors else None
    effect = Effect(form.effect) if "effect" not in errors else Effect.BLOCK
    pattern = ""
    try:
        pattern = _pattern(kind, form.pattern, effect) if kind else ""
    except ValidationError as error:
        errors |= error.errors
    if errors or kind is None:
        raise ValidationError(errors)
    return kind, effect, pattern


def _pattern(kind: Kind, text: str, effect: Effect) -> str:
    pattern = rules.read_pattern(kind, text, effect)
    if kind == Kind.ADDRESS:
        try:
            inputs.clean_email(pattern)
        except ValueError as error:
            raise ValidationError({"pattern": str(error)}) from error
    return pattern


def _id_of(kind: Kind, pattern: str) -> str:
    """An entry's id: the same for two spellings of one address, so that one entry is in force."""
    plain = canonical(pattern) if kind == Kind.ADDRESS else pattern
    return hashlib.sha256(f"{kind}\0{plain}".encode()).hexdigest()[:16]


@command("block.lift", load=_in_force)
def lift(step: Step[Entry, inputs.Nothing]) -> Entry:
    """An entry out of force from now on; it stays readable."""
    lifted = rules.lift(step.subject, step.by.actor.name, step.by.at)
    step.services.store.blocks.lift(step.unit, lifted)
    return lifted
