"""Tokens in links and cookies. Each is bound to its purpose, and only digests are stored."""

import hashlib
import hmac
import secrets

from itsdangerous import BadSignature, URLSafeSerializer

from chalicelib.domain.errors import NotFoundError


class Tokens:
    """Makes and reads signed tokens. A token for one purpose is of no use for another.

    What was signed with the former secret, before the last rotation, is still read.
    """

    def __init__(self, secret: str, former: str = "") -> None:
        if len(secret) < 32:
            raise ValueError("GROUNDSWELL_SECRET has to be at least 32 characters long.")
        self._secret = secret
        # The last one signs; each is tried when a token is read.
        self._keys = [former, secret] if former else [secret]

    def make(self, purpose: str, *parts: str) -> str:
        """A URL-safe token that carries `parts`; the same parts give the same token."""
        return self._serializer(purpose).dumps(list(parts))

    def read(self, purpose: str, token: str) -> list[str]:
        """The parts of a token. Raises NotFoundError when it was not made here for this purpose."""
        try:
            parts = self._serializer(purpose).loads(token)
        except BadSignature as error:
            raise NotFoundError(
                "This link is not complete. Copy the full link from the email."
            ) from error
        return [str(part) for part in parts]

    def keyed(self, purpose: str, text: str) -> str:
        """A digest by which equal texts are known and from which none is found: 16 hex digits of
        HMAC-SHA256 with the installation's secret. Without the secret, the few billion network
        addresses could be tried one by one.
        """
        message = f"{purpose}\0{text}".encode()
        return hmac.new(self._secret.encode(), message, hashlib.sha256).hexdigest()[:16]

    def code(self, purpose: str, *parts: str) -> str:
        """A code of 20 letters and digits (100 bits) that people can write down; the same parts
        give the same code, and without the secret nobody finds it from them.
        """
        message = "\0".join((purpose, *parts)).encode()
        found = hmac.new(self._secret.encode(), message, hashlib.sha256).digest()
        return "".join(_ALPHABET[byte % len(_ALPHABET)] for byte in found[:20])

    def derived(self, purpose: str, text: str) -> list[bytes]:
        """Keys of 32 bytes that follow from the secret and a text; the present one first, then the
        one of before the last rotation.
        """
        message = f"{purpose}\0{text}".encode()
        return [hmac.new(k.encode(), message, hashlib.sha256).digest() for k in self._keys[::-1]]

    def _serializer(self, purpose: str) -> URLSafeSerializer:
        return URLSafeSerializer(self._keys, salt=f"groundswell.{purpose}")


def random_token() -> str:
    """A new unguessable token: 32 random bytes, URL-safe."""
    return secrets.token_urlsafe(32)


def digest(token: str) -> str:
    """What is stored in place of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"


def new_id() -> str:
    """A new id: 12 letters and digits without those that look alike (60 random bits)."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(12))
