"""In words, what a motion brings about: before its vote, at its announcement, and after."""

from dataclasses import dataclass

from chalicelib.domain.motions.motion import Effect, Motion


@dataclass(frozen=True)
class EffectWords:
    """Sentences for one effect. `before` says what either result would bring about; the next two
    what announcing it does; the last two what it did.
    """

    before: str
    announcing_carried: str
    announcing_lost: str
    carried: str
    lost: str


_WORDS = {
    Effect.ESTABLISH: EffectWords(
        "If it carries, the petition is approved and the group is chartered. If it is lost, the "
        "petition is declined.",
        "Announcing it approves the petition and charters the group at once; its conveners and "
        "signatories are told by email.",
        "Announcing it declines the petition; its conveners and signatories get an email.",
        "The petition is approved, and the group is chartered.",
        "The motion was lost, and with it the petition is declined. Its conveners and signatories "
        "were told.",
    ),
    Effect.AMEND: EffectWords(
        "If it carries, the motion reads as shown here, and is voted on after that. If it is lost, "
        "the motion stays as it is.",
        "Announcing it gives the motion its new text at once.",
        "Announcing it leaves the motion as it is.",
        "The amendment carried: the motion reads as it says.",
        "The amendment was lost: the motion stayed as it was.",
    ),
    Effect.CONFIRM: EffectWords(
        "If it carries, the result of the virtual vote is confirmed. If it is lost, it is not, and "
        "the record says so.",
        "Announcing it confirms the result of the virtual vote.",
        "Announcing it refuses to confirm the result of the virtual vote.",
        "The result of the virtual vote is confirmed.",
        "The result of the virtual vote was not confirmed.",
    ),
    Effect.RENEW: EffectWords(
        "If it carries, the group has the charge that it quotes from then on. If it is lost, the "
        "conveners may answer otherwise.",
        "Announcing it gives the group this charge at once; its conveners get an email.",
        "Announcing it sends the matter back to the conveners, who are told by email.",
        "The group has this charge.",
        "The motion was lost. The conveners were told, and may answer otherwise.",
    ),
    Effect.END: EffectWords(
        "If it carries, the group ends; its page and its record stay. If it is lost, the conveners "
        "may answer otherwise.",
        "Announcing it ends the group at once; its conveners get an email.",
        "Announcing it sends the matter back to the conveners, who are told by email.",
        "The group has ended. Its page stays.",
        "The motion was lost. The conveners were told, and may answer otherwise.",
    ),
    Effect.NONE: EffectWords(
        "If it carries, it is a decision of the Board, which the record and the action list hold.",
        "Announcing it puts the Board’s decision on record.",
        "Announcing it puts on record that the Board did not agree.",
        "The motion carried: it is a decision of the Board.",
        "The motion was lost.",
    ),
}


def effect_words(motion: Motion) -> EffectWords:
    """The sentences for a motion."""
    return _WORDS[motion.brings_about]
