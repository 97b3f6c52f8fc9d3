"""Text that people typed stays text: nothing is fetched, attached, hidden or turned around."""

import socket
import threading
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest

from chalicelib.packet.fetcher import PacketFetcher, RefusedURLError
from chalicelib.packet.leaf import FOLDER
from chalicelib.packet.render import render_packet
from chalicelib.packet.roster import roster_pages
from chalicelib.packet.text import clean, short
from tests.packet.packet_full import full
from tests.packet.packet_reading import page_texts
from tests.packet.packet_sample import packet, roster

# What is no text to print but a choice or a key that the program itself makes.
KEYS = {"anchor", "language", "page_size", "published_iso", "mark", "key"}


@contextmanager
def listening():
    """A port on this machine that remembers whether anybody called."""
    calls = []
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.1)
        stop = threading.Event()

        def wait():
            while not stop.is_set():
                try:
                    connection, _ = server.accept()
                except TimeoutError:
                    continue
                connection.close()
                calls.append(connection)

        thread = threading.Thread(target=wait)
        thread.start()
        try:
            yield server.getsockname()[1], calls
        finally:
            stop.set()
            thread.join()


def poisoned(value, poison, key=""):
    """Return the context with `poison` at the end of every text in it."""
    if isinstance(value, dict):
        return {name: poisoned(item, poison, name) for name, item in value.items()}
    if isinstance(value, list):
        return [poisoned(item, poison, key) for item in value]
    return value + poison if isinstance(value, str) and key not in KEYS else value


def test_markup_in_every_field_is_printed_and_nothing_is_fetched(tmp_path):
    secret = tmp_path / "secret.txt"
    secret.write_text("the-secret-of-the-machine")
    with listening() as (port, calls):
        url = f"http://127.0.0.1:{port}/"
        poison = (
            f" <img src={url}i><link rel=attachment href={secret.as_uri()}>"
            f"<style>@import url({url}c);</style></p></td></section>"
            f"\"'){{}}{{{{ 7*7 }}}}<a rel=attachment href={secret.as_uri()}>x</a>"
        )
        context = poisoned(packet(), poison)
        context["documents"][1]["roster"] = poisoned(roster(3), poison)
        rendered = render_packet(context)
    assert calls == []
    text = "".join(page_texts(rendered.pdf)).replace(" ", "").replace("\u200b", "")
    assert text.count(f"<imgsrc={url}i>") > 40
    assert text.count(f"@importurl({url}c);</style></p></td></section>") > 40
    assert "{{7*7}}" in text
    with pikepdf.open(BytesIO(rendered.pdf)) as pdf:
        for item in pdf.objects:
            if isinstance(item, pikepdf.Stream):
                assert b"the-secret-of-the-machine" not in item.read_bytes()
        assert "/EmbeddedFiles" not in pdf.Root.get("/Names", {})
        notes = [note for page in pdf.pages for note in page.get("/Annots", [])]
        assert all("/A" not in note for note in notes)


def unpoisoned_kinds(value, like):
    """Put back what is a choice of the program: of what kind a stretch of text or a row is."""
    if isinstance(value, dict):
        return {
            k: like[k] if k == "kind" else unpoisoned_kinds(v, like[k]) for k, v in value.items()
        }
    if isinstance(value, list):
        return [unpoisoned_kinds(a, b) for a, b in zip(value, like, strict=True)]
    return value


def test_markup_in_changes_votes_questions_and_charts_is_printed_as_text():
    poison = " </title></text><script>1</script><a href=http://evil.example>{{ 7*7 }}\u202e\x00"
    context = unpoisoned_kinds(poisoned(full(), poison), full())
    rendered = render_packet(context)
    text = "".join(page_texts(rendered.pdf)).replace(" ", "").replace("\u200b", "")
    sign = "</title></text><script>1</script><ahref=http://evil.example>{{7*7}}\ufffd"
    assert text.count(sign) > 120
    with pikepdf.open(BytesIO(rendered.pdf)) as pdf:
        notes = [note for page in pdf.pages for note in page.get("/Annots", [])]
        assert notes
        assert all("/A" not in note for note in notes)
        said = [
            str(item.Alt)
            for item in pdf.objects
            if isinstance(item, pikepdf.Dictionary) and item.get("/S") == pikepdf.Name.Figure
        ]
    assert len(said) == 2
    assert all(one.endswith("{{ 7*7 }}\ufffd") for one in said)
    assert render_packet(context).sha256 == rendered.sha256


def test_endless_words_deep_markup_and_odd_characters_are_printed():
    context = packet()
    form = context["documents"][0]["action_form"]
    form["background"] = ["x" * 20_000, "<div>" * 400, "null\x00 lone\ud800 tab\t bell\x07"]
    form["subject"] = "y" * 100_000
    context["documents"][1]["roster"][0]["name"] = "\u202eGnirts\u202c Backwards"
    pages = page_texts(render_packet(context).pdf)
    text = "".join(pages).replace(" ", "").replace("\u200b", "")
    assert text.count("x" * 50) >= 100
    assert text.count("<div>") >= 398  # A page may break within one.
    assert "GnirtsBackwards" in text
    assert "\u202e" not in text
    assert "bell" in text


def test_a_fetcher_serves_its_folder_and_nothing_else(tmp_path):
    folder = tmp_path / "packet"
    folder.mkdir()
    (folder / "own.css").write_text("p { color: red }")
    (folder / "notes.txt").write_text("not part of a packet")
    (tmp_path / "outside.css").write_text("secret")
    (folder / "way-out.css").symlink_to(tmp_path / "outside.css")
    fetcher = PacketFetcher(folder)
    response = fetcher.fetch((folder / "own.css").as_uri())
    assert response.read() == b"p { color: red }"
    assert response.content_type == "text/css"
    base = folder.as_uri()
    refused = [
        "http://127.0.0.1:9/",
        "https://example.org/a.css",
        "ftp://example.org/a.css",
        "data:text/css,p{}",
        "file:///etc/passwd",
        f"file://server{folder}/own.css",
        f"{base}/notes.txt",
        f"{base}/way-out.css",
        f"{base}/missing.css",
        f"{base}/../outside.css",
        f"{base}/%2e%2e/outside.css",
        f"{base}/own.css%00",
        base,
        "",
    ]
    for url in refused:
        with pytest.raises(RefusedURLError):
            fetcher.fetch(url)
    assert fetcher.refused == refused


def test_a_refused_address_does_not_stop_the_renderer(tmp_path):
    from weasyprint import HTML

    secret = tmp_path / "secret.txt"
    secret.write_text("the-secret-of-the-machine")
    with listening() as (port, calls):
        fetcher = PacketFetcher(FOLDER)
        made = HTML(
            string=f"<p>Still here<img src=http://127.0.0.1:{port}/i alt=x>"
            f"<a rel=attachment href={secret.as_uri()}>file</a>",
            url_fetcher=fetcher,
        ).write_pdf(uncompressed_pdf=True)
    assert calls == []
    assert len(fetcher.refused) == 2
    assert b"the-secret-of-the-machine" not in made


def test_the_packet_asks_only_for_files_that_it_has():
    for line in (FOLDER / "print.css").read_text().splitlines():
        if "url(" in line:
            name = line.split("url(")[1].split(")")[0]
            assert (FOLDER / Path(name)).is_file()


def test_hebrew_and_accents_survive_cleaning():
    for name in ("שירה כהן", "Nguyễn Thị Ánh", "e\u0301a\u0308", "محمد", "O\u2019Neill"):
        assert clean(name) == name


@pytest.mark.parametrize("count", [1, 25, 33, 200])
def test_tables_of_a_roster_keep_every_row_in_order(count):
    rows = [{"name": "N" * (i % 90), "institution": "I" * (i % 130)} for i in range(count)]
    tables = roster_pages(rows, "Letter")
    assert [row for table in tables for row in table] == rows
    assert all(0 < len(table) <= 40 for table in tables)


def test_a_short_form_is_cut_at_a_word():
    assert short("Budget overview", 60) == "Budget overview"
    assert short("Budget overview, first quarter", 20) == "Budget overview\u2026"
    assert short("x" * 100, 10) == "x" * 10 + "\u2026"


def other_documents():
    """A form of several actions, a form for discussion, and a file."""
    form = packet()["documents"][0]["action_form"]
    common = {"title": "Travel", "kind": "action"}
    return [
        {
            **common,
            "number": "8.0",
            "code": "ACRL AC 26 Doc 8.0 rev. 2",
            "revision": 2,
            "anchor": "doc-8-0",
            "action_form": {**form, "actions": ["That we pay.", "That we wait."]},
        },
        {
            **common,
            "number": "9.0",
            "code": "ACRL AC 26 Doc 9.0",
            "anchor": "doc-9-0",
            "action_form": {
                **form,
                "heading": "Discussion form",
                "actions": [],
                "questions": ["Who pays?", "Since when?"],
            },
        },
        {
            **common,
            "number": "10.0",
            "code": "ACRL AC 26 Doc 10.0",
            "anchor": "doc-10-0",
            "file": {
                "by": "Ines Belhadj",
                "name": "Report.pdf",
                "pages": 12,
                "size": "812 kB",
                "sha256": "ab12" * 16,
                "address": "https://groups.example.org/board/documents/d1",
                "removed": ["JavaScript"],
                "original_sha256": "cd34" * 16,
            },
        },
    ]


def test_forms_of_every_kind_and_files_print_what_was_typed_as_text():
    context = packet()
    context["documents"] = poisoned(other_documents(), " <b>x</b> {{ 7*7 }} & \u202e\x00")
    context["docket"], context["inventory"] = [], []
    rendered = render_packet(context)
    text = "".join(page_texts(rendered.pdf)).replace("\u200b", "")
    assert "49" not in text.replace("\n", " ").split()
    assert "Action 1 recommended" in text
    assert "Action 2 recommended" in text
    assert text.count("For the Board to complete") == 2
    assert "Questions for discussion" in text
    assert "This document is an uploaded file" in text
    assert "Doc 8.0" in text
    assert render_packet(context).sha256 == rendered.sha256


def test_endless_forms_are_printed():
    context = packet()
    documents = other_documents()
    documents[0]["action_form"]["actions"] = ["That " + "x" * 5000] * 10
    documents[1]["action_form"]["questions"] = ["?" * 3000] * 8
    documents[2]["file"] |= {"name": "n" * 5000, "address": "a" * 5000}
    context["documents"] = documents
    context["docket"], context["inventory"] = [], []
    assert render_packet(context).pages > 3
