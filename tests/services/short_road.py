"""The short road to moto's DynamoDB: what a request says and what is answered, without the wire.

On the long road a request becomes JSON, is signed, taken for HTTP, matched against the addresses
of a hundred services and read again, and its answer goes the same way back. Here moto's own
handler is given what it would have read. All that decides stays: the hooks of botocore around a
call, moto's checks, its expressions, its errors. `test_table.py` holds both roads against
each other.
"""

import threading
import uuid
from collections.abc import Callable
from typing import Any

import moto.core.models
from botocore.client import BaseClient
from moto.dynamodb.responses import DynamoHandler

# What the application asks of its table. Everything else goes the long way.
METHODS: dict[str, Callable[[DynamoHandler], Any]] = {
    "GetItem": DynamoHandler.get_item,
    "Query": DynamoHandler.query,
    "BatchGetItem": DynamoHandler.batch_get_item,
    "PutItem": DynamoHandler.put_item,
    "UpdateItem": DynamoHandler.update_item,
    "DeleteItem": DynamoHandler.delete_item,
    "BatchWriteItem": DynamoHandler.batch_write_item,
    "TransactWriteItems": DynamoHandler.transact_write_items,
}
ACCOUNT = "123456789012"

one_request_at_a_time = threading.RLock()
_long_road = BaseClient._make_api_call
_hook_in = BaseClient._emit_api_params
_here = threading.local()


class Http:
    """What hooks see of an answer besides what it says."""

    status_code = 200


def copied(value: Any) -> Any:
    """What JSON would bring over: nothing that is shared with who wrote it."""
    if isinstance(value, dict):
        return {key: copied(one) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [copied(one) for one in value]
    return value


def told(value: Any, shape: Any) -> Any:
    """What an answer says of a result: the members that the shape knows and that are there."""
    if value is None or shape.name == "AttributeValue":
        return value
    if shape.type_name == "structure":
        return {
            name: told(value[name], member)
            for name, member in shape.members.items()
            if value.get(name) is not None
        }
    if shape.type_name == "map":
        return {key: told(one, shape.value) for key, one in value.items()}
    if shape.type_name == "list":
        return [told(one, shape.member) for one in value]
    return value


def _handled(method: Callable[[DynamoHandler], Any], params: dict[str, Any], region: str) -> Any:
    handler = DynamoHandler()
    handler.current_account, handler.region = ACCOUNT, region
    handler.body = handler.params = copied(params)
    with one_request_at_a_time:
        return method(handler).result


def _make_api_call(self: Any, operation_name: str, api_params: dict[str, Any]) -> Any:
    method = METHODS.get(operation_name)
    if (
        method is None
        or self._service_model.service_name != "dynamodb"
        or not moto.core.models.botocore_stubber.enabled
        or not self.meta.endpoint_url.endswith(".amazonaws.com")
    ):
        return _long_road(self, operation_name, api_params)
    model = self._service_model.operation_model(operation_name)
    context: dict[str, Any] = {"client_region": self.meta.region_name}
    params = self._emit_api_params(api_params=api_params, operation_model=model, context=context)
    try:
        result = _handled(method, params, self.meta.region_name)
    except Exception:
        # It changed nothing. How an error is written and read is for the long road to say.
        _here.hooked = context
        try:
            return _long_road(self, operation_name, params)
        finally:
            _here.hooked = None
    answer = told(result, model.output_shape)
    answer["ResponseMetadata"] = {
        "RequestId": uuid.uuid4().hex,
        "HTTPStatusCode": 200,
        "HTTPHeaders": {},
        "RetryAttempts": 0,
    }
    self.meta.events.emit(
        f"after-call.dynamodb.{operation_name}",
        http_response=Http,
        parsed=answer,
        model=model,
        context=context,
    )
    return answer


def _emit_api_params(
    self: Any, api_params: dict[str, Any], operation_model: Any, context: dict[str, Any]
) -> Any:
    """Hooks see a request once, though it goes both roads."""
    hooked = getattr(_here, "hooked", None)
    if hooked is None:
        return _hook_in(self, api_params, operation_model, context)
    context.update(hooked)
    return api_params


def open_up() -> None:
    """Has every client of this process take the short road from here on."""
    BaseClient._make_api_call = _make_api_call
    BaseClient._emit_api_params = _emit_api_params
