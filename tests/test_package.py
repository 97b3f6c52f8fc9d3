"""Builds the deployment package and opens it."""

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PARTS = ("app.py", "chalicelib", "templates", "static", "vendor", ".chalice/config.json")
PARTS += (".chalice/policy.json",)


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    """The zip that `chalice package` makes of this tree, without the libraries.

    The libraries are left out because fetching them has nothing to do with what is tested:
    which files of ours reach the function.
    """
    project = tmp_path_factory.mktemp("project")
    for part in PARTS:
        target = project / part
        target.parent.mkdir(parents=True, exist_ok=True)
        if (ROOT / part).is_dir():
            ignore = shutil.ignore_patterns("__pycache__")
            shutil.copytree(ROOT / part, target, symlinks=True, ignore=ignore)
        else:
            shutil.copy(ROOT / part, target)
    (project / "requirements.txt").write_text("")
    environ = {k: v for k, v in os.environ.items() if not k.startswith(("AWS_", "GROUNDSWELL_"))}
    environ |= {"AWS_DEFAULT_REGION": "us-east-1"}
    chalice = str(Path(sys.executable).with_name("chalice"))
    done = subprocess.run(
        [chalice, "package", "--stage", "prod", "out"],
        cwd=project,
        env=environ,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return zipfile.ZipFile(project / "out" / "deployment.zip")


def test_templates_static_files_and_policy_reach_the_function(package: zipfile.ZipFile) -> None:
    names = set(package.namelist())
    for folder in ("templates", "static", "chalicelib"):
        for path in (ROOT / folder).rglob("*"):
            if path.is_file() and "__pycache__" not in path.parts:
                assert path.relative_to(ROOT).as_posix() in names


def test_nothing_of_the_workshop_reaches_the_function(package: zipfile.ZipFile) -> None:
    tops = {name.partition("/")[0] for name in package.namelist()}
    assert not tops & {"tests", "local", "benchmarks", "script", "docs", ".local"}


def test_the_mailbox_exists_on_a_local_machine_only() -> None:
    """Whatever a deployed function is told of its stage, it has no mailbox."""
    routes = "import app; print(any(r.startswith('/mailbox') for r in app.app.routes))"

    def has_mailbox(**environ: str) -> str:
        base = {k: v for k, v in os.environ.items() if not k.startswith(("AWS_", "GROUNDSWELL_"))}
        return subprocess.run(
            [sys.executable, "-c", routes],
            cwd=ROOT,
            env=base | environ,
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()

    assert has_mailbox(GROUNDSWELL_STAGE="local") == "True"
    assert has_mailbox(GROUNDSWELL_STAGE="prod") == "False"
    assert has_mailbox() == "False"
    assert has_mailbox(GROUNDSWELL_STAGE="local", AWS_LAMBDA_FUNCTION_NAME="x") == "False"


def test_the_web_function_imports_neither_weasyprint_nor_development_libraries() -> None:
    code = (
        "import sys, app, chalicelib.bootstrap; "
        "print([m for m in ('weasyprint', 'moto', 'ministack', 'pytest', 'playwright') "
        "if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
