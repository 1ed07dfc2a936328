"""Which plans, tasks and duties does a registry file put into the service?

The shipped registry is data an administrator can read and correct. Titles are our own
short wording; deadlines and agencies stand as the plan wrote them and are read by the
engine like those of an imported file.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from engine.model import Document
from engine.problems import Problem
from engine.yamltext import Section, open_section
from intake.annex import AnnexSection
from intake.titles import MAX_TITLE
from intake.words import plain

MAX_DOCUMENT_TITLE = 150
_UNREAD = Document("", "", "", date.min)


@dataclass(frozen=True, slots=True)
class RegistryTask:
    """One task of a plan; `deadline`, `lead` and `supporting` are words as written."""

    number: str
    title: str
    section: str = ""
    deadline: str = ""
    lead: str = ""
    supporting: str = ""
    expected: str = ""
    note: str = ""
    source: str = ""  # where in the plan, for people: "Phụ lục, STT 15"
    held: str = ""  # why a person must look before anything is sent; empty for most


@dataclass(frozen=True, slots=True)
class RegistryDuty:
    """A recurring obligation found in the body of a plan; `receiver` is a unit code."""

    id: str
    title: str
    as_written: str
    units: str
    receiver: str
    source: str
    starts_on: date


@dataclass(frozen=True, slots=True)
class RegistryDocument:
    """A plan of the registry; `source_title` is its title as a reader gives it, to know it again."""

    document: Document
    source_title: str = ""
    sections: tuple[AnnexSection, ...] = ()
    tasks: tuple[RegistryTask, ...] = ()
    duties: tuple[RegistryDuty, ...] = ()


def read_registry(text: str, source: str) -> tuple[RegistryDocument, list[Problem]]:
    """Return the plan in a registry file, and everything that is wrong with the file."""
    file, problems = open_section(text, source, "tệp danh mục")
    if not file.node.value:
        return RegistryDocument(_UNREAD), problems
    head = file.section(file.get("document"), "mục document") if _has_document(file) else None
    document = _document(head) if head else _UNREAD
    sections = tuple(_section(part) for part in file.sections("sections", "phần"))
    registry = RegistryDocument(
        document,
        plain(head.text("source_title", "")) if head else "",
        sections,
        _tasks(file.sections("tasks", "nhiệm vụ"), {section.number for section in sections}),
        _duties(file.sections("duties", "việc định kỳ"), document.issued_on),
    )
    for part in (head, file):
        if part is not None:
            part.finish()
    return registry, problems


def _has_document(file: Section) -> bool:
    if file.get("document") is None:
        file.report("missing-key", "tệp danh mục thiếu khóa 'document'", "thêm mục 'document:' ở đầu tệp")
    return file.get("document") is not None


def _document(head: Section) -> Document:
    title = _short(head, MAX_DOCUMENT_TITLE)
    number, issuer = head.text("number", ""), head.text("issuer", "")
    return Document(head.text("code"), title, plain(number), _day(head, "issued_on"), plain(issuer))


def _section(part: Section) -> AnnexSection:
    section = AnnexSection(part.text("number"), plain(part.text("title")))
    part.finish()
    return section


def _tasks(parts: list[Section], known: set[str]) -> tuple[RegistryTask, ...]:
    lines: dict[str, int] = {}
    tasks = []
    for part in parts:
        task = _task(part)
        _check_unique(part, "number", task.number, lines)
        if task.section and task.section not in known:
            hint = "các phần đã khai: " + (", ".join(sorted(known)) or "chưa có")
            part.report("unknown-section", f"không có phần '{task.section}'", hint, part.get("section"))
        part.finish()
        tasks.append(task)
    return tuple(tasks)


def _task(part: Section) -> RegistryTask:
    """Return one task; deadline and lead must be there even when the plan left them blank ("")."""
    return RegistryTask(
        number=part.text("number"),
        title=_short(part, MAX_TITLE),
        section=part.text("section", ""),
        deadline=plain(part.text("deadline")),
        lead=plain(part.text("lead")),
        supporting=plain(part.text("supporting", "")),
        expected=plain(part.text("expected", "")),
        note=plain(part.text("note", "")),
        source=plain(part.text("source")),
        held=plain(part.text("held", "")),
    )


def _duties(parts: list[Section], issued_on: date) -> tuple[RegistryDuty, ...]:
    lines: dict[str, int] = {}
    duties = []
    for part in parts:
        duty = RegistryDuty(
            id=part.text("id"),
            title=_short(part, MAX_TITLE),
            as_written=plain(part.text("as_written")),
            units=plain(part.text("units")),
            receiver=part.text("receiver"),
            source=plain(part.text("source")),
            starts_on=part.day("starts_on") or issued_on,
        )
        _check_unique(part, "id", duty.id, lines)
        part.finish()
        duties.append(duty)
    return tuple(duties)


def _short(part: Section, limit: int) -> str:
    title = plain(part.text("title"))
    if len(title) > limit:
        message = f"'title' dài {len(title)} ký tự, quá {limit}"
        part.report(
            "title-too-long", message, "viết gọn lại; lời đầy đủ có trong văn bản gốc", part.get("title")
        )
    return title


def _day(part: Section, key: str) -> date:
    if part.get(key) is None:
        part.text(key)
    return part.day(key) or date.min


def _check_unique(part: Section, key: str, value: str, lines: dict[str, int]) -> None:
    if value and value in lines:
        hint = f"'{value}' đã dùng ở dòng {lines[value]}; mỗi mục một giá trị riêng"
        part.report("duplicate-number", f"'{key}' bị trùng: '{value}'", hint, part.get(key))
    lines.setdefault(value, part.line)
