"""Who is told instead while somebody is away?"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from engine.contacts import ContactBook, Holding, read_contacts
from engine.deputies import Away
from engine.model import HANOI, PostRole, Recipient, Unit, UnitKind
from engine.units import read_units

UNITS = """\
units:
  - {code: SYT, name: Sở Y tế, kind: department}
  - {code: STC, name: Sở Tài chính, kind: department}
  - {code: UBND, name: UBND tỉnh, kind: leadership}
"""
PEOPLE = """\
posts:
  - {unit: UBND, role: chairman, title: Chủ tịch, person: {name: Chủ, email: chu@tinh.example}}
  - {unit: STC, role: coordinator, title: Phòng đôn đốc, person: {name: Đốc, email: doc@tinh.example}}
  - {unit: STC, role: contact, title: Đầu mối, person: {name: Mối, email: moi@tinh.example}}
  - {unit: STC, role: head, title: Giám đốc Sở Tài chính, person: {name: Tài, email: tai@tinh.example}}
  - {unit: SYT, role: contact, title: Đầu mối, person: {name: Đầu, email: dau@tinh.example}}
  - {unit: SYT, role: head, title: Giám đốc, person: {name: Giám, email: giam@tinh.example}{HEAD}}
  - {unit: SYT, role: deputy, title: Phó Giám đốc, person: {name: Phó{EMAIL}}{DEPUTY}}
"""
DIRECTORY, _ = read_units(UNITS, "units.yml", [])
HEAD = "SYT/head"
WEEK = "from: 2026-01-05, to: 2026-01-09 12:00"


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=HANOI)


def a_book(head: str, deputy: str = "", email: str = ", email: pho@tinh.example") -> ContactBook:
    leaves = {"{HEAD}": head, "{DEPUTY}": deputy}
    text = PEOPLE.replace("{EMAIL}", email)
    for mark, leave in leaves.items():
        text = text.replace(mark, f", away: [{leave}]" if leave else "")
    return read_contacts(text, "people.yml", DIRECTORY)[0]


@pytest.mark.parametrize(
    ("moment", "told"),
    [
        ("2026-01-04 23:59", "Giám"),
        ("2026-01-05 00:00", "Phó"),  # the first day counts from its beginning
        ("2026-01-09 08:00", "Phó"),
        ("2026-01-09 12:00", "Phó"),  # noon itself is still in it
        ("2026-01-09 12:01", "Giám"),
        ("2026-01-10 08:00", "Giám"),
    ],
)
def test_a_deputy_is_told_from_the_first_to_the_last_moment_of_a_leave(moment, told):
    book = a_book(f"{{{WEEK}, deputy: SYT/deputy}}")

    assert book.told_at(HEAD, at(moment)).person == told
    assert book.at_post(HEAD, at(moment).date()).person == "Giám"


@pytest.mark.parametrize(
    ("moment", "told"),
    [("2026-01-09 23:59", "Phó"), ("2026-01-10 00:00", "Giám"), ("2026-01-05 12:59", "Giám")],
)
def test_a_leave_that_names_a_day_alone_ends_with_that_day(moment, told):
    book = a_book("{from: 2026-01-05 13:00, to: 2026-01-09, deputy: SYT/deputy}")

    assert book.told_at(HEAD, at(moment)).person == told


@pytest.mark.parametrize(
    ("head", "deputy", "email", "told"),
    [
        ("deputy: SYT/deputy", "", ", email: p@t.example", "Phó"),
        ("deputy: SYT/deputy", "deputy: SYT/contact", ", email: p@t.example", "Đầu"),  # a chain
        ("deputy: SYT/deputy", "deputy: SYT/head", ", email: p@t.example", "Giám"),  # A→B→A: nobody is there
        ("deputy: [SYT/deputy, SYT/contact]", "deputy: SYT/head", ", email: p@t.example", "Đầu"),
        ("deputy: [SYT/deputy, SYT/contact]", "", "", "Đầu"),  # a deputy without an address is passed over
        ("deputy: SYT/deputy", "", "", "Giám"),  # nobody else is reached: a letter that waits is better
        ("deputy: SYT/head", "", "", "Giám"),
        ("deputy: [SYT/pho, STC/deputy, SYT/contact]", "", "", "Đầu"),  # unknown and vacant posts
        ("deputy: STC/head", "", "", "Tài"),
    ],
)
def test_the_first_deputy_who_is_there_and_reached_is_told(head, deputy, email, told):
    book = a_book(f"{{{WEEK}, {head}}}", f"{{{WEEK}, {deputy}}}" if deputy else "", email)

    assert book.told_at(HEAD, at("2026-01-07 08:00")).person == told


def test_the_post_stays_and_the_letter_says_for_whom_it_is_taken():
    here = a_book(f"{{{WEEK}, deputy: SYT/deputy}}").told_at(HEAD, at("2026-01-07 08:00"))
    elsewhere = a_book(f"{{{WEEK}, deputy: STC/contact}}").told_at(HEAD, at("2026-01-07 08:00"))

    assert (here.post, here.role, here.unit.code) == (HEAD, PostRole.HEAD, "SYT")
    assert (here.title, here.on_behalf_of) == ("Phó Giám đốc (nhận thay Giám đốc)", "Giám đốc")
    assert here.addresses["email"] == "pho@tinh.example"
    assert (here.sits_at, here.own_post) == ("SYT/deputy", "SYT/deputy")
    assert elsewhere.title == "Đầu mối – Sở Tài chính (nhận thay Giám đốc)"


def test_only_open_channels_count_and_the_mailbox_only_where_nothing_else_is_open():
    book = a_book(f"{{{WEEK}, deputy: [SYT/deputy, SYT/contact]}}", email=", phone: 0912 345 678")
    now = at("2026-01-07 08:00")

    assert book.told_at(HEAD, now, {"email", "mailbox"}).person == "Đầu"
    assert book.told_at(HEAD, now, {"zalo_zbs", "mailbox"}).person == "Phó"
    assert book.told_at(HEAD, now, {"mailbox"}).person == "Phó"


def test_holder_and_deputy_may_both_speak_for_a_post_while_the_leave_lasts():
    book, during, after = (
        a_book(f"{{{WEEK}, deputy: SYT/deputy}}"),
        at("2026-01-07 08:00"),
        at("2026-01-10 08:00"),
    )
    deputy = book.at_post("SYT/deputy", during.date())

    assert book.acting_at(HEAD, "Giám", during).person == "Giám"
    assert book.acting_at(HEAD, "Phó", during).on_behalf_of == "Giám đốc"
    assert book.acting_at(HEAD, "Phó", after) is None
    assert book.acting_at(HEAD, "Đầu", during) is None
    assert [one.post for one in book.stands_in_for(deputy, during)] == [HEAD]
    assert book.stands_in_for(deputy, after) == ()


def test_a_vacant_post_has_nobody_to_stand_in_for():
    assert a_book("").told_at("STC/deputy", at("2026-01-07 08:00")) is None


NOW = at("2026-01-07 08:00")
POSTS = [f"C{n}/head" for n in range(6)]


@st.composite
def books(draw: st.DrawFn) -> ContactBook:
    """Offices whose heads are away or not, reached or not, with deputies in any order, in circles too."""
    holdings = []
    for post in POSTS:
        if draw(st.booleans()) or post == POSTS[0]:
            deputies = tuple(draw(st.lists(st.sampled_from([*POSTS, "???/head", "nonsense"]), max_size=4)))
            addresses = {"mailbox": post} | ({"email": f"{post}@x"} if draw(st.booleans()) else {})
            unit = Unit(post.partition("/")[0], post, UnitKind.DEPARTMENT)
            away = Away(NOW - timedelta(days=1), NOW + timedelta(days=draw(st.integers(-1, 1))), deputies)
            who = Recipient(post, f"Người {post}", "Thủ trưởng", unit, PostRole.HEAD, addresses)
            holdings.append(Holding(who, away=(away,) if draw(st.booleans()) else ()))
    return ContactBook(holdings)


def in_the_chain(book: ContactBook) -> list[Holding]:
    """Everybody who could be asked, found the plain way."""
    known = {holding.recipient.post: holding for holding in book._holdings}
    chain, waiting = [], [POSTS[0]]
    while waiting:
        holding = known.get(waiting.pop(0))
        if holding and holding not in chain:
            chain.append(holding)
            waiting += holding.away_at(NOW).deputies if holding.away_at(NOW) else ()
    return chain


@given(books())
def test_whoever_is_told_is_there_and_reached_when_anybody_in_the_chain_is(book):
    told, chain = book.told_at(POSTS[0], NOW), in_the_chain(book)
    chosen = next(h for h in chain if h.recipient.person == told.person)
    good = [h for h in chain if h.away_at(NOW) is None and "email" in h.recipient.addresses]
    reached = [h for h in chain if "email" in h.recipient.addresses]

    assert told.post == POSTS[0]
    if chain[0].away_at(NOW) is None:
        assert chosen is chain[0]
    elif good:
        assert chosen in good
    else:
        assert chosen in (reached or chain[:1])


@given(st.integers(2, 3000))
@example(3000)
@settings(deadline=None)
def test_however_long_a_chain_is_it_has_an_end(length):
    first = a_book("").at_post(HEAD, NOW.date())
    units = [Unit(f"D{n}", f"Đơn vị {n}", UnitKind.COMMUNE) for n in range(length)]
    holdings = [
        Holding(
            replace(first, post=f"D{n}/head", unit=unit, person=str(n)),
            away=(Away(NOW, NOW, (f"D{(n + 1) % length}/head",)),),
        )
        for n, unit in enumerate(units)
    ]

    assert ContactBook(holdings).told_at("D0/head", NOW).person == "0"
    assert ContactBook([*holdings[:-1], replace(holdings[-1], away=())]).told_at(
        "D0/head", NOW
    ).person == str(length - 1)
