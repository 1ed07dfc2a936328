"""Does one post get one letter through one channel in one run, however much was held until then?

Tết 2026 is nine days off, from Saturday 14 February to Sunday 22: what is planned on each of them
waits for the same opening, Monday at seven.
"""

from __future__ import annotations

import asyncio
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from engine.digest import Digest, DigestRow, Group, shown_rows
from engine.model import Document, Fact, FactKind, PostRole, Recipient, Unit, UnitKind
from engine.rulebook import read_rulebook
from notifiers.base import DeliveryFailed, DeliveryUnknown
from store import history, ledger, merging, outbox, storms
from tests.guarantee.stories import MoodyChannel
from tests.guarantee.test_properties import let_leave, letters_with, told_at, told_of
from tests.guarantee.world import (
    PLAN,
    ScriptedNotifier,
    a_row,
    act,
    at,
    bring,
    is_verified,
    office_at,
    reopened,
    rows_of,
    run,
    with_notifier,
)
from tests.guarantee.worlds import runs_between
from usecases.act import record
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
HELD_FOR_CONTACT = "SELECT planned_at FROM message WHERE post = 'SYT/contact' AND not_before <> planned_at"
WAITING = "SELECT key FROM message WHERE state IN ('planned', 'held')"
PLANNED = "SELECT assignment_id FROM reminder WHERE state = 'planned' ORDER BY decided_at"
MERGED = "SELECT key, passed_to FROM message WHERE state = 'merged' ORDER BY key"
ON_RECORD = "SELECT subject FROM record WHERE kind = 'message-merged' ORDER BY subject"


@pytest.fixture
def office(sqlite_template: Path, tmp_path: Path) -> Iterator[Office]:
    url = f"sqlite:///{shutil.copy(sqlite_template, tmp_path / 'dondoc.db')}"
    office = office_at(url, tmp_path, notifiers={"mailbox": MoodyChannel(0)})
    yield office
    office.database.close()


def live(office: Office, first: str, last: str, each_day: Callable[[datetime], None]) -> list[tuple]:
    """Let the service run from day to day, days off too; return what each run sent, by post."""
    channel, runs, day = office.notifiers["mailbox"], [], at(f"{first} 00:00")
    while day <= at(f"{last} 00:00"):
        each_day(day.replace(hour=5))
        for hour in (6, 7, 8, 12, 14, 18, 21):
            before, now = len(channel.sent), day.replace(hour=hour)
            run(office, now)
            runs.append((now, Counter(sent.letter.recipient.post for sent in channel.sent[before:])))
        day += timedelta(days=1)
    return runs


def bring_one(office: Office, name: str, when: datetime, in_days: int = 10, lead: str = LEADS[0]) -> None:
    """Put one more plan of one task in force."""
    document = Document(f"KH-{name}", f"Kế hoạch {name}", f"{name}/KH-UBND", PLAN.issued_on, PLAN.issuer)
    row = a_row(1, f"{when.date() + timedelta(days=in_days):%d/%m/%Y}", lead)
    put_in_force(
        office, Staged(document, (), (replace(row, code=f"{document.code}/1"),), ()), when, "thử", b""
    )


def on_every_day_off(office: Office, how_many: int = 9) -> None:
    """Plan one task for the same contact on each day of Tết; every message is held."""
    for n in range(how_many):
        now = at("2026-02-14 09:00") + timedelta(days=n)
        bring_one(office, f"{n}", now)
        assert [message.not_before for message in tick(office, now).messages] == [OPENING]


# --- the days of Tết ------------------------------------------------------------------------


def test_deadlines_spread_over_tet_and_a_plan_on_each_day_off_make_one_letter_a_run(office):
    days = [date(2026, 2, 2) + timedelta(days=n) for n in range(40)]
    rows = [a_row(n, f"{day:%d/%m/%Y}", LEADS[n % 3]) for n, day in enumerate(days, 1)]
    bring(office, rows, "2026-01-20 09:00")

    def plan_on_days_off(now: datetime) -> None:
        if not office.world.calendar.is_working_day(now.date()):
            bring_one(office, f"{now:%d%m}", now)

    runs = live(office, "2026-02-10", "2026-02-26", plan_on_days_off)

    assert len({str(at_)[:10] for (at_,) in rows_of(office, HELD_FOR_CONTACT)}) >= 8
    assert [(now, told) for now, told in runs if set(told.values()) > {1}] == []
    assert sum(told[CONTACT] for now, told in runs if now.date() == OPENING.date()) <= 2
    assert rows_of(office, WAITING) == []
    assert is_verified(office)


def test_what_a_preview_shows_of_steps_out_of_hours_is_what_is_then_sent(office):
    """06:00 and yesterday's 18:00 leave at seven, 12:00 and 13:30 at half past one: once each."""
    book, problems = read_rulebook({"r.yml": OUT_OF_HOURS})
    assert {problem.code for problem in problems} == {"outside-hours"}
    office.__dict__.update(rulebook=book, world=replace(office.world, rulebook=book))
    days = [date(2026, 2, 4) + timedelta(days=n) for n in range(30)]
    rows = [a_row(n, f"{day:%d/%m/%Y}", LEADS[n % 2]) for n, day in enumerate(days, 1)]
    bring(office, rows, "2026-01-05 09:00")
    first, last = at("2026-02-05 00:00"), at("2026-03-06 23:00")
    told_at(office, first - timedelta(days=1))
    shown = plan_ahead(office, first, last).messages
    ticks = [told_at(office, now) for now in runs_between(office.world, first, last)]
    let_leave(office, last + timedelta(days=30))

    assert sorted(told_of(message) for message in shown) == letters_with(office, ticks)
    slots = Counter((message.not_before, message.recipient.post) for message in shown)
    assert set(slots.values()) == {1}
    assert len(shown) < sum(len(planned.messages) for planned in ticks)  # something was put together


def test_what_was_merged_names_the_letter_that_carries_it_and_is_on_record(office):
    on_every_day_off(office)
    run(office, OPENING)
    (sent,) = office.notifiers["mailbox"].sent

    merged = rows_of(office, MERGED)
    assert {into for _, into in merged} == {sent.letter.key}
    assert rows_of(office, ON_RECORD) == [(key,) for key, _ in merged]
    assert len(merged) == 8
    told = rows_of(office, "SELECT state, message_key FROM reminder WHERE message_key IS NOT NULL")
    assert told == [("planned", sent.letter.key)] * 9
    with office.database.reading() as session:
        assert {told.total for told in ledger.tallies(session, OPENING).values()} == {1}
    assert is_verified(office)


def test_as_of_a_day_off_nothing_had_been_planned_that_was_planned_later(office):
    on_every_day_off(office)
    run(office, OPENING)
    ids = [id_ for (id_,) in rows_of(office, PLANNED)]
    with office.database.reading() as session:
        then = history.remembered(session, ids, at("2026-02-16 10:00"))

    assert [bool(then.get(id_)) for id_ in ids] == [True] * 3 + [False] * 6


def test_what_was_reported_meanwhile_is_left_out_of_the_letter(office):
    on_every_day_off(office, 3)
    for n in (0, 1):
        reported = Fact(FactKind.REPORTED, OPENING - timedelta(days=1), "người thử")
        record(office, f"KH-{n}/1", None, reported)
    run(office, OPENING)
    (sent,) = office.notifiers["mailbox"].sent

    assert "Kế hoạch 2 " in sent.said or "2/KH-UBND" in sent.said
    assert not {"0/KH-UBND", "1/KH-UBND"} & set(sent.said.split())
    assert rows_of(office, PLANNED) == [("KH-2/1@SYT",)]


# --- kills, refusals, and what must not be merged -----------------------------------------------


def test_a_sender_that_died_over_a_merged_letter_repeats_it_as_it_was(office):
    """What comes in afterwards is a letter of its own: the reader would take a longer one for the same."""
    notifier = ScriptedNotifier(DeliveryUnknown("không rõ"))
    with_notifier(office, notifier)
    on_every_day_off(office, 4)
    asyncio.run(pump(office, OPENING))
    bring_one(office, "moi", OPENING + timedelta(minutes=1))
    run(office, OPENING + timedelta(hours=1))

    first, *later = notifier.tried
    again = next(one for one in later if one.letter.key == first.letter.key)
    assert (again.letter.message_id, again.letter.text.count("STT 1")) == (
        first.letter.message_id,
        first.letter.text.count("STT 1"),
    )
    assert len(notifier.sent) == 2


def test_a_claim_whose_sender_was_killed_is_swept_and_nothing_is_added_to_it(office):
    on_every_day_off(office, 3)
    with office.database.writing() as session:
        merging.merge(session, OPENING)
        (claim,) = outbox.claim(session, OPENING, "mất điện", timedelta(minutes=10), "mailbox")
    later = OPENING + timedelta(minutes=11)
    bring_one(office, "moi", later)
    run(office, later)

    letters = {sent.letter.key: sent.letter for sent in office.notifiers["mailbox"].sent}
    assert len(letters) == 2
    carried = "SELECT count(*) FROM reminder WHERE message_key = :key"
    assert rows_of(office, carried, key=claim.key) == [(3,)]
    assert rows_of(office, "SELECT key FROM message WHERE possible_duplicate") == [(claim.key,)]


def test_killed_before_the_merge_is_written_nothing_has_changed(office):
    on_every_day_off(office, 3)
    before = rows_of(office, "SELECT * FROM message ORDER BY key")
    with suppress(KeyboardInterrupt), office.database.writing() as session:
        assert len(merging.merge(session, OPENING)) == 2
        raise KeyboardInterrupt
    assert rows_of(office, "SELECT * FROM message ORDER BY key") == before
    run(reopened(office), OPENING)


def test_a_mail_server_that_is_back_gets_one_letter_for_all_it_refused_for_now(office):
    refused = DeliveryFailed("máy chủ bận", permanent=False)
    notifier = ScriptedNotifier(refused)
    with_notifier(office, notifier)
    bring_one(office, "a", OPENING)
    run(office, OPENING)
    assert notifier.sent == []
    now = OPENING + timedelta(minutes=10)
    bring_one(office, "b", now)
    run(office, now)

    (sent,) = notifier.sent
    assert sent.letter.key == notifier.tried[0].letter.key
    assert rows_of(office, "SELECT count(*) FROM reminder WHERE message_key = :k", k=sent.letter.key) == [
        (2,)
    ]


def test_what_a_storm_holds_is_not_sent_inside_another_letter(office):
    on_every_day_off(office, 2)
    (key, *_) = [key for (key,) in rows_of(office, WAITING)]
    with office.database.writing() as session:
        assert storms.hold(session, "storm:20260214-090000", [key], "thử", OPENING)
    run(office, OPENING)

    assert [sent.letter.key for sent in office.notifiers["mailbox"].sent] != [key]
    assert rows_of(office, "SELECT state FROM message WHERE key = :key", key=key) == [("held",)]


def test_posts_and_channels_keep_apart(office):
    now = at("2026-02-14 09:00")
    for n, lead in enumerate(LEADS):
        bring_one(office, f"{n}", now, lead=lead)
        tick(office, now + timedelta(days=n))
    run(office, OPENING)

    assert len(office.notifiers["mailbox"].sent) == 3
    assert rows_of(office, MERGED) == []


# --- notices ------------------------------------------------------------------------------------


def test_notices_of_a_long_weekend_are_one_letter_and_stand_before_what_is_owed(office):
    rows = [a_row(n, "20/1/2026", LEADS[n % 3]) for n in range(1, 7)]
    bring(office, rows, "2026-01-05 09:00")
    live(office, "2026-01-20", "2026-01-29", lambda now: None)
    for n in (1, 2, 3):
        act(office, n, FactKind.DISPUTED, at(f"2026-01-31 1{n}:00"), note=f"lý do {n}")
    channel = office.notifiers["mailbox"]
    channel.sent.clear()
    live(office, "2026-01-31", "2026-02-02", lambda now: None)

    letters = [sent.letter for sent in channel.sent if sent.letter.recipient.post == COORDINATOR]
    assert [letter.at for letter in letters][:1] == [at("2026-02-02 07:00")]
    assert all(f"lý do {n}" in letters[0].text for n in (1, 2, 3))
    assert "3 cần quyết định" in letters[0].subject or "3 nhiệm vụ" in letters[0].subject


def test_what_is_said_once_is_shown_however_much_is_owed():
    owed = tuple(a_digest_row(Group.OVERDUE, n) for n in range(50))
    said = tuple(a_digest_row(Group.RECEIVED, n) for n in range(3))
    unit = Unit("SYT", "Sở Y tế", UnitKind.DEPARTMENT)
    digest = Digest(
        "k", Recipient(CONTACT, "Ví Dụ", "Đầu mối", unit, PostRole.CONTACT), 1, OPENING, said + owed
    )

    assert shown_rows(digest)[:3] == said
    assert len(shown_rows(digest)) == 23


def a_digest_row(group: Group, n: int) -> DigestRow:
    day = OPENING.date()
    return DigestRow(
        group, f"KH/{n}", "Việc", "", "", "", (), day, day, 0, 0, 1, "b", "", "", (f"KH/{n}@SYT",)
    )
