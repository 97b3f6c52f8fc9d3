"""The forms of verbs with which charges and motions begin. A verb that is not listed is left
alone: a wrong correction is worse than none.
"""

from dataclasses import dataclass

VERBS = """
accept achieve acknowledge act adapt address administer adopt advance advise advocate aim align
amend analyze appoint approve articulate assemble assess assign assist authorize award balance
bring broaden build bridge call cancel carry catalog catalogue champion charge clarify coach
collaborate collate collect commend communicate compare compile conduct confirm connect consider
consult continue contribute convene coordinate create cultivate curate decide dedicate deepen
define deliver demonstrate describe design develop digitize direct discontinue discuss dissolve
disseminate distribute document draft draw educate elevate empower enable encourage endorse engage
enhance ensure establish evaluate examine exchange expand experiment explain explore express extend
facilitate find form formulate foster frame fund further gather generate give grant grow guide help
highlight host identify implement improve include increase influence inform initiate innovate
inspire integrate introduce investigate invite issue join keep launch lead learn link listen look
maintain make manage map measure meet mentor merge monitor move name negotiate nurture observe offer
open organize oversee participate partner pilot plan prepare present preserve produce promote
propose provide publicize publish pursue raise reaffirm receive recognize recommend reflect regard
remove rename renew report represent request require rescind research resolve respond review revise
send serve share shape showcase solicit sponsor start steward stimulate streamline strengthen study
submit suggest support survey sustain synthesize take talk teach test think track train transfer
transform translate understand update use validate widen work write
""".split()
# Those of several syllables that double their last letter all the same.
_DOUBLING = frozenset({"submit"})
_VOWELS = "aeiou"


@dataclass(frozen=True)
class Form:
    """A verb as it stands in a text: `form` is base, third (he discusses) or gerund."""

    base: str
    form: str


def gerund(verb: str) -> str:
    """`discuss` as `discussing`."""
    if verb.endswith("e") and not verb.endswith(("ee", "oe", "ye")):
        return f"{verb[:-1]}ing"
    return f"{verb}{verb[-1]}ing" if _doubles(verb) else f"{verb}ing"


def third_person(verb: str) -> str:
    """`discuss` as `discusses`."""
    if verb.endswith(("s", "sh", "ch", "x", "z", "o")):
        return f"{verb}es"
    if verb.endswith("y") and verb[-2] not in _VOWELS:
        return f"{verb[:-1]}ies"
    return f"{verb}s"


def _doubles(verb: str) -> bool:
    if verb in _DOUBLING:
        return True
    short = sum(letter in _VOWELS for letter in verb) == 1
    return (
        short
        and len(verb) > 2
        and verb[-1] not in f"{_VOWELS}wxy"
        and verb[-2] in _VOWELS
        and verb[-3] not in _VOWELS
    )


_FORMS = {
    **{gerund(verb): Form(verb, "gerund") for verb in VERBS},
    **{third_person(verb): Form(verb, "third") for verb in VERBS},
    **{verb: Form(verb, "base") for verb in VERBS},
}


def form_of(word: str) -> Form | None:
    """Which verb, in which form, a word is; None for one that is not listed."""
    return _FORMS.get(word.lower())
