"""Every item of a life is of one kind, which reads it and writes it as it was."""

from chalicelib.storage import keys
from chalicelib.storage.item import loaded
from chalicelib.storage.kinds import KINDS, PETITION, kind_of
from tests.services.world import World

# Items that hold no value of the domain: counters, guards, and what leads from one to another.
WITHOUT = (keys.TALLY, keys.HISTORY, keys.ASKED, "FLOOR#", "SEAT#", "SENT#", "WROTE#", "READ#")
WITHOUT_PARTITIONS = ("EMAIL#", "LIMIT#", "ANSWERED#", "NIGHTLY", "ROSTER#1")


def test_every_item_of_a_life_is_of_one_kind(world: World) -> None:
    world.at("carried")
    seen = set()
    for (pk, sk), stored in world.dump().items():
        kinds = [kind for kind in KINDS if kind.matches(pk, sk)]
        assert kind_of(pk, sk) is (kinds[0] if kinds else None)
        if not kinds:
            assert sk.startswith(WITHOUT) or pk.startswith(WITHOUT_PARTITIONS), (pk, sk)
            continue
        (kind,) = kinds
        seen.add(kind.holds.__name__)
        if kind is not PETITION:  # Its text and its counts are items of their own.
            item = loaded(stored)
            assert kind.body(kind.value(item)) == (item.body or {}), (pk, sk)
    assert seen >= {"Petition", "Signature", "Meeting", "Motion", "Ballot", "Event", "Packet"}
