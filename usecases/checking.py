"""What is wrong in the whole configuration folder?

Every part is read on its own, so that a mistake in one hides none in another; what the
parts say about each other is judged by what could be read.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import TypeVar

from engine.calendar import read_calendar
from engine.calendar_years import calendar_gaps
from engine.contacts import ContactBook, read_contacts
from engine.model import PostRole
from engine.people_fit import without_way
from engine.problems import Problem
from engine.rulebook import Audience, read_rulebook
from engine.rulebook_fit import Surroundings, misfits
from engine.units import UnitDirectory, read_units
from intake.registry import read_registry
from usecases.channels import read_channels
from usecases.channels_telegram import only_by_telegram
from usecases.communes import communes_of
from usecases.configuration import PROVINCE, text_of, texts_of
from usecases.errors import ConfigurationRejected
from usecases.texts import text_problems

T = TypeVar("T")


def problems_in(folder: Path, today: date) -> list[Problem]:
    """Return every problem of the whole folder, warnings included, for `dondoc check`.

    `today` decides who holds a post and which years the calendar must cover.
    """
    return _Check(folder, today).problems


class _Check:
    """One look at a folder; `problems` grows as its parts are read."""

    def __init__(self, folder: Path, today: date) -> None:
        self.folder, self.today = folder, today
        self.problems: list[Problem] = []
        self._calendar()
        before = len(self.problems)
        rules = self._texts("rules")
        is_whole = len(self.problems) == before
        self._rules(rules, is_whole)
        directory = self._one("units.yml", lambda text, at: read_units(text, at, communes_of(PROVINCE)))
        channels = self._one("channels.yml", read_channels)
        held = self._held(directory, channels.names if channels else frozenset())
        plans = self._plans()
        around = Surroundings(directory, held, channels.names if channels else None, plans)
        self.problems += misfits(rules, around)
        self.problems += text_problems(folder, rules)
        self._stray_files()
        self.problems.sort(key=lambda problem: (problem.source, problem.line, problem.column))

    def _rules(self, rules: Mapping[str, str], is_whole: bool) -> None:
        if rules:
            rulebook, found = read_rulebook(rules, is_whole)
            self.problems += [*found, *only_by_telegram(rulebook.policies.values())]

    def _calendar(self) -> None:
        files = self._texts("calendar")
        if files:
            calendar, found = read_calendar(files)
            shown = min(files).rpartition("/")[0]
            self.problems += [*found, *calendar_gaps(files, calendar, self.today, shown)]

    def _held(self, directory: UnitDirectory | None, channels: frozenset[str]) -> frozenset[Audience] | None:
        """Return the levels at which somebody holds a post today; posts no channel reaches are told."""
        if directory is None:
            return None
        book = self._one("people.yml", lambda text, at: read_contacts(text, at, directory))
        if book is None or not book.recipients:
            return None
        self.problems += without_way(book, channels, self.today, f"{self.folder.name}/people.yml")
        return _levels_held(book, self.today)

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
        """Return one file's value, None when it cannot be opened."""
        opened = self._opened(text_of, name)
        if opened is None:
            return None
        value, found = read(*opened)
        self.problems += found
        return value

    def _stray_files(self) -> None:
        """Report files that look like configuration and are never read."""
        for name in ("rules", "calendar", "registry"):
            for file in sorted((self.folder / name).glob("*")):
                if file.is_file() and re.search(r"\.ya?ml", file.name, re.I) and file.suffix != ".yml":
                    shown = f"{self.folder.name}/{name}/{file.name}"
                    hint = "đổi đuôi tệp thành '.yml' nếu muốn dùng, hoặc chuyển tệp đi nơi khác"
                    problem = Problem(shown, 0, 0, "ignored-file", "tệp này không được đọc", hint)
                    self.problems.append(problem)


def _levels_held(book: ContactBook, today: date) -> frozenset[Audience]:
    levels = {Audience.COORDINATOR} if book.coordinator(today) else set()
    levels |= {Audience.CHAIRMAN} if book.chairman(today) else set()
    units = {recipient.unit.code for recipient in book.recipients}
    if any(book.recipient(code, PostRole.CONTACT, today) for code in units):
        levels |= {Audience.CONTACT, Audience.SUPPORTING}
    if any(book.recipient(code, PostRole.HEAD, today) for code in units):
        levels.add(Audience.HEAD)
    return frozenset(levels)
