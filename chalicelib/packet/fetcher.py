"""The only door between the renderer and the world: it opens onto the packet's own folder.

Import this module only where a packet is rendered, as it imports WeasyPrint.
"""

from email.message import EmailMessage
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from weasyprint.urls import URLFetcher, URLFetcherResponse

# What a packet is made of. A file of another kind is refused even inside the folder.
CONTENT_TYPES = {
    ".css": "text/css",
    ".ttf": "font/ttf",
    ".png": "image/png",
    ".svg": "image/svg+xml",
}


class RefusedURLError(ValueError):
    """The renderer asked for something that is no part of the packet's own files."""


class PacketFetcher(URLFetcher):  # type: ignore[misc]  # WeasyPrint has no types.
    """Serves the files of one folder and refuses every other address.

    WeasyPrint catches the refusal and goes on without the resource. What was refused is kept
    in `refused`, so that a caller or a test can see that somebody tried.
    """

    def __init__(self, folder: Path) -> None:
        """Serve the files under `folder`, and nothing else."""
        super().__init__(allowed_protocols={"file"}, allow_redirects=False)
        self._folder = folder.resolve()
        self.refused: list[str] = []

    def fetch(self, url: str, headers: Any = None) -> URLFetcherResponse:
        """Return the file that `url` names; RefusedURLError for all that is not ours."""
        path = self._own_file(url)
        if path is None:
            self.refused.append(url)
            raise RefusedURLError("not one of the packet's own files")
        found = EmailMessage()
        found["Content-Type"] = CONTENT_TYPES[path.suffix]
        return URLFetcherResponse(url, path.read_bytes(), found)

    def _own_file(self, url: str) -> Path | None:
        """Return the file behind a file: address within the folder, or None."""
        try:
            parts = urlsplit(url)
            # A host in a file: address can mean a network share.
            if parts.scheme != "file" or parts.netloc or parts.query:
                return None
            # Resolving first means that neither ".." nor a link leads out of the folder.
            path = Path(unquote(parts.path)).resolve(strict=True)
        except (OSError, ValueError):
            return None
        inside = path.is_relative_to(self._folder) and path.is_file()
        return path if inside and path.suffix in CONTENT_TYPES else None
