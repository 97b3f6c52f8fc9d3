"""The OpenAPI document is valid, and its names are unique."""

import json
from collections import Counter
from typing import Any

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from chalicelib.web.api import entrance, openapi


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    entrance.ready()
    found: dict[str, Any] = json.loads(openapi.document("https://groundswell.example.org"))
    return found


def test_the_document_is_valid(document: dict[str, Any]) -> None:
    errors = OpenAPIV31SpecValidator(document).iter_errors()
    assert [error.message for error in errors] == []


def test_no_two_operations_share_an_id(document: dict[str, Any]) -> None:
    ids = Counter(
        one["operationId"] for path in document["paths"].values() for one in path.values()
    )
    assert len(ids) > 100
    assert [name for name, count in ids.items() if count > 1] == []


def test_every_schema_has_its_name_as_its_title(document: dict[str, Any]) -> None:
    schemas = document["components"]["schemas"]
    titles = {name: one["title"] for name, one in schemas.items() if name != "Problem"}
    assert titles == {name: name for name in titles}
    assert {"PetitionState", "MotionState", "MeetingState"} <= set(titles)
    assert all(name.isalnum() for name in titles)
