"""Sends messages to other software's addresses, and to nothing behind our own walls."""

import http.client
import ipaddress
import socket
import ssl
from functools import cached_property
from urllib.parse import urlsplit

from chalicelib.services.ports import PostFailed

SECONDS = 10


class HttpPoster:
    """Implements services.ports.Poster. `local` lets it reach this machine, for a local server.

    A name is looked up once, and the connection goes to what was looked at: a name that answers
    otherwise a moment later leads nowhere else. Redirects are not followed.
    """

    def __init__(self, local: bool = False) -> None:
        self._local = local

    @cached_property
    def _tls(self) -> ssl.SSLContext:
        return ssl.create_default_context()

    def post(self, url: str, body: bytes, headers: dict[str, str]) -> int:
        """Sends a body and returns the status. Raises PostFailed where none came back."""
        parts = urlsplit(url)
        host, secure = parts.hostname or "", parts.scheme == "https"
        port = parts.port or (443 if secure else 80)
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        try:
            address = self._looked_up(host, port)
            with socket.create_connection(address, SECONDS) as plain:
                reached = self._tls.wrap_socket(plain, server_hostname=host) if secure else plain
                connection = http.client.HTTPConnection(host, port, timeout=SECONDS)
                connection.sock = reached
                # Its own would name the port, as it does not know of TLS here.
                named = host if parts.port is None else parts.netloc
                connection.request("POST", path, body, {"Host": named, **headers})
                return connection.getresponse().status
        except (OSError, http.client.HTTPException, UnicodeError) as error:
            raise PostFailed(type(error).__name__) from error

    def _looked_up(self, host: str, port: int) -> tuple[str, int]:
        """An address of a name. Raises PostFailed for one that is not out in the open."""
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        addresses = [str(one[4][0]) for one in found]
        inside = [one for one in addresses if not ipaddress.ip_address(one).is_global]
        if inside and not self._local:
            raise PostFailed("The name leads to an address that is not on the Internet.")
        return addresses[0], port
