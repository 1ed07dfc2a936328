"""A child process that works until a given point and is killed there, with no hook in the product.

A point is the moment before a statement, before and after a commit, before a step of the event loop, before
and after a letter is handed over, and before and after a letter's file takes its name.
"""

from __future__ import annotations

import asyncio
import gc
import os
import signal
import traceback
from collections.abc import Callable
from typing import Any

import sqlalchemy as sa

from notifiers.base import Letter, Notifier, Receipt
from usecases.wiring import Office

Here = Callable[[str], None]


class Recorder:
    """Notes the kind of every point passed."""

    def __init__(self) -> None:
        self.points: list[str] = []

    def __call__(self, kind: str) -> None:
        self.points.append(kind)


class Killer:
    """Ends this process at its n-th point of a kind as a power cut would, or by another signal."""

    def __init__(self, n: int, kind: str, by: signal.Signals = signal.SIGKILL) -> None:
        self._left, self._kind, self._by = n, kind, by

    def __call__(self, kind: str) -> None:
        if self._kind == kind:
            self._left -= 1
            if self._left == 0:
                os.kill(os.getpid(), self._by)


class Watched:
    """A channel with a point on either side of each letter."""

    def __init__(self, notifier: Notifier, here: Here) -> None:
        self._notifier, self._here = notifier, here
        self.channel, self.batch = notifier.channel, notifier.batch
        self.repeats_safely = notifier.repeats_safely

    async def send(self, letter: Letter, address: str) -> Receipt:
        self._here("send")
        receipt = await self._notifier.send(letter, address)
        self._here("sent")
        return receipt

    async def close(self) -> None:
        await self._notifier.close()


def watch(office: Office, here: Here) -> None:
    """Put a point on every step of the office's work with its database and its channels."""
    engine = office.database.engine

    def before_statement(*_: Any) -> None:
        here("statement")

    sa.event.listen(engine, "before_cursor_execute", before_statement)
    commit = engine.dialect.do_commit

    def do_commit(connection: Any) -> None:
        here("commit")
        commit(connection)
        here("committed")

    engine.dialect.do_commit = do_commit  # type: ignore[method-assign]
    office.__dict__["notifiers"] = {
        name: Watched(notifier, here) for name, notifier in office.notifiers.items()
    }


def watch_steps(here: Here) -> None:
    """Put a point before every step of every event loop: wherever an await is really waited for.

    For a child only: nothing undoes it.
    """
    run = asyncio.Handle._run

    def stepped(handle: asyncio.Handle) -> None:
        here("await")
        run(handle)

    asyncio.Handle._run = stepped  # type: ignore[method-assign]


def watch_files(here: Here) -> Callable[[], None]:
    """Put a point on either side of a file taking its name; return how to undo it."""
    replace = os.replace

    def replaced(source: Any, target: Any) -> None:
        here("file")
        replace(source, target)
        here("filed")

    os.replace = replaced  # type: ignore[assignment]

    def undo() -> None:
        os.replace = replace  # type: ignore[assignment]

    return undo


def in_a_child(work: Callable[[], None]) -> Callable[[], int]:
    """Start `work` in a forked process; return what waits for it and says how it ended.

    0 is an end of its own, a negative number the signal that killed it, a positive one the signal that
    stopped it: then it may be woken and waited for again.
    """
    gc.freeze()  # else the child looks through all that a long run of tests has gathered, page by page
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            work()
            code = 0
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(code)
    gc.unfreeze()

    def wait() -> int:
        status = os.waitpid(pid, os.WUNTRACED)[1]
        return os.WSTOPSIG(status) if os.WIFSTOPPED(status) else os.waitstatus_to_exitcode(status)

    wait.pid = pid  # type: ignore[attr-defined]
    return wait
