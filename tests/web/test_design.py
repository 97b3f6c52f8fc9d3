"""The visual system: every component in a real browser, under the strict policy, without a fault.

One gallery page (gallery.html, beside this file) uses every macro. It is served from this machine
with the headers of the real thing, and opened as a phone and as a desk, in light and in dark.
"""

import contextlib
import functools
import gzip
import json
import re
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import SimpleNamespace
from typing import Any, ClassVar

import pytest
from axe_playwright_python.sync_playwright import Axe
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from playwright.sync_api import Browser, Page, expect

from chalicelib.web.assets import BEHAVIORS, scripts

ROOT = Path(__file__).resolve().parents[2]
STATIC = ROOT / "static"
POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
AXE = {
    "runOnly": {
        "type": "tag",
        "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    },
    "resultTypes": ["violations"],
}
STATES = (
    "draft collecting submitted verified scheduled approved declined returned withdrawn expired "
    "rejected moved seconded open closed carried lost postponed pending confirmed doubtful "
    "invalidated active lapsed dissolved queued rendering published failed"
).split()

CHARGE = """\
To discuss, research, and envision the many pathways to satisfying and equitable library work. \
At the outset, our interest is multi-pronged:

• practices or programs for making the MLS/MLIS experience more accessible and authentic;
• parallel pathways to librarian positions; and
• increasing equity between library worker classifications.

<script>alert("never")</script>"""


def form(values: dict[str, Any] | None = None, errors: dict[str, str] | None = None) -> Any:
    """A form as the pages pass it to the macros."""
    return SimpleNamespace(values=values or {}, errors=errors or {})


FILLED = form(
    {
        "title": "Training & Equity in Library Work",
        "purpose": "To discuss and envision the many pathways to satisfying library work.",
        "email": "rowan.ibarra@example",
        "kind": "discussion",
        "goal": "",
        "conveners": [
            {"name": "Noor Castellan", "email": "noor@example.org", "institution": "Delta College"}
        ],
        "questions": ["What does it mean to be a librarian?", "Who is asked which skills matter?"],
        "named": True,
    },
    {
        "email": "Enter an email address in full, such as name@example.org",
        "goal": "Choose one strategic goal area",
        "conveners-0-email": "This address does not belong to a member",
    },
)
BLANK = form()


@functools.cache
def templates() -> Environment:
    return Environment(
        loader=FileSystemLoader([ROOT / "templates", Path(__file__).parent]),
        autoescape=True,
        undefined=StrictUndefined,
    )


def context(**more: Any) -> dict[str, Any]:
    """What every page is given."""
    return {
        "site": {
            "association": "Association of College and Research Libraries",
            "short": "ACRL",
            "demo": True,
            "mailbox": True,
        },
        "nav": [
            {"label": "Groups and petitions", "href": "/", "current": True},
            {"label": "Board", "href": "/board", "current": False},
            {"label": "Staff", "href": "/staff", "current": False, "count": 3},
        ],
        "actor": {"name": "Rowan Ibarra", "roles": ["member"]},
        "csrf": "token-of-this-session",
        "notice": {"kind": "done", "text": "Saved. The petition is open until 30 June 2024."},
        "static": lambda name: f"/static/{name}",
        "scripts": scripts,
        "path": "/petitions/p1",
        "charge": CHARGE,
        "states": STATES,
        "form": FILLED,
        **more,
    }


@functools.cache
def pages() -> dict[str, str]:
    """The pages that are served, by path."""
    env = templates()
    gallery, error = env.get_template("gallery.html"), env.get_template("error.html")
    signed_out: dict[str, Any] = {"actor": None, "notice": None, "nav": []}
    return {
        "/": gallery.render(context()),
        "/blank": gallery.render(context(form=BLANK, **signed_out)),
        "/error": error.render(
            context(
                status=404,
                title="There is no page here",
                message="The address may be mistyped, or the draft may have been withdrawn.",
                suggestion="If someone sent you this link, ask them whether it is complete.",
                **signed_out,
            )
        ),
    }


class Site:
    """The server under test: its address, what was posted to it, and what it will answer."""

    def __init__(self) -> None:
        self.base = ""
        self.pages = dict(pages())
        self.posts: list[tuple[str, dict[str, str], Any]] = []
        self.replies: list[tuple[int, dict[str, Any]]] = []
        self.job: dict[str, Any] = {"state": "rendering"}
        self.delay = 0.0

    def wait_for_posts(self, count: int) -> None:
        until = time.monotonic() + 5
        while len(self.posts) < count:
            assert time.monotonic() < until, f"{len(self.posts)} of {count} requests came"
            time.sleep(0.02)


@contextlib.contextmanager
def serve() -> Iterator[Site]:
    """Serve the gallery on this machine with the policy of the real thing."""
    site = Site()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        plain: ClassVar = "text/html; charset=utf-8"

        def do_GET(self) -> None:  # noqa: N802 - the name is http.server's.
            path = self.path.split("?")[0]
            file = next(STATIC.rglob(Path(path).name), STATIC)
            if path in site.pages:
                self.answer(200, self.plain, site.pages[path].encode())
            elif path.startswith("/static/") and file.is_file():
                self.answer(200, TYPES[file.suffix], file.read_bytes())
            elif path.startswith("/api/v1/packets/"):
                self.answer(200, "application/json", json.dumps(site.job).encode())
            else:
                self.answer(404, self.plain, site.pages["/error"].encode())

        def do_POST(self) -> None:  # noqa: N802
            raw = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            is_json = self.headers.get_content_type() == "application/json"
            body = json.loads(raw) if is_json else raw.decode()
            site.posts.append((self.path, dict(self.headers), body))
            if not is_json:
                self.answer(200, self.plain, site.pages["/error"].encode())
                return
            time.sleep(site.delay)
            status, reply = site.replies.pop(0) if site.replies else (200, {"version": 8})
            kind = "application/json" if status < 400 else "application/problem+json"
            self.answer(status, kind, json.dumps(reply).encode())

        def answer(self, status: int, content_type: str, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", content_type)
            self.send_header("Content-Length", str(len(body)))
            self.send_header("Content-Security-Policy", POLICY)
            self.send_header("X-Content-Type-Options", "nosniff")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """Say nothing: the tests speak."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    site.base = f"http://127.0.0.1:{server.server_port}"
    try:
        yield site
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def site() -> Iterator[Site]:
    with serve() as site:
        yield site


class Opened:
    """A page in a context of its own, and whatever it complained about."""

    def __init__(self, browser: Browser, **options: Any) -> None:
        self.context = browser.new_context(**options)
        self.context.set_default_timeout(5000)
        self.page: Page = self.context.new_page()
        self.complaints: list[str] = []
        self.page.on("console", self.heard)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def heard(self, message: Any) -> None:
        # The browser itself reports answers such as 422 in its console.
        if message.type in ("error", "warning") and "the server responded" not in message.text:
            self.complaints.append(message.text)

    def __enter__(self) -> "Opened":
        return self

    def __exit__(self, *_: object) -> None:
        self.context.close()


@pytest.fixture
def page(browser: Browser, site: Site) -> Iterator[Page]:
    """The gallery as first opened, without errors or answers in its form."""
    with Opened(browser, viewport={"width": 1000, "height": 900}) as opened:
        opened.page.goto(f"{site.base}/blank")
        yield opened.page
        assert opened.complaints == []


# ------------------------------------------------------------------ What is seen


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
def test_no_accessibility_fault_at_any_size_or_scheme(
    browser: Browser, site: Site, width: int, scheme: Any
) -> None:
    with Opened(
        browser,
        viewport={"width": width, "height": 800},
        color_scheme=scheme,
        reduced_motion="reduce",
    ) as opened:
        # The lesser pages hold nothing of their own: once on a phone and once at a desk will do.
        both = (width, scheme) in ((360, "light"), (1280, "dark"))
        for path in site.pages if both else ["/"]:
            opened.page.goto(site.base + path)
            found = Axe().run(opened.page, options=AXE).response["violations"]
            told = [
                (fault["id"], node["target"], node["failureSummary"])
                for fault in found
                for node in fault["nodes"]
            ]
            assert told == [], path
        assert opened.complaints == []


def test_nothing_scrolls_sideways_on_a_phone(browser: Browser, site: Site) -> None:
    with Opened(browser, viewport={"width": 360, "height": 800}) as opened:
        for path in site.pages:
            opened.page.goto(site.base + path)
            for width in (360, 320):
                opened.page.set_viewport_size({"width": width, "height": 800})
                assert opened.page.evaluate("document.documentElement.scrollWidth") <= width, path


def test_long_words_still_fit_a_phone(browser: Browser, site: Site) -> None:
    long = "Donaudampfschifffahrtsgesellschaftsbibliothekarinnenvereinigung" * 2
    notice, actor = {"kind": "info", "text": long}, {"name": long, "roles": []}
    gallery = templates().get_template("gallery.html")
    site.pages["/"] = gallery.render(context(charge=long, notice=notice, actor=actor))
    with Opened(browser, viewport={"width": 360, "height": 800}) as opened:
        opened.page.goto(site.base)
        assert opened.page.evaluate("document.documentElement.scrollWidth") <= 360


def test_what_is_pressed_is_large_enough_for_a_finger(browser: Browser, site: Site) -> None:
    with Opened(browser, viewport={"width": 360, "height": 800}) as opened:
        opened.page.goto(site.base)
        small = opened.page.evaluate(
            """[...document.querySelectorAll('button, .button, .site-nav a, .account a, .steps a, '
                + 'input:not([type=hidden], [type=radio], [type=checkbox]), select, textarea, '
                + '.choice label')]
               .filter(each => each.checkVisibility() && each.getBoundingClientRect().height < 43.5)
               .map(each => each.outerHTML.slice(0, 120))"""
        )
        assert small == []


def test_forced_colours_and_print_keep_the_figures(browser: Browser, site: Site) -> None:
    with Opened(browser, forced_colors="active") as opened:
        opened.page.goto(site.base)
        expect(opened.page.get_by_role("img", name="24 verified of 25 needed")).to_be_visible()
        opened.page.emulate_media(media="print", forced_colors="none")
        expect(opened.page.get_by_text("24 of 25 verified signatures")).to_be_visible()
        expect(opened.page.get_by_role("navigation", name="Main")).to_be_hidden()


# ------------------------------------------------------------------ What is sent


def test_markup_holds_no_inline_script_or_style_and_one_heading() -> None:
    loaded = {path: scripts(html) for path, html in pages().items()}
    assert loaded["/error"] == ["page.js"]
    assert "autosave.js" in loaded["/"]
    for path, html in pages().items():
        assert not re.search(r"\sstyle\s*=|<style|\son[a-z]+\s*=|javascript:", html), path
        assert re.findall(r"<script\b[^>]*>", html) == [
            f'<script type="module" src="/static/{name}">' for name in loaded[path]
        ], path
        assert len(re.findall(r"<h1\b", html)) == 1, path
        assert not re.search(r"""(?:src|href)="(?:https?:)?//""", html), path
        ids = re.findall(r'\sid="([^"]+)"', html)
        assert len(ids) == len(set(ids)), path


def test_styles_and_scripts_of_a_page_are_light() -> None:
    styles = [STATIC / "modern-normalize.css", STATIC / "groundswell.css"]
    for path, most in (("/", 20_000), ("/blank", 20_000), ("/error", 11_000)):
        sent = [*styles, *(STATIC / "js" / name for name in scripts(pages()[path]))]
        assert sum(len(gzip.compress(each.read_bytes())) for each in sent) < most, path


def test_each_script_has_an_attribute_that_loads_it() -> None:
    """The attribute is in its script and in some template, so nothing loads in vain."""
    written = {path.name: path.read_text() for path in (STATIC / "js").glob("*.js")}
    assert set(BEHAVIORS.values()) | {"page.js"} == set(written)
    templates = "".join(path.read_text() for path in (ROOT / "templates").rglob("*.html"))
    templates += "".join(path.read_text() for path in (ROOT / "chalicelib/web").rglob("*.py"))
    for attribute, script in BEHAVIORS.items():
        assert attribute in written[script], attribute
        assert attribute in templates.replace(f'"{attribute}": "', ""), attribute
        assert scripts(f"<p {attribute}>") == ["page.js", script]
        assert scripts(f'<p class="x" {attribute}="1">') == ["page.js", script]


def test_gallery_uses_every_component() -> None:
    source = (ROOT / "templates" / "components.html").read_text()
    shown = (Path(__file__).parent / "gallery.html").read_text()
    shown += (ROOT / "templates" / "base.html").read_text()
    macros = re.findall(r"{% macro ([a-z]\w*)\(", source)
    assert macros
    for name in macros:
        assert f"ui.{name}(" in shown, f"{name} is not shown in the gallery"
        assert re.search(rf"{{# (?:{{% call )?{name}\(", source), f"{name} has no comment"


def test_every_colour_is_a_token() -> None:
    css = (STATIC / "groundswell.css").read_text()
    tokens, rest = css.split("/* 2 Page and type", 1)
    assert tokens.count("#") > 30
    screen = rest.split("@media print", 1)[0]
    assert re.findall(r"#[0-9a-fA-F]{3,8}\b", screen) == []
    used = set(re.findall(r"var\((--[\w-]+)", css))
    declared = set(re.findall(r"(--[\w-]+):", css))
    assert used - declared == set()
    assert declared - used == set()


def test_text_is_escaped_and_kept_as_typed() -> None:
    ui = templates().get_template("components.html").module
    hostile = '"><script>alert(1)</script>'
    values = form({"a": hostile}, {"a": hostile})
    for made in (
        ui.field(values, "a", hostile, hostile),
        ui.field(values, "a", "A", rows=3),
        ui.prose(hostile),
        ui.card(hostile, "/", hostile, hostile),
        ui.facts([(hostile, hostile)]),
        ui.badge(hostile),
        ui.error_summary(values, {"a": hostile}),
        ui.rows(form({"r": [{"c": hostile}]}), "r", "R", [{"name": "c", "label": "C"}]),
    ):
        assert "<script" not in str(made)
    typed = "\n  two lines\n\nand a gap "
    assert f">\n{typed}</textarea>" in str(ui.field(form({"a": typed}), "a", "A", rows=3))
    assert 'value="0"' in str(ui.field(form({"a": 0}), "a", "A"))
    assert "maxlength" not in str(ui.field(values, "a", "A", max=10))


def test_prose_makes_paragraphs_and_lists() -> None:
    ui = templates().get_template("components.html").module
    made = re.sub(r">\s+<", "><", str(ui.prose("One\r\ntwo\r\n\r\n\r\n- a\r\n\r\n- b\nThree")))
    assert made == (
        '<div class="prose"><p>One<br>two</p><ul><li>a</li><li>b</li></ul><p>Three</p></div>'
    )
    assert "<p>" not in str(ui.prose("")) + str(ui.prose(None))


@pytest.mark.parametrize(
    ("verified", "confirmed", "said", "mark"),
    [
        (0, 0, "25 more needed", False),
        (24, 3, "1 more needed", True),
        (25, 0, "Threshold reached", False),
    ],
)
def test_progress_is_honest(verified: int, confirmed: int, said: str, mark: bool) -> None:
    ui = templates().get_template("components.html").module
    made = str(ui.progress(verified, 25, confirmed))
    assert f"<strong>{verified}</strong> of 25" in made
    assert said in made
    assert ("bar-mark" in made) == mark
    assert (f"{confirmed} confirmed by email" in made) == bool(confirmed)
    assert all(float(width) <= 100 for width in re.findall(r'width="([\d.]+)%"', made))


def test_every_state_has_words_of_its_own() -> None:
    ui = templates().get_template("components.html").module
    said = {state: re.sub(r"<[^>]+>", "", str(ui.badge(state))) for state in STATES}
    assert len(set(said.values())) == len(STATES)


# ------------------------------------------------------------------ What it does


def test_counter_counts_what_the_server_counts_and_never_cuts(page: Page) -> None:
    title = page.get_by_label("Name of the group")
    count = page.locator("#count-title")
    expect(count).to_have_text("80 characters left")
    title.fill("é" * 79)
    expect(count).to_have_text("1 character left")
    title.fill("  " + "e\u0301" * 79 + " ")  # Composed, and without the blanks at its ends.
    expect(count).to_have_text("1 character left")
    title.fill("𝄞" * 83)
    expect(count).to_have_text("3 characters too many")
    assert title.input_value() == "𝄞" * 83
    expect(page.locator("#count-title + [role=status]")).to_have_text("3 characters too many")


def test_rows_are_added_and_removed(page: Page) -> None:
    group = page.get_by_role("group", name="Co-conveners", exact=True)
    rows = group.locator("[data-row]")
    expect(rows).to_have_count(1)  # Spare rows are for those without the script.
    group.get_by_label("Name").fill("Noor Castellan")
    group.get_by_role("button", name="Add another").click()
    expect(rows).to_have_count(2)
    expect(rows.nth(1).get_by_label("Name")).to_be_focused()
    rows.nth(1).get_by_label("Name").fill("Imani Okafor-Reyes")
    rows.nth(0).get_by_role("button", name="Remove Co-convener 1").click()
    expect(rows).to_have_count(1)
    expect(rows.get_by_label("Name")).to_have_value("Imani Okafor-Reyes")
    expect(rows.get_by_label("Name")).to_be_focused()
    expect(rows.locator("legend")).to_have_text("Co-convener 1")
    for _ in range(3):
        group.get_by_role("button", name="Add another").click()
    expect(group.get_by_role("button", name="Add another")).to_be_hidden()  # max_rows is 4.
    names = group.locator("input").evaluate_all("all => all.map(each => each.name)")
    assert len(names) == len(set(names)) == 12


def test_autosave_posts_the_answers_and_says_so(page: Page, site: Site) -> None:
    page.get_by_label("Name of the group").fill("Training & Equity")
    questions = page.get_by_role("group", name="Questions the group will explore", exact=True)
    questions.get_by_label("Question").fill("Who is asked?")
    page.get_by_label("Discussion group").check()
    page.get_by_label("Name me on the public page").check()
    # The last of these has no blur after it: a pause alone is enough.
    page.wait_for_timeout(1300)
    expect(page.locator("[data-autosave-status]")).to_have_text(re.compile(r"^Saved \d\d:\d\d$"))
    path, headers, body = site.posts[-1]
    assert path == "/api/v1/petitions/p1/draft"
    assert headers["X-CSRF-Token"] == "token-of-this-session"
    assert headers["Idempotency-Key"]
    assert body == {
        "title": "Training & Equity",
        "purpose": "",
        "email": "",
        "website": "",
        "goal": "",
        "kind": "discussion",
        "conveners": [],
        "questions": ["Who is asked?"],
        "named": True,
        "scopes-0-value": False,
        "scopes-1-value": False,
        "version": body["version"],
    }
    assert site.posts[0][2]["version"] == 7
    expect(page.locator("#draft input[name=version]")).to_have_value("8")


def test_autosave_shows_field_errors_beside_fields(page: Page, site: Site) -> None:
    group = page.get_by_role("group", name="Co-conveners", exact=True)
    group.get_by_role("button", name="Add another").click()
    second = group.locator("[data-row]").nth(1)
    site.replies += [
        (422, {"detail": "Two answers need attention.",
               "errors": {"title": "Give the group a name", "conveners.0.email": "Not a member"}}),
        (200, {"version": 9, "errors": {"website": "Not reached yet"}}),
    ]  # fmt: skip
    second.get_by_label("Email address").fill("nobody@example.org")
    page.get_by_label("Name of the group").focus()  # Leaving a field saves at once.
    status = page.locator("[data-autosave-status]")
    expect(status).to_have_text("Not saved: Two answers need attention.")
    title = page.get_by_label("Name of the group")
    expect(title).to_have_attribute("aria-invalid", "true")
    expect(title).to_have_accessible_description(re.compile("Error: Give the group a name"))
    # The API counts the rows it was sent; the first row here is blank and was not.
    expect(second.get_by_label("Email address")).to_have_accessible_description(
        "Error: Not a member"
    )
    seen = len(site.posts)
    title.focus()
    title.blur()
    page.wait_for_timeout(300)
    assert len(site.posts) == seen  # What was refused is not sent again unchanged.
    title.fill("Training & Equity")
    title.blur()
    expect(status).to_have_text(re.compile("^Saved"))
    expect(title).not_to_have_attribute("aria-invalid", "true")
    expect(page.locator("#error-title")).to_have_count(0)
    expect(page.locator("#error-website")).to_have_count(0)


def test_autosave_stops_at_a_conflict_and_warns_before_leaving(page: Page, site: Site) -> None:
    site.replies.append((409, {"title": "This draft was changed in another window."}))
    title = page.get_by_label("Name of the group")
    title.fill("One")
    title.blur()
    expect(page.locator("[data-autosave-status]")).to_have_text(
        "Not saved: This draft was changed in another window."
    )
    title.fill("Two")
    title.blur()
    page.wait_for_timeout(300)
    assert len(site.posts) == 1
    asked: list[str] = []

    def stay(dialog: Any) -> None:
        asked.append(dialog.type)
        dialog.accept()

    page.on("dialog", stay)
    page.get_by_role("link", name="Preview").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("There is no page here")
    assert asked == ["beforeunload"]


def test_submitting_waits_for_the_autosave_under_way(page: Page, site: Site) -> None:
    site.delay = 0.5
    page.on("dialog", lambda dialog: pytest.fail(f"asked: {dialog.type}"))
    page.get_by_label("Name of the group").fill("Training & Equity")
    page.get_by_label("Statement of purpose").focus()  # Leaving a field saves at once.
    site.wait_for_posts(1)
    page.get_by_role("button", name="Save and continue").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("There is no page here")
    assert [post[0] for post in site.posts] == ["/api/v1/petitions/p1/draft", "/petitions/p1/edit"]
    assert "version=8" in site.posts[1][2]
    assert "csrf_token=token-of-this-session" in site.posts[1][2]


def test_autosave_tries_again_after_a_fault(page: Page, site: Site) -> None:
    site.replies.append((503, {"title": "The record cannot be reached."}))
    page.get_by_label("Name of the group").fill("Training & Equity")
    page.get_by_label("Name of the group").blur()
    status = page.locator("[data-autosave-status]")
    expect(status).to_have_text("Not saved: The record cannot be reached.")
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(status).to_have_text(re.compile("^Saved"))
    keys = {post[1]["Idempotency-Key"] for post in site.posts}
    assert len(site.posts) == 2
    assert len(keys) == 1


@pytest.mark.parametrize("width", [360, 1280])
def test_what_autosave_says_stays_in_sight(browser: Browser, site: Site, width: int) -> None:
    with Opened(browser, viewport={"width": width, "height": 700}) as opened:
        page = opened.page
        page.goto(f"{site.base}/blank")
        title = page.get_by_label("Name of the group")
        title.fill("Training & Equity")
        title.blur()
        status = page.locator("[data-autosave-status]")
        expect(status).to_have_text(re.compile("^Saved"))
        # The end of the form is far below.
        page.evaluate("scrollTo(0, 0)")
        title.scroll_into_view_if_needed()
        expect(title).to_be_in_viewport(ratio=1)
        expect(status).to_be_in_viewport(ratio=1)
        # What has the focus is not hidden behind the bar.
        bar = page.locator(".actions.sticky")
        for _ in range(12):
            page.keyboard.press("Tab")
            field = page.locator(":focus")
            if field.evaluate("each => each.matches('input, select, .row button')"):
                top = bar.bounding_box()["y"]  # type: ignore[index]
                box = field.bounding_box()
                assert box is not None
                assert box["y"] + box["height"] <= top + 1
        page.emulate_media(media="print")
        expect(bar).to_be_hidden()


def test_autosave_goes_on_once_somebody_signs_in_again(page: Page, site: Site) -> None:
    site.replies.append((401, {"detail": "You are signed out. Sign in in another tab."}))
    page.get_by_label("Name of the group").fill("Training & Equity")
    page.get_by_label("Name of the group").blur()
    status = page.locator("[data-autosave-status]")
    expect(status).to_have_text("Not saved: You are signed out. Sign in in another tab.")
    expect(status).to_have_text(re.compile("^Saved"), timeout=9000)
    assert len(site.posts) == 2


def test_dialog_asks_first(page: Page, site: Site) -> None:
    button = page.get_by_role("button", name="Withdraw the petition")
    button.click()
    dialog = page.get_by_role("dialog", name="Withdraw the petition")
    expect(dialog).to_contain_text("The twenty-four signatures stay in the record")
    expect(dialog.get_by_role("button", name="Cancel")).to_be_focused()
    assert Axe().run(page, options=AXE).response["violations"] == []
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(button).to_be_focused()
    assert site.posts == []
    button.click()
    dialog.get_by_role("button", name="Withdraw the petition").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("There is no page here")
    path, _, body = site.posts[0]
    assert (path, body) == ("/petitions/p1/withdraw", "csrf_token=token-of-this-session&version=7")


def test_a_job_is_followed_until_it_changes(page: Page, site: Site) -> None:
    site.job = {"state": "rendering", "text": "Document 9 of 11", "done": 9, "total": 11}
    expect(page.locator("[data-poll-text]")).to_have_text("Document 9 of 11")
    assert page.locator("progress").evaluate("each => each.value") == 9
    with page.expect_event("load"):
        site.job = {"state": "published"}


def test_link_is_copied(browser: Browser, site: Site) -> None:
    with Opened(browser, permissions=["clipboard-read", "clipboard-write"]) as opened:
        opened.page.goto(site.base)
        opened.page.get_by_role("button", name="Copy link").click()
        expect(opened.page.get_by_role("button", name="Copied")).to_be_visible()
        copied = opened.page.evaluate("navigator.clipboard.readText()")
        assert copied == "https://groups.example.org/petitions/training-equity"


def test_errors_are_focused_and_lead_to_their_fields(browser: Browser, site: Site) -> None:
    with Opened(browser) as opened:
        opened.page.goto(site.base)
        summary = opened.page.get_by_role("alert", name="There is a problem")
        expect(summary).to_be_focused()
        summary.get_by_role("link", name="This address does not belong to a member").click()
        expect(opened.page.locator("#field-conveners-0-email")).to_be_focused()


def test_page_is_whole_without_javascript(browser: Browser, site: Site) -> None:
    with Opened(browser, java_script_enabled=False) as opened:
        page = opened.page
        page.goto(f"{site.base}/blank")
        expect(page.locator("[data-row]")).to_have_count(6)
        for name in ("Add another", "Copy link"):
            expect(page.get_by_role("button", name=name)).to_have_count(0)
        expect(page.get_by_role("link", name="Check again")).to_be_visible()
        page.get_by_label("Name of the group").fill("Training & Equity")
        page.get_by_label("Name", exact=True).nth(2).fill("Noor Castellan")
        page.get_by_role("button", name="Save and continue").click()
        assert "conveners-2-name=Noor+Castellan" in site.posts[0][2]
