"""What does a program read of the overdue report?"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from engine.overdue import (
    Changes,
    ComingRow,
    HeatRow,
    Matrix,
    Month,
    OverdueReport,
    OverdueRow,
    Rates,
    UnitRow,
)
from engine.report_filter import filter_json
from engine.status import Timeliness


def as_json(report: OverdueReport) -> dict[str, Any]:
    """Return the report as the plain data of the JSON contract."""
    return {
        "as_of": report.as_of.isoformat(timespec="seconds"),
        "rulebook": report.rulebook,
        "matrix": _matrix_json(report.matrix),
        "rates": _rates_json(report.rates),
        "ageing": [{"from": age.first, "to": age.last, "count": age.count} for age in report.ageing],
        "units": [_unit_json(unit) for unit in report.units],
        "rows": [_row_json(row) for row in report.rows],
        "data_quality": [
            {"code": remark.code, "count": remark.count, "message": remark.message}
            for remark in report.data_quality
        ],
        "worst": [_worst_json(rank, unit) for rank, unit in enumerate(report.worst, start=1)],
        "unranked": [unit.code for unit in report.unranked],
        "least_due": report.least_due,
        "new": _changes_json(report.changes),
        "next": _coming_json(report),
        "months": [_month_json(month) for month in report.months],
        "heat": [_heat_json(row) for row in report.heat],
        "filter": filter_json(report.query) if report.query else {},
        "log_head": report.log_head,
    }


def _worst_json(rank: int, unit: UnitRow) -> dict[str, Any]:
    return {
        "rank": rank,
        "code": unit.code,
        "name": unit.name,
        "overdue": unit.matrix.open_late,
        "due": unit.matrix.rates.due,
        "oldest_days_late": unit.oldest_days_late,
        "acknowledged": unit.acknowledged,
        "extension_pending": unit.pending,
    }


def _changes_json(changes: Changes | None) -> dict[str, Any] | None:
    if changes is None:
        return None
    left = [{"task": row.task, "unit": row.unit, "why": row.why.value} for row in changes.left]
    since = changes.since.isoformat(timespec="seconds")
    return {"since": since, "before": changes.before, "became": changes.became, "left": left}


def _coming_json(report: OverdueReport) -> dict[str, Any]:
    rows = report.coming
    return {
        "until": report.coming_until and report.coming_until.isoformat(),
        "assignments": len(rows),
        "tasks": len({row.task for row in rows}),
        "units": len({row.unit for row in rows}),
        "rows": [_coming_row_json(row) for row in rows],
    }


def _coming_row_json(row: ComingRow) -> dict[str, Any]:
    return {
        "task": row.task,
        "title": row.title,
        "unit": row.unit,
        "unit_name": row.unit_name,
        "due_on": row.due_on.isoformat(),
        "effective_due_on": row.effective_due_on.isoformat(),
        "status": row.status.value,
    }


def _month_json(month: Month) -> dict[str, Any]:
    return {
        "month": f"{month.first_on:%Y-%m}",
        "done_on_time": month.done_on_time,
        "done_late": month.done_late,
        "open_late": month.open_late,
    }


def _heat_json(row: HeatRow) -> dict[str, Any]:
    counts = {f"{first_on:%Y-%m}": count for first_on, count in row.by_month}
    return {"code": row.code, "name": row.name, "overdue": counts}


def _matrix_json(matrix: Matrix) -> dict[str, int]:
    cells = [cell.value for cell in Timeliness if cell is not Timeliness.CANCELLED]
    return {name: getattr(matrix, name) for name in [*cells, "total"]}


def _rates_json(rates: Rates) -> dict[str, float | None]:
    def rounded(rate: Fraction | None) -> float | None:
        return None if rate is None else round(float(rate), 4)

    return {
        "completed_of_due": rounded(rates.completed_of_due),
        "on_time_of_due": rounded(rates.on_time_of_due),
    }


def _unit_json(unit: UnitRow) -> dict[str, Any]:
    return {
        "code": unit.code,
        "name": unit.name,
        **_matrix_json(unit.matrix),
        "due": unit.matrix.rates.due,
        **_rates_json(unit.matrix.rates),
        "oldest_days_late": unit.oldest_days_late,
        "extended": unit.extended,
    }


def _row_json(row: OverdueRow) -> dict[str, Any]:
    return {
        "task": row.task,
        "title": row.title,
        "unit": row.unit,
        "unit_name": row.unit_name,
        "original_due_on": row.original_due_on.isoformat(),
        "due_on": row.due_on.isoformat(),
        "effective_due_on": row.effective_due_on.isoformat(),
        "days_late": row.days_late,
        "reminders": row.reminders,
        "level": row.level,
        "status": row.status.value,
        "extensions": row.extensions,
        "extended_due_on": row.extended_due_on and row.extended_due_on.isoformat(),
        "extension_wished_on": row.wished_on and row.wished_on.isoformat(),
        "acknowledged": row.is_acknowledged,
        "new": row.is_new,
        "letters": [{"number": letter.number, "on": letter.on.isoformat()} for letter in row.letters],
    }
