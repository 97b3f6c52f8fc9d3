"""What erasing somebody's data would mean, in sentences, before anything is done."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from chalicelib.domain.groups.group import Group
from chalicelib.domain.people.addresses import canonical
from chalicelib.domain.petitions.petition import ENDED
from chalicelib.domain.privacy.privacy import leads
from chalicelib.domain.privacy.retention import taken_back
from chalicelib.domain.signing.abuse import Effect, Entry, Kind
from chalicelib.domain.signing.patterns import fits_address
from chalicelib.services.context import Services
from chalicelib.services.privacy import personal_board, privacy
from chalicelib.services.privacy.personal import Personal


@dataclass(frozen=True)
class Plan:
    """What carrying out a request would do: what goes, what stays and why, what is in the way."""

    goes: tuple[str, ...]
    stays: tuple[str, ...]
    blocked: tuple[str, ...]


def plan(services: Services, found: Personal) -> Plan:
    """What erasing somebody's data would mean, in sentences for staff and for the person."""
    goes = ["The account: name, email address and institution. Every session ends."]
    stays = []
    for one in found.signed:
        name, state = one.petition.name, one.signature.state.value
        what = f"The signature of {one.signature.name} on “{name}” ({state})"
        if taken_back(one.petition, one.signature).state.value != state:
            goes.append(f"{what}: it is withdrawn, and no longer counts.")
        else:
            goes.append(f"{what}: everything that tells whose it is. It goes on counting.")
        if one.petition.meeting_id and state == "verified":
            stays.append(
                f"The name and institution on the roster of “{name}” in a packet that the Board "
                "was given: packets are the Board’s record, and are not changed afterwards."
            )
    for one_petition in found.convenes:
        name = one_petition.name
        if one_petition.invites(found.person.email):
            goes.append(f"The invitation to convene “{name}”, with the name given in it.")
        elif one_petition.state in ENDED:
            goes.append(f"The email address as convener of “{name}”.")
            stays.append(
                f"The name as convener of “{name}”: who asked for a group is public record."
            )
        elif not leads(one_petition, found.person):
            goes.append(f"The place as co-convener of “{name}”.")
            stays.append(f"The name in the record of steps of “{name}”, where there is one.")
    for group in found.groups:
        gone, kept = _of_group(group, found.person.email)
        goes.append(gone)
        stays += kept
    stays += personal_board.stays(found.board)
    if found.roster:
        stays.append(
            "The entry on the membership roster: it is the membership office’s, and comes "
            "anew with the next roster. Ask that office to change it."
        )
    if found.letters:
        goes.append("Letters that were not sent yet, or could not be sent. A last one is sent.")
    days = services.policy.keep_days("sent-letters")
    stays.append(
        f"Copies of sent emails: they delete themselves {days} days after sending, "
        "and are not looked up by address."
    )
    unsent = services.policy.keep_days("unsent-files")
    stays.append(
        f"PDF files that were uploaded for the Board and not sent, if any: they go {unsent} days "
        "after the upload, and are not looked up by person."
    )
    parts = services.policy.keep_days("packet-parts")
    stays.append(
        f"Pages that were set for a packet, if any hold the name: they go {parts} days after that, "
        "and are not looked up by person."
    )
    return Plan(tuple(goes), tuple(stays), tuple(privacy.obstacles(services, found.person)))


def _of_group(group: Group, email: str) -> tuple[str, list[str]]:
    """What goes of somebody's part in a group, and what stays."""
    named = f"“{group.name}”"
    if group.invites(email):
        return f"The invitation to convene {named}, with the name given in it.", []
    if group.living:
        stays = f"The name in the record of steps of {named}, where there is one."
        return f"The place as convener of {named}, which is vacant then.", [stays]
    stays = f"The name as convener of {named}, which has ended."
    return f"The email address as convener of {named}.", [stays]


def for_staff(services: Services, found: Personal) -> Plan:
    """The same with what staff alone are told: to tell somebody of a block would defeat it."""
    shown, email = plan(services, found), found.person.email
    noted = [_block(services, one) for one in _blocks(services, email)]
    noted += [_bulk(services, row) for row in _bulks(services, email)]
    return replace(shown, stays=(*shown.stays, *noted))


def _blocks(services: Services, email: str) -> Iterator[Entry]:
    wanted = canonical(email)
    for entry in services.store.blocks.all():
        if entry.kind == Kind.ADDRESS and canonical(entry.pattern) == wanted:
            yield entry


def _block(services: Services, entry: Entry) -> str:
    what = "block" if entry.effect == Effect.BLOCK else "allowance"
    return (
        f"The {what} that names this address, with its reason: “{entry.reason}”. "
        f"{_kept(services, 'blocks')}"
    )


def _bulks(services: Services, email: str) -> Iterator[dict[str, Any]]:
    after = ""
    while True:
        page = services.store.bulks.listed(after=after)
        for row in page.rows:
            address = (row["pattern"] or {}).get("address", "")
            # *@example.org names nobody.
            named = "@" in address and address.partition("@")[0].strip("*?.")
            if named and fits_address(address, email):
                yield row
        after = page.next
        if not after:
            return


def _bulk(services: Services, row: dict[str, Any]) -> str:
    pattern = row["pattern"]["address"]
    return (
        f"A decision on many signatures at once, by the pattern “{pattern}”. "
        f"{_kept(services, 'bulk-actions')}"
    )


def _kept(services: Services, what: str) -> str:
    rule = next(one for one in services.policy.retention if one.what == what)
    return (
        f"It is kept for this: {rule.purpose} It goes {rule.days} days after {rule.until}. "
        "Only staff see it; this person is not told."
    )
