"""Does an explanation say what became of each step, why not, and what comes next?"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from engine.model import FactKind
from engine.rulebook import fingerprint
from notifiers.base import DeliveryFailed
from store import addresses, rulebooks, switches
from store.rulebooks import KeptRulebook
from tests.guarantee.world import PLAN, ScriptedNotifier, a_row, act, at, bring, run, with_notifier
from usecases.channels_guards import Guards
from usecases.errors import InputRejected
from usecases.look import explain, report_overdue
from usecases.remind import tick

DUE = at("2025-09-30")


@pytest.fixture
def office(office):
    with_notifier(office, ScriptedNotifier())
    bring(office, [a_row(1, "30/9/2025"), a_row(2, "30/9/2025", "Sở Y tế, Sở Xây dựng", "Sở Tài chính")])
    return office


def trace(office, now, task=1, unit=None):
    return explain(office, f"{PLAN.code}/{task}", unit, now)[1][0]


def states(office, now, **more):
    return {step.step: str(step.state) for step in trace(office, now, **more).steps}


def test_before_anything_happened_every_step_is_to_come(office):
    found = trace(office, at("2025-08-01"))

    assert {str(step.state) for step in found.steps} == {"coming"}
    assert (found.next_step.step, found.next_step.falls_at) == ("truoc-15-ngay", at("2025-09-09"))


def test_a_step_is_due_then_pending_then_delivered(office):
    tick(office, at("2025-09-29"))
    assert states(office, DUE)["den-han"] == "due"
    tick(office, DUE)
    assert states(office, DUE)["den-han"] == "pending"
    run(office, DUE)
    assert states(office, DUE)["den-han"] == "delivered"
    assert states(office, DUE)["truoc-15-ngay"] == "suppressed"


def test_a_channel_found_dead_since_is_not_offered(office):
    holder = office.contacts.at_post("SYT/contact", DUE.date())
    before = trace(office, DUE).next_step
    with office.database.writing() as session:
        who = (holder.post, holder.person, "mailbox", holder.addresses["mailbox"])
        addresses.mark_dead(session, *who, "trả lại", DUE, "bounce")

    after = trace(office, DUE).next_step
    assert (dict(before.channels)["mailbox"], before.notes) == ("chosen", ())
    assert dict(after.channels)["mailbox"] == "dead"
    assert after.notes == (("mailbox", "hộp thư không nhận: trả lại, từ 30/09/2025"),)


def test_what_was_true_last_week_is_explained_as_of_last_week(office):
    run(office, DUE)

    assert states(office, DUE - timedelta(days=7))["den-han"] == "coming"


def test_a_moment_in_the_past_shows_what_was_known_then(office):
    run(office, at("2025-09-25"))
    tick(office, at("2025-09-30 06:00"))
    run(office, DUE)
    run(office, at("2025-10-03"))
    early = {step.step: step for step in trace(office, at("2025-09-26")).steps}
    late = {step.step: step for step in trace(office, at("2025-10-04")).steps}

    assert (str(early["truoc-3-ngay"].state), str(early["den-han"].state)) == ("delivered", "coming")
    assert (str(late["den-han"].state), late["den-han"].channel) == ("delivered", "mailbox")
    assert late["den-han"].rulebook == office.rulebook.fingerprint


def test_a_moment_in_the_past_is_explained_by_the_rules_in_force_then(office):
    old = {"cu.yml": OLD_RULES}
    with office.database.writing() as session:
        rulebooks.put_in_force(session, KeptRulebook(fingerprint(old), old, at("2025-07-02")))
        now = KeptRulebook(office.rulebook.fingerprint, {}, at("2025-08-02"))
        rulebooks.put_in_force(session, now)

    then, since = trace(office, at("2025-08-01")), trace(office, at("2025-08-03"))

    assert ([step.step for step in then.steps], then.rulebook) == (["som-20-ngay"], fingerprint(old))
    assert since.rulebook == office.rulebook.fingerprint
    assert len(since.steps) > 5


OLD_RULES = """
policies:
  - id: cu
    steps:
      - id: som-20-ngay
        before: 20 ngày làm việc
        to: contact
rules:
  - id: tat-ca
    policy: cu
"""


def test_a_step_that_preceded_the_assignment_says_so(office):
    bring(office, [a_row(1, "30/9/2025"), a_row(3, "4/7/2025")])

    assert states(office, at("2025-07-02"), task=3)["truoc-15-ngay"] == "precedes_assignment"


def test_what_could_not_be_delivered_is_told_with_the_fault_laid_before_the_coordinator(office):
    with_notifier(office, ScriptedNotifier(*[DeliveryFailed("không có hộp thư", permanent=True)] * 4))
    run(office, DUE)
    run(office, DUE + timedelta(hours=1))
    found = states(office, DUE + timedelta(hours=2))

    assert found["den-han"] == "undeliverable"
    assert "loi-dau-moi" in found


@pytest.mark.parametrize(
    ("kind", "more", "silent"),
    [
        (FactKind.REPORTED, {}, "reported"),
        (FactKind.CANCELLED, {}, "cancelled"),
        (FactKind.BLOCKED, {}, "blocked"),
        (FactKind.ACKNOWLEDGED, {}, None),
        (FactKind.EXTENDED, {"due_on": date(2025, 10, 31), "document": "12/UBND"}, None),
    ],
)
def test_silence_has_its_reason_and_no_next_step(office, kind, more, silent):
    act(office, 1, kind, DUE, **more)
    found = trace(office, DUE + timedelta(hours=1))

    assert (str(found.silent) if found.silent else None) == silent
    assert (found.next_step is None) == (silent is not None)


def test_an_extension_moves_every_step_to_the_new_deadline(office):
    act(office, 1, FactKind.EXTENDED, at("2025-09-20"), due_on=date(2025, 10, 31), document="12/UBND")
    falls = {step.step: step.falls_at for step in trace(office, at("2025-09-21")).steps}

    assert falls["den-han"] == at("2025-10-31")


def test_leads_come_first_and_a_unit_sees_its_own(office):
    _, shares = explain(office, f"{PLAN.code}/2", None, DUE)

    assert [share.assignment.unit.code for share in shares] == ["SXD", "SYT", "STC"]
    assert trace(office, DUE, task=2, unit="Sở Tài chính").assignment.unit.code == "STC"
    with pytest.raises(InputRejected, match="Sở Tư pháp"):
        trace(office, DUE, task=2, unit="Sở Tư pháp")


def test_the_report_of_last_month_is_the_same_next_year(office):
    run(office, at("2025-10-03"))
    before = report_overdue(office, at("2025-10-06 17:00"))
    act(office, 1, FactKind.REPORTED, at("2025-10-07"))
    run(office, at("2025-10-08"))

    assert report_overdue(office, at("2025-10-06 17:00")) == before
    assert len(report_overdue(office, at("2025-10-08 17:00")).rows) == len(before.rows) - 1


def hindered(office, **guards):
    office.__dict__["channels"] = replace(office.channels, guards=Guards(**guards))


def stopped(office, until=None, name="sending"):
    with office.database.writing() as session:
        switches.stop(session, name, "thấy sai danh bạ", "người trực", at("2025-09-20"), until)


def test_a_coming_step_says_that_sending_is_stopped_and_how_it_goes_on(office):
    assert trace(office, at("2025-09-25")).next_step.held_by == ()
    stopped(office)

    (said,) = trace(office, at("2025-09-25")).next_step.held_by
    assert said == (
        "ĐANG DỪNG GỬI từ 08:00 20/09/2025 (người trực): thấy sai danh bạ; gửi lại: dondoc sending resume"
    )
    assert trace(office, at("2025-09-19")).next_step.held_by == ()  # nothing was stopped by then


def test_a_coming_step_says_that_a_file_stops_all_sending(office):
    office.settings.home.mkdir(parents=True, exist_ok=True)
    (office.settings.home / "DUNG-GUI").touch()

    (said,) = trace(office, at("2025-09-25")).next_step.held_by
    assert "DUNG-GUI" in said


@pytest.mark.parametrize(
    ("channel", "until", "is_held"),
    [
        ("mailbox", "2025-09-27", True),
        ("mailbox", "2025-09-25 06:00", False),  # over before the sending hours begin
        ("mailbox", None, True),
        ("telegram", None, False),  # a channel that does not carry it
    ],
)
def test_a_channel_that_is_paused_is_said_while_it_would_hold_the_step(office, channel, until, is_held):
    stopped(office, at(until) if until else None, f"channel:{channel}")
    coming = trace(office, at("2025-09-24 18:00"), task=1).next_step

    assert bool(coming.held_by) == is_held
    assert all("mailbox tạm dừng" in said for said in coming.held_by)


@pytest.mark.parametrize(
    ("allow", "words"),
    [
        ("stc/contact", "không có trong danh sách: tin sẽ không được gửi và không gửi bù"),
        ("syt/contact", "có trong danh sách nên vẫn nhận được"),
    ],
)
def test_a_coming_step_says_what_the_trial_does_to_it(office, allow, words):
    hindered(office, in_trial=True, allow=frozenset({allow}))

    (said,) = trace(office, at("2025-09-25")).next_step.held_by
    assert (
        said
        == f"đang chạy thử: chỉ gửi cho 1 địa chỉ, tên miền, vị trí trong danh sách; người nhận này {words}"
    )


def test_what_left_is_not_said_to_be_held(office):
    run(office, DUE)
    stopped(office)
    found = {step.step: step.held_by for step in trace(office, at("2025-10-01")).steps}

    assert found["den-han"] == ()
    assert found["bao-chu-tich"] != ()


@pytest.mark.parametrize(
    ("status", "evidence", "note"),
    [
        (
            "dead",
            "thư báo lỗi: smtp; 550 5.1.1 <x@tinh.example>: no such user",
            "hộp thư không nhận: hộp thư không tồn tại (5.1.1), từ 30/09/2025",
        ),
        ("opted_out", "nhắn STOP", "đã từ chối nhận tin từ 30/09/2025 (nhắn STOP)"),
        ("erased", "", "địa chỉ đã xóa theo yêu cầu từ 30/09/2025"),
    ],
)
def test_an_address_that_is_not_used_any_more_is_named_as_such(office, status, evidence, note):
    holder = office.contacts.at_post("SYT/contact", DUE.date())
    kept = addresses.KeptAddress(
        holder.post, holder.person, "mailbox", holder.addresses["mailbox"],
        addresses.AddressStatus(status), evidence, "bounce", DUE,
    )  # fmt: skip
    with office.database.writing() as session:
        addresses.put(session, kept)
    found = {step.step: step for step in trace(office, DUE, task=2, unit="SYT").steps}["den-han"]

    assert (dict(found.channels)["mailbox"], dict(found.notes)["mailbox"]) == (status, note)
