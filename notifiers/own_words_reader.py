"""Can an office's own words be used, and if not, what is wrong where?

What is not known to be harmless is refused before anything runs: the words are parsed, and
only text, names, a few filters and plain conditions may stand in them. What passes cannot
fail, loop or grow when a letter is written.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from enum import Enum, auto
from typing import NamedTuple

from jinja2 import TemplateSyntaxError, nodes

from engine.problems import Problem
from notifiers.own_words import FILTERS, MOST_CHARACTERS, VARIABLES, Filter, OwnWords, sandbox
from notifiers.own_words_advice import FORBIDDEN, WAY_OUT, known_names, not_parsed, unclosed_in

LARGEST_FILE = 3_000  # characters
DEEPEST = 20
LARGEST_NUMBER = 1_000_000
SHORTEST = 10  # what a filter may be asked to leave

_SANDBOX = sandbox()
_VARIABLES = {one.name: one for one in VARIABLES}
_FILTERS = {one.name: one for one in FILTERS}


class _Kind(Enum):
    TEXT = auto()
    NUMBER = auto()
    TRUTH = auto()


class _Sign(NamedTuple):
    """A word or sign between the braces, with its place."""

    line: int
    column: int
    text: str


def read_own_words(text: str, source: str) -> tuple[OwnWords | None, list[Problem]]:
    """Return the words, or None, with every problem in the order of the lines.

    Signs written apart from their letters are joined; that alone is a problem one may leave.
    """
    text = re.sub(r"\r\n?", "\n", text)
    joined = unicodedata.normalize("NFC", text)
    reading = _Reading(joined, source)
    reading.read()
    found = sorted(reading.problems, key=lambda problem: (problem.line, problem.column))
    words = None if found else OwnWords(_SANDBOX.from_string(joined))
    if joined != text:
        line, column = _first_difference(text, joined)
        message = "dấu thanh viết rời khỏi chữ (Unicode tổ hợp); trong thư vẫn hiện đúng"
        hint = "lưu lại tệp bằng bảng mã Unicode dựng sẵn"
        found.append(Problem(source, line, column, "not-nfc", message, hint))
    return words, found


def _first_difference(text: str, joined: str) -> tuple[int, int]:
    at = next((n for n, (a, b) in enumerate(zip(text, joined, strict=False)) if a != b), len(joined))
    return joined.count("\n", 0, at) + 1, at - joined.rfind("\n", 0, at)


class _Reading:
    """One look at the words; `problems` grows on the way."""

    def __init__(self, text: str, source: str) -> None:
        self.text, self.source = text, source
        self.problems: list[Problem] = []
        self._lines = text.split("\n")
        self._signs: list[_Sign] = []

    def read(self) -> None:
        """Find every problem; the tree is looked at only when the text can be parsed."""
        if len(self.text) > LARGEST_FILE:
            message = f"tệp dài {len(self.text)} ký tự, nhiều nhất {LARGEST_FILE}"
            self._report("too-large", message, "một bậc chỉ thêm một đoạn ngắn; viết gọn lại")
            return
        self._hidden()
        try:
            self._signs = list(_signs(self.text))
            tree = _SANDBOX.parse(self.text)
        except TemplateSyntaxError as error:
            self._report("broken-template", *not_parsed(error), *self._near(error))
            return
        except RecursionError:
            self._too_deep(1)
            return
        length = self._body(tree.body, 0)
        if length > MOST_CHARACTERS:
            message = f"đoạn này dài {length} ký tự, nhiều nhất {MOST_CHARACTERS}"
            self._report("too-long", message, "viết ngắn lại; phần dài để trong văn bản gửi kèm")
        elif not (length or self.problems):
            self._report("empty-file", "tệp không có nội dung", "điền nội dung hoặc xóa tệp")

    def _hidden(self) -> None:
        """Report the first character on each line that nobody sees and no letter would keep."""
        for number, line in enumerate(self._lines, start=1):
            column, sign = next(((n, sign) for n, sign in enumerate(line, 1) if _is_hidden(sign)), (0, ""))
            if sign:
                message = f"ký tự không nhìn thấy U+{ord(sign):04X}"
                self._report("hidden-character", message, "xóa ký tự này", number, column)

    # --- the parts that may stand in the words ---------------------------------------------

    def _body(self, parts: Sequence[nodes.Node], depth: int) -> int:
        """Return how many characters these parts say at the longest, values aside."""
        return sum(self._part(part, depth) for part in parts)

    def _part(self, part: nodes.Node, depth: int) -> int:
        if depth > DEEPEST:
            self._too_deep(part.lineno)
        elif isinstance(part, nodes.Output):
            return sum(self._said(one, depth) for one in part.nodes)
        elif isinstance(part, nodes.If):
            self._kind(part.test, depth + 1)
            others = [self._part(one, depth + 1) for one in part.elif_]
            return max(self._body(part.body, depth + 1), self._body(part.else_, depth + 1), *others)
        else:
            self._forbidden(part)
        return 0

    def _said(self, node: nodes.Node, depth: int) -> int:
        if isinstance(node, nodes.TemplateData):
            return len(" ".join(node.data.split()))
        if self._kind(node, depth) is _Kind.TRUTH:
            message = "điều kiện không in ra được; nó chỉ đứng trong {% if … %}"
            self._report("forbidden-expression", message, WAY_OUT, *self._place(node.lineno, _sign_of(node)))
        return 1

    def _kind(self, node: nodes.Node, depth: int) -> _Kind | None:
        """Return what an expression yields, None when that was reported as a problem."""
        if depth > DEEPEST:
            self._too_deep(node.lineno)
        elif isinstance(node, nodes.Name):
            return self._variable(node)
        elif isinstance(node, nodes.Const):
            return self._constant(node)
        elif isinstance(node, nodes.Filter):
            return self._filtered(node, depth)
        elif isinstance(node, nodes.Compare):
            return self._compared(node, depth)
        elif isinstance(node, nodes.And | nodes.Or):
            self._kind(node.left, depth + 1)
            self._kind(node.right, depth + 1)
            return _Kind.TRUTH
        elif isinstance(node, nodes.Not):
            self._kind(node.node, depth + 1)
            return _Kind.TRUTH
        else:
            self._forbidden(node)
        return None

    def _variable(self, node: nodes.Name) -> _Kind | None:
        known = _VARIABLES.get(node.name)
        if known:
            return _Kind.NUMBER if known.is_number else _Kind.TEXT
        hint = known_names(node.name, VARIABLES)
        self._report(
            "unknown-variable", f"không có biến '{node.name}'", hint, *self._place(node.lineno, node.name)
        )
        return None

    def _constant(self, node: nodes.Const) -> _Kind | None:
        if isinstance(node.value, bool):
            return _Kind.TRUTH
        if isinstance(node.value, str):
            return _Kind.TEXT
        if isinstance(node.value, int | float) and node.value <= LARGEST_NUMBER:
            return _Kind.NUMBER
        self._forbidden(node)
        return None

    def _filtered(self, node: nodes.Filter, depth: int) -> _Kind | None:
        if node.node is None:
            self._forbidden(node)
            return None
        kind = self._kind(node.node, depth + 1)
        place = self._place(node.lineno, node.name.partition(".")[0])
        known = _FILTERS.get(node.name)
        if known is None:
            hint = known_names(node.name, FILTERS)
            self._report("unknown-filter", f"không có phép đổi chữ '{node.name}'", hint, *place)
        elif not _is_allowed(node, known):
            message = f"'{node.name}' không nhận giá trị trong ngoặc như vậy"
            self._report("bad-argument", message, f"viết như {known.example}{_range_of(known)}", *place)
        return _Kind.TEXT if kind and known else None

    def _compared(self, node: nodes.Compare, depth: int) -> _Kind:
        left = self._kind(node.expr, depth + 1)
        for operand in node.ops:
            right = self._kind(operand.expr, depth + 1)
            allowed = _COMPARED[operand.op][1]
            if left and right and not (left is right and left in allowed):
                sign = _COMPARED[operand.op][0]
                message = f"'{sign}' không so được hai giá trị này"
                hint = 'số so với số: days_late > 5; chữ so với chữ: "Sở Y tế" in unit, unit == "Sở Y tế"'
                self._report("bad-comparison", message, hint, *self._place(node.lineno, sign.split()[0]))
            left = right
        return _Kind.TRUTH

    # --- problems and their places ---------------------------------------------------------

    def _forbidden(self, node: nodes.Node) -> None:
        sign, words = FORBIDDEN.get(type(node), (_sign_of(node), "cách viết này"))
        message = f"lời riêng không dùng được {words}"
        line = node.lineno or 1  # a scope has no line of its own
        self._report("forbidden-expression", message, WAY_OUT, *self._place(line, sign))

    def _too_deep(self, line: int) -> None:
        if not any(problem.code == "too-deep" for problem in self.problems):
            message = f"điều kiện lồng quá {DEEPEST} tầng"
            self._report("too-deep", message, "viết thành câu đơn giản hơn", *self._begin(line))

    def _report(self, code: str, message: str, hint: str, line: int = 0, column: int = 0) -> None:
        excerpt = "".join("�" if _is_hidden(sign) else sign for sign in self._lines[line - 1]) if line else ""
        problem = Problem(self.source, line, column, code, message, hint, excerpt)
        if problem not in self.problems:
            self.problems.append(problem)

    def _place(self, line: int, sign: str) -> tuple[int, int]:
        """Return where the next `sign` from a line on stands that nothing was said of yet."""
        taken = {(problem.line, problem.column) for problem in self.problems}
        for one in self._signs:
            if one.line >= line and one.text == sign and (one.line, one.column) not in taken:
                return one.line, one.column
        return self._begin(line)

    def _begin(self, line: int) -> tuple[int, int]:
        """Return where the first braces of a line open."""
        found = re.search(r"\{[{%]", self._lines[line - 1])
        return line, found.start() + 1 if found else 1

    def _near(self, error: TemplateSyntaxError) -> tuple[int, int]:
        """Return the place of what could not be parsed."""
        at = unclosed_in(self.text)
        strange = re.search(r"unexpected char .* at (\d+)", error.message or "")
        tag = re.search(r"unknown tag '(\w+)'", error.message or "")
        if at is None and strange:
            at = int(strange[1])
        if at is None:
            return self._place(error.lineno, tag[1]) if tag else self._begin(error.lineno)
        before = self.text[:at]
        return before.count("\n") + 1, at - before.rfind("\n")


def _signs(text: str) -> Iterator[_Sign]:
    """Yield the words and signs between braces; blanks that the parser drops are stepped over."""
    at = 0
    for _, kind, value in _SANDBOX.lex(text):
        at = text.index(value, at)
        if kind in {"name", "operator", "integer", "float"}:
            yield _Sign(text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at), value)
        at += len(value)


def _is_hidden(sign: str) -> bool:
    category = unicodedata.category(sign)
    return sign != "\t" and (category[0] == "C" or category in {"Zl", "Zp"})


def _sign_of(node: nodes.Node) -> str:
    """Return the word or sign by which a reader finds an expression."""
    if isinstance(node, nodes.Compare):
        return _COMPARED[node.ops[0].op][0].split()[0]
    if isinstance(node, nodes.Const):
        return str(node.value).lower()
    return type(node).__name__.lower()


def _is_allowed(node: nodes.Filter, known: Filter) -> bool:
    if node.kwargs or node.dyn_args is not None or node.dyn_kwargs is not None:
        return False
    if not known.most:
        return not node.args
    values = [one.value if isinstance(one, nodes.Const) else None for one in node.args]
    return len(values) == 1 and type(values[0]) is int and SHORTEST <= values[0] <= known.most


def _range_of(known: Filter) -> str:
    return f", số từ {SHORTEST} đến {known.most}" if known.most else ""


_ANY = {_Kind.TEXT, _Kind.NUMBER, _Kind.TRUTH}
_COMPARED = {
    "eq": ("==", _ANY),
    "ne": ("!=", _ANY),
    "gt": (">", {_Kind.NUMBER}),
    "gteq": (">=", {_Kind.NUMBER}),
    "lt": ("<", {_Kind.NUMBER}),
    "lteq": ("<=", {_Kind.NUMBER}),
    "in": ("in", {_Kind.TEXT}),
    "notin": ("not in", {_Kind.TEXT}),
}
