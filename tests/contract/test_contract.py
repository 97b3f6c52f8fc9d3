"""The running site keeps what its OpenAPI document says: Schemathesis goes through all of it, in
every role, with what fits and with what does not.
"""

from collections import Counter
from itertools import cycle
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, Phase, given, seed, settings
from schemathesis import openapi
from schemathesis.checks import not_a_server_error
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from local.stack import Stack

ROOT = Path(__file__).resolve().parents[2]
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
# For each operation, by whether what is sent fits the document.
CASES = {GenerationMode.POSITIVE: 3, GenerationMode.NEGATIVE: 1}


def test_the_site_answers_as_its_document_says(
    stack: Stack, cast: dict[str, Any], record_property: Any
) -> None:
    schema = openapi.from_url(f"{stack.base_url}/api/v1/openapi.json")
    tokens = {"visitor": "", **cast["tokens"]}
    turns = cycle(tokens)
    sent: Counter[str] = Counter()
    answered: Counter[int] = Counter()
    wrong: list[str] = []
    operations = [found.ok() for found in schema.get_all_operations()]
    for operation in operations:
        # Any text fits an address: only what has more to it can be sent wrongly.
        wrongly = bool(operation.body) or any(True for _ in operation.query)
        for mode, most in CASES.items():
            if mode == GenerationMode.NEGATIVE and not wrongly:
                continue

            @seed(1)
            @settings(
                max_examples=most,
                deadline=None,
                database=None,
                phases=[Phase.generate],
                suppress_health_check=list(HealthCheck),
            )
            @given(case=operation.as_strategy(generation_mode=mode))
            def run(case: Any) -> None:
                who = next(turns)
                if case.meta.generation.mode == GenerationMode.POSITIVE:
                    # What there is, where the document cannot say it.
                    for name in set(case.path_parameters or {}) & set(cast["ids"]):
                        there = cast["ids"][name]
                        case.path_parameters[name] = there[sent["cases"] % len(there)]
                    # Any tag names another version: mostly the command itself is to be seen.
                    if sent["cases"] % 4:
                        case.headers.pop("If-Match", None)
                headers = {"Authorization": f"Bearer {tokens[who]}"} if tokens[who] else {}
                response = case.call(headers=headers, timeout=30)
                sent.update(["cases", who])
                answered.update([response.status_code])
                case.validate_response(response, checks=CHECKS, headers=headers)

            try:
                run()
            except (Exception, BaseExceptionGroup) as error:  # noqa: BLE001 - all is told at once
                wrong.append(f"{operation.label}, {mode.name}: {error}")
    told = ", ".join(f"{status}: {count}" for status, count in sorted(answered.items()))
    record_property(
        "summary",
        f"{len(operations)} operations, {sent['cases']} requests in {len(tokens)} roles; {told}",
    )
    assert not wrong, "\n\n".join(wrong)
    assert len(operations) > 150
    assert all(sent[who] > 50 for who in tokens)
    # Neither a wall of refusals nor one of welcome.
    for status in (200, 304, 403, 404, 409, 412, 422):
        assert answered[status] > 0, told
