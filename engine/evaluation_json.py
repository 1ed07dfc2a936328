"""How does the extract for evaluation read as plain data?"""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import Any

from engine.evaluation import EvaluationReport, Product, Tally
from engine.model import HANOI
from engine.report_filter import filter_json


def as_json(report: EvaluationReport) -> dict[str, Any]:
    """Return the report as the plain data of the JSON contract."""
    query = report.query
    return {
        "as_of": query.as_of.astimezone(HANOI).isoformat(timespec="seconds"),
        "rulebook": report.rulebook,
        "log_head": report.log_head,
        "filter": filter_json(query),
        "total": _tally_json(report.total),
        "undated": report.undated,
        "undecided": report.undecided,
        "units": [
            {
                "code": unit.code,
                "name": unit.name,
                **_tally_json(unit.tally),
                "products": [_product_json(product) for product in unit.products],
            }
            for unit in report.units
        ],
    }


def _tally_json(tally: Tally) -> dict[str, Any]:
    return {
        "total": tally.total,
        "due": tally.due,
        "on_time": tally.on_time,
        "late": tally.late,
        "late_confirmed": tally.late_confirmed,
        "late_unconfirmed": tally.late_unconfirmed,
        "finished_only": tally.finished_only,
        "late_of_due": _rounded(tally.late_of_due),
        "unconfirmed_of_due": _rounded(tally.unconfirmed_of_due),
    }


def _product_json(product: Product) -> dict[str, Any]:
    return {
        "task": product.task,
        "title": product.title,
        "expected": product.expected,
        "document": product.document,
        "original_due_on": _iso(product.original_due_on),
        "due_on": _iso(product.due_on),
        "completed_on": _iso(product.completed_on),
        "reported_on": _iso(product.reported_on),
        "timeliness": str(product.cell),
        "status": str(product.status),
        "days_late": product.days_late,
        "days_past_original": product.days_past_original,
        "is_due_here": product.is_due_here,
        "extensions": [
            {
                "due_on": _iso(one.due_on),
                "decided_on": _iso(one.decided_on),
                "document": one.document,
                "days_late_by_then": one.days_late_by_then,
            }
            for one in product.extended
        ],
        "waits": [
            {"unit": one.unit, "since": _iso(one.since), "until": _iso(one.until)} for one in product.waits
        ],
        "causes": [
            {
                "confirmed_by": one.confirmed_by,
                "confirmed_on": _iso(one.confirmed_on),
                "document": one.document,
                "reason": one.reason,
            }
            for one in product.causes
        ],
    }


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _rounded(value: Fraction | None) -> float | None:
    return None if value is None else round(float(value), 4)
