"""Puts an installation on AWS, and rehearses that locally. Nothing here reaches a function."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
# Where the package is built.
OUT = ROOT / ".local" / "package"
MB = 1024 * 1024
