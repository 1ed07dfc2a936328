"""What have people answered to the questions of imports?

One answer a wording, a kind of question and a document; a later one takes its place, and
the compliance record keeps both.
"""

from __future__ import annotations

from collections.abc import Iterable

import sqlalchemy as sa
from sqlmodel import Session

from engine.answers import Answer, QuestionKind
from engine.model import HANOI
from store import records
from store.tables import ANSWER, AnswerRow


def answers(session: Session, document_code: str) -> list[Answer]:
    """Return the answers for a document, oldest first."""
    rows = session.scalars(
        sa.select(AnswerRow).where(ANSWER.document_code == document_code).order_by(ANSWER.at)
    )
    return [
        Answer(
            row.document_code, QuestionKind(row.kind), row.wording, row.value,
            row.at.astimezone(HANOI), row.by, row.task,
        )
        for row in rows
    ]  # fmt: skip


def put_answers(session: Session, given: Iterable[Answer]) -> list[Answer]:
    """Remember answers and record them; return those that say something new."""
    news = [answer for answer in given if _value(session, answer) != answer.value]
    for answer in news:
        session.merge(
            AnswerRow(
                document_code=answer.document,
                kind=str(answer.kind),
                key=answer.key,
                task=answer.task,
                wording=answer.wording,
                value=answer.value,
                by=answer.by,
                at=answer.at,
            )
        )
    session.flush()
    records.append_many(session, [_entry(answer) for answer in news])
    return news


def _value(session: Session, answer: Answer) -> str | None:
    row = session.get(AnswerRow, (answer.document, str(answer.kind), answer.key, answer.task))
    return row.value if row else None


def _entry(answer: Answer) -> records.Entry:
    said = {"kind": str(answer.kind), "wording": answer.wording, "answer": answer.value, "by": answer.by}
    narrow = {"task": answer.task} if answer.task else {}
    return records.Entry(answer.at, "question-answered", answer.document, {**said, **narrow})
