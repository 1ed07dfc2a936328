"""Who holds a post on a given day, and where can they be reached?

Reminders speak to posts (đầu mối, thủ trưởng …); people come and go with dates. The file
is `config/people.yml`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Set
from dataclasses import dataclass, replace
from datetime import date, datetime
from difflib import SequenceMatcher
from typing import NamedTuple

from engine.deputies import Away, on_behalf, reaches, standing_in
from engine.model import HANOI, PostRole, Recipient, Unit, UnitKind
from engine.people_fields import ROLE_WORDS, addresses_of, away_of, prefers_of, quiet_of
from engine.problems import Problem
from engine.units import UnitDirectory
from engine.yamltext import Node, Section, open_section
from engine.yamlvalues import needed

# One of each in the province, whichever unit it belongs to.
SINGLE_ROLES = (PostRole.COORDINATOR, PostRole.CHAIRMAN)
NEAR_CODE, MOST_NEAR = 0.7, 3


@dataclass(frozen=True, slots=True)
class Holding:
    """One person in one post, from a day to a day, both included; None is open.

    `away` are the times in which deputies are told instead.
    """

    recipient: Recipient
    since: date | None = None
    until: date | None = None
    away: tuple[Away, ...] = ()

    def covers(self, on: date) -> bool:
        """Whether the post is held by this person on a day."""
        return (self.since or date.min) <= on <= (self.until or date.max)

    def away_at(self, at: datetime) -> Away | None:
        """Return the leave that a moment falls into, the first written."""
        return next((away for away in self.away if away.covers(at)), None)


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
        recipients = [changed(holding.recipient) for holding in self._holdings]
        pairs = list(zip(self._holdings, recipients, strict=True))
        if all(holding.recipient is recipient for holding, recipient in pairs):
            return self
        return ContactBook(replace(holding, recipient=recipient) for holding, recipient in pairs)

    def recipient(self, unit_code: str, role: PostRole, on: date) -> Recipient | None:
        """Return who holds a unit's post on a day, None when it is vacant or unknown."""
        held = self._by_post.get((unit_code, role), ())
        return next((holding.recipient for holding in held if holding.covers(on)), None)

    def at_post(self, post: str, on: date) -> Recipient | None:
        """Return who holds the post "<unit code>/<role>" on a day, away or not."""
        held = self._holding(post, on)
        return held.recipient if held else None

    def told_at(self, post: str, at: datetime, channels: Set[str] | None = None) -> Recipient | None:
        """Return who is told at a moment what is meant for a post: its holder, or who stands in for them.

        None when the post is vacant. `channels` are the open ones; a deputy whom none of them
        reaches is passed over.
        """
        day = at.astimezone(HANOI).date()
        holder = self._holding(post, day)
        if holder is None:
            return None
        told = standing_in(holder, at, lambda p: self._holding(p, day), lambda one: reaches(one, channels))
        return holder.recipient if told is holder else on_behalf(told.recipient, holder.recipient)

    def acting_at(
        self, post: str, person: str, at: datetime, channels: Set[str] | None = None
    ) -> Recipient | None:
        """Return a person as they may speak for a post at a moment: as holder, or standing in for one."""
        holder = self.at_post(post, at.astimezone(HANOI).date())
        if holder is None or holder.person == person:
            return holder
        told = self.told_at(post, at, channels)
        return told if told and told.person == person else None

    def stands_in_for(
        self, deputy: Recipient, at: datetime, channels: Set[str] | None = None
    ) -> tuple[Recipient, ...]:
        """Return what a person is told as at a moment instead of holders who are away, one for each post."""
        away = (h.recipient.post for h in self._holdings if h.away_at(at))
        told = (self.told_at(post, at, channels) for post in dict.fromkeys(away))
        mine = (deputy.post, deputy.person)
        return tuple(one for one in told if one and one.sits_at and (one.sits_at, one.person) == mine)

    def coordinator(self, on: date) -> Recipient | None:
        """Return the office that follows up all tasks."""
        return self._single(PostRole.COORDINATOR, on)

    def chairman(self, on: date) -> Recipient | None:
        """Return the chairman of the province."""
        return self._single(PostRole.CHAIRMAN, on)

    def is_anybody_there(self, post: str, at: datetime) -> bool:
        """Whether the holder of a post, or somebody who stands in for them, is not away at a moment."""
        day = at.astimezone(HANOI).date()
        holder = self._holding(post, day)
        if holder is None:
            return False
        told = standing_in(holder, at, lambda p: self._holding(p, day), lambda one: True)
        return told.away_at(at) is None

    def _holding(self, post: str, on: date) -> Holding | None:
        unit_code, _, role = post.partition("/")
        held = self._by_post.get((unit_code, PostRole(role)), ()) if role in set(PostRole) else ()
        return next((holding for holding in held if holding.covers(on)), None)

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
    entries = [entry for section in sections if (entry := _entry(section, directory))]
    _report_overlaps(entries)
    book = ContactBook(entry.holding for entry in entries)
    _report_deputies(entries, book)
    if root.node.value:  # else nothing could be read, and that is told
        _report_gaps(root, book, directory)
    return book, sorted(problems, key=lambda problem: (problem.line, problem.column))


class _Entry(NamedTuple):
    """A post as it stands in the file, with its leaves and where they stand."""

    section: Section
    holding: Holding
    leaves: list[tuple[Section, Away]]


def _entry(section: Section, directory: UnitDirectory) -> _Entry | None:
    """Return one entry of the file; None when its unit or role is not known."""
    unit = _unit(section, directory)
    roles = [role.value for role in PostRole]
    role = section.choice("role", roles, meant=ROLE_WORDS)
    title = needed(section, "title")
    nobody = Node({}, section.line, section.node.column)
    person = section.section(section.get("person") or nobody, "người giữ vị trí")
    post = f"{unit.code}/{role}" if unit else ""
    name, addresses = needed(person, "name"), addresses_of(person, post)
    prefers, quiet = prefers_of(person, addresses), quiet_of(person)
    person.finish()
    since, until = section.day("from"), section.day("to")
    written = section.sections("away", "lần vắng mặt")
    leaves = [(leave, away) for leave in written if (away := away_of(leave))]
    section.finish()
    if since and until and until < since:
        section.report(
            "bad-dates", "ngày 'to' sớm hơn ngày 'from'", "sửa một trong hai ngày", section.get("to")
        )
    named = section.get("role")
    if unit is None or named is None or named.value not in roles:
        return None
    recipient = Recipient(post, name, title, unit, PostRole(role), addresses, prefers, quiet)
    return _Entry(section, Holding(recipient, since, until, tuple(away for _, away in leaves)), leaves)


def _unit(section: Section, directory: UnitDirectory) -> Unit | None:
    code = needed(section, "unit")
    try:
        return directory.unit(code)
    except KeyError:
        if code:
            hint = "dùng mã trong units.yml, hoặc mã xã, phường theo danh mục quốc gia"
            near = [f"'{unit.code}' ({unit.name})" for unit in _near_units(code, directory)]
            hint += f" — ý bạn là {' hay '.join(near)}?" if near else ""
            section.report(
                "unknown-unit", f"không có cơ quan nào mang mã '{code}'", hint, section.get("unit")
            )
        return None


def _near_units(written: str, directory: UnitDirectory) -> list[Unit]:
    """Return the units whose code looks like what was written, or whose name it is or resembles."""
    by_code = {unit.code.casefold(): unit for unit in directory.units}
    likeness = {code: SequenceMatcher(None, written.casefold(), code).ratio() for code in by_code}
    best = max(likeness.values(), default=0.0)
    alike = [by_code[code] for code, how in likeness.items() if how == best >= NEAR_CODE]
    reading = directory.resolve(written)
    named = [*reading.units, *reading.candidates]
    return next((found for found in (alike, named) if 0 < len(found) <= MOST_NEAR), [])


def _report_overlaps(entries: list[_Entry]) -> None:
    """Report every post that two people would hold on one day."""
    by_post: dict[str, list[tuple[Section, Holding]]] = {}
    for section, holding, _ in entries:
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


def _report_deputies(entries: list[_Entry], book: ContactBook) -> None:
    """Report deputies that do not exist, and leaves during which nobody would be there instead."""
    posts = {recipient.post for recipient in book.recipients}
    starts = sorted(away.since for entry in entries for away in entry.holding.away)
    for entry in entries:
        for leave, away in entry.leaves:
            strangers = [n for n in leave.items("deputy") if str(n.value).strip() not in posts]
            for node in strangers:
                message = f"danh bạ không có vị trí '{str(node.value).strip()}'"
                leave.report("unknown-deputy", message, _known_of(entry.holding.recipient, posts), node)
            if not strangers:
                _judge_leave(leave, entry.holding, book, [at for at in starts if away.covers(at)])


def _known_of(holder: Recipient, posts: Iterable[str]) -> str:
    others = sorted(p for p in posts if p.startswith(f"{holder.unit.code}/") and p != holder.post)
    listed = f"; của {holder.unit.name} có: {', '.join(others)}" if others else ""
    return f"ghi vị trí của một người trong danh bạ, dạng MÃ_ĐƠN_VỊ/vai trò{listed}"


def _judge_leave(leave: Section, holding: Holding, book: ContactBook, moments: list[datetime]) -> None:
    """Report the first moment of a leave at which the deputies are away too, or their posts vacant."""
    post = holding.recipient.post
    for at in moments:
        if holding.covers(at.date()) and not book.is_anybody_there(post, at):
            message = f"từ {at:%H:%M %d/%m/%Y} không có ai nhận thay '{post}'"
            hint = "người thay cũng vắng, hoặc vị trí trống: ghi thêm người thay khác; nếu không, "
            hint += "tin vẫn gửi cho người đang vắng"
            leave.report("no-deputy", message, hint, leave.get("deputy"))
            return


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
_REQUIRED = (
    (PostRole.COORDINATOR, "no-coordinator", "cơ quan theo dõi, đôn đốc"),
    (PostRole.CHAIRMAN, "no-chairman", "Chủ tịch UBND tỉnh"),
)
_EXPECTED = (
    (PostRole.CONTACT, "no-contact", "đầu mối"),
    (PostRole.HEAD, "no-head", "thủ trưởng"),
)
