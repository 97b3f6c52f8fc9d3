"""Email addresses: delivered to as typed, compared in one canonical form."""

import hashlib
import tomllib
import unicodedata
from dataclasses import dataclass
from functools import cache
from pathlib import Path


@dataclass(frozen=True)
class Provider:
    """How a mail provider reads the part before the @. Its rules are in `mail_providers.toml`."""

    domains: tuple[str, ...]
    source: str
    becomes: str = ""
    tag: str = ""
    ignores_dots: bool = False


@cache
def providers() -> dict[str, Provider]:
    """The known providers by domain, read once from the file beside the package."""
    path = Path(__file__).resolve().parents[2] / "mail_providers.toml"
    rows = tomllib.loads(path.read_text("utf-8"))["provider"]
    found = [Provider(**{**row, "domains": tuple(row["domains"])}) for row in rows]
    return {domain: provider for provider in found for domain in provider.domains}


def canonical(address: str) -> str:
    """The form in which two spellings of one mailbox are equal.

    Expects an address that was found well-formed. Letter case is folded, the domain is put in
    its ASCII form, and what the provider is known to ignore is left out. The result is for
    comparing and never for delivery.
    """
    local, _, domain = unicodedata.normalize("NFC", address.strip()).rpartition("@")
    try:
        domain = domain.encode("idna").decode("ascii")
    except UnicodeError:
        domain = domain.casefold()
    local, domain = local.casefold(), domain.lower()
    provider = providers().get(domain)
    if provider:
        if provider.tag:
            # A name that is nothing but a tag stays as it is.
            local = local.partition(provider.tag)[0] or local
        if provider.ignores_dots:
            local = local.replace(".", "")
        domain = provider.becomes or domain
    return f"{local}@{domain}"


def key_of(address: str) -> str:
    """A fixed-length key for a mailbox: the first 32 hex digits of its SHA-256."""
    return hashlib.sha256(canonical(address).encode()).hexdigest()[:32]
