"""E-mail addresses: delivered to as typed, compared in one canonical form."""

import hashlib
import unicodedata


def canonical(address: str) -> str:
    """The form in which two spellings of one address are equal.

    Expects an address that was found well-formed. Letter case is folded and the domain is
    put in its ASCII form; the result is for comparing and never for delivery.
    """
    local, _, domain = unicodedata.normalize("NFC", address.strip()).rpartition("@")
    try:
        domain = domain.encode("idna").decode("ascii")
    except UnicodeError:
        domain = domain.casefold()
    return f"{local.casefold()}@{domain.lower()}"


def key_of(address: str) -> str:
    """A fixed-length key for an address: the first 32 hex digits of its SHA-256."""
    return hashlib.sha256(canonical(address).encode()).hexdigest()[:32]
