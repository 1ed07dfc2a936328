"""How does the scorecard read as plain data?"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from engine.compliance import Matrix
from engine.model import HANOI
from engine.report_filter import filter_json
from engine.scorecard import Score, ScorecardReport, UnitScore, cells_of


def as_json(report: ScorecardReport) -> dict[str, Any]:
    """Return the report as the plain data of the JSON contract."""
    query = report.query
    return {
        "as_of": query.as_of.astimezone(HANOI).isoformat(timespec="seconds"),
        "rulebook": report.rulebook,
        "log_head": report.log_head,
        "filter": filter_json(query),
        "least_due": report.least_due,
        "tasks": report.tasks,
        "total": _score_json(report.total),
        "units": [_unit_json(unit) for unit in report.units],
        "months": [
            {"month": f"{month.first_on:%Y-%m}", **_matrix_json(month.matrix)} for month in report.months
        ],
        "heat": [
            {
                "code": row.code,
                "name": row.name,
                "on_time_of_due": [_rounded(rates.on_time_of_due) for rates in row.rates],
                "due": [rates.due for rates in row.rates],
            }
            for row in report.heat
        ],
        "frozen": [one.as_json() for one in report.frozen],
    }


def _unit_json(unit: UnitScore) -> dict[str, Any]:
    return {
        "code": unit.code,
        "name": unit.name,
        "rank": unit.rank,
        "unranked": str(unit.unranked) if unit.unranked else None,
        **_score_json(unit.score),
    }


def _score_json(score: Score) -> dict[str, Any]:
    return {
        **_matrix_json(score.matrix),
        "late": score.lateness.count,
        "average_days_late": _rounded(score.lateness.average),
        "median_days_late": _rounded(score.lateness.median),
        "extended": score.extended,
        "extensions": score.extensions,
        "reminders": score.reminders,
        "answered": score.answered,
        "answered_of_given": _rounded(score.answered_of_given),
        "returned": score.returned,
    }


def _matrix_json(matrix: Matrix) -> dict[str, Any]:
    rates = matrix.rates
    return {
        "given": matrix.total,
        **cells_of(matrix),
        "due": rates.due,
        "completed": rates.completed,
        "completed_of_due": _rounded(rates.completed_of_due),
        "on_time_of_due": _rounded(rates.on_time_of_due),
    }


def _rounded(value: Fraction | None) -> float | None:
    return None if value is None else round(float(value), 4)
