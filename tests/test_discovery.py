"""Modules are found, not listed: one that is added is there, and one that is not wanted is not."""

import sys
from importlib import import_module
from pathlib import Path

import pytest

from chalicelib.discovery import modules_below
from chalicelib.web.routes import LOCAL_ONLY, blueprints


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.syspath_prepend(str(tmp_path))
    for name in ("found_here/__init__", "found_here/b", "found_here/a/__init__", "found_here/a/c"):
        (tmp_path / f"{name}.py").parent.mkdir(exist_ok=True)
        (tmp_path / f"{name}.py").write_text("")
    (tmp_path / "found_here" / "broken.py").write_text("raise RuntimeError")
    yield import_module("found_here")
    for name in [name for name in sys.modules if name.partition(".")[0] == "found_here"]:
        del sys.modules[name]


def test_every_wanted_module_is_imported_and_no_other(package):
    modules = modules_below(package, lambda name: not name.endswith("broken"))
    assert [m.__name__ for m in modules] == ["found_here.a", "found_here.a.c", "found_here.b"]


def test_a_module_that_cannot_be_imported_stops_the_start(package):
    with pytest.raises(RuntimeError):
        modules_below(package)


def test_the_inbox_is_for_a_local_server_alone():
    local, deployed = blueprints(local=True), blueprints(local=False)
    only_local = [blueprint for blueprint in local if blueprint not in deployed]
    assert [blueprint._import_name for blueprint in only_local] == [LOCAL_ONLY]
