"""What does a person allow us, and what do we keep about them?

Stopping counts at once and is told to the coordinating office. Everything about one person can be
taken out and handed over, or blanked; the chained records keep only marks of it.
"""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlmodel import Session

from engine.model import HANOI, Recipient
from store import addresses, heard, people, records, registry, responses
from store.addresses import AddressStatus, KeptAddress
from usecases.answerers import ANSWERING, Answerer
from usecases.errors import InputRejected
from usecases.notices import lay_before_coordinator
from usecases.reach import CHANNEL_NAMES, contacts_by_now
from usecases.wiring import Office


def stopped(
    session: Session, office: Office, who: Answerer, evidence: str, now: datetime, source: str = "stop"
) -> str:
    """Record that a person wants nothing more at an address; return what to tell them."""
    for post in who.posts:
        is_news = addresses.opt_out(
            session, post.post, post.person, who.channel, who.address, evidence, now, source
        )
        if is_news:
            _tell_coordinator(session, office, post, who.channel, now)
    left = sorted({name for post in who.posts for name in _reached(session, office, post, now)})
    through = ", ".join(CHANNEL_NAMES.get(name, name) for name in left)
    other = f"Lời nhắc sẽ đi qua: {through}." if through else "Cơ quan theo dõi đã được báo để tìm cách khác."
    return f"Đã dừng gửi tin tới đây. {other} Muốn nhận lại: xin mã mới rồi nhắn NOI và mã."


def moved(session: Session, office: Office, who: Answerer, relink: dict[str, str], now: datetime) -> str:
    """Follow a person to another chat, as they agreed to in the old one."""
    if not any((p.post, p.person) == (relink["post"], relink["person"]) for p in who.posts):
        return "Không đổi gì: cuộc trò chuyện này không còn nối với vị trí đó."
    evidence = f"{relink['evidence']}; đồng ý từ cuộc trò chuyện cũ"
    kept = KeptAddress(
        relink["post"], relink["person"], who.channel, relink["address"], AddressStatus.LINKED, evidence,
        "code", now, relink["text_version"],
    )  # fmt: skip
    addresses.put(session, kept)
    return "Đã chuyển. Từ nay lời nhắc tới cuộc trò chuyện mới."


def export_person(office: Office, post: str, person: str | None, now: datetime) -> dict[str, Any]:
    """Return everything kept about one person at a post, as plain data."""
    with office.database.reading() as session:
        name = _person_at(office, post, person, now)
        known = addresses.of_person(session, post, name)
        at = [(kept.channel, kept.address) for kept in known]
        said = [
            {"at": one.received_at.isoformat(), "channel": one.channel, "kind": one.kind, "heard": one.heard}
            for one in heard.of_addresses(session, at)
        ]
        return {
            "post": post,
            "person": name,
            "addresses": [_plain(asdict(kept)) for kept in known],
            "heard": said,
            "messages": [_plain(row) for row in people.messages_to(session, post, name)],
        }


def erase_person(office: Office, post: str, person: str, now: datetime) -> dict[str, int]:
    """Blank everything personal kept about one person at a post; return how much was.

    That there were messages, answers and consent stays. While people.yml still lists the person, so
    does the refusal of each channel under their name: they are written to there no more.
    """
    with office.database.writing() as session:
        known = addresses.of_person(session, post, person)
        at = [(kept.channel, kept.address) for kept in known if kept.address]
        alone = [
            place
            for place in at
            if all((k.post, k.person) == (post, person) for k in addresses.by_address(session, *place))
        ]
        ids = [one.id for one in heard.of_addresses(session, alone)]
        is_listed = any((one.post, one.person) == (post, person) for one in office.contacts.recipients)
        counts = {
            "addresses": people.erase_addresses(session, post, person, now, keeps_name=is_listed),
            "heard": heard.blank(session, ids, "đã xóa theo yêu cầu"),
            "messages": people.erase_messages(session, post, person),
        }
        responses.forget_person(session, post, person, at)
        if not sum(counts.values()):
            raise InputRejected(f"không giữ gì về '{person}' ở vị trí {post}; xem 'dondoc people reach'")
        records.append(
            session, now, "person-erased", post, {"person_sha256": responses.hashed(person), **counts}
        )
    return counts


def _tell_coordinator(session: Session, office: Office, post: Recipient, channel: str, now: datetime) -> None:
    """Lay the stop before the coordinator, under the unit's next deadline."""
    ids = responses.open_of_units(session, [post.unit.code]) if post.role in ANSWERING else []
    for share in registry.assignments(session, office.directory.unit, ids=ids[:1]):
        left = _reached(session, office, post, now)
        through = ", ".join(CHANNEL_NAMES.get(name, name) for name in left) or "không kênh nào"
        said = (
            f"{post.title} của {post.unit.name} đã dừng nhận tin qua {CHANNEL_NAMES.get(channel, channel)}; "
            f"còn nhận qua: {through}"
        )
        lay_before_coordinator(session, office, share, said, now)


def _reached(session: Session, office: Office, post: Recipient, now: datetime) -> list[str]:
    today = now.astimezone(HANOI).date()
    by_now = contacts_by_now(session, office).at_post(post.post, today)
    return sorted(set(by_now.addresses) & office.channels.names) if by_now else []


def _person_at(office: Office, post: str, person: str | None, now: datetime) -> str:
    if person:
        return person
    holder = office.contacts.at_post(post, now.astimezone(HANOI).date())
    if holder is None:
        raise InputRejected(f"hôm nay không ai giữ vị trí '{post}'; thêm --person, ví dụ SYT/contact")
    return holder.person


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    return {k: v.isoformat() if isinstance(v, datetime) else v for k, v in row.items()}
