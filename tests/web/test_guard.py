"""What every page goes through, as a visitor or an attacker would notice it."""

import logging
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import quote, urlencode

import pytest

from app import app
from chalicelib import config
from chalicelib.domain.people.people import Seat
from chalicelib.services.people.tokens import digest, random_token
from chalicelib.web.api import entrance
from chalicelib.web.api.operations import BASE, OPERATIONS
from chalicelib.web.assets import files
from chalicelib.web.cookies import set_cookie
from chalicelib.web.request import FORM
from chalicelib.web.responses import redirect
from local.demo.people import MEMBERS, address
from tests.services.world import World
from tests.web.browser import Answer, Browser, Site

entrance.ready()


def every(method: str) -> list[str]:
    """Every address that takes a method: pages, and what the API has below its one route."""
    pages = [path for path, methods in app.routes.items() if method in methods]
    below = [f"{BASE}{path}" for way, path in OPERATIONS if way == method]
    return sorted([*(path for path in pages if path != f"{BASE}/{{proxy+}}"), *below])


GETS, POSTS = every("GET"), every("POST")
# Routes whose GET only leads to the page above them.
WAYS_BACK = {
    path
    for path, methods in app.routes.items()
    if "GET" in methods and methods["GET"].view_name.endswith("way_back")
}
CSP = "Content-Security-Policy"


@pytest.fixture
def site(world: World, monkeypatch: pytest.MonkeyPatch) -> Site:
    return Site(world, monkeypatch)


@pytest.fixture
def deployed(site: Site, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    """The same site, away from somebody's own machine."""
    monkeypatch.setenv("GROUNDSWELL_STAGE", "prod")
    monkeypatch.setenv("GROUNDSWELL_BASE_URL", "https://groundswell.example.org")
    config.settings.cache_clear()
    yield site
    monkeypatch.undo()
    config.settings.cache_clear()


def filled(route: str, site: Site, **own: str) -> str:
    """A route's address with things that exist, as far as the world has come."""
    world = site.world

    def key() -> str:
        signature = world.signature("zoe") if signed else None
        return signature.key if signature else "none"

    def token() -> str:
        return world.token("zoe") if signed and world.signature("zoe") else "none"

    def document() -> str:
        return world.meeting.documents[0].document_id if "meeting" in world.ids else "none"

    def slug() -> str:
        groups = world.services.store.groups.listed()
        return str(groups[0]["slug"]) if groups else "none"

    signed = "petition" in world.ids and route.startswith(("/signatures", "/staff"))
    # What has to be looked up in the store is, where a route asks for it.
    looked_up = {"key": key, "token": token, "document_id": document, "slug": slug}
    parts = {
        "name": next(iter(files())),
        "proxy": "no/such/page",
        "file": "1.pdf",
        "number": "1",
        "petition_id": world.ids.get("petition", "none"),
        "item_id": "i2",
        "meeting_id": world.ids.get("meeting", "none"),
        "motion_id": world.ids.get("motion", "none"),
        "entry_id": "none",
        "digest": "0" * 64,
        "bulk_id": "none",
        "person_id": "none",
        "seat_id": "none",
        "token_id": "none",
        "webhook_id": "none",
        "delivery_id": "none",
        **own,
    }
    # The name of a part that is new in a route has to be added above.

    def part(match: re.Match[str]) -> str:
        name = match[1]
        return parts[name] if name in parts else looked_up[name]()

    return re.sub(r"\{(\w+)\+?\}", part, route)


def everybody(site: Site) -> dict[str, Browser]:
    return {
        "visitor": site.visitor(),
        "member": site.member("thandiwe"),
        "convener": site.member("rowan"),
        "board": site.member("president"),
        "staff": site.member("staff"),
    }


def everything(site: Site, browser: Browser) -> Iterator[tuple[str, Answer]]:
    """Every route that answers a GET, asked for by this browser."""
    for route in GETS:
        yield route, browser.ask("GET", filled(route, site))


def all_powerful(site: Site) -> Browser:
    """The petition's convener, who presides over the Board and is staff besides."""
    store, person = site.world.services.store, site.world.person("rowan")
    seat = Seat("President", presiding=True)
    unit = store.transaction()
    store.people.save(unit, replace(person, staff=True, admin=True, seats=(seat,), version=2))
    unit.commit()
    return site.member("rowan")


# ------------------------------------------------------------------ Forms from elsewhere


MULTIPART = "multipart/form-data; boundary=edge"


def encoded(route: str, fields: dict[str, str]) -> tuple[bytes, dict[str, str]]:
    """A form's body as this route takes it, and the header that says so."""
    if FORM in app.routes[route]["POST"].content_types:
        return urlencode(fields).encode(), {"Content_Type": FORM}
    head = '--edge\r\nContent-Disposition: form-data; name="'
    parts = [f'{head}{name}"\r\n\r\n{value}\r\n' for name, value in fields.items()]
    return ("".join(parts) + "--edge--\r\n").encode(), {"Content_Type": MULTIPART}


def send(browser: Browser, route: str, path: str, token: str, **headers: str) -> Answer:
    """A POST with nothing wrong but what the test is about."""
    if route.startswith("/api"):
        body = b'{"choice": "yes"}' if path.endswith("/vote") else b"{}"
        given = {"Content_Type": "application/json"} | ({"X_CSRF_Token": token} if token else {})
    else:
        body, given = encoded(route, {"csrf_token": token} if token else {})
    return browser.ask("POST", path, body, **{**given, **headers})


def refused(answer: Answer) -> bool:
    if answer["Content-Type"] == "application/problem+json":
        return answer.status == 403 and bool(answer.json["type"] == "/problems/csrf")
    return answer.status == 403 and answer.heading == "This form is too old"


@pytest.mark.parametrize("step", ["draft", "open"])
def test_no_form_from_elsewhere_is_taken(site: Site, step: str) -> None:
    """Every route that takes a POST, sent by somebody who may do all of it."""
    site.world.at(step)
    browser = all_powerful(site)
    own, foreign = browser.csrf(), site.visitor().csrf()
    assert own != foreign
    tampered = own[:-2] + ("AA" if own[-2:] != "AA" else "BB")
    own_cookie = browser.cookies["gs_browser"]
    site.asks("rowan")
    link = site.link("rowan").rpartition("/")[2]
    before = site.world.dump()
    for route in POSTS:
        session = {"key": digest(browser.cookies["gs_session"])} if "sessions" in route else {}
        token = {"token": link} if route.startswith("/sign-in") else {}
        path = filled(route, site, **session, **token)
        tokens = {
            "no token": "",
            "another browser's token": foreign,
            "a token that was changed": tampered,
            "the cookie as token": own_cookie,
        }
        senders = {
            "from another site": {"Sec_Fetch_Site": "cross-site"},
            "from a sibling": {"Sec_Fetch_Site": "same-site"},
            "by origin": {"Origin": "https://evil.example"},
            "by a hidden origin": {"Origin": "null"},
            "by an origin like ours": {"Origin": "http://127.0.0.1:8000.evil.example"},
            "by an origin that is none": {"Origin": "http://["},
        }
        for how, bad in tokens.items():
            assert refused(send(browser, route, path, bad)), (route, how)
        site.world.clock.forward(seconds=60)
        for how, headers in senders.items():
            assert refused(send(browser, route, path, own, **headers)), (route, how)
    assert site.world.dump() == before
    # Nothing else than what was wrong above made them fail.
    fine = [{"Sec_Fetch_Site": "same-origin"}, {"Origin": "http://127.0.0.1:8000"}]
    for route in POSTS:
        site.world.clock.forward(seconds=1)
        for headers in fine:
            answer = send(browser, route, filled(route, site), own, **headers)
            assert not refused(answer), (route, headers)
    assert site.world.dump() != before


def test_a_token_is_of_use_for_its_purpose_alone(site: Site) -> None:
    site.world.at("collecting")
    site.world.sign("zoe")
    site.world.deliver_all()
    browser = site.visitor()
    token = browser.csrf()
    path = f"/petitions/{site.world.petition_id}/sign"
    assert refused(browser.post(path, {"csrf_token": site.world.token("zoe")}))
    assert browser.get(f"/signatures/{token}").status == 404
    assert browser.get(f"/sign-in/{token}").heading == "This link does not work"


def test_a_form_that_cannot_be_read_is_refused_in_words(site: Site) -> None:
    browser = site.visitor()
    token = f"csrf_token={browser.csrf()}&".encode()
    for body in (b"\xff", b"&".join(b"f%d=" % n for n in range(501))):
        answer = browser.ask("POST", "/sign-in", token + body, Content_Type=FORM)
        assert answer.status == 422
        assert "could not be read" in answer.text


NAMES = (
    "email next name institution kind version then charge questions conveners reason comments code "
    "explanation meeting number accept title day time place document wording choice named"
).split()
ODD_FIELDS = {
    "rows for texts": {f"{name}-0-value": "x" for name in NAMES},
    "rows of several": {f"{name}-0-{part}": "x" for name in NAMES for part in ("value", "other")},
    "texts for rows, digits that are none": dict.fromkeys(NAMES, "²"),
    "very much": dict.fromkeys(["version", "next", "number", "day", "choice"], "9" * 5000),
}


@pytest.mark.parametrize(("step", "part"), [("draft", "/edit"), ("open", "/")])
@pytest.mark.parametrize("odd", ODD_FIELDS)
def test_fields_of_an_odd_shape_are_no_fault_of_ours(
    site: Site, step: str, part: str, odd: str
) -> None:
    site.world.at(step)
    browser = all_powerful(site)
    fields = {**ODD_FIELDS[odd], "csrf_token": browser.csrf()}
    for route in POSTS:
        if part in route and not route.startswith("/api"):
            body, given = encoded(route, fields)
            answer = browser.ask("POST", filled(route, site), body, **given)
            assert answer.status < 500, route
            assert not refused(answer), route


def test_a_token_of_an_odd_shape_is_none(site: Site) -> None:
    browser = site.member("rowan")
    token = browser.csrf()
    for name in ("csrf_token-0-value", "csrf_token-0-other", "CSRF_TOKEN"):
        assert refused(browser.post("/account", {name: token, "name": "Mallory"}))


# ------------------------------------------------------------------ Headers and cookies


@pytest.mark.parametrize("step", ["draft", "collecting", "open", "carried"])
def test_every_page_has_the_headers_that_keep_it_safe(site: Site, step: str) -> None:
    site.world.at(step)
    browsers = everybody(site)
    # A member sees what a visitor does, and a convener more than either.
    del browsers["member"]
    before = site.world.dump()
    for who, browser in browsers.items():
        session = browser.cookies.get("gs_session")
        for route, answer in everything(site, browser):
            where = (who, route, answer.status)
            assert answer.status in {200, 303, 403, 404, 409}, where
            rules = dict(rule.strip().split(" ", 1) for rule in answer[CSP].split(";"))
            assert rules["default-src"] == "'none'", where
            assert rules["script-src"] == rules["style-src"] == "'self'", where
            assert rules["frame-ancestors"] == rules["base-uri"] == "'none'", where
            assert rules["form-action"] == "'self'", where
            assert "unsafe" not in answer[CSP], where
            assert answer["X-Content-Type-Options"] == "nosniff", where
            assert answer["Referrer-Policy"] in {"same-origin", "no-referrer"}, where
            assert answer.all("Strict-Transport-Security") == [], where
            if route != "/static/{name}":
                assert answer["Cache-Control"] == "no-store", where
            if "html" in answer["Content-Type"]:
                assert answer["Content-Type"] == "text/html; charset=utf-8", where
                # What the policy would block is not there in the first place.
                assert not re.search(r"<[^>]+\s(style|on[a-z]+)=", answer.body), where
                assert not re.search(r"<script(?![^>]*\ssrc=)", answer.body), where
                elsewhere = r'\s(src|href|action)="(?!/(?!/)|#|mailto:\?|")'
                assert not re.search(elsewhere, answer.body), where
        assert browser.cookies.get("gs_session") == session
    # A GET never changes anything: mail scanners and browsers fetch ahead.
    assert site.world.dump() == before


def test_static_files_may_be_kept_for_good(site: Site) -> None:
    browser = site.visitor()
    used = set(re.findall(r'(?:href|src)="(/static/[^"]+)"', browser.get("/").body))
    assert len(used) >= 4
    for path in used:
        answer = browser.get(path)
        assert answer.status == 200
        assert re.fullmatch(r"/static/[\w-]+\.[0-9a-f]{12}\.(css|js|svg)", path), path
        assert answer["Cache-Control"] == "public, max-age=31536000, immutable"
        assert answer.all("Set-Cookie") == []
        unknown = re.sub(r"[0-9a-f]{12}", "0" * 12, path)
        for other in (unknown, re.sub(r"\.[0-9a-f]{12}", "", path)):
            missing = browser.get(other)
            assert (missing.status, missing["Cache-Control"]) == (404, "no-store")
    for name in ("..%2fapp.py", "%2e%2e%2fapp.py", ".", "..", "modern-normalize.license.txt"):
        assert browser.get(f"/static/{name}").status == 404


def signed_in(site: Site) -> tuple[Browser, Answer]:
    """A browser, and the very answer that signed it in."""
    browser = site.asks("rowan")
    browser.get(site.link("rowan"))
    form = browser.at.page.forms[-1]
    body = urlencode(form.fields).encode()
    return browser, browser.ask("POST", form.action, body, Content_Type=FORM)


def test_cookies_on_ones_own_machine(site: Site) -> None:
    cookies = signed_in(site)[1].all("Set-Cookie")
    assert sorted(c.partition("=")[0] for c in cookies) == ["gs_session"]
    for cookie in cookies:
        told = set(cookie.split("; ")[1:])
        assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= told
        assert not re.search("secure|domain", cookie, re.IGNORECASE)


def test_cookies_elsewhere_are_tied_to_the_host_and_to_tls(deployed: Site) -> None:
    browser, answer = signed_in(deployed)
    cookies = answer.all("Set-Cookie")
    names = sorted(c.partition("=")[0] for c in cookies)
    assert names == ["__Host-gs_session"]
    assert set(browser.cookies) == {"__Host-gs_browser", "__Host-gs_session"}
    for cookie in cookies:
        assert {"HttpOnly", "SameSite=Lax", "Path=/", "Secure"} <= set(cookie.split("; ")[1:])
        assert "domain" not in cookie.lower()
    assert answer["Strict-Transport-Security"].startswith("max-age=")
    page = browser.get("/account")
    assert page.heading == "Your account"
    assert "mailbox" not in page.body
    # A cookie without the prefix, which a sibling host could have set, is nobody's.
    other = deployed.visitor()
    other.cookies = {"gs_session": browser.cookies["__Host-gs_session"]}
    assert other.get("/account").heading == "Sign in"


def test_a_page_without_a_form_sets_no_cookie(site: Site) -> None:
    site.world.at("carried")
    for path in ("/", f"/petitions/{site.world.petition_id}", "/no/such/page", "/healthz"):
        assert site.visitor().get(path).all("Set-Cookie") == [], path
    browser = site.visitor()
    assert len(browser.get("/sign-in").all("Set-Cookie")) == 1
    assert browser.get("/sign-in").all("Set-Cookie") == []


@pytest.mark.parametrize(
    "header",
    ['odd={"a": 1}; OWN', "OWN; odd=ü", "a; b; ;; OWN", 'q="x; OWN', "path=/; OWN", "OWN;odd=1"],
)
def test_cookies_of_others_on_this_host_sign_nobody_out(site: Site, header: str) -> None:
    browser = site.member("rowan")
    own = "; ".join(f"{name}={value}" for name, value in browser.cookies.items())
    answer = site.visitor().ask("GET", "/account", Cookie=header.replace("OWN", own))
    assert (answer.status, answer.all("Location")) == (200, [])
    assert answer.heading == "Your account"


@pytest.mark.parametrize(
    "cookie",
    # Named, since each process has to call its tests the same.
    ["", "x", "é" * 50, '"; x', "\x00", "a" * 9000, pytest.param(random_token(), id="a token")],
)
def test_a_cookie_that_is_none_of_ours_is_a_visitors(site: Site, cookie: str) -> None:
    answer = site.visitor().ask("GET", "/", Cookie=f"gs_session={cookie}; gs_browser={cookie}")
    assert (answer.status, answer.all("Set-Cookie")) == (200, [])
    assert "Sign out" not in answer.text


EVIL_LINES = "x\r\nSet-Cookie: evil=1\r\nLocation: https://evil.example/\r\n\r\n<h1>Hello</h1>"


def test_nothing_in_a_request_reaches_a_header(site: Site) -> None:
    site.world.at("collecting")
    names = "next done q after change to".split()
    query = "?" + "&".join(f"{name}={quote(EVIL_LINES)}" for name in names)
    told = {"User_Agent": EVIL_LINES, "Host": "evil.example", "X_Forwarded_Host": "evil.example"}
    for browser in (site.visitor(), site.member("rowan"), site.member("staff")):
        for route in GETS:
            answer = browser.ask("GET", filled(route, site) + query, **told)
            assert answer.status < 500, (route, answer.status)
            for name, value in answer.headers:
                assert not re.search(r"[\r\n]|evil", f"{name}: {value}"), (route, name, value)
            assert "<h1>Hello" not in answer.body, route


@pytest.mark.parametrize("value", ["a\r\nX: y", "a; Domain=evil.example", "a,b", 'a"b', "a b"])
def test_a_cookie_that_would_break_out_is_not_made(value: str) -> None:
    with pytest.raises(ValueError, match="unsafe"):
        set_cookie("browser", value)


@pytest.mark.parametrize(
    ("path", "location"),
    [
        ("/a?b=c&d=e%20f+g#h", "/a?b=c&d=e%20f+g#h"),
        ("/a\r\nSet-Cookie: x=1", "/a%0D%0ASet-Cookie:%20x=1"),
        ("/groups/ő b", "/groups/%C5%91%20b"),
    ],
)
def test_where_a_redirect_leads_is_plain_ascii(path: str, location: str) -> None:
    assert redirect(path).headers["Location"] == location


# ------------------------------------------------------------------ What goes wrong


@pytest.mark.parametrize(
    "path", ["/nope", "/no/pe", "/petitions/a/b/c/d", "/static/a/b", "/a/b/c/d/e/f/g", "/%00", "/ő"]
)
def test_an_unknown_address_is_a_page_that_helps(site: Site, path: str) -> None:
    for browser in (site.visitor(), site.member("rowan")):
        answer = browser.get(path)
        assert (answer.status, answer.heading) == (404, "Page not found")
        assert 'href="/"' in answer.body


@pytest.mark.parametrize("part", ["a" * 301, "💧" * 80])
@pytest.mark.parametrize("prefix", ["/petitions/", "/groups/", "/signatures/", "/static/"])
def test_an_address_too_long_to_be_one_asks_the_store_nothing(
    site: Site, prefix: str, part: str, requests: list[tuple[str, dict[str, Any]]]
) -> None:
    browser = site.visitor()
    requests.clear()
    answer = browser.get(f"{prefix}{part}")
    assert (answer.status, answer.heading) == (404, "Page not found")
    assert requests == []


@pytest.mark.parametrize("part", ["none", "²", "9" * 5000, "a b", "%00", "a.b", "'--", "💧"])
def test_things_that_do_not_exist_are_a_page_or_a_problem(site: Site, part: str) -> None:
    browser = site.member("staff")
    for route in GETS:
        if "{" in route:
            answer = browser.ask("GET", re.sub(r"\{\w+\+?\}", part, route))
            assert answer.status in {303, 404, 409}, (route, answer.status)
            assert answer[CSP]


def broken(*_: Any, **__: Any) -> Any:
    raise RuntimeError("the secret is 42")


@pytest.mark.parametrize("who", ["", "rowan"])
def test_a_fault_is_a_plain_page_without_a_trace(
    site: Site, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, who: str
) -> None:
    browser = site.member(who) if who else site.visitor()
    token = browser.csrf()
    caplog.set_level(logging.ERROR)
    store = site.world.services.store
    for name in ("in_state", "get", "read"):
        monkeypatch.setattr(type(store.petitions), name, broken)
    if who:
        # Already finding out who asks may fail.
        monkeypatch.setattr(type(store.people), "session", broken)
    pages = [browser.get("/"), browser.post("/petitions/x/publish", {"csrf_token": token})]
    for answer in pages:
        assert (answer.status, answer.heading) == (500, "Something is wrong on our side")
        assert "nothing that you typed is to blame" in answer.text
    told = {"Content_Type": "application/json", "X_CSRF_Token": token}
    problems = [
        browser.ask("GET", "/api/v1/petitions/x"),
        browser.ask("POST", "/api/v1/petitions/x/publish", b"{}", **told),
    ]
    for answer in problems:
        assert (answer.status, answer["Content-Type"]) == (500, "application/problem+json")
        assert answer.json["status"] == 500
    for answer in [*pages, *problems]:
        assert answer[CSP]
        assert answer["Cache-Control"] == "no-store"
        for word in ("is 42", "RuntimeError", "Traceback", "chalicelib", ".py"):
            assert word not in answer.body
    # The record of errors has it, with where it happened.
    assert len(caplog.records) == 4
    assert all("the secret is 42" in str(record.exc_info) for record in caplog.records)


def test_health_says_whether_the_store_answers(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    answer = site.visitor().ask("GET", "/healthz")
    assert (answer.status, answer.json["store"]) == (200, "ok")
    monkeypatch.setattr(type(site.world.services.store), "alive", lambda _: False)
    answer = site.visitor().ask("GET", "/healthz")
    assert (answer.status, answer.json["store"]) == (503, "down")


# ------------------------------------------------------------------ Where one comes back to

ELSEWHERE = [
    "//evil.example",
    "///evil.example",
    "https://evil.example/",
    "/\\evil.example",
    "\\\\evil.example",
    "/\t/evil.example",
    "/\r\n/evil.example",
    " //evil.example",
    "javascript:alert(1)",
    "evil.example",
    "/\u2028/evil.example",
    "",
]


def onward(browser: Browser) -> list[str]:
    """Presses the page's last button, and says where each answer leads, to the last page."""
    form = browser.at.page.forms[-1]
    body = urlencode(form.fields).encode()
    answer = browser.ask("POST", form.action, body, Content_Type=FORM)
    seen: list[str] = []
    while answer.all("Location"):
        seen.append(answer["Location"])
        assert re.match(r"/(?![/\\])", seen[-1]), seen
        answer = browser.ask("GET", seen[-1])
    return seen


@pytest.mark.parametrize("target", ELSEWHERE)
def test_next_never_leads_off_the_site(site: Site, target: str) -> None:
    """Neither in the address, nor in the hidden field, nor by way of the account's form."""
    browser = site.visitor()
    browser.get(f"/sign-in?{urlencode({'next': target})}")
    assert browser.value("next") == "/"
    browser.press("Send me a link", {"email": address("rowan"), "next": target})
    browser.get(site.link("rowan"))
    for path in onward(browser):
        assert "evil" not in path.partition("/")[0] + path[:3]
    browser.get(f"/account?{urlencode({'next': target})}")
    browser.press("Save", {"next": target}, at="/account")
    assert re.match(r"/(\?done=account)?(?![/\\])", browser.at.path)
    newcomer = site.asks("newcomer", target)
    newcomer.get(site.link("newcomer"))
    onward(newcomer)


def test_a_newcomer_says_who_they_are_and_comes_to_where_they_wanted_to_go(site: Site) -> None:
    wanted = "/petitions/new?kind=a&b=ő d"
    browser = site.asks("newcomer", wanted)
    browser.get(site.link("newcomer"))
    browser.press("Sign in", at=browser.at.path)
    assert browser.at.heading == "Your account"
    assert browser.value("next") == wanted
    browser.press("Save", {"name": "", "institution": "Somewhere"})
    assert (browser.at.status, browser.value("institution")) == (422, "Somewhere")
    assert browser.value("next") == wanted
    browser.press("Save", {"name": "Newcomer"})
    assert browser.at.heading == "Start a petition"
    assert browser.at.path == "/petitions/new?kind=a&b=%C5%91%20d&done=account"
    assert "Newcomer" in browser.at.text


WALLED = {
    "/staff": "staff",
    "/board": "president",
    "/petitions/new": "rowan",
    "/account": "rowan",
    "/board/meetings/new": "staff",
    "/board/meetings/{meeting}": "director1",
    "/board/motions/{motion}": "director1",
    "/staff/petitions/{petition}": "staff",
}


@pytest.mark.parametrize("path", WALLED)
def test_a_visitor_signs_in_and_comes_back(site: Site, path: str) -> None:
    site.world.at("open")
    path, who = path.format(**site.world.ids), WALLED[path]
    browser = site.visitor()
    browser.get(path)
    assert browser.at.heading == "Sign in"
    assert browser.value("next") == path
    browser.press("Send me a link", {"email": address(who)})
    browser.get(site.link(who))
    browser.press("Sign in", at=browser.at.path)
    assert (browser.at.status, browser.at.path) == (200, path)


def test_behind_a_stage_one_comes_back_to_the_same_page(site: Site) -> None:
    """API Gateway writes the path with the stage before it in one place and not in another."""
    event = {
        "path": "/staff",
        "headers": {},
        "multiValueQueryStringParameters": None,
        "pathParameters": None,
        "stageVariables": None,
        "body": None,
        "isBase64Encoded": False,
        "requestContext": {
            "path": "/prod/staff",
            "stage": "prod",
            "resourcePath": "/staff",
            "httpMethod": "GET",
            "identity": {"sourceIp": "192.0.2.1"},
        },
    }
    assert app(event, None)["headers"]["Location"] == "/sign-in?next=/staff"


# ------------------------------------------------------------------ Who sees what


@pytest.mark.parametrize("path", ["/staff", "/staff/petitions/{petition}", "/board/meetings/new"])
def test_signed_in_and_not_allowed_says_who_may(site: Site, path: str) -> None:
    site.world.at("collecting")
    for who in ("thandiwe", "rowan", "president"):
        answer = site.member(who).get(path.format(**site.world.ids))
        assert (answer.status, answer.heading) == (403, "You cannot do this")
        assert "Only staff can do this" in answer.text


@pytest.mark.parametrize("who", ["", "thandiwe", "president", "staff"])
def test_a_draft_is_there_for_its_conveners_alone(site: Site, who: str) -> None:
    site.world.at("draft")
    petition = site.world.petition
    browser = site.member(who) if who else site.visitor()
    token = browser.csrf()
    routes = sorted(route for route in {*GETS, *POSTS} if "{petition_id}" in route)
    assert len(routes) > 12
    for route in routes:
        path = filled(route, site)
        answers = [browser.ask("GET", path)] if route in GETS else []
        answers += [send(browser, route, path, token)] if route in POSTS else []
        for answer in answers:
            # Staff's pages say first that they are staff's.
            read = OPERATIONS.get(("GET", route.removeprefix(BASE)))
            staffs = route.startswith("/staff") or (read is not None and bool(read.command))
            staffs = staffs and who != "staff"
            asked_in = answer.status == 303 and answer["Location"].startswith("/sign-in?")
            # A visitor is asked to sign in on the way to any draft, whether or not it is there.
            parts = ("/edit", "/preview", "/withdraw", "/progress", "/invitation", "/questions")
            private = not who and path.endswith(parts)
            private = private and (
                asked_in or (path.endswith("/edit") and answer.status in {401, 403})
            )
            # The address of a button leads to the page above it, which says the rest.
            way_back = route in WAYS_BACK and answer.status == 303
            refused_here = staffs and (asked_in or answer.status == 403)
            assert answer.status == 404 or private or way_back or refused_here, route
            assert petition.text.name not in answer.body, route
    assert site.world.petition == petition


@pytest.mark.parametrize("who", ["rowan", "noor"])
def test_both_conveners_have_their_draft(site: Site, who: str) -> None:
    site.world.at("draft")
    browser = site.member(who)
    assert browser.get(f"/petitions/{site.world.petition_id}").path.endswith("/edit")
    shown = browser.get(f"/api/v1/petitions/{site.world.petition_id}")
    assert shown.json["name"] == site.world.petition.text.name
    assert "@" not in shown.body


@pytest.mark.parametrize("who", ["", "thandiwe", "staff"])
def test_a_draft_and_no_petition_look_the_same(site: Site, who: str) -> None:
    site.world.at("draft")
    browser = site.member(who) if who else site.visitor()
    ids = site.world.petition_id, "0" * len(site.world.petition_id)
    for route in GETS:
        if "{petition_id}" in route:
            pages = [browser.ask("GET", filled(route, site, petition_id=id_)) for id_ in ids]
            bodies = [page.body.replace(id_, "ID") for page, id_ in zip(pages, ids, strict=True)]
            assert pages[0].status == pages[1].status, route
            assert bodies[0] == bodies[1], route


def test_a_packet_is_for_the_board_and_staff(site: Site) -> None:
    site.world.at("published")
    path = f"/packets/{site.world.meeting_id}/1.pdf"
    state = f"/api/v1/meetings/{site.world.meeting_id}/packets/1"
    visitor = site.visitor()
    assert visitor.ask("GET", path)["Location"] == f"/sign-in?next={path}"
    assert visitor.ask("GET", state).status == 403
    for who in ("thandiwe", "rowan"):
        browser = site.member(who)
        assert browser.ask("GET", path).status == 403
        assert browser.ask("GET", state).status == 403
    for who in ("executive", "director3", "staff"):
        browser = site.member(who)
        answer = browser.ask("GET", path)
        assert answer.status == 303
        assert re.match(r"https://[^/]*amazonaws\.com/.*Signature=", answer["Location"])
        assert answer["Cache-Control"] == "no-store"
        assert browser.ask("GET", state).json["state"] == "published"


# Where staff see every signatory's address; nobody else comes there.
STAFFS_OWN = {
    "/staff/petitions/{petition_id}",
    "/staff/petitions/{petition_id}/signatures.csv",
    "/api/v1/petitions/{petition_id}/signatories",
}
OF_THOSE_THAT_WAIT = {"/staff/signatures", "/api/v1/petitions/{petition_id}/doubtful"}


@pytest.mark.parametrize("step", ["confirmed", "carried"])
def test_signatories_addresses_are_on_staffs_page_alone(site: Site, step: str) -> None:
    world = site.world.at(step)
    if step == "confirmed":
        # One who is on no roster, one who does not want to be named, one who never confirms.
        world.sign("late", email="late.riser@elsewhere.example")
        world.sign("unnamed", email="unnamed@elsewhere.example", named=False)
        world.sign("silent", email="silent@elsewhere.example")
        world.deliver_all()
        for email in ("late.riser@elsewhere.example", "unnamed@elsewhere.example"):
            world.confirm(email)
    signatures = world.services.store.petitions.signatures(world.petition_id)
    addresses = {signature.email for signature in signatures}
    assert len(addresses) == 25 + 3 * (step == "confirmed")
    assert address(MEMBERS[2][1]) in addresses
    for who, browser in everybody(site).items():
        for route, answer in everything(site, browser):
            said = answer.body.replace("<wbr>", "").replace("&#64;", "@").lower()
            seen = {one for one in addresses if one in said}
            if who == "staff" and route in STAFFS_OWN:
                assert seen == addresses
            elif who == "staff" and route in OF_THOSE_THAT_WAIT:
                assert len(seen) < 3
            else:
                assert seen == set(), (who, route)


def test_api_gateway_takes_the_addresses():
    """It refuses a variable part beside another of a different name, and then the whole API."""
    variables: dict[str, set[str]] = {}
    for route in app.routes:
        above = ""
        for part in route.strip("/").split("/"):
            if part.startswith("{") and not part.endswith("+}"):
                variables.setdefault(above, set()).add(part)
            above += f"/{part}"
    assert variables
    assert {above: names for above, names in variables.items() if len(names) > 1} == {}
