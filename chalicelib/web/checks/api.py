"""What is to be said about a text while somebody writes it."""

from typing import Any

from chalicelib.services.inputs import Input
from chalicelib.web.api.operations import Shape, posts
from chalicelib.web.checks.checks import check_texts
from chalicelib.web.request import Request


class Asked(Input):
    """Which check, of which fields, and their values."""

    check: dict[str, Any]
    values: dict[str, Any]


class Findings(Shape):
    """What was found, by field."""

    findings: dict[str, Any]


@posts("/checks", Findings, Asked, tag="texts")
def checks(request: Request) -> dict[str, Any]:
    """What is to be said about a text as it is now. Nothing is read or stored."""
    return {"findings": check_texts(request, request.json())}
