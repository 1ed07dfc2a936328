"""Which plan assigned the work, as a report names it?"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from engine.compliance import document_name
from engine.data_quality import Judged
from engine.model import Document, Task


@lru_cache(maxsize=4096)
def written_in(task: Task) -> str:
    """Return the document that assigns a task, and where in it: "12/KH-UBND ngày 17/10/2025, STT 15"."""
    return document_name(task.document) + (f", STT {task.number}" if task.number else "")


def documents_of(found: Iterable[Judged]) -> tuple[Document, ...]:
    """Return the plans that assigned some work, each once, the oldest first."""
    plans = {one.assignment.task.document for one in found}
    return tuple(sorted(plans, key=lambda plan: (plan.issued_on, plan.code)))
