"""Somebody did something about an assignment: it goes on record, and planning follows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlmodel import Session

from engine.model import Assignment, Fact, FactKind, Role, Unit
from engine.status import Standing, Status, standing_of
from reports.vietnamese import STATUS
from store import links, registry
from usecases.errors import InputRejected
from usecases.notices import lay_before_coordinator, noticed
from usecases.wiring import Office

SAID = {
    FactKind.ACKNOWLEDGED: "đã ghi nhận đơn vị xác nhận đã nhận việc",
    FactKind.REPORTED: "đã ghi nhận báo cáo kết quả, chờ nghiệm thu",
    FactKind.ACCEPTED: "đã nghiệm thu",
    FactKind.RETURNED: "đã trả lại, tiếp tục đôn đốc",
    FactKind.EXTENSION_REQUESTED: "đã ghi nhận đề nghị gia hạn, chờ quyết định",
    FactKind.EXTENDED: "đã gia hạn",
    FactKind.EXTENSION_REFUSED: "đã ghi nhận không gia hạn, tiếp tục đôn đốc theo hạn hiện hành",
    FactKind.BLOCKED: "đã ghi nhận đang vướng, tạm ngừng nhắc",
    FactKind.DISPUTED: "đã ghi nhận đơn vị cho là không phải việc của mình, chờ phân xử",
    FactKind.SUBSTITUTE_NAMED: "đã ghi nhận người thay thế, chờ cập nhật danh bạ",
    FactKind.UNBLOCKED: "đã hết vướng, nhắc trở lại",
    FactKind.CANCELLED: "đã hủy phần việc",
    FactKind.DECIDED: "đã quyết định",
    FactKind.CAUSE_CONFIRMED: "đã ghi nhận nguyên nhân khách quan được xác nhận, thời hạn không đổi",
}

# What may be done in which status; everything else is refused with the reason.
_OPEN = frozenset({Status.OPEN, Status.ACKNOWLEDGED, Status.RETURNED})
_OVER = frozenset({Status.ACCEPTED, Status.CANCELLED})  # what was given out to answer with is shut
ALLOWED = {
    FactKind.ACKNOWLEDGED: _OPEN,
    FactKind.REPORTED: _OPEN | {Status.BLOCKED, Status.DISPUTED, Status.REPORTED, Status.AWAITING_DECISION},
    FactKind.ACCEPTED: frozenset({Status.REPORTED}),
    FactKind.RETURNED: frozenset({Status.REPORTED, Status.ACCEPTED}),
    FactKind.EXTENSION_REQUESTED: _OPEN | {Status.BLOCKED},
    FactKind.EXTENDED: _OPEN | {Status.BLOCKED},
    FactKind.EXTENSION_REFUSED: _OPEN | {Status.BLOCKED},
    FactKind.BLOCKED: _OPEN,
    FactKind.DISPUTED: _OPEN | {Status.BLOCKED},
    FactKind.SUBSTITUTE_NAMED: frozenset(Status) - {Status.CANCELLED, Status.ACCEPTED},
    FactKind.UNBLOCKED: frozenset({Status.BLOCKED}),
    FactKind.CANCELLED: frozenset(Status) - {Status.CANCELLED},
    FactKind.DECIDED: frozenset({Status.AWAITING_DECISION, Status.DISPUTED}),
    FactKind.CAUSE_CONFIRMED: frozenset(Status) - {Status.CANCELLED},
}


@dataclass(frozen=True, slots=True)
class Recorded:
    """A fact that went on record, and how the assignment stands after it."""

    assignment: str
    fact: Fact
    status: str
    due_on: date | None
    said: str


def record(office: Office, reference: str, unit: str | None, fact: Fact) -> list[Recorded]:
    """Record `fact` about one unit's share of a task; a decision about its deadline, about all.

    Raises InputRejected when the task or unit is not known, more than one is meant, or the
    fact does not fit how the assignment stands.
    """
    with office.database.writing() as session:
        if fact.kind is FactKind.DECIDED and unit is None:
            shares = _undecided(session, office, find_task(session, reference), fact)
        else:
            shares = [find_assignment(session, office, reference, unit)]
        return record_of(session, office, shares, fact)


def record_of(
    session: Session, office: Office, shares: Sequence[Assignment], fact: Fact, words: str = ""
) -> list[Recorded]:
    """Record `fact` about shares in the caller's transaction; nothing is written when one is refused.

    What a coordinator must decide is laid before them at once; `words` are what they read besides,
    when those must not stand in the record.
    """
    for share in shares:
        why_not = refusal_of(share, fact)
        if why_not:
            raise InputRejected(why_not)
    registry.add_facts(session, office.directory.unit, [(share.id, fact) for share in shares])
    after = registry.assignments(session, office.directory.unit, ids=[share.id for share in shares])
    words = office.directory.unit(fact.unit).name if fact.unit else words
    over = [share.id for share in after if standing_of(share, fact.at).status in _OVER]
    links.revoke(session, over, fact.at)
    for share in after:
        said = noticed(share, fact, words)
        if said:
            lay_before_coordinator(session, office, share, said, fact.at)
    return [_recorded(share, fact) for share in after]


def refusal_of(share: Assignment, fact: Fact) -> str:
    """Return why `fact` cannot be recorded as the share stands, "" when it can."""
    try:
        _check(share, standing_of(share, fact.at), fact)
    except InputRejected as rejected:
        return str(rejected)
    return ""


def waited_for(office: Office, words: str) -> Unit:
    """Return the one unit that a code or a name means, for work that waits for it."""
    known = {unit.code: unit for unit in office.directory.units}
    named = known.get(words.strip())
    units = (named,) if named else office.directory.resolve(words).units
    if len(units) != 1:
        raise InputRejected(f"'{words}' không phải tên hay mã của một đơn vị; xem 'dondoc unit \"{words}\"'")
    return units[0]


def _undecided(session: Session, office: Office, code: str, fact: Fact) -> list[Assignment]:
    """Return every share of a task that waits for a decision: the deadline is the task's."""
    shares = registry.assignments(session, office.directory.unit, task_codes=[code])
    waiting = [s for s in shares if standing_of(s, fact.at).status in ALLOWED[FactKind.DECIDED]]
    if not waiting:
        raise InputRejected(f"nhiệm vụ {code} không có phần việc nào đang chờ quyết định")
    return waiting


def _recorded(share: Assignment, fact: Fact) -> Recorded:
    now = standing_of(share, fact.at)
    return Recorded(share.id, fact, str(now.status), now.due_on, SAID[fact.kind])


def find_task(session: Session, reference: str) -> str:
    """Return the code of the one task that `reference` means."""
    codes = registry.matching_tasks(session, reference)
    if not codes:
        raise InputRejected(
            f"không có nhiệm vụ '{reference}'; ghi dạng MÃ_KẾ_HOẠCH/STT, ví dụ KH-UBND-2025-10/15"
        )
    if len(codes) > 1:
        shown = ", ".join(codes[:6]) + ("…" if len(codes) > 6 else "")
        raise InputRejected(f"'{reference}' có thể là nhiều nhiệm vụ; ghi rõ một trong: {shown}")
    return codes[0]


def find_assignment(session: Session, office: Office, reference: str, unit: str | None) -> Assignment:
    """Return the one lead assignment that a task reference and a unit mean."""
    code = find_task(session, reference)
    shares = [
        share
        for share in registry.assignments(session, office.directory.unit, task_codes=[code])
        if share.role is Role.LEAD or unit is not None
    ]
    if unit is not None:
        shares = of_unit(office, shares, unit)
    if len(shares) == 1:
        return shares[0]
    if not shares:
        whose = f"đơn vị '{unit}'" if unit else "đơn vị chủ trì nào"
        raise InputRejected(f"nhiệm vụ {code} không giao cho {whose}; xem 'dondoc explain {code}'")
    listed = ", ".join(share.unit.code for share in shares[:8]) + ("…" if len(shares) > 8 else "")
    raise InputRejected(f"nhiệm vụ {code} giao cho {len(shares)} đơn vị; thêm --unit, một trong: {listed}")


def of_unit(office: Office, shares: Iterable[Assignment], unit: str) -> list[Assignment]:
    """Return the shares of the unit that a code or a name means."""
    wanted = {found.code for found in office.directory.resolve(unit).units} | {unit}
    return [share for share in shares if share.unit.code in wanted]


def _check(assignment: Assignment, standing: Standing, fact: Fact) -> None:
    if standing.status not in ALLOWED[fact.kind]:
        raise InputRejected(
            f"{assignment.id}: không ghi được; phần việc này: {STATUS[standing.status].lower()}"
        )
    if fact.kind is FactKind.EXTENDED and (standing.due_on is None or fact.due_on is None):
        raise InputRejected(
            f"{assignment.id}: không có thời hạn để gia hạn; dùng 'decide --to' để đặt thời hạn"
        )
    if fact.kind is FactKind.EXTENDED and standing.due_on and fact.due_on and fact.due_on <= standing.due_on:
        raise InputRejected(f"{assignment.id}: hạn mới phải sau hạn hiện hành {standing.due_on:%d/%m/%Y}")
    if fact.kind is FactKind.EXTENSION_REQUESTED and (standing.due_on is None or fact.due_on is None):
        raise InputRejected(f"{assignment.id}: không có thời hạn để xin gia hạn, hoặc thiếu ngày xin")
    if fact.kind is FactKind.EXTENSION_REQUESTED and not _is_later(fact.due_on, standing.due_on):
        raise InputRejected(f"{assignment.id}: ngày xin phải sau hạn hiện hành {standing.due_on:%d/%m/%Y}")
    if fact.kind is FactKind.EXTENSION_REFUSED and standing.wished_on is None:
        raise InputRejected(f"{assignment.id}: không có đề nghị gia hạn nào đang chờ quyết định")
    if fact.kind is FactKind.BLOCKED and fact.unit == assignment.unit.code:
        raise InputRejected(f"{assignment.id}: đơn vị không thể vướng chính mình; ghi đơn vị khác")
    if fact.kind is FactKind.EXTENDED and not fact.document:
        raise InputRejected(f"{assignment.id}: gia hạn phải có số văn bản cho phép; thêm --document")
    if fact.kind is FactKind.DECIDED and fact.due_on is None and standing.due_on is None:
        raise InputRejected(f"{assignment.id}: chưa có thời hạn; thêm --to để đặt thời hạn")
    if fact.kind is FactKind.CAUSE_CONFIRMED:
        _check_cause(assignment, standing, fact)
    if fact.on is not None and fact.on > fact.at.date():
        raise InputRejected(f"{assignment.id}: ngày hoàn thành {fact.on:%d/%m/%Y} sau ngày báo cáo")


def _check_cause(assignment: Assignment, standing: Standing, fact: Fact) -> None:
    if standing.due_on is None:
        raise InputRejected(f"{assignment.id}: không có thời hạn nên không có gì trễ để xác nhận nguyên nhân")
    if fact.by == assignment.unit.code:
        raise InputRejected(f"{assignment.id}: đơn vị không tự xác nhận nguyên nhân trễ hạn của mình")
    if not (fact.by and fact.document and fact.note):
        raise InputRejected(
            f"{assignment.id}: xác nhận phải có người xác nhận, số văn bản và nguyên nhân; "
            "thêm --by, --document và --reason"
        )


def _is_later(wished: date | None, due_on: date | None) -> bool:
    return wished is not None and due_on is not None and wished > due_on
