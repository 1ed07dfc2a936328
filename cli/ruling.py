"""dondoc diff · dondoc apply: what would an edit of the rules do, and how does it come in force?"""

from __future__ import annotations

from argparse import Namespace, _SubParsersAction
from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

from cli.asking import office_with_registry
from cli.contracts import message_as_json, message_line
from cli.output import add_json, print_json, progress_of, say
from cli.parsing import END, OPENING, START
from engine.difference import Counts, Difference
from engine.messages import MessageDraft
from engine.planning import World
from reports.vietnamese import LEVEL
from usecases import clock
from usecases.comparing import AHEAD, busiest_stretch, compare, side_of
from usecases.ruling import Applied, put_rules_in_force, unapplied_edit
from usecases.settings import Settings
from usecases.wiring import Office

SHOWN = 12  # messages of each kind that a person reads before the figures become tiresome
IDLE_EDIT = (
    "Quy tắc có khác nhau nhưng không tin nào đổi: 'dondoc check' cho biết bậc nào chỉ gửi qua kênh "
    "đang đóng hoặc không có người nhận; nếu không, trong thời gian này không việc nào đến bậc đã sửa."
)
BUSY = "Để thấy tác động lúc nhiều việc đến hạn: 'dondoc diff --past --from {:%d/%m/%Y} --to {:%d/%m/%Y}'."
NOTHING_IN_FORCE = (
    "Chưa bộ quy tắc nào được đưa vào hiệu lực nên chưa có gì để so: chạy 'dondoc apply' một lần "
    "trước khi sửa, hoặc ghi rõ hai bên: 'dondoc diff THƯ_MỤC_CŨ THƯ_MỤC_MỚI'."
)
SIDE = "thư mục cấu hình, thư mục quy tắc, mã bộ quy tắc từng có hiệu lực, hoặc '-': bộ đang có hiệu lực"


def add_commands(commands: _SubParsersAction) -> None:  # type: ignore[type-arg]
    """Add the commands of this module."""
    diff = commands.add_parser(
        "diff",
        help="so sánh hai bộ quy tắc: tin nào thêm, bớt, đổi",
        epilog=("ví dụ: dondoc diff nháp\n       dondoc diff - nháp --from 1/7/2025 --to 31/12/2025 --past"),
    )
    diff.add_argument("old", nargs="?", default="-", metavar="CŨ", help=f"{SIDE}; mặc định '-'")
    diff.add_argument("new", nargs="?", metavar="MỚI", help=f"{SIDE}; mặc định là DONDOC_CONFIG")
    diff.add_argument(
        "--from",
        dest="first",
        type=START,
        metavar="LÚC",
        help="từ ngày; mặc định là bây giờ, với --past là 90 ngày trước",
    )
    diff.add_argument("--to", dest="last", type=END, metavar="LÚC", help="đến hết ngày; mặc định 90 ngày sau")
    diff.add_argument(
        "--past",
        action="store_true",
        help="diễn lại một kỳ đã qua theo việc đã ghi nhận, coi như chưa nhắc gì",
    )
    add_json(diff)
    diff.set_defaults(run=_diff)

    apply = commands.add_parser(
        "apply",
        help="đưa quy tắc vào hiệu lực sau khi kiểm tra và so sánh",
        epilog="ví dụ: dondoc apply, hoặc dondoc apply nháp --yes",
    )
    apply.add_argument("folder", nargs="?", metavar="THƯ_MỤC", help="mặc định là DONDOC_CONFIG")
    apply.add_argument("--yes", action="store_true", help="đồng ý cả khi số tin tăng nhiều lần")
    apply.add_argument("--at", type=OPENING, metavar="LÚC", help="thời điểm; mặc định là bây giờ")
    apply.add_argument("--by", default="", metavar="AI", help="vị trí hoặc người thực hiện")
    add_json(apply)
    apply.set_defaults(run=_apply)


# --- diff ----------------------------------------------------------------------------------


def _diff(arguments: Namespace) -> None:
    first, last = _stretch(arguments)
    office = office_with_registry(first)
    old, new = (side_of(office, name) for name in _sides(arguments))
    with progress_of("So sánh") as tell:
        found = compare(office, old, new, first, last, is_past=arguments.past, tell=tell)
    if arguments.json:
        print_json(difference_as_json(found))
    else:
        print("\n".join(_difference_lines(found, first, last)))
    if found.is_empty and (why := _why_nothing_changes(office, old, new, first, last)):
        say(why)


def _stretch(arguments: Namespace) -> tuple[datetime, datetime]:
    """Return from when to when to compare: the days ahead, or those behind with `--past`."""
    if arguments.past and arguments.first is None:
        last = arguments.last or clock.now()
        return last - AHEAD, last
    first = arguments.first or clock.now()
    return first, arguments.last or first + AHEAD


def _why_nothing_changes(office: Office, old: World, new: World, first: datetime, last: datetime) -> str:
    """Return what a person who edited something should know when no message changes."""
    if old.rulebook.fingerprint != new.rulebook.fingerprint:
        busy = busiest_stretch(office)
        is_elsewhere = busy and not (first.date() <= busy[0] and busy[1] <= last.date())
        return f"{IDLE_EDIT} {BUSY.format(*busy)}" if busy and is_elsewhere else IDLE_EDIT
    return "" if office.rules_in_force else NOTHING_IN_FORCE


def _sides(arguments: Namespace) -> tuple[str, str]:
    """Return both sides; one word alone is the new side, compared with what is in force."""
    if arguments.new is None and arguments.old != "-":
        return "-", arguments.old
    return arguments.old, arguments.new or str(Settings().config)


def difference_as_json(found: Difference) -> dict[str, Any]:
    """Return a difference in the shape other programs rely on; a change is the new message and the old."""
    levels = {str(level): asdict(counts) for level, counts in found.by_level.items()}
    return {
        "added": [message_as_json(message) for message in found.added],
        "removed": [message_as_json(message) for message in found.removed],
        "changed": [
            {**message_as_json(change.after), "before": message_as_json(change.before)}
            for change in found.changed
        ],
        "totals": {**asdict(found.totals), "by_level": levels},
    }


def _difference_lines(found: Difference, first: datetime, last: datetime) -> list[str]:
    totals = found.totals
    lines = [f"Từ {first:%d/%m/%Y} đến {last:%d/%m/%Y}: {_in_words(totals)}."]
    if found.is_empty:
        return [*lines, "Hai bộ quy tắc gửi cùng những tin như nhau."]
    lines += [f"  {_level(level):18} {_in_words(counts)}" for level, counts in found.by_level.items()]
    for words, messages in (
        ("Thêm", found.added),
        ("Bớt", found.removed),
        ("Đổi", [change.after for change in found.changed]),
    ):
        lines += _first_of(words, messages)
    return lines


def _in_words(counts: Counts) -> str:
    return (
        f"{counts.before} → {counts.after} tin "
        f"(thêm {counts.added}, bớt {counts.removed}, đổi {counts.changed})"
    )


def _level(level: int) -> str:
    return LEVEL.get(level, "đơn vị phối hợp")


def _first_of(words: str, messages: Iterable[MessageDraft]) -> list[str]:
    listed = list(messages)
    if not listed:
        return []
    lines = [f"{words}:", *(f"  {message_line(message)}, {_steps(message)}" for message in listed[:SHOWN])]
    return [*lines, f"  … và {len(listed) - SHOWN} tin nữa"] if len(listed) > SHOWN else lines


def _steps(message: MessageDraft) -> str:
    return "bậc " + ", ".join(sorted({reminder.step for reminder in message.reminders}))


# --- apply ---------------------------------------------------------------------------------


def _apply(arguments: Namespace) -> None:
    at = arguments.at or clock.now()
    office = office_with_registry(at)
    folder = Path(arguments.folder) if arguments.folder else office.settings.config
    with progress_of("So sánh 90 ngày tới") as tell:
        applied = put_rules_in_force(office, folder, at, arguments.by, arguments.yes, tell)
    if arguments.json:
        print_json(_applied_as_json(applied))
    else:
        print("\n".join(_applied_lines(applied)))
    left = unapplied_edit(office)
    if left:
        say(left)


def _applied_as_json(applied: Applied) -> dict[str, Any]:
    change = difference_as_json(applied.change)["totals"] if applied.change else None
    return {
        "applied": not applied.is_unchanged,
        "old": applied.old or None,
        "new": applied.new,
        "totals": change,
    }


def _applied_lines(applied: Applied) -> list[str]:
    if applied.is_unchanged:
        return [f"Quy tắc không đổi; bộ {applied.new} vẫn có hiệu lực."]
    before = f", thay bộ {applied.old}" if applied.old else ""
    lines = [f"Đã đưa bộ quy tắc {applied.new} vào hiệu lực{before}."]
    if applied.change:
        lines.append(f"  {AHEAD.days} ngày tới: {_in_words(applied.change.totals)}")
    return lines
