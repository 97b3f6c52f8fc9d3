"""Ports of the loopback address: whether one is free, and whether a server answers."""

import http.client
import random
import socket
from urllib.error import HTTPError
from urllib.request import ProxyHandler, build_opener

from local.environment import HOST

# Below those that systems hand to clients.
RANGE = range(20000, 32000)


def is_free(port: int) -> bool:
    """Tell whether a server could listen on this port of the loopback address."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
            probe.listen(1)
        except OSError:
            return False
    return True


def find_free() -> int:
    """Return a port of the range that is free at this moment."""
    while True:
        port = random.choice(RANGE)
        if is_free(port):
            return port


def fault(url: str) -> str:
    """Ask for `url`, and return what is wrong with the answer: nothing, when all is well."""
    try:
        # Never by a proxy: the address is on this machine.
        with build_opener(ProxyHandler({})).open(url, timeout=5):
            return ""
    except HTTPError as error:
        error.close()
        return str(error)
    except (OSError, http.client.HTTPException) as error:
        return str(error) or repr(error)
