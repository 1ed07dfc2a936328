"""A stretch of days with everything that happens in them: acts, outages, a channel with moods.

A story told twice goes the same way: what the channel answers depends on the letter and
the attempt alone, never on who sends it or in which order.
"""

from __future__ import annotations

import contextlib
import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from threading import Lock

from hypothesis import strategies as st

from engine.model import HANOI, Fact, FactKind
from notifiers.base import DeliveryFailed, DeliveryUnknown, Letter, Receipt, Scope
from tests.guarantee.world import PLAN, Sent, a_row
from usecases.act import record
from usecases.errors import InputRejected
from usecases.wiring import Office

FIRST = date(2025, 9, 15)
DAYS = 40
ROWS = (
    a_row(1, "26/9/2025", "Sở Y tế", "Sở Tài chính"),
    a_row(2, "30/9/2025", "Sở Xây dựng, Sở Y tế"),
    a_row(3, "19/9/2025", "Sở Nội vụ"),
    a_row(4, "17/10/2025", "Sở Tài chính"),
    a_row(5, "19/9/2025", "Sở Công Thương"),
    a_row(6, "19/9/2025", "Sở Y tế"),  # with 3 and 5 more than the upper levels are told in a day
)
SHARES = ((1, "SYT"), (1, "STC"), (2, "SXD"), (2, "SYT"), (3, "SNV"), (4, "STC"), (5, "SCT"))
ACTS = (
    FactKind.ACKNOWLEDGED,
    FactKind.REPORTED,
    FactKind.REPORTED,
    FactKind.RETURNED,
    FactKind.EXTENDED,
    FactKind.EXTENDED,
    FactKind.BLOCKED,
    FactKind.BLOCKED,
    FactKind.UNBLOCKED,
    FactKind.CANCELLED,
    FactKind.ACCEPTED,
    FactKind.EXTENSION_REQUESTED,
    FactKind.EXTENSION_REFUSED,
    FactKind.DISPUTED,
    FactKind.DECIDED,
)
DATED = {FactKind.EXTENDED, FactKind.EXTENSION_REQUESTED, FactKind.DECIDED}


@dataclass(frozen=True)
class Deed:
    """Somebody does something; what does not fit by then is refused, as in life."""

    day: int
    hour: int
    kind: FactKind
    share: tuple[int | str, str]  # the number of a task of the small plan or the code of any, and the unit
    days: int = 9  # by which a deadline moves
    unit: str = ""  # that is waited for

    @property
    def at(self) -> datetime:
        return _moment(self.day, self.hour, 17)

    def happen(self, office: Office) -> None:
        task, unit = self.share
        code = f"{PLAN.code}/{task}" if isinstance(task, int) else task
        due_on = self.at.date() + timedelta(days=self.days) if self.kind in DATED else None
        waits_for = self.unit if self.kind is FactKind.BLOCKED else ""
        fact = Fact(self.kind, self.at, "người thử", due_on=due_on, document="12/UBND", unit=waits_for)
        with contextlib.suppress(InputRejected):
            record(office, code, unit, fact)


MUCH = (  # some of everything, between the runs and before the first or after the last of a day
    Deed(2, 9, FactKind.ACKNOWLEDGED, (1, "SYT")),
    Deed(10, 9, FactKind.EXTENDED, (2, "SXD")),
    Deed(16, 15, FactKind.REPORTED, (2, "SYT")),
    Deed(18, 9, FactKind.RETURNED, (2, "SYT")),
    Deed(20, 7, FactKind.BLOCKED, (3, "SNV")),
    Deed(27, 9, FactKind.UNBLOCKED, (3, "SNV")),
    Deed(30, 9, FactKind.CANCELLED, (4, "STC")),
)


@dataclass(frozen=True)
class Story:
    """What happens, on which days the service is down or the mail server refuses, how moody channels are."""

    deeds: tuple[Deed, ...] = ()
    outages: frozenset[int] = frozenset()
    mood: int = 0  # 0 is a channel that always delivers
    refusing: frozenset[int] = frozenset()

    @property
    def channel(self) -> MoodyChannel:
        """What takes the letters, or does not; new each time."""
        return MoodyChannel(self.mood, frozenset(FIRST + timedelta(days=n) for n in self.refusing))

    def moments(self) -> Iterator[tuple[datetime, Deed | None]]:
        """Yield the deeds and the runs (None) in the order of their moments."""
        runs = [
            (_moment(day, hour), None)
            for day in range(DAYS)
            if day not in self.outages
            for hour in ((8, 14, 21) if day % 3 == 0 else (8, 14))
        ]
        yield from sorted([*runs, *((deed.at, deed) for deed in self.deeds)], key=lambda pair: pair[0])


def stories() -> st.SearchStrategy[Story]:
    """Any story: a few deeds, a few days down, a good or a bad channel."""
    return st.builds(
        Story,
        st.lists(deeds(SHARES), max_size=12).map(tuple),
        st.frozensets(st.integers(0, DAYS - 1), max_size=10),
        st.integers(0, 200),
    )


def deeds(
    shares: Sequence[tuple[int | str, str]], **more: st.SearchStrategy[object]
) -> st.SearchStrategy[Deed]:
    """Whatever somebody does about one of the shares; `more` are other fields of a deed."""
    day, hour = st.integers(0, DAYS - 1), st.integers(6, 19)
    return st.builds(Deed, day, hour, st.sampled_from(ACTS), st.sampled_from(shares), **more)


def no_such_box() -> DeliveryFailed:
    """Return what is said of an address at which nobody lives."""
    return DeliveryFailed("hộp thư không tồn tại", permanent=True)


@dataclass
class MoodyChannel:
    """A channel that refuses by the letter and the attempt; what it takes has arrived.

    One of them stands for all channels of an office; on the days of `refusing` nothing leaves by mail.
    """

    mood: int
    refusing: frozenset[date] = frozenset()
    channel: str = "mailbox"
    batch: int = 1
    repeats_safely: bool = True
    sent: list[Sent] = field(default_factory=list)
    tried: Counter[str] = field(default_factory=Counter)
    ids: dict[str, set[str]] = field(default_factory=dict)
    lock: Lock = field(default_factory=Lock)

    async def send(self, letter: Letter, address: str) -> Receipt:
        with self.lock:
            self.tried[letter.key] += 1
            self.ids.setdefault(letter.key, set()).add(letter.message_id)
            failure = self.refusal(letter, address, self.tried[letter.key])
            if "@" in address and letter.at.astimezone(HANOI).date() in self.refusing:
                failure = DeliveryFailed("máy chủ thư không nhận", permanent=False, scope=Scope.CHANNEL)
            if failure is None:
                self.sent.append(Sent(letter, address))
        if failure is not None:
            raise failure
        return Receipt(letter.message_id, "delivered")

    async def close(self) -> None:
        """Nothing is held open."""

    def wire(self, office: Office) -> None:
        """Take the letters of an office, whatever the channel."""
        office.__dict__["notifiers"] = dict.fromkeys(("email", "zalo_bot", "mailbox"), self)

    def refusal(self, letter: Letter, address: str, attempt: int) -> DeliveryFailed | None:
        """Return what is said of a letter at an attempt; None is that it is taken."""
        if self.mood == 0:
            return None
        roll = self.roll(letter.key, attempt)
        if roll == 0:
            return DeliveryFailed("hộp thư tạm đầy", permanent=False)
        if roll == 1:
            return no_such_box()
        return DeliveryUnknown("máy chủ không trả lời") if roll == 2 else None

    def roll(self, *about: object) -> int:
        """Return the same number below eight whenever the same is asked in the same mood."""
        said = "|".join(map(str, (self.mood, *about)))
        return hashlib.sha256(said.encode()).digest()[0] % 8


def _moment(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime.combine(FIRST + timedelta(days=day), time(hour, minute), tzinfo=HANOI)
