"""Does the scan of what has just fallen due find everything, whatever changes under it?

Days off announced late, other rules, posts that fall vacant, acts of people, a clock that
jumps: whatever the full sweep still found after a tick would be a reminder come late.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

from hypothesis import given

from engine.calendar import SpecialDay
from engine.model import Role
from tests.guarantee.lives import Change, Life, Liver, Look, lives, moment
from tests.guarantee.stories import FIRST
from tests.guarantee.test_month import assert_nothing_new
from tests.guarantee.test_properties import tried
from tests.guarantee.world import is_verified, rows_of
from tests.guarantee.worlds import UNITS, Case, a_share, office_of
from usecases.remind import tick


class Doubting(Liver):
    """Looks at everything after every tick, when the letters have left, and then once more."""

    def look(self, now: datetime) -> None:
        super().look(now)
        tick(self.office, now, full=True)
        assert_nothing_new(tick(self.office, now, full=True))


@tried(15, 200)
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


def test_days_off_announced_late_bring_forward_a_step_that_the_last_tick_had_not_reached(
    sqlite_template: Path,
):
    """On Friday the step was to fall on Monday; with Monday and Tuesday off it fell on Thursday."""
    case = Case(RULES, (), (), (a_share(1, UNITS[0], Role.LEAD, FIRST + timedelta(days=10)),))
    turns = (Look(moment(4, 9)), Change(moment(5, 9), calendar=A_BRIDGE), Look(moment(6, 9)))
    with office_of(case, sqlite_template) as office:
        liver = Doubting(office, Life(case, turns))
        liver.live()

        assert rows_of(office, "SELECT seq FROM record WHERE kind = 'incident'") == []
        assert [len(planned.messages) for planned in liver.planned] == [0, 1]
