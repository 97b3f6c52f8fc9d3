"""Reads what a form sent, and keeps it for showing the form again."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

from python_multipart import create_form_parser
from python_multipart.exceptions import FormParserError

MOST_FIELDS = 500
# All answers of the longest form together stay far below; a page that shows them again has to
# fit into an answer of AWS Lambda, which is 6 MB.
MOST_BYTES = 500_000
_ROW = re.compile(r"^([a-z_]+)-([0-9]{1,3})-([a-z_]+)$")


@dataclass(frozen=True)
class Form:
    """A form as it is shown: what was typed, and what is wrong with it.

    `web/checks` fills in the rest: what is looked at as people write, what was found, and the
    field that was put right just now.
    """

    values: Mapping[str, Any] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)
    checks: Mapping[str, str] = field(default_factory=dict)
    findings: Mapping[str, Any] = field(default_factory=dict)
    focus: str = ""

    # Templates say form['values'], since a plain `form.values` is a method of every dict.
    def __getitem__(self, name: str) -> Any:
        return getattr(self, name)


def whole_number(text: str) -> int | None:
    """The number that plain digits write, as in an address; None for anything else."""
    return int(text) if re.fullmatch(r"[0-9]{1,9}", text) else None


class TooMuch(ValueError):  # noqa: N818
    """More was sent than any form of ours asks for."""


@dataclass(frozen=True)
class Upload:
    """A file that came with a form."""

    name: str
    content: bytes


def parse_upload(body: bytes, content_type: str) -> dict[str, Any]:
    """The fields of a form that carries files. Raises ValueError for a broken one."""
    fields: dict[str, Any] = {}

    def on_field(field: Any) -> None:
        if len(fields) >= MOST_FIELDS:
            raise ValueError("too many fields")
        if len(field.value or b"") > MOST_BYTES:
            raise TooMuch
        fields[field.field_name.decode()] = (field.value or b"").decode()

    def on_file(file: Any) -> None:
        if len(fields) >= MOST_FIELDS:
            raise ValueError("too many fields")
        file.file_object.seek(0)
        name = (file.file_name or b"").decode(errors="replace")
        fields[file.field_name.decode()] = Upload(name, file.file_object.read())

    headers = {"Content-Type": content_type.encode()}
    # Everything stays in memory: the request's own limit is lower than this.
    parser = create_form_parser(headers, on_field, on_file, {"MAX_MEMORY_FILE_SIZE": 2**30})
    try:
        parser.write(body)
        parser.finalize()
    except FormParserError as error:
        raise ValueError(str(error)) from error
    return fields


def parse(body: bytes) -> dict[str, Any]:
    """A form's fields. `conveners-0-name` becomes a row of the list `conveners`, and rows whose
    fields are all empty are left out; a row's only field `value` makes it a plain text.

    Raises ValueError for a body that is not UTF-8, or longer than any form of ours.
    """
    if len(body) > MOST_BYTES:
        raise TooMuch
    fields: dict[str, Any] = {}
    rows: dict[str, dict[int, dict[str, str]]] = {}
    pairs = parse_qsl(body.decode("utf-8"), keep_blank_values=True, max_num_fields=MOST_FIELDS)
    for name, value in pairs:
        match = _ROW.match(name)
        if match:
            rows.setdefault(match[1], {}).setdefault(int(match[2]), {})[match[3]] = value
        else:
            fields[name] = value
    for name, numbered in rows.items():
        filled = [
            row for _, row in sorted(numbered.items()) if any(v.strip() for v in row.values())
        ]
        fields[name] = [row["value"] if set(row) == {"value"} else row for row in filled]
    return fields
