"""Reports that stay what they were: case 85 of the team's list.

Case 32, a formula in a cell, stands with the imports in `test_import`.
"""

from __future__ import annotations

import shutil
from datetime import date

import pytest

from engine.compliance import as_json
from engine.model import FactKind
from engine.report_query import ReportQuery
from tests.guarantee.world import PLAN, a_row, act, at, bring, run
from usecases.reports import ask
from usecases.ruling import ensure_rules_in_force, put_rules_in_force
from usecases.settings import PROJECT, Settings
from usecases.wiring import Office

LAST_MONTH = at("2025-10-15")
NOW = "2025-11-03 09:00"


@pytest.fixture
def office(sqlite_database, tmp_path) -> Office:
    """An office whose rules may be edited, in the middle of October."""
    config = shutil.copytree(PROJECT / "config", tmp_path / "config")
    url = sqlite_database.engine.url.render_as_string()
    office = Office(Settings(home=tmp_path / "home", config=config, database_url=url))
    ensure_rules_in_force(office, at("2025-07-01"))
    bring(office, [a_row(n, "30/9/2025", lead) for n, lead in enumerate(LEADS, start=1)])
    run(office, at("2025-10-01"))
    act(office, 1, FactKind.ACKNOWLEDGED, at("2025-10-02"))
    act(office, 2, FactKind.EXTENDED, at("2025-10-03"), due_on=date(2025, 10, 10), document="12/UBND")
    act(office, 3, FactKind.REPORTED, at("2025-10-04"))
    return office


LEADS = ("Sở Y tế", "Sở Nội vụ", "Sở Xây dựng", "Sở Tài chính", "Sở Tư pháp")


def told(office: Office, when=LAST_MONTH) -> dict:
    """The report as a program reads it, in a process of its own."""
    return as_json(ask(Office(office.settings), "overdue", ReportQuery(when)))


def more_facts(office):
    act(office, 1, FactKind.REPORTED, at("2025-10-20"), on=date(2025, 9, 25))
    act(office, 3, FactKind.RETURNED, at("2025-10-21"))
    act(office, 4, FactKind.CANCELLED, at("2025-10-22"))


def more_extensions(office):
    act(office, 5, FactKind.EXTENDED, at("2025-10-20"), due_on=date(2025, 12, 31), document="13/UBND")
    act(office, 2, FactKind.EXTENSION_REQUESTED, at("2025-10-20"), due_on=date(2025, 11, 30))


def more_reminders(office):
    run(office, at("2025-10-16"))
    run(office, at("2025-10-20"))


def a_newer_copy(office):
    moved, gone, added = a_row(1, "15/12/2025"), 4, a_row(6, "30/9/2025", "Sở Tài chính")
    kept = [a_row(n, "30/9/2025", lead) for n, lead in enumerate(LEADS, start=1) if n not in {1, gone}]
    bring(office, [moved, *kept, added], NOW)


def other_rules(office):
    rules = office.settings.config / "rules" / "mac-dinh.yml"
    text = rules.read_text("utf-8")
    assert "report:" not in text
    rules.write_text(text + "\nreport:\n  ageing: [3, 10]\n", "utf-8")
    put_rules_in_force(Office(office.settings), office.settings.config, at(NOW))


@pytest.mark.parametrize("later", [more_facts, more_extensions, more_reminders, a_newer_copy, other_rules])
def test_case_85_the_report_of_last_month_reproduces_its_figures(office, later):
    before = told(office)
    later(office)

    assert told(office) == before
    assert told(office, at("2025-11-04")) != before


def test_case_85_everything_at_once(office):
    before = told(office)
    for later in (more_facts, more_extensions, more_reminders, a_newer_copy, other_rules):
        later(office)

    assert told(office) == before
    assert before["matrix"]["total"] == len(LEADS)
    assert [(row["task"], row["days_late"]) for row in before["rows"]] == [
        (f"{PLAN.code}/1", 15),
        (f"{PLAN.code}/4", 15),
        (f"{PLAN.code}/5", 15),
        (f"{PLAN.code}/2", 5),
    ]
