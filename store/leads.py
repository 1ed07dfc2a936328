"""Which units led a task at a moment in the past?

A newer copy of a document adds tasks and units, and changes who leads. The rows say how it is by
now; what was assigned before, the records say, so that a report of last month stays as it was.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

import sqlalchemy as sa
from sqlmodel import Session

from store.statements import chunks
from store.tables import RECORD, TASK

ASSIGNED, IMPORTED = "task-assigned", "document-imported"


class Then(NamedTuple):
    """Who led the tasks that were assigned anew since a moment, and which were not there yet."""

    leads: Mapping[str, frozenset[str]]
    added: frozenset[str]

    def led(self, task: str, units: list[str]) -> list[str]:
        """Return which of `units`, that lead or led a task, led it then."""
        if task in self.added:
            return []
        leads = self.leads.get(task)
        return units if leads is None else [unit for unit in units if unit in leads]


def leads_then(session: Session, until: datetime) -> Then:
    """Return who led then the tasks that were assigned anew after `until`.

    A task of a document that had not come in by then is taken as it is: a plan counts from its
    day of issue, however late it was brought in.
    """
    changed = list(
        session.scalars(
            sa.select(RECORD.subject).where(RECORD.kind == ASSIGNED, RECORD.at > until).distinct()
        )
    )
    if not changed:
        return Then({}, frozenset())
    leads = _led(session, changed, until)
    had_come = set(
        session.scalars(sa.select(RECORD.subject).where(RECORD.kind == IMPORTED, RECORD.at <= until))
    )
    new = _documents(session, [code for code in changed if code not in leads])
    return Then(leads, frozenset(code for code, document in new.items() if document in had_come))


def _led(session: Session, codes: list[str], until: datetime) -> dict[str, frozenset[str]]:
    found: dict[str, frozenset[str]] = {}
    for chunk in chunks(codes):
        statement = sa.select(RECORD.subject, RECORD.data).where(
            RECORD.subject.in_(chunk), RECORD.kind == ASSIGNED, RECORD.at <= until
        )
        for code, data in session.connection().execute(statement.order_by(RECORD.at, RECORD.seq)):
            found[code] = frozenset(json.loads(data)["units"])
    return found


def _documents(session: Session, codes: list[str]) -> dict[str, str]:
    return {
        code: document
        for chunk in chunks(codes)
        for code, document in session.connection().execute(
            sa.select(TASK.code, TASK.document_code).where(TASK.code.in_(chunk))
        )
    }
