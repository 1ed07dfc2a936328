"""What would an edit of the rules send that was not sent before, and what no longer?

Two previews of the same stretch of time are compared message by message. A message is
known by its day, the post it goes to and its channel; what it carries, and the hour, may change.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from operator import attrgetter

from engine.messages import MessageDraft
from engine.model import HANOI

# An edit of these effects is more often a slip of the hand than a wish: a person must say yes.
MULTIPLIES = 2  # more than this many times as many messages …
MANY = 20  # … and more than this many more
MANY_A_DAY = 5  # … or this many more on one person's busiest day
FADES = 4  # less than one in so many is left, and more than MANY are gone


@dataclass(frozen=True, slots=True)
class Change:
    """A message that stays on its day: other tasks or steps in it, another hour, another person."""

    before: MessageDraft
    after: MessageDraft


@dataclass(frozen=True, slots=True)
class Counts:
    """How many messages there were and will be, and how many of them are new, gone or other."""

    before: int = 0
    after: int = 0
    added: int = 0
    removed: int = 0
    changed: int = 0

    @property
    def multiplies(self) -> bool:
        """Whether a person should confirm that this many are wanted."""
        return self._grows_by_more_than(MANY)

    @property
    def crowds(self) -> bool:
        """Whether a person should confirm that this many are wanted on one day."""
        return self._grows_by_more_than(MANY_A_DAY)

    @property
    def fades(self) -> bool:
        """Whether a person should confirm that so few are wanted."""
        return self.after * FADES < self.before and self.before - self.after > MANY

    def _grows_by_more_than(self, many: int) -> bool:
        return self.after > MULTIPLIES * self.before and self.after - self.before > many


@dataclass(frozen=True, slots=True)
class Difference:
    """Two previews compared; messages in the order they would leave."""

    added: tuple[MessageDraft, ...]
    removed: tuple[MessageDraft, ...]
    changed: tuple[Change, ...]
    totals: Counts
    by_level: Mapping[int, Counts]
    by_post: Mapping[str, Counts]  # of before and after
    busiest_day: Mapping[str, Counts]  # of each post, before and after; it need not be the same day

    @property
    def is_empty(self) -> bool:
        """Whether nobody would notice."""
        return not (self.added or self.removed or self.changed)

    @property
    def multiplied(self) -> tuple[tuple[int | None, Counts], ...]:
        """Return what grows beyond measure: levels, and None for all messages together."""
        return tuple((level, counts) for level, counts in self._asked if counts.multiplies)

    @property
    def faded(self) -> tuple[tuple[int | None, Counts], ...]:
        """Return what nearly falls silent: levels, and None for all messages together."""
        return tuple(
            (level, counts)
            for level, counts in self._asked
            if counts.fades or (level is None and counts.after == 0 < counts.before)
        )

    @property
    def burdened(self) -> tuple[tuple[str, Counts], ...]:
        """Return the posts that get far more than before, though their level may not."""
        return tuple((post, counts) for post, counts in sorted(self.by_post.items()) if counts.multiplies)

    @property
    def crowded(self) -> tuple[tuple[str, Counts], ...]:
        """Return the posts that get far more on one day than ever before."""
        return tuple((post, counts) for post, counts in sorted(self.busiest_day.items()) if counts.crowds)

    @property
    def _asked(self) -> tuple[tuple[int | None, Counts], ...]:
        return ((None, self.totals), *sorted(self.by_level.items()))


def difference(old: Iterable[MessageDraft], new: Iterable[MessageDraft]) -> Difference:
    """Return what `new` has and `old` has not, and the reverse.

    Several messages of one day to one post are matched first by what they carry and when
    they leave, then in the order they leave. Only what a recipient could notice counts:
    not the line of the rule file a reason names.
    """
    old, new = list(old), list(new)
    before, after = _by_slot(old), _by_slot(new)
    added: list[MessageDraft] = []
    removed: list[MessageDraft] = []
    changed: list[Change] = []
    for slot in before.keys() | after.keys():
        gone, come = _without_equals(before.get(slot, []), after.get(slot, []))
        pairs = min(len(gone), len(come))
        changed += map(Change, gone[:pairs], come[:pairs])
        removed += gone[pairs:]
        added += come[pairs:]
    changed.sort(key=lambda change: _order(change.after))
    found = (sorted(added, key=_order), sorted(removed, key=_order), [change.after for change in changed])
    by_level = _by_level(old, new, *found)
    totals = Counts(len(old), len(new), *map(len, found))
    by_post = _side_by_side(_by_post(old), _by_post(new))
    busiest = _side_by_side(_busiest_day(old), _busiest_day(new))
    return Difference(tuple(found[0]), tuple(found[1]), tuple(changed), totals, by_level, by_post, busiest)


_Slot = tuple[date, str, str]
_Content = tuple[datetime, int, str, frozenset[tuple[str, int]]]


def _by_slot(messages: Iterable[MessageDraft]) -> dict[_Slot, list[MessageDraft]]:
    """Return the messages by day, post and channel."""
    found: dict[_Slot, list[MessageDraft]] = defaultdict(list)
    for message in sorted(messages, key=_order):
        day = message.not_before.astimezone(HANOI).date()
        found[day, message.recipient.post, message.channel].append(message)
    return found


def _without_equals(
    old: list[MessageDraft], new: list[MessageDraft]
) -> tuple[list[MessageDraft], list[MessageDraft]]:
    """Return what is left of two lists once equal messages are taken out, pair by pair."""
    if len(old) == len(new) and all(map(_is_equal, old, new)):
        return [], []
    there = Counter(map(_content, new))
    gone: list[MessageDraft] = []
    for message in old:
        content = _content(message)
        if there[content]:
            there[content] -= 1
        else:
            gone.append(message)
    come: list[MessageDraft] = []
    for message in new:
        content = _content(message)
        if there[content]:
            there[content] -= 1
            come.append(message)
    return gone, come


def _is_equal(one: MessageDraft, other: MessageDraft) -> bool:
    """Whether two messages are equal at a glance; when they are not, `_content` may still say so."""
    return _glance(one) == _glance(other) and [*map(_told, one.reminders)] == [*map(_told, other.reminders)]


def _content(message: MessageDraft) -> _Content:
    """Return what a recipient could tell two messages apart by."""
    told = frozenset(map(_told, message.reminders))
    return message.not_before, message.level, message.recipient.person, told


_glance = attrgetter("key", "not_before", "level", "recipient.person")  # of a message
_told = attrgetter("key", "level")  # of a reminder


def _order(message: MessageDraft) -> tuple[datetime, str, str, str]:
    return message.not_before, message.recipient.post, message.channel, message.key


def _by_level(*parts: Iterable[MessageDraft]) -> dict[int, Counts]:
    """Return the counts of before, after, added, removed and changed, level by level."""
    counted = [Counter(message.level for message in part) for part in parts]
    levels = sorted(set().union(*counted))
    return {level: Counts(*(part[level] for part in counted)) for level in levels}


def _by_post(messages: Iterable[MessageDraft]) -> Counter[str]:
    return Counter(message.recipient.post for message in messages)


def _busiest_day(messages: Iterable[MessageDraft]) -> Counter[str]:
    """Return how many messages each post gets on the day on which it gets most."""
    found: Counter[str] = Counter()
    days = Counter((m.recipient.post, m.not_before.astimezone(HANOI).date()) for m in messages)
    for (post, _), count in days.items():
        found[post] = max(found[post], count)
    return found


def _side_by_side(before: Counter[str], after: Counter[str]) -> dict[str, Counts]:
    return {name: Counts(before[name], after[name]) for name in before.keys() | after.keys()}
