"""Does one decision for all who stand alike say what a decision for each of them would?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from hypothesis import given
from hypothesis import strategies as st

from engine.escalation import next_sending_moment
from engine.ledger import Told, ToldState
from engine.messages import gather
from engine.model import Assignment
from engine.planning import World, decide_all
from engine.preview import preview_at
from tests.guarantee.drawn import cases
from tests.guarantee.test_properties import told_of, tried, untold_of
from tests.guarantee.worlds import OWING, moments


@tried(8, 150)
def test_whoever_stands_alike_is_told_what_each_would_be_told_alone(trying):
    @trying
    @given(case=cases(gathering=True), hours=st.frozensets(st.integers(0, 23), min_size=1, max_size=3))
    def property_(case, hours):
        shares, woken = owed_by_all(case.shares), moments([*hours])
        shown = preview_at(woken, shares, case.world, {})
        letters, untold = one_by_one(woken, shares, case.world)
        assert as_letters(map(told_of, shown.messages)) == as_letters(letters)
        assert sorted(untold_of(at, one) for at, one in shown.suppressions) == sorted(untold)

    property_()


def owed_by_all(shares: Sequence[Assignment]) -> list[Assignment]:
    """Return the shares, and for units without a share of a task what they would owe with the first one's."""
    found = {share.id: share for share in shares}
    for share in shares:
        for unit in OWING:
            id_ = f"{share.task.code}@{unit.code}"
            found.setdefault(id_, replace(share, id=id_, unit=unit))
    return list(found.values())


def one_by_one(woken: Iterable[datetime], shares: Sequence[Assignment], world: World):
    """Return the letters and what was left out when every share is asked at every moment."""
    ledger: dict[str, dict[str, Told]] = defaultdict(dict)
    spent: dict[object, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    letters, untold = [], []
    for now in woken:
        told = {id_: tuple(entries.values()) for id_, entries in ledger.items()}
        decision = decide_all(shares, world, told, now)
        leaves_on = _leaves_on(world, now)
        counted = {post: len(tasks) for post, tasks in spent[leaves_on].items()}
        gathered = gather(decision.reminders, world, now, counted)
        for message in gathered.messages:
            letters.append(told_of(message))
            for one in message.reminders:
                spent[leaves_on][one.recipient.post].add(one.assignment.task.code)
                _put(ledger, one, one.recipient.post, ToldState.DELIVERED, message.not_before)
        for left in (*decision.suppressions, *gathered.suppressions):
            known = ledger[left.assignment.id].get(left.key)
            if known is None or not left.reason.waits or known.suppression != left.reason:
                untold.append(untold_of(now, left))
            state = ToldState.WAITING if left.reason.waits else ToldState.SUPPRESSED
            _put(ledger, left, left.post, state, now, str(left.reason))
    return letters, untold


def as_letters(messages) -> dict[tuple[datetime, str, str], list[str]]:
    """Return the keys of what leaves at one moment to one post through one channel."""
    found = defaultdict(list)
    for at, post, channel, keys in messages:
        found[at, post, channel] += keys
    return {slot: sorted(keys) for slot, keys in found.items()}


def _leaves_on(world: World, now: datetime) -> object:
    return next_sending_moment(now, world.rulebook.sending, world.calendar).date()


def _put(ledger, what, post: str, state: ToldState, at: datetime, why: str = "") -> None:
    ledger[what.assignment.id][what.key] = Told(
        what.key, what.assignment.id, what.due_on, what.step, what.level, post, what.falls_at, state, at, why
    )
