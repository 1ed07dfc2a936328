"""How do the tables of a file and the words around them become one annex?

The last step for every format, so that the same plan reads the same however it was saved.
"""

from __future__ import annotations

from collections.abc import Sequence

from engine.problems import Problem
from intake.annex import EMPTY, Annex, RawTable
from intake.head import head_of
from intake.table import assigned_by
from intake.words import cleaned


def annex_from(
    tables: Sequence[RawTable], before: Sequence[str], around: Sequence[str], source: str
) -> tuple[Annex, list[Problem]]:
    """Return the plan; an empty one with the reasons when no table can be read.

    `before` are the lines above the first table, `around` all lines outside of tables.
    """
    assigned = assigned_by(tables, source)
    problems = list(assigned.problems)
    if not assigned.tables:
        return EMPTY, problems
    head = head_of(before)
    annex = Annex(
        head.title,
        head.number,
        head.issuer,
        assigned.sections,
        assigned.rows,
        tuple(text for text in map(cleaned, around) if text),
        head.is_draft,
        head.dated,
    )
    return annex, problems if annex.rows else [*problems, _no_rows(source, assigned.tables[0])]


def secret(source: str, line: int = 0) -> Problem:
    """Return the refusal of a document that bears a secrecy marking; nothing of it is kept."""
    message = "văn bản có dấu chỉ độ mật; không được đưa vào hệ thống nối mạng"
    hint = "xóa tệp khỏi máy này và xử lý theo quy định về bảo vệ bí mật nhà nước"
    return Problem(source, line, 1 if line else 0, "state-secret", message, hint)


def _no_rows(source: str, table: RawTable) -> Problem:
    hint = "kiểm tra tệp có bị cắt ngay sau dòng tiêu đề không"
    return Problem(source, table.line, 1, "no-rows", "bảng nhiệm vụ không có hàng nào", hint)
