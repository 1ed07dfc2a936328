"""What does a person answer to a reminder, as they typed it?

One command a message: a word, the short numbers of the tasks, what belongs to it. Read without
regard to case and diacritics, and never guessed: what is not understood is answered with the way out.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from engine.response_words import DATE, MOST_KEPT, Words, day_in, words_of


class ResponseKind(StrEnum):
    """What a person can say back."""

    ACKNOWLEDGE = "acknowledge"  # đã nhận
    REPORT = "report"  # báo cáo
    EXTENSION = "extension"  # xin gia hạn
    BLOCKED = "blocked"  # vướng mắc
    NOT_MINE = "not_mine"  # không phải việc của tôi
    SUBSTITUTE = "substitute"  # người thay thế
    STOP = "stop"  # nothing more through this channel
    HELP = "help"
    CONFIRM = "confirm"  # ĐÚNG, to what was read back
    REJECT = "reject"  # SAI
    JOIN = "join"  # the code with which a chat is opened


@dataclass(frozen=True, slots=True)
class Response:
    """One thing said back. Without `numbers` it is about the task quoted, or the only one open.

    `on` is the day of the result of a report, the day wished for of an extension. `is_stop_else`
    marks the words that mean "stop" when nothing was read back: DUNG is both đúng and dừng.
    """

    kind: ResponseKind
    numbers: tuple[int, ...] = ()
    document: str = ""
    on: date | None = None
    whom: str = ""  # the unit that blocks, as written before a colon; the name of a substitute
    note: str = ""
    code: str = ""
    is_stop_else: bool = False


@dataclass(frozen=True, slots=True)
class NotUnderstood:
    """Words nobody may act on, with the reason as a Vietnamese sentence part; "" when there is none."""

    why: str = ""


TYPED = {
    ResponseKind.ACKNOWLEDGE: "OK {number}",
    ResponseKind.REPORT: "BC {number} số văn bản",
    ResponseKind.EXTENSION: "GH {number} ngày xin, lý do",
    ResponseKind.BLOCKED: "VM {number} tên đơn vị: lý do",
    ResponseKind.NOT_MINE: "KP {number} lý do",
    ResponseKind.SUBSTITUTE: "NTT {number} họ tên",
}
LABELS = {
    ResponseKind.ACKNOWLEDGE: "Tôi đã nhận",
    ResponseKind.REPORT: "Báo cáo kết quả",
    ResponseKind.EXTENSION: "Xin gia hạn",
    ResponseKind.BLOCKED: "Vướng đơn vị khác",
    ResponseKind.NOT_MINE: "Không phải việc của tôi",
    ResponseKind.SUBSTITUTE: "Người thay thế",
}


def read_response(text: str, today: date) -> Response | NotUnderstood:
    """Return what a typed message says; never raises.

    A date without a year is the next such day after today, or for a report the last one.
    """
    words = words_of(text)
    code = _JOIN.fullmatch(words.plain) or _START.fullmatch(text[:200].strip())
    if code:
        return Response(ResponseKind.JOIN, code="".join(code["code"].split()))
    alone = _ALONE.get(words.plain.strip(" ?") or words.plain[:1])
    if alone is not None:
        return _told_apart(alone, words)
    for said in (words, words.cut(_COURTESY.match(words.plain).end())):  # type: ignore[union-attr]
        for command in _COMMANDS:
            match = command.pattern.match(said.plain)
            if match:
                return _read(command, said, match, today)
    return NotUnderstood()


def typed(kind: ResponseKind, number: int) -> str:
    """Return what a person types to answer: "OK 0042"."""
    return TYPED[kind].format(number=shown(number))


def shown(number: int) -> str:
    """Return a short number as people read it: 0042."""
    return f"{number:04}"


# --- the grammar -----------------------------------------------------------------------

_JOIN = re.compile(r"(?:ket )?noi:? ?(?P<code>(?:\d ?){6})")
_START = re.compile(r"/start(?:@\w+)?\s+(?P<code>[\w-]{6,64})", re.ASCII)
_NUMBER = r"\d{1,6}(?![\w/%])(?! ?[/.-] ?\d)(?! ?(?:/|thang|ngay|gio))"
_LIST = rf"{_NUMBER}(?: ?(?:[,;&+]| va) ?{_NUMBER})*"
_LOOSE = rf"{_NUMBER}(?:(?: ?[,;&+] ?| va | ){_NUMBER})*"
_BEFORE_NUMBER = r"[ :;,.#-]*(?:(?:cong |phan )?(?:viec|nhiem vu|nv|ma so|ma|so)[ :#]*)?"
_COURTESY = re.compile(
    r"(?:(?:da|vang|a|alo|oi|em|toi|minh|chung toi|don vi|so|thua|chao|kinh bao|kinh gui|bao cao|anh|chi|co"
    r"|chu|bac|sep|lanh dao|ban|xin|xin phep)[ ,:.!-]+)*"
)
_THANKS = re.compile(
    r"(?:(?:a|nhe|nha|roi|em|anh|chi|toi|cam on|thanks|thank you|xin|da|vang|viec|nay|duoc|ok|oke)\b\W*)*"
)
_MORE = re.compile(
    r"\?|\d|\b(?:chua|khong|ko|k|nhung|gia han|lui|bao cao|xong|hoan thanh|vuong|xin|doi|thay|dung|huy)\b"
)
_UNDONE = re.compile(r"\b(?:chua|khong (?:the|kip|xong|hoan thanh|lam)|ko (?:the|kip|xong)|se)\b")
_SECOND = re.compile(r"\b(?:ok|bc|gh|vm|kp|ntt) ?\d{1,6}\b")
_DOCUMENT = re.compile(
    r"(?:(?:theo|tai|bang)? ?(?:van ban|cong van|cv|to trinh|bao cao|ke hoach|quyet dinh)? ?(?:so ?:? ?)?)"
    r"(?P<number>\d{1,6}(?: ?/ ?(?:19|20)\d\d)? ?/ ?[a-z][\w&.]*(?: ?- ?[a-z][\w&.]*)*"
    r"|\d{1,6}-[a-z]{2,4} ?/ ?[a-z]+)"
)
_AFTER_DOCUMENT = re.compile(r"\W*(?=(?:ky |ban hanh )?ngay \d|\d{1,2} ?[/.-] ?\d)(?:ky |ban hanh )?")
_OF_WHOM = re.compile(r"(?:o|tai|do|cua|voi|ben|cho|phia|don vi|la) ")
_NAME_ENDS = re.compile(r"[,;:(]| - ")


@dataclass(frozen=True, slots=True)
class _Command:
    """A way to begin an answer: its words, and how what follows the numbers is read."""

    kind: ResponseKind
    pattern: re.Pattern[str]
    read: Callable[[Response, Words, date], Response | NotUnderstood]


def _command(
    kind: ResponseKind, words: str, read: Callable[[Response, Words, date], Response | NotUnderstood],
    numbers: str = _LIST, needed: str = "",
) -> _Command:  # fmt: skip
    after = rf"(?:{_BEFORE_NUMBER}(?P<after>{numbers}))?"
    front = rf"(?:(?P<front>{numbers})[ :,.-]*)?"
    return _Command(kind, re.compile(rf"{front}(?:{words})(?![a-z]){needed}{after}"), read)


def _read(command: _Command, said: Words, match: re.Match[str], today: date) -> Response | NotUnderstood:
    if match["front"] and match["after"]:
        return NotUnderstood("tin có số ở trước và sau lệnh, chưa rõ là việc nào")
    rest = said.cut(match.end())
    if _SECOND.search(rest.plain):
        return NotUnderstood("tin có nhiều lệnh; mỗi lệnh nhắn một tin riêng")
    found = [int(number) for number in re.findall(r"\d+", match["front"] or match["after"] or "")]
    return command.read(Response(command.kind, tuple(dict.fromkeys(found))), rest, today)


def _told_apart(alone: Response, words: Words) -> Response:
    """Return what a word says alone; where its marks were written they tell đúng from dừng."""
    marked = words.written.casefold()
    if alone.is_stop_else and marked.startswith(("đúng", "dúng")):
        return replace(alone, is_stop_else=False)
    if alone.is_stop_else and marked.startswith(("dừng", "đừng")):
        return Response(ResponseKind.STOP)
    return alone


def _acknowledged(response: Response, rest: Words, today: date) -> Response | NotUnderstood:
    if _THANKS.fullmatch(rest.plain):
        return response
    if _MORE.search(rest.plain):
        return NotUnderstood(
            f"chưa hiểu phần “{rest.written[:80]}”; nhận việc và việc khác nhắn hai tin riêng"
        )
    return replace(response, note=rest.written[:MOST_KEPT])


def _reported(response: Response, rest: Words, today: date) -> Response | NotUnderstood:
    document = _DOCUMENT.search(rest.plain)
    if document is None:
        if sum(map(str.isalpha, rest.plain)) < _LEAST_LETTERS:
            return NotUnderstood("báo cáo cần số văn bản, hoặc vài lời về kết quả")
        if _UNDONE.search(rest.plain):
            return NotUnderstood("tin nói việc chưa xong; báo cáo chỉ ghi khi đã có kết quả")
        return replace(response, note=rest.written[:MOST_KEPT])
    number = " ".join(rest.written[document.start("number") : document.end("number")].split())
    on, tail = None, rest.cut(document.end())
    dated = _AFTER_DOCUMENT.match(rest.plain, document.end())
    if dated:
        near = rest.cut(dated.end())
        first = DATE.match(near.plain)
        match, on, why = day_in(near.cut(0, first.end()) if first else near, today, is_past=True)
        if why:
            return NotUnderstood(why)
        tail = near.cut(match.end()) if match else tail
    note = " ".join(filter(None, (rest.cut(0, document.start()).written, tail.written)))
    return replace(response, document=number, on=on, note=note[:MOST_KEPT])


_LEAST_LETTERS = 3


def _extension(response: Response, rest: Words, today: date) -> Response | NotUnderstood:
    match, until, why = day_in(rest, today, is_past=False)
    if match is None or until is None:
        return NotUnderstood(why or "xin gia hạn cần ngày mới, ví dụ 15/12")
    note = rest.without(*match.span()).written
    return replace(response, on=until, note=note[:MOST_KEPT])


def _blocked(response: Response, rest: Words, today: date) -> Response | NotUnderstood:
    if not rest.plain:
        return NotUnderstood("vướng mắc cần tên đơn vị và lý do")
    named = _OF_WHOM.match(rest.plain)
    rest = rest.cut(named.end()) if named else rest
    whom, colon, why = rest.written.partition(":")
    said = why.strip() if colon else rest.written
    return replace(response, whom=whom.strip() if colon else "", note=said[:MOST_KEPT])


def _not_mine(response: Response, rest: Words, today: date) -> Response | NotUnderstood:
    return replace(response, note=rest.written[:MOST_KEPT])


def _substitute(response: Response, rest: Words, today: date) -> Response | NotUnderstood:
    named = _OF_WHOM.match(rest.plain)
    rest = rest.cut(named.end()) if named else rest
    end = _NAME_ENDS.search(rest.plain)
    name = rest.cut(0, end.start() if end else None)
    if len(re.findall(r"[a-z]+", name.plain)) < 2 or len(name.plain) > _LONGEST_NAME:
        return NotUnderstood("cần họ tên người thay thế")
    return replace(response, whom=name.written, note=rest.cut(end.start()).written if end else "")


_LONGEST_NAME = 80


def _no_stop(response: Response, rest: Words, today: date) -> Response | NotUnderstood:
    return NotUnderstood(
        "dừng nhận tin thì nhắn riêng một chữ STOP; hủy một việc do cơ quan theo dõi quyết định"
    )


_COMMANDS = (
    _command(
        ResponseKind.ACKNOWLEDGE,
        r"ok|oke|okay|okie|(?:xac nhan )?(?:da )?(?:tiep nhan|nhan duoc|nhan|ro)(?: viec)?(?: roi)?|xac nhan",
        _acknowledged,
        _LOOSE,
    ),
    _command(ResponseKind.REPORT, r"bc", _reported),
    _command(ResponseKind.REPORT, r"bao cao(?: ket qua| hoan thanh)?", _reported,
             needed=rf"(?={_BEFORE_NUMBER}\d)"),
    _command(ResponseKind.REPORT,
             r"(?:da )?(?:bao cao|hoan thanh|lam xong|xong)(?: ket qua| nhiem vu| viec)?(?: roi)?", _reported,
             needed=rf"(?={_BEFORE_NUMBER}\d|$)"),
    _command(ResponseKind.EXTENSION, r"gh|(?:de nghi |xin )?(?:gia|lui(?: thoi)?|keo dai(?: thoi)?) han",
             _extension),
    _command(ResponseKind.BLOCKED, r"vm|(?:dang |bi |gap |con |co )?vuong(?: mac)?", _blocked),
    _command(
        ResponseKind.NOT_MINE,
        r"kp|khong phai(?: la)? (?:viec|nhiem vu|phan viec)(?: (?:cua|thuoc))?"
        r"(?: (?:toi|em|minh|chung toi|don vi))*"
        r"|khong thuoc (?:tham quyen|trach nhiem|nhiem vu)(?: (?:cua|don vi|toi|em|minh|chung toi))*",
        _not_mine,
    ),
    _command(ResponseKind.SUBSTITUTE, r"ntt|(?:nguoi )?thay the|nguoi thay", _substitute),
    _command(ResponseKind.STOP, r"stop|huy|dung|ngung", _no_stop, needed=rf"(?={_BEFORE_NUMBER}\d)"),
)  # fmt: skip

_YES, _NO = Response(ResponseKind.CONFIRM), Response(ResponseKind.REJECT)
_ALONE = {
    "1": Response(ResponseKind.ACKNOWLEDGE),
    "?": Response(ResponseKind.HELP),
    "/start": Response(ResponseKind.HELP),
    **dict.fromkeys(("dung", "dung roi", "dung vay", "dung a"), replace(_YES, is_stop_else=True)),
    **dict.fromkeys(("chinh xac", "yes", "y", "co", "dong y"), _YES),
    **dict.fromkeys(("sai", "sai roi", "khong", "khong dung", "ko", "no", "bo", "bo qua"), _NO),
    **dict.fromkeys(("huy", "huy bo"), replace(_NO, is_stop_else=True)),
    **dict.fromkeys(
        ("stop", "dung lai", "dung nhan", "dung nhan tin", "dung gui", "dung gui tin", "huy nhan tin",
         "huy dang ky", "ngung", "ngung nhan tin", "ngung gui", "unsubscribe", "/stop"),
        Response(ResponseKind.STOP),
    ),
    **dict.fromkeys(
        ("giup", "giup toi", "giup do", "tro giup", "huong dan", "help", "/help", "menu", "danh sach", "ds"),
        Response(ResponseKind.HELP),
    ),
}  # fmt: skip
