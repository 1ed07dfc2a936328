"""Which plans and units does somebody mean who asks for a part of a report?

Names are understood as everywhere; what is not known is refused with what comes near, since a
filter that matches nothing would look like good news.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from difflib import get_close_matches

from engine.model import Document, ResolutionStatus
from engine.report_query import ReportQuery
from store import registry
from usecases.errors import InputRejected
from usecases.wiring import Office

_UNDERSTOOD = frozenset({ResolutionStatus.RESOLVED, ResolutionStatus.GROUP})
_MOST_NEAR = 5


def resolved(office: Office, query: ReportQuery) -> ReportQuery:
    """Return the query with the codes of the plans and units it names, in whatever words.

    Raises InputRejected for a plan or a unit nobody knows.
    """
    if not query.plans and not query.units:
        return query
    units = tuple(dict.fromkeys(code for name in query.units for code in _units(office, name)))
    names = tuple(office.directory.unit(code).name for code in units)
    return replace(query, plans=tuple(_plans(office, query.plans)), units=units, unit_names=names)


def _plans(office: Office, names: Iterable[str]) -> Iterator[str]:
    names = list(names)
    if not names:
        return
    with office.database.reading() as session:
        known = registry.documents(session)
    for name in names:
        yield _plan(name, known)


def _plan(name: str, known: list[Document]) -> str:
    """Return the code of a plan by its code or its number."""
    wanted = name.strip().casefold()
    found = [plan.code for plan in known if wanted in {plan.code.casefold(), plan.number.strip().casefold()}]
    if len(found) == 1:
        return found[0]
    if found:
        raise InputRejected(f"có nhiều kế hoạch số '{name}'; ghi mã: {', '.join(sorted(found))}")
    codes = {plan.code.casefold(): plan.code for plan in known}
    near = [codes[code] for code in get_close_matches(wanted, codes, n=_MOST_NEAR, cutoff=0.5)]
    listed = near or sorted(codes.values())[:_MOST_NEAR]
    hint = (
        f"ý bạn là {_quoted(near)}?" if near else f"các mã đang có: {', '.join(listed) or 'chưa có kế hoạch'}"
    )
    raise InputRejected(f"không có kế hoạch '{name}'; {hint}")


def _units(office: Office, name: str) -> list[str]:
    """Return the codes of a unit, or of all of a group."""
    by_code = {unit.code.casefold(): unit.code for unit in office.directory.units}
    if name.strip().casefold() in by_code:
        return [by_code[name.strip().casefold()]]
    reading = office.directory.resolve(name)
    if reading.status in _UNDERSTOOD and reading.units:
        return [unit.code for unit in reading.units]
    names = {unit.name.casefold(): unit.name for unit in office.directory.units}
    likely = [unit.name for unit in reading.candidates] or [
        names[one] for one in get_close_matches(name.strip().casefold(), names, n=_MOST_NEAR, cutoff=0.6)
    ]
    hint = (
        f"ý bạn là {_quoted(likely[:_MOST_NEAR])}?"
        if likely
        else "ghi mã hoặc tên đơn vị như trong units.yml"
    )
    raise InputRejected(f"không có đơn vị '{name}'; {hint}")


def _quoted(names: Iterable[str]) -> str:
    return " hay ".join(f"'{name}'" for name in names)
