"""The shape that `script/bench shape` prints."""

import json
from pathlib import Path

import pytest

from benchmarks import shape


def test_it_counts_lines_and_the_fullest_folder_of_the_layers(tmp_path: Path) -> None:
    for name, lines in {"domain/a.py": 2, "domain/b.py": 3, "web/api/a.py": 5, "aws.py": 7}.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("x\n" * lines)
    (tmp_path / "web/page.html").write_text("x\n")
    assert shape.size(tmp_path) == {"python_lines": 17, "fullest_folder": 2}


def test_it_reads_the_cost_of_the_last_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shape, "ROOT", tmp_path)
    assert shape.last_run("whole") == {}
    (tmp_path / ".artefacts").mkdir()
    figures = {"cpu_minutes": 11.5, "seconds": 400, "passed": True}
    (tmp_path / ".artefacts/tests-whole.json").write_text(json.dumps(figures))
    assert shape.last_run("whole") == figures
