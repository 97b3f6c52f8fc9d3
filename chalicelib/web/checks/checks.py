"""Checks beside a form's fields, as people write. They change nothing and refuse nothing.

A view says in one line what is to be looked at:

    form = looked_over(request, form, check("charge", "charge"))

Each field that it names shows its findings then, with a button for each fix. With JavaScript they
come as one types, from `/api/v1/checks`. Without it, a button "Check what I wrote" and those for
the fixes send the form, and it comes back with nothing saved: see `web/checks/preview.py`.
"""

import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from chalicelib.domain.checks import checks as rules
from chalicelib.domain.checks.check_result import Finding
from chalicelib.domain.checks.dates import Span
from chalicelib.domain.errors import ValidationError
from chalicelib.domain.policy.rules import Policy
from chalicelib.domain.times import long_date
from chalicelib.web.checks.preview import digest_of_typed
from chalicelib.web.forms import MOST_BYTES, Form
from chalicelib.web.request import Request


@dataclass(frozen=True)
class Check:
    """What is looked at: a kind of check, and the fields that it takes, in the order that it
    takes them; `rows` of fields by their common name. `given` is what it has to know besides.
    """

    kind: str
    fields: tuple[str, ...]
    given: Mapping[str, str] = field(default_factory=dict)


def check(kind: str, *fields: str, **given: str) -> Check:
    """The check of a kind at some fields."""
    return Check(kind, fields, given)


@dataclass(frozen=True)
class _Under:
    """The rules of the day."""

    policy: Policy
    today: date


Values = Mapping[str, str]
Look = Callable[[Check, Values, _Under], list[Finding]]


def _charge(_asked: Check, values: Values, under: _Under) -> list[Finding]:
    return [
        one for name, text in values.items() for one in rules.check_charge(text, name, under.today)
    ]


def _motion(asked: Check, values: Values, under: _Under) -> list[Finding]:
    board, charge = under.policy.association, asked.given.get("charge", "")
    return [
        one
        for name, text in values.items()
        for one in rules.check_motion(text, name, board, under.today, charge)
    ]


def _actions(asked: Check, values: Values, under: _Under) -> list[Finding]:
    board, charge = under.policy.association, asked.given.get("charge", "")
    return rules.check_actions(values, board, under.today, charge)


def _notice(_asked: Check, values: Values, under: _Under) -> list[Finding]:
    rule = under.policy.virtual_vote(under.today)
    return [
        one
        for name, text in values.items()
        for one in rules.check_periods_in(text, name, under.today, rule, under.policy)
    ]


def _meeting_day(_asked: Check, values: Values, under: _Under) -> list[Finding]:
    return [
        one
        for name, text in values.items()
        if (day := _day(text))
        for one in rules.check_meeting_day(day, name, under.today, under.policy)
    ]


def _period(asked: Check, values: Values, under: _Under) -> list[Finding]:
    """Fields: the vote's first and last day, then the discussion's, where it has any."""
    names = (*asked.fields, "", "", "", "")[:4]
    days = [_day(values.get(name) or asked.given.get(name, "")) for name in names]
    voting = Span(days[0], days[1], (names[0], names[1]))
    discussion = Span(days[2], days[3], (names[2], names[3]))
    rule = under.policy.virtual_vote(under.today)
    return rules.check_period(voting, discussion, under.today, rule, under.policy)


def _last_day(_asked: Check, values: Values, under: _Under) -> list[Finding]:
    """Fields: the last day of a vote that began or begins at another time than these say."""
    rule, nothing = under.policy.virtual_vote(under.today), Span(None, None, ("", ""))
    return [
        one
        for name, text in values.items()
        for one in rules.check_period(
            Span(None, _day(text), ("", name)), nothing, under.today, rule, under.policy
        )
    ]


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text.strip()[:10])
    except ValueError:
        return None


KINDS: dict[str, Look] = {
    "charge": _charge,
    "motion": _motion,
    "actions": _actions,
    "notice": _notice,
    "meeting-day": _meeting_day,
    "period": _period,
    "last-day": _last_day,
}


# ------------------------------------------------------------------ Beside the fields


def looked_over(request: Request, form: Form, *wanted: Check) -> Form:
    """The form with what its checks find beside each field."""
    asked: dict[str, list[dict[str, Any]]] = {}
    found: dict[str, list[dict[str, str]]] = {}
    for one in wanted:
        for name in one.fields:
            asked.setdefault(name, [])
        # A check of several fields is asked for at the first of them.
        asked[one.fields[0]].append(
            {"kind": one.kind, "fields": list(one.fields), "given": dict(one.given)}
        )
        values = _flat(form.values, one.fields)
        for name, told in _findings(request, one, values).items():
            found.setdefault(name, []).extend(told)
    shown = {name: json.dumps(checks) if checks else "" for name, checks in asked.items()}
    return replace(form, checks=shown, findings=found, focus=request.fixed)


def _findings(request: Request, wanted: Check, values: Values) -> dict[str, list[dict[str, str]]]:
    under = _Under(request.services.policy, request.services.today())
    found: dict[str, list[dict[str, str]]] = {}
    for one in KINDS[wanted.kind](wanted, values, under):
        typed = values.get(one.field, "")
        found.setdefault(one.field, []).append(_shown(one, typed))
    return found


def _shown(one: Finding, typed: str) -> dict[str, str]:
    """A finding as the page has it. `press` is what its button sends: the fix, and the digest of
    the text that it puts right, so that it never writes over what was typed since.
    """
    if not one.fix:
        return {"message": one.message, "fix": "", "label": "", "press": ""}
    day = _day(one.fix) if re.fullmatch(r"\d{4}-\d\d-\d\d", one.fix) else None
    press = json.dumps({"field": one.field, "was": digest_of_typed(typed), "fix": one.fix})
    label = f"Use {long_date(day)}" if day else "Use this wording"
    return {"message": one.message, "fix": one.fix, "label": label, "press": press}


def _flat(values: Mapping[str, Any], fields: Iterable[str]) -> dict[str, str]:
    """The texts of some fields by their inputs' names; rows as `name-0-column`."""
    flat: dict[str, str] = {}
    for name in fields:
        value = values.get(name, "")
        if isinstance(value, list):
            for number, row in enumerate(value):
                columns = {"value": row} if isinstance(row, str) else row
                flat |= {f"{name}-{number}-{column}": str(v) for column, v in columns.items()}
        elif value is not None:
            flat[name] = str(value)
    return flat


# ------------------------------------------------------------------ With JavaScript


def check_texts(request: Request, sent: dict[str, Any]) -> dict[str, list[dict[str, str]]]:
    """What is to be said about texts as they are now, by field. Nothing is read or stored.

    Raises ValidationError for what names no check.
    """
    asked, values = sent.get("check"), sent.get("values")
    if not (isinstance(asked, dict) and isinstance(values, dict) and asked.get("kind") in KINDS):
        raise ValidationError({"check": "Name a kind of check, its fields, and their values."})
    texts = {str(name): text for name, text in values.items() if isinstance(text, str)}
    if sum(len(text) for text in texts.values()) > MOST_BYTES:
        raise ValidationError({"values": "This is longer than any form here."})
    given = asked.get("given")
    given = {str(k): str(v) for k, v in given.items()} if isinstance(given, dict) else {}
    named = asked.get("fields")
    fields = [str(name) for name in named] if isinstance(named, list) else []
    return _findings(request, Check(str(asked["kind"]), tuple(fields), given), texts)
