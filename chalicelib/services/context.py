"""The real things that use cases work with, put together once by `bootstrap`."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from chalicelib.domain.policy.rules import Policy
from chalicelib.domain.times import local_date
from chalicelib.services.people.tokens import Tokens
from chalicelib.services.ports import Composer, Files, Mailer, PdfChecker, Poster, Queue, Renderer
from chalicelib.storage.store import Store


@dataclass(frozen=True)
class Services:
    """Adapters, policy and clock. `clock` gives the present moment in UTC, and `base_url` is what
    every address of a page begins with. `administrator` and `edge` are as in `config.Settings`.
    """

    store: Store
    queue: Queue
    files: Files
    mailer: Mailer
    composer: Composer
    renderer: Renderer
    pdf_checker: PdfChecker
    poster: Poster
    policy: Policy
    tokens: Tokens
    clock: Callable[[], datetime]
    base_url: str = ""
    administrator: str = ""
    edge: str = ""

    def today(self) -> date:
        """Today in the association's zone."""
        return local_date(self.clock(), self.policy.association.zone)
