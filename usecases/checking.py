"""What is wrong in the whole configuration folder?

Every part is read on its own, so that a mistake in one hides none in another; what the
parts say about each other is judged by what could be read.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import TypeVar

from engine.calendar import read_calendar
from engine.calendar_years import calendar_gaps
from engine.contacts import ContactBook, read_contacts
from engine.model import PostRole, UnitKind
from engine.paperwork_file import read_paperwork
from engine.people_fit import without_way
from engine.problems import Problem
from engine.rulebook import Audience, read_rulebook
from engine.rulebook_checks import uncovered
from engine.rulebook_fit import Surroundings, misfits
from engine.units import UnitDirectory, read_units
from engine.vacancies import vacancies
from engine.yamltext import parse
from intake.registry import read_registry
from usecases.channels import read_channels
from usecases.channels_guards import unknown_posts
from usecases.channels_secrets import secret_problems
from usecases.channels_telegram import only_by_telegram
from usecases.communes import communes_of
from usecases.configuration import PAPERWORK, PROVINCE, WARNINGS, is_there, text_of, texts_of
from usecases.errors import ConfigurationRejected
from usecases.texts import text_problems

T = TypeVar("T")


def problems_in(
    folder: Path, today: date, of_this_machine: bool = True, rules: Mapping[str, str] | None = None
) -> list[Problem]:
    """Return every problem of the whole folder, warnings included, for `dondoc check`.

    `today` decides who holds a post and which years the calendar must cover. Without
    `of_this_machine` nothing is said of files that lie elsewhere, such as secrets. Other
    `rules` than those of the folder are judged in their place.
    """
    return _Check(folder, today, of_this_machine, rules).problems


class _Check:
    """One look at a folder; `problems` grows as its parts are read."""

    def __init__(
        self, folder: Path, today: date, of_this_machine: bool, rules: Mapping[str, str] | None
    ) -> None:
        self.folder, self.today = folder, today
        self.problems: list[Problem] = []
        self._calendar()
        before = len(self.problems)
        rules = self._texts("rules") if rules is None else rules
        is_whole = len(self.problems) == before
        self._rules(rules, is_whole)
        before = len(self.problems)
        directory = self._one("units.yml", lambda text, at: read_units(text, at, communes_of(PROVINCE)))
        self._units_are_sound = not self._are_serious(before)
        channels = self._one("channels.yml", read_channels)
        if of_this_machine:
            self._beside("channels.yml", secret_problems)
        held = self._held(directory, channels.names if channels else frozenset())
        plans = self._plans()
        is_known = directory is not None and self._units_are_sound and not _lists_no_office(directory)
        known = directory if is_known else None
        around = Surroundings(known, held, channels.names if channels else None, plans)
        self.problems += misfits(rules, around)
        self.problems += text_problems(folder, rules)
        self._stray_files()
        self.problems.sort(key=lambda problem: (problem.source, problem.line, problem.column))

    def _rules(self, rules: Mapping[str, str], is_whole: bool) -> None:
        if rules:
            rulebook, found = read_rulebook(rules, is_whole)
            is_whole = is_whole and all(problem.code in WARNINGS for problem in found)
            found += uncovered(rulebook, rules) if is_whole else []
            self.problems += [*found, *only_by_telegram(rulebook.policies.values())]

    def _calendar(self) -> None:
        files = self._texts("calendar")
        if files:
            calendar, found = read_calendar(files)
            shown = min(files).rpartition("/")[0]
            self.problems += [*found, *calendar_gaps(files, calendar, self.today, shown)]

    def _held(self, directory: UnitDirectory | None, channels: frozenset[str]) -> frozenset[Audience] | None:
        """Return the levels at which somebody holds a post today; posts no channel reaches are told."""
        if directory is None or _lists_no_office(directory):
            self._one("people.yml", parse)
            self._paperwork(None)
            return None
        before = len(self.problems)
        book = self._one("people.yml", lambda text, at: self._contacts(text, at, directory))
        is_sure = not self._are_serious(before, _NOBODY)
        if not self._units_are_sound:
            self.problems[before:] = [p for p in self.problems[before:] if p.code not in _OF_UNITS]
        if book and not book.recipients:  # each unit without a post is one problem, not three hundred
            self.problems[before:] = [p for p in self.problems[before:] if p.code not in _GAPS]
        if book is None or not book.recipients:
            self._paperwork(None)
            return None
        posts = {one.post for one in book.recipients}
        self._beside("channels.yml", lambda text, source: unknown_posts(text, source, posts))
        self._paperwork(posts)
        self.problems += without_way(book, channels, self.today, f"{self.folder.name}/people.yml")
        return _levels_held(book, self.today) if is_sure else None

    def _are_serious(self, before: int, but: frozenset[str] = frozenset()) -> bool:
        """Whether something found since leaves a file half read: what others say of it is not judged then."""
        return any(problem.code not in WARNINGS | but for problem in self.problems[before:])

    def _paperwork(self, posts: Collection[str] | None) -> None:
        if is_there(self.folder / PAPERWORK):
            self._one(PAPERWORK, lambda text, source: read_paperwork(text, source, posts))

    def _contacts(
        self, text: str, source: str, directory: UnitDirectory
    ) -> tuple[ContactBook, list[Problem]]:
        book, found = read_contacts(text, source, directory)
        return book, [*found, *vacancies(text, source, book, self.today)]

    def _plans(self) -> frozenset[str]:
        files = self._texts("registry", required=False)
        read = [read_registry(text, source) for source, text in files.items()]
        self.problems += [problem for _, found in read for problem in found]
        return frozenset(registry.document.code for registry, _ in read if registry.document.code)

    def _texts(self, name: str, required: bool = True) -> Mapping[str, str]:
        """Return the files of a sub-folder that can be opened."""
        files = sorted((self.folder / name).glob("*.yml"))
        if required and not files:
            self._opened(texts_of, name)
        found = [self._opened(text_of, f"{name}/{file.name}") for file in files]
        return {source: text for text, source in filter(None, found)}

    def _opened(self, read: Callable[[Path, str], T], name: str) -> T | None:
        try:
            return read(self.folder, name)
        except ConfigurationRejected as rejected:
            self.problems += rejected.problems
            return None

    def _one(self, name: str, read: Callable[[str, str], tuple[T, list[Problem]]]) -> T | None:
        """Return one file's value, None when it cannot be opened or is no YAML."""
        opened = self._opened(text_of, name)
        if opened is None:
            return None
        node, found = parse(*opened)
        value = None
        if node is not None:
            value, found = read(*opened)
        self.problems += found
        return value

    def _beside(self, name: str, judge: Callable[[str, str], list[Problem]]) -> None:
        """Add what is said about a file besides reading it; whether it can be opened is told elsewhere."""
        with suppress(ConfigurationRejected):
            self.problems += judge(*text_of(self.folder, name))

    def _stray_files(self) -> None:
        """Report files that look like configuration and are never read."""
        for file in sorted(self.folder.glob("**/*")):
            within = file.relative_to(self.folder)
            if file.is_file() and re.search(r"\.ya?ml", file.name, re.I) and not _is_read(within):
                hint = _hint_on_stray(within)
                shown = f"{self.folder.name}/{within.as_posix()}"
                self.problems.append(Problem(shown, 0, 0, "ignored-file", "tệp này không được đọc", hint))


_GAPS = frozenset({"no-contact", "no-head"})
_NOBODY = frozenset({"no-coordinator", "no-chairman"})
_OF_UNITS = _GAPS | _NOBODY | {"unknown-unit", "unknown-deputy"}


def _lists_no_office(directory: UnitDirectory) -> bool:
    """Whether nothing but the communes is known: the units themselves could not be read."""
    return all(unit.kind is UnitKind.COMMUNE for unit in directory.units)


_FILES = ("units.yml", "people.yml", "channels.yml", PAPERWORK)
_FOLDERS = ("rules", "rules/tests", "calendar", "registry")


def _is_read(within: Path) -> bool:
    """Whether a file, named from the configuration folder on, is one that somebody reads."""
    is_alone = within.as_posix() in _FILES
    return is_alone or (within.suffix == ".yml" and within.parent.as_posix() in _FOLDERS)


def _hint_on_stray(within: Path) -> str:
    if within.parent.as_posix() in _FOLDERS:
        return "đổi đuôi tệp thành '.yml' nếu muốn dùng, hoặc chuyển tệp đi nơi khác"
    read = f"{', '.join(_FILES)} và các tệp .yml ngay trong {', '.join(_FOLDERS)}"
    return f"chỉ đọc {read}; chuyển tệp đi nơi khác"


def _levels_held(book: ContactBook, today: date) -> frozenset[Audience]:
    levels = {Audience.COORDINATOR} if book.coordinator(today) else set()
    levels |= {Audience.CHAIRMAN} if book.chairman(today) else set()
    units = {recipient.unit.code for recipient in book.recipients}
    if any(book.recipient(code, PostRole.CONTACT, today) for code in units):
        levels |= {Audience.CONTACT, Audience.SUPPORTING}
    if any(book.recipient(code, PostRole.HEAD, today) for code in units):
        levels.add(Audience.HEAD)
    return frozenset(levels)
