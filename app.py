"""The Chalice application: wires pages and jobs together and does nothing else."""

import os

from chalice import Chalice

from chalicelib import logs
from chalicelib.config import LOCAL, check_at_start, on_aws, stage_of
from chalicelib.web.pages import ways_back
from chalicelib.web.routes import blueprints

logs.start(os.environ)
check_at_start()
# Its own handler would write every line once more.
app = Chalice(app_name="groundswell", configure_logs=False)
# An upload is bytes: API Gateway would otherwise take it for text and spoil it.
app.api.binary_types.extend(["application/pdf", "multipart/form-data"])

for blueprint in blueprints(local=stage_of(os.environ) == LOCAL):
    app.register_blueprint(blueprint)
# The web function runs none of the jobs, whose functions load their own modules: on Lambda it does
# without them. Whoever packages or tests the application needs all.
if not on_aws(os.environ):
    from chalicelib import jobs

    for job in jobs.all_of_them():
        app.register_blueprint(job.bp)

app.register_blueprint(ways_back(app.routes).blueprint)
