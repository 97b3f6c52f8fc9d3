"""The store: one store for each feature, over one table."""

from chalicelib.domain.policy.rules import Policy
from chalicelib.storage.stores.board import BoardStore, MinutesStore
from chalicelib.storage.stores.documents import DiscussionStore, DocumentStore
from chalicelib.storage.stores.groups import GroupStore
from chalicelib.storage.stores.limits import AnswerStore, LimitStore
from chalicelib.storage.stores.outbox import MailboxStore, OutboxStore, WebhookStore
from chalicelib.storage.stores.people import AccessTokenStore, PeopleStore, SeatStore
from chalicelib.storage.stores.petitions import PetitionStore
from chalicelib.storage.stores.privacy import PrivacyStore
from chalicelib.storage.stores.record import RecordStore
from chalicelib.storage.stores.record_beside import Beside
from chalicelib.storage.stores.rosters import RosterStore
from chalicelib.storage.stores.screening import BlockStore, BulkStore
from chalicelib.storage.table import Table, TableError
from chalicelib.storage.transaction import Transaction


class Store:
    """Everything that is kept in the table."""

    def __init__(self, table: Table, policy: Policy) -> None:
        self.table = table
        self.people = PeopleStore(table)
        self.access_tokens = AccessTokenStore(table)
        self.answers = AnswerStore(table)
        self.seats = SeatStore(table)
        self.petitions = PetitionStore(table, policy)
        self.rosters = RosterStore(table)
        self.board = BoardStore(table, policy)
        self.documents = DocumentStore(table)
        self.discussions = DiscussionStore(table)
        self.groups = GroupStore(table, policy.association.zone)
        self.outbox = OutboxStore(table, policy.keep_days("sent-letters"))
        self.limits = LimitStore(table)
        self.blocks = BlockStore(table)
        self.bulks = BulkStore(table)
        self.mailboxes = MailboxStore(table, policy.keep_days("mailboxes"))
        self.privacy = PrivacyStore(table)
        self.webhooks = WebhookStore(table)
        self.minutes = MinutesStore(table)
        beside = Beside(table, self.petitions, self.board, self.groups, self.documents)
        self.record = RecordStore(table, beside)

    def transaction(self) -> Transaction:
        """An empty transaction for one command."""
        return Transaction(self.table)

    def alive(self) -> bool:
        """Whether the table answers."""
        try:
            self.table.get(("HEALTH", "HEALTH"), consistent=False)
        except TableError:
            return False
        return True
