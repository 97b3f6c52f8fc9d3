"""What privacy and the nightly count cost, measured beside the lifecycle.

Import this inside `local_aws()` only: the product reads its environment on import.
"""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from benchmarks.support.recorder import Recorder
from chalicelib import bootstrap
from chalicelib.config import settings
from chalicelib.domain.outbox.webhooks import EVENTS
from chalicelib.domain.people.people import SYSTEM, VISITOR
from chalicelib.domain.signing.signature import signatory_key
from chalicelib.services.context import Services
from chalicelib.services.nightly import nightly
from chalicelib.services.outbox import letters, webhooks
from chalicelib.services.signing.signing import signature_token
from chalicelib.storage import keys
from chalicelib.storage.table import Update

MEMBER = "rowan@example.org"
CO_CONVENER = "zoe@example.org"
LEAVER = "leaver@example.org"
STAFF = "staff@example.org"
# Longer ago than signatures are kept, and within a petition's window of each other.
LONG_AGO = timedelta(days=190)


def run(do: Recorder, text: dict[str, Any]) -> None:
    """Measures every command, page and job of privacy."""
    _retention(do, text)
    _recount(do, text)
    _erasure(do, text)


def _opened(do: Recorder, text: dict[str, Any], services: Services) -> str:
    member = do.actor(MEMBER)
    data = {"kind": "discussion-group"}
    petition = str(do.run(member, "petition.draft", data=data, services=services).id)
    do.run(member, "petition.edit", petition, text, services=services)
    do.run(member, "petition.publish", petition, services=services)
    return petition


def _signed(do: Recorder, petition: str, email: str, services: Services) -> str:
    """A confirmed signature; its key."""
    data = {"name": "Wilhelmina Achterberg", "email": email, "institution": "Northgate State"}
    do.run(VISITOR, "signature.sign", petition, {**data, "named": True}, services=services)
    key = signatory_key(email)
    letters.deliver(services, *keys.signature(petition, key))
    signature = services.store.petitions.signature(petition, key)
    assert signature is not None
    do.run(VISITOR, "signature.confirm", signature_token(services, signature), services=services)
    letters.deliver(services, *keys.signature(petition, key))
    return key


def _retention(do: Recorder, text: dict[str, Any]) -> None:
    past = do.services.clock() - LONG_AGO
    then = replace(bootstrap.build(settings(), lambda: past), queue=do.queue)
    petition = _opened(do, text, then)
    key = _signed(do, petition, "signed.long.ago@library.example.org", then)
    do.run(do.actor(MEMBER), "petition.withdraw", petition, {"reason": ""}, services=then)
    do.command(SYSTEM, "petition.anonymise", petition)
    do.command(SYSTEM, "signature.anonymise", f"{petition}/{key}")


def _recount(do: Recorder, text: dict[str, Any]) -> None:
    petition = _opened(do, text, do.services)
    _signed(do, petition, "counted@library.example.org", do.services)
    tally = keys.petition(petition), keys.TALLY
    do.services.store.table.write(Update(tally, {}, {"verified": 1}))
    do.job("nightly", lambda: nightly(do.services))
    do.command(do.actor(STAFF), "petition.mend-count", petition)


def _erasure(do: Recorder, text: dict[str, Any]) -> None:
    staff = do.actor(STAFF)
    do.page("privacy", "/privacy")
    _programs(do)
    _signed(do, _opened(do, text, do.services), LEAVER, do.services)
    do.page("account_data", "/account/data", LEAVER)
    do.page("account_data_file", "/account/data.json", LEAVER)
    leaver = do.actor(LEAVER)
    do.command(leaver, "data.ask-erasure")
    do.page("staff_requests", "/staff/requests", STAFF)
    do.page("staff_request", "/staff/requests/{person_id}", STAFF, person_id=leaver.id)
    do.command(staff, "data.refuse", leaver.id, {"reason": "Write from your own address."})
    do.run(leaver, "data.ask-erasure")
    do.command(staff, "data.erase", leaver.id)
    do.command(SYSTEM, "data.finish-erasure", leaver.id)
    do.signed_in(CO_CONVENER)
    person = {"person": do.actor(CO_CONVENER).id}
    petition = _opened(do, text, do.services)
    do.command(SYSTEM, "petition.forget-convener", petition, person)


def _programs(do: Recorder) -> None:
    """Access tokens and webhooks."""
    do.page("api_reference", "/api")
    do.page("api_openapi", "/api/v1/openapi.json")
    do.page("api_problem", "/problems/{name}", status=303, name="stale")
    staff = do.actor(STAFF)
    wanted = {"name": "Calendar", "scopes": ["read"], "days": 30}
    made = do.command(staff, "token.create", data=wanted)
    do.page("account_tokens", "/account/tokens", STAFF)
    do.command(staff, "token.revoke", f"{staff.id}/{made.token.id}")
    address = {"url": "https://example.org/hook", "events": list(EVENTS), "about": "Calendar"}
    told = do.command(staff, "webhook.add", data=address)
    do.page("staff_webhooks", "/staff/webhooks", STAFF)
    sent = do.command(staff, "webhook.test", told.id)
    services = replace(do.services, poster=_Ear())
    do.job("webhook", lambda: webhooks.deliver(services, *keys.delivery(told.id, sent.id)))
    do.page("staff_webhook", "/staff/webhooks/{webhook_id}", STAFF, webhook_id=told.id)
    do.command(staff, "webhook.send-again", f"{told.id}/{sent.id}")
    do.command(staff, "webhook.end", told.id)


class _Ear:
    """Other software that takes what it is told."""

    def post(self, url: str, body: bytes, headers: dict[str, str]) -> int:
        return 204
