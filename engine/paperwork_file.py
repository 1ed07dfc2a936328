"""What does `reports.yml` say about the office's own paper and its readers?

Without the file, or without a key in it, the defaults of `engine.paperwork` hold: a report can be
printed on the first day.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from engine.paperwork import Letterhead, Paperwork
from engine.problems import Problem
from engine.yaml_days import advice_on_day, iso_day
from engine.yamltext import Section, open_section

VOICES = {"office": "đề nghị", "chairman": "yêu cầu"}
_MOST_DUE = 1000
_MOST_DAYS = 60
MEANT = {"văn phòng": "office", "đề nghị": "office", "chủ tịch": "chairman", "yêu cầu": "chairman"}


def read_paperwork(
    text: str, source: str, posts: Collection[str] | None = None
) -> tuple[Paperwork, list[Problem]]:
    """Return what the file says, and every mistake in it.

    `posts` are the posts of people.yml, against which the readers of scheduled reports are held;
    None where the contacts could not be read.
    """
    root, problems = open_section(text, source, "tệp báo cáo")
    plain = Paperwork()
    letterhead = _letterhead(root.section(root.get("letterhead"), "mục 'letterhead'"))
    letters = root.section(root.get("letters"), "mục 'letters'")
    demands = letters.choice("demands", VOICES, plain.demands, MEANT)
    days = f"một số từ 1 đến {_MOST_DAYS}"
    finish_within = letters.typed("finish_within", _days, days, plain.finish_within)
    answer_within = letters.typed("answer_within", _days, days, plain.answer_within)
    letters.report_blank()
    letters.finish()
    meetings = root.section(root.get("meetings"), "mục 'meetings'")
    meeting_day, meeting_days = _meetings(meetings)
    meetings.report_blank()
    meetings.finish()
    readers = _readers(root, posts)
    least_due = root.typed("least_due", _count, f"một số từ 1 đến {_MOST_DUE}", plain.least_due)
    root.report_blank("readers")
    root.finish()
    found = Paperwork(
        letterhead, demands, meeting_day, meeting_days, readers, least_due, finish_within, answer_within
    )
    return found, problems


def _letterhead(section: Section) -> Letterhead:
    plain = Letterhead()
    copies = section.texts("copies") if section.get("copies") is not None else plain.copies
    found = Letterhead(
        parent=section.text("parent", plain.parent),
        issuer=section.text("issuer", plain.issuer),
        place=section.text("place", plain.place),
        symbol=_symbol(section, "symbol", plain.symbol),
        letter_symbol=_symbol(section, "letter_symbol", plain.letter_symbol),
        authority=section.text("authority", plain.authority),
        signer_title=section.text("signer_title", plain.signer_title),
        signer=section.text("signer", plain.signer),
        copies=copies,
    )
    section.report_blank("authority", "signer", "parent")
    section.finish()
    return found


def _symbol(section: Section, key: str, default: str) -> str:
    """Return the part behind the blank number; braces may only hold the word that is filled in."""

    def read(text: str) -> str | None:
        rest = text.replace("{kind}", "") if "{kind}" in default else text
        return text if text.startswith("/") and not {"{", "}"} & set(rest) else None

    return section.typed(key, read, f"{default} (phần đứng sau số, bắt đầu bằng dấu gạch chéo)", default)


def _meetings(section: Section) -> tuple[int | None, tuple[date, ...]]:
    day = section.typed("day", _day_of_month, "ngày trong tháng, từ 1 đến 28", 0)
    found = []
    for node in section.items("dates"):
        written = node.value.strip() if isinstance(node.value, str) else "…"
        if meets_on := iso_day(written):
            found.append(meets_on)
        else:
            message = f"'dates' không nhận giá trị '{written}'"
            section.report("bad-value", message, advice_on_day(written), node)
    return day or None, tuple(sorted(set(found)))


def _readers(root: Section, posts: Collection[str] | None) -> tuple[str, ...]:
    readers = root.texts("readers")
    for node in root.items("readers"):
        if posts is not None and isinstance(node.value, str) and node.value.strip() not in posts:
            name = node.value.strip()
            message = f"danh bạ không có vị trí '{name}'"
            root.report_unknown("unknown-post", "readers", name, sorted(posts), node, message)
    return tuple(dict.fromkeys(readers))


def _count(text: str) -> int | None:
    return _number(text, _MOST_DUE)


def _days(text: str) -> int | None:
    return _number(text, _MOST_DAYS)


def _number(text: str, most: int) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and 0 < int(text) <= most else None


def _day_of_month(text: str) -> int | None:
    """A day that every month has, so that a meeting never falls out."""
    return int(text) if text.isascii() and text.isdecimal() and 1 <= int(text) <= 28 else None
