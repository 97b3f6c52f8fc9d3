"""The API makes its operations known at its first request, also when several come first at once."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
CODE = """
import sys, threading
sys.setswitchinterval(1e-6)
from chalicelib import bootstrap
from chalicelib.web.api import entrance, operations
start, failed = threading.Barrier(8), []

def first():
    start.wait()
    try:
        entrance.ready()
        assert operations.find("POST", "/petitions")[0], "not there yet"
    except BaseException as error:
        failed.append(repr(error))

threads = [threading.Thread(target=first) for _ in range(8)]
for thread in threads: thread.start()
for thread in threads: thread.join()
print(failed, len(operations.OPERATIONS) > 100)
"""


def test_several_first_requests_at_once_find_every_operation():
    done = subprocess.run(
        [sys.executable, "-c", CODE], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.stdout == "[] True\n", done.stderr
