"""The real thing: a world whose table is DynamoDB's, by moto."""

import threading
from collections.abc import Callable
from typing import Any

import botocore.handlers
import pytest
from moto.core.botocore_stubber import BotocoreStubber

from tests.services.aws import tell_watchers
from tests.services.world import World


def _tell(params: dict[str, Any], model: Any, **_: Any) -> None:
    tell_watchers(model.name, params)


# botocore has every session that is made from here on call this before each request.
botocore.handlers.BUILTIN_HANDLERS.append(("before-parameter-build.dynamodb", _tell))


@pytest.fixture
def real(
    world: World, deployed: Callable[[], World], monkeypatch: pytest.MonkeyPatch
) -> Callable[[str], World]:
    """Gives the world at a step of a petition's life, which goes on with DynamoDB."""
    answer, one_at_a_time = BotocoreStubber.__call__, threading.RLock()

    def answer_alone(self: Any, event_name: str, request: Any, **given: Any) -> Any:
        # Each request is atomic, as on DynamoDB; moto's rollback would undo another thread's.
        with one_at_a_time:
            return answer(self, event_name, request, **given)

    monkeypatch.setattr(BotocoreStubber, "__call__", answer_alone)

    def at(step: str) -> World:
        world.at(step)
        return deployed()

    return at
