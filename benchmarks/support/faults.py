"""What goes wrong between the product and DynamoDB, put in below botocore's own retries.

A fault takes the place of one HTTP exchange, so everything above it is the real thing: what
botocore tries again, what it hands up as an error, and what the product makes of that.
"""

import json
import random
import threading
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from botocore.awsrequest import AWSResponse
from botocore.exceptions import ReadTimeoutError
from botocore.httpsession import URLLib3Session

TARGET = "X-Amz-Target"
SERVICE = "DynamoDB_20120810."
WRITES = {"TransactWriteItems", "PutItem", "UpdateItem", "DeleteItem", "BatchWriteItem"}
TRANSACTION = "TransactWriteItems"

# The kinds, and how often a request meets one. One in four goes on for several requests in a
# row: botocore tries a request four times, so that those reach the product.
THROTTLING = "throttling"
TIMEOUT = "timeout_after_write"
SHARE = {THROTTLING: 0.05, TIMEOUT: 0.05}
LASTING_SHARE = 0.25
LASTING = (2, 6)

_REFUSALS = ("ProvisionedThroughputExceededException", "ThrottlingException")
_PREFIX = "com.amazonaws.dynamodb.v20120810#"


class Faults:
    """Faults for the threads that say whom they work for, repeatable from a seed.

    Each person has a run of luck of their own, drawn from the seed and their number: how the
    threads take turns does not change what happens to whom.
    """

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._lock = threading.Lock()
        self._here = threading.local()
        self.counted: Counter[str] = Counter()
        # For each sort key, the writes of it that the table took, each by its request's token.
        self._taken: dict[str, set[str]] = defaultdict(set)

    @contextmanager
    def installed(self) -> Iterator["Faults"]:
        """Puts the faults into every botocore client of this process."""
        original = URLLib3Session.send

        def send(session: URLLib3Session, request: Any) -> Any:
            return self._send(lambda: original(session, request), request)

        URLLib3Session.send = send
        try:
            yield self
        finally:
            URLLib3Session.send = original

    @contextmanager
    def meeting(self, person: object) -> Iterator[None]:
        """Lets the requests that this thread makes inside the block meet that person's faults."""
        self._here.luck = random.Random(f"{self._seed}/{person}")
        self._here.left, self._here.kind = 0, ""
        try:
            yield
        finally:
            self._here.luck = None

    def count(self, kind: str) -> None:
        """Notes a fault of a kind that is not met on the wire."""
        with self._lock:
            self.counted[kind] += 1

    def writes(self) -> Counter[str]:
        """How often the table took a transaction that put a row, for each row's sort key.

        One that was sent again under the same token is the same one, to DynamoDB as here.
        """
        return Counter({sort: len(tokens) for sort, tokens in self._taken.items()})

    def _send(self, really: Any, request: Any) -> Any:
        operation = _operation(request)
        kind = self._drawn(operation) if operation else ""
        if kind:
            self.count(kind)
        if kind == THROTTLING:
            return _refusal(request, operation, self._here.luck)
        answer = really()
        if operation == TRANSACTION and answer.status_code == 200:
            self._note(json.loads(request.body))
        if kind == TIMEOUT:
            # The write is done; its answer is lost. Read to the end, so that the connection can
            # be used again.
            answer.content  # noqa: B018
            raise ReadTimeoutError(endpoint_url=request.url)
        return answer

    def _note(self, body: dict[str, Any]) -> None:
        puts = [action["Put"]["Item"] for action in body["TransactItems"] if "Put" in action]
        with self._lock:
            for item in puts:
                self._taken[item["sk"]["S"]].add(body["ClientRequestToken"])

    def _drawn(self, operation: str) -> str:
        """The kind of fault that this request meets, or nothing."""
        here = self._here
        luck: random.Random | None = getattr(here, "luck", None)
        if luck is None:
            return ""
        if not here.left:
            drawn, here.kind = luck.random(), ""
            for kind, share in SHARE.items():
                if drawn < share:
                    here.kind = kind
                    here.left = luck.randint(*LASTING) if luck.random() < LASTING_SHARE else 1
                    break
                drawn -= share
        if not here.left:
            return ""
        if here.kind == TIMEOUT and operation not in WRITES:
            # Its time comes with the next write.
            return ""
        here.left -= 1
        return str(here.kind)


def _operation(request: Any) -> str:
    """The DynamoDB operation that a request asks for, or nothing for other services."""
    target = request.headers.get(TARGET, b"")
    name = target.decode() if isinstance(target, bytes) else target
    return name.removeprefix(SERVICE) if name.startswith(SERVICE) else ""


def _refusal(request: Any, operation: str, luck: random.Random) -> AWSResponse:
    """The answer of a table that is asked too much, in one of the forms that AWS gives it."""
    if operation == TRANSACTION and luck.random() < 1 / 3:
        # In this form botocore does not try again: it is for the product to do.
        items = len(json.loads(request.body)["TransactItems"])
        reasons = [{"Code": "None"}] * (items - 1) + [{"Code": "ThrottlingError"}]
        content = {
            "__type": f"{_PREFIX}TransactionCanceledException",
            "message": "Transaction cancelled",
            "CancellationReasons": reasons,
        }
    else:
        content = {"__type": _PREFIX + luck.choice(_REFUSALS), "message": "Rate exceeded"}
    headers = {"content-type": "application/x-amz-json-1.0", "x-amzn-requestid": "fault"}
    return AWSResponse(request.url, 400, headers, _Raw(json.dumps(content).encode()))


class _Raw:
    """The body of an answer that never came by a network."""

    def __init__(self, content: bytes) -> None:
        self._content = content

    def stream(self) -> Iterator[bytes]:
        """What botocore reads a body with."""
        yield self._content
