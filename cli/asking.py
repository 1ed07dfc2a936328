"""dondoc plan · log · check · mailbox: questions that change nothing."""

from __future__ import annotations

from argparse import Namespace, _SubParsersAction
from collections import Counter
from contextlib import suppress
from datetime import date, datetime
from pathlib import Path
from typing import Any

from cli.contracts import message_as_json, message_line
from cli.output import add_json, iso, print_json, progress_of, say
from cli.parsing import END, START
from engine.calendar import WorkCalendar
from engine.counting import doubtful_years
from engine.planning import Suppression
from engine.preview import Preview
from engine.problems import Problem, printed
from notifiers.mailbox import letters_of, read_letter
from store import records, rulebooks
from store.database import DatabaseUnavailable
from usecases import clock
from usecases.bring_in import ensure_registry
from usecases.checking import problems_in
from usecases.comparing import AHEAD
from usecases.configuration import WARNINGS
from usecases.errors import ConfigurationRejected, InputRejected, LogBroken, Refused
from usecases.look import plan_ahead
from usecases.rulefiles import rule_texts, rulebook_of
from usecases.ruling import unapplied_edit
from usecases.settings import Settings
from usecases.wiring import Office, open_office


def add_commands(commands: _SubParsersAction) -> None:  # type: ignore[type-arg]
    """Add the commands of this module."""
    plan = commands.add_parser("plan", help="xem trước: tin nào sẽ gửi cho ai trong một khoảng thời gian")
    plan.add_argument("--from", dest="first", type=START, metavar="LÚC", help="từ ngày; mặc định là bây giờ")
    plan.add_argument("--to", dest="last", type=END, metavar="LÚC", help="đến hết ngày; mặc định 90 ngày sau")
    plan.add_argument(
        "--rules", metavar="THƯ_MỤC", help="theo quy tắc trong thư mục này thay cho bộ đang có hiệu lực"
    )
    add_json(plan)
    plan.set_defaults(run=_plan)

    log = commands.add_parser("log", help="nhật ký chấp hành")
    log.add_argument(
        "what",
        choices=["verify", "rules"],
        metavar="VIỆC",
        help="verify: kiểm tra chuỗi nhật ký; rules: bộ quy tắc nào có hiệu lực từ khi nào",
    )
    add_json(log)
    log.set_defaults(run=_log)

    check = commands.add_parser("check", help="kiểm tra quy tắc và cấu hình, in mọi lỗi kèm dòng và cột")
    check.add_argument("folder", nargs="?", metavar="THƯ_MỤC", help="mặc định là DONDOC_CONFIG")
    check.add_argument("--at", type=END, metavar="LÚC", help="xét như vào ngày này; mặc định là hôm nay")
    add_json(check)
    check.set_defaults(run=_check)

    mailbox = commands.add_parser("mailbox", help="đọc hộp thư tại chỗ")
    mailbox.add_argument(
        "post", nargs="?", metavar="VỊ_TRÍ", help="ví dụ SYT/contact; bỏ trống để xem mọi thư"
    )
    mailbox.add_argument("number", nargs="?", type=int, metavar="SỐ", help="đọc thư thứ mấy, mới nhất là 1")
    mailbox.set_defaults(run=_mailbox)


# --- plan ----------------------------------------------------------------------------------


def _plan(arguments: Namespace) -> None:
    first = arguments.first or clock.now()
    last = arguments.last or first + AHEAD
    office = office_with_registry(first)
    if arguments.rules is not None:
        office = office.under(rulebook_of(rule_texts(Path(arguments.rules))))
    elif not_in_force := unapplied_edit(office):
        say(not_in_force)
    with progress_of("Xem trước") as tell:
        found = plan_ahead(office, first, last, tell)
    if arguments.json:
        print_json(plan_as_json(found))
    else:
        print("\n".join(_plan_lines(found)))
    for note in notes_on_years(first, last, office.world.calendar) if found.messages else ():
        say(note)


def _plan_lines(found: Preview) -> list[str]:
    totals = _totals(found)
    counted = f"{totals['messages']} tin, {totals['reminders']} lời nhắc"
    in_all = f"Cộng {counted}; {totals['suppressed']} lời nhắc không gửi."
    return [*map(message_line, found.messages), in_all]


def notes_on_years(first: datetime, last: datetime, calendar: WorkCalendar) -> list[str]:
    """Return what a person should know of the calendar of the years that a preview looks at."""
    years = (date(year, 1, 1) for year in range(first.year, last.year + 1))
    return [f"Lưu ý: {said}." for said in doubtful_years(years, calendar)]


def plan_as_json(found: Preview) -> dict[str, Any]:
    """Return a preview in the shape other programs rely on."""
    return {
        "messages": [message_as_json(message) for message in found.messages],
        "suppressed": [{"at": iso(at), **_suppressed(suppression)} for at, suppression in found.suppressions],
        "totals": _totals(found),
    }


def _totals(found: Preview) -> dict[str, Any]:
    by_level = Counter(message.level for message in found.messages)
    by_channel = Counter(message.channel for message in found.messages)
    by_reason = Counter(str(suppression.reason) for _, suppression in found.suppressions)
    return {
        "messages": len(found.messages),
        "reminders": sum(len(message.reminders) for message in found.messages),
        "suppressed": len(found.suppressions),
        "by_level": {str(level): count for level, count in sorted(by_level.items())},
        "by_channel": dict(sorted(by_channel.items())),
        "by_reason": dict(sorted(by_reason.items())),
    }


def _suppressed(suppression: Suppression) -> dict[str, Any]:
    return {
        "reason": str(suppression.reason),
        "message": suppression.detail,
        "assignment": suppression.assignment.id,
        "task": suppression.assignment.task.code,
        "unit": suppression.assignment.unit.code,
        "step": suppression.step,
        "level": suppression.level,
        "post": suppression.post,
        "falls_at": iso(suppression.falls_at),
    }


# --- log, check, mailbox -----------------------------------------------------------------


def _log(arguments: Namespace) -> None:
    if arguments.what == "rules":
        _log_rules(arguments.json)
    else:
        _log_verify(arguments)


def _log_rules(as_json: bool) -> None:
    """Show which rulebook came in force when, the latest first: its name brings it back."""
    with open_office().database.reading() as session:
        found = rulebooks.history(session)[::-1]
    if as_json:
        print_json(
            [{"at": iso(one.at), "old": one.old or None, "new": one.new, "by": one.by} for one in found]
        )
        return
    for one in found:
        by = f", {one.by}" if one.by else ""
        print(f"{one.at:%H:%M %d/%m/%Y}  {one.new}{f', thay bộ {one.old}' if one.old else ''}{by}")
    print("Đưa một bộ trở lại: dondoc apply MÃ" if found else "Chưa bộ quy tắc nào được đưa vào hiệu lực.")


def _log_verify(arguments: Namespace) -> None:
    with open_office().database.reading() as session:
        found = records.verify(session)
    result = {
        "ok": found.ok,
        "entries": found.entries,
        "head": found.head,
        "first_broken": found.first_broken,
    }
    if arguments.json:
        print_json(result)
    elif found.ok:
        print(f"Nhật ký nguyên vẹn: {found.entries} bản ghi, dấu cuối {found.head}.")
    if not found.ok:
        raise LogBroken(
            f"Nhật ký bị sửa hoặc mất từ bản ghi số {found.first_broken}; "
            "giữ nguyên máy này và báo người phụ trách."
        )


def _check(arguments: Namespace) -> None:
    folder = Path(arguments.folder) if arguments.folder else Settings().config
    if not folder.is_dir():
        raise InputRejected(f"không có thư mục '{folder}'; ghi đúng đường dẫn tới thư mục cấu hình")
    problems = problems_in(folder, (arguments.at or clock.now()).date())
    serious = [problem for problem in problems if problem.code not in WARNINGS]
    if arguments.json:
        print_json([_problem(problem) for problem in problems])
    else:
        print("\n".join((*map(printed, problems), *_verdict(folder, len(problems) - len(serious), serious))))
    if folder.resolve() == Settings().config.resolve():
        _say_what_is_not_in_force()
    if serious:
        raise ConfigurationRejected(f"{len(serious)} lỗi trong cấu hình.")


def _say_what_is_not_in_force() -> None:
    """Say that the rule files checked are not those in force; where no database answers, nothing."""
    with suppress(Refused, DatabaseUnavailable):
        if not_in_force := unapplied_edit(open_office()):
            say(not_in_force.partition("\n")[0])


def _verdict(folder: Path, warnings: int, serious: list[Problem]) -> list[str]:
    if serious:
        return []  # said on standard error, with the exit code
    added = f"; {warnings} điều cần xem ở trên, không cản việc chạy" if warnings else ""
    return [f"Cấu hình {folder.name}/ không có lỗi{added}."]


def _problem(problem: Any) -> dict[str, Any]:
    return {
        "source": problem.source,
        "line": problem.line,
        "column": problem.column,
        "code": problem.code,
        "message": problem.message,
        "hint": problem.hint,
        "severity": "warning" if problem.code in WARNINGS else "error",
    }


def _mailbox(arguments: Namespace) -> None:
    folder = Settings().mailbox
    letters = sorted(letters_of(folder, arguments.post), key=lambda letter: letter.date, reverse=True)
    if not letters:
        say(f"Chưa có thư nào trong {folder}.")
    elif arguments.number:
        if arguments.number > len(letters) or arguments.number < 1:
            raise InputRejected(f"chỉ có {len(letters)} thư; chọn số từ 1 đến {len(letters)}")
        print(read_letter(letters[arguments.number - 1].path))
    else:
        for number, letter in enumerate(letters[:50], start=1):
            print(f"{number:>3}  {letter.date:%d/%m/%Y %H:%M}  {letter.recipient}  {letter.subject}")
        if len(letters) > 50:
            print(f"… và {len(letters) - 50} thư cũ hơn trong {folder}")


def office_with_registry(at: datetime) -> Office:
    """Return the office; an empty registry takes the default plans first, and says so."""
    office = open_office()
    brought = ensure_registry(office, at)
    if brought:
        say(f"Sổ nhiệm vụ còn trống: đã nạp {len(brought)} kế hoạch mặc định trong config/registry.")
    return office
