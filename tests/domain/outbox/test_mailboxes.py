"""Which notices of the mail service close an address, and which letters still go there."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from chalicelib.domain.outbox.mailboxes import (
    TRANSIENT_MOST,
    Kind,
    Notice,
    Standing,
    asked,
    noted,
    takes,
    tried_again,
)

NOON = datetime(2026, 3, 2, 18, tzinfo=UTC)
TODAY = date(2026, 3, 2)


def notice(kind, number=1, at=NOON):
    return Notice(id=f"n-{number}", kind=kind, email="Dead@Example.org", at=at, why="General")


def after(*notices):
    mailbox = None
    for one in notices:
        mailbox = noted(mailbox, one)
    return mailbox


@pytest.mark.parametrize(
    ("kind", "standing"),
    [(Kind.PERMANENT, Standing.DEAD), (Kind.COMPLAINT, Standing.COMPLAINED)],
)
def test_a_permanent_bounce_and_a_complaint_close_an_address_at_once(kind, standing):
    mailbox = after(notice(kind))
    assert (mailbox.standing, mailbox.since, mailbox.why) == (standing, NOON, "General")
    assert not takes(mailbox, "charge-ends", TODAY)


def test_transient_bounces_close_it_when_there_are_many_in_two_weeks():
    days = [timedelta(days=2 * n) for n in range(TRANSIENT_MOST)]
    each = [notice(Kind.TRANSIENT, n, NOON + gap) for n, gap in enumerate(days)]
    assert after(*each[:-1]).standing == Standing.OPEN
    assert after(*each).standing == Standing.DEAD
    # Whatever the order in which they come.
    assert after(*reversed(each)).standing == Standing.DEAD
    # The same number over a longer time is a mailbox that was full now and then.
    slow = [notice(Kind.TRANSIENT, n, NOON + 3 * gap) for n, gap in enumerate(days)]
    assert after(*slow).standing == Standing.OPEN


def test_a_notice_that_comes_again_changes_nothing():
    once = after(notice(Kind.TRANSIENT))
    assert noted(once, notice(Kind.TRANSIENT)) == once
    dead = after(notice(Kind.PERMANENT))
    assert noted(dead, notice(Kind.PERMANENT)) == dead


def test_a_complaint_weighs_more_than_a_bounce_in_either_order():
    both = [notice(Kind.PERMANENT, 1), notice(Kind.COMPLAINT, 2)]
    assert after(*both).standing == Standing.COMPLAINED
    assert after(*reversed(both)).standing == Standing.COMPLAINED


def test_staff_have_it_tried_again_and_a_late_notice_of_before_does_not_close_it():
    again = tried_again(after(notice(Kind.PERMANENT)), "Imara", NOON + timedelta(days=1))
    assert takes(again, "charge-ends", TODAY)
    assert noted(again, notice(Kind.PERMANENT, 2, NOON + timedelta(hours=1))) == again
    assert noted(again, notice(Kind.PERMANENT, 3, NOON + timedelta(days=2))).standing == "dead"


def test_what_somebody_asks_for_goes_out_once_a_day_to_a_dead_address():
    dead = after(notice(Kind.PERMANENT))
    assert takes(dead, "sign-in", TODAY)
    today = asked(dead, TODAY)
    assert not takes(today, "sign-in", TODAY)
    assert takes(today, "signature-confirm", TODAY + timedelta(days=1))
    complained = replace(today, standing=Standing.COMPLAINED)
    assert takes(complained, "sign-in", TODAY)
    assert not takes(complained, "petition-approved", TODAY)
