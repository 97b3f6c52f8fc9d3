"""Where the renderer keeps set pages from one packet to the next, and reads uploaded files."""

from chalicelib.services.context import Services

# Derived from what the record holds: they may be deleted at any time.
PARTS = "parts/"


class Parts:
    """Set pages by the digest of what they say, kept as files beside the packets."""

    def __init__(self, services: Services) -> None:
        self._files = services.files

    def get(self, key: str) -> bytes | None:
        """What was kept under a digest."""
        return self._files.get(f"{PARTS}{key}.pdf")

    def put(self, key: str, pdf: bytes) -> None:
        """Keeps set pages; those of the same digest are the same."""
        self._files.put(f"{PARTS}{key}.pdf", pdf, "application/pdf")

    def upload(self, key: str) -> bytes | None:
        """An uploaded file by its key, or None when it is gone."""
        return self._files.get(key)
