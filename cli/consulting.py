"""dondoc replies: who answered a consultation, and who has yet to?"""

from __future__ import annotations

from argparse import Namespace, _SubParsersAction
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from cli.files import bytes_of
from cli.output import add_json, iso, print_json, say, shown
from cli.parsing import OPENING, day
from engine.model import Unit
from engine.problems import Problem, printed
from intake.reply_words import Verdict
from usecases import clock
from usecases.configuration import load_directory
from usecases.consultation import SAID, Asked, Consulted, Matched, Outcome, consult, match_replies
from usecases.errors import UsageMistake
from usecases.settings import Settings
from usecases.wiring import open_office

OUTCOMES = {
    Outcome.RECORDED: "ý kiến mới ghi nhận",
    Outcome.KNOWN: "đã ghi từ trước",
    Outcome.SUPPLEMENT: "ý kiến bổ sung của đơn vị đã trả lời",
    Outcome.UNDATED: "chưa rõ ngày trả lời; ghi ngày bằng 'dondoc accept {code}/1 --unit MÃ --on NGÀY'",
    Outcome.UNASKED: "trả lời dù không có trong danh sách được hỏi",
    Outcome.UNRESOLVED: "chưa xác định được đơn vị; bổ sung tên gọi vào config/units.yml rồi đọc lại",
}
LISTED = (Outcome.UNDATED, Outcome.UNASKED, Outcome.UNRESOLVED)


def add_commands(commands: _SubParsersAction) -> None:  # type: ignore[type-arg]
    """Add the commands of this module."""
    command = commands.add_parser(
        "replies",
        help="đọc danh sách ý kiến trả lời; ghi nhận khi có --asked",
        epilog="ví dụ: dondoc replies to-trinh.docx --json\n"
        "       dondoc replies to-trinh.docx --asked 'Các sở, ban, ngành, địa phương' \\\n"
        "         --issued 2025-07-24 --due 2025-07-28 --title 'Dự thảo Kế hoạch'",
    )
    command.add_argument("file", metavar="TỆP", help="tờ trình hoặc bảng tổng hợp ý kiến")
    command.add_argument("--asked", metavar="CƠ_QUAN", help="đã hỏi những cơ quan nào; bỏ trống thì chỉ đọc")
    command.add_argument("--issued", type=day, metavar="NGÀY", help="ngày ban hành văn bản hỏi ý kiến")
    command.add_argument("--due", type=day, metavar="NGÀY", help="hạn trả lời")
    command.add_argument("--title", metavar="TÊN", help="hỏi về việc gì")
    command.add_argument("--number", default="", metavar="SỐ", help="số văn bản hỏi ý kiến")
    command.add_argument(
        "--by", default="", metavar="CƠ_QUAN", help="cơ quan hỏi ý kiến, không phải tự trả lời"
    )
    command.add_argument("--plan", metavar="MÃ", help="mã đợt hỏi ý kiến; bỏ trống thì đặt theo văn bản")
    command.add_argument("--at", type=OPENING, metavar="LÚC", help="thời điểm ghi; mặc định là bây giờ")
    add_json(command)
    command.set_defaults(run=_replies)


def _replies(arguments: Namespace) -> None:
    data, name = bytes_of(arguments.file), Path(arguments.file).name
    if arguments.asked is None:
        matched, problems = match_replies(load_directory(Settings().config), data, name)
        print_json([_as_json(one) for one in matched]) if arguments.json else print("\n".join(_read(matched)))
        _say(problems)
        return
    consulted = consult(open_office(), data, name, _asked(arguments), arguments.at or clock.now())
    if arguments.json:
        print_json(_consulted_as_json(consulted))
    else:
        print("\n".join(_recorded(consulted)))
    _say(consulted.problems)


def _asked(arguments: Namespace) -> Asked:
    needed = {"--issued": arguments.issued, "--due": arguments.due, "--title": arguments.title}
    missing = [option for option, value in needed.items() if not value]
    if missing:
        raise UsageMistake(f"ghi nhận ý kiến với --asked còn cần {', '.join(missing)}")
    return Asked(
        arguments.asked, arguments.title, arguments.issued, arguments.due,
        arguments.number, arguments.plan, arguments.by,
    )  # fmt: skip


def _read(matched: Sequence[Matched]) -> Iterator[str]:
    """Yield what a list says: how many of each verdict, and whom nobody knows."""
    tally = Counter(one.reply.verdict for one in matched)
    counts = " · ".join(f"{tally[verdict]} {SAID[verdict]}" for verdict in (*Verdict, None) if tally[verdict])
    yield f"{len(matched)} ý kiến trả lời: {counts}"
    for one in matched:
        code = one.unit.code if one.unit else "?"
        number = one.reply.number or "—"
        said = SAID[one.reply.verdict]
        yield f"  {code:>8}  {one.reply.unit_words}: {number} ngày {shown(one.reply.date)}, {said}"
    yield from _listed(Outcome.UNRESOLVED, [one for one in matched if one.unit is None])


def _recorded(consulted: Consulted) -> Iterator[str]:
    document = consulted.document
    yield f"{document.code}  {document.title}"
    counted = ((consulted.replies[outcome], OUTCOMES[outcome].partition(";")[0]) for outcome in Outcome)
    yield "  " + " · ".join(f"{len(found)} {words}" for found, words in counted if found)
    yield f"  {len(consulted.silent)} đơn vị chưa trả lời; xem 'dondoc report overdue' khi đã quá hạn"
    for outcome in LISTED:
        yield from _listed(outcome, consulted.replies[outcome], document.code)


def _listed(outcome: Outcome, matched: Iterable[Matched], code: str = "") -> Iterator[str]:
    found = list(matched)
    if found:
        yield f"{len(found)} ý kiến {OUTCOMES[outcome].format(code=code)}:"
    for one in found:
        yield f"  {one.reply.place}: '{one.reply.unit_words}'"
        yield from (f"    {said}" for said in one.reading.questions)


def _as_json(one: Matched) -> dict[str, Any]:
    return {
        "unit": one.unit.code if one.unit else None,
        "as_written": one.reply.unit_words,
        "number": one.reply.number,
        "date": iso(one.reply.date),
        "verdict": str(one.reply.verdict) if one.reply.verdict else None,
    }


def _consulted_as_json(consulted: Consulted) -> dict[str, Any]:
    return {
        "document": consulted.document.code,
        **{str(outcome): [_as_json(one) for one in consulted.replies[outcome]] for outcome in Outcome},
        "silent": [_unit(unit) for unit in consulted.silent],
    }


def _unit(unit: Unit) -> dict[str, str]:
    return {"code": unit.code, "name": unit.name}


def _say(problems: Iterable[Problem]) -> None:
    for problem in problems:
        say(printed(problem))
