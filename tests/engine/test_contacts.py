"""Who holds a post on a given day, and where can they be reached?"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from engine.contacts import read_contacts
from engine.model import PostRole, UnitKind
from engine.units import read_units
from usecases.configuration import WARNINGS

CONFIG = Path(__file__).parents[2] / "config"
UNITS = """\
units:
  - {code: SYT, name: Sở Y tế, kind: department}
  - {code: VPUB, name: Văn phòng UBND tỉnh, kind: department}
  - {code: UBND, name: UBND tỉnh, kind: leadership}
"""
PEOPLE = """\
posts:
  - {unit: UBND, role: chairman, title: Chủ tịch UBND tỉnh, person: {name: Mẫu A, email: a@tinh.example}}
  - {unit: VPUB, role: coordinator, title: Phòng đôn đốc, person: {name: Mẫu B, email: b@tinh.example}}
  - {unit: VPUB, role: contact, title: Chuyên viên, person: {name: Mẫu C, email: c@tinh.example}}
  - {unit: VPUB, role: head, title: Chánh Văn phòng, person: {name: Mẫu D, email: d@tinh.example}}
  - {unit: SYT, role: head, title: Giám đốc, person: {name: Mẫu E, email: e@tinh.example}}
  - {unit: SYT, role: contact, title: Đầu mối, to: 2025-08-31, person: {name: Mẫu F, email: f@tinh.example}}
  - {unit: SYT, role: contact, title: Chuyên viên, from: 2025-09-03, person: {name: Mẫu G}}
"""
DIRECTORY, _ = read_units(UNITS, "units.yml", [])


def a_line(text: str) -> str:
    return f"{PEOPLE}  - {{{text}}}\n"


@pytest.mark.parametrize(
    ("on", "name"),
    [
        ("2020-01-01", "Mẫu F"),
        ("2025-08-31", "Mẫu F"),  # the last day counts
        ("2025-09-01", None),  # nobody yet
        ("2025-09-02", None),
        ("2025-09-03", "Mẫu G"),
        ("2030-01-01", "Mẫu G"),
    ],
)
def test_a_post_is_held_by_whoever_is_in_office_that_day(on, name):
    book, problems = read_contacts(PEOPLE, "people.yml", DIRECTORY)
    found = book.recipient("SYT", PostRole.CONTACT, date.fromisoformat(on))

    assert problems == []
    assert (found and found.person) == name


def test_a_recipient_is_a_post_with_its_addresses():
    book, _ = read_contacts(PEOPLE, "people.yml", DIRECTORY)
    head = book.recipient("SYT", PostRole.HEAD, date(2025, 9, 1))

    assert head is not None
    assert (head.post, head.title, head.unit.name, head.role) == ("SYT/head", "Giám đốc", "Sở Y tế", "head")
    assert head.addresses == {"email": "e@tinh.example", "mailbox": "SYT/head"}


def test_a_person_without_an_email_address_still_has_the_mailbox():
    book, _ = read_contacts(PEOPLE, "people.yml", DIRECTORY)

    assert book.recipients[-1].addresses == {"mailbox": "SYT/contact"}


@pytest.mark.parametrize(
    ("written", "address"),
    [
        ("0912 345 678", "84912345678"),
        ("+84 (912) 345-678", "84912345678"),
        ("0084912345678", "84912345678"),
        ("0353.456.789", "84353456789"),
    ],
)
def test_a_mobile_number_is_an_address_for_paid_messages(written, address):
    line = f"unit: SYT, role: deputy, title: Phó Giám đốc, person: {{name: n, phone: '{written}'}}"
    book, problems = read_contacts(a_line(line), "people.yml", DIRECTORY)

    assert problems == []
    assert book.recipients[-1].addresses == {"zalo_zbs": address, "mailbox": "SYT/deputy"}


def test_a_person_says_which_channels_come_first_and_which_hours_are_theirs():
    person = "{name: n, email: n@tinh.example, prefers: [zalo, email], quiet: ['20:30-07:00', 11:30-13:00]}"
    text = a_line(f"unit: UBND, role: head, title: t, person: {person}")
    book, problems = read_contacts(text, "people.yml", DIRECTORY)
    found = book.recipients[-1]

    assert problems == []
    assert found.prefers == ("zalo_bot", "zalo_oa", "zalo_zbs", "email")
    assert [(b.isoformat("minutes"), e.isoformat("minutes")) for b, e in found.quiet] == [
        ("20:30", "07:00"),
        ("11:30", "13:00"),
    ]


def test_a_leave_without_anybody_to_stand_in_stops_nothing():
    """Letters still go to whoever is away, so these are told and the service runs."""
    assert {"unknown-deputy", "no-deputy", "telegram-alone"} <= WARNINGS


def test_the_province_has_one_coordinator_and_one_chairman():
    book, _ = read_contacts(PEOPLE, "people.yml", DIRECTORY)
    coordinator, chairman = book.coordinator(date(2025, 9, 1)), book.chairman(date(2025, 9, 1))

    assert coordinator is not None
    assert chairman is not None
    assert (coordinator.post, chairman.post) == ("VPUB/coordinator", "UBND/chairman")


def test_nobody_is_found_for_an_unknown_unit():
    book, _ = read_contacts(PEOPLE, "people.yml", DIRECTORY)

    assert book.recipient("???", PostRole.HEAD, date(2025, 9, 1)) is None


@pytest.mark.parametrize(
    ("text", "line", "column", "code"),
    [
        ("unit: SXX, role: head, title: t, person: {name: n}", 9, 12, "unknown-unit"),
        ("unit: SYT, role: boss, title: t, person: {name: n}", 9, 23, "bad-value"),
        ("unit: SYT, role: head, title: t, person: {name: n}", 9, 5, "two-holders"),
        ("unit: SYT, role: contact, title: t, to: 2025-01-01, person: {name: n}", 9, 5, "two-holders"),
        ("unit: SYT, role: contact, title: t, from: 2030-01-01, person: {name: n}", 9, 5, "two-holders"),
        ("unit: SYT, role: coordinator, title: t, person: {name: n}", 9, 5, "two-holders"),
        ("unit: SXX, role: head, title: t, mail: m, person: {name: n}", 9, 39, "unknown-key"),
        ("unit: UBND, role: head, title: t, person: {name: n, mail: m}", 9, 58, "unknown-key"),
        ("unit: UBND, role: head, title: t, person: {email: a@b.example}", 9, 48, "missing-key"),
        ("unit: UBND, role: head, title: t", 9, 5, "missing-key"),
        ("unit: UBND, role: head, title: t, person: {name: n, email: a@b}", 9, 65, "bad-email"),
        (
            "unit: UBND, role: head, title: t, person: {name: n, email: 'a@b.example, x@y.example'}",
            9,
            65,
            "bad-email",
        ),
        ("unit: UBND, role: head, title: t, person: {name: n, email: a b@c.example}", 9, 65, "bad-email"),
        ("unit: UBND, role: head, title: t, person: {name: n, phone: 0255 3822 000}", 9, 65, "bad-phone"),
        ("unit: UBND, role: head, title: t, person: {name: n, phone: 84912345}", 9, 65, "bad-phone"),
        ("unit: UBND, role: head, title: t, person: {name: n, prefers: [email, sms]}", 9, 75, "bad-value"),
        ("unit: UBND, role: head, title: t, person: {name: n, prefers: telegram}", 9, 67, "telegram-alone"),
        ("unit: UBND, role: head, title: t, person: {name: n, quiet: 20:30}", 9, 65, "bad-value"),
        ("unit: UBND, role: head, title: t, person: {name: n, quiet: 25:00-07:00}", 9, 65, "bad-value"),
        (
            "unit: UBND, role: head, title: t, person: {name: n}, away: [{from: 2026-01-05}]",
            9,
            66,
            "missing-key",
        ),
        (
            "unit: UBND, role: head, title: t, person: {name: n}, away: [{deputy: SYT/head}]",
            9,
            66,
            "missing-key",
        ),
        (
            "unit: UBND, role: head, title: t, person: {name: n}, away: [{from: 2026-02-30, "
            "deputy: SYT/head}]",
            9,
            73,
            "bad-value",
        ),
        (
            "unit: UBND, role: head, title: t, person: {name: n}, away: [{from: 2026-02-03, "
            "deputy: SYT/pho}]",
            9,
            93,
            "unknown-deputy",
        ),
        (
            "unit: UBND, role: head, title: t, person: {name: n}, away: [{from: 2026-02-03, "
            "deputy: UBND/head}]",
            9,
            93,
            "no-deputy",
        ),
        ("unit: UBND, role: head, title: t, from: 3/9/2025, person: {name: n}", 9, 46, "bad-value"),
        (
            "unit: UBND, role: head, title: t, from: 2025-09-03, to: 2025-09-02, person: {name: n}",
            9,
            62,
            "bad-dates",
        ),
    ],
)
def test_a_mistake_in_the_people_file_is_reported_where_it_stands(text, line, column, code):
    _, problems = read_contacts(a_line(text), "people.yml", DIRECTORY)

    assert ("people.yml", line, column, code) in [problem.place_and_code for problem in problems]


@pytest.mark.parametrize(
    ("without", "code"),
    [
        ("chairman", "no-chairman"),
        ("coordinator", "no-coordinator"),
        ("SYT, role: head", "no-head"),
        ("SYT, role: contact", "no-contact"),
    ],
)
def test_a_post_that_nobody_holds_is_reported_for_the_whole_file(without, code):
    text = "\n".join(line for line in PEOPLE.splitlines() if without not in line)
    _, problems = read_contacts(text, "people.yml", DIRECTORY)

    assert [problem.place_and_code for problem in problems] == [("people.yml", 0, 0, code)]


@pytest.mark.parametrize(
    "half_written", ["", "posts: [", "posts:\n  - {unit: SYT, role: 'head\n", "a: &b c\n"]
)
def test_of_a_file_that_cannot_be_read_no_posts_are_said_to_lack(half_written):
    _, problems = read_contacts(half_written, "people.yml", DIRECTORY)

    assert problems
    assert not {problem.code for problem in problems} & {"no-chairman", "no-coordinator", "no-head"}


def test_the_shipped_book_reaches_everybody_and_only_invented_addresses(directory):
    book, problems = read_contacts((CONFIG / "people.yml").read_text("utf-8"), "people.yml", directory)
    units = [unit for unit in directory.units if unit.kind is not UnitKind.LEADERSHIP]
    emails = [who.addresses["email"] for who in book.recipients]

    assert problems == []
    assert len(book.recipients) == 2 * len(units) + 2
    assert all(email.endswith("@quangngai.example") for email in emails)
    assert len(set(emails)) == len(emails)


@pytest.mark.parametrize(
    ("old", "new", "code", "meant"),
    [
        ("unit: SYT, role: head", "unit: syt, role: head", "unknown-unit", "SYT"),
        ("unit: SYT, role: head", "unit: SYTE, role: head", "unknown-unit", "SYT"),
        ("unit: SYT, role: head", "unit: So Y te, role: head", "unknown-unit", "SYT"),
        ("unit: SYT, role: head", "unit: Hội Phép thuật, role: head", "unknown-unit", ""),
        ("unit: SYT, role: head", "unit: '', role: head", "empty-value", ""),
        ("unit: SYT, role: head", "unit: SYT, role: giám đốc", "bad-value", "head"),
        ("unit: SYT, role: head", "unit: SYT, role: thu-truong", "bad-value", "head"),
        ("unit: SYT, role: head", "unit: SYT, role: Head", "bad-value", "head"),
        ("unit: VPUB, role: contact", "unit: VPUB, role: Đầu Mối", "bad-value", "contact"),
        ("role: coordinator", "role: điều phối", "bad-value", "coordinator"),
        ("title: Giám đốc", "title: ' '", "empty-value", ""),
        ("name: Mẫu E", "name: ''", "empty-value", ""),
        ("name: Mẫu E", "name: ' '", "empty-value", ""),
    ],
)
def test_a_word_that_does_not_fit_is_told_with_the_one_that_was_meant(old, new, code, meant):
    assert old in PEOPLE
    _, problems = read_contacts(PEOPLE.replace(old, new, 1), "people.yml", DIRECTORY)
    (found,) = [p for p in problems if p.line]
    written = found.hint.partition("ý bạn là '")[2]

    assert (found.code, written.partition("'")[0]) == (code, meant)
