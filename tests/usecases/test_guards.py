"""What may not leave although it is due: by trial, by a person, by a limit, by a storm; and the way out."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.explanation import StepState
from engine.model import FactKind
from engine.planning import SuppressionReason
from notifiers.base import DeliveryFailed, DeliveryUnknown
from store import switches
from tests.guarantee.world import (
    PLAN,
    ScriptedNotifier,
    a_row,
    act,
    at,
    bring,
    is_verified,
    office_at,
    rows_of,
    run,
    with_notifier,
)
from usecases.channels import read_channels
from usecases.channels_guards import Guards
from usecases.deliver import pump
from usecases.errors import InputRejected
from usecases.guards import ONE_A_DAY, STOP_FILE, Quota, ordinary_limit
from usecases.look import explain
from usecases.remind import tick
from usecases.stopping import drop_storm, release_storm, resume_sending, stop_sending

DUE = at("2025-09-30")
MANY = (
    "Sở Y tế, Sở Xây dựng, Sở Tài chính, Sở Tư pháp, Sở Nội vụ, Sở Công Thương, Sở Ngoại vụ, Thanh tra tỉnh"
)


def guarded(office, *rows, **guards):
    """An office with rows due today and limits as given; what its channel takes is in the second value."""
    channel = ScriptedNotifier()
    with_notifier(office, channel)
    office.__dict__["channels"] = replace(office.channels, guards=Guards(**guards))
    bring(office, [a_row(*row) for row in rows or [(1, "30/9/2025", MANY)]])
    return channel


def sent(office, now):
    return asyncio.run(pump(office, now))


def posts(channel):
    return sorted(one.letter.recipient.post for one in channel.sent)


def states(office):
    return Counter(state for (state,) in rows_of(office, "SELECT state FROM message"))


def why_held(office):
    return Counter(
        why
        for (why,) in rows_of(
            office, "SELECT json_extract(data, '$.why') FROM record WHERE kind='message-held'"
        )
    )


# --- trial ------------------------------------------------------------------------------------


@pytest.mark.parametrize("allowed", ["SYT/contact", "syt/CONTACT"])
def test_on_trial_only_the_listed_get_anything_and_the_others_are_on_record(office, allowed):
    channel = guarded(office, in_trial=True, allow=frozenset({allowed.casefold()}))
    _, outcome = run(office, DUE)

    assert posts(channel) == ["SYT/contact"]
    assert outcome.kept_back == {"trial": 7}
    assert states(office) == {"delivered": 1, "suppressed": 7}
    told = rows_of(office, "SELECT count(*) FROM reminder WHERE suppression = 'trial'")
    assert told == [(7,)]
    assert is_verified(office)


def test_what_a_trial_kept_back_does_not_come_when_the_trial_ends(office):
    channel = guarded(office, in_trial=True)
    run(office, DUE)
    office.__dict__["channels"] = replace(office.channels, guards=Guards())
    run(office, DUE + timedelta(hours=1))

    assert channel.tried == []


@pytest.mark.parametrize(
    ("allow", "may"),
    [
        ({"a@tinh.example"}, True),
        ({"A@Tinh.example".casefold()}, True),
        ({"@tinh.example"}, True),
        ({"syt/contact"}, True),
        ({"@example"}, False),
        ({"tinh.example"}, False),
        ({"b@tinh.example"}, False),
        (set(), False),
    ],
)
def test_a_trial_lists_addresses_domains_and_posts(office, allow, may):
    person = next(one for one in office.contacts.recipients if one.post == "SYT/contact")
    person = replace(person, addresses={"email": "A@tinh.example", "telegram": "42"})
    guards = Guards(in_trial=True, allow=frozenset(allow))

    assert guards.may_write_to(person, "email") is may
    assert guards.may_write_to(person, "telegram") is ("syt/contact" in allow)


# --- stopped by a person ----------------------------------------------------------------------


def test_while_sending_is_stopped_nothing_is_claimed_and_then_everything_leaves(office):
    channel = guarded(office)
    stop_sending(office, "máy chủ thư bảo trì", "người trực", DUE)
    _, outcome = run(office, DUE)
    assert (channel.tried, states(office)) == ([], {"planned": 8})
    assert [said for said in outcome.stops if "máy chủ thư bảo trì" in said and "resume" in said]

    resume_sending(office, "người trực", DUE + timedelta(hours=1))
    assert sent(office, DUE + timedelta(hours=1)).stops == []
    assert len(channel.sent) == 8


def test_a_file_in_the_data_folder_stops_sending_without_a_database(office):
    channel = guarded(office)
    stop_file = office.settings.home / STOP_FILE
    stop_file.touch()
    _, outcome = run(office, DUE)
    assert channel.tried == []
    assert str(stop_file) in outcome.stops[0]
    assert any(str(stop_file) in said for said in resume_sending(office, "người trực", DUE))

    stop_file.unlink()
    assert sent(office, DUE).sent == 8


def test_a_stop_in_the_middle_of_a_pump_lets_only_what_is_in_hand_go(office):
    channel = guarded(office)
    tick(office, DUE)
    taken = channel.send

    async def send(letter, address):
        stop_sending(office, "thấy sai", "người trực", DUE)
        return await taken(letter, address)

    channel.send = send
    assert sent(office, DUE).sent == 1
    assert states(office) == {"delivered": 1, "planned": 7}


# --- limits -----------------------------------------------------------------------------------


def test_what_is_above_the_limit_of_a_tick_waits_for_the_next(office):
    channel = guarded(office, per_tick=3)
    _, outcome = run(office, DUE)
    assert (len(channel.sent), outcome.kept_back, why_held(office)) == (3, {"tick": 5}, {"tick": 5})

    assert sent(office, DUE + timedelta(minutes=9)).sent == 0
    assert sent(office, DUE + timedelta(minutes=10)).sent == 3
    assert sent(office, DUE + timedelta(minutes=20)).sent == 2


def test_what_is_above_the_limit_of_a_day_waits_for_the_next_working_day(office):
    guarded(office, (1, "26/9/2025", MANY), per_day=5)
    friday = at("2025-09-26")
    run(office, friday)
    assert sent(office, friday + timedelta(hours=2)).sent == 0

    assert sent(office, at("2025-09-29 07:00")).sent == 3
    assert why_held(office) == {"day": 3}


def test_a_person_gets_no_more_than_the_limit_of_a_day_and_others_are_not_kept_waiting(office):
    channel = guarded(office, (1, "30/9/2025"), per_person_per_day=1)
    run(office, DUE)
    bring(office, [a_row(1, "30/9/2025"), a_row(2, "30/9/2025", "Sở Y tế, Sở Xây dựng")], "2025-09-30 09:00")
    run(office, DUE + timedelta(hours=2))
    assert posts(channel) == ["SXD/contact", "SYT/contact"]
    assert why_held(office) == {"person": 1}

    sent(office, at("2025-10-01 07:00"))
    assert posts(channel) == ["SXD/contact", "SYT/contact", "SYT/contact"]


def test_one_paid_message_a_day_reaches_a_person(office):
    class One:
        post, channel = "SYT/contact", ONE_A_DAY

    quota = Quota(office)
    with office.database.reading() as session:
        assert quota.take(session, One, DUE) is None
        over = quota.take(session, One, DUE + timedelta(hours=1))
        assert (over.until, over.why) == (at("2025-10-01 07:00"), "zbs")
        assert quota.take(session, One, DUE + timedelta(days=1)) is None


# --- storms -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("days", "limit"),
    [
        ([], 500),  # nothing known: only what no office gets
        ([30, 30], 500),  # two days say nothing yet
        ([10, 10, 10], 50),
        ([30, 40, 100], 120),  # one great day does not raise the middle
    ],
)
def test_what_is_ordinary_is_the_middle_of_the_days_on_which_anything_was_planned(days, limit):
    assert ordinary_limit(days, 3, 50) == limit


def stormy(office):
    """An office with some quiet days behind it, and the first tick that plans far more, with its moment."""
    quiet = [(n, f"{n + 7}/9/2025", "Ban Quản lý Khu kinh tế Dung Quất") for n in (1, 2, 3, 4)]
    channel = guarded(office, *quiet, (9, "31/10/2025", MANY), storm_least=5)
    for day in count():
        now = at("2025-09-08") + timedelta(days=day)
        planned, _ = run(office, now)
        if planned.storm:
            return channel, planned, now
        assert day < 60, "no tick was a storm"
    raise AssertionError


def test_a_tick_far_above_the_ordinary_waits_for_a_person_and_older_messages_go_on(office):
    channel, planned, now = stormy(office)
    before = len(channel.sent)
    held = rows_of(office, "SELECT count(*) FROM message WHERE state = 'held' AND owner LIKE 'storm:%'")
    assert held == [(len(planned.messages),)]
    assert channel.sent[-1].letter.recipient.post == "VPUB/coordinator"  # who is told of it
    assert "dondoc sending release" in channel.sent[-1].said

    run(office, now + timedelta(days=5))  # it never ends by itself, and stays said
    assert any("GIỮ LẠI" in said for said in sent(office, now + timedelta(days=5)).stops)
    units = {one.letter.recipient.unit.code for one in channel.sent[before:]}
    assert not units & {"SYT", "SXD", "STC"}


def test_a_storm_that_is_released_leaves_and_one_that_is_dropped_is_suppressed_with_the_reason(office):
    channel, planned, now = stormy(office)
    name = planned.storm.split("release ")[1].split()[0]
    with pytest.raises(InputRejected, match=name):
        release_storm(office, "20200101-080000", "người trực", now)
    before = len(channel.sent)
    release_storm(office, name, "người trực", now)
    sent(office, now)
    assert len(channel.sent) == before + len(planned.messages)
    with office.database.reading() as session:
        assert switches.stops(session, now) == []


def test_a_storm_that_is_dropped_is_suppressed_with_the_reason(office):
    channel, planned, now = stormy(office)
    name = planned.storm.split("release ")[1].split()[0]
    before = len(channel.sent)
    drop_storm(office, name, "sửa nhầm quy tắc", "người trực", now)
    run(office, now + timedelta(hours=1))

    dropped = rows_of(office, "SELECT count(*) FROM reminder WHERE suppression = 'storm'")
    assert dropped == [(planned.reminders,)]
    assert len(channel.sent) == before
    assert is_verified(office)


def test_an_explanation_names_the_storm_that_holds_a_message_and_still_does_of_then(office):
    _, planned, now = stormy(office)
    name = planned.storm.split("release ")[1].split()[0]
    share = planned.messages[0].reminders[0].assignment

    def held_at(moment):
        (trace,) = explain(office, share.task.code, share.unit.code, moment)[1]
        return {said for step in trace.steps if step.state is StepState.PENDING for said in step.held_by}

    assert held_at(now) == {planned.storm}
    assert f"dondoc sending release {name}" in planned.storm
    release_storm(office, name, "người trực", now + timedelta(hours=1))
    assert held_at(now) == {planned.storm}
    assert held_at(now + timedelta(hours=2)) == set()


def stopped(office):
    stop_sending(office, "sai danh bạ", "người trực", DUE)


def paused(office):
    with office.database.writing() as session:
        switches.pause(session, "mailbox", "sai mật khẩu", timedelta(hours=6), timedelta(days=1), DUE)


def on_trial(office):
    office.__dict__["channels"] = replace(office.channels, guards=Guards(in_trial=True))


@pytest.mark.parametrize(
    ("stop", "said"),
    [
        (stopped, "ĐANG DỪNG GỬI từ 08:00 30/09/2025 (người trực): sai danh bạ"),
        (paused, "kênh mailbox tạm dừng đến 14:00 30/09/2025: sai mật khẩu"),
        (on_trial, "không có trong danh sách"),
    ],
)
def test_an_explanation_names_what_keeps_back_a_message_that_is_planned(office, stop, said):
    guarded(office, (1, "30/9/2025", "Sở Y tế"))
    tick(office, DUE)
    stop(office)
    (trace,) = explain(office, f"{PLAN.code}/1", "SYT", DUE)[1]
    (planned,) = [step for step in trace.steps if step.state is StepState.PENDING]

    assert [said in words for words in planned.held_by] == [True]


def test_what_came_in_lately_is_no_storm_and_keeps_no_other_mail_back(office):
    quiet = [(n, f"{n + 7}/9/2025", "Ban Quản lý Khu kinh tế Dung Quất") for n in (1, 2, 3, 4, 22)]
    channel = guarded(office, *quiet, storm_least=5)
    for day in range(8, 30):
        run(office, at(f"2025-09-{day:02}"))
    rows = [a_row(*row) for row in (*quiet, (9, "30/9/2025", MANY))]
    bring(office, rows, "2025-09-29 15:00")
    planned, outcome = run(office, DUE)

    assert planned.storm == ""
    assert (outcome.sent, len(planned.messages) > 5) == (len(planned.messages), True)
    assert channel.sent


# --- what holds whatever guards do --------------------------------------------------------------

FAULTS = (
    None,
    DeliveryFailed("hộp thư tạm đầy", permanent=False),
    DeliveryFailed("hộp thư không tồn tại", permanent=True),
    DeliveryUnknown("máy chủ không trả lời"),
)


@st.composite
def moments(draw):
    """What happens at one look: sending stops or goes on, a fact comes, the service wakes."""
    day, hour = draw(st.integers(22, 30)), draw(st.sampled_from([8, 10, 14, 20]))
    deed = draw(st.sampled_from(["look", "look", "look", "stop", "resume", "file", "report", "release"]))
    return at(f"2025-09-{day} {hour:02}:00"), deed


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    guards=st.builds(
        Guards,
        in_trial=st.booleans(),
        allow=st.just(frozenset({"syt/contact", "sxd/contact", "stc/contact"})),
        per_tick=st.integers(1, 9),
        per_person_per_day=st.integers(1, 3),
        per_day=st.integers(1, 9),
        storm_factor=st.integers(1, 3),
        storm_least=st.integers(1, 9),
    ),
    looks=st.lists(moments(), min_size=4, max_size=10),
    script=st.lists(st.sampled_from(FAULTS), max_size=8),
)
def test_every_planned_reminder_is_in_exactly_one_place_whatever_guards_do(
    sqlite_template, tmp_path_factory, guards, looks, script
):
    home = tmp_path_factory.mktemp("home")
    (home / "dondoc.db").write_bytes(sqlite_template.read_bytes())
    office = office_at(f"sqlite:///{home}/dondoc.db", home)
    guarded(office, (1, "24/9/2025", MANY), (2, "30/9/2025", MANY), (3, "26/9/2025"), **_parts(guards))
    office.notifiers["mailbox"].script = list(script)
    for now, deed in sorted(looks, key=lambda look: look[0]):
        _do(office, deed, now)
        run(office, now)
    _every_reminder_is_somewhere(office)
    assert is_verified(office)
    office.database.close()


def _parts(guards):
    return {name: getattr(guards, name) for name in Guards.__slots__}


def _do(office, deed, now):
    match deed:
        case "stop":
            stop_sending(office, "thử", "người trực", now)
        case "resume":
            (office.settings.home / STOP_FILE).unlink(missing_ok=True)
            resume_sending(office, "người trực", now)
        case "file":
            (office.settings.home / STOP_FILE).touch()
        case "report":
            act(office, 1, FactKind.REPORTED, now, "SYT", document="1/BC-SYT")
        case "release":
            with office.database.reading() as session:
                storms = [
                    stop.name for stop in switches.stops(session, now) if stop.name.startswith("storm:")
                ]
            for name in storms:
                release_storm(office, name, "người trực", now)


def _every_reminder_is_somewhere(office):
    """Each reminder that was planned stands in one message, and that message says where it is."""
    rows = rows_of(
        office,
        "SELECT r.key, r.state, r.suppression, m.state, m.owner FROM reminder r "
        "LEFT JOIN message m ON m.key = r.message_key WHERE r.message_key IS NOT NULL OR r.state = 'planned'",
    )
    assert len({row[0] for row in rows}) == len(rows)
    reasons = {str(reason) for reason in SuppressionReason}
    storms = {name for (name,) in rows_of(office, "SELECT name FROM switch")}
    for _, state, suppression, message, owner in rows:
        if state == "suppressed":
            assert suppression in reasons
        else:
            assert (state, suppression) == ("planned", "")
            assert message in {
                "planned",
                "held",
                "delivered",
                "failed_temporary",
                "failed_permanent",
                "unknown",
            }
            if message == "held" and owner.startswith("storm:"):
                assert owner in storms
    in_messages = rows_of(office, "SELECT count(*) FROM message WHERE state = 'claimed'")
    assert in_messages == [(0,)]


# --- the file -----------------------------------------------------------------------------------


def test_limits_and_the_trial_are_written_in_channels_yml_and_mistakes_are_reported_where_they_stand():
    office = "office: {name: A, reply_to: a@b.example, domain: b.example, contact: C}\n"
    trial = "trial: {enabled: có, allow: [SYT/contact, '@b.example']}\n"
    text = f"{office}{trial}guards: {{per_day: 7, per_tik: 3}}\n"
    channels, problems = read_channels(text, "channels.yml")

    assert channels.guards == Guards(True, frozenset({"syt/contact", "@b.example"}), per_day=7)
    assert [(p.line, p.code) for p in problems] == [(3, "unknown-key")]
    assert read_channels(f"{office}guards: {{per_day: 0}}\n", "c")[1][0].code == "bad-value"
