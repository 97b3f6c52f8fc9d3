"""The one table: every item is a `Record`. Which keys hold what stands in docs/data-model.md."""

import json
import os
from typing import Any

from pynamodb.attributes import JSONAttribute, NumberAttribute, UnicodeAttribute
from pynamodb.exceptions import TableError
from pynamodb.indexes import GlobalSecondaryIndex, IncludeProjection, KeysOnlyProjection
from pynamodb.models import Model

from chalicelib.storage import migrations


class CompactJSON(JSONAttribute):
    """JSON as small as it goes: a Cyrillic name written in escapes would take three times the
    room, and room is what a write costs.
    """

    def serialize(self, value: Any) -> str | None:
        """The JSON text of a value, in UTF-8 and without blanks."""
        if value is None:
            return None
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


class Listings(GlobalSecondaryIndex[Any]):  # type: ignore[no-untyped-call]
    """Sparse: what lists on pages show, and no more, so that a list costs little."""

    class Meta:
        index_name = "listings"
        projection = IncludeProjection(["listing"])

    listing_pk = UnicodeAttribute(hash_key=True)
    listing_sk = UnicodeAttribute(range_key=True)
    listing = CompactJSON(null=True)


class Due(GlobalSecondaryIndex[Any]):  # type: ignore[no-untyped-call]
    """Sparse: what a job has to look at, and from when on."""

    class Meta:
        index_name = "due"
        projection = KeysOnlyProjection()

    due = UnicodeAttribute(hash_key=True)
    due_at = UnicodeAttribute(range_key=True)


class Record(Model):
    """An item. `body` is the domain value; the attributes beside it are those that conditions,
    counters and indexes need. `schema` says which release's form the body has.
    """

    class Meta:
        table_name = os.environ.get("GROUNDSWELL_TABLE", "groundswell")
        billing_mode = "PAY_PER_REQUEST"

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
    schema = NumberAttribute(default_for_new=lambda: migrations.SCHEMA)
    version = NumberAttribute(null=True)
    state = UnicodeAttribute(null=True)
    body = CompactJSON(null=True)
    listing_pk = UnicodeAttribute(null=True)
    listing_sk = UnicodeAttribute(null=True)
    listing = CompactJSON(null=True)
    due = UnicodeAttribute(null=True)
    due_at = UnicodeAttribute(null=True)
    letter = UnicodeAttribute(null=True)
    lease = UnicodeAttribute(null=True)
    attempts = NumberAttribute(null=True)
    held = NumberAttribute(null=True)
    # A petition's tally.
    text_digest = UnicodeAttribute(null=True)
    edition = NumberAttribute(null=True)
    until = UnicodeAttribute(null=True)
    confirmed = NumberAttribute(null=True)
    verified = NumberAttribute(null=True)
    # Seconds since the epoch after which DynamoDB deletes the item by itself.
    ttl = NumberAttribute(null=True)

    listings = Listings()
    due_index = Due()

    @classmethod
    def from_raw_data(cls, data: dict[str, Any]) -> "Record":
        """An item as it was read, in the present form."""
        found: Record = super().from_raw_data(data)
        return found._brought_up()

    def deserialize(self, attribute_values: dict[str, dict[str, Any]]) -> None:
        """The same for what an update answers."""
        super().deserialize(attribute_values)
        self._brought_up()

    def _brought_up(self) -> "Record":
        # What an index projects has neither schema nor body.
        if self.body is not None or self.schema is not None:
            was = int(self.schema or 1)
            self.body = migrations.brought_up(self.pk, self.sk, was, self.body)
        return self


def create_table() -> None:
    """Creates the table with its indexes, once; a table that exists is left as it is."""
    try:
        Record.create_table(wait=True)
    except TableError as error:
        if error.cause_response_code != "ResourceInUseException":
            raise
