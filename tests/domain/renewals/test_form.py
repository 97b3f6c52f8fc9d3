"""The Board's action form of a renewal: its title, its motion and its background."""

from dataclasses import replace
from datetime import date

import pytest

from chalicelib.domain.groups.group import CheckIn
from chalicelib.domain.motions.motion import Effect
from chalicelib.domain.motions.wording import check
from chalicelib.domain.renewals import form as forms
from chalicelib.domain.renewals import renewal
from tests.domain.builders import (
    ANSWER,
    POLICY,
    TEXT,
    answered,
    convener,
    ended,
    in_renewal,
    living,
    on,
    system,
)

DAY = date(2026, 10, 1)
BOARD = "That the ACRL Board of Directors"
GROUP = "Open Metadata discussion group"
CHARGE = TEXT.charge.rstrip(".")
WITH = {"other": "open-maps", "other_name": "Open Maps", "agreement": "Their conveners wrote so."}
CHANGED = replace(ANSWER, outcome="changed", name="Open Records", charge="To open records.")
YEAR = CheckIn(year_ends=date(2026, 6, 30), active=True, meetings=4, participants=30)


def answering(outcome, group=None, **changes):
    """A group whose conveners answered so."""
    return answered(group, replace(CHANGED, **WITH, **{"outcome": outcome, **changes}))


def lapsing():
    """A group that nobody answered for, and that is proposed to lapse."""
    group = in_renewal()
    group = replace(group, renewal=replace(group.renewal, noticed_on=date(2027, 3, 26)))
    return renewal.propose_lapse(group, system(on(date(2027, 4, 26))))[0]


def asked():
    """A group whose conveners asked for a change long before its charge ends."""
    return renewal.open_(living(), (), POLICY, system(on(date(2025, 3, 3))))[0]


def revival():
    """A group that has ended, and is to be revived."""
    return renewal.open_(ended(), (), POLICY, system(on(date(2027, 3, 1))))[0]


CASES = [
    (
        answering("same"),
        Effect.RENEW,
        f"Renewal of the {GROUP}",
        f"{BOARD} renew the {GROUP} for 3 years with its present charge: “{CHARGE}.”",
    ),
    (
        answering("changed"),
        Effect.RENEW,
        f"Renewal of the {GROUP} with a changed charge",
        f"{BOARD} renew the {GROUP} under the name “Open Records” for 3 years with the charge: "
        "“To open records.”",
    ),
    (
        answering("changed", charge=TEXT.charge),
        Effect.RENEW,
        f"Renewal of the {GROUP} with a changed charge",
        f"{BOARD} renew the {GROUP} under the name “Open Records” for 3 years with its present "
        f"charge: “{CHARGE}.”",
    ),
    (
        answering("changed", asked()),
        Effect.RENEW,
        f"Change of the charge of the {GROUP}",
        f"{BOARD} change the charge of the {GROUP} under the name “Open Records” to read: "
        "“To open records.”",
    ),
    (
        answering("same", asked()),
        Effect.RENEW,
        f"Renewal of the {GROUP}",
        f"{BOARD} renew the {GROUP} for 3 years with its present charge: “{CHARGE}.”",
    ),
    (
        answering("same", revival()),
        Effect.RENEW,
        f"Revival of the {GROUP}",
        f"{BOARD} revive the {GROUP} for 3 years with its present charge: “{CHARGE}.”",
    ),
    (
        answering("dissolved"),
        Effect.END,
        f"Dissolution of the {GROUP}",
        f"{BOARD} dissolve the {GROUP}, with thanks to its conveners.",
    ),
    (
        answering("succeeded"),
        Effect.END,
        f"End of the {GROUP}, whose work another group carries on",
        f"{BOARD} end the {GROUP}, whose work the Open Maps carries on.",
    ),
    (
        answering("merged", name="Open Maps and Metadata", charge="To share both."),
        Effect.END,
        f"Merger of the {GROUP} into the Open Maps",
        f"{BOARD} merge the {GROUP} into the Open Maps, to be named “Open Maps and Metadata”, "
        "with the charge: “To share both.”",
    ),
    (
        answering("merged", name="Open Maps", charge="To share both."),
        Effect.END,
        f"Merger of the {GROUP} into the Open Maps",
        f"{BOARD} merge the {GROUP} into the Open Maps with the charge: “To share both.”",
    ),
    (
        lapsing(),
        Effect.END,
        f"Lapse of the {GROUP}",
        f"{BOARD} record that the {GROUP} has lapsed: its charge ended on January 25, 2027, and "
        "nobody asked to renew it.",
    ),
]


@pytest.mark.parametrize(("group", "effect", "title", "motion"), CASES)
def test_each_outcome_has_its_title_its_motion_and_its_effect(group, effect, title, motion):
    assert forms.effect_of(group) == effect
    assert forms.title_of(group, POLICY, DAY) == title
    assert forms.wording_of(group, POLICY, DAY) == motion
    check(motion, POLICY.documents.wording)


def test_an_amendment_changes_the_motion_and_conditions_end_it():
    words = forms.wording_of(
        answering("changed"), POLICY, DAY, "Open Shelves", "To open shelves.", "Report each year."
    )
    assert words == (
        f"{BOARD} renew the {GROUP} under the name “Open Shelves” for 3 years with the charge: "
        "“To open shelves,” on this condition: Report each year."
    )


def test_without_an_end_date_the_motion_names_no_years():
    endless = replace(POLICY, units=tuple(replace(u, charge_years=None) for u in POLICY.units))
    words = forms.wording_of(answering("same"), endless, DAY)
    assert words.startswith(f"{BOARD} renew the {GROUP} with its present charge")


def test_the_form_is_from_the_conveners_and_says_what_the_group_did():
    two = (convener(1, institution="Fell College"), convener(2), convener(3, accepted=False))
    form = forms.form_of(answering("same", in_renewal(conveners=two)), YEAR, POLICY, DAY)
    assert form.submitted_by == ("Ada Fell, Fell College", "Bo Grand")
    assert form.background.split("\n\n") == [
        "The discussion group has its present charge since January 26, 2024, and it ends on "
        "January 25, 2027.",
        ANSWER.report,
        "In the year to June 30, 2026 it counted 4 meetings and 30 people who took part.",
    ]
    assert (form.subject, len(form.actions)) == (f"Renewal of the {GROUP}", 1)
    assert form.actions[0].effect == "renew"


def test_the_form_of_a_change_shows_both_texts():
    said = forms.form_of(answering("changed"), None, POLICY, DAY).background
    assert "Name until now: Open Metadata\nName asked for: Open Records" in said
    assert f"Charge until now: {TEXT.charge}\n\nCharge asked for: To open records." in said
    only_name = forms.form_of(answering("changed", charge=TEXT.charge), None, POLICY, DAY)
    assert "Charge" not in only_name.background


@pytest.mark.parametrize("outcome", ["succeeded", "merged"])
def test_the_form_says_how_the_other_group_agreed(outcome):
    form = forms.form_of(answering(outcome), None, POLICY, DAY)
    assert "The agreement of the Open Maps: Their conveners wrote so." in form.background
    assert f"Charge until now: {TEXT.charge}" in form.background


def test_the_form_of_a_lapse_says_when_its_conveners_were_told():
    said = forms.form_of(lapsing(), None, POLICY, date(2027, 4, 28)).background
    assert "and it ended on January 25, 2027." in said
    assert "Its conveners were reminded of the renewal, and have not answered." in said
    assert "They were told on March 26, 2027 that the group would lapse." in said


def test_the_form_of_a_revival_says_when_the_group_ended():
    form = forms.form_of(answering("same", revival()), None, POLICY, date(2027, 3, 3))
    assert form.background.startswith(
        "The discussion group had its last charge since January 26, 2024, and ended on "
        "November 2, 2026."
    )


def test_one_is_counted_as_one():
    one = replace(YEAR, meetings=1, participants=1)
    form = forms.form_of(answering("same"), one, POLICY, DAY)
    assert "it counted 1 meeting and 1 person who took part." in form.background
