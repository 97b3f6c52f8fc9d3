"""Stands in front of the local AWS: keeps web pages out, and notices writes."""

import re
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any
from urllib.parse import urlsplit

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

_READING_ACTION = re.compile(r"\.(Get|List|Describe|Query|Scan|BatchGet|TransactGet)\w*$")


class Gate:
    """An ASGI application around MiniStack's.

    `on_start` runs once MiniStack has started and before the first request; if it raises,
    the server does not start.
    `on_write` runs after each request that may have changed something.
    """

    def __init__(
        self, app: App, on_start: Callable[[], None], on_write: Callable[[], None]
    ) -> None:
        self._app = app
        self._on_start = on_start
        self._on_write = on_write

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._lifespan(scope, receive, send)
        elif scope["type"] == "http":
            await self._http(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    async def _lifespan(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def started(message: Message) -> None:
            if message["type"] == "lifespan.startup.complete":
                try:
                    self._on_start()
                except Exception as error:
                    # An exception would let hypercorn go on without; this ends it.
                    await send({"type": "lifespan.startup.failed", "message": repr(error)})
                    return
            await send(message)

        await self._app(scope, receive, started)

    async def _http(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = {
            name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]
        }
        if is_foreign(headers):
            await _refuse(send)
            return
        action = headers.get("x-amz-target", "")
        receiving = action.endswith(".ReceiveMessage")
        wrote = may_write(scope["method"], action) and not receiving

        async def watched(message: Message) -> None:
            # Receiving hides messages and counts receipts, but the worker asks all day long:
            # only an answer with messages in it has changed the queue.
            nonlocal wrote
            wrote = wrote or b'"MessageId"' in message.get("body", b"")
            await send(message)

        try:
            await self._app(scope, receive, watched if receiving else send)
        finally:
            if wrote:
                self._on_write()


def may_write(method: str, action: str) -> bool:
    """Tell whether a request may change state; `action` is its X-Amz-Target, if it has one."""
    return method not in ("GET", "HEAD", "OPTIONS") and not _READING_ACTION.search(action)


def is_foreign(headers: MutableMapping[str, str]) -> bool:
    """Tell whether a web page from elsewhere is behind a request.

    The local AWS asks for no password and runs code it is sent, and any page open in the
    user's browser can send requests to the loopback address. Browsers mark such requests
    by Origin or Sec-Fetch-Site, or by a Host that was made to point here.
    """
    if not _is_local(f"//{headers.get('host', '')}"):
        return True
    origin = headers.get("origin")
    if origin is not None and not _is_local(origin):
        return True
    # Following a link is allowed: that is how a browser gets a packet by a signed address.
    site, mode = headers.get("sec-fetch-site", "none"), headers.get("sec-fetch-mode", "")
    return site == "cross-site" and origin is None and mode != "navigate"


def _is_local(address: str) -> bool:
    try:
        host = urlsplit(address).hostname or ""
    except ValueError:
        return False
    return host in ("127.0.0.1", "localhost", "::1") or host.endswith(".localhost")


async def _refuse(send: Send) -> None:
    body = b"The local AWS answers programs on this machine, not web pages from elsewhere.\n"
    headers = [(b"content-type", b"text/plain"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 403, "headers": headers})
    await send({"type": "http.response.body", "body": body})
