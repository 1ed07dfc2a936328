"""What do plans say that a report repeats as written: their groups, and who leads and supports?"""

from __future__ import annotations

from engine.report_query import ReportFacts
from engine.results import PlanWords
from store import registry
from usecases.wiring import Office


def plan_words(office: Office, facts: ReportFacts) -> PlanWords:
    """Return the words of the plans that assigned the work the facts speak of."""
    codes = sorted({share.task.document.code for share in facts.assignments})
    with office.database.reading() as session:
        sections = {code: registry.sections(session, code) for code in codes}
        tasks = [task for code in codes for task in registry.stored_tasks(session, code, with_removed=True)]
    return PlanWords(
        sections,
        {kept.task.code: kept.lead for kept in tasks},
        {kept.task.code: kept.supporting for kept in tasks},
        {unit.code: unit.name for unit in office.directory.units},
    )
