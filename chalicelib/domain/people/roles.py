"""Who may run which command: the one table. Services ask it before every command."""

from chalicelib.domain.errors import NotAllowedError, OutOfScopeError
from chalicelib.domain.people.access_tokens import scope_of
from chalicelib.domain.people.people import Actor, Role
from chalicelib.domain.times import long_date

_R = Role

TABLE: dict[str, frozenset[Role]] = {
    "session.request": frozenset({_R.ANYONE}),
    "session.begin": frozenset({_R.ANYONE}),
    "session.end": frozenset({_R.MEMBER}),
    "token.create": frozenset({_R.MEMBER}),
    "token.revoke": frozenset({_R.MEMBER}),
    "account.edit": frozenset({_R.MEMBER}),
    "petition.draft": frozenset({_R.MEMBER}),
    "petition.read-draft": frozenset({_R.CONVENER, _R.INVITED}),
    "petition.edit": frozenset({_R.CONVENER}),
    "petition.publish": frozenset({_R.CONVENER}),
    "petition.submit": frozenset({_R.CONVENER}),
    "petition.revise": frozenset({_R.CONVENER}),
    "petition.withdraw": frozenset({_R.CONVENER}),
    "petition.invite": frozenset({_R.CONVENER}),
    "petition.accept-invitation": frozenset({_R.INVITED}),
    "petition.decline-invitation": frozenset({_R.INVITED}),
    "petition.remind": frozenset({_R.CONVENER}),
    "petition.answer": frozenset({_R.CONVENER}),
    "petition.verify": frozenset({_R.STAFF}),
    "petition.correct": frozenset({_R.STAFF}),
    "petition.reject": frozenset({_R.STAFF}),
    "petition.schedule": frozenset({_R.STAFF}),
    "petition.return": frozenset({_R.STAFF, _R.PRESIDING}),
    "petition.pause": frozenset({_R.STAFF}),
    "petition.resume": frozenset({_R.STAFF}),
    "petition.reach-threshold": frozenset({_R.SYSTEM}),
    "petition.expire": frozenset({_R.SYSTEM}),
    "signature.sign": frozenset({_R.ANYONE}),
    "signature.confirm": frozenset({_R.SIGNATORY}),
    "signature.withdraw": frozenset({_R.SIGNATORY}),
    "signature.correct": frozenset({_R.SIGNATORY}),
    "signature.settle": frozenset({_R.STAFF}),
    "signature.release": frozenset({_R.STAFF}),
    "signature.ask": frozenset({_R.STAFF}),
    "signature.note-seen": frozenset({_R.STAFF}),
    "signature.undo": frozenset({_R.STAFF}),
    "signature.bulk": frozenset({_R.STAFF}),
    "signature.bulk-undo": frozenset({_R.STAFF}),
    "signature.bulk-decide": frozenset({_R.SYSTEM}),
    "signature.bulk-revert": frozenset({_R.SYSTEM}),
    "signature.rematch": frozenset({_R.SYSTEM}),
    "signature.remind": frozenset({_R.SYSTEM}),
    "signature.read-private": frozenset({_R.STAFF}),
    "roster.read": frozenset({_R.STAFF}),
    "roster.import": frozenset({_R.STAFF}),
    "board.read": frozenset({_R.BOARD, _R.STAFF}),
    "document.send": frozenset({_R.MEMBER}),
    "document.read": frozenset({_R.BOARD, _R.STAFF, _R.SENDER, _R.CONVENER}),
    "document.acknowledge": frozenset({_R.STAFF}),
    "document.number": frozenset({_R.STAFF}),
    "document.edit": frozenset({_R.STAFF}),
    "document.revise": frozenset({_R.STAFF, _R.SENDER}),
    "document.withdraw": frozenset({_R.STAFF, _R.SENDER}),
    "document.publish": frozenset({_R.SYSTEM}),
    "document.tell-late": frozenset({_R.SYSTEM}),
    "meeting.plan": frozenset({_R.STAFF}),
    "meeting.change": frozenset({_R.STAFF}),
    "meeting.cancel": frozenset({_R.STAFF}),
    "meeting.call-for-items": frozenset({_R.STAFF}),
    "meeting.set-agenda": frozenset({_R.PRESIDING, _R.STAFF}),
    "meeting.post": frozenset({_R.STAFF}),
    "meeting.grant-extension": frozenset({_R.STAFF}),
    "meeting.remind": frozenset({_R.SYSTEM}),
    "meeting.begin": frozenset({_R.PRESIDING, _R.STAFF}),
    "meeting.note-attendance": frozenset({_R.PRESIDING, _R.STAFF}),
    "meeting.adjourn": frozenset({_R.PRESIDING, _R.STAFF}),
    "docket.add": frozenset({_R.STAFF}),
    "docket.edit": frozenset({_R.STAFF}),
    "docket.remove": frozenset({_R.STAFF}),
    "docket.move": frozenset({_R.STAFF}),
    "docket.change-section": frozenset({_R.STAFF}),
    "docket.pull": frozenset({_R.VOTING}),
    "consent.adopt": frozenset({_R.PRESIDING, _R.STAFF}),
    "packet.publish": frozenset({_R.STAFF}),
    "packet.read": frozenset({_R.BOARD, _R.STAFF}),
    "packet.read-public": frozenset({_R.ANYONE}),
    "packet.read-annex": frozenset({_R.STAFF}),
    "packet.render": frozenset({_R.SYSTEM}),
    "document.comment": frozenset({_R.BOARD, _R.STAFF}),
    "document.edit-comment": frozenset({_R.BOARD, _R.STAFF}),
    "document.withdraw-comment": frozenset({_R.BOARD, _R.STAFF}),
    "document.ask": frozenset({_R.BOARD, _R.STAFF}),
    "document.note-read": frozenset({_R.BOARD, _R.STAFF}),
    "document.name-liaison": frozenset({_R.STAFF}),
    "document.recommend": frozenset({_R.BOARD}),
    "motion.move": frozenset({_R.VOTING}),
    "motion.second": frozenset({_R.VOTING}),
    "motion.withdraw": frozenset({_R.VOTING}),
    "motion.amend": frozenset({_R.VOTING}),
    "motion.accept-amendment": frozenset({_R.VOTING}),
    "motion.divide": frozenset({_R.VOTING}),
    "motion.open": frozenset({_R.PRESIDING, _R.STAFF}),
    "motion.call-virtual": frozenset({_R.PRESIDING, _R.STAFF}),
    "motion.extend-vote": frozenset({_R.PRESIDING, _R.STAFF}),
    "motion.put-for-confirmation": frozenset({_R.PRESIDING, _R.STAFF}),
    "motion.move-confirmation": frozenset({_R.VOTING}),
    "motion.keep-time": frozenset({_R.SYSTEM}),
    "motion.vote": frozenset({_R.VOTING}),
    "motion.recuse": frozenset({_R.VOTING}),
    "motion.rejoin": frozenset({_R.VOTING}),
    "motion.close": frozenset({_R.PRESIDING, _R.STAFF}),
    "motion.announce": frozenset({_R.PRESIDING, _R.STAFF}),
    "motion.void": frozenset({_R.PRESIDING, _R.STAFF}),
    "motion.hold-anew": frozenset({_R.PRESIDING, _R.STAFF}),
    "motion.postpone": frozenset({_R.PRESIDING, _R.STAFF}),
    "minutes.write": frozenset({_R.STAFF}),
    "minutes.edit": frozenset({_R.STAFF}),
    "minutes.distribute": frozenset({_R.STAFF}),
    "minutes.approve": frozenset({_R.PRESIDING, _R.STAFF}),
    "block.add": frozenset({_R.STAFF}),
    "block.lift": frozenset({_R.STAFF}),
    "mailbox.note": frozenset({_R.SYSTEM}),
    "mailbox.try-again": frozenset({_R.STAFF}),
    "petition.mend-count": frozenset({_R.STAFF}),
    "petition.anonymise": frozenset({_R.SYSTEM}),
    "petition.forget-convener": frozenset({_R.SYSTEM}),
    "signature.anonymise": frozenset({_R.SYSTEM}),
    "data.read": frozenset({_R.MEMBER}),
    "data.ask-erasure": frozenset({_R.MEMBER}),
    "data.erase": frozenset({_R.STAFF}),
    "data.refuse": frozenset({_R.STAFF}),
    "data.finish-erasure": frozenset({_R.SYSTEM}),
    "group.edit": frozenset({_R.CONVENER, _R.STAFF}),
    "group.name-liaison": frozenset({_R.STAFF}),
    "group.invite-convener": frozenset({_R.CONVENER, _R.STAFF}),
    "group.invite-again": frozenset({_R.CONVENER, _R.STAFF}),
    "group.end-convener": frozenset({_R.CONVENER, _R.STAFF}),
    "group.join": frozenset({_R.INVITED}),
    "group.decline-invitation": frozenset({_R.INVITED}),
    "group.extend-term": frozenset({_R.CONVENER, _R.STAFF}),
    "group.step-down": frozenset({_R.CONVENER}),
    "group.read-conveners": frozenset({_R.CONVENER, _R.INVITED, _R.STAFF}),
    "group.check-in": frozenset({_R.CONVENER, _R.STAFF}),
    "group.import": frozenset({_R.STAFF}),
    "group.keep-time": frozenset({_R.SYSTEM}),
    "group.forget-convener": frozenset({_R.SYSTEM}),
    "renewal.read": frozenset({_R.CONVENER, _R.STAFF, _R.BOARD}),
    "renewal.open": frozenset({_R.CONVENER, _R.STAFF}),
    "renewal.save": frozenset({_R.CONVENER, _R.STAFF}),
    "renewal.submit": frozenset({_R.CONVENER, _R.STAFF}),
    "renewal.take-back": frozenset({_R.CONVENER}),
    "renewal.drop": frozenset({_R.CONVENER, _R.STAFF}),
    "renewal.petition": frozenset({_R.CONVENER}),
    "renewal.return": frozenset({_R.STAFF}),
    "renewal.schedule": frozenset({_R.STAFF}),
    "renewal.accept": frozenset({_R.STAFF}),
    "renewal.remind": frozenset({_R.STAFF}),
    "staff.read": frozenset({_R.STAFF}),
    "webhook.read": frozenset({_R.STAFF}),
    "webhook.add": frozenset({_R.STAFF}),
    "webhook.end": frozenset({_R.STAFF}),
    "webhook.test": frozenset({_R.STAFF}),
    "webhook.send-again": frozenset({_R.STAFF}),
    "seat.invite": frozenset({_R.STAFF}),
    "seat.change": frozenset({_R.STAFF}),
    "seat.end": frozenset({_R.STAFF}),
    "staff.found": frozenset({_R.SYSTEM}),
    "staff.grant": frozenset({_R.ADMIN}),
    "staff.revoke": frozenset({_R.ADMIN}),
}

_OF_A_SEAT = frozenset({_R.BOARD, _R.VOTING, _R.PRESIDING})

_ROLE_WORDS = {
    _R.MEMBER: "people who have signed in",
    _R.CONVENER: "the petition's conveners",
    _R.SENDER: "whoever sent it",
    _R.INVITED: "those invited to convene it",
    _R.SIGNATORY: "the person who signed",
    _R.BOARD: "the Board",
    _R.VOTING: "voting members of the Board",
    _R.PRESIDING: "the presiding officer",
    _R.STAFF: "staff",
    _R.ADMIN: "administrators",
    _R.SYSTEM: "scheduled jobs",
}


def may(actor: Actor, command: str) -> bool:
    """Whether one of the actor's roles is listed for the command, and their token is for it."""
    return bool(TABLE[command] & actor.roles) and _in_scope(actor, command)


def _in_scope(actor: Actor, command: str) -> bool:
    return actor.scopes is None or scope_of(command) in actor.scopes


def authorize(actor: Actor, command: str) -> Role:
    """The role under which the actor may run the command.

    Raises NotAllowedError, saying who may, and OutOfScopeError where an access token is for less.
    """
    held = TABLE[command] & actor.roles
    if held:
        if not _in_scope(actor, command):
            raise OutOfScopeError(_beyond(command))
        return sorted(held)[0]
    said = dict(_ROLE_WORDS)
    if command.startswith(("group.", "renewal.")):
        said[_R.CONVENER] = "the group's conveners"
    words = sorted(said[role] for role in TABLE[command] if role in said)
    refusal = f"Only {' and '.join(words)} can do this."
    if actor.term_ended and TABLE[command] & _OF_A_SEAT:
        refusal += f" Your term on the Board ended on {long_date(actor.term_ended)}."
        if command == "motion.vote":
            refusal += " A ballot you cast before then still counts, and can no longer be changed."
    raise NotAllowedError(refusal)


def _beyond(command: str) -> str:
    scope = scope_of(command)
    if not scope:
        return "No access token is enough for this: sign in and do it in a browser."
    return f"This access token is not for it: it would need the scope “{scope}”."
