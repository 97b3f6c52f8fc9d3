"""Logs as JSON, a line for each thing that happened, joined by the id of the request behind it.

No personal data: what people typed, their addresses and names, tokens and networks are in no line.
An exception's own message may hold any of them, so its kind and place are logged in its stead.
"""

import json
import logging
import re
import secrets
import sys
import time
import traceback
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any

from chalicelib.config import LOCAL, stage_of

NAMESPACE = "Groundswell"
# Milliseconds and counts; each name, by its dimension's values, is a metric that AWS charges for.
UNITS = {"RequestMilliseconds": "Milliseconds", "PacketSeconds": "Seconds"}
_ADDRESS = re.compile(r"[^\s\"'<>(),;:]+@[^\s\"'<>(),;:]+")
_NETWORK = re.compile(r"\b(?:\d{1,3}\.){3}\d{1,3}\b|\b(?:[0-9a-fA-F]{1,4}:){3,}[0-9a-fA-F:]*")
_QUERY = re.compile(r"\?\S+=\S*")
_LONG = re.compile(r"[\w.-]{40,}")

_request: ContextVar[str] = ContextVar("request", default="")
_stage = ""

log = logging.getLogger(__name__)


def request_id() -> str:
    """The id of the web request that the present work goes back to, or nothing."""
    return _request.get()


def new_id() -> str:
    """An id for work that no request began."""
    return secrets.token_hex(8)


class WorkFailed(Exception):  # noqa: N818 - it says what became of it
    """A piece of work failed, and was logged. The message names nobody."""


class JsonFormatter(logging.Formatter):
    """One line of JSON. `extra={"facts": …, "metrics": …}` adds fields, and figures for CloudWatch
    in its embedded metric format, which costs no call.
    """

    def format(self, record: logging.LogRecord) -> str:
        """The line for a record."""
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name.removeprefix("chalicelib."),
            # What a library puts into its words is not ours to know.
            "message": _masked(record.getMessage() if _is_own(record) else str(record.msg)),
            "request": request_id(),
        }
        line |= getattr(record, "facts", {})
        if record.exc_info and record.exc_info[1]:
            line["error"] = _error(record.exc_info[1])
        if metrics := getattr(record, "metrics", {}):
            line |= _embedded(metrics, record.created)
        return json.dumps(line, default=str)


def _is_own(record: logging.LogRecord) -> bool:
    return record.name.startswith("chalicelib")


def _masked(text: str) -> str:
    text = _NETWORK.sub("[network]", _QUERY.sub("?[query]", _ADDRESS.sub("[address]", text)))
    return _LONG.sub("[long]", text)


def _error(error: BaseException) -> dict[str, Any]:
    """An exception without its message: its kind, where it was raised, and what caused it."""
    frames = traceback.extract_tb(error.__traceback__)
    found: dict[str, Any] = {
        "kind": f"{type(error).__module__}.{type(error).__qualname__}",
        "at": [f"{f.filename.rpartition('/')[2]}:{f.lineno} {f.name}" for f in frames[-8:]],
    }
    # AWS says by a code and an operation what it would not do; its text may quote a key.
    answer = getattr(error, "response", None)
    if isinstance(answer, Mapping) and isinstance(answer.get("Error"), Mapping):
        found["code"] = answer["Error"].get("Code", "")
        found["operation"] = getattr(error, "operation_name", "")
    cause = error.__cause__ or error.__context__
    if cause is not None:
        found["cause"] = _error(cause)
    return found


def _embedded(metrics: Mapping[str, float], created: float) -> dict[str, Any]:
    named = [{"Name": name, "Unit": UNITS.get(name, "Count")} for name in metrics]
    about = {"Namespace": NAMESPACE, "Dimensions": [["Stage"]], "Metrics": named}
    return {
        "_aws": {"Timestamp": int(created * 1000), "CloudWatchMetrics": [about]},
        "Stage": _stage,
        **metrics,
    }


def start(environ: Mapping[str, str]) -> None:
    """Logs as a deployed stage does, in a process that is one."""
    stage = stage_of(environ)
    if stage not in {"", LOCAL}:
        set_up(stage)


def set_up(stage: str) -> None:
    """Logs from now on as a deployed stage does. Lambda's own handler is put out."""
    global _stage  # noqa: PLW0603 - one process serves one stage
    _stage = stage
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonFormatter())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.INFO)
    # These tell of every call and every certificate.
    for noisy in (
        "boto3",
        "botocore",
        "pynamodb",
        "urllib3",
        "s3transfer",
        "fontTools",
        "weasyprint",
    ):
        logging.getLogger(noisy).setLevel(logging.WARNING)


@contextmanager
def within(request: str) -> Iterator[None]:
    """What is logged inside the block goes back to this request."""
    token = _request.set(request)
    try:
        yield
    finally:
        _request.reset(token)


@contextmanager
def work(name: str, request: str) -> Iterator[dict[str, Any]]:
    """One piece of a worker's or schedule's work: a line at its end, with what it puts into the
    given `facts`, how long it took, and whether it failed. Raises WorkFailed in place of whatever
    went wrong.
    """
    began = time.monotonic()
    facts: dict[str, Any] = {"work": name}
    with within(request):
        try:
            yield facts
        except Exception:
            facts |= {"failed": True, "ms": _since(began)}
            log.exception("work failed", extra={"facts": facts, "metrics": {"WorkFailed": 1}})
            # Lambda writes the words of whatever ends a function into its log.
            raise WorkFailed(f"{name} failed; the line before says how.") from None
        log.info("work done", extra={"facts": facts | {"ms": _since(began)}})


def answered(route: str, method: str, status: int, began: float) -> None:
    """The line for a web request: the pattern of its address, never the address itself."""
    took = _since(began)
    facts = {"route": route, "method": method, "status": status, "ms": took}
    metrics = {f"Requests{status // 100}xx": 1, "RequestMilliseconds": took}
    log.info("request", extra={"facts": facts, "metrics": metrics})


def _since(began: float) -> int:
    return round((time.monotonic() - began) * 1000)
