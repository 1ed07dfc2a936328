"""Which configuration does a process that runs for months work by?

That of the folder as it stands now: a changed file is in force from the next run on. A
file with mistakes never replaces a good one; the mistakes are told once.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import cast

from flows.telling import tell
from notifiers.base import Notifier
from usecases.errors import ConfigurationRejected
from usecases.wiring import Office

Fingerprint = tuple[tuple[str, int, int], ...]


class Stopping(Exception):
    """The process is asked to stop: no further message is begun."""


class StandingOffice:
    """The office of a long-lived process; `stopping` closes its channels between two messages."""

    def __init__(self, office: Office) -> None:
        self.stopping = asyncio.Event()
        self._seen = _fingerprint(office.settings.config)
        self._office = self._opened(office)

    def current(self) -> Office:
        """Return the office by the configuration in force."""
        found = _fingerprint(self._office.settings.config)
        if found != self._seen:
            self._seen = found
            self._reload()
        return self._office

    def _reload(self) -> None:
        renewed = Office(self._office.settings)
        try:
            self._office = self._opened(renewed)
        except ConfigurationRejected as rejected:
            tell("Cấu hình vừa sửa có lỗi nên chưa dùng; bản đang chạy vẫn có hiệu lực:", str(rejected))
        else:
            tell("Đã dùng cấu hình vừa sửa.")

    def _opened(self, office: Office) -> Office:
        """Read every part now, so that a mistake shows before anything depends on it."""
        assert office.world
        is_stopping = self.stopping.is_set
        for channel, notifier in office.notifiers.items():
            office.notifiers[channel] = cast(Notifier, _Gate(notifier, is_stopping))
        return office


class _Gate:
    """A channel that takes no further messages once the process is asked to stop.

    The pump asks for `batch` before every claim, so what was claimed is still sent and
    settled, and what was not stays in the outbox, claimed by nobody.
    """

    def __init__(self, notifier: Notifier, is_stopping: Callable[[], bool]) -> None:
        self.channel = notifier.channel
        self.send = notifier.send
        self.close = notifier.close
        self._notifier = notifier
        self._is_stopping = is_stopping

    @property
    def batch(self) -> int:
        """How many messages may be claimed now; raises Stopping when none may."""
        if self._is_stopping():
            raise Stopping
        return self._notifier.batch


def _fingerprint(folder: Path) -> Fingerprint:
    files = sorted(folder.rglob("*.yml"))
    return tuple((str(file), file.stat().st_mtime_ns, file.stat().st_size) for file in files)
