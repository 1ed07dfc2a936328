"""Does the scan of what has just fallen due find everything, whatever changes under it?

Days off announced late, other rules, posts that fall vacant, acts of people, a clock that
jumps: whatever the full sweep still found after a tick would be a reminder come late.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given

from engine.calendar import SpecialDay
from engine.model import FactKind, Role
from engine.planning import FAULT_STEP
from notifiers.base import DeliveryFailed
from tests.guarantee.lives import Change, Coming, Life, Liver, Look, Tagging, lives, moment
from tests.guarantee.stories import FIRST, Deed
from tests.guarantee.test_month import assert_nothing_new
from tests.guarantee.test_properties import tried
from tests.guarantee.world import ScriptedNotifier, is_verified, rows_of, steps_of, with_notifier
from tests.guarantee.worlds import UNITS, Case, a_share, office_of
from usecases.remind import tick


class Doubting(Liver):
    """Looks at everything after every tick, when the letters have left, and then once more."""

    def look(self, now: datetime) -> None:
        super().look(now)
        tick(self.office, now, full=True)
        assert_nothing_new(tick(self.office, now, full=True))


@tried(6, 60)
def test_planning_twice_and_sweeping_find_nothing_new_whatever_changes(sqlite_template: Path, trying):
    @trying
    @given(life=lives())
    def property_(life: Life):
        with office_of(life.case, sqlite_template) as office:
            liver = Doubting(office, life)
            liver.live()
            assert rows_of(office, "SELECT seq FROM record WHERE kind = 'incident'") == []
            assert is_verified(office)
            keys = [sent.letter.key for sent in liver.channel.sent]
            assert len(keys) == len(set(keys)), "nobody is told twice"

    property_()


# --- the cases that taught us ------------------------------------------------------------------

RULES = """\
policies:
  - id: ngan
    steps:
      - {id: truoc-3, before: 3 ngày làm việc, to: contact, via: [mailbox]}
      - {id: qua-han, after: 1 ngày làm việc, to: contact, via: [mailbox]}
rules:
  - {id: tat-ca, policy: ngan}
"""
A_BRIDGE = tuple(SpecialDay(FIRST + timedelta(days=n), False, "nghỉ bù", "2/TB") for n in (7, 8))


BOTH = RULES.replace(
    "rules:\n  - {id: tat-ca, policy: ngan}",
    """\
  - id: dai
    steps:
      - {id: qua-han-lau, after: 20 ngày làm việc, to: contact, via: [mailbox]}
rules:
  - {id: mot-so, policy: ngan, when: {unit: STC}}
  - {id: con-lai, policy: dai}""",
)
TAGGED = BOTH.replace("unit: STC", "tag: gấp")
SHARE = (1, "SYT")


@pytest.mark.parametrize(
    ("due", "rules", "turns", "told"),
    [
        pytest.param(
            10,
            RULES,
            (Look(moment(4, 9)), Change(moment(5, 9), calendar=A_BRIDGE), Look(moment(6, 9))),
            [0, 1],
            id="days off announced on Saturday bring the step of Monday forward to Thursday",
        ),
        pytest.param(
            4,
            RULES,
            (
                Look(moment(4, 9)),
                Deed(6, 9, FactKind.REPORTED, SHARE),
                Look(moment(8, 9)),
                Deed(9, 10, FactKind.RETURNED, SHARE),
                Look(moment(9, 14)),
            ),
            [1, 0, 1],
            id="a result is returned after the step of an overdue task fell",
        ),
        pytest.param(
            4,
            RULES,
            (
                Look(moment(4, 9)),
                Deed(6, 9, FactKind.REPORTED, SHARE),
                Look(moment(8, 9)),
                Deed(9, 10, FactKind.RETURNED, SHARE),
                Look(moment(9, 14), drift=-6),
                Look(moment(9, 16)),
            ),
            [1, 0, 0, 1],
            id="the same while the clock is behind for a while",
        ),
        pytest.param(
            4,
            RULES,
            (
                Deed(9, 9, FactKind.EXTENDED, SHARE),
                Look(moment(9, 10)),
                Look(moment(10, 3), drift=-30),
                Look(moment(10, 9)),
            ),
            [0, 1, 0],
            id="the clock goes back to before an extension that was known already",
        ),
        pytest.param(
            7,
            RULES,
            (Look(moment(4, 9)), Deed(5, 9, FactKind.EXTENDED, SHARE), Look(moment(9, 9))),
            [1, 1],
            id="an extension brings the same step once more",
        ),
        pytest.param(
            4,
            BOTH,
            (
                Look(moment(8, 9)),
                Change(moment(8, 10), rules=BOTH.replace("STC", "SYT")),
                Look(moment(8, 14)),
            ),
            [0, 1],
            id="edited rules lay a task before steps that fell that morning",
        ),
        pytest.param(
            4,
            TAGGED,
            (Look(moment(8, 9)), Tagging(moment(8, 10), "KH-THỬ/1", "gấp", False), Look(moment(8, 14))),
            [0, 1],
            id="a tag lays a task before steps that fell that morning",
        ),
        pytest.param(
            4,
            RULES,
            (
                Look(moment(4, 9)),
                Deed(6, 9, FactKind.BLOCKED, SHARE, unit="STC"),
                Look(moment(7, 9)),
                Look(moment(8, 9)),
                Deed(8, 10, FactKind.UNBLOCKED, SHARE),
                Look(moment(8, 14)),
            ),
            [1, 1, 0, 1],
            id="work that waits for another unit is asked of that unit, and of its own once it goes on",
        ),
        pytest.param(
            4,
            RULES,
            (
                Look(moment(8, 9)),
                Coming(
                    moment(9, 7, 45),
                    (a_share(9, UNITS[1], Role.LEAD, FIRST + timedelta(days=9), moment(9, 7).date()),),
                ),
                Look(moment(9, 9)),
                Look(moment(10, 9)),
            ),
            [1, 0, 1],
            id="work that comes in between is told of what falls from then on",
        ),
    ],
)
def test_the_next_tick_finds_what_moved_behind_the_last_one(sqlite_template: Path, due, rules, turns, told):
    case = Case(rules, (), (), (a_share(1, UNITS[0], Role.LEAD, FIRST + timedelta(days=due)),))
    with office_of(case, sqlite_template) as office:
        liver = Doubting(office, Life(case, turns)).live()

        assert [len(planned.messages) for planned in liver.planned] == told
        assert rows_of(office, "SELECT seq FROM record WHERE kind = 'incident'") == []


def test_whoever_coordinates_next_is_told_of_a_post_found_out_of_reach_before_them(sqlite_template: Path):
    share = a_share(1, UNITS[0], Role.LEAD, FIRST + timedelta(days=4))
    nobody = (f"{UNITS[1].code}/coordinator", FIRST, FIRST + timedelta(days=9))
    turns = tuple(Look(moment(day, 9)) for day in (4, 7, 8, 10))
    case = Case(RULES, (), (nobody,), (share,))
    with office_of(case, sqlite_template) as office:
        liver = Doubting(office, Life(case, turns))
        with_notifier(office, ScriptedNotifier(DeliveryFailed("hộp thư không tồn tại", permanent=True)))
        liver.live()

        assert steps_of(liver.planned[-1].messages) == [FAULT_STEP]
        assert rows_of(office, "SELECT seq FROM record WHERE kind = 'incident'") == []
