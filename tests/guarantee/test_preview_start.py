"""Does a preview that begins in the middle of things know what has happened, and what is on its way?"""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from engine.model import Role
from tests.guarantee.lives import moment
from tests.guarantee.stories import FIRST, MoodyChannel
from tests.guarantee.test_properties import WINDOW, told_at, told_of
from tests.guarantee.worlds import UNITS, Case, a_share, office_of, runs_between
from usecases.comparing import compare
from usecases.deliver import pump
from usecases.look import plan_ahead
from usecases.remind import tick

LIMITED = """\
policies:
  - id: ngan
    steps:
      - {id: qua-han, after: 1 ngày làm việc, to: contact, via: [mailbox]}
      - {id: bao-dau-moi, after: 2 ngày làm việc, to: head, via: [mailbox]}
      - {id: bao-dieu-phoi, after: 3 ngày làm việc, to: coordinator, via: [mailbox]}
      - {id: bao-dieu-phoi-chieu, at: "14:00", after: 3 ngày làm việc, to: coordinator, via: [mailbox]}
rules:
  - {id: tat-ca, policy: ngan}
limits:
  - {to: coordinator, tasks_per_day: 1}
"""


def test_the_limit_of_a_day_is_shared_with_what_was_told_that_morning(sqlite_template: Path):
    shares = tuple(a_share(n, UNITS[0], Role.LEAD, FIRST) for n in (1, 2, 3))
    with office_of(Case(LIMITED, (), (), shares), sqlite_template) as office:
        for day in range(4):
            told_at(office, moment(day, 8))
        assert shown_from(office, moment(3, 8, 30)) == told_from(office, moment(3, 8, 30))


def test_a_letter_that_waits_for_the_sending_hours_arrives_in_the_preview_too(sqlite_template: Path):
    """Decided on Sunday it leaves on Monday; on Tuesday the level above may be told."""
    shares = (a_share(1, UNITS[0], Role.LEAD, FIRST - timedelta(days=5)),)
    with office_of(Case(LIMITED, (), (), shares), sqlite_template) as office:
        MoodyChannel(0).wire(office)
        assert tick(office, moment(6, 9)).messages
        shown = shown_from(office, moment(6, 10))
        asyncio.run(pump(office, moment(7, 8)))
        assert shown == told_from(office, moment(6, 10))


def test_what_fell_due_before_is_told_by_the_next_run_not_only_on_the_next_day(sqlite_template: Path):
    """Of a plan that came in at nine with overdue work the service tells at once."""
    shares = (a_share(1, UNITS[0], Role.LEAD, FIRST - timedelta(days=5)),)
    for first, leaves_at in ((moment(3, 9, 5), moment(3, 9, 5)), (moment(3, 21), moment(4, 7))):
        with office_of(Case(LIMITED, (), (), shares), sqlite_template) as office:
            letter = plan_ahead(office, first, WINDOW[1]).messages[0]

            assert letter.not_before == leaves_at
            assert told_of(letter) in [told_of(message) for message in told_at(office, first).messages]


def test_an_edit_is_compared_from_the_next_run_on(sqlite_template: Path):
    shares = (a_share(1, UNITS[0], Role.LEAD, FIRST - timedelta(days=5)),)
    first, old, nobody = (
        moment(3, 9, 5),
        Case(LIMITED, (), (), shares),
        LIMITED.replace("tat-ca, ", "x, when: {tag: không}, "),
    )
    with office_of(old, sqlite_template) as office:
        found = compare(office, office.world, replace(old, rules=nobody).world, first, WINDOW[1])

        assert min(message.not_before for message in found.removed) == first


def shown_from(office, first):
    return [told_of(message) for message in plan_ahead(office, first, WINDOW[1]).messages]


def told_from(office, first):
    moments = runs_between(office.world, first, WINDOW[1])
    return [told_of(message) for now in moments for message in told_at(office, now).messages]
