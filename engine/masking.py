"""What of a task's text may be read outside the log-in?

Plans carry the telephone numbers, addresses and accounts of the people who wrote them.
Letters and reports go further than the plan did, so such numbers are replaced by the name
of what stood there, which cannot be turned back. Document numbers, dates and sums stay.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

PHONE = "[số điện thoại]"
EMAIL = "[địa chỉ thư điện tử]"
CITIZEN = "[số định danh cá nhân]"
ACCOUNT = "[số tài khoản]"

_GAP = r"[\s.()\u00ad\u200b\u2013\u2060-]{0,3}"
_UNSEEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_DIGITS = str.maketrans({chr(start + n): str(n) for start in (0xFF10, 0x0660, 0x06F0) for n in range(10)})
_NOT_A_SUM = r"(?!\d)(?!\s*(?:đồng|đ\b|vnđ|vnd|tỷ|tỉ|triệu|nghìn|ngàn|usd|%))"
_NOT_A_DATE = r"(?!\d{1,2}[\s./-]\d{1,2}[\s./-](?:19|20)\d\d(?!\d))(?!\d{1,2}[\s./-](?:19|20)\d\d(?!\d))"
_NOT_A_YEAR = r"(?!(?:19|20)\d\d(?!\s?\d))"
_START = r"(?<!\d)(?<!\d[.,])"


def masked(text: str) -> str:
    """Return `text` with telephone, mail, citizen and account numbers named instead of shown.

    Signs that nobody sees cannot hide one: where they do, they are left out.
    """
    seen = _UNSEEN.sub("", text)
    if seen != text and any(_spans(seen.translate(_DIGITS))):
        text = seen
    while (spans := list(_spans(text.translate(_DIGITS)))) != []:
        for start, end, name in reversed(spans):
            text = text[:start] + name + text[end:]
    return text


def _run(digits: str, count: int) -> str:
    """Return the pattern of `digits` followed by `count` more, gaps allowed anywhere between."""
    return digits + rf"(?:{_GAP}\d){{{count}}}"


_MOBILE, _LANDLINE = _run("[35789]", 8), _run("2", 9)
_OLD = rf"{_run('6', 8)}|{_run(f'1{_GAP}[2689]', 8)}"  # area codes before 2017, mobiles before 2018
_SUBSCRIBER = f"(?:{_MOBILE}|{_LANDLINE}|{_OLD})"
_LABELLED = r"(?<!\w)(?:{words})(?:\s*(?:số|liên hệ))?[\s:.()/-]*"
_NUMBER = r"(?P<secret>\+?\d(?:[\s.()-]{{0,2}}\d){{{least},{most}}}+)"

_PAPERS = r"cccd|cmnd|cmt|căn cước(?: công dân)?|chứng minh nhân dân|số định danh(?: cá nhân)?"
_ACCOUNTS = r"stk|(?:số )?tài khoản(?: ngân hàng)?|số tk|tk"
_PHONES = (
    r"sđt|sdt|số điện thoại|điện thoại|đ/thoại|đ\.?t|dđ|di động|tel|phone|mobile|fax|hotline|"
    r"đường dây nóng|zalo|máy"
)

# The more telling form stands first: what one has taken, no other takes.
_KINDS = tuple(
    (re.compile(form, re.IGNORECASE), name)
    for form, name in (
        (r"(?<![\w.+%-])(?P<secret>[\w.+%-]++\s?@\s?[\w-]+(?:\.[\w-]+)*)", EMAIL),
        (_LABELLED.format(words=_PAPERS) + _NUMBER.format(least=8, most=11) + r"(?!\d)", CITIZEN),
        (rf"{_START}(?P<secret>0\d{{11}})(?!\d)", CITIZEN),
        (_LABELLED.format(words=_ACCOUNTS) + _NUMBER.format(least=5, most=19) + _NOT_A_SUM, ACCOUNT),
        (rf"(?<!\w)(?P<secret>\(?\+{_GAP}84{_GAP}(?:0{_GAP})?{_SUBSCRIBER}){_NOT_A_SUM}", PHONE),
        (rf"(?<!\w)(?<!\d[.,])(?P<secret>84(?:[35789]\d{{8}}|2\d{{9}})){_NOT_A_SUM}", PHONE),
        (rf"{_START}(?P<secret>\(?{_NOT_A_DATE}0{_GAP}{_SUBSCRIBER})(?!\d)", PHONE),
        (
            rf"{_START}{_NOT_A_DATE}(?P<secret>0[235789](?:{_GAP}\d){{2,8}})(?=\s*…)",
            PHONE,
        ),  # a title cut short
        (
            _LABELLED.format(words=_PHONES)
            + _NOT_A_DATE
            + _NOT_A_YEAR
            + _NUMBER.format(least=6, most=12)
            + _NOT_A_SUM,
            PHONE,
        ),
    )
)
_TAX_CODE = re.compile(r"(?:mst|mã số (?:thuế|doanh nghiệp))[\s:]*$", re.IGNORECASE)


def _spans(text: str) -> Iterator[tuple[int, int, str]]:
    """Yield what to replace, in order and without overlaps; the more telling pattern wins."""
    if not any(letter.isdigit() or letter == "@" for letter in text):
        return
    taken: list[tuple[int, int, str]] = []
    for form, name in _KINDS:
        for found in form.finditer(text):
            start, end = found.span("secret")
            is_free = all(end <= other_start or other_end <= start for other_start, other_end, _ in taken)
            if is_free and not _TAX_CODE.search(text[max(0, start - 40) : start]):
                taken.append((start, end, name))
    yield from sorted(taken)
