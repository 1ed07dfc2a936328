"""Where can everybody be reached by now: the contact book, with what channels taught us since?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from sqlmodel import Session

from engine.contacts import ContactBook
from engine.deputies import UNATTENDED
from engine.model import HANOI, Recipient
from engine.planning import World
from store import addresses, switches
from store.addresses import AddressStatus, KeptAddress
from usecases.wiring import Office

CHANNEL_NAMES = {
    "email": "thư điện tử", "mailbox": "hộp thư tại chỗ", "zalo_bot": "Zalo Bot", "zalo_oa": "Zalo OA",
    "zalo_zbs": "tin ZBS", "telegram": "Telegram",
}  # fmt: skip
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


def reached_by_now(session: Session, world: World) -> World:
    """Return a world with the people of its own contact book where they are reached by now."""
    contacts = world.contacts.with_recipients(addresses.overlay(session))
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
    rests_on = f" ({kept.evidence})" if kept.evidence else ""
    return f"{CLOSED.get(kept.status, 'đang dùng')} từ {kept.at:%d/%m/%Y}{rests_on}"


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
