"""What do the files on disk say that the service does not work by, and what do they lack?

A bad file never replaces a good one, and a good rule file waits to be applied: both are silent
by themselves. Here they are said where people and watchers look who never run `dondoc check`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path

from engine.calendar import read_calendar
from engine.calendar_years import calendar_gaps
from engine.model import HANOI
from engine.problems import Problem, printed
from usecases.channels import load_channels
from usecases.configuration import load_calendar, load_contacts, load_directory, load_paperwork, texts_of
from usecases.errors import ConfigurationRejected
from usecases.ruling import EDITED, unapplied_edit
from usecases.wiring import Office

Stamps = dict[Path, tuple[int, int]]
RESTARTED = {True: "kể cả khi khởi động lại", False: "nhưng khởi động lại lúc này thì không chạy được"}
KINDS = ("calendar", "files-refused", "rules-refused", "rules-waiting")


@dataclass(frozen=True, slots=True)
class FileWarning:
    """One thing a person should do about the files of the configuration; `kind` is one of KINDS."""

    kind: str
    said: str


def file_warnings(office: Office, now: datetime) -> list[FileWarning]:
    """Return what is to be said of the files as they lie on disk at `now`."""
    config, today = office.settings.config, now.astimezone(HANOI).date()
    seen = tuple(sorted(stamps_of(config).items()))
    is_kept = office.settings.kept_configuration.exists()
    return [*_of_rules(office), *_of_files(config, seen, is_kept), *_of_calendar(config, seen, today)]


def stamps_of(folder: Path) -> Stamps:
    """Return time and size of every file that is there throughout the look."""
    found: Stamps = {}
    for file in folder.rglob("*.yml"):
        with suppress(OSError):  # gone between the listing and the look
            stamp = file.stat()
            found[file] = (stamp.st_mtime_ns, stamp.st_size)
    return found


def _of_rules(office: Office) -> Iterator[FileWarning]:
    said = unapplied_edit(office)
    if said:
        first, _, rest = said.partition("\n")
        place = f" {rest.splitlines()[0]}; xem 'dondoc check'" if rest else ""
        yield FileWarning("rules-waiting" if said == EDITED else "rules-refused", first + place)


_Seen = tuple[tuple[Path, tuple[int, int]], ...]


@lru_cache(maxsize=4)
def _of_files(config: Path, seen: _Seen, is_kept: bool) -> tuple[FileWarning, ...]:
    """Return what is wrong with files as `seen`: they are read anew only when they have changed."""
    problems = [problem for part in _PARTS for problem in _problems_of(part, config)]
    if not problems:
        return ()
    first, more = min(problems, key=lambda problem: not problem.line), len(problems) - 1
    others = f" và {more} lỗi nữa" if more else ""
    said = (
        f"Cấu hình trên đĩa có lỗi nên không được dùng: {_line(first)}{others}; sửa theo 'dondoc check'. "
        f"Dịch vụ giữ bản dùng được gần nhất, {RESTARTED[is_kept]}."
    )
    return (FileWarning("files-refused", said),)


@lru_cache(maxsize=4)
def _of_calendar(config: Path, seen: _Seen, today: date) -> tuple[FileWarning, ...]:
    """Return the years that need a calendar of their own and have none, or a provisional one."""
    try:
        files = texts_of(config, "calendar")
    except ConfigurationRejected:
        return ()
    calendar, _ = read_calendar(files)
    gaps = calendar_gaps(files, calendar, today, min(files).rpartition("/")[0])
    return tuple(FileWarning("calendar", f"{gap.source}: {gap.message}; {gap.hint}") for gap in gaps)


def _problems_of(read: Callable[[Path], object], config: Path) -> Sequence[Problem]:
    try:
        read(config)
    except ConfigurationRejected as rejected:
        return rejected.problems
    return ()


def _load_people(config: Path) -> object:
    return load_contacts(config, load_directory(config))


_PARTS = (load_calendar, _load_people, load_channels, load_paperwork)


def _line(problem: Problem) -> str:
    return printed(problem).splitlines()[0]
