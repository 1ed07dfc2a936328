"""Which words of the office's own stand under the tasks of a letter, and what is wrong in them?

They lie in the configuration folder, one file a paragraph, and are read anew for every
letter. Words that became bad since never keep a letter back: it leaves without them.
"""

from __future__ import annotations

import logging
import re
import unicodedata
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from difflib import get_close_matches
from functools import lru_cache
from pathlib import Path

from engine.digest import Digest, DigestRow
from engine.messages import Line
from engine.model import Assignment
from engine.problems import Problem
from engine.rulebook import Rulebook
from engine.yamltext import Node, Section, open_section
from notifiers.own_words import OwnWords
from notifiers.own_words_reader import read_own_words
from reports.official_template import FILES
from usecases.configuration import WARNINGS, text_of
from usecases.errors import ConfigurationRejected

_log = logging.getLogger(__name__)

FOLDER = "templates"
ENDING = ".txt.j2"

read_once = lru_cache(maxsize=256)(read_own_words)  # letters of a run share a few texts


class OwnTexts:
    """The own words in a configuration folder, as letters use them; a fault is told once, not per letter."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._told: dict[str, str] = {}

    def added_to(self, digest: Digest, lines: Sequence[Line], rulebook: Rulebook) -> Digest:
        """Return the digest with the own words of each row's step."""
        if not any(step.template for step in rulebook.steps):
            return digest
        told = {(line.assignment.id, line.step): line.assignment for line in lines}
        names = [_name_for(row, told, rulebook) for row in digest.rows]
        usable = {name: words for name in set(names) - {""} if (words := self._usable(name))}
        rows = (
            replace(row, own_words=usable[name].about(row, digest.recipient)) if name in usable else row
            for row, name in zip(digest.rows, names, strict=True)
        )
        return replace(digest, rows=tuple(rows)) if usable else digest

    def _usable(self, name: str) -> OwnWords | None:
        words, why_not = _usable(self._folder, name)
        if words is None and self._told.get(name) != why_not:
            _log.warning("thư gửi đi không có lời riêng '%s': %s; xem 'dondoc check'", name, why_not)
        self._told[name] = why_not
        return words


def text_problems(folder: Path, rules: Mapping[str, str]) -> list[Problem]:
    """Return what is wrong in the own words, and between them and the rule files (name → YAML text)."""
    files = _files(folder)
    found = [problem for name in sorted(files) for problem in _read(folder, files[name])[1]]
    wanted, is_whole = set(), True
    for source, text in sorted(rules.items()):
        root, problems = open_section(text, source, "tệp quy tắc")
        is_whole &= bool(root.node.value)
        problems.clear()
        for step, node in _named_in(root):
            wanted.add(str(node.value))
            if node.value not in files and re.fullmatch(r"[\w.-]+", str(node.value)):
                message = f"không có tệp lời riêng '{node.value}{ENDING}'"
                step.report("unknown-template", message, _way_out(str(node.value), files), node)
        found += [problem for problem in problems if problem.code == "unknown-template"]
    unused = sorted(set(files) - wanted) if rules and is_whole else []
    found += [_unused(folder, files[name], name) for name in unused]
    found += [_ignored(folder, file) for file in _strangers(folder)]
    return found + [problem for name in FILES.values() for problem in _form_problems(folder, name)]


def _name_for(row: DigestRow, told: Mapping[tuple[str, str], Assignment], rulebook: Rulebook) -> str:
    """Return the name of the words that go with a row, "" when its step has none."""
    shares = [told[key] for key in ((one, row.step) for one in row.assignment_ids) if key in told]
    steps = (step for share in shares for step in rulebook.steps_for(share) if step.id == row.step)
    return next((step.template for step in steps if step.template), "")


def _usable(folder: Path, name: str) -> tuple[OwnWords | None, str]:
    """Return the words, or None and the reason."""
    file = _files(folder).get(name)
    if file is None:
        return None, f"không có tệp {FOLDER}/{name}{ENDING}"
    words, problems = _read(folder, file)
    serious = [problem for problem in problems if problem.code not in WARNINGS]
    if words is None or serious:
        return None, f"{serious[0].source}:{serious[0].line}  {serious[0].message}"
    return words, ""


def _read(folder: Path, file: str) -> tuple[OwnWords | None, list[Problem]]:
    try:
        text, source = text_of(folder, f"{FOLDER}/{file}")
    except ConfigurationRejected as rejected:
        return None, list(rejected.problems)
    words, problems = read_once(text, source)
    return words, list(problems)


def _files(folder: Path) -> dict[str, str]:
    """Return the file names by the name that rules call them."""
    files = (file.name for file in (folder / FOLDER).glob(f"*{ENDING}"))
    return {unicodedata.normalize("NFC", name.removesuffix(ENDING)): name for name in files}


def _strangers(folder: Path) -> list[Path]:
    listed = sorted((folder / FOLDER).glob("*"))
    known = {*FILES.values()}
    return [file for file in listed if not file.name.endswith(ENDING) and not _is_left_out(file.name, known)]


def _is_left_out(name: str, known: Container[str]) -> bool:
    """Whether a file is a form of official papers, or none of ours: hidden, or open in Word just now."""
    return name in known or name.startswith((".", "~$"))


def _form_problems(folder: Path, name: str) -> list[Problem]:
    """Return what is wrong in a form of official papers; without one, ours is used."""
    from reports.official_form import form_problems  # imported here: most commands never need it

    file = folder / FOLDER / name
    return form_problems(file.read_bytes(), _shown(folder, name)) if file.is_file() else []


def _named_in(root: Section) -> Iterator[tuple[Section, Node]]:
    """Yield every step that names own words, with the place of the name."""
    for policy in root.sections("policies", "chính sách"):
        for step in policy.sections("steps", "bậc đôn đốc"):
            node = step.get("template")
            if node and isinstance(node.value, str):
                yield step, node


def _way_out(name: str, files: Iterable[str]) -> str:
    listed = sorted(files)
    near = get_close_matches(name, listed, n=1, cutoff=0.6)
    if near:
        return f"ý bạn là '{near[0]}'?"
    known = f"dùng được: {', '.join(listed)}; hoặc " if listed else ""
    return f"{known}tạo tệp {FOLDER}/{name}{ENDING} trong thư mục cấu hình"


def _unused(folder: Path, file: str, name: str) -> Problem:
    message = f"không bậc nào dùng lời riêng '{name}'"
    hint = f"thêm 'template: {name}' vào bậc cần dùng, hoặc xóa tệp"
    return Problem(_shown(folder, file), 0, 0, "unused-template", message, hint)


def _ignored(folder: Path, file: Path) -> Problem:
    name = file.name.split(".")[0]
    hint = f"đổi tên tệp thành '{name}{ENDING}' nếu muốn dùng, hoặc chuyển tệp đi nơi khác"
    return Problem(_shown(folder, file.name), 0, 0, "ignored-file", "tệp này không được đọc", hint)


def _shown(folder: Path, file: str) -> str:
    return f"{folder.name}/{FOLDER}/{file}"
