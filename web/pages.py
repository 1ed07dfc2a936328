"""The page behind a signed link: who may answer here, about what, and what was answered?

Looking changes nothing, however often and by whatever program. Only a form that a person filled
in counts, once; afterwards the page shows what is on record.
"""

from __future__ import annotations

import ipaddress
from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime
from urllib.parse import urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from engine.compliance import document_name
from engine.masking import masked
from engine.model import HANOI
from engine.responses import LABELS, ResponseKind
from engine.status import days_late, standing_of
from notifiers.signing import Reason, Refusal
from notifiers.words import in_words, plain
from reports.vietnamese import STATUS
from store import responses
from usecases import doors, page_answers
from usecases.doors import Page
from usecases.page_answers import NotRecorded, Shown
from usecases.secrets import machine_key
from usecases.wiring import Office
from web.bodies import TooLarge, body_of
from web.doorway import Doorway
from web.forms import LONGEST, MOST_OCTETS, TEXTS, Filled, Malformed, is_form, read_form, read_response
from web.rendering import shown, told
from web.tickets import Ticket, Tickets

COOKIE = "dondoc-phieu"
MOST_GUESSES = 20  # links that open nothing, from one address in one hour
_SOON = 3  # working days

_REFUSED: dict[Reason, tuple[int, str, str]] = {
    Reason.UNREADABLE: (
        404,
        "Liên kết không đúng",
        "Có thể liên kết bị cắt khi chép lại. Mở thẳng từ thư, hoặc trả lời bằng cách ghi trong thư.",
    ),
    Reason.EXPIRED: (
        410,
        "Liên kết đã hết hạn",
        "Dùng liên kết trong thư mới nhất về việc này, hoặc liên hệ cơ quan theo dõi.",
    ),
    Reason.REASSIGNED: (
        403,
        "Liên kết không còn dùng được",
        "Người được cấp liên kết không còn giữ vị trí đó. Người đang giữ vị trí trả lời bằng thư của mình.",
    ),
    Reason.CLOSED: (
        410,
        "Việc này không còn chờ trả lời",
        "Việc đã xong, đã hủy hoặc liên kết đã được thu hồi; anh/chị không phải làm gì thêm ở đây.",
    ),
}
_REFUSED[Reason.UNKNOWN] = _REFUSED[Reason.UNREADABLE]  # who guesses learns nothing from the difference


@dataclass(frozen=True, slots=True)
class View:
    """A task as the page shows it."""

    title: str
    text: str
    expected: str
    due: str
    tone: str
    status: str
    unit: str
    document: str
    holder: str
    until: str


async def page(request: Request) -> Response:
    """Show the page behind a link, or take what was answered on it."""
    doorway: Doorway = request.app.state.doorway
    if request.method == "POST":
        return await _taken(request, doorway)
    return await run_in_threadpool(_looked_at, request, doorway)


# --- looking ----------------------------------------------------------------------------------


def _looked_at(request: Request, doorway: Doorway) -> Response:
    office, now = doorway.office(), doorway.now()
    found = _opened(request, office, now)
    if isinstance(found, Refusal):
        return _refused(request, doorway, office, found, now)
    return _result(office, found, now) if found.result else _form(request, office, found, now)


def _opened(request: Request, office: Office, now: datetime) -> Page | Refusal:
    with office.database.reading() as session:
        return doors.open_page(session, office, request.path_params["token"], now)


def _refused(request: Request, doorway: Doorway, office: Office, refusal: Refusal, now: datetime) -> Response:
    """Say why a link opens nothing; who tries many that were never given out is told to wait.

    Those that were keep opening: the whole of an office may share one address.
    """
    is_guess = refusal.reason in {Reason.UNREADABLE, Reason.UNKNOWN}
    if is_guess and _guesses_too_much(office, request, now):
        doorway.refused["link"] += 1
        return told(
            office, 429, "Thử quá nhiều liên kết không đúng", "Chờ một giờ rồi mở lại liên kết trong thư.",
            headers={"Retry-After": "3600"},
        )  # fmt: skip
    status, title, advice = _REFUSED[refusal.reason]
    return told(office, status, title, advice, "Chưa ghi gì.")


def _guesses_too_much(office: Office, request: Request, now: datetime) -> bool:
    subject = f"link:{responses.hashed(_network(request))[:32]}"
    with office.database.reading() as session:
        if responses.attempts(session, subject, now) >= MOST_GUESSES:
            return True
    with office.database.writing() as session:
        return responses.count_attempt(session, subject, now) > MOST_GUESSES


def _network(request: Request) -> str:
    """Return who asks: an address, of the newer kind the network a household has."""
    host = request.client.host if request.client else ""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host
    return str(ipaddress.ip_network((address, 64), strict=False)) if address.version == 6 else host


# --- answering --------------------------------------------------------------------------------


async def _taken(request: Request, doorway: Doorway) -> Response:
    if not is_form(request.headers.get("content-type", "")):  # nothing of it is read
        return told(
            doorway.office(), 415, "Trang này không nhận tệp",
            "Mở lại liên kết trong thư và ghi số, ngày văn bản vào ô báo cáo.", "Chưa ghi gì.",
            headers={"Connection": "close"},
        )  # fmt: skip
    try:
        body = await body_of(request, MOST_OCTETS)
    except TooLarge:
        return told(
            doorway.office(), 413, "Nội dung gửi quá lớn", "Viết gọn lại rồi gửi.", "Chưa ghi gì.",
            headers={"Connection": "close"},
        )  # fmt: skip
    return await run_in_threadpool(_answered, request, doorway, body)


def _answered(request: Request, doorway: Doorway, body: bytes) -> Response:
    office, now = doorway.office(), doorway.now()
    try:
        filled = read_form(body)
    except Malformed:
        return told(office, 400, "Không đọc được nội dung gửi", "Mở lại liên kết trong thư.", "Chưa ghi gì.")
    if not _is_from_here(request, office):
        return told(
            office, 403, "Trang khác gửi thay anh/chị", "Mở liên kết trong thư rồi trả lời.", "Chưa ghi gì."
        )
    found = _opened(request, office, now)
    if isinstance(found, Refusal):
        return _refused(request, doorway, office, found, now)
    if found.result:
        return _result(office, found, now)
    cookie = request.cookies.get(_cookie(office), "")
    match _tickets(office).read(found.nonce, cookie, filled.ticket, now):
        case Ticket.OLD:
            why = "trang mở đã quá lâu; xem lại rồi bấm gửi lần nữa"
            return _form(request, office, found, now, filled, {"page": why}, 403)
        case Ticket.FOREIGN:  # whatever was filled in may be somebody else's doing
            why = "trình duyệt không gửi kèm phiếu của trang này; cho phép cookie, chọn lại rồi gửi"
            return _form(request, office, found, now, None, {"page": why}, 403)
    return _recorded(request, doorway, office, found, filled, now)


def _recorded(
    request: Request, doorway: Doorway, office: Office, found: Page, filled: Filled, now: datetime
) -> Response:
    response, wrong = read_response(filled, found.choices, now.astimezone(HANOI).date())
    if response is not None and response.whom and response.kind is ResponseKind.BLOCKED:
        wrong = _wrong_unit(office, response.whom)
    if response is None or wrong:
        return _form(request, office, found, now, filled, wrong, 422)
    match page_answers.answer(office, request.path_params["token"], response, now):
        case Shown(after, is_new):
            return _result(office, after, now, is_new)
        case NotRecorded(after, why):
            return _form(request, office, after, now, filled, {"page": why.rstrip(".")}, 422)
        case refusal:
            return _refused(request, doorway, office, refusal, now)


def _wrong_unit(office: Office, name: str) -> dict[str, str]:
    if len(office.directory.resolve(name).units) == 1:
        return {}
    return {"blocked_unit": "chưa nhận ra đơn vị này; ghi tên đầy đủ, hoặc bỏ trống và nêu ở ô dưới"}


def _is_from_here(request: Request, office: Office) -> bool:
    """Return whether a form was sent from our own page, as far as the browser says.

    Our pages keep their address to themselves, so an honest form has the origin "null".
    """
    if request.headers.get("sec-fetch-site", "same-origin") not in {"same-origin", "none"}:
        return False
    origin = request.headers.get("origin", "null")
    own = urlsplit(office.channels.office.base_url)
    hosts = {request.headers.get("host", ""), own.netloc} - {""}
    parts = urlsplit(origin)
    return origin == "null" or (parts.scheme in {"http", "https"} and parts.netloc in hosts)


# --- showing ----------------------------------------------------------------------------------


def _form(
    request: Request, office: Office, found: Page, now: datetime, filled: Filled | None = None,
    wrong: dict[str, str] | None = None, status: int = 200,
) -> Response:  # fmt: skip
    tickets, name = _tickets(office), _cookie(office)
    half = tickets.half(request.cookies.get(name, ""))
    names = office.channels.office
    response = shown(
        "form.html.j2", status, view=_view(office, found, now), office=names.name, contact=names.contact,
        ticket=tickets.made(found.nonce, half, now), choices=[(k.value, LABELS[k]) for k in found.choices],
        chosen=filled.choice if filled else "", texts=defaultdict(str, filled.texts if filled else {}),
        wrong=defaultdict(str, wrong or {}), longest={name: LONGEST[what] for name, what in TEXTS.items()},
    )  # fmt: skip
    is_safe = names.base_url.startswith("https:")
    response.set_cookie(name, half, path="/", secure=is_safe, httponly=True, samesite="lax")
    return response


def _result(office: Office, found: Page, now: datetime, is_new: bool = False) -> Response:
    result, names = found.result or {}, office.channels.office
    said_at = datetime.fromisoformat(result["at"]).astimezone(HANOI)
    return shown(
        "result.html.j2", view=_view(office, found, now), office=names.name, contact=names.contact,
        said=result["said"], at=f"{said_at:%H:%M %d/%m/%Y}", is_new=is_new,
        waits=result["response"] == ResponseKind.REPORT,
    )  # fmt: skip


def _view(office: Office, found: Page, now: datetime) -> View:
    share, task, holder = found.share, found.share.task, found.recipient
    standing = standing_of(share, now)
    due, tone = _due(office, found, now)
    number = f", STT {task.number}" if task.number and not task.is_duty else ""
    title, text, expected = (masked(plain(words)) for words in (task.title, task.text, task.expected))
    return View(
        title, "" if text == title else text, expected, due, tone, STATUS[standing.status],
        plain(share.unit.name), plain(document_name(task.document) + number),
        plain(f"{holder.title}, {holder.unit.name}"), f"{found.expires_at:%d/%m/%Y}",
    )  # fmt: skip


def _due(office: Office, found: Page, now: datetime) -> tuple[str, str]:
    """Return the deadline in words, and the tone in which they are shown."""
    standing, today = standing_of(found.share, now), now.astimezone(HANOI).date()
    if standing.due_on is None:
        return "chưa có hạn xác định", ""
    calendar = office.world.calendar
    late = days_late(standing, calendar, today)
    moved = f" (hạn gốc {_in_words(standing.original_due_on)})" if standing.extensions else ""
    words = f"{in_words(standing.due_on)}{moved}"
    if late:
        return f"{words} ■ quá hạn {late} ngày", "late"
    last_day = calendar.previous_working_day(standing.due_on)
    left = max(0, calendar.working_days_between(today, last_day))
    said = f"còn {left} ngày làm việc" if left else "hết hạn hôm nay"
    return f"{words} ● {said}", "soon" if left <= _SOON else ""


def _in_words(day: date | None) -> str:
    return in_words(day) if day else "chưa rõ"


def _cookie(office: Office) -> str:
    return f"__Host-{COOKIE}" if office.channels.office.base_url.startswith("https:") else COOKIE


def _tickets(office: Office) -> Tickets:
    return Tickets(machine_key(office.settings.home).of("forms"))
