"""What stands in the report on work that is due while nobody was reached, in which order?"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from itertools import groupby

from engine.collation import vietnamese_order
from engine.model import HANOI
from engine.report_query import ReportQuery
from engine.silence import SilenceReason, SilenceReport, SilentRow, Zone
from reports.paper import Band, Column, Kind, Paper, Row, Section, Table, Words
from reports.papers.scope import basis_of, lines_of
from reports.vietnamese import day, number

ZONE = {Zone.DUE_SOON: "Sắp đến hạn", Zone.OVERDUE: "Quá hạn"}
REASON = {
    SilenceReason.NO_CONTACT: "Chưa có người nhận tin",
    SilenceReason.NO_CHANNEL: "Không có kênh liên lạc",
    SilenceReason.ACKNOWLEDGED: "Đã xác nhận đã nhận việc",
    SilenceReason.WAITING: "Đang chờ đến lượt",
    SilenceReason.HELD: "Đang giữ đến giờ gửi",
    SilenceReason.UNDELIVERED: "Chưa gửi được",
    SilenceReason.FAILED: "Bị từ chối hẳn",
    SilenceReason.BLOCKED: "Đang vướng ở đơn vị khác",
    SilenceReason.DISPUTED: "Chờ phân xử",
    SilenceReason.AWAITING_DECISION: "Chờ quyết định",
    SilenceReason.NO_RULE: "Không quy tắc nào áp dụng",
    SilenceReason.QUIET_POLICY: "Chính sách không nhắc",
    SilenceReason.NO_STEP: "Chưa đến bậc nhắc",
    SilenceReason.TICK_MISSING: "Chưa có lượt chạy nào xét",
}
NEVER = "chưa gửi lần nào"
REASONS = (Column("Lý do", width=36), Column("Phần việc", Kind.NUMBER))
ROWS = (
    Column("Mã nhiệm vụ", width=14, is_wide_only=True),
    Column("Nhiệm vụ", width=40, is_wide_only=True),
    Column("Mã đơn vị", width=11, is_wide_only=True),
    Column("Đơn vị chủ trì", width=34),
    Column("Thời hạn hiện hành", Kind.DATE, 14),
    Column("Vùng đỏ", width=14),
    Column("Vào vùng đỏ ngày", Kind.DATE, 14),
    Column("Lý do", width=24, is_wide_only=True),
    Column("Giải thích", width=36, is_wide_only=True),
    Column("Lần gửi gần nhất", width=20),
)


def silence_paper(report: SilenceReport) -> Paper:
    """Return the report on silence as a paper: the reasons, the most frequent first, then each row."""
    silent, total = len(report.rows), len(report.rows) + report.reached
    counted = Words(
        f"Phần việc trong vùng đỏ: {number(total)}; đã nhận được tin: {number(report.reached)}; "
        f"chưa: {number(silent)}."
    )
    tables = (_reasons(report),) if silent else ()
    rows = Section("rows", "Việc chưa ai nhận được tin", (_rows(report),), is_annex=True)
    return Paper(
        code="silence",
        title="Báo cáo việc trong vùng đỏ chưa ai nhận được tin",
        subject="Việc trong vùng đỏ chưa ai nhận được tin",
        as_of=report.as_of,
        lines=lines_of(report.query or ReportQuery(report.as_of)),
        sections=(
            Section("reasons", "Vì sao chưa nhận được tin", (counted, *tables)),
            *((rows,) if silent else ()),
        ),
        notes=(
            f"Vùng đỏ: còn không quá {number(report.red_zone_days)} ngày làm việc đến hạn, hoặc đã quá hạn.",
            "Đã nhận được tin: tin nhắc đầu mối hoặc thủ trưởng đơn vị về thời hạn hiện hành đã đến nơi "
            "từ khi việc vào vùng đỏ.",
        ),
        basis=basis_of(report.rulebook, report.log_head),
    )


def _reasons(report: SilenceReport) -> Table:
    rows = [(REASON[SilenceReason(code)], count) for code, count in report.totals.items()]
    return Table("reasons", "Số phần việc theo lý do", REASONS, rows, ("Cộng", len(report.rows)))


def _rows(report: SilenceReport) -> Table:
    """Return a row for each silent share, those of one task and one reason together."""
    lines: list[Row | Band] = []
    order = list(report.totals)
    rows = sorted(report.rows, key=lambda row: (order.index(str(row.reason)), _shared(row)))
    for _, found in groupby(rows, key=lambda row: (row.reason, _shared(row))):
        alike = sorted(found, key=lambda row: vietnamese_order(row.red.assignment.unit.name))
        lines += [_band(alike), *map(_row, alike)]
    return Table("rows", "Việc chưa ai nhận được tin, theo lý do và nhiệm vụ", ROWS, lines)


def _shared(row: SilentRow) -> tuple[date, str, str]:
    return row.red.due_on, row.red.assignment.task.code, row.message


def _band(rows: Sequence[SilentRow]) -> Band:
    """Return what the units of one task have in common: said once, above them."""
    first = rows[0]
    task, due = first.red.assignment.task, day(first.red.due_on)
    return Band(
        f"{REASON[first.reason]}: {task.code}, {task.title}; hạn {due} ({ZONE[first.red.zone].lower()}); "
        f"{first.message}; {number(len(rows))} đơn vị"
    )


def _row(row: SilentRow) -> Row:
    assignment, red = row.red.assignment, row.red
    tried = f"{row.last_attempt.astimezone(HANOI):%H:%M %d/%m/%Y}" if row.last_attempt else NEVER
    return (
        assignment.task.code, assignment.task.title, assignment.unit.code, assignment.unit.name, red.due_on,
        ZONE[red.zone], red.since, REASON[row.reason], row.message, tried,
    )  # fmt: skip
