"""Each page has its counterpart in the API, or says why it has none."""

from app import app
from chalicelib.web.api import entrance
from chalicelib.web.api.operations import BASE, OPERATIONS

entrance.ready()

FORM, FILE, OURS = "a form", "a file for programs already", "of the site itself"
COUNTERPARTS = {
    "/": "/petitions",
    "/account": "/account",
    "/account/data": "/account/data",
    "/account/data.json": FILE,
    "/account/tokens": "/account/tokens",
    "/api": OURS,
    "/api/v1/openapi.json": FILE,
    "/board": "/meetings",
    "/board/actions": "/actions",
    "/board/actions.csv": FILE,
    "/board/documents/{document_id}": "/documents/{document_id}",
    "/board/documents/{document_id}/discussion": "/documents/{document_id}/discussion",
    "/board/documents/{document_id}/edit": FORM,
    "/board/documents/{document_id}/file": "/documents/{document_id}/file",
    "/board/meetings/new": FORM,
    "/board/meetings/{meeting_id}": "/meetings/{meeting_id}",
    "/board/meetings/{meeting_id}/calendar.ics": FILE,
    "/board/meetings/{meeting_id}/docket": "/meetings/{meeting_id}",
    "/board/meetings/{meeting_id}/docket/{item_id}/edit": FORM,
    "/board/meetings/{meeting_id}/documents/new": FORM,
    "/board/meetings/{meeting_id}/edit": FORM,
    "/board/meetings/{meeting_id}/minutes": "/minutes/{meeting_id}",
    "/board/meetings/{meeting_id}/minutes/changes": "/minutes/{meeting_id}/texts",
    "/board/meetings/{meeting_id}/minutes/edit": FORM,
    "/board/meetings/{meeting_id}/motions/new": FORM,
    "/board/motions/{motion_id}": "/motions/{motion_id}/vote",
    "/board/motions/{motion_id}/amend": FORM,
    "/board/motions/{motion_id}/call-virtual": FORM,
    "/board/motions/{motion_id}/extend-vote": FORM,
    "/board/motions/{motion_id}/open": FORM,
    "/board/motions/{motion_id}/put-for-confirmation": FORM,
    "/board/motions/{motion_id}/recuse": FORM,
    "/board/motions/{motion_id}/void": FORM,
    "/board/motions/{motion_id}/read": "/motions/{motion_id}",
    "/board/motions/{motion_id}/receipt": FORM,
    "/board/record": "/record/seals",
    "/board/votes": "/votes",
    "/feeds/{name}": FILE,
    "/groups": "/groups",
    "/groups.csv": FILE,
    "/groups/{slug}": "/groups/{slug}/history",
    "/groups/{slug}/calendar.ics": FILE,
    "/groups/{slug}/charges": "/groups/{slug}/charges",
    "/groups/{slug}/check-in": "/groups/{slug}/check-ins",
    "/groups/{slug}/conveners": "/groups/{slug}/conveners",
    "/groups/{slug}/edit": FORM,
    "/groups/{slug}/renewal": "/groups/{slug}/renewal",
    "/healthz": FILE,
    "/packets": "/packets",
    "/packets/{meeting_id}": "/meetings/{meeting_id}/packets",
    "/packets/{meeting_id}/{number}": "/meetings/{meeting_id}/packets/{number}/files/{file}",
    "/packets/{meeting_id}/{number}/{file}": "/meetings/{meeting_id}/packets/{number}/files/{file}",
    "/petitions/new": "/kinds",
    "/petitions/past": "/petitions",
    "/petitions/{petition_id}": "/petitions/{petition_id}",
    "/petitions/{petition_id}/changes": "/petitions/{petition_id}/texts",
    "/petitions/{petition_id}/edit": "/petitions/{petition_id}",
    "/petitions/{petition_id}/invitation": FORM,
    "/petitions/{petition_id}/preview": "/petitions/{petition_id}",
    "/petitions/{petition_id}/progress": "/petitions/{petition_id}/progress",
    "/petitions/{petition_id}/questions": "/petitions/{petition_id}/questions",
    "/petitions/{petition_id}/sign": FORM,
    "/petitions/{petition_id}/signatures": "/petitions/{petition_id}/signatures",
    "/petitions/{petition_id}/signed": OURS,
    "/petitions/{petition_id}/withdraw": FORM,
    "/privacy": "/privacy",
    "/problems/{name}": OURS,
    "/sign-in": FORM,
    "/sign-in/{token}": FORM,
    "/signatures/confirm/{token}": FORM,
    "/signatures/{token}": FORM,
    "/staff": "/renewals",
    "/staff/blocks": "/blocks",
    "/staff/board": "/seats",
    "/staff/board/invite": FORM,
    "/staff/board/people/{person_id}/seats/{seat_id}": FORM,
    "/staff/documents": "/documents",
    "/staff/groups/import": FORM,
    "/staff/groups/import.csv": FILE,
    "/staff/petitions/{petition_id}": "/petitions/{petition_id}/signatories",
    "/staff/petitions/{petition_id}/correct": FORM,
    "/staff/petitions/{petition_id}/parts": FILE,
    "/staff/petitions/{petition_id}/roster": "/petitions/{petition_id}/signatories",
    "/staff/petitions/{petition_id}/signatures.csv": FILE,
    "/staff/petitions/{petition_id}/traffic": "/petitions/{petition_id}/traffic",
    "/staff/renewals": "/renewals",
    "/staff/requests": "/erasures",
    "/staff/requests/{person_id}": "/erasures",
    "/staff/roster": "/rosters",
    "/staff/roster/{digest}": FORM,
    "/staff/signatures": "/petitions/{petition_id}/doubtful",
    "/staff/signatures/bulk": "/bulk",
    "/staff/signatures/bulk/{bulk_id}": "/bulk/{bulk_id}",
    "/staff/undelivered": "/mailboxes",
    "/staff/webhooks": "/webhooks",
    "/staff/webhooks/{webhook_id}": "/webhooks/{webhook_id}/deliveries",
    "/static/{name}": OURS,
    "/mailbox": OURS,
    "/mailbox/{number}": OURS,
    "/{proxy+}": OURS,
}


def test_each_page_has_its_counterpart_or_says_why_not():
    pages = {
        path
        for path, methods in app.routes.items()
        if "GET" in methods
        and not methods["GET"].view_name.endswith("way_back")
        and path != f"{BASE}/{{proxy+}}"
    }
    assert pages == set(COUNTERPARTS)
    named = {one for one in COUNTERPARTS.values() if one.startswith("/")}
    assert named <= {path for method, path in OPERATIONS if method == "GET"}
