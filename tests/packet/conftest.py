"""One rendered packet, shared by the tests that only read it."""

from dataclasses import dataclass
from io import BytesIO
from typing import Any

import pikepdf
import pytest

from chalicelib.packet.render import RenderedPacket, render_packet
from tests.packet.conformance_sample import small
from tests.packet.packet_reading import page_texts
from tests.packet.packet_sample import packet, roster


@dataclass(frozen=True)
class Reading:
    """A packet with what a reader sees of it."""

    context: dict[str, Any]
    rendered: RenderedPacket
    pages: list[str]
    progress: list[tuple[int, int, str]]

    @property
    def text(self) -> str:
        return "\n".join(self.pages)


@pytest.fixture(scope="session")
def reading() -> Reading:
    """A packet of three documents; the second has 60 signatories, so that its roster breaks."""
    context = packet()
    document = context["documents"][1]
    document["roster"] = roster(60)
    # Private fields a careless caller might pass along.
    for row in document["roster"]:
        row["email"] = f"signer{row['number']}@example.org"
        row["member_number"] = f"77001{row['number']:03}"
    progress: list[tuple[int, int, str]] = []
    rendered = render_packet(context, lambda *step: progress.append(step))
    return Reading(context, rendered, page_texts(rendered.pdf), progress)


@pytest.fixture
def pdf(reading: Reading) -> Any:
    with pikepdf.open(BytesIO(reading.rendered.pdf)) as opened:
        yield opened


@pytest.fixture(scope="session")
def small_packet() -> bytes:
    """A packet to break, for the checker of standards."""
    return render_packet(small()).pdf
