"""The forms that stored items had in earlier releases, brought up to the present one when read.

Each item says in `schema` which release's form its body has. A release that changes the form of
a kind of item counts SCHEMA up and adds a step here. Nothing is rewritten in the table: an item
takes the new form when it is next written, in the transaction that has its event, so that the
record goes on to verify. Steps of the record itself, seals and ballots are never changed.
"""

import re
from collections.abc import Callable
from typing import Any

Body = dict[str, Any]
Step = Callable[[Body], Body]

SCHEMA = 1
# What is sealed: its digest is over the form in which it was stored.
SEALED = re.compile(r".+ (0#EVENT#|1#EDIT#|SLIP#|BALLOT#).*|SEALS .*")

# By the schema that it leads to: a pattern of keys, as `<partition> <sort key>`, and what makes
# the new body of the old one.
STEPS: dict[int, tuple[tuple[str, Step], ...]] = {}


class NewerItem(Exception):  # noqa: N818 - it says what was found
    """An item has a form that this release does not know: a newer release has written it."""


def migrated(pk: str, sk: str, schema: int, body: Body | None) -> Body | None:
    """A stored body in the present form. Raises NewerItem where a newer release wrote it, as after
    a roll back: to read it by guess could lose what it holds.
    """
    if schema > SCHEMA:
        raise NewerItem(
            f"An item of {pk.partition('#')[0]} has schema {schema}, and this release knows "
            f"{SCHEMA}. Deploy the newer release again."
        )
    key = f"{pk} {sk}"
    if body is None or schema == SCHEMA or SEALED.fullmatch(key):
        return body
    for number in range(schema + 1, SCHEMA + 1):
        for pattern, step in STEPS.get(number, ()):
            if re.fullmatch(pattern, key):
                body = step(body)
    return body
