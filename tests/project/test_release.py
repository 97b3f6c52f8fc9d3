"""script/release, in a repository of its own."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CHANGELOG = """# Changelog

## Unreleased
{unreleased}
## 1.2.0 - 2026-12-01

### Added
- Groups.

## 1.1.0 - 2026-11-01
- Petitions.
"""
# No setting of this machine decides what git does here.
ENVIRON = {
    "PATH": os.environ["PATH"],
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_SYSTEM": os.devnull,
    **{
        f"GIT_{role}_{key}": value
        for role in ("AUTHOR", "COMMITTER")
        for key, value in {"NAME": "Rowan", "EMAIL": "rowan@example.org"}.items()
    },
}


class Repository:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "script").mkdir()
        shutil.copy(ROOT / "script/release", folder / "script/release")
        self.git("init", "--quiet")
        self.write("1.2.0", CHANGELOG.format(unreleased=""))

    def git(self, *arguments: str) -> str:
        command = ["git", *arguments]
        return subprocess.run(
            command, cwd=self.folder, env=ENVIRON, check=True, capture_output=True, text=True
        ).stdout

    def write(self, version: str, changelog: str) -> None:
        (self.folder / "pyproject.toml").write_text(f'[project]\nversion = "{version}"\n')
        (self.folder / "CHANGELOG.md").write_text(changelog)
        self.git("add", ".")
        self.git("commit", "--quiet", "--allow-empty", "--message", "Prepare")

    def release(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [self.folder / "script/release", *arguments],
            env=ENVIRON,
            check=False,
            capture_output=True,
            text=True,
        )


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    return Repository(tmp_path)


def test_it_makes_an_annotated_tag_with_the_section_of_the_changelog(
    repository: Repository,
) -> None:
    done = repository.release()
    assert done.returncode == 0, done.stderr
    assert repository.git("cat-file", "-t", "v1.2.0") == "tag\n"
    text = repository.git("tag", "--list", "--format=%(contents)", "v1.2.0")
    assert text.strip() == "Groundswell 1.2.0\n\n### Added\n- Groups."
    assert "git push origin v1.2.0" in done.stdout


def test_a_dry_run_tags_nothing(repository: Repository) -> None:
    done = repository.release("--dry-run")
    assert done.returncode == 0
    assert "- Groups." in done.stdout
    assert repository.git("tag") == ""


@pytest.mark.parametrize(
    ("version", "changelog", "reason"),
    [
        ("1.2", CHANGELOG.format(unreleased=""), "no version such as"),
        ("1.3.0", CHANGELOG.format(unreleased=""), 'no heading "## 1.3.0'),
        ("1.1.0", CHANGELOG.format(unreleased=""), 'has "## 1.2.0 - 2026-12-01" above'),
        ("1.2.0", CHANGELOG.format(unreleased="\n- Motions.\n"), "entries under"),
        ("1.2.0", "# Changelog\n\n## 1.2.0 - 2026-12-01\n", "says nothing about 1.2.0"),
        ("1.2.0", "# Changelog\n\n## 1.2.0\n- Groups.\n", "no heading"),
    ],
)
def test_it_refuses_a_version_that_is_not_ready(
    repository: Repository, version: str, changelog: str, reason: str
) -> None:
    repository.write(version, changelog)
    refused = repository.release()
    assert (refused.returncode, reason in refused.stderr) == (1, True), refused.stderr
    assert repository.git("tag") == ""


def test_it_refuses_a_tree_with_changes(repository: Repository) -> None:
    (repository.folder / "new.py").write_text("")
    assert "not committed" in repository.release().stderr
    assert repository.git("tag") == ""


@pytest.mark.parametrize(
    ("tag", "reason"), [("v1.2.0", "exists already"), ("v1.10.0", "comes before v1.10.0")]
)
def test_it_refuses_a_version_that_is_not_new(
    repository: Repository, tag: str, reason: str
) -> None:
    repository.git("tag", tag)
    refused = repository.release()
    assert (refused.returncode, reason in refused.stderr) == (1, True), refused.stderr
    assert repository.git("tag") == f"{tag}\n"
