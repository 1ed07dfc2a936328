"""A finished month is frozen once, and asking again shows what has changed since."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest

from engine.model import FactKind
from engine.report_query import ReportQuery
from tests.guarantee.world import a_row, act, at, bring, is_verified, office_at, rows_of
from usecases.reports import ask, paper_of
from usecases.snapshots import freeze_finished_months

SEPTEMBER = {"first_on": date(2025, 9, 1), "last_on": date(2025, 9, 30)}


@pytest.fixture
def office(database_url, tmp_path):
    """An office with a plan brought in on 20 August: two units, three shares due in September."""
    office = office_at(database_url, tmp_path / "home")
    rows = [a_row(1, "30/9/2025"), a_row(2, "15/9/2025", "Sở Y tế, Sở Xây dựng"), a_row(3, "31/10/2025")]
    bring(office, rows, "2025-08-20 09:00")
    yield office
    office.database.close()


def months(*moments):
    return tuple(date.fromisoformat(f"{moment}-01") for moment in moments)


def frozen_records(office):
    found = rows_of(office, "SELECT subject FROM record WHERE kind = 'scorecard-snapshot' ORDER BY subject")
    return [subject for (subject,) in found]


def september(office, now):
    return ask(office, "scorecard", ReportQuery(at(now), **SEPTEMBER))


def test_the_first_run_after_a_months_end_freezes_it_and_no_other_does(office):
    assert freeze_finished_months(office, at("2025-08-31 23:59")) == ()
    assert freeze_finished_months(office, at("2025-09-01 00:00")) == months("2025-08")
    assert freeze_finished_months(office, at("2025-09-30 23:59")) == ()
    assert freeze_finished_months(office, at("2025-10-01 07:00")) == months("2025-09")
    assert freeze_finished_months(office, at("2025-10-01 07:00")) == ()
    assert frozen_records(office) == ["scorecard/2025-08", "scorecard/2025-09"]
    assert is_verified(office)


def test_months_of_an_outage_are_frozen_each_as_of_its_end(office):
    act(office, 1, FactKind.REPORTED, at("2025-10-03"))

    assert freeze_finished_months(office, at("2025-12-10")) == months(
        "2025-08", "2025-09", "2025-10", "2025-11"
    )
    (frozen,) = september(office, "2025-12-11").frozen
    (mine,) = [row for row in frozen.frozen.rows if row.code == "SYT"]
    assert (mine.due, mine.completed) == (2, 0)  # what was reported in October was not done in September


def test_a_month_that_is_over_only_in_a_rehearsal_is_not_frozen(office, monkeypatch):
    monkeypatch.setattr("usecases.clock.now", lambda: at("2025-09-20"))

    assert freeze_finished_months(office, at("2026-01-10")) == months("2025-08")


def test_where_nothing_was_ever_recorded_nothing_is_frozen(sqlite_database, tmp_path):
    empty = office_at(sqlite_database.engine.url.render_as_string(), tmp_path / "empty")

    assert freeze_finished_months(empty, at("2025-10-01")) == ()
    empty.database.close()


def test_two_at_once_freeze_a_month_once(office):
    with ThreadPoolExecutor(2) as both:
        found = list(both.map(lambda _: freeze_finished_months(office, at("2025-09-01 08:00")), range(2)))

    assert sorted(found) == [(), months("2025-08")]
    assert frozen_records(office) == ["scorecard/2025-08"]


def test_what_is_recorded_later_is_shown_beside_what_was_frozen(office):
    freeze_finished_months(office, at("2025-10-01"))
    act(office, 1, FactKind.REPORTED, at("2025-10-02"), on=date(2025, 9, 29))
    act(office, 3, FactKind.ACKNOWLEDGED, at("2025-10-02"))  # of October: no reason for September's figures

    (month,) = september(office, "2025-10-20").frozen
    (moved,) = month.differences
    assert (moved.code, moved.then.on_time, moved.now.on_time) == ("SYT", 0, 1)
    assert moved.because == (("reported", 1),)
    assert month.frozen.is_intact
    assert month.frozen.rulebook == office.rulebook.fingerprint


def test_as_of_a_moment_before_it_was_frozen_no_month_is(office):
    freeze_finished_months(office, at("2025-10-01 08:00"))
    act(office, 1, FactKind.REPORTED, at("2025-10-05"), on=date(2025, 9, 29))

    assert september(office, "2025-10-01 07:59").frozen == ()
    assert [one.differences for one in september(office, "2025-10-04").frozen] == [()]
    assert len(september(office, "2025-10-05").frozen[0].differences) == 1


def test_the_paper_says_both_figures_the_reason_and_the_hash_in_the_log(office):
    freeze_finished_months(office, at("2025-10-01"))
    act(office, 1, FactKind.REPORTED, at("2025-10-02"), on=date(2025, 9, 29))
    paper = paper_of("scorecard", september(office, "2025-10-20"))
    table = next(table for table in paper.tables if table.code == "frozen-2025-09")
    (hash_,) = rows_of(office, "SELECT hash FROM record WHERE subject = 'scorecard/2025-09'")

    assert table.rows == [("Sở Y tế", None, None, 2, 2, 0, 1, 0, 1, "báo cáo 1 lần")]
    assert ("Bản chốt tháng 09/2025", *hash_) in paper.basis
