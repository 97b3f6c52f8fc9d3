"""Reads the tables in which a composite font says what its codes mean."""

import re
from collections.abc import Iterator

_BLOCK = re.compile(rb"begin(bfchar|bfrange|cidchar|cidrange|codespacerange)(.*?)end\1", re.DOTALL)
_TOKEN = re.compile(rb"<([0-9A-Fa-f\s]*)>|(\[)|(\])|(\d+)")
_MOST = 70_000


def unicode_map(table: bytes) -> dict[int, str]:
    """Each code of a ToUnicode table with its text. Raises ValueError."""
    found: dict[int, str] = {}
    for kind, tokens in _blocks(table):
        if kind == "bfchar":
            for code, said in zip(tokens[::2], tokens[1::2], strict=True):
                found[_number(code)] = _text(said)
        elif kind == "bfrange":
            for first, last, said in zip(tokens[::3], tokens[1::3], tokens[2::3], strict=True):
                codes = _range(first, last, len(found))
                if isinstance(said, list):
                    found |= dict(zip(codes, map(_text, said), strict=False))
                else:
                    found |= {code: _text(said, at) for at, code in enumerate(codes)}
    return found


def cid_map(table: bytes) -> tuple[dict[int, int], set[int]]:
    """Each code of an encoding with its glyph's number (CID), and the lengths of codes in bytes.
    Raises ValueError.
    """
    found: dict[int, int] = {}
    lengths: set[int] = set()
    if b"usecmap" in table:
        raise ValueError("it builds on another one")
    for kind, tokens in _blocks(table):
        if kind == "codespacerange":
            lengths |= {len(token) for token in tokens if isinstance(token, bytes)}
        elif kind == "cidchar":
            for code, cid in zip(tokens[::2], tokens[1::2], strict=True):
                found[_number(code)] = _number(cid)
        elif kind == "cidrange":
            for first, last, cid in zip(tokens[::3], tokens[1::3], tokens[2::3], strict=True):
                codes = _range(first, last, len(found))
                found |= {code: _number(cid) + at for at, code in enumerate(codes)}
    return found, lengths


_Token = bytes | int | list[bytes]


def _blocks(table: bytes) -> Iterator[tuple[str, list[_Token]]]:
    for kind, block in _BLOCK.findall(table):
        tokens: list[_Token] = []
        inner: list[bytes] | None = None
        for digits, opens, closes, plain in _TOKEN.findall(block):
            if opens:
                inner = []
            elif closes and inner is not None:
                tokens.append(inner)
                inner = None
            elif plain:
                tokens.append(int(plain))
            else:
                code = bytes.fromhex(digits.decode())
                (tokens if inner is None else inner).append(code)
        yield kind.decode(), tokens


def _number(token: _Token) -> int:
    if isinstance(token, list):
        raise ValueError("a list stands where a number belongs")
    return token if isinstance(token, int) else int.from_bytes(token, "big")


def _range(first: _Token, last: _Token, so_far: int) -> range:
    codes = range(_number(first), _number(last) + 1)
    if so_far + len(codes) > _MOST:
        raise ValueError("it is too long")
    return codes


def _text(token: _Token, step: int = 0) -> str:
    if not isinstance(token, bytes):
        raise ValueError("a number stands where text belongs")
    value = int.from_bytes(token, "big") + step
    return value.to_bytes(max(len(token), 1), "big").decode("utf-16-be", "replace")
