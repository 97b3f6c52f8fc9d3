"""Checks uploaded PDFs, in a process that may use so much time and memory and no more."""

import json
import os
import subprocess
import sys
from pathlib import Path

from chalicelib.services.ports import CheckedPdf, PdfRefused

ROOT = Path(__file__).resolve().parents[2]
# What an honest file needs is far below both; the web function has 512 MB and 29 seconds.
SECONDS = 15
WAIT_SECONDS = 20
BYTES = 400 * 1024 * 1024
TOO_MUCH = "This file takes too much time or memory to read. Print it as PDF anew and send that."


def check_pdf(content: bytes, most_pages: int) -> CheckedPdf:
    """What a PDF is, and how it is without its active content. Raises PdfRefused."""
    # A reader takes a PDF's beginning for granted, and so may whoever sends one on as a web page.
    if not content.startswith(b"%PDF-"):
        raise PdfRefused("This is no PDF. Save or print it as PDF and send that.")
    limits = (str(most_pages), str(SECONDS), str(BYTES))
    command = [sys.executable, "-m", "chalicelib.packet.pdf_worker", *limits]
    # Libraries may stand beside the function's code (a layer): the child looks where we do.
    path = os.pathsep.join([str(ROOT), *(entry for entry in sys.path if entry)])
    try:
        done = subprocess.run(  # noqa: S603 - our own program, and nothing of the upload in it
            command,
            input=content,
            capture_output=True,
            timeout=WAIT_SECONDS,
            check=False,
            cwd=ROOT,
            env={"PATH": os.environ.get("PATH", ""), "PYTHONPATH": path},
        )
    except subprocess.TimeoutExpired:
        raise PdfRefused(TOO_MUCH) from None
    line, _, cleaned = done.stdout.partition(b"\n")
    if done.returncode != 0 or not line:
        raise PdfRefused(TOO_MUCH)
    answer = json.loads(line)
    if "problem" in answer:
        raise PdfRefused(answer["problem"])
    return CheckedPdf(cleaned, answer["pages"], tuple(answer["removed"]))
