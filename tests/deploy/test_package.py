"""What is deployed, looked at as Lambda would load it."""

import json
import os
import runpy
import subprocess
import zipfile
from pathlib import Path

import pytest

from benchmarks import cold_start
from chalicelib.packet.render import render_packet
from deploy import MB, OUT, ROOT
from deploy.zips import unpacked_bytes

PYTHON = cold_start.PYTHON
# What a cold start of the web function loads beside Python itself. Whatever comes to this list
# makes each first visitor wait.
LOADED = set(
    "app boto3 botocore chalice chalicelib dateutil idna itsdangerous jinja2 jmespath markupsafe "
    "pydantic pydantic_core annotated_types typing_extensions typing_inspection pynamodb "
    "python_multipart s3transfer six urllib3 brotli _brotli".split()
)
NEVER = ("weasyprint", "fontTools", "pikepdf", "PIL", "lxml", "moto", "ministack", "pytest")
RENDER = """
import json, os, sys
sys.path.insert(0, sys.argv[1])
os.environ["LAMBDA_TASK_ROOT"] = sys.argv[1]
from chalicelib.packet.render import render_packet
content = json.load(open(sys.argv[2]))
open(sys.argv[3], "wb").write(render_packet(content, None).pdf)
print(json.dumps(sorted({line.split()[-1] for line in open("/proc/self/maps") if ".so" in line})))
"""


@pytest.fixture
def packet():
    """A packet with names in many scripts."""
    return runpy.run_path(str(ROOT / "tests/packet/packet_sample.py"))["packet"]()


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """The folder with the package and the layer, both unpacked."""
    subprocess.run([ROOT / "script/setup", "aws"], check=True)
    subprocess.run([PYTHON, "-m", "deploy.package"], cwd=ROOT, check=True)
    folder = tmp_path_factory.mktemp("lambda")
    for name in ("code", "layer"):
        with zipfile.ZipFile(OUT / f"{name}.zip") as packed:
            packed.extractall(folder / name)
    return folder


def test_everything_that_runs_is_there_and_nothing_of_the_workshop(built):
    code = built / "code"
    for folder in ("templates", "static", "chalicelib"):
        for path in (ROOT / folder).rglob("*"):
            if path.is_file() and "__pycache__" not in path.parts:
                assert (code / path.relative_to(ROOT)).read_bytes() == path.read_bytes()
    names = {path.name for path in code.iterdir()}
    tools = {
        "ministack",
        "moto",
        "pytest",
        "playwright",
        "mypy",
        "ruff",
        "cfnlint",
        "samtranslator",
    }
    assert not names & (
        tools | {"tests", "local", "benchmarks", "script", "docs", "deploy", ".local"}
    )


def test_pages_are_loaded_and_not_parsed(built: Path) -> None:
    code = """
import sys
sys.path.insert(0, sys.argv[1])
from chalicelib.web.templating import environment
print(type(environment().loader).__name__, len(environment().get_template("error.html").blocks))
"""
    done = subprocess.run(
        [PYTHON, "-I", "-S", "-c", code, built / "code"],
        env={"PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        check=True,
    )
    loader, blocks = done.stdout.split()
    assert (loader, int(blocks) > 0) == ("ModuleLoader", True)
    compiled = sorted(p.stem for p in (built / "code/compiled_templates").glob("*.py"))
    assert compiled == sorted(
        p.name.partition(".")[0]
        for p in (built / "code/compiled_templates/__pycache__").glob("*.pyc")
    )


def test_it_is_as_small_as_lambda_wants_it(built):
    code, layer = (OUT / f"{name}.zip" for name in ("code", "layer"))
    assert code.stat().st_size < 50 * MB
    assert unpacked_bytes(code) + unpacked_bytes(layer) < 250 * MB


def test_a_cold_start_loads_what_it_needs_and_no_more(built):
    names, _ = cold_start.loaded(str(built / "code"))
    own = {name for name in names if not name.startswith(("_sysconfigdata", "__"))}
    assert own <= LOADED, sorted(own - LOADED)
    assert not own & set(NEVER)


def test_every_service_that_the_code_calls_has_its_description(built):
    data = built / "code" / "botocore" / "data"
    for service in ("dynamodb", "s3", "sqs", "ses", "secretsmanager", "ssm"):
        assert list((data / service).glob("*/service-2.json*")), service


def test_a_packet_is_set_by_the_layer_alone_with_the_same_glyphs(built, packet, tmp_path):
    """Every page, drawn, is the page that is set here, by the libraries of this machine."""
    given, there, here = (tmp_path / name for name in ("content.json", "there.pdf", "here.pdf"))
    given.write_text(json.dumps(packet))
    libraries = built / "layer" / "lib"
    done = subprocess.run(
        [PYTHON, "-I", "-S", "-c", RENDER, built / "code", given, there],
        env={"PATH": os.environ["PATH"], "LD_LIBRARY_PATH": str(libraries)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    mapped = json.loads(done.stdout.splitlines()[-1])
    for stem in "pango-1.0 pangoft2 harfbuzz fontconfig freetype glib-2.0 gobject".split():
        of_it = [path for path in mapped if Path(path).name.startswith(f"lib{stem}")]
        assert of_it, stem
        assert all(path.startswith(str(libraries)) for path in of_it), of_it
    here.write_bytes(render_packet(packet, None).pdf)
    assert drawn(there) == drawn(here)


def drawn(pdf: Path) -> list[bytes]:
    """Each page of a PDF as a picture."""
    stem = pdf.with_suffix("")
    subprocess.run(["pdftoppm", "-r", "60", "-gray", pdf, stem], check=True)
    pages = [page.read_bytes() for page in sorted(pdf.parent.glob(f"{stem.name}-*.pgm"))]
    assert len(pages) > 3
    return pages


def test_a_library_that_lambda_could_not_load_is_named(built):
    """This machine's own Expat needs a newer C library than Amazon Linux 2023 has."""
    code = """
import sys
from pathlib import Path
from deploy import elf
try:
    elf.check(Path(sys.argv[1]))
except elf.TooNew as error:
    print(error)
"""
    where = built / "too-new"
    where.mkdir()
    (found, *_) = Path("/usr/lib").glob("*/libexpat.so.1")
    (where / "libexpat.so.1").write_bytes(found.read_bytes())
    done = subprocess.run(
        [PYTHON, "-c", code, where], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert "libexpat.so.1 needs glibc 2.36; Lambda has 2.34." in done.stdout
