"""What a form's body becomes."""

import pytest

from chalicelib.web.forms import Form, parse, whole_number

TABLE: dict[str, tuple[bytes, dict[str, object]]] = {
    "nothing": (b"", {}),
    "plain fields": (b"name=Zo%C3%AB+L&charge=", {"name": "Zoë L", "charge": ""}),
    "line ends": (b"text=a%0D%0Ab", {"text": "a\r\nb"}),
    "the last of two": (b"name=a&name=b", {"name": "b"}),
    "markup is text": (b"name=%3Cb%3E%26amp%3B", {"name": "<b>&amp;"}),
    "no equals sign": (b"name", {"name": ""}),
    "semicolons part nothing": (b"a=1;b=2", {"a": "1;b=2"}),
    "rows": (
        b"conveners-0-name=A&conveners-0-email=a%40x.org&conveners-1-name=B&conveners-1-email=",
        {"conveners": [{"name": "A", "email": "a@x.org"}, {"name": "B", "email": ""}]},
    ),
    "rows in the order of their numbers": (
        b"rows-10-name=c&rows-2-name=b&rows-0-name=a",
        {"rows": [{"name": "a"}, {"name": "b"}, {"name": "c"}]},
    ),
    "blank rows are left out": (
        b"rows-0-name=+&rows-0-email=&rows-1-name=B&rows-1-email=&rows-2-name=&rows-2-email=%09",
        {"rows": [{"name": "B", "email": ""}]},
    ),
    "rows that are all blank make an empty list": (b"rows-0-name=&rows-1-name=+", {"rows": []}),
    "a row's only field": (
        b"questions-0-value=Why%3F&questions-1-value=&questions-2-value=How%3F",
        {"questions": ["Why?", "How?"]},
    ),
    "rows beside a field of their name": (b"rows=x&rows-0-name=a", {"rows": [{"name": "a"}]}),
    "names that are no rows": (
        b"rows--name=a&rows-1000-name=b&Rows-0-name=c&rows-0=d&rows-0-a-b=e&rows-%C2%B2-a=f",
        {
            "rows--name": "a",
            "rows-1000-name": "b",
            "Rows-0-name": "c",
            "rows-0": "d",
            "rows-0-a-b": "e",
            "rows-²-a": "f",
        },
    ),
}


@pytest.mark.parametrize("name", TABLE)
def test_a_body_becomes_fields(name: str) -> None:
    body, fields = TABLE[name]
    assert parse(body) == fields


@pytest.mark.parametrize("body", [b"name=\xff", b"\xfe\xff=1", "name=é".encode("latin-1")])
def test_a_body_that_is_not_utf_8_is_refused(body: bytes) -> None:
    with pytest.raises(ValueError, match="utf-8"):
        parse(body)


def test_escaped_bytes_that_are_not_utf_8_do_not_stop_the_form() -> None:
    assert parse(b"name=%FF&next=%2F") == {"name": "\N{REPLACEMENT CHARACTER}", "next": "/"}


def test_five_hundred_fields_are_read_and_more_refused() -> None:
    assert len(parse(b"&".join(b"f%d=" % n for n in range(500)))) == 500
    with pytest.raises(ValueError, match="fields"):
        parse(b"&".join(b"f%d=" % n for n in range(501)))


@pytest.mark.parametrize(
    ("text", "number"),
    [("0", 0), ("17", 17), ("007", 7), ("", None), ("²", None), ("١", None), ("-1", None)]
    + [("1.0", None), (" 1", None), ("1\n", None), ("1_0", None), ("9" * 5000, None)],
)
def test_only_plain_digits_are_a_number(text: str, number: int | None) -> None:
    assert whole_number(text) == number


def test_templates_reach_values_by_their_name() -> None:
    form = Form({"name": "A"}, {"name": "Too short."})
    assert (form["values"], form["errors"]) == ({"name": "A"}, {"name": "Too short."})
