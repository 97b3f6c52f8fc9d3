"""Serves the Chalice app on the loopback address, as API Gateway would in front of Lambda.

Chalice's own development server does most of it. What it gets wrong is mended here: HEAD,
chunked bodies, bodies of any size, repeated headers, and paths deeper than a route.
"""

import base64
import os
import re
import signal
import sys
import threading
import time
import traceback
from functools import cache
from http import HTTPStatus
from types import FrameType
from typing import Any, NamedTuple
from urllib.parse import parse_qs, urlsplit

from chalice.app import Chalice
from chalice.config import Config
from chalice.local import (
    ChaliceRequestHandler,
    CustomLocalChalice,
    LambdaEventConverter,
    LocalChalice,
    LocalDevServer,
    LocalGatewayException,
    MatchResult,
    RouteMatcher,
    ThreadedHTTPServer,
)

from local import lifeline, project
from local.environment import HOST

BODY_LIMIT = 10 * 1024 * 1024  # API Gateway's own.
TOO_LARGE = f"""<!doctype html>
<html lang="en"><meta charset="utf-8"><title>This is too large – Groundswell</title>
<h1>This is too large</h1>
<p>At most {BODY_LIMIT // 1024 // 1024} MB can be sent at once. Nothing was stored.
Go back and choose a smaller file.</p>
"""
IDLE_SECONDS = 75
DRAIN_SECONDS = 2


def make_server(app: Chalice, port: int) -> LocalDevServer:
    """Return a server for `app`; `serve_forever()` runs it, `shutdown()` ends it."""
    # As chalice.local.create_local_server does: current_request becomes one per thread.
    if not isinstance(app, LocalChalice):
        CustomLocalChalice.__bases__ = (LocalChalice, app.__class__)
        app.__class__ = CustomLocalChalice
    config = Config.create(app_name=app.app_name, chalice_app=app, project_dir=".")
    return LocalDevServer(app, config, HOST, port, handler_cls=Handler, server_cls=Server)


class Server(ThreadedHTTPServer):
    """A thread for each connection."""

    request_queue_size = 128


class GreedyRouteMatcher(RouteMatcher):
    """Matches as API Gateway does: literal before `{name}` before `{name+}`, which takes all."""

    def match_route(self, url: str) -> MatchResult:
        path, _, query = url.partition("?")
        if path != "/" and path.endswith("/"):
            path = path[:-1]
        parts = path.split("/")
        literal, others = _by_head(tuple(self.route_urls))
        likely = (*literal.get(parts[1], ()), *others) if len(parts) > 1 else others
        matches = [match for pieces in likely if (match := _match(pieces, parts))]
        if not matches:
            raise ValueError(f"No matching route found for: {url}")
        best = min(matches, key=lambda match: match.rank)
        return MatchResult(best.route, best.captured, parse_qs(query, keep_blank_values=True))


class _Piece(NamedTuple):
    """A part of a route between slashes. `name` is that of a parameter; a greedy one takes all."""

    text: str
    name: str
    greedy: bool


class _Match(NamedTuple):
    rank: list[int]
    route: str
    captured: dict[str, str]


class _Route(NamedTuple):
    route: str
    pieces: tuple[_Piece, ...]


@cache
def _by_head(routes: tuple[str, ...]) -> tuple[dict[str, list[_Route]], list[_Route]]:
    """Routes by their first part, if that is literal, and the others; taken apart once, since
    every request is held against them.
    """
    literal: dict[str, list[_Route]] = {}
    others = []
    for route in routes:
        made = _Route(route, tuple(_piece(text) for text in route.split("/")))
        if len(made.pieces) > 1 and not made.pieces[1].name:
            literal.setdefault(made.pieces[1].text, []).append(made)
        else:
            others.append(made)
    return literal, others


def _piece(text: str) -> _Piece:
    greedy = re.fullmatch(r"\{(\w+)\+\}", text)
    name = text[1:-1] if text.startswith("{") and text.endswith("}") else ""
    return _Piece(text, greedy[1] if greedy else name, bool(greedy))


def _match(tried: _Route, parts: list[str]) -> _Match | None:
    route, wanted = tried
    rank: list[int] = []
    captured: dict[str, str] = {}
    for index, (text, name, greedy) in enumerate(wanted):
        if index >= len(parts):
            return None
        if greedy:
            captured[name] = "/".join(parts[index:])
            return _Match([*rank, 2], route, captured)
        if name:
            captured[name] = parts[index]
            rank.append(1)
        elif text == parts[index]:
            rank.append(0)
        else:
            return None
    return _Match(rank, route, captured) if len(wanted) == len(parts) else None


class Refused(Exception):  # noqa: N818
    """A request that is answered here, and its connection closed."""

    def __init__(self, status: HTTPStatus) -> None:
        super().__init__(status.phrase)
        self.status = status


class Handler(ChaliceRequestHandler):
    """One connection."""

    timeout = IDLE_SECONDS
    # One packet for head and body: else Nagle's algorithm holds the body back.
    wbufsize = 64 * 1024
    disable_nagle_algorithm = True

    def __init__(self, request: Any, address: Any, server: Any, **kept: Any) -> None:
        self._kept = kept
        super().__init__(request, address, server, kept["app_object"], kept["config"])

    def setup(self) -> None:
        super().setup()
        app = self._kept["app_object"]
        converter = LambdaEventConverter(GreedyRouteMatcher(list(app.routes)), app.api.binary_types)
        # Chalice says 127.0.0.1 of everybody; API Gateway says who it was.
        converter.LOCAL_SOURCE_IP = self.client_address[0]
        self.local_gateway.event_converter = converter

    def handle_expect_100(self) -> bool:
        # A client that asks first is told at once, before it sends the body.
        try:
            self._body_length()
        except Refused as refused:
            self._refuse(refused.status)
            return False
        return bool(super().handle_expect_100())

    def _answer(self) -> None:
        self._started = time.monotonic()
        try:
            if not self._redirected():
                self._dispatch()
        except Refused as refused:
            self._refuse(refused.status)
        except (ConnectionError, TimeoutError):
            self.close_connection = True
        except Exception:
            traceback.print_exc()
            self._refuse(HTTPStatus.INTERNAL_SERVER_ERROR)

    # The names are those that http.server looks for.
    do_GET = do_PUT = do_POST = do_HEAD = _answer  # noqa: N815
    do_DELETE = do_PATCH = do_OPTIONS = _answer  # noqa: N815

    def _redirected(self) -> bool:
        """Send a browser that came to `localhost` to the one address that cookies are set for."""
        port = self.server.server_address[1]
        if self.command not in ("GET", "HEAD") or self.headers.get("Host") != f"localhost:{port}":
            return False
        if self._body_length():
            raise Refused(HTTPStatus.BAD_REQUEST)
        self._send(
            HTTPStatus.TEMPORARY_REDIRECT, {"Location": f"http://{HOST}:{port}{self._target()}"}
        )
        return True

    def _dispatch(self) -> None:
        length = self._body_length()
        target = self._target()
        body = self.rfile.read(length) if length else None
        if body is not None and len(body) < length:
            raise ConnectionError("The client went away in mid-body.")
        try:
            response = self.local_gateway.handle_request(
                method=self._method_for(target), path=target, headers=self._joined(), body=body
            )
        except LocalGatewayException as error:
            self._send(error.CODE, error.headers, error.body or b"")
            return
        content = response["body"]
        if response.get("isBase64Encoded"):
            content = base64.b64decode(content)
        self._send(
            response["statusCode"],
            {**response["headers"], **response["multiValueHeaders"]},
            content or b"",
        )

    def _target(self) -> str:
        """Return path and query as sent, or refuse a target that is not a path."""
        if not self.path.startswith("/"):
            raise Refused(HTTPStatus.BAD_REQUEST)
        return str(self.path).partition("#")[0]

    def _method_for(self, target: str) -> str:
        """Let GET answer for HEAD, where the app has no HEAD of its own."""
        if self.command != "HEAD":
            return str(self.command)
        try:
            route = self.local_gateway.event_converter._route_matcher.match_route(target).route
        except ValueError:
            return "GET"
        return "HEAD" if "HEAD" in self._kept["app_object"].routes[route] else "GET"

    def _body_length(self) -> int:
        """Return how long the body is, or refuse one of unknown or too great length."""
        if "Transfer-Encoding" in self.headers:
            raise Refused(HTTPStatus.LENGTH_REQUIRED)
        lengths = self.headers.get_all("Content-Length", ["0"])
        if len(lengths) > 1 or not re.fullmatch(r"[0-9]{1,18}", lengths[0]):
            raise Refused(HTTPStatus.BAD_REQUEST)
        if int(lengths[0]) > BODY_LIMIT:
            raise Refused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        return int(lengths[0])

    def _joined(self) -> dict[str, str]:
        """Return the request's headers with repeated ones joined."""
        return {
            name: ("; " if name.lower() == "cookie" else ", ").join(self.headers.get_all(name, []))
            for name in dict.fromkeys(map(str.title, self.headers.keys()))
        }

    def _send(self, status: int, headers: dict[str, Any], body: str | bytes = b"") -> None:
        content = body.encode() if isinstance(body, str) else body
        fields = [
            (name, str(value))
            for name, values in headers.items()
            for value in (values if isinstance(values, list) else [values])
        ]
        if any(mark in name + value for name, value in fields for mark in "\r\n"):
            raise ValueError(f"A line break in a response header: {fields}")
        self.send_response(status)
        names = {name.lower() for name, _ in fields}
        if content and "content-type" not in names:
            self.send_header("Content-Type", "application/json")
        for name, value in fields:
            if name.lower() != "content-length":
                self.send_header(name, value)
        bodiless = status in (HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED)
        if not bodiless:
            self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if self.command != "HEAD" and not bodiless:
            self.wfile.write(content)
        self._log(status, len(content))

    def _refuse(self, status: HTTPStatus) -> None:
        """Answer shortly and close, reading on a moment so that the answer is not lost."""
        self.close_connection = True
        try:
            kind, text = "plain", f"{status.value} {status.phrase}: {status.description}\n"
            if status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
                kind, text = "html", TOO_LARGE
            headers = {"Content-Type": f"text/{kind}; charset=utf-8", "Connection": "close"}
            self._send(status, headers, text)
            self.wfile.flush()
            # Closing with unread data would reset the connection under the answer.
            self.connection.settimeout(DRAIN_SECONDS)
            deadline = time.monotonic() + DRAIN_SECONDS
            while time.monotonic() < deadline and self.rfile.read1(64 * 1024):
                pass
        except OSError:
            pass

    def _log(self, status: int, size: int) -> None:
        elapsed = 1000 * (time.monotonic() - getattr(self, "_started", time.monotonic()))
        # Without the query: it may hold what is meant for one person.
        path = urlsplit(self.path).path if self.path.startswith("/") else "-"
        when = time.strftime("%Y-%m-%d %H:%M:%S")
        print(f"{when} {self.command} {path} {int(status)} {size} B {elapsed:.0f} ms", flush=True)

    def log_request(self, code: Any = "-", size: Any = "-") -> None:
        """Leave it to _log, which knows size and time."""


def main() -> None:
    """Serve the project's app until SIGTERM."""
    lifeline.watch()
    port = int(os.environ.get("PORT", "8000"))
    # Standard output is the log of requests; the address is for the supervisor to print.
    server = make_server(project.part("APP"), port)

    def stop(_number: int, _frame: FrameType | None) -> None:
        # From another thread: shutdown() waits for the loop that this handler interrupts.
        threading.Thread(target=server.shutdown).start()

    signal.signal(signal.SIGTERM, stop)
    try:
        server.server.serve_forever()
    finally:
        server.server.server_close()
        sys.stdout.flush()


if __name__ == "__main__":
    main()
