"""Somebody answers a reminder: what goes on record, and what are they told?

Typed words are read back and count once the person says ĐÚNG. A button, or OK under our own
message, counts at once: nothing can be mistyped there (docs/decisions/0008-read-back.md).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from datetime import date, datetime, timedelta
from typing import Any

from sqlmodel import Session

from engine.masking import masked
from engine.model import HANOI, Fact, FactKind, Unit
from engine.responses import NotUnderstood, Response, ResponseKind, read_response, shown, typed
from engine.status import Status, standing_of
from notifiers.base import Heard
from reports.vietnamese import STATUS
from store import links, responses
from usecases import consent
from usecases.act import ALLOWED, record_of, refusal_of
from usecases.answerers import (
    Answerer,
    Meant,
    answerer_at,
    meant_by_ids,
    meant_by_numbers,
    open_work,
)
from usecases.errors import Refused
from usecases.wiring import Office

READ_BACK_FOR = timedelta(minutes=30)
MOST_SHOWN = 8
LONGEST_UNIT = 14  # words of a unit's name before the reason begins
FACTS = {
    ResponseKind.ACKNOWLEDGE: FactKind.ACKNOWLEDGED,
    ResponseKind.REPORT: FactKind.REPORTED,
    ResponseKind.EXTENSION: FactKind.EXTENSION_REQUESTED,
    ResponseKind.BLOCKED: FactKind.BLOCKED,
    ResponseKind.NOT_MINE: FactKind.DISPUTED,
    ResponseKind.SUBSTITUTE: FactKind.SUBSTITUTE_NAMED,
}
AT_ONCE = frozenset({ResponseKind.ACKNOWLEDGE, ResponseKind.NOT_MINE})  # need no words besides
_SAID = {
    ResponseKind.ACKNOWLEDGE: "đã nhận việc",
    ResponseKind.REPORT: "báo cáo đã có kết quả",
    ResponseKind.EXTENSION: "xin gia hạn",
    ResponseKind.BLOCKED: "báo đang vướng",
    ResponseKind.NOT_MINE: "cho rằng đây không phải việc của đơn vị mình",
    ResponseKind.SUBSTITUTE: "đề nghị người nhận tin thay thế",
}
_THEN = {
    ResponseKind.ACKNOWLEDGE: "Hệ thống vẫn nhắc khi gần đến hạn.",
    ResponseKind.REPORT: "Ngừng nhắc, chờ nghiệm thu.",
    ResponseKind.EXTENSION: "Vẫn nhắc theo hạn hiện hành cho đến khi có quyết định.",
    ResponseKind.BLOCKED: "Tạm ngừng nhắc đơn vị anh/chị.",
    ResponseKind.NOT_MINE: "Tạm ngừng nhắc, chờ cơ quan theo dõi quyết định.",
    ResponseKind.SUBSTITUTE: "Cơ quan theo dõi sẽ cập nhật danh bạ.",
}
STRANGER = (
    "Cuộc trò chuyện này chưa nối với đầu mối nào. Xin mã của cơ quan theo dõi, đôn đốc, "
    "rồi nhắn: NOI và 6 số của mã."
)


def respond(session: Session, office: Office, said: Heard, now: datetime) -> str:
    """Record what a person said, if it is theirs to say and clear; return what to tell them."""
    who = answerer_at(session, office, said.channel, said.address, now)
    if not who.posts:
        return STRANGER
    if said.token:
        return _pressed(session, office, who, said.token, now)
    response = read_response(said.text, now.astimezone(HANOI).date())
    pending = responses.take_pending(session, who.channel, who.address)
    waits = pending is not None and pending.expires_at > now
    is_relink = pending is not None and "relink" in pending.response
    is_answer = isinstance(response, Response) and (not is_relink or response.kind in _YES_OR_NO)
    if pending is not None and waits and not is_answer:  # a slip of the finger is no "no"
        until = pending.expires_at
        responses.put_pending(session, who.channel, who.address, pending.response, now, until)
        waits = False
    if isinstance(response, NotUnderstood):
        return _help(session, office, who, now, response.why)
    is_ok = waits and response.kind is ResponseKind.ACKNOWLEDGE and not response.numbers and not said.about
    is_yes = response.kind is ResponseKind.CONFIRM or is_ok
    if pending is not None and is_yes:
        return _confirmed(session, office, who, pending.response, now) if waits else _TOO_LATE
    if pending is not None and waits and response.kind is ResponseKind.REJECT:
        return "Đã bỏ, không ghi gì. Muốn dừng nhận tin thì nhắn STOP."
    if response.kind is ResponseKind.STOP or (response.is_stop_else and pending is None):
        return consent.stopped(session, office, who, f"nhắn “{said.text.strip()[:40]}”", now)
    if response.kind not in FACTS:
        return _help(session, office, who, now)
    return _asked(session, office, who, response, said, now)


_TOO_LATE = "Đã quá 30 phút kể từ khi đọc lại nên chưa ghi gì; anh/chị nhắn lại từ đầu."


_YES_OR_NO = frozenset({ResponseKind.CONFIRM, ResponseKind.REJECT})


def _asked(
    session: Session, office: Office, who: Answerer, response: Response, said: Heard, now: datetime
) -> str:
    """Read a command back, or record it at once when it quotes our message and leaves nothing to mistype."""
    quoted = responses.told_in(session, said.channel, said.about)
    if response.numbers:
        meant, others = meant_by_numbers(session, office, who, response.numbers)
        if others:
            listed = ", ".join(map(shown, others))
            return _help(session, office, who, now, f"số {listed} không có trong việc của đơn vị anh/chị")
    elif quoted is not None:
        meant = [m for m in meant_by_ids(session, office, quoted[1]) if who.speaks_for(m.share)]
    else:
        meant = open_work(session, office, who, now)
    counts_at_once = not response.numbers and quoted is not None and response.kind is ResponseKind.ACKNOWLEDGE
    if not meant or (len(meant) > 1 and not response.numbers and not counts_at_once):
        why = "ghi thêm số của việc" if meant else "anh/chị không có việc nào đang mở ứng với tin này"
        return _help(session, office, who, now, why)
    if counts_at_once:
        return _recorded(session, office, who, response, meant, now)
    return _read_back(session, office, who, response, meant, now)


def _read_back(
    session: Session, office: Office, who: Answerer, response: Response, meant: list[Meant], now: datetime
) -> str:
    unit = _blocking(office, response)
    refused = [why for m in meant if (why := _why_not(m, _fact(response, who, m, unit, now)))]
    if refused:
        return "\n".join(refused)
    kept = asdict(response) | {"on": response.on.isoformat() if response.on else None}
    kept |= {"ids": [m.share.id for m in meant]}
    responses.put_pending(session, who.channel, who.address, kept, now, now + READ_BACK_FOR)
    return "\n".join(
        (
            f"Anh/chị {_SAID[response.kind]}{_details(response, unit, now)}:",
            *(m.line for m in meant[:MOST_SHOWN]),
            *([f"…và {len(meant) - MOST_SHOWN} việc khác"] if len(meant) > MOST_SHOWN else ()),
            "Nhắn ĐÚNG để ghi nhận, SAI để bỏ.",
        )
    )


def _confirmed(session: Session, office: Office, who: Answerer, kept: dict[str, Any], now: datetime) -> str:
    """Record what was read back, by who the person is and how the work stands now."""
    if kept.get("relink"):
        return consent.moved(session, office, who, kept["relink"], now)
    values = {name: kept[name] for name in Response.__slots__ if name in kept}
    on = date.fromisoformat(kept["on"]) if kept["on"] else None
    numbers = tuple(kept["numbers"])
    response = Response(**values | {"kind": ResponseKind(kept["kind"]), "on": on, "numbers": numbers})
    meant = [m for m in meant_by_ids(session, office, kept["ids"]) if who.speaks_for(m.share)]
    return _recorded(session, office, who, response, meant, now)


def record_response(
    session: Session, office: Office, who: Answerer, response: Response, meant: Iterable[Meant], now: datetime
) -> tuple[bool, str]:
    """Record a response about assignments; return whether anything went on record, and what to tell."""
    unit = _blocking(office, response)
    done, refused = [], []
    for m in meant:
        fact = _fact(response, who, m, unit, now)
        why = _why_not(m, fact)
        if why:
            refused.append(why)
            continue
        try:
            record_of(session, office, [m.share], fact, _aside(response))
            done.append(m.line)
        except Refused as no:
            refused.append(f"{shown(m.number)}: {no}")
    if not done:
        return False, "\n".join(refused) or "Không còn việc nào ứng với tin này; chưa ghi gì."
    head = f"Đã ghi nhận anh/chị {_SAID[response.kind]}{_details(response, unit, now)}:"
    return True, "\n".join((head, *done[:MOST_SHOWN], *refused, _then(response, unit)))


def _recorded(
    session: Session, office: Office, who: Answerer, response: Response, meant: Iterable[Meant], now: datetime
) -> str:
    return record_response(session, office, who, response, meant, now)[1]


def _pressed(session: Session, office: Office, who: Answerer, token: str, now: datetime) -> str:
    """Record what a button says; pressed again it tells what was recorded then."""
    button = links.behind(session, token, links.BUTTON)
    is_theirs = button is not None and any(
        (p.post, p.person) == (button.post, button.person) for p in who.posts
    )
    if button is None or not is_theirs or button.revoked_at or button.expires_at <= now:
        return "Nút này không còn dùng được. Nhắn GIUP để xem việc đang mở."
    if button.result is not None:
        return str(button.result["said"])
    meant = [m for m in meant_by_ids(session, office, [button.assignment_id]) if who.speaks_for(m.share)]
    kind = ResponseKind(button.response)
    if kind is ResponseKind.STOP:
        return consent.stopped(session, office, who, "bấm nút dừng nhận tin", now)
    if kind not in AT_ONCE:
        return "\n".join(f"Anh/chị nhắn: {typed(kind, m.number)}" for m in meant)
    told = _recorded(session, office, who, Response(kind), meant, now)
    links.use(session, token, {"said": told}, now)
    return told


# --- words ---------------------------------------------------------------------------------


def _fact(response: Response, who: Answerer, meant: Meant, unit: Unit | None, now: datetime) -> Fact:
    post = who.speaks_for(meant.share)
    is_wish = response.kind is ResponseKind.EXTENSION
    return Fact(
        FACTS[response.kind],
        now,
        post.post if post else "",
        on=None if is_wish else response.on,
        due_on=response.on if is_wish else None,
        document=response.document,
        note=masked(response.note),
        unit=unit.code if unit else "",
    )


def _why_not(meant: Meant, fact: Fact) -> str:
    status = standing_of(meant.share, fact.at).status
    if status not in ALLOWED[fact.kind]:
        return f"{shown(meant.number)}: chưa ghi được; việc này: {STATUS[status].lower()}."
    why = refusal_of(meant.share, fact)
    return f"{shown(meant.number)}: {why.partition(': ')[2] or why}." if why else ""


def _aside(response: Response) -> str:
    """Return what the coordinator reads and the record must not keep: a person's name."""
    return response.whom if response.kind is ResponseKind.SUBSTITUTE else ""


def _blocking(office: Office, response: Response) -> Unit | None:
    """Return the unit that is waited for, when the words name exactly one: never a guess."""
    if response.kind is not ResponseKind.BLOCKED:
        return None
    words = (response.whom or response.note).split()
    longest = len(words) if response.whom else min(len(words), LONGEST_UNIT)
    for end in range(longest, 0 if not response.whom else longest - 1, -1):
        units = office.directory.resolve(" ".join(words[:end]).strip(" ,.;:-")).units
        if len(units) == 1:
            return units[0]
    return None


def _details(response: Response, unit: Unit | None, now: datetime) -> str:
    parts = []
    if response.document:
        parts.append(f"văn bản {response.document}")
    if response.kind is ResponseKind.REPORT:
        done_on = response.on or now.astimezone(HANOI).date()
        parts.append(f"ngày hoàn thành {done_on:%d/%m/%Y}")
    elif response.on:
        parts.append(f"đến {response.on:%d/%m/%Y}")
    if response.kind is ResponseKind.BLOCKED:
        parts.append(f"ở {unit.name}" if unit else "chưa rõ ở đơn vị nào")
    if response.kind is ResponseKind.SUBSTITUTE:
        parts.append(response.whom)
    if response.note:
        parts.append(f"“{response.note}”")
    return f" ({'; '.join(parts)})" if parts else ""


def _then(response: Response, unit: Unit | None) -> str:
    told = f" Nhắc chuyển sang {unit.name}." if unit else ""
    return _THEN[response.kind] + told


def _kinds(meant: Meant, now: datetime) -> list[ResponseKind]:
    """Return what can be said about work as it stands; what waits for a decision takes little."""
    status = standing_of(meant.share, now).status
    return [kind for kind, fact in FACTS.items() if status in ALLOWED[fact]]


def _help(session: Session, office: Office, who: Answerer, now: datetime, why: str = "") -> str:
    """Return how to answer, with the numbers of what this person has open, what can be answered first."""
    work = sorted(open_work(session, office, who, now), key=lambda m: -len(_kinds(m, now)))
    lines = [f"Chưa ghi gì: {why}."] if why else []
    if work:
        lines.append(f"Việc đang mở ({len(work)}):")
        lines += [f"{m.line}, hạn {_due(m, now)}" for m in work[:MOST_SHOWN]]
        lines += [f"…và {len(work) - MOST_SHOWN} việc khác"] if len(work) > MOST_SHOWN else []
        examples = [typed(kind, work[0].number) for kind in _kinds(work[0], now)]
        lines += ["Cách trả lời, ví dụ với việc đầu:", *examples] if examples else []
    else:
        lines.append("Anh/chị không có việc nào đang mở.")
    lines.append("Nhắn STOP để dừng nhận tin ở đây.")
    return "\n".join(lines)


def _due(meant: Meant, now: datetime) -> str:
    standing = standing_of(meant.share, now)
    assert standing.due_on is not None
    waits = (
        ""
        if standing.status in {Status.OPEN, Status.ACKNOWLEDGED}
        else f", {STATUS[standing.status].lower()}"
    )
    return f"{standing.due_on:%d/%m/%Y}{waits}"
