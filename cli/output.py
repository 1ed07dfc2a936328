"""How is a result printed: as JSON for programs, as lines for people?"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from threading import Event, Thread
from typing import Any

from cli.parsing import Parser
from usecases.errors import InputRejected


def add_json(parser: Parser) -> None:
    """Give a command the option --json."""
    parser.add_argument("--json", action="store_true", help="in kết quả dạng JSON")


def print_json(value: Any) -> None:
    """Print one JSON document; dates and moments are ISO texts already."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=2) + "\n")


def write(text: str, output: str | None) -> None:
    """Print `text`, or write it to the file `output`."""
    if output is None or output == "-":
        sys.stdout.write(text if text.endswith("\n") else text + "\n")
    else:
        try:
            Path(output).write_text(text, "utf-8")
        except OSError as error:
            hint = "chọn thư mục đã có và ghi được"
            raise InputRejected(f"không ghi được '{output}' ({error.strerror}); {hint}") from None
        print(f"Đã ghi {output}", file=sys.stderr)


def say(*lines: str) -> None:
    """Tell a person on standard error what is going on."""
    print(*lines, sep="\n", file=sys.stderr)


@contextmanager
def progress_of(words: str) -> Iterator[Callable[[str], None]]:
    """Show on standard error that long work goes on; yields a function that tells how far it is.

    On a terminal one line changes; elsewhere a line is added every other second, whether
    anything new was told or not, so that work that is over in a moment says nothing.
    """
    from rich.console import Console  # imported here: most commands never need it
    from rich.text import Text

    console = Console(stderr=True)
    if console.is_terminal and not console.is_dumb_terminal:
        with console.status(Text(f"{words}…")) as status:
            yield lambda said: status.update(Text(f"{words}: {said}…"))
    else:
        with _a_line_now_and_then(words) as tell:
            yield tell


@contextmanager
def _a_line_now_and_then(words: str) -> Iterator[Callable[[str], None]]:
    """Say every other second what was told last: a long question to the database tells nothing itself."""
    told, is_over, started = [words], Event(), time.monotonic()

    def go_on() -> None:
        wait = 0.9
        while not is_over.wait(wait):
            say(f"{told[-1]}… ({time.monotonic() - started:.0f} giây)")
            wait = 1.9

    def tell(said: str) -> None:
        told[:] = [f"{words}: {said}"]

    thread = Thread(target=go_on, daemon=True)
    thread.start()
    try:
        yield tell
    finally:
        is_over.set()
        thread.join()


def iso(day: date | None) -> str | None:
    """Return a date or moment as ISO text."""
    return day.isoformat() if day else None


def shown(day: date | None) -> str:
    """Return a date as people write it."""
    return f"{day:%d/%m/%Y}" if day else "—"
