"""dondoc diff · dondoc apply: what would an edit of the rules do, and how does it come in force?"""

from __future__ import annotations

import getpass
from argparse import Namespace, _SubParsersAction
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

from cli.asking import notes_on_years, office_with_registry
from cli.contracts import message_as_json, message_line
from cli.output import add_json, print_json, progress_of, say
from cli.parsing import END, OPENING, START
from engine.difference import Change, Counts, Difference
from engine.messages import MessageDraft
from engine.planning import World
from engine.rulebook import each_channel
from reports.vietnamese import LEVEL
from usecases import clock
from usecases.comparing import AHEAD, compare, side_of
from usecases.idle_edits import why_nothing_changes
from usecases.ruling import Applied, put_rules_in_force, unapplied_edit
from usecases.settings import Settings

STEPS_SHOWN = 4  # steps named for the messages that are not shown
SHOWN = 12  # messages of each kind that a person reads before the figures become tiresome
CLOSED = "Kênh đang đóng: {}; tin ở trên đi theo kênh kế tiếp của bậc cho đến khi mở trong channels.yml."
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
        epilog=(
            "ví dụ: dondoc apply, hoặc dondoc apply nháp --yes\n"
            "       dondoc apply 3f2a91c07be4: trở lại bộ cũ, mã có trong 'dondoc log rules'"
        ),
    )
    apply.add_argument(
        "folder",
        nargs="?",
        metavar="THƯ_MỤC",
        help="thư mục cấu hình hay quy tắc, hoặc mã bộ quy tắc từng có hiệu lực; mặc định là DONDOC_CONFIG",
    )
    apply.add_argument(
        "--yes",
        action="store_true",
        help="đồng ý cả khi số tin tăng nhiều lần, dồn vào một người, hoặc gần như không còn tin nào",
    )
    apply.add_argument(
        "--at",
        type=OPENING,
        metavar="LÚC",
        help="thời điểm ghi nhận, mặc định là bây giờ; quy tắc có hiệu lực ngay, không hẹn giờ",
    )
    apply.add_argument("--by", metavar="AI", help="ai thực hiện; mặc định là người dùng của máy")
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
    for note in _notes(found, new, first, last):
        say(note)
    if found.is_empty and (why := why_nothing_changes(office, old, new, first, last)):
        say(why)


def _stretch(arguments: Namespace) -> tuple[datetime, datetime]:
    """Return from when to when to compare: the days ahead, or those behind with `--past`."""
    if arguments.past and arguments.first is None:
        last = arguments.last or clock.now()
        return last - AHEAD, last
    first = arguments.first or clock.now()
    return first, arguments.last or first + AHEAD


def _notes(found: Difference, new: World, first: datetime, last: datetime) -> list[str]:
    """Return what a person cannot see in the messages and should know."""
    shown = (*found.added, *(change.after for change in found.changed))
    firsts = {reminder.via[:1] for message in shown for reminder in message.reminders}
    closed = sorted(via[0] for via in firsts if via and new.channels.isdisjoint(each_channel(via)))
    notes = [CLOSED.format(", ".join(closed))] if closed else []
    return [*notes, *notes_on_years(first, last, new.calendar)] if shown else notes


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
    lines += _level_lines(found)
    lines += _first_of("Thêm", [(message, "") for message in found.added])
    lines += _first_of("Bớt", [(message, "") for message in found.removed])
    return lines + _first_of("Đổi", [(change.after, _what_was(change)) for change in found.changed])


def _level_lines(found: Difference) -> list[str]:
    return [f"  {_level(level):18} {_in_words(counts)}" for level, counts in found.by_level.items()]


def _in_words(counts: Counts) -> str:
    return (
        f"{counts.before} → {counts.after} tin "
        f"(thêm {counts.added}, bớt {counts.removed}, đổi {counts.changed})"
    )


def _level(level: int) -> str:
    return LEVEL.get(level, "đơn vị phối hợp")


def _first_of(words: str, listed: Sequence[tuple[MessageDraft, str]]) -> list[str]:
    """Return the first messages, each with what it was before, and what the rest are."""
    if not listed:
        return []
    lines = [f"{words}:"]
    lines += [f"  {message_line(message)}, {_steps(message)}{was}" for message, was in listed[:SHOWN]]
    rest = [message for message, _ in listed[SHOWN:]]
    return [*lines, f"  {_rest(rest)}"] if rest else lines


def _rest(messages: Sequence[MessageDraft]) -> str:
    """Return in one line how many messages are not shown, of which steps and up to when."""
    steps = Counter(step for message in messages for step in _steps_in(message))
    counted = [f"{step} {count}" for step, count in steps.most_common(STEPS_SHOWN)]
    counted += ["…"] if len(steps) > STEPS_SHOWN else []
    until = max(message.not_before for message in messages)
    return f"… và {len(messages)} tin nữa, đến {until:%d/%m/%Y}: bậc {', '.join(counted)}; --json in đủ"


def _what_was(change: Change) -> str:
    """Return what a changed message was, as far as it is told otherwise now."""
    before, after = change.before, change.after
    was = [f"{before.not_before:%H:%M}"] if before.not_before != after.not_before else []
    if (tasks := _tasks(before)) != _tasks(after):
        was.append(f"{len(tasks)} nhiệm vụ" if len(tasks) != len(_tasks(after)) else "nhiệm vụ khác")
    if _steps_in(before) != _steps_in(after):
        was.append(_steps(before))
    if before.recipient.person != after.recipient.person:
        was.append(before.recipient.title)
    return f" — trước: {', '.join(was)}" if was else ""


def _tasks(message: MessageDraft) -> set[str]:
    return {reminder.assignment.task.code for reminder in message.reminders}


def _steps(message: MessageDraft) -> str:
    return f"bậc {', '.join(_steps_in(message))}"


def _steps_in(message: MessageDraft) -> list[str]:
    """Return the steps that a message tells of, the repeats of one as one."""
    return sorted({reminder.step.partition("#")[0] for reminder in message.reminders})


# --- apply ---------------------------------------------------------------------------------


def _apply(arguments: Namespace) -> None:
    at = arguments.at or clock.now()
    office = office_with_registry(at)
    folder = Path(arguments.folder) if arguments.folder else office.settings.config
    by = arguments.by or getpass.getuser()
    with progress_of("So sánh 90 ngày tới") as tell:
        applied = put_rules_in_force(office, folder, at, by, arguments.yes, tell)
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
        lines += [] if applied.change.is_empty else _level_lines(applied.change)
    return lines
