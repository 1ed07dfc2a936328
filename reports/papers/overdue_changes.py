"""What changed among the overdue since the report before, and what falls due next?"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import date

from engine.overdue import Changes, ComingRow, Leaving, LeftRow, OverdueReport
from reports.paper import Block, Column, Kind, Table, Words
from reports.vietnamese import day, moment, number

CHANGES = (Column("Biến động", width=50), Column("Phần việc", Kind.NUMBER))
LEFT = (
    Column("Tên nhiệm vụ", width=46),
    Column("Cơ quan chủ trì", width=24),
    Column("Phần việc", Kind.NUMBER, 8),
    Column("Lý do", width=22),
    Column("Mã nhiệm vụ", width=16, is_wide_only=True),
)
COMING = (
    Column("Tính trễ sau ngày", Kind.DATE, 12),
    Column("Hạn", Kind.DATE, 12),
    Column("Tên nhiệm vụ", width=46),
    Column("Cơ quan chủ trì", width=24),
    Column("Phần việc", Kind.NUMBER, 8),
    Column("Mã nhiệm vụ", width=16, is_wide_only=True),
)
WHY = {
    Leaving.DONE: "Đã hoàn thành",
    Leaving.EXTENDED: "Được gia hạn, đổi thời hạn",
    Leaving.CANCELLED: "Hủy giao",
    Leaving.UNDECIDED: "Chờ quyết định, chưa có hạn xác định",
}
MOST_NAMED = 3


def change_blocks(report: OverdueReport) -> tuple[Block, ...]:
    """Return how many became overdue and how many left since the moment compared with, and which left."""
    changes = report.changes
    if changes is None:
        return (Words("Không có thời điểm để so sánh."),)
    table = _balance(changes, len(report.rows))
    return (table, _left(changes.left)) if changes.left else (table,)


def coming_blocks(report: OverdueReport) -> tuple[Block, ...]:
    """Return how much falls due within the next days, and what."""
    rows = report.coming
    until = f"đến hết ngày {day(report.coming_until)}" if report.coming_until else "đến cuối tuần tới"
    if not rows:
        return (Words(f"Không có phần việc nào đến hạn từ nay {until}."),)
    tasks, units = len({row.task for row in rows}), len({row.unit for row in rows})
    counted = (
        f"{number(len(rows))} phần việc thuộc {number(tasks)} nhiệm vụ, tại {number(units)} đơn vị, "
        f"đến hạn từ nay {until}."
    )
    return Words(counted), _coming(rows)


def _balance(changes: Changes, by_now: int) -> Table:
    left = Counter(row.why for row in changes.left)
    lines = [
        (f"Quá hạn tại thời điểm {moment(changes.since)}", changes.before),
        ("Mới quá hạn (cộng vào)", changes.became),
        *((f"{WHY[why]} (trừ ra)", left[why]) for why in Leaving if left[why]),
    ]
    total = ("Quá hạn tại thời điểm báo cáo", by_now)
    return Table("new", "Từ lần so sánh trước đến thời điểm báo cáo", CHANGES, lines, total)


def _left(rows: Iterable[LeftRow]) -> Table:
    groups: dict[tuple[str, Leaving], list[LeftRow]] = defaultdict(list)
    for row in rows:
        groups[row.task, row.why].append(row)
    lines = [
        (group[0].title, _named([row.unit_name for row in group]), len(group), WHY[why], task)
        for (task, why), group in groups.items()
    ]
    return Table("left", "Không còn trong danh sách quá hạn", LEFT, lines)


def _coming(rows: Iterable[ComingRow]) -> Table:
    groups: dict[tuple[str, date], list[ComingRow]] = defaultdict(list)
    for row in rows:
        groups[row.task, row.due_on].append(row)
    lines = [
        (
            group[0].effective_due_on, due_on, group[0].title, _named([row.unit_name for row in group]),
            len(group), task,
        )
        for (task, due_on), group in groups.items()
    ]  # fmt: skip
    return Table("coming", "Việc sắp đến hạn, sớm nhất xếp trước", COMING, lines)


def _named(units: list[str]) -> str:
    """Return the names of a few units, or how many there are."""
    return "; ".join(units) if len(units) <= MOST_NAMED else f"{number(len(units))} đơn vị"
