"""What staff's pages say of a signature that is decided there."""

import hashlib
from typing import Any

from chalicelib.domain.signing import decisions
from chalicelib.domain.signing.signature import Signature
from chalicelib.web.request import Request

# No key is as long as this; what is longer came from nowhere of ours.
LONGEST = 200
FIELDS = ("reason", "seat", "key", "petition", "after", "next")


def seen(signature: Signature) -> str:
    """What a page shows of a signature, in a few letters: another when it was decided since, or
    answered or corrected.
    """
    shown = (signature.state.value, len(signature.decisions), signature.answer, signature.name)
    return hashlib.sha256(repr(shown).encode()).hexdigest()[:12]


def last_decision(request: Request) -> dict[str, Any] | None:
    """What was decided just now, as the signature itself tells it: `?did=petition/key`."""
    petition_id, _, key = request.query.get("did", "")[:LONGEST].partition("/")
    signature = request.services.store.petitions.signature(petition_id, key) if key else None
    if signature is None or not signature.decisions:
        return None
    last = signature.decisions[-1]
    return {
        "target": f"{petition_id}/{key}",
        "name": signature.name,
        "what": decisions.WORDS.get(last.what, last.what),
        "undoable": last.what != "undo" and decisions.standing(signature) is last,
        "released": last.what == "release",
    }
