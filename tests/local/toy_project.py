"""A project small enough to test the local server with, in the place of the real one."""

import os
from typing import Any

import boto3
from chalice import Chalice, Response

APP = f"{__name__}:app"
CREATE_TABLE = f"{__name__}:create_table"
LOAD_DEMO = f"{__name__}:load_demo"
SIGN_IN_HELP = f"{__name__}:sign_in_help"
QUEUE_HANDLERS = {
    "mail": f"{__name__}:send_letters",
    "packets": f"{__name__}:render_packets",
    "feedback": f"{__name__}:send_letters",
    "webhooks": f"{__name__}:send_letters",
}
SWEEP = f"{__name__}:sweep"
NIGHTLY = f"{__name__}:nightly"

app = Chalice(app_name="toy")
BINARY = bytes(range(256))
app.api.binary_types.append("application/pdf")


def dynamodb() -> Any:
    return boto3.client("dynamodb")


def put(key: str, text: str = "") -> None:
    client = dynamodb()
    item = {"pk": {"S": key}, "sk": {"S": "-"}, "gsi": {"S": "all"}, "text": {"S": text}}
    client.put_item(TableName=os.environ["GROUNDSWELL_TABLE"], Item=item)
    client.close()


def create_table() -> None:
    client = dynamodb()
    if os.environ["GROUNDSWELL_TABLE"] not in client.list_tables()["TableNames"]:
        client.create_table(
            TableName=os.environ["GROUNDSWELL_TABLE"],
            BillingMode="PAY_PER_REQUEST",
            AttributeDefinitions=[
                {"AttributeName": name, "AttributeType": "S"} for name in ("pk", "sk", "gsi")
            ],
            KeySchema=[
                {"AttributeName": "pk", "KeyType": "HASH"},
                {"AttributeName": "sk", "KeyType": "RANGE"},
            ],
            GlobalSecondaryIndexes=[
                {
                    "IndexName": "everything",
                    "KeySchema": [
                        {"AttributeName": "gsi", "KeyType": "HASH"},
                        {"AttributeName": "pk", "KeyType": "RANGE"},
                    ],
                    "Projection": {"ProjectionType": "ALL"},
                }
            ],
        )
    client.close()


def load_demo() -> None:
    put("demo")


def sign_in_help() -> str:
    return "Sign in as anyone."


def send_letters(event: dict[str, Any], _context: Any) -> None:
    for record in event["Records"]:
        if record["body"] == "bad":
            raise ValueError("A bad letter.")
        put(f"letter {record['body']}")


def render_packets(event: dict[str, Any], _context: Any) -> None:
    send_letters(event, _context)


def sweep(event: dict[str, Any], _context: Any) -> None:
    put("sweep", event["time"])


def nightly(event: dict[str, Any], _context: Any) -> None:
    put("nightly", event["time"])


@app.route("/")
def home() -> Response:
    return Response("<p>Home</p>", headers={"Content-Type": "text/html; charset=utf-8"})


@app.route("/healthz")
def healthz() -> dict[str, str]:
    return {"status": "ok"}


@app.route("/things/{name}")
def thing(name: str) -> dict[str, Any]:
    request = app.current_request
    return {"thing": name, "query": request.query_params, "cookie": request.headers.get("cookie")}


@app.route("/things/new")
def new_thing() -> dict[str, str]:
    return {"form": "new"}


@app.route("/whence")
def whence() -> dict[str, str]:
    return {"ip": app.current_request.context["identity"]["sourceIp"]}


@app.route("/size", methods=["POST"], content_types=["application/octet-stream"])
def size() -> dict[str, int]:
    return {"size": len(app.current_request.raw_body)}


@app.route("/cookies")
def cookies() -> Response:
    return Response("", status_code=303, headers={"Set-Cookie": ["a=1", "b=2"], "Location": "/"})


@app.route("/packet")
def packet() -> Response:
    return Response(BINARY, headers={"Content-Type": "application/pdf"})


@app.route("/{proxy+}", methods=["GET", "POST"], content_types=["*/*"])
def missing() -> Response:
    page = "<p>There is no such page.</p>"
    return Response(page, status_code=404, headers={"Content-Type": "text/html; charset=utf-8"})
