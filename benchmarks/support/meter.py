"""Counts what DynamoDB calls cost, by a hook in botocore: the code measured is the real one."""

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from botocore import handlers

from benchmarks.support import units

READS = {"GetItem", "Query", "BatchGetItem"}
WRITES = {"PutItem", "UpdateItem", "DeleteItem", "BatchWriteItem", "TransactWriteItems"}
# These ask what there is, not what is in it, and cost nothing.
FREE = {"DescribeTable", "DescribeTimeToLive", "CreateTable", "ListTables", "UpdateTimeToLive"}


class ScanHappened(BaseException):  # noqa: N818
    """Something read the whole table. No handler of the product may swallow it."""


class NotCounted(RuntimeError):  # noqa: N818
    """A call whose cost cannot be told: the figure would be wrong, so there is none."""


@dataclass
class Spent:
    """What one command, page or job used. Table writes and index writes are kept apart."""

    read: float = 0.0
    write: float = 0.0
    index_write: float = 0.0
    keys: list[str] = field(default_factory=list)
    # Each read call: what it read, its units, and the size of each item that it read.
    reads: list[tuple[str, float, list[tuple[str, int]]]] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    scans: list[str] = field(default_factory=list)


class Meter:
    """Adds up calls while `measuring`; the rest of the time it looks on."""

    def __init__(self) -> None:
        self.projections: units.Projections | None = None
        self._spent: Spent | None = None

    @contextmanager
    def installed(self) -> Iterator["Meter"]:
        """Hooks into every botocore session that is made inside the block."""
        hooks: list[tuple[str, Callable[..., Any]]] = [
            ("before-parameter-build.dynamodb", self._ask),
            ("after-call.dynamodb", self._count),
        ]
        handlers.BUILTIN_HANDLERS.extend(hooks)
        try:
            yield self
        finally:
            for hook in hooks:
                handlers.BUILTIN_HANDLERS.remove(hook)

    @contextmanager
    def measuring(self) -> Iterator[Spent]:
        """What is spent inside the block.

        Raises ScanHappened for a Scan, and NotCounted when a write was refused: AWS charges
        for those, and the local AWS does not say how much.
        """
        spent = self._spent = Spent()
        try:
            yield spent
        finally:
            self._spent = None
            if spent.scans:
                raise ScanHappened(f"A Scan happened: {', '.join(spent.scans)}")
        if spent.refused:
            raise NotCounted(f"A write was refused: {', '.join(spent.refused)}")

    def _ask(self, params: dict[str, Any], model: Any, context: dict[str, Any], **_: Any) -> None:
        if model.name == "Scan" and self._spent is not None:
            self._spent.scans.append(str(params.get("TableName")))
            raise ScanHappened("A Scan happened.")
        if "ReturnConsumedCapacity" in model.input_shape.members:
            params["ReturnConsumedCapacity"] = "INDEXES"
        context["groundswell_params"] = params

    def _count(self, parsed: dict[str, Any], model: Any, context: dict[str, Any], **_: Any) -> None:
        spent = self._spent
        if spent is None or model.name in FREE:
            return
        params = context["groundswell_params"]
        spent.keys.extend(touched(model.name, params))
        if "Error" in parsed:
            spent.refused.append(f"{model.name}: {parsed['Error'].get('Code')}")
        elif model.name in READS:
            assert self.projections is not None
            cost, items = cost_of_read(model.name, params, parsed, self.projections)
            spent.read += cost
            sizes = [(_key({"Key": item}), units.item_bytes(item)) for item in items]
            spent.reads.append((", ".join(touched(model.name, params)), cost, sizes))
        elif model.name in WRITES:
            table, indexes = cost_of_write(parsed)
            spent.write += table
            spent.index_write += indexes
        else:
            raise NotCounted(f"{model.name} is not known to this benchmark.")


def cost_of_read(
    operation: str,
    params: Mapping[str, Any],
    answer: Mapping[str, Any],
    projections: units.Projections,
) -> tuple[float, list[units.Item]]:
    """Read units of one call, and the items that it read, as large as they were read."""
    for narrowing in ("ProjectionExpression", "FilterExpression", "AttributesToGet"):
        if narrowing in params:
            raise NotCounted(f"{narrowing} hides what was read from what is answered.")
    consistent = bool(params.get("ConsistentRead"))
    if operation == "GetItem":
        items = [answer["Item"]] if "Item" in answer else []
        return units.query_units(items, consistent=consistent), items
    if operation == "BatchGetItem":
        return _cost_of_batch(params, answer)
    items = answer["Items"]
    if "IndexName" in params:
        items = [projections.seen(params["IndexName"], item) for item in items]
    return units.query_units(items, consistent=consistent), items


def _cost_of_batch(
    params: Mapping[str, Any], answer: Mapping[str, Any]
) -> tuple[float, list[units.Item]]:
    total, items = 0.0, []
    for table, request in params["RequestItems"].items():
        found = answer["Responses"].get(table, [])
        left = answer.get("UnprocessedKeys", {}).get(table, {}).get("Keys", [])
        asked = len(request["Keys"]) - len(left)
        fresh = bool(request.get("ConsistentRead"))
        total += units.batch_units(found, asked, consistent=fresh)
        items += found
    return total, items


def cost_of_write(answer: Mapping[str, Any]) -> tuple[float, float]:
    """Write units on the table and on its indexes, from what the call was answered."""
    consumed = answer["ConsumedCapacity"]
    table = indexes = 0.0
    for part in consumed if isinstance(consumed, list) else [consumed]:
        on_indexes = sum(
            index["CapacityUnits"]
            for kind in ("GlobalSecondaryIndexes", "LocalSecondaryIndexes")
            for index in part.get(kind, {}).values()
        )
        indexes += on_indexes
        table += part["CapacityUnits"] - on_indexes
    return table, indexes


_ID = re.compile(r"#[^#]+")
_EVENT = re.compile(r"(0#EVENT#)[0-9]+")


def touched(operation: str, params: Mapping[str, Any]) -> list[str]:
    """What a call reads or writes, as kinds of keys: `PETITION#… 0#*`."""
    if operation == "Query":
        values = list(params["ExpressionAttributeValues"].values())
        partition = _kind(values[0])
        if "IndexName" in params:
            return [f"{params['IndexName']} {partition}"]
        return [f"{partition} {values[1]['S'] if len(values) > 1 else ''}*"]
    if operation == "TransactWriteItems":
        parts = [next(iter(part.items())) for part in params["TransactItems"]]
        return [f"{_VERBS[kind]} {_key(part)}" for kind, part in parts]
    if operation == "BatchGetItem":
        return [_key({"Key": k}) for r in params["RequestItems"].values() for k in r["Keys"]]
    if operation == "BatchWriteItem":
        return ["puts"]
    verb = _VERBS.get(operation.removesuffix("Item"), "")
    return [f"{verb} {_key(params)}".strip()]


_VERBS = {"Put": "put", "Update": "update", "Delete": "delete", "ConditionCheck": "check"}


def _key(params: Mapping[str, Any]) -> str:
    key = params.get("Key") or params["Item"]
    sort = key["sk"]["S"]
    kind = _EVENT.sub(r"\1…", sort) if sort.startswith("0#") else _ID.sub("#…", sort)
    return f"{_kind(key['pk'])} {kind}"


def _kind(value: Mapping[str, str]) -> str:
    partition = value["S"]
    # The states that petitions are listed under are few, and no ids.
    return partition if partition.startswith("PETITIONS#") else _ID.sub("#…", partition)
