"""The text of a CSV file as people have it: UTF-8 or Windows-1252, commas or semicolons."""

from collections.abc import Callable

from chalicelib.domain.errors import ValidationError

Refused = Callable[[str], ValidationError]


def decoded(content: bytes, refused: Refused) -> tuple[str, str]:
    """The text of a CSV file, and its encoding. Raises what `refused` makes of a message that says
    what to do instead.
    """
    if content[:2] == b"PK" or content[:4] == b"\xd0\xcf\x11\xe0":
        raise refused("This is a spreadsheet or zip file. Save it as CSV and choose that file.")
    if content[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        raise refused("This file is UTF-16 text. Save it as “CSV UTF-8” and choose that file.")
    if not content.strip():
        raise refused("The file is empty.")
    if b"\x00" in content:
        raise refused("This is no text file. Choose a CSV file.")
    try:
        return content.decode("utf-8-sig"), "UTF-8"
    except UnicodeDecodeError:
        pass
    try:
        return content.decode("cp1252"), "Windows-1252"
    except UnicodeDecodeError:
        raise refused("This file’s encoding is unknown. Save it as “CSV UTF-8”.") from None


def delimiter(text: str) -> str:
    """What parts the columns, by the first line."""
    heads = text.lstrip().partition("\n")[0]
    return max(",;\t|", key=heads.count)
