"""Do the open channels reach everybody in the contact book?"""

from __future__ import annotations

from datetime import date

import pytest

from engine.contacts import read_contacts
from engine.people_fit import without_way
from engine.units import read_units

UNITS = """\
units:
  - {code: SYT, name: Sở Y tế, kind: department}
  - {code: UBND, name: UBND tỉnh, kind: leadership}
"""
PEOPLE = """\
posts:
  - {unit: UBND, role: chairman, title: Chủ tịch, person: {name: a}}
  - {unit: SYT, role: coordinator, title: Phòng đôn đốc, person: {name: b, email: b@tinh.example}}
  - {unit: SYT, role: contact, title: Đầu mối, person: {name: c, phone: 0912 345 678}}
  - {unit: SYT, role: head, title: Giám đốc, to: 2026-01-31, person: {name: d}}
  - {unit: SYT, role: head, title: Giám đốc, from: 2026-02-01, person: {name: e, email: e@tinh.example}}
"""
DIRECTORY, _ = read_units(UNITS, "units.yml", [])


@pytest.mark.parametrize(
    ("channels", "today", "posts"),
    [
        ({"email", "mailbox"}, "2026-03-01", ["UBND/chairman", "SYT/contact"]),
        ({"email", "mailbox"}, "2026-01-31", ["UBND/chairman", "SYT/contact", "SYT/head"]),
        ({"email", "zalo_zbs"}, "2026-03-01", ["UBND/chairman"]),
        ({"mailbox"}, "2026-03-01", []),  # a trial: nothing leaves the machine, and everybody knows
        ({"email", "zalo_bot"}, "2026-03-01", []),  # who has linked a chat does not stand in the file
    ],
)
def test_a_post_that_no_open_channel_can_reach_is_told(channels, today, posts):
    book, problems = read_contacts(PEOPLE, "people.yml", DIRECTORY)
    found = without_way(book, frozenset(channels), date.fromisoformat(today), "people.yml")

    assert problems == []
    assert {problem.code for problem in found} <= {"no-way"}
    assert [problem.message.rpartition("(")[2].rstrip(")") for problem in found] == posts
