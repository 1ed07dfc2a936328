"""What stands in the extract for evaluation under NĐ 335/2025/NĐ-CP, in which order?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from engine.evaluation import Cause, EvaluationReport, Extended, Product, Tally, Wait
from engine.model import HANOI
from engine.status import Status, Timeliness
from reports.paper import Band, Column, Kind, Paper, Row, Section, Table, Words
from reports.papers.scope import basis_of, lines_of
from reports.vietnamese import STATUS, day, number, percent, share

UNITS = (
    Column("Đơn vị", width=26),
    Column("Sản phẩm đến hạn trong kỳ", Kind.NUMBER, 9),
    Column("Đúng hạn", Kind.NUMBER, 8),
    Column("Trễ, đã xác nhận nguyên nhân khách quan", Kind.NUMBER, 11),
    Column("Trễ, chưa xác nhận nguyên nhân khách quan", Kind.NUMBER, 11),
    Column("Tỷ lệ trễ (trên số đến hạn)", Kind.RATE, 11),
    Column("Tỷ lệ trễ chưa xác nhận nguyên nhân khách quan (trên số đến hạn)", Kind.RATE, 13),
    Column("Hoàn thành trong kỳ, hạn ngoài kỳ hoặc không có hạn", Kind.NUMBER, 12),
)
PRODUCTS = (
    Column("STT", Kind.NUMBER, 4),
    Column("Công việc, sản phẩm", width=28),
    Column("Hạn gốc", Kind.DATE, 12),
    Column("Hạn gia hạn", Kind.DATE, 12),
    Column("Ngày hoàn thành", Kind.DATE, 12),
    Column("Ngày báo cáo", Kind.DATE, 12),
    Column("Tiến độ", width=11),
    Column("Số ngày trễ", Kind.NUMBER, 5),
    Column("Gia hạn theo văn bản", width=13),
    Column("Vướng ở đơn vị khác (đơn vị tự báo)", width=12),
    Column("Nguyên nhân khách quan đã xác nhận", width=18),
    Column("Kết quả, sản phẩm", width=30, is_wide_only=True),
    Column("Số ngày quá hạn gốc", Kind.NUMBER, 8, is_wide_only=True),
    Column("Tính trễ vào kỳ này", width=8, is_wide_only=True),
    Column("Tình trạng", width=18, is_wide_only=True),
    Column("Cơ quan chủ trì", width=24, is_wide_only=True),
    Column("Mã đơn vị", width=10, is_wide_only=True),
    Column("Mã nhiệm vụ", width=16, is_wide_only=True),
    Column("Văn bản giao", width=30, is_wide_only=True),
)
PROGRESS = {
    Timeliness.DONE_ON_TIME: "Hoàn thành đúng hạn",
    Timeliness.DONE_LATE: "Hoàn thành muộn",
    Timeliness.OPEN_IN_TIME: "Chưa hoàn thành, trong hạn",
    Timeliness.OPEN_LATE: "Chưa hoàn thành, quá hạn",
    Timeliness.NO_DEADLINE: "Hoàn thành, không có hạn",
}
NOTES = (
    "Trích xuất này nêu sự việc của từng đơn vị để phục vụ đánh giá theo Nghị định số 335/2025/NĐ-CP; "
    "không tính điểm, không xếp loại và không nêu tên cá nhân: điểm do người có thẩm quyền đánh giá "
    "quyết định.",
    "Trễ tính theo thời hạn hiện hành, bằng ngày lịch sau ngày làm việc cuối cùng được phép; mỗi sản phẩm "
    "chỉ tính trễ một lần, vào kỳ có thời hạn hiện hành.",
    "Nguyên nhân khách quan chỉ được tính là đã xác nhận khi có người xác nhận và số văn bản trong nhật ký; "
    "vướng ở đơn vị khác do đơn vị tự báo chưa phải là xác nhận.",
    "Gia hạn sau khi đã quá hạn chỉ đổi thời hạn về sau: số ngày đã quá hạn trước khi gia hạn được nêu kèm.",
    "Ngày hoàn thành là ngày đơn vị hoàn thành công việc, ngày báo cáo là ngày ghi nhận; nơi không ghi "
    "riêng ngày hoàn thành thì tính theo ngày báo cáo.",
)
BY_LOG = "người xác nhận ghi trong nhật ký"


def evaluation_paper(report: EvaluationReport) -> Paper:
    """Return the extract as a paper; whoever confirmed is named by post or unit, never by person."""
    return Paper(
        code="evaluation",
        title="Trích xuất tiến độ thực hiện nhiệm vụ phục vụ đánh giá",
        subject="Tiến độ thực hiện nhiệm vụ của các đơn vị, phục vụ đánh giá",
        as_of=report.query.as_of.astimezone(HANOI),
        lines=lines_of(report.query, report.documents),
        sections=(
            Section("units", "Theo đơn vị", (*map(Words, _overview(report)), _units(report))),
            Section("products", "Công việc, sản phẩm", (_products(report),), is_annex=True),
        ),
        notes=NOTES,
        basis=basis_of(report.rulebook, report.log_head),
    )


def _overview(report: EvaluationReport) -> Iterator[str]:
    total = report.total
    yield (
        f"{number(total.due)} sản phẩm đến hạn trong kỳ tại {number(len(report.units))} đơn vị: đúng hạn "
        f"{number(total.on_time)}, trễ {number(total.late)}, trong đó đã xác nhận nguyên nhân khách quan "
        f"{number(total.late_confirmed)}."
    )
    yield f"Trễ / đến hạn: {share(total.late, total.due)} = {percent(total.late_of_due)}"
    if report.undated:
        yield (
            f"{number(report.undated)} sản phẩm không ghi riêng ngày hoàn thành, được tính theo ngày "
            "báo cáo: nên đối chiếu trước khi dùng để đánh giá."
        )
    if report.undecided:
        yield (
            f"{number(report.undecided)} phần việc đang chờ quyết định về thời hạn, không có trong "
            "trích xuất."
        )


def _units(report: EvaluationReport) -> Table:
    lines = [(unit.name, *_figures(unit.tally)) for unit in report.units]
    total = ("Cộng", *_figures(report.total))
    return Table("units", "Tiến độ theo đơn vị", UNITS, lines, total)


def _figures(tally: Tally) -> Row:
    return (
        tally.due,
        tally.on_time,
        tally.late_confirmed,
        tally.late_unconfirmed,
        tally.late_of_due,
        tally.unconfirmed_of_due,
        tally.finished_only,
    )


def _products(report: EvaluationReport) -> Table:
    return Table("products", "Công việc, sản phẩm của từng đơn vị", PRODUCTS, list(_lines(report)))


def _lines(report: EvaluationReport) -> Iterator[Row | Band]:
    for unit in report.units:
        yield Band(f"{unit.name}: {number(unit.tally.total)} sản phẩm")
        yield from (_row(place, one, report.names) for place, one in enumerate(unit.products, start=1))


def _row(place: int, product: Product, names: Mapping[str, str]) -> Row:
    return (
        place,
        product.title,
        product.original_due_on,
        product.due_on if product.due_on != product.original_due_on else None,
        product.completed_on,
        product.reported_on,
        PROGRESS.get(product.cell, STATUS[Status.AWAITING_DECISION]),
        product.days_late,
        "; ".join(map(_extended, product.extended)) or None,
        "; ".join(_wait(one, names) for one in product.waits) or None,
        "; ".join(_cause(one, names) for one in product.causes) or None,
        product.expected or None,
        product.days_past_original,
        "có" if product.is_due_here else "không",
        STATUS[product.status],
        product.unit_name,
        product.unit,
        product.task,
        product.document,
    )


def _extended(one: Extended) -> str:
    late = f", khi đã quá hạn {number(one.days_late_by_then)} ngày" if one.days_late_by_then else ""
    return f"{one.document or 'không ghi số văn bản'}: đến {day(one.due_on)}{late}"


def _wait(one: Wait, names: Mapping[str, str]) -> str:
    whom = names.get(one.unit, one.unit) or "chưa rõ đơn vị"
    until = f"đến {day(one.until)}" if one.until else "chưa hết"
    return f"{whom}: từ {day(one.since)}, {until}"


def _cause(one: Cause, names: Mapping[str, str]) -> str:
    who = names.get(one.confirmed_by, BY_LOG)
    return f"{one.reason} ({who}, văn bản {one.document}, ngày {day(one.confirmed_on)})"
