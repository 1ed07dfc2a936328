"""Is what the ledger knew at a moment still known when it has moved on?"""

from __future__ import annotations

import asyncio

import pytest

from engine.ledger import DeliveryState
from engine.model import FactKind
from store import history, ledger, registry
from tests.guarantee.stories import ROWS, Deed, MoodyChannel, Story
from tests.guarantee.world import at, bring
from usecases.deliver import pump
from usecases.remind import tick

DEEDS = (
    Deed(10, 9, FactKind.EXTENDED, (2, "SXD")),
    Deed(16, 9, FactKind.REPORTED, (2, "SYT")),
    Deed(18, 9, FactKind.RETURNED, (2, "SYT")),
    Deed(20, 7, FactKind.REPORTED, (3, "SNV")),
)


@pytest.fixture
def office(office):
    bring(office, ROWS)
    return office


def as_told(office) -> dict[str, set[tuple[str, ...]]]:
    """What the ledger says now."""
    with office.database.reading() as session:
        ids = registry.assignment_ids(session)
        found = ledger.told_about(session, ids)
    return {id_: {(t.key, str(t.state), t.suppression) for t in told} for id_, told in found.items()}


def as_remembered(office, until) -> dict[str, set[tuple[str, ...]]]:
    """What it is remembered to have said at a moment."""
    with office.database.reading() as session:
        ids = registry.assignment_ids(session)
        found = history.remembered(session, ids, until)
    return {
        id_: {(one.told.key, str(one.told.state), one.told.suppression) for one in known}
        for id_, known in found.items()
    }


@pytest.mark.parametrize("mood", [3, pytest.param(11, marks=pytest.mark.slow)])
def test_every_moment_of_a_month_is_remembered_as_it_was(office, mood):
    office.__dict__["notifiers"] = {"mailbox": MoodyChannel(mood)}
    seen = {}
    for now, deed in Story(DEEDS, frozenset({5, 22, 23}), mood).moments():
        if deed is not None:
            deed.happen(office)
            continue
        tick(office, now)
        asyncio.run(pump(office, now))
        seen[now] = as_told(office)

    assert {now: as_remembered(office, now) for now in seen} == seen
    assert len({str(told) for told in seen.values()}) > 15


def test_a_reminder_is_remembered_with_its_rules_its_channel_and_its_way(office):
    office.__dict__["notifiers"] = {"mailbox": MoodyChannel(0)}
    planned_at, sent_at = at("2025-09-18 20:00"), at("2025-09-19 07:00")
    tick(office, planned_at)
    asyncio.run(pump(office, sent_at))
    (id_,) = ["KH-THỬ/3@SNV"]
    with office.database.reading() as session:
        then = history.remembered(session, [id_], planned_at)[id_]
        now = history.remembered(session, [id_], sent_at)[id_]
    before, after = (next(one for one in known if one.channel) for known in (then, now))

    assert (before.delivery, after.delivery) == (DeliveryState.HELD, DeliveryState.DELIVERED)
    assert before.leaves_at == after.leaves_at == sent_at
    assert (after.rulebook, after.channel) == (office.rulebook.fingerprint, "mailbox")
    assert after.person
