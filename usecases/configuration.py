"""What does the configuration folder say?

Each part is read on its own, so that a command needs only what it uses. A part with
mistakes is never used: `ConfigurationRejected` carries all of them.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import TypeVar

from engine.calendar import WorkCalendar, read_calendar
from engine.contacts import ContactBook, read_contacts
from engine.paperwork import Paperwork
from engine.paperwork_file import read_paperwork
from engine.problems import Problem
from engine.rulebook import Rulebook, read_rulebook
from engine.units import UnitDirectory, read_units
from engine.yamltext import MAX_BYTES, MAX_EXCERPT
from intake.registry import RegistryDocument, read_registry
from usecases.communes import communes_of
from usecases.errors import ConfigurationRejected

PAPERWORK = "reports.yml"
PROVINCE = 51  # Quảng Ngãi, in the numbering of the General Statistics Office

# Problems that a person should see and that do not stop the service.
WARNINGS = frozenset(
    {
        "no-contact", "no-head", "unused-policy", "outside-hours", "closed-channel", "unknown-plan",
        "missing-year", "uncovered-tasks", "provisional-year", "ignored-file", "unused-template", "not-nfc",
        "unknown-deputy", "no-deputy", "telegram-alone", "no-way",
        "closed-secret", "same-moment",
    }
)  # fmt: skip

T = TypeVar("T")


def load_calendar(folder: Path) -> WorkCalendar:
    """Return the working calendar of `folder`/calendar."""
    return accepted(read_calendar(texts_of(folder, "calendar")))


def load_directory(folder: Path) -> UnitDirectory:
    """Return the units of `folder`/units.yml and the communes of the province."""
    return accepted(read_units(*text_of(folder, "units.yml"), communes_of(PROVINCE)))


def load_rulebook(folder: Path) -> Rulebook:
    """Return the rules of `folder`/rules."""
    return accepted(read_rulebook(texts_of(folder, "rules")))


def load_contacts(folder: Path, directory: UnitDirectory) -> ContactBook:
    """Return the posts of `folder`/people.yml."""
    return accepted(read_contacts(*text_of(folder, "people.yml"), directory))


def load_paperwork(folder: Path) -> Paperwork:
    """Return `folder`/reports.yml; what an office without that file prints on when there is none."""
    if not is_there(folder / PAPERWORK):
        return Paperwork()
    return accepted(read_paperwork(*text_of(folder, PAPERWORK)))


def load_registry(folder: Path) -> list[RegistryDocument]:
    """Return the default plans of `folder`/registry, oldest first."""
    texts = texts_of(folder, "registry", required=False)
    documents = [accepted(read_registry(text, source)) for source, text in texts.items()]
    return sorted(documents, key=lambda plan: plan.document.issued_on)


def accepted(read: tuple[T, list[Problem]]) -> T:
    """Return what was read; raises ConfigurationRejected when a person made a mistake in it."""
    value, problems = read
    serious = [problem for problem in problems if problem.code not in WARNINGS]
    if serious:
        raise ConfigurationRejected(problems=serious)
    return value


def texts_of(folder: Path, name: str, required: bool = True) -> Mapping[str, str]:
    """Return the YAML files of a sub-folder by the name an administrator knows them by."""
    files = sorted((folder / name).glob("*.yml"))
    if required and not files:
        hint = "chép thư mục config của bản phát hành, hoặc đặt DONDOC_CONFIG đúng chỗ"
        problem = Problem(f"{_shown(folder / name)}", 0, 0, "no-files", "không có tệp .yml nào ở đây", hint)
        raise ConfigurationRejected(problems=[problem])
    return {_shown(file): _read(file) for file in files}


def text_of(folder: Path, name: str) -> tuple[str, str]:
    """Return a file's text and the name an administrator knows it by."""
    return _read(folder / name), _shown(folder / name)


def is_there(file: Path) -> bool:
    """Whether somebody put a file here, though it may lead nowhere."""
    return file.exists() or file.is_symlink()


def _read(file: Path) -> str:
    try:
        if file.exists() and not file.is_file():
            raise IsADirectoryError  # or a pipe, which would be waited for without end
        if file.exists() and file.stat().st_size > MAX_BYTES:
            too_large = f"tệp lớn hơn {MAX_BYTES // 1024} KiB"
            raise ConfigurationRejected(
                problems=[Problem(_shown(file), 0, 0, "too-large", too_large, "tách tệp nhỏ hơn")]
            )
        return file.read_text("utf-8-sig")
    except FileNotFoundError:
        problem = Problem(
            _shown(file), 0, 0, "no-file", "không có tệp này", "tạo tệp hoặc đặt DONDOC_CONFIG đúng chỗ"
        )
    except OSError:
        hint = "đặt ở đây một tệp văn bản, và cho tài khoản chạy dondoc quyền đọc nó"
        problem = Problem(_shown(file), 0, 0, "unreadable", "không mở được tệp", hint)
    except UnicodeDecodeError as error:
        problem = _no_text(_shown(file), error)
    raise ConfigurationRejected(problems=[problem])


def _no_text(shown: str, error: UnicodeDecodeError) -> Problem:
    """Return the problem at the first byte that is no text."""
    before = error.object[: error.start].decode("utf-8", "ignore")
    line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
    excerpt = error.object.decode("utf-8", "replace").split("\n")[line - 1][:MAX_EXCERPT].rstrip()
    message = "tệp không phải văn bản UTF-8: từ đây có ký tự không đọc được"
    return Problem(shown, line, column, "unreadable", message, "lưu lại tệp với bảng mã UTF-8", excerpt)


def _shown(path: Path) -> str:
    """Return the path as the administrator knows it: from the configuration folder's name on."""
    parts = path.parts[-3:] if path.parent.name != "config" else path.parts[-2:]
    return os.fsencode("/".join(parts)).decode("utf-8", "backslashreplace")
