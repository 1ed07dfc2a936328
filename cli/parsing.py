"""How are the words of a command read, and refused in Vietnamese?"""

from __future__ import annotations

import argparse
import re
from datetime import date, datetime, time
from typing import Any

from engine.model import HANOI

FIRST_YEAR, LAST_YEAR = 1945, 2200
_HOUR = re.compile(r"\d{1,2}:\d{2}")
_TRANSLATED = {
    "usage: ": "cách dùng: ",
    "positional arguments": "tham số",
    "options": "tùy chọn",
    "show this help message and exit": "in trợ giúp này rồi thoát",
    "the following arguments are required: %s": "thiếu tham số: %s",
    "unrecognized arguments: %s": "tham số lạ: %s",
    "argument %(argument_name)s: %(message)s": "%(argument_name)s: %(message)s",
    "expected one argument": "cần một giá trị",
    "expected at least one argument": "cần ít nhất một giá trị",
    "invalid choice: %(value)r (choose from %(choices)s)": "không nhận %(value)r (chọn: %(choices)s)",
    "invalid %(type)s value: %(value)r": "giá trị %(value)r không hợp lệ",
    "not allowed with argument %s": "không dùng cùng %s",
    "ambiguous option: %(option)s could match %(matches)s": "tùy chọn %(option)s chưa rõ: %(matches)s",
    "%(prog)s: error: %(message)s\n": "%(prog)s: %(message)s\n",
}


class Parser(argparse.ArgumentParser):
    """An argument parser that speaks Vietnamese and exits with 2."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        kwargs.setdefault("formatter_class", argparse.RawDescriptionHelpFormatter)
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]

    def _parse_optional(self, arg_string: str) -> Any:
        """Read "-nt-" and "- 30/9" as words of a plan: only what is declared is an option."""
        is_dashed = arg_string.startswith("-") and not arg_string.startswith("--")
        if is_dashed and arg_string not in self._option_string_actions and arg_string[:2] != "-o":
            return None
        return super()._parse_optional(arg_string)

    def error(self, message: str) -> None:  # type: ignore[override]
        """Print one sentence with the way out."""
        self.exit(2, f"{self.prog}: {message}\n  xem cách dùng: {self.prog} --help\n")


def speak_vietnamese() -> None:
    """Make argparse use our words; it looks its own up through this module-level name."""
    argparse._ = lambda text: _TRANSLATED.get(text, text)  # type: ignore[attr-defined]


def day(text: str) -> date:
    """Return the date written as 2025-10-17 or 17/10/2025."""
    written = text.strip()
    iso = re.fullmatch(r"(\d{4})-(\d{1,2})-(\d{1,2})", written)
    local = re.fullmatch(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})", written)
    try:
        if iso:
            return _near(date(int(iso[1]), int(iso[2]), int(iso[3])))
        if local:
            return _near(date(int(local[3]), int(local[2]), int(local[1])))
    except ValueError:
        raise argparse.ArgumentTypeError(
            f"ngày '{text}' không có trong lịch; ví dụ đúng: 2025-10-17"
        ) from None
    raise argparse.ArgumentTypeError(f"không hiểu ngày '{text}'; ghi dạng 2025-10-17 hoặc 17/10/2025")


def _near(found: date) -> date:
    """Refuse years that nobody means, and in which a day may have no day before it."""
    if not FIRST_YEAR <= found.year <= LAST_YEAR:
        raise argparse.ArgumentTypeError(
            f"năm {found.year} ngoài khoảng {FIRST_YEAR}–{LAST_YEAR}; sửa lại năm"
        )
    return found


def moment(at_day_only: time) -> object:
    """Return a reader of moments, day and hour in either order; a bare date means `at_day_only`."""

    def read(text: str) -> datetime:
        hours = [word for word in text.split() if _HOUR.fullmatch(word)]
        days = [word for word in text.split() if word not in hours]
        try:
            if len(days) == 1 and len(hours) <= 1 and "T" not in text:
                at = time.fromisoformat(hours[0].zfill(5)) if hours else at_day_only
                return datetime.combine(day(days[0]), at, tzinfo=HANOI)
            found = datetime.fromisoformat(text.strip())
        except ValueError:
            message = f"không hiểu thời điểm '{text}'; ghi dạng 2025-12-26T08:00 hoặc 26/12/2025 08:00"
            raise argparse.ArgumentTypeError(message) from None
        _near(found.date())
        return found.astimezone(HANOI) if found.tzinfo else found.replace(tzinfo=HANOI)

    return read


OPENING = moment(time(8))  # when only a day is given: the hour the default steps fall
START = moment(time(0))
END = moment(time(23, 59, 59))
