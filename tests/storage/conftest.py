"""The store's tests go the whole way to DynamoDB and back."""

import pytest
from services import aws as short


@pytest.fixture(autouse=True)
def the_whole_way(monkeypatch):
    monkeypatch.setattr(short, "at_once_allowed", False)
