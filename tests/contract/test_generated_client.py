"""openapi-python-client generates a whole client from the document, and the client works."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest

from local.stack import Stack
from tests.services.world import TEXT

LIFE = """
import json, os
from generated import AuthenticatedClient
from generated.api.petitions import (
    petition_draft, petition_edit, petition_publish, petition_read, petitions_list,
)
from generated.models import BeginDraft, EditDraft, Nothing, Petition, PetitionState, Problem

site, token, text = os.environ["SITE"], os.environ["TOKEN"], json.loads(os.environ["TEXT"])
with AuthenticatedClient(base_url=site + "/api/v1", token=token) as client:
    draft = petition_draft.sync(client=client, body=BeginDraft("discussion-group"))
    assert isinstance(draft, Petition) and draft.state is PetitionState.DRAFT, draft
    body = EditDraft.from_dict({**text, "version": draft.version})
    edited = petition_edit.sync(draft.id, client=client, body=body)
    assert isinstance(edited, Petition) and edited.name == text["name"], edited
    body.name = "A name from before that edit"
    behind = petition_edit.sync(draft.id, client=client, body=body)
    assert isinstance(behind, Problem) and behind.status == 409, behind
    published = petition_publish.sync(draft.id, client=client, body=Nothing())
    assert isinstance(published, Petition), published
    read = petition_read.sync(draft.id, client=client)
    assert isinstance(read, Petition) and read.state is PetitionState.COLLECTING, read
    assert (read.name, read.charge) == (text["name"], text["charge"])
    assert draft.id in [row.id for row in petitions_list.sync(client=client).items]
"""


@pytest.fixture(scope="module")
def folder(stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the package `generated` is."""
    made = tmp_path_factory.mktemp("client")
    config = made / "config.json"
    config.write_text('{"post_hooks": []}')
    url = f"{stack.base_url}/api/v1/openapi.json"
    words = f"generate --url {url} --config {config} --meta none --fail-on-warning --output-path"
    done = subprocess.run(
        [sys.executable, "-m", "openapi_python_client", *words.split(), str(made / "generated")],
        capture_output=True,
        text=True,
        check=False,
    )
    told = done.stdout + done.stderr
    assert done.returncode == 0, told
    assert "warning" not in told.lower()
    return made


def test_no_operation_is_left_out(stack: Stack, folder: Path) -> None:
    with urlopen(f"{stack.base_url}/api/v1/openapi.json") as answer:
        paths = json.load(answer)["paths"]
    ids = {one["operationId"] for path in paths.values() for one in path.values()}
    modules = {path.stem for path in (folder / "generated" / "api").glob("*/*.py")}
    assert modules - {"__init__"} == ids


def test_a_petition_is_drafted_edited_published_and_read(
    stack: Stack, cast: dict[str, Any], folder: Path
) -> None:
    environ = {
        **os.environ,
        "SITE": stack.base_url,
        "TOKEN": cast["tokens"]["rowan"],
        "TEXT": json.dumps(TEXT),
    }
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", LIFE],
        cwd=folder,
        env=environ,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
