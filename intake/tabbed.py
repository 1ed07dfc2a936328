"""How does a table drawn with signs become one row a line with tabs between the cells?

Mail and notes carry tables as Markdown ("| a | b |"), drawn with plus and minus signs, as
comma-separated values, or quoted with ">". Each line keeps its number, so that a problem
names the line of the file; a break inside a cell becomes BREAK.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence

from intake.headings import columns_of, is_known, looks_like_headings

BREAK = "\x0b"
MIN_BARS = 2
MIN_COLUMNS = 3
MAX_QUOTED_LINES = 60

_QUOTED = re.compile(r"(?:> ?)+")
_DRAWN = str.maketrans(
    {"│": "|", "║": "|", "┃": "|"} | dict.fromkeys("─━═┄", "-") | dict.fromkeys("┌┬┐├┼┤└┴┘╔╦╗╠╬╣╚╩╝╞╪╡", "+")
)
_BORDER = re.compile(r"\s*\+(?:[-=:+ ]{2,}\+)\s*")
_RULE = re.compile(r"\s*\|?\s*:?-{2,}:?\s*(?:\|\s*:?-{2,}:?\s*)*\|?\s*")
_LINE_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)
_BARS = re.compile(r"(?<!\\)\|")
_TITLE = re.compile(r"^#{1,6} +")
_STRONG = re.compile(r"\*\*(.+?)\*\*|__(.+?)__")


def as_tabbed(lines: Sequence[str]) -> list[str]:
    """Return as many lines, every table of signs in them one row a line with tabs."""
    plain = _unquoted(lines)
    if any("\t" in line and '"' in line for line in plain):
        plain = _with_quotes_closed(plain)
    drawn = [line.translate(_DRAWN) for line in plain]
    if any(_BARS.search(line) for line in drawn):
        plain = [_unmarked(line) for line in _from_bars(drawn, plain)]
    return plain if any("\t" in line for line in plain) else _from_values(plain)


def _unquoted(lines: Sequence[str]) -> list[str]:
    """Return the lines without the signs by which mail programs quote, when most lines bear them."""
    written = [line for line in lines if line.strip()]
    if 2 * sum(line.startswith(">") for line in written) <= len(written):
        return list(lines)
    return [_QUOTED.sub("", line, count=1) if line.startswith(">") else line for line in lines]


def _with_quotes_closed(lines: Sequence[str]) -> list[str]:
    """Return the lines with each cell that a spreadsheet wrote over several lines on its first one."""
    closed: list[str] = []
    for line in lines:
        open_since = _open_quote(closed)
        if open_since is not None:
            closed[open_since] += f"{BREAK}{line}"
            closed.append("")
        else:
            closed.append(line)
    return closed


def _open_quote(lines: Sequence[str]) -> int | None:
    """Return the line whose last cell begins with a quote and is not closed yet."""
    for back, line in enumerate(reversed(lines[-MAX_QUOTED_LINES:]), start=1):
        if line:
            last = line.rsplit("\t", 1)[-1]
            is_open = "\t" in line and last.startswith('"') and last.count('"') % 2
            return len(lines) - back if is_open else None
    return None


def _unmarked(line: str) -> str:
    """Return a line of Markdown without the marks of titles and bold words."""
    return _STRONG.sub(r"\1\2", _TITLE.sub("", line))


# --- tables drawn with bars --------------------------------------------------------------


def _from_bars(drawn: Sequence[str], plain: Sequence[str]) -> list[str]:
    """Return the lines with every run of lines that bars divide turned into rows."""
    tabbed = list(plain)
    at = 0
    while at < len(drawn):
        end = _end_of_run(drawn, at)
        if end - at >= MIN_BARS:
            tabbed[at:end] = _rows(drawn[at:end])
        at = max(end, at + 1)
    return tabbed


def _end_of_run(lines: Sequence[str], start: int) -> int:
    """Return where a table that begins at `start` ends; a row may be wrapped over lines."""
    at = start
    while at < len(lines):
        line = lines[at]
        is_row = len(_BARS.findall(line)) >= MIN_BARS or _BORDER.fullmatch(line)
        is_wrapped = at > start and _is_unfinished(lines[at - 1]) and line.strip()
        if not (is_row or is_wrapped):
            break
        at += 1
    return at


def _is_unfinished(line: str) -> bool:
    """Return whether a line opens a row with a bar and does not close it."""
    return line.lstrip().startswith("|") and not line.rstrip().endswith("|")


def _rows(lines: Sequence[str]) -> list[str]:
    """Return one line for each line of a run: rows with tabs, blank lines for what was drawn."""
    borders = sum(bool(_BORDER.fullmatch(line)) for line in lines)
    rows: list[list[str] | None] = []
    top, pending = None, ""
    for line in lines:
        if _BORDER.fullmatch(line) or _RULE.fullmatch(line):
            top = None
            rows.append(None)
            continue
        cells = _cells(pending + line)
        if (_is_unfinished(pending + line)) and len(lines) > 1 and lines[0].rstrip().endswith("|"):
            pending += f"{line}{BREAK}"
            rows.append(None)
            continue
        pending = ""
        goes_on = borders and top is not None and (borders > 3 or not cells[0])
        if goes_on and top is not None:
            rows[top] = _merged(rows[top] or [], cells)
            rows.append(None)
        else:
            top = len(rows)
            rows.append(cells)
    return ["\t".join(cells) if cells else "" for cells in rows]


def _cells(line: str) -> list[str]:
    """Return the cells between bars; escaped bars, breaks and bold marks become what they mean."""
    text = line.strip()
    text = text[1:] if text.startswith("|") else text
    text = text[:-1] if text.endswith("|") and not text.endswith("\\|") else text
    cells = (_LINE_BREAK.sub(BREAK, cell.replace("\t", " ")) for cell in _BARS.split(text))
    return [cell.replace("\\|", "|").strip(" ") for cell in cells]


def _merged(above: Sequence[str], below: Sequence[str]) -> list[str]:
    width = max(len(above), len(below))
    pairs = zip([*above, *[""] * (width - len(above))], [*below, *[""] * (width - len(below))], strict=True)
    return [BREAK.join(part for part in pair if part) for pair in pairs]


# --- values between commas ---------------------------------------------------------------


def _from_values(lines: Sequence[str]) -> list[str]:
    """Return the lines with rows of comma- or semicolon-separated values below known headings."""
    for at, line in enumerate(lines):
        for mark in ";,":
            if line.count(mark) >= MIN_BARS and _are_headings(next(csv.reader([line], delimiter=mark))):
                return [*lines[:at], *_values(lines[at:], mark)]
    return list(lines)


def _are_headings(cells: Sequence[str]) -> bool:
    """Return whether values are headings beyond doubt: prose has commas too."""
    unknown = sum(not is_known(cell) for cell in cells)
    return looks_like_headings(cells) and unknown <= 1 and len(columns_of(cells)) >= MIN_COLUMNS


def _values(lines: Sequence[str], mark: str) -> list[str]:
    """Return one line for each line; a value over several lines stands on its first one."""
    reader = csv.reader((f"{line}\n" for line in lines), delimiter=mark)
    tabbed: list[str] = []
    try:
        for record in reader:
            cells = [BREAK.join(cell.splitlines()).replace("\t", " ") for cell in record]
            tabbed.append("\t".join(cells) if len(cells) > 1 else "".join(cells))
            tabbed += [""] * (reader.line_num - len(tabbed))
    except csv.Error:
        return list(lines)
    return tabbed
