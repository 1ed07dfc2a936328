"""Is what an explanation said at a moment still said of that moment when much has happened since?"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, fields, replace
from datetime import datetime, timedelta
from pathlib import Path
from shutil import copyfile
from tempfile import TemporaryDirectory

from hypothesis import example, given
from hypothesis import strategies as st

from engine.calendar import SpecialDay, WorkCalendar
from engine.explanation import Explanation, StepTrace
from engine.rulebook import Policy
from store import addresses, rulebooks, switches, tags
from store.addresses import AddressStatus, KeptAddress
from store.rulebooks import KeptRulebook
from tests.guarantee.stories import FIRST, ROWS, SHARES, MoodyChannel, Story, stories
from tests.guarantee.test_properties import tried
from tests.guarantee.world import CONFIG, PLAN, a_row, at, bring, office_at
from usecases.channels import read_channels
from usecases.deliver import pump
from usecases.look import explain
from usecases.remind import tick
from usecases.rulefiles import rulebook_of
from usecases.wiring import Office

ASKED = SHARES[::2]  # asking costs more than what happens; these are of four tasks and four units
RULES = "config/rules/mac-dinh.yml"
Happening = Callable[[Office, datetime], Office]


def rules_edited(office: Office, now: datetime) -> Office:
    """Put rules in force in which the early steps are told two days earlier, and one is gone."""
    old = (CONFIG / "rules" / "mac-dinh.yml").read_text("utf-8")
    files = {
        "mac-dinh.yml": old.replace("before: 3 ngày", "before: 5 ngày").replace("truoc-1-ngay", "sat-han")
    }
    return under(office, files, now)


def under(office: Office, files: dict[str, str], now: datetime) -> Office:
    """Put rules in force as applying them does."""
    rulebook = rulebook_of(files)
    with office.database.writing() as session:
        rulebooks.put_in_force(session, KeptRulebook(rulebook.fingerprint, files, now))
    return office.under(rulebook)


def swap_announced(office: Office, now: datetime) -> Office:
    """Make the third next day a day off, by a document that comes late."""
    calendar, day = office.world.calendar, now.date() + timedelta(days=3)
    days = {one.day: one for one in calendar.special_days}
    days[day] = SpecialDay(day, False, "nghỉ bù", "99/TB")
    office.__dict__["world"] = replace(office.world, calendar=WorkCalendar(days.values(), calendar.years))
    return office


def plan_comes_again(office: Office, now: datetime) -> Office:
    """Bring a newer copy of the plan: another deadline, another lead, a task dropped and one added."""
    rows = [a_row(1, "10/10/2025", "Sở Xây dựng", "Sở Y tế"), *ROWS[1:5], a_row(7, "30/9/2025", "Sở Y tế")]
    bring(office, rows, f"{now:%Y-%m-%d %H:%M}")
    return office


def address_learned(status: str) -> Happening:
    """Return what happens when a channel or a person says something about an address."""

    def happen(office: Office, now: datetime) -> Office:
        who = office.contacts.at_post("SYT/contact", now.date())
        kept = KeptAddress(who.post, who.person, "email", who.addresses["email"], AddressStatus(status),
                           "hộp thư không tồn tại", "bounce", now)  # fmt: skip
        with office.database.writing() as session:
            addresses.put(session, kept)
        return office

    return happen


def tagged(office: Office, now: datetime) -> Office:
    with office.database.writing() as session:
        if not tags.tags_of(session, [f"{PLAN.code}/1"]):
            tags.give(session, f"{PLAN.code}/1", ["khẩn"], now, "thử")
        else:
            tags.take(session, f"{PLAN.code}/1", ["khẩn"], now, "thử")
    return office


def stopped(office: Office, now: datetime) -> Office:
    with office.database.writing() as session:
        if not switches.resume(session, "sending", "thử", now):
            switches.stop(session, "sending", "thử", "thử", now)
    return office


def channel_paused(office: Office, now: datetime) -> Office:
    with office.database.writing() as session:
        switches.pause(session, "email", "thử", timedelta(hours=30), timedelta(days=3), now)
    return office


HAPPENINGS: dict[str, Happening] = {
    "rules edited": rules_edited,
    "swap announced": swap_announced,
    "plan comes again": plan_comes_again,
    "address dead": address_learned("dead"),
    "address refused": address_learned("opted_out"),
    "address linked": address_learned("linked"),
    "tagged": tagged,
    "stopped": stopped,
    "channel paused": channel_paused,
}


@dataclass
class Telling:
    """A story played on an office with two channels; `said` are the explanations of each moment."""

    office: Office
    story: Story
    turns: dict[int, list[str]]
    said: dict[tuple[datetime, int, str], Explanation] = field(default_factory=dict)

    def tell(self) -> Telling:
        self._wire()
        bring(self.office, ROWS)
        shipped = {RULES: (CONFIG / "rules" / "mac-dinh.yml").read_text("utf-8")}
        self.office = under(self.office, shipped, at("2025-07-01"))
        for now, deed in self.story.moments():
            if deed is None and now.hour == 14:
                continue
            if deed is not None:
                deed.happen(self.office)
                continue
            for name in self.turns.pop((now.date() - FIRST).days, ()):
                self.office = HAPPENINGS[name](self.office, now - timedelta(minutes=20))
            tick(self.office, now)
            asyncio.run(pump(self.office, now))
            if now.hour == 8 and now.day % 4 == 0:
                self.said |= {(now, *share): found for share, found in self.explained(now)}
        return self

    def explained(self, now: datetime) -> Iterator[tuple[tuple[int, str], Explanation]]:
        for task, unit in ASKED:
            yield (task, unit), explain(self.office, f"{PLAN.code}/{task}", unit, now)[1][0]

    def _wire(self) -> None:
        mood = self.story.mood
        notifiers = {"email": MoodyChannel(mood, channel="email"), "mailbox": MoodyChannel(mood and mood + 1)}
        text = (CONFIG / "channels.yml").read_text("utf-8")
        channels, _ = read_channels(
            text.replace("email:\n  enabled: không", "email:\n  enabled: có"), "channels.yml"
        )
        world = replace(self.office.world, channels=channels.names)
        self.office.__dict__.update(notifiers=notifiers, channels=channels, world=world)


def differing(before: Explanation, after: Explanation) -> dict[str, object]:
    """What of an explanation is not as it was, by the name of its part; a task has the words of today."""
    after = replace(after, assignment=replace(after.assignment, task=before.assignment.task))
    parts = [(f.name, getattr(before, f.name), getattr(after, f.name)) for f in fields(Explanation)]
    parts = [(name, _as_kept(old), _as_kept(new)) for name, old, new in parts]
    return {name: _first_difference(old, new) for name, old, new in parts if old != new}


def _as_kept(part: object) -> object:
    """A part without what no record keeps: why a channel was paused, in words that may name a person.

    A policy is equal to itself alone: here it is what it says.
    """
    if isinstance(part, Policy):
        return part.id, part.name, part.steps, part.place
    if not isinstance(part, tuple) or not all(isinstance(one, StepTrace) for one in part):
        return part
    return tuple(replace(one, held_by=tuple(map(_without_why_paused, one.held_by))) for one in part)


def _without_why_paused(held: str) -> str:
    return held.split(": ")[0] if held.startswith("kênh ") else held


def _first_difference(old: object, new: object) -> object:
    if not isinstance(old, tuple) or not isinstance(new, tuple) or len(old) != len(new):
        return old, new
    return next((a, b) for a, b in zip(old, new, strict=True) if a != b)


TURNS = st.dictionaries(
    st.integers(1, 38), st.lists(st.sampled_from(sorted(HAPPENINGS)), min_size=1, max_size=3), max_size=8
)


GIVEN_UP_SINCE_IT_WAS_MERGED = {
    3: ["channel paused"],
    9: ["swap announced", "stopped"],
    12: ["address linked"],
    15: ["plan comes again", "rules edited"],
    16: ["stopped", "address linked", "tagged"],
}
PUT_OFF_SINCE_BY_WHAT_IT_TOOK = {23: ["stopped"], 34: ["channel paused"]}


@tried(1, 6)
def test_an_explanation_of_then_is_the_one_that_was_given_then(sqlite_template: Path, trying):
    @trying
    @example(story=Story(mood=172), turns=GIVEN_UP_SINCE_IT_WAS_MERGED)
    @example(story=Story(), turns=PUT_OFF_SINCE_BY_WHAT_IT_TOOK)
    @given(story=stories(), turns=TURNS)
    def property_(story, turns):
        # an older database in the same place would pass for a restored one
        with TemporaryDirectory() as home:
            told = told_at_home(Path(home), story, turns)
            for (now, task, unit), before in told.said.items():
                after = explain(told.office, f"{PLAN.code}/{task}", unit, now)[1][0]
                assert differing(before, after) == {}, (now, task, unit)
            told.office.database.close()

    def told_at_home(home: Path, story, turns) -> Telling:
        copyfile(sqlite_template, home / "db")
        return Telling(office_at(f"sqlite:///{home / 'db'}", home), story, dict(turns)).tell()

    property_()
