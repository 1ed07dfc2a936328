"""Are scheduled reports made once, as of their moment, and mailed once to each reader?"""

from __future__ import annotations

import asyncio
from dataclasses import replace
from email import message_from_bytes

import pytest

from engine.model import FactKind
from engine.paperwork import Paperwork
from notifiers.base import DeliveryFailed
from notifiers.mime import Sender, as_bytes
from tests.guarantee.stories import ROWS
from tests.guarantee.world import ScriptedNotifier, act, at, bring, is_verified, rows_of
from usecases.publications import MAILED, PUBLISHED, UNSENT, mail_due, publish_due
from usecases.stopping import resume_sending, stop_sending

READER = "VPUB/coordinator"
MONDAY = at("2025-10-06 07:32")


@pytest.fixture
def post(office) -> ScriptedNotifier:
    """The only channel of an office with work overdue and one reader."""
    bring(office, ROWS)
    channel = ScriptedNotifier()
    office.__dict__.update(notifiers={"mailbox": channel}, paperwork=replace(Paperwork(), readers=(READER,)))
    return channel


def look(office, now) -> tuple[list[str], int]:
    made = publish_due(office, now)
    return sorted(made), asyncio.run(mail_due(office, now)).sent


def kinds(office) -> list[str]:
    return [
        kind
        for (kind,) in rows_of(office, "SELECT kind FROM record WHERE subject LIKE 'report:%' ORDER BY seq")
    ]


def test_a_week_has_one_report_and_its_reader_one_letter_however_often_somebody_looks(office, post):
    looks = [
        look(office, at(moment)) for moment in ("2025-10-06 07:32", "2025-10-06 08:32", "2025-10-08 09:00")
    ]

    subjects = ["report:monthly:2025-09", "report:weekly:2025-W41"]
    assert looks == [(subjects, 2), ([], 0), ([], 0)]
    assert kinds(office) == [PUBLISHED, PUBLISHED, MAILED, MAILED]
    assert is_verified(office)


def test_a_late_report_says_what_a_punctual_one_would_have_said(office, post):
    act(office, 1, FactKind.CANCELLED, at("2025-10-07 09:00"))
    look(office, at("2025-10-08 15:00"))

    files = {path.name: path for path in office.reports.iterdir()}
    late = '"as_of": "2025-10-06T07:30:00+07:00"'
    assert late in files["qua-han-weekly-2025-W41.json"].read_text("utf-8")
    assert {name.partition(".")[2] for name in files if "weekly" in name} == {
        "txt", "json", "csv", "html", "xlsx", "docx", "pdf",
    }  # fmt: skip


def test_the_letter_carries_pdf_word_and_excel_and_says_the_first_figures(office, post):
    look(office, MONDAY)
    letter = next(sent.letter for sent in post.sent if "tuần" in sent.letter.subject)
    message = message_from_bytes(as_bytes(letter, Sender("Đôn đốc", "a@tinh.example"), "b@tinh.example"))

    attached = {part.get_filename(): part for part in message.walk() if part.get_filename()}
    assert set(attached) == {f"qua-han-weekly-2025-W41.{suffix}" for suffix in ("pdf", "docx", "xlsx")}
    on_disk = (office.reports / "qua-han-weekly-2025-W41.pdf").read_bytes()
    assert attached["qua-han-weekly-2025-W41.pdf"].get_payload(decode=True) == on_disk
    assert "Phần việc được giao: " in letter.text
    assert letter.subject.startswith("Báo cáo tuần 41 năm 2025: ")


@pytest.mark.parametrize(
    ("permanent", "then", "recorded"), [(False, 2, [MAILED, MAILED]), (True, 0, [UNSENT, UNSENT])]
)
def test_a_temporary_failure_is_tried_again_and_a_permanent_one_is_recorded(
    office, post, permanent, then, recorded
):
    post.script = [DeliveryFailed("máy chủ từ chối", permanent=permanent)] * 2
    publish_due(office, MONDAY)
    mailing = asyncio.run(mail_due(office, MONDAY))

    assert (mailing.sent, len(mailing.failures)) == (0, 2)
    assert look(office, at("2025-10-06 08:32")) == ([], then)
    assert kinds(office)[2:] == recorded


def test_a_letter_whose_sending_was_not_recorded_goes_again_under_the_same_message_id(
    office, post, monkeypatch
):
    publish_due(office, MONDAY)

    def dies(*anything):
        raise SystemExit

    with monkeypatch.context() as patched:
        patched.setattr("usecases.publications._settle", dies)
        with pytest.raises(SystemExit):
            asyncio.run(mail_due(office, MONDAY))
    asyncio.run(mail_due(office, at("2025-10-06 08:32")))

    first, again = (sent.letter.message_id for sent in post.sent[:2])
    assert first == again
    assert len({sent.letter.message_id for sent in post.sent}) == 2


def test_nothing_is_mailed_while_sending_is_stopped_or_out_of_hours(office, post):
    stop_sending(office, "diễn tập", "quản trị", MONDAY)
    publish_due(office, MONDAY)
    stopped = asyncio.run(mail_due(office, MONDAY))
    resume_sending(office, "quản trị", MONDAY)
    in_the_evening = asyncio.run(mail_due(office, at("2025-10-06 20:00")))

    assert (stopped.sent, len(stopped.waits), in_the_evening.sent) == (0, 2, 0)
    assert asyncio.run(mail_due(office, at("2025-10-07 08:00"))).sent == 2


def test_what_somebody_changed_since_is_not_sent_as_published(office, post):
    publish_due(office, MONDAY)
    (office.reports / "qua-han-weekly-2025-W41.pdf").write_bytes(b"khac")
    asyncio.run(mail_due(office, MONDAY))

    letter = next(sent.letter for sent in post.sent if "tuần" in sent.letter.subject)
    assert [attachment.name.rpartition(".")[2] for attachment in letter.attachments] == ["docx", "xlsx"]


def test_nothing_is_reported_of_a_time_before_the_registry_began(office):
    bring(office, ROWS, "2025-10-08 09:00")

    assert publish_due(office, at("2025-10-08 10:00")) == {}
