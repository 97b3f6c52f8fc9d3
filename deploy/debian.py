"""Packages of Debian, fetched with all they need into a folder of ours: no root, nothing installed.

    python -m deploy.debian python FOLDER

apt does the choosing and the checking of signatures, with lists and settings of its own.
"""

import shutil
import subprocess
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

KEYS = "/usr/share/keyrings/debian-archive-keyring.gpg"
LOADER = "ld-linux-x86-64.so.2"
# Python as AWS's `python3.13` has it, for machines that have none; Debian 13 brings it.
PYTHON = ("libpython3.13-stdlib", "python3.13-minimal", "python3-pip-whl", "ca-certificates")


class FetchFailed(Exception):
    """A package could not be had; the message says which way out there is."""


def fetch(suites: Sequence[str], packages: Iterable[str], into: Path, work: Path) -> list[Path]:
    """Unpacks packages of some suites, and all that they depend on, into a folder.

    `work` keeps apt's lists and the files fetched, so that a second time is quick. Returns the
    files. Raises FetchFailed where apt cannot.
    """
    if not shutil.which("apt-get") or not shutil.which("dpkg-deb"):
        raise FetchFailed("This needs apt-get and dpkg-deb: run it on Debian or Ubuntu.")
    for folder in ("lists/partial", "cache/archives/partial"):
        (work / folder).mkdir(parents=True, exist_ok=True)
    mirrors = _mirrors()
    sources = [f"deb [signed-by={KEYS}] {_mirror(one, mirrors)} {one} main" for one in suites]
    (work / "sources.list").write_text("\n".join(sources) + "\n")
    # As on a machine with nothing on it: everything that is needed is fetched.
    (work / "status").write_text("")
    options = {
        "Dir::Etc::SourceList": str(work / "sources.list"),
        "Dir::Etc::SourceParts": "/dev/null",
        "Dir::State::Lists": str(work / "lists"),
        "Dir::State::Status": str(work / "status"),
        "Dir::Cache": str(work / "cache"),
        "APT::Architecture": "amd64",
        "APT::Install-Recommends": "false",
        "APT::Sandbox::User": "root",
        "Acquire::Languages": "none",
        "Acquire::Retries": "3",
        "Debug::NoLocking": "true",
    }
    apt = ["apt-get", "-qq", *(f"-o{name}={value}" for name, value in options.items())]
    for old in (work / "cache/archives").glob("*.deb"):
        old.unlink()
    _run([*apt, "update"])
    _run([*apt, "-y", "--download-only", "install", *packages])
    files = sorted((work / "cache/archives").glob("*.deb"))
    into.mkdir(parents=True, exist_ok=True)
    for file in files:
        _run(["dpkg-deb", "-x", str(file), str(into)])
    return files


def _mirrors() -> list[str]:
    """Where this machine gets its own packages from."""
    told = _run(["apt-get", "indextargets", "--format", "$(REPO_URI)", "Created-By: Packages"])
    return list(dict.fromkeys(told.split()))


def _mirror(suite: str, mirrors: list[str]) -> str:
    archive = "debian-security" if suite.endswith("-security") else "debian"
    for mirror in mirrors:
        if mirror.rstrip("/").endswith(f"/{archive}"):
            return mirror
    raise FetchFailed(
        f"This machine's sources of packages have no {archive} archive. Run it on Debian, or put "
        "a Python 3.13 on the path."
    )


def _run(command: Sequence[str]) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise FetchFailed(f"{command[0]} failed: {(done.stderr or done.stdout).strip()}")
    return done.stdout


def python(folder: Path, patchelf: str) -> Path:
    """Makes a folder with Python 3.13 that runs from where it is, and gives its interpreter.

    It brings its own C library, and is told by patchelf to use that one.
    """
    whole = folder / "usr/bin/python3.13"
    if whole.exists():
        return whole
    fresh = folder.with_name(folder.name + ".new")
    shutil.rmtree(fresh, ignore_errors=True)
    fetch(["trixie"], PYTHON, fresh, folder.with_name(folder.name + ".apt"))
    loader = next(fresh.rglob(LOADER), None)
    if loader is None:
        raise FetchFailed(f"Debian's C library has no {LOADER} any more.")
    # The interpreter is told the place that the folder is moved to at the end.
    libraries = folder / "usr/lib/x86_64-linux-gnu"
    _run(
        [
            patchelf,
            "--set-interpreter",
            str(folder / loader.relative_to(fresh)),
            "--force-rpath",
            "--set-rpath",
            str(libraries),
            str(fresh / "usr/bin/python3.13"),
        ]
    )
    shutil.rmtree(folder, ignore_errors=True)
    fresh.rename(folder)
    return whole


def main() -> int:
    """Fetches Python for script/setup, and prints where it is."""
    try:
        print(python(Path(sys.argv[1]).resolve(), sys.argv[2]))
    except FetchFailed as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
