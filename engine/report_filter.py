"""What was a report asked about, as plain data?"""

from __future__ import annotations

from typing import Any

from engine.report_query import ReportQuery


def filter_json(query: ReportQuery) -> dict[str, Any]:
    """Return the filter of a query for programs; what is empty or null left nothing out."""
    return {
        "plans": list(query.plans),
        "units": list(query.units),
        "kinds": [str(kind) for kind in query.kinds],
        "levels": list(query.levels),
        "first_on": query.first_on.isoformat() if query.first_on else None,
        "last_on": query.last_on.isoformat() if query.last_on else None,
    }
