"""Who may change a secret, and which one is in force?"""

from datetime import datetime, timedelta

import pytest

from engine.model import HANOI
from store import credentials, volumes
from store.tables import MessageRow

NOW = datetime(2026, 11, 24, 8, 0, tzinfo=HANOI)
DAY = timedelta(days=1)
NAME = "zalo_oa:4111"


@pytest.fixture
def session(database):
    with database.writing() as session:
        yield session


def test_a_secret_takes_the_place_of_the_one_before(session):
    credentials.keep(session, NAME, "niêm-1", NOW, NOW + DAY)
    credentials.refuse(session, NAME, "niêm-1", "hết hạn")
    refused = credentials.credential(session, NAME)
    credentials.keep(session, NAME, "niêm-2", NOW + DAY, NOW + 2 * DAY)
    found = credentials.credential(session, NAME)

    assert (refused.is_ok, refused.note) == (False, "hết hạn")
    assert (found.sealed, found.is_ok, found.note) == ("niêm-2", True, "")
    assert (found.obtained_at, found.expires_at) == (NOW + DAY, NOW + 2 * DAY)
    assert "niêm-2" not in repr(found)


def test_a_late_refusal_does_not_touch_the_secret_that_came_after(session):
    credentials.keep(session, NAME, "niêm-2", NOW, NOW + DAY)

    assert not credentials.refuse(session, NAME, "niêm-1", "hết hạn")
    assert credentials.credential(session, NAME).is_ok


def test_one_at_a_time_may_change_a_secret_until_the_lease_runs_out(session):
    def lease(owner, after=0):
        now = NOW + timedelta(seconds=after)
        return credentials.lease(session, NAME, owner, now, now + timedelta(seconds=60))

    assert [lease("a"), lease("b"), lease("b", 59), lease("b", 60), lease("a", 61)] == [
        True, False, False, True, False,
    ]  # fmt: skip
    credentials.release(session, NAME, "a")  # its lease is gone: it cannot give away that of another
    assert not lease("a", 62)
    credentials.release(session, NAME, "b")
    assert lease("a", 62)
    assert credentials.credential(session, NAME) is None


def test_what_left_this_month_is_counted_whatever_became_of_it_later(session):
    states = ["sent", "delivered", "read", "unknown", "failed_permanent", "planned", "sent"]
    for n, state in enumerate(states):
        row = MessageRow(
            key=f"k{n}", post="p", person="x", unit_code="u", channel="email" if n > 5 else "zalo_bot",
            level=1, planned_at=NOW, not_before=NOW, state=state, settled_at=NOW,
        )  # fmt: skip
        session.add(row)
    session.flush()

    assert volumes.left_since(session, "zalo_bot", NOW) == 4
    assert volumes.left_since(session, "zalo_bot", NOW + timedelta(seconds=1)) == 0
