"""What is wrong in a file that a person wrote, and where?

A mistake of a user is a value, not an exception: readers return `(value, [Problem])`
and report everything at once. Printing is another function.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake with its place; line and column count from 1, 0 means the whole file.

    `code` is stable and English (scripts match on it); `message` and `hint` are
    Vietnamese sentences: what is wrong, and the way out.
    """

    source: str
    line: int
    column: int
    code: str
    message: str
    hint: str = ""
    excerpt: str = ""  # the source line the mistake stands on

    @property
    def place_and_code(self) -> tuple[str, int, int, str]:
        """The part that tests and scripts compare."""
        return (self.source, self.line, self.column, self.code)


def printed(problem: Problem) -> str:
    """Return `path:line:col  code  message`, the source line with a caret, and the way out."""
    lines = [f"{problem.source}:{problem.line}:{problem.column}  {problem.code}  {problem.message}"]
    if problem.excerpt:
        shown, marks = _underlined(_tame(problem.excerpt), problem.column - 1)
        lines += [f"{problem.line:>5} | {shown}", f"      | {marks}"]
    if problem.hint:
        lines.append(f"      {problem.hint}")
    return "\n".join(_tame(line) for line in lines)


def _tame(line: str) -> str:
    """Return a line in which no sign of somebody's file can steer the terminal or turn the text around."""
    return _STEERING.sub("\N{REPLACEMENT CHARACTER}", line)


_STEERING = re.compile("[\x00-\x08\x0a-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u2028\u2029]")


_WIDTH = 110


def _underlined(line: str, start: int) -> tuple[str, str]:
    """Return the part of a line around `start`, and carets under the word there.

    Diacritics written as signs of their own take no room on the screen.
    """
    cut = max(0, start - _WIDTH // 2) if len(line) > _WIDTH else 0
    head = "…" if cut else ""
    shown = head + line[cut : cut + _WIDTH].replace("\t", " ")
    word = _WORD.match(line, start)
    length = max(1, _columns(word[0]) if word else 1)
    room = max(1, _columns(shown) - _columns(head + line[cut:start]))
    return shown, " " * _columns(head + line[cut:start]) + "^" * min(length, room)


_WORD = re.compile(
    r"(?P<quote>[\"']).*?(?P=quote)|(?:[^\s,:\[\]{}#]|:(?=\w))+(?: (?:[^\s,:\[\]{}#]|:(?=\w))+)*"
)


def _columns(text: str) -> int:
    return sum(not unicodedata.combining(sign) for sign in text)
