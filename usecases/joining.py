"""How does a person open a chat to us, and how do we know that it is them?

They get a code, once, for one channel, from somebody who knows them, and type it in a private chat.
A link that stands is never taken over: the old side agrees, or the administrator closes it first.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session

from engine.model import HANOI, Recipient
from notifiers.base import Heard
from store import addresses, responses
from store.addresses import AddressStatus, KeptAddress
from store.responses import JoinCode
from usecases.errors import InputRejected
from usecases.reach import CHANNEL_NAMES, contacts_by_now
from usecases.wiring import Office

SHORTEST, LONGEST = timedelta(minutes=15), timedelta(hours=24)
MOST_WRONG = 5  # tries an hour in one chat
TYPED_CODES = frozenset({"zalo_bot", "zalo_oa"})  # six digits a person types; elsewhere the code is in a link
CHATS = TYPED_CODES | {"telegram"}
RELINK_FOR = timedelta(hours=24)
TEXT_VERSION = "2025-1"  # of CONSENT
CONSENT = (
    "Anh/chị đồng ý nhận lời nhắc công việc của cơ quan qua kênh này. Tin chỉ nêu mã, tên việc và thời hạn. "
    "Nhắn STOP lúc nào cũng được để dừng, GIUP để xem việc đang mở."
)
ASKED_OLD_SIDE = (
    "Có người dùng mã của anh/chị để chuyển lời nhắc sang một cuộc trò chuyện khác. "
    "Nhắn ĐÚNG nếu chính anh/chị làm việc đó, SAI nếu không."
)
ASKED_NEW_SIDE = (
    "Vị trí này đang nối với một cuộc trò chuyện khác. Trả lời ĐÚNG ở cuộc trò chuyện cũ, "
    "hoặc nhờ quản trị viên ngắt nối cũ rồi xin mã mới."
)
REFUSED = "Mã không đúng, đã dùng hoặc đã hết hạn. Xin mã mới của cơ quan theo dõi, đôn đốc."

Reply = tuple[str, str, str]  # channel, address, words


@dataclass(frozen=True, slots=True)
class Invitation:
    """A code and the words with which it is handed over."""

    post: str
    person: str
    channel: str
    code: str
    expires_at: datetime
    text: str


def invite(
    office: Office, post: str, channel: str, now: datetime, life: timedelta = timedelta(hours=1)
) -> Invitation:
    """Return a new code for who holds a post; the ones they had for this channel end.

    Raises InputRejected for a post nobody holds, a channel that is no chat, and Telegram for
    somebody who is reached by nothing else: it may be shut off any day.
    """
    if channel not in CHATS:
        raise InputRejected(f"kênh '{channel}' không nối bằng mã; dùng một trong: {', '.join(sorted(CHATS))}")
    if not SHORTEST <= life <= LONGEST:
        raise InputRejected("mã có hiệu lực từ 15 phút đến 24 giờ")
    with office.database.writing() as session:
        holder = _holder(session, office, post, now)
        others = set(holder.addresses) & office.channels.names - {"telegram", "mailbox"}
        if channel == "telegram" and not others:
            raise InputRejected(
                f"{post} chưa có kênh nào khác; Telegram không bao giờ là kênh duy nhất — ghi e-mail trong "
                "people.yml, hoặc nối Zalo trước"
            )
        whose = JoinCode(post, holder.person, channel, now, now + life)
        code = _new_code(channel)
        while not responses.put_code(session, code, whose):
            code = _new_code(channel)
    bot = office.channels.telegram.bot if office.channels.telegram else ""
    return Invitation(post, holder.person, channel, code, whose.expires_at, _handed_over(whose, code, bot))


def why_idle(office: Office, channel: str) -> str:
    """Return one sentence on why a code for a channel does nothing for now, "" when the channel is open."""
    if channel in office.channels.names:
        return ""
    head = f"Lưu ý: kênh {CHANNEL_NAMES[channel]} đang đóng nên mã nối chưa có tác dụng gì cho đến khi"
    if office.settings.mailbox_only:
        return f"{head} bỏ DONDOC_MAILBOX_ONLY và mở kênh {channel} trong channels.yml."
    where = office.settings.config / "channels.yml"
    return (
        f"{head} đặt 'enabled: có' ở mục '{channel}' của tệp {where}; mã hết hạn trước lúc đó thì cấp mã mới."
    )


def join(session: Session, office: Office, said: Heard, code: str, now: datetime) -> list[Reply]:
    """Link a private chat to whom the code was given; return what to say, and where."""
    back = (said.channel, said.address)
    if not said.is_private:
        return []
    subject = f"join:{said.channel}:{responses.hashed(said.address)[:32]}"
    if responses.attempts(session, subject, now) >= MOST_WRONG:
        return [(*back, "Đã thử sai quá nhiều lần; thử lại sau một giờ.")]
    whose = responses.spend_code(session, said.channel, code, now)
    holder = office.contacts.at_post(whose.post, now.astimezone(HANOI).date()) if whose else None
    if whose is None or holder is None or holder.person != whose.person:
        responses.count_attempt(session, subject, now)
        return [(*back, REFUSED)]
    return _linked(session, said, whose, holder, now)


def unlink(office: Office, post: str, channel: str, now: datetime) -> bool:
    """Close the chat of who holds a post, by the administrator's word; False when none was open."""
    with office.database.writing() as session:
        holder = _holder(session, office, post, now)
        known = addresses.of_channel(session, post, holder.person, channel)
        if known is None or known.status is not AddressStatus.LINKED:
            return False
        why = "quản trị viên ngắt để nối lại"
        return addresses.mark_dead(session, post, holder.person, channel, known.address, why, now, "admin")


def _linked(session: Session, said: Heard, whose: JoinCode, holder: Recipient, now: datetime) -> list[Reply]:
    back = (said.channel, said.address)
    evidence = f"nhắn mã một lần trong cuộc trò chuyện riêng lúc {now.astimezone(HANOI):%H:%M %d/%m/%Y}"
    evidence += f"; tên trên kênh: {said.name[:80]}" if said.name else ""
    known = addresses.of_channel(session, whose.post, whose.person, said.channel)
    if known and known.status is AddressStatus.LINKED and known.address != said.address:
        relink = {
            "post": whose.post, "person": whose.person, "address": said.address, "evidence": evidence,
            "text_version": TEXT_VERSION,
        }  # fmt: skip
        responses.put_pending(session, said.channel, known.address, {"relink": relink}, now, now + RELINK_FOR)
        return [(said.channel, known.address, ASKED_OLD_SIDE), (*back, ASKED_NEW_SIDE)]
    kept = KeptAddress(
        whose.post, whose.person, said.channel, said.address, AddressStatus.LINKED, evidence, "code", now,
        TEXT_VERSION, heard_at=now,
    )  # fmt: skip
    if not addresses.put(session, kept):
        return [(*back, "Cuộc trò chuyện này đã nối từ trước; không có gì thay đổi.")]
    return [(*back, f"Đã nối với {holder.title}, {holder.unit.name}. {CONSENT}")]


def _new_code(channel: str) -> str:
    return f"{secrets.randbelow(10**6):06}" if channel in TYPED_CODES else secrets.token_hex(32)


def _handed_over(whose: JoinCode, code: str, bot: str) -> str:
    name = CHANNEL_NAMES[whose.channel]
    until = f"{whose.expires_at.astimezone(HANOI):%H:%M ngày %d/%m/%Y}"
    how = f"mở {name} của cơ quan theo dõi và nhắn: NOI {code}"
    if whose.channel not in TYPED_CODES and bot:
        how = f"mở https://t.me/{bot}?start={code} rồi bấm Bắt đầu"
    elif whose.channel not in TYPED_CODES:
        how = f"mở liên kết của bot {name}, thêm ?start={code} vào cuối địa chỉ, rồi bấm Bắt đầu"
    head = f"Kính gửi {whose.person}: để nhận lời nhắc qua {name}, {how}."
    return f"{head} Mã dùng một lần, đến {until}. {CONSENT}"


def _holder(session: Session, office: Office, post: str, now: datetime) -> Recipient:
    holder = contacts_by_now(session, office).at_post(post, now.astimezone(HANOI).date())
    if holder is None:
        raise InputRejected(
            f"hôm nay không ai giữ vị trí '{post}'; ghi dạng MÃ_ĐƠN_VỊ/contact, ví dụ SYT/contact"
        )
    return holder
