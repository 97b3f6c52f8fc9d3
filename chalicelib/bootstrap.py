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
from chalicelib.domain.policy import rules as policy
from chalicelib.mail.messages import LetterComposer
from chalicelib.packet.pdf_check import check_pdf
from chalicelib.poster import HttpPoster
from chalicelib.services.context import Services
from chalicelib.services.documents import discussion, documents, questions, revisions, submissions
from chalicelib.services.groups import check_ins, group_import, groups, timetable
from chalicelib.services.groups import conveners as group_conveners
from chalicelib.services.meetings import attendance, docket, meetings, minutes
from chalicelib.services.motions import (
    amendments,
    confirming,
    motions,
    recusing,
    virtual_votes,
    voiding,
    votes,
)
from chalicelib.services.outbox import mailboxes, webhooks
from chalicelib.services.packets import packets
from chalicelib.services.people import access_tokens, seats, sign_in
from chalicelib.services.people.tokens import Tokens
from chalicelib.services.petitions import conveners as petition_conveners
from chalicelib.services.petitions import petitions, review, texts
from chalicelib.services.ports import PacketParts, Rendered, RenderFailed
from chalicelib.services.privacy import privacy, retention
from chalicelib.services.renewals import renewals
from chalicelib.services.roster import rosters
from chalicelib.services.signing import bulk, recount, screening, signing
from chalicelib.storage.store import Store
from chalicelib.storage.table import Table

# Importing these registers their commands.
USE_CASES = (
    access_tokens,
    amendments,
    attendance,
    bulk,
    check_ins,
    confirming,
    petition_conveners,
    discussion,
    docket,
    documents,
    screening,
    group_import,
    groups,
    group_conveners,
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
    timetable,
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
