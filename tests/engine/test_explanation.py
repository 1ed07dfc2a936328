"""Can the two questions of an officer be answered: why was I told, why was she not?"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time

import pytest

from engine.calendar import SpecialDay, WorkCalendar
from engine.explanation import STEP_GONE, StepState, explained
from engine.ledger import ToldState
from engine.model import Fact, FactKind
from engine.planning import SuppressionReason, decide
from engine.remembered import Remembered
from engine.rulebook import SendingHours, read_rulebook
from tests.engine.planning_world import WORLD, an_assignment, at, told_of

DUE = date(2025, 9, 30)


def states(now, told=(), assignment=None):
    found = explained(assignment or an_assignment(DUE), WORLD, told, at(now))
    return {step.step: step.state for step in found.steps}


def test_the_rule_is_named_with_its_place_and_the_values_seen():
    found = explained(an_assignment(DUE), WORLD, (), at("2025-09-01 08:00"))

    assert [(rule.id, conditions) for rule, conditions in found.conditions] == [
        ("viec-dinh-ky", (("duty", "không", False),)),
        ("mac-dinh", ()),
    ]
    assert found.rule.place.startswith("mac-dinh.yml:")
    assert found.policy.id == "nhiem-vu"


def test_each_step_says_what_became_of_it():
    told = told_of(
        decide(an_assignment(DUE), WORLD, (), at("2025-10-01 08:00")),
        ToldState.DELIVERED,
        at("2025-10-01 08:00"),
    )
    found = states("2025-10-03 08:00", told)

    assert found["qua-han"] is StepState.DELIVERED
    assert found["truoc-3-ngay"] is StepState.SUPPRESSED
    assert found["bao-lanh-dao-don-vi"] is StepState.DUE
    assert found["bao-chu-tich"] is StepState.COMING


def test_the_next_step_is_the_earliest_that_can_still_come():
    found = explained(an_assignment(DUE), WORLD, (), at("2025-09-12 08:00"))

    assert found.next_step.step == "truoc-15-ngay"  # due and not decided yet: the next run tells it
    assert found.next_step.state is StepState.DUE


@pytest.mark.parametrize(
    ("kind", "reason"),
    [
        (FactKind.REPORTED, SuppressionReason.REPORTED),
        (FactKind.BLOCKED, SuppressionReason.BLOCKED),
        (FactKind.HELD, SuppressionReason.AWAITING_DECISION),
    ],
)
def test_silence_has_its_reason_and_no_next_step(kind, reason):
    over = an_assignment(DUE, facts=(Fact(kind, at("2025-09-10 09:00")),))
    found = explained(over, WORLD, (), at("2025-09-20 08:00"))

    assert (found.silent, found.next_step) == (reason, None)


def test_a_moment_in_the_past_does_not_know_what_was_told_later():
    told = told_of(
        decide(an_assignment(DUE), WORLD, (), at("2025-10-01 08:00")),
        ToldState.DELIVERED,
        at("2025-10-01 08:00"),
    )

    assert states("2025-09-30 09:00", told)["qua-han"] is StepState.COMING


def test_steps_before_the_assignment_say_so():
    late = an_assignment(DUE, assigned_on=date(2025, 9, 26))

    assert states("2025-09-26 09:00", assignment=late)["truoc-15-ngay"] is StepState.PRECEDES


# --- days, hours, people, channels ----------------------------------------------------------


def step_at(name, when="2025-09-01 08:00", world=WORLD, told=(), assignment=None):
    found = explained(assignment or an_assignment(DUE), world, told, at(when))
    return next(step for step in found.steps if step.step == name)


def test_the_days_of_a_step_are_counted_from_the_deadline_to_it():
    found = step_at("truoc-1-ngay")

    assert [(day.day, day.number) for day in found.counting] == [(DUE, 0), (date(2025, 9, 29), 1)]


@pytest.mark.parametrize(
    ("hours", "leaves_at"),
    [
        (SendingHours(), "2025-09-30 08:00"),
        (SendingHours(((time(9), time(11)),)), "2025-09-30 09:00"),
        (SendingHours(((time(7), time(8)),)), "2025-10-01 07:00"),
    ],
)
def test_a_step_outside_the_sending_hours_says_when_it_really_leaves(hours, leaves_at):
    world = replace(WORLD, rulebook=replace(WORLD.rulebook, sending=hours))
    found = step_at("den-han", world=world)

    assert (found.falls_at, found.leaves_at) == (at("2025-09-30 08:00"), at(leaves_at))


@pytest.mark.parametrize(
    ("is_open", "states", "channel"),
    [
        ({"mailbox"}, ["closed", "chosen"], "mailbox"),
        ({"email", "mailbox"}, ["no_address", "chosen"], "mailbox"),
        (set(), ["closed", "closed"], ""),
    ],
)
def test_every_channel_of_a_step_says_why_it_is_taken_or_not(is_open, states, channel):
    found = step_at("den-han", world=replace(WORLD, channels=frozenset(is_open)))

    assert ([str(how) for _, how in found.channels], found.channel) == (states, channel)


@pytest.mark.parametrize(
    ("step", "post", "why"),
    [
        ("den-han", "SYT/contact", "đầu mối của đơn vị chủ trì Sở Y tế"),
        ("bao-lanh-dao-don-vi", "SYT/head", "thủ trưởng của đơn vị chủ trì Sở Y tế"),
        ("bao-chu-tich", "UBND/chairman", "Chủ tịch UBND tỉnh"),
    ],
)
def test_who_is_told_is_named_with_the_reason(step, post, why):
    found = step_at(step)

    assert (found.post, found.why_recipient) == (post, why)
    assert found.holder


def test_a_vacant_post_says_so():
    found = step_at("den-han", world=replace(WORLD, contacts=WORLD.contacts.without("SYT/contact")))

    assert (found.post, found.holder) == ("", "")
    assert "chưa có người giữ" in found.why_recipient


# --- what was told stays as it was told -------------------------------------------------------

TOLD = told_of(
    decide(an_assignment(DUE), WORLD, (), at("2025-09-30 08:00")), ToldState.DELIVERED, at("2025-09-30 08:00")
)

DAY = at("2025-09-30 08:00")


def test_a_told_step_keeps_its_rules_its_person_and_its_channel():
    (told,) = [one for one in TOLD if one.step == "den-han"]
    was = Remembered(told, "0123456789ab", "cu.yml:7", "Người cũ", "email", at("2025-09-30 13:30"))
    found = explained(an_assignment(DUE), WORLD, TOLD, at("2025-10-01 07:00"), {told.key: was})
    step = next(step for step in found.steps if step.step == "den-han")

    assert (step.rulebook, step.place, step.holder, step.channel, step.leaves_at) == (
        "0123456789ab", "cu.yml:7", "Người cũ", "email", at("2025-09-30 13:30"),
    )  # fmt: skip


def test_whom_a_told_step_was_for_and_why_is_what_was_recorded_whatever_is_so_today():
    (told,) = [one for one in TOLD if one.step == "den-han"]
    why = "bậc 'den-han' (cu.yml:7): đúng hạn 30/09/2025"
    was = Remembered(told, "0123456789ab", "cu.yml:7", "Người cũ", "email", told.at, reason=why)
    world = replace(WORLD, contacts=WORLD.contacts.without("SYT/contact"), channels=frozenset())
    found = explained(an_assignment(DUE), world, TOLD, at("2025-10-01 07:00"), {told.key: was})
    step = next(step for step in found.steps if step.step == "den-han")

    assert (step.why_recipient, step.channels) == (why, (("email", "chosen"),))
    assert (step.post, step.person, step.holder) == ("SYT/contact", "", "Người cũ")
    assert step.counting  # the days are those of then, and are still shown


def test_what_was_not_told_keeps_the_words_that_were_recorded():
    known = told_of(decide(an_assignment(DUE), WORLD, (), at("2025-09-30 08:00")), ToldState.DELIVERED, DAY)
    over = next(one for one in known if one.state is ToldState.SUPPRESSED)
    was = Remembered(over, place="cu.yml:7", why_not="đã có bậc 'den-han' thay thế")
    found = explained(an_assignment(DUE), WORLD, known, at("2025-10-01 07:00"), {over.key: was})
    step = next(step for step in found.steps if step.step == over.step)

    assert (step.said, step.place) == ("đã có bậc 'den-han' thay thế", "cu.yml:7")


def test_a_told_step_that_is_in_no_rule_any_more_is_still_there():
    world = replace(WORLD, rulebook=read_rulebook({"moi.yml": ONE_STEP})[0])
    found = explained(an_assignment(DUE), world, TOLD, at("2025-10-01 07:00"))

    assert {step.step: step.state for step in found.steps if step.at}["den-han"] is StepState.DELIVERED
    assert "sau-2-ngay" in {step.step for step in found.steps}


def test_a_told_step_is_not_counted_anew_by_a_calendar_that_changed_since():
    swapped = WorkCalendar([SpecialDay(DUE, False, "Nghỉ bão", "9/UBND")])
    found = step_at("den-han", "2025-10-01 07:00", replace(WORLD, calendar=swapped), TOLD)

    assert (found.falls_at, found.counting) == (at("2025-09-30 08:00"), ())


def test_what_was_told_of_a_deadline_before_its_extension_is_kept_apart():
    extended = Fact(FactKind.EXTENDED, at("2025-09-30 10:00"), due_on=date(2025, 10, 31))
    found = explained(an_assignment(DUE, facts=(extended,)), WORLD, TOLD, at("2025-10-01 07:00"))

    assert "den-han" in {step.step for step in found.earlier}
    assert {step.state for step in found.steps} == {StepState.COMING}


ONE_STEP = """
policies:
  - id: moi
    steps:
      - id: sau-2-ngay
        after: 2 ngày làm việc
        to: contact
rules:
  - id: tat-ca
    policy: moi
"""


def test_what_the_next_run_will_pass_over_is_not_called_next():
    """After an outage only the latest step of a level counts, and none that an acknowledgement quiets."""
    known = (Fact(FactKind.ACKNOWLEDGED, at("2025-09-05 09:00")),)
    late = explained(an_assignment(DUE), WORLD, (), at("2025-09-22 08:00"))
    quiet = explained(an_assignment(DUE, facts=known), WORLD, (), at("2025-09-08 08:00"))
    said = {step.step: step.said for step in [*late.steps, *quiet.steps] if step.is_passed_over}

    assert late.next_step.step == "truoc-7-ngay"
    assert quiet.next_step.step == "truoc-3-ngay"
    assert [step.step for step in quiet.steps if step.is_passed_over] == ["truoc-15-ngay", "truoc-7-ngay"]
    assert said["truoc-7-ngay"].startswith("chưa đến; sẽ không nhắc: đơn vị đã xác nhận đã nhận")
    assert [step.step for step in late.steps if step.is_passed_over] == ["truoc-15-ngay"]


def under(*steps):
    """The shipped rules, every policy of which has only the steps of these names left."""
    kept = {
        id_: replace(policy, steps=tuple(step for step in policy.steps if step.id in steps))
        for id_, policy in WORLD.rulebook.policies.items()
    }
    return replace(WORLD, rulebook=replace(WORLD.rulebook, policies=kept))


@pytest.mark.parametrize(
    ("left", "next_step"),
    [
        (("den-han", "qua-han", "bao-lanh-dao-don-vi", "bao-chu-tich"), "bao-lanh-dao-don-vi"),
        (("den-han", "qua-han", "bao-chu-tich"), "bao-chu-tich"),  # not the step that waited and is gone
        ((), None),
    ],
)
def test_what_waits_for_its_turn_when_its_step_is_gone_waits_in_vain_and_says_so(left, next_step):
    when = at("2025-10-03 08:00")
    known = told_of(decide(an_assignment(DUE), WORLD, (), when), ToldState.DELIVERED, when)
    trace = explained(an_assignment(DUE), under(*left), known, at("2025-10-03 09:00"))
    waiting = {step.step: step for step in trace.steps if step.state is StepState.WAITING}
    is_gone = "bao-lanh-dao-don-vi" not in left

    assert list(waiting) == ["bao-lanh-dao-don-vi"]
    assert (waiting["bao-lanh-dao-don-vi"].said == STEP_GONE) is is_gone
    assert (trace.next_step and trace.next_step.step) == next_step


def test_a_step_turned_to_the_unit_that_is_waited_for_is_not_gone():
    waits = (Fact(FactKind.BLOCKED, at("2025-09-10 09:00"), unit="SXD"),)
    when = at("2025-09-30 08:00")
    (told,) = (one for one in told_of(decide(an_assignment(DUE), WORLD, (), when)) if one.step == "den-han")
    turned = replace(told, step="den-han@SXD", state=ToldState.WAITING, suppression="digest")
    trace = explained(an_assignment(DUE, facts=waits), WORLD, [turned], at("2025-09-30 09:00"))

    assert [step.said for step in trace.steps if step.step == turned.step] == [
        "chờ ngày nhận tin tổng hợp của cấp này"
    ]
