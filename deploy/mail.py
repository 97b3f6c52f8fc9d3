"""What SES still wants before letters reach everybody."""

from typing import Any

from botocore.exceptions import ClientError


def what_to_do(ses: Any, identity: str) -> list[str]:
    """In words, what somebody has to do by hand for mail; nothing where all is done.

    `ses` is a client of SES's second API. An account without it, or without the right to ask,
    gets a line that says so.
    """
    try:
        about = ses.get_email_identity(EmailIdentity=identity)
        account = ses.get_account()
    except ClientError as error:
        return [f"Mail: SES could not be asked about {identity} ({error})."]
    todo = []
    if not about.get("VerifiedForSendingStatus"):
        tokens = about.get("DkimAttributes", {}).get("Tokens", [])
        todo += [
            f"DNS: {token}._domainkey.{identity} CNAME {token}.dkim.amazonses.com"
            for token in tokens
        ] or [f"Mail: press the link in SES's letter to {identity}."]
    if not account.get("ProductionAccessEnabled"):
        todo.append(
            "Mail: SES sends to verified addresses only, until production access is asked for "
            "(SES console, Account dashboard)."
        )
    return todo
