"""How is a file opened that may be broken or hostile?

In a process of its own that may use only so much memory and time, write no file and see
none of our secrets. The bytes go in on its standard input, JSON comes out; whatever else
happens to it becomes one sentence for the person who brought the file.
"""

from __future__ import annotations

import json
import logging
import os
import signal
import subprocess
import sys
from collections import deque
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from importlib import import_module
from pathlib import Path
from threading import Event, Timer
from typing import IO, Any

from intake.decoding import MAX_BYTES
from intake.source import Refused, SourceDocument, as_json, from_json

try:
    import resource
except ImportError:  # Windows: only the wall clock and the size of the answer are limited there
    resource = None  # type: ignore[assignment]

READER = "intake.extract:extract"

_START = "import sys; sys.path[:] = sys.argv[3:]; from intake.isolation import answer; answer()"
_OPTIONS = ("-I", "-S", "-B", "-X", "utf8")  # no PYTHON* variables, no site hooks, no .pyc files
_KEPT_VARIABLES = ("SYSTEMROOT", "LD_LIBRARY_PATH")  # without these some Pythons do not start
_PROGRESS = "\x1e"  # opens a line on standard error that is meant for people
_LONGEST_LINE = 1000
_LINES_KEPT = 40
_NO_MEMORY, _NO_TIME = ("SIGKILL", "SIGABRT"), ("SIGXCPU",)
_SMALLER = "chia tệp thành nhiều phần nhỏ, bỏ ảnh và bảng không cần, rồi nhập từng phần"
_SAVE_AGAIN = "mở tệp bằng Word hoặc Excel, lưu lại thành tệp mới rồi nhập lại"

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Limits:
    """What opening one file may cost; sizes in bytes."""

    seconds: float = 90
    cpu_seconds: int = 60
    memory: int = 1024 * 1024 * 1024
    answer: int = 64 * 1024 * 1024
    open_files: int = 32


@dataclass(frozen=True, slots=True)
class _Ending:
    """How the process ended: what it answered and said, and whether the clock ran out."""

    answer: bytes
    code: int
    is_late: bool
    said: tuple[str, ...]

    @property
    def signal_name(self) -> str:
        """The signal that ended the process, or an empty text."""
        return signal.Signals(-self.code).name if self.code < 0 else ""


def extract_apart(
    data: bytes,
    limits: Limits | None = None,
    on_progress: Callable[[str], None] | None = None,
    reader: str = READER,
) -> SourceDocument:
    """Return what the file holds, read in a process of its own; raise `Refused` otherwise.

    `reader` is "module:function", called with the bytes and a function that takes a line
    of progress. `on_progress` is called in the caller's thread.
    """
    limits = limits or Limits()
    if len(data) > MAX_BYTES:
        raise Refused("too-large", f"tệp lớn hơn {MAX_BYTES // 1024 // 1024} MiB", _SMALLER)
    ending = _run(_command(reader, limits), data, limits, on_progress)
    if ending.code != 0 or ending.is_late or len(ending.answer) > limits.answer:
        raise _refusal(ending, limits)
    return _document(ending)


def answer() -> None:
    """Be the child: read a file from standard input, write what it holds to standard output."""
    reader, limits = sys.argv[1], Limits(**json.loads(sys.argv[2]))
    _limit_self(limits)
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # a library that prints must not spoil the answer
    out.write(json.dumps(_answer_of(reader), ensure_ascii=False).encode("utf-8", "replace"))
    out.flush()


def _answer_of(reader: str) -> dict[str, Any]:
    module, function = reader.split(":")
    try:
        read = getattr(import_module(module), function)
        return {"document": as_json(read(sys.stdin.buffer.read(), _say))}
    except Refused as refused:
        return {"refused": [refused.code, refused.message, refused.hint]}
    except MemoryError:
        return {"no_memory": True}


def _say(line: str) -> None:
    """Tell the parent how far the reader is."""
    print(_PROGRESS + line, file=sys.stderr, flush=True)


def _limit_self(limits: Limits) -> None:
    if resource is None:
        return
    wanted = (
        (resource.RLIMIT_AS, limits.memory),
        (resource.RLIMIT_CPU, limits.cpu_seconds),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_NOFILE, limits.open_files),
        (resource.RLIMIT_CORE, 0),
    )
    for kind, value in wanted:
        _, hard = resource.getrlimit(kind)
        value = value if hard == resource.RLIM_INFINITY else min(value, hard)
        # One second between the two lets the kernel say by its signal that time was the reason.
        resource.setrlimit(kind, (value, value + 1 if kind == resource.RLIMIT_CPU else value))


def _command(reader: str, limits: Limits) -> list[str]:
    """Return the command: the child looks for modules exactly where this process does."""
    root = str(Path(__file__).resolve().parents[1])
    paths = [path for path in sys.path if path and path != root]
    return [sys.executable, *_OPTIONS, "-c", _START, reader, json.dumps(asdict(limits)), *paths, root]


def _run(
    command: list[str], data: bytes, limits: Limits, on_progress: Callable[[str], None] | None
) -> _Ending:
    """Return how the child ended; it is gone when this returns or raises."""
    kept = {name: os.environ[name] for name in _KEPT_VARIABLES if name in os.environ}
    late = Event()
    pipe = subprocess.PIPE
    with subprocess.Popen(
        command, stdin=pipe, stdout=pipe, stderr=pipe, env=kept, start_new_session=True
    ) as child:
        alarm = Timer(limits.seconds, _time_out, (child, late))
        alarm.start()
        try:
            with ThreadPoolExecutor(2) as pool:
                pool.submit(_feed, child, data)
                answer = pool.submit(_take, child, limits.answer)
                said = _listen(child, on_progress)
            child.wait()
        finally:
            alarm.cancel()
            _kill(child)
    return _Ending(answer.result(), child.returncode, late.is_set(), said)


def _time_out(child: subprocess.Popen[bytes], late: Event) -> None:
    late.set()
    _kill(child)


def _feed(child: subprocess.Popen[bytes], data: bytes) -> None:
    assert child.stdin
    try:
        child.stdin.write(data)
        child.stdin.close()
    except OSError:
        return  # it died before it had read everything: its ending tells why


def _take(child: subprocess.Popen[bytes], most: int) -> bytes:
    """Return the answer; a child that writes without end is stopped one byte past the limit."""
    assert child.stdout
    answer = child.stdout.read(most + 1)
    if len(answer) > most:
        _kill(child)
    return answer


def _listen(child: subprocess.Popen[bytes], on_progress: Callable[[str], None] | None) -> tuple[str, ...]:
    """Hand on the lines meant for people; return the last of the others, for the log."""
    assert child.stderr
    said: deque[str] = deque(maxlen=_LINES_KEPT)
    try:
        for line in _lines_of(child.stderr):
            if not line.startswith(_PROGRESS):
                said.append(line)
            elif on_progress and line[1:].isprintable():
                on_progress(line[1:])
    except BaseException:
        _kill(child)
        raise
    return tuple(said)


def _lines_of(stream: IO[bytes]) -> Iterable[str]:
    while line := stream.readline(_LONGEST_LINE):
        yield line.decode("utf-8", "replace").rstrip("\r\n")


def _kill(child: subprocess.Popen[bytes]) -> None:
    """Kill the child and whatever it started, if it still runs."""
    if child.returncode is not None:
        return
    if not hasattr(os, "killpg"):
        child.kill()
        return
    try:
        os.killpg(child.pid, signal.SIGKILL)
    except ProcessLookupError:
        return


def _refusal(ending: _Ending, limits: Limits) -> Refused:
    """Return the sentence for a child that gave no usable answer."""
    _log.warning("the reader ended with %s: %s", ending.code, "\n".join(ending.said))
    if ending.is_late or ending.signal_name in _NO_TIME:
        seconds = round(min(limits.seconds, limits.cpu_seconds))
        return Refused("parser-timeout", f"đọc tệp quá {seconds} giây chưa xong nên đã dừng", _SMALLER)
    if len(ending.answer) > limits.answer:
        return Refused("too-large", "nội dung trong tệp quá lớn", _SMALLER)
    if ending.signal_name in _NO_MEMORY:
        return _no_memory()
    if ending.signal_name:
        return _damaged()
    said = "chương trình gặp lỗi khi đọc tệp này"
    hint = _SAVE_AGAIN + "; vẫn lỗi thì gửi tệp cho người quản trị"
    return Refused("parser-failed", said, hint)


def _document(ending: _Ending) -> SourceDocument:
    """Return the document the child answered with, or raise what it refused."""
    try:
        told = json.loads(ending.answer)
        if "document" in told:
            return from_json(told["document"])
        refused = _no_memory() if "no_memory" in told else Refused(*map(str, told["refused"]))
    except (ValueError, KeyError, TypeError, IndexError, AttributeError, RecursionError):
        raise _damaged() from None
    raise refused


def _no_memory() -> Refused:
    return Refused("parser-memory", "tệp cần quá nhiều bộ nhớ để đọc nên đã dừng", _SMALLER)


def _damaged() -> Refused:
    return Refused("damaged-file", "tệp hỏng hoặc không đúng định dạng, không đọc được", _SAVE_AGAIN)
