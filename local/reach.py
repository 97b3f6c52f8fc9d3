"""Lets a command at a terminal work on an installation's data: a deployed one's, or this machine's.

With GROUNDSWELL_TABLE in the environment it is that table, under the AWS settings of the
environment, and GROUNDSWELL_BUCKET and GROUNDSWELL_QUEUE_PREFIX beside it. Without, it is the local
server's data (PORT and GROUNDSWELL_DATA as for script/server), whether that server runs or not.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from local import environment, ports
from local.server import ROOT
from local.stack import running_aws


@contextmanager
def installation() -> Iterator[None]:
    """This process set to work on it. Raises OSError where there is none."""
    if os.environ.get("GROUNDSWELL_TABLE"):
        yield
        return
    with _this_machine():
        yield


@contextmanager
def _this_machine() -> Iterator[None]:
    """This process set to the local server's data, which is started if it does not run."""
    port = int(os.environ.get("PORT") or 8000)
    aws_port = int(os.environ.get("GROUNDSWELL_AWS_PORT") or port + 1)
    data = Path(os.environ.get("GROUNDSWELL_DATA") or ROOT / ".local").resolve()
    if not data.is_dir():
        raise FileNotFoundError(f"there is no {data}. Has script/server ever run?")
    environ = environment.build(port, aws_port, data, os.environ)
    before = dict(os.environ)
    try:
        os.environ.clear()
        os.environ.update(environ)
        if not ports.fault(f"{environ['AWS_ENDPOINT_URL']}/_ministack/health"):
            yield
            return
        with running_aws(data) as aws:
            os.environ.clear()
            os.environ.update(aws.environ)
            yield
    finally:
        os.environ.clear()
        os.environ.update(before)
