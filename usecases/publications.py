"""Scheduled reports: made once for their week, month or meeting, and mailed to whoever reads them.

What was made and who was sent it stands in the compliance log, nowhere else: a process that dies
between two steps leaves nothing to repair. A letter whose sending was not recorded goes again
under the same Message-ID; a temporary failure waits for the next look.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from engine.escalation import next_sending_moment
from engine.model import Recipient
from engine.occasions import Occasion, OccasionKind, due_occasions
from notifiers.base import Attachment, DeliveryFailed, Letter
from notifiers.report_letters import Enclosed, report_letter
from reports.formats import FORMATS
from reports.printed import printed
from reports.vietnamese import moment, percent
from store import records
from store.records import Record
from usecases.guards import not_in_trial, stopping
from usecases.printing import printed_as
from usecases.publish import STEMS
from usecases.reach import contacts_by_now
from usecases.reports import KINDS, ask
from usecases.snapshots import freeze_finished_months
from usecases.whole_files import put_in_place
from usecases.wiring import Office

PUBLISHED, MAILED, UNSENT = "report-published", "report-mailed", "report-unsent"
ENCLOSED = ("pdf", "docx", "xlsx")
LARGEST = 8_000_000  # octets of all files in one letter: what mail servers of offices commonly take
TITLES = {
    OccasionKind.WEEKLY: "Báo cáo tuần",
    OccasionKind.MONTHLY: "Báo cáo tháng",
    OccasionKind.MEETING: "Báo cáo trước phiên họp",
}
_MEDIA = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_FORMS = {"pdf": "bản in", "docx": "bản Word", "xlsx": "bảng tính"}


@dataclass
class Mailing:
    """What became of the letters of one look; `waits` says why some were left for later."""

    sent: int = 0
    failures: list[str] = field(default_factory=list)
    waits: list[str] = field(default_factory=list)


def publish_due(
    office: Office, now: datetime, tell: Callable[[str], None] = lambda said: None
) -> dict[str, dict[str, Path]]:
    """Make every scheduled report that is due and was not made; return subject → file name → file.

    Nothing is made of a time before this registry had its first record. The months that are over are
    frozen first, so that what is printed of them can be held against the log.
    """
    freeze_finished_months(office, now)
    made = {}
    for occasion in due_occasions(now, office.world.calendar, office.paperwork):
        with office.database.reading() as session:
            log = records.records_of(session, [occasion.subject]).get(occasion.subject, [])
            was_there = bool(records.head_at(session, occasion.at))
        if was_there and not _of(log, PUBLISHED):
            tell(TITLES[occasion.kind].lower())
            made[occasion.subject] = _publish(office, occasion, now)
    return made


async def mail_due(office: Office, now: datetime) -> Mailing:
    """Send the running scheduled reports to readers who were not sent them; office hours hold."""
    mailing = Mailing()
    if next_sending_moment(now, office.rulebook.sending, office.world.calendar) != now:
        return mailing
    for occasion in due_occasions(now, office.world.calendar, office.paperwork):
        with office.database.reading() as session:
            log = records.records_of(session, [occasion.subject]).get(occasion.subject, [])
        published = _of(log, PUBLISHED)
        settled = {str(record.data["post"]) for record in log if record.kind in {MAILED, UNSENT}}
        waiting = [
            post for post in (published[0].data["readers"] if published else ()) if post not in settled
        ]
        if waiting:
            enclosed = _enclosed(office, occasion, published[0].data)
            for post in waiting:
                await _mail(office, occasion, enclosed, post, now, mailing)
    return mailing


def _publish(office: Office, occasion: Occasion, now: datetime) -> dict[str, Path]:
    """Lay the files and record what they are; the same occasion gives the same files again."""
    paths, marks = {}, {}
    reports = {name: ask(office, name, query) for name, query in occasion.reports}
    for name, report in reports.items():
        for form, path, content in _files(office, occasion, name, report):
            put_in_place(path, content)
            paths[f"{name}.{form}"] = path
            marks[path.name] = hashlib.sha256(content).hexdigest()
    data = {
        "as_of": occasion.at.isoformat(),
        "files": marks,
        "readers": list(office.paperwork.readers),
        **_told(occasion, reports[occasion.reports[0][0]]),
    }
    with office.database.writing() as session:
        records.append(session, now, PUBLISHED, occasion.subject, data)
    return paths


def _files(office: Office, occasion: Occasion, name: str, report: Any) -> Iterator[tuple[str, Path, bytes]]:
    for form, found in FORMATS.items():
        content = printed_as(office, form, name, report)
        stem = f"{STEMS[name]}-{occasion.kind}-{occasion.period}"
        yield form, office.reports / f"{stem}.{found.suffix}", content


def _told(occasion: Occasion, report: Any) -> dict[str, Any]:
    """Return what the letter says, as texts: it is recorded, and said the same on every attempt."""
    matrix, units = report.matrix, {row.unit for row in report.rows}
    late = f"{printed(matrix.open_late)} phần việc quá hạn"
    said = (
        f"{late} tại {printed(len(units))} đơn vị" if matrix.open_late else "không có phần việc nào quá hạn"
    )
    period = _period(occasion)
    return {
        "title": f"{TITLES[occasion.kind]} {period}: {said}",
        "opening": f"{TITLES[occasion.kind]} {period}, số liệu tính đến {moment(occasion.at)}.",
        "facts": [
            ["Phần việc được giao", printed(matrix.total)],
            ["Đã hoàn thành", f"{printed(matrix.done)} (đúng hạn {printed(matrix.done_on_time)})"],
            ["Chưa hoàn thành, quá hạn", printed(matrix.open_late)],
            ["Hoàn thành trên số đến hạn", percent(matrix.rates.completed_of_due)],
            ["Đúng hạn trên số đến hạn", percent(matrix.rates.on_time_of_due)],
        ],
    }


def _period(occasion: Occasion) -> str:
    match occasion.kind:
        case OccasionKind.WEEKLY:
            year, week = occasion.period.split("-W")
            return f"{int(week)} năm {year}"
        case OccasionKind.MONTHLY:
            year, month = occasion.period.split("-")
            return f"{int(month)}/{year}"
        case OccasionKind.MEETING:
            year, month, day = occasion.period.split("-")
            return f"ngày {day}/{month}/{year}"


def _enclosed(office: Office, occasion: Occasion, told: Mapping[str, Any]) -> Enclosed:
    """Return what the letters carry: whatever files are still as recorded, and small enough together."""
    files, left_out, size = [], [], 0
    for name, mark in _in_reading_order(told["files"]):
        path = office.reports / name
        octets = path.read_bytes() if path.exists() else b""
        if hashlib.sha256(octets).hexdigest() != mark:
            continue  # somebody changed or moved it: it is no longer what was published
        words = f"{_titled(name)}, {_FORMS[path.suffix[1:]]}"
        if size + len(octets) > LARGEST:
            left_out.append(words)
            continue
        size += len(octets)
        files.append((words, Attachment(name, _MEDIA[path.suffix[1:]], octets)))
    facts = tuple((str(label), str(value)) for label, value in told["facts"])
    title, opening = str(told["title"]), str(told["opening"])
    return Enclosed(occasion.subject, title, opening, facts, tuple(files), tuple(left_out))


def _in_reading_order(files: Mapping[str, str]) -> Sequence[tuple[str, str]]:
    shown = [(name, mark) for name, mark in files.items() if name.rpartition(".")[2] in ENCLOSED]
    return sorted(shown, key=lambda file: ENCLOSED.index(file[0].rpartition(".")[2]))


def _titled(name: str) -> str:
    kind = next(kind for kind, stem in STEMS.items() if name.startswith(stem))
    return KINDS[kind].title


async def _mail(
    office: Office, occasion: Occasion, enclosed: Enclosed, post: str, now: datetime, mailing: Mailing
) -> None:
    with office.database.reading() as session:
        recipient = contacts_by_now(session, office).told_at(post, now)
        channel = _channel(office, recipient)
        stop = stopping(session, office, channel, now)
    if recipient is None or not channel:
        why = "chưa có người giữ vị trí" if recipient is None else "không có địa chỉ thư điện tử"
        mailing.failures.append(f"{post}: {why}")
        return  # not settled: it goes as soon as somebody can be reached
    if stop is not None:
        mailing.waits.append(f"{post}: {stop.why}")
        return
    if not_in_trial(office.channels.guards, recipient, channel):
        _settle(office, UNSENT, occasion, post, channel, now, "đang chạy thử")
        return
    letter = report_letter(enclosed, recipient, office.channels.office, now)
    await _hand_over(office, occasion, letter, recipient, post, channel, now, mailing)


async def _hand_over(
    office: Office,
    occasion: Occasion,
    letter: Letter,
    recipient: Recipient,
    post: str,
    channel: str,
    now: datetime,
    mailing: Mailing,
) -> None:
    notifier = office.notifiers[channel]
    try:
        await notifier.send(letter, recipient.addresses[channel])
    except DeliveryFailed as failed:
        mailing.failures.append(f"{post}: {failed.reason}")
        if failed.permanent:
            _settle(office, UNSENT, occasion, post, channel, now, failed.reason)
        return
    finally:
        await notifier.close()
    _settle(office, MAILED, occasion, post, channel, now, letter.message_id)
    mailing.sent += 1


def _settle(
    office: Office, kind: str, occasion: Occasion, post: str, channel: str, now: datetime, said: str
) -> None:
    with office.database.writing() as session:
        data = {"post": post, "channel": channel, "said": said}
        records.append(session, now, kind, occasion.subject, data)


def _channel(office: Office, recipient: Recipient | None) -> str:
    """Return how a reader gets a report: mail is the record; a machine without mail keeps it in its box."""
    known = recipient.addresses if recipient else {}
    return next((name for name in ("email", "mailbox") if name in office.notifiers and name in known), "")


def _of(log: Iterable[Record], kind: str) -> list[Record]:
    return [record for record in log if record.kind == kind]
