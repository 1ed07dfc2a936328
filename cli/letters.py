"""dondoc letter-issued: a công văn đôn đốc was signed and sent, under this number, on this day."""

from __future__ import annotations

from argparse import Namespace, _SubParsersAction

from cli.output import add_json, iso, print_json
from cli.parsing import END, OPENING, day
from usecases import clock
from usecases.letter_issued import RecordedLetter, record_letter
from usecases.wiring import open_office


def add_commands(commands: _SubParsersAction) -> None:  # type: ignore[type-arg]
    """Add the commands of this module."""
    command = commands.add_parser(
        "letter-issued",
        help="ghi nhận công văn đôn đốc đã ban hành, để lần sau đếm đúng và báo cáo dẫn số",
        epilog="ví dụ: dondoc letter-issued SYT --number 45/VP-KGVX --date 2025-09-16",
    )
    command.add_argument("unit", metavar="ĐƠN_VỊ", help="đơn vị nhận, mã hoặc tên")
    command.add_argument("--number", required=True, metavar="SỐ", help="số, ký hiệu đã cấp")
    command.add_argument("--date", dest="on", type=day, required=True, metavar="NGÀY", help="ngày ban hành")
    command.add_argument(
        "--as-of", type=END, metavar="LÚC", help="lúc đã lập dự thảo; mặc định là cuối ngày ban hành"
    )
    command.add_argument(
        "--plan",
        action="append",
        default=[],
        metavar="MÃ",
        help="chỉ về văn bản giao này; ghi được nhiều lần",
    )
    command.add_argument("--by", default="", metavar="AI", help="vị trí hoặc người ghi")
    command.add_argument("--at", type=OPENING, metavar="LÚC", help="thời điểm ghi; mặc định là bây giờ")
    add_json(command)
    command.set_defaults(run=_issued)


def _issued(arguments: Namespace) -> None:
    found = record_letter(
        open_office(), arguments.unit, arguments.number, arguments.on, arguments.at or clock.now(),
        arguments.as_of, tuple(arguments.plan), arguments.by,
    )  # fmt: skip
    print_json(_as_json(found)) if arguments.json else print(_said(found))


def _said(found: RecordedLetter) -> str:
    letter = found.letter
    named = f"Công văn số {letter.number} ngày {letter.on:%d/%m/%Y} gửi {found.unit.name}"
    if not found.is_new:
        return f"{named}: đã ghi từ trước, không ghi gì thêm"
    corrected = f", thay cho ngày {found.replaces:%d/%m/%Y} ghi trước đây" if found.replaces else ""
    return f"{named}: đã ghi là lần {found.count}, về {len(letter.assignments)} nhiệm vụ{corrected}"


def _as_json(found: RecordedLetter) -> dict[str, object]:
    letter = found.letter
    return {
        "unit": letter.unit,
        "unit_name": found.unit.name,
        "number": letter.number,
        "on": iso(letter.on),
        "count": found.count,
        "plans": list(letter.plans),
        "assignments": list(letter.assignments),
        "is_new": found.is_new,
        "replaces": iso(found.replaces),
    }
