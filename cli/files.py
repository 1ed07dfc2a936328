"""What is in a file that a person names?"""

from __future__ import annotations

from pathlib import Path

from intake.decoding import MAX_BYTES
from usecases.errors import InputRejected


def bytes_of(name: str) -> bytes:
    """Return the content of a file, one byte more than is taken when it is larger.

    Raises InputRejected with what to do when it cannot be read.
    """
    try:
        with Path(name).open("rb") as file:
            return file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        raise InputRejected(f"không có tệp '{name}'; kiểm tra lại tên và thư mục") from None
    except IsADirectoryError:
        raise InputRejected(f"'{name}' là thư mục; cần một tệp văn bản") from None
    except ValueError:
        raise InputRejected("tên tệp có ký tự không dùng được; đổi tên tệp rồi thử lại") from None
    except OSError as error:
        raise InputRejected(f"không mở được tệp '{name}' ({error.strerror}); kiểm tra quyền đọc") from None
