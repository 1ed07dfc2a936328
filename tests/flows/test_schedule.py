"""The schedule table wakes the engine at the same moments whoever reads it."""

from __future__ import annotations

from datetime import datetime

import pytest
import yaml

from engine.model import HANOI
from flows.schedule import POOL, SCHEDULES, TIMEZONE, check_cron
from flows.service import trigger_of
from usecases.settings import PROJECT


@pytest.mark.parametrize(
    "cron",
    ["*/10 7-16 * * *", "30 7 * * MON", "0 8 * * MON-FRI", "0 8 * * MON,WED-FRI", "0 8 1 * *"],
)
def test_a_line_that_cron_and_apscheduler_read_alike_is_taken(cron):
    check_cron(cron)


@pytest.mark.parametrize(
    ("cron", "culprit"),
    [
        ("0 8 * * 1-5", "'1-5'"),  # Monday to Friday for cron, Tuesday to Saturday for APScheduler
        ("0 8 * * 0", "'0'"),
        ("0 8 * * MON-5", "'MON-5'"),
        ("0 8 * * mon", "'mon'"),
        ("0 8 1 * MON", "không ghi cả hai"),
        ("0 8 * *", "5 phần"),
        ("0 0 8 * * MON", "5 phần"),
    ],
)
def test_a_line_that_they_would_read_differently_is_refused(cron, culprit):
    with pytest.raises(ValueError, match=culprit):
        check_cron(cron)


@pytest.mark.parametrize(
    ("name", "after", "next_at"),
    [
        ("remind", "2026-03-10 06:30", "2026-03-10 07:00"),
        ("remind", "2026-03-10 07:00", "2026-03-10 07:10"),
        ("remind", "2026-03-10 16:50", "2026-03-11 07:00"),
        ("remind", "2026-03-13 16:50", "2026-03-14 07:00"),  # a Saturday: the engine knows what it is
        ("deliver", "2026-03-10 16:50", "2026-03-10 16:55"),
        ("reports", "2026-03-10 16:40", "2026-03-11 07:32"),
        ("silence", "2026-03-10 08:00", "2026-03-10 09:30"),
        ("sweep", "2026-03-10 08:00", "2026-03-11 06:15"),
    ],
)
def test_each_entry_wakes_the_engine_at_its_moment(name, after, next_at):
    trigger = trigger_of(next(schedule for schedule in SCHEDULES if schedule.name == name))
    before = _at(after)

    assert trigger.get_next_fire_time(before, before) == _at(next_at)


def test_names_are_unique():
    assert len({schedule.name for schedule in SCHEDULES}) == len(SCHEDULES)


def test_prefect_yaml_says_what_the_table_says():
    written = yaml.safe_load((PROJECT / "prefect.yaml").read_text("utf-8"))["deployments"]

    assert written == [
        {
            "name": schedule.name,
            "description": schedule.words,
            "entrypoint": f"flows.flows.{schedule.flow}",
            "work_pool": {"name": POOL},
            "schedules": [{"cron": schedule.cron, "timezone": TIMEZONE}],
        }
        for schedule in SCHEDULES
        if schedule.at_scale == "worker"
    ]


def _at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=HANOI)
