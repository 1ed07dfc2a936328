"""Does a past period under other rules come out as if they had been in force then?

The same story is lived through twice, by two offices under different rules; what the one asks
about the rules of the other must be what the other really sent.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, time, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.messages import MessageDraft
from engine.model import HANOI
from engine.planning import FAULT_STEP, NOTICE_STEP
from engine.preview import run_moments
from engine.rulebook import Rulebook, read_rulebook
from tests.guarantee.stories import DAYS, FIRST, MUCH, ROWS, MoodyChannel, Story, stories
from tests.guarantee.world import CONFIG, bring, office_at, run
from usecases.comparing import compare
from usecases.configuration import accepted
from usecases.wiring import Office

START = datetime.combine(FIRST, time(0), tzinfo=HANOI)
END = START + timedelta(days=DAYS)
SHIPPED = (CONFIG / "rules" / "mac-dinh.yml").read_text("utf-8")
EDITS = {
    "a step moved": ("before: 7 ngày làm việc", "before: 5 ngày làm việc"),
    "a step for the head": (
        "to: contact\n        via: [email, mailbox]\n\n",
        "to: head\n        via: [mailbox]\n\n",
    ),
    "reminded every day": ("every: 5 ngày làm việc, times: 26", "every: 1 ngày làm việc, times: 60"),
    "another hour": ('at: "08:00"', 'at: "14:00"'),
}
NOTHING = "nobody is reminded"
UNMATCHED = ("- id: mac-dinh\n", "- id: mac-dinh\n    when: {tag: x, duty: không}\n")


def rulebook(edit: str) -> Rulebook:
    old, new = {"": ("", ""), NOTHING: UNMATCHED, **EDITS}[edit]
    assert old in SHIPPED
    text = SHIPPED.replace(old, new) if old else SHIPPED
    return accepted(read_rulebook({"config/rules/mac-dinh.yml": text}))


@pytest.fixture(scope="module")
def lived(sqlite_template, tmp_path_factory) -> Callable[..., tuple[Office, list]]:
    """Return how an office lives through a story under some rules, and what it really sends."""

    def live(edit: str, story: Story, brought: str = "2025-07-01 09:00") -> tuple[Office, list]:
        home = tmp_path_factory.mktemp("home")
        office = office_at(f"sqlite:///{shutil.copy(sqlite_template, home / 'd.db')}", home)
        return office, told(_sent(office, rulebook(edit), story, brought))

    return live


@pytest.fixture(scope="module")
def busy(lived) -> tuple[Office, list]:
    """A month full of deeds under the shipped rules."""
    return lived("", Story(MUCH))


def _sent(office: Office, book: Rulebook, story: Story, brought: str) -> list[MessageDraft]:
    office.__dict__.update(rulebook=book, world=replace(office.world, rulebook=book))
    MoodyChannel(0).wire(office)
    bring(office, ROWS, brought)
    woken = {*run_moments(book, office.world.calendar, START, END), *(_next_run(d.at) for d in story.deeds)}
    runs = [(now, None) for now in woken]
    sent = []
    for now, deed in sorted([*runs, *((deed.at, deed) for deed in story.deeds)], key=lambda one: one[0]):
        if deed is not None:
            deed.happen(office)
        else:
            sent += run(office, now)[0].messages
    return sent


def _next_run(at: datetime) -> datetime:
    """Return when the service, which looks every ten minutes, looks next."""
    return at + timedelta(minutes=-at.minute % 10)


def replayed(office: Office, edit: str):
    """What the office says it would have sent under other rules."""
    none, other = (replace(office.world, rulebook=book) for book in (rulebook(NOTHING), rulebook(edit)))
    return told(compare(office, none, other, START, END, is_past=True).added)


def told(messages):
    """Day, hour, post and content of what was decided by a rule."""
    found = [
        (m.not_before, m.recipient.post, m.channel, r.key)
        for m in messages
        for r in m.reminders
        if not r.step.startswith((NOTICE_STEP, FAULT_STEP))
    ]
    return sorted(found)


@pytest.mark.parametrize("edit", ["", *EDITS])
def test_a_busy_month_under_other_rules_is_what_these_would_have_sent(lived, busy, edit):
    office, sent = busy
    _, wanted = lived(edit, Story(MUCH)) if edit else (office, sent)

    assert replayed(office, edit) == wanted
    assert wanted


def test_what_had_not_been_brought_in_by_then_reminds_nobody(lived):
    """Some of the tasks are due before the plan comes in, and wait for a person."""
    office, sent = lived("", Story(), brought="2025-09-24 09:00")

    assert replayed(office, "") == sent
    assert sent


@settings(max_examples=2, deadline=None, suppress_health_check=list(HealthCheck))
@given(story=stories(), edit=st.sampled_from(list(EDITS)))
def test_any_month_under_other_rules_is_what_these_would_have_sent(lived, story, edit):
    story = replace(story, mood=0)
    office, _ = lived("", story)

    assert replayed(office, edit) == lived(edit, story)[1]
