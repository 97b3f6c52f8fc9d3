"""The Chalice application: wires pages and jobs together and does nothing else."""

import os

from chalice import Chalice

from chalicelib import logs
from chalicelib.config import LOCAL, check_at_start, on_aws, stage_of
from chalicelib.web import (
    account,
    actions,
    amendments,
    blocks,
    bulk,
    convening,
    directory,
    discussion,
    docket,
    document_forms,
    documents,
    drafts,
    exports,
    group_import,
    groups,
    leading,
    mailboxes,
    meetings,
    minutes,
    motions,
    packets,
    pages,
    petitions,
    planning,
    privacy,
    questions,
    queue,
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
)
from chalicelib.web.api import entrance

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
    convening,
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
    leading,
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
    from chalicelib.web import mailbox

    app.register_blueprint(mailbox.pages.blueprint)

app.register_blueprint(pages.ways_back(app.routes).blueprint)
