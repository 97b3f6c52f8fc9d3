"""What the local web server mends of Chalice's own."""

import contextlib
import json
import socket
import threading
import tracemalloc
from collections.abc import Iterator
from http.client import HTTPConnection
from typing import Any

import pytest

from local import ports, web
from tests.local import toy_project

BODY = {"Content-Type": "application/octet-stream"}


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    number = ports.find_free()
    server = web.make_server(toy_project.app, number)
    thread = threading.Thread(target=server.server.serve_forever, args=(0.01,))
    thread.start()
    yield number
    server.shutdown()
    thread.join()
    server.server.server_close()


@pytest.fixture
def connection(port: int) -> Iterator[HTTPConnection]:
    connection = HTTPConnection("127.0.0.1", port, timeout=10)
    yield connection
    connection.close()


def ask(connection: HTTPConnection, method: str, path: str, **options: Any) -> tuple[Any, bytes]:
    connection.request(method, path, **options)
    response = connection.getresponse()
    return response, response.read()


def exchange(port: int, request: bytes) -> bytes:
    """Send bytes as they are, and return all that comes until the server closes."""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as raw:
        raw.sendall(request)
        return b"".join(iter(lambda: raw.recv(65536), b""))


def test_head_answers_with_headers_alone_and_the_connection_stays_good(
    connection: HTTPConnection,
) -> None:
    got, page = ask(connection, "GET", "/")
    head, nothing = ask(connection, "HEAD", "/")
    assert (head.status, nothing) == (200, b"")
    assert head.headers["Content-Length"] == got.headers["Content-Length"] == str(len(page))
    used = connection.sock
    for path in ("/", "/nothing/here", "/healthz"):
        ask(connection, "HEAD", path)
        assert ask(connection, "GET", "/")[1] == page
    assert connection.sock is used


@pytest.mark.parametrize("address", ["127.0.0.1", "127.0.0.9"])
def test_the_application_is_told_where_a_request_came_from(port: int, address: str) -> None:
    connection = HTTPConnection("127.0.0.1", port, timeout=10, source_address=(address, 0))
    _, answer = ask(connection, "GET", "/whence", headers={"X-Forwarded-For": "192.0.2.99"})
    connection.close()
    assert json.loads(answer) == {"ip": address}


def test_chunked_bodies_are_refused_and_the_connection_closed(port: int) -> None:
    answer = exchange(
        port,
        b"POST /size HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
        b"5\r\nhello\r\n0\r\n\r\nGET / HTTP/1.1\r\nHost: x\r\n\r\n",
    )
    assert answer.startswith(b"HTTP/1.1 411 ")
    assert b"Connection: close" in answer
    assert answer.count(b"HTTP/1.1") == 1


@pytest.mark.parametrize(
    "lengths", [b"Content-Length: 5\r\nContent-Length: 6", b"Content-Length: -1"]
)
def test_a_body_of_doubtful_length_is_refused(port: int, lengths: bytes) -> None:
    answer = exchange(port, b"POST /size HTTP/1.1\r\nHost: x\r\n" + lengths + b"\r\n\r\nhello")
    assert answer.startswith(b"HTTP/1.1 400 ")


def test_bodies_up_to_the_limit_are_taken_and_larger_refused(connection: HTTPConnection) -> None:
    limit = 10 * 1024 * 1024
    response, body = ask(connection, "POST", "/size", body=bytes(limit), headers=BODY)
    assert (response.status, json.loads(body)) == (200, {"size": limit})
    response, body = ask(connection, "POST", "/size", body=bytes(limit + 1), headers=BODY)
    assert response.status == 413
    assert response.headers["Connection"] == "close"


def test_a_client_that_asks_before_sending_too_much_is_told_at_once(port: int) -> None:
    head = b"POST /size HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999\r\nExpect: 100-continue\r\n"
    assert exchange(port, head + b"\r\n").startswith(b"HTTP/1.1 413 ")


@pytest.mark.parametrize("path", ["/nope", "/no/pe", "/no/pe/at/all", "/things/a/b", "/nope/?a=b"])
def test_unknown_paths_of_any_depth_get_the_apps_own_page(
    connection: HTTPConnection, path: str
) -> None:
    response, body = ask(connection, "GET", path)
    assert (response.status, body) == (404, b"<p>There is no such page.</p>")
    assert response.headers["Content-Type"] == "text/html; charset=utf-8"


def test_the_nearest_route_is_taken(connection: HTTPConnection) -> None:
    assert ask(connection, "GET", "/things/new")[1] == b'{"form":"new"}'
    answer = json.loads(ask(connection, "GET", "/things/other/?a=1&b=")[1])
    assert answer == {"thing": "other", "query": {"a": "1", "b": ""}, "cookie": None}


def test_repeated_headers_reach_the_app(port: int) -> None:
    answer = exchange(
        port,
        b"GET /things/x HTTP/1.1\r\nHost: x\r\nCookie: a=1\r\nCookie: b=2\r\n"
        b"Connection: close\r\n\r\n",
    )
    assert b'"cookie":"a=1; b=2"' in answer


def test_two_cookies_and_binary_bodies_come_through(connection: HTTPConnection) -> None:
    response, _ = ask(connection, "GET", "/cookies")
    assert response.headers.get_all("Set-Cookie") == ["a=1", "b=2"]
    response, body = ask(connection, "GET", "/packet", headers={"Accept": "application/pdf"})
    assert body == toy_project.BINARY


def test_a_target_that_is_no_path_is_refused(port: int) -> None:
    assert exchange(port, b"GET http://x/ HTTP/1.1\r\nHost: x\r\n\r\n").startswith(b"HTTP/1.1 400 ")


def test_localhost_is_sent_to_the_address_that_cookies_are_set_for(port: int) -> None:
    connection = HTTPConnection("127.0.0.1", port, timeout=10)
    response, _ = ask(connection, "GET", "/things/x?a=1", headers={"Host": f"localhost:{port}"})
    connection.close()
    assert response.status == 307
    assert response.headers["Location"] == f"http://127.0.0.1:{port}/things/x?a=1"


def test_fifty_megabytes_are_refused_unread_with_a_page_that_says_why(port: int) -> None:
    size = 50_000_000
    head = f"POST /size HTTP/1.1\r\nHost: x\r\nContent-Length: {size}\r\n\r\n".encode()
    tracemalloc.start()
    with socket.create_connection(("127.0.0.1", port), timeout=10) as raw:
        raw.sendall(head)
        # As a browser does, which goes on sending while the answer is under way.
        with contextlib.suppress(ConnectionError):
            for _ in range(size // 65_536):
                raw.sendall(bytes(65_536))
        answer = b"".join(iter(lambda: raw.recv(65_536), b""))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert answer.startswith(b"HTTP/1.1 413 ")
    assert b"Content-Type: text/html; charset=utf-8" in answer
    assert b"At most 10 MB can be sent at once. Nothing was stored." in answer
    assert peak < 5_000_000
