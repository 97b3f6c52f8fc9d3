"""One contract of the table, held by each: in memory, in moto's DynamoDB, in the local AWS."""

import json
import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from botocore.client import BaseClient
from botocore.exceptions import ClientError, ReadTimeoutError
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as some
from moto import mock_aws

from chalicelib.storage.conditions import (
    ITEM_EXISTS,
    NO_ITEM,
    Compares,
    Condition,
    at_least,
    at_most,
    begins_with,
    between,
    less_than,
    more_than,
    where,
)
from chalicelib.storage.dynamo import DynamoTable
from chalicelib.storage.item import DUE, LISTINGS, Item, loaded, stored
from chalicelib.storage.memory import MemoryTable
from chalicelib.storage.table import (
    Check,
    ConditionFailedError,
    Delete,
    Put,
    RefusedError,
    Table,
    TableError,
    TransactionCanceledError,
    UnavailableError,
    Update,
)
from local.stack import running_aws

NAME = "contract"
FAILED = "ConditionalCheckFailed"


@pytest.fixture(scope="module")
def local_aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """The environment of a local AWS that runs for this file."""
    with running_aws(tmp_path_factory.mktemp("aws"), durable=False) as aws:
        yield dict(aws.environ)


def _local(request: pytest.FixtureRequest, stack: ExitStack) -> Table:
    environ = request.getfixturevalue("local_aws")
    patch = stack.enter_context(pytest.MonkeyPatch.context())
    for name, value in environ.items():
        patch.setenv(name, value)
    made = DynamoTable(f"{NAME}-{os.urandom(4).hex()}")
    made.create()
    return made


@pytest.fixture(params=["memory", "moto", pytest.param("local", marks=pytest.mark.aws)])
def table(request: pytest.FixtureRequest) -> Iterator[Table]:
    """An empty table of each kind."""
    with ExitStack() as stack:
        if request.param == "local":
            yield _local(request, stack)
            return
        if request.param == "moto":
            stack.enter_context(mock_aws())
        made: Table = DynamoTable(NAME) if request.param == "moto" else MemoryTable()
        made.create()
        yield made


def keys_of(items: Iterator[Item]) -> list[str]:
    return [item.sk for item in items]


# ------------------------------------------------------------------ One item


def test_an_item_comes_back_as_it_was_put(table: Table) -> None:
    item = Item(
        "PERSON#1",
        "0#STATE",
        version=3,
        state="open",
        body={"name": "Ő 💧", "empty": "", "list": [None, True, 1.5, {}], "zero": 0},
        listing={"name": "Ő"},
        listing_pk="PEOPLE",
        listing_sk="ő",
        ttl=2_000_000_000,
        confirmed=0,
        verified=-4,
        until="",
    )
    table.write(Put(item))
    got = table.get(item.key)
    item.schema = 1
    assert got == item
    assert table.get(item.key, consistent=False) == item
    assert table.get(("PERSON#1", "other")) is None
    assert [*table.lying()] == [stored(item)] == [*table.lying("PERSON#1")]
    assert [*table.lying("PERSON#2")] == []


def test_to_create_a_table_again_leaves_it_as_it_is(table: Table) -> None:
    table.write(Put(Item("A", "1")))
    table.create()
    assert table.get(("A", "1"))


def test_a_put_takes_the_place_of_the_whole_item(table: Table) -> None:
    table.write(Put(Item("A", "1", version=1, state="x", due="outbox", due_at="2026")))
    table.write(Put(Item("A", "1", version=2)))
    got = table.get(("A", "1"))
    assert got is not None
    assert (got.version, got.state, got.due) == (2, None, None)
    assert [*table.query_index(DUE, "outbox")] == []


def test_an_update_changes_attributes_and_returns_the_item(table: Table) -> None:
    table.write(Put(Item("A", "1", version=1, state="x", lease="y", body={"a": 1})))
    update = Update(("A", "1"), {"state": "z", "lease": None, "until": None}, {"attempts": 2})
    after = table.write(update)
    assert after == table.get(("A", "1"))
    assert after is not None
    assert (after.state, after.lease, after.attempts, after.body) == ("z", None, 2, {"a": 1})
    again = table.write(Update(("A", "1"), {}, {"attempts": -3, "version": 1}))
    assert again is not None
    assert (again.attempts, again.version) == (-1, 2)
    # Where there is no item, it makes one.
    made = table.write(Update(("A", "new"), {"ttl": 5}, {"attempts": 1}))
    assert made == table.get(("A", "new"))
    assert made is not None
    assert (made.ttl, made.attempts, made.schema) == (5, 1, None)


def test_what_is_not_there_may_be_deleted(table: Table) -> None:
    table.write(Delete(("A", "1")))
    table.write(Put(Item("A", "1")))
    table.write(Delete(("A", "1")))
    assert table.get(("A", "1")) is None


# Conditions on an item with version 2 and state "b" and no more, and whether each holds.
CONDITIONS: list[tuple[Condition, bool]] = [
    (NO_ITEM, False),
    (ITEM_EXISTS, True),
    (where.lease.missing, True),
    (where.lease.exists, False),
    (where.version == 2, True),
    (where.version == 3, False),
    (where.version != 2, False),
    (where.version != 3, True),
    (where.version < 2, False),
    (where.version < 10, True),
    (where.version <= 2, True),
    (where.version > 1, True),
    (where.version > 2, False),
    (where.version >= 2, True),
    (where.state < "c", True),
    (where.state < "B", False),
    (where.state <= "b", True),
    (where.state >= "bb", False),
    # A missing attribute is equal to nothing, and neither more nor less.
    (where.lease == "x", False),
    (where.lease != "x", True),
    (where.lease < "x", False),
    (where.lease >= "", False),
    (where.attempts <= 5, False),
    (where.attempts != 5, True),
    ((where.version == 2) & (where.state == "b"), True),
    ((where.version == 2) & (where.state == "c"), False),
    ((where.version == 1) | (where.state == "b"), True),
    ((where.version == 1) | (where.state == "c"), False),
    (where.lease.missing | (where.lease < "x"), True),
    (((where.version == 1) | where.lease.missing) & (where.state != "b"), False),
]
# The same on no item at all.
OF_NOTHING: list[tuple[Condition, bool]] = [
    (NO_ITEM, True),
    (ITEM_EXISTS, False),
    (where.version == 2, False),
    (where.version != 2, True),
    (where.version < 2, False),
    (NO_ITEM | (where.version < 2), True),
]


def test_each_kind_of_write_holds_to_its_condition(table: Table) -> None:
    def put() -> None:
        table.write(Put(Item("A", "1", version=2, state="b")))

    for there, conditions in ((True, CONDITIONS), (False, OF_NOTHING)):
        for condition, holds in conditions:
            writes: list[Put | Update | Delete] = [
                Put(Item("A", "1", version=9), condition),
                Update(("A", "1"), {"version": 9}, {}, condition),
                Delete(("A", "1"), condition),
            ]
            for write in writes:
                table.write(Delete(("A", "1")))
                if there:
                    put()
                before = [*table.lying()]
                if holds:
                    table.write(write)
                    assert ([*table.lying()] != before) == (
                        there or not isinstance(write, Delete)
                    ), condition
                else:
                    with pytest.raises(ConditionFailedError):
                        table.write(write)
                    assert [*table.lying()] == before, condition


# ------------------------------------------------------------------ Queries

SORTED = ["!", "0", "0#1", "0#2", "0#20", "1", "A", "a", "ab", "é", "ő", "龍", "\uffee", "💧"]


def test_a_partition_is_ordered_by_the_bytes_of_its_sort_keys(table: Table) -> None:
    table.write_many([Item("A", sk) for sk in reversed(SORTED)] + [Item("B", "0")])
    assert sorted(SORTED, key=str.encode) == SORTED
    assert keys_of(table.query("A")) == SORTED
    assert keys_of(table.query("A", newest_first=True)) == SORTED[::-1]
    assert keys_of(table.query("A", consistent=False)) == SORTED
    assert keys_of(table.query("C")) == []
    for prefix in ("0#", "a", "é", "💧", "x"):
        assert keys_of(table.query("A", begins_with(prefix))) == [
            sk for sk in SORTED if sk.startswith(prefix)
        ]
    for key in ("!", "0#2", "0#3", "龍", "~"):
        assert keys_of(table.query("A", less_than(key))) == [k for k in SORTED if k < key]
        assert keys_of(table.query("A", at_most(key))) == [k for k in SORTED if k <= key]
        assert keys_of(table.query("A", more_than(key))) == [k for k in SORTED if k > key]
        assert keys_of(table.query("A", at_least(key))) == [k for k in SORTED if k >= key]
        assert (
            keys_of(table.query("A", between("0#1", key)))
            == [k for k in SORTED if "0#1" <= k <= key]
            if key >= "0#1"
            else True
        )


@pytest.mark.parametrize("page", [None, 1, 3, 100])
@pytest.mark.parametrize("limit", [None, 1, 2, 14, 15])
def test_a_limit_ends_a_query_and_pages_do_not(
    table: Table, limit: int | None, page: int | None
) -> None:
    table.write_many(Item("A", sk) for sk in SORTED)
    assert keys_of(table.query("A", limit=limit, page=page)) == SORTED[:limit]
    late = table.query("A", at_least("0#1"), newest_first=True, limit=limit, page=page)
    assert keys_of(late) == SORTED[:1:-1][:limit]


def test_a_query_goes_on_over_more_than_a_megabyte(table: Table) -> None:
    text = "x" * 300_000
    table.write_many(Item("A", str(number), body=text) for number in range(5))
    assert keys_of(table.query("A")) == ["0", "1", "2", "3", "4"]
    assert [item["sk"]["S"] for item in table.lying("A")] == ["0", "1", "2", "3", "4"]


def test_an_index_holds_what_has_both_its_keys_and_shows_what_it_projects(table: Table) -> None:
    whole = Item(
        "A", "1", version=1, body={"a": 1}, listing={"b": 2}, listing_pk="L", listing_sk="2"
    )
    due = Item("A", "2", body={}, due="outbox", due_at="2026", listing={"b": 3})
    half = [Item("A", "3", listing_pk="L"), Item("A", "4", due_at="2025")]
    table.write_many([whole, due, *half])
    (row,) = table.query_index(LISTINGS, "L")
    assert row == Item("A", "1", listing={"b": 2}, listing_pk="L", listing_sk="2")
    (row,) = table.query_index(DUE, "outbox")
    assert row == Item("A", "2", due="outbox", due_at="2026")
    table.write(Update(("A", "1"), {"listing_sk": "9", "listing": {"b": 4}}, {}))
    (row,) = table.query_index(LISTINGS, "L")
    assert (row.listing_sk, row.listing) == ("9", {"b": 4})
    table.write(Update(("A", "1"), {"listing_pk": None}, {}))
    table.write(Delete(("A", "2")))
    assert [*table.query_index(LISTINGS, "L"), *table.query_index(DUE, "outbox")] == []


def test_an_index_is_queried_as_a_partition_is(table: Table) -> None:
    table.write_many(Item(f"P{n}", "X", due="outbox", due_at=sk) for n, sk in enumerate(SORTED))

    def found(*given: Any, **more: Any) -> list[str | None]:
        return [item.due_at for item in table.query_index(DUE, "outbox", *given, **more)]

    assert found() == SORTED
    assert found(at_most("0#20"), limit=3) == SORTED[:3]
    assert found(more_than("0#20"), newest_first=True, limit=2) == ["💧", "\uffee"]
    # Two under one key, in whatever order.
    table.write(Put(Item("Q", "1", due="outbox", due_at="0")))
    assert found().count("0") == 2


def test_many_are_read_and_written_at_once(table: Table) -> None:
    table.write_many(Item("A", f"{n:03}", version=n) for n in range(130))
    got = {item.sk: item.version for item in table.get_many([("A", f"{n:03}") for n in range(250)])}
    assert got == {f"{n:03}": n for n in range(130)}
    table.write_many([Item("B", "1")], [("A", f"{n:03}") for n in range(100, 250)])
    assert len([*table.lying("A")]) == 100
    assert table.get(("B", "1"))
    assert [*table.get_many([])] == []


# ------------------------------------------------------------------ Transactions


def test_a_transaction_does_all_of_its_writes(table: Table) -> None:
    table.write_many([Item("A", str(n), version=n) for n in range(4)])
    table.transact(
        [
            Put(Item("B", "1", version=1), NO_ITEM),
            Check(("A", "0"), where.version == 0),
            Update(("A", "1"), {"state": "x"}, {"version": 1}, where.version == 1),
            Delete(("A", "2"), ITEM_EXISTS),
            Check(("A", "none"), NO_ITEM),
            Delete(("A", "nothing")),
            Update(("A", "new"), {"state": "y"}, {}),
        ]
    )
    found = {(item["pk"]["S"], item["sk"]["S"]): loaded(item) for item in table.lying()}
    assert set(found) == {("B", "1"), ("A", "0"), ("A", "1"), ("A", "3"), ("A", "new")}
    assert (found["A", "1"].version, found["A", "1"].state) == (2, "x")


def test_a_canceled_transaction_says_why_in_the_order_of_its_writes(table: Table) -> None:
    table.write_many([Item("A", str(n), version=n) for n in range(4)])
    before = sorted(map(json.dumps, table.lying()))
    with pytest.raises(TransactionCanceledError) as canceled:
        table.transact(
            [
                Update(("A", "1"), {"state": "x"}, {}, where.version == 7),
                Put(Item("B", "1")),
                Check(("A", "2"), where.version == 3),
                Delete(("A", "3"), where.version == 3),
                Put(Item("A", "0"), NO_ITEM),
            ]
        )
    assert canceled.value.reasons == (FAILED, None, FAILED, None, FAILED)
    assert sorted(map(json.dumps, table.lying())) == before


REFUSED: dict[str, Callable[[Table], Any]] = {
    "an item twice": lambda t: t.transact([Put(Item("A", "1")), Check(("A", "1"), NO_ITEM)]),
    "no write": lambda t: t.transact([]),
    "101 writes": lambda t: t.transact([Put(Item("A", str(n))) for n in range(101)]),
    "4 MB": lambda t: t.transact([Put(Item("A", str(n), body="x" * 390_000)) for n in range(11)]),
    "too large in it": lambda t: t.transact([Put(Item("A", "1", body="x" * 410_000))]),
    "no partition key": lambda t: t.write(Put(Item("", "1"))),
    "no sort key": lambda t: t.write(Put(Item("A", ""))),
    "no key to get": lambda t: t.get(("A", "")),
    "a long partition key": lambda t: t.write(Put(Item("x" * 2049, "1"))),
    "a long sort key": lambda t: t.write(Put(Item("A", "é" * 513))),
    "no index key": lambda t: t.write(Put(Item("A", "1", due="", due_at="1"))),
    "no index sort key": lambda t: t.write(Update(("A", "1"), {"listing_sk": ""}, {})),
    "too large": lambda t: t.write(Put(Item("A", "1", body="x" * 410_000))),
    "grown too large": lambda t: (
        t.write(Put(Item("A", "1", body="x" * 300_000))),
        t.write(Update(("A", "1"), {"listing": "x" * 120_000}, {})),
    ),
    "a text counted": lambda t: t.write(Update(("A", "1"), {}, {"state": 1})),
    "set and counted": lambda t: t.write(Update(("A", "1"), {"version": 1}, {"version": 1})),
    "a key changed": lambda t: t.write(Update(("A", "1"), {"sk": "2"}, {})),
    "a limit of none": lambda t: list(t.query("A", limit=0)),
    "between backwards": lambda t: list(t.query("A", between("2", "1"))),
    "no partition to query": lambda t: list(t.query("")),
    "one got twice": lambda t: list(t.get_many([("A", "1"), ("A", "1")])),
    "one written twice": lambda t: t.write_many([Item("A", "1")], [("A", "1")]),
}
# What those that only act as DynamoDB let through, by kind of table.
LENIENT: dict[str, set[str]] = {
    "moto": {
        "no write",
        "4 MB",
        "no index sort key",
        "a limit of none",
        "between backwards",
        "one written twice",
    },
    "local": set(),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_dynamodb_refuses_is_refused(
    table: Table, name: str, request: pytest.FixtureRequest
) -> None:
    kind = request.node.callspec.params["table"]
    if name in LENIENT.get(kind, ()):
        REFUSED[name](table)
        return
    with pytest.raises(RefusedError):
        REFUSED[name](table)


def test_the_largest_that_is_allowed_is_taken(table: Table) -> None:
    table.write(Put(Item("x" * 2048, "y" * 1024, body="z" * 390_000)))
    table.transact([Put(Item("A", str(n)), NO_ITEM) for n in range(100)])
    assert len([*table.lying("A")]) == 100


# ------------------------------------------------------------------ In memory as in DynamoDB

KEYS = [(pk, sk) for pk in "AB" for sk in ("1", "2", "é")]
CHANGES = some.fixed_dictionaries(
    {},
    optional={
        "version": some.none() | some.integers(0, 2),
        "state": some.none() | some.sampled_from(["", "x", "y"]),
        "due": some.none() | some.just("outbox"),
        "due_at": some.none() | some.sampled_from(["1", "2"]),
        "listing": some.none() | some.sampled_from([{}, {"a": "é"}]),
    },
)
SIMPLE = some.one_of(
    some.sampled_from([NO_ITEM, ITEM_EXISTS, where.due.missing, where.state.exists]),
    some.builds(lambda n: where.version == n, some.integers(0, 2)),
    some.builds(lambda n: where.version <= n, some.integers(0, 2)),
    some.builds(lambda n: where.version != n, some.integers(0, 2)),
    some.builds(lambda s: where.state > s, some.sampled_from(["", "x"])),
)
MAYBE = some.none() | SIMPLE | some.builds(lambda a, b: a & b, SIMPLE, SIMPLE)
MAYBE |= some.builds(lambda a, b: a | b, SIMPLE, SIMPLE)
KEY = some.sampled_from(KEYS)
ADDS = some.dictionaries(some.sampled_from(["attempts", "confirmed"]), some.integers(-2, 2))
SINGLE = some.one_of(
    some.builds(lambda k, c, m: Put(Item(*k, **c), m), KEY, CHANGES, MAYBE),
    some.builds(Update, KEY, CHANGES.filter(bool), ADDS, MAYBE),
    some.builds(Delete, KEY, MAYBE),
)
WRITES = SINGLE | some.lists(SINGLE | some.builds(Check, KEY, SIMPLE), min_size=1, max_size=4)


def outcome(table: Table, write: Any) -> Any:
    """What a table answers, or how it refuses."""
    try:
        return table.transact(write) if isinstance(write, list) else table.write(write)
    except TransactionCanceledError as error:
        return error.reasons
    except TableError as error:
        return type(error)


def state(table: Table) -> Any:
    """All that a table holds, as it shows it."""
    lying = sorted(
        (stored["pk"]["S"], stored["sk"]["S"], str(sorted(stored.items())))
        for stored in table.lying()
    )
    due = sorted((item.due_at or "", *item.key) for item in table.query_index(DUE, "outbox"))
    return lying, due


@pytest.fixture
def real() -> Iterator[Table]:
    with mock_aws():
        made = DynamoTable(NAME)
        made.create()
        yield made


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(some.lists(WRITES, min_size=1, max_size=12))
@example([[Put(Item("A", "1")), Delete(("A", "1"))]])
def test_whatever_is_written_memory_does_as_dynamodb_does(real: Table, writes: list[Any]) -> None:
    real.write_many(deletes=[key for key in KEYS if real.get(key)])
    memory = MemoryTable()
    for write in writes:
        assert outcome(memory, write) == outcome(real, write), write
    assert state(memory) == state(real)


def test_a_table_in_memory_is_put_back_as_it_was() -> None:
    table = MemoryTable()
    table.write_many([Item("A", "1", due="outbox", due_at="1"), Item("A", "2")])
    moment = table.snapshot()
    for _ in range(2):
        table.write(Delete(("A", "1")))
        table.write(Update(("A", "2"), {"due": "outbox", "due_at": "3"}, {}))
        table.restore(moment)
        assert keys_of(table.query("A")) == ["1", "2"]
        assert keys_of(table.query_index(DUE, "outbox")) == ["1"]


# ------------------------------------------------------------------ When DynamoDB does not answer


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Any]]:
    """What DynamoDB answers next: an error's code, None for no answer, "lost" for an answer that
    was lost on its way, and then the answer itself.
    """
    waiting: list[Any] = []
    really = BaseClient._make_api_call

    def call(client: Any, operation: str, params: Any) -> Any:
        if not waiting:
            return really(client, operation, params)
        code = waiting.pop(0)
        if code == "lost":
            really(client, operation, params)
        if code in {None, "lost"}:
            raise ReadTimeoutError(endpoint_url="table")
        raise ClientError({"Error": {"Code": code, "Message": "not now"}}, operation)

    with mock_aws():
        DynamoTable(NAME).create()
        monkeypatch.setattr(BaseClient, "_make_api_call", call)
        yield waiting


@pytest.mark.parametrize(
    ("code", "error"),
    [
        ("ProvisionedThroughputExceededException", UnavailableError),
        ("ThrottlingException", UnavailableError),
        ("RequestLimitExceeded", UnavailableError),
        ("TransactionConflictException", UnavailableError),
        (None, UnavailableError),
        ("ValidationException", RefusedError),
        ("ConditionalCheckFailedException", ConditionFailedError),
        ("AccessDeniedException", TableError),
        ("InternalServerError", TableError),
        ("ResourceNotFoundException", TableError),
    ],
)
def test_dynamodbs_errors_are_those_of_the_table(
    answers: list[Any], code: str | None, error: type[Exception]
) -> None:
    calls: list[Callable[[DynamoTable], Any]] = [
        lambda t: t.get(("A", "1")),
        lambda t: list(t.query("A")),
        lambda t: list(t.query_index(DUE, "A")),
        lambda t: list(t.get_many([("A", "1")])),
        lambda t: list(t.lying()),
        lambda t: t.write(Put(Item("A", "1"))),
        lambda t: t.write(Update(("A", "1"), {"state": "x"}, {})),
        lambda t: t.write(Delete(("A", "1"))),
        lambda t: t.write_many([Item("A", "1")]),
        lambda t: t.transact([Put(Item("A", "1"))]),
    ]
    for call in calls:
        answers[:] = [code] * 3
        with pytest.raises(error) as raised:
            call(DynamoTable(NAME))
        assert type(raised.value) is error


def test_a_transaction_without_an_answer_is_sent_again_under_its_name(
    answers: list[Any],
) -> None:
    answers[:] = [None, None]
    table = DynamoTable(NAME)
    table.transact([Put(Item("A", "1"), NO_ITEM), Put(Item("A", "2"))])
    assert keys_of(table.query("A")) == ["1", "2"]
    answers[:] = [None, None, None]
    with pytest.raises(UnavailableError):
        table.transact([Put(Item("A", "3"))])


def test_every_operator_of_a_condition_is_among_those_tried() -> None:
    tried = {c.operator for c, _ in CONDITIONS if isinstance(c, Compares)}
    assert tried == {"=", "<>", "<", "<=", ">", ">="}
