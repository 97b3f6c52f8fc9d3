"""The settings: wrong ones are named, and nothing of a local machine is on in a deployed stage."""

import os
import re
import subprocess
import sys
from pathlib import Path

import boto3
import pytest
from moto import mock_aws

from chalicelib import config
from chalicelib.clock import clock_for
from chalicelib.config import ConfigError, read
from chalicelib.services.people.tokens import Tokens

ROOT = Path(__file__).resolve().parents[1]
GIVEN = {
    "GROUNDSWELL_STAGE": "prod",
    "GROUNDSWELL_TABLE": "a-table",
    "GROUNDSWELL_BUCKET": "a-bucket",
    "GROUNDSWELL_QUEUE_PREFIX": "groundswell-prod",
    "GROUNDSWELL_SENDER": "Groups <groups@example.org>",
    "GROUNDSWELL_BASE_URL": "https://groups.example.org/",
    "GROUNDSWELL_SECRET": "0123456789abcdef" * 3,
}


def test_a_deployed_stage_is_read_as_it_was_given():
    found = read(GIVEN)
    assert (found.stage, found.table, found.base_url) == (
        "prod",
        "a-table",
        "https://groups.example.org",
    )
    assert not found.local
    assert GIVEN["GROUNDSWELL_SECRET"] not in repr(found)


def test_everything_that_is_missing_is_named_at_once():
    with pytest.raises(ConfigError) as raised:
        read({})
    named = {line.partition(" ")[0] for line in str(raised.value).splitlines()}
    assert named == set(GIVEN)


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("GROUNDSWELL_STAGE", "Prod!", "up to 16 lowercase letters"),
        ("GROUNDSWELL_SECRET", "short", "shorter than 32"),
        ("GROUNDSWELL_BASE_URL", "http://groups.example.org", "https://"),
        # Cookies would go out without TLS.
        ("GROUNDSWELL_BASE_URL", "http://127.0.0.1:8000", "https://"),
        ("GROUNDSWELL_BASE_URL", "http://localhost", "https://"),
        ("GROUNDSWELL_SENDER", "Groups", "no email address"),
        ("GROUNDSWELL_ADMINISTRATOR", "Imara", "no email address"),
        ("GROUNDSWELL_DATA", "/tmp/data", "belongs to a local server"),
    ],
)
def test_what_is_wrong_is_named(name, value, told):
    with pytest.raises(ConfigError, match=re.escape(told)) as raised:
        read({**GIVEN, name: value})
    assert name in str(raised.value)


def test_a_function_on_aws_is_never_local():
    local = {**GIVEN, "GROUNDSWELL_STAGE": "local", "AWS_LAMBDA_FUNCTION_NAME": "web"}
    with pytest.raises(ConfigError, match="this is a function on AWS"):
        read(local)
    assert config.stage_of(local) != config.LOCAL


def test_no_clock_can_be_put_forward_in_a_deployed_stage(tmp_path):
    assert clock_for(read(GIVEN)) is None
    local = {**GIVEN, "GROUNDSWELL_STAGE": "local", "GROUNDSWELL_DATA": str(tmp_path)}
    assert clock_for(read(local)) is not None


def in_a_process(code: str, **environ: str) -> str:
    """What a new process with these settings prints."""
    base = {k: v for k, v in os.environ.items() if not k.startswith(("AWS_", "GROUNDSWELL_"))}
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env={**base, "AWS_DEFAULT_REGION": "us-east-1", **GIVEN, **environ},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


LOOK = """
import app
from chalicelib.config import settings
from chalicelib.web.cookies import set_cookie
print(settings().local, any(r.startswith("/mailbox") for r in app.app.routes))
print(set_cookie("session", "x"))
"""


def test_nothing_local_is_on_in_a_deployed_stage():
    here, cookie = in_a_process(
        LOOK, GROUNDSWELL_STAGE="local", GROUNDSWELL_BASE_URL="http://127.0.0.1:8000"
    ).splitlines()
    assert here == "True True"
    assert "Secure" not in cookie
    for more in ({}, {"AWS_LAMBDA_FUNCTION_NAME": "web"}):
        there, cookie = in_a_process(LOOK, **more).splitlines()
        assert there == "False False"
        assert cookie.startswith("__Host-")
        assert "Secure" in cookie.split("; ")


def test_a_function_with_wrong_settings_does_not_start():
    with pytest.raises(AssertionError, match="this is a function on AWS"):
        in_a_process("import app", GROUNDSWELL_STAGE="local", AWS_LAMBDA_FUNCTION_NAME="web")
    with pytest.raises(AssertionError, match="GROUNDSWELL_BASE_URL has to begin with https"):
        in_a_process(
            "import chalicelib.jobs.mail",
            GROUNDSWELL_BASE_URL="http://groups.example.org",
            AWS_LAMBDA_FUNCTION_NAME="letters",
        )


def test_the_demo_people_come_to_a_local_machine_alone():
    code = """
from local import demo
try:
    demo.load()
except Exception as error:
    print(error)
"""
    assert "local" in in_a_process(code)


def test_values_are_read_from_where_they_are_kept():
    with mock_aws():
        old, new = "o" * 40, "n" * 40
        manager = boto3.client("secretsmanager")
        arn = manager.create_secret(Name="groundswell", SecretString=old)["ARN"]
        boto3.client("ssm").put_parameter(
            Name="/groundswell/prod/base-url", Value="https://d1.example.net", Type="String"
        )
        kept = {
            **GIVEN,
            "GROUNDSWELL_SECRET": f"secretsmanager:{arn}",
            "GROUNDSWELL_BASE_URL": "ssm:/groundswell/prod/base-url",
        }
        first = read(kept, boto3.client)
        assert (first.secret, first.former_secret) == (old, "")
        assert first.base_url == "https://d1.example.net"
        manager.put_secret_value(SecretId=arn, SecretString=new)
        second = read(kept, boto3.client)
        assert (second.secret, second.former_secret) == (new, old)
        kept["GROUNDSWELL_BASE_URL"] = "ssm:/nothing/here"
        with pytest.raises(ConfigError, match=r"GROUNDSWELL_BASE_URL: ssm:/nothing/here could not"):
            read(kept, boto3.client)


def test_after_a_rotation_links_of_before_still_hold_and_later_ones_are_new():
    old, new, newest = ("o" * 40, "n" * 40, "z" * 40)
    link = Tokens(old).make("signature", "petition", "key")
    after = Tokens(new, old)
    assert after.read("signature", link) == ["petition", "key"]
    made = after.make("signature", "petition", "key")
    assert made != link
    assert Tokens(new).read("signature", made) == ["petition", "key"]
    with pytest.raises(Exception, match="not complete"):
        Tokens(newest, new).read("signature", link)


def test_the_settings_are_documented():
    page = (ROOT / "docs" / "settings.md").read_text()
    assert set(re.findall(r"^\| `(GROUNDSWELL_\w+)`", page, re.M)) == set(config.NAMES.values())
