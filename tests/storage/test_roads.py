"""The tests ask moto's table by a short road; it answers and keeps what the long one would."""

import copy
from collections import Counter
from typing import Any

import pytest
from botocore.client import BaseClient
from botocore.exceptions import ClientError
from pynamodb.exceptions import PutError, UpdateError

from chalicelib.domain.errors import Stale
from chalicelib.storage.tables import Record
from tests.services import aws, short_road
from tests.services.world import World


def outcome(road: Any, client: Any, operation: str, params: dict[str, Any]) -> tuple[str, Any]:
    try:
        said = road(client, operation, copy.deepcopy(params))
    except ClientError as error:
        said = error.response
    return ("refused" if "Error" in said else "done"), said


def test_both_roads_answer_the_same_and_leave_the_same(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every request of a stretch of the association's life, on the one road and on the other."""
    seen: Counter[tuple[str, str]] = Counter()

    def both(self: Any, operation: str, params: dict[str, Any]) -> Any:
        if operation not in short_road.METHODS:
            return short_road._long_road(self, operation, params)
        items = copy.deepcopy(aws.table()).items
        how, short = outcome(short_road._make_api_call, self, operation, params)
        left = aws.dump()
        aws.table().items = items
        _, long = outcome(short_road._long_road, self, operation, params)
        assert aws.dump() == left, operation
        meta = long.pop("ResponseMetadata")
        assert short.pop("ResponseMetadata")["HTTPStatusCode"] == meta["HTTPStatusCode"]
        assert short == long, operation
        seen[operation, how] += 1
        if how == "refused":
            raise ClientError({**long, "ResponseMetadata": meta}, operation)
        return {**long, "ResponseMetadata": meta}

    world.at("collecting")
    monkeypatch.setattr(BaseClient, "_make_api_call", both)
    world.sign("zoe")
    world.deliver_all()
    world.confirm("zoe")
    world.deliver_all()
    assert world.services.store.petitions.in_state("collecting").rows
    # What such a life has no need of.
    with Record.batch_write() as batch:
        for number in range(30):
            batch.save(Record("A", str(number), body={"ő": [number, None]}, held=number))
        batch.delete(Record("A", "none"))
    assert len(list(Record.batch_get([("A", str(n)) for n in range(40)]))) == 30
    assert len(list(Record.query("A", Record.sk.between("1", "2"), limit=4, page_size=3))) == 4
    Record("A", "1").delete()
    Record("A", "1").save(condition=Record.pk.does_not_exist())
    with pytest.raises(PutError):
        Record("A", "2").save(condition=Record.pk.does_not_exist())
    with pytest.raises(UpdateError):
        Record("A", "2").update(actions=[Record.held.add(1)], condition=Record.held == 7)
    Record("A", "2").update(actions=[Record.held.add(1), Record.body.remove()])
    unit = world.services.store.unit()
    unit.insert(Record("B", "1"))
    unit.delete(("A", "3"), Record.held == 4)
    with pytest.raises(Stale):
        unit.commit()
    assert {operation for operation, how in seen if how == "done"} == set(short_road.METHODS)
    refused = {operation for operation, how in seen if how == "refused"}
    assert refused >= {"PutItem", "UpdateItem", "TransactWriteItems"}
