"""Dependencies point inward: who may import what, read from the source with `ast`.

An import counts wherever it stands, inside a function as well.
"""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "chalicelib"

# Modules by which the domain could have a clock, a die or a setting of its own.
UNCERTAIN = frozenset(
    "time random secrets uuid os importlib subprocess socket threading asyncio".split()
)
CLOCKS = frozenset({"now", "utcnow", "today"})
DYNAMIC = frozenset({"__import__", "eval", "exec"})

OUTSIDE_SERVICES = (
    "botocore",
    "boto3",
    "pynamodb",
    "chalice",
    "jinja2",
    "weasyprint",
    # The stores are over a table; which one it is, bootstrap says.
    "chalicelib.storage.dynamo",
    "chalicelib.storage.memory",
    "chalicelib.aws",
    "chalicelib.web",
    "chalicelib.packet",
    "chalicelib.mail",
    "chalicelib.jobs",
    "chalicelib.bootstrap",
)
OUTSIDE_ADAPTERS = ("chalicelib.web", "chalicelib.jobs", "chalicelib.bootstrap")
OUTSIDE_STORAGE = (
    *OUTSIDE_ADAPTERS,
    "chalicelib.services",
    "chalicelib.aws",
    "boto3",
    "botocore",
    "pynamodb",
)
OUTSIDE_EDGES = (
    "chalicelib.storage.dynamo",
    "chalicelib.storage.memory",
    "chalicelib.aws",
    "boto3",
    "botocore",
    "pynamodb",
)
# The one module of the stores that knows what is behind the table.
BEYOND_THE_SEAM = "dynamo.py"
FORBIDDEN = {
    "services": OUTSIDE_SERVICES,
    "storage": OUTSIDE_STORAGE,
    "packet": OUTSIDE_ADAPTERS,
    "mail": OUTSIDE_ADAPTERS,
    "aws": OUTSIDE_ADAPTERS,
    "web": OUTSIDE_EDGES,
    "jobs": OUTSIDE_EDGES,
}


def imports(tree: ast.Module, package: str) -> Iterator[str]:
    """Every module that the source imports, by its full name.

    `from a import b` gives `a.b`, since b may be a module; relative imports are resolved
    from `package`.
    """
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                above = package.split(".")[: len(package.split(".")) - node.level + 1]
                base = ".".join([*above, base] if base else above)
            yield from (f"{base}.{alias.name}" for alias in node.names)


def within(name: str, module: str) -> bool:
    """Whether an imported name is the module or something in it."""
    return name == module or name.startswith(module + ".")


def breaches(source: str, layer: str) -> list[str]:
    """What a source file of a layer does that its layer may not, in words."""
    tree = ast.parse(source)
    found = list(imports(tree, f"chalicelib.{layer}"))
    if layer != "domain":
        return [n for n in found if any(within(n, m) for m in FORBIDDEN[layer])]
    own = [
        name
        for name in found
        if not within(name, "chalicelib.domain")
        and name.partition(".")[0] not in sys.stdlib_module_names - UNCERTAIN
    ]
    for node in ast.walk(tree):
        # A reference is enough: `default_factory=datetime.now` calls nothing by itself.
        if isinstance(node, ast.Attribute) and node.attr in CLOCKS:
            own.append(node.attr)
        if isinstance(node, ast.Name) and node.id in DYNAMIC:
            own.append(node.id)
    return own


def sources() -> list[tuple[str, Path]]:
    """Every source file that stands in a layer, with the layer's name."""
    return [
        (layer, path)
        for layer in ("domain", *FORBIDDEN)
        for path in sorted((PACKAGE / layer).rglob("*.py"))
        if (layer, path.name) != ("storage", BEYOND_THE_SEAM)
    ]


@pytest.mark.parametrize(
    ("layer", "path"), [pytest.param(a, b, id=f"{a}/{b.name}") for a, b in sources()]
)
def test_no_layer_reaches_outward(layer, path):
    assert breaches(path.read_text("utf-8"), layer) == []


def test_the_inner_layers_are_among_the_files_read():
    names = {(layer, path.name) for layer, path in sources()}
    assert {
        ("domain", "petition.py"),
        ("services", "commands.py"),
        ("storage", "table.py"),
    } <= names


@pytest.mark.parametrize(
    ("layer", "source", "named"),
    [
        ("domain", "import boto3", "boto3"),
        ("domain", "from chalicelib.services import inputs", "chalicelib.services.inputs"),
        ("domain", "from chalicelib import services", "chalicelib.services"),
        ("domain", "from ..services import inputs", "chalicelib.services.inputs"),
        ("domain", "def f():\n    import pydantic", "pydantic"),
        ("domain", "import time\ntime.time()", "time"),
        ("domain", "import random", "random"),
        ("domain", "import os\nos.environ['X']", "os"),
        ("domain", "from os import environ", "os.environ"),
        ("domain", "from datetime import datetime\ndatetime.now()", "now"),
        ("domain", "from datetime import datetime as d\nd.now(UTC)", "now"),
        ("domain", "from datetime import date\ndate.today()", "today"),
        ("domain", "import datetime\nx: X = field(default_factory=datetime.datetime.now)", "now"),
        ("domain", "__import__('boto3')", "__import__"),
        ("services", "import botocore.exceptions", "botocore.exceptions"),
        (
            "services",
            "from chalicelib.storage.dynamo import DynamoTable",
            "chalicelib.storage.dynamo.DynamoTable",
        ),
        ("services", "from chalicelib import web", "chalicelib.web"),
        ("services", "from ..packet import render", "chalicelib.packet.render"),
        ("services", "def f():\n    from weasyprint import HTML", "weasyprint.HTML"),
        ("storage", "from chalicelib.web import pages", "chalicelib.web.pages"),
        ("packet", "from ..jobs import packets", "chalicelib.jobs.packets"),
        ("mail", "import chalicelib.web", "chalicelib.web"),
        ("storage", "import pynamodb", "pynamodb"),
        ("storage", "from chalicelib.services import ports", "chalicelib.services.ports"),
        ("web", "from chalicelib.storage.memory import MemoryTable", "chalicelib.storage.memory"),
        ("web", "import boto3", "boto3"),
        ("jobs", "from ..storage import dynamo", "chalicelib.storage.dynamo"),
        ("jobs", "from chalicelib.aws.queue import SqsQueue", "chalicelib.aws.queue"),
        ("aws", "from chalicelib import bootstrap", "chalicelib.bootstrap"),
    ],
)
def test_a_broken_file_would_be_noticed(layer, source, named):
    found = breaches(source, layer)
    assert any(within(name, named) for name in found), found


@pytest.mark.parametrize(
    ("layer", "source"),
    [
        ("domain", "from datetime import datetime, time\ntime(23, 59)\nimport hashlib"),
        ("domain", "from chalicelib.domain.errors import Invalid\nfrom .times import add_days"),
        ("services", "from chalicelib.domain import meeting\nimport pydantic\nimport time"),
        ("services", "import chalicelib.webbing"),
        ("storage", "from chalicelib.domain.record.events import Event\nimport json"),
        ("services", "from chalicelib.storage.store import Store"),
        ("web", "from chalicelib.bootstrap import services\nimport chalice\nimport jinja2"),
    ],
)
def test_what_a_layer_may_use_is_no_breach(layer, source):
    assert breaches(source, layer) == []
