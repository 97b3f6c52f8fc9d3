"""Static files, which pages refer to by the digest of their content, and what each page loads."""

import hashlib
import re
from functools import cache
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[2]
TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}

# The script behind each attribute. They run in this order, after `page.js`.
BEHAVIORS = {
    "data-max": "counter.js",
    "data-repeat": "repeat.js",
    "data-autosave": "autosave.js",
    "data-check": "checks.js",
    "data-preview": "preview.js",
    "data-read": "reading.js",
    "data-poll": "polling.js",
    "data-copy": "buttons.js",
    "data-print": "buttons.js",
    "data-max-bytes": "file-size.js",
    "data-confirm": "confirm.js",
    "data-keys": "keys.js",
    "data-now-from": "session.js",
    "data-docket": "docket.js",
    "data-error-summary": "error-summary.js",
}
_ATTRIBUTE = re.compile(r"\s(data-[a-z-]+)(?=[\s=>])")
_IMPORT = re.compile(r"(?<= from '\./)[\w-]+\.js(?=';)")


class Asset(NamedTuple):
    """A static file as it is served: scripts import each other by their hashed names."""

    name: str
    path: Path
    text: str


@cache
def _assets() -> dict[str, Asset]:
    """Every static file by its plain name, such as `groundswell.css`."""
    paths = {p.name: p for p in sorted((ROOT / "static").rglob("*")) if p.suffix in TYPES}
    loaded: dict[str, Asset] = {}

    def load(name: str) -> Asset:
        if name not in loaded:
            path = paths[name]
            text = path.read_text("utf-8")
            if path.suffix == ".js":
                text = _IMPORT.sub(lambda other: load(other[0]).name, text)
            digest = hashlib.sha256(text.encode()).hexdigest()[:12]
            loaded[name] = Asset(f"{path.stem}.{digest}{path.suffix}", path, text)
        return loaded[name]

    return {name: load(name) for name in paths}


@cache
def files() -> dict[str, Asset]:
    """Every static file by its hashed name, such as `groundswell.3f2a9c1b.css`."""
    return {asset.name: asset for asset in _assets().values()}


def static(name: str) -> str:
    """The address of a static file. It changes with the content, so that it can be kept long."""
    return f"/static/{_assets()[name].name}"


def scripts(html: str) -> list[str]:
    """The scripts that a page with this content uses, in the order in which they run."""
    used = set(_ATTRIBUTE.findall(html))
    wanted = [script for attribute, script in BEHAVIORS.items() if attribute in used]
    return ["page.js", *dict.fromkeys(wanted)]
