"""dondoc ack · report-done · accept · return · extend · block · dispute · cancel …: what somebody did."""

from __future__ import annotations

from argparse import Namespace, _SubParsersAction

from cli.output import add_json, iso, print_json, shown
from cli.parsing import OPENING, day
from engine.model import Fact, FactKind
from usecases import clock
from usecases.act import Recorded, record, waited_for
from usecases.causes import confirmer
from usecases.wiring import open_office

VERBS = (
    ("ack", FactKind.ACKNOWLEDGED, "đơn vị xác nhận đã nhận việc"),
    ("report-done", FactKind.REPORTED, "đơn vị báo cáo kết quả"),
    ("accept", FactKind.ACCEPTED, "nghiệm thu kết quả"),
    ("return", FactKind.RETURNED, "trả lại kết quả chưa đạt"),
    ("request-extension", FactKind.EXTENSION_REQUESTED, "đơn vị xin gia hạn đến --to, chờ quyết định"),
    ("extend", FactKind.EXTENDED, "gia hạn (cần --to và --document)"),
    ("refuse-extension", FactKind.EXTENSION_REFUSED, "không đồng ý gia hạn, giữ hạn hiện hành"),
    ("block", FactKind.BLOCKED, "ghi nhận đang vướng đơn vị khác, ghi ở --by"),
    ("unblock", FactKind.UNBLOCKED, "hết vướng"),
    ("dispute", FactKind.DISPUTED, "đơn vị cho là không phải việc của mình, chờ phân xử"),
    ("cancel", FactKind.CANCELLED, "hủy phần việc"),
    ("decide", FactKind.DECIDED, "quyết định điều đang chờ; --to đặt thời hạn"),
    (
        "confirm-cause",
        FactKind.CAUSE_CONFIRMED,
        "xác nhận việc trễ hạn có nguyên nhân khách quan (cần --by, --document và --reason)",
    ),
)


def add_commands(commands: _SubParsersAction) -> None:  # type: ignore[type-arg]
    """Add the commands of this module."""
    for verb, kind, words in VERBS:
        command = commands.add_parser(verb, help=words)
        command.add_argument("task", metavar="NHIỆM_VỤ", help="mã nhiệm vụ, ví dụ KH-UBND-2025-10/15")
        command.add_argument("--unit", metavar="MÃ", help="mã đơn vị; bỏ trống khi chỉ một đơn vị chủ trì")
        command.add_argument("--at", type=OPENING, metavar="LÚC", help="thời điểm; mặc định là bây giờ")
        if kind is FactKind.BLOCKED:
            command.add_argument(
                "--by", dest="blocker", default="", metavar="ĐƠN_VỊ", help="đơn vị đang vướng"
            )
            command.add_argument("--who", dest="by", default="", metavar="AI", help="vị trí hoặc người ghi")
        else:
            command.add_argument("--by", default="", metavar="AI", help="vị trí hoặc người thực hiện")
        command.add_argument("--document", default="", metavar="SỐ", help="số văn bản làm căn cứ")
        command.add_argument(
            "--note", "--reason", dest="note", default="", metavar="LỜI", help="ghi chú, lý do"
        )
        if kind in {FactKind.REPORTED, FactKind.ACCEPTED}:
            command.add_argument(
                "--on", type=day, metavar="NGÀY", help="ngày hoàn thành; mặc định là ngày báo"
            )
        if kind in {FactKind.EXTENDED, FactKind.DECIDED, FactKind.EXTENSION_REQUESTED}:
            is_needed = kind is not FactKind.DECIDED
            command.add_argument("--to", type=day, required=is_needed, metavar="NGÀY", help="thời hạn mới")
        add_json(command)
        command.set_defaults(run=_record, kind=kind)


def _record(arguments: Namespace) -> None:
    office = open_office()
    blocker = getattr(arguments, "blocker", "")
    is_confirmed = arguments.kind is FactKind.CAUSE_CONFIRMED and arguments.by
    fact = Fact(
        arguments.kind,
        arguments.at or clock.now(),
        confirmer(office, arguments.by) if is_confirmed else arguments.by,
        on=getattr(arguments, "on", None),
        due_on=getattr(arguments, "to", None),
        document=arguments.document,
        note=arguments.note,
        unit=waited_for(office, blocker).code if blocker else "",
    )
    recorded = record(office, arguments.task, arguments.unit, fact)
    if arguments.json:
        print_json([_as_json(one) for one in recorded])
    else:
        for one in recorded:
            print(f"{one.assignment}: {one.said}; thời hạn {shown(one.due_on)}")


def _as_json(recorded: Recorded) -> dict[str, object]:
    fact = recorded.fact
    return {
        "assignment": recorded.assignment,
        "kind": str(fact.kind),
        "at": iso(fact.at),
        "by": fact.by,
        "on": iso(fact.on),
        "due_on": iso(recorded.due_on),
        "document": fact.document,
        "note": fact.note,
        "blocked_by": fact.unit,
        "status": recorded.status,
    }
