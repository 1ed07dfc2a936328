"""What does a mail that came back say about the letter it belongs to?

Only a genuine return path names the letter. Reports in the standard form (RFC 3464) are read by
their fields, the others by the words servers use; answering machines, delay notices and
challenges say nothing about an address. What is doubtful counts against nobody.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime
from email.message import Message
from email.parser import BytesParser
from typing import Literal

from notifiers.base import Heard
from notifiers.bounce_words import (
    ADDRESS,
    AUTOMATIC_HEADERS,
    AWAY,
    CHALLENGE,
    CHALLENGE_HEADERS,
    DELAYED,
    FAILED,
    NAMED,
    RETURNED,
    SERVERS,
)
from notifiers.mail_codes import Answer, enhanced_in, meaning_of, reply_in
from notifiers.mail_parts import all_text, delivered_to, header, own_text, parts_of
from notifiers.verp import ReturnPath
from notifiers.words import plain

MOST_OCTETS = 5 * 1024 * 1024
_HARMLESS = {
    "auto": "thư trả lời tự động",
    "delay": "báo chậm: máy chủ còn đang thử chuyển",
    "challenge": "thư đòi xác minh người gửi; xử lý bằng tay nếu cần",
    "receipt": "báo đã mở thư",
    "person": "thư của người gửi vào địa chỉ nhận thư báo lỗi; đọc bằng tay",
    "unreadable": "thư không đọc được",
    "unknown": "địa chỉ nhận không phải của thư nào đã gửi (không có, sai hoặc giả chữ ký)",
}


@dataclass(frozen=True, slots=True)
class _Report:
    """What a report says happened: to whom, and in which words of the server."""

    action: Literal["failed", "delayed", "delivered"]
    recipient: str
    said: str


def read_bounce(octets: bytes, path: ReturnPath, now: datetime) -> Heard:
    """Return what a mail to our return path tells.

    A receipt "failed" or "delivered" names the letter in `about`, the mark of its address in
    `token`, and in `text` what the server said; `verdict` says what that means. All else is
    "other", with the reason in `text`. The same mail always has the same id.
    """
    id_ = hashlib.sha256(octets).hexdigest()[:32]
    try:
        mail = BytesParser().parsebytes(octets[:MOST_OCTETS])
        returned = path.read(delivered_to(mail)) or path.read(all_text(mail, octets))
        found = _reported(mail)
    except Exception:  # a parser reads what strangers wrote: whatever it raises, there is no report
        return Heard("email", id_, "other", now, text=_HARMLESS["unreadable"])
    if returned is None:
        return Heard("email", id_, "other", now, text=_HARMLESS["unknown"])
    if isinstance(found, str):
        return Heard("email", id_, "other", now, about=returned.key, text=_HARMLESS[found])
    return Heard(
        "email",
        id_,
        "receipt",
        now,
        found.recipient,
        text=found.said,
        token=returned.tag,
        about=returned.key,
        state="failed" if found.action == "failed" else "delivered",
    )


def verdict(said: str) -> Answer:
    """Return what the words of a server in a failed receipt mean for the address.

    Permanent and of the recipient: nobody is there. Of the recipient but passing: count it.
    Anything else says nothing about the address, and so do words nobody can read.
    """
    enhanced = enhanced_in(said)
    reply = reply_in(said) or (int(enhanced[0]) * 100 if enhanced else 0)
    if enhanced and reply // 100 != int(enhanced[0]):
        reply = int(enhanced[0]) * 100
    # Without any code the words alone decide, and only if they are of the kind a server would use.
    return meaning_of(reply or 599, said)


def _reported(mail: Message) -> _Report | str:
    """Return the report in a mail, or the name of what it is instead."""
    kind = str(mail.get_param("report-type", "") if mail.get_content_type() == "multipart/report" else "")
    if kind.lower() == "disposition-notification":
        return "receipt"
    status = next((p for p in parts_of(mail) if p.get_content_type() == "message/delivery-status"), None)
    if status is not None:
        return _standard(status, mail)
    subject, text = header(mail, "Subject"), own_text(mail)
    if _is_challenge(mail, subject, text):
        return "challenge"
    if not _is_from_a_server(mail, subject):
        return "auto" if _is_automatic(mail, subject) else "person"
    if DELAYED.search(f"{subject}\n{text}") and not FAILED.search(f"{subject}\n{text}"):
        return "delay"
    if _is_automatic(mail, subject) and not FAILED.search(f"{subject}\n{text}"):
        return "auto"
    return _Report("failed", _recipient_in(mail, text), _telling(text))


def _standard(status: Message, mail: Message) -> _Report | str:
    """Return what the blocks of a delivery status say: a failure before a delivery before a delay."""
    blocks = [block for block in _blocks(status) if block.get("Action") or block.get("Status")]
    by_action: dict[str, Message] = {}
    for block in blocks:
        by_action.setdefault(_action(block), block)
    if failed := by_action.get("failed"):
        return _Report("failed", _of_block(failed, mail), _said_in(failed))
    if delivered := by_action.get("delivered"):
        return _Report("delivered", _of_block(delivered, mail), "")
    return "delay" if "delayed" in by_action else "unreadable"


def _action(block: Message) -> str:
    """Return the action of a block, that of its code where the word is missing or unheard of."""
    words = str(block.get("Action", "")).strip().lower().split()
    word = words[0].strip(";,.") if words else ""
    if word in {"failed", "delayed", "delivered"}:
        return word
    if word in {"relayed", "expanded"}:  # handed on: nobody knows more
        return "delayed"
    code = header(block, "Status")[:2]
    return {"5.": "failed", "2.": "delivered"}.get(code, "delayed")


def _said_in(block: Message) -> str:
    """Return the code and the words of a failure; the diagnosis tells more than one for "other"."""
    status, diagnosis = enhanced_in(header(block, "Status")), header(block, "Diagnostic-Code")
    diagnosis = re.sub(r"^\s*(smtp|x-[\w-]+)\s*;\s*", "", diagnosis, flags=re.I)
    told = enhanced_in(diagnosis)
    code = told if told and (not status or status.endswith(".0.0")) else status
    without = diagnosis.replace(told, "", 1) if told else diagnosis
    return plain(f"{code} {without}")[:300]


def _of_block(block: Message, mail: Message) -> str:
    for name in ("Original-Recipient", "Final-Recipient"):
        found = ADDRESS.search(header(block, name).rpartition(";")[2])
        if found:
            return found[0].lower()
    return _recipient_in(mail, "")


def _recipient_in(mail: Message, text: str) -> str:
    """Return the one address the server names as the failing one, "" when it is not clear."""
    headed = ADDRESS.findall(header(mail, "X-Failed-Recipients"))
    named = {found.lower() for found in headed or NAMED.findall(text)}
    return named.pop() if len(named) == 1 else ""


def _telling(text: str) -> str:
    """Return the line of a free-form bounce that says what happened, with those that belong to it."""
    ours = re.split(RETURNED, text, maxsplit=1)[0]  # below stands our own letter
    lines = [plain(line) for line in ours.splitlines()]
    coded = [n for n, line in enumerate(lines) if enhanced_in(line)]
    coded = coded or [n for n, line in enumerate(lines) if reply_in(f"{line} ")]
    if coded:
        return " ".join(lines[coded[0] : coded[0] + 2])[:300]
    return next((line for line in lines if meaning_of(599, line) != meaning_of(599, "")), "")[:300]


def _is_from_a_server(mail: Message, subject: str) -> bool:
    """Whether the mail comes from a mail server and not from a person or a person's machine."""
    sender = header(mail, "From").lower()
    if mail.get("X-Failed-Recipients") or SERVERS.search(sender):
        return True
    is_null = str(mail.get("Return-Path", "")).strip() == "<>"
    return bool(FAILED.search(subject) or DELAYED.search(subject)) and (is_null or not ADDRESS.search(sender))


def _is_automatic(mail: Message, subject: str) -> bool:
    submitted = str(mail.get("Auto-Submitted", "no")).strip().lower()
    if not submitted.startswith("no") or any(mail.get(name) for name in AUTOMATIC_HEADERS):
        return True
    precedence = str(mail.get("Precedence", "")).strip().lower()
    return precedence in {"auto_reply", "auto-reply", "bulk", "junk"} or bool(AWAY.search(subject))


def _is_challenge(mail: Message, subject: str, text: str) -> bool:
    asked = any(mail.get(name) for name in CHALLENGE_HEADERS)
    return asked or bool(CHALLENGE.search(subject)) or bool(CHALLENGE.search(text[:2000]))


def _blocks(status: Message) -> list[Message]:
    """Return the blocks of a delivery status, which a parser keeps as parts, or as one text."""
    payload = status.get_payload()
    inner = [one for one in payload if isinstance(one, Message)] if isinstance(payload, list) else []
    if inner and (len(inner) > 1 or inner[0].keys()):
        return inner
    text = inner[0].get_payload(decode=True) if inner else None
    found = text if isinstance(text, bytes) else str(payload).encode("utf-8", "replace")
    return [BytesParser().parsebytes(block) for block in re.split(rb"\r?\n\s*\r?\n", found)]
