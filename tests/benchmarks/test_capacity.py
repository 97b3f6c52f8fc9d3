"""The arithmetic behind `script/bench capacity`, and the form of what it prints."""

import contextlib
import json
import subprocess
from pathlib import Path
from types import SimpleNamespace

import boto3
import pytest
from botocore.config import Config
from moto import mock_aws

from benchmarks import capacity
from benchmarks.support import output, units
from benchmarks.support.meter import Meter, NotCounted, ScanHappened, Spent, cost_of_write, touched

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize(
    ("value", "size"),
    [
        ({"S": ""}, 0),
        ({"S": "Noor"}, 4),
        ({"S": "Zoë"}, 4),  # ë is two bytes in UTF-8.
        ({"S": "図書館"}, 9),
        ({"N": "0"}, 1),
        ({"N": "7"}, 2),
        ({"N": "27"}, 2),
        ({"N": "123"}, 3),
        ({"N": "-123"}, 4),
        ({"N": "100"}, 2),  # Zeros at either end are no significant digits.
        ({"N": "0.0050"}, 2),
        ({"N": "10.01"}, 3),
        ({"N": "12345678901234567890123456789012345678"}, 20),
        ({"B": b"\x00\x01\x02"}, 3),
        ({"B": "AAEC"}, 3),
        ({"BOOL": True}, 1),
        ({"NULL": True}, 1),
        ({"SS": ["ab", "ë"]}, 4),
        ({"NS": ["1", "123"]}, 5),
        ({"L": []}, 3),
        ({"L": [{"S": "ab"}, {"N": "1"}]}, 3 + (1 + 2) + (1 + 2)),
        ({"M": {}}, 3),
        ({"M": {"ab": {"S": "cd"}, "e": {"BOOL": False}}}, 3 + (1 + 2 + 2) + (1 + 1 + 1)),
        ({"M": {"a": {"L": [{"M": {}}]}}}, 3 + (1 + 1 + (3 + (1 + 3)))),
    ],
)
def test_size_of_a_value(value, size):
    assert units.value_bytes(value) == size


def test_size_of_an_item_counts_names_in_bytes():
    assert units.item_bytes({"pk": {"S": "PETITION#1"}, "größe": {"N": "12"}}) == 2 + 10 + 7 + 2


@pytest.mark.parametrize(
    ("size", "consistent", "cost"),
    [
        (0, True, 1),
        (0, False, 0.5),
        (1, True, 1),
        (4096, True, 1),
        (4097, True, 2),
        (4096, False, 0.5),
        (4097, False, 1),
        (1_000_000, False, 122.5),
    ],
)
def test_units_of_a_read(size, consistent, cost):
    assert units.read_units(size, consistent=consistent) == cost


def text_item(size: int) -> dict:
    return {"a": {"S": "x" * (size - 1)}}


def test_a_query_adds_up_before_it_rounds():
    items = [text_item(1000)] * 4
    assert units.query_units(items, consistent=True) == 1
    assert units.query_units([*items, text_item(97)], consistent=False) == 1
    assert units.query_units([], consistent=False) == 0.5


def test_a_batch_rounds_each_item():
    items = [text_item(1000), text_item(5000)]
    assert units.batch_units(items, 3, consistent=True) == 1 + 2 + 1


TABLE = {
    "KeySchema": [{"AttributeName": "pk"}, {"AttributeName": "sk"}],
    "GlobalSecondaryIndexes": [
        {
            "IndexName": "listings",
            "KeySchema": [{"AttributeName": "lpk"}, {"AttributeName": "lsk"}],
            "Projection": {"ProjectionType": "INCLUDE", "NonKeyAttributes": ["listing"]},
        },
        {
            "IndexName": "due",
            "KeySchema": [{"AttributeName": "due"}],
            "Projection": {"ProjectionType": "KEYS_ONLY"},
        },
        {
            "IndexName": "whole",
            "KeySchema": [{"AttributeName": "lpk"}],
            "Projection": {"ProjectionType": "ALL"},
        },
    ],
}


def test_an_index_is_read_at_its_projected_size():
    item = {name: {"S": "x"} for name in ("pk", "sk", "lpk", "lsk", "listing", "due", "body")}
    projections = units.Projections(TABLE)
    assert set(projections.seen("listings", item)) == {"pk", "sk", "lpk", "lsk", "listing"}
    assert set(projections.seen("due", item)) == {"pk", "sk", "due"}
    assert projections.seen("whole", item) == item


def test_table_and_index_writes_are_told_apart():
    transaction = {
        "ConsumedCapacity": [
            {
                "CapacityUnits": 7.0,
                "WriteCapacityUnits": 4.0,
                "GlobalSecondaryIndexes": {
                    "listings": {"CapacityUnits": 2.0},
                    "due": {"CapacityUnits": 1.0},
                },
            }
        ]
    }
    assert cost_of_write(transaction) == (4.0, 3.0)
    assert cost_of_write({"ConsumedCapacity": {"CapacityUnits": 1.0}}) == (1.0, 0.0)


def test_keys_are_shown_without_ids():
    query = {"ExpressionAttributeValues": {":0": {"S": "PETITION#7k2"}, ":1": {"S": "0#"}}}
    assert touched("Query", query) == ["PETITION#… 0#*"]
    get = {"Key": {"pk": {"S": "PETITION#7k2"}, "sk": {"S": "SIG#9f"}}}
    assert touched("GetItem", get) == ["PETITION#… SIG#…"]
    put = {"Item": {"pk": {"S": "MOTION#1"}, "sk": {"S": "0#EVENT#000004"}}}
    transaction = {"TransactItems": [{"Put": put}, {"ConditionCheck": get}]}
    assert touched("TransactWriteItems", transaction) == [
        "put MOTION#… 0#EVENT#…",
        "check PETITION#… SIG#…",
    ]


@pytest.fixture
def metered():
    """A table in this process, and a meter that was there before its client."""
    meter = Meter()
    meter.projections = units.Projections(TABLE)
    with meter.installed(), mock_aws():
        client = boto3.session.Session("test", "test").client(
            "dynamodb", region_name="us-east-1", config=Config(retries={"total_max_attempts": 1})
        )
        client.create_table(
            TableName="toy",
            KeySchema=[
                {"AttributeName": "pk", "KeyType": "HASH"},
                {"AttributeName": "sk", "KeyType": "RANGE"},
            ],
            AttributeDefinitions=[
                {"AttributeName": "pk", "AttributeType": "S"},
                {"AttributeName": "sk", "AttributeType": "S"},
            ],
            BillingMode="PAY_PER_REQUEST",
        )
        for number in range(5):
            item = {"pk": {"S": "P"}, "sk": {"S": f"S#{number}"}, "a": {"S": "x" * 2000}}
            client.put_item(TableName="toy", Item=item)
        yield meter, client
        client.close()


def ask(client, **more):
    return client.query(
        TableName="toy",
        KeyConditionExpression="pk = :0",
        ExpressionAttributeValues={":0": {"S": "P"}},
        **more,
    )


def test_the_meter_counts_what_was_read(metered):
    meter, client = metered
    ask(client)
    with meter.measuring() as spent:
        ask(client, ConsistentRead=True)
        ask(client, Limit=2)
        client.get_item(TableName="toy", Key={"pk": {"S": "P"}, "sk": {"S": "none"}})
    ask(client)
    assert spent.read == 3 + 0.5 + 0.5
    assert [cost for _, cost, _ in spent.reads] == [3, 0.5, 0.5]
    assert spent.write == 0


def test_a_scan_is_never_swallowed(metered):
    meter, client = metered

    def scan(caught: type[BaseException]) -> None:
        with meter.measuring(), contextlib.suppress(caught):
            client.scan(TableName="toy")

    for caught in (Exception, BaseException):
        with pytest.raises(ScanHappened):
            scan(caught)


def test_what_cannot_be_counted_is_not(metered):
    meter, client = metered
    with pytest.raises(NotCounted, match="FilterExpression"), meter.measuring():
        ask(client, FilterExpression="attribute_exists(a)")

    item = {"pk": {"S": "P"}, "sk": {"S": "S#1"}}
    refused = client.exceptions.ConditionalCheckFailedException
    absent = "attribute_not_exists(pk)"
    with (
        pytest.raises(NotCounted, match="ConditionalCheckFailed"),
        meter.measuring(),
        contextlib.suppress(refused),
    ):
        client.put_item(TableName="toy", Item=item, ConditionExpression=absent)


def recorded(confirm: float, page: float) -> SimpleNamespace:
    commands = {
        "signature.confirm": Spent(read=3.5, write=confirm, index_write=3.0),
        "signature.confirm_at_many": Spent(write=4.0),
    }
    pages = {"petition_visitor": Spent(read=page), "petition_visitor_at_many": Spent(read=1.5)}
    return SimpleNamespace(
        commands=commands,
        pages=pages,
        forms={"signature.sign": Spent()},
        jobs={"sweep": Spent()},
        commands_left=list,
        pages_left=lambda: ["/somewhere"],
    )


def test_figures_are_flat_numbers_and_goals_are_judged(capsys):
    figures = capacity.flat(recorded(confirm=4.0, page=2.0))
    assert figures["signature.confirm_write_units"] == 4
    assert figures["signature.confirm_index_write_units"] == 3
    assert figures["signature.confirm_read_units"] == 3.5
    assert figures["page.petition_visitor_read_units"] == 2
    assert "page.petition_visitor_write_units" not in figures
    assert {"form.signature.sign_write_units", "job.sweep_read_units"} <= set(figures)
    missed = [goal.words for goal in capacity.goals_of(figures, 1000) if not goal.held]
    assert missed == ["a petition's page for a visitor: read units", "pages not measured"]

    print("anything before it")
    output.last_line(figures)
    assert json.loads(capsys.readouterr().out.splitlines()[-1]) == figures


@pytest.mark.parametrize("value", [{"a": 1}, [1], "1", None, True])
def test_nothing_but_numbers_is_printed(value):
    with pytest.raises(TypeError, match="odd"):
        output.last_line({"odd": value})


def test_figures_go_between_the_marks_of_a_document(tmp_path):
    path = tmp_path / "page.md"
    begin, end = "<!-- figures: begin -->\n", "<!-- figures: end -->\n"
    path.write_text(f"Before.\n{begin}old\n{end}After.\n")
    output.into_docs(path, "new\n")
    assert path.read_text() == f"Before.\n{begin}\nnew\n\n{end}After.\n"
    path.write_text("No marks.\n")
    with pytest.raises(ValueError, match="no marks"):
        output.into_docs(path, "new\n")


@pytest.mark.parametrize("arguments", [[], ["nothing-here"], ["../app"], ["__init__"]])
def test_an_unknown_name_lists_what_there_is(arguments):
    ran = subprocess.run(
        ["script/bench", *arguments], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 2
    assert "capacity" in ran.stderr.split()
