"""Which test files `-k` has to read: those in which the name of a test may match.

A test's name is made of its path, of words in its file, and of its parameters. Parameters that
stand in the file are words of it as well; where code works them out, the file is read.
"""

import ast
import re
from functools import cache
from pathlib import Path

# The names that pytest gives by itself, and the markers that conftest.py gives.
GIVEN = "browser aws contract deploy bench parametrize usefixtures runtest filterwarnings"
# Calls in parameters that make no string: pytest numbers their values by the parameter's name.
NO_STRINGS = frozenset(
    "date datetime time timedelta Decimal utc chicago frozenset set dict".split()
)


def may_match(path: Path, root: Path, expression: str) -> bool:
    """Return whether some test in the file may match pytest's `-k` expression."""
    words = set(re.findall(r"[^\s()]+", expression.lower()))
    if "not" in words:
        return True
    source = path.read_text(encoding="utf-8")
    text = f"{path.relative_to(root.parent)} {GIVEN} {source}".lower()
    return any(_may_hold(text, source, word) for word in words - {"and", "or"})


def _may_hold(text: str, source: str, word: str) -> bool:
    if word.startswith("test_"):
        return word.partition("[")[0] in text
    # A name such as `test_x[draft-3]` is made of pieces; a number at the end may be pytest's own.
    pieces = [piece.rstrip("0123456789") for piece in re.split(r"\W+", word)]
    return all(piece in text for piece in pieces) or _has_computed_names(source)


@cache
def _has_computed_names(source: str) -> bool:
    tree = ast.parse(source)
    constants = {
        target.id: node.value
        for node in tree.body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and node.name == "pytest_generate_tests":
            return True
        if isinstance(node, ast.ImportFrom) and any(a.name.startswith("test_") for a in node.names):
            return True
        if isinstance(node, ast.Call):
            called = ast.unparse(node.func)
            given = {word.arg: word.value for word in node.keywords}
            if called.endswith("parametrize"):
                values = node.args[1] if len(node.args) > 1 else given.get("argvalues")
                ids = given.get("ids")
                if isinstance(ids, ast.Lambda) or not _is_plain(ids, constants):
                    return True
                if not _is_plain(values, constants):
                    return True
            elif called.endswith("fixture") and not _is_plain(given.get("params"), constants):
                return True
    return False


def _is_plain(node: ast.expr | None, constants: dict[str, ast.expr]) -> bool:
    """Return whether all strings that the value holds stand in the source as they are."""
    parts: list[ast.expr | None]
    match node:
        case None | ast.Constant() | ast.Attribute() | ast.Lambda():
            return True
        case ast.List(elts=elements) | ast.Tuple(elts=elements) | ast.Set(elts=elements):
            parts = [*elements]
        case ast.Dict(keys=keys, values=values):
            parts = [*keys, *values]
        case ast.UnaryOp(operand=operand):
            parts = [operand]
        case ast.Name(id=name) if name in constants:
            parts = [constants[name]]
        case ast.Call() if ast.unparse(node.func) == "pytest.param":
            parts = [*node.args, *(word.value for word in node.keywords)]
        case ast.Call():
            name = ast.unparse(node.func)
            return name in NO_STRINGS or name.rpartition(".")[2][:1].isupper()
        case _:
            return False
    return all(_is_plain(part, constants) for part in parts)
