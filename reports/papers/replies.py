"""What stands in the report on consultations: who answered how, and who is still to answer?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from fractions import Fraction

from engine.reply_report import Answer, ConsultationReplies, Opinion, OtherReply, RepliesReport, ReplyRow
from engine.status import Status
from reports.paper import Band, Column, Kind, Paper, Row, Section, Table, Words
from reports.papers.scope import basis_of, cited, lines_of
from reports.vietnamese import STATUS, number

ANSWER = {
    Answer.OVERDUE: "Chưa trả lời, quá hạn",
    Answer.WAITED_FOR: "Chưa trả lời, còn hạn",
    Answer.UNDATED: "Đã trả lời, chưa rõ ngày",
    Answer.LATE: "Trả lời muộn",
    Answer.IN_TIME: "Trả lời đúng hạn",
}
OPINION = {
    Opinion.AGREE: "Thống nhất",
    Opinion.COMMENT: "Có ý kiến góp ý",
    Opinion.UNCLEAR: "Không rõ ý kiến",
}
COUNTED = (Answer.IN_TIME, Answer.LATE, Answer.UNDATED, Answer.WAITED_FOR, Answer.OVERDUE)
CONSULTATIONS = (
    Column("Văn bản hỏi ý kiến", width=40),
    Column("Hạn trả lời", Kind.DATE, 11),
    *(Column(ANSWER[answer], Kind.NUMBER, 10) for answer in COUNTED),
    Column("Số đơn vị được hỏi", Kind.NUMBER, 10),
    Column("Tỷ lệ đã trả lời (trên số được hỏi)", Kind.RATE, 11),
    Column("Tỷ lệ đúng hạn (trên số được hỏi)", Kind.RATE, 11),
)
OPINIONS = (
    Column("Văn bản hỏi ý kiến", width=40),
    *(Column(OPINION[opinion], Kind.NUMBER, 12) for opinion in Opinion),
    Column("Số đơn vị đã trả lời", Kind.NUMBER, 12),
)
OTHERS = (
    Column("Cơ quan trả lời (như văn bản ghi)", width=32),
    Column("Số văn bản", width=20),
    Column("Ngày", Kind.DATE, 11),
    Column("Ý kiến", width=18),
    Column("Là", width=32),
)
UNITS = (
    Column("STT", Kind.NUMBER, 6),
    Column("Cơ quan được hỏi", width=32),
    Column("Tình trạng", width=22),
    Column("Ý kiến", width=18),
    Column("Số văn bản trả lời", width=20),
    Column("Ngày trả lời", Kind.DATE, 11),
    Column("Số ngày muộn", Kind.NUMBER, 9),
    Column("Ghi chú", width=24),
    Column("Mã đơn vị", width=11, is_wide_only=True),
    Column("Mã đợt hỏi ý kiến", width=18, is_wide_only=True),
)
NOTES = (
    "Trả lời tính theo ngày của văn bản trả lời; không cần nghiệm thu.",
    "Đơn vị trả lời mà chưa rõ ngày không tính là đúng hạn hay muộn cho đến khi có người ghi ngày.",
)


def replies_paper(report: RepliesReport) -> Paper:
    """Return the report on consultations as a paper."""
    return Paper(
        code="replies",
        title="Báo cáo tình hình trả lời ý kiến",
        subject="Tình hình trả lời văn bản hỏi ý kiến",
        as_of=report.as_of,
        lines=lines_of(report.query),
        sections=tuple(_sections(report)),
        notes=NOTES if report.consultations else (),
        basis=basis_of(report.rulebook, report.log_head),
    )


def _sections(report: RepliesReport) -> Iterator[Section]:
    if not report.consultations:
        yield Section(
            "summary", "Kết quả chung", (Words("Không có văn bản hỏi ý kiến nào thuộc phạm vi báo cáo."),)
        )
        return
    said = tuple(Words(_said(one)) for one in report.consultations)
    yield Section("summary", "Kết quả chung", (*said, _summary(report), _opinions(report)))
    if any(one.others for one in report.consultations):
        yield Section("others", "Ý kiến không làm thay đổi tình trạng trả lời", (_others(report),))
    yield Section("units", "Tình hình trả lời của từng cơ quan", (_units(report),), is_annex=True)


def _said(one: ConsultationReplies) -> str:
    asked, silent = len(one.rows), one.count(Answer.OVERDUE, Answer.WAITED_FOR)
    said = f"{_named(one)}: {number(one.answered)}/{number(asked)} đơn vị đã trả lời"
    return f"{said}; còn {number(silent)} đơn vị chưa trả lời." if silent else f"{said}."


def _named(one: ConsultationReplies) -> str:
    return f"{cited(one.document)}, {one.title}" if one.document.number else cited(one.document)


def _summary(report: RepliesReport) -> Table:
    lines = [_counts(_named(one), [one], one.due_on) for one in report.consultations]
    total = _counts("Cộng", report.consultations, None)
    return Table("consultations", "Số đơn vị theo tình trạng trả lời", CONSULTATIONS, lines, total)


def _counts(label: str, found: Sequence[ConsultationReplies], due_on: date | None) -> Row:
    asked = sum(len(one.rows) for one in found)
    answered = sum(one.answered for one in found)
    in_time = sum(one.count(Answer.IN_TIME) for one in found)
    return (
        label, due_on, *(sum(one.count(answer) for one in found) for answer in COUNTED), asked,
        Fraction(answered, asked), Fraction(in_time, asked),
    )  # fmt: skip


def _opinions(report: RepliesReport) -> Table:
    lines = [_said_so(_named(one), [one]) for one in report.consultations]
    total = _said_so("Cộng", report.consultations)
    return Table("opinions", "Ý kiến của các đơn vị đã trả lời", OPINIONS, lines, total)


def _said_so(label: str, found: Sequence[ConsultationReplies]) -> Row:
    counts = [sum(one.opinions(opinion) for one in found) for opinion in Opinion]
    return label, *counts, sum(one.answered for one in found)


def _others(report: RepliesReport) -> Table:
    lines: list[Row | Band] = []
    for one in report.consultations:
        if one.others:
            lines.append(Band(_named(one)))
            lines += map(_other, one.others)
    return Table("others", "Ý kiến bổ sung, và ý kiến ngoài danh sách được hỏi", OTHERS, lines)


def _other(reply: OtherReply) -> Row:
    what = "bổ sung của đơn vị đã trả lời" if reply.is_supplement else "ngoài danh sách được hỏi"
    return reply.by, reply.number, reply.on, OPINION[reply.opinion], what


def _units(report: RepliesReport) -> Table:
    lines: list[Row | Band] = []
    for one in report.consultations:
        lines.append(Band(_said(one).rstrip(".")))
        lines += [_unit(place, row, one.document.code) for place, row in enumerate(one.rows, start=1)]
    return Table("units", "Tình hình trả lời của từng cơ quan", UNITS, lines)


def _unit(place: int, row: ReplyRow, consultation: str) -> Row:
    return (
        place, row.unit_name, ANSWER[row.answer], OPINION[row.opinion] if row.opinion else "", row.number,
        row.on, row.days_late or None, _remark(row), row.unit, consultation,
    )  # fmt: skip


def _remark(row: ReplyRow) -> str:
    """Return what else is on record: words of the answer beyond its verdict, or how the silent stand."""
    if row.answer.is_answered:
        verdict = OPINION[row.opinion].lower() if row.opinion else ""
        return "" if row.said.lower() == verdict else row.said
    return "" if row.status is Status.OPEN else STATUS[row.status]
