"""Which secrets does this machine hold, and how is one sealed before it is stored?

A secret comes from a file only its owner may read, or from the environment as
DONDOC_<NAME>; it is in no log, no error and no representation of an object. One key of the
machine seals what changes while the service runs, and yields the keys of other purposes.
"""

from __future__ import annotations

import base64
import hashlib
import os
import secrets as random
import stat
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from usecases.errors import Refused

KEY_NAME = "DONDOC_SECRET_KEY"
SHORTEST = 32
_NONCE = 12


class SealBroken(Refused):
    """What was sealed cannot be opened: another key, or changed since."""


class SecretUnreadable(Refused):
    """A file that should hold a secret does not, or not safely: what is wrong, and the way out."""

    def __init__(self, what: str, way: str) -> None:
        self.what, self.way = what, way
        super().__init__(f"{what}; {way}")


@dataclass(frozen=True, slots=True)
class MachineKey:
    """The key of this machine; the first of `keys` seals, all of them open what older ones sealed."""

    keys: tuple[bytes, ...] = field(repr=False)

    def of(self, purpose: str) -> tuple[bytes, ...]:
        """Return 32 bytes for one purpose, newest first: those of two purposes say nothing of each other."""
        return tuple(HKDF(SHA256(), 32, None, f"dondoc/{purpose}".encode()).derive(key) for key in self.keys)

    def seal(self, words: str, purpose: str) -> str:
        """Return `words` so that only this key opens them, and only for the same purpose."""
        nonce = random.token_bytes(_NONCE)
        sealed = AESGCM(self.of(purpose)[0]).encrypt(nonce, words.encode(), purpose.encode())
        return base64.urlsafe_b64encode(nonce + sealed).decode()

    def open(self, sealed: str, purpose: str) -> str:
        """Return what was sealed; raises SealBroken."""
        try:
            octets = base64.urlsafe_b64decode(sealed.encode())
        except ValueError:
            octets = b""
        for key in self.of(purpose):
            try:
                return AESGCM(key).decrypt(octets[:_NONCE], octets[_NONCE:], purpose.encode()).decode()
            except (InvalidTag, ValueError):
                continue
        hint = f"đặt lại {KEY_NAME} (hoặc tệp khóa) như khi cất, hay cấp quyền lại cho kênh"
        raise SealBroken(f"không mở được bí mật đã niêm ({purpose}): khóa của máy đã khác; {hint}")


def machine_key(home: Path, environment: Mapping[str, str] | None = None) -> MachineKey:
    """Return the key of DONDOC_SECRET_KEY, else that of `home`/secret.key, made once when there is none.

    Several keys stand apart by blanks, the newest first: that is how a key is changed.
    """
    given = (os.environ if environment is None else environment).get(KEY_NAME, "").split()
    written = given or _kept_key(home / "secret.key").split()
    if not written or any(len(key) < SHORTEST for key in written):
        where = KEY_NAME if given else f"tệp '{home / 'secret.key'}'"
        raise Refused(f"{where}: mỗi khóa cần ít nhất {SHORTEST} ký tự ngẫu nhiên")
    return MachineKey(tuple(hashlib.sha256(key.encode()).digest() for key in written))


def secret_of(file: Path | None, name: str, environment: Mapping[str, str] | None = None) -> str:
    """Return the secret in `file`, else that of DONDOC_<NAME>, "" when there is neither.

    Raises SecretUnreadable when the file cannot be read, is empty, or others may read it.
    """
    if file is None:
        known = os.environ if environment is None else environment
        return known.get(f"DONDOC_{name.upper()}", "").strip()
    found = _owned(file).strip()
    if not found:
        raise SecretUnreadable(f"tệp '{file}' không có gì", "ghi bí mật vào tệp, hoặc bỏ khóa trỏ tới tệp")
    return found


def _kept_key(file: Path) -> str:
    if not file.exists():
        _make_once(file)
    return _owned(file)


def _make_once(file: Path) -> None:
    """Write a key under a name of our own first: whoever sees the file sees all of it."""
    draft = file.with_name(f".{file.name}.{os.getpid()}.{random.token_hex(4)}")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as opened:
            opened.write(random.token_urlsafe(48) + "\n")
            opened.flush()
            os.fsync(opened.fileno())
        os.link(draft, file)
    except FileExistsError:
        pass  # another process was first, and its key is the key
    except OSError as error:
        raise Refused(
            f"không ghi được '{file}' ({error.strerror}); đặt DONDOC_HOME vào nơi ghi được"
        ) from None
    finally:
        draft.unlink(missing_ok=True)


def _owned(file: Path) -> str:
    try:
        with file.open(encoding="utf-8") as opened:
            mode = os.fstat(opened.fileno()).st_mode
            if not stat.S_ISREG(mode) or mode & 0o077:
                raise SecretUnreadable(f"tệp '{file}' để người khác đọc được", f"chạy: chmod 600 {file}")
            return opened.read(64 * 1024)
    except OSError as error:
        raise _unreadable(file, error) from None
    except UnicodeDecodeError:
        raise SecretUnreadable(f"tệp '{file}' không phải là chữ UTF-8", "ghi lại bí mật vào tệp") from None


def _unreadable(file: Path, error: OSError) -> SecretUnreadable:
    why, way = f"({error.strerror})", "kiểm tra ổ đĩa và đường dẫn"
    if isinstance(error, FileNotFoundError | NotADirectoryError):
        why, way = "vì không có tệp này", "đặt tệp vào đó, hoặc sửa đường dẫn"
    elif isinstance(error, IsADirectoryError):
        why, way = "vì đây là thư mục", "ghi đường dẫn của tệp"
    elif isinstance(error, PermissionError):
        why, way = "vì không có quyền đọc", "giao tệp cho người dùng chạy dịch vụ (chown), quyền 0600"
    return SecretUnreadable(f"không đọc được tệp '{file}' {why}", way)
