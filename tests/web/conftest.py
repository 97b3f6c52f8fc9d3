"""The application on a port, for a real browser. A test's module says in `site` what there is."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import Page

from tests.web.browser import Browser, Site


@pytest.fixture
def served(site: Site) -> Iterator[tuple[str, Browser]]:
    """The application on a port of this machine, for somebody who is signed in as staff."""
    staff = site.member("staff")

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:  # noqa: N802 - the name is http.server's.
            self.answer("GET", b"")

        def do_POST(self) -> None:  # noqa: N802
            self.answer("POST", self.rfile.read(int(self.headers["Content-Length"])))

        def answer(self, method: str, body: bytes) -> None:
            more = {"Content_Type": self.headers["Content-Type"]} if body else {}
            with turn:
                got = staff.ask(method, self.path, body, **more)
            raw = got.body if isinstance(got.body, bytes) else got.body.encode()
            self.send_response(got.status)
            for name, value in got.headers:
                if name.lower() not in {"set-cookie", "content-length"}:
                    self.send_header(name, value)
            self.send_header("Content-Length", str(len(raw)))
            self.end_headers()
            self.wfile.write(raw)

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    turn = threading.Lock()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", staff
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def page(browser: Chromium, served: tuple[str, Browser]) -> Iterator[Page]:
    context = browser.new_context(base_url=served[0], viewport={"width": 1280, "height": 900})
    context.set_default_timeout(10_000)
    yield context.new_page()
    context.close()
