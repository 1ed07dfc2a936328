"""Does the ledger's past read the same from both databases?"""

from __future__ import annotations

from datetime import timedelta

import pytest

from engine.ledger import DeliveryState
from store import history, outbox
from store.outbox import Settlement


def stood(office, share, when: str) -> list[tuple[str, str]]:
    with office.database.reading() as session:
        known = history.remembered(session, [share.id], office.at(when)).get(share.id, ())
        return [(str(one.told.state), one.told.suppression) for one in known]


@pytest.mark.parametrize(
    ("when", "state"),
    [
        ("2025-09-30 07:59", []),
        ("2025-09-30 08:00", [("waiting", "budget")]),
        ("2025-10-01 07:59", [("waiting", "budget")]),
        ("2025-10-01 08:00", [("pending", "")]),
        ("2025-10-01 08:01", [("pending", "")]),
        ("2025-10-01 09:00", [("delivered", "")]),
        ("2026-01-01 00:00", [("delivered", "")]),
    ],
)
def test_a_reminder_stands_as_it_stood_at_each_moment(office, when, state):
    (share,) = office.assign(office.share(office.task("1", "2025-09-30")))
    reminder = office.reminder(share)
    office.run(refusals=(office.refusal(reminder, "budget"),))
    office.run(office.message("thu-1", reminder), now="2025-10-01 08:00")
    for now, became in (("08:01", DeliveryState.FAILED_TEMPORARY), ("09:00", DeliveryState.DELIVERED)):
        with office.database.writing() as session:
            moment = office.at(f"2025-10-01 {now}")
            (claim,) = outbox.claim(session, moment, "máy 1", timedelta(minutes=10), "mailbox")
            outbox.settle(session, [Settlement(claim, became, retry_at=moment)], moment)

    assert stood(office, share, when) == state
