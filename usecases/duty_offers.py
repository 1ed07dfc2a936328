"""Which recurring obligations does a document hold, and which of them has somebody accepted?"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date

from engine.answers import NotAnAnswer, QuestionKind, agreed, units_answered
from engine.model import Document, UnitReading
from engine.units import UnitDirectory
from intake.annex import Annex
from intake.duties import find_duties
from intake.registry import RegistryDocument
from intake.titles import short_title
from store.kept import StoredDuty
from usecases.reader import Reader
from usecases.staged import SETTLED, StagedDuty, StagedTask


def duties_of(
    annex: Annex, issued_on: date, match: RegistryDocument | None, reader: Reader
) -> Iterable[StagedDuty]:
    """Yield the duties found in the body: those the registry confirms in force, the others offered."""
    confirmed = {duty.as_written: duty for duty in match.duties} if match else {}
    for number, found in enumerate(find_duties(annex.body), start=1):
        known = confirmed.get(found.phrase)
        if known is not None:
            units = reader.directory.resolve(known.units)
            first = issued_on.replace(day=1)  # the month of issue is the first to be reported
            yield StagedDuty(known.id, known.title, known.as_written, units, first, found.sentence)
        else:
            yield StagedDuty(
                f"viec-dinh-ky-{number}", short_title(found.sentence), found.phrase,
                reader.directory.resolve(found.who), issued_on, found.sentence, False,
                found.period, found.cutoff, found.receiver,
            )  # fmt: skip


def duties_in_cells(tasks: Sequence[StagedTask], document: Document) -> Iterable[StagedDuty]:
    """Yield a duty for each row whose deadline comes back: it is offered with the row's lead units."""
    for task in tasks:
        deadline = task.deadline
        if not task.is_task or not deadline.rrule:
            continue
        starts_on = deadline.starts_on or document.issued_on
        id_ = f"stt-{task.code.removeprefix(f'{document.code}/')}"
        yield StagedDuty(
            id_, task.title, deadline.as_written, task.lead, starts_on, task.text, False, period=""
        )


def staged_duty(duty: StoredDuty, reader: Reader) -> StagedDuty:
    return StagedDuty(
        duty.id.removeprefix(f"{duty.document.code}/"), duty.title, duty.as_written,
        reader.directory.resolve(duty.units_as_written), duty.starts_on, duty.sentence,
        duty.is_in_force, duty.period, duty.cutoff, duty.receiver,
    )  # fmt: skip


def answered_duties(duties: Iterable[StagedDuty], reader: Reader) -> tuple[StagedDuty, ...]:
    return tuple(duty if duty.is_in_force else _answered_duty(duty, reader) for duty in duties)


def _answered_duty(duty: StagedDuty, reader: Reader) -> StagedDuty:
    """Return an offered duty, in force once somebody has accepted it for units that are known."""
    answer = reader.answers.find(QuestionKind.DUTY, duty.as_written, duty.id)
    if answer is None:
        return duty
    try:
        accepted, units = duty_answered(answer.value, duty.units, reader.directory)
    except NotAnAnswer:
        return duty
    return replace(duty, is_in_force=accepted, units=units)


def duty_answered(value: str, asked: UnitReading, directory: UnitDirectory) -> tuple[bool, UnitReading]:
    """Return whether a duty is accepted, and who owes it: "có", "không", or "có: Các sở, ban, ngành".

    Raises NotAnAnswer when it is accepted and nobody knows for whom.
    """
    word, _, names = value.partition(":")
    if not agreed(word):
        return False, asked
    units = units_answered(names, asked, directory) if names.strip() else asked
    if units.status not in SETTLED or not units.units:
        raise NotAnAnswer("chưa rõ đơn vị nào phải làm; ghi “có: ” rồi tên các cơ quan")
    return True, units
