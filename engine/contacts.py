"""Who holds a post on a given day, and where can they be reached?

Reminders speak to posts (đầu mối, thủ trưởng …); people come and go with dates. The file
is `config/people.yml`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date

from engine.model import PostRole, Recipient, Unit, UnitKind
from engine.problems import Problem
from engine.units import UnitDirectory
from engine.yamltext import Node, Section, open_section

# One of each in the province, whichever unit it belongs to.
SINGLE_ROLES = (PostRole.COORDINATOR, PostRole.CHAIRMAN)


@dataclass(frozen=True, slots=True)
class Holding:
    """One person in one post, from a day to a day, both included; None is open."""

    recipient: Recipient
    since: date | None = None
    until: date | None = None

    def covers(self, on: date) -> bool:
        """Whether the post is held by this person on a day."""
        return (self.since or date.min) <= on <= (self.until or date.max)


class ContactBook:
    """All posts with everybody who holds, held or will hold them."""

    def __init__(self, holdings: Iterable[Holding]) -> None:
        self._holdings = tuple(holdings)
        self._by_post: dict[tuple[str, PostRole], list[Holding]] = {}
        for holding in self._holdings:
            who = holding.recipient
            self._by_post.setdefault((who.unit.code, who.role), []).append(holding)

    @property
    def recipients(self) -> tuple[Recipient, ...]:
        """Everybody in the book, in the order of the file."""
        return tuple(holding.recipient for holding in self._holdings)

    def with_recipients(self, changed: Callable[[Recipient], Recipient]) -> ContactBook:
        """Return the book with every recipient as `changed` gives it; the book itself when none differs."""
        holdings = [replace(holding, recipient=changed(holding.recipient)) for holding in self._holdings]
        same = all(a.recipient is b.recipient for a, b in zip(holdings, self._holdings, strict=True))
        return self if same else ContactBook(holdings)

    def recipient(self, unit_code: str, role: PostRole, on: date) -> Recipient | None:
        """Return who holds a unit's post on a day, None when it is vacant or unknown."""
        held = self._by_post.get((unit_code, role), ())
        return next((holding.recipient for holding in held if holding.covers(on)), None)

    def at_post(self, post: str, on: date) -> Recipient | None:
        """Return who holds the post "<unit code>/<role>" on a day."""
        unit_code, _, role = post.partition("/")
        return self.recipient(unit_code, PostRole(role), on) if role in set(PostRole) else None

    def coordinator(self, on: date) -> Recipient | None:
        """Return the office that follows up all tasks."""
        return self._single(PostRole.COORDINATOR, on)

    def chairman(self, on: date) -> Recipient | None:
        """Return the chairman of the province."""
        return self._single(PostRole.CHAIRMAN, on)

    def _single(self, role: PostRole, on: date) -> Recipient | None:
        posts = (unit for unit, held_role in self._by_post if held_role is role)
        return next((found for unit in posts if (found := self.recipient(unit, role, on))), None)


def read_contacts(text: str, source: str, directory: UnitDirectory) -> tuple[ContactBook, list[Problem]]:
    """Return the contact book of a people file, with the file's problems.

    A unit without a contact or a head is a problem of its own code ("no-contact",
    "no-head"): the service runs, and reminders to that post will have nowhere to go.
    """
    root, problems = open_section(text, source, "danh bạ")
    sections = root.sections("posts", "vị trí")
    root.finish()
    entries = [(section, holding) for section in sections if (holding := _holding(section, directory))]
    _report_overlaps(entries)
    book = ContactBook(holding for _, holding in entries)
    _report_gaps(root, book, directory)
    return book, sorted(problems, key=lambda problem: (problem.line, problem.column))


def _holding(section: Section, directory: UnitDirectory) -> Holding | None:
    """Return one entry of the file; None when its unit or role is not known."""
    unit = _unit(section, directory)
    roles = [role.value for role in PostRole]
    role = section.choice("role", roles)
    title = section.text("title")
    nobody = Node({}, section.line, section.node.column)
    person = section.section(section.get("person") or nobody, "người giữ vị trí")
    name, email = person.text("name"), _email(person)
    person.finish()
    since, until = section.day("from"), section.day("to")
    section.finish()
    if since and until and until < since:
        section.report(
            "bad-dates", "ngày 'to' sớm hơn ngày 'from'", "sửa một trong hai ngày", section.get("to")
        )
    written = section.get("role")
    if unit is None or written is None or written.value not in roles:
        return None
    post = f"{unit.code}/{role}"
    addresses = {"email": email, "mailbox": post} if email else {"mailbox": post}
    return Holding(Recipient(post, name, title, unit, PostRole(role), addresses), since, until)


def _unit(section: Section, directory: UnitDirectory) -> Unit | None:
    code = section.text("unit")
    try:
        return directory.unit(code)
    except KeyError:
        if code:
            hint = "dùng mã trong units.yml, hoặc mã xã, phường theo danh mục quốc gia"
            section.report(
                "unknown-unit", f"không có cơ quan nào mang mã '{code}'", hint, section.get("unit")
            )
        return None


def _email(person: Section) -> str:
    """Return the address, or "" when there is none or it would not survive a mail header."""
    email = person.text("email", "")
    if email and not _EMAIL.fullmatch(email):
        hint = "ghi dạng: dau-moi@co-quan.example"
        person.report("bad-email", f"'{email}' không phải địa chỉ thư điện tử", hint, person.get("email"))
        return ""
    return email


def _report_overlaps(entries: list[tuple[Section, Holding]]) -> None:
    """Report every post that two people would hold on one day."""
    by_post: dict[str, list[tuple[Section, Holding]]] = {}
    for section, holding in entries:
        role = holding.recipient.role
        by_post.setdefault(role if role in SINGLE_ROLES else holding.recipient.post, []).append(
            (section, holding)
        )
    for held in by_post.values():
        in_order = sorted(held, key=lambda entry: entry[1].since or date.min)
        longest = in_order[0]
        for section, holding in in_order[1:]:
            if (longest[1].until or date.max) >= (holding.since or date.min):
                message = f"vị trí '{holding.recipient.post}' có hai người giữ cùng lúc"
                hint = f"người kia ở dòng {longest[0].line}; ghi 'to' cho người trước, 'from' cho người sau"
                section.report("two-holders", message, hint)
            longest = max(longest, (section, holding), key=lambda entry: entry[1].until or date.max)


def _report_gaps(root: Section, book: ContactBook, directory: UnitDirectory) -> None:
    held = {(who.unit.code, who.role) for who in book.recipients}
    roles = {role for _, role in held}
    for role, code, title in _REQUIRED:
        if role not in roles:
            root.report(code, f"chưa có {title}", f"thêm một vị trí 'role: {role}'", _WHOLE_FILE)
    for unit in directory.units:
        for role, code, title in _EXPECTED:
            if unit.kind is not UnitKind.LEADERSHIP and (unit.code, role) not in held:
                hint = f"thêm một vị trí 'unit: {unit.code}, role: {role}'"
                root.report(code, f"{unit.name} ({unit.code}) chưa có {title}", hint, _WHOLE_FILE)


_WHOLE_FILE = Node(None, 0, 0)
_EMAIL = re.compile(r"[\w.+-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+", re.ASCII)
_REQUIRED = (
    (PostRole.COORDINATOR, "no-coordinator", "cơ quan theo dõi, đôn đốc"),
    (PostRole.CHAIRMAN, "no-chairman", "Chủ tịch UBND tỉnh"),
)
_EXPECTED = (
    (PostRole.CONTACT, "no-contact", "đầu mối"),
    (PostRole.HEAD, "no-head", "thủ trưởng"),
)
