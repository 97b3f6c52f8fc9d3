"""Who may ask the local AWS, and what counts as a write."""

import pytest

from local.gate import is_foreign, may_write


@pytest.mark.parametrize(
    "headers",
    [
        {"host": "127.0.0.1:8001"},
        {"host": "localhost:8001"},
        {"host": "abc.execute-api.localhost:8001"},
        {"host": "127.0.0.1:8001", "origin": "http://127.0.0.1:8000"},
        {
            "host": "127.0.0.1:8001",
            "sec-fetch-site": "cross-site",
            "sec-fetch-mode": "navigate",
        },
    ],
)
def test_programs_and_pages_of_this_machine_may_ask(headers: dict[str, str]) -> None:
    assert not is_foreign(headers)


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"host": "evil.example:8001"},
        {"host": "127.0.0.1.evil.example"},
        {"host": "127.0.0.1:8001", "origin": "https://evil.example"},
        {"host": "127.0.0.1:8001", "origin": "null"},
        {"host": "127.0.0.1:8001", "origin": "http://[broken"},
        {"host": "127.0.0.1:8001", "sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors"},
    ],
)
def test_pages_from_elsewhere_may_not(headers: dict[str, str]) -> None:
    assert is_foreign(headers)


@pytest.mark.parametrize(
    ("method", "action", "expected"),
    [
        ("POST", "DynamoDB_20120810.PutItem", True),
        ("POST", "DynamoDB_20120810.TransactWriteItems", True),
        ("POST", "AmazonSQS.SendMessage", True),
        ("POST", "", True),
        ("PUT", "", True),
        ("DELETE", "", True),
        ("POST", "DynamoDB_20120810.Query", False),
        ("POST", "DynamoDB_20120810.TransactGetItems", False),
        ("POST", "AmazonSQS.GetQueueUrl", False),
        ("GET", "", False),
        ("HEAD", "", False),
    ],
)
def test_what_may_write(method: str, action: str, expected: bool) -> None:
    assert may_write(method, action) is expected
