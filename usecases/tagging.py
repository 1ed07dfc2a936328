"""People give tags to tasks, and take them back: it goes on record, and planning follows."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from engine.rulebook_types import folded
from store import registry, tags
from usecases.act import find_task
from usecases.errors import InputRejected
from usecases.wiring import Office

LONGEST = 60


@dataclass(frozen=True, slots=True)
class Tagged:
    """What went on record about a task's tags; nothing did when `tags` is empty."""

    task: str
    kind: str
    tags: tuple[str, ...]
    by: str
    at: datetime
    carries: tuple[str, ...]  # all its tags afterwards


def tag(
    office: Office,
    reference: str,
    written: Sequence[str],
    at: datetime,
    by: str = "",
    *,
    remove: bool = False,
) -> Tagged:
    """Give tags to a task, or take them back, and have all its shares planned anew.

    Raises InputRejected when the task is not known, a tag cannot be one, or one to be taken
    back is not there.
    """
    wanted = {_tag(text) for text in written}
    with office.database.writing() as session:
        code = find_task(session, reference)
        carried = set(tags.tags_of(session, [code]).get(code, ()))
        if remove:
            _demand(code, wanted - carried, carried)
        changed = wanted if remove else wanted - carried
        if changed:
            (tags.take if remove else tags.give)(session, code, changed, at, by)
            shares = registry.assignments(session, office.directory.unit, task_codes=[code])
            registry.flag_for_planning(session, [share.id for share in shares])
    after = carried - changed if remove else carried | changed
    kind = tags.TAKEN if remove else tags.GIVEN
    return Tagged(code, kind, tuple(sorted(changed)), by, at, tuple(sorted(after)))


def _tag(text: str) -> str:
    """Return a tag as it is kept: as the rules compare it."""
    found = folded(text)
    if not found or len(found) > LONGEST or any(unicodedata.category(sign)[0] == "C" for sign in found):
        shown = text.strip()[:LONGEST]
        raise InputRejected(f"nhãn '{shown}' không dùng được; ghi vài từ, nhiều nhất {LONGEST} ký tự")
    return found


def _demand(code: str, missing: Collection[str], carried: Collection[str]) -> None:
    if missing:
        known = ", ".join(sorted(carried)) or "chưa có nhãn nào"
        raise InputRejected(f"nhiệm vụ {code} không có nhãn '{min(missing)}'; các nhãn đang có: {known}")
