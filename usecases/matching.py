"""Which row of a newer copy is which task, and which task of another plan is the same work?

Word numbers rows by itself: a row taken out renumbers all below it. A task keeps its code,
and with it its history, where its words stayed; only then does the number decide.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from rapidfuzz import fuzz, process

from store.kept import StoredTask
from usecases.staged import SameWork, StagedTask

SAME_WORDS = 90  # a reworded row that moved to another number is still the same task
SAME_NUMBER = 55  # a row that kept its number may be reworded further
SAME_WORK = 82  # a task of another plan is offered as the same work
MIN_WORDS = 6  # shorter texts resemble each other by chance


class Worded(Protocol):
    """A row as far as it can be told from others."""

    @property
    def code(self) -> str: ...
    @property
    def number(self) -> str | None: ...
    @property
    def text(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a copy that nobody has read yet; `code` is the one its place would give it."""

    code: str
    number: str | None
    text: str


def with_known_codes(staged: Sequence[StagedTask], known: Sequence[StoredTask]) -> tuple[StagedTask, ...]:
    """Return the rows with the codes of the tasks they are; `known` holds removed tasks too.

    A row that is new never takes over the code of a task that left: its code is told apart.
    """
    codes = codes_of(staged, known)
    return tuple(replace(task, code=code) for task, code in zip(staged, codes, strict=True))


def codes_of(rows: Sequence[Worded], known: Sequence[StoredTask]) -> list[str]:
    """Return for each row the code of the task it is."""
    pairs = _paired(rows, known)
    taken = {task.task.code for task in known}
    codes = []
    for place, row in enumerate(rows):
        codes.append(pairs.get(place) or _free(row.code, taken))
        taken.add(codes[-1])
    return codes


def same_work(tasks: Sequence[StagedTask], others: Sequence[StoredTask]) -> Iterator[SameWork]:
    """Yield for each task the task of another plan that it resembles most, if it does at all."""
    words = {other.task.code: _plain(other.task.text) for other in others}
    long_enough = {code: text for code, text in words.items() if len(text.split()) >= MIN_WORDS}
    titles = {other.task.code: other.task.title for other in others}
    for task in tasks:
        text = _plain(task.text)
        if not task.is_task or len(text.split()) < MIN_WORDS:
            continue
        best = process.extractOne(text, long_enough, scorer=fuzz.token_sort_ratio, score_cutoff=SAME_WORK)
        if best is not None:
            yield SameWork(task.code, best[2], titles[best[2]], round(best[1]))


def _paired(staged: Sequence[Worded], known: Sequence[StoredTask]) -> dict[int, str]:
    """Return which row is which known task: same number and words, same words, same number, like words."""
    rows: dict[int, Worded] = dict(enumerate(staged))
    tasks = {task.task.code: task for task in known}
    pairs: dict[int, str] = {}

    def pair(found: Iterable[tuple[int, str]]) -> None:
        for place, code in found:
            if place in rows and code in tasks:
                pairs[place] = code
                del rows[place], tasks[code]

    pair([(place, row.code) for place, row in rows.items() if _has_same_words(row, tasks.get(row.code))])
    pair(list(_by_words(rows, tasks)))
    pair([(place, row.code) for place, row in rows.items() if _is_reworded(row, tasks.get(row.code))])
    pair(list(_by_likeness(rows, tasks)))
    return pairs


def _has_same_words(row: Worded, task: StoredTask | None) -> bool:
    return task is not None and _plain(task.task.text) == _plain(row.text)


def _is_reworded(row: Worded, task: StoredTask | None) -> bool:
    """Return whether a row of the same number still speaks of the same work."""
    if task is None or (row.number is None) != (task.task.number is None):
        return False
    return fuzz.ratio(_plain(task.task.text), _plain(row.text)) >= SAME_NUMBER


def _by_words(rows: dict[int, Worded], tasks: dict[str, StoredTask]) -> Iterator[tuple[int, str]]:
    """Yield rows whose words one task has, tasks still in the document first."""
    by_text: dict[str, list[str]] = {}
    for code, task in sorted(tasks.items(), key=lambda item: item[1].removed_at is not None):
        by_text.setdefault(_plain(task.task.text), []).append(code)
    for place, row in rows.items():
        codes = by_text.get(_plain(row.text))
        if codes and row.text.strip():
            yield place, codes.pop(0)


def _by_likeness(rows: dict[int, Worded], tasks: dict[str, StoredTask]) -> Iterator[tuple[int, str]]:
    texts = {code: _plain(task.task.text) for code, task in tasks.items() if task.removed_at is None}
    for place, row in rows.items():
        best = process.extractOne(_plain(row.text), texts, scorer=fuzz.ratio, score_cutoff=SAME_WORDS)
        if best is not None and len(row.text.split()) >= MIN_WORDS:
            del texts[best[2]]
            yield place, best[2]


def _free(code: str, taken: set[str]) -> str:
    """Return `code`, or the first of its kind that no task bears or has borne."""
    candidate, count = code, 1
    while candidate in taken:
        count += 1
        candidate = f"{code}~{count}"
    return candidate


def _plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).casefold().split()).strip(" .;")
