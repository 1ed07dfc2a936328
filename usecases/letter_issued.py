"""A letter was signed and sent: it goes on record, and the next one is lần thứ mấy follows.

The machine drafts, people sign: a draft counts for nothing, so an issued letter is told by whoever
gave it its number. What it spoke of is what the draft of its day lists.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time

from engine.issued_letters import IssuedLetter, standing_letters
from engine.letters import Letter, letters_of
from engine.model import HANOI, Unit
from engine.report_query import ReportQuery
from store import records
from usecases.act import waited_for
from usecases.errors import InputRejected
from usecases.letters import LETTER_ISSUED, issued_letters, letter_facts, subject_of
from usecases.report_facts import facts_of
from usecases.wiring import Office

LONGEST = 50  # more signs are no number but a sentence


@dataclass(frozen=True, slots=True)
class RecordedLetter:
    """A letter on record; `is_new` is False when it was there already, `replaces` the day it corrects."""

    letter: IssuedLetter
    unit: Unit
    count: int
    is_new: bool = True
    replaces: date | None = None


def record_letter(
    office: Office,
    unit: str,
    number: str,
    on: date,
    at: datetime,
    as_of: datetime | None = None,
    plans: tuple[str, ...] = (),
    by: str = "",
) -> RecordedLetter:
    """Record at `at` that a letter to a unit was issued on a day.

    It spoke of what the draft as of `as_of` lists, by default as of the end of its day, or now.
    Told again it changes nothing; with another day in the same year it is corrected. Raises
    InputRejected when it cannot be, or when there was nothing to write about.
    """
    to, number = waited_for(office, unit), number.strip()
    _check(number, on, at, as_of)
    moment = as_of or min(at, datetime.combine(on, time(23, 59, 59), HANOI))
    draft = _draft(office, to, ReportQuery(moment, plans=plans, units=(to.code,)))
    documents = tuple(document.code for document in draft.documents)
    letter = IssuedLetter(to.code, number, on, documents, tuple(row.assignment for row in draft.rows))
    with office.database.writing() as session:
        known = issued_letters(session, [to.code], at)
        same = [one for one in known if (one.number, one.on.year) == (number, on.year)]
        others = [
            one for one in standing_letters(known) if one not in same and set(one.plans) & set(documents)
        ]
        count = sum(one.on <= on for one in others) + 1
        if same and same[-1].on == on:
            return RecordedLetter(same[-1], to, count, is_new=False)
        records.append(session, at, LETTER_ISSUED, subject_of(to.code), _data(letter, by))
    return RecordedLetter(letter, to, count, replaces=same[-1].on if same else None)


def _check(number: str, on: date, at: datetime, as_of: datetime | None) -> None:
    today = at.astimezone(HANOI).date()
    if not any(sign.isdigit() for sign in number) or len(number) > LONGEST:
        raise InputRejected(f"'{number}' không phải số, ký hiệu công văn; ghi như 45/VP-KGVX sau --number")
    if on > today:
        raise InputRejected(f"ngày công văn {on:%d/%m/%Y} sau ngày ghi {today:%d/%m/%Y}; sửa --date")
    if as_of is not None and as_of > at:
        raise InputRejected(f"--as-of {as_of:%d/%m/%Y} sau lúc ghi; ghi lúc đã lập dự thảo")


def _draft(office: Office, to: Unit, query: ReportQuery) -> Letter:
    facts = facts_of(office, query)
    found = letters_of(facts, letter_facts(office, facts)).letters
    if not found:
        raise InputRejected(
            f"{to.name} không có việc quá hạn hay sắp đến hạn nào để đôn đốc lúc "
            f"{query.as_of.astimezone(HANOI):%H:%M %d/%m/%Y}; ghi --as-of là lúc đã lập dự thảo công văn"
        )
    return found[0]


def _data(letter: IssuedLetter, by: str) -> dict[str, object]:
    said: dict[str, object] = {
        "number": letter.number,
        "on": letter.on.isoformat(),
        "plans": list(letter.plans),
        "assignments": list(letter.assignments),
    }
    return said | ({"by": by} if by else {})
