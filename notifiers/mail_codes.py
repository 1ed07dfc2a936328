"""What does a mail server's refusal mean for the letter, the mailbox and the channel?

One table for answers given at once (SMTP) and later (a bounce). The enhanced code (RFC 3463)
is believed before the reply code, since 550 alone is said of full, filtered and missing
mailboxes alike. Only what is surely said about a mailbox may count against it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import timedelta

from notifiers.base import Scope


@dataclass(frozen=True, slots=True)
class Answer:
    """What a refusal means: whether to try again, what it speaks of, and its words."""

    permanent: bool
    words: str
    scope: Scope = Scope.CHANNEL
    retry_after: timedelta | None = None


_FULL = Answer(False, "hộp thư đầy", Scope.RECIPIENT, timedelta(hours=6))
_UNKNOWN = Answer(True, "hộp thư không tồn tại", Scope.RECIPIENT)
_NO_DOMAIN = Answer(True, "tên miền của địa chỉ không nhận thư", Scope.RECIPIENT)
_TOO_LARGE = Answer(True, "thư quá lớn", Scope.CONTENT)
_CONTENT = Answer(True, "máy chủ thư từ chối nội dung thư", Scope.CONTENT)
_POLICY = Answer(True, "máy chủ thư từ chối theo chính sách của họ", Scope.CONTENT)
_LOGIN = Answer(False, "máy chủ thư đòi đăng nhập hoặc mã hóa")
_RELAY = Answer(False, "máy chủ thư của mình không chuyển thư ra ngoài")
_ROUTE = Answer(False, "đường đến máy chủ thư của người nhận đang hỏng")

ENHANCED = {
    "5.1.0": Answer(True, "địa chỉ không dùng được", Scope.CONTENT),  # says too little of the mailbox
    "5.1.1": _UNKNOWN,
    "5.1.2": _NO_DOMAIN,
    "5.1.3": Answer(True, "địa chỉ không hợp lệ", Scope.RECIPIENT),
    "5.1.6": Answer(True, "người nhận đã chuyển đi, không để lại địa chỉ", Scope.RECIPIENT),
    "5.1.7": Answer(False, "máy chủ thư không nhận địa chỉ người gửi"),
    "5.1.8": Answer(False, "máy chủ thư không nhận địa chỉ người gửi"),
    "5.1.10": _UNKNOWN,
    "5.2.1": Answer(True, "hộp thư đã bị khóa", Scope.RECIPIENT),
    "5.2.2": _FULL,
    "4.2.2": _FULL,
    "4.2.1": Answer(False, "hộp thư tạm thời chưa nhận được thư", Scope.RECIPIENT),
    "5.2.3": _TOO_LARGE,
    "5.3.4": _TOO_LARGE,
    "5.4.4": _NO_DOMAIN,
    "4.7.1": Answer(False, "máy chủ thư hẹn gửi lại sau (danh sách xám)"),
    "5.7.8": _LOGIN,
    "5.7.9": _LOGIN,
    "5.7.10": _LOGIN,
    "5.7.11": _LOGIN,
}
_CLASSES = {  # by the class and subject of an enhanced code that is not in the table
    "5.2": Answer(True, "hộp thư không nhận thư này", Scope.CONTENT),
    "5.3": Answer(False, "máy chủ thư của người nhận gặp lỗi"),
    "5.4": _ROUTE,
    "5.5": Answer(False, "hai máy chủ thư không hiểu nhau"),
    "5.6": _CONTENT,
    "5.7": _POLICY,
}
REPLIES = {
    421: Answer(False, "máy chủ thư tạm ngừng phục vụ"),
    450: Answer(False, "hộp thư tạm thời chưa nhận được thư"),
    451: Answer(False, "máy chủ thư gặp lỗi tạm thời"),
    452: Answer(False, "máy chủ thư tạm hết chỗ chứa"),
    530: _LOGIN,
    535: Answer(False, "máy chủ thư từ chối đăng nhập"),
    550: _UNKNOWN,
    551: Answer(True, "người nhận không thuộc máy chủ thư này", Scope.RECIPIENT),
    552: _FULL,
    553: Answer(True, "địa chỉ không hợp lệ", Scope.RECIPIENT),
    554: Answer(True, "máy chủ thư từ chối", Scope.CONTENT),
    556: _NO_DOMAIN,
}
_TEMPORARY = Answer(False, "máy chủ thư tạm thời không nhận")
_PERMANENT = Answer(True, "máy chủ thư từ chối", Scope.CONTENT)

_OURS = (421, 530, 535)  # said of us, whatever else comes with it

_ENHANCED_CODE = re.compile(r"(?<![\d.])([45])\.([0-7])\.(\d{1,3})(?![\d.]*\.?\d)")
_REPLY_CODE = re.compile(r"(?<![\d.])([45][0-5]\d)(?=[\s-])")

# Words of servers that give no enhanced code, or only the one for "something else" (x.0.0).
_SPOKEN = (
    (re.compile(r"relay(ing)?\s+(access\s+)?(is\s+)?(not\s+permitted|denied|prohibited)|unable\s+to\s+relay|"
                r"not\s+permitted\s+to\s+relay", re.I), _RELAY),
    (re.compile(r"over\s*quota|quota\s+exceeded|exceeded\s+.{0,20}quota|mailbox\s+(is\s+)?full|"
                r"insufficient\s+storage|hộp\s+thư\s+(đã\s+)?đầy", re.I), _FULL),
    (re.compile(r"spam|block(ed|\s*list)|black\s*list|reputation|polic(y|ies)|dmarc|\bspf\b|dkim|"
                r"virus|content\s+(rejected|denied)", re.I), _POLICY),
    (re.compile(r"(user|recipient|mailbox|address|account|addressee)\s+(\S+\s+){0,3}?"
                r"(unknown|not\s+found|does\s+not\s+exist|doesn'?t\s+exist|do\s+not\s+exist|unavailable|disabled|"
                r"invalid)|no\s+such\s+(user|recipient|mailbox|address)|(unknown|invalid)\s+(user|recipient|mailbox|"
                r"local\s*part)|no\s+mailbox\s+here|not\s+have\s+an?\s+\S+\s+account|doesn'?t\s+have\s+an?\s+\S+\s+account|không\s+tồn\s+tại|không\s+tìm\s+thấy\s+(người\s+nhận|hộp\s+thư)",
                re.I), _UNKNOWN),
)  # fmt: skip


def meaning_of(reply: int, words: str, *, of_content: bool = False) -> Answer:
    """Return what a refusal means; `of_content` when it came after the letter itself.

    A refusal of the content never counts against the mailbox, unless its enhanced code says so.
    """
    if reply in _OURS:
        return REPLIES[reply]
    enhanced = enhanced_in(words)
    told = ENHANCED.get(enhanced)
    if told is None or _says_nothing(enhanced):
        told = _spoken(words, reply, enhanced) or told
    if told is None and enhanced.startswith("5"):
        told = _CLASSES.get(enhanced.rpartition(".")[0])
    if of_content and told is None and reply >= 500:
        return _TOO_LARGE if reply == 552 else _CONTENT
    told = told or REPLIES.get(reply) or (_PERMANENT if reply >= 500 else _TEMPORARY)
    return replace(told, permanent=False) if told.permanent and reply < 500 else told


def enhanced_in(words: str) -> str:
    """Return the first enhanced code in `words`, "" when there is none."""
    found = _ENHANCED_CODE.search(words)
    return ".".join(str(int(part)) for part in found.groups()) if found else ""


def reply_in(words: str) -> int:
    """Return the first SMTP reply code of a refusal in `words`, 0 when there is none."""
    found = _REPLY_CODE.search(words)
    return int(found[1]) if found else 0


def _says_nothing(enhanced: str) -> bool:
    return not enhanced or enhanced.endswith(".0.0") or enhanced in {"5.1.0", "5.5.0", "5.4.1", "5.7.1"}


def _spoken(words: str, reply: int, enhanced: str) -> Answer | None:
    """Return what the words themselves say, where a code says too little."""
    if reply < 500:
        return None
    found = next((answer for pattern, answer in _SPOKEN if pattern.search(words)), None)
    if found is _UNKNOWN and enhanced == "5.7.1":
        return None  # "user … not found in allow list": policy, whatever the words
    return found
