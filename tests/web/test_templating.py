"""Templates as they are deployed: compiled, and the same pages as from their sources."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from jinja2 import FileSystemLoader, ModuleLoader

from chalicelib.web import assets, templating

SOURCES = assets.ROOT / "templates"


@pytest.fixture
def compiled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    templating.compile_into(tmp_path / "compiled")
    monkeypatch.setattr(templating, "COMPILED", tmp_path / "compiled")
    templating.environment.cache_clear()
    yield tmp_path / "compiled"
    templating.environment.cache_clear()


def test_every_page_is_there_and_says_what_its_source_says(compiled: Path) -> None:
    environment = templating.environment()
    assert isinstance(environment.loader, ModuleLoader)
    sources = templating._environment(FileSystemLoader(SOURCES))
    names = sources.list_templates(filter_func=lambda name: name.endswith(".html"))
    pages = [name for name in names if not name.startswith(templating.APART)]
    assert "petitions/show.html" in pages
    for name in pages:
        page, source = environment.get_template(name), sources.get_template(name)
        assert page.blocks.keys() == source.blocks.keys()
    macro = "{% from 'components.html' import notice %}{{ notice('done', 'A & B') }}"
    assert environment.from_string(macro).render() == sources.from_string(macro).render()
