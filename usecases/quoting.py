"""Which task does somebody mean who has only a letter or a chat message before them?

They quote what stands in it: the short number of the work, document and STT, or the Message-ID.
What may mean several tasks is refused with their names: an explanation of another task misleads.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from sqlmodel import Session

from engine.model import Document
from engine.responses import shown
from notifiers.letters import message_id
from store import quoted, registry, responses
from usecases.errors import InputRejected
from usecases.wiring import Office

WAYS = (
    "mã nhiệm vụ (KH-UBND-2025-10/15), số văn bản và STT (“01/KH-UBND, STT 28”), "
    "số của việc trong tin nhắn (0042) hoặc Message-ID của thư (<…@…>)"
)
MOST_NAMED = 6
_ROW = re.compile(r"[\s,;:–-]*\b(?:STT|số thứ tự)\b[\s:.]*(?P<number>[^\s,;]+)", re.IGNORECASE)
_COMMAND = re.compile(r"(?:OK|BC|GH|VM|KP|NTT)\s+(?P<number>\d+)\b.*", re.IGNORECASE)
_LINE = re.compile(r"(?:việc\s+)?(?P<number>\d+)(?:\s*[:–-]\s.*)?", re.IGNORECASE)
_LETTER = re.compile(r"<?(?P<mark>[0-9a-f]{40})@[^\s<>]+>?", re.IGNORECASE)


@dataclass(frozen=True, slots=True, order=True)
class Quoted:
    """A task, and the unit whose share is meant; "" when the whole task is."""

    task: str
    unit: str = ""

    @property
    def said(self) -> str:
        """How a person names it on the command line."""
        return f"{self.task} --unit {self.unit}" if self.unit else self.task


def quoted_task(session: Session, office: Office, reference: str, unit: str | None) -> Quoted:
    """Return the one task that a person means, and whose share, by its code or by what they can quote.

    `unit` is whom they name besides, by its code or name.
    """
    wanted = " ".join(unicodedata.normalize("NFC", reference).split())
    found = _meant(session, office, wanted)
    if not found:
        raise InputRejected(f"không có nhiệm vụ '{reference}'; ghi {WAYS}")
    if unit is not None and len(found) > 1:
        units = {one.code for one in office.directory.resolve(unit).units} | {unit}
        found = [one for one in found if one.unit in {"", *units}] or found
    if len(found) > 1:
        listed = "; ".join(one.said for one in found[:MOST_NAMED])
        more = f" và {len(found) - MOST_NAMED} việc khác" if len(found) > MOST_NAMED else ""
        raise InputRejected(f"'{reference}' có thể là {len(found)} việc; ghi rõ một trong: {listed}{more}")
    return found[0]


def _meant(session: Session, office: Office, wanted: str) -> list[Quoted]:
    by_code = registry.matching_tasks(session, wanted)
    by_number = _by_short_number(session, office, wanted, bool(by_code))
    known = [Quoted(task) for task in by_code if task not in {one.task for one in by_number}]
    return [*known, *by_number] or _by_document(session, wanted) or _by_message(session, office, wanted)


def _by_short_number(session: Session, office: Office, wanted: str, is_known: bool) -> list[Quoted]:
    """Return the share with the number of a line or a command; one as short as an STT gives way to it."""
    line = _COMMAND.fullmatch(wanted) or _LINE.fullmatch(wanted)
    if line is None or (is_known and len(line["number"]) < len(shown(0))):
        return []
    ids = responses.meant_by(session, [int(line["number"])]).values()
    shares = registry.assignments(session, office.directory.unit, ids=list(ids))
    return [Quoted(share.task.code, share.unit.code) for share in shares]


def _by_document(session: Session, wanted: str) -> list[Quoted]:
    """Return the tasks with an STT of the documents named besides it, of every one when none is."""
    row = _ROW.search(wanted)
    if row is None:
        return []
    besides = f"{wanted[: row.start()]} {wanted[row.end() :]}".casefold()
    named = [one for one in registry.documents(session) if not besides.strip() or _is_named(one, besides)]
    dated = [one for one in named if f"{one.issued_on:%d/%m/%Y}" in besides]
    tasks = [registry.matching_tasks(session, f"{one.code}/{row['number']}") for one in dated or named]
    return [Quoted(task) for found in tasks for task in found]


def _is_named(document: Document, words: str) -> bool:
    """Whether a document's number, code or title stands in some words; 1/KH is not in 11/KH."""
    names = (name.casefold() for name in (document.number, document.code, document.title) if name)
    return any(re.search(rf"(?<!\w){re.escape(name)}(?![\w/])", words) for name in names)


def _by_message(session: Session, office: Office, wanted: str) -> list[Quoted]:
    """Return everything that a message was about, by its key, its Message-ID or the provider's id."""
    key = quoted.message_named(session, wanted) or quoted.message_named(session, wanted.strip("<>"))
    letter = _LETTER.fullmatch(wanted)
    if not key and letter is not None:
        key = next(_with_mark(session, office, letter["mark"].lower()), "")
    return [Quoted(*one) for one in quoted.told_about(session, key)] if key else []


def _with_mark(session: Session, office: Office, mark: str) -> Iterator[str]:
    """Yield the message whose letter has the Message-ID; the domain may be another by now."""
    for key in quoted.message_keys(session):
        if message_id("letter", key, office.channels.office).startswith(f"<{mark}@"):
            yield key
