"""Talks to the API of a Groundswell site: authorization, parts of lists, problems, and retries."""

import json
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlencode, urlsplit

CHUNK = 64 * 1024
TRIES = 4


class Refused(Exception):  # noqa: N818 - named as the reader says it
    """The site refused a request; the message is for people."""


class Api:
    """The API of one site, as whoever the token stands for."""

    def __init__(self, site: str, token: str = "", wait: Callable[[float], None] = time.sleep):
        parts = urlsplit(site)
        if parts.scheme not in {"http", "https"} or not parts.netloc:
            raise Refused(
                f"{site} is no address of a site. Write it as https://groups.example.org."
            )
        self._base = f"{site.rstrip('/')}/api/v1"
        self._token, self._wait = token, wait

    def get(self, path: str, **query: Any) -> dict[str, Any]:
        """What stands at a path. Raises Refused."""
        asked = urlencode({name: value for name, value in query.items() if value})
        with self._open("GET", f"{path}?{asked}" if asked else path) as answer:
            found: dict[str, Any] = json.load(answer)
            return found

    def listed(self, path: str, **query: Any) -> Iterator[dict[str, Any]]:
        """Every row of a list, part by part. Raises Refused."""
        cursor = ""
        while True:
            part = self.get(path, cursor=cursor, **query)
            yield from part["items"]
            cursor = part["next"] or ""
            if not cursor:
                return

    def send(self, path: str, **data: Any) -> dict[str, Any]:
        """Runs a command, once, however often it has to be sent. Raises Refused."""
        key = uuid.uuid4().hex
        with self._open("POST", path, json.dumps(data).encode(), key) as answer:
            made: dict[str, Any] = json.load(answer)
            return made

    def download(self, path: str, take: Callable[[bytes, int], None]) -> None:
        """A file, piece by piece: `take` gets each with the file's size (0: not known)."""
        with self._open("GET", path) as answer:
            size = int(answer.headers.get("Content-Length") or 0)
            while piece := answer.read(CHUNK):
                take(piece, size)

    def _open(self, method: str, path: str, body: bytes | None = None, key: str = "") -> Any:
        headers = {"Accept": "application/json"}
        if self._token:
            headers["Authorization"] = f"Bearer {self._token}"
        if body is not None:
            headers |= {"Content-Type": "application/json", "Idempotency-Key": key}
        for left in reversed(range(TRIES)):
            request = urllib.request.Request(  # noqa: S310 - the scheme was looked at
                f"{self._base}{path}", body, headers, method=method
            )
            try:
                return _opener.open(request, timeout=60)
            except urllib.error.HTTPError as error:
                again = _again(error) if left else None
                if again is None:
                    raise Refused(_told(error)) from error
                self._wait(again)
            except OSError as error:
                if not left:
                    raise Refused(f"{self._base} cannot be reached ({error}).") from error
                self._wait(1)
        raise AssertionError("unreachable")


class _ToFiles(urllib.request.HTTPRedirectHandler):
    """Follows where a file is, and takes the token to no other host."""

    def redirect_request(
        self, req: Any, fp: Any, code: int, msg: str, headers: Any, newurl: str
    ) -> Any:
        new = super().redirect_request(req, fp, code, msg, headers, newurl)
        if new is not None and urlsplit(newurl).netloc != urlsplit(req.full_url).netloc:
            new.remove_header("Authorization")
        return new


_opener = urllib.request.build_opener(_ToFiles)


def _again(error: urllib.error.HTTPError) -> float | None:
    """After how many seconds to try again; None where that is of no use."""
    if error.code == 429:
        return float(error.headers.get("Retry-After") or 1)
    return 1 if error.code in {500, 502, 503, 504} else None


def _told(error: urllib.error.HTTPError) -> str:
    """What a problem says, with what is wrong by field."""
    try:
        problem = json.load(error)
    except ValueError:
        return f"The site answered {error.code}."
    lines = [str(problem.get("detail") or problem.get("title") or error.code)]
    lines += [f"  {name or 'It'}: {what}" for name, what in problem.get("errors", {}).items()]
    return "\n".join(lines)
