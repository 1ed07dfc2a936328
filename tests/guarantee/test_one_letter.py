"""Does one post get one letter through one channel in one run, however much was held until then?

Tết 2026 is nine days off, from Saturday 14 February to Sunday 22: what is planned on each of them
waits for the same opening, Monday at seven.
"""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from engine.escalation import next_sending_moment
from engine.model import Document, FactKind
from engine.rulebook import read_rulebook
from notifiers.base import DeliveryFailed, DeliveryUnknown
from store import outbox
from tests.guarantee.stories import MoodyChannel
from tests.guarantee.world import (
    PLAN,
    ScriptedNotifier,
    a_row,
    act,
    at,
    bring,
    is_verified,
    office_at,
    rows_of,
    run,
    with_notifier,
)
from usecases.bring_in import put_in_force
from usecases.deliver import pump
from usecases.look import plan_ahead
from usecases.remind import tick
from usecases.staged import Staged
from usecases.wiring import Office

LEADS = ("Sở Y tế", "Sở Tài chính", "Sở Nội vụ")
OPENING = at("2026-02-23 07:00")
CONTACT, COORDINATOR = "SYT/contact", "VPUB/coordinator"
OUT_OF_HOURS = """\
policies:
  - id: ngan
    steps:
      - {id: truoc-3, before: 3 ngày làm việc, at: "06:00", to: contact, via: [mailbox]}
      - {id: truoc-1, before: 1 ngày làm việc, at: "18:00", to: contact, via: [mailbox]}
      - {id: den-han, on: ngày hết hạn, at: "12:00", to: contact, via: [mailbox]}
      - {id: qua-han, after: 1 ngày làm việc, at: "13:30", to: contact, via: [mailbox]}
      - {id: qua-han-2, after: 2 ngày làm việc, at: "20:30", to: contact, via: [mailbox]}
      - {id: bao-lanh-dao, after: 2 ngày làm việc, at: "19:00", to: head, via: [mailbox]}
rules:
  - {id: tat-ca, policy: ngan}
sending:
  hours: ["07:00-11:30", "13:30-17:00"]
"""
MESSAGES = "SELECT key, post, state, passed_to FROM message"
CARRIED = """
    SELECT m.settled_at, m.post, m.channel, r.key FROM reminder r JOIN message m ON m.key = r.message_key
    WHERE m.state = 'delivered'"""


@contextmanager
def an_office(template: Path, rules: str = "") -> Iterator[Office]:
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{shutil.copy(template, Path(folder) / 'dondoc.db')}"
        office = office_at(url, Path(folder), notifiers={"mailbox": MoodyChannel(0)})
        if rules:
            book, problems = read_rulebook({"r.yml": rules})
            assert problems == []
            office.__dict__.update(rulebook=book, world=replace(office.world, rulebook=book))
        yield office
        office.database.close()


@pytest.fixture
def office(sqlite_template: Path) -> Iterator[Office]:
    with an_office(sqlite_template) as office:
        yield office


def served(office: Office, first: datetime, last: datetime, hours=(6, 7, 8, 12, 14, 18, 21)):
    """Let the service run every day, days off too; yield how many letters each post got in each run."""
    day = first
    while day <= last:
        for hour in hours:
            now = day.replace(hour=hour)
            before = len(office.notifiers["mailbox"].sent)
            run(office, now)
            yield (
                now,
                Counter(sent.letter.recipient.post for sent in office.notifiers["mailbox"].sent[before:]),
            )
        day += timedelta(days=1)


def bring_plan(office: Office, name: str, rows, when: datetime) -> None:
    """Put one more plan in force."""
    document = Document(f"KH-{name}", f"Kế hoạch {name}", f"{name}/KH-UBND", PLAN.issued_on, PLAN.issuer)
    coded = tuple(replace(row, code=f"{document.code}/{row.number}") for row in rows)
    put_in_force(office, Staged(document, (), coded, ()), when, "thử", b"")


# --- the days of Tết ------------------------------------------------------------------------


def test_deadlines_spread_over_tet_and_a_plan_on_each_day_off_make_one_letter_a_run(office):
    days = [date(2026, 2, 2) + timedelta(days=n) for n in range(40)]
    bring(
        office,
        [a_row(n, f"{day:%d/%m/%Y}", LEADS[n % 3]) for n, day in enumerate(days, 1)],
        "2026-01-20 09:00",
    )
    letters = Counter()
    planned_on: set[str] = set()
    for now, told in served(office, at("2026-02-10 00:00"), at("2026-02-27 00:00")):
        assert set(told.values()) <= {1}, now
        letters[now.date()] += told[CONTACT]
        if not office.world.calendar.is_working_day(now.date()) and now.hour == 8:
            due = now.date() + timedelta(days=10)
            bring_plan(office, f"{now:%d%m}", [a_row(1, f"{due:%d/%m/%Y}")], now)
    rows = rows_of(office, "SELECT planned_at FROM message WHERE post = ? AND not_before <> planned_at"
                   .replace("?", ":post"), post=CONTACT)  # fmt: skip
    planned_on = {str(planned_at)[:10] for (planned_at,) in rows}

    assert len(planned_on) >= 8  # or nothing was held to be put together
    assert letters[OPENING.date()] <= 2
    assert rows_of(office, "SELECT count(*) FROM message WHERE state IN ('planned', 'held')") == [(0,)]
    assert is_verified(office)
