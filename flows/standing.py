"""Which configuration does a process that runs for months work by?

That of the folder as it stands now: a changed file is in force from the next run on. A
file with mistakes never replaces a good one; the mistakes are told once.
"""

from __future__ import annotations

import asyncio
from pathlib import Path

from flows.telling import tell
from usecases.errors import ConfigurationRejected
from usecases.wiring import Office

Fingerprint = tuple[tuple[str, int, int], ...]


class StandingOffice:
    """The office of a long-lived process, and whether the process is asked to stop."""

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
        assert office.notifiers is not None
        return office


def _fingerprint(folder: Path) -> Fingerprint:
    files = sorted(folder.rglob("*.yml"))
    return tuple((str(file), file.stat().st_mtime_ns, file.stat().st_size) for file in files)
