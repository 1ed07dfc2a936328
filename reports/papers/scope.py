"""What do the figures of a report cover, and how is the document named that assigned the work?"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from engine.model import Document, UnitKind
from engine.report_query import ReportQuery
from reports.vietnamese import LEVEL, day, moment

KINDS = {
    "CT": "Chỉ thị",
    "CTR": "Chương trình",
    "KH": "Kế hoạch",
    "KL": "Kết luận",
    "NQ": "Nghị quyết",
    "QĐ": "Quyết định",
    "TB": "Thông báo",
    "TTR": "Tờ trình",
}
UNIT_KINDS = {
    UnitKind.DEPARTMENT: "sở và tương đương",
    UnitKind.BODY: "cơ quan khác",
    UnitKind.PARTY: "cơ quan Đảng, Mặt trận, đoàn thể",
    UnitKind.COMMUNE: "xã, phường, đặc khu",
    UnitKind.LEADERSHIP: "UBND tỉnh",
}
MOST_NAMED = 10
_PARTS = re.compile(r"[^\W\d_]+")


def cited(document: Document) -> str:
    """Return a document as a letter cites it: "Kế hoạch số 12/KH-UBND ngày 01/07/2025".

    A number left blank stays blank ("số …/KH-UBND"); without a number the title stands.
    """
    if not document.number:
        return f"{document.title} (ngày {day(document.issued_on)})"
    number = f"…{document.number}" if document.number.startswith("/") else document.number
    return f"{kind_of(document.number)} số {number} ngày {day(document.issued_on)}"


def kind_of(number: str) -> str:
    """Return what kind of document a number is that of; a number naming none is a letter's."""
    parts = (part.upper() for part in _PARTS.findall(number))
    return next((KINDS[part] for part in parts if part in KINDS), "Công văn")


def lines_of(query: ReportQuery, documents: Iterable[Document] = ()) -> tuple[str, ...]:
    """Return what the figures cover: the moment, the documents that assigned the work, the filter."""
    return tuple(_lines(query, list(documents)))


def basis_of(rulebook: str, log_head: str) -> tuple[tuple[str, str], ...]:
    """Return what the figures rest on."""
    return ("Bộ quy tắc", rulebook), ("Đầu nhật ký", log_head)


def _lines(query: ReportQuery, documents: list[Document]) -> Iterator[str]:
    yield f"Tính đến {moment(query.as_of)}"
    for document in documents[:MOST_NAMED]:
        yield f"Văn bản giao: {cited(document)}" + (f", {document.title}" if document.number else "")
    if len(documents) > MOST_NAMED:
        yield f"và {len(documents) - MOST_NAMED} văn bản khác"
    if query.first_on or query.last_on:
        first = f"từ ngày {day(query.first_on)}" if query.first_on else ""
        last = f"đến hết ngày {day(query.last_on)}" if query.last_on else ""
        yield f"Kỳ báo cáo: {first} {last}".replace("  ", " ").rstrip()
    if query.units:
        yield f"Chỉ gồm đơn vị: {', '.join(query.unit_names or query.units)}"
    if query.kinds:
        yield f"Chỉ gồm loại cơ quan: {', '.join(UNIT_KINDS[kind] for kind in query.kinds)}"
    if query.levels:
        yield f"Chỉ gồm việc đã đôn đốc đến: {', '.join(LEVEL.get(n, 'chưa cấp nào') for n in query.levels)}"
