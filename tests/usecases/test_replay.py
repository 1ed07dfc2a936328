"""Does the replay of seven months keep the promises, on the real plans and the shipped rules?"""

from __future__ import annotations

from collections import Counter, defaultdict
from pathlib import Path

import pytest
import sqlalchemy as sa

from engine.escalation import next_sending_moment
from engine.model import HANOI
from engine.planning import FAULT_STEP, why_not_now
from notifiers.mailbox import letters_of
from store import records, registry
from store.tables import MessageRow, ReminderRow
from usecases.replay import FIRST_DAY, LAST_DAY, replay
from usecases.settings import Settings
from usecases.wiring import Office, open_office

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("replay")]


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Office:
    """The office after the last day of the replay."""
    office = open_office(Settings(home=tmp_path_factory.mktemp("replay"), mailbox_only=True, database_url=""))
    replay(office, FIRST_DAY, LAST_DAY, lambda day, story: None)
    return office


@pytest.fixture(scope="module")
def messages(office: Office) -> list[MessageRow]:
    """Every message of the replay."""
    with office.database.reading() as session:
        return list(session.scalars(sa.select(MessageRow)))


@pytest.fixture(scope="module")
def told(office: Office) -> list[tuple[ReminderRow, MessageRow]]:
    """Every reminder that left, with the message that carried it."""
    joined = sa.select(ReminderRow, MessageRow).join(MessageRow, ReminderRow.message_key == MessageRow.key)
    with office.database.reading() as session:
        rows = session.execute(joined.where(ReminderRow.state == "planned")).all()
    return [(reminder, message) for reminder, message in rows if message.state == "delivered"]


def test_every_level_of_the_ladder_is_reached(messages):
    levels = Counter(message.level for message in messages if message.state == "delivered")

    assert set(levels) == {0, 1, 2, 3, 4}
    assert levels[4] < levels[3] < levels[2] < levels[1]


def test_every_message_leaves_in_the_sending_hours_of_a_working_day(office, messages):
    hours, calendar = office.rulebook.sending, office.world.calendar
    left = [m.settled_at.astimezone(HANOI) for m in messages if m.state == "delivered"]

    assert left
    assert all(next_sending_moment(moment, hours, calendar) == moment for moment in left)
    assert all(7 <= moment.hour < 17 for moment in left)


def test_a_person_gets_one_message_a_run_and_channel(messages):
    runs = Counter((message.person, message.channel, message.planned_at) for message in messages)

    assert set(runs.values()) == {1}


def test_nothing_is_said_about_work_that_is_reported_or_no_longer_owed(office, told):
    with office.database.reading() as session:
        ids = {reminder.assignment_id for reminder, _ in told}
        known = {a.id: a for a in registry.assignments(session, office.directory.unit, ids=ids)}

    wrong = [
        (reminder.key, why)
        for reminder, message in told
        if (why := why_not_now(known[reminder.assignment_id], reminder.due_on, message.settled_at))
    ]
    assert wrong == []


def test_no_level_is_told_before_the_one_below_on_an_earlier_day(told):
    first_told: dict[tuple[str, object, int], list] = defaultdict(list)
    for reminder, message in told:
        day = message.settled_at.astimezone(HANOI).date()
        first_told[reminder.assignment_id, reminder.due_on, reminder.level].append(day)
    climbed = [(r, m) for r, m in told if r.level >= 2 and r.step != FAULT_STEP]

    assert climbed
    for reminder, message in climbed:
        below = first_told[reminder.assignment_id, reminder.due_on, reminder.level - 1]
        assert min(below) < message.settled_at.astimezone(HANOI).date()


def test_nobody_is_told_the_same_thing_twice(told):
    said = Counter((r.assignment_id, r.due_on, r.step, r.post) for r, _ in told)

    assert set(said.values()) == {1}


def test_the_chairman_never_gets_more_tasks_a_day_than_the_rules_allow(office, told):
    limit = next(limit for limit in office.rulebook.limits.values() if limit.to == "chairman")
    laid: dict[object, set[str]] = defaultdict(set)
    for reminder, message in told:
        if reminder.level == 4:
            laid[message.settled_at.astimezone(HANOI).date()].add(reminder.assignment_id.split("@")[0])

    assert laid
    assert max(map(len, laid.values())) <= limit.tasks_per_day


def test_every_message_lies_in_the_mailbox_and_the_records_verify(office, messages):
    with office.database.reading() as session:
        verification = records.verify(session)

    assert verification.ok
    assert len(letters_of(Path(office.settings.mailbox))) == sum(m.state == "delivered" for m in messages)
