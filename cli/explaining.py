"""dondoc explain: why was somebody told, why not, and what comes next?"""

from __future__ import annotations

from argparse import Namespace, _SubParsersAction
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from cli.asking import office_with_registry
from cli.contracts import deadline_as_json
from cli.output import add_json, iso, print_json, shown
from cli.parsing import OPENING
from engine.counting import CountedDay, doubtful_years, words_of
from engine.explanation import Explanation, StepState, StepTrace
from engine.hindrances import ChannelState
from engine.model import ResolutionStatus
from engine.planning import SAID_WHY_NOT
from reports.vietnamese import STATUS
from store.kept import StoredTask
from usecases import clock
from usecases.look import explain
from usecases.quoting import WAYS
from usecases.then import is_past
from usecases.wiring import Office

CHANNEL_SAID = {
    ChannelState.CHOSEN: "✔ dùng kênh này",
    ChannelState.SPARE: "✔ dự phòng",
    ChannelState.CLOSED: "✘ chưa mở",
    ChannelState.NO_ADDRESS: "✘ người nhận chưa có địa chỉ",
}
OF_TODAY = (
    "  Thời điểm này đã qua: lời ghi nhiệm vụ, tên đơn vị, người giữ vị trí, kênh mở và chạy thử là của\n"
    "  hôm nay; sự việc, quy tắc, lịch, địa chỉ và những gì đã gửi là của lúc đó."
)
_TOLD = frozenset({StepState.PENDING, StepState.DELIVERED, StepState.UNDELIVERABLE})
NOBODY_OWES = "chưa xác định được đơn vị chủ trì; cần người quyết định"


def add_commands(commands: _SubParsersAction) -> None:  # type: ignore[type-arg]
    """Add the commands of this module."""
    why = commands.add_parser("explain", help="vì sao được nhắc, vì sao không, và bước tiếp theo")
    why.add_argument("task", metavar="NHIỆM_VỤ", help=WAYS)
    why.add_argument("--unit", metavar="ĐƠN_VỊ", help="mã hoặc tên đơn vị")
    why.add_argument("--days", action="store_true", help="đếm từng ngày cho mọi bậc, không chỉ bậc tới")
    why.add_argument("--at", type=OPENING, metavar="LÚC", help="thời điểm; mặc định là bây giờ")
    add_json(why)
    why.set_defaults(run=_explain)


def _explain(arguments: Namespace) -> None:
    at = arguments.at or clock.now()
    office = office_with_registry(at)
    task, traces = explain(office, arguments.task, arguments.unit, at)
    if arguments.json:
        today = office.rulebook.fingerprint
        then = traces[0].rulebook if traces else today
        shared = {**_task_as_json(task, office), "at": iso(at), "rulebook": then, "rulebook_today": today,
                  "is_past": is_past(office, at)}  # fmt: skip
        print_json({**shared, **_share_as_json(traces, office)})
    else:
        of_today = [OF_TODAY] if is_past(office, at) else []
        print("\n".join([*_task_lines(task), *_share_lines(traces, office, arguments.days), *of_today]))


def _task_as_json(stored: StoredTask, office: Office) -> dict[str, Any]:
    task = stored.task
    document = task.document
    return {
        "task": task.code,
        "title": task.title,
        "document": {"code": document.code, "number": document.number, "title": document.title},
        "tags": list(task.tags),
        "deadline": deadline_as_json(task.deadline, office.world.calendar),
        "problems": [{"code": code, "message": message} for code, message in stored.problems],
    }


def _share_as_json(traces: list[Explanation], office: Office) -> dict[str, Any]:
    """Return the first share in full and every share in short; name a unit to see its own in full."""
    first = traces[0] if traces else None
    rule, policy = (first.rule, first.policy) if first else (None, None)
    coming = first.next_step if first else None
    return {
        "unit": first.assignment.unit.code if first else None,
        "status": str(first.standing.status) if first else None,
        "in_force": _in_force(first, office) if first else None,
        "policy": {"id": policy.id, "name": policy.name, "place": policy.place} if policy else None,
        "rule": {"id": rule.id, "place": rule.place} if rule else None,
        "conditions": [
            {"rule": asked.id, "place": asked.place, "name": name, "seen": seen, "holds": holds}
            for asked, conditions in (first.conditions if first else ())
            for name, seen, holds in conditions
        ],
        "steps": [_step_as_json(step) for step in (first.steps if first else ())],
        "earlier": [_step_as_json(step) for step in (first.earlier if first else ())],
        "suppressions": [_step_as_json(step) for step in (first.suppressions if first else ())],
        "silent": _silence(first),
        "next_step": _step_as_json(coming) if coming else None,
        "units": [_unit_as_json(trace) for trace in traces],
    }


def _in_force(trace: Explanation, office: Office) -> dict[str, Any]:
    standing, calendar = trace.standing, office.world.calendar
    due_on = standing.due_on
    return {
        "original_due_on": iso(standing.original_due_on),
        "due_on": iso(due_on),
        "act_by_on": iso(calendar.previous_working_day(due_on)) if due_on else None,
        "effective_due_on": iso(calendar.next_working_day(due_on)) if due_on else None,
        "extensions": standing.extensions,
    }


def _silence(trace: Explanation | None) -> dict[str, str] | None:
    if trace is None:
        return {"reason": "no_unit", "message": NOBODY_OWES}
    if trace.silent:
        return {"reason": str(trace.silent), "message": SAID_WHY_NOT[trace.silent]}
    quiet = trace.policy.why_quiet if trace.policy else ""
    return {"reason": "quiet_policy", "message": quiet} if quiet else None


def _unit_as_json(trace: Explanation) -> dict[str, Any]:
    return {
        "unit": trace.assignment.unit.code,
        "unit_name": trace.assignment.unit.name,
        "role": str(trace.assignment.role),
        "assignment": trace.assignment.id,
        "status": str(trace.standing.status),
        "due_on": iso(trace.standing.due_on),
        "told": sum(step.state in {"delivered", "pending"} for step in trace.steps),
        "next_step": trace.next_step.step if trace.next_step else None,
    }


def _step_as_json(step: StepTrace) -> dict[str, Any]:
    notes = dict(step.notes)
    return {
        "id": step.step,
        "level": step.level,
        "to": step.to,
        "post": step.post,
        "recipient": step.person or step.holder or step.post,
        "falls_at": iso(step.falls_at),
        "state": str(step.state),
        "at": iso(step.at),
        "reason": step.reason or None,
        "message": step.said,
        "place": step.place,
        "leaves_at": iso(step.leaves_at),
        "person": step.holder or None,
        "why_recipient": step.why_recipient or None,
        "channel": step.channel or None,
        "channels": [
            {"channel": name, "state": str(how), "note": notes.get(name)} for name, how in step.channels
        ],
        "held_by": list(step.held_by),
        "rulebook": step.rulebook or None,
        "level_days": step.level_days or None,
        "counting": [_day_as_json(day) for day in step.counting],
    }


def _day_as_json(day: CountedDay) -> dict[str, Any]:
    return {
        "day": iso(day.day),
        "weekday": day.weekday,
        "is_working": day.is_working,
        "number": day.number,
        "why_off": day.why_off or None,
        "why_working": day.why_working or None,
    }


def _task_lines(stored: StoredTask) -> list[str]:
    lines = [f"{stored.task.code}  {stored.task.title}", f"  thời hạn: {stored.task.deadline.reading}"]
    if stored.task.tags:
        lines.append(f"  nhãn: {', '.join(stored.task.tags)}")
    frozen = stored.lead_frozen
    if frozen and frozen.status is ResolutionStatus.GROUP:
        lines.append(
            f"  chủ trì: “{stored.lead}” gồm {len(frozen.units)} đơn vị, chốt ngày {shown(frozen.at)}"
        )
    return lines + [f"  cần người xem: {message}" for _, message in stored.problems]


def _worth_reading(steps: Sequence[StepTrace]) -> Iterator[StepTrace]:
    """Yield the steps; of one that repeats and was not told, only the first."""
    repeated: set[tuple[str, StepState]] = set()
    for step in steps:
        turn = (step.step.partition("#")[0], step.state)
        if step.at is not None or turn not in repeated:
            yield step
        repeated.add(turn)


def _share_lines(traces: list[Explanation], office: Office, with_days: bool) -> list[str]:
    if not traces:
        return [f"  Không nhắc: {NOBODY_OWES}."]
    first = traces[0]
    lines = [_standing_line(first), *_open_matters(first, office)]
    for rule, conditions in first.conditions:
        said = ", ".join(f"{name} = {seen} {'✔' if holds else '✘'}" for name, seen, holds in conditions)
        lines.append(f"  quy tắc '{rule.id}' ({rule.place}): {said or 'nhận mọi nhiệm vụ ✔'}")
    today = office.rulebook.fingerprint
    if first.policy:
        since = f", hiện nay là {today}" if first.rulebook != today else ""
        lines.append(
            f"  chính sách '{first.policy.id}' ({first.policy.place}), bộ quy tắc {first.rulebook}{since}"
        )
    for step in first.earlier:
        lines += [f"  hạn cũ: {_step_line(step, today, first.at)}", *_why_told(step)]
    for step in _worth_reading(first.steps):
        lines.append(f"  {_step_line(step, today, first.at)}")
        lines += _why_told(step)
        if step.state in {StepState.PENDING, StepState.WAITING} and step is not first.next_step:
            lines += [f"      lưu ý: {said}" for said in step.held_by]
        if with_days and step.counting:
            lines.append(f"      đếm ngày: {words_of(step.counting)}")
    lines += _what_comes(first, office)
    if len(traces) > 1:
        lines.append(f"  Còn {len(traces) - 1} đơn vị khác; thêm --unit để xem từng đơn vị.")
    return lines


def _open_matters(trace: Explanation, office: Office) -> Iterator[str]:
    """Yield what waits for somebody else: another unit, or a decision on an extension."""
    standing = trace.standing
    if standing.waits_for:
        unit = office.directory.unit(standing.waits_for).name
        since = f" từ {standing.blocked_at:%d/%m/%Y}" if standing.blocked_at else ""
        yield f"  Đang chờ {unit}{since}: lời nhắc chuyển sang đầu mối và thủ trưởng của đơn vị đó."
    if standing.wished_on:
        yield f"  Đã xin gia hạn đến {shown(standing.wished_on)}, chờ quyết định; vẫn nhắc theo hạn cũ."


def _standing_line(trace: Explanation) -> str:
    standing = trace.standing
    return (
        f"  {trace.assignment.unit.name}: {STATUS[standing.status].lower()} lúc {trace.at:%H:%M %d/%m/%Y}; "
        f"hạn hiện hành {shown(standing.due_on)}, hạn gốc {shown(standing.original_due_on)}"
    )


def _step_line(step: StepTrace, today: str, at: datetime) -> str:
    """Return a step with what became of it; by which rules, when those are not today's."""
    line = f"{step.falls_at:%d/%m/%Y %H:%M}  cấp {step.level}  {step.step:24} {step.said}"
    if step.state is StepState.PENDING and step.leaves_at > at:
        line += f", rời đi sớm nhất {step.leaves_at:%H:%M %d/%m/%Y}"
    if step.state is StepState.DELIVERED:
        whom = step.holder or step.person or step.post
        line += f", qua {step.channel}, tới {whom}" if step.channel else ""
    return line + (f" (bộ quy tắc {step.rulebook})" if step.rulebook not in {"", today} else "")


def _why_told(step: StepTrace) -> Iterator[str]:
    """Yield why somebody was told, as it was recorded then, with the line of the rule."""
    if step.state in _TOLD and step.why_recipient:
        place = f" ({step.place})" if step.place not in step.why_recipient else ""
        yield f"      lý do ghi lúc lập: {step.why_recipient}{place}"


def _moment(step: StepTrace) -> str:
    return f"lúc {step.leaves_at:%H:%M %d/%m/%Y}"


def _what_comes(trace: Explanation, office: Office) -> Iterator[str]:
    """Yield why nothing comes, or the next step with its days, its recipient and its channels."""
    coming = trace.next_step
    silence = _silence(trace)
    if silence:
        yield f"  Không nhắc: {silence['message']}."
    if coming is None:
        return
    whom = coming.person or coming.to
    yield f"  Tiếp theo: {coming.falls_at:%H:%M %d/%m/%Y}, {coming.step}, tới {whom}."
    if coming.counting:
        yield f"    đếm từ hạn: {words_of(coming.counting)}"
        days = [day.day for day in coming.counting]
        yield from (f"    lưu ý: {said}" for said in doubtful_years(days, office.world.calendar))
    if coming.level_days:
        yield f"    cấp này nhận tin quá hạn vào {coming.level_days}; tin rời đi {_moment(coming)}"
    elif coming.leaves_at != coming.falls_at:
        yield f"    mốc ở ngoài giờ gửi; tin rời đi lúc {coming.leaves_at:%H:%M %d/%m/%Y}"
    if coming.why_recipient:
        named = f"{coming.holder} ({coming.post}), " if coming.holder else ""
        yield f"    người nhận: {named}{coming.why_recipient}"
    if coming.channels:
        yield f"    kênh: {' · '.join(_channel(coming, name, how) for name, how in coming.channels)}"
    yield from (f"    lưu ý: {said}" for said in coming.held_by)


def _channel(step: StepTrace, name: str, how: ChannelState) -> str:
    note = dict(step.notes).get(name)
    return f"{name} ✘ {note}" if note else f"{name} {CHANNEL_SAID[how]}"
