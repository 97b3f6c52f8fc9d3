"""Zip files that are the same bytes whenever their contents are."""

import zipfile
from pathlib import Path

# The earliest that a zip can say.
NEVER = (1980, 1, 1, 0, 0, 0)


def write_zip(target: Path, folder: Path) -> Path:
    """Packs a folder, its files in the order of their names, readable by everybody."""
    fresh = target.with_suffix(".new")
    with zipfile.ZipFile(fresh, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as packed:
        for path in sorted(path for path in folder.rglob("*") if path.is_file()):
            entry = zipfile.ZipInfo(path.relative_to(folder).as_posix(), NEVER)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = (0o100755 if ".so" in path.name else 0o100644) << 16
            packed.writestr(entry, path.read_bytes())
    fresh.replace(target)
    return target


def unpacked_bytes(path: Path) -> int:
    """How much a zip holds, unpacked."""
    with zipfile.ZipFile(path) as packed:
        return sum(entry.file_size for entry in packed.infolist())
