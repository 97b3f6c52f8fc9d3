"""The store: the table's parts under one roof."""

from pynamodb.connection import Connection
from pynamodb.exceptions import PynamoDBException

from chalicelib.domain.policy.rules import Policy
from chalicelib.storage.access_tokens import DynamoAccessTokens
from chalicelib.storage.answers import DynamoAnswers
from chalicelib.storage.blocks import DynamoBlocks
from chalicelib.storage.board import DynamoBoard
from chalicelib.storage.bulk import DynamoBulks
from chalicelib.storage.discussion import DynamoDiscussions
from chalicelib.storage.documents import DynamoDocuments
from chalicelib.storage.groups import DynamoGroups
from chalicelib.storage.limits import DynamoLimits
from chalicelib.storage.mailboxes import DynamoMailboxes
from chalicelib.storage.minutes import DynamoMinutes
from chalicelib.storage.outbox import DynamoOutbox
from chalicelib.storage.people import DynamoPeople
from chalicelib.storage.petitions import DynamoPetitions
from chalicelib.storage.privacy import DynamoPrivacy
from chalicelib.storage.reading import get
from chalicelib.storage.record import DynamoRecord
from chalicelib.storage.record_beside import Beside
from chalicelib.storage.rosters import DynamoRosters
from chalicelib.storage.seats import DynamoSeats
from chalicelib.storage.unit import Writes
from chalicelib.storage.webhooks import DynamoWebhooks


class DynamoStore:
    """Implements services.ports.Store on the table that GROUNDSWELL_TABLE names."""

    def __init__(self, policy: Policy) -> None:
        self._connection = Connection()
        self.people = DynamoPeople()
        self.access_tokens = DynamoAccessTokens()
        self.answers = DynamoAnswers()
        self.seats = DynamoSeats()
        self.petitions = DynamoPetitions(policy)
        self.rosters = DynamoRosters()
        self.board = DynamoBoard(policy)
        self.documents = DynamoDocuments()
        self.discussions = DynamoDiscussions()
        self.groups = DynamoGroups(policy.association.zone)
        self.outbox = DynamoOutbox(policy.keep_days("sent-letters"))
        self.limits = DynamoLimits()
        self.blocks = DynamoBlocks()
        self.bulks = DynamoBulks()
        self.mailboxes = DynamoMailboxes(policy.keep_days("mailboxes"))
        self.privacy = DynamoPrivacy()
        self.webhooks = DynamoWebhooks()
        self.minutes = DynamoMinutes()
        self.record = DynamoRecord(Beside(self.petitions, self.board, self.groups, self.documents))

    def unit(self) -> Writes:
        """An empty set of writes for one command."""
        return Writes(self._connection)

    def alive(self) -> bool:
        """Whether the table answers."""
        try:
            get(("HEALTH", "HEALTH"), fresh=False)
        except PynamoDBException:
            return False
        return True
