"""Builds the real things, once for each process. The only place that knows them all."""

from collections.abc import Callable
from datetime import datetime
from functools import cache
from typing import Any

from chalicelib.aws.files import S3Files
from chalicelib.aws.mailer import SesMailer
from chalicelib.aws.queue import SqsQueue
from chalicelib.clock import clock_for, now
from chalicelib.config import Settings, settings
from chalicelib.domain import policy
from chalicelib.mail.messages import LetterComposer
from chalicelib.packet.pdf_check import check_pdf
from chalicelib.poster import HttpPoster
from chalicelib.services import (
    access_tokens,
    amendments,
    attendance,
    bulk,
    check_ins,
    confirming,
    convening,
    discussion,
    docket,
    documents,
    gatekeeping,
    group_import,
    groups,
    leading,
    mailboxes,
    meetings,
    minutes,
    motions,
    packets,
    petitions,
    privacy,
    questions,
    recount,
    recusing,
    renewals,
    retention,
    review,
    revisions,
    rosters,
    seats,
    sign_in,
    signing,
    submissions,
    texts,
    upkeep,
    virtual_votes,
    voiding,
    votes,
    webhooks,
)
from chalicelib.services.context import Services
from chalicelib.services.ports import PacketParts, Rendered, RenderFailed
from chalicelib.services.tokens import Tokens
from chalicelib.storage.store import DynamoStore

# Importing these registers their commands.
USE_CASES = (
    access_tokens,
    amendments,
    attendance,
    bulk,
    check_ins,
    confirming,
    convening,
    discussion,
    docket,
    documents,
    gatekeeping,
    group_import,
    groups,
    leading,
    mailboxes,
    meetings,
    minutes,
    motions,
    packets,
    petitions,
    privacy,
    questions,
    recount,
    recusing,
    renewals,
    retention,
    revisions,
    review,
    rosters,
    seats,
    sign_in,
    signing,
    submissions,
    texts,
    upkeep,
    virtual_votes,
    voiding,
    votes,
    webhooks,
)


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


def build(given: Settings, clock: Callable[[], datetime] | None = None) -> Services:
    """The services for some settings; tests give a clock of their own."""
    rules = policy.load()
    return Services(
        store=DynamoStore(rules),
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
