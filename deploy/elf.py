"""What a compiled library asks of the machine that loads it."""

from collections.abc import Iterator
from pathlib import Path

from elftools.elf.dynamic import DynamicSection
from elftools.elf.elffile import ELFFile
from elftools.elf.gnuversions import GNUVerNeedSection

# The C library of Amazon Linux 2023, which Lambda's Python 3.12 and later run on.
NEWEST = (2, 34)


class TooNew(Exception):
    """A library needs a newer C library than Lambda has; the message names it."""


def libraries(folder: Path) -> Iterator[Path]:
    """Every compiled library under a folder."""
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.is_symlink() and ".so" in path.name:
            with open(path, "rb") as file:
                if file.read(4) == b"\x7fELF":
                    yield path


def needed(path: Path) -> list[str]:
    """The names of the libraries that one needs."""
    with open(path, "rb") as file:
        return [
            tag.needed
            for section in ELFFile(file).iter_sections()
            if isinstance(section, DynamicSection)
            for tag in section.iter_tags("DT_NEEDED")
        ]


def glibc_of(path: Path) -> tuple[int, ...]:
    """The version of the C library that one needs, as (2, 34); (0,) where it needs none."""
    found: list[tuple[int, ...]] = [(0,)]
    with open(path, "rb") as file:
        for section in ELFFile(file).iter_sections():
            if isinstance(section, GNUVerNeedSection):
                for _, versions in section.iter_versions():
                    names = [version.name for version in versions]
                    found += [_number(name) for name in names if name.startswith("GLIBC_2")]
    return max(found)


def check(folder: Path) -> None:
    """Raises TooNew where a library under a folder could not be loaded on Lambda."""
    for path in libraries(folder):
        if (version := glibc_of(path)) > NEWEST:
            needs = ".".join(map(str, version))
            raise TooNew(f"{path.name} needs glibc {needs}; Lambda has {NEWEST[0]}.{NEWEST[1]}.")


def _number(name: str) -> tuple[int, ...]:
    return tuple(int(part) for part in name.removeprefix("GLIBC_").split("."))
