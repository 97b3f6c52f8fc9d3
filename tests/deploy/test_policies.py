"""What each function may do on AWS is what its code asks for: nothing is missing, nothing is more.

Files, queues, letters and secrets are compared call by call. The table is different: every function
runs commands, each a transaction of any of the same seven verbs. The rehearsal deploys these
policies and has every right asked for.
"""

import ast
import json
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SERVICES = ROOT / "chalicelib" / "services"
FUNCTIONS = ("web", "letters", "packets", "feedback", "webhooks", "sweep", "nightly")

# Every place in the use cases that touches a file: which functions come by there, and the folders
# of the bucket that it touches.
FILES = {
    ("packets/packets", "link", "has"): (["web"], ["annexes"]),
    ("packets/packets", "link", "link"): (["web"], ["annexes", "packets"]),
    ("documents/uploads", "take", "put"): (["web"], ["uploads"]),
    ("documents/uploads", "keep", "has"): (["web"], ["documents"]),
    ("documents/uploads", "keep", "get"): (["web"], ["uploads"]),
    ("documents/uploads", "keep", "put"): (["web"], ["documents"]),
    ("documents/uploads", "link", "link"): (["web"], ["documents"]),
    ("roster/rosters", "upload", "put"): (["web"], ["rosters"]),
    ("roster/rosters", "uploaded", "has"): (["web"], ["rosters"]),
    ("roster/rosters", "_read", "get"): (["web", "packets"], ["rosters"]),
    ("packets/editions", "make_editions", "put"): (["packets"], ["annexes", "packets"]),
    ("packets/parts", "get", "get"): (["packets"], ["parts"]),
    ("packets/parts", "put", "put"): (["packets"], ["parts"]),
    ("packets/parts", "upload", "get"): (["packets"], ["documents"]),
    # At a signatory's request, and after the time for which signatures are kept.
    ("packets/annex", "delete_annexes", "old"): (["web", "nightly"], []),
    ("packets/annex", "delete_annexes", "delete"): (["web", "nightly"], ["annexes"]),
    ("privacy/retention", "_files", "old"): (["nightly"], []),
    ("privacy/retention", "_files", "delete"): (
        ["nightly"],
        ["annexes", "parts", "rosters", "uploads"],
    ),
}
ACTION = {"put": "Put", "get": "Get", "has": "Get", "link": "Get", "delete": "Delete"}
# A file that is not there is "not found" only to those who may list; to others it is forbidden.
LISTS = {"get", "has", "old"}
# A transaction is asked for as the puts, updates, deletes and checks in it.
VERBS = {"GetItem", "BatchGetItem", "Query", "PutItem", "UpdateItem", "DeleteItem"}
VERBS |= {"ConditionCheckItem"}
# Where many items are written at once, and who comes by there.
BATCHES = {
    ("rosters", "store"): ["packets"],
    ("privacy", "empty_roster"): ["nightly"],
    ("privacy", "delete_bulks"): ["nightly"],
}


def policy(function: str) -> list[dict]:
    return json.loads((ROOT / ".chalice" / f"policy-{function}.json").read_text())["Statement"]


def statement(function: str, sid: str) -> dict:
    (found,) = [s for s in policy(function) if s.get("Sid") == sid] or [{}]
    return found


def calls(of: str) -> set[tuple[str, str, str]]:
    """Feature/module, function and method of each call `….<of>.<method>(…)` in the use cases."""
    found = set()
    for path in SERVICES.rglob("*.py"):
        for function in ast.walk(ast.parse(path.read_text())):
            if not isinstance(function, ast.FunctionDef):
                continue
            for node in ast.walk(function):
                callee = node.func if isinstance(node, ast.Call) else None
                value = getattr(callee, "value", None)
                if isinstance(value, ast.Attribute) and value.attr.lstrip("_") == of:
                    found.add((f"{path.parent.name}/{path.stem}", function.name, callee.attr))
    return found


def test_every_call_that_touches_a_file_is_known_here():
    assert calls("files") == set(FILES)


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_function_may_touch_the_files_that_its_code_touches_and_no_others(function):
    needed: dict[str, set[str]] = {}
    lists = False
    for (_, _, method), (functions, folders) in FILES.items():
        if function in functions:
            lists |= method in LISTS
            for folder in folders:
                needed.setdefault(ACTION[method], set()).add(f"${{Bucket.Arn}}/{folder}/*")
    for verb in ("Get", "Put", "Delete"):
        found = statement(function, f"{verb}Files")
        assert {r["Fn::Sub"] for r in found.get("Resource", [])} == needed.get(verb, set()), verb
        assert found.get("Action", [f"s3:{verb}Object"]) == [f"s3:{verb}Object"]
    assert bool(statement(function, "ListFiles")) == lists


def test_the_mail_worker_alone_may_send_letters():
    assert {module for module, _, _ in calls("mailer")} == {"outbox/letters"}
    may = [f for f in FUNCTIONS if statement(f, "Letters")]
    assert may == ["letters"]
    assert statement("letters", "Letters")["Action"] == ["ses:SendEmail"]


@pytest.mark.parametrize("function", FUNCTIONS)
def test_nothing_is_allowed_on_everything(function):
    for one in policy(function):
        told = json.dumps(one)
        assert '"*"' not in told
        assert not any("*" in action for action in one.get("Action", [])), told


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_function_takes_work_from_its_own_queue(function):
    own = {"letters": "MailQueue", "packets": "PacketsQueue", "feedback": "FeedbackQueue"}
    own["webhooks"] = "WebhooksQueue"
    found = statement(function, "Work")
    queue = [found["Resource"]["Fn::GetAtt"][0]] if found else []
    assert queue == ([own[function]] if function in own else [])


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_function_may_ask_the_table_what_commands_ask(function):
    verbs = {a.removeprefix("dynamodb:") for a in statement(function, "Table")["Action"]}
    batches = any(function in functions for functions in BATCHES.values())
    assert verbs == VERBS | ({"BatchWriteItem"} if batches else set())


def test_every_write_without_a_transaction_is_known_here():
    found = set()
    for path in (ROOT / "chalicelib" / "storage" / "stores").glob("*.py"):
        for function in ast.walk(ast.parse(path.read_text())):
            if isinstance(function, ast.FunctionDef) and "write_many" in {
                node.attr for node in ast.walk(function) if isinstance(node, ast.Attribute)
            }:
                found.add((path.stem, function.name))
    assert found == set(BATCHES)


def test_no_function_reads_the_whole_table():
    """A Scan is what only a command at a terminal does: script/verify-record."""
    found = [
        path.name
        for path in (ROOT / "chalicelib").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
        if node.func.attr == "scan"
    ]
    assert found == ["dynamo.py"]
    # The table's `lying` is what scans, and the store of the record alone asks it.
    asks = [p.name for p in (ROOT / "chalicelib").rglob("*.py") if ".lying(" in p.read_text()]
    assert asks == ["record.py"]
    (reader,) = [call[1] for call in calls("record") if call[2] == "things"]
    for layer in ("web", "jobs"):
        for path in (ROOT / "chalicelib" / layer).rglob("*.py"):
            assert f"record.{reader}(" not in path.read_text(), path
