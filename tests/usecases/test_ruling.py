"""Which rules are in force, what must happen before others are, and what a spoilt file does not do."""

from __future__ import annotations

import shutil
from dataclasses import asdict
from pathlib import Path

import pytest

from engine.model import FactKind
from engine.rulebook import fingerprint
from store import records
from tests.guarantee.world import PLAN, ScriptedNotifier, a_row, act, at, bring, run, steps_of, with_notifier
from usecases.comparing import compare, side_of
from usecases.errors import ConfigurationRejected, InputRejected, Refused, UsageMistake
from usecases.remind import tick
from usecases.ruling import ensure_rules_in_force, put_rules_in_force, unapplied_edit
from usecases.settings import PROJECT, Settings
from usecases.wiring import Office

MONDAY = at("2025-09-01")
SEVEN, SIX = "before: 7 ngày làm việc", "before: 6 ngày làm việc"


@pytest.fixture
def office(sqlite_database, tmp_path) -> Office:
    """An office whose configuration may be edited, with three tasks due on 30 September 2025."""
    config = shutil.copytree(PROJECT / "config", tmp_path / "config")
    url = sqlite_database.engine.url.render_as_string()
    office = Office(Settings(home=tmp_path / "home", config=config, database_url=url))
    bring(office, [a_row(1, "30/9/2025"), a_row(2, "30/9/2025", "Sở Xây dựng"), a_row(3, "30/9/2025")])
    return office


def reopened(office: Office) -> Office:
    """The office as the next command finds it."""
    return Office(office.settings)


def rules(office: Office) -> Path:
    return office.settings.config / "rules" / "mac-dinh.yml"


def edit(office: Office, old: str, new: str) -> Path:
    """Edit the rules on disk; return the configuration folder."""
    text = rules(office).read_text("utf-8")
    assert old in text
    rules(office).write_text(text.replace(old, new), "utf-8")
    return office.settings.config


def applied(office: Office, **more):
    return put_rules_in_force(reopened(office), office.settings.config, MONDAY, **more)


def recorded(office: Office) -> list[dict]:
    with office.database.reading() as session:
        return [record.data for record in records.records_of(session, ["rulebook"])["rulebook"]]


# --- which rules are in force ----------------------------------------------------------------


def test_while_nobody_put_rules_in_force_those_of_the_folder_are(office):
    edit(office, SEVEN, SIX)

    assert "6 ngày làm việc trước hạn" in {step.words for step in reopened(office).rulebook.steps}
    assert unapplied_edit(office) == ""


def test_the_first_run_puts_the_rules_of_the_folder_in_force_and_records_it_once(office):
    assert ensure_rules_in_force(office, MONDAY)
    assert not ensure_rules_in_force(reopened(office), MONDAY)

    assert [(data["old"], data["new"]) for data in recorded(office)] == [("", office.rulebook.fingerprint)]


def test_a_file_edited_while_the_first_run_began_waits_for_the_next(office):
    assert office.rulebook
    edit(office, SEVEN, SIX)

    assert not ensure_rules_in_force(office, MONDAY)
    assert ensure_rules_in_force(reopened(office), MONDAY)


def test_an_edited_file_is_not_in_force_until_it_is_applied(office):
    ensure_rules_in_force(office, MONDAY)
    before = office.rulebook.fingerprint
    edit(office, SEVEN, SIX)

    assert reopened(office).rulebook.fingerprint == before
    assert "chưa có hiệu lực" in unapplied_edit(office)
    assert applied(office).old == before
    assert reopened(office).rulebook.fingerprint != before
    assert unapplied_edit(office) == ""


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda file: file.unlink(), "no-files"),
        (lambda file: file.write_text(file.read_text("utf-8")[:700], "utf-8"), "mac-dinh.yml:"),
        (lambda file: file.write_text("", "utf-8"), "mac-dinh.yml:"),
        (lambda file: file.write_bytes(b"\xff\xfe\x00"), "unreadable"),
        (lambda file: shutil.rmtree(file.parent), "no-files"),
    ],
)
def test_a_file_deleted_or_half_written_never_replaces_what_is_in_force(office, spoil, said):
    ensure_rules_in_force(office, MONDAY)
    spoil(rules(office))

    assert reopened(office).rulebook.fingerprint == office.rulebook.fingerprint
    warning = unapplied_edit(office)
    assert said in warning
    assert f"{office.rulebook.fingerprint} vẫn có hiệu lực" in warning
    with pytest.raises(ConfigurationRejected):
        applied(office)
    assert reopened(office).rulebook.fingerprint == office.rulebook.fingerprint


def test_the_same_text_in_another_folder_is_the_same_rulebook(office, tmp_path):
    ensure_rules_in_force(office, MONDAY)
    copy = shutil.copytree(office.settings.config / "rules", tmp_path / "nháp")

    assert put_rules_in_force(office, copy, MONDAY).is_unchanged
    assert len(recorded(office)) == 1


def test_reminders_carry_the_fingerprint_of_the_rules_that_decided_them(office):
    ensure_rules_in_force(office, MONDAY)
    edit(office, SEVEN, SIX)
    tick(reopened(office), at("2025-09-09"))
    applied(office)
    tick(reopened(office), at("2025-09-22"))

    with office.database.reading() as session:
        found = session.connection().exec_driver_sql(
            "SELECT DISTINCT decided_at, rulebook FROM reminder WHERE state = 'planned' ORDER BY decided_at"
        )
        assert [book for _, book in found] == [data["new"] for data in recorded(office)]


# --- before other rules are in force ------------------------------------------------------------


def test_the_record_says_what_was_replaced_by_whom_and_what_it_changes(office):
    ensure_rules_in_force(office, MONDAY)
    edit(office, SEVEN, SIX)
    done = applied(office, by="Quản trị viên")

    said = recorded(office)[-1]
    assert (said["old"], said["new"], said["by"]) == (done.old, done.new, "Quản trị viên")
    assert said["counts"] == asdict(done.change.totals)
    assert (said["counts"]["added"], said["counts"]["removed"]) == (2, 2)


def test_an_edit_that_multiplies_the_messages_is_refused_unless_confirmed(office):
    ensure_rules_in_force(office, MONDAY)
    before = office.rulebook.fingerprint
    edit(office, "every: 5 ngày làm việc, times: 26", "every: 1 ngày làm việc, times: 60")

    with pytest.raises(InputRejected, match=r"đầu mối từ \d+ lên \d+.*--yes") as refused:
        applied(office)
    assert "\n" not in str(refused.value)
    assert reopened(office).rulebook.fingerprint == before
    assert len(recorded(office)) == 1

    applied(office, is_confirmed=True)
    assert reopened(office).rulebook.fingerprint != before


def test_an_edit_under_which_nobody_is_told_any_more_is_refused_unless_confirmed(office):
    ensure_rules_in_force(office, MONDAY)
    edit(office, "  - id: mac-dinh\n", "  - id: mac-dinh\n    when: { tag: khẩn, duty: không }\n")

    with pytest.raises(InputRejected, match=r"gần như không còn nhắc \(tất cả các cấp từ \d+ xuống 0.*--yes"):
        applied(office)
    assert len(recorded(office)) == 1

    assert applied(office, is_confirmed=True).change.totals.after == 0


def test_an_edit_that_writes_to_one_person_all_the_time_is_refused_by_name(office):
    """The chairman of a small registry: the whole hardly grows."""
    ensure_rules_in_force(office, MONDAY)
    step = "{{ id: g{0}, after: {0} ngày, to: chairman, repeat: {{ every: 1 ngày, times: 9 }} }}"
    hours = "".join(f"      - {step.format(10 * n)}\n" for n in range(1, 8))
    edit(office, "    steps:\n      - id: phoi-hop\n", f"    steps:\n{hours}      - id: phoi-hop\n")

    with pytest.raises(InputRejected, match=r"UBND/chairman từ \d+ lên \d+"):
        applied(office)


# --- back to what was in force --------------------------------------------------------------------


def test_the_fingerprint_of_what_was_in_force_brings_it_back(office):
    ensure_rules_in_force(office, MONDAY)
    first = office.rulebook.fingerprint
    edit(office, SEVEN, SIX)
    applied(office)
    back = put_rules_in_force(reopened(office), Path(first), at("2025-09-02"), by="Quản trị viên")

    assert back.new == reopened(office).rulebook.fingerprint == first
    assert [data["new"] for data in recorded(office)] == [first, back.old, first]
    assert "chưa có hiệu lực" in unapplied_edit(reopened(office))  # the edit still lies on disk


def test_a_name_that_is_neither_a_folder_nor_a_rulebook_is_refused_with_what_it_may_be(office):
    ensure_rules_in_force(office, MONDAY)

    with pytest.raises(InputRejected, match=r"'0123456789ab'.*mã của bộ quy tắc từng có hiệu lực"):
        put_rules_in_force(office, Path("0123456789ab"), MONDAY)


def test_rules_that_come_alone_must_fit_the_units_there_are(office, tmp_path):
    ensure_rules_in_force(office, MONDAY)
    alone = shutil.copytree(office.settings.config / "rules", tmp_path / "nháp")
    text = rules(office).read_text("utf-8")
    unknown = "rules:\n  - { id: la, when: { unit: [KHÔNG-CÓ] }, policy: viec-dinh-ky }\n"
    (alone / "mac-dinh.yml").write_text(text.replace("rules:\n", unknown), "utf-8")

    with pytest.raises(ConfigurationRejected, match=r"nháp/mac-dinh.yml:.*unknown-unit"):
        put_rules_in_force(office, alone, MONDAY)


def test_rules_that_come_alone_are_not_kept_out_by_mistakes_in_other_files(office, tmp_path):
    """The way back stays open while somebody has left the contacts half written."""
    ensure_rules_in_force(office, MONDAY)
    first = office.rulebook.fingerprint
    edit(office, SEVEN, SIX)
    applied(office)
    (office.settings.config / "reports.yml").write_text("readers: [\n", "utf-8")

    assert put_rules_in_force(reopened(office), Path(first), MONDAY).new == first


def test_an_assignment_that_gets_other_rules_is_told_by_them_at_the_next_tick(office):
    """Its step lies behind the watermark: only asking about everything anew finds it."""
    ensure_rules_in_force(office, MONDAY)
    no_steps_for_syt = "rules:\n  - id: y-te\n    when: { unit: [SYT] }\n    policy: viec-dinh-ky\n"
    edit(office, "rules:\n", no_steps_for_syt)
    applied(office)
    tick(reopened(office), at("2025-09-10"))
    edit(office, no_steps_for_syt, "rules:\n")
    applied(office)

    assert "truoc-15-ngay" in steps_of(tick(reopened(office), at("2025-09-11")).messages)


def test_rules_that_another_person_replaced_meanwhile_are_not_overwritten(office):
    ensure_rules_in_force(office, MONDAY)
    slow = reopened(office)
    edit(office, SEVEN, SIX)
    other = office.settings.config.parent / "khác"
    shutil.copytree(office.settings.config / "rules", other)
    edit(office, SIX, "before: 5 ngày làm việc")

    def meanwhile(said: str) -> None:
        if "sổ" in said:
            put_rules_in_force(reopened(office), other, MONDAY)

    with pytest.raises(Refused, match="người khác"):
        put_rules_in_force(slow, office.settings.config, MONDAY, tell=meanwhile)
    assert "6 ngày làm việc trước hạn" in {step.words for step in reopened(office).rulebook.steps}


# --- comparing --------------------------------------------------------------------------------


def changes(office, old, new, first="2025-09-01", last="2025-10-31", **more):
    sides = [side_of(office, str(side)) for side in (old, new)]
    return compare(office, *sides, at(first), at(last), **more)


def test_a_step_moved_by_a_day_moves_its_messages(office, tmp_path):
    ensure_rules_in_force(office, MONDAY)
    found = changes(office, "-", edit(office, SEVEN, SIX))

    assert {m.not_before.date().isoformat() for m in found.removed} == {"2025-09-19"}
    assert {m.not_before.date().isoformat() for m in found.added} == {"2025-09-22"}
    assert found.totals.before == found.totals.after


def test_a_whole_configuration_counts_with_its_calendar(office, tmp_path):
    ensure_rules_in_force(office, MONDAY)
    draft = shutil.copytree(office.settings.config, tmp_path / "nháp")
    year = draft / "calendar" / "2025.yml"
    announced_late = "days_off:\n  - { day: 2025-09-30, name: Nghỉ bù, document: 1/QĐ-TTg }\n"
    year.write_text(year.read_text("utf-8").replace("days_off:\n", announced_late), "utf-8")

    assert not changes(office, "-", draft).is_empty
    assert changes(office, "-", draft / "rules").is_empty


def test_rules_that_were_in_force_once_are_named_by_their_fingerprint(office):
    ensure_rules_in_force(office, MONDAY)
    before = office.rulebook.fingerprint
    edit(office, SEVEN, SIX)
    applied(office)

    assert not changes(reopened(office), before, "in-force").is_empty


@pytest.mark.parametrize("name", ["không-có", "0123456789ab"])
def test_a_side_that_is_nowhere_is_refused_in_one_sentence(office, name):
    with pytest.raises(InputRejected, match=name):
        side_of(office, name)


def test_days_the_wrong_way_round_are_refused(office):
    with pytest.raises(UsageMistake, match="đổi lại"):
        changes(office, "-", "-", "2025-10-01", "2025-09-01")


# --- a past period under other rules --------------------------------------------------------------


def test_a_past_period_is_replayed_with_what_was_recorded_up_to_each_moment(office):
    """What was told then is in the ledger; the replay begins without it and sees the report in time."""
    ensure_rules_in_force(office, MONDAY)
    with_notifier(office, ScriptedNotifier())
    for day in ("2025-09-09", "2025-09-19", "2025-09-25", "2025-09-29", "2025-09-30"):
        run(office, at(day))
    act(office, 1, FactKind.REPORTED, at("2025-09-22 10:00"))
    act(office, 2, FactKind.REPORTED, at("2025-09-24 10:00"))
    folder = edit(office, SEVEN, "before: 5 ngày làm việc")  # 23 September
    found = changes(office, "-", folder, last="2025-09-30", is_past=True)

    on_23 = {r.assignment.task.code for m in found.added for r in m.reminders}
    assert {m.not_before.date().isoformat() for m in found.removed} == {"2025-09-19"}
    assert {m.not_before.date().isoformat() for m in found.added} == {"2025-09-23"}
    assert on_23 == {f"{PLAN.code}/2", f"{PLAN.code}/3"}


def test_the_fingerprint_in_force_is_that_of_the_files_kept(office):
    ensure_rules_in_force(office, MONDAY)

    assert fingerprint(reopened(office).rules_in_force) == office.rulebook.fingerprint
