"""A local AWS of its own for a measurement, and this process set to use it."""

import os
import signal
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from local import resources
from local.stack import Running, running_aws


@contextmanager
def local_aws() -> Iterator[Running]:
    """The real local AWS with table, bucket and queues, in a folder that is removed afterwards.

    The product reads its environment on import: import it inside the block and not before.
    """
    before = dict(os.environ)
    # An end by SIGTERM is to stop the local AWS and remove the folder too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    with (
        tempfile.TemporaryDirectory(prefix="groundswell-bench-") as folder,
        running_aws(Path(folder), durable=False) as aws,
    ):
        try:
            os.environ.clear()
            os.environ.update(aws.environ)
            resources.create(aws.environ)
            yield aws
        finally:
            os.environ.clear()
            os.environ.update(before)
