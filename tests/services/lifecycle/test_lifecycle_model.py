"""Random commands through a petition's life, beside a small model of what may happen when.

What the model refuses is refused and changes nothing; what it allows happens, and leads where the
model says: through amendments, recusals, secret votes, void ones, votes without a meeting and
their confirmation, also on documents that are no petitions. `MODEL_EXAMPLES` and `MODEL_STEPS` in
the environment ask for more than the everyday run: `MODEL_EXAMPLES=500 script/test -k
lifecycle_model`.
"""

import os
from collections import Counter
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.services.lifecycle.lifecycle_confirming import Lifecycle
from tests.services.lifecycle.lifecycle_starts import STARTS
from tests.services.world import World

pytestmark = pytest.mark.walk
EXAMPLES = int(os.environ.get("MODEL_EXAMPLES", "8"))
STEPS = int(os.environ.get("MODEL_STEPS", "15"))


def test_no_random_life_diverges_from_the_model(
    world: World, capsys: pytest.CaptureFixture[str], record_property: Callable[[str, object], None]
) -> None:
    for start in STARTS.values():
        start(world)
    seen: Counter[str] = Counter()
    run_state_machine_as_test(
        type("Life", (Lifecycle,), {"world": world, "seen": seen}),
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=STEPS,
            deadline=None,
            # To look for the shortest life that diverges takes minutes.
            phases=[Phase.generate] if "MODEL_QUICK" in os.environ else tuple(Phase),
            suppress_health_check=list(HealthCheck),
        ),
    )
    for name, count in sorted(seen.items()):
        record_property(name, count)
    with capsys.disabled():
        print(
            f"\n{seen['lives']} lives: {seen['allowed']} commands that the model allows, "
            f"{seen['refused']} that it refuses, {seen['sweeps']} sweeps; no divergence."
        )
    assert seen["lives"] >= EXAMPLES
    assert min(seen["allowed"], seen["refused"], seen["sweeps"]) > 0
