"""What signing, confirming and the petition's page cost with few signatures and with many.

Import this inside `local_aws()` only: the product reads its environment on import.
"""

from dataclasses import dataclass

from benchmarks.support.crowd import FEW, NEWCOMERS, Crowd
from benchmarks.support.lifecycle import Signer
from benchmarks.support.meter import Spent
from benchmarks.support.recorder import Recorder
from chalicelib.domain.people.people import SYSTEM, VISITOR
from chalicelib.domain.signing.signature import signatory_key
from chalicelib.services.signing.signing import confirm_by_link


@dataclass(frozen=True)
class Costs:
    """At one number of signatures."""

    signatures: int
    sign: Spent
    confirm_page: Spent
    confirm: Spent
    page: Spent


def measure(crowd: Crowd, many: int) -> tuple[Costs, Costs]:
    """The costs with 25 signatures on one petition, and with `many`."""
    petition = crowd.petition()
    crowd.confirmed(petition, range(FEW))
    crowd.do.run(SYSTEM, "petition.reach-threshold", petition)
    few = _costs(crowd, petition, FEW, NEWCOMERS[0])
    # The newcomer counts as well.
    crowd.confirmed(petition, range(FEW, many - 1))
    return few, _costs(crowd, petition, many, NEWCOMERS[1])


def _costs(crowd: Crowd, petition: str, signatures: int, number: int) -> Costs:
    do: Recorder = crowd.do
    signer = Signer(number)
    do.page(f"petition_{signatures}", "/petitions/{petition_id}", petition_id=petition)
    name = f"sign_{signatures}"
    do.command(VISITOR, "signature.sign", petition, signer.data, called=name)
    crowd.deliver(petition, signatory_key(signer.email))
    invited = crowd.opened(petition, number)
    opened, confirm = f"confirm_page_{signatures}", f"confirm_{signatures}"
    do.page(opened, "/signatures/confirm/{token}", token=invited.token)
    do.step(confirm, lambda: confirm_by_link(crowd.services, VISITOR, invited.token, invited.seen))
    return Costs(
        signatures,
        do.commands[name],
        do.pages[opened],
        do.commands[confirm],
        do.pages[f"petition_{signatures}"],
    )
