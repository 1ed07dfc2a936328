"""What stands in the report on the results of plans, in which order?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from fractions import Fraction

from engine.model import Document
from engine.results import Group, Outcome, Part, PlanResult, ResultsReport, Tally, TaskResult
from engine.status import Status
from reports.paper import Band, Column, Kind, Paper, Row, Section, Table, Words
from reports.papers.scope import basis_of, cited, lines_of
from reports.vietnamese import STATUS, day, number

OUTCOME = {
    Outcome.DONE_ON_TIME: "Hoàn thành đúng hạn",
    Outcome.DONE_LATE: "Hoàn thành quá hạn",
    Outcome.DONE_UNDATED: "Hoàn thành, không có hạn",
    Outcome.OPEN_IN_TIME: "Chưa hoàn thành, trong hạn",
    Outcome.OPEN_LATE: "Chưa hoàn thành, quá hạn",
    Outcome.OPEN_UNDATED: "Chưa hoàn thành, chưa có hạn xác định",
    Outcome.AWAITING_DECISION: "Chờ quyết định",
}
GROUPS = (
    Column("Nhóm nhiệm vụ", width=30),
    *(Column(OUTCOME[outcome], Kind.NUMBER, 11) for outcome in OUTCOME),
    Column("Tổng số nhiệm vụ", Kind.NUMBER, 11),
    Column("Tỷ lệ hoàn thành (trên tổng số nhiệm vụ)", Kind.RATE, 12),
)
TASKS = (
    Column("STT", width=6),
    Column("Nhiệm vụ", width=36),
    Column("Cơ quan chủ trì", width=26),
    Column("Cơ quan phối hợp", width=18),
    Column("Hạn gốc", Kind.DATE, 13),
    Column("Gia hạn đến", Kind.DATE, 13),
    Column("Tình trạng", width=15),
    Column("Kết quả, văn bản; lý do chưa hoàn thành", width=30),
    Column("Ngày hoàn thành", Kind.DATE, 13),
    Column("Thời hạn ghi trong văn bản", width=18, is_wide_only=True),
    Column("Mã nhiệm vụ", width=16, is_wide_only=True),
    Column("Văn bản giao", width=28, is_wide_only=True),
)
UNITS_A_LINE = 10  # more names make a row that fits on no page
NOTES = (
    "Một nhiệm vụ hoàn thành khi mọi đơn vị chủ trì đã báo cáo kết quả và không bị trả lại; ngày hoàn thành "
    "là ngày làm xong, không phải ngày nghiệm thu.",
    "Nhiệm vụ có đơn vị chưa hoàn thành được tính theo phần việc chậm nhất.",
)
PERIOD_NOTE = (
    "Trong kỳ: phần việc hoàn thành trong kỳ, và phần việc chưa hoàn thành có thời hạn hiện hành trong kỳ; "
    "việc còn lại từ kỳ trước xem ở báo cáo quá hạn."
)


def results_paper(report: ResultsReport) -> Paper:
    """Return the report on results as a paper."""
    documents = [plan.document for plan in report.plans]
    return Paper(
        code="results",
        title="Báo cáo kết quả triển khai thực hiện nhiệm vụ",
        subject=f"Kết quả triển khai thực hiện {_whose(documents)}",
        as_of=report.as_of,
        lines=lines_of(report.query, documents),
        sections=tuple(_sections(report)),
        notes=tuple(_notes(report)),
        basis=basis_of(report.rulebook, report.log_head),
    )


def _whose(documents: Sequence[Document]) -> str:
    if len(documents) == 1:
        only = documents[0]
        return f"{cited(only)}, {only.title}" if only.number else only.title
    return f"nhiệm vụ của {number(len(documents))} văn bản" if documents else "nhiệm vụ"


def _sections(report: ResultsReport) -> Iterator[Section]:
    if not report.plans:
        yield Section("summary", "Kết quả chung", (Words("Không có nhiệm vụ nào thuộc phạm vi báo cáo."),))
        return
    told = tuple(Words(f"{cited(plan.document)}: {counted(plan.tally)}.") for plan in report.plans)
    yield Section("summary", "Kết quả chung", (*told, _summary(report)))
    yield Section("tasks", "Kết quả thực hiện từng nhiệm vụ", (_tasks(report),), is_annex=True)


def counted(tally: Tally) -> str:
    """Return "hoàn thành 9/17 nhiệm vụ", and what the others are."""
    others = (
        (Outcome.OPEN_LATE, "quá hạn"),
        (Outcome.OPEN_IN_TIME, "trong hạn"),
        (Outcome.OPEN_UNDATED, "chưa có hạn xác định"),
        (Outcome.AWAITING_DECISION, "chờ quyết định"),
    )
    said = [f"{number(tally.of(outcome))} {words}" for outcome, words in others if tally.of(outcome)]
    done = f"hoàn thành {number(tally.done)}/{number(tally.total)} nhiệm vụ"
    return f"{done}; còn {', '.join(said)}" if said else done


def _summary(report: ResultsReport) -> Table:
    lines: list[Row | Band] = []
    for plan in report.plans:
        if len(report.plans) > 1:
            lines.append(Band(cited(plan.document)))
        lines += [_tally_row(group.label or "Các nhiệm vụ", group.tally) for group in plan.groups]
    total = _tally_row("Cộng", report.tally)
    return Table("groups", "Số nhiệm vụ theo nhóm và kết quả", GROUPS, lines, total)


def _tally_row(label: str, tally: Tally) -> Row:
    rate = Fraction(tally.done, tally.total) if tally.total else None
    return label, *(tally.of(outcome) for outcome in OUTCOME), tally.total, rate


def _tasks(report: ResultsReport) -> Table:
    lines: list[Row | Band] = []
    for plan in report.plans:
        if len(report.plans) > 1:
            lines.append(Band(f"{cited(plan.document)} ({counted(plan.tally)})"))
        lines += _plan_lines(plan)
    return Table("tasks", "Kết quả thực hiện từng nhiệm vụ", TASKS, lines)


def _plan_lines(plan: PlanResult) -> Iterator[Row | Band]:
    for group in plan.groups:
        if group.label:
            yield Band(f"{group.label} ({counted(group.tally)})")
        yield from _group_lines(group)


def _group_lines(group: Group) -> Iterator[Row]:
    for result in group.tasks:
        if len(result.parts) == 1:
            only = result.parts[0]
            yield _row(result, [only], OUTCOME[only.outcome], told(only), only.done_on)
        else:
            yield from _shared_task(result)


def _shared_task(result: TaskResult) -> Iterator[Row]:
    """Yield the line of a task that several units lead, then its units, those that stand alike together.

    Where all stand alike the line says how, and no unit is named that the plan does not name.
    """
    whole = f"Hoàn thành {number(result.done)}/{number(len(result.parts))} đơn vị"
    days = [part.done_on for part in result.parts if part.done_on]
    done_on = max(days, default=None) if result.outcome.is_done else None
    alike = _alike(result.parts)
    if len(alike) == 1:
        said = "; ".join(filter(None, (whole, told(result.parts[0]))))
        yield _row(result, result.parts, OUTCOME[result.outcome], said, done_on)
        return
    yield _row(result, result.parts, OUTCOME[result.outcome], whole, done_on)
    for parts in alike:
        yield from _units_lines(result.task.code, parts)


def _alike(parts: Sequence[Part]) -> list[list[Part]]:
    """Return parts that a line can tell together, the gravest first."""
    found: dict[tuple[object, ...], list[Part]] = {}
    order = list(Outcome)
    for part in sorted(parts, key=lambda part: order.index(part.outcome)):
        key = part.outcome, told(part), part.original_due_on, _extended(part), part.done_on
        found.setdefault(key, []).append(part)
    return list(found.values())


def _units_lines(code: str, parts: Sequence[Part]) -> Iterator[Row]:
    first = parts[0]
    for start in range(0, len(parts), UNITS_A_LINE):
        names = ", ".join(part.unit_name for part in parts[start : start + UNITS_A_LINE])
        yield (
            "", "", names, "", first.original_due_on, _extended(first), OUTCOME[first.outcome], told(first),
            first.done_on, "", code, "",
        )  # fmt: skip


def _row(result: TaskResult, parts: Sequence[Part], state: str, said: str, done_on: date | None) -> Row:
    originals = {part.original_due_on for part in parts}
    extended = {_extended(part) for part in parts}
    task = result.task
    return (
        task.number or "", task.title, result.leads, result.supporting,
        originals.pop() if len(originals) == 1 else None, extended.pop() if len(extended) == 1 else None,
        state, said, done_on, task.deadline.as_written, task.code, cited(task.document),
    )  # fmt: skip


def _extended(part: Part) -> date | None:
    return part.due_on if part.due_on != part.original_due_on else None


def told(part: Part) -> str:
    """Return what was done and on which document, or why it is still open."""
    return "; ".join(_done(part) if part.outcome.is_done else _open(part))


def _done(part: Part) -> Iterator[str]:
    if part.said:
        yield part.said
    yield from part.documents
    if part.status is Status.REPORTED:
        yield "chờ nghiệm thu"
    elif part.accepted_on:
        yield f"nghiệm thu ngày {day(part.accepted_on)}"


def _open(part: Part) -> Iterator[str]:
    if part.outcome is Outcome.AWAITING_DECISION:
        return
    if part.days_late:
        yield f"quá hạn {number(part.days_late)} ngày"
    if part.status is Status.BLOCKED:
        since = f" từ ngày {day(part.blocked_on)}" if part.blocked_on else ""
        yield f"đang chờ {part.waits_for or 'đơn vị khác'}{since}"
    else:
        words = STATUS[part.status]
        yield words[:1].lower() + words[1:]
    if part.wished_on:
        yield f"đề nghị gia hạn đến {day(part.wished_on)}, chờ quyết định"
    elif part.extensions:
        yield f"đã gia hạn {number(part.extensions)} lần"


def _notes(report: ResultsReport) -> Iterator[str]:
    yield from NOTES
    if report.query.first_on or report.query.last_on:
        yield PERIOD_NOTE
    if report.cancelled:
        yield f"{number(report.cancelled)} phần việc đã hủy giao: không tính trong báo cáo này."
