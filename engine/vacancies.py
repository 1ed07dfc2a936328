"""Which posts does the contact book list that nobody holds on a day?

A post whose last holder has left, or whose first has not come, tells nobody; the file
looks whole all the same.
"""

from __future__ import annotations

from datetime import date

from engine.contacts import ContactBook
from engine.model import PostRole
from engine.problems import Problem
from engine.yamltext import Section, open_section

_MISSED = {"contact": ("no-contact", "đầu mối"), "head": ("no-head", "thủ trưởng")}


def vacancies(text: str, source: str, book: ContactBook, on: date) -> list[Problem]:
    """Return a problem, at its last entry, for each contact and head listed whom nobody is on a day."""
    root, _ = open_section(text, source, "danh bạ")
    last = {_post(section): section for section in root.sections("posts", "vị trí")}
    known = {recipient.post for recipient in book.recipients}
    root.problems.clear()  # the reader of the book tells them
    for (unit, role), section in last.items():
        if role in _MISSED and f"{unit}/{role}" in known and book.recipient(unit, PostRole(role), on) is None:
            _report(section, unit, role, on)
    return root.problems


def _post(section: Section) -> tuple[str, str]:
    unit, role = (section.node.value.get(key) for key in ("unit", "role"))
    return str(unit.value).strip() if unit else "", str(role.value).strip() if role else ""


def _report(section: Section, unit: str, role: str, on: date) -> None:
    code, title = _MISSED[role]
    since, until = section.get("from"), section.get("to")
    if since and until and str(until.value) < str(since.value):
        return  # reported as such
    at = until or since
    message = f"ngày {on:%d/%m/%Y} không ai giữ vị trí {title} của {unit}"
    section.report(code, message, "thêm một mục cho người đang giữ, hoặc sửa ngày 'from', 'to'", at)
