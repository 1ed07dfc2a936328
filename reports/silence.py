"""What does the silence report look like: on a screen, for a spreadsheet, for a program?"""

from __future__ import annotations

import csv
import io
import json
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from itertools import groupby

from engine.masking import masked
from engine.silence import SilenceReason, SilenceReport, SilentRow, as_json
from reports.papers.silence import NEVER, REASON, ZONE
from reports.plain import looks_like_formula, plain
from reports.vietnamese import day, moment, number

HEADINGS = (
    "Mã nhiệm vụ", "Nhiệm vụ", "Mã đơn vị", "Đơn vị chủ trì", "Thời hạn hiện hành", "Vùng đỏ",
    "Vào vùng đỏ ngày", "Lý do", "Giải thích", "Lần gửi gần nhất", "Số liệu tính đến",
)  # fmt: skip


def as_text(report: SilenceReport) -> str:
    """Return the report as plain text, gathered by reason, ending in a newline."""
    return unicodedata.normalize("NFC", "\n".join(_lines(report)) + "\n")


def as_csv(report: SilenceReport) -> str:
    """Return headings and one line per silent assignment, in RFC 4180 as Excel reads it."""
    content = io.StringIO()
    lines = csv.writer(content, lineterminator="\r\n")
    lines.writerow(HEADINGS)
    for row in report.rows:
        assignment, red = row.red.assignment, row.red
        lines.writerow(
            _cell(value)
            for value in (
                assignment.task.code, masked(plain(assignment.task.title)), assignment.unit.code,
                assignment.unit.name, day(red.due_on), ZONE[red.zone], day(red.since),
                REASON[row.reason], masked(row.message),
                f"{row.last_attempt:%H:%M %d/%m/%Y}" if row.last_attempt else "",
                f"{report.as_of:%H:%M %d/%m/%Y}",
            )
        )  # fmt: skip
    return "\ufeff" + content.getvalue()


def as_json_text(report: SilenceReport) -> str:
    """Return the JSON contract as indented text, ending in a newline."""
    found = as_json(report)
    for row in found["rows"]:
        row["title"] = masked(plain(row["title"]))
    return json.dumps(found, ensure_ascii=False, indent=2) + "\n"


FORMATS: Mapping[str, Callable[[SilenceReport], str]] = {
    "text": as_text,
    "json": as_json_text,
    "csv": as_csv,
}


def _lines(report: SilenceReport) -> Iterator[str]:
    yield "VIỆC TRONG VÙNG ĐỎ CHƯA AI NHẬN ĐƯỢC TIN"
    yield f"Tính đến {moment(report.as_of)}"
    yield f"Bộ quy tắc: {report.rulebook}"
    yield f"Vùng đỏ: còn không quá {report.red_zone_days} ngày làm việc đến hạn, hoặc đã quá hạn"
    silent, total = len(report.rows), len(report.rows) + report.reached
    yield f"Phần việc trong vùng đỏ: {number(total)}; đã nhận được tin: {number(report.reached)}; " + (
        f"chưa: {number(silent)}"
    )
    for code, count in report.totals.items():
        reason = SilenceReason(code)
        yield ""
        yield f"{REASON[reason]}: {number(count)}"
        for shared, rows in groupby(sorted(_of(report, reason), key=_shared), key=_shared):
            yield from _task(shared, list(rows))


def _of(report: SilenceReport, reason: SilenceReason) -> list[SilentRow]:
    return [row for row in report.rows if row.reason is reason]


def _shared(row: SilentRow) -> tuple[date, str, str, str]:
    """What the units of one task have in common: they are told in one place."""
    tried = f"{row.last_attempt:%H:%M %d/%m/%Y}" if row.last_attempt else NEVER
    return row.red.due_on, row.red.assignment.task.code, row.message, tried


def _task(shared: tuple[date, str, str, str], rows: list[SilentRow]) -> Iterator[str]:
    due_on, code, message, tried = shared
    yield f"  {code}  {masked(plain(rows[0].red.assignment.task.title))}"
    due = f"hạn {day(due_on)} ({ZONE[rows[0].red.zone].lower()})"
    yield f"      {due}; {masked(message)}; lần gửi gần nhất: {tried}"
    names = ", ".join(row.red.assignment.unit.name for row in rows)
    yield f"      {number(len(rows))} đơn vị: {names}"


def _cell(text: str) -> str:
    shown = plain(text)
    return f"'{shown}" if looks_like_formula(shown) else shown
