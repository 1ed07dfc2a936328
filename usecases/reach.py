"""Where can everybody be reached by now: the contact book, with what channels taught us since?"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from sqlmodel import Session

from engine.contacts import ContactBook
from engine.deputies import UNATTENDED
from engine.hindrances import ChannelState, ClosedWay
from engine.model import HANOI, Recipient
from engine.planning import World
from notifiers.bounces import verdict
from notifiers.mail_codes import enhanced_in, reply_in
from store import addresses, switches
from store.addresses import AddressStatus, KeptAddress
from usecases.wiring import Office

CHANNEL_NAMES = {
    "email": "thư điện tử", "mailbox": "hộp thư tại chỗ", "zalo_bot": "Zalo Bot", "zalo_oa": "Zalo OA",
    "zalo_zbs": "tin ZBS", "telegram": "Telegram",
}  # fmt: skip
NOBODY_THERE = {
    "email": "hộp thư không nhận",
    "mailbox": "hộp thư không nhận",
    "zalo_zbs": "số này không nhận",
}
BOUNCED = "thư báo lỗi: "  # what usecases.bouncing keeps: the words of a server as they came
_ABOUT_WHOM = re.compile(r"^(?:thư điện tử|telegram|Zalo \w+): (?:[^:]*\): )?")
CLOSED = {
    AddressStatus.DEAD: "không đến được",
    AddressStatus.OPTED_OUT: "đã dừng theo ý người nhận",
    AddressStatus.ERASED: "đã xóa theo yêu cầu",
}


@dataclass(frozen=True, slots=True)
class Reach:
    """How a post is reached by now; `why` says what stands in the way, "" when nothing does.

    `told` is who gets its letters now: the holder, or who stands in; both are None while the post
    is vacant. `open` are the channels to them, `known` what was learned of the holder's addresses.
    """

    post: str
    recipient: Recipient | None
    told: Recipient | None
    open: tuple[str, ...] = ()
    known: tuple[KeptAddress, ...] = ()
    paused: tuple[str, ...] = ()  # of the open channels those that are stopped for now
    why: str = ""

    @property
    def closed(self) -> tuple[KeptAddress, ...]:
        """What stands against the holder's other channels."""
        return tuple(kept for kept in self.known if kept.status is not AddressStatus.LINKED)


def contacts_by_now(session: Session, office: Office) -> ContactBook:
    """Return the contact book with linked chats, without addresses that are dead or refused."""
    return office.contacts.with_recipients(addresses.overlay(session))


def world_by_now(session: Session, office: Office) -> World:
    """Return what decisions rest on, with everybody where they are reached by now."""
    return reached_by_now(session, office.world)


def reached_by_now(session: Session, world: World, until: datetime | None = None) -> World:
    """Return a world with the people of its own contact book where they are reached, now or then."""
    contacts = world.contacts.with_recipients(addresses.overlay(session, until))
    return world if contacts is world.contacts else replace(world, contacts=contacts)


def reach_of_everybody(office: Office, now: datetime) -> list[Reach]:
    """Return how every post is reached at a moment, vacant ones too, in the order of the contact book."""
    with office.database.reading() as session:
        book = contacts_by_now(session, office)
        stopped = {stop.name.removeprefix("channel:") for stop in switches.stops(session, now)}
        posts = dict.fromkeys(one.post for one in book.recipients)
        return [_reach(session, office, book, post, stopped, now) for post in posts]


def _reach(
    session: Session, office: Office, book: ContactBook, post: str, stopped: set[str], now: datetime
) -> Reach:
    holder = book.at_post(post, now.astimezone(HANOI).date())
    channels = office.channels.names
    told = book.told_at(post, now, channels)
    if holder is None or told is None:
        return Reach(post, None, None, why="hôm nay không ai giữ vị trí này")
    usable = tuple(sorted(told.addresses.keys() & channels))
    known = tuple(addresses.of_person(session, post, holder.person))
    found = Reach(post, holder, told, usable, known, tuple(c for c in usable if c in stopped))
    is_anybody_there = book.is_anybody_there(post, now)
    return replace(found, why="; ".join(_obstacles(found, channels, is_anybody_there)))


def _obstacles(one: Reach, channels: frozenset[str], is_anybody_there: bool) -> Iterator[str]:
    """Yield what a coordinator should put right about a post, in words."""
    outside = channels - {UNATTENDED}
    ways = set(one.open) & outside
    if outside and not ways:
        yield "không kênh nào đang mở tới được" + _because(one)
    elif ways == {"telegram"}:
        yield "chỉ còn Telegram, có thể bị chặn bất cứ lúc nào"
    elif ways and ways <= set(one.paused):
        yield "kênh duy nhất tới được đang tạm dừng"
    if not is_anybody_there:
        yield "đang vắng mà không có ai nhận thay"


def _because(one: Reach) -> str:
    """Say what is known of the channels that do not reach any more, or that nothing was ever written."""
    if one.told is not None and one.told.sits_at:
        return ""
    told = [f"{CHANNEL_NAMES.get(k.channel, k.channel)} {said_of(k)}" for k in one.closed]
    return f": {'; '.join(told)}" if told else ": chưa ghi địa chỉ, chưa nối cuộc trò chuyện nào"


def said_of(kept: KeptAddress) -> str:
    """Return what became of an address, in words: since when and on what it rests."""
    since, reason = f"từ {kept.at:%d/%m/%Y}", reason_of(kept.evidence)
    said = f"{CLOSED.get(kept.status, 'đang dùng')} {since}"
    if kept.status is AddressStatus.DEAD and reason:
        return f"{said} vì {reason}"
    return f"{said} ({reason})" if reason else said


def reason_of(evidence: str) -> str:
    """Return in plain words why an address is not used: not the channel's own, nor to whom it was writing.

    What a server said in a mail that came back is told by its meaning; it stays on record as it was.
    """
    told = evidence.removeprefix(BOUNCED)
    if told != evidence:
        words, code = verdict(told).words, enhanced_in(told) or reply_in(told)
        return f"{words} ({code})" if code else words
    return _ABOUT_WHOM.sub("", evidence).partition(" — ")[0]


def closed_ways(session: Session, at: datetime) -> dict[tuple[str, str, str], ClosedWay]:
    """Return every address that was not used any more at a moment, by post, person and channel."""
    found = (kept for kept in addresses.known_at(session, at) if kept.status in CLOSED)
    return {(k.post, k.person, k.channel): ClosedWay(ChannelState(k.status), _told(k)) for k in found}


def _told(kept: KeptAddress) -> str:
    """Return what became of an address as an explanation names it."""
    since, reason = f"từ {kept.at:%d/%m/%Y}", reason_of(kept.evidence)
    if kept.status is AddressStatus.ERASED:
        return f"địa chỉ đã xóa theo yêu cầu {since}"
    if kept.status is AddressStatus.OPTED_OUT:
        return f"đã từ chối nhận tin {since}" + (f" ({reason})" if reason else "")
    nobody = NOBODY_THERE.get(kept.channel, "cuộc trò chuyện không nhận")
    return f"{nobody}: {reason or 'không đến được'}, {since}"


def dead_since(
    office: Office, since: datetime | None, until: datetime
) -> list[tuple[KeptAddress, Recipient]]:
    """Return the addresses found dead after `since`, by `until`, of people who still hold their posts.

    Without `since` all that are dead. The coordinating office is to put them right.
    """
    day = until.astimezone(HANOI).date()
    with office.database.reading() as session:
        dead = addresses.of_status(session, AddressStatus.DEAD)
    found = []
    for kept in dead:
        holder = office.contacts.at_post(kept.post, day)
        is_new = kept.at <= until and (since is None or kept.at > since)
        mended = holder is not None and holder.addresses.get(kept.channel, kept.address) != kept.address
        if holder is not None and holder.person == kept.person and is_new and not mended:
            found.append((kept, holder))
    return found
