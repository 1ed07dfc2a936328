"""What did the administrator write, and where does each word stand?

Every scalar is read as text and typed by whoever knows the schema, so `8:30`,
`no` and `0123` mean what they say. Anchors, aliases, tags and duplicate keys are
refused; size and depth are limited before anything is built.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, TypeVar

import yaml

from engine.problems import Problem
from engine.yaml_days import ISO_EXPECTED, advice_on_day, iso_day, no_such_day
from engine.yaml_faults import lines_of, place_and_advice, strange_signs
from engine.yaml_words import advice_on_word, key_meant, value_meant

MAX_BYTES = 1024 * 1024
MAX_DEPTH = 20
MAX_SCALARS = 60_000
MAX_EXCERPT = 2000
MAX_MESSAGE = 300

T = TypeVar("T")
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True)
class Node:
    """A piece of YAML with its place; `value` is text, a list of nodes, or nodes by key."""

    value: Any
    line: int
    column: int
    keys: dict[str, Node] = field(default_factory=dict)  # where each key itself stands


def parse(text: str, source: str) -> tuple[Node | None, list[Problem]]:
    """Return the document's root node, or None with the problems that prevent reading it."""
    lines = lines_of(text)

    def problem(mark: Any, code: str, message: str, hint: str = "") -> Problem:
        line, column = (mark.line + 1, mark.column + 1) if mark else (0, 0)
        return Problem(source, line, column, code, message, hint, _excerpt(lines, line))

    if len(text.encode()) > MAX_BYTES:
        return None, [problem(None, "too-large", f"tệp lớn hơn {MAX_BYTES // 1024} KiB", "tách tệp nhỏ hơn")]
    try:
        refused = list(_strange_signs(text, problem)) or list(_refused(text, problem))
        if refused:
            return None, refused
        root = yaml.compose(text, Loader=_Loader)
    except yaml.MarkedYAMLError as error:
        mark, hint = place_and_advice(error, lines)
        return None, [problem(mark, "broken-yaml", "không đọc được YAML tại đây", hint)]
    except yaml.YAMLError:
        return None, [problem(None, "broken-yaml", "không đọc được YAML", "lưu lại tệp dạng văn bản UTF-8")]
    if root is None or _is_nothing(root):
        return None, [problem(None, "empty-file", "tệp không có nội dung", "điền nội dung hoặc xóa tệp")]
    problems: list[Problem] = []
    return _built(root, problems, problem), problems


def _strange_signs(text: str, problem: Callable[..., Problem]) -> Iterator[Problem]:
    for sign, mark in strange_signs(text):
        message = f"tệp chứa ký tự không được phép trong YAML (U+{ord(sign):04X})"
        yield problem(mark, "broken-yaml", message, "xóa ký tự lạ ở đây, lưu tệp dạng văn bản UTF-8")


def _refused(text: str, problem: Callable[..., Problem]) -> Iterator[Problem]:
    depth = scalars = 0
    for event in yaml.parse(text, Loader=_Loader):
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            yield problem(
                event.start_mark, "anchor", "neo và bí danh (&, *) không được dùng", "viết lại giá trị đầy đủ"
            )
            return
        if getattr(event, "tag", None):
            yield problem(event.start_mark, "tag", "thẻ kiểu (!…) không được dùng", "bỏ thẻ, chỉ ghi giá trị")
            return
        scalars += isinstance(event, yaml.ScalarEvent)
        if scalars > MAX_SCALARS:
            yield problem(
                event.start_mark, "too-large", f"tệp có hơn {MAX_SCALARS} giá trị", "tách tệp nhỏ hơn"
            )
            return
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > MAX_DEPTH:
                yield problem(event.start_mark, "too-deep", f"lồng quá {MAX_DEPTH} tầng", "viết phẳng hơn")
                return
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1


def _built(raw: yaml.Node, problems: list[Problem], problem: Callable[..., Problem]) -> Node:
    line, column = raw.start_mark.line + 1, raw.start_mark.column + 1
    if isinstance(raw, yaml.SequenceNode):
        return Node([_built(item, problems, problem) for item in raw.value], line, column)
    if isinstance(raw, yaml.MappingNode):
        values: dict[str, Node] = {}
        keys: dict[str, Node] = {}
        for key_node, value_node in raw.value:
            key = _built(key_node, problems, problem)
            if not isinstance(key.value, str):
                hint = "khóa là một từ đứng trước dấu hai chấm; đặt trong dấu nháy nếu có dấu ngoặc"
                problems.append(problem(key_node.start_mark, "bad-key", "khóa phải là một từ", hint))
                continue
            name = key.value
            if name in values:
                first = keys[name].line
                is_item = column > 1 and name == next(iter(keys))
                dash = ", hoặc đặt '- ' trước nó nếu đây là đầu một mục mới" if is_item else ""
                hint = f"khóa này đã có ở dòng {first}; giữ lại một chỗ{dash}"
                problems.append(problem(key_node.start_mark, "duplicate-key", f"khóa '{name}' bị lặp", hint))
                continue
            keys[name] = key
            values[name] = _built(value_node, problems, problem)
        return Node(values, line, column, keys)
    written = unicodedata.normalize("NFC", raw.value) if raw.value.strip() else ""  # blanks say nothing
    return Node(None if _is_nothing(raw) else written, line, column)


def _is_nothing(raw: yaml.Node) -> bool:
    is_plain = isinstance(raw, yaml.ScalarNode) and not raw.style  # the C loader says ''
    return is_plain and raw.value in {"", "~", "null"}


class Section:
    """A mapping read key by key against a schema; mistakes are collected, not raised."""

    def __init__(
        self,
        node: Node | None,
        source: str,
        lines: list[str],
        problems: list[Problem],
        what: str,
        example: str = "",
    ) -> None:
        self.node = node or Node({}, 0, 0)
        self.source, self.what, self.problems = source, what, problems
        self._lines = lines
        self._asked: set[str] = set()
        self._required: set[str] = set()
        self._is_no_mapping = not isinstance(self.node.value, dict)
        if self._is_no_mapping:
            hint = "ghi mỗi khóa một dòng, sau khóa là dấu hai chấm và một dấu cách"
            hint += f"; ví dụ: {example}" if example else ""
            self.report("not-a-mapping", f"{what} phải là các dòng 'khóa: giá trị'", hint, self.node)
            self.node = Node({}, self.node.line, self.node.column)
        self._is_keyed_by_id = False  # whether it stands alone where a list is meant
        self._before = len(problems)  # what was found until this mapping was opened

    @property
    def line(self) -> int:
        """The line the mapping starts on, from 1."""
        return self.node.line

    def report(self, code: str, message: str, hint: str = "", node: Node | None = None) -> None:
        """Add a problem at `node`, or where this mapping starts; of what is no mapping only that is told."""
        if self._is_no_mapping and code != "not-a-mapping":
            return
        at = node or self.node
        excerpt = _excerpt(self._lines, at.line)
        shown = message if len(message) <= MAX_MESSAGE else f"{message[:MAX_MESSAGE]}…"
        hint = f"{hint}{' ' if hint.endswith('?') else '; '}{_CURLY}" if _is_curly(node) else hint
        self.problems.append(Problem(self.source, at.line, at.column, code, shown, hint, excerpt))

    def get(self, key: str) -> Node | None:
        """Return the node under `key`; None when absent or empty."""
        self._asked.add(key)
        node = self.node.value.get(key)
        return node if isinstance(node, Node) and node.value is not None else None

    def text(self, key: str, default: str | None = None) -> str:
        """Return the text under `key`; reports a missing key when there is no default."""
        node = self.get(key)
        self._required |= {key} if default is None else set()
        if node is None:
            if default is None:
                self.report("missing-key", f"{self.what} thiếu khóa '{key}'", f"thêm dòng '{key}: …'")
            return default or ""
        if not isinstance(node.value, str):
            self.report("not-text", f"'{key}' phải là một giá trị chữ", _one_value(node), node)
            return default or ""
        return node.value.strip()

    def choice(
        self,
        key: str,
        allowed: Iterable[str],
        default: str | None = None,
        meant: Mapping[str, str] | None = None,
    ) -> str:
        """Return the text under `key` if it is one of `allowed`, reporting the nearest otherwise.

        `meant` says which value people mean by words that the file does not take.
        """
        node, value, known = self.get(key), self.text(key, default), list(allowed)
        if node is not None and (not isinstance(node.value, str) or value not in known):
            if isinstance(node.value, str):
                self.report_unknown("bad-value", key, value, known, node, meant=meant)
            return default or (known[0] if known else "")
        return value

    def report_unknown(
        self,
        code: str,
        key: str,
        value: str,
        known: Iterable[str],
        node: Node | None,
        message: str = "",
        meant: Mapping[str, str] | None = None,
    ) -> None:
        """Report a value that is not among the `known` ones, with the nearest of them."""
        listed = list(known)
        hint = advice_on_word(value, listed, value_meant(value, listed, meant or {}))
        self.report(code, message or f"'{key}' không nhận giá trị '{value}'", hint, node)

    def typed(self, key: str, read: Callable[[str], T | None], expected: str, default: T) -> T:
        """Return `read(text)` for `key`; reports `expected` when it gives None or raises ValueError."""
        node = self.get(key)
        if node is None:
            return default
        try:
            value = read(str(node.value).strip()) if isinstance(node.value, str) else None
        except ValueError:
            value = None
        if value is None:
            shown = node.value if isinstance(node.value, str) else "…"
            hint = no_such_day(shown.strip(), expected) or f"ghi dạng: {expected}"
            self.report("bad-value", f"'{key}' không nhận giá trị '{shown}'", hint, node)
            return default
        return value

    def day(self, key: str, default: date | None = None) -> date | None:
        """Return the ISO date under `key`."""
        node = self.get(key)
        if node is None or not isinstance(node.value, str):
            return self.typed(key, iso_day, ISO_EXPECTED, default)
        written = node.value.strip()
        found = iso_day(written)
        if found is None:
            self.report("bad-value", f"'{key}' không nhận giá trị '{written}'", advice_on_day(written), node)
        return found or default

    def items(self, key: str) -> list[Node]:
        """Return the list under `key`; a single value counts as a list of one."""
        node = self.get(key)
        if node is None:
            return []
        if isinstance(node.value, list):
            return [item for item in node.value if item.value is not None]
        return [node]

    def texts(self, key: str) -> tuple[str, ...]:
        """Return the list under `key` as texts; an item without a value is reported, never left out."""
        found = []
        whole = self.get(key)
        for node in whole.value if whole and isinstance(whole.value, list) else self.items(key):
            if node.value is None or (node.value == "" and node is not whole):
                self.report(
                    "empty-value", f"'{key}' có một mục để trống", "ghi giá trị, hoặc bỏ mục ấy", node
                )
            elif isinstance(node.value, str):
                found.append(node.value.strip())
            else:
                self.report("not-text", f"mỗi mục của '{key}' phải là một giá trị chữ", _EACH_VALUE, node)
        return tuple(found)

    def sections(self, key: str, what: str) -> list[Section]:
        """Return the list under `key` as mappings."""
        sections = [self.section(node, what) for node in self.items(key)]
        for section in sections:
            section._is_keyed_by_id = section.node is self.get(key)
        return sections

    def section(self, node: Node | None, what: str, example: str = "") -> Section:
        """Return `node` of the same file as a mapping; `example` is shown when it is none."""
        return Section(node, self.source, self._lines, self.problems, what, example)

    def report_blank(self, *free: str) -> None:
        """Report every key but `free` without a value, and every item: it would count as not written."""
        for key, node in self.node.value.items():
            if key not in self._asked.difference(free):
                continue
            if node.value in (None, "", []) and not self._is_reported(node, key):
                way = "" if key in self._required else ", hoặc bỏ hẳn dòng này"
                hint = f"ghi giá trị sau '{key}:'{way}"
                self.report("empty-value", f"'{key}' để trống", hint, self.node.keys.get(key))
            self._report_blank_items(key, node)

    def _report_blank_items(self, key: str, node: Node) -> None:
        told = {(p.line, p.column) for p in self.problems if p.code == "empty-value"}
        for item in node.value if isinstance(node.value, list) else []:
            if item.value is None and (item.line, item.column) not in told:
                self.report("empty-value", f"'{key}' có một mục để trống", _BLANK_ITEM, item)

    def _is_reported(self, node: Node, key: str) -> bool:
        places = {(at.line, at.column) for at in (node, self.node.keys[key], self.node)}
        return any((p.line, p.column) in places and f"'{key}'" in p.message for p in self.problems)

    def finish(self) -> None:
        """Report every key that nobody asked for, with the one that was probably meant."""
        strangers = [key for key in self.node.value if key not in self._asked]
        known = sorted(self._asked)
        meant = {key: key_meant(key, known) for key in strangers}
        if self._is_keyed_by_id and len(strangers) == len(self.node.value) > 0 and not any(meant.values()):
            self._report_no_list()
            return
        self._forget_missing(meant.values())
        for key in strangers:
            hint = advice_on_word(key, known, meant[key])
            self.report("unknown-key", f"{self.what} có khóa lạ '{key}'", hint, self.node.keys.get(key))

    def _report_no_list(self) -> None:
        """Report, instead of what it lacks, one mapping where each key should be an item of a list."""
        del self.problems[self._before :]
        hint = "mỗi mục bắt đầu bằng dấu gạch và một dấu cách ('- '), tên của nó ghi sau một khóa; "
        hint += f"dùng được: {', '.join(sorted(self._asked))}"
        self.report("not-a-list", f"{self.what} phải là một danh sách các mục", hint)

    def _forget_missing(self, meant: Iterable[str]) -> None:
        """Take back that a key is missing when it is there under a name that is reported."""
        missing = {f"{self.what} thiếu khóa '{key}'" for key in meant}
        later = self.problems[self._before :]
        at = (self.node.line, self.node.column)
        self.problems[self._before :] = [
            p
            for p in later
            if not (p.code == "missing-key" and (p.line, p.column) == at and p.message in missing)
        ]


def open_section(text: str, source: str, what: str) -> tuple[Section, list[Problem]]:
    """Return the file as one mapping to read, and the list its problems will be added to."""
    node, problems = parse(text, source)
    if node is None:
        node = Node({}, 1, 1)
    return Section(node, source, lines_of(text), problems, what), problems


def _excerpt(lines: list[str], line: int) -> str:
    return lines[line - 1][:MAX_EXCERPT] if 0 < line <= len(lines) else ""


def _is_curly(node: Node | None) -> bool:
    return node is not None and isinstance(node.value, str) and node.value[:1] in set("“”„‘’")


_CURLY = 'dấu nháy cong (“ ”) bị đọc như chữ: thay bằng dấu nháy thẳng ("), hoặc bỏ'


def _one_value(node: Node) -> str:
    match node.value:
        case [Node(value=str() as alone)]:
            return f"{_ONE_VALUE} — ý bạn là '{alone}'?"
    return _ONE_VALUE


_ONE_VALUE = (
    "chỉ ghi một giá trị, không ghi danh sách; chữ có dấu ngoặc hay dấu hai chấm thì đặt trong dấu nháy"
)
_BLANK_ITEM = "ghi giá trị, hoặc bỏ mục ấy"
_EACH_VALUE = "ghi các giá trị cách nhau bằng dấu phẩy trong một cặp ngoặc vuông, ví dụ [một, hai]"
