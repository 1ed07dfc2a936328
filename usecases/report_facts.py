"""What was recorded up to a moment that reports are made from?

One reading of the database for every report: the assignments with their facts, what was sent
about them, the rulebook then in force, the questions nobody had answered.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlmodel import Session

from engine.model import Assignment, Role
from engine.report_query import ReminderCount, ReportFacts, ReportQuery
from engine.rulebook import Rulebook, read_rulebook
from engine.status import Status, standing_of
from store import ledger, records, registry, rulebooks
from usecases.wiring import Office

SETTLED_BY_DECISION = frozenset(
    {
        "invalid-deadline",
        "deadline-needs-decision",
        "deadline-inferred",
        "past-due",
        "said-done",
        "said-stopped",
        "state-secret-row",
        "held",
    }
)
OFFERED = frozenset({"same-task"})  # worth a look, and no reason to distrust a figure


def facts_of(office: Office, query: ReportQuery) -> ReportFacts:
    """Return what was recorded up to the moment of `query` about the assignments it covers."""
    with office.database.reading() as session:
        known = registry.assignments(session, office.directory.unit, until=query.as_of)
        sent = ledger.tallies(session, query.as_of)
        doubts = registry.doubts(session)
        rulebook = rulebook_at(session, office, query.as_of)
        log_head = records.head_at(session, query.as_of)
    if query.is_filtered:
        known = [share for share in known if query.covers(share, _level(sent.get(share.id)))]
    return ReportFacts(
        query=query,
        assignments=known,
        calendar=office.world.calendar,
        sent=sent,
        rulebook=rulebook.fingerprint,
        log_head=log_head,
        thresholds=rulebook.thresholds,
        questions=open_questions(known, doubts, query.as_of),
    )


def rulebook_at(session: Session, office: Office, at: datetime) -> Rulebook:
    """Return the rulebook that was in force at a moment; that of today where none was kept."""
    applied = records.records_of(session, ["rulebook"], at).get("rulebook", ())
    fingerprint = next((str(r.data["new"]) for r in reversed(applied) if r.kind == rulebooks.APPLIED), "")
    if fingerprint in {"", office.rulebook.fingerprint}:
        return office.rulebook
    kept = rulebooks.kept(session, fingerprint)
    rulebook, problems = read_rulebook(kept.files if kept else {})
    return office.rulebook if problems else rulebook


def open_questions(
    known: Iterable[Assignment], doubts: Iterable[tuple[str, str, str]], as_of: datetime
) -> list[tuple[str, str]]:
    """Return the doubts nobody has settled by a moment; one about a deadline ends with the decision."""
    held = {
        share.task.code
        for share in known
        if share.role is Role.LEAD and standing_of(share, as_of).status is Status.AWAITING_DECISION
    }
    return [
        (code, f"{task}: {said}")
        for task, code, said in doubts
        if code not in OFFERED and (code not in SETTLED_BY_DECISION or task in held)
    ]


def _level(sent: ReminderCount | None) -> int:
    return sent.highest_level if sent else 0
