"""A Chalice application with one route that does nothing, served as the product is: the peer.

python -m benchmarks.support.bare PORT
"""

import sys

from chalice import Chalice, Response

app = Chalice(app_name="bare")


@app.route("/")
def nothing() -> Response:
    """A short text."""
    return Response("ok", headers={"Content-Type": "text/plain"})


if __name__ == "__main__":
    from local.web import make_server

    make_server(app, int(sys.argv[1])).serve_forever()
