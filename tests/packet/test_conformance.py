"""Whatever the engine makes keeps the standards that it claims; the checker's own command."""

import subprocess
import sys
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest

from chalicelib.domain.packets.faces import public_face
from chalicelib.packet.render import RenderedPacket, render_packet
from chalicelib.pdfcheck.check import problems
from tests.packet.packet_full import full
from tests.packet.packet_sample import packet, roster

ROOT = Path(__file__).resolve().parents[2]


def with_a_long_roster() -> RenderedPacket:
    context = packet()
    context["documents"][1]["roster"] = roster(210)
    return render_packet(context)


def public() -> RenderedPacket:
    context = public_face(full())
    context["association"] |= {"page_size": "A4", "language": "de"}
    return render_packet(context)


@pytest.mark.parametrize("make", [with_a_long_roster, lambda: render_packet(full()), public])
def test_a_packet_and_each_of_its_documents_keep_the_standards(make):
    made = make()
    assert made.claims == ("PDF/UA-1", "PDF/A-3u")
    for content in (made.pdf, *(document.pdf for document in made.documents)):
        with pikepdf.open(BytesIO(content)) as pdf:
            assert problems(pdf) == []


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "chalicelib.pdfcheck.check", *arguments],
        cwd=ROOT,
        check=False,
        capture_output=True,
        text=True,
    )


def test_the_command_says_what_it_finds(tmp_path, small_packet):
    good, bad, none = tmp_path / "good.pdf", tmp_path / "bad.pdf", tmp_path / "none.pdf"
    good.write_bytes(small_packet)
    with pikepdf.open(good) as pdf:
        pdf.Root.MarkInfo.Suspects = True
        pdf.save(bad)
    none.write_bytes(b"nothing")
    done = run(str(good))
    assert (done.returncode, done.stdout) == (
        0,
        "No problem found: it keeps PDF/UA-1 and PDF/A-3u.\n",
    )
    done = run(str(bad))
    assert done.returncode == 1
    line = "PDF/UA-1, 7.1: the file: it says that its tags may be wrong (Suspects)\n"
    assert done.stdout == line
    assert run(str(none)).returncode == 2
    assert run().returncode == 2


def test_no_more_than_fifty_problems_are_listed(small_packet):
    with pikepdf.open(BytesIO(small_packet)) as pdf:
        for item in pdf.objects:
            if isinstance(item, pikepdf.Dictionary) and item.get("/Type") == "/StructElem":
                item.Lang = pikepdf.String("no language")
        assert len(problems(pdf)) == 50
        assert problems(pdf, ("PDF/A-3u",)) == []
