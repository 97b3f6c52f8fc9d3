"""What the use cases need from the outside, as protocols that adapters implement."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol


class Queue(Protocol):
    """Says that there is work; losing what it says only makes the work later."""

    def nudge(self, queue: str, pk: str, sk: str) -> None: ...
    def nudge_all(self, work: Iterable[tuple[str, str, str]]) -> None: ...


class Files(Protocol):
    """Where packets and uploaded rosters are kept."""

    def put(self, key: str, content: bytes, content_type: str) -> None: ...
    def get(self, key: str) -> bytes | None: ...
    def has(self, key: str) -> bool: ...
    def delete(self, key: str) -> None: ...
    def old(self, prefix: str, before: datetime | None = None) -> list[str]: ...
    def link(self, key: str, filename: str, seconds: int = 300) -> str: ...


@dataclass(frozen=True)
class Message:
    """A letter as it is sent."""

    subject: str
    text: str
    html: str


class Composer(Protocol):
    """Writes a letter of a kind from its data."""

    def __call__(self, kind: str, name: str, data: dict[str, Any]) -> Message: ...


class Mailer(Protocol):
    """Sends one letter. Raises MailError when it could not be handed over."""

    def send(self, to: str, message: Message, letter_id: str) -> None: ...


class PostFailed(Exception):  # noqa: N818 - named as the reader says it
    """A message did not get through; the message says why, in a word."""


class Poster(Protocol):
    """Sends a message to other software, and returns the status. Raises PostFailed."""

    def post(self, url: str, body: bytes, headers: dict[str, str]) -> int: ...


class RenderedFile(Protocol):
    """A finished PDF: its bytes, how many pages they hold, their SHA-256 in hex, and the standards
    that it keeps.
    """

    @property
    def pdf(self) -> bytes: ...
    @property
    def pages(self) -> int: ...
    @property
    def sha256(self) -> str: ...
    @property
    def claims(self) -> tuple[str, ...]: ...


class RenderedAlone(RenderedFile, Protocol):
    """One document of a packet alone, by its number."""

    @property
    def number(self) -> str: ...


class Rendered(RenderedFile, Protocol):
    """A finished packet, with each of its documents alone."""

    @property
    def documents(self) -> tuple[RenderedAlone, ...]: ...


@dataclass(frozen=True)
class CheckedPdf:
    """An uploaded PDF without its active content: the bytes to show, how many pages they hold, and
    what was removed (nothing: the bytes are those that were uploaded).
    """

    content: bytes
    pages: int
    removed: tuple[str, ...] = ()


class PdfRefused(Exception):  # noqa: N818
    """The file is not taken; the message says why, and what to do."""


class PdfChecker(Protocol):
    """Looks into an uploaded PDF of at most so many pages. Raises PdfRefused."""

    def __call__(self, content: bytes, most_pages: int) -> CheckedPdf: ...


class RenderFailed(Exception):  # noqa: N818
    """The packet cannot be made as it is; the message says which document and why. `document` is
    the number of the one that is at fault, if one is.
    """

    def __init__(self, message: str, document: str = "") -> None:
        super().__init__(message)
        self.document = document


class PacketParts(Protocol):
    """Where a renderer keeps set pages from one packet to the next, by the digest of what they
    say, and where it reads uploaded files.
    """

    def get(self, key: str) -> bytes | None: ...
    def put(self, key: str, pdf: bytes) -> None: ...
    def upload(self, key: str) -> bytes | None: ...


class Renderer(Protocol):
    """Makes the PDF of a packet's content. Raises RenderFailed."""

    def __call__(
        self,
        content: dict[str, Any],
        progress: Callable[[int, int, str], None] | None,
        parts: PacketParts | None = None,
    ) -> Rendered: ...
