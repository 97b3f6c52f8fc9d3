"""Access tokens, under the digests of their secrets."""

from contextlib import suppress
from dataclasses import replace
from datetime import date

from pynamodb.exceptions import UpdateError

from chalicelib.domain.people.access_tokens import AccessToken
from chalicelib.storage import keys, reading
from chalicelib.storage.mapping import from_body, to_body
from chalicelib.storage.tables import Record
from chalicelib.storage.unit import Writes


class DynamoAccessTokens:
    """Implements services.ports.AccessTokens. One that has run out deletes itself."""

    def get(self, key: str) -> AccessToken | None:
        """The token under this digest, or None."""
        record = reading.get(keys.access_token(key))
        return from_body(AccessToken, record.body) if record else None

    def of_person(self, person_id: str) -> list[AccessToken]:
        """A person's tokens, the newest first."""
        page = reading.listing(keys.access_tokens_of(person_id), newest_first=True)
        return [from_body(AccessToken, row) for row in page.rows]

    def add(self, unit: Writes, token: AccessToken) -> None:
        """Stores a new token."""
        body = to_body(token)
        unit.insert(
            Record(
                *keys.access_token(token.key),
                body=body,
                ttl=int(token.expires_at.timestamp()),
                listing_pk=keys.access_tokens_of(token.person_id),
                listing_sk=f"{token.created_at.isoformat()}#{token.id}",
                listing=body,
            )
        )

    def end(self, unit: Writes, token: AccessToken) -> None:
        """Ends a token."""
        unit.delete(keys.access_token(token.key))

    def note_use(self, token: AccessToken, on: date) -> None:
        """Notes the day; a token that ended at the same moment stays ended."""
        body = to_body(replace(token, used_on=on))
        with suppress(UpdateError):
            Record(*keys.access_token(token.key)).update(
                actions=[Record.body.set(body), Record.listing.set(body)],
                condition=Record.pk.exists(),
            )
