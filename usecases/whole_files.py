"""A file that others read while it is written again: they find all of the old or all of the new."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path


def put_in_place(path: Path, content: bytes) -> None:
    """Write beside the file, under a name nobody else has, and put it in place in one step.

    Process numbers do not tell writers apart: containers that share a folder count from one each.
    Raises OSError.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, draft = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            os.fchmod(file.fileno(), 0o644)
            file.write(content)
        os.replace(draft, path)
    except BaseException:
        os.unlink(draft)
        raise
