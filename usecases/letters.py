"""What is known about letters: whose voice they speak with, and which were issued?"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from sqlmodel import Session

from engine.issued_letters import IssuedLetter
from engine.letters import LetterFacts, Voice
from engine.model import ResolutionStatus, Unit, UnitKind
from engine.report_query import ReportFacts
from store import records
from usecases.wiring import Office

LETTER_ISSUED = "letter-issued"
CHAIRMAN = "Chủ tịch UBND tỉnh"


def letter_facts(office: Office, facts: ReportFacts) -> LetterFacts:
    """Return what letters about the assignments of `facts` need, as of the moment of its query."""
    codes = {share.unit.code for share in facts.assignments}
    with office.database.reading() as session:
        issued = issued_letters(session, codes, facts.query.as_of)
    names = {unit.code: unit.name for unit in office.directory.units}
    return LetterFacts(voice_of(office), office.paperwork, issued, names)


def issued_letters(session: Session, unit_codes: Iterable[str], until: datetime) -> list[IssuedLetter]:
    """Return the letters recorded as issued to units up to a moment, in the order they were recorded."""
    kept = records.records_of(session, map(subject_of, unit_codes), until)
    return [
        IssuedLetter(
            subject.partition("/")[2],
            str(one.data["number"]),
            date.fromisoformat(one.data["on"]),
            tuple(one.data["plans"]),
            tuple(one.data["assignments"]),
        )
        for subject, entries in kept.items()
        for one in entries
        if one.kind == LETTER_ISSUED
    ]


def subject_of(unit_code: str) -> str:
    """Return under which subject letters to a unit are on record."""
    return f"letters/{unit_code}"


def voice_of(office: Office) -> Voice:
    """Return who speaks in the letters of the office, as its letterhead and settings say."""
    head = office.paperwork.letterhead
    issuer = _known(office, f"{head.issuer} {head.parent}") or _known(office, head.issuer)
    name = issuer.name if issuer else f"{head.issuer} {head.parent}".strip()
    code = issuer.code if issuer else ""
    if office.paperwork.demands != "chairman":
        return Voice(name, name, unit=code)
    is_itself = issuer is not None and issuer.kind is UnitKind.LEADERSHIP
    receiver = "UBND tỉnh" if is_itself else f"UBND tỉnh (qua {name})"
    return Voice(CHAIRMAN, receiver, is_chairman=True, unit=code)


def _known(office: Office, words: str) -> Unit | None:
    reading = office.directory.resolve(words)
    is_one = reading.status is ResolutionStatus.RESOLVED and len(reading.units) == 1
    return reading.units[0] if is_one else None
