"""What does the overdue report look like in a terminal?

Plain columns, no colour: the same text goes to a screen, a pipe and an e-mail. Columns
align by the width letters take on screen, not by their number of code points.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Sequence

from rich.cells import cell_len, set_cell_size

from engine.compliance import Matrix, OverdueReport, OverdueRow, Rates
from reports.layout import by_task, matrix_lines, without_private_numbers
from reports.vietnamese import (
    NOTHING,
    STATUS,
    ageing,
    day,
    due_notes,
    moment,
    number,
    percent,
    reminded,
    share,
)

MAX_TITLE = 72
GAP = "  "

Line = tuple[str, ...]


def as_text(report: OverdueReport) -> str:
    """Return the report as plain text, ending in a newline."""
    report = without_private_numbers(report)
    parts = [
        _heading(report),
        _table([("Phần việc được giao", "Đúng/trong hạn", "Quá hạn", "Cộng"), *_matrix(report.matrix)]),
        "\n".join(_rates(report.rates)),
        _table([("Số ngày quá hạn", "Phần việc"), *((ageing(a), number(a.count)) for a in report.ageing)]),
        _table(list(_units(report))),
        "\n".join(_rows(report.rows)),
        "\n".join(_data_quality(report)),
    ]
    return unicodedata.normalize("NFC", "\n\n".join(part for part in parts if part) + "\n")


def _heading(report: OverdueReport) -> str:
    lines = ["BÁO CÁO NHIỆM VỤ QUÁ HẠN", f"Tính đến {moment(report.as_of)}", f"Bộ quy tắc: {report.rulebook}"]
    return "\n".join(lines + [f"Văn bản giao: {_one_line(name)}" for name in report.documents])


def _matrix(matrix: Matrix) -> Iterator[Line]:
    for line in matrix_lines(matrix):
        counts = (line.in_time, line.late, line.total)
        yield line.label, *(NOTHING if count is None else number(count) for count in counts)


def _rates(rates: Rates) -> Iterator[str]:
    completed, on_time = percent(rates.completed_of_due), percent(rates.on_time_of_due)
    yield f"Hoàn thành / đến hạn: {completed} = {share(rates.completed, rates.due)}"
    yield f"Đúng hạn / đến hạn:   {on_time} = {share(rates.on_time, rates.due)}"


def _units(report: OverdueReport) -> Iterator[Line]:
    yield "Đơn vị chủ trì", "Quá hạn", "Lâu nhất", "Đến hạn", "Hoàn thành", "Đúng hạn", "Được giao"
    for unit in report.units:
        rates = unit.matrix.rates
        late = (number(unit.matrix.open_late), number(unit.oldest_days_late), number(rates.due))
        rated = (percent(rates.completed_of_due), percent(rates.on_time_of_due))
        yield unit.name, *late, *rated, number(unit.matrix.total)


def _rows(rows: Sequence[OverdueRow]) -> Iterator[str]:
    """Yield each overdue task once, with the units that owe it below."""
    if not rows:
        yield "Không có phần việc nào quá hạn."
        return
    groups, units = by_task(rows), {row.unit for row in rows}
    yield (
        f"{number(len(rows))} phần việc quá hạn, thuộc {number(len(groups))} nhiệm vụ, "
        f"tại {number(len(units))} đơn vị"
    )
    lines = iter(_columns([_owed(row) for group in groups for row in group], right={1}))
    for group in groups:
        yield f"\n{group[0].task}{GAP}{_shortened(_one_line(group[0].title))}"
        yield f"{GAP}{_one_line(group[0].document)}"
        yield from (GAP + next(lines) for _ in group)


def _owed(row: OverdueRow) -> Line:
    late = f"{number(row.days_late)} ngày"
    return row.unit_name, late, f"hạn {day(row.due_on)}", reminded(row), STATUS[row.status], due_notes(row)


def _data_quality(report: OverdueReport) -> Iterator[str]:
    if report.data_quality:
        yield "Chất lượng dữ liệu"
        yield from _columns([(number(one.count), one.message) for one in report.data_quality], right={0})


def _table(lines: Sequence[Line]) -> str:
    """Return a heading, a rule and the lines below it, figures to the right; "" without any."""
    if len(lines) < 2:
        return ""
    heading, *body = _columns(lines, right=range(1, len(lines[0])))
    return "\n".join([heading, "─" * max(cell_len(line) for line in (heading, *body)), *body])


def _columns(lines: Sequence[Line], right: Iterable[int]) -> list[str]:
    right = set(right)
    lines = [tuple(map(_one_line, line)) for line in lines]
    widths = [max(map(cell_len, column)) for column in zip(*lines, strict=True)]

    def padded(index: int, text: str) -> str:
        space = " " * (widths[index] - cell_len(text))
        return space + text if index in right else text + space

    return [GAP.join(padded(i, text) for i, text in enumerate(line)).rstrip() for line in lines]


def _one_line(text: str) -> str:
    """Return `text` without line breaks and without characters that would steer a terminal."""
    return "".join(" " if char in "\r\n\t" else char for char in text if not _is_control(char))


def _is_control(char: str) -> bool:
    return unicodedata.category(char) in {"Cc", "Cf"} and char not in "\r\n\t"


def _shortened(text: str) -> str:
    return text if cell_len(text) <= MAX_TITLE else set_cell_size(text, MAX_TITLE - 1).rstrip() + "…"
