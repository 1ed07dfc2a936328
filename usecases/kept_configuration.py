"""By which files does a process start when those of the configuration folder have mistakes?

A process that runs goes on by what it has read. One that starts over a spoilt file, at night and
after a power cut, would send nothing until somebody looks: it goes by the files accepted last, which
every process keeps beside the data, and says so. Rules in force are in the database already.
"""

from __future__ import annotations

import atexit
import io
import shutil
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

from engine.model import HANOI
from usecases.errors import ConfigurationRejected
from usecases.on_disk import Stamps, stamps_of
from usecases.settings import Settings
from usecases.whole_files import put_in_place
from usecases.wiring import Office

READ = ("*.yml", "calendar/*.yml", "rules/*.yml", "templates/*")  # no plans: what was brought in is kept
LARGEST = 5_000_000  # bytes of one file; a template with a picture stays well below

NOT_USED = "Cấu hình trong {folder} có lỗi nên chưa dùng; chạy bằng bản dùng được gần nhất, lưu lúc {at}:"
NOT_KEPT = "Không lưu được bản cấu hình đang dùng vào {file} ({why}); dịch vụ vẫn chạy."


def opened(office: Office, tell: Callable[..., None]) -> Office:
    """Return an office whose every part was read; its files are kept for a start over a mistake.

    Raises ConfigurationRejected when the configuration has mistakes.
    """
    seen = stamps_of(office.settings.config)
    _read(office)
    if office.kept is None:
        _keep(office.settings, seen, tell)
    return office


def opened_or_kept(office: Office, tell: Callable[..., None]) -> Office:
    """Return an office whose every part was read: from its folder, else from the files kept last.

    Raises ConfigurationRejected when the folder has mistakes in what reminders need and nothing usable
    was kept.
    """
    try:
        return opened(office, tell)
    except ConfigurationRejected as rejected:
        kept = _unpacked(office.settings.kept_configuration)
        if kept is None:
            _read_for_reminders(office)  # a report file with mistakes holds back reports alone
            tell(str(rejected))
            return office
        folder, at = kept
        instead = Office(office.settings, folder)
        vars(instead).update({name: part for name, part in vars(office).items() if name == "database"})
        try:
            _read(instead)
        except ConfigurationRejected:
            raise rejected from None
        tell(NOT_USED.format(folder=office.settings.config, at=f"{at:%H:%M %d/%m/%Y}"), str(rejected))
        return instead


def _read(office: Office) -> None:
    """Read every part now, so that a mistake shows before anything depends on it."""
    _read_for_reminders(office)
    _ = office.paperwork


def _read_for_reminders(office: Office) -> None:
    _ = office.world, office.notifiers


def _keep(settings: Settings, seen: Stamps, tell: Callable[..., None]) -> None:
    """Keep the files as they were read; those edited since are kept once they are read, too."""
    file = settings.kept_configuration
    try:
        content = _packed(settings.config)
        if stamps_of(settings.config) == seen and not (file.is_file() and file.read_bytes() == content):
            put_in_place(file, content)
    except OSError as error:
        tell(NOT_KEPT.format(file=file, why=error.strerror))


def _packed(folder: Path) -> bytes:
    """Return the files in one archive; the same files give the same bytes."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for file in _files(folder):
            archive.writestr(zipfile.ZipInfo(file.relative_to(folder).as_posix()), file.read_bytes())
    return content.getvalue()


def _files(folder: Path) -> Iterator[Path]:
    for pattern in READ:
        files = (file for file in sorted(folder.glob(pattern)) if file.is_file())
        yield from (file for file in files if file.stat().st_size <= LARGEST)


def _unpacked(file: Path) -> tuple[Path, datetime] | None:
    """Return a folder with the kept files, there until this process ends, and when they were kept."""
    try:
        at = datetime.fromtimestamp(file.stat().st_mtime, HANOI)
        home = Path(tempfile.mkdtemp(prefix="dondoc-"))
        atexit.register(shutil.rmtree, home, ignore_errors=True)
        folder = home / "config"
        with zipfile.ZipFile(file) as archive:
            archive.extractall(folder)
    except (OSError, zipfile.BadZipFile):
        return None
    return folder, at
