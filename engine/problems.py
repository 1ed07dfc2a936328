"""What is wrong in a file that a person wrote, and where?

A mistake of a user is a value, not an exception: readers return `(value, [Problem])`
and report everything at once. Printing is another function.
"""

from __future__ import annotations

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
        caret = " " * (problem.column - 1) + "^"
        lines += [f"{problem.line:>5} | {problem.excerpt}", f"      | {caret}"]
    if problem.hint:
        lines.append(f"      {problem.hint}")
    return "\n".join(lines)
