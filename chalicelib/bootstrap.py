"""Builds the real things, once for each process. The only place that knows them all."""

from collections.abc import Callable
from datetime import datetime
from functools import cache
from typing import Any

from chalicelib import services as use_cases
from chalicelib.aws.files import S3Files
from chalicelib.aws.mailer import SesMailer
from chalicelib.aws.queue import SqsQueue
from chalicelib.clock import clock_for, now
from chalicelib.config import Settings, settings
from chalicelib.discovery import modules_below
from chalicelib.domain.policy import rules as policy
from chalicelib.mail.messages import LetterComposer
from chalicelib.packet.pdf_check import check_pdf
from chalicelib.poster import HttpPoster
from chalicelib.services.context import Services
from chalicelib.services.people.tokens import Tokens
from chalicelib.services.ports import PacketParts, Rendered, RenderFailed
from chalicelib.storage.store import Store
from chalicelib.storage.table import Table

# Importing the use cases registers their commands.
modules_below(use_cases)


def render(
    content: dict[str, Any],
    progress: Callable[[int, int, str], None] | None,
    parts: PacketParts | None = None,
) -> Rendered:
    """Renders a packet. WeasyPrint is imported by the worker that needs it and nowhere else."""
    from chalicelib.packet.render import RenderError, render_packet  # noqa: PLC0415

    try:
        return render_packet(content, progress, parts)
    except RenderError as error:
        raise RenderFailed(str(error), error.document) from error


def dynamo_table(name: str) -> Table:
    """The table with this name. PynamoDB is imported when the first table is asked for."""
    from chalicelib.storage.dynamo import DynamoTable  # noqa: PLC0415

    return DynamoTable(name)


def build(
    given: Settings, clock: Callable[[], datetime] | None = None, table: Table | None = None
) -> Services:
    """The services for some settings; tests give a clock and a table of their own."""
    rules = policy.load()
    return Services(
        store=Store(table or dynamo_table(given.table), rules),
        queue=SqsQueue(given.queue_prefix),
        files=S3Files(given.bucket),
        mailer=SesMailer(given.sender),
        composer=LetterComposer(given.base_url, rules),
        renderer=render,
        pdf_checker=check_pdf,
        poster=HttpPoster(given.local),
        policy=rules,
        tokens=Tokens(given.secret, given.former_secret),
        clock=clock or clock_for(given) or now,
        base_url=given.base_url,
        administrator=given.administrator,
        edge=given.edge,
    )


@cache
def services() -> Services:
    """The services of this process."""
    return build(settings())
