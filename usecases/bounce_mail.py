"""How do mails that came back reach us: from the mail server's pipe, or from a folder it fills?

Each is kept before anything is done about it; a mail taken twice is one mail.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path

from notifiers.base import Heard
from notifiers.bounces import MOST_OCTETS, read_bounce
from usecases import hearing
from usecases.errors import Refused
from usecases.mail import return_path
from usecases.wiring import Office

TAKEN = "da-xu-ly"
_KEPT_RAW = 20_000
_MAILDIR = ("new", "cur")
_log = logging.getLogger(__name__)


def take(office: Office, mails: Iterable[bytes], now: datetime) -> list[Heard]:
    """Keep what mails to our return path tell; return it as it was read.

    Raises Refused while bounces have no domain of their own.
    """
    path = return_path(office.channels.bounces, office.settings.home)
    if path is None:
        raise Refused("chưa có 'bounce_domain' trong mục email của channels.yml: không biết thư nào của mình")
    found = []
    for octets in mails:
        heard = read_bounce(octets, path, now)
        hearing.keep(office, [heard], _as_kept(octets), now)
        found.append(heard)
    return found


def take_folder(office: Office, now: datetime) -> list[Heard]:
    """Keep what lies in the folder of channels.yml and put each mail aside in `da-xu-ly/`.

    Nothing without a folder. A mail is put aside once it is kept: killed in between, it is read
    again and is known already.
    """
    folder = office.channels.bounces.folder
    found: list[Heard] = []
    for file in _waiting(folder) if folder else ():
        try:
            octets = _read(file)
        except OSError as error:
            _log.warning("thư báo lỗi '%s': không đọc được (%s)", file, error.strerror)
            continue
        found += take(office, [octets], now)
        _put_aside(file, folder or file.parent)
    return found


def _waiting(folder: Path) -> Iterator[Path]:
    """Return the mails of a Maildir, or those lying in a folder, oldest names first."""
    boxes = [folder / name for name in _MAILDIR if (folder / name).is_dir()] or [folder]
    for box in boxes:
        if not box.is_dir():
            _log.warning("thư mục thư báo lỗi '%s' không có; tạo thư mục hoặc sửa 'bounces_folder'", box)
        else:
            yield from sorted(f for f in box.iterdir() if not f.name.startswith(".") and _is_own_file(f))


def _is_own_file(file: Path) -> bool:
    return file.is_file() and not file.is_symlink()


def _read(file: Path) -> bytes:
    with file.open("rb") as opened:
        return opened.read(MOST_OCTETS)


def _put_aside(file: Path, folder: Path) -> None:
    aside = folder / TAKEN
    try:
        aside.mkdir(exist_ok=True)
        os.replace(file, aside / file.name)
    except OSError as error:  # it is kept already: read again, it says nothing new
        _log.warning("không chuyển được '%s' vào '%s' (%s)", file, aside, error.strerror)


def _as_kept(octets: bytes) -> str:
    """Return the beginning of a mail as text a database takes."""
    return octets[:_KEPT_RAW].decode("utf-8", "replace").replace("\x00", "�")
