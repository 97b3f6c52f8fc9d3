"""The Chalice application: wires pages and jobs together and does nothing else."""

import os

from chalice import Chalice

from chalicelib import logs
from chalicelib.config import LOCAL, check_at_start, on_aws, stage_of
from chalicelib.web import pages
from chalicelib.web.api import entrance
from chalicelib.web.documents import discussion, documents, questions
from chalicelib.web.documents import forms as document_forms
from chalicelib.web.groups import conveners as group_conveners
from chalicelib.web.groups import directory, group_import, groups
from chalicelib.web.meetings import actions, docket, meetings, minutes, planning
from chalicelib.web.motions import amendments, motions, vote_steps, votes
from chalicelib.web.outbox import mailboxes, webhooks
from chalicelib.web.packets import packets
from chalicelib.web.people import account, seats, tokens
from chalicelib.web.petitions import conveners as petition_conveners
from chalicelib.web.petitions import drafts, petitions, staff, texts
from chalicelib.web.privacy import privacy
from chalicelib.web.record import record
from chalicelib.web.renewals import due as renewals_due
from chalicelib.web.renewals import renewals
from chalicelib.web.roster import roster
from chalicelib.web.signing import blocks, bulk, exports, queue, signing

logs.start(os.environ)
check_at_start()
# Its own handler would write every line once more.
app = Chalice(app_name="groundswell", configure_logs=False)
# An upload is bytes: API Gateway would otherwise take it for text and spoil it.
app.api.binary_types.extend(["application/pdf", "multipart/form-data"])

for part in (
    account,
    actions,
    amendments,
    blocks,
    bulk,
    petition_conveners,
    directory,
    discussion,
    docket,
    document_forms,
    documents,
    drafts,
    entrance,
    exports,
    group_import,
    groups,
    group_conveners,
    mailboxes,
    meetings,
    minutes,
    motions,
    packets,
    pages,
    petitions,
    questions,
    planning,
    queue,
    privacy,
    record,
    renewals,
    renewals_due,
    roster,
    seats,
    signing,
    staff,
    texts,
    tokens,
    vote_steps,
    votes,
    webhooks,
):
    app.register_blueprint(part.pages.blueprint)
# The web function runs none of the jobs, whose functions load their own modules: on Lambda it does
# without them. Whoever packages or tests the application needs all.
if not on_aws(os.environ):
    from chalicelib import jobs

    for job in jobs.all_of_them():
        app.register_blueprint(job.bp)

# Never in a deployed function, whatever its stage says.
if stage_of(os.environ) == LOCAL:
    from chalicelib.web.outbox import mailbox

    app.register_blueprint(mailbox.pages.blueprint)

app.register_blueprint(pages.ways_back(app.routes).blueprint)
