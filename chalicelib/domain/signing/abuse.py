"""Which new signatures wait for staff before any letter goes out, and the entries that staff
keep about addresses, mail domains and networks. Nobody is turned away, and nobody is told.
"""

import re
from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from chalicelib.domain.errors import ValidationError
from chalicelib.domain.people.addresses import canonical, providers
from chalicelib.domain.signing.signature import Signature

# Why a signature is held, in words for staff, the first that holds being the one that is named.
HOLDS = {
    "block": "Its address, mail domain or network is blocked",
    "disposable": "Its mail domain gives out throw-away addresses",
    "trap": "A field was filled in that people do not see",
    "fast": "The form was sent faster than anybody reads it",
    "address-limit": "Too many signatures from this address in an hour",
    "network-limit": "Too many signatures of this petition from one network",
    "petition-limit": "A flood: too many signatures of this petition at once",
    "mailbox": "More members have signed from this mailbox than usually share one",
}


class Kind(StrEnum):
    """What an entry is about."""

    ADDRESS = "address"
    DOMAIN = "domain"
    NETWORK = "network"


class Effect(StrEnum):
    """What an entry does: a block holds whatever else is said, an allowance lifts the rest."""

    BLOCK = "block"
    ALLOW = "allow"


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A block or an allowance. `until` is its last day, or None; a lifted one stays readable.

    `pattern` is an address, a domain (with `*.` in front: and all below it), or an IP address, a
    range of them, or the digest of a network as staff's pages show it.
    """

    id: str
    kind: Kind
    pattern: str
    effect: Effect
    reason: str
    by: str
    at: datetime
    until: date | None = None
    lifted_by: str = ""
    lifted_at: datetime | None = None


@dataclass(frozen=True)
class Sender:
    """Who sent a form, as far as anybody can tell: an email address, the IP address that it came
    from (or nothing), and the keyed digest of that network.
    """

    email: str
    ip: str = ""
    network: str = ""


def in_force(entry: Entry, on: date) -> bool:
    """Whether an entry holds on the day `on`; its last day is one."""
    return entry.lifted_at is None and (entry.until is None or on <= entry.until)


def lift(entry: Entry, by: str, at: datetime) -> Entry:
    """The entry out of force, with who took it out."""
    return replace(entry, lifted_by=by, lifted_at=at)


def matches(entry: Entry, sender: Sender) -> bool:
    """Whether an entry is about this sender."""
    if entry.kind == Kind.NETWORK:
        return _in_network(entry.pattern, sender)
    if not sender.email:
        return False
    address = canonical(sender.email)
    if entry.kind == Kind.ADDRESS:
        return canonical(entry.pattern) == address
    wanted, domain = entry.pattern.removeprefix("*."), address.rpartition("@")[2]
    return domain == wanted or (entry.pattern != wanted and domain.endswith(f".{wanted}"))


def _in_network(pattern: str, sender: Sender) -> bool:
    if _DIGEST.fullmatch(pattern):
        return pattern == sender.network
    address = plain_ip(sender.ip)
    return address is not None and address in ip_network(pattern)


def decide(entries: Iterable[Entry], signs: Collection[str]) -> str:
    """Why a signature is held: a code of `HOLDS`, or nothing.

    `entries` are those in force that are about its sender, `signs` the codes that its form and
    the counts speak for. A block beats an allowance, and an allowance beats every other sign.
    """
    effects = {entry.effect for entry in entries}
    if Effect.BLOCK in effects:
        return "block"
    if Effect.ALLOW in effects:
        return ""
    return next((code for code in HOLDS if code in signs), "")


def plain_ip(text: str) -> IPv4Address | IPv6Address | None:
    """The IP address that a text writes, or None; IPv4 that is wrapped in IPv6 is unwrapped."""
    try:
        found = ip_address(text.strip().partition("%")[0])
    except ValueError:
        return None
    return (found.ipv4_mapped or found) if isinstance(found, IPv6Address) else found


def network_name(ip: str) -> str:
    """The network that an IP address stands for: itself, or the /64 of an IPv6 address, which is
    what one connection is given. Nothing for what is no address.
    """
    address = plain_ip(ip)
    if isinstance(address, IPv6Address):
        return str(ip_network((address, 64), strict=False))
    return str(address) if address else ""


# What staff write.

_DIGEST = re.compile(r"[0-9a-f]{16}")
_DOMAIN = re.compile(r"([a-z0-9_-]{1,63}\.)*[a-z0-9-]{1,63}")
# A wider range than this is a large part of the internet.
WIDEST = {4: 8, 6: 16}
EVERYTHING = "This matches everybody. Use a narrower pattern."


def read_pattern(kind: Kind, text: str, effect: Effect) -> str:
    """A domain or network as it is kept. Raises ValidationError, at `pattern`, for what is none, or
    is so wide that it is a mistake. Addresses are kept as they are typed.
    """
    if not text:
        raise ValidationError({"pattern": "Enter an address, a mail domain or a network."})
    if kind == Kind.NETWORK:
        return _read_network(text)
    return _read_domain(text, effect) if kind == Kind.DOMAIN else text


def _read_domain(text: str, effect: Effect) -> str:
    if not text.strip("*.@ "):
        raise ValidationError({"pattern": EVERYTHING})
    given = text.lower().removeprefix("@")
    below = "*." if given.startswith("*.") else ""
    domain = canonical(f"x@{given.removeprefix('*.').rstrip('.')}").rpartition("@")[2]
    plain = "@" not in given and _DOMAIN.fullmatch(domain)
    if not plain or ("." not in domain and not below):
        raise ValidationError({"pattern": "Enter a domain like example.org or *.example.org."})
    if effect == Effect.BLOCK:
        if "." not in domain:
            raise ValidationError({"pattern": EVERYTHING})
        if domain in providers():
            raise ValidationError(
                {"pattern": "Many honest people write from there. Block single addresses instead."}
            )
    return below + domain


def _read_network(text: str) -> str:
    if _DIGEST.fullmatch(text.lower()):
        return text.lower()
    if text == "*":
        raise ValidationError({"pattern": EVERYTHING})
    try:
        found = ip_network(network_name(text) or text, strict=False)
    except ValueError as error:
        raise ValidationError(
            {
                "pattern": "Enter an IP address, a range like 192.0.2.0/24, or the 16 letters and "
                "digits that stand for a network on a traffic page."
            }
        ) from error
    if found.prefixlen < WIDEST[found.version]:
        raise ValidationError({"pattern": EVERYTHING})
    return str(found.network_address) if found.num_addresses == 1 else str(found)


# What staff are shown.


@dataclass(frozen=True)
class Span:
    """Some minutes of a petition's traffic: how many forms were sent, those held among them."""

    began: datetime
    begun: int
    held: int


def spans(
    counted: Iterable[tuple[datetime, int, int]], since: datetime, now: datetime, seconds: int
) -> list[Span]:
    """One span for each window of so many seconds from `since` to `now`, the empty ones too, of
    those in which something was counted: when it began, how much was let through, how much held.
    """
    found = {began: (passed, held) for began, passed, held in counted}
    first, last = (int(moment.timestamp()) // seconds for moment in (since, now))
    starts = [datetime.fromtimestamp(n * seconds, since.tzinfo) for n in range(first, last + 1)]
    rows = [(start, *found.get(start, (0, 0))) for start in starts]
    return [Span(start, passed + held, held) for start, passed, held in rows]


@dataclass(frozen=True)
class Cluster:
    """Signatures that share a network or a mail domain. `held` of them wait for staff."""

    name: str
    count: int
    held: int


def clusters(signatures: Iterable[Signature]) -> tuple[list[Cluster], list[Cluster]]:
    """The networks and the mail domains of some signatures, the most frequent first."""
    networks: Counter[str] = Counter()
    domains: Counter[str] = Counter()
    held: Counter[str] = Counter()
    for one in signatures:
        domain = one.email.rpartition("@")[2].lower()
        for counter, name in ((networks, one.network), (domains, domain)):
            if name:
                counter[name] += 1
                held[name] += bool(one.hold) and one.state == "held"
    return _ranked(networks, held), _ranked(domains, held)


def _ranked(counter: Counter[str], held: Counter[str]) -> list[Cluster]:
    rows = sorted(counter.items(), key=lambda row: (-row[1], row[0]))
    return [Cluster(name, count, held[name]) for name, count in rows]
