"""Patterns by which staff choose many signatures at once: of addresses, of names, of networks.

`*` stands for any run of characters and `?` for one. Letters are compared without regard to
case; an address as it was typed and in its canonical form, a name without its accents too.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

from chalicelib.domain.errors import ValidationError
from chalicelib.domain.people.addresses import canonical
from chalicelib.domain.signing.abuse import EVERYTHING
from chalicelib.domain.signing.signature import Signature

LONGEST = 254
_WILD = "*?"
_NETWORK = re.compile(r"[0-9a-f]{16}")


@dataclass(frozen=True, kw_only=True)
class Pattern:
    """What a signature has to fit in every part that is given; an empty part asks for nothing.

    `address` is a glob with an @, or a domain (with `*.` in front: and all below it). `name` is
    a glob, `network` the digest of a network as staff's pages show it.
    """

    address: str = ""
    name: str = ""
    network: str = ""


def glob(pattern: str, text: str) -> bool:
    """Whether the whole text fits a pattern of `*` and `?`; both as they stand.

    Takes time proportional to the product of both lengths at the very most, whatever the
    pattern: it only ever goes back to the last star.
    """
    at = here = 0
    star, resume = -1, 0
    while here < len(text):
        if at < len(pattern) and pattern[at] == "*":
            star, resume = at, here
            at += 1
        elif at < len(pattern) and pattern[at] in {"?", text[here]}:
            at += 1
            here += 1
        elif star >= 0:
            resume += 1
            at, here = star + 1, resume
        else:
            return False
    return not pattern[at:].strip("*")


def read(address: str, name: str, network: str) -> Pattern:
    """The pattern that staff typed. Raises ValidationError, by field, for one that is none or that
    everybody fits.
    """
    address, name, network = address.strip(), name.strip(), network.strip().lower()
    errors: dict[str, str] = {}
    if not (address or name or network):
        errors["address"] = "Enter a pattern for the address or the name, or choose a network."
    for field, text in (("address", address), ("name", name)):
        if len(text) > LONGEST:
            errors[field] = f"Shorten this to {LONGEST} characters."
        elif text and not text.strip("*?@. "):
            errors[field] = EVERYTHING
    if address.count("@") > 1:
        errors.setdefault("address", "An address has one @. Write *@example.org, say.")
    elif address and "@" not in address and not _is_domain(address):
        errors.setdefault(
            "address", "Write *@example.org, a domain like *.example.org, or name*@example.org."
        )
    if network and not _NETWORK.fullmatch(network):
        errors["network"] = "Enter the 16 letters and digits that a traffic page shows."
    if errors:
        raise ValidationError(errors)
    return Pattern(address=address, name=name, network=network)


def _is_domain(text: str) -> bool:
    domain = text.removeprefix("*.")
    return "." in domain.strip(".") and " " not in domain


def matches(pattern: Pattern, signature: Signature) -> bool:
    """Whether a signature fits in every part. One whose data were erased fits nothing."""
    if signature.anonymised_at or not (pattern.address or pattern.name or pattern.network):
        return False
    if pattern.network and pattern.network != signature.network:
        return False
    if pattern.address and not fits_address(pattern.address, signature.email):
        return False
    return not pattern.name or glob(plain(pattern.name), plain(signature.name))


def fits_address(pattern: str, email: str) -> bool:
    """Whether an address, as typed or in its canonical form, fits a pattern for addresses."""
    if not email:
        return False
    typed, plainly = _folded(email), canonical(email)
    if "@" not in pattern:
        return any(_at_domain(pattern, one.rpartition("@")[2]) for one in (typed, plainly))
    local, _, domain = _folded(pattern).rpartition("@")
    if not set(_WILD) & set(pattern):
        return canonical(pattern) == plainly
    wanted = {domain, _ascii(domain)}
    return any(
        glob(local, one.rpartition("@")[0]) and glob(end, one.rpartition("@")[2])
        for one in (typed, plainly)
        for end in wanted
    )


def _at_domain(pattern: str, domain: str) -> bool:
    for wanted in {_folded(pattern), _ascii(_folded(pattern))}:
        above = wanted.removeprefix("*.")
        if set(_WILD) & set(above):
            if glob(wanted, domain) or glob(above, domain):
                return True
        elif domain == above or (wanted != above and domain.endswith(f".{above}")):
            return True
    return False


def _folded(text: str) -> str:
    return unicodedata.normalize("NFC", text.strip()).casefold()


def _ascii(domain: str) -> str:
    """A domain in its ASCII form, its wildcards left as they are."""
    labels = []
    for label in domain.split("."):
        try:
            labels.append(label.encode("idna").decode("ascii") if label.strip(_WILD) else label)
        except UnicodeError:
            labels.append(label)
    return ".".join(labels)


def plain(name: str) -> str:
    """A name as it is compared: without accents, in small letters, blanks made one."""
    apart = unicodedata.normalize("NFKD", name)
    letters = "".join(c for c in apart if not unicodedata.combining(c))
    return " ".join(letters.casefold().split())


def words(pattern: Pattern) -> str:
    """A pattern in words: `address *@example.org, name J*`."""
    parts: Mapping[str, str] = {
        "address": pattern.address,
        "name": pattern.name,
        "network": pattern.network,
    }
    return ", ".join(f"{what} {text}" for what, text in parts.items() if text)
