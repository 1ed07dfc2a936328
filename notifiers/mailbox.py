"""Where do letters go on a machine that sends nothing outside?

Into a folder, one .eml a letter, the very bytes that e-mail would carry: everything can
be read and nothing leaves. Also reads them back for the terminal.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import re
from dataclasses import dataclass
from datetime import datetime
from email.header import decode_header, make_header
from email.message import Message
from email.parser import BytesHeaderParser, BytesParser
from email.utils import parsedate_to_datetime
from pathlib import Path

from engine.model import HANOI
from notifiers.base import DeliveryFailed, Letter, Receipt
from notifiers.mime import Sender, as_bytes, is_address
from notifiers.words import in_words, plain

EMBEDDED = Sender(name="Đôn đốc", address="don-doc@dondoc.invalid", reply_to="don-doc@dondoc.invalid")


@dataclass(frozen=True, slots=True)
class KeptLetter:
    """A letter in the folder, as a list shows it."""

    subject: str
    date: datetime
    recipient: str
    path: Path


class MailboxNotifier:
    """Writes letters to `folder`, one sub-folder a post."""

    channel = "mailbox"
    batch = 50  # a letter written twice is one file
    repeats_safely = True

    def __init__(self, folder: str | Path, sender: Sender = EMBEDDED) -> None:
        self._folder = Path(folder)
        self._sender = sender

    async def send(self, letter: Letter, address: str) -> Receipt:
        """Return the receipt once the file is safe on disk; a repeat replaces the same file."""
        to = address if is_address(address) else f"{_safe(letter.recipient.post)}@mailbox.invalid"
        try:
            path = await asyncio.to_thread(self._keep, letter, as_bytes(letter, self._sender, to))
        except OSError as error:
            reason = f"hộp thư trên máy: không ghi được vào '{self._folder}' ({error.strerror})"
            raise DeliveryFailed(reason, permanent=False) from error
        return Receipt(provider_id=str(path.relative_to(self._folder)), state="delivered")

    async def close(self) -> None:
        """Nothing is held open between letters."""

    def _keep(self, letter: Letter, octets: bytes) -> Path:
        folder = self._folder / _safe(letter.recipient.post)
        folder.mkdir(parents=True, exist_ok=True)
        mark = hashlib.sha256(letter.key.encode()).hexdigest()[:16]
        name = f"{letter.at.astimezone(HANOI):%Y%m%d-%H%M}-{mark}.eml"
        path = next(folder.glob(f"*-{mark}.eml"), folder / name)
        _write(path, octets)
        return path


def letters_of(folder: str | Path, post: str | None = None) -> list[KeptLetter]:
    """Return the letters in `folder`, oldest first; those of one post when it is given."""
    inside = Path(folder) / _safe(post) if post else Path(folder)
    found = [_kept(path) for path in inside.glob("*.eml" if post else "*/*.eml")]
    return sorted(found, key=lambda letter: (letter.date, letter.path))


def read_letter(path: str | Path) -> str:
    """Return a letter as a terminal shows it: from, to, subject, date, then its text part."""
    message = BytesParser().parsebytes(Path(path).read_bytes())
    names = {"From": "Từ", "To": "Gửi", "Subject": "Tiêu đề"}
    lines = [f"{shown}: {_header(message, name)}" for name, shown in names.items()]
    at = _date(message)
    lines.append(f"Lúc: {at:%H:%M} {in_words(at.date())}")
    text = next((part for part in message.walk() if part.get_content_type() == "text/plain"), None)
    payload = text.get_payload(decode=True) if text else None
    body = payload.decode("utf-8", "replace") if isinstance(payload, bytes) else ""
    lines += ["", *(_shown(line) for line in body.splitlines())]
    lines += [f"Đính kèm: {name}" for part in message.walk() if (name := part.get_filename())]
    return "\n".join(lines) + "\n"


def _kept(path: Path) -> KeptLetter:
    with path.open("rb") as file:
        message = BytesHeaderParser().parse(file)
    return KeptLetter(_header(message, "Subject"), _date(message), _header(message, "To"), path)


def _header(message: Message, name: str) -> str:
    return plain(str(make_header(decode_header(message.get(name, "")))))


def _date(message: Message) -> datetime:
    return parsedate_to_datetime(message["Date"]).astimezone(HANOI)


def _shown(line: str) -> str:
    """Return `line` harmless to a terminal, with its indentation."""
    indent = line[: len(line) - len(line.lstrip(" "))]
    return indent + plain(line)


def _safe(post: str) -> str:
    """Return a folder name for a post that cannot leave the mailbox."""
    return re.sub(r"[^A-Za-z0-9._-]", "_", post.replace("/", ".")).lstrip(".") or "_"


def _write(path: Path, octets: bytes) -> None:
    """Write all or nothing: a reader or a power cut never meets half a letter."""
    draft = path.with_suffix(".tmp")
    with draft.open("wb") as file:
        file.write(octets)
        file.flush()
        os.fsync(file.fileno())
    os.replace(draft, path)
