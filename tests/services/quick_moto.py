"""moto, made to waste less time. What it answers stays the same."""

import copy
import functools
import pickle
from typing import Any

import moto.core.models
import moto.core.responses
import moto.dynamodb.parsing.validators
import moto.dynamodb.responses
import moto.sqs.models
from botocore.useragent import UserAgentString
from moto import backend_index
from moto.core.utils import camelcase_to_underscores, unix_time_millis
from moto.dynamodb.exceptions import ItemSizeTooLarge
from moto.dynamodb.models import DynamoDBBackend
from moto.dynamodb.models.dynamo_type import DynamoType, Item, LimitedSizeDict
from moto.dynamodb.models.table import Table
from moto.dynamodb.models.utilities import bytesize, dynamo_to_dict
from moto.dynamodb.parsing.ast_nodes import (
    DepthFirstTraverser,
    Expression,
    Node,
    UpdateExpressionFunction,
)
from moto.dynamodb.parsing.expressions import UpdateExpressionParser
from moto.sqs.models import Queue

SIZE_LIMIT = 405_000  # moto's own.

_update_item = DynamoDBBackend.update_item
_query_all = Table.query
_item_copied = Item.__deepcopy__
_type_size = DynamoType.size
_value_to_regular_json = DynamoType.to_regular_json
_parse_update = UpdateExpressionParser.make.__func__

# ------------------------------------------------------------------ Items


def _snapshot(self: Table, _memo: dict[int, Any]) -> Table:
    """moto copies every item of the table for every item of a transaction. Items are replaced
    and never changed (see `_update_a_copy`), so the copy may share them.
    """
    new = copy.copy(self)
    new.items = copy.copy(self.items)
    for pk, partition in self.items.items():
        new.items[pk] = dict(partition)
    return new


def _update_a_copy(
    self: DynamoDBBackend, table_name: str, key: Any, *rest: Any, **more: Any
) -> Any:
    table = self.get_table(table_name)
    partition, sort = self.get_keys_value(table, key)
    item = table.get_item(partition, sort)
    if item is not None:
        table.items[partition][sort] = _item_copied(item, {})
    return _update_item(self, table_name, key, *rest, **more)


def _new_item(self: Item, hash_key: Any, range_key: Any, attrs: dict[str, Any]) -> None:
    """moto measures the whole item again for each of its attributes."""
    self.hash_key, self.range_key = hash_key, range_key
    self.attrs = LimitedSizeDict()
    for name, value in attrs.items():
        dict.__setitem__(self.attrs, name, DynamoType(value))
    if sum(bytesize(name) + value.size() for name, value in self.attrs.items()) > SIZE_LIMIT:
        raise ItemSizeTooLarge


def _size(self: DynamoType) -> int:
    value = self.value
    if self.type == "S":
        return len(value) if value.isascii() else len(value.encode())
    return int(_type_size(self))


def _equal(self: DynamoType, other: DynamoType) -> bool:
    if self.type == "S":
        return other.type == "S" and bool(self.value == other.value)
    return bool(self.type == other.type and self.cast_value == other.cast_value)


def _unequal(self: DynamoType, other: DynamoType) -> bool:
    return not _equal(self, other)


def _hash(self: DynamoType) -> int:
    return hash(self.value if self.type == "S" else (self.type, self.cast_value))


def _before(self: DynamoType, other: DynamoType) -> bool:
    if self.type == "S":
        return bool(self.value < other.value)
    return bool(self.cast_value < other.cast_value)


def _to_regular_json(self: DynamoType) -> dict[str, Any]:
    """moto copies the whole value at each of its levels, and then makes it anew."""
    value = self.value
    if self.is_map() or self.is_list():
        plain = [
            one.to_regular_json() if isinstance(one, DynamoType) else copy.deepcopy(one)
            for one in (value.values() if self.is_map() else value)
        ]
        return {self.type: dict(zip(value, plain, strict=True)) if self.is_map() else plain}
    return _value_to_regular_json(self)


def _to_dict(value: Any) -> Any:
    """Most of what is answered are items of texts and numbers."""
    kind = type(value)
    if kind is DynamoType:
        if value.type in {"S", "N"}:
            return {value.type: value.value}
    elif kind is dict or kind is LimitedSizeDict:
        return {name: _to_dict(one) for name, one in value.items()}
    elif kind is list:
        return [_to_dict(one) for one in value]
    elif kind in {str, int, float, bool}:
        return value
    return dynamo_to_dict(value)


# ------------------------------------------------------------------ Queries and expressions


def _sorted_items(self: Table) -> list[Any]:
    """Every key of the table is text, which sorts faster as such than as moto's own type."""
    items = [item for partition in self.items.values() for item in partition.values()]
    return sorted(items, key=lambda item: (item.hash_key.value, item.range_key.value))


def _query_narrowly(
    self: Table,
    hash_key: Any,
    comparison: Any,
    objects: Any,
    limit: Any,
    start: Any,
    forward: Any,
    projection: Any,
    index_name: Any = None,
    *rest: Any,
    **more: Any,
) -> Any:
    """moto sorts every item of the table before it looks for those that were asked for."""
    seen = copy.copy(self)
    if index_name:
        # Of an index with one attribute for its partition.
        ((name, value),) = more["hash_key_conditions"]
        wanted = value.value
        seen.items = {
            (pk, sk): {sk: item}
            for pk, partition in self.items.items()
            for sk, item in partition.items()
            if (held := item.attrs.get(name)) is not None and held.value == wanted
        }
    else:
        seen.items = {hash_key: self.items[hash_key]} if hash_key in self.items else {}
    given = (hash_key, comparison, objects, limit, start, forward, projection, index_name)
    return _query_all(seen, *given, *rest, **more)


@functools.cache
def _update_expression(text: str) -> Any:
    """The same few expressions come thousands of times, and whoever changes one copies it."""
    made = _parse_update(UpdateExpressionParser, text)
    made.written = pickle.dumps(made)
    return made


def _expression_copied(expression: Any) -> Any:
    return pickle.loads(expression.written)


_processed: dict[tuple[type, type], bool] = {}
_nodes: dict[type, bool] = {}
_expressions: dict[type, bool] = {}


def _traverse(self: DepthFirstTraverser, node: Any, child_id: int = -1) -> Any:
    """moto asks abstract classes of every node, ten times for each update, what kind it is of."""
    kind = type(node)
    if kind not in _nodes:
        _nodes[kind] = issubclass(kind, Node)
        _expressions[kind] = issubclass(kind, (Expression, UpdateExpressionFunction))
    if not _nodes[kind]:
        return node
    parent = node.parent
    for number, child in enumerate(node.children or ()):
        self.pre_processing_of_child(node, number)
        _traverse(self, child, number)
    asked = type(self), kind
    if asked not in _processed:
        _processed[asked] = issubclass(kind, self.nodes_to_be_processed())
    if _processed[asked]:
        node = self.process(node)
        node.parent = parent
        if parent:
            parent.children[child_id] = node
    return node


def _find_clauses(self: Node, wanted: Any) -> list[Any]:
    found = []
    for child in self.children or ():
        kind = type(child)
        if kind in wanted:
            found.append(child)
            continue
        if kind not in _expressions:
            _nodes[kind] = issubclass(kind, Node)
            _expressions[kind] = issubclass(kind, (Expression, UpdateExpressionFunction))
        if _expressions[kind]:
            found.extend(child.find_clauses(wanted))
    return found


# ------------------------------------------------------------------ Queues


def _ready(self: Queue) -> list[Any]:
    """moto reads the clock twice for every message, and that for each that is sent."""
    now = unix_time_millis()
    return [m for m in self._messages if now > m.visible_at and now >= m.delayed_until]


def _delayed(self: Queue) -> int:
    now = unix_time_millis()
    return sum(now < message.delayed_until for message in self._messages)


def _invisible(self: Queue) -> int:
    now = unix_time_millis()
    return sum(now <= message.visible_at for message in self._messages)


def install() -> None:
    """Once in a process, before its first request."""
    Table.__deepcopy__ = _snapshot
    DynamoDBBackend.update_item = _update_a_copy
    Item.__init__ = _new_item
    Item.__deepcopy__ = lambda self, _memo: self
    DynamoType.size = _size
    DynamoType.__eq__, DynamoType.__ne__ = _equal, _unequal
    DynamoType.__hash__, DynamoType.__lt__ = _hash, _before
    DynamoType.to_regular_json = _to_regular_json
    moto.dynamodb.responses.dynamo_to_dict = _to_dict
    Table.all_items = _sorted_items
    Table.query = _query_narrowly
    UpdateExpressionParser.make = staticmethod(_update_expression)
    moto.dynamodb.parsing.validators.deepcopy = _expression_copied
    DepthFirstTraverser.traverse_node_recursively = _traverse
    Node.find_clauses = _find_clauses
    Queue.messages = property(_ready)
    Queue.approximate_number_of_messages_delayed = property(_delayed)
    Queue.approximate_number_of_messages_not_visible = property(_invisible)
    moto.sqs.models.camelcase_to_underscores = functools.cache(camelcase_to_underscores)
    # Found out anew for each request, and the same every time.
    moto.core.responses.method_names_from_class = functools.cache(
        moto.core.responses.method_names_from_class
    )
    # Each request is held against these patterns in their order.
    first = ["dynamodb", "sqs", "s3", "ses"]
    backend_index.backend_url_patterns.sort(
        key=lambda pair: first.index(pair[0]) if pair[0] in first else len(first)
    )
    # Nobody here asks by `requests`, for which moto makes hundreds of answers ready each time.
    moto.core.models.RESPONSES_METHODS.clear()
    # Written anew for each request, and read by nobody.
    UserAgentString.to_string = lambda self: "tests"
