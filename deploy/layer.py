"""The packet worker's layer: Pango and what it needs, from Debian, for Amazon Linux 2023.

Lambda unpacks a layer at /opt and looks for libraries in /opt/lib.
"""

import shutil
import subprocess
from pathlib import Path

from deploy import debian, elf
from deploy.zips import write_zip

PACKAGES = ("libpango-1.0-0", "libpangoft2-1.0-0", "libharfbuzz-subset0")
SUITES = ("bookworm", "bookworm-security")
# Debian 12's own needs a newer C library than Amazon Linux 2023 has. Fontconfig reads the
# packet's fonts.conf with it, and nothing that came from anybody else.
OLDER_SUITES, OLDER = ("bullseye", "bullseye-security"), "libexpat1"
# What WeasyPrint opens by name; the rest is what these need.
OPENED = (
    "libgobject-2.0.so.0",
    "libpango-1.0.so.0",
    "libpangoft2-1.0.so.0",
    "libharfbuzz.so.0",
    "libharfbuzz-subset.so.0",
    "libfontconfig.so.1",
)
# Amazon Linux has the C library itself.
SYSTEM = ("libc.so.6", "libm.so.6", "ld-linux-x86-64.so.2", "libpthread.so.0", "libdl.so.2")


def build(target: Path, work: Path, patchelf: str) -> Path:
    """Makes the layer's zip, the same bytes for the same packages. `work` keeps what was fetched.

    Raises debian.FetchFailed where a package cannot be had, and elf.TooNew where a library
    needs a newer C library than Lambda has.
    """
    root, older = work / "root", work / "older"
    for folder in (root, older):
        shutil.rmtree(folder, ignore_errors=True)
    debian.fetch(SUITES, PACKAGES, root, work / "apt")
    debian.fetch(OLDER_SUITES, [OLDER], older, work / "apt-older")
    lib = work / "layer" / "lib"
    shutil.rmtree(work / "layer", ignore_errors=True)
    lib.mkdir(parents=True)
    for name in _closure(root, older):
        shutil.copyfile(_library(name, older, root), lib / name)
        # They find each other first, whatever else of these names Lambda may have.
        command = [patchelf, "--force-rpath", "--set-rpath", "$ORIGIN", str(lib / name)]
        subprocess.run(command, check=True, capture_output=True)
    elf.check(lib)
    # Where a Thai line may end. The template tells libthai of the place.
    thai = work / "layer" / "share" / "libthai"
    thai.mkdir(parents=True)
    shutil.copyfile(root / "usr/share/libthai/thbrk.tri", thai / "thbrk.tri")
    licences = work / "layer" / "licences"
    for notice in sorted(
        [*root.glob("usr/share/doc/*/copyright"), *older.glob("usr/share/doc/libexpat1/copyright")]
    ):
        (licences / notice.parent.name).mkdir(parents=True, exist_ok=True)
        shutil.copyfile(notice, licences / notice.parent.name / "copyright")
    return write_zip(target, work / "layer")


def _closure(root: Path, older: Path) -> list[str]:
    """The names of all libraries wanted, each under the name that others ask for it by."""
    found: dict[str, None] = {}
    wanted = list(OPENED)
    while wanted:
        name = wanted.pop()
        if name not in found and name not in SYSTEM:
            found[name] = None
            wanted += elf.needed(_library(name, older, root))
    return sorted(found)


def _library(name: str, *roots: Path) -> Path:
    for root in roots:
        for folder in ("usr/lib/x86_64-linux-gnu", "lib/x86_64-linux-gnu"):
            if (root / folder / name).exists():
                return root / folder / name
    raise debian.FetchFailed(f"Debian's packages hold no {name} any more.")
